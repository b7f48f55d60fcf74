"""What a short video is, by what is in it, and what is taken out: ISO base media (MP4, QuickTime), as phones make it.

ISO/IEC 14496-12: a file is boxes, each with a length and a four-letter name. What a camera writes about the place, the
owner and the device lies in boxes of its own; they are made `free` where they stand, as long as they were, so that
nothing else moves. Pictures and sound are not decoded: what they show, and what an encoder may hide in them, stays.
"""

from collections.abc import Iterator
from typing import NamedTuple

LARGEST = 32 * 1024 * 1024
"""Some 25 seconds in full HD."""

_BRANDS = frozenset(
    {
        b"isom",
        b"iso2",
        b"iso4",
        b"iso5",
        b"iso6",
        b"mp41",
        b"mp42",
        b"avc1",
        b"qt  ",
        b"3gp4",
        b"3gp5",
        b"3gp6",
        b"MSNV",
    }
)
_TELLING = frozenset({b"udta", b"meta", b"uuid", b"XMP_", b"ilst", b"keys", b"loci", b"mpod", b"Xtra"})
"""Names of boxes that describe: user data (©xyz is the place), item lists, XMP."""
_INSIDE = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf"})
_DEEPEST = 8
_MOST_BOXES = 20_000
_DATED = frozenset({b"mvhd", b"tkhd", b"mdhd"})


class NoVideo(Exception):
    """Not MP4 or QuickTime, or its boxes do not fit together."""


class Box(NamedTuple):
    """`begin` is where its length stands, `inside` where what it holds begins, `end` where it is over."""

    name: bytes
    begin: int
    inside: int
    end: int


def begins_like_video(first: bytes) -> bool:
    """By its first piece, so that nobody sends 32 MB in vain."""
    return len(first) >= 16 and first[4:8] == b"ftyp" and first[8:12] in _BRANDS


def clean(video: bytearray) -> None:
    """Takes out, where it stands, what a camera writes about place, time and device. Raises NoVideo."""
    top = list(_boxes(video, 0, len(video)))
    names = [it.name for it in top]
    if not begins_like_video(bytes(video[:16])) or names.count(b"moov") != 1 or b"mdat" not in names:
        raise NoVideo
    seen = 0
    waiting = [(it, 1) for it in top]
    while waiting:
        box, depth = waiting.pop()
        seen += 1
        if seen > _MOST_BOXES or depth > _DEEPEST:
            raise NoVideo
        if box.name in _TELLING:
            video[box.begin + 4 : box.begin + 8] = b"free"
            video[box.inside : box.end] = bytes(box.end - box.inside)
        elif box.name in _DATED:
            _forget_when(video, box)
        elif box.name in _INSIDE:
            inner = list(_boxes(video, box.inside, box.end))
            if box.name == b"trak" and not _seen_or_heard(video, inner):
                # A track of its own for places or movements, as action cameras have: nothing leads to it any more.
                video[box.begin + 4 : box.begin + 8] = b"free"
                video[box.inside : box.end] = bytes(box.end - box.inside)
                continue
            waiting += [(it, depth + 1) for it in inner]


def _seen_or_heard(video: bytearray, track: list[Box]) -> bool:
    """By its handler (8.4.3): `vide` or `soun`."""
    for media in (it for it in track if it.name == b"mdia"):
        for box in _boxes(video, media.inside, media.end):
            if box.name == b"hdlr":
                return bytes(video[box.inside + 8 : box.inside + 12]) in (b"vide", b"soun")
    return False


def _forget_when(video: bytearray, box: Box) -> None:
    """When it was made and changed: 32 bits each in version 0, 64 in version 1 (8.2.2)."""
    if box.end - box.inside < 4:
        raise NoVideo
    length = 16 if video[box.inside] == 1 else 8
    if box.end - box.inside < 4 + length:
        raise NoVideo
    video[box.inside + 4 : box.inside + 4 + length] = bytes(length)


def _boxes(video: bytearray, begin: int, end: int) -> Iterator[Box]:
    """Those between two places, which they must fill to the last byte. Raises NoVideo."""
    while begin < end:
        if end - begin < 8:
            raise NoVideo
        size, inside = int.from_bytes(video[begin : begin + 4], "big"), begin + 8
        if size == 1:
            if end - begin < 16:
                raise NoVideo
            size, inside = int.from_bytes(video[begin + 8 : begin + 16], "big"), begin + 16
        over = end if size == 0 else begin + size
        if over > end or over < inside:
            raise NoVideo
        yield Box(bytes(video[begin + 4 : begin + 8]), begin, inside, over)
        begin = over
