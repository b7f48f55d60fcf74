"""A warning: what it says, when that is enough to be put in force, and how it may move. No clock: `now` is given."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

import msgspec

from server.modules.news.rules.kinds import KINDS, Kind

LONGEST = timedelta(days=30)
"""A warning in force for longer is forgotten by those who wrote it, and believed by nobody."""

BLANK = "[…]"
"""Stands in a template for what has to be filled in."""

SHOWN_AFTER = timedelta(hours=24)
"""An all-clear is shown for as long as this."""


class AlertState(StrEnum):
    """Where a warning stands; while one in force is rewritten, residents go on reading what was put in force."""

    DRAFT = "draft"
    IN_FORCE = "in-force"
    CLEARED = "cleared"
    EXPIRED = "expired"
    DISCARDED = "discarded"


class AlertAct(StrEnum):
    WRITE = "write-warning"
    DISCARD = "discard-warning"
    WARN = "warn"
    UPDATE = "update-warning"
    CLEAR = "all-clear"
    EXPIRE = "expire-warning"


_MOVES: dict[AlertAct, dict[AlertState, AlertState]] = {
    AlertAct.WRITE: {AlertState.DRAFT: AlertState.DRAFT, AlertState.IN_FORCE: AlertState.IN_FORCE},
    AlertAct.DISCARD: {AlertState.DRAFT: AlertState.DISCARDED},
    AlertAct.WARN: {AlertState.DRAFT: AlertState.IN_FORCE},
    AlertAct.UPDATE: {AlertState.IN_FORCE: AlertState.IN_FORCE},
    AlertAct.CLEAR: {AlertState.IN_FORCE: AlertState.CLEARED},
    AlertAct.EXPIRE: {AlertState.IN_FORCE: AlertState.EXPIRED},
}


def next_state(act: AlertAct, here: AlertState) -> AlertState | None:
    """Where an act leads from here; None when it cannot be done."""
    return _MOVES[act].get(here)


class Said(msgspec.Struct, frozen=True):
    """One language of it: a line for the lock screen, what is happening, and what to do, step by step."""

    headline: str
    what: str
    steps: list[str]


class Warn(msgspec.Struct, frozen=True):
    """All of a warning. `everywhere`: the whole province, whatever `communes` holds. `source`: whose bulletin it is.

    `clears`: it says that the danger is over.
    """

    kind: Kind
    level: int
    everywhere: bool
    communes: list[str]
    begins_at: datetime | None
    ends_at: datetime | None
    vi: Said
    en: Said | None
    km: Said | None
    source: str
    clears: bool = False

    @property
    def texts(self) -> dict[str, Said]:
        return {code: said for code, said in (("vi", self.vi), ("en", self.en), ("km", self.km)) if said is not None}


class Lack(NamedTuple):
    """What keeps a warning from being put in force: which field, and why."""

    field: str
    why: str


def lacks_of(it: Warn, units: frozenset[str], now: datetime) -> list[Lack]:
    """`units`: the codes of today's communes and wards."""
    lacks = []
    if not 1 <= it.level <= KINDS[it.kind].scale.highest:
        lacks.append(Lack("level", "unknown"))
    if not it.everywhere:
        if not it.communes:
            lacks.append(Lack("communes", "empty"))
        lacks += [Lack("communes", "gone") for code in it.communes if code not in units][:1]
    for code, said in it.texts.items():
        if not said.headline:
            lacks.append(Lack(f"{code}.headline", "empty"))
        if not said.what:
            lacks.append(Lack(f"{code}.what", "empty"))
        if not any(said.steps) and not it.clears:
            lacks.append(Lack(f"{code}.steps", "empty"))
        for name, written in (("headline", said.headline), ("what", said.what), ("steps", " ".join(said.steps))):
            if BLANK in written:
                lacks.append(Lack(f"{code}.{name}", "blank"))
    return lacks + ([] if it.clears else _lacks_of_time(it, now))


def _lacks_of_time(it: Warn, now: datetime) -> list[Lack]:
    lacks = [Lack(name, "empty") for name in ("begins_at", "ends_at") if getattr(it, name) is None]
    if it.begins_at is None or it.ends_at is None:
        return lacks
    if it.ends_at <= it.begins_at:
        return [Lack("ends_at", "before-begin")]
    if it.ends_at <= now:
        return [Lack("ends_at", "over")]
    if it.ends_at - it.begins_at > LONGEST:
        return [Lack("ends_at", "too-long")]
    return [] if it.begins_at < now + LONGEST else [Lack("begins_at", "too-far")]
