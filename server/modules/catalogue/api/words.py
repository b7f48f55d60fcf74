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
from server.modules.catalogue.schemas import (
    ChoiceReply,
    ProcedureLink,
    QuestionReply,
    QuestionsReply,
    RewriteReply,
    RewritesReply,
    WordReply,
    WordsReply,
    WriteQuestion,
    WriteRewrite,
    WriteWord,
)
from server.modules.catalogue.service.procedures import Catalogue
from server.modules.catalogue.service.words import (
    QUESTIONS,
    REWRITES,
    SAYINGS,
    CodesUnknown,
    PhraseTaken,
    QuestionAsksNothing,
    RewriteSaysNothing,
    Vocabulary,
    WordsSayNothing,
    version_of_word,
)

WORDS = "catalogue:words"
_DESK = (SignInNeeded, NotAllowed, Unavailable)
_WRITTEN = (InputRefused, NotFound, PhraseTaken, ChangedMeanwhile, VersionNeeded, *_DESK)


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
        rows, following = await vocabulary.find(SAYINGS, readable(q), limit, cursor)
        return WordsReply(items=await _replies(catalogue, rows), next_cursor=following)

    @put(
        "/{word_id:uuid}",
        guards=[may(WORDS)],
        responses=problems(WordsSayNothing, CodesUnknown, *_WRITTEN),
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
        row = await vocabulary.write(request.user, SAYINGS, word_id, version_of(if_match), said)
        [reply] = await _replies(catalogue, [row])
        return reply

    @delete("/{word_id:uuid}", guards=[may(WORDS)], responses=problems(NotFound, *_DESK))
    async def remove_word(
        self, request: AnyRequest, word_id: FromPath[UUID], vocabulary: NamedDependency[Vocabulary]
    ) -> None:
        """Take an entry away; it does not come back with a newer release."""
        await vocabulary.remove(request.user, SAYINGS, word_id)


class RewriteController(Controller):
    """For staff: dialect words and short forms, and what is usually written for them."""

    path = "/catalogue/desk/rewrites"
    tags = ("catalogue",)

    @get("/", guards=[may(WORDS)], responses=problems(TextRefused, CursorRefused, *_DESK))
    async def list_rewrites(
        self,
        vocabulary: NamedDependency[Vocabulary],
        q: Asked = "",
        limit: Limit = 20,
        cursor: Cursor = None,
    ) -> RewritesReply:
        """Those in which this stands, without accents too."""
        rows, following = await vocabulary.find(REWRITES, readable(q), limit, cursor)
        return RewritesReply(items=[_rewrite(row) for row in rows], next_cursor=following)

    @put("/{word_id:uuid}", guards=[may(WORDS)], responses=problems(RewriteSaysNothing, *_WRITTEN))
    async def write_rewrite(
        self,
        request: AnyRequest,
        word_id: FromPath[UUID],
        data: JSONBody[WriteRewrite],
        vocabulary: NamedDependency[Vocabulary],
        if_match: IfMatch = None,
    ) -> RewriteReply:
        """One entry as it is from now on; `If-Match: "0"` makes a new one. The search knows it a moment later."""
        said = wording.Rewrite(said=data.said, means=data.means)
        return _rewrite(await vocabulary.write(request.user, REWRITES, word_id, version_of(if_match), said))

    @delete("/{word_id:uuid}", guards=[may(WORDS)], responses=problems(NotFound, *_DESK))
    async def remove_rewrite(
        self, request: AnyRequest, word_id: FromPath[UUID], vocabulary: NamedDependency[Vocabulary]
    ) -> None:
        """Take an entry away; it does not come back with a newer release."""
        await vocabulary.remove(request.user, REWRITES, word_id)


class QuestionController(Controller):
    """For staff: what may mean several procedures, so that people are asked which."""

    path = "/catalogue/desk/questions"
    tags = ("catalogue",)

    @get("/", guards=[may(WORDS)], responses=problems(TextRefused, CursorRefused, *_DESK))
    async def list_questions(
        self,
        vocabulary: NamedDependency[Vocabulary],
        catalogue: NamedDependency[Catalogue],
        q: Asked = "",
        limit: Limit = 20,
        cursor: Cursor = None,
    ) -> QuestionsReply:
        """Those in which this stands, without accents too, or that lead to this code."""
        rows, following = await vocabulary.find(QUESTIONS, readable(q), limit, cursor)
        return QuestionsReply(items=await _questions(catalogue, rows), next_cursor=following)

    @put("/{word_id:uuid}", guards=[may(WORDS)], responses=problems(QuestionAsksNothing, CodesUnknown, *_WRITTEN))
    async def write_question(
        self,
        request: AnyRequest,
        word_id: FromPath[UUID],
        data: JSONBody[WriteQuestion],
        vocabulary: NamedDependency[Vocabulary],
        catalogue: NamedDependency[Catalogue],
        if_match: IfMatch = None,
    ) -> QuestionReply:
        """One entry as it is from now on; `If-Match: "0"` makes a new one. The search knows it a moment later."""
        choices = [wording.Choice(label=it.label, codes=it.codes) for it in data.choices]
        said = wording.Ambiguous(term=data.said, choices=choices)
        row = await vocabulary.write(request.user, QUESTIONS, word_id, version_of(if_match), said)
        [reply] = await _questions(catalogue, [row])
        return reply

    @delete("/{word_id:uuid}", guards=[may(WORDS)], responses=problems(NotFound, *_DESK))
    async def remove_question(
        self, request: AnyRequest, word_id: FromPath[UUID], vocabulary: NamedDependency[Vocabulary]
    ) -> None:
        """Take an entry away; it does not come back with a newer release."""
        await vocabulary.remove(request.user, QUESTIONS, word_id)


async def _replies(catalogue: Catalogue, rows: Sequence[Word]) -> list[WordReply]:
    meanings = [SAYINGS.meaning_of(row) for row in rows]
    linked = await _links(catalogue, {code for it in meanings for code in it.codes})
    return [
        WordReply(
            id=row.id,
            said=it.said,
            official=it.official,
            procedures=[linked[code] for code in it.codes],
            version=version_of_word(row),
        )
        for row, it in zip(rows, meanings, strict=True)
    ]


def _rewrite(row: Word) -> RewriteReply:
    it = REWRITES.meaning_of(row)
    return RewriteReply(id=row.id, said=it.said, means=it.means, version=version_of_word(row))


async def _questions(catalogue: Catalogue, rows: Sequence[Word]) -> list[QuestionReply]:
    meanings = [QUESTIONS.meaning_of(row) for row in rows]
    linked = await _links(catalogue, {code for it in meanings for code in QUESTIONS.codes(it)})
    return [
        QuestionReply(
            id=row.id,
            said=it.term,
            choices=[
                ChoiceReply(label=one.label, procedures=[linked[code] for code in one.codes]) for one in it.choices
            ],
            version=version_of_word(row),
        )
        for row, it in zip(rows, meanings, strict=True)
    ]


async def _links(catalogue: Catalogue, codes: set[str]) -> dict[str, ProcedureLink]:
    names = await catalogue.names(codes)
    return {code: ProcedureLink(code=code, title=names[code].title if code in names else "") for code in codes}
