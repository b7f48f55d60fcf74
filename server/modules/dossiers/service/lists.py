"""The day at the desk: what is mine, my unit's, about to breach, late, ready; and whatever somebody asks for."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, exists, false, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller
from server.core.paging import cursor_at, place_of
from server.core.settings import Settings
from server.modules.dossiers.models import Contact, Dossier, Filing
from server.modules.dossiers.rules.acts import next_act
from server.modules.dossiers.rules.codes import code_of, typed
from server.modules.dossiers.rules.statuses import OPEN, Status, is_over, waits_for_the_resident
from server.modules.dossiers.rules.working_time import Calendar, days_left, later
from server.modules.dossiers.schemas.desk import DeskClock, DeskCounts, DeskRow
from server.modules.dossiers.service.calendars import calendar_of
from server.modules.dossiers.service.contacts import Contacts
from server.modules.dossiers.service.filings import visible
from server.modules.identity.public import names_of_staff, trace_of

SOON = timedelta(hours=2)
"""Of working time."""

_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_RUNNING = tuple(it for it in OPEN if not waits_for_the_resident(it) and it is not Status.REGISTERED)


class Which(StrEnum):
    """The lists of a day."""

    MINE = "mine"
    UNIT = "unit"
    SOON = "soon"
    LATE = "late"
    READY = "ready"


class Hour(NamedTuple):
    """Now, and what follows from it for every dossier."""

    now: datetime
    soon: datetime
    calendar: Calendar

    def clock(self, status: Status, due_at: datetime | None) -> DeskClock:
        if is_over(status):
            return DeskClock(state="over", late=False, soon=False, days_left=None, sure=True)
        if waits_for_the_resident(status):
            return DeskClock(state="stopped", late=False, soon=False, days_left=None, sure=True)
        if due_at is None:
            return DeskClock(state="waiting", late=False, soon=False, days_left=None, sure=True)
        left = days_left(self.now, due_at, self.calendar)
        return DeskClock(
            state="running",
            late=due_at < self.now,
            soon=self.now <= due_at <= self.soon,
            days_left=left,
            sure=left is not None,
        )


async def hour(session: AsyncSession) -> Hour:
    now, calendar = datetime.now(UTC), await calendar_of(session)
    return Hour(now, later(now, SOON, calendar), calendar)


class Lists:
    """What officers see of their unit's dossiers."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._contacts = Contacts(settings)

    async def counts(self, caller: Caller) -> DeskCounts:
        at = await hour(self._session)
        asked = select(*(func.count().filter(_in(which, caller, at)).label(which.value) for which in Which))
        asked = asked.select_from(Filing).join(Dossier, Dossier.id == Filing.dossier_id)
        row = (await self._session.execute(asked.where(visible(caller), Filing.closed_at.is_(None)))).one()
        return DeskCounts(**row._mapping)

    async def page(
        self, caller: Caller, which: Which, q: str, limit: int, cursor: str | None
    ) -> tuple[list[DeskRow], str | None]:
        """What is due first stands first; with `q` a search in everything the unit ever had. Raises CursorRefused."""
        at = await hour(self._session)
        due_at = func.coalesce(Dossier.due_at, _NEVER)
        asked = select(Dossier, Filing).join(Filing, Filing.dossier_id == Dossier.id).where(visible(caller))
        asked = (
            asked.where(self._asked_for(q)) if q else asked.where(Filing.closed_at.is_(None), _in(which, caller, at))
        )
        if cursor is not None:
            asked = asked.where(tuple_(due_at, Dossier.id) > tuple_(*place_of(cursor)))
        found = (await self._session.execute(asked.order_by(due_at, Dossier.id).limit(limit + 1))).all()
        names = await names_of_staff(self._session, {row[1].officer_id for row in found if row[1].officer_id})
        items = [_row(dossier, filing, names, at) for dossier, filing in found[:limit]]
        if len(found) <= limit:
            return items, None
        last = items[-1]
        return items, cursor_at(last.due_at or _NEVER, last.id)

    def _asked_for(self, q: str) -> ColumnElement[bool]:
        """A code as people type it, the end of one, a phone or its last four digits; anything else finds nothing."""
        ways: list[ColumnElement[bool]] = []
        digits = "".join(q.split())
        if code := code_of(q):
            ways.append(Dossier.code == code)
        elif len(bare := typed(q)) > 11:  # none is shorter
            ways.append(func.regexp_replace(Dossier.code, "[^A-Z0-9]", "", "g") == bare)
        if digits.isascii() and digits.isdigit():
            if 3 <= len(digits) <= 7:
                ways.append(Dossier.code.endswith(digits))
            theirs = exists().where(Contact.dossier_id == Dossier.id)
            if len(digits) == 4:
                ways.append(theirs.where(Contact.digits_index == self._contacts.digits_index(digits)))
            if trace := trace_of(self._session, digits):
                ways.append(theirs.where(Contact.owner_index == trace))
        return or_(false(), *ways)


def _in(which: Which, caller: Caller, at: Hour) -> ColumnElement[bool]:
    running = Dossier.status.in_(_RUNNING)
    ways: dict[Which, ColumnElement[bool]] = {
        Which.MINE: (Filing.officer_id == caller.id) & Dossier.status.not_in([Status.DONE]),
        Which.UNIT: Filing.closed_at.is_(None),
        Which.SOON: running & Dossier.due_at.between(at.now, at.soon),
        Which.LATE: running & (Dossier.due_at < at.now),
        Which.READY: Dossier.status == Status.DONE,
    }
    return ways[which]


def _row(dossier: Dossier, filing: Filing, names: dict[UUID, str], at: Hour) -> DeskRow:
    return DeskRow(
        id=dossier.id,
        version=dossier.version,
        code=dossier.code,
        title=filing.title,
        status=dossier.status,
        handling_unit=dossier.handling_unit or "",
        officer=names.get(filing.officer_id) if filing.officer_id else None,
        due_at=dossier.due_at,
        clock=at.clock(dossier.status, dossier.due_at),
        next=next_act(dossier.status, accepted=filing.accepted_at is not None),
    )
