"""The dossiers of whoever is signed in."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import AssuranceNeeded, Caller
from server.core.paging import cursor_at, place_of
from server.core.problems import Problem
from server.core.settings import Settings
from server.core.words import Words
from server.modules.catalogue.public import Named
from server.modules.dossiers.models import Contact, Dossier, Follower, FollowState
from server.modules.dossiers.rules.codes import code_of
from server.modules.dossiers.service.owners import names_of
from server.modules.dossiers.service.standing import Found, Standings
from server.modules.identity.public import traces_of_resident


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


class Own:
    """What belongs to a resident: by what they have proved and was given at the desk. And what they follow."""

    def __init__(self, session: AsyncSession, settings: Settings, standings: Standings) -> None:
        self._session = session
        self._settings = settings
        self._standings = standings

    async def page(self, caller: Caller, limit: int, cursor: str | None) -> tuple[list[Mine], str | None]:
        """Whatever moved last comes first; and the cursor of the next page. Raises CursorRefused."""
        traces = await traces_of(self._session, caller)
        newest = (Dossier.status_at, Dossier.id)
        theirs = _ids_of(traces).union_all(_followed_by(caller.id))
        asked = select(Dossier).where(Dossier.id.in_(theirs)).order_by(*(column.desc() for column in newest))
        if cursor is not None:
            asked = asked.where(tuple_(*newest) < tuple_(*place_of(cursor)))
        rows = list(await self._session.scalars(asked.limit(limit + 1)))
        shown = rows[:limit]
        names = await names_of(self._session, shown)
        found = await self._standings.of(shown, datetime.now(UTC))
        owned = set(await self._session.scalars(_ids_of(traces).where(Contact.dossier_id.in_([it.id for it in shown]))))
        mine = [Mine(it, names.get(it.dossier.id), it.dossier.id in owned) for it in found]
        last = shown[-1] if len(rows) > limit else None
        return mine, cursor_at(last.status_at, last.id) if last else None

    async def find(self, caller: Caller, code: str, *, following: bool = False) -> Mine:
        """`following`: also one they only follow. Raises NotYourDossier, also when it is somebody else's, and
        AssuranceNeeded for one that is theirs by their personal number, while they are signed in by phone.
        """
        spelled = code_of(code)
        if spelled is None:
            raise NotYourDossier
        mine = _ids_of(await traces_of(self._session, caller))
        theirs = mine.union_all(_followed_by(caller.id)) if following else mine
        dossier = await self._session.scalar(select(Dossier).where(Dossier.code == spelled, Dossier.id.in_(theirs)))
        if dossier is None:
            await self._refuse_too_little(caller, spelled)
            raise NotYourDossier
        names = await names_of(self._session, [dossier])
        [found] = await self._standings.of([dossier], datetime.now(UTC))
        owned = await self._session.scalar(mine.where(Contact.dossier_id == dossier.id).limit(1))
        return Mine(found, names.get(dossier.id), owned is not None)

    async def _refuse_too_little(self, caller: Caller, code: str) -> None:
        _, number = await traces_of_resident(self._session, caller.id)
        if number is None or caller.assurance >= 2:
            return
        theirs = select(Dossier.id).where(Dossier.code == code, Dossier.id.in_(_ids_of([number])))
        if await self._session.scalar(theirs):
            raise AssuranceNeeded(needed=2, present=caller.assurance)


async def traces_of(session: AsyncSession, caller: Caller) -> list[bytes]:
    """By which numbers dossiers are theirs: the phone they have proved, and the personal number that VNeID vouched
    for, as long as they are signed in with it.
    """
    phone, number = await traces_of_resident(session, caller.id)
    return [it for it in (phone, number if caller.assurance >= 2 else None) if it]


def _ids_of(traces: Sequence[bytes]) -> Select[UUID]:
    return select(Contact.dossier_id).where(Contact.owner_index.in_(traces))


def owned_by(traces: Sequence[bytes], dossier_id: UUID) -> Select[UUID]:
    """Finds something when the dossier belongs to whoever has proved one of these."""
    return _ids_of(traces).where(Contact.dossier_id == dossier_id).limit(1)


def _followed_by(resident_id: UUID) -> Select[UUID]:
    return select(Follower.dossier_id).where(
        Follower.resident_id == resident_id, Follower.state == FollowState.FOLLOWING
    )
