"""The days offices work, as rules/working_time wants them."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.modules.dossiers.models import CalendarDay, DayKind
from server.modules.dossiers.rules.working_time import Calendar


async def calendar_of(session: AsyncSession) -> Calendar:
    rows = (await session.execute(select(CalendarDay.day, CalendarDay.kind))).all()
    return Calendar(
        off=frozenset(row.day for row in rows if row.kind is DayKind.OFF),
        made_up=frozenset(row.day for row in rows if row.kind is DayKind.WORK),
        years=frozenset(row.day.year for row in rows),
    )
