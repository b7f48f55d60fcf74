"""When a limit ends: hours, days, working days; Tết, make-up days, 24 November, the cut-off, waiting for papers."""

from datetime import date, datetime, timedelta

import msgspec
import pytest

from server.core.settings import ROOT
from server.modules.dossiers.rules.working_time import (
    COMMUNE_POLICE,
    HERE,
    OFFICE,
    Calendar,
    Limit,
    Unit,
    Week,
    due,
    put_off,
    working_time,
)

ROWS = msgspec.json.decode((ROOT / "data" / "calendar.json").read_bytes())
CALENDAR = Calendar(
    off=frozenset(date.fromisoformat(row["day"]) for row in ROWS if row["kind"] == "off"),
    made_up=frozenset(date.fromisoformat(row["day"]) for row in ROWS if row["kind"] == "work"),
    years=frozenset({2025, 2026, 2027}),
)
TODAY = Limit(0, Unit.WORKING_DAY)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HERE)


def days(value: int) -> Limit:
    return Limit(value, Unit.WORKING_DAY)


@pytest.mark.parametrize(
    ("received", "limit", "week", "ends"),
    [
        # Eight working hours a day, to the minute.
        ("2026-11-16 09:10", days(1), OFFICE, "2026-11-17 09:10"),
        ("2026-11-16 14:00", days(3), OFFICE, "2026-11-19 14:00"),
        ("2026-11-20 10:00", days(1), OFFICE, "2026-11-23 10:00"),  # over a weekend
        ("2026-11-16 12:15", days(1), OFFICE, "2026-11-17 11:30"),  # at noon nothing runs
        ("2026-11-16 19:00", days(1), OFFICE, "2026-11-17 17:30"),  # after hours
        # 24 November is a day off since 2026 (Resolution 28/2026/QH16), and was none before.
        ("2026-11-23 10:00", days(1), OFFICE, "2026-11-25 10:00"),
        ("2026-11-23 16:00", TODAY, OFFICE, "2026-11-25 17:30"),
        ("2025-11-24 10:00", days(1), OFFICE, "2025-11-25 10:00"),
        # Tết 2026: 14 to 22 February.
        ("2026-02-13 10:00", days(1), OFFICE, "2026-02-23 10:00"),
        ("2026-02-13 15:01", TODAY, OFFICE, "2026-02-23 17:30"),
        # Saturday 22 August 2026 was worked for Monday 31 August.
        ("2026-08-21 10:00", days(1), OFFICE, "2026-08-22 10:00"),
        ("2026-08-28 10:00", days(1), OFFICE, "2026-09-03 10:00"),
        ("2026-01-01 10:00", days(1), OFFICE, "2026-01-05 17:30"),
        ("2026-01-09 10:00", days(1), OFFICE, "2026-01-10 10:00"),
        # Same-day procedures: until 15:00 today, after it the next working day.
        ("2026-11-16 15:00", TODAY, OFFICE, "2026-11-16 17:30"),
        ("2026-11-16 15:01", TODAY, OFFICE, "2026-11-17 17:30"),
        ("2026-11-20 15:01", TODAY, OFFICE, "2026-11-23 17:30"),
        ("2026-11-21 09:00", TODAY, OFFICE, "2026-11-23 17:30"),
        # The police of a commune work on Saturday mornings: half a day.
        ("2026-11-20 10:00", days(1), COMMUNE_POLICE, "2026-11-21 10:00"),
        ("2026-11-20 15:30", days(1), COMMUNE_POLICE, "2026-11-23 09:30"),
        ("2026-11-21 09:00", TODAY, COMMUNE_POLICE, "2026-11-21 11:30"),
        # Plain days and hours count every day and every hour.
        ("2026-11-20 10:00", Limit(20, Unit.DAY), OFFICE, "2026-12-10 10:00"),
        ("2026-11-20 10:00", Limit(15, Unit.DAY), OFFICE, "2026-12-05 10:00"),
        ("2026-11-20 22:30", Limit(1, Unit.HOUR), OFFICE, "2026-11-20 23:30"),
    ],
)
def test_when_it_ends(received: str, limit: Limit, week: Week, ends: str) -> None:
    assert due(at(received), limit, CALENDAR, week) == at(ends)


def test_what_waits_for_papers_does_not_run() -> None:
    received = at("2026-11-16 09:00")
    waited = [(at("2026-11-16 15:00"), at("2026-11-18 10:00"))]
    # 13 hours of working time were waited for, and 43 by the wall clock.
    assert due(received, days(2), CALENDAR, OFFICE, waited) == at("2026-11-19 16:00")
    assert due(received, Limit(20, Unit.DAY), CALENDAR, OFFICE, waited) == at("2026-12-08 04:00")
    assert due(received, days(2), CALENDAR, OFFICE, [*waited, (at("2026-11-18 14:00"), None)]) is None


def test_a_same_day_limit_waits_too() -> None:
    waited = [(at("2026-11-16 15:00"), at("2026-11-18 10:00"))]
    assert due(at("2026-11-16 09:00"), TODAY, CALENDAR, OFFICE, waited) == at("2026-11-18 14:30")
    assert due(at("2026-11-19 09:00"), TODAY, CALENDAR, OFFICE, waited) == at("2026-11-19 17:30")


@pytest.mark.parametrize("unit", Unit)
def test_a_pause_that_ends_before_it_begins_takes_nothing_away(unit: Unit) -> None:
    ends, since = at("2026-11-19 16:00"), at("2026-11-16 15:04")
    assert put_off(ends, since, at("2026-11-16 15:00"), unit, CALENDAR) == ends
    assert put_off(ends, since, at("2026-11-16 15:05"), unit, CALENDAR) > ends


def test_waiting_outside_working_time_costs_nothing() -> None:
    over_the_weekend = [(at("2026-11-20 17:30"), at("2026-11-23 07:30"))]
    received = at("2026-11-20 10:00")
    assert due(received, days(1), CALENDAR, OFFICE, over_the_weekend) == due(received, days(1), CALENDAR)


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        ("2026-11-23 10:00", "2026-11-25 10:00", 8),
        ("2026-11-20 17:00", "2026-11-23 08:00", 1),
        ("2026-11-21 08:00", "2026-11-22 20:00", 0),
        ("2026-11-25 10:00", "2026-11-23 10:00", -8),
    ],
)
def test_how_much_is_left(since: str, until: str, hours: int) -> None:
    assert working_time(at(since), at(until), CALENDAR) == timedelta(hours=hours)


def test_an_office_that_never_works_never_ends() -> None:
    with pytest.raises(ValueError, match="no working time"):
        due(at("2026-11-16 09:00"), days(1), CALENDAR, {})


def test_a_year_without_its_days_off_is_not_known() -> None:
    assert CALENDAR.knows(date(2026, 12, 30), date(2027, 1, 4))
    assert not CALENDAR.knows(date(2027, 12, 30), date(2028, 1, 4))
