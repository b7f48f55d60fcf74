"""What a screen will say, written into the page before its program has come: read at once on a slow phone, by whoever
has no JavaScript, and by what shows a link that somebody shares.
"""

import html
import re
from functools import lru_cache

import msgspec

from server.core.snapshot import pack

_PLACES = re.compile(
    r'(?P<title><title>)|(?P<meta><meta name="description" content="[^"]*">)|(?P<hint><p class="hint">.*?</p>)',
    re.DOTALL,
)
"""In `pwa/index.html`."""


class Preview(msgspec.Struct, frozen=True):
    """In Vietnamese, as the page is; the program draws the screen in the reader's language."""

    title: str
    text: str


@lru_cache(256)
def previewed(shell: bytes, preview: Preview) -> tuple[bytes, bytes]:
    """The shell with it, plain and packed (gzip)."""
    title, text = html.escape(preview.title), html.escape(preview.text)
    written = {
        "title": f"<title>{title} – ",
        "meta": f'<meta property="og:title" content="{title}"><meta property="og:description" content="{text}">'
        f'<meta name="description" content="{text}">',
        "hint": f"<h1>{title}</h1><p>{text}</p>",
    }
    body = _PLACES.sub(lambda found: written[found.lastgroup or ""], shell.decode()).encode()
    return body, pack(body)
