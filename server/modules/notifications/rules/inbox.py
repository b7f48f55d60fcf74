"""Who is told what, how loudly, and when. No database, no clock."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from server.core.clock import HERE
from server.core.text import fold
from server.core.words import Language, Words


class Level(StrEnum):
    """How loudly somebody is told: not at all, in the inbox, or on the lock screen too. From quiet to loud."""

    OFF = "off"
    INBOX = "inbox"
    RING = "ring"


class Channel(StrEnum):
    """Another way to somebody whom no device can be rung for."""

    SMS = "sms"
    ZALO = "zalo"
    EMAIL = "email"


class Topic(StrEnum):
    """What a resident may be told about. What is `firm` has legal effect, costs money or
    warns of a danger: the inbox always has it."""

    DUTIES = "duties"
    RESULTS = "results"
    DATES = "dates"
    STEPS = "steps"
    ACCOUNT = "account"
    NEWS = "news"
    WARNINGS = "warnings"
    REPORTS = "reports"

    @property
    def firm(self) -> bool:
        return self in _FIRM


_FIRM = {Topic.DUTIES, Topic.RESULTS, Topic.DATES, Topic.ACCOUNT, Topic.WARNINGS}


class Told(msgspec.Struct, frozen=True):
    """What an entry says, in three languages, and the screen it leads to."""

    title: Words
    body: Words
    path: str

    def fits(self, words: str, language: Language) -> bool:
        """Whether every one of these words begins one of ours, accents aside; Khmer has no spaces, so anywhere."""
        text = f" {fold(self.title.for_(language))} {fold(self.body.for_(language))}"
        return all(f" {word}" in text or (not word.isascii() and word in text) for word in fold(words).split())


class Quiet(NamedTuple):
    """From when until when a phone is left alone, by the clock here; over midnight when it ends before it begins."""

    since: time
    until: time

    @property
    def length(self) -> timedelta:
        since, until = (timedelta(hours=it.hour, minutes=it.minute, seconds=it.second) for it in self)
        return (until - since) % timedelta(days=1)

    def ends(self, now: datetime) -> datetime | None:
        """The end of the quiet time this instant lies in; None when it lies in none."""
        here = now.astimezone(HERE)
        for day in (here.date() - timedelta(days=1), here.date()):
            begins = datetime.combine(day, self.since, HERE)
            ends = datetime.combine(day, self.until, HERE)
            if self.until <= self.since:
                ends += timedelta(days=1)
            if begins <= here < ends:
                return ends
        return None


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody chose, or what stands until they do: everything rings, and the lock screen names nothing.

    `topics`, `fields`: a Level by topic, and by field of the procedure. `version` 0: nothing was chosen yet.
    """

    private: bool = True
    quiet: Quiet | None = None
    topics: dict[str, Any] = {}
    fields: dict[str, Any] = {}
    channels: list[str] = []
    version: int = 0


def level_of(topic: Topic, field: str, topics: Mapping[str, str], fields: Mapping[str, str]) -> Level:
    """How loudly, by what somebody chose for the topic and for the field of the procedure: the quieter one counts.

    Nothing chosen is the loudest. What is firm is never quieter than the inbox.
    """
    chosen = (topics.get(topic, Level.RING), fields.get(field, Level.RING))
    quieter = min((Level(word) for word in chosen), key=list(Level).index)
    return Level.INBOX if topic.firm and quieter is Level.OFF else quieter
