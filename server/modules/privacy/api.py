"""Privacy over HTTP: what people ask about their own data, and the desk that answers."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter

from server.core.access import AnyRequest, NotAllowed, ProofNeeded, SignInNeeded, may, resident
from server.core.idempotency import KeyRefused, KeyUsedForAnother, StillRunning, create
from server.core.limits import at_most
from server.core.looks import Why
from server.core.paging import Asked, Cursor, CursorRefused, Limit
from server.core.problems import InputRefused, NotFound, TooManyRequests, Unavailable, problems
from server.core.versions import ChangedMeanwhile, IfMatch, VersionNeeded, version_of
from server.core.words import language_of
from server.modules.privacy.models import Request as Asking
from server.modules.privacy.rules.requests import DAYS
from server.modules.privacy.schemas import (
    AskAboutYourData,
    AuditPage,
    DaysReply,
    DecideRequest,
    GiveConsent,
    LookReply,
    LooksReply,
    OpenRequestReply,
    OpenRequestsReply,
    PurposesReply,
    RequestReply,
    RequestsReply,
    StaffRequestReply,
)
from server.modules.privacy.service.consents import Consents, PurposeNotFound, TextChanged
from server.modules.privacy.service.journal import Journal
from server.modules.privacy.service.requests import (
    AlreadyAsked,
    AlreadyDecided,
    MustBeKept,
    ReasonNeeded,
    RequestNotFound,
    Requests,
)

_OWN = (SignInNeeded, NotAllowed, Unavailable)
_REPEATED = (KeyRefused, KeyUsedForAnother, StillRunning)


class PrivacyController(Controller):
    """For residents, about themselves."""

    path = "/privacy"
    tags = ("privacy",)

    @get("/consents", guards=[resident()], responses=problems(*_OWN))
    async def list_consents(self, request: AnyRequest, consents: NamedDependency[Consents]) -> PurposesReply:
        """What we ask consent for, and what the caller agreed to. Nothing is agreed to beforehand."""
        given = {it.purpose: it for it in await consents.of(request.user.id)}
        return PurposesReply.of(given, language_of(request))

    @put(
        "/consents/{purpose:str}",
        guards=[resident()],
        responses=problems(InputRefused, PurposeNotFound, TextChanged, *_OWN),
        status_code=204,
    )
    async def give_consent(
        self,
        request: AnyRequest,
        purpose: FromPath[str],
        data: JSONBody[GiveConsent],
        consents: NamedDependency[Consents],
    ) -> None:
        """Agree to one purpose, in the words of this version."""
        await consents.give(request.user, purpose, data.version)

    @delete("/consents/{purpose:str}", guards=[resident()], responses=problems(PurposeNotFound, *_OWN))
    async def withdraw_consent(
        self, request: AnyRequest, purpose: FromPath[str], consents: NamedDependency[Consents]
    ) -> None:
        """Take a consent back; not having given it is fine too."""
        await consents.withdraw(request.user, purpose)

    @create(
        "/requests",
        guards=[resident(fresh=True), at_most(30, per=86_400, rule="privacy-ask", each_caller=True)],
        responses=problems(InputRefused, AlreadyAsked, ProofNeeded, TooManyRequests, *_REPEATED, *_OWN),
    )
    async def ask_about_your_data(
        self, request: AnyRequest, data: JSONBody[AskAboutYourData], requests: NamedDependency[Requests]
    ) -> RequestReply:
        """Ask for a copy (made at once, in the background, in the caller's language), a correction, a stop, erasure."""
        asked = await requests.ask(request.user, data.kind, data.note, language_of(request))
        return _reply(requests, asked, {})

    @get("/requests", guards=[resident()], responses=problems(*_OWN))
    async def list_requests(self, request: AnyRequest, requests: NamedDependency[Requests]) -> RequestsReply:
        """What the caller asked, the newest first, with the day by which the law wants it done."""
        mine = await requests.of(request.user.id)
        files = await requests.packages_of(mine)
        days = DaysReply(**{kind.value: count for kind, count in DAYS.items()})
        return RequestsReply(items=[_reply(requests, it, files) for it in mine], days=days)

    @delete(
        "/requests/{request_id:uuid}",
        guards=[resident()],
        responses=problems(RequestNotFound, AlreadyDecided, *_OWN),
    )
    async def withdraw_request(
        self, request: AnyRequest, request_id: FromPath[UUID], requests: NamedDependency[Requests]
    ) -> None:
        """Want it no more, as long as it is open."""
        await requests.withdraw(request.user, request_id)

    @get(
        "/requests/{request_id:uuid}/file",
        guards=[resident(fresh=True)],
        media_type="application/zip",
        responses={200: ResponseSpec(bytes, media_type="application/zip", generate_examples=False)}
        | problems(RequestNotFound, ProofNeeded, *_OWN),
    )
    async def take_copy(
        self, request: AnyRequest, request_id: FromPath[UUID], requests: NamedDependency[Requests]
    ) -> Response[bytes]:
        """Everything we hold about the caller, as a ZIP of one JSON, one text file and what they have shown.

        The names in the JSON never change; the text is in the language in which the copy was asked for.
        """
        return Response(
            await requests.file_of(request.user, request_id),
            media_type="application/zip",
            headers={"Content-Disposition": 'attachment; filename="du-lieu-cua-toi.zip"'},
        )

    @get("/looks", guards=[resident()], responses=problems(CursorRefused, *_OWN))
    async def list_looks(
        self, request: AnyRequest, journal: NamedDependency[Journal], limit: Limit = 20, cursor: Cursor = None
    ) -> LooksReply:
        """Who looked at the caller's record: which office, in which role, when and why; never an officer's name."""
        looks, following = await journal.looks_at(request.user.id, limit, cursor)
        language = language_of(request)
        items = [LookReply(**it._asdict() | {"as_what": it.as_what.for_(language)}) for it in looks]
        return LooksReply(items=items, next_cursor=following)


class PrivacyDeskController(Controller):
    """For the officer in charge of personal data, and for whoever reads the audit log."""

    path = "/privacy/desk"
    tags = ("privacy",)

    @get("/requests", guards=[may("privacy:decide")], responses=problems(CursorRefused, *_OWN))
    async def list_open_requests(
        self, requests: NamedDependency[Requests], limit: Limit = 50, cursor: Cursor = None
    ) -> OpenRequestsReply:
        """Open requests, the nearest deadline first."""
        now = datetime.now(UTC)
        rows, following = await requests.waiting(limit, cursor)
        return OpenRequestsReply(items=[OpenRequestReply.of(it, now) for it in rows], next_cursor=following)

    @get(
        "/requests/{request_id:uuid}",
        guards=[may("privacy:decide")],
        responses=problems(RequestNotFound, NotFound, *_OWN),
    )
    async def get_open_request(
        self,
        request: AnyRequest,
        request_id: FromPath[UUID],
        requests: NamedDependency[Requests],
        journal: NamedDependency[Journal],
    ) -> StaffRequestReply:
        """One request with whose it is. That person is told that it was read."""
        asked = await requests.find(request_id)
        await journal.note_look(request.user, asked.resident_id, permission="privacy:decide", why=Why.RIGHTS)
        return await _staff_reply(requests, journal, asked)

    @post(
        "/requests/{request_id:uuid}/decision",
        status_code=200,
        guards=[may("privacy:decide", fresh=True)],
        responses=problems(
            InputRefused,
            RequestNotFound,
            AlreadyDecided,
            MustBeKept,
            ReasonNeeded,
            ProofNeeded,
            ChangedMeanwhile,
            VersionNeeded,
            *_OWN,
        ),
    )
    async def decide_request(
        self,
        request: AnyRequest,
        request_id: FromPath[UUID],
        data: JSONBody[DecideRequest],
        requests: NamedDependency[Requests],
        journal: NamedDependency[Journal],
        if_match: IfMatch = None,
    ) -> StaffRequestReply:
        """Grant or refuse. A granted erasure is carried out by the worker; what the law keeps forbids it."""
        decided = await requests.decide(
            request.user,
            request_id,
            version_of(if_match),
            grant=data.grant,
            answer=data.answer,
            language=language_of(request),
        )
        # What comes back is as much a view of their record as opening it is.
        await journal.note_look(request.user, decided.resident_id, permission="privacy:decide", why=Why.RIGHTS)
        return await _staff_reply(requests, journal, decided)

    @get("/audit", guards=[may("privacy:audit")], responses=problems(InputRefused, CursorRefused, *_OWN))
    async def read_audit(
        self,
        journal: NamedDependency[Journal],
        act: Asked = "",
        actor: Annotated[UUID | None, QueryParameter()] = None,
        subject: Annotated[str | None, QueryParameter(max_length=100)] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> AuditPage:
        """The audit log, the newest first; by the beginning of the act, by who did it, by what it was done to."""
        return await journal.read(act=act, actor=actor, subject=subject, limit=limit, cursor=cursor)


def _reply(requests: Requests, it: Asking, files: dict[UUID, datetime]) -> RequestReply:
    return RequestReply(
        id=it.id,
        kind=it.kind,
        state=it.state,
        note=requests.note_of(it),
        received_at=it.created_at,
        due_at=it.due_at,
        decided_at=it.decided_at,
        answer=requests.answer_of(it),
        file_until=files.get(it.id),
    )


async def _staff_reply(requests: Requests, journal: Journal, it: Asking) -> StaffRequestReply:
    return StaffRequestReply(
        id=it.id,
        version=it.version,
        kind=it.kind,
        state=it.state,
        resident_id=it.resident_id,
        name=await journal.name_of(it.resident_id),
        note=requests.note_of(it),
        received_at=it.created_at,
        due_at=it.due_at,
        decided_at=it.decided_at,
        answer=requests.answer_of(it),
    )
