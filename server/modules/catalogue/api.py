"""The catalogue over HTTP: public, read from memory, the same for everybody."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from server.core.access import AnyRequest, NotAllowed, SignInNeeded, anyone, may
from server.core.limits import at_most
from server.core.paging import Asked, Cursor, CursorRefused, Limit, MaybeAsked
from server.core.problems import InputRefused, NotFound, TextRefused, Unavailable, problems, readable
from server.core.snapshot import sends
from server.core.versions import ChangedMeanwhile, IfMatch, VersionNeeded, version_of
from server.core.words import language_of
from server.modules.catalogue.models import Word
from server.modules.catalogue.rules import wording
from server.modules.catalogue.rules.facts import Audience, Level
from server.modules.catalogue.schemas import (
    ChangeReply,
    Changes,
    Filters,
    Outline,
    ProcedureLink,
    ProcedurePage,
    ProcedureReply,
    WordReply,
    WordsReply,
    WriteWord,
)
from server.modules.catalogue.service import (
    Catalogue,
    CodesUnknown,
    PhraseTaken,
    ProcedureNotFound,
    Vocabulary,
    WordsSayNothing,
    meaning_of,
    version_of_word,
)
from server.modules.catalogue.snapshot import catalogue_snapshot

Since = Annotated[int, QueryParameter(ge=0, le=2**31 - 1)]


WORDS = "catalogue:words"
_DESK = (SignInNeeded, NotAllowed, Unavailable)


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


class WordController(Controller):
    """For staff: what people say for what the titles say."""

    path = "/catalogue/desk/words"
    tags = ("catalogue",)

    @get("/", guards=[may(WORDS)], responses=problems(TextRefused, CursorRefused, *_DESK))
    async def list_words(
        self,
        vocabulary: NamedDependency[Vocabulary],
        catalogue: NamedDependency[Catalogue],
        q: Asked = "",
        limit: Limit = 20,
        cursor: Cursor = None,
    ) -> WordsReply:
        """Sayings in which this stands, without accents too, or that lead to this code."""
        rows, following = await vocabulary.find(readable(q), limit, cursor)
        return WordsReply(items=await _replies(catalogue, rows), next_cursor=following)

    @put(
        "/{word_id:uuid}",
        guards=[may(WORDS)],
        responses=problems(
            InputRefused, NotFound, WordsSayNothing, CodesUnknown, PhraseTaken, ChangedMeanwhile, VersionNeeded, *_DESK
        ),
    )
    async def write_word(
        self,
        request: AnyRequest,
        word_id: FromPath[UUID],
        data: JSONBody[WriteWord],
        vocabulary: NamedDependency[Vocabulary],
        catalogue: NamedDependency[Catalogue],
        if_match: IfMatch = None,
    ) -> WordReply:
        """One entry as it is from now on; `If-Match: "0"` makes a new one. The search knows it a moment later."""
        said = wording.Word(said=data.said, official=data.official, codes=data.codes)
        row = await vocabulary.write(request.user, word_id, version_of(if_match), said)
        [reply] = await _replies(catalogue, [row])
        return reply

    @delete("/{word_id:uuid}", guards=[may(WORDS)], responses=problems(NotFound, *_DESK))
    async def remove_word(
        self, request: AnyRequest, word_id: FromPath[UUID], vocabulary: NamedDependency[Vocabulary]
    ) -> None:
        """Take an entry away; it does not come back with a newer release."""
        await vocabulary.remove(request.user, word_id)


async def _replies(catalogue: Catalogue, rows: Sequence[Word]) -> list[WordReply]:
    meanings = [meaning_of(row) for row in rows]
    names = await catalogue.names({code for it in meanings for code in it.codes})
    return [
        WordReply(
            id=row.id,
            said=it.said,
            official=it.official,
            procedures=[
                ProcedureLink(code=code, title=names[code].title if code in names else "") for code in it.codes
            ],
            version=version_of_word(row),
        )
        for row, it in zip(rows, meanings, strict=True)
    ]
