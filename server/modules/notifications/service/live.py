"""News while the app is open: whoever writes says so in their transaction, and every web process hears it on one
connection, however many people listen.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from server.core.database import Database
from server.modules.identity.public import living_sessions

log = structlog.get_logger()

_CHANNEL = "notifications_inbox"
_ALL = "all"
_A_NOTICE = 200  # ids; PostgreSQL takes 8,000 bytes
StateOf = Callable[[AsyncConnection, UUID], Awaitable[tuple[str, int]]]
"""Where somebody's newest letter stands, and how many are unread."""
HEARTBEAT = 20.0
"""Seconds between two signs of life, after each of which a session that has ended is noticed."""


async def tell(session: AsyncSession, people: Collection[UUID]) -> None:
    """Say, in the writer's transaction, that the inboxes of these people have changed."""
    ids = sorted(person.hex for person in people)
    for begin in range(0, len(ids), _A_NOTICE):
        await session.execute(select(func.pg_notify(_CHANNEL, ",".join(ids[begin : begin + _A_NOTICE]))))


async def tell_all(session: AsyncSession) -> None:
    """The same of everybody's."""
    await session.execute(select(func.pg_notify(_CHANNEL, _ALL)))


class _Listener:
    """One open stream."""

    def __init__(self, person: UUID, session_id: UUID) -> None:
        self.person, self.session_id = person, session_id
        self.woken = asyncio.Event()
        self.ended = False


class Live:
    """The open streams of one process."""

    def __init__(self, database: Database, state_of: StateOf, heartbeat: float) -> None:
        self._database = database
        self._state_of = state_of
        self._turns = asyncio.Semaphore(4)
        self._heartbeat = heartbeat
        self._listeners: set[_Listener] = set()
        self._running: list[asyncio.Task[None]] = []

    @contextmanager
    def _listening(self, person: UUID, session_id: UUID) -> Iterator[_Listener]:
        one = _Listener(person, session_id)
        self._listeners.add(one)
        if not self._running:
            self._running = [asyncio.create_task(it) for it in (self._hear(), self._look_after())]
        try:
            yield one
        finally:
            self._listeners.discard(one)
            if not self._listeners:  # nobody is left to hear it
                for task in self._running:
                    task.cancel()
                self._running = []

    async def stream(self, person: UUID, session_id: UUID, last: str) -> AsyncIterator[bytes]:
        """Server-sent events, until the session ends: where the newest letter stands, and how many are unread.

        `last`: the id of the last event the browser has had, if any. It is not told the same again.
        """
        with self._listening(person, session_id) as one:
            yield b"retry: 5000\n\n"
            said = ""
            while not one.ended:
                # Shielded: whoever hangs up meanwhile must not take the connection to the database along.
                newest, unread = await asyncio.shield(asyncio.create_task(self._ask(person)))
                if (now := f"{newest} {unread}") != said and (said or now.replace(" ", "/") != last):
                    yield f'id: {newest}/{unread}\nevent: inbox\ndata: {{"unread": {unread}}}\n\n'.encode()
                said = now
                try:
                    await asyncio.wait_for(one.woken.wait(), self._heartbeat)
                except TimeoutError:
                    yield b": still here\n\n"
                one.woken.clear()
            yield b"event: ended\ndata: {}\n\n"

    async def _ask(self, person: UUID) -> tuple[str, int]:
        # What is told to everybody wakes everybody: they take turns, or nobody else would have a connection.
        async with self._turns, self._database.reading() as connection:
            return await self._state_of(connection, person)

    async def _hear(self) -> None:
        while True:
            try:
                async for heard in self._database.listen(_CHANNEL):
                    # The empty notice: listening has begun, and much may have happened before.
                    people = None if heard in ("", _ALL) else {UUID(hex=it) for it in heard.split(",")}
                    self._wake(people)
            except Exception as error:
                log.warning("live news wait for the database", error=type(error).__name__)
            await asyncio.sleep(1)

    def _wake(self, people: Collection[UUID] | None) -> None:
        for one in self._listeners:
            if people is None or one.person in people:
                one.woken.set()

    async def _look_after(self) -> None:
        """Streams end with their sessions: asked for all of them in one query."""
        while True:
            await asyncio.sleep(self._heartbeat)
            try:
                async with self._database.transaction() as session:
                    living = await living_sessions(session, {one.session_id for one in self._listeners})
            except Exception as error:
                log.warning("live sessions wait for the database", error=type(error).__name__)
                continue
            for one in self._listeners:
                if one.session_id not in living:
                    one.ended = True
                    one.woken.set()


def live_of(database: Database, state_of: StateOf, heartbeat: float = HEARTBEAT) -> Live:
    """The one of this process."""
    return database.once("live", lambda: Live(database, state_of, heartbeat))
