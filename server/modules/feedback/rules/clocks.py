"""The two limits of a report, on the wall clock, chosen by the kind of day it arrived on.

Decision 17/2022/QĐ-UBND of the province, as reported by the ministry (data/feedback.json names the page): the hub
receives and assigns within 2 hours on a working day and 12 on a day off; the body then answers within 4 hours, or 24.
Nothing read says when a report must be resolved: that is a number of days of its category, and none until staff set it.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

WARN_AT = 0.8
"""Of a limit: then whoever answers for it is warned."""


class Limits(NamedTuple):
    triage: timedelta
    answer: timedelta


WORKING_DAY = Limits(timedelta(hours=2), timedelta(hours=4))
DAY_OFF = Limits(timedelta(hours=12), timedelta(hours=24))


def limits_for(*, day_off: bool) -> Limits:
    return DAY_OFF if day_off else WORKING_DAY


class Clock(NamedTuple):
    """One limit that runs: since when, until when, and when somebody is warned."""

    since: datetime
    until: datetime

    @property
    def warns(self) -> datetime:
        return self.since + (self.until - self.since) * WARN_AT


def resolve_by(arrived: datetime, days: int | None) -> datetime | None:
    """Plain days of the wall clock; None where no limit was set."""
    return None if days is None else arrived + timedelta(days=days)
