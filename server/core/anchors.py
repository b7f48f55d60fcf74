"""Anchors of the audit log: its newest row, signed (Ed25519) and written to a second place every hour.

Whoever owns the database can rewrite the chain from some row to its end, or cut its end off. Then it no longer fits
an anchor, and an anchor cannot be made without SECRET_KEY, from which the signing key follows.
"""

import asyncio
import errno
import fcntl
import os
from base64 import b64decode, b64encode
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.audit import Entry
from server.core.sealing import derive
from server.core.settings import Settings

LATE = timedelta(hours=2)


class Anchor(msgspec.Struct, frozen=True, kw_only=True):
    """One line of JSON: at the instant `at` the newest row was `sequence`, with this hash (hex)."""

    sequence: int
    hash: str
    at: datetime
    key: str
    """The public key, 32 bytes in base64."""
    signature: str
    """Over `core_audit SEQUENCE HASH AT`, 64 bytes in base64."""

    def is_signed_by(self, keys: Collection[str]) -> bool:
        if self.key not in keys:
            return False
        try:
            key = Ed25519PublicKey.from_public_bytes(b64decode(self.key))
            key.verify(b64decode(self.signature), _signed(self.sequence, self.hash, self.at))
        except (InvalidSignature, ValueError):
            return False
        return True


def _signed(sequence: int, hash: str, at: datetime) -> bytes:
    return f"core_audit {sequence} {hash} {at.astimezone(UTC).isoformat()}".encode()


def _own_key(settings: Settings) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derive(settings.secret_key, "audit-anchors"))


def public_key(settings: Settings) -> str:
    """The key our anchors are verified with, in base64. It is another one when SECRET_KEY is."""
    return b64encode(_own_key(settings).public_key().public_bytes_raw()).decode()


def sign(settings: Settings, sequence: int, hash: bytes, at: datetime) -> Anchor:
    signature = _own_key(settings).sign(_signed(sequence, hash.hex(), at))
    return Anchor(
        sequence=sequence,
        hash=hash.hex(),
        at=at,
        key=public_key(settings),
        signature=b64encode(signature).decode(),
    )


async def anchor(session: AsyncSession, settings: Settings) -> Anchor | None:
    """Sign the newest row and write it to AUDIT_ANCHORS; None when nothing was recorded yet. Raises OSError."""
    newest = select(Entry.sequence, Entry.hash).order_by(Entry.sequence.desc()).limit(1)
    if (row := (await session.execute(newest)).one_or_none()) is None:
        return None
    signed = sign(settings, row.sequence, row.hash, datetime.now(UTC))
    await asyncio.to_thread(append, settings.anchors, signed)
    return signed


async def anchor_hourly(session: AsyncSession, _now: datetime) -> None:
    """By the clock. A folder that cannot be written makes the job fail, which `/health/ready` counts."""
    await anchor(session, session.info["settings"])


def append(folder: Path, anchor: Anchor) -> None:
    """Add a line to the month's file: the whole line, on the disk, or nothing. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    line = msgspec.json.encode(anchor) + b"\n"
    with (folder / f"{anchor.at:%Y-%m}.jsonl").open("ab", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        before = file.seek(0, os.SEEK_END)
        try:
            if file.write(line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):
                file.truncate(before)
            raise


def read_anchors(folder: Path, keys: Collection[str]) -> tuple[list[Anchor], list[str]]:
    """The anchors signed by one of `keys`, by row; and a sentence for every line that is no such anchor."""
    anchors: list[Anchor] = []
    faults: list[str] = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            try:
                anchor = msgspec.json.decode(line, type=Anchor)
            except ValueError:
                faults.append(f"{path.name}:{number} cannot be read")
                continue
            if anchor.is_signed_by(keys):
                anchors.append(anchor)
            else:
                faults.append(f"{path.name}:{number} is not signed by {' or '.join(keys)}")
    return sorted(anchors, key=lambda anchor: anchor.sequence), faults


def in_time(folder: Path, oldest_row: datetime | None, now: datetime) -> bool:
    """Whether the newest anchor is younger than two hours, or there was no row to anchor two hours ago."""
    if oldest_row is None or now - oldest_row < LATE:
        return True
    at = newest_at(folder)
    return at is not None and now - at < LATE


def newest_at(folder: Path) -> datetime | None:
    """The instant of the newest anchor, as it says itself; None when there is none that can be read."""
    try:
        newest = max(folder.glob("*.jsonl")).read_bytes().splitlines()[-1]
        return msgspec.json.decode(newest, type=Anchor).at
    except (OSError, ValueError, IndexError):
        return None
