"""What other modules may ask of privacy."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.modules.privacy.service.consents import Consents


async def consented(session: AsyncSession, resident_id: UUID, purpose: str) -> bool:
    """Whether the person agreed to this purpose, in the words of today."""
    return resident_id in await all_consented(session, [resident_id], purpose)


async def all_consented(session: AsyncSession, resident_ids: Collection[UUID], purpose: str) -> set[UUID]:
    """Those of these people who agreed to this purpose, in the words of today."""
    return await Consents(session).given_by(resident_ids, purpose)
