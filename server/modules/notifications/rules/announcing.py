"""What very many are told at once: to whom, in which waves, and what waiting means. No database, no clock."""

import hmac
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from enum import Enum
from typing import NamedTuple
from uuid import UUID

import msgspec

from server.core.words import Words
from server.modules.notifications.rules.inbox import Quiet, Topic
from server.modules.notifications.rules.push import A_JOB


class Audience(msgspec.Struct, frozen=True, kw_only=True):
    """Who is meant. `communes`: codes, those who live there or follow one; `topics`: codes of `data/topics.json`,
    those who chose one. Empty is everybody; both given, both must fit.
    """

    communes: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to be told to an audience.

    `key`: of what was published; the same one is told once. `subject`: what it is about, on a screen the newest takes
    the older one's place. `title` and `body` stand in the inbox; a lock screen shows `title` and `plain`, also where
    its owner wants nothing private on it: an announcement is public. `path` is the screen it leads to.
    """

    key: str
    subject: str
    title: Words
    body: Words
    plain: Words
    path: str
    audience: Audience = Audience()
    rings: bool = True
    """On devices too; otherwise it only stands in the inbox."""
    urgent: bool = False
    """A warning: passes quiet times and the night, overtakes everything else, and always reaches the inbox."""
    pace: int | None = None
    """Devices a second; None: as fast as it goes."""
    until: datetime | None = None
    """When it is over: no phone rings for it afterwards. None: a day after the last one's turn has come."""

    @property
    def topic(self) -> Topic:
        return Topic.WARNINGS if self.urgent else Topic.NEWS


class Reach(NamedTuple):
    """How many would be told: devices that would ring, inboxes in which it would stand."""

    devices: int
    inboxes: int


class WaveState(Enum):
    """A wave that is RUNNING is over when it is counted and nothing waits. REPLACED: by a correction that goes on."""

    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


STOPPABLE = (WaveState.RUNNING, WaveState.PAUSED)


class Why(Enum):
    """What some devices of a wave wait for, other than their turn."""

    NIGHT = "night"
    QUIET = "quiet"
    PAUSE = "pause"
    TROUBLE = "trouble"


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a wave is: `due` = `sent` + `failed` + `gone` + `waiting`, to the unit.

    `counted`: whether `due` is final. `gone`: the device is no more, or its owner wants no more. `waits`: what how
    many wait for besides their turn: the morning, somebody's quiet time, a push service that asked for a pause, or one
    that does not answer. `next_at`: when the next of them are due. `shown` and `opened` are phones that said so, `read`
    inboxes in which it was opened.
    """

    key: str
    state: WaveState
    counted: bool
    due: int
    sent: int
    failed: int
    gone: int
    waiting: int
    waits: dict[Why, int]
    next_at: datetime | None
    shown: int
    opened: int
    read: int

    @property
    def over(self) -> bool:
        """Nothing more happens; who still waits in a wave that was stopped for good is not told."""
        return self.state not in STOPPABLE or (self.counted and not self.waiting)


_DAY = timedelta(days=1)


def range_size(pace: int | None) -> int:
    """Devices of one job: two seconds' worth of the pace."""
    return A_JOB if pace is None else max(1, min(A_JOB, pace * 2))


def night_of(words: str) -> Quiet | None:
    """`21:30-06:00` as a quiet time; None when it begins as it ends. Raises ValueError."""
    since, _, until = words.partition("-")
    night = Quiet(time.fromisoformat(since), time.fromisoformat(until))
    return None if night.since == night.until else night


def time_to_ring(devices: int, pace: int | None, night: Quiet | None) -> timedelta:
    """How long it takes until all of them had their turn, at the pace and not by night."""
    if pace is None:
        return timedelta()
    awake = _DAY - night.length if night else _DAY
    days, rest = divmod(timedelta(seconds=devices / pace), awake)
    return days * _DAY + rest + (_DAY - awake if days or rest else timedelta())


WAITS = (2, 8, 30, 120, 600)
_SILENCE, _LONGEST_SILENCE, _URGENT_SILENCE = 30, 300, 10


def next_wait(attempts: int, retry_after: int | None) -> int:
    """Seconds until the next attempt of a wave after so many: it goes on until the announcement is over."""
    return max(WAITS[min(attempts, len(WAITS)) - 1], min(retry_after or 0, 3_600))


def silence_of(trials: int, *, urgent: bool) -> int:
    """Seconds waves leave a push service alone that answered none of a range, so often one after the other."""
    return _URGENT_SILENCE if urgent else min(_SILENCE * 2 ** min(trials, 8), _LONGEST_SILENCE)


def bits_of(places: Iterable[int], count: int) -> bytes:
    """So many bits as PostgreSQL's `set_bit` numbers them, those at these places set."""
    bits = bytearray((count + 7) // 8)
    for place in places:
        bits[place // 8] |= 1 << place % 8
    return bytes(bits)


def places_in(bits: bytes) -> list[int]:
    """Which of them are set."""
    return [place for place in range(len(bits) * 8) if bits[place // 8] >> place % 8 & 1]


# ---- what a phone says back --------------------------------------------------------------------------------------


def ticket(key: bytes, number: int, position: int) -> UUID:
    """The id of a push of a wave: its range, the place in it, and a mark that only we can make. It has no row."""
    where = number.to_bytes(6) + position.to_bytes(2)
    return UUID(bytes=where + hmac.digest(key, where, "sha256")[:8])


def read_ticket(key: bytes, it: UUID) -> tuple[int, int] | None:
    """The range and the place; None when it is no id of a wave."""
    number, position = int.from_bytes(it.bytes[:6]), int.from_bytes(it.bytes[6:8])
    return (number, position) if hmac.compare_digest(ticket(key, number, position).bytes, it.bytes) else None
