"""Telling very many at once: one row for all inboxes, a wave of pushes for all devices, and what becomes of it."""

import secrets
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.database import one_at_a_time
from server.core.events import publish
from server.core.problems import Problem
from server.core.retention import Keep
from server.core.sealing import derive
from server.core.settings import Settings
from server.core.words import Words
from server.modules.identity.public import count_residents
from server.modules.notifications.events import UrgentWaveBegun, WaveBegun
from server.modules.notifications.models import Broadcast, Device, Follower, Mark, Preference, Wave, WaveRange
from server.modules.notifications.rules.announcing import (
    STOPPABLE,
    Announcement,
    Audience,
    Progress,
    Reach,
    WaveState,
    Why,
    night_of,
    read_ticket,
    time_to_ring,
)
from server.modules.notifications.rules.inbox import Level, Topic
from server.modules.notifications.service.live import tell_all

_USUAL = timedelta(days=1)
_RANGES_KEPT = timedelta(days=30)


class AnnouncementNotFound(Problem):
    status = 404
    title = Words("Không tìm thấy tin đã gửi này", "There is no such announcement", "រកមិនឃើញសេចក្តីជូនដំណឹងនេះទេ")


class Announcing:
    """What is told to an audience."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings

    async def reach(self, audience: Audience, *, urgent: bool) -> Reach:
        return Reach(await self._devices(audience, urgent=urgent), await self._inboxes(audience, urgent=urgent))

    async def _devices(self, audience: Audience, *, urgent: bool) -> int:
        devices = select(func.count()).select_from(Device).where(*hears(audience, urgent=urgent))
        return await self._session.scalar(devices) or 0

    async def _inboxes(self, audience: Audience, *, urgent: bool) -> int:
        off = select(Preference.resident_id).where(Preference.topics[Topic.NEWS.value].astext == Level.OFF.value)
        if not (audience.communes or audience.topics):
            everybody = await count_residents(self._session)
            without = await self._session.scalar(select(func.count()).select_from(off.subquery())) or 0
            return everybody if urgent else everybody - without
        followers = select(func.count()).select_from(Follower).where(*fits(Follower, audience))
        if not urgent:
            followers = followers.where(Follower.resident_id.not_in(off))
        return await self._session.scalar(followers) or 0

    async def announce(self, it: Announcement) -> None:
        """The same key again changes nothing."""
        await one_at_a_time(self._session, f"announcement {it.key}")
        if await self._session.scalar(select(Wave.id).where(Wave.key == it.key)):
            return
        now, row = datetime.now(UTC), uuid7()
        older = select(Broadcast).where(Broadcast.subject == it.subject).order_by(Broadcast.id.desc())
        before = (await self._session.scalars(older)).all()
        broadcast = Broadcast(
            id=row,
            created_at=now,
            subject=it.subject,
            tag=before[0].tag if before else secrets.token_urlsafe(24),
            communes=sorted(it.audience.communes),
            topics=sorted(it.audience.topics),
            place=row,
            told_at=now,
            joins=any(one.withdrawn_at is None for one in before),
            **_words(it),
        )
        self._session.add(broadcast)
        # Devices that were there when everybody was told of the same have it already: only later ones are looked at.
        told = [one.id for one in before if not (one.withdrawn_at or one.communes or one.topics)]
        await self._begin(it, broadcast, corrects=False, planned_to=max(told, default=None), planned=False)

    async def replace(self, key: str, it: Announcement) -> None:
        """It takes the place of the announcement `key`, unread again, for exactly those who had that one.

        Raises AnnouncementNotFound, also when that one was withdrawn.
        """
        await one_at_a_time(self._session, f"announcement {it.key}")
        if await self._session.scalar(select(Wave.id).where(Wave.key == it.key)):
            return
        broadcast = await self._find(key)
        if broadcast.withdrawn_at:
            raise AnnouncementNotFound
        waves = await self._waves(broadcast)
        newest = waves[-1]
        goes_on = newest.state in STOPPABLE
        for wave in waves:
            _stop(wave, WaveState.REPLACED)
        broadcast.place, broadcast.told_at = uuid7(), datetime.now(UTC)
        for name, value in _words(it).items():
            setattr(broadcast, name, value)
        planned = newest.planned or not goes_on
        await self._begin(it, broadcast, corrects=True, planned_to=newest.planned_to, planned=planned)

    async def retract(self, key: str) -> None:
        """Gone from every inbox; pushes that have not been sent are not sent. Raises AnnouncementNotFound."""
        broadcast = await self._find(key)
        for wave in await self._waves(broadcast):
            _stop(wave, WaveState.WITHDRAWN)
        broadcast.withdrawn_at = broadcast.withdrawn_at or datetime.now(UTC)
        await self._session.flush()
        await tell_all(self._session)

    async def pause(self, key: str) -> None:
        """No further range begins. One that is not running stays as it is. Raises AnnouncementNotFound."""
        wave = await self._wave(key)
        if wave.state is WaveState.RUNNING:
            wave.paused_at = datetime.now(UTC)
        _stop(wave, WaveState.PAUSED)

    async def cancel(self, key: str) -> None:
        """The rest is not told on devices; it stays in the inboxes. Raises AnnouncementNotFound."""
        _stop(await self._wave(key), WaveState.CANCELLED)

    async def resume(self, key: str) -> None:
        """A paused wave goes on where it was. Raises AnnouncementNotFound."""
        wave = await self._wave(key)
        if wave.state is WaveState.PAUSED:
            if wave.patient and wave.paused_at:
                wave.expires_at += datetime.now(UTC) - wave.paused_at
            wave.state, wave.round, wave.next_at = WaveState.RUNNING, wave.round + 1, None
            begin(self._session, wave, after=0)

    async def progress(self, keys: Collection[str]) -> dict[str, Progress]:
        """How far each of them is, by key; keys nobody announced are left out."""
        waves = (await self._session.scalars(select(Wave).where(Wave.key.in_(keys)))).all()
        ranges = {row.wave_id: row for row in await self._session.execute(_sums([wave.id for wave in waves]))}
        read = (
            select(Mark.broadcast_id, func.count())
            .where(Mark.broadcast_id.in_({wave.broadcast_id for wave in waves}), Mark.read_at.is_not(None))
            .group_by(Mark.broadcast_id)
        )
        readers: dict[UUID, int] = {row[0]: row[1] for row in await self._session.execute(read)}
        return {it.key: _progress(it, ranges.get(it.id), readers.get(it.broadcast_id, 0)) for it in waves}

    async def note(self, message_id: UUID, *, opened: bool) -> bool:
        """A phone has shown it, or it was tapped there; False when no wave sent a push with this id."""
        if (where := read_ticket(ticket_key(self._settings), message_id)) is None:
            return False
        number, position = where
        values: dict[str, Any] = {"shown": func.set_bit(WaveRange.shown, position, 1)}
        if opened:
            values["opened"] = func.set_bit(WaveRange.opened, position, 1)
        there = update(WaveRange).where(WaveRange.number == number, WaveRange.due > position)
        return await self._session.scalar(there.values(**values).returning(WaveRange.number)) is not None

    async def _begin(
        self, it: Announcement, broadcast: Broadcast, *, corrects: bool, planned_to: UUID | None, planned: bool
    ) -> None:
        await self._session.flush()  # before the wave, which points to it
        now = datetime.now(UTC)
        wave = Wave(
            id=uuid7(),
            key=it.key,
            broadcast_id=broadcast.id,
            corrects=corrects,
            urgent=it.urgent,
            pace=it.pace,
            expires_at=it.until or now + _USUAL + await self._time_to_ring(broadcast, it),
            patient=it.until is None,
            state=WaveState.RUNNING,
            round=1,
            next_at=None,
            adopting=corrects and it.rings,
            planned_to=planned_to,
            planned=planned or not it.rings,
        )
        self._session.add(wave)
        await self._session.flush()
        if wave.adopting or not wave.planned:
            begin(self._session, wave)
        await tell_all(self._session)

    async def _time_to_ring(self, broadcast: Broadcast, it: Announcement) -> timedelta:
        if it.pace is None or not it.rings:
            return timedelta()
        audience = Audience(communes=frozenset(broadcast.communes), topics=frozenset(broadcast.topics))
        night = None if it.urgent else night_of(self._settings.quiet_night)
        return time_to_ring(await self._devices(audience, urgent=it.urgent), it.pace, night)

    async def _wave(self, key: str) -> Wave:
        wave = await self._session.scalar(select(Wave).where(Wave.key == key).with_for_update(key_share=True))
        if wave is None:
            raise AnnouncementNotFound
        return wave

    async def _find(self, key: str) -> Broadcast:
        """Held until the end of the transaction."""
        own = select(Broadcast).join(Wave).where(Wave.key == key).with_for_update(of=Broadcast, key_share=True)
        broadcast = await self._session.scalar(own)
        if broadcast is None:
            raise AnnouncementNotFound
        return broadcast

    async def _waves(self, broadcast: Broadcast) -> list[Wave]:
        """All of its waves, the oldest first, none of which is being planned meanwhile."""
        all_ = select(Wave).where(Wave.broadcast_id == broadcast.id).order_by(Wave.id).with_for_update(key_share=True)
        return list(await self._session.scalars(all_))


def ticket_key(settings: Settings) -> bytes:
    """Of rules.announcing.ticket. With another SECRET_KEY, what was on its way is shown without being counted."""
    return derive(settings.secret_key, "push-wave")


def begin(session: AsyncSession, wave: Wave, *, after: int | None = None) -> None:
    """Have the wave planned from where it stands; `after`: first its ranges behind this one are called up again."""
    event = UrgentWaveBegun if wave.urgent else WaveBegun
    publish(session, event(wave_id=wave.id, round=wave.round, after=after))


def fits(table: type[Device] | type[Follower], audience: Audience) -> list[ColumnElement[bool]]:
    """Those rows that follow what the audience is."""
    chosen = ((table.communes, audience.communes), (table.topics, audience.topics))
    return [column.overlap(sorted(codes)) for column, codes in chosen if codes]


def hears(audience: Audience, *, urgent: bool) -> list[ColumnElement[bool]]:
    """Devices that ring for this audience."""
    return [
        Device.subscription.is_not(None),
        Device.rings_warnings if urgent else Device.rings_news,  # type: ignore[list-item]
        *fits(Device, audience),
    ]


def _words(it: Announcement) -> dict[str, Any]:
    told = {"title": list(it.title), "body": list(it.body), "path": it.path}
    return {"topic": it.topic, "told": told, "plain": list(it.plain)}


def _stop(wave: Wave, state: WaveState) -> None:
    """A wave that still could send sends no more, unless it is resumed; jobs that wait for it find another round."""
    if wave.state in STOPPABLE and wave.state is not state:
        wave.state, wave.round = state, wave.round + 1


def _sums(waves: Collection[UUID]) -> Any:
    waiting = case((WaveRange.done_at.is_(None), WaveRange.due - WaveRange.moved), else_=0)
    whys = [func.coalesce(func.sum(waiting).filter(WaveRange.why == why), 0).label(why.value) for why in Why]
    totals = {name: getattr(WaveRange, name) for name in ("sent", "failed", "gone")}
    return (
        select(
            WaveRange.wave_id,
            func.sum(WaveRange.due - WaveRange.moved).label("due"),
            *(func.sum(column).label(name) for name, column in totals.items()),
            func.sum(waiting).label("waiting"),
            *whys,
            func.min(WaveRange.due_at).filter(WaveRange.done_at.is_(None)).label("next_at"),
            func.sum(func.bit_count(WaveRange.shown)).label("shown"),
            func.sum(func.bit_count(WaveRange.opened)).label("opened"),
        )
        .where(WaveRange.wave_id.in_(waves))
        .group_by(WaveRange.wave_id)
    )


def _progress(wave: Wave, row: Any, read: int) -> Progress:
    numbers = ("due", "sent", "failed", "gone", "waiting", "shown", "opened")
    return Progress(
        key=wave.key,
        state=wave.state,
        counted=(wave.planned and not wave.adopting) or wave.state not in STOPPABLE,
        waits={why: int(getattr(row, why.value)) for why in Why if row and getattr(row, why.value)},
        next_at=row and row.next_at,
        read=read,
        **{name: int(getattr(row, name)) if row else 0 for name in numbers},
    )


KEEPS = [
    Keep(Broadcast, "two years", lambda now: Broadcast.created_at < now - func.make_interval(2)),
    Keep(Wave, "two years after its end", lambda now: Wave.expires_at < now - func.make_interval(2)),
    # With them goes which device had what, and so whom a correction would reach.
    Keep(WaveRange, "30 days", lambda now: WaveRange.created_at < now - _RANGES_KEPT),
]
