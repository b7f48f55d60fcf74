"""How residents want to be told."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.settings import Settings
from server.modules.notifications.models import Preference
from server.modules.notifications.rules.inbox import Quiet


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody chose, or what stands until they do."""

    private: bool = True
    quiet: Quiet | None = None
    topics: dict[str, Any] = {}
    fields: dict[str, Any] = {}
    channels: list[str] = []
    version: int = 0


class Preferences:
    """What residents chose."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings

    async def of_all(self, people: Collection[UUID]) -> dict[UUID, Choice]:
        """The choice of each of them."""
        chosen = dict.fromkeys(people, Choice())
        for row in await self._session.scalars(select(Preference).where(Preference.resident_id.in_(people))):
            chosen[row.resident_id] = _choice(row)
        return chosen


def _choice(row: Preference) -> Choice:
    quiet = Quiet(row.quiet_since, row.quiet_until) if row.quiet_since and row.quiet_until else None
    return Choice(
        private=row.private,
        quiet=quiet,
        topics=row.topics,
        fields=row.fields,
        channels=row.channels,
        version=row.version,
    )
