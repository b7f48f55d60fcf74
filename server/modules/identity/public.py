"""What other modules may ask of identity."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.settings import Settings
from server.modules.identity.rules.phone import mobile_of
from server.modules.identity.service.duties import OwnWork, refuse_own_work
from server.modules.identity.service.identifiers import Identifiers
from server.modules.identity.service.residents import Residents

__all__ = ["OwnWork", "name_of_resident", "refuse_own_work", "trace_of", "trace_of_resident", "trace_with"]


async def name_of_resident(session: AsyncSession, resident_id: UUID) -> str:
    """The name a resident gave; empty when none, or when the person was erased."""
    return await Residents(session, session.info["settings"]).name_of(resident_id)


def trace_of(session: AsyncSession, phone: str) -> bytes | None:
    """The keyed index by which an account with this number is found; None for a number no account can have."""
    return trace_with(session.info["settings"], phone)


def trace_with(settings: Settings, phone: str) -> bytes | None:
    """The same, made with the key of these settings."""
    mobile = mobile_of(phone)
    return Identifiers(settings).index("phone", mobile) if mobile else None


async def trace_of_resident(session: AsyncSession, resident_id: UUID) -> bytes | None:
    """The same of the phone a resident has proved. Not of their personal number: that one they have only typed."""
    return await Residents(session, session.info["settings"]).trace_of(resident_id)
