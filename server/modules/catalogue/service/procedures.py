"""The desk's verbs for the catalogue: import what was published, count what is opened, say what changed."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, FromClause, Row, and_, bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.clock import HERE
from server.core.problems import Problem
from server.core.snapshot import touch
from server.core.words import Words
from server.modules.catalogue.models import Change, Opening, Procedure
from server.modules.catalogue.rules.facts import Difference, Facts, compare

SNAPSHOT = "catalogue"


class ProcedureNotFound(Problem):
    status: ClassVar[int] = 404
    title = Words(
        "Không có thủ tục nào mang mã này",
        "No procedure has this code",
        "គ្មាននីតិវិធីណាមានលេខកូដនេះទេ",
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
    """What a procedure is called, and the field it belongs to; always in Vietnamese.

    `earlier`: what it was called before, (until, title), oldest first.
    """

    code: str
    title: str
    field: str
    known_since: datetime
    earlier: tuple[tuple[datetime, str], ...] = ()

    def at(self, moment: datetime) -> str:
        """The title that stood there then; today's where nothing is known of that time."""
        if moment < self.known_since:
            return self.title
        return next((title for until, title in self.earlier if moment < until), self.title)


_BEFORE = Change.difference["before"].astext
_NAMED = (
    select(
        Procedure.code.label("named_code"),
        Procedure.facts["title"].astext.label("called"),
        Procedure.facts["field"].astext.label("field"),
        Procedure.created_at.label("known_since"),
        *(
            func.array_agg(aggregate_order_by(it, Change.revision)).filter(Change.id.is_not(None)).label(name)
            for it, name in ((Change.created_at, "until"), (_BEFORE, "before"))
        ),
    )
    .outerjoin(Change, and_(Change.code == Procedure.code, Change.field == "title"))
    .group_by(Procedure.id)
)
_NAMES = _NAMED.where(Procedure.code.in_(bindparam("codes", expanding=True)))


def naming(code: ColumnElement[str]) -> FromClause:
    """What `named` needs of the procedure with this code. To be joined into a query: one way to the database less."""
    return _NAMED.where(Procedure.code == code).lateral("named")


def named(row: Row[Any]) -> Named | None:
    """Of a row that `naming` was joined to; None for a code the catalogue never had."""
    if row.named_code is None:
        return None
    earlier = zip(row.until or (), row.before or (), strict=True)
    return Named(row.named_code, row.called, row.field or "", row.known_since, tuple(earlier))


class Catalogue:
    """The published procedures."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def take_over(self, published: Mapping[str, Facts]) -> Import:
        """Make the catalogue say what was published. All of it, or nothing; a second time changes nothing.

        A code the new list no longer has is withdrawn, not deleted: it still stands on somebody's slip.
        """
        # The last day of what is withdrawn was the one before the list that no longer has it.
        yesterday = datetime.now(HERE).date() - timedelta(days=1)
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
            if code not in published and (facts.valid_to is None or facts.valid_to > yesterday):
                outcome.withdrawn.append(code)
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
        rows = await self._session.execute(_NAMES, {"codes": list(codes)})
        return {it.code: it for row in rows if (it := named(row))}

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
