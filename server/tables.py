"""The tables and what stands in them from the start."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
import msgspec
from alembic import command

from server.app import MODULES, events_of, refuse_misfits
from server.core.database import Database
from server.core.embedded import postgres
from server.core.retention import count_over
from server.core.settings import ROOT, Settings
from server.migrations import configuration
from server.migrations import migrate as migrate_tables


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
        refuse_misfits(settings)
        asyncio.run(run(Database(settings)))


def say_what_is_over(settings: Settings) -> None:
    """Print every class of data with its time and what is over now."""

    async def run(database: Database) -> None:
        events_of(database)
        async with database.transaction() as session:
            for keep, rows in await count_over(session, datetime.now(UTC)):
                click.echo(f"  {keep.table.__tablename__:32} {rows:8} over   kept {keep.how_long}")
        await database.close()

    with migrated(settings) as settings:
        asyncio.run(run(Database(settings)))


def write_migration(settings: Settings, message: str) -> None:
    with migrated(settings) as settings:
        config = configuration(settings.database_url)
        last = max(path.name[:4] for path in (ROOT / "server" / "migrations").glob("[0-9]*.py"))
        number = f"{int(last) + 1:04}"
        config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        command.revision(config, message, autogenerate=True, rev_id=number)
