"""What is done when told, or by the clock."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.events import Reaction, Schedule
from server.modules.dossiers.events import MoreToPull
from server.modules.dossiers.service.pulling import Pulling


async def pull(session: AsyncSession, now: datetime) -> None:
    await Pulling(session, session.info["settings"]).pull()


async def pull_on(session: AsyncSession, event: MoreToPull) -> None:
    await Pulling(session, session.info["settings"]).pull()


reactions = [Reaction(MoreToPull, pull_on)]
schedules = [Schedule("* * * * *", pull)]
