"""News as the public reads it: every reply encoded once. What is not out is not in here, and so cannot leak."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, Text, cast, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.core.paging import page
from server.core.problems import Unavailable
from server.core.snapshot import Snapshot, pack
from server.core.text import fold
from server.core.words import LANGUAGES, Language, Words
from server.modules.news.models import Article
from server.modules.news.rules.article_feeds import (
    ArticleEntry,
    ArticleFeed,
    Enclosure,
    atom_of_articles,
    json_of_articles,
)
from server.modules.news.rules.content import Category
from server.modules.news.rules.markdown import html_of, plain
from server.modules.news.schemas.articles import (
    PUBLIC_FILES,
    Dates,
    LatestArticles,
    Published,
    TopicLink,
    files_in,
    language_for,
    reply_of,
    summary_of,
)
from server.modules.news.service.alert_board import Board
from server.modules.news.service.alert_board import load as load_alerts
from server.modules.news.service.alerts import SNAPSHOT as ALERTS
from server.modules.news.service.articles import SNAPSHOT
from server.modules.news.service.refusals import ArticleExpired, ArticleNotFound, ArticleWithdrawn

NEWEST = 50
"""So many are kept for reading without a line, and stand in a feed."""

_BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
_TITLE = Words("Tin tức và thông báo", "News and announcements", "ព័ត៌មាន និងសេចក្តីជូនដំណឹង")
_COLUMNS = (
    Article.id,
    cast(Article.public, Text).label("public"),
    Article.published_at,
    Article.corrected_at,
    Article.withdrawn_at,
    Article.withdrawn_reason,
    Article.expired_at,
)


async def load(connection: AsyncConnection) -> list[Any]:
    out = select(*_COLUMNS).where(Article.public.is_not(None), Article.published_at.is_not(None))
    newest = out.order_by(Article.published_at.desc(), Article.id.desc())
    return list((await connection.execute(newest)).all())


class _Gone(msgspec.Struct, frozen=True):
    """One that was out: when that ended, and why; no reason when its time was over."""

    at: datetime
    reason: str | None


class _Item(msgspec.Struct, frozen=True):
    """One that is out, as far as it is found by."""

    communes: frozenset[str]
    topics: frozenset[str]
    category: Category
    words: str


class Stand:
    """All that is out, ready to be sent and to be found."""

    def __init__(self, rows: Sequence[Row[Any]]) -> None:
        self._items: dict[str, _Item] = {}
        self._summaries: dict[tuple[str, Language], bytes] = {}
        self._pages: dict[tuple[str, Language], bytes] = {}
        self._rows: dict[str, tuple[Published, Dates]] = {}
        self._topics: dict[str, Words] = {}
        self._gone: dict[str, _Gone] = {}
        self.files: set[str] = set()
        """What may be fetched by anybody: the files of what is out, and no others."""
        for row in rows:
            if row.withdrawn_at or row.expired_at:
                reason = row.withdrawn_reason if row.withdrawn_at else None
                self._gone[str(row.id)] = _Gone(row.withdrawn_at or row.expired_at, reason)
            else:
                self._add(row)
        self._latest = {language: self._pack_latest(language) for language in LANGUAGES}

    def _add(self, row: Row[Any]) -> None:
        key, of = str(row.id), msgspec.json.decode(row.public, type=Published)
        dates = Dates(row.published_at, row.corrected_at)
        for language in LANGUAGES:
            self._summaries[key, language] = msgspec.json.encode(summary_of(row.id, of, dates, language))
            self._pages[key, language] = pack(msgspec.json.encode(reply_of(row.id, of, dates, language)))
        said = " ".join(f"{it.title} {it.summary} {plain(it.pieces)}" for it in of.texts.values())
        self.files |= files_in(of)
        self._rows[key] = of, dates
        self._topics |= {it.code: it.words for it in of.topics}
        self._items[key] = _Item(
            communes=frozenset(it.code for it in of.communes),
            topics=frozenset(it.code for it in of.topics),
            category=of.category,
            words=f" {fold(said)}",
        )

    def article(self, article_id: UUID, language: Language) -> bytes:
        """One as JSON, packed. Raises ArticleNotFound, ArticleWithdrawn, ArticleExpired."""
        if found := self._pages.get((str(article_id), language)):
            return found
        gone = self._gone.get(str(article_id))
        if gone is None:
            raise ArticleNotFound
        raise ArticleWithdrawn(gone.at, gone.reason) if gone.reason else ArticleExpired(gone.at)

    def list(
        self,
        *,
        commune: str | None,
        topic: str | None,
        category: Category | None,
        q: str,
        limit: int,
        cursor: str | None,
        language: Language,
    ) -> bytes:
        """One page as JSON. Raises CursorRefused."""
        shown, following = page(self._found(commune, topic, category, q), limit, cursor)
        items = b",".join(self._summaries[key, language] for key in shown)
        topics = [TopicLink(code, words.for_(language)) for code, words in sorted(self._topics.items())]
        encode = msgspec.json.encode
        return b'{"items":[%s],"next_cursor":%s,"topics":%s}' % (items, encode(following), encode(topics))

    def _found(self, commune: str | None, topic: str | None, category: Category | None, q: str) -> Sequence[str]:
        words = fold(q).split()
        return [
            key
            for key, it in self._items.items()
            if (commune is None or not it.communes or commune in it.communes)
            and (topic is None or topic in it.topics)
            and (category is None or category is it.category)
            # Khmer writes no spaces: its words may stand anywhere.
            and all(f" {word}" in it.words or (not word.isascii() and word in it.words) for word in words)
        ]

    def latest(self, language: Language) -> bytes:
        """The newest, whole, as JSON, packed."""
        return self._latest[language]

    def _pack_latest(self, language: Language) -> bytes:
        newest = islice(self._rows.items(), NEWEST)
        items = [reply_of(UUID(key), of, dates, language) for key, (of, dates) in newest]
        return pack(msgspec.json.encode(LatestArticles(items=items)), level=9)

    def feed(
        self, kind: str, origin: str, address: str, commune: str | None, topic: str | None, language: Language
    ) -> bytes:
        """`kind`: atom or json. `address`: the feed's own, with what was asked for."""
        found = self._found(commune, topic, None, "")[:NEWEST]
        entries = [_entry(key, *self._rows[key], origin, language) for key in found]
        feed = ArticleFeed(
            title=_TITLE.for_(language),
            url=f"{origin}{address}",
            home=f"{origin}/news",
            language=language,
            updated=max((it.updated for it in entries), default=_BEGUN),
            entries=entries,
        )
        return json_of_articles(feed) if kind == "json" else atom_of_articles(feed)


def _entry(key: str, of: Published, dates: Dates, origin: str, wished: Language) -> ArticleEntry:
    language = language_for(of.texts, wished)
    text = of.texts[language]

    def file(name: str) -> str:
        return f"{origin}{PUBLIC_FILES}/{name}"

    return ArticleEntry(
        page=f"{origin}/news/{key}",
        language=language,
        title=text.title,
        summary=text.summary,
        html=html_of(text.pieces, origin, file),
        author=of.source,
        published=dates.published_at,
        updated=dates.corrected_at or dates.published_at,
        topics=[(it.code, it.words.for_(wished)) for it in of.topics],
        enclosures=[Enclosure(file(it.file), it.media_type, it.size, it.title) for it in of.documents],
    )


news_snapshot = Snapshot(SNAPSHOT, load, Stand)
alerts_snapshot = Snapshot(ALERTS, load_alerts, Board)


def alerts_now() -> bytes | None:
    """`AlertsNow` for every page to bring along; None while nothing is to be said."""
    with suppress(Unavailable):
        board = alerts_snapshot.value
        return None if board.quiet else board.now
    return None
