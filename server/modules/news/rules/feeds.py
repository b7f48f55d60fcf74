"""Warnings as other programs read them: Atom (RFC 4287), with CAP inside or without, and JSON Feed 1.1."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import msgspec

from server.core.text import for_xml
from server.modules.news.rules import cap

ATOM = "http://www.w3.org/2005/Atom"
ET.register_namespace("", ATOM)
ET.register_namespace("cap", cap.NAMESPACE)


class Entry(NamedTuple):
    """One message in one of its languages. `cap`: the message whole, as it was sent."""

    identifier: str
    language: str
    title: str
    text: str
    page: str
    cap_url: str
    published: datetime
    updated: datetime
    category: str
    label: str
    cap: str


class Feed(NamedTuple):
    title: str
    author: str
    url: str
    home: str
    language: str
    updated: datetime
    entries: Sequence[Entry]


def atom_of(feed: Feed, *, whole: bool) -> bytes:
    """`whole`: each entry holds its CAP message; otherwise its text for people."""
    root = ET.Element(tag("feed"), {"{http://www.w3.org/XML/1998/namespace}lang": feed.language})
    put(root, "id", feed.url)
    put(root, "title", feed.title)
    put(root, "updated", feed.updated.isoformat())
    put(ET.SubElement(root, tag("author")), "name", feed.author)
    link(root, rel="self", href=feed.url, type="application/atom+xml")
    link(root, rel="alternate", href=feed.home, type="text/html")
    for it in feed.entries:
        entry = ET.SubElement(root, tag("entry"))
        put(entry, "id", it.cap_url)
        put(entry, "title", it.title)
        put(entry, "published", it.published.isoformat())
        put(entry, "updated", it.updated.isoformat())
        category(entry, it.category, it.label)
        link(entry, rel="alternate", href=it.page, type="text/html")
        link(entry, rel="enclosure" if not whole else "related", href=it.cap_url, type=cap.MEDIA_TYPE)
        if whole:
            put(entry, "summary", it.title)
            inside = ET.SubElement(entry, tag("content"), {"type": cap.MEDIA_TYPE})
            inside.append(ET.fromstring(for_xml(it.cap)))  # noqa: S314 (written by ourselves)
        else:
            put(entry, "content", it.text)
    written: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def json_of(feed: Feed) -> bytes:
    items: list[dict[str, Any]] = [
        {
            "id": it.cap_url,
            "url": it.page,
            "title": it.title,
            "content_text": it.text,
            "date_published": it.published.isoformat(),
            "date_modified": it.updated.isoformat(),
            "tags": [it.category],
            "language": it.language,
            "attachments": [{"url": it.cap_url, "mime_type": cap.MEDIA_TYPE}],
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
            "authors": [{"name": feed.author}],
            "items": items,
        }
    )


def tag(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def put(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, tag(name)).text = for_xml(text)


def link(parent: ET.Element, **attributes: str) -> None:
    ET.SubElement(parent, tag("link"), {name: for_xml(value) for name, value in attributes.items()})


def category(parent: ET.Element, term: str, label: str) -> None:
    ET.SubElement(parent, tag("category"), {"term": for_xml(term), "label": for_xml(label)})
