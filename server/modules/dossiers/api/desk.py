"""The one-stop desk over HTTP. Staff see and move what their own unit received or handles, and nothing else."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from server.core.access import AnyRequest, NotAllowed, SignInNeeded, may
from server.core.idempotency import KeyRefused, KeyUsedForAnother, StillRunning, create
from server.core.paging import Asked, Cursor, CursorRefused, Limit
from server.core.paper import PDF, pdf_reply
from server.core.problems import (
    InputRefused,
    NotFound,
    TextRefused,
    TooLarge,
    TooManyRequests,
    Unavailable,
    problems,
    readable,
)
from server.core.versions import ChangedMeanwhile, IfMatch, VersionNeeded, version_of
from server.core.words import language_of
from server.modules.dossiers.models import Hours, OfficeCode
from server.modules.dossiers.schemas.desk import (
    ActOnDossier,
    ActOnDossiers,
    DescribeOffice,
    DeskCounts,
    DeskDossier,
    DeskFigures,
    DeskPage,
    DeskProblem,
    ElsewherePage,
    ManyOutcome,
    ManyOutcomes,
    OfficeReply,
    OfficesReply,
    RegisterDossier,
    SendSlip,
    SlipTextReply,
)
from server.modules.dossiers.service.desk import (
    ActIncomplete,
    AnswerByRefused,
    Desk,
    DossierCannotMove,
    DossierUnknown,
    NewDateRefused,
    NotForMany,
    ResultLinkRefused,
)
from server.modules.dossiers.service.elsewhere import Elsewhere
from server.modules.dossiers.service.figures import Figures, MonthRefused
from server.modules.dossiers.service.lists import Lists, Which
from server.modules.dossiers.service.offices import (
    OfficeCodeMissing,
    OfficeCodeRefused,
    OfficeCodeTaken,
    Offices,
    OfficeUnknown,
)
from server.modules.dossiers.service.registry import (
    ContactNeeded,
    LimitNeeded,
    LimitNeverEnds,
    LimitReasonNeeded,
    NameNeeded,
    PersonalNumberRefused,
    PhoneNumberRefused,
    PlaceUnknown,
    ProcedureNotOffered,
    ReceivedAtRefused,
    Registry,
)
from server.modules.dossiers.service.results import (
    LARGEST,
    NoResultHere,
    NotAPdf,
    PdfEncrypted,
    Results,
    ResultUnknown,
    TooManyResults,
)
from server.modules.dossiers.service.slip_texts import (
    NoPhoneToText,
    OwnerHasAccount,
    SlipSentAlready,
    SlipTexts,
    SlipTextsOff,
)
from server.modules.dossiers.service.slips import Slips, SlipUnknown
from server.modules.dossiers.service.views import Views

_STAFF = (SignInNeeded, NotAllowed, Unavailable)
_REPEATED = (KeyRefused, KeyUsedForAnother, StillRunning)


class DeskController(Controller):
    path = "/dossiers/desk"
    tags = ("dossiers",)

    @create(
        "",
        guards=[may("dossiers:register")],
        responses=problems(
            InputRefused,
            ProcedureNotOffered,
            ContactNeeded,
            PhoneNumberRefused,
            PersonalNumberRefused,
            LimitNeeded,
            LimitNeverEnds,
            LimitReasonNeeded,
            ReceivedAtRefused,
            PlaceUnknown,
            NameNeeded,
            OfficeCodeMissing,
            *_REPEATED,
            *_STAFF,
        ),
    )
    async def register_dossier(
        self,
        request: AnyRequest,
        data: JSONBody[RegisterDossier],
        registry: NamedDependency[Registry],
        views: NamedDependency[Views],
    ) -> DeskDossier:
        """Take a dossier in: it gets its code, and the day by which it will be done."""
        dossier_id = await registry.register(request.user, data)
        return await views.show(request.user, dossier_id, language_of(request))

    @get("", guards=[may("dossiers:read")], responses=problems(InputRefused, TextRefused, CursorRefused, *_STAFF))
    async def list_desk_dossiers(
        self,
        request: AnyRequest,
        lists: NamedDependency[Lists],
        which: Annotated[Which, QueryParameter()] = Which.UNIT,
        q: Asked = "",
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> DeskPage:
        """The unit's open dossiers, what is due first standing first. `q`, a code, the end of one, a phone or its last
        four digits, searches everything the unit ever had. No list names a person.
        """
        items, following = await lists.page(request.user, which, readable(q), limit, cursor)
        return DeskPage(items=items, next_cursor=following)

    @get("/elsewhere", guards=[may("dossiers:read")], responses=problems(InputRefused, CursorRefused, *_STAFF))
    async def list_elsewhere(
        self, request: AnyRequest, elsewhere: NamedDependency[Elsewhere], limit: Limit = 50, cursor: Cursor = None
    ) -> ElsewherePage:
        """Open dossiers of other systems that lie at the caller's unit, as they report; whatever moved last first."""
        items, following = await elsewhere.page(request.user, limit, cursor)
        return ElsewherePage(items=items, next_cursor=following)

    @get("/counts", guards=[may("dossiers:read")], responses=problems(*_STAFF))
    async def count_desk_dossiers(self, request: AnyRequest, lists: NamedDependency[Lists]) -> DeskCounts:
        """How long each list is."""
        return await lists.counts(request.user)

    @get("/figures", guards=[may("dossiers:read")], responses=problems(InputRefused, MonthRefused, *_STAFF))
    async def get_desk_figures(
        self,
        request: AnyRequest,
        figures: NamedDependency[Figures],
        month: Annotated[str, QueryParameter(max_length=7)],
    ) -> DeskFigures:
        """How the caller's unit did in a month (2026-11), as Decision 766/QĐ-TTg counts, each with its definition."""
        return await figures.of_month(request.user, month, language_of(request))

    @get("/{dossier_id:uuid}", guards=[may("dossiers:read")], responses=problems(DossierUnknown, NotFound, *_STAFF))
    async def get_desk_dossier(
        self, request: AnyRequest, dossier_id: FromPath[UUID], views: NamedDependency[Views]
    ) -> DeskDossier:
        """One dossier with whose it is. Whoever owns it and has an account is told that it was looked at."""
        await views.look(request.user, dossier_id)
        return await views.show(request.user, dossier_id, language_of(request))

    @create(
        "/{dossier_id:uuid}/acts",
        guards=[may("dossiers:move")],
        status_code=200,
        responses=problems(
            InputRefused,
            DossierUnknown,
            NotFound,
            DossierCannotMove,
            ActIncomplete,
            NewDateRefused,
            AnswerByRefused,
            LimitNeverEnds,
            ResultLinkRefused,
            PlaceUnknown,
            ChangedMeanwhile,
            VersionNeeded,
            *_REPEATED,
            *_STAFF,
        ),
    )
    async def act_on_dossier(
        self,
        request: AnyRequest,
        dossier_id: FromPath[UUID],
        data: JSONBody[ActOnDossier],
        desk: NamedDependency[Desk],
        views: NamedDependency[Views],
        if_match: IfMatch = None,
    ) -> DeskDossier:
        """One act by the strict table: accept, take up, ask for papers, refuse, apologise, stop, finish, hand over …"""
        held = await desk.act(request.user, dossier_id, version_of(if_match), data)
        return await views.shown(request.user, held, language_of(request))

    @create(
        "/acts",
        guards=[may("dossiers:move")],
        status_code=200,
        responses=problems(InputRefused, NotForMany, *_REPEATED, *_STAFF),
    )
    async def act_on_dossiers(
        self, request: AnyRequest, data: JSONBody[ActOnDossiers], desk: NamedDependency[Desk]
    ) -> ManyOutcomes:
        """The same act on up to 100 dossiers, each by itself: what became of it is said row by row."""
        language = language_of(request)
        outcomes = await desk.act_on_many(request.user, data.act, data.dossiers)
        return ManyOutcomes(
            items=[
                ManyOutcome(
                    id=it.dossier_id,
                    code=it.code,
                    problem=DeskProblem(type=it.problem.type(), title=it.problem.detail.for_(language))
                    if it.problem
                    else None,
                )
                for it in outcomes
            ]
        )

    @get(
        "/{dossier_id:uuid}/slips/{step_id:uuid}",
        guards=[may("dossiers:read")],
        media_type="application/pdf",
        responses=PDF | problems(DossierUnknown, SlipUnknown, NotFound, *_STAFF),
    )
    async def print_slip(
        self,
        request: AnyRequest,
        dossier_id: FromPath[UUID],
        step_id: FromPath[UUID],
        views: NamedDependency[Views],
        slips: NamedDependency[Slips],
    ) -> Response[bytes]:
        """The slip of one step as PDF/A: receipt (01), papers needed (02), refusal (03), apology (04), stop (05)."""
        await views.look(request.user, dossier_id)
        name, pdf = await slips.print(request.user, dossier_id, step_id)
        return Response(
            pdf, media_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}.pdf"'}
        )

    @create(
        "/{dossier_id:uuid}/slips/{step_id:uuid}/text",
        guards=[may("dossiers:read")],
        status_code=202,
        responses=problems(
            InputRefused,
            DossierUnknown,
            SlipUnknown,
            NotFound,
            OwnerHasAccount,
            NoPhoneToText,
            SlipTextsOff,
            SlipSentAlready,
            TooManyRequests,
            *_REPEATED,
            *_STAFF,
        ),
    )
    async def send_slip(
        self,
        request: AnyRequest,
        dossier_id: FromPath[UUID],
        step_id: FromPath[UUID],
        data: JSONBody[SendSlip],
        slip_texts: NamedDependency[SlipTexts],
    ) -> SlipTextReply:
        """Send the slip of one step as a text to the phone given at the desk, whose owner has no account: the code, the
        office, the day, and where to look it up. Once a day for each slip and phone.
        """
        return await slip_texts.ask(request.user, dossier_id, step_id, data.language)

    @get(
        "/{dossier_id:uuid}/slips/{step_id:uuid}/text",
        guards=[may("dossiers:read")],
        responses=problems(DossierUnknown, SlipUnknown, NotFound, *_STAFF),
    )
    async def look_after_slip(
        self,
        request: AnyRequest,
        dossier_id: FromPath[UUID],
        step_id: FromPath[UUID],
        slip_texts: NamedDependency[SlipTexts],
    ) -> SlipTextReply:
        """What became of the text: on its way, taken by a carrier, or by none."""
        return await slip_texts.look_after(request.user, dossier_id, step_id)

    @create(
        "/{dossier_id:uuid}/results",
        guards=[may("dossiers:move")],
        request_max_body_size=LARGEST,
        responses=problems(
            InputRefused,
            DossierUnknown,
            NotAPdf,
            PdfEncrypted,
            NoResultHere,
            TooManyResults,
            TooLarge,
            NotFound,
            *_REPEATED,
            *_STAFF,
        ),
    )
    async def add_result(
        self,
        request: AnyRequest,
        dossier_id: FromPath[UUID],
        results: NamedDependency[Results],
        views: NamedDependency[Views],
    ) -> DeskDossier:
        """Add the result as a file: the body is the PDF itself (`application/pdf`, 15 MB at most), kept byte for byte.

        Its signatures are looked at soon afterwards. The owner sees it once the dossier is done.
        """
        await results.add(request.user, dossier_id, await request.body())
        await views.look(request.user, dossier_id, again=False)
        return await views.show(request.user, dossier_id, language_of(request))

    @get(
        "/{dossier_id:uuid}/results/{result_id:uuid}",
        guards=[may("dossiers:read")],
        media_type="application/pdf",
        responses=PDF | problems(DossierUnknown, ResultUnknown, NotFound, *_STAFF),
    )
    async def read_desk_result(
        self,
        request: AnyRequest,
        dossier_id: FromPath[UUID],
        result_id: FromPath[UUID],
        results: NamedDependency[Results],
        views: NamedDependency[Views],
    ) -> Response[bytes]:
        """The file as it was added. Whoever owns it is told that it was looked at."""
        await views.look(request.user, dossier_id)
        return pdf_reply(*await results.read_of_desk(request.user, dossier_id, result_id))

    @delete(
        "/{dossier_id:uuid}/results/{result_id:uuid}",
        guards=[may("dossiers:move")],
        responses=problems(DossierUnknown, ResultUnknown, NoResultHere, NotFound, *_STAFF),
    )
    async def remove_result(
        self,
        request: AnyRequest,
        dossier_id: FromPath[UUID],
        result_id: FromPath[UUID],
        results: NamedDependency[Results],
    ) -> None:
        """Take away a file that was the wrong one."""
        await results.remove(request.user, dossier_id, result_id)


class OfficeCodeController(Controller):
    path = "/dossiers/offices"
    tags = ("dossiers",)

    @get("", guards=[may("dossiers:offices")], responses=problems(*_STAFF))
    async def list_office_codes(self, offices: NamedDependency[Offices]) -> OfficesReply:
        """The offices whose code in the codes of dossiers is known."""
        return OfficesReply(items=[_office(it) for it in await offices.all()])

    @put(
        "/{place:str}",
        guards=[may("dossiers:offices")],
        responses=problems(
            InputRefused,
            OfficeUnknown,
            OfficeCodeRefused,
            OfficeCodeTaken,
            ChangedMeanwhile,
            VersionNeeded,
            *_STAFF,
        ),
    )
    async def describe_office(
        self,
        request: AnyRequest,
        place: FromPath[str],
        data: JSONBody[DescribeOffice],
        offices: NamedDependency[Offices],
        if_match: IfMatch = None,
    ) -> OfficeReply:
        """What an office is called in codes, and the hours it works. `If-Match: "0"` when nothing was said of it."""
        return _office(
            await offices.describe(request.user, place, version_of(if_match), data.code, data.hours, data.address)
        )


def _office(it: OfficeCode) -> OfficeReply:
    return OfficeReply(place=it.place, code=it.code, hours=Hours(it.hours), address=it.address, version=it.version)
