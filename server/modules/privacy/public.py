"""What other modules may ask of privacy."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.modules.privacy.service.consents import Consents


async def consented(session: AsyncSession, resident_id: UUID, purpose: str) -> bool:
    """Whether the person agreed to this purpose, in the words of today."""
    return any(consent.purpose == purpose for consent in await Consents(session).of(resident_id))
