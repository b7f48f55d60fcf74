"""What other modules may ask of identity."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.modules.identity.service.duties import OwnWork, refuse_own_work
from server.modules.identity.service.residents import Residents

__all__ = ["OwnWork", "name_of_resident", "refuse_own_work"]


async def name_of_resident(session: AsyncSession, resident_id: UUID) -> str:
    """The name a resident gave; empty when none, or when the person was erased."""
    return await Residents(session, session.info["settings"]).name_of(resident_id)
