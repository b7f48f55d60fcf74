"""Working time: when a limit ends, and how much of it is left. All instants carry their zone.

A working day is eight working hours, as slips print hour and minute. Plain days and hours run on the wall clock;
nothing we read says that they move when they end on a day off, so they do not. What waits for papers does not run.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum

import msgspec

from server.core.clock import HERE

WORKING_DAY = timedelta(hours=8)
CUT_OFF = time(15)
"""A same-day procedure received after this is due on the next working day."""

_FARTHEST = 3660  # days; a limit that has not ended by then is a mistake


class Unit(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working-day"


class Limit(msgspec.Struct, frozen=True):
    """How long something may take. Zero working days: the same day, before `CUT_OFF`."""

    value: int
    unit: Unit


Span = tuple[time, time]
Week = Mapping[int, Sequence[Span]]
"""When an office works, by weekday (0 is Monday)."""

_DAY: Sequence[Span] = ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 30)))

OFFICE: Week = dict.fromkeys(range(5), _DAY)
"""Eight hours, Monday to Friday. Where the hours lie is our assumption: no source states them for the province."""

COMMUNE_POLICE: Week = {**OFFICE, 5: _DAY[:1]}
"""The police of a commune also take residence dossiers on Saturday mornings."""


class Calendar(msgspec.Struct, frozen=True):
    """The days that differ from their weekday, and the years for which that is known."""

    off: frozenset[date]
    made_up: frozenset[date]
    years: frozenset[int]

    def spans(self, day: date, week: Week) -> Sequence[Span]:
        """When this office works on this day. A day that is made up is worked like a Monday."""
        if day in self.made_up:
            return week.get(0, ())
        return () if day in self.off else week.get(day.weekday(), ())

    def knows(self, first: date, last: date) -> bool:
        return self.years.issuperset(range(first.year, last.year + 1))


Pause = tuple[datetime, datetime | None]
"""While papers or money were missing; None: they still are."""


def due(
    received: datetime, limit: Limit, calendar: Calendar, week: Week = OFFICE, pauses: Sequence[Pause] = ()
) -> datetime | None:
    """When a limit ends; None while the clock stands still. Raises ValueError when it never would."""
    received = received.astimezone(HERE)
    if any(until is None for _, until in pauses):
        return None
    stops = [(since.astimezone(HERE), until.astimezone(HERE)) for since, until in pauses if until is not None]
    if limit.unit is not Unit.WORKING_DAY:
        step = timedelta(hours=limit.value) if limit.unit is Unit.HOUR else timedelta(days=limit.value)
        return received + step + sum((until - since for since, until in stops), timedelta())
    if limit.value == 0:
        ends = _same_day(received, calendar, week)
        for since, until in sorted(stops):
            ends = put_off(ends, max(since, received), until, limit.unit, calendar, week)
        return ends
    return _after(limit.value * WORKING_DAY, _minus(_work(received, calendar, week), stops))


def later(since: datetime, worked: timedelta, calendar: Calendar, week: Week = OFFICE) -> datetime:
    """The instant when so much working time has passed. Raises ValueError when it never will."""
    return _after(worked, _work(since.astimezone(HERE), calendar, week))


def put_off(
    due_at: datetime, since: datetime, until: datetime, unit: Unit, calendar: Calendar, week: Week = OFFICE
) -> datetime:
    """When a limit ends that stood still for a while. What was late already stays as late as it was; a pause that ended
    before it began, by the clocks of two systems, takes nothing away.
    """
    if min(due_at, until) <= since:
        return due_at
    if unit is not Unit.WORKING_DAY:
        return due_at + (until - since)
    return later(until, working_time(since, due_at, calendar, week), calendar, week)


def working_time(since: datetime, until: datetime, calendar: Calendar, week: Week = OFFICE) -> timedelta:
    """How much working time lies between two instants; negative when `until` is the earlier one."""
    if until < since:
        return -working_time(until, since, calendar, week)
    since, until = since.astimezone(HERE), until.astimezone(HERE)
    worked = timedelta()
    for begins, ends in _work(since, calendar, week):
        if begins >= until:
            break
        worked += min(ends, until) - begins
    return worked


def days_left(now: datetime, due_at: datetime, calendar: Calendar) -> int | None:
    """Whole working days, negative when it is late; None where the days off of those years are not known."""
    first, last = sorted(moment.astimezone(HERE).date() for moment in (now, due_at))
    return int(working_time(now, due_at, calendar) / WORKING_DAY) if calendar.knows(first, last) else None


def _same_day(received: datetime, calendar: Calendar, week: Week) -> datetime:
    today = calendar.spans(received.date(), week)
    if today and received.time() <= CUT_OFF:
        return _at(received.date(), today[-1][1])
    tomorrow = _at(received.date() + timedelta(days=1), time())
    day = next(_work(tomorrow, calendar, week))[0].date()
    return _at(day, calendar.spans(day, week)[-1][1])


def _after(left: timedelta, work: Iterator[tuple[datetime, datetime]]) -> datetime:
    for begins, ends in work:
        if ends - begins >= left:
            return begins + left
        left -= ends - begins
    raise ValueError("no working time")


def _work(since: datetime, calendar: Calendar, week: Week) -> Iterator[tuple[datetime, datetime]]:
    """The working time from an instant on, span by span."""
    for later in range(_FARTHEST):
        day = since.date() + timedelta(days=later)
        for opens, closes in calendar.spans(day, week):
            if _at(day, closes) > since:
                yield max(_at(day, opens), since), _at(day, closes)
    raise ValueError("no working time")


def _minus(
    spans: Iterator[tuple[datetime, datetime]], stops: Sequence[tuple[datetime, datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    for begins, ends in spans:
        for since, until in sorted(stops):
            if since < ends and until > begins:
                if since > begins:
                    yield begins, since
                begins = max(begins, until)
        if begins < ends:
            yield begins, ends


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, HERE)
