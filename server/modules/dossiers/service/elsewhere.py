"""Open dossiers that other systems keep and that lie at the caller's unit: seen at the desk, moved where they are."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller
from server.core.paging import cursor_at, place_of
from server.modules.dossiers.models import Dossier, Filing, Happening
from server.modules.dossiers.rules.reports import REMARKS
from server.modules.dossiers.rules.statuses import OPEN
from server.modules.dossiers.schemas.desk import ElsewhereRow
from server.modules.dossiers.service.lists import hour
from server.modules.dossiers.service.owners import names_of
from server.modules.places.public import counter_of, names_of_workplaces


class Elsewhere:
    """What other systems report of a unit. They know it by its name alone, so that the name must be the same."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(self, caller: Caller, limit: int, cursor: str | None) -> tuple[list[ElsewhereRow], str | None]:
        """Whatever moved last comes first. No list names a person. Raises CursorRefused."""
        names = set((await names_of_workplaces(self._session, {caller.unit})).values())
        if counter := await counter_of(self._session, caller.unit):
            names.add(counter.name)
        newest = (Dossier.status_at, Dossier.id)
        asked = (
            select(Dossier)
            .where(
                or_(Dossier.handling_unit.in_(names), Dossier.receiving_unit.in_(names)),
                Dossier.status.in_(OPEN),
                ~exists().where(Filing.dossier_id == Dossier.id),
            )
            .order_by(*(column.desc() for column in newest))
        )
        if cursor is not None:
            asked = asked.where(tuple_(*newest) < tuple_(*place_of(cursor)))
        rows = list(await self._session.scalars(asked.limit(limit + 1)))
        shown = rows[:limit]
        titles = await names_of(self._session, shown)
        flags = await self._flags([it.id for it in shown])
        at = await hour(self._session)
        items = [
            ElsewhereRow(
                code=it.code,
                title=titles[it.id].title if it.id in titles else it.procedure,
                status=it.status,
                handling_unit=it.handling_unit or it.receiving_unit or "",
                since=it.status_at,
                due_at=it.due_at,
                clock=at.clock(it.status, it.due_at),
                flags=[flag for flag in REMARKS if flag in flags.get(it.id, ())],
            )
            for it in shown
        ]
        last = shown[-1] if len(rows) > limit else None
        return items, cursor_at(last.status_at, last.id) if last else None

    async def _flags(self, ids: Sequence[UUID]) -> dict[UUID, set[str]]:
        marked = select(Happening.dossier_id, Happening.flags).where(
            Happening.dossier_id.in_(ids), func.jsonb_array_length(Happening.flags) > 0
        )
        found: dict[UUID, set[str]] = {}
        for row in await self._session.execute(marked):
            found.setdefault(row.dossier_id, set()).update(row.flags)
        return found
