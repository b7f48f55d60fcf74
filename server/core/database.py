"""The tables' base, the engines, and the one transaction of a request, a reaction or a command."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from enum import Enum
from select import POLLIN, poll
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import DateTime, MetaData, Text, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import Enum as EnumType
from uuid_utils.compat import uuid7

from server.core.settings import Settings

T = TypeVar("T")
_COLUMN_TYPES: dict[Any, Any] = {
    datetime: DateTime(timezone=True),
    str: Text,
    dict[str, Any]: JSONB,
    list[str]: JSONB,
    list[dict[str, Any]]: JSONB,
    # By value and without a CHECK, so that a new word is a change of code and not of the schema.
    Enum: EnumType(
        Enum, native_enum=False, create_constraint=False, length=40, values_callable=lambda e: [m.value for m in e]
    ),
}


class Table(DeclarativeBase):
    """What every row has: a time-ordered id (UUIDv7) and the instants of its making and last change, in UTC."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = _COLUMN_TYPES
    __mapper_args__ = {"eager_defaults": True}  # noqa: RUF012 (SQLAlchemy reads it once)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class Database:
    """Two engines over one PostgreSQL: `transaction()` for what changes, `reading()` for what only looks."""

    def __init__(self, settings: Settings) -> None:
        url = settings.database_url.replace("postgres://", "postgresql://", 1)
        self.conninfo = url
        shared: dict[str, Any] = {
            "url": url.replace("postgresql://", "postgresql+psycopg://", 1),
            "max_overflow": 0,
            "pool_timeout": 5,
            "hide_parameters": True,  # what a person gave does not belong into a log
            "connect_args": {"connect_timeout": 5, "application_name": "citizen-app"},
        }
        self._engine = create_async_engine(pool_size=settings.database_pool, **shared)
        # Saves BEGIN and ROLLBACK on every read. Connections of its own, because one that is made so for each read
        # costs a third more, and is lost when whoever reads goes away in that moment.
        self._reader = create_async_engine(
            pool_size=settings.database_pool // 2, isolation_level="AUTOCOMMIT", **shared
        )
        # A reaction is given nothing but its session: what it may know of the settings and of the application, it
        # finds there.
        self.info: dict[str, Any] = {"settings": settings, "database": self}
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False, info=self.info)
        self._lookers = async_sessionmaker(self._reader, expire_on_commit=False, info=self.info)
        self._glances = AsyncConnectionPool(
            url,
            min_size=0,
            max_size=2,
            timeout=5,
            open=False,
            check=_refuse_ended,
            reconnect_timeout=0,  # else it tries again after a pause as long as the outage was, and nobody before
            # Nobody waits for the disk to have counted them: a PostgreSQL that dies may lose the last second of counts.
            kwargs={"autocommit": True, "connect_timeout": 5, "options": "-c synchronous_commit=off"},
        )
        self.before_commit: Callable[[AsyncSession], Awaitable[None]] | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session committed at the end, with its events saved beside the change; rolled back on any error."""
        async with self._sessions() as session:
            yield session
            await session.flush()
            if self.before_commit:
                await self.before_commit(session)
            await session.commit()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection outside any transaction: for a single read, or a single statement that must stand alone."""
        async with self._reader.connect() as connection:
            yield connection

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[AsyncSession]:
        """The same as a session, for whoever asks in the words of the tables; nothing that it is given is saved."""
        async with self._lookers() as session:
            yield session

    @asynccontextmanager
    async def glance(self) -> AsyncIterator[psycopg.AsyncConnection]:
        """A connection of the driver itself, outside any transaction, for what nearly every request pays, who calls and
        how often: a third of the processor time that `reading` takes (`python -m benchmarks gate`).
        """
        await self._glances.open()
        async with self._glances.connection() as connection:
            yield connection

    async def listen(self, channel: str) -> AsyncIterator[str]:
        """Payloads of NOTIFY on a channel, over a connection of its own. First an empty one: listening has begun."""
        connection = await psycopg.AsyncConnection.connect(self.conninfo, autocommit=True, connect_timeout=5)
        async with connection:
            await connection.execute(f"LISTEN {channel}")
            yield ""
            async for notice in connection.notifies():
                yield notice.payload

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What there is one of in this process, made when it is first asked for."""
        if name not in self.info:
            self.info[name] = make()
        made: T = self.info[name]
        return made

    async def close(self) -> None:
        await self._glances.close()
        await self._reader.dispose()
        await self._engine.dispose()


async def _refuse_ended(connection: psycopg.AsyncConnection) -> None:
    """A connection on which nothing was asked has nothing to say but that PostgreSQL has ended it.

    Closed, because the pool would hand out again what only looks as if it were usable.
    """
    ear = poll()
    ear.register(connection.fileno(), POLLIN)
    if ear.poll(0):
        await connection.close()
        raise psycopg.OperationalError("ended while nobody used it")


async def alone(session: AsyncSession, what: str) -> bool:
    """Whether no other transaction does `what`; none begins to until this one is over."""
    return bool(await session.scalar(select(func.pg_try_advisory_xact_lock(func.hashtextextended(what, 0)))))


async def one_at_a_time(session: AsyncSession, what: str) -> None:
    """Of transactions that do `what`, the others wait here until the first one is over."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))
