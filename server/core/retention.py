"""How long each class of data is kept, declared beside its table, carried out every hour, and told beforehand.

A module names its classes in its manifest (`Module.keeps`). `python -m server retention` prints what the next run
would delete; the run itself writes into the audit log how many rows of which class went.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, delete, false, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.audit import record
from server.core.database import Table


class Keep(msgspec.Struct, frozen=True):
    """One class of data: rows of `table` go once they are `over` at an instant. `how_long` says it to people.

    `days`: the setting that says how many; `over` is then asked of the instant so many days ago. 0 of them: kept.
    """

    table: type[Table]
    how_long: str
    over: Callable[[datetime], ColumnElement[bool]]
    days: str = ""


def keeps_of(session: AsyncSession) -> Sequence[Keep]:
    """The classes of all modules, as the application laid them into the session (`server/app.py`)."""
    found: Sequence[Keep] = session.info.get("keeps", ())
    return found


async def count_over(session: AsyncSession, now: datetime) -> list[tuple[Keep, int]]:
    """What the next run would delete; deletes nothing."""
    return [
        (keep, await session.scalar(select(func.count()).select_from(keep.table).where(_over(session, keep, now))) or 0)
        for keep in keeps_of(session)
    ]


async def forget_one(session: AsyncSession, keep: Keep, now: datetime) -> int:
    """Delete what is over of one class; how many rows went."""
    gone = delete(keep.table).where(_over(session, keep, now)).returning(keep.table.id)
    return len((await session.scalars(gone)).all())


async def forget(session: AsyncSession, now: datetime) -> None:
    """Delete what is over of every class. A second run finds nothing left."""
    gone = {keep.table.__tablename__: await forget_one(session, keep, now) for keep in keeps_of(session)}
    if gone := {name: rows for name, rows in gone.items() if rows}:
        await record(session, act="core:forget", actor=None, subject=None, rows=gone)


def _over(session: AsyncSession, keep: Keep, now: datetime) -> ColumnElement[bool]:
    if not keep.days:
        return keep.over(now)
    days: int = getattr(session.info["settings"], keep.days)
    return keep.over(now - timedelta(days=days)) if days else false()
