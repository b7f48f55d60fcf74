"""Another SECRET_KEY while keeping what the former one sealed: everything is opened with it and sealed anew.

A module names in its manifest (`Module.sealed`) every column that SECRET_KEY made: what it sealed, and the indexes,
codes and counts keyed with it. `tests/architecture/test_sealed.py` sees that none is forgotten.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, Select, bindparam, delete, func, select, text, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.audit import record
from server.core.database import Table
from server.core.sealing import CannotOpen, Seal
from server.core.settings import Settings, WrongSetting

_AT_ONCE = 500


class Sealed(msgspec.Struct, frozen=True):
    """`columns` of `table` are made with SECRET_KEY: `again(row, old, new)` gives all of them as `new` makes them.

    `row` has every column of the table, and those of `rows` when that is given. Raises CannotOpen when it was not
    made with `old`.
    """

    table: type[Table]
    columns: tuple[str, ...]
    again: Callable[[Row[Any], Settings, Settings], dict[str, Any]]
    rows: Select[Any] | None = None


class Ending(msgspec.Struct, frozen=True):
    """What cannot be made again, for what it was made of is kept nowhere: these rows end. `said` names them."""

    table: type[Table]
    columns: tuple[str, ...]
    said: str
    which: ColumnElement[bool] = msgspec.field(default_factory=true)


def moved(sealed: bytes | None, old: Seal, new: Seal, bound_to: str) -> bytes | None:
    """The value for the same row, sealed anew. Raises CannotOpen."""
    return None if sealed is None else new.close(old.open(sealed, bound_to), bound_to)


async def rotate(
    session: AsyncSession,
    sealed: Sequence[Sealed | Ending],
    old: Settings,
    new: Settings,
    tell: Callable[[str], None],
) -> None:
    """In one transaction, which nobody else may touch these tables in. Raises WrongSetting; then nothing is changed."""
    tables = sorted({it.table.__tablename__ for it in sealed})
    # First: a process that starts meanwhile waits here, and then finds that its SECRET_KEY is not the one.
    await session.execute(text(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE"))
    await _refuse_company(session)
    rows: dict[str, int] = {}
    for ending in [it for it in sealed if isinstance(it, Ending)]:
        gone = delete(ending.table).where(ending.which).returning(ending.table.id)
        tell(f"{ending.said}: {len((await session.scalars(gone)).all())} ended")
    for it in [it for it in sealed if isinstance(it, Sealed)]:
        rows[it.table.__tablename__] = await _again(session, it, old, new, tell)
    await record(session, act="core:rotate-key", actor=None, subject=None, rows=rows)


async def _again(session: AsyncSession, it: Sealed, old: Settings, new: Settings, tell: Callable[[str], None]) -> int:
    table, name = Table.metadata.tables[it.table.__tablename__], it.table.__tablename__
    all_in_all = await session.scalar(select(func.count()).select_from(table)) or 0
    values: dict[str, Any] = {column: bindparam(f"new_{column}") for column in it.columns}
    # What the row says is what it said: nobody has changed it.
    write = update(table).where(table.c.id == bindparam("row")).values(**values, updated_at=table.c.updated_at)
    connection = await session.connection()
    done, last = 0, None
    while True:
        page = (select(table) if it.rows is None else it.rows).order_by(table.c.id).limit(_AT_ONCE)
        found = (await session.execute(page if last is None else page.where(table.c.id > last))).all()
        if not found:
            tell(f"{name}: {done} sealed anew")
            return done
        try:
            made = [it.again(row, old, new) for row in found]
        except CannotOpen:
            raise WrongSetting(
                "SECRET_KEY", f"does not open a row of {name} ({done} before it were opened); nothing is changed"
            ) from None
        rows = [
            {"row": row.id} | {f"new_{column}": anew[column] for column in it.columns}
            for row, anew in zip(found, made, strict=True)
        ]
        await connection.execute(write, rows)
        done, last = done + len(found), found[-1].id
        if done % (20 * _AT_ONCE) == 0:
            tell(f"{name}: {done} of {all_in_all} …")


async def _refuse_company(session: AsyncSession) -> None:
    """A process that goes on with the old key would seal with it what nobody could open again."""
    others = await session.scalar(
        text("""SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user
                AND backend_type = 'client backend' AND pid <> pg_backend_pid()""")
    )
    if others:
        raise WrongSetting("DATABASE_URL", f"is used by {others} other connections: stop web and worker first")
