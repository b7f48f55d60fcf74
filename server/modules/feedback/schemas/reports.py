"""What residents send of a field report, and what they see of it."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec

from server.core.wire import Command, Reply
from server.modules.feedback.rules.content import Disclosure, Elsewhere
from server.modules.feedback.rules.states import Kind, State

Slug = Annotated[str, msgspec.Meta(max_length=60)]


class SendReport(Command):
    """One report as the phone has kept it. `lat`, `lon`: both or none; exactly 0, 0 is none. `photos`: how many follow.

    `outside_meant`: the place lies outside the province, and that is meant. `written_at`: by the phone's clock.
    """

    prose: ClassVar = ("text",)

    category: Slug
    text: str
    lat: float | None
    lon: float | None
    accuracy_m: Annotated[int, msgspec.Meta(ge=0, le=10_000_000)] | None
    commune: Annotated[str, msgspec.Meta(max_length=40)] | None
    outside_meant: bool
    urgent: bool
    disclosure: Disclosure
    photos: Annotated[int, msgspec.Meta(ge=0, le=1000)]
    written_at: Annotated[datetime, msgspec.Meta(tz=True)]


class ReportAccepted(Reply):
    """The same again, however often it is sent. `triage_by`, `answer_by`: the limits the province has set itself."""

    operation: UUID
    code: str
    arrived_at: datetime
    triage_by: datetime
    answer_by: datetime


class PhotoKept(Reply):
    """`sent`, `kept`: SHA-256, in hexadecimal, of what came and of what was kept of it."""

    number: int
    sent: str
    kept: str
    width: int
    height: int
    size: int


class VideoStanding(Reply):
    """How many of its bytes have come, and whether that is all. `sent`, `kept`: as of a photo, once it is whole."""

    offset: int
    length: int
    whole: bool
    sent: str | None
    kept: str | None


class CategoryReply(Reply):
    slug: str
    name: str
    anonymous: bool
    resolve_days: int | None


class ElsewhereReply(Reply):
    """What field reports are not for, and where it belongs: `href` is a screen of this app or an address."""

    kind: Elsewhere
    title: str
    text: str
    href: str
    link: str


class CategoriesReply(Reply):
    items: list[CategoryReply]
    elsewhere: list[ElsewhereReply]


class ReportStepReply(Reply):
    """`said`: in the language it was written in. `photos`: numbers of those that are shown with it."""

    kind: Kind
    title: str
    at: datetime
    said: str
    unit: str | None
    photos: list[int]


class ReportSummary(Reply):
    """`key`: by which it is asked for. The phone's operation id of one's own, the id of one that is followed."""

    key: UUID
    mine: bool
    code: str
    category: str
    category_name: str
    state: State
    state_name: str
    begins: str
    urgent: bool
    arrived_at: datetime
    commune: str | None
    commune_name: str | None
    due_at: datetime | None
    late: bool
    photos: list[int]
    photos_awaited: int
    followers: int
    closed_at: datetime | None
    reopen_until: datetime | None
    rating: int | None


class ReportPage(Reply):
    items: list[ReportSummary]
    next_cursor: str | None


class ReportWhole(ReportSummary):
    id: UUID
    text: str
    lat: float | None
    lon: float | None
    accuracy_m: int | None
    unit: str | None
    disclosure: Disclosure
    steps: list[ReportStepReply]
    may_reply: bool
    may_confirm: bool


class SimilarReport(Reply):
    """An open report of the same kind nearby, without who and exactly where."""

    id: UUID
    category: str
    state: State
    state_name: str
    distance_m: int
    arrived_at: datetime
    followers: int
    photo: bool


class SimilarReports(Reply):
    items: list[SimilarReport]


Evidence = Annotated[list[UUID], msgspec.Meta(max_length=1000)]
"""Ids under which photos were sent before, to be seen with what is said; five at most."""


class TellMore(Command):
    """What was asked for."""

    prose: ClassVar = ("text",)

    text: str
    photos: Evidence = msgspec.field(default_factory=list)


class RateReport(Command):
    prose: ClassVar = ("text",)

    rating: Annotated[int, msgspec.Meta(ge=1, le=5)]
    text: str


class ReopenReport(Command):
    """What is still broken."""

    prose: ClassVar = ("text",)

    text: str
    photos: Evidence = msgspec.field(default_factory=list)
