"""What other modules may ask of identity."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.modules.identity.service.residents import Residents


async def name_of_resident(session: AsyncSession, resident_id: UUID) -> str:
    """The name a resident gave; empty when none, or when the person was erased."""
    return await Residents(session, session.info["settings"]).name_of(resident_id)
