"""What identity does later: send codes, and forget what is over."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.events import Reaction, Schedule
from server.modules.identity.events import CodeRequested
from server.modules.identity.service.ceremonies import Ceremonies
from server.modules.identity.service.codes import PhoneCodes
from server.modules.identity.service.partners import Partners
from server.modules.identity.service.sessions import Sessions


async def send_code(session: AsyncSession, event: CodeRequested) -> None:
    await PhoneCodes(session, session.info["settings"]).send(event.code_id)


async def forget_ended_sessions(session: AsyncSession, now: datetime) -> None:
    await Sessions(session).forget_ended(now)


async def forget_old_codes(session: AsyncSession, now: datetime) -> None:
    await PhoneCodes(session, session.info["settings"]).forget_old(now)
    await Ceremonies(session, session.info["settings"]).forget_old(now)


async def prepare_signing_keys(session: AsyncSession, now: datetime) -> None:
    await Partners(session, session.info["settings"]).prepare_keys(now)


reactions = [Reaction(CodeRequested, send_code, queue="urgent")]
schedules = [
    Schedule("7 * * * *", forget_ended_sessions),
    Schedule("9 * * * *", forget_old_codes),
    Schedule("11 * * * *", prepare_signing_keys),
]
