"""Real PostgreSQL for every test: one template database, migrated and seeded once, cloned for each worker."""

import asyncio
import fcntl
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TextIO
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import hypothesis
import msgspec
import psycopg
import pytest
from litestar import Litestar
from sqlalchemy import select

import server.app
from server.app import MODULES, create_app, events_of, furnish
from server.core.database import Database
from server.core.embedded import postgres
from server.core.events import Events
from server.core.settings import ROOT, Settings
from server.core.snapshot import Version
from server.core.web import Frame
from tests import canaries
from tests.pushservice import PushService

TEMPLATE = "citizen_template"
_open = ExitStack()
# No test is timed: machines are shared.
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.load_profile("here")


def pytest_configure(config: pytest.Config) -> None:
    """Once for all workers: start PostgreSQL and make the template database."""
    if hasattr(config, "workerinput") or config.option.collectonly or config.option.help:
        return
    # A folder of its own: two test runs on one machine do not meet.
    var = Path(_open.enter_context(tempfile.TemporaryDirectory(prefix="citizen-", ignore_cleanup_errors=True)))
    os.environ["TEST_VAR"] = str(var)
    settings = Settings(var=var, database_url=os.environ.get("TEST_DATABASE_URL", ""))
    with postgres(settings) as url, psycopg.connect(url, autocommit=True) as connection:
        # Nothing here must survive a power cut, and cloning is ten times quicker.
        connection.execute("ALTER SYSTEM SET fsync = off")
        # Every worker has several applications: 170 connections were seen at once.
        connection.execute("ALTER SYSTEM SET max_connections = 300")
    # The embedded server's address ends in ?host=/…, so that only the path of the address is the database.
    server = urlsplit(_open.enter_context(postgres(settings)))._replace(path="/{name}").geturl()
    os.environ["TEST_SERVER"] = server
    with psycopg.connect(server.format(name="postgres"), autocommit=True) as connection:
        for (name,) in connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'citizen\\_%'"
        ).fetchall():
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        connection.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
    # Workers that need the template wait for this lock; meanwhile they gather the tests.
    template = (var / "template").open("w")
    fcntl.flock(template, fcntl.LOCK_EX)
    threading.Thread(target=_plant, args=(server.format(name=TEMPLATE), template)).start()


def _plant(url: str, complaint: TextIO) -> None:
    """Migrates and seeds; what went wrong is left in the file, whose lock ends here."""
    environment = os.environ | {"DATABASE_URL": url, "SECRET_KEY": SECRET}
    command = [sys.executable, "-m", "server", "seed"]
    with complaint:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        if done.returncode:
            complaint.write(done.stdout)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins early, or the last core would work alone at the end; all else in random order."""
    items.sort(key=lambda item: -sum(mark.args[0] for mark in item.iter_markers("long")))
    # Each of the three workers is given two to begin with: the two longest shall not be the same worker's.
    items[:6] = [items[at] for at in (0, 5, 1, 4, 2, 3) if at < len(items)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """What a test's application has logged names nobody."""
    report: pytest.TestReport = yield
    if report.when == "teardown" and report.passed and (found := canaries.in_log(report.capstderr)):
        report.outcome, report.longrepr = "failed", f"of somebody, in clear in the log: {', '.join(sorted(found))}"
    return report


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        _open.close()


SECRET = "a secret for the tests, of no use to anybody"


@pytest.fixture(scope="session")
def clone() -> Iterator[Callable[[], str]]:
    """Makes the URL of a fresh copy of the migrated and seeded database."""
    server = os.environ["TEST_SERVER"]
    with (Path(os.environ["TEST_VAR"]) / "template").open() as template:
        fcntl.flock(template, fcntl.LOCK_SH)
        assert not (complaint := template.read()), complaint
    made: list[str] = []

    def make() -> str:
        name = f"citizen_{uuid4().hex[:12]}"
        with psycopg.connect(server.format(name="postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
        made.append(name)
        return server.format(name=name)

    yield make
    in_clear = [it for name in made for it in canaries.in_database(server.format(name=name))]
    with psycopg.connect(server.format(name="postgres"), autocommit=True) as connection:
        for name in made:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    assert not in_clear, "\n".join(["of somebody, in clear in a database:", *in_clear])


@pytest.fixture(scope="session")
async def push_service() -> AsyncIterator[PushService]:
    """A push service on loopback, on the list of those we send to."""
    service = await PushService().start()
    yield service
    await service.stop()


@pytest.fixture(scope="session")
def settings(clone: Callable[[], str], push_service: PushService) -> Settings:
    return Settings(
        database_url=clone(),
        secret_key=SECRET,
        log_level="info",
        var=Path(os.environ["TEST_VAR"]),
        push_services=(push_service.origin, *Settings().push_services),
        quiet_night="00:00-00:00",  # whatever the hour is while the tests run
    )


class Hurried:
    """An application whose event streams end after their first words: `httpx` waits for the end of what it asks for."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        hung_up, streams = asyncio.Event(), False

        async def hear() -> Any:
            if not streams:
                return await receive()
            await hung_up.wait()
            return {"type": "http.disconnect"}

        async def say(message: Any) -> None:
            nonlocal streams
            if message["type"] == "http.response.start":
                streams = (b"content-type", b"text/event-stream") in [
                    (name, value.partition(b";")[0]) for name, value in message["headers"]
                ]
            elif streams:
                message = {**message, "more_body": False}
                if hung_up.is_set():
                    return
                hung_up.set()
            await send(message)

        await self._app(scope, hear, say)


Start = Callable[[Settings], AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture(scope="session")
def start() -> Start:
    """Starts the application for other settings than the shared one's: `async with start(settings) as client`."""

    @asynccontextmanager
    async def starting(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
        with furnished(settings) as app:
            async with _living(app):
                transport = httpx.ASGITransport(app=Hurried(Frame(app, settings)), client=("203.0.113.7", 50000))
                async with httpx.AsyncClient(transport=transport, base_url=settings.origin) as client:
                    client.app = app  # type: ignore[attr-defined]
                    yield client

    return starting


_idle: list[Litestar] = []


@contextmanager
def furnished(settings: Settings) -> Iterator[Litestar]:
    """An application that nobody else uses meanwhile. Its routes take half a second to make, and are used again."""
    idle = _idle if server.app.MODULES is MODULES else []  # some tests have a module of their own
    if idle:
        app = idle.pop()
        furnish(app, settings)
    else:
        app = create_app(settings)
    yield app
    idle.append(app)


@asynccontextmanager
async def _living(app: Litestar) -> AsyncIterator[None]:
    """The application between its start and its stop, both in one task: pytest ends a fixture in another one."""
    started, over = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        try:
            async with app.lifespan():
                started.set()
                await over.wait()
        finally:
            started.set()  # or whoever waits for one that cannot start would wait for ever

    # A process has one snapshot of each kind: what another application in it has loaded is put back afterwards.
    before = [(snapshot, vars(snapshot).copy()) for snapshot in app.state.snapshots]
    living = asyncio.create_task(live())
    await started.wait()
    if living.done():
        await living
    await _until_loaded(app)
    yield
    over.set()
    await living
    for snapshot, was in before:
        vars(snapshot).update(was)


async def _until_loaded(app: Litestar) -> None:
    async with app.state.database.reading() as connection:
        rows = await connection.execute(select(Version.name, Version.version))
        versions = {row.name: row.version for row in rows}
    async with asyncio.timeout(120):
        while any(snapshot.version != versions.get(snapshot.name, "empty") for snapshot in app.state.snapshots):
            await asyncio.sleep(0.01)


@pytest.fixture(scope="session")
async def client(settings: Settings, start: Start) -> AsyncIterator[httpx.AsyncClient]:
    """A visitor who has not signed in."""
    async with start(settings) as client:
        yield client


@pytest.fixture(scope="session")
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The same database as the client's, for looking and for arranging."""
    database = Database(settings)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def events(database: Database) -> Events:
    """The worker: `await events.run_waiting()` runs what is due."""
    return events_of(database)


@pytest.fixture
def one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """No hour and no day ends while a test counts: limits do so by the clock (server/core/limits.py)."""
    now = datetime.now(UTC).replace(minute=30, second=0, microsecond=0).timestamp()
    monkeypatch.setattr("server.core.limits.time", SimpleNamespace(time=lambda: now))


@pytest.fixture
def fresh(settings: Settings, clone: Callable[[], str]) -> Settings:
    """Settings with a database of one's own, for tests that change what others read."""
    return msgspec.structs.replace(settings, database_url=clone())
