"""What the audit log tells: to residents who looked at their record, to auditors everything."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.core import audit
from server.core.access import Caller
from server.core.looks import Why, looked
from server.core.words import Words
from server.modules.identity.public import name_of_resident
from server.modules.places.public import names_of_workplaces
from server.modules.privacy.schemas import AuditPage, AuditReply

FOLLOWER = Words("Người bạn đồng ý cho theo dõi cùng", "Somebody you let follow it", "អ្នកដែលអ្នកយល់ព្រមឲ្យតាមដាន")


class Look(NamedTuple):
    """Somebody of an office saw a record. `place` is the unit's name, its code when it is no more."""

    at: datetime
    unit: str
    place: str
    as_what: Words
    why: Why


class Journal:
    """Reads the audit log, and notes looks into it."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def note_look(self, caller: Caller, resident_id: UUID, *, permission: str, why: Why) -> None:
        await looked(self._session, caller, resident_id, permission=permission, why=why)

    async def name_of(self, resident_id: UUID) -> str:
        return await name_of_resident(self._session, resident_id)

    async def looks_at(self, resident_id: UUID, limit: int, cursor: str | None) -> tuple[list[Look], str | None]:
        """Views of this person's record, the newest first. Raises CursorRefused."""
        rows, following = await audit.read(
            await self._session.connection(), act="look:", subject=resident_id, limit=limit, cursor=cursor
        )
        sentences: dict[str, Words] = self._session.info.get("permissions", {})
        places = await names_of_workplaces(self._session, {str(row.detail["unit"]) for row in rows})
        looks = []
        for row in rows:
            permission = str(row.detail["permission"])
            why = Why(row.detail["why"])
            unnamed = Words(permission, permission, permission)
            said = FOLLOWER if why is Why.CONSENT else sentences.get(permission, unnamed)
            unit = str(row.detail["unit"])
            place = "" if why is Why.CONSENT else places.get(unit, unit)
            looks.append(Look(row.at, unit, place, said, why))
        return looks, following

    async def read(
        self, *, act: str, actor: UUID | None, subject: str | None, limit: int, cursor: str | None
    ) -> AuditPage:
        rows, following = await audit.read(
            await self._session.connection(), act=act, actor=actor, subject=subject, limit=limit, cursor=cursor
        )
        items = [AuditReply(**msgspec.structs.asdict(row)) for row in rows]
        return AuditPage(items=items, next_cursor=following)
