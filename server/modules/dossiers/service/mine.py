"""The dossiers of whoever is signed in."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Boolean, DateTime, Integer, Row, Select, Text, Uuid, bindparam, case, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import AssuranceNeeded, Caller
from server.core.database import Database
from server.core.paging import cursor_at, place_of
from server.core.problems import Problem
from server.core.words import Words
from server.modules.catalogue.public import Named, named, naming
from server.modules.dossiers.models import Contact, Dossier, Filing, Follower, FollowState
from server.modules.dossiers.rules.codes import code_of
from server.modules.dossiers.rules.reports import received_at
from server.modules.dossiers.service.figures import NATIONAL_CODE
from server.modules.dossiers.service.standing import STANDING, Found, found
from server.modules.identity.public import number_trace, phone_trace, traces_of_resident


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
    """One of the caller's own, or one they follow; and what its procedure is called, None when nobody knows."""

    found: Found
    procedure: Named | None
    owned: bool


_RESIDENT = bindparam("resident", type_=Uuid())
_OWNED = select(Contact.dossier_id).where(
    Contact.owner_index.in_(
        [phone_trace(_RESIDENT), case((bindparam("by_number", type_=Boolean), number_trace(_RESIDENT)))]
    )
)
_FOLLOWED = select(Follower.dossier_id).where(
    Follower.resident_id == _RESIDENT, Follower.state == FollowState.FOLLOWING
)
_THEIRS = Dossier.id.in_(_OWNED.union_all(_FOLLOWED))
_NAMED = naming(NATIONAL_CODE)
_MINE = (
    STANDING.add_columns(Dossier.id.in_(_OWNED).label("owned"), Filing.title.label("pinned"), _NAMED)
    .outerjoin(Filing, Filing.dossier_id == Dossier.id)
    .outerjoin(_NAMED, true())
)
_ONE = _MINE.where(Dossier.code == bindparam("code", type_=Text), _THEIRS)

_NEWEST = Dossier.status_at, Dossier.id
_ORDER = [column.desc() for column in _NEWEST]
_FIRST = select(Dossier.id).where(_THEIRS).order_by(*_ORDER).limit(bindparam("most", type_=Integer))
_NEXT = _FIRST.where(
    tuple_(*_NEWEST) < tuple_(bindparam("at", type_=DateTime(timezone=True)), bindparam("row", type_=Uuid()))
)
# Which of them are on the page is known first: somebody may have thousands.
_FIRST_PAGE, _NEXT_PAGE = (
    _MINE.where(Dossier.id.in_(select(ids.subquery().c.id))).order_by(*_ORDER) for ids in (_FIRST, _NEXT)
)


class Own:
    """What belongs to a resident: by what they have proved and was given at the desk. And what they follow."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, caller: Caller, limit: int, cursor: str | None) -> tuple[list[Mine], str | None]:
        """Whatever moved last comes first; and the cursor of the next page. Raises CursorRefused."""
        now = datetime.now(UTC)
        asked, given = _FIRST_PAGE, {**_who(caller), "now": now, "most": limit + 1}
        if cursor is not None:
            asked = _NEXT_PAGE
            given["at"], given["row"] = place_of(cursor)
        async with self._database.looking() as session:
            rows = (await session.execute(asked, given)).all()
        mine = [_mine(row, now) for row in rows[:limit]]
        last = mine[-1].found.dossier if len(rows) > limit else None
        return mine, cursor_at(last.status_at, last.id) if last else None

    async def find(self, caller: Caller, code: str, *, following: bool = False) -> Mine:
        """`following`: also one they only follow. Raises NotYourDossier, also when it is somebody else's, and
        AssuranceNeeded for one that is theirs by their personal number, while they are signed in by phone.
        """
        spelled = code_of(code)
        if spelled is None:
            raise NotYourDossier
        now = datetime.now(UTC)
        async with self._database.looking() as session:
            row = (await session.execute(_ONE, {**_who(caller), "now": now, "code": spelled})).first()
            if row is None or not (row.owned or following):
                await _refuse_too_little(session, caller, spelled)
                raise NotYourDossier
        return _mine(row, now)


def _who(caller: Caller) -> dict[str, Any]:
    # The personal number that VNeID vouched for counts as long as they are signed in with it.
    return {"resident": caller.id, "by_number": caller.assurance >= 2}


def _mine(row: Row[Any], now: datetime) -> Mine:
    it, called = found(row, now), named(row)
    if called and row.pinned:
        called = called._replace(title=row.pinned)
    elif called and it.steps:
        called = called._replace(title=called.at(received_at(it.steps)))
    return Mine(it, called, row.owned)


async def _refuse_too_little(session: AsyncSession, caller: Caller, code: str) -> None:
    if caller.assurance >= 2:
        return
    theirs = select(Contact.dossier_id).where(Contact.owner_index == number_trace(caller.id))
    if await session.scalar(select(Dossier.id).where(Dossier.code == code, Dossier.id.in_(theirs))):
        raise AssuranceNeeded(needed=2, present=caller.assurance)


async def traces_of(session: AsyncSession, caller: Caller) -> list[bytes]:
    """By which numbers dossiers are theirs: the phone they have proved, and the personal number that VNeID vouched
    for, as long as they are signed in with it.
    """
    phone, number = await traces_of_resident(session, caller.id)
    return [it for it in (phone, number if caller.assurance >= 2 else None) if it]


def owned_by(traces: Sequence[bytes], dossier_id: UUID) -> Select[UUID]:
    """Finds something when the dossier belongs to whoever has proved one of these."""
    theirs = select(Contact.dossier_id).where(Contact.owner_index.in_(traces))
    return theirs.where(Contact.dossier_id == dossier_id).limit(1)
