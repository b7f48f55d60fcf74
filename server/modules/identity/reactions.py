"""What identity does later: send codes, and forget what is over."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.events import Reaction, Schedule
from server.modules.identity.events import CodeRequested
from server.modules.identity.service.codes import PhoneCodes
from server.modules.identity.service.partners import Partners
from server.modules.identity.service.refusals import Refusals
from server.modules.identity.service.staff import StaffAccounts


async def send_code(session: AsyncSession, event: CodeRequested) -> None:
    await PhoneCodes(session, session.info["settings"]).send(event.code_id)


async def prepare_signing_keys(session: AsyncSession, now: datetime) -> None:
    await Partners(session, session.info["settings"]).prepare_keys(now)


async def disable_unused_staff(session: AsyncSession, now: datetime) -> None:
    await StaffAccounts(session, session.info["settings"]).disable_unused(now)


async def record_refusals(session: AsyncSession, now: datetime) -> None:
    database, settings = session.info["database"], session.info["settings"]
    await Refusals(database, settings).record_hour_before(session, now)


reactions = [Reaction(CodeRequested, send_code, queue="urgent")]
schedules = [
    Schedule("4 * * * *", record_refusals),
    Schedule("11 * * * *", prepare_signing_keys),
    Schedule("40 17 * * *", disable_unused_staff),  # at night here
]
