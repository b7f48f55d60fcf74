"""Articles as residents read them: what is kept of one that is out, and what is sent."""

from datetime import datetime
from uuid import UUID

import msgspec

from server.core.wire import Reply
from server.core.words import LANGUAGES, Language, Words
from server.modules.news.rules.content import Category
from server.modules.news.rules.markdown import Piece


class Place(msgspec.Struct, frozen=True):
    """A commune or ward, by the name it had when the article went out."""

    code: str
    name: str


class Named(msgspec.Struct, frozen=True):
    """A topic, by the names it had when the article went out."""

    code: str
    words: Words


class TopicLink(msgspec.Struct, frozen=True):
    code: str
    name: str


class ProcedureLink(msgspec.Struct, frozen=True):
    code: str
    title: str


class Document(msgspec.Struct, frozen=True):
    """Something to take along; `size` in bytes."""

    file: str
    title: str
    media_type: str
    size: int


class Cover(msgspec.Struct, frozen=True):
    file: str
    alt: str


class Said(msgspec.Struct, frozen=True):
    """One language of an article that is out."""

    title: str
    summary: str
    pieces: list[Piece]


class Published(msgspec.Struct, frozen=True):
    """What is kept of an article that is out: all that is shown, so that showing it asks nobody."""

    texts: dict[str, Said]
    category: Category
    topics: list[Named]
    communes: list[Place]
    source: str
    source_link: str
    starts_at: datetime | None
    ends_at: datetime | None
    expires_at: datetime | None
    cover: Cover | None
    documents: list[Document]
    procedures: list[ProcedureLink]
    correction: str | None = None


def files_in(of: Published) -> set[str]:
    """Every file it shows or hands out, by name."""
    shown = {piece.href for text in of.texts.values() for piece in text.pieces if piece.tag == "img"}
    cover = {of.cover.file} if of.cover else set()
    return shown | cover | {it.file for it in of.documents}


class ArticleSummary(Reply):
    """One of a list. `lang`: which language this is; Vietnamese where the asked one was not written."""

    id: UUID
    lang: Language
    title: str
    summary: str
    category: Category
    topics: list[TopicLink]
    communes: list[Place]
    cover: Cover | None
    starts_at: datetime | None
    ends_at: datetime | None
    published_at: datetime
    corrected_at: datetime | None


class ArticlePage(Reply):
    """`topics`: all that anything is out about, in the caller's language."""

    items: list[ArticleSummary]
    next_cursor: str | None
    topics: list[TopicLink]


class ArticleReply(Reply):
    """One article, whole. `pieces` are elements and texts in their order (`Piece`); `langs` it can be read in.

    `files`: where its pictures and documents are; a preview has another place than what is out.
    """

    id: UUID
    lang: Language
    langs: list[Language]
    title: str
    summary: str
    pieces: list[Piece]
    category: Category
    topics: list[TopicLink]
    communes: list[Place]
    source: str
    source_link: str
    starts_at: datetime | None
    ends_at: datetime | None
    expires_at: datetime | None
    cover: Cover | None
    documents: list[Document]
    procedures: list[ProcedureLink]
    published_at: datetime
    corrected_at: datetime | None
    correction: str | None
    files: str


class LatestArticles(Reply):
    """The newest ones whole, to be read where there is no line."""

    items: list[ArticleReply]


PUBLIC_FILES = "/api/news/files"
DESK_FILES = "/api/news/desk/files"


class Dates(msgspec.Struct, frozen=True):
    """When an article went out, and when it was last corrected."""

    published_at: datetime
    corrected_at: datetime | None


def language_for(texts: dict[str, Said], wished: Language) -> Language:
    return wished if wished in texts else "vi"


def summary_of(article_id: UUID, of: Published, dates: Dates, wished: Language) -> ArticleSummary:
    lang = language_for(of.texts, wished)
    text = of.texts[lang]
    return ArticleSummary(
        id=article_id,
        lang=lang,
        title=text.title,
        summary=text.summary,
        category=of.category,
        topics=[TopicLink(it.code, it.words.for_(wished)) for it in of.topics],
        communes=of.communes,
        cover=of.cover,
        starts_at=of.starts_at,
        ends_at=of.ends_at,
        published_at=dates.published_at,
        corrected_at=dates.corrected_at,
    )


def reply_of(
    article_id: UUID, of: Published, dates: Dates, wished: Language, files: str = PUBLIC_FILES
) -> ArticleReply:
    lang = language_for(of.texts, wished)
    text = of.texts[lang]
    langs = [it for it in LANGUAGES if it in of.texts]
    return ArticleReply(
        id=article_id,
        lang=lang,
        langs=langs,
        title=text.title,
        summary=text.summary,
        pieces=text.pieces,
        category=of.category,
        topics=[TopicLink(it.code, it.words.for_(wished)) for it in of.topics],
        communes=of.communes,
        source=of.source,
        source_link=of.source_link,
        starts_at=of.starts_at,
        ends_at=of.ends_at,
        expires_at=of.expires_at,
        cover=of.cover,
        documents=of.documents,
        procedures=of.procedures,
        published_at=dates.published_at,
        corrected_at=dates.corrected_at,
        correction=of.correction,
        files=files,
    )
