"""Pictures as phones need them: small, and with nothing in them but what they show."""

import io
from typing import NamedTuple

MOST_BYTES = 20 * 2**20
"""Of what is given: a photo of 50 megapixels has 15 MB."""

MOST_PIXELS = 60_000_000
MOST_SIDE = 16_000
WIDTHS = (480, 960, 1600)
"""A list on any phone; an article on most phones; an article on a sharp or a large screen."""

_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 78


class NotAPicture(Exception):
    """Neither JPEG, PNG nor WebP, or broken."""


class TooManyPixels(Exception):
    """More than can be looked at without harm. `width` and `height` as the file says, before anything is decoded."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height)
        self.width, self.height = width, height


class Fitted(NamedTuple):
    """The picture in some widths as WebP, the largest last; `height` is that one's."""

    by_width: dict[int, bytes]
    width: int
    height: int


def fit(content: bytes) -> Fitted:
    """Decode, turn upright, drop all metadata, and make it small. Raises NotAPicture, TooManyPixels.

    The size stands in the first bytes: a picture that is too large is refused before a single pixel is made.
    """
    from PIL import Image, ImageOps  # only whoever gives a picture pays for it

    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as given:
            width, height = given.size
            if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE:
                raise TooManyPixels(width, height)
            given.draft("RGB", (WIDTHS[-1], WIDTHS[-1]))
            upright = ImageOps.exif_transpose(given)
            picture = upright.convert("RGBA" if _see_through(upright) else "RGB")
    except TooManyPixels:
        raise
    except Image.DecompressionBombError:
        raise TooManyPixels(0, 0) from None
    except Exception:  # Pillow raises whatever a broken file makes it stumble over
        raise NotAPicture from None
    by_width: dict[int, bytes] = {}
    height = 0
    for width in sorted({min(width, picture.width) for width in WIDTHS}):
        height = max(1, round(picture.height * width / picture.width))
        small = picture.resize((width, height), Image.Resampling.LANCZOS) if width < picture.width else picture
        out = io.BytesIO()
        small.save(out, "WEBP", quality=_QUALITY, method=4)
        by_width[width] = out.getvalue()
    return Fitted(by_width, max(by_width), height)


def _see_through(picture: object) -> bool:
    mode, info = getattr(picture, "mode", ""), getattr(picture, "info", {})
    return mode in ("RGBA", "LA", "PA") or (mode == "P" and "transparency" in info)


def is_pdf(content: bytes) -> bool:
    """By what it begins and ends with, whatever it is called."""
    return content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]


_SIGNS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG": "PNG", b"%PDF-": "PDF", b"PK\x03\x04": "ZIP", b"GIF8": "GIF"}


def looks_like(content: bytes) -> str:
    """A word for what a file is by its first bytes, for whoever called it something else."""
    begins = content[:512].lstrip().lower()
    if begins.startswith((b"<svg", b"<?xml")) or b"<svg" in begins:
        return "SVG"
    if begins.startswith((b"<!doctype", b"<html")):
        return "HTML"
    for sign, name in (
        (b"\xff\xd8\xff", "JPEG"),
        (b"\x89PNG", "PNG"),
        (b"%PDF-", "PDF"),
        (b"PK\x03\x04", "ZIP"),
        (b"GIF8", "GIF"),
    ):
        if content.startswith(sign):
            return name
    if content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        return "HEIC"
    return "WebP" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else ""
