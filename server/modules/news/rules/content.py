"""What an article says, in up to three languages, and when that is enough to be let out."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from server.modules.news.rules.markdown import pictures_in

LONGEST_BODY = 40_000
"""Characters of one language: about 25 pages."""


class Category(StrEnum):
    """What kind of thing an article is."""

    ANNOUNCEMENT = "announcement"
    NEWS = "news"
    EVENT = "event"
    GUIDE = "guide"


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
    topics: list[str]
    pace: int | None


class Content(msgspec.Struct, frozen=True):
    """All of it. No communes: the whole province. `starts_at`, `ends_at`: of what happens; `expires_at`: of reading."""

    vi: Text
    en: Text | None
    km: Text | None
    category: Category
    topics: list[str]
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


def lacks_of(content: Content, now: datetime, known: "Known") -> list[Lack]:
    """What must be put right before somebody else is asked to let it out. Empty: nothing."""
    found: list[Lack] = []
    for language in ("vi", "en", "km"):
        text: Text | None = getattr(content, language)
        if text is None:
            continue
        for field in ("title", "body"):
            if not getattr(text, field).strip():
                found.append(Lack(f"{language}.{field}", "missing"))
        shown = pictures_in(text.body)
        if not all(it.text.strip() for it in shown):
            found.append(Lack(f"{language}.body", "no-alt"))
        if any(it.href not in known.files for it in shown):
            found.append(Lack(f"{language}.body", "no-picture"))
    if not content.source.strip():
        found.append(Lack("source", "missing"))
    if content.starts_at and content.ends_at and content.ends_at <= content.starts_at:
        found.append(Lack("ends_at", "before-start"))
    if content.expires_at and content.expires_at <= now:
        found.append(Lack("expires_at", "past"))
    if content.cover and not content.cover.alt.strip():
        found.append(Lack("cover", "no-alt"))
    if content.cover and content.cover.file not in known.files:
        found.append(Lack("cover", "no-picture"))
    if any(not it.title.strip() for it in content.attachments):
        found.append(Lack("attachments", "missing"))
    if any(it.file not in known.files for it in content.attachments):
        found.append(Lack("attachments", "no-file"))
    for field, codes in (("communes", content.communes), ("sending", content.sending.communes)):
        if any(code not in known.communes for code in codes):
            found.append(Lack(field, "gone"))
    for field, codes in (("topics", content.topics), ("sending", content.sending.topics)):
        if any(code not in known.topics for code in codes):
            found.append(Lack(field, "gone"))
    if any(code not in known.procedures for code in content.procedures):
        found.append(Lack("procedures", "gone"))
    return found


class Known(NamedTuple):
    """What there is of all that an article names."""

    communes: Collection[str]
    topics: Collection[str]
    procedures: Collection[str]
    files: Collection[str]


def files_of(content: Content) -> set[str]:
    """Every file it shows or hands out, by name."""
    texts = [text for text in (content.vi, content.en, content.km) if text]
    shown = {it.href for text in texts for it in pictures_in(text.body)}
    cover = {content.cover.file} if content.cover else set()
    return shown | cover | {it.file for it in content.attachments}
