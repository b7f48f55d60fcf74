"""Applications with the one module `notes`, over a database of their own."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import msgspec
import pytest
import sqlalchemy as sa

from server.app import events_of
from server.core.database import Database
from server.core.events import Events
from server.core.settings import Settings
from tests.core import notes as module

StartNotes = Callable[[Settings], AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture(scope="session")
def new_notes(
    settings: Settings, clone: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Settings]:
    """Settings with a database in which nobody else writes notes, and a PWA of one page."""
    pwa = tmp_path_factory.mktemp("pwa")
    (pwa / "index.html").write_text("<!doctype html>")

    def make() -> Settings:
        url = clone()
        engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
        module.METADATA.create_all(engine)
        engine.dispose()
        return msgspec.structs.replace(settings, database_url=url, database_pool=5, pwa=pwa)

    return make


@pytest.fixture(scope="session")
def start_notes(start: Any) -> StartNotes:
    """Starts the application with the module `notes` and no other."""

    @asynccontextmanager
    async def starting(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
        async with AsyncExitStack() as stack:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("server.app.MODULES", (module.notes(),))
                client = await stack.enter_async_context(start(settings))
            yield client

    return starting


@pytest.fixture(scope="session")
def notes_settings(new_notes: Callable[[], Settings]) -> Settings:
    return new_notes()


@pytest.fixture(scope="session")
async def running_notes(notes_settings: Settings, start_notes: StartNotes) -> AsyncIterator[httpx.AsyncClient]:
    async with start_notes(notes_settings) as client:
        yield client


@pytest.fixture(scope="session")
async def notes_database(notes_settings: Settings) -> AsyncIterator[Database]:
    database = Database(notes_settings)
    yield database
    await database.close()


@pytest.fixture
async def notes(running_notes: httpx.AsyncClient, notes_database: Database) -> httpx.AsyncClient:
    """A visitor of an application without notes, without jobs, and with nothing counted."""
    module.gates.clear()
    module.seen.clear()
    async with notes_database.reading() as connection:
        for table in ("notes_note", "notes_copy", "procrastinate_jobs", "core_count", "core_first_reply"):
            await connection.execute(sa.text(f"DELETE FROM {table}"))
    return running_notes


class Look:
    """What stands in the database, seen from outside the application."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def column(self, query: str) -> list[Any]:
        async with self._database.reading() as connection:
            return list(await connection.scalars(sa.text(query)))

    async def notes(self) -> list[str]:
        return await self.column("SELECT text FROM notes_note ORDER BY id")

    async def copies(self) -> list[str]:
        return await self.column("SELECT text FROM notes_copy ORDER BY event_id")

    async def jobs(self) -> list[str]:
        return await self.column("SELECT status::text FROM procrastinate_jobs ORDER BY id")


@pytest.fixture
def look(notes_database: Database) -> Look:
    return Look(notes_database)


@pytest.fixture(scope="session")
async def notes_events(notes_settings: Settings) -> AsyncIterator[Events]:
    """The worker of the notes."""
    database = Database(notes_settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("server.app.MODULES", (module.notes(),))
        events = events_of(database)
    yield events
    await database.close()
