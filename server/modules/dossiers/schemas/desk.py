"""The shapes of the one-stop desk on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from server.core.text import clean
from server.core.wire import LONGEST_TEXT, Command, Reply
from server.core.words import Language
from server.modules.dossiers.models import Channel, Hours, Returning
from server.modules.dossiers.rules.acts import Act
from server.modules.dossiers.rules.figures import Kind
from server.modules.dossiers.rules.reports import Flag
from server.modules.dossiers.rules.statuses import Status
from server.modules.dossiers.rules.working_time import Unit
from server.modules.dossiers.schemas.following import FollowerReply
from server.modules.dossiers.schemas.owner import ResultFile
from server.modules.payments.public import Exemption

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Prose = Annotated[str, msgspec.Meta(max_length=2000)]
Place = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
PaperKind = Literal["original", "copy", "electronic"]


class Written(Command):
    """A command with prose: lines are welcome there, and become one."""

    def __post_init__(self) -> None:
        for name in ("reason", "guidance", "limit_reason"):
            if isinstance(value := getattr(self, name, None), str):
                setattr(self, name, " ".join(value.split()))
        super().__post_init__()


class ReceivedPaper(Command):
    """A paper that was handed in, as an original, a copy or electronically."""

    name: Line
    kind: PaperKind
    count: Annotated[int, msgspec.Meta(ge=1, le=99)]


class GivenLimit(Command):
    """A time limit that the officer entered."""

    value: Annotated[int, msgspec.Meta(ge=0, le=3650)]
    unit: Unit


class RegisterDossier(Written):
    """What was handed in at the desk. Of `phone` and `national_id` one must be there: by it the resident follows it.

    `accept`: its papers are complete, and its time runs. `received_at`: when it came, when that was not just now.
    `limit`: where the catalogue says none, or another one; then `limit_reason` says why.
    """

    procedure: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    papers: Annotated[list[ReceivedPaper], msgspec.Meta(max_length=100)]
    handling_place: Place
    channel: Channel
    returning: Returning
    phone: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    national_id: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    case: Annotated[str, msgspec.Meta(max_length=2000)] | None = None
    accept: bool = True
    received_at: Instant | None = None
    limit: GivenLimit | None = None
    limit_reason: Prose = ""


class ActOnDossier(Written):
    """One act, with what it must say: which papers and why, the new date, the amount, where it goes.

    `answer_by`: until when the resident has time, for what asks something of them. `exemption`: why nothing is to be
    paid.
    """

    act: Act
    reason: Prose = ""
    guidance: Prose = ""
    papers: Annotated[list[Line], msgspec.Meta(max_length=50)] = msgspec.field(default_factory=list)
    new_due_at: Instant | None = None
    amount: Annotated[int, msgspec.Meta(ge=1, le=10**12)] | None = None
    exemption: Exemption | None = None
    place: Place | None = None
    result_link: Annotated[str, msgspec.Meta(max_length=2000)] | None = None
    answer_by: Instant | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.papers = [clean(paper, LONGEST_TEXT) for paper in self.papers]


class Chosen(Command):
    """A dossier of a list, in the version that was read."""

    id: UUID
    version: int


class ActOnDossiers(Command):
    """One act on many dossiers; those that say nothing of their own may be done so."""

    act: Act
    dossiers: Annotated[list[Chosen], msgspec.Meta(min_length=1, max_length=100)]


class DescribeOffice(Command):
    """`code` as the province calls the office in the codes of dossiers, such as H12.999; `address` for residents."""

    code: Annotated[str, msgspec.Meta(min_length=3, max_length=20)]
    hours: Hours
    address: Annotated[str, msgspec.Meta(max_length=300)] = ""


class DeskPaper(Reply):
    name: str
    kind: PaperKind
    count: int


class DeskLimit(Reply):
    """`reason`: why it is not the catalogue's."""

    value: int
    unit: Unit
    reason: str | None


Texting = Literal["open", "account", "no-phone", "off"]
"""Whether a slip can go to the owner's phone as a text: yes; they have an account and were told in the app; there is no
mobile number; nobody carries texts here."""


class SendSlip(Command):
    """The language whoever stands at the desk reads."""

    language: Language = "vi"


class SlipTextReply(Reply):
    """What became of a slip that was to go as a text; `again_at`: from when it may be sent once more."""

    state: Literal["waiting", "sent", "failed"]
    at: datetime
    again_at: datetime


class ExemptionChoice(Reply):
    """A reason for which nothing is to be paid, and how it is called."""

    code: Exemption
    name: str


class DeskStep(Reply):
    """Something that happened. `exemption`: why nothing is to be paid, in words; `slip`: number of the form that can
    be printed under `id`; `text`: its way to the phone, null when it was not sent there; `flags`: what is remarkable
    about what another system reported, which counts all the same unless it is a second source.
    """

    id: UUID
    at: datetime
    status: Status
    act: Act | None
    by: str | None
    office: str | None
    due_at: datetime | None
    answer_by: datetime | None
    papers: list[str]
    reason: str | None
    guidance: str | None
    amount: int | None
    exemption: str | None
    slip: int | None
    text: SlipTextReply | None
    flags: list[Flag]


class DeskClock(Reply):
    """`soon`: it breaches within the next two working hours. `sure` is false when a year's days off are not known."""

    state: Literal["waiting", "running", "stopped", "over"]
    late: bool
    soon: bool
    days_left: int | None
    sure: bool


class DeskDossier(Reply):
    """A dossier as its own office sees it. `acts`: what may be done now; `next`: what most would do.

    `here`: false when this very act sent it to another office, so that the caller's can open it no more.
    """

    id: UUID
    version: int
    code: str
    status: Status
    number: int
    procedure: str
    title: str
    revision: int
    case: str | None
    papers: list[DeskPaper]
    name: str | None
    phone: str | None
    national_id: str | None
    receiving_place: str
    receiving_unit: str
    handling_place: str
    handling_unit: str
    officer: str | None
    here: bool
    mine: bool
    channel: Channel
    returning: Returning
    filed_at: datetime
    accepted_at: datetime | None
    due_at: datetime | None
    answer_by: datetime | None
    silence: bool
    limit: DeskLimit
    clock: DeskClock
    supplements: int
    apologies: int
    results: list[ResultFile]
    followers: list[FollowerReply]
    texting: Texting
    exemptions: list[ExemptionChoice]
    acts: list[Act]
    next: Act | None
    steps: list[DeskStep]


class DeskRow(Reply):
    """A dossier in a list: nobody's name, so that a list is no look at a person."""

    id: UUID
    version: int
    code: str
    title: str
    status: Status
    handling_unit: str
    officer: str | None
    due_at: datetime | None
    clock: DeskClock
    next: Act | None


class DeskPage(Reply):
    items: list[DeskRow]
    next_cursor: str | None


class ElsewhereRow(Reply):
    """A dossier that another system keeps, at the caller's unit: it can be read here, and not moved. `flags`: what is
    remarkable about anything that was reported of it.
    """

    code: str
    title: str
    status: Status
    handling_unit: str
    since: datetime
    due_at: datetime | None
    clock: DeskClock
    flags: list[Flag]


class ElsewherePage(Reply):
    items: list[ElsewhereRow]
    next_cursor: str | None


class DeskCounts(Reply):
    """How many dossiers of the caller's unit are in each list."""

    mine: int
    unit: int
    soon: int
    late: int
    ready: int


class DeskFigure(Reply):
    """`count` of `of` dossiers, with what was counted in words; `percent` is null of none."""

    kind: Kind
    name: str
    definition: str
    count: int
    of: int
    percent: int | None


class DeskFigures(Reply):
    """The month of one unit, by what it received in it."""

    month: str
    unit: str
    received: int
    ended: int
    items: list[DeskFigure]


class DeskProblem(Reply):
    type: str
    title: str


class ManyOutcome(Reply):
    """What became of one of many. `problem` is null when it was done."""

    id: UUID
    code: str | None
    problem: DeskProblem | None


class ManyOutcomes(Reply):
    items: list[ManyOutcome]


class OfficeReply(Reply):
    """What a place where staff work is called in the codes of dossiers."""

    place: str
    code: str
    hours: Hours
    address: str | None
    version: int


class OfficesReply(Reply):
    items: list[OfficeReply]
