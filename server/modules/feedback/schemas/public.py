"""Field reports as everybody sees them: who has sent them, and exactly where, is not among it."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec

from server.core.wire import Command, Reply
from server.modules.feedback.rules.states import Kind, State


class PublicReport(Reply):
    """`text`: what staff let out of it. `lat`, `lon`: rounded to about 110 m; None where only the commune may be known.
    `distance_m`: from the place that was asked for, as far as that says anything; None when none was.
    """

    id: UUID
    code: str
    category: str
    category_name: str
    state: State
    state_name: str
    text: str
    urgent: bool
    lat: float | None
    lon: float | None
    distance_m: int | None
    commune: str | None
    commune_name: str | None
    arrived_at: datetime
    closed_at: datetime | None
    late: bool
    reopened: int
    followers: int
    photos: list[int]


class PublicPage(Reply):
    items: list[PublicReport]
    next_cursor: str | None


class PublicStep(Reply):
    """`said`: the office's own words, in the language it wrote in."""

    kind: Kind
    title: str
    at: datetime
    said: str
    unit: str | None


class PublicWhole(PublicReport):
    unit: str | None
    steps: list[PublicStep]


class PublicMap(Reply):
    """Squares of `size` degrees, one place in each list: where its reports lie on average (thousandths of a degree),
    how many are open, fixed, and closed without being fixed. `placeless`: how many more are released without a place.
    """

    size: float
    lat: list[int]
    lon: list[int]
    open: list[int]
    fixed: list[int]
    closed: list[int]
    placeless: int


class Measured(Reply):
    """What the figures count, by name; None: too few to be told."""

    received: int
    open: int | None
    fixed: int | None
    reopened: int | None
    still_fixed: int | None
    not_fixable: int | None
    others: int | None
    answered_in_time: float | None
    hours_to_answer: float | None
    rating: float | None


class Meaning(Reply):
    figure: str
    name: str
    meaning: str


class MeasuredRow(Reply):
    key: str
    name: str
    figures: Measured


class PublicFigures(Reply):
    """`since`, `until`: of when the reports are that were counted; None before the first count."""

    since: datetime | None
    until: datetime | None
    all: Measured | None
    categories: list[MeasuredRow]
    communes: list[MeasuredRow]
    meanings: list[Meaning]


class ReleaseReport(Command):
    """`text`: what the public reads of it; `place`: whether it may see about where."""

    prose: ClassVar = ("text",)

    released: bool
    text: Annotated[str, msgspec.Meta(max_length=4000)] = ""
    place: bool = False
