"""Videos as phones make them, made here: boxes that say where and when, and nothing to see."""

import struct

CANARY = b"+9.1769+105.1524/Nha toi"


def box(kind: bytes, *inside: bytes) -> bytes:
    content = b"".join(inside)
    return struct.pack(">I", len(content) + 8) + kind + content


def full(kind: bytes, content: bytes, version: int = 0) -> bytes:
    return box(kind, bytes([version, 0, 0, 0]), content)


def handler(kind: bytes) -> bytes:
    return full(b"hdlr", b"\0\0\0\0" + kind + bytes(12) + b"\0")


def track(kind: bytes) -> bytes:
    when = struct.pack(">II", 3_800_000_000, 3_800_000_000)
    media = box(
        b"mdia",
        full(b"mdhd", when + bytes(12)),
        handler(kind),
        box(b"minf", box(b"stbl", CANARY if kind == b"gpmd" else b"")),
    )
    return box(b"trak", full(b"tkhd", when + bytes(72)), media, box(b"udta", box(b"\xa9xyz", CANARY)))


def video(size: int = 0, brand: bytes = b"isom") -> bytes:
    """So many bytes of nothing to see, and everything a camera tells beside it."""
    when = struct.pack(">QQ", 3_800_000_000, 3_800_000_000)
    moov = box(
        b"moov",
        full(b"mvhd", when + bytes(96), version=1),
        track(b"vide"),
        track(b"soun"),
        track(b"gpmd"),
        box(b"udta", box(b"\xa9xyz", CANARY), box(b"\xa9mak", b"MAKER")),
        full(b"meta", handler(b"mdta") + box(b"keys", b"com.apple.quicktime.location.ISO6709") + box(b"ilst", CANARY)),
    )
    start = box(b"ftyp", brand, bytes(4), brand) + box(b"uuid", b"XMP" + CANARY)
    body = box(b"mdat", bytes(max(0, size - len(start) - len(moov) - 8)))
    return start + body + moov
