"""What must be remembered between the two halves of a sign-in: sealed, for one browser, for one use."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.retention import Keep
from server.core.sealing import Seal
from server.core.settings import Settings
from server.modules.identity.models import Ceremony, OneTimeCode
from server.modules.identity.service.identifiers import hashed

T = TypeVar("T")

_MOST = 10
"""Sign-ins one browser may have begun at once, in several tabs."""


class Ceremonies:
    """Begun sign-ins. `kind` says which half may finish which: `vneid`, `passkey`, `second-factor`."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._seal = Seal(settings.secret_key, "identity-ceremony")

    async def begin(self, kind: str, browser: str, remembered: msgspec.Struct, *, life: timedelta) -> None:
        row = uuid7()
        sealed = self._seal.close(msgspec.json.encode(remembered), str(row))
        expires_at = datetime.now(UTC) + life
        self._session.add(
            Ceremony(id=row, kind=kind, browser_hash=hashed(browser), sealed=sealed, expires_at=expires_at)
        )
        await self._session.flush()

    async def take(
        self, kind: str, browser: str, shape: type[T], fits: Callable[[T], bool] = lambda _: True
    ) -> T | None:
        """The newest this browser has begun of this kind that `fits`; taken away, so that nothing works twice."""
        mine = (
            select(Ceremony.id, Ceremony.sealed)
            .where(
                Ceremony.kind == kind, Ceremony.browser_hash == hashed(browser), Ceremony.expires_at > datetime.now(UTC)
            )
            .order_by(Ceremony.id.desc())
            .limit(_MOST)
        )
        for row in (await self._session.execute(mine)).all():
            remembered = msgspec.json.decode(self._seal.open(row.sealed, str(row.id)), type=shape)
            if fits(remembered):
                taken = delete(Ceremony).where(Ceremony.id == row.id).returning(Ceremony.id)
                return remembered if await self._session.scalar(taken) else None
        return None


KEEPS = [
    Keep(Ceremony, "until it expires, ten minutes at most", lambda now: Ceremony.expires_at < now),
    Keep(OneTimeCode, "until it expires, two days at most", lambda now: OneTimeCode.expires_at < now),
]
