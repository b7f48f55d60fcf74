"""Residents who are signed in."""

from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.settings import Settings
from server.modules.identity.models import Method, Resident, Session
from server.modules.identity.service.residents import Residents
from server.modules.identity.service.sessions import Sessions


def new_phone() -> str:
    """A mobile number: not every one that begins with 09 is (0992 is nobody's)."""
    return f"090{uuid4().int % 10**7:07}"


async def sign_in(session: AsyncSession, settings: Settings, phone: str) -> tuple[Resident, Session, str]:
    """Whoever has this number (09…), a session of theirs, and the token in its cookie."""
    resident = await Residents(session, settings).by_phone("+84" + phone[1:], "vi")
    opened, token = await Sessions(session).open_for_resident(
        resident, Method.PHONE, assurance=1, shared=False, device=""
    )
    return resident, opened, token
