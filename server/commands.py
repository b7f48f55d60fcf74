"""What the commands do that is more than a line."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec
from alembic import command
from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar

from server.app import DOCUMENT, MODULES, create_app, events_of, serve
from server.core import logs
from server.core.database import Database
from server.core.embedded import postgres
from server.core.problems import correct_document
from server.core.settings import ROOT, Settings
from server.migrations import configuration
from server.migrations import migrate as migrate_tables

DOCUMENT_FILE = ROOT / "pwa" / "src" / "core" / "openapi.json"


@contextmanager
def migrated(settings: Settings) -> Iterator[Settings]:
    """The settings with the address of a running, migrated database."""
    with postgres(settings) as url:
        migrate_tables(url)
        yield msgspec.structs.replace(settings, database_url=url)


def plant(settings: Settings) -> None:
    """Seed every module, each in one transaction, saying what takes time."""

    async def run(database: Database) -> None:
        events_of(database)
        for module in MODULES:
            if module.seed:
                click.echo(f"  {module.name} …", nl=False)
                async with database.transaction() as session:
                    await module.seed(session, settings)
                click.echo(" ready")
        await database.close()

    with migrated(settings) as settings:
        asyncio.run(run(Database(settings)))


def serve_web(settings: Settings) -> None:
    needs_database(settings)
    if settings.web_processes == 1:
        asyncio.run(_serve_alone(settings))
        return
    from granian import Granian  # starts processes; not needed for one

    Granian(
        "server.app:serve",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.web_processes,
        websockets=False,
        log_enabled=False,
    ).serve()


async def _serve_alone(settings: Settings) -> None:
    server = Server(
        serve(),
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        websockets=False,
        log_enabled=False,
    )
    _on_stop(server.stop)
    await server.serve()


def work(settings: Settings) -> None:
    needs_database(settings)
    logs.configure(settings)

    async def run() -> None:
        stop = asyncio.Event()
        _on_stop(stop.set)
        database = Database(settings)
        await events_of(database).work(stop)
        await database.close()

    asyncio.run(run())


def needs_database(settings: Settings) -> None:
    if not settings.database_url:
        raise click.ClickException("DATABASE_URL is not set; `python -m server run` starts a database of its own")


def _on_stop(stop: object) -> None:
    """Call `stop` at SIGTERM, at Ctrl-C, and when the supervisor is gone, even killed."""
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop)  # type: ignore[arg-type]
    if os.environ.get("SUPERVISED"):

        def watch() -> None:
            os.read(0, 1)  # returns when the other end of the pipe is gone
            os.kill(os.getpid(), signal.SIGTERM)

        threading.Thread(target=watch, daemon=True).start()


def write_migration(settings: Settings, message: str) -> None:
    with migrated(settings) as settings:
        config = configuration(settings.database_url)
        last = max(path.name[:4] for path in (ROOT / "server" / "migrations").glob("[0-9]*.py"))
        number = f"{int(last) + 1:04}"
        config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        command.revision(config, message, autogenerate=True, rev_id=number)


def document(app: Litestar) -> bytes:
    """The OpenAPI document, the same bytes for the same code."""
    return (
        msgspec.json.format(
            msgspec.json.encode(correct_document(app.openapi_schema.to_schema()), order="sorted"), indent=1
        )
        + b"\n"
    )


def write_document(*, check: bool, path: Path = DOCUMENT_FILE) -> None:
    fresh = document(create_app(Settings(secret_key="-" * 32, database_url="postgresql://"), DOCUMENT))
    if check:
        if not path.is_file() or path.read_bytes() != fresh:
            raise click.ClickException(f"{path.relative_to(ROOT)} is stale: run `make api`")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(fresh)
    click.echo(f"{path.relative_to(ROOT)} written.")
