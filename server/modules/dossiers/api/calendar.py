"""The days offices work, over HTTP."""

from typing import Annotated

from litestar import Controller, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter

from server.core.access import AnyRequest, NotAllowed, SignInNeeded, may
from server.core.problems import InputRefused, NotFound, Unavailable, problems
from server.core.versions import ChangedMeanwhile, IfMatch, VersionNeeded, version_of
from server.modules.dossiers.models import CalendarDay
from server.modules.dossiers.schemas.calendar import ConfirmYear, Day, DayReply, YearReply
from server.modules.dossiers.service.calendars import Calendars, DayRefused, proposed

_STAFF = (SignInNeeded, NotAllowed, Unavailable)
Year = Annotated[int, PathParameter(ge=2025, le=2099)]


class CalendarController(Controller):
    path = "/dossiers/calendar"
    tags = ("dossiers",)

    @get("/{year:int}", guards=[may("dossiers:calendar")], responses=problems(InputRefused, NotFound, *_STAFF))
    async def get_calendar_year(self, year: Year, calendars: NamedDependency[Calendars]) -> YearReply:
        """A year's days that differ from their weekday, and what a library would add."""
        return await _year(calendars, year)

    @put(
        "/{year:int}",
        guards=[may("dossiers:calendar")],
        responses=problems(InputRefused, NotFound, DayRefused, ChangedMeanwhile, VersionNeeded, *_STAFF),
    )
    async def confirm_calendar_year(
        self,
        request: AnyRequest,
        year: Year,
        data: JSONBody[ConfirmYear],
        calendars: NamedDependency[Calendars],
        if_match: IfMatch = None,
    ) -> YearReply:
        """Say all of a year. Open dossiers get their dates anew, and those whose date is another one are told."""
        await calendars.confirm(request.user, year, version_of(if_match), data.days)
        return await _year(calendars, year)


async def _year(calendars: Calendars, year: int) -> YearReply:
    version, days = await calendars.year(year)
    there = {it.day for it in days}
    return YearReply(
        year=year,
        version=version,
        confirmed=any(it.entered_by for it in days),
        days=[_day(it) for it in days],
        proposal=[_day(it) for it in proposed(year) if it.day not in there],
    )


def _day(it: CalendarDay | Day) -> DayReply:
    return DayReply(day=it.day, kind=it.kind, name=it.name, document=it.document or "")
