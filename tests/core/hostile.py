"""Sixty files that somebody might send as a photo, made here: none of them lies in the repository.

Each with what must become of it: `kept` (made anew, with nothing but what it shows), `no-picture`, `too-large`.
"""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Literal, NamedTuple

from PIL import Image

Fate = Literal["kept", "no-picture", "too-large"]
CANARY = b"<script>canary()</script>"
"""Goes into everything that can hold it, and must come out of nothing."""


class Hostile(NamedTuple):
    name: str
    content: bytes
    fate: Fate


def picture(kind: str = "JPEG", size: tuple[int, int] = (160, 120), mode: str = "RGB", **more: object) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(out, kind, **more)
    return out.getvalue()


def animated(kind: str, frames: int = 20) -> bytes:
    out = io.BytesIO()
    first, *others = [Image.new("RGB", (80, 60), (n * 5, 0, 0)) for n in range(frames)]
    first.save(out, kind, save_all=True, append_images=others, duration=50)
    return out.getvalue()


def chunk(name: bytes, content: bytes, *, crc: int | None = None) -> bytes:
    check = zlib.crc32(name + content) if crc is None else crc
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)


def png(width: int, height: int, *chunks: bytes, pixels: bytes = b"", depth: int = 8, color: int = 2) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    return b"".join(
        (b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header), *chunks, chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    )


def png_rows(width: int, height: int) -> bytes:
    return zlib.compress(b"".join(b"\0" + bytes(width * 3) for _ in range(height)))


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def with_segment(marker: int, content: bytes, of: bytes | None = None) -> bytes:
    """A JPEG with one more segment right after its beginning."""
    plain = of or picture()
    return plain[:2] + segment(marker, content) + plain[2:]


def jpeg_of(width: int, height: int) -> bytes:
    """A JPEG whose header says it is so large."""
    plain = picture()
    at = plain.index(b"\xff\xc0")
    return plain[: at + 5] + struct.pack(">HH", height, width) + plain[at + 9 :]


def webp_of(width: int, height: int) -> bytes:
    """A WebP whose canvas says so."""
    plain = animated("WEBP", 2)
    at = plain.index(b"VP8X") + 12
    return plain[:at] + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little") + plain[at + 6 :]


def tiff_of(entries: list[tuple[int, int, int, int]], behind: int = 0, tail: bytes = b"") -> bytes:
    """The inside of an EXIF segment: (tag, type, count, value or offset)."""
    body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + body + struct.pack("<I", behind) + tail


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


def isobmff(brand: bytes) -> bytes:
    return box(b"ftyp", brand + b"\0\0\0\0" + brand) + box(b"mdat", CANARY * 10)


def zipped(content: bytes = CANARY) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.html", content)
    return out.getvalue()


def corpus() -> Iterator[Hostile]:
    jpeg, plain_png, webp = picture(), picture("PNG"), picture("WEBP")
    exif = Image.Exif()
    exif[0x010F] = CANARY.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (9.0, 10.0, 30.0), 3: "E", 4: (105.0, 9.0, 0.0)})
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="canary()"><image href="file:///etc/passwd"/></svg>'

    # What is really a picture, with something else in or behind it: the picture alone is kept.
    yield Hostile("jpeg with a web page behind it", jpeg + CANARY, "kept")
    yield Hostile("jpeg with an archive behind it", jpeg + zipped(), "kept")
    yield Hostile("jpeg with a program behind it", jpeg + b"MZ" + CANARY * 100, "kept")
    yield Hostile("jpeg with a web page as comment", with_segment(0xFE, CANARY), "kept")
    yield Hostile("jpeg that begins like a script", with_segment(0xE0, b"/*" + CANARY + b"*/=1;"), "kept")
    yield Hostile("jpeg with place and maker", picture(exif=exif), "kept")
    yield Hostile("jpeg with XMP", with_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + CANARY), "kept")
    yield Hostile("jpeg with IPTC", with_segment(0xED, b"Photoshop 3.0\0" + CANARY), "kept")
    yield Hostile("jpeg with another picture as its thumbnail", with_segment(0xE1, b"Exif\0\0" + jpeg), "kept")
    yield Hostile("jpeg with a colour profile that is none", with_segment(0xE2, b"ICC_PROFILE\0\1\1" + CANARY), "kept")
    yield Hostile("jpeg in four colours", picture(mode="CMYK"), "kept")
    yield Hostile("jpeg in grey", picture(mode="L"), "kept")
    yield Hostile("jpeg of several pictures (MPO)", animated("MPO", 3), "kept")
    yield Hostile("png with a web page behind it", plain_png + CANARY, "kept")
    yield Hostile("png with words", png(16, 12, chunk(b"tEXt", b"Comment\0" + CANARY), pixels=png_rows(16, 12)), "kept")
    yield Hostile("png with EXIF", picture("PNG", exif=exif), "kept")
    yield Hostile("png that moves", animated("PNG"), "kept")
    yield Hostile("png that one sees through", picture("PNG", mode="RGBA"), "kept")
    yield Hostile("png of a palette", picture("PNG", mode="P"), "kept")
    yield Hostile("png of one bit", picture("PNG", mode="1"), "kept")
    yield Hostile("png of sixteen bits", picture("PNG", mode="I;16"), "kept")
    yield Hostile("webp that moves", animated("WEBP"), "kept")
    yield Hostile("webp with place and maker", picture("WEBP", exif=exif), "kept")
    yield Hostile("webp with a web page behind it", webp + CANARY, "kept")
    yield Hostile("one pixel", picture(size=(1, 1)), "kept")
    yield Hostile("a line 15,000 long", picture("PNG", size=(15_000, 1)), "kept")

    # EXIF that would lead a careless reader astray: dropped, the picture stays.
    loop = tiff_of([(0x8769, 4, 1, 8)], behind=8)
    yield Hostile("exif that leads back to itself", with_segment(0xE1, loop), "kept")
    yield Hostile(
        "exif of four thousand million entries", with_segment(0xE1, tiff_of([(0x010F, 2, 2**32 - 1, 26)])), "kept"
    )
    yield Hostile("exif that points out of the file", with_segment(0xE1, tiff_of([(0x8825, 4, 1, 2**31)])), "kept")
    yield Hostile("exif of a hundred segments", picture_with_many(100), "kept")
    yield Hostile("exif turned by nonsense", with_segment(0xE1, tiff_of([(0x0112, 3, 1, 99)])), "kept")
    yield Hostile("exif whose turn is a text", with_segment(0xE1, tiff_of([(0x0112, 2, 4, 0x41414141)])), "kept")

    # Few bytes that would unpack to gigabytes.
    yield Hostile("png of 60,000 x 60,000", png(60_000, 60_000, pixels=zlib.compress(bytes(10**6))), "too-large")
    yield Hostile("png of 2,147,483,647 x 1", png(2**31 - 1, 1, pixels=zlib.compress(b"\0")), "too-large")
    yield Hostile("png of 20,000 x 10", png(20_000, 10, pixels=png_rows(20_000, 10)), "too-large")
    yield Hostile("jpeg of 60,000 x 60,000", jpeg_of(60_000, 60_000), "too-large")
    yield Hostile("jpeg of 16,001 x 2", jpeg_of(16_001, 2), "too-large")
    yield Hostile("webp of 16,383 x 16,383", webp_of(16_383, 16_383), "too-large")
    words = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(80_000_000), 9))
    yield Hostile("png with 80 MB of packed words", png(16, 12, words, pixels=png_rows(16, 12)), "no-picture")
    profile = chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(80_000_000), 9))
    yield Hostile("png with 80 MB of packed profile", png(16, 12, profile, pixels=png_rows(16, 12)), "no-picture")
    yield Hostile("png whose rows never end", png(16, 12, pixels=zlib.compress(bytes(80_000_000), 9)), "kept")

    # Broken.
    yield Hostile("nothing", b"", "no-picture")
    yield Hostile("jpeg of half", jpeg[: len(jpeg) // 2], "no-picture")
    yield Hostile("jpeg of its beginning alone", jpeg[:3], "no-picture")
    yield Hostile("jpeg without height", jpeg_of(160, 0), "no-picture")
    yield Hostile(
        "jpeg whose segment is longer than the file", b"\xff\xd8\xff\xe1\xff\xff" + b"Exif\0\0" * 40, "no-picture"
    )
    yield Hostile("png of half", plain_png[: len(plain_png) // 2], "no-picture")
    yield Hostile(
        "png with a false sum", png(16, 12, chunk(b"gAMA", b"\0\0\0\1", crc=1), pixels=png_rows(16, 12)), "no-picture"
    )
    yield Hostile("png without pixels", png(16, 12), "no-picture")
    yield Hostile("webp of half", webp[: len(webp) // 2], "no-picture")

    # Lying: what it is called or how it begins is not what it is.
    yield Hostile("svg", svg, "no-picture")
    yield Hostile(
        "svg with a declaration",
        b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + svg,
        "no-picture",
    )
    yield Hostile("packed svg", gzip.compress(svg), "no-picture")
    yield Hostile("web page with a picture behind it", b"<!doctype html>" + CANARY + jpeg, "no-picture")
    yield Hostile("gif with a script", b"GIF89a/*" + CANARY + b"*/=1;", "no-picture")
    yield Hostile("gif", picture("GIF", mode="P"), "no-picture")
    yield Hostile("heic", isobmff(b"heic"), "no-picture")
    yield Hostile("film", isobmff(b"isom"), "no-picture")
    yield Hostile("postscript", b"%!PS-Adobe-3.0 EPSF-3.0\n(%pipe%id) (r) file\n", "no-picture")
    yield Hostile("archive", zipped(), "no-picture")


def picture_with_many(segments: int) -> bytes:
    content = picture()
    for n in range(segments):
        content = with_segment(0xE1, tiff_of([(0x010F, 2, 60_000, 26)], tail=bytes([n % 250]) * 60_000), content)
    return content
