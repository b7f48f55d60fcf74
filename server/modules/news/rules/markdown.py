"""Markdown as staff write it, made into pieces that a screen can draw without ever reading HTML.

HTML in the text is text. What CommonMark makes of it is cleaned once more (nh3), and only then taken apart: a screen
that draws pieces has nothing to be injected into.
"""

import html
import re
from collections.abc import Callable
from functools import cache, lru_cache
from html.parser import HTMLParser
from typing import Any

import msgspec

from server.core.text import for_xml

_BLOCKS = (
    "p",
    "h2",
    "h3",
    "h4",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "hr",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
)
_TAGS = frozenset({*_BLOCKS, "strong", "em", "s", "a", "img", "code", "br"})
_VOID = frozenset({"img", "hr", "br"})
_LINKS = re.compile(r"(https?://[^\s/]|mailto:|tel:|/(?!/))", re.IGNORECASE)
PICTURE_NAME = re.compile(r"[0-9a-f]{32}-[0-9]{1,5}x[0-9]{1,5}\.webp")


class Piece(msgspec.Struct, frozen=True):
    """An element begins (`tag`), ends (`/`), or there is text (no `tag`). `href`: of a link, or a picture's name; a
    picture's `text` is what it shows."""

    tag: str
    text: str
    href: str


@cache
def _parser() -> Any:
    from markdown_it import MarkdownIt  # only where somebody writes: half a megabyte

    class Markdown(MarkdownIt):
        def validateLink(self, url: str) -> bool:
            return bool(_LINKS.match(url) or PICTURE_NAME.fullmatch(url))

    return Markdown("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])


def pieces_of(text: str) -> list[Piece]:
    """The text taken apart. A picture that is none of ours leaves its words."""
    import nh3

    made: str = _parser().render(text)
    # The title of the screen is its only first heading.
    made = made.replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    safe = nh3.clean(
        made,
        tags=set(_TAGS),
        attributes={"a": {"href"}, "img": {"src", "alt"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    reader = _Reader()
    # A reference such as `&#12;` brings in what nobody can type.
    reader.feed(for_xml(safe))
    reader.close()
    return reader.pieces


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[Piece] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in _TAGS:
            return
        if tag == "img":
            name = given.get("src", "")
            known = PICTURE_NAME.fullmatch(name)
            self.pieces.append(Piece("img" if known else "", given.get("alt", ""), name if known else ""))
            return
        href = given.get("href", "")
        self.pieces.append(Piece(tag, "", href if _LINKS.match(href) else ""))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()
            self.pieces.append(Piece("/", "", ""))

    def handle_data(self, data: str) -> None:
        # Between blocks there is only the end of a line.
        if data.strip() or (self._open and self._open[-1] not in ("ul", "ol", "table", "thead", "tbody", "tr")):
            self.pieces.append(Piece("", data, ""))


def html_of(pieces: list[Piece], origin: str, picture: Callable[[str], str]) -> str:
    """The pieces as HTML, for feeds: addresses are whole. `picture` gives that of a stored picture."""
    said: list[str] = []
    open_: list[str] = []
    for piece in pieces:
        if piece.tag == "":
            said.append(html.escape(piece.text))
        elif piece.tag == "/":
            said.append(f"</{open_.pop()}>")
        elif piece.tag == "img":
            said.append(f'<img src="{html.escape(picture(piece.href))}" alt="{html.escape(piece.text)}">')
        else:
            where = f"{origin}{piece.href}" if piece.href.startswith("/") else piece.href
            href = f' href="{html.escape(where)}"' if where else ""
            said.append(f"<{piece.tag}{href}>")
            if piece.tag not in _VOID:
                open_.append(piece.tag)
    return "".join(said)


def plain(pieces: list[Piece]) -> str:
    """The words alone, for searching and for reading out."""
    said = (" " if piece.tag in ("p", "li", "br", "td", "h2", "h3", "h4") else piece.text for piece in pieces)
    return " ".join("".join(said).split())


@lru_cache(16)  # asked twice of every text that is saved
def pictures_in(text: str) -> tuple[Piece, ...]:
    """The pictures a text shows, however that is written."""
    return tuple(it for it in pieces_of(text) if it.tag == "img") if "![" in text else ()
