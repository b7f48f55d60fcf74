"""The catalogue as the public reads it: every reply encoded once, and the index that finds them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Text, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.core.clock import HERE
from server.core.paging import page
from server.core.preview import Preview
from server.core.problems import Unavailable
from server.core.snapshot import Snapshot, pack, unpack
from server.core.words import Language, Words
from server.modules.catalogue.models import Family, Opening, Procedure, Word
from server.modules.catalogue.rules.facts import (
    Audience,
    Channel,
    Facts,
    Level,
    clear_fee,
    clear_time,
    in_force,
    normalise_code,
)
from server.modules.catalogue.rules.preview import Known, paragraph
from server.modules.catalogue.rules.search import Entry, Found, Index
from server.modules.catalogue.rules.search import Family as LookAlikes
from server.modules.catalogue.rules.spelling import nearest_codes
from server.modules.catalogue.rules.wording import Lexicon
from server.modules.catalogue.schemas import (
    Choice,
    Counted,
    FamilyReply,
    Filters,
    Outline,
    ProcedureLink,
    ProcedureReply,
    ProcedureSummary,
    Question,
)
from server.modules.catalogue.service.procedures import SNAPSHOT, ProcedureNotFound
from server.modules.catalogue.service.words import REMOVED

RECENT = timedelta(days=90)


ASK_WHICH = Words(
    "Bạn cần loại nào?",
    "Which one do you mean?",
    "តើអ្នកចង់បានមួយណា?",
)


class Rows(msgspec.Struct):
    """What the snapshot is made of, as read from the tables."""

    procedures: list[tuple[str, str, int, datetime]]
    words: list[tuple[str, Any]]
    families: list[tuple[str, list[str]]]
    opened: dict[str, int]


async def load(connection: AsyncConnection) -> Rows:
    procedures = select(Procedure.code, cast(Procedure.facts, Text), Procedure.revision, Procedure.updated_at)
    said = select(Word.kind, Word.content).where(Word.kind != REMOVED)
    recent = select(Opening.code, func.sum(Opening.times)).where(Opening.day >= date.today() - RECENT)
    return Rows(
        procedures=list((await connection.execute(procedures.order_by(Procedure.code))).all()),
        words=[tuple(row) for row in await connection.execute(said.order_by(Word.id))],
        families=[(name, codes) for name, codes in await connection.execute(select(Family.name, Family.codes))],
        opened={code: int(times) for code, times in await connection.execute(recent.group_by(Opening.code))},
    )


class Shelf:
    """Every published procedure, ready to be sent and to be found."""

    def __init__(self, rows: Rows) -> None:
        made = _Making(rows)
        self._titles = {code: facts.title for code, facts in made.facts.items()}
        self._at = {code: at for at, code in enumerate(made.facts)}
        self._successors = {old: code for code, facts in made.facts.items() for old in facts.replaces}
        self._index = made.index()
        self._usual = self._index.usual_order()
        self._summaries: dict[str, bytes] = {}
        self._pages: dict[str, bytes] = {}
        for code, text, revision, updated_at in rows.procedures:
            facts = msgspec.json.decode(text, type=Facts)
            self._summaries[code] = msgspec.json.encode(made.summary(code, facts))
            self._pages[code] = pack(msgspec.json.encode(made.page(code, facts, revision, updated_at)))
        self._groups = made.groups(self._at)
        self.filters = msgspec.json.encode(made.filters(self._groups, self._at))
        self.outline = msgspec.json.encode(made.outline(self._usual))

    def page(self, code: str) -> bytes:
        """One procedure as JSON, packed; a code of an old slip leads to what replaced it. Raises ProcedureNotFound."""
        national = self._national(code)
        if page := self._pages.get(national):
            return page
        raise ProcedureNotFound(nearest=[msgspec.to_builtins(link) for link in self._nearest(national)])

    def find(self, code: str) -> bytes | None:
        """The same where nobody is told what else they may mean: looking for that takes milliseconds."""
        return self._pages.get(self._national(code))

    def _national(self, code: str) -> str:
        national = normalise_code(code) or code
        return national if national in self._pages else self._successors.get(national, national)

    def search(
        self, q: str, filters: dict[str, str | None], limit: int, cursor: str | None, language: Language
    ) -> bytes:
        """One page of a list as JSON. Without words: everything, what residents usually need first."""
        allow = self._allowed(filters)
        question = b"null"
        if q:
            found = self._index.find(q, allow=allow)
            codes: Sequence[str] = found.codes
            if found.question and cursor is None:
                question = self._ask(found, language)
        else:
            codes = self._usual if allow is None else [code for code in self._usual if self._at[code] in allow]
        shown, next_cursor = page(codes, limit, cursor)
        items = b",".join([self._summaries[code] for code in shown])
        return b'{"items":[%s],"next_cursor":%s,"question":%s}' % (items, msgspec.json.encode(next_cursor), question)

    def _allowed(self, filters: dict[str, str | None]) -> frozenset[int] | None:
        allow: frozenset[int] | None = None
        for kind, name in filters.items():
            if name is not None:
                group = self._groups[kind].get(name, frozenset())
                allow = group if allow is None else allow & group
        return allow

    def _ask(self, found: Found, language: Language) -> bytes:
        assert found.question is not None
        choices = [Choice(label=label, code=code) for label, code in found.question.choices]
        return msgspec.json.encode(Question(text=ASK_WHICH.for_(language), choices=choices))

    def _nearest(self, code: str) -> list[ProcedureLink]:
        return [ProcedureLink(code=near, title=self._titles[near]) for near in nearest_codes(code, self._titles)]


class _Brief(msgspec.Struct):
    """Of the facts, what must be known of all procedures at once. All facts of all of them would take 50 MB."""

    title: str
    field: str | None
    levels: list[Level]
    audiences: list[Audience]
    agencies: list[str]
    aliases: list[str]
    steps: list[str]
    valid_from: date | None
    valid_to: date | None
    replaced_by: list[str]
    replaces: list[str]


class _Making:
    """What a shelf is made from; gone when it is made."""

    def __init__(self, rows: Rows) -> None:
        today = datetime.now(HERE).date()
        self.facts = {code: msgspec.json.decode(text, type=_Brief) for code, text, _, _ in rows.procedures}
        self._current = {code for code, facts in self.facts.items() if in_force(facts, today)}
        self._families = {name: [code for code in codes if code in self.facts] for name, codes in rows.families}
        self._family_of = {code: name for name, codes in reversed(self._families.items()) for code in codes}
        self._lexicon = read_lexicon(rows.words)
        self._opened = rows.opened

    def _link(self, code: str) -> ProcedureLink:
        facts = self.facts.get(code)
        return ProcedureLink(code=code, title=facts.title if facts else code)

    def _links(self, codes: Iterable[str]) -> list[ProcedureLink]:
        return [self._link(code) for code in codes]

    def index(self) -> Index:
        families = [LookAlikes(name, codes) for name, codes in self._families.items()]
        return Index([self._entry(code) for code in self.facts], self._lexicon, families)

    def _entry(self, code: str) -> Entry:
        facts = self.facts[code]
        return Entry(
            code=code,
            title=facts.title,
            field=facts.field,
            levels=list(facts.levels),
            audiences=list(facts.audiences),
            aliases=facts.aliases,
            in_force=code in self._current,
            replaced_by=facts.replaced_by,
            opened=self._opened.get(code, 0),
            curated=bool(facts.steps),
        )

    def summary(self, code: str, facts: Facts) -> ProcedureSummary:
        return ProcedureSummary(
            code=code,
            title=facts.title,
            field=facts.field,
            levels=facts.levels,
            audiences=facts.audiences,
            agencies=facts.agencies,
            online=any(way.channel is Channel.ONLINE for way in facts.channels),
            time=clear_time(facts.channels),
            fee=clear_fee(facts.channels),
            in_force=code in self._current,
            replaced_by=facts.replaced_by,
        )

    def page(self, code: str, facts: Facts, revision: int, updated_at: datetime) -> ProcedureReply:
        name = self._family_of.get(code)
        given = {field: getattr(facts, field) for field in facts.__struct_fields__}
        return ProcedureReply(
            **given
            | {
                "code": code,
                "time": clear_time(facts.channels),
                "fee": clear_fee(facts.channels),
                "in_force": code in self._current,
                "replaced_by": self._links(facts.replaced_by),
                "replaces": self._links(facts.replaces),
                "related": self._links(facts.related),
                "family": FamilyReply(name=name, members=self._links(self._families[name])) if name else None,
                "revision": revision,
                "updated_at": updated_at,
            }
        )

    def groups(self, at: dict[str, int]) -> dict[str, dict[str, frozenset[int]]]:
        """The positions of the procedures for every value of every filter."""
        groups: dict[str, dict[str, set[int]]] = {"field": {}, "audience": {}, "level": {}, "agency": {}}
        for code, facts in self.facts.items():
            fields = [facts.field] if facts.field else []
            lists: list[Sequence[str]] = [fields, facts.audiences, facts.levels, facts.agencies]
            for kind, names in zip(groups, lists, strict=True):
                for name in names:
                    groups[kind].setdefault(str(name), set()).add(at[code])
        return {kind: {name: frozenset(places) for name, places in group.items()} for kind, group in groups.items()}

    def filters(self, groups: dict[str, dict[str, frozenset[int]]], at: dict[str, int]) -> Filters:
        current = frozenset(at[code] for code in self._current)

        def counted(kind: str) -> list[Counted]:
            counts = [Counted(name=name, count=len(places & current)) for name, places in groups[kind].items()]
            return sorted((it for it in counts if it.count), key=lambda it: (-it.count, it.name))

        return Filters(
            fields=counted("field"), audiences=counted("audience"), levels=counted("level"), agencies=counted("agency")
        )

    def outline(self, usual: Iterable[str]) -> Outline:
        fields = sorted({facts.field for facts in self.facts.values() if facts.field})
        place = {field: at for at, field in enumerate(fields)}
        bits = {Level.CENTRAL: 1, Level.PROVINCE: 2, Level.COMMUNE: 4}
        items = []
        for code in usual:
            facts = self.facts[code]
            levels = sum(bits[level] for level in facts.levels)
            items.append((code, facts.title, place.get(facts.field or "", -1), levels, int(code in self._current)))
        words = [(word.said, word.codes) for word in self._lexicon.words if word.codes]
        return Outline(fields=fields, items=items, words=words)


def read_lexicon(rows: Iterable[tuple[str, Any]]) -> Lexicon:
    """The everyday words as the search wants them, from rows of (kind, content)."""
    kinds: dict[str, list[Any]] = {}
    for kind, content in rows:
        kinds.setdefault(kind, []).append(content["value"])
    return msgspec.convert(kinds, Lexicon)


catalogue_snapshot = Snapshot(SNAPSHOT, load, Shelf)


def preview(code: str) -> Preview | None:
    """What the screen of a procedure will show; None while nothing is known of it."""
    try:
        page = catalogue_snapshot.value.find(code)
    except Unavailable:
        return None
    if page is None:
        return None
    known = msgspec.json.decode(unpack(page), type=Known)
    return Preview(known.title, paragraph(known))
