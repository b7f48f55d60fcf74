"""How long a session lasts, and what a device is called. Times from security.md 3.1 (TCVN 14423:2026, 5.5.2.2)."""

import re
from datetime import datetime, timedelta
from typing import NamedTuple

ADMINISTER = "identity:administer"
"""Whoever may do this changes what others may: an administrator."""

RECOVER = "identity:recover"
"""Whoever may do this helps residents at a desk whose phone is lost."""


class Life(NamedTuple):
    idle: timedelta
    absolute: timedelta


OWN_DEVICE = Life(timedelta(days=30), timedelta(days=90))
SHARED_DEVICE = Life(timedelta(minutes=30), timedelta(hours=12))
STAFF = Life(timedelta(minutes=15), timedelta(hours=10))
ADMINISTRATOR = Life(timedelta(minutes=5), timedelta(hours=8))

SEEN_EVERY = timedelta(seconds=30)
"""A request is noted at most this often: noting each would be a write for every read."""


def life_of_resident(*, shared: bool) -> Life:
    return SHARED_DEVICE if shared else OWN_DEVICE


def life_of_staff(permissions: frozenset[str]) -> Life:
    return ADMINISTRATOR if ADMINISTER in permissions else STAFF


def ends_at(seen_at: datetime, idle: int, expires_at: datetime) -> datetime:
    """When a session ends unless it is used again."""
    return min(seen_at + timedelta(seconds=idle), expires_at)


_BROWSERS = [("Edg", "Edge"), ("SamsungBrowser", "Samsung Internet"), ("coc_coc", "Cốc Cốc"), ("OPR", "Opera")]
_BROWSERS += [("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome")]
_BROWSERS += [("Safari", "Safari")]
_SYSTEMS = [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows")]
_SYSTEMS += [("Mac OS X", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux")]


def device_of(user_agent: str) -> str:
    """A browser and a system, as a person would say it: "Chrome · Android". Empty when nothing is known."""
    found = []
    for names in (_BROWSERS, _SYSTEMS):
        found.append(next((said for mark, said in names if re.search(rf"\b{mark}", user_agent)), ""))
    return " · ".join(part for part in found if part)
