"""What an article says, in up to three languages, and when that is enough to be let out."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

LONGEST_BODY = 40_000
"""Characters of one language: about 25 pages."""


class Category(StrEnum):
    """What kind of thing an article is."""

    ANNOUNCEMENT = "announcement"
    NEWS = "news"
    EVENT = "event"
    GUIDE = "guide"


class Topic(StrEnum):
    """What an article is about, as a resident chooses what to hear of."""

    WEATHER = "weather"
    SALINITY = "salinity"
    FARMING = "farming"
    HEALTH = "health"
    SCHOOL = "school"
    OUTAGES = "outages"
    TRAFFIC = "traffic"
    SAFETY = "safety"
    SERVICES = "services"
    CULTURE = "culture"


class Channel(StrEnum):
    """How far an article goes, from quiet to loud: who looks finds it; the inbox has it; the phone rings."""

    FEED = "feed"
    INBOX = "inbox"
    PUSH = "push"


class Text(msgspec.Struct, frozen=True):
    """One language of it; `body` is Markdown (CommonMark with tables)."""

    title: str
    summary: str
    body: str


class Picture(msgspec.Struct, frozen=True):
    """`file` is the name of a stored picture; `alt` says in words what it shows."""

    file: str
    alt: str


class Attachment(msgspec.Struct, frozen=True):
    file: str
    title: str


class Sending(msgspec.Struct, frozen=True):
    """Whom it is told to. No communes: everyone; no topics: whatever they chose. `pace`: so many a minute."""

    channel: Channel
    communes: list[str]
    topics: list[Topic]
    pace: int | None


class Content(msgspec.Struct, frozen=True):
    """All of it. No communes: the whole province. `starts_at`, `ends_at`: of what happens; `expires_at`: of reading."""

    vi: Text
    en: Text | None
    km: Text | None
    category: Category
    topics: list[Topic]
    communes: list[str]
    source: str
    source_link: str
    starts_at: datetime | None
    ends_at: datetime | None
    expires_at: datetime | None
    cover: Picture | None
    attachments: list[Attachment]
    procedures: list[str]
    sending: Sending


EMPTY = Content(
    vi=Text("", "", ""),
    en=None,
    km=None,
    category=Category.ANNOUNCEMENT,
    topics=[],
    communes=[],
    source="",
    source_link="",
    starts_at=None,
    ends_at=None,
    expires_at=None,
    cover=None,
    attachments=[],
    procedures=[],
    sending=Sending(Channel.FEED, [], [], None),
)


class Lack(NamedTuple):
    """What is not right yet: the field's path (`en.title`), and why by a word the screens have sentences for."""

    field: str
    why: str


def lacks_of(content: Content, now: datetime) -> list[Lack]:
    """What must be put right before somebody else is asked to let it out. Empty: nothing."""
    found: list[Lack] = []
    for language in ("vi", "en", "km"):
        text = getattr(content, language)
        for field in ("title", "body") if text else ():
            if not getattr(text, field).strip():
                found.append(Lack(f"{language}.{field}", "missing"))
    if not content.source.strip():
        found.append(Lack("source", "missing"))
    if content.starts_at and content.ends_at and content.ends_at <= content.starts_at:
        found.append(Lack("ends_at", "before-start"))
    if content.expires_at and content.expires_at <= now:
        found.append(Lack("expires_at", "past"))
    if content.cover and not content.cover.alt.strip():
        found.append(Lack("cover.alt", "missing"))
    for at, attachment in enumerate(content.attachments):
        if not attachment.title.strip():
            found.append(Lack(f"attachments.{at}.title", "missing"))
    return found
