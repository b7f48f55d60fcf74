"""The days offices work: a table staff confirm year by year. A library proposes; it has been wrong before."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, FromClause, Integer, Row, SQLColumnExpression, delete, extract, func, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller
from server.core.audit import record
from server.core.clock import HERE
from server.core.database import one_at_a_time
from server.core.events import publish
from server.core.problems import Problem
from server.core.versions import ChangedMeanwhile
from server.core.words import Words
from server.modules.dossiers.events import CalendarChanged
from server.modules.dossiers.models import CalendarDay, DayKind
from server.modules.dossiers.rules.working_time import OFFICE, Calendar
from server.modules.dossiers.schemas.calendar import Day


class DayRefused(Problem):
    """`day` names which one, where it is one of them."""

    status = 400
    title = Words(
        "Mỗi ngày chỉ có một lần và phải thuộc năm này",
        "Each day stands there once, and belongs to this year",
        "ថ្ងៃនីមួយៗមានតែម្តង ហើយត្រូវនៅក្នុងឆ្នាំនេះ",
    )


_OFF, _MADE_UP = (
    func.array_agg(CalendarDay.day).filter(CalendarDay.kind == kind).label(kind) for kind in (DayKind.OFF, DayKind.WORK)
)
_YEARS = select(func.array_agg(sql_cast(extract("year", CalendarDay.day), Integer).distinct())).scalar_subquery()
_DAYS = select(_OFF, _MADE_UP, _YEARS.label("years"))


async def calendar_of(session: AsyncSession) -> Calendar:
    """All years, as rules/working_time wants them."""
    return calendar_from((await session.execute(_DAYS)).one())


def days_between(one: SQLColumnExpression[datetime], other: SQLColumnExpression[datetime | None]) -> FromClause:
    """What `calendar_from` needs to count from one of these to the other; of the day of the one, where there is no
    other. To be joined into a query: one way to the database less.
    """
    first, last = (sql_cast(func.timezone(HERE.key, end(one, other)), Date) for end in (func.least, func.greatest))
    return select(_OFF, _MADE_UP, _YEARS.label("years")).where(CalendarDay.day.between(first, last)).lateral("days")


def calendar_from(row: Row[Any]) -> Calendar:
    """Of a row that has `off`, `work` and `years`."""
    return Calendar(frozenset(row.off or ()), frozenset(row.work or ()), frozenset(row.years or ()))


async def is_day_off(session: AsyncSession, day: date) -> bool:
    """Whether offices are closed that day: by the table of its year; where that is empty, by the library."""
    calendar = await calendar_of(session)
    if day.year not in calendar.years:
        guess = proposed(day.year)
        calendar = Calendar(
            off=frozenset(it.day for it in guess if it.kind is DayKind.OFF),
            made_up=frozenset(it.day for it in guess if it.kind is DayKind.WORK),
            years=frozenset({day.year}),
        )
    return not calendar.spans(day, OFFICE)


class Calendars:
    """One year after the other."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def year(self, year: int) -> tuple[int, list[CalendarDay]]:
        """Its version, 0 when nothing is known of it, and its days in their order."""
        asked = select(CalendarDay).where(extract("year", CalendarDay.day) == year).order_by(CalendarDay.day)
        days = list(await self._session.scalars(asked))
        return max((it.version for it in days), default=0), days

    async def confirm(self, caller: Caller, year: int, version: int, days: Sequence[Day]) -> None:
        """These and no others. Open due dates are counted anew, and those affected are told.

        Raises ChangedMeanwhile, DayRefused.
        """
        await one_at_a_time(self._session, "dossiers-calendar")
        now, before = await self.year(year)
        if now != version:
            raise ChangedMeanwhile
        seen: set[date] = set()
        for day in days:
            if day.day.year != year or day.day in seen:
                raise DayRefused(day=day.day.isoformat())
            seen.add(day.day)
        await self._session.execute(delete(CalendarDay).where(extract("year", CalendarDay.day) == year))
        self._session.add_all(
            CalendarDay(
                day=it.day,
                kind=it.kind,
                name=it.name,
                document=it.document or None,
                entered_by=caller.id,
                version=version + 1,
            )
            for it in days
        )
        await self._session.flush()
        old, new = ({(it.day, it.kind) for it in some} for some in (before, days))
        await record(
            self._session,
            act="dossiers:confirm-calendar",
            actor=caller,
            subject=("calendar", str(year)),
            days=sorted({day.timetuple().tm_yday for day, _ in old ^ new}),  # of the year: 1 is New Year's Day
        )
        if old != new:
            publish(self._session, CalendarChanged())


def proposed(year: int) -> list[Day]:
    """What the library `holidays` believes: a beginning, no authority. It lacks what is decided from year to year."""
    import holidays  # only when somebody prepares a year

    found = holidays.country_holidays("VN", years=year, language="vi")
    off = [Day(day=day, kind=DayKind.OFF, name=name, document="") for day, name in found.items()]
    work = [
        Day(day=day, kind=DayKind.WORK, name="Làm bù", document="")
        for day in found.weekend_workdays
        if day.year == year
    ]
    return sorted([*off, *work], key=lambda it: it.day)
