"""The dossiers of whoever is signed in."""

from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.paging import CursorRefused, cursor_of, key_of
from server.core.problems import Problem
from server.core.settings import Settings
from server.core.words import Words
from server.modules.catalogue.public import Named, names_of_procedures
from server.modules.dossiers.models import Contact, Dossier
from server.modules.dossiers.rules.codes import code_of
from server.modules.dossiers.rules.reports import national_code
from server.modules.dossiers.service.standing import Found, Standings
from server.modules.identity.public import trace_of_resident


class NotYourDossier(Problem):
    """There is none of this code among the caller's; whether there is one elsewhere is not said."""

    status = 404
    title = Words(
        "Không có hồ sơ này trong danh sách của bạn",
        "There is no such dossier among yours",
        "គ្មានសំណុំឯកសារនេះក្នុងបញ្ជីរបស់អ្នកទេ",
    )


class NoDateYet(Problem):
    status = 404
    title = Words(
        "Hồ sơ này hiện không có ngày hẹn",
        "This dossier has no date now",
        "សំណុំឯកសារនេះមិនទាន់មានថ្ងៃណាត់ទេ",
    )


class Mine(NamedTuple):
    """One of the caller's own, and what its procedure is called; None when nobody knows."""

    found: Found
    procedure: Named | None


class Own:
    """What belongs to a resident: by a phone that they have proved and that was given at the desk."""

    def __init__(self, session: AsyncSession, settings: Settings, standings: Standings) -> None:
        self._session = session
        self._settings = settings
        self._standings = standings

    async def page(self, resident_id: UUID, limit: int, cursor: str | None) -> tuple[list[Mine], str | None]:
        """Whatever moved last comes first; and the cursor of the next page. Raises CursorRefused."""
        trace = await trace_of_resident(self._session, resident_id)
        if trace is None:
            return [], None
        newest = (Dossier.status_at, Dossier.id)
        asked = select(Dossier).where(_owned(trace)).order_by(*(column.desc() for column in newest)).limit(limit + 1)
        if cursor is not None:
            asked = asked.where(tuple_(*newest) < tuple_(*_place_of(cursor)))
        rows = list(await self._session.scalars(asked))
        shown = rows[:limit]
        names = await names_of_procedures(self._session, {national_code(it.procedure) for it in shown})
        found = await self._standings.of(shown, datetime.now(UTC))
        mine = [Mine(it, names.get(national_code(it.dossier.procedure))) for it in found]
        last = shown[-1] if len(rows) > limit else None
        return mine, cursor_of(f"{last.status_at.isoformat()} {last.id}") if last else None

    async def find(self, resident_id: UUID, code: str) -> Mine:
        """Raises NotYourDossier, also when it is somebody else's."""
        trace, spelled = await trace_of_resident(self._session, resident_id), code_of(code)
        if trace is None or spelled is None:
            raise NotYourDossier
        dossier = await self._session.scalar(select(Dossier).where(Dossier.code == spelled, _owned(trace)))
        if dossier is None:
            raise NotYourDossier
        names = await names_of_procedures(self._session, {national_code(dossier.procedure)})
        [found] = await self._standings.of([dossier], datetime.now(UTC))
        return Mine(found, names.get(national_code(dossier.procedure)))


def _owned(trace: bytes) -> ColumnElement[bool]:
    return Dossier.id.in_(select(Contact.dossier_id).where(Contact.owner_index == trace))


def _place_of(cursor: str) -> tuple[datetime, UUID]:
    when, _, row = key_of(cursor).partition(" ")
    try:
        return datetime.fromisoformat(when).astimezone(UTC), UUID(row)
    except ValueError:
        raise CursorRefused from None
