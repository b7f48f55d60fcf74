"""What the owner of a dossier sees beyond where it stands: what was said to them, what they must do, and the result."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from server.core.wire import Reply
from server.modules.dossiers.rules.statuses import Status
from server.modules.dossiers.rules.verdicts import Revocation, Verdict
from server.modules.dossiers.schemas import DossierStanding


class OwnSlip(Reply):
    """A slip that goes with a step: which of the forms 01 to 05, and the id it is asked for by."""

    id: UUID
    form: int


class OwnStep(Reply):
    """Something that happened, with what was said to the owner; `papers` are those that were asked for."""

    status: Status
    name: str
    at: datetime
    office: str | None
    papers: list[str]
    reason: str | None
    guidance: str | None
    amount: int | None
    answer_by: datetime | None
    link: str | None
    slip: OwnSlip | None


Go = Literal["pay", "portal", "place", "office", "result", "procedure"]


class Duty(Reply):
    """What the owner must do now, in the words of whoever asked; `go`: where it is done (`pay`: here in the app),
    `office`: at which counter, `place`: the page of which commune, null where it has none, `procedure`: of which
    procedure.
    """

    papers: list[str]
    reason: str | None
    guidance: str | None
    amount: int | None
    by: datetime | None
    silence: bool
    go: Go | None
    office: str | None
    place: str | None
    procedure: str | None


class SignatureReply(Reply):
    """`stamped`: an authority for time has confirmed `at`; else only the signer says so.

    `revocation_at`: since when the certificate is revoked, or as of when it was not.
    """

    name: str
    office: str | None
    at: datetime | None
    stamped: bool
    verdict: Verdict
    says: str
    revocation: Revocation
    revocation_says: str
    revocation_at: datetime | None


class ResultFile(Reply):
    """A document of the result. `verdict` is null until its signatures have been looked at."""

    id: UUID
    added_at: datetime
    size: int
    verdict: Verdict | None
    says: str | None
    signatures: list[SignatureReply]


class Collecting(Reply):
    """Where and when a result is handed over; `place` is the page of a commune. Null: nobody has written it down."""

    office: str
    address: str | None
    hours: str | None
    place: str | None
    bring: str


class ResultReply(Reply):
    """How the result comes: `how` in a sentence, `collect` when it is handed over at a desk."""

    how: str
    collect: Collecting | None
    guidance: str | None
    link: str | None
    files: list[ResultFile]


class OwnDossierWhole(Reply):
    """One of the caller's own, or one they follow (`owned` false), with everything that was said to its owner.

    `procedure`: its Vietnamese title, `procedure_code`: its page; null if unknown. `duty`: what the owner must do now,
    `result`: null until it is ready, and for whoever only follows.
    """

    owned: bool
    procedure: str | None
    procedure_code: str | None
    standing: DossierStanding
    happened: list[OwnStep]
    duty: Duty | None
    result: ResultReply | None
