"""What a screen will say, written into the page before its program has come: read at once on a slow phone, by whoever
has no JavaScript, and by what shows a link that somebody shares. And what its program would ask first of all.
"""

import html
import re
from functools import lru_cache

import msgspec

from server.core.snapshot import pack

_PLACES = re.compile(
    r'(?P<title>(?<=<title>))|(?P<meta><meta name="description" content="[^"]*">)|(?P<hint><p class="hint">.*?</p>)',
    re.DOTALL,
)
"""In `pwa/index.html`."""


class Preview(msgspec.Struct, frozen=True):
    """In Vietnamese, as the page is; the program draws the screen in the reader's language.

    `told`: JSON, and the id under which the program finds it.
    """

    title: str = ""
    text: str = ""
    told: tuple[tuple[str, bytes], ...] = ()


@lru_cache(256)
def previewed(shell: bytes, preview: Preview) -> tuple[bytes, bytes]:
    """The shell with it, plain and packed (gzip); without a title or a text the shell's own stays."""
    title, text = html.escape(preview.title), html.escape(preview.text)
    told = "".join(f'<script type="application/json" id="{name}">{_safe(json)}</script>' for name, json in preview.told)
    written = {
        "title": (f"{title} – " if title else "", ""),
        "meta": (
            told + (f'<meta property="og:title" content="{title}">' if title else ""),
            f'<meta property="og:description" content="{text}"><meta name="description" content="{text}">',
        ),
        "hint": (f"<h1>{title}</h1>" if title else "", f"<p>{text}</p>"),
    }

    def fill(found: re.Match[str]) -> str:
        said, described = written[found.lastgroup or ""]
        return said + (described if text else found[0])

    body = _PLACES.sub(fill, shell.decode()).encode()
    return body, pack(body)


def _safe(json: bytes) -> str:
    """Nothing in it ends the element."""
    return json.decode().replace("<", r"\u003c")
