"""Public data that is small and changes rarely: kept in memory, encoded once, swapped whole when its version changes.

The writer calls `touch` in its transaction; PostgreSQL tells every process at the commit. A process that lost its
connection compares versions when it is back. While the database is away, readers go on with what they have.
"""

import asyncio
import ctypes
import gc
import gzip
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache, lru_cache
from typing import Any, Generic, TypeVar

import structlog
from litestar import Request
from litestar.openapi.datastructures import ResponseSpec
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from server.core.database import Database, Table
from server.core.problems import Unavailable
from server.core.replies import Ready, Replies
from server.core.settings import ROOT
from server.core.words import language_of

log = structlog.get_logger()
T = TypeVar("T")
CHANNEL = "core_snapshot"
_VARY = b"Accept-Encoding, Accept-Language"


@cache
def _release() -> str:
    """Of which release this is: another one may send the same data in another shape, and its ETags must differ."""
    digest = hashlib.blake2b(digest_size=4)
    for path in sorted((ROOT / "server").rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


class Version(Table):
    """The version of one snapshot; a new random word at every change."""

    __tablename__ = "core_version"

    name: Mapped[str] = mapped_column(unique=True)
    version: Mapped[str]


async def touch(session: AsyncSession, name: str) -> None:
    """Say, in the writer's transaction, that the public data `name` has changed."""
    fresh = uuid7().hex
    changed = insert(Version).values(name=name, version=fresh)
    await session.execute(changed.on_conflict_do_update(index_elements=["name"], set_={"version": fresh}))
    await session.execute(select(func.pg_notify(CHANNEL, name)))


class Snapshot(Generic[T]):
    """One module's public data. `load` reads everything on one connection; `build` makes it ready in a thread."""

    def __init__(self, name: str, load: Callable[[AsyncConnection], Awaitable[Any]], build: Callable[[Any], T]) -> None:
        self.name = name
        self._load = load
        self._build = build
        self._value: T | None = None
        self._refreshing = asyncio.Lock()
        self.version = ""
        self.etag = ""

    @property
    def value(self) -> T:
        if self._value is None:
            raise Unavailable
        return self._value

    async def refresh(self, database: Database) -> None:
        """Take the present version, if it is another one than we have."""
        # One at a time: who began with an older version and takes longer would put it in the newer one's place.
        async with self._refreshing:
            await self._refresh(database)

    async def _refresh(self, database: Database) -> None:
        async with database.reading() as connection:
            version = await connection.scalar(select(Version.version).where(Version.name == self.name)) or "empty"
            if version == self.version:
                return
            rows = await self._load(connection)
            # PostgreSQL's side of it has grown by all that it read, and would keep that: 9 MB.
            await connection.invalidate()
        # In a thread: building an index takes a second, and the requests of that second should not wait.
        self._value = await asyncio.to_thread(self._build, rows)
        self.version = version
        self.etag = f'W/"{version}-{_release()}"'
        _give_back_memory()
        log.info("snapshot taken", name=self.name, version=version)

    def reply(
        self,
        request: Request[Any, Any, Any],
        body: bytes,
        *,
        max_age: int = 60,
        packed: bool = False,
        media_type: str = "application/json",
        beside: bytes = b"",
        modified: datetime | None = None,
    ) -> Ready:
        """`body`, already encoded (and compressed, if `packed`), for anyone; or 304 when the caller has it.

        `beside`: what else it is made of than our data, such as a setting: another one is another reply.
        """
        sent = dict(request.scope["headers"])
        # A browser that has it in one language asks with that ETag in another one, too, whatever `Vary` says.
        more = f"-{hashlib.blake2b(beside, digest_size=4).hexdigest()}" if beside else ""
        etag = f'{self.etag[:-1]}-{language_of(request)}{more}"'.encode()
        same = [(b"etag", etag), (b"cache-control", b"public, max-age=%d" % max_age), (b"vary", _VARY)]
        if modified:
            same.append((b"last-modified", format_datetime(modified.astimezone(UTC), usegmt=True).encode()))
        headers = [*same, (b"content-type", media_type.encode())]
        if b"gzip" in sent.get(b"accept-encoding", b"") and (packed or len(body) > 1000):
            body = body if packed else _packed(body)
            headers.append((b"content-encoding", b"gzip"))
        elif packed:
            body = unpack(body)
        full = Ready(200, [*headers, (b"content-length", b"%d" % len(body))], body)
        unchanged = Ready(304, same, b"")
        replies: Replies = request.scope["state"]["replies"]
        replies.keep(request, self, full, unchanged, etag)
        return unchanged if etag in sent.get(b"if-none-match", b"") else full


def pack(body: bytes, *, level: int = 6) -> bytes:
    return gzip.compress(body, compresslevel=level, mtime=0)


unpack = gzip.decompress


@lru_cache(64)
def _packed(body: bytes) -> bytes:
    """Compressed once while it is in demand. An outline is the largest and the same for all: it gets the most care."""
    return pack(body, level=1 if len(body) < 50_000 else 9)


def sends(body: type[Any]) -> dict[int, ResponseSpec]:
    """The shape of `Snapshot.reply`, for the route's OpenAPI entry: `responses=sends(Outline)`."""
    return {200: ResponseSpec(data_container=body, description="OK", generate_examples=False)}


def _give_back_memory() -> None:
    """What building needed goes back to the system, and the collector need not look at what stays for long."""
    gc.collect()
    gc.freeze()
    with suppress(AttributeError, OSError):  # the C library is not glibc
        ctypes.CDLL(None).malloc_trim(0)


async def keep_fresh(database: Database, snapshots: Sequence[Snapshot[Any]]) -> None:
    """Runs as long as the web process: listens, refreshes, and comes back when the database does."""
    by_name = {snapshot.name: snapshot for snapshot in snapshots}
    while True:
        try:
            async for name in database.listen(CHANNEL):
                # The empty notice comes once per connection: everything may have changed while we were away.
                for snapshot in [by_name[name]] if name in by_name else snapshots if name == "" else []:
                    await snapshot.refresh(database)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.warning("snapshots wait for the database", error=type(error).__name__)
        await asyncio.sleep(1)
