"""What people may ask about their data, and by when it must be done.

Days from the digest of Decree 356/2025/NĐ-CP in the project's notes on domain and security: receipt is confirmed
within two working days (the app does it at once), the rest takes 10 to 20 days by kind.
"""

from datetime import date, datetime, time, timedelta
from enum import Enum

from server.core.clock import HERE


class Kind(Enum):
    """A COPY of everything, a CORRECTION, a STOP of some use, ERASURE."""

    COPY = "copy"
    CORRECTION = "correction"
    STOP = "stop"
    ERASURE = "erasure"


DAYS = {Kind.COPY: 10, Kind.CORRECTION: 10, Kind.STOP: 15, Kind.ERASURE: 20}


class State(Enum):
    """OPEN until somebody (or, for a copy, the app) has done it; WITHDRAWN by the person who asked."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


def due_at(kind: Kind, received_at: datetime) -> datetime:
    """The last instant: the end of the last day, in the province's own time."""
    day = received_at.astimezone(HERE).date() + timedelta(days=DAYS[kind])
    return datetime.combine(day + timedelta(days=1), time(), HERE)


def last_day(due: datetime) -> date:
    """The day that ends at this instant."""
    return (due.astimezone(HERE) - timedelta(days=1)).date()
