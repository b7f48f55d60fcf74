"""What somebody reports: whether it says anything, and whether it belongs elsewhere by law."""

import re
from enum import StrEnum
from unicodedata import normalize

from server.core.text import fold

LONGEST = 4_000
"""Characters of a report; two pages."""

MOST_PHOTOS = 5

NEAR_M = 250
"""So near may a report of the same kind be the same thing (as FixMyStreet does)."""

FAR_M = 20_000
"""Farther away nobody goes to look at a report: it is not near."""

PHOTO_DAYS = 14
"""So long after a report its photos may still come: a phone may be without a line for days."""

REOPEN_DAYS = 14
"""So long after it was closed a report may be opened again by whoever follows it."""


STILL_AFTER_DAYS = 28
"""So long after it was fixed its people are asked whether it still is (as FixMyStreet does)."""


class Disclosure(StrEnum):
    """Who may learn the reporter's name: nobody, the hub alone, or also the body that handles the report."""

    NOBODY = "nobody"
    HUB = "hub"
    HANDLER = "handler"


class Elsewhere(StrEnum):
    """What field reports are not for; each has a channel and a law of its own."""

    PROCEDURE = "procedure"
    COMPLAINT = "complaint"


# What people write when they mean one of these; pwa/src/modules/feedback/write/elsewhere.ts has the same. Without
# accents the words are others, too: "cây to cao" is a tall tree.
_WORDS: dict[Elsewhere, tuple[re.Pattern[str], re.Pattern[str]]] = {
    Elsewhere.COMPLAINT: (
        re.compile("khiếu nại|tố cáo|khiếu kiện|quyết định xử phạt|tham nhũng|hối lộ|ប្តឹង|បរិហារ|denunciation|bribe"),
        re.compile(r"\b(khieu nai|khieu kien|tham nhung|hoi lo|to cao (ong|ba|can bo|hanh vi|nguoi))\b"),
    ),
    Elsewhere.PROCEDURE: (
        re.compile(
            "thủ tục hành chính|tthc|hồ sơ của tôi|nộp hồ sơ|trễ hẹn|tiếp nhận hồ sơ|giải quyết hồ sơ|dịch vụ công"
            "|bộ phận một cửa|cán bộ một cửa|នីតិវិធីរដ្ឋបាល|សំណុំឯកសាររបស់ខ្ញុំ|my dossier|my application|one-stop"
        ),
        re.compile(
            r"\b(thu tuc hanh chinh|ho so cua toi|nop ho so|tiep nhan ho so|giai quyet ho so|dich vu cong"
            r"|bo phan mot cua|can bo mot cua)\b"
        ),
    ),
}


def elsewhere(text: str) -> Elsewhere | None:
    """Where this probably belongs. A guess, which only ever leads to a question."""
    said, folded = normalize("NFC", text).lower(), fold(text)
    bare = all(it.isascii() for it in said if it.isalpha())
    for where, (with_accents, without) in _WORDS.items():
        if with_accents.search(said) or (bare and without.search(folded)):
            return where
    return None


def says_something(text: str, photos: int) -> bool:
    """Three letters, or a photo: a row of smileys alone tells nobody what is broken."""
    return photos > 0 or sum(letter.isalpha() for letter in text) >= 3


_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def code_of(day: str, number: int) -> str:
    """What a report is called on the telephone: `PA-261126-7K2M9QX`; without letters that look alike."""
    letters = ""
    for _ in range(7):
        number, rest = divmod(number, len(_ALPHABET))
        letters += _ALPHABET[rest]
    return f"PA-{day}-{letters}"


def shortened(text: str, most: int) -> str:
    """How it begins, in `most` characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def rounded(lat: float, lon: float) -> tuple[float, float]:
    """A place as the public sees it: to about 110 m, so that no house is pointed at."""
    return round(lat, 3), round(lon, 3)
