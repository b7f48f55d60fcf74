"""The catalogue over HTTP: public, read from memory, the same for everybody."""

from typing import Annotated

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from server.core.access import AnyRequest, anyone
from server.core.limits import at_most
from server.core.paging import Asked, Cursor, CursorRefused, Limit, MaybeAsked
from server.core.problems import TextRefused, Unavailable, problems, readable
from server.core.snapshot import sends
from server.core.words import language_of
from server.modules.catalogue.rules.facts import Audience, Level
from server.modules.catalogue.schemas import ChangeReply, Changes, Filters, Outline, ProcedurePage, ProcedureReply
from server.modules.catalogue.service.procedures import Catalogue, ProcedureNotFound
from server.modules.catalogue.snapshot import catalogue_snapshot

Since = Annotated[int, QueryParameter(ge=0, le=2**31 - 1)]


class CatalogueController(Controller):
    path = "/catalogue"
    tags = ("catalogue",)

    @get(
        "/procedures",
        guards=[anyone],
        responses=sends(ProcedurePage) | problems(TextRefused, CursorRefused, Unavailable),
    )
    async def list_procedures(
        self,
        request: AnyRequest,
        q: Asked = "",
        field: MaybeAsked = None,
        audience: FromQuery[Audience | None] = None,
        level: FromQuery[Level | None] = None,
        agency: MaybeAsked = None,
        limit: Limit = 20,
        cursor: Cursor = None,
    ) -> Response[bytes]:
        """Procedures for what was typed, best first; with a question back when look-alikes fit."""
        filters = {"field": field, "audience": audience, "level": level, "agency": agency}
        language = language_of(request)
        body = catalogue_snapshot.value.search(readable(q), filters, limit, cursor, language)
        return catalogue_snapshot.reply(request, body)

    @get(
        "/procedures/{code:str}",
        guards=[anyone],
        responses=sends(ProcedureReply) | problems(ProcedureNotFound) | problems(Unavailable),
    )
    async def get_procedure(self, request: AnyRequest, code: FromPath[str]) -> Response[bytes]:
        """One procedure. An old code answers with what replaced it; an unknown one with the nearest three."""
        return catalogue_snapshot.reply(request, catalogue_snapshot.value.page(code), packed=True)

    @get("/procedures/{code:str}/changes", guards=[anyone], responses=problems(ProcedureNotFound))
    async def list_changes(
        self,
        code: FromPath[str],
        catalogue: NamedDependency[Catalogue],
        since: Since = 0,
    ) -> Changes:
        """What later revisions than `since` made different, oldest first."""
        changes = await catalogue.changes(code, since)
        return Changes(
            items=[
                ChangeReply(revision=it.revision, at=it.created_at, field=it.field, **it.difference) for it in changes
            ]
        )

    @post(
        "/procedures/{code:str}/opened",
        status_code=204,
        guards=[anyone, at_most(600, per=3600, rule="procedure-opened")],
        responses=problems(ProcedureNotFound),
    )
    async def count_opening(self, code: FromPath[str], catalogue: NamedDependency[Catalogue]) -> None:
        """Count that a procedure was opened, so that what people need ranks higher. By whom is not kept."""
        await catalogue.count_opening(code)

    @get("/filters", guards=[anyone], responses=sends(Filters) | problems(Unavailable))
    async def list_filters(self, request: AnyRequest) -> Response[bytes]:
        """What the list can be narrowed to."""
        return catalogue_snapshot.reply(request, catalogue_snapshot.value.filters)

    @get("/outline", guards=[anyone], responses=sends(Outline) | problems(Unavailable))
    async def get_catalogue_outline(self, request: AnyRequest) -> Response[bytes]:
        """Every title and the everyday words, for searching without a network."""
        return catalogue_snapshot.reply(request, catalogue_snapshot.value.outline, max_age=3600)
