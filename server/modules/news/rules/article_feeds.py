"""Articles as feed readers want them: Atom (RFC 4287) and JSON Feed 1.1, each entry whole."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import msgspec

from server.core.text import for_xml
from server.modules.news.rules.feeds import category, link, put, tag


class Enclosure(NamedTuple):
    url: str
    media_type: str
    size: int
    title: str


class ArticleEntry(NamedTuple):
    """One article in one language. `html` is made of its pieces, with whole addresses."""

    page: str
    language: str
    title: str
    summary: str
    html: str
    author: str
    published: datetime
    updated: datetime
    topics: Sequence[tuple[str, str]]
    enclosures: Sequence[Enclosure]


class ArticleFeed(NamedTuple):
    title: str
    url: str
    home: str
    language: str
    updated: datetime
    entries: Sequence[ArticleEntry]


def atom_of_articles(feed: ArticleFeed) -> bytes:
    root = ET.Element(tag("feed"), {"{http://www.w3.org/XML/1998/namespace}lang": feed.language})
    put(root, "id", feed.url)
    put(root, "title", feed.title)
    put(root, "updated", feed.updated.isoformat())
    link(root, rel="self", href=feed.url, type="application/atom+xml")
    link(root, rel="alternate", href=feed.home, type="text/html")
    for it in feed.entries:
        entry = ET.SubElement(root, tag("entry"), {"{http://www.w3.org/XML/1998/namespace}lang": it.language})
        put(entry, "id", it.page)
        put(entry, "title", it.title)
        put(entry, "published", it.published.isoformat())
        put(entry, "updated", it.updated.isoformat())
        put(ET.SubElement(entry, tag("author")), "name", it.author)
        link(entry, rel="alternate", href=it.page, type="text/html")
        for file in it.enclosures:
            link(entry, rel="enclosure", href=file.url, type=file.media_type, length=str(file.size), title=file.title)
        for term, label in it.topics:
            category(entry, term, label)
        put(entry, "summary", it.summary)
        content = ET.SubElement(entry, tag("content"), {"type": "html"})
        content.text = for_xml(it.html)
    written: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def json_of_articles(feed: ArticleFeed) -> bytes:
    items: list[dict[str, Any]] = [
        {
            "id": it.page,
            "url": it.page,
            "title": it.title,
            "summary": it.summary,
            "content_html": it.html,
            "date_published": it.published.isoformat(),
            "date_modified": it.updated.isoformat(),
            "authors": [{"name": it.author}],
            "tags": [label for _, label in it.topics],
            "language": it.language,
            "attachments": [
                {"url": file.url, "mime_type": file.media_type, "size_in_bytes": file.size, "title": file.title}
                for file in it.enclosures
            ],
        }
        for it in feed.entries
    ]
    return msgspec.json.encode(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": feed.title,
            "home_page_url": feed.home,
            "feed_url": feed.url,
            "language": feed.language,
            "items": items,
        }
    )
