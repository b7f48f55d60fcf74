"""The words by which people find procedures: what they say, what titles say for it, and what is asked back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller
from server.core.audit import record
from server.core.database import one_at_a_time
from server.core.paging import page
from server.core.problems import NotFound, Problem
from server.core.snapshot import touch
from server.core.text import clean, fold
from server.core.versions import ChangedMeanwhile
from server.core.words import Words
from server.modules.catalogue.models import Word
from server.modules.catalogue.rules import wording
from server.modules.catalogue.service.procedures import SNAPSHOT, Catalogue

REMOVED = "removed"
"""One taken away, or the name one had before, stays as a row, or the next start would bring it back."""


class WordsSayNothing(Problem):
    status = 400
    title = Words(
        "Cần ít nhất một cách nói của người dân, và mã thủ tục hoặc cách gọi chính thức",
        "It needs what people say, and the code of a procedure or what it is called officially",
        "ត្រូវមានពាក្យដែលប្រជាជននិយាយ និងលេខកូដនីតិវិធី ឬឈ្មោះផ្លូវការ",
    )


class CodesUnknown(Problem):
    """`codes`: those of which there is no procedure."""

    status = 400
    title = Words(
        "Có mã không phải của thủ tục nào",
        "One of the codes belongs to no procedure",
        "មានលេខកូដដែលមិនមែនជារបស់នីតិវិធីណាទេ",
    )


class RewriteSaysNothing(Problem):
    status = 400
    title = Words(
        "Cần một cách nói, và một cách viết thường dùng khác với nó",
        "It needs what people say, and standard words for it that differ from it",
        "ត្រូវមានពាក្យដែលប្រជាជននិយាយ និងពាក្យស្តង់ដារដែលខុសពីវា",
    )


class QuestionAsksNothing(Problem):
    status = 400
    title = Words(
        "Cần một cách nói, và ít nhất hai ý khác nhau, mỗi ý có mã thủ tục",
        "It needs what people say, and at least two different meanings, each with the code of a procedure",
        "ត្រូវមានពាក្យដែលប្រជាជននិយាយ និងអត្ថន័យខុសគ្នាយ៉ាងតិចពីរ ដែលនីមួយៗមានលេខកូដនីតិវិធី",
    )


class PhraseTaken(Problem):
    title = Words(
        "Cách nói đầu tiên này đã có ở một mục khác",
        "The first of these sayings begins another entry already",
        "ពាក្យទីមួយនេះមាននៅធាតុផ្សេងរួចហើយ",
    )


T = TypeVar("T", wording.Word, wording.Rewrite, wording.Ambiguous)


@dataclass(frozen=True)
class Listed(Generic[T]):
    """A list of `data/search_words.json` that is edited here. `kind`: how the table names it; `noun`: how the audit
    does; `cleaned` raises what is refused of an entry.
    """

    kind: str
    noun: str
    shape: type[T]
    first: Callable[[T], str]
    texts: Callable[[T], list[str]]
    codes: Callable[[T], list[str]]
    cleaned: Callable[[T], T]

    def meaning_of(self, row: Word) -> T:
        return msgspec.convert(row.content["value"], self.shape)

    def term(self, said: T) -> str:
        """What names an entry: its first phrase."""
        return f"{self.kind}/{self.first(said)}"

    def searched(self, row: Word) -> str:
        said = self.meaning_of(row)
        return fold(" · ".join(self.texts(said))) + " " + " ".join(self.codes(said))


def version_of_word(row: Word) -> int:
    """When it was last changed, in microseconds."""
    return int(row.updated_at.timestamp() * 1_000_000)


class Vocabulary:
    """How people speak of procedures, as far as staff may change it; `of` says in which list."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, of: Listed[Any], q: str, limit: int, cursor: str | None) -> tuple[Sequence[Word], str | None]:
        """Those in which what was typed stands, by their first saying; a code is found too. Raises CursorRefused."""
        rows = {row.term: row for row in await self._session.scalars(select(Word).where(Word.kind == of.kind))}
        wanted = fold(q)
        terms = sorted(term for term, row in rows.items() if wanted in of.searched(row))
        shown, following = page(terms, limit, cursor)
        return [rows[term] for term in shown], following

    async def write(self, caller: Caller, of: Listed[T], word_id: UUID, version: int, said: T) -> Word:
        """As it is from now on; version 0 makes a new one.

        Raises ChangedMeanwhile, CodesUnknown, PhraseTaken, and what is refused of an entry of this list.
        """
        said = of.cleaned(said)
        codes = of.codes(said)
        if unknown := set(codes) - await Catalogue(self._session).known(codes):
            raise CodesUnknown(codes=sorted(unknown))
        await one_at_a_time(self._session, "catalogue-words")
        row = await self._session.get(Word, word_id)
        stands = row is not None and row.kind != REMOVED
        # An entry of another list is none of this one.
        if (version_of_word(row) if row and stands else 0) != version or (row and stands and row.kind != of.kind):
            raise ChangedMeanwhile
        term = of.term(said)
        # What was taken away may be said again.
        others = delete(Word).where(Word.kind == REMOVED, Word.term == term, Word.id != word_id)
        await self._session.execute(others)
        if row is None:
            row = Word(id=word_id)
            self._session.add(row)
        renamed = row.term or ""
        before = row.content["value"] if renamed.startswith(f"{of.kind}/") else {}
        row.kind, row.term = of.kind, term
        row.content = {"value": before | msgspec.to_builtins(said)}
        # Not as when it was made: from now on it is the staff's, and no newer release knows better.
        row.updated_at = func.clock_timestamp()
        try:
            await self._session.flush()
        except IntegrityError:
            raise PhraseTaken from None
        if renamed and renamed != term:
            self._session.add(Word(kind=REMOVED, term=renamed, content=row.content, updated_at=func.clock_timestamp()))
        await self._note(caller, of, "write", word_id)
        await self._session.refresh(row)
        return row

    async def remove(self, caller: Caller, of: Listed[Any], word_id: UUID) -> None:
        """Raises NotFound."""
        row = await self._session.scalar(select(Word).where(Word.id == word_id, Word.kind == of.kind))
        if row is None:
            raise NotFound
        row.kind, row.updated_at = REMOVED, func.clock_timestamp()
        await self._note(caller, of, "remove", word_id)

    async def _note(self, caller: Caller, of: Listed[Any], verb: str, word_id: UUID) -> None:
        await record(self._session, act=f"catalogue:{verb}-{of.noun}", actor=caller, subject=("word", word_id))
        await touch(self._session, SNAPSHOT)


def _phrases(some: Sequence[str], refusal: type[Problem]) -> list[str]:
    """One line each, and none that says nothing. Raises the refusal."""
    try:
        return [text for it in some if (text := clean(it, 100))]
    except ValueError:
        raise refusal from None


def _codes(some: Sequence[str]) -> list[str]:
    return [code for it in some if (code := it.strip())]


def _cleaned_word(said: wording.Word) -> wording.Word:
    phrases, official = (_phrases(some, WordsSayNothing) for some in (said.said, said.official))
    codes = _codes(said.codes)
    if not phrases or not (official or codes):
        raise WordsSayNothing
    return msgspec.structs.replace(said, said=phrases, official=official, codes=codes)


def _cleaned_rewrite(given: wording.Rewrite) -> wording.Rewrite:
    said, means = wording.read(given.said), wording.read(given.means)
    # What means nothing would be cut out of what people look for.
    if not said or not means or said == means:
        raise RewriteSaysNothing
    return given


def _cleaned_question(given: wording.Ambiguous) -> wording.Ambiguous:
    choices = [
        wording.Choice(label=" ".join(_phrases([it.label], QuestionAsksNothing)), codes=_codes(it.codes))
        for it in given.choices
    ]
    labels = {fold(it.label) for it in choices if it.codes} - {""}
    if not wording.read(given.term) or len(choices) < 2 or len(labels) < len(choices):
        raise QuestionAsksNothing
    return msgspec.structs.replace(given, choices=choices)


SAYINGS = Listed(
    "words",
    "word",
    wording.Word,
    first=lambda it: it.said[0],
    texts=lambda it: [*it.said, *it.official],
    codes=lambda it: it.codes,
    cleaned=_cleaned_word,
)
REWRITES = Listed(
    "rewrites",
    "rewrite",
    wording.Rewrite,
    first=lambda it: it.said,
    texts=lambda it: [it.said, it.means],
    codes=lambda _: [],
    cleaned=_cleaned_rewrite,
)
QUESTIONS = Listed(
    "ambiguous",
    "question",
    wording.Ambiguous,
    first=lambda it: it.term,
    texts=lambda it: [it.term, *(choice.label for choice in it.choices)],
    codes=lambda it: [code for choice in it.choices for code in choice.codes],
    cleaned=_cleaned_question,
)
