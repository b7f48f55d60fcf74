"""Who is told what, how loudly, and when. No database, no clock."""

from datetime import datetime, time, timedelta
from enum import IntEnum, StrEnum
from typing import NamedTuple

import msgspec

from server.core.clock import HERE
from server.core.text import fold
from server.core.words import Language, Words


class Level(IntEnum):
    """How loudly somebody is told: not at all, in the inbox, or on the lock screen too."""

    OFF = 0
    INBOX = 1
    RING = 2


class Topic(StrEnum):
    """What a resident may be told about. What is `firm` has legal effect or costs money: the inbox always has it."""

    DUTIES = "duties"
    RESULTS = "results"
    DATES = "dates"
    STEPS = "steps"
    FAMILY = "family"
    ACCOUNT = "account"

    @property
    def firm(self) -> bool:
        return self in _FIRM


_FIRM = {Topic.DUTIES, Topic.RESULTS, Topic.DATES, Topic.ACCOUNT}


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


def level_of(topic: Topic, field: str, topics: dict[str, int], fields: dict[str, int]) -> Level:
    """How loudly, by what somebody chose for the topic and for the field of the procedure: the quieter one counts.

    Nothing chosen is the loudest. What is firm is never quieter than the inbox.
    """
    chosen = Level(min(topics.get(topic, Level.RING), fields.get(field, Level.RING) if field else Level.RING))
    return max(chosen, Level.INBOX) if topic.firm else chosen
