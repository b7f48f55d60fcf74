"""Photos that somebody sends: looked at before they are decoded, then made anew with nothing but what they show."""

import asyncio
import io
from collections.abc import Callable, Sequence
from math import ceil, floor
from typing import TYPE_CHECKING, Annotated, NamedTuple

import msgspec

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MOST_PIXELS = 60_000_000
MOST_SIDE = 16_000
_FORMATS = ("JPEG", "PNG", "WEBP")
_JPEG_QUALITY, _WEBP_QUALITY = 80, 78

# Decoded, the largest picture takes 240 MB; two of them at once are too much for a small machine.
_one_at_a_time = asyncio.Semaphore(1)


class NotAPicture(Exception):
    """Neither JPEG, PNG nor WebP, or broken. `found`: what it looks like inside, empty for nothing known."""

    def __init__(self, found: str = "") -> None:
        super().__init__(found)
        self.found = found


class TooManyPixels(Exception):
    """More than can be decoded without harm: `width` and `height` as the file's first bytes say, before a single
    pixel is made; 0 when they say what cannot be.
    """

    def __init__(self, width: int = 0, height: int = 0) -> None:
        super().__init__(width, height)
        self.width, self.height = width, height


class Kept(NamedTuple):
    """A picture made anew."""

    content: bytes
    width: int
    height: int


class Area(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a picture, in hundredths of its sides from the upper left."""

    x: Annotated[float, msgspec.Meta(ge=0, le=100)]
    y: Annotated[float, msgspec.Meta(ge=0, le=100)]
    width: Annotated[float, msgspec.Meta(gt=0, le=100)]
    height: Annotated[float, msgspec.Meta(gt=0, le=100)]


async def made_anew(content: bytes, sides: Sequence[int]) -> list[Kept]:
    """The picture upright, without metadata, with its longer side at most each of `sides` (the largest first).

    Takes 0.2 s of one core for 12 megapixels, and 50 MB with the file: of JPEG only a fraction is decoded.
    Raises NotAPicture, TooManyPixels.
    """
    async with _one_at_a_time:
        return await asyncio.to_thread(_made_anew, content, sides)


def _made_anew(content: bytes, sides: Sequence[int], areas: Sequence[Area] = ()) -> list[Kept]:
    from PIL import Image

    picture = _upright(content, sides[0])
    for area in areas:
        _cover(picture, area)
    if picture.mode == "RGBA":  # what is seen through is seen on white
        white = Image.new("RGB", picture.size, "white")
        white.paste(picture, mask=picture.getchannel("A"))
        picture = white
    made = []
    for side in sides:
        picture.thumbnail((side, side), Image.Resampling.LANCZOS)
        made.append(_kept(picture, "JPEG", quality=_JPEG_QUALITY, progressive=True))
    return made


async def covered(content: bytes, areas: Sequence[Area], sides: Sequence[int]) -> list[Kept]:
    """The same as `made_anew`, with each area filled by its own average: of what is under it nothing can be guessed,
    as it can under a blur. Raises NotAPicture, TooManyPixels.
    """
    async with _one_at_a_time:
        return await asyncio.to_thread(_made_anew, content, sides, areas)


async def fitted(content: bytes, widths: Sequence[int]) -> list[Kept]:
    """The same as WebP, as wide as each of `widths` (the smallest first), but never wider than it was; what is seen
    through stays so. Raises NotAPicture, TooManyPixels.
    """
    async with _one_at_a_time:
        return await asyncio.to_thread(_fitted, content, widths)


def _fitted(content: bytes, widths: Sequence[int]) -> list[Kept]:
    from PIL import Image

    picture = _upright(content, widths[-1], min)
    made = []
    for width in sorted({min(width, picture.width) for width in widths}):
        size = width, max(1, round(picture.height * width / picture.width))
        made.append(_kept(picture.resize(size, Image.Resampling.LANCZOS), "WEBP", quality=_WEBP_QUALITY, method=4))
    return made


def _upright(content: bytes, size: int, side: Callable[[tuple[int, int]], int] = max) -> "Picture":
    """Decoded, no finer than `size` of the longer side (`min`: of the shorter one) asks where the format can do so;
    RGB, or RGBA where one sees through it.
    """
    from PIL import Image, ImageOps  # only whoever is given a picture pays for it

    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as given:
            if given.width * given.height > MOST_PIXELS or max(given.size) > MOST_SIDE:
                raise TooManyPixels(*given.size)
            share = size / side(given.size)
            # Not a square, or it would mind the shorter side always.
            given.draft("RGB", (ceil(given.width * share), ceil(given.height * share)))
            ImageOps.exif_transpose(given, in_place=True)
            see_through = given.mode in ("RGBA", "LA", "PA") or "transparency" in given.info
            mode = "RGBA" if see_through else "RGB"
            given.load()
            return given if given.mode == mode else given.convert(mode)
    except TooManyPixels:
        raise
    except Image.DecompressionBombError:
        raise TooManyPixels from None
    except Exception:  # Pillow raises whatever a broken file makes it stumble over
        raise NotAPicture(looks_like(content)) from None


def _cover(picture: "Picture", area: Area) -> None:
    from PIL import Image

    wide, high = picture.width / 100, picture.height / 100
    left, top = floor(area.x * wide), floor(area.y * high)
    right, bottom = ceil((area.x + area.width) * wide), ceil((area.y + area.height) * high)
    part = (left, top, min(right, picture.width), min(bottom, picture.height))
    if part[0] < part[2] and part[1] < part[3]:
        average = picture.crop(part).resize((1, 1), Image.Resampling.BOX)
        picture.paste(average.resize((part[2] - part[0], part[3] - part[1])), part)


def _kept(picture: "Picture", format: str, **how: int) -> Kept:
    from PIL import Image

    out = io.BytesIO()
    # Nothing is handed over but pixels: neither EXIF nor colour profile nor comment.
    Image.frombytes(picture.mode, picture.size, picture.tobytes()).save(out, format, **how)
    return Kept(out.getvalue(), *picture.size)


_SIGNS = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG", "PNG"),
    (b"GIF8", "GIF"),
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "ZIP"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"\x1aE\xdf\xa3", "video"),
)


def looks_like(content: bytes) -> str:
    """A word for what a file is by its first bytes; empty for nothing known."""
    begins = content[:512].lstrip().lower()
    if b"<svg" in begins or begins.startswith(b"<?xml"):
        return "SVG"
    if begins.startswith((b"<!doctype", b"<html")):
        return "HTML"
    if content[4:8] == b"ftyp":
        brand = content[8:12]
        return (
            "HEIC"
            if brand in (b"heic", b"heix", b"mif1", b"msf1", b"hevc")
            else "AVIF"
            if brand == b"avif"
            else "video"
        )
    if content[:4] == b"RIFF":
        return "WebP" if content[8:12] == b"WEBP" else "video"
    return next((name for sign, name in _SIGNS if content.startswith(sign)), "")
