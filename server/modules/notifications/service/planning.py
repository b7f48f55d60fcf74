"""Cutting a wave into ranges of devices, step by step, while the first of them already ring."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.database import one_at_a_time
from server.core.events import publish
from server.core.settings import Settings
from server.modules.notifications.events import RangeReady, UrgentRangeReady
from server.modules.notifications.models import Broadcast, Device, Wave, WaveRange
from server.modules.notifications.rules.announcing import (
    STOPPABLE,
    Audience,
    WaveState,
    Why,
    bits_of,
    night_of,
    places_in,
    range_size,
)
from server.modules.notifications.service.announcing import begin, hears

_FIRST, _A_STEP = 1, 20
"""Ranges of the first step, so that the first phone rings at once; and of every other one: a single message waits
behind two steps at most.
"""
_CALLED = 400
"""Ranges called up again in one step."""
_OVERDUE = timedelta(minutes=10)


_TOLD = text(
    "SELECT it.id FROM notifications_broadcast AS older JOIN notifications_wave AS wave ON wave.broadcast_id = older.id"
    " JOIN notifications_range AS range ON range.wave_id = wave.id"
    " CROSS JOIN LATERAL unnest(range.ids) WITH ORDINALITY AS it (id, place)"
    " WHERE older.subject = :subject AND older.id < :id AND older.withdrawn_at IS NULL"
    " AND it.id BETWEEN :first AND :last"
    # What waits in a wave that was cancelled goes nowhere, unless it was a correction (see _adopt).
    " AND CASE WHEN range.done_at IS NULL THEN wave.corrects OR wave.state IN ('running', 'paused', 'replaced')"
    " ELSE get_bit(range.had, it.place::int - 1) = 1 END"
)

Slot = tuple[datetime, Why | None]
"""When some are due; what they wait for besides their turn."""


async def hold(session: AsyncSession, numbers: Sequence[int]) -> None:
    """Until this transaction is over nobody else sends these ranges, or takes them over."""
    for number in numbers:
        await one_at_a_time(session, f"range {number}")


class Planning:
    """Each step is one transaction, and asks for the next one: a planner that is killed is taken up where it was."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._night = night_of(settings.quiet_night)

    async def plan(self, wave_id: UUID, round: int, after: int | None) -> None:
        """One step. Does nothing for a wave that was stopped since."""
        wave = await self._session.scalar(select(Wave).where(Wave.id == wave_id).with_for_update(key_share=True))
        if wave is None or wave.state is not WaveState.RUNNING or wave.round != round:
            return
        if after is not None:
            begin(self._session, wave, after=await self._call_up(wave, after))
        elif wave.adopting:
            await self._adopt(wave)
            begin(self._session, wave)
        elif not wave.planned:
            await self._walk(wave)
        await self._session.flush()

    async def look_after(self, now: datetime) -> None:
        """Ranges whose job was lost, in whatever way, are called up again."""
        overdue = (
            select(WaveRange, Wave)
            .join(Wave, Wave.id == WaveRange.wave_id)
            .where(WaveRange.done_at.is_(None), WaveRange.due_at < now - _OVERDUE, Wave.state == WaveState.RUNNING)
            .order_by(WaveRange.number)
            .limit(_CALLED)
        )
        for it, wave in await self._session.execute(overdue):
            self.call(wave, it.number, it.due_at)
        unplanned = select(Wave).where(
            Wave.state == WaveState.RUNNING,
            or_(Wave.adopting, ~Wave.planned),
            Wave.updated_at < now - _OVERDUE,
        )
        for wave in await self._session.scalars(unplanned):
            begin(self._session, wave)

    async def _call_up(self, wave: Wave, after: int) -> int | None:
        """The ranges that wait, in this round and at the pace; the last one, None when there are no more."""
        waiting = (
            select(WaveRange.number, WaveRange.due, WaveRange.due_at, WaveRange.why)
            .where(WaveRange.wave_id == wave.id, WaveRange.done_at.is_(None), WaveRange.number > after)
            .order_by(WaveRange.number)
            .limit(_CALLED)
        )
        rows = (await self._session.execute(waiting)).all()
        for row in rows:
            due_at, why = self._slot(wave, row.due)
            if row.why not in (None, Why.NIGHT) and row.due_at > due_at:
                due_at, why = row.due_at, row.why
            now = update(WaveRange).where(WaveRange.number == row.number)
            await self._session.execute(now.values(due_at=due_at, why=why))
            self.call(wave, row.number, due_at)
        return rows[-1].number if rows else None

    async def _walk(self, wave: Wave) -> None:
        """The next devices of the audience, in the order of their ids; who came after the announcement is not meant."""
        broadcast = await self._broadcast(wave)
        audience = Audience(communes=frozenset(broadcast.communes), topics=frozenset(broadcast.topics))
        size = range_size(wave.pace)
        wanted = size * (_A_STEP if wave.planned_to else _FIRST)
        found = select(Device.id).where(*hears(audience, urgent=wave.urgent), Device.id < broadcast.id)
        if wave.planned_to:
            found = found.where(Device.id > wave.planned_to)
        ids = (await self._session.scalars(found.order_by(Device.id).limit(wanted))).all()
        wave.planned = len(ids) < wanted
        if not wave.planned:
            # Before the ranges of this one: the next are there when these have rung.
            begin(self._session, wave)
        if ids:
            wave.planned_to = ids[-1]
            others = await self._told_beside(broadcast, ids)
            meant = [it for it in ids if it not in others]
            await self.add(wave, [meant[start : start + size] for start in range(0, len(meant), size)])

    async def _told_beside(self, broadcast: Broadcast, ids: Sequence[UUID]) -> set[UUID]:
        """Those of these whom an older announcement about the same subject has reached, or is about to."""
        if not broadcast.joins:
            return set()
        first, last = ids[0], ids[-1]
        # First who is still to be planned there: whoever is planned meanwhile is found in a range.
        going = (
            select(Broadcast, Wave.planned_to, Wave.urgent)
            .join(Wave)
            .where(Broadcast.subject == broadcast.subject, Broadcast.id < broadcast.id, ~Wave.planned)
            .where(Broadcast.withdrawn_at.is_(None), Wave.state.in_(STOPPABLE))
        )
        found: set[UUID] = set()
        for older, planned_to, urgent in (await self._session.execute(going)).all():
            audience = Audience(communes=frozenset(older.communes), topics=frozenset(older.topics))
            rest = select(Device.id).where(*hears(audience, urgent=urgent), Device.id < older.id)
            rest = rest.where(Device.id.between(max(first, planned_to or first), last))
            found.update((await self._session.scalars(rest)).all())
        told = {"subject": broadcast.subject, "id": broadcast.id, "first": first, "last": last}
        return found.union((await self._session.scalars(_TOLD, told)).all())

    async def _adopt(self, wave: Wave) -> None:
        """Who had the announcement before, and who was about to, out of the ranges of the waves before this one."""
        earlier = (
            select(WaveRange.number)
            .join(Wave, Wave.id == WaveRange.wave_id)
            .where(Wave.broadcast_id == wave.broadcast_id, Wave.id < wave.id, ~WaveRange.adopted)
            .order_by(WaveRange.number)
            .limit(_A_STEP)
        )
        numbers = (await self._session.scalars(earlier)).all()
        # What is being sent of them ends first.
        await hold(self._session, numbers)
        both = select(WaveRange, Wave).join(Wave, Wave.id == WaveRange.wave_id)
        rows = (await self._session.execute(both.where(WaveRange.number.in_(numbers)))).all()
        slices = []
        for it, former in rows:
            it.adopted = True
            if it.done_at is not None:
                slices.append([it.ids[place] for place in places_in(it.had)])
                continue
            if former.corrects or former.state is WaveState.REPLACED:
                slices.append(it.ids)
            it.done_at, it.moved = datetime.now(UTC), it.due
        await self.add(wave, [ids for ids in slices if ids])
        wave.adopting = len(rows) == _A_STEP

    async def add(
        self,
        wave: Wave,
        slices: Sequence[Sequence[UUID]],
        *,
        when: Slot | None = None,
        service: str | None = None,
        attempts: int = 0,
    ) -> None:
        """A range, and a job, for each of these slices: when it is their turn, or at a given time."""
        if not slices:
            return
        new = [self._row(wave, ids, when or self._slot(wave, len(ids)), service, attempts) for ids in slices]
        written = insert(WaveRange).returning(WaveRange.number, WaveRange.due_at, sort_by_parameter_order=False)
        for row in (await self._session.execute(written, new)).all():
            self.call(wave, row.number, row.due_at)

    def _row(self, wave: Wave, ids: Sequence[UUID], when: Slot, service: str | None, attempts: int) -> dict[str, Any]:
        due_at, why = when
        nobody = bits_of((), len(ids))
        return {
            "id": uuid7(),
            "wave_id": wave.id,
            "ids": list(ids),
            **dict.fromkeys(("had", "shown", "opened"), nobody),
            "due": len(ids),
            **dict.fromkeys(("sent", "failed", "gone", "moved"), 0),
            "adopted": False,
            "attempts": attempts,
            "due_at": due_at,
            "why": why,
            "service": service,
            "done_at": None,
        }

    def call(self, wave: Wave, number: int, due_at: datetime) -> None:
        """A job for one range."""
        event = UrgentRangeReady if wave.urgent else RangeReady
        publish(
            self._session, event(number=number, round=wave.round), at=due_at if due_at > datetime.now(UTC) else None
        )

    def morning(self, wave: Wave, at: datetime) -> datetime | None:
        """When the night in which this instant lies is over; None when the wave may ring then."""
        ends = self._night.ends(at) if self._night and not wave.urgent else None
        return ends and ends.astimezone(UTC)

    def _slot(self, wave: Wave, count: int) -> Slot:
        """When so many may go, at the wave's pace and not by night."""
        now = datetime.now(UTC)
        at = max(now, wave.next_at or now)
        morning = self.morning(wave, at)
        at = morning or at
        if wave.pace:
            wave.next_at = at + timedelta(seconds=count / wave.pace)
        return at, Why.NIGHT if morning else None

    async def _broadcast(self, wave: Wave) -> Broadcast:
        return (await self._session.scalars(select(Broadcast).where(Broadcast.id == wave.broadcast_id))).one()
