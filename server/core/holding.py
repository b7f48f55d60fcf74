"""What a module holds about a person: shown to them when they ask, erased when they ask, kept where a law says so.

The application collects the holdings of all modules (`server/app.py`) and lays them into every session, so that one
module can ask them all without knowing the others.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.words import Words

COMMON: Mapping[str, Words] = {
    "mã": Words("Mã", "Code", "លេខកូដ"),
    "loại": Words("Loại", "Kind", "ប្រភេទ"),
    "trạng thái": Words("Trạng thái", "Status", "ស្ថានភាព"),
    "nội dung": Words("Nội dung", "Content", "ខ្លឹមសារ"),
    "ghi chú": Words("Ghi chú", "Note", "កំណត់ចំណាំ"),
    "các bước": Words("Các bước", "Steps", "ជំហាន"),
    "cơ quan": Words("Cơ quan", "Office", "ការិយាល័យ"),
    "xã, phường": Words("Xã, phường", "Communes and wards", "ឃុំ សង្កាត់"),
    "cách": Words("Cách", "How", "វិធី"),
    "lúc": Words("Lúc", "At", "នៅម៉ោង"),
    "từ": Words("Từ", "Since", "ចាប់ពី"),
    "đến": Words("Đến", "Until", "ដល់"),
}
"""Headings that several modules use."""


class Coded(msgspec.Struct, frozen=True):
    """A value that a machine reads as `code`, and a person in their own language."""

    code: str
    words: Words


def called(code: str | None, names: Mapping[str, str]) -> Coded | str | None:
    """A code with its one name, of a place or a procedure, in every language; the code alone where nobody knows it."""
    name = names.get(code) if code else None
    return Coded(code, Words(name, name, name)) if code and name else code


class HeldFile(msgspec.Struct, frozen=True):
    """A file: its name in somebody's copy, its size in bytes, and how it is read (raises FileMissing or a Problem)."""

    name: str
    size: int
    read: Callable[[], Awaitable[bytes]]


async def _keeps_nothing(_session: AsyncSession, _resident_id: UUID) -> list[Words]:
    return []


async def _has_no_files(_session: AsyncSession, _resident_id: UUID) -> list[HeldFile]:
    return []


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """One module's part.

    `gather` gives plain values (JSON), Words and Coded under the names that a machine finds them by, `files` what lies
    beside them; `title` and `names` head the same for a person, names that are not in COMMON. `erase` makes all of it
    impossible to recover and may run twice; `keeps` says, one sentence each, why the law forbids to erase now.
    """

    title: Words
    names: Mapping[str, Words] = {}
    gather: Callable[[AsyncSession, UUID], Awaitable[dict[str, Any]]]
    files: Callable[[AsyncSession, UUID], Awaitable[list[HeldFile]]] = _has_no_files
    erase: Callable[[AsyncSession, UUID], Awaitable[None]]
    keeps: Callable[[AsyncSession, UUID], Awaitable[list[Words]]] = _keeps_nothing


def holdings_of(session: AsyncSession) -> dict[str, Holding]:
    """The holdings of all modules, by the module's name, in the order in which modules stand on each other."""
    found: dict[str, Holding] = session.info.get("holdings", {})
    return found
