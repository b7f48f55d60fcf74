"""What privacy receives and sends."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from server.core.looks import Why
from server.core.wire import Command, Reply
from server.core.words import LANGUAGES, Language
from server.modules.privacy.models import Consent, Request
from server.modules.privacy.rules.purposes import PURPOSES
from server.modules.privacy.rules.requests import Kind, State


class PurposeReply(Reply):
    """One purpose in the reader's language. `given_at` is null unless the person agreed to these very words."""

    purpose: str
    version: int
    title: str
    text: str
    given_at: datetime | None


class PurposesReply(Reply):
    items: list[PurposeReply]

    @classmethod
    def of(cls, consents: dict[str, Consent], language: Language) -> "PurposesReply":
        spoken = LANGUAGES.index(language)
        return cls(
            items=[
                PurposeReply(
                    purpose=name,
                    version=purpose.version,
                    title=purpose.title[spoken],
                    text=purpose.text[spoken],
                    given_at=consents[name].created_at if name in consents else None,
                )
                for name, purpose in PURPOSES.items()
            ]
        )


class GiveConsent(Command):
    """`version` of the words the person has read."""

    version: int


class AskAboutYourData(Command):
    """`note` says what is wrong or what shall stop; for a copy it may stay empty."""

    kind: Kind
    note: Annotated[str, msgspec.Meta(max_length=2000)]


class DecideRequest(Command):
    """`answer` is read by whoever asked; a refusal needs one."""

    grant: bool
    answer: Annotated[str, msgspec.Meta(max_length=2000)]


class RequestReply(Reply):
    """`file_until`: until when the file of a copy can be taken; null without one."""

    id: UUID
    kind: Kind
    state: State
    note: str | None
    received_at: datetime
    due_at: datetime
    decided_at: datetime | None
    answer: str | None
    file_until: datetime | None


class DaysReply(Reply):
    """Within how many days the law wants each kind of request to be dealt with."""

    copy: int
    correction: int
    stop: int
    erasure: int


class RequestsReply(Reply):
    items: list[RequestReply]
    days: DaysReply


class OpenRequestReply(Reply):
    """A request as the officer's list shows it: nothing of the person yet."""

    id: UUID
    kind: Kind
    received_at: datetime
    due_at: datetime
    overdue: bool

    @classmethod
    def of(cls, request: Request, now: datetime) -> "OpenRequestReply":
        return cls(
            id=request.id,
            kind=request.kind,
            received_at=request.created_at,
            due_at=request.due_at,
            overdue=request.due_at <= now,
        )


class OpenRequestsReply(Reply):
    items: list[OpenRequestReply]
    next_cursor: str | None


class StaffRequestReply(Reply):
    """A request with whose it is; reading it is told to that person."""

    id: UUID
    version: int
    kind: Kind
    state: State
    resident_id: UUID
    name: str
    note: str | None
    received_at: datetime
    due_at: datetime
    decided_at: datetime | None
    answer: str | None


class LookReply(Reply):
    """Somebody of an office saw the caller's record. `place` is the unit's name, its code when it is no more.

    `as_what`: what allowed it, in the reader's language.
    """

    at: datetime
    unit: str
    place: str
    as_what: str
    why: Why


class LooksReply(Reply):
    items: list[LookReply]
    next_cursor: str | None


class AuditReply(Reply):
    """One row of the audit log. Ids and words only; whose they are, other lists tell."""

    sequence: int
    at: datetime
    act: str
    actor_kind: str
    actor_id: str | None
    subject_kind: str | None
    subject_id: str | None
    detail: dict[str, object]


class AuditPage(Reply):
    items: list[AuditReply]
    next_cursor: str | None
