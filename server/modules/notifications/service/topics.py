"""What residents may follow: `data/topics.json`, the one place where an operator changes the list."""

from functools import lru_cache
from pathlib import Path

import msgspec

from server.core.data import read_data
from server.core.settings import Settings
from server.core.words import Words


class _Topic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    vi: str
    en: str
    km: str


def topics_of(settings: Settings) -> dict[str, Words]:
    """The names by code, in the order in which they are offered. A code that is taken away is followed by nobody."""
    return _read(settings.data)


@lru_cache(4)
def _read(folder: Path) -> dict[str, Words]:
    return {it.code: Words(it.vi, it.en, it.km) for it in read_data(folder, "topics.json", list[_Topic])}
