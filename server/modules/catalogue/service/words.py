"""The words by which people find procedures: what they say, and what titles say for it."""

from collections.abc import Sequence
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

KIND, REMOVED = "words", "removed"
"""The list of `data/search_words.json` that is edited here; one taken away, or the name one had before, stays as a row,
or the next start would bring it back.
"""


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


class PhraseTaken(Problem):
    title = Words(
        "Cách nói đầu tiên này đã có ở một mục khác",
        "The first of these sayings begins another entry already",
        "ពាក្យទីមួយនេះមាននៅធាតុផ្សេងរួចហើយ",
    )


def version_of_word(row: Word) -> int:
    """When it was last changed, in microseconds."""
    return int(row.updated_at.timestamp() * 1_000_000)


def meaning_of(row: Word) -> wording.Word:
    return msgspec.convert(row.content["value"], wording.Word)


class Vocabulary:
    """The sayings, as far as they lead to a procedure or to official words."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, q: str, limit: int, cursor: str | None) -> tuple[Sequence[Word], str | None]:
        """Those in which what was typed stands, by their first saying; a code is found too. Raises CursorRefused."""
        rows = {row.term: row for row in await self._session.scalars(select(Word).where(Word.kind == KIND))}
        wanted = fold(q)
        terms = sorted(term for term, row in rows.items() if wanted in _searched(row))
        shown, following = page(terms, limit, cursor)
        return [rows[term] for term in shown], following

    async def write(self, caller: Caller, word_id: UUID, version: int, said: wording.Word) -> Word:
        """As it is from now on; version 0 makes a new one.

        Raises ChangedMeanwhile, WordsSayNothing, CodesUnknown, PhraseTaken.
        """
        said = _cleaned(said)
        if unknown := set(said.codes) - await Catalogue(self._session).known(said.codes):
            raise CodesUnknown(codes=sorted(unknown))
        await one_at_a_time(self._session, "catalogue-words")
        row = await self._session.get(Word, word_id)
        if (version_of_word(row) if row and row.kind == KIND else 0) != version:
            raise ChangedMeanwhile
        term = f"{KIND}/{said.said[0]}"
        # What was taken away may be said again.
        others = delete(Word).where(Word.kind == REMOVED, Word.term == term, Word.id != word_id)
        await self._session.execute(others)
        if row is None:
            row = Word(id=word_id)
            self._session.add(row)
        before, renamed = row.content["value"] if row.content else {}, row.term
        row.kind, row.term = KIND, term
        row.content = {"value": before | msgspec.to_builtins(said)}
        # Not as when it was made: from now on it is the staff's, and no newer release knows better.
        row.updated_at = func.clock_timestamp()
        try:
            await self._session.flush()
        except IntegrityError:
            raise PhraseTaken from None
        if renamed and renamed != term:
            self._session.add(Word(kind=REMOVED, term=renamed, content=row.content, updated_at=func.clock_timestamp()))
        await self._note(caller, "write", word_id)
        await self._session.refresh(row)
        return row

    async def remove(self, caller: Caller, word_id: UUID) -> None:
        """Raises NotFound."""
        row = await self._session.scalar(select(Word).where(Word.id == word_id, Word.kind == KIND))
        if row is None:
            raise NotFound
        row.kind, row.updated_at = REMOVED, func.clock_timestamp()
        await self._note(caller, "remove", word_id)

    async def _note(self, caller: Caller, verb: str, word_id: UUID) -> None:
        await record(self._session, act=f"catalogue:{verb}-word", actor=caller, subject=("word", word_id))
        await touch(self._session, SNAPSHOT)


def _searched(row: Word) -> str:
    meaning = meaning_of(row)
    return fold(" · ".join([*meaning.said, *meaning.official])) + " " + " ".join(meaning.codes)


def _cleaned(said: wording.Word) -> wording.Word:
    """Raises WordsSayNothing."""
    try:
        phrases, official = ([text for it in some if (text := clean(it, 100))] for some in (said.said, said.official))
    except ValueError:
        raise WordsSayNothing from None
    codes = [code for it in said.codes if (code := it.strip())]
    if not phrases or not (official or codes):
        raise WordsSayNothing
    return msgspec.structs.replace(said, said=phrases, official=official, codes=codes)
