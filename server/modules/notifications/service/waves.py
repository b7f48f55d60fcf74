"""Ringing the devices of one range of a wave: one job, one transaction, no row for any device."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import ColumnElement, Text, cast, func, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as UUIDType
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.sealing import CannotOpen
from server.core.settings import Settings
from server.core.words import LANGUAGES, Language, Words
from server.modules.notifications.gateways.batch import Answer
from server.modules.notifications.gateways.vapid import vapid_of
from server.modules.notifications.gateways.webpush import Push, push_gateway
from server.modules.notifications.models import Broadcast, Device, Pause, Preference, Wave, WaveRange
from server.modules.notifications.rules.announcing import (
    WaveState,
    Why,
    bits_of,
    next_wait,
    silence_of,
    ticket,
)
from server.modules.notifications.rules.inbox import Quiet
from server.modules.notifications.rules.push import Outcome, Subscription, outcome_of, pause_of, payload, service_of
from server.modules.notifications.service.announcing import ticket_key
from server.modules.notifications.service.broadcasts import told_of
from server.modules.notifications.service.devices import key_pair, seal_of
from server.modules.notifications.service.planning import Planning, hold
from server.modules.notifications.service.sending import LOCK, WIPE, listed, note_pauses
from server.modules.privacy.public import all_consented

log = structlog.get_logger()

_TTL = timedelta(days=1)
_TICKET = "ticket"
_ENOUGH = 8
"""So many of one service are asked at least before silence is taken for the service's, not for the phones'."""
_HALF_AN_HOUR = 1_800

_A_LOOK, _PATIENCE = 0.25, 240
# Those of another wave: this one's own are all as urgent.
_WARNED_FIRST = text(
    "SELECT EXISTS (SELECT FROM notifications_wave AS wave JOIN notifications_range AS range ON range.wave_id = wave.id"
    " WHERE wave.urgent AND wave.state = 'running' AND wave.expires_at > now()"
    " AND range.done_at IS NULL AND range.due_at <= now())"
    " AND NOT (SELECT wave.urgent FROM notifications_wave AS wave JOIN notifications_range AS range"
    " ON range.wave_id = wave.id WHERE range.number = :number)"
)

_SILENCE = text(
    "INSERT INTO notifications_pause (id, service, until, silent_until, trials)"
    " VALUES (gen_random_uuid(), :service, now(), now() + make_interval(secs => :seconds), 1)"
    " ON CONFLICT (service) DO UPDATE SET"
    # Ranges that were on their way at the same time are one trial.
    " silent_until = CASE WHEN notifications_pause.silent_until > now() THEN notifications_pause.silent_until"
    " ELSE excluded.silent_until END,"
    " trials = notifications_pause.trials + (notifications_pause.silent_until IS NULL"
    " OR notifications_pause.silent_until <= now())::int"
    " RETURNING silent_until"
)
_HEARD = text("UPDATE notifications_pause SET silent_until = NULL, trials = 0 WHERE service = ANY(:services)")


class _To(NamedTuple):
    """One device that is asked, and its place in the range."""

    place: int
    row: Any
    address: Subscription
    service: str


class _Later(NamedTuple):
    """Why some of a range are put off, until when; what they then belong to."""

    why: Why
    until: datetime
    service: str | None
    attempts: int


class Waves:
    """Takes one range to the push services.

    Whoever holds the range sends, and keeps it until what came of it is committed: a second run of the same job waits,
    and finds it done. The row itself stays free: phones say that they showed it while others are still asked. A crash
    loses what was sent of one range as doubles, which tag and Topic turn into replacements.
    """

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._planning = Planning(session, settings)
        self._had: set[int] = set()
        self._failed: set[int] = set()
        self._later: dict[_Later, list[int]] = defaultdict(list)
        self._gone: list[tuple[UUID, str]] = []
        self._pauses: dict[str, datetime] = {}
        self._silent: set[str] = set()

    async def send(self, number: int, round: int) -> None:
        """Ring for those of the range who still want it; what may be repeated is put off."""
        await self._let_warnings_pass(number)
        await hold(self._session, [number])
        one = await self._session.scalar(select(WaveRange).where(WaveRange.number == number))
        if one is None or one.done_at is not None:
            return
        # After the lock: whoever stopped the wave meanwhile is heard.
        both = select(Wave, Broadcast).join(Broadcast).where(Wave.id == one.wave_id)
        wave, broadcast = (await self._session.execute(both)).one()
        if wave.state is not WaveState.RUNNING or wave.round != round:
            return
        now = datetime.now(UTC)
        if wave.expires_at <= now:
            self._failed = set(range(one.due))
            await self._write(one, wave, now)
        elif morning := self._planning.morning(wave, now):
            self._put_off_whole(one, wave, _Later(Why.NIGHT, morning, one.service, one.attempts))
        elif later := await self._rests(one, now):
            self._put_off_whole(one, wave, later)
        else:
            await self._ring(one, wave, broadcast, now)
            await self._write(one, wave, now)

    async def _let_warnings_pass(self, number: int) -> None:
        """While devices wait to be warned, news takes nothing of the processor; but it does not wait for ever."""
        for _ in range(_PATIENCE):
            if not await self._session.scalar(_WARNED_FIRST, {"number": number}):
                return
            await asyncio.sleep(_A_LOOK)

    async def _ring(self, one: WaveRange, wave: Wave, broadcast: Broadcast, now: datetime) -> None:
        to_send = await self._choose(one, wave, now)
        if not to_send:
            return
        keys = await key_pair(self._session, self._settings)
        gateway = await push_gateway(self._settings)
        ttl = int(min(wave.expires_at - now, _TTL).total_seconds())
        says = _Saying(self._settings, one, wave, broadcast)
        answers = await gateway.send(
            [Push(it.address, says.to(it), ttl, says.urgency, broadcast.tag) for it in to_send],
            vapid=vapid_of(keys, self._settings.push_contact),
            urgent=wave.urgent,
        )
        await self._judge(one, wave, list(zip(to_send, answers, strict=True)))

    async def _choose(self, one: WaveRange, wave: Wave, now: datetime) -> list[_To]:
        """Those who still want it and can be asked now."""
        rings = Device.rings_warnings if wave.urgent else Device.rings_news
        columns = (Device.id, Device.subscription, Device.endpoint_hash, Device.language, Device.resident_id)
        found = select(*columns).where(Device.id == func.any(_uuids(one.ids)), Device.subscription.is_not(None), rings)
        rows = {row.id: row for row in await self._session.execute(found)}
        people = {row.resident_id for row in rows.values() if row.resident_id}
        agreed = await all_consented(self._session, people, "push-abroad") if people else set()
        quiet = await self._quiet(people) if people and not wave.urgent else {}
        pauses = (await self._session.scalars(select(Pause))).all()
        self._silent = {it.service for it in pauses if it.trials}
        rests = {it.service: rest for it in pauses if (rest := _rest(it, now))}
        seal = seal_of(self._settings)
        to_send = []
        for place, device_id in enumerate(one.ids):
            row = rows.get(device_id)
            if row is None or (row.resident_id and row.resident_id not in agreed):
                continue  # gone, or not wanted any more
            if (own := quiet.get(row.resident_id)) and (ends := own.ends(now)):
                # By the half hour, so that they stay few ranges.
                until = datetime.fromtimestamp(-(-ends.timestamp() // _HALF_AN_HOUR) * _HALF_AN_HOUR, UTC)
                self._later[_Later(Why.QUIET, until, None, one.attempts)].append(place)
                continue
            address = self._address(row, seal)
            service = service_of(address.endpoint, self._settings.push_services) if address else None
            if address is None or service is None:
                self._failed.add(place)
            elif rest := rests.get(service):
                self._later[_Later(*rest, service, one.attempts)].append(place)
            else:
                to_send.append(_To(place, row, address, service))
        return to_send

    async def _quiet(self, people: set[UUID]) -> dict[UUID, Quiet]:
        chosen = select(Preference.resident_id, Preference.quiet_since, Preference.quiet_until)
        mine = Preference.resident_id == func.any(_uuids(people))
        rows = await self._session.execute(chosen.where(mine, Preference.quiet_since.is_not(None)))
        return {row.resident_id: Quiet(row.quiet_since, row.quiet_until) for row in rows}

    def _address(self, row: Any, seal: Any) -> Subscription | None:
        try:
            opened = seal.open(row.subscription, str(row.id))
        except CannotOpen:
            log.error("push address unreadable", device=str(row.id))
            return None
        return msgspec.json.decode(opened, type=Subscription)

    async def _judge(self, one: WaveRange, wave: Wave, asked: Sequence[tuple[_To, Answer]]) -> None:
        troubled: dict[str, list[tuple[_To, Answer]]] = defaultdict(list)
        heard: set[str] = set()
        failures: dict[tuple[str, int | None], int] = defaultdict(int)
        for to, answer in asked:
            if answer.status is None and answer.sent_at is None:
                self._fail(to, answer, failures)
                continue
            match outcome_of(answer.status):
                case Outcome.ACCEPTED:
                    self._had.add(to.place)
                case Outcome.GONE:
                    self._gone.append((to.row.id, to.row.endpoint_hash))
                case Outcome.PAUSE:
                    if to.service not in self._pauses:
                        seconds = timedelta(seconds=pause_of(answer.retry_after))
                        self._pauses[to.service] = answer.at.replace(microsecond=0) + seconds
                    until = self._pauses[to.service]
                    self._later[_Later(Why.PAUSE, until, to.service, one.attempts)].append(to.place)
                case Outcome.RETRY:
                    troubled[to.service].append((to, answer))
                    continue
                case _:
                    self._fail(to, answer, failures)
            heard.add(to.service)
        for (service, status), count in failures.items():
            log.error("push not accepted", service=service, status=status, count=count, wave=str(wave.id))
        for service, these in sorted(troubled.items()):
            if service in heard or len(these) < _ENOUGH:
                self._try_again(one, service, these)
            else:
                await self._leave_alone(one, wave, service, these)
        if again := sorted(heard & self._silent):
            await self._session.execute(_HEARD, {"services": again})

    def _fail(self, to: _To, answer: Answer, failures: dict[tuple[str, int | None], int]) -> None:
        self._failed.add(to.place)
        failures[to.service, answer.status] += 1

    def _try_again(self, one: WaveRange, service: str, these: Sequence[tuple[_To, Answer]]) -> None:
        """It is their own trouble: again a little later, and later each time, until the announcement is over."""
        attempts = one.attempts + 1
        for to, answer in these:
            until = answer.at.replace(microsecond=0) + timedelta(seconds=next_wait(attempts, answer.retry_after) + 1)
            self._later[_Later(Why.TROUBLE, until, service, attempts)].append(to.place)

    async def _leave_alone(self, one: WaveRange, wave: Wave, service: str, these: Sequence[tuple[_To, Answer]]) -> None:
        """The service answers nobody: the waves wait for it, and no attempt is spent."""
        trials = await self._session.scalar(select(Pause.trials).where(Pause.service == service)) or 0
        seconds = silence_of(trials, urgent=wave.urgent)
        until = await self._session.scalar(_SILENCE, {"service": service, "seconds": seconds})
        self._later[_Later(Why.TROUBLE, until, service, one.attempts)] += [to.place for to, _ in these]

    async def _rests(self, one: WaveRange, now: datetime) -> _Later | None:
        """Why, and until when, the one service of this range is left alone."""
        if one.service is None:
            return None
        pause = await self._session.scalar(select(Pause).where(Pause.service == one.service))
        rest = pause and _rest(pause, now)
        return _Later(*rest, one.service, one.attempts) if rest else None

    def _put_off_whole(self, one: WaveRange, wave: Wave, later: _Later) -> None:
        one.why, one.due_at, one.service, one.attempts = later.why, later.until, later.service, later.attempts
        self._planning.call(wave, one.number, later.until)

    async def _write(self, one: WaveRange, wave: Wave, now: datetime) -> None:
        if self._gone:
            ids, hashes = [it[0] for it in self._gone], [it[1] for it in self._gone]
            await self._session.execute(LOCK, {"ids": listed(ids)})
            await self._session.execute(WIPE, {"ids": listed(ids), "hashes": hashes})
        await note_pauses(self._session, self._pauses)
        moved = sum(len(places) for places in self._later.values())
        if moved == one.due and len(self._later) == 1:
            self._put_off_whole(one, wave, *self._later)
        else:
            for later, places in self._later.items():
                ids = [one.ids[place] for place in places]
                await self._planning.add(
                    wave,
                    [ids],
                    when=(later.until, later.why),
                    service=later.service,
                    attempts=later.attempts,
                )
            put_off = {place for places in self._later.values() for place in places}
            one.sent, one.failed, one.moved = len(self._had), len(self._failed), moved
            one.gone = one.due - one.sent - one.failed - moved
            # Whom a correction does not reach has had what it corrects all the same.
            had = set(range(one.due)) - put_off if wave.corrects else self._had
            one.had, one.why, one.done_at = bits_of(had, one.due), None, now
        await self._session.flush()


class _Saying:
    """What the devices of one range are told."""

    def __init__(self, settings: Settings, one: WaveRange, wave: Wave, broadcast: Broadcast) -> None:
        told, plain = told_of(broadcast.told), Words(*broadcast.plain)
        self._words = {it: (told.title.for_(it)[:200], plain.for_(it)[:400]) for it in LANGUAGES}
        self._key = ticket_key(settings)
        self._origin, self._number, self._tag = settings.origin, one.number, broadcast.tag
        # A warning opens itself, and so does what is told to nobody's device; other news is read in the inbox.
        self._made: dict[tuple[Language, bool], tuple[bytes, bytes]] = {}
        self._direct = told.path
        self._inbox = told.path if wave.urgent else f"/inbox/{broadcast.id}?open"
        self.urgency = "high" if wave.urgent else "normal"

    def to(self, it: _To) -> bytes:
        kind = it.row.language, it.row.resident_id is not None
        if kind not in self._made:
            self._made[kind] = self._make(*kind)
        before, after = self._made[kind]
        return before + str(ticket(self._key, self._number, it.place)).encode() + after

    def _make(self, language: Language, owned: bool) -> tuple[bytes, bytes]:
        """All that is the same for many, made once: what stands before and behind the ticket."""
        title, body = self._words[language]
        path = self._inbox if owned else self._direct
        made = payload(
            title=title, body=body, language=language, tag=self._tag, navigate=self._origin + path, message_id=_TICKET
        )
        before, _, after = made.rpartition(_TICKET.encode())
        return before, after


def _uuids(ids: Iterable[UUID]) -> ColumnElement[Any]:
    return cast(literal(listed(ids), Text), ARRAY(UUIDType))


def _rest(pause: Pause, now: datetime) -> tuple[Why, datetime] | None:
    if pause.until > now:
        return Why.PAUSE, pause.until
    if pause.silent_until and pause.silent_until > now:
        return Why.TROUBLE, pause.silent_until
    return None
