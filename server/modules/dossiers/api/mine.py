"""The dossiers of whoever is signed in, over HTTP."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, PathParameter

from server.core.access import AnyRequest, AssuranceNeeded, NotAllowed, SignInNeeded, resident
from server.core.paging import Cursor, CursorRefused, Limit
from server.core.paper import PDF, pdf_reply
from server.core.problems import InputRefused, NotFound, Unavailable, problems
from server.core.words import Language, language_of
from server.modules.dossiers.api.lookup import standing_of
from server.modules.dossiers.rules.calendar_file import calendar_file
from server.modules.dossiers.rules.statuses import is_over
from server.modules.dossiers.schemas import OwnDossierReply, OwnDossiersReply
from server.modules.dossiers.schemas.owner import OwnDossierWhole
from server.modules.dossiers.service.followers import Followers
from server.modules.dossiers.service.mine import Mine, NoDateYet, NotYourDossier, Own
from server.modules.dossiers.service.owner_view import OwnerView
from server.modules.dossiers.service.results import Results, ResultUnknown
from server.modules.dossiers.service.slips import Slips, SlipUnknown

Code = Annotated[str, PathParameter(max_length=60)]
_OWN = (InputRefused, SignInNeeded, NotAllowed, Unavailable)


class OwnController(Controller):
    path = "/dossiers"
    tags = ("dossiers",)

    @get("/", guards=[resident()], responses=problems(CursorRefused, *_OWN))
    async def list_own_dossiers(
        self, request: AnyRequest, own: NamedDependency[Own], limit: Limit = 20, cursor: Cursor = None
    ) -> OwnDossiersReply:
        """The dossiers that were filed with a number the caller has proved, and those they follow; whatever moved last
        comes first.
        """
        found, following = await own.page(request.user, limit, cursor)
        return OwnDossiersReply(items=[_reply(it, language_of(request)) for it in found], next_cursor=following)

    @get("/{code:str}", guards=[resident()], responses=problems(NotYourDossier, AssuranceNeeded, *_OWN))
    async def get_own_dossier(
        self,
        request: AnyRequest,
        code: Code,
        own: NamedDependency[Own],
        owner_view: NamedDependency[OwnerView],
        followers: NamedDependency[Followers],
    ) -> OwnDossierWhole:
        """One of the caller's own, with everything that was said to them; or one they follow, without its result, and
        its owner reads that they looked. 404 for every other one.
        """
        mine, language = await own.find(request.user, code, following=True), language_of(request)
        if not mine.owned:
            await followers.note_look(request.user, mine.found.dossier)
        short = _reply(mine, language)
        seen = await owner_view.of(mine.found.dossier, short.procedure_code, language, whole=mine.owned)
        return OwnDossierWhole(
            owned=mine.owned,
            procedure=short.procedure,
            procedure_code=short.procedure_code,
            standing=short.standing,
            happened=seen.happened,
            duty=seen.duty,
            result=seen.result,
        )

    @get(
        "/{code:str}/results/{result_id:uuid}",
        # The login law (security.md 2.3): what an office has decided is seen with VNeID.
        guards=[resident(where_vneid=2)],
        media_type="application/pdf",
        responses=PDF | problems(NotYourDossier, ResultUnknown, AssuranceNeeded, NotFound, *_OWN),
    )
    async def get_own_result(
        self,
        request: AnyRequest,
        code: Code,
        result_id: FromPath[UUID],
        own: NamedDependency[Own],
        results: NamedDependency[Results],
    ) -> Response[bytes]:
        """A document of the result, as the office has given it; only for the owner. Where residents can sign in with
        VNeID, it needs that.
        """
        mine = await own.find(request.user, code)
        return pdf_reply(*await results.read_of_owner(request.user, mine.found.dossier, result_id))

    @get(
        "/{code:str}/slips/{step_id:uuid}",
        guards=[resident()],
        media_type="application/pdf",
        responses=PDF | problems(NotYourDossier, SlipUnknown, AssuranceNeeded, NotFound, *_OWN),
    )
    async def get_own_slip(
        self,
        request: AnyRequest,
        code: Code,
        step_id: FromPath[UUID],
        own: NamedDependency[Own],
        slips: NamedDependency[Slips],
    ) -> Response[bytes]:
        """The slip of one step of the caller's own, as the desk prints it: receipt, papers needed, apology, …"""
        name, pdf = await slips.send((await own.find(request.user, code)).found.dossier, step_id)
        return pdf_reply(f"{name}.pdf", pdf)

    @get(
        "/{code:str}/calendar.ics",
        guards=[resident()],
        media_type="text/calendar",
        responses={200: ResponseSpec(str, media_type="text/calendar", generate_examples=False)}
        | problems(NotYourDossier, AssuranceNeeded, NoDateYet, *_OWN),
    )
    async def get_own_calendar(
        self, request: AnyRequest, state: State, code: Code, own: NamedDependency[Own]
    ) -> Response[str]:
        """The date one of the caller's own is due, for their calendar; it names no procedure. None while the clock
        stands still: it will be another one.
        """
        found = (await own.find(request.user, code, following=True)).found
        dossier = found.dossier
        if dossier.due_at is None or found.clock.stopped or is_over(dossier.status):
            raise NoDateYet
        url = f"{state.settings.origin}/dossiers/{dossier.code}"
        file = calendar_file(dossier.code, dossier.due_at, datetime.now(UTC), language_of(request), url)
        return Response(
            file,
            media_type="text/calendar; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{dossier.code}.ics"'},
        )


def _reply(it: Mine, language: Language) -> OwnDossierReply:
    return OwnDossierReply(
        owned=it.owned,
        procedure=it.procedure.title if it.procedure else None,
        procedure_code=it.procedure.code if it.procedure else None,
        standing=standing_of(it.found, language),
    )
