"""What is done when a message is to be sent, and by the clock."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.events import Reaction, Schedule
from server.modules.notifications.events import SendingPutOff, TestRequested
from server.modules.notifications.service import Messages


async def ring(session: AsyncSession, event: TestRequested) -> None:
    await Messages(session, session.info["settings"]).deliver(event.message_id)


async def ring_again(session: AsyncSession, event: SendingPutOff) -> None:
    await Messages(session, session.info["settings"]).deliver(event.message_id)


async def give_up_late(session: AsyncSession, now: datetime) -> None:
    await Messages(session, session.info["settings"]).give_up_late(now)


reactions = [Reaction(TestRequested, ring, "urgent"), Reaction(SendingPutOff, ring_again, "urgent")]
schedules = [Schedule("47 * * * *", give_up_late)]
