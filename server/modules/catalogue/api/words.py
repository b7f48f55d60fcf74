"""The words of the search over HTTP, for staff."""

from collections.abc import Sequence
from uuid import UUID

from litestar import Controller, delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from server.core.access import AnyRequest, NotAllowed, SignInNeeded, may
from server.core.paging import Asked, Cursor, CursorRefused, Limit
from server.core.problems import InputRefused, NotFound, TextRefused, Unavailable, problems, readable
from server.core.versions import ChangedMeanwhile, IfMatch, VersionNeeded, version_of
from server.modules.catalogue.models import Word
from server.modules.catalogue.rules import wording
from server.modules.catalogue.schemas import ProcedureLink, WordReply, WordsReply, WriteWord
from server.modules.catalogue.service.procedures import Catalogue
from server.modules.catalogue.service.words import (
    CodesUnknown,
    PhraseTaken,
    Vocabulary,
    WordsSayNothing,
    meaning_of,
    version_of_word,
)

WORDS = "catalogue:words"
_DESK = (SignInNeeded, NotAllowed, Unavailable)


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
