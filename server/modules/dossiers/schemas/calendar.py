"""The shapes of the working calendar on the wire."""

from datetime import date
from typing import Annotated

import msgspec

from server.core.wire import Command, Reply
from server.modules.dossiers.models import DayKind


class Day(Command):
    """A day that differs from its weekday: nobody works (`off`), or it is worked like a Monday (`work`)."""

    day: date
    kind: DayKind
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    document: Annotated[str, msgspec.Meta(max_length=300)] = ""


class ConfirmYear(Command):
    """All the days of a year that differ from their weekday. Days that are left out are ordinary ones."""

    days: Annotated[list[Day], msgspec.Meta(max_length=120)]


class DayReply(Reply):
    """`document`: by which notice; empty when nobody said."""

    day: date
    kind: DayKind
    name: str
    document: str


class YearReply(Reply):
    """A year of the calendar. `confirmed`: by staff, not only as a release brought it.

    `proposal`: what a library believes and the table does not hold.
    """

    year: int
    version: int
    confirmed: bool
    days: list[DayReply]
    proposal: list[DayReply]
