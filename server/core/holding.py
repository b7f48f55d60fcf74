"""What a module holds about a person: shown to them when they ask, erased when they ask, kept where a law says so.

The application collects the holdings of all modules (`server/app.py`) and lays them into every session, so that one
module can ask them all without knowing the others.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.words import Words


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

    `gather` gives plain values (JSON) under names a person understands, `files` what lies beside them; `erase` makes
    them impossible to recover and may run twice; `keeps` says, one sentence each, why the law forbids to erase now.
    """

    gather: Callable[[AsyncSession, UUID], Awaitable[dict[str, Any]]]
    files: Callable[[AsyncSession, UUID], Awaitable[list[HeldFile]]] = _has_no_files
    erase: Callable[[AsyncSession, UUID], Awaitable[None]]
    keeps: Callable[[AsyncSession, UUID], Awaitable[list[Words]]] = _keeps_nothing


def holdings_of(session: AsyncSession) -> dict[str, Holding]:
    """The holdings of all modules, by the module's name, in the order in which modules stand on each other."""
    found: dict[str, Holding] = session.info.get("holdings", {})
    return found
