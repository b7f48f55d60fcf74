"""The cash of a desk is counted day by day: what is in the sum of a day, and what comes too late for it."""

from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.clock import HERE
from server.core.database import one_at_a_time
from server.modules.payments.models import Closing
from server.modules.payments.service.refusals import DayClosed


def drawer(place: str) -> str:
    """What the ledger calls the drawer of this desk."""
    return f"cash:{place}"


async def one_of_the_day(session: AsyncSession, place: str, day: date) -> None:
    """Cash is in the sum of its day, or comes too late for it."""
    await one_at_a_time(session, f"payments-day:{place}:{day}")


async def closing_of(session: AsyncSession, place: str, day: date) -> Closing | None:
    return await session.scalar(select(Closing).where(Closing.place == place, Closing.day == day))


async def open_drawer(session: AsyncSession, place: str) -> datetime:
    """Now, of a day that stays open as long as this transaction. Raises DayClosed."""
    now = datetime.now(UTC)
    today = now.astimezone(HERE).date()
    await one_of_the_day(session, place, today)
    if await closing_of(session, place, today):
        raise DayClosed
    return now
