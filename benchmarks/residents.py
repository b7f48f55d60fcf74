"""Residents who are signed in."""

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.settings import Settings
from server.modules.identity.models import Method, Resident, Session
from server.modules.identity.service.residents import Residents
from server.modules.identity.service.sessions import Sessions


async def sign_in(session: AsyncSession, settings: Settings, phone: str) -> tuple[Resident, Session, str]:
    """Whoever has this number (09…), a session of theirs, and the token in its cookie."""
    resident = await Residents(session, settings).by_phone("+84" + phone[1:], "vi")
    opened, token = await Sessions(session).open_for_resident(
        resident, Method.PHONE, assurance=1, shared=False, device=""
    )
    return resident, opened, token
