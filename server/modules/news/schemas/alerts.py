"""Warnings on the wire: what staff write, what residents and their programs read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import msgspec

from server.core.text import clean
from server.core.wire import Command, Reply
from server.modules.news.rules.alerts import AlertAct, AlertState, Lack, Warn
from server.modules.news.rules.kinds import Kind, Scale
from server.modules.news.schemas.desk import WaitReply

Code = Annotated[str, msgspec.Meta(max_length=100)]
Step = Annotated[str, msgspec.Meta(max_length=200)]


class WriteSaid(Command):
    headline: Annotated[str, msgspec.Meta(max_length=120)] = ""
    what: Annotated[str, msgspec.Meta(max_length=600)] = ""
    steps: Annotated[list[Step], msgspec.Meta(max_length=8)] = msgspec.field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.steps = [clean(it, 200) for it in self.steps]


class WriteAlert(Command):
    """All of a warning, half done or whole. `communes`: codes of today."""

    kind: Kind
    level: Annotated[int, msgspec.Meta(ge=1, le=5)]
    everywhere: bool
    communes: Annotated[list[Code], msgspec.Meta(max_length=100)]
    begins_at: datetime | None
    ends_at: datetime | None
    vi: WriteSaid
    en: WriteSaid | None
    km: WriteSaid | None
    source: Annotated[str, msgspec.Meta(max_length=200)]
    clears: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.communes = [clean(it, 100) for it in self.communes]

    def warn(self) -> Warn:
        return msgspec.convert(msgspec.to_builtins(self), Warn)


class Place(Reply):
    code: str
    name: str


class Sent(msgspec.Struct, frozen=True):
    """What is kept of a message that went out: all that is shown, so that showing it asks nobody."""

    warn: Warn
    places: list[tuple[str, str]]
    province: str


class NamesReply(Reply):
    """The kind and the grade in words."""

    kind: str
    grade: str


class SaidReply(Reply):
    """One language: the line for the lock screen, what happens, what to do."""

    headline: str
    what: str
    steps: list[str]


class AlertReply(Reply):
    """A warning as it stands. `identifier`: of its last message, the same in CAP, in the feeds and here.

    `state`: in force, cleared or expired. No `communes`: the whole province. Every language it was written in, so that
    a phone without a line can still change its language.
    """

    id: UUID
    identifier: str
    number: int
    state: AlertState
    kind: Kind
    scale: Scale
    level: int
    communes: list[Place]
    begins_at: datetime | None
    ends_at: datetime | None
    issued_at: datetime
    sent_at: datetime
    names: dict[str, NamesReply]
    texts: dict[str, SaidReply]
    source: str


class AlertPage(Reply):
    items: list[AlertReply]
    next_cursor: str | None


class AlertsNow(Reply):
    """Those in force, the gravest first, and those cleared within a day."""

    items: list[AlertReply]


class LackReply(Reply):
    """`gone`: an area that is no more, and `offers`: what it became."""

    field: str
    why: str
    gone: Place | None
    offers: list[Place]

    @classmethod
    def of(cls, lack: Lack, gone: tuple[str, str] | None, offers: Sequence[tuple[str, str]]) -> Self:
        return cls(
            field=lack.field,
            why=lack.why,
            gone=Place(*gone) if gone else None,
            offers=[Place(*it) for it in offers],
        )


class PushReply(Reply):
    """What a phone shows while it is locked."""

    title: str
    body: str


class AlertPreview(Reply):
    """The same warning as each of those it reaches meets it."""

    lacks: list[LackReply]
    reader: AlertReply
    push: dict[str, PushReply]
    aloud: dict[str, str]
    devices: int
    inboxes: int


class AlertStepReply(Reply):
    act: AlertAct
    at: datetime
    by: str | None
    alone: bool


class AlertMessageReply(Reply):
    """`due` = `sent` + `failed` + `gone` + `waiting` devices; `waits`: for what some of these wait. `shown`, `opened`:
    phones that said so; `read`: inboxes in which it was opened. Nobody is known by these numbers."""

    number: int
    act: AlertAct
    identifier: str
    sent_at: datetime
    due: int
    sent: int
    failed: int
    gone: int
    waiting: int
    waits: list[WaitReply]
    next_at: datetime | None
    shown: int
    opened: int
    read: int


class DeskAlert(Reply):
    """A warning at the desk. `acts`: what can be done with it now. `needs_second`: the caller wrote at this draft."""

    id: UUID
    version: int
    state: AlertState
    draft: Warn
    acts: list[AlertAct]
    needs_second: bool
    steps: list[AlertStepReply]
    messages: list[AlertMessageReply]
    writers: list[str]
    preview: AlertPreview


class DeskAlertRow(Reply):
    id: UUID
    state: AlertState
    kind: Kind
    scale: Scale
    level: int
    headline: str
    everywhere: bool
    communes: int
    begins_at: datetime | None
    ends_at: datetime | None
    number: int
    updated_at: datetime
    writer: str | None


class DeskAlerts(Reply):
    items: list[DeskAlertRow]
    next_cursor: str | None
