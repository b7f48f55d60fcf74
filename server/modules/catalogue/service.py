"""The desk's verbs for the catalogue: import what was published, say what changed, count what is opened, and keep the
words by which people find it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller
from server.core.audit import record
from server.core.clock import HERE
from server.core.database import one_at_a_time
from server.core.paging import page
from server.core.problems import NotFound, Problem
from server.core.snapshot import touch
from server.core.text import clean, fold
from server.core.versions import ChangedMeanwhile
from server.core.words import Words
from server.modules.catalogue.models import Change, Opening, Procedure, Word
from server.modules.catalogue.rules import wording
from server.modules.catalogue.rules.facts import Difference, Facts, compare

SNAPSHOT = "catalogue"
KIND, REMOVED = "words", "removed"
"""The list of `data/search_words.json` that is edited here; one taken away stays as a row, or the next start would
bring it back.
"""


class ProcedureNotFound(Problem):
    status: ClassVar[int] = 404
    title = Words(
        "Không có thủ tục nào mang mã này",
        "No procedure has this code",
        "គ្មាននីតិវិធីណាមានលេខកូដនេះទេ",
    )


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


class Import(msgspec.Struct):
    """What an import does, or would do: new codes, differences by code, codes the new list no longer has."""

    added: list[str] = []
    changed: dict[str, list[Difference]] = {}
    withdrawn: list[str] = []

    @property
    def empty(self) -> bool:
        return not (self.added or self.changed or self.withdrawn)


class Named(NamedTuple):
    """What a procedure is called, and the field it belongs to; always in Vietnamese."""

    code: str
    title: str
    field: str


class Catalogue:
    """The published procedures."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def take_over(self, published: Mapping[str, Facts]) -> Import:
        """Make the catalogue say what was published. All of it, or nothing; a second time changes nothing.

        A code the new list no longer has is withdrawn, not deleted: it still stands on somebody's slip.
        """
        rows = {row.code: row for row in await self._session.scalars(select(Procedure).with_for_update())}
        outcome = Import()
        for code, facts in published.items():
            if row := rows.get(code):
                if differences := compare(msgspec.convert(row.facts, Facts), facts):
                    outcome.changed[code] = differences
                    self._revise(row, facts, differences)
            else:
                outcome.added.append(code)
                self._session.add(Procedure(code=code, facts=msgspec.to_builtins(facts), revision=1))
        for code, row in rows.items():
            facts = msgspec.convert(row.facts, Facts)
            if code not in published and facts.valid_to is None:
                outcome.withdrawn.append(code)
                # Its last day was the one before the list that no longer has it.
                yesterday = datetime.now(HERE).date() - timedelta(days=1)
                ended = msgspec.structs.replace(facts, valid_to=yesterday)
                self._revise(row, ended, compare(facts, ended))
        if not outcome.empty:
            await touch(self._session, SNAPSHOT)
        await self._session.flush()
        return outcome

    def _revise(self, row: Procedure, facts: Facts, differences: Iterable[Difference]) -> None:
        row.revision += 1
        row.facts = msgspec.to_builtins(facts)
        for difference in differences:
            self._session.add(
                Change(
                    code=row.code,
                    revision=row.revision,
                    field=difference.field,
                    difference={"before": difference.before, "after": difference.after},
                )
            )

    async def changes(self, code: str, since: int) -> list[Change]:
        """What revisions after `since` made different, oldest first."""
        if await self._session.scalar(select(Procedure.id).where(Procedure.code == code)) is None:
            raise ProcedureNotFound
        newer = select(Change).where(Change.code == code, Change.revision > since)
        return list(await self._session.scalars(newer.order_by(Change.revision, Change.created_at, Change.id)))

    async def known(self, codes: Collection[str]) -> set[str]:
        """Which of these codes there are; a withdrawn one still is."""
        return set(await self._session.scalars(select(Procedure.code).where(Procedure.code.in_(codes))))

    async def names(self, codes: Collection[str]) -> dict[str, Named]:
        """What these are called; nothing for a code there is none of."""
        title, field = Procedure.facts["title"].astext, Procedure.facts["field"].astext
        rows = await self._session.execute(select(Procedure.code, title, field).where(Procedure.code.in_(codes)))
        return {code: Named(code, title, field or "") for code, title, field in rows}

    async def as_of(self, code: str, moment: datetime) -> tuple[int, Facts] | None:
        """The revision that stood there at this moment, and what it said; None for a code nobody knows.

        What was published later than the moment is taken back, field by field. Nothing is known of the time before
        the first import.
        """
        row = await self._session.scalar(select(Procedure).where(Procedure.code == code))
        if row is None:
            return None
        revision, facts = row.revision, dict(row.facts)
        later = select(Change).where(Change.code == code, Change.created_at > moment)
        for change in await self._session.scalars(later.order_by(Change.revision.desc())):
            revision, facts[change.field] = change.revision - 1, change.difference["before"]
        return revision, msgspec.convert(facts, Facts)

    async def count_opening(self, code: str) -> None:
        """One more opening today. The ranking takes it over once a day."""
        known = select(Procedure.id).where(Procedure.code == code)
        if await self._session.scalar(known) is None:
            raise ProcedureNotFound
        today = datetime.now(UTC).astimezone(HERE).date()
        once = insert(Opening).values(code=code, day=today, times=1)
        again = once.on_conflict_do_update(index_elements=["code", "day"], set_={"times": Opening.times + 1})
        await self._session.execute(again)


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
        if row is None:
            row = Word(id=word_id)
            self._session.add(row)
        before = row.content["value"] if row.content else {}
        row.kind, row.term = KIND, f"{KIND}/{said.said[0]}"
        row.content = {"value": before | msgspec.to_builtins(said)}
        # Not as when it was made: from now on it is the staff's, and no newer release knows better.
        row.updated_at = func.clock_timestamp()
        try:
            await self._session.flush()
        except IntegrityError:
            raise PhraseTaken from None
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
