"""What the news do by the clock: let out what was approved for now, end what is over, warnings too."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.events import Schedule
from server.modules.news.service.alerts import Alerts
from server.modules.news.service.publishing import Publishing


async def turn_pages(session: AsyncSession, now: datetime) -> None:
    publishing = Publishing(session)
    await publishing.publish_due(now)
    await publishing.expire_due(now)


async def end_warnings(session: AsyncSession, now: datetime) -> None:
    await Alerts(session).expire(now)


schedules = [Schedule("* * * * *", turn_pages), Schedule("* * * * *", end_warnings, "urgent")]
