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


async def _keeps_nothing(_session: AsyncSession, _resident_id: UUID) -> list[Words]:
    return []


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """One module's part.

    `gather` gives plain values (JSON) under names a person understands; `erase` makes them impossible to recover and
    may run twice; `keeps` says, one sentence each, why the law forbids to erase now.
    """

    gather: Callable[[AsyncSession, UUID], Awaitable[dict[str, Any]]]
    erase: Callable[[AsyncSession, UUID], Awaitable[None]]
    keeps: Callable[[AsyncSession, UUID], Awaitable[list[Words]]] = _keeps_nothing


def holdings_of(session: AsyncSession) -> dict[str, Holding]:
    """The holdings of all modules, by the module's name, in the order in which modules stand on each other."""
    found: dict[str, Holding] = session.info.get("holdings", {})
    return found
