"""The shapes of the dossiers on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from server.core.wire import Command, Reply
from server.core.words import Language
from server.modules.dossiers.rules.reports import Flag
from server.modules.dossiers.rules.statuses import MEANING, Status

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Unit = Annotated[str, msgspec.Meta(max_length=200)]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class ReportedEvent(Command):
    """One thing that happened to a dossier. `status` is the national number, `at` when it happened there.

    `answer_by`: until when the resident must answer; `silence_consents`: without an answer they are taken to agree.
    """

    source: Name
    event_id: Name
    code: Annotated[str, msgspec.Meta(max_length=60)]
    procedure: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    status: int
    at: Instant
    receiving_unit: Unit | None = None
    handling_unit: Unit | None = None
    due_at: Instant | None = None
    answer_by: Instant | None = None
    silence_consents: bool = False
    owner_phone: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    owner_id: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    note: Annotated[str, msgspec.Meta(max_length=4000)] | None = None
    result_link: Annotated[str, msgspec.Meta(max_length=2000)] | None = None
    fee_due: Annotated[int, msgspec.Meta(ge=0, le=10**12)] | None = None

    def __post_init__(self) -> None:
        if self.note:
            self.note = " ".join(self.note.split())  # lines are welcome here, and become one
        super().__post_init__()


class ReportEvents(Command):
    """Up to 500 events; each is read by itself, so that a broken one is refused alone."""

    events: list[Any]


class EventProblem(Reply):
    """Why one event was refused, and by which of its fields."""

    type: str
    title: str
    field: str


class EventOutcome(Reply):
    """`index` is the event's place in the batch. `flags` name what is remarkable in one that was taken."""

    index: int
    event_id: str | None
    result: Literal["taken", "known", "refused"]
    flags: list[Flag]
    problem: EventProblem | None


class EventOutcomes(Reply):
    items: list[EventOutcome]


class LookUpDossier(Command):
    """What stands on the slip, and the last four digits of the phone or personal number given at the desk."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    last_digits: Annotated[str, msgspec.Meta(pattern="^[0-9]{4}$")]


class Step(Reply):
    """One stage the dossier has reached, in the reader's words."""

    status: Status
    number: int
    name: str
    at: datetime


class DossierStanding(Reply):
    """Where a dossier stands. No name, no procedure, no papers: only what the slip's owner waits for.

    `answer_by`: until when the resident must answer; `silence`: without an answer they are taken to agree.
    `office` has it now; `yours` is what the resident must do. `clock` is stopped while papers are missing;
    `days_left` are whole working days, negative when it is late, null when they cannot be counted. `on_time_percent`:
    of the dossiers of this kind that ended within a year, how many were in time; null when too few are known.
    """

    code: str
    status: Status
    number: int
    name: str
    says: str
    next: str | None
    yours: str | None
    office: str | None
    since: datetime
    due_at: datetime | None
    answer_by: datetime | None
    silence: bool
    clock: Literal["running", "stopped", "over"]
    late: bool
    days_left: int | None
    on_time_percent: int | None
    steps: list[Step]


class OwnDossierReply(Reply):
    """One of the caller's own, or one they follow (`owned` false).

    `procedure`: its Vietnamese title, `procedure_code`: its page; null if unknown.
    """

    owned: bool
    procedure: str | None
    procedure_code: str | None
    standing: DossierStanding


class OwnDossiersReply(Reply):
    items: list[OwnDossierReply]
    next_cursor: str | None


def step_of(status: Status, at: datetime, language: Language) -> Step:
    return Step(status=status, number=status.number, name=MEANING[status].name.for_(language), at=at)
