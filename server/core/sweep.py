"""Files that no row names: left behind by an upload that was rolled back, or by a row that went with another one.

A module names its folders in its manifest (`Module.shelves`) and says which files it still knows. Every night the
others go, once they have lain there for a day: by then the transaction they were written in is long over.
"""

from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.audit import record
from server.core.database import one_at_a_time
from server.core.files import files_at

GRACE = timedelta(days=1)
MOST = 1_000
"""In one night: each is held until the end of the transaction."""


class Shelf(msgspec.Struct, frozen=True):
    """A folder of files. `named`: those of these names that a row still names."""

    folder: str
    named: Callable[[AsyncSession, Collection[str]], Awaitable[set[str]]]


async def hold(session: AsyncSession, name: str) -> None:
    """No file of this name is swept away until the transaction is over: for names that may come again.

    Hold one name at a time, or two who wait for each other wait for ever.
    """
    await one_at_a_time(session, f"file {name_of(name)}")


def name_of(path: str) -> str:
    """Without its folder."""
    return path.rpartition("/")[2]


def ids_of(paths: Collection[str]) -> set[UUID]:
    """Of files that are called after the row that names them; not of what has another name."""
    ids = set()
    for path in paths:
        with suppress(ValueError):
            ids.add(UUID(name_of(path)))
    return ids


async def sweep(session: AsyncSession, now: datetime) -> None:
    files = files_at(session.info["settings"])
    shelves: list[Shelf] = session.info["shelves"]
    gone: dict[str, int] = {}
    for shelf in shelves:
        old = await files.older_than(now - GRACE, shelf.folder)
        for start in range(0, len(old), 1_000):
            some = old[start : start + 1_000]
            known = await shelf.named(session, some)
            for name in some:
                if name in known or sum(gone.values()) >= MOST:
                    continue
                # Meanwhile somebody may have given the same file again.
                await hold(session, name)
                if not await shelf.named(session, [name]):
                    await files.delete(name)
                    gone[shelf.folder] = gone.get(shelf.folder, 0) + 1
    if gone:
        await record(session, act="core:sweep", actor=None, subject=None, files=gone)
