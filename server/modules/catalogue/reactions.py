"""What the catalogue does by the clock."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.events import Schedule
from server.core.snapshot import touch
from server.modules.catalogue.service.procedures import SNAPSHOT


async def take_over_openings(session: AsyncSession, _now: datetime) -> None:
    """Once a night the ranking learns what people opened, and validity dates come into force."""
    await touch(session, SNAPSHOT)


schedules = [Schedule("5 17 * * *", take_over_openings)]  # 00:05 in Vietnam
