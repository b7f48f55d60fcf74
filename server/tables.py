"""The tables and what stands in them from the start."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
import msgspec
from alembic import command

from server.app import MODULES, SEALED, events_of, misfits, refuse_misfits, wrong_data
from server.core import logs
from server.core.anchors import anchor, public_key
from server.core.database import Database
from server.core.embedded import postgres
from server.core.retention import count_over
from server.core.rotation import rotate
from server.core.settings import ROOT, Settings, WrongSetting, keep_own_secret
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

    for wrong in wrong_data(settings):
        raise wrong
    with migrated(settings) as settings:
        refuse_misfits(settings)
        # A person reads what it says, line by line: what only an operator's log wants stays out of it.
        logs.configure(msgspec.structs.replace(settings, log_level="warning"))
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


def rotate_key(settings: Settings) -> None:
    """Seal everything with NEW_SECRET_KEY. Raises WrongSetting; then nothing is changed."""
    if not settings.new_secret_key or settings.new_secret_key == settings.secret_key:
        raise WrongSetting("NEW_SECRET_KEY", "is missing, or the one that is in use: openssl rand -base64 48")

    async def run(database: Database, new: Settings) -> None:
        try:
            async with database.transaction() as session:
                await rotate(session, SEALED, database.info["settings"], new, lambda said: click.echo(f"  {said}"))
            # Signed by both: whoever trusts the former key sees that the chain goes on under the new one.
            async with database.transaction() as session:
                for signed_by in (database.info["settings"], new):
                    await anchor(session, signed_by)
        except OSError as error:
            click.echo(f"  no anchor: {settings.anchors}: {error.strerror}; `audit anchor` writes one later")
        finally:
            await database.close()

    with migrated(settings) as old:
        new = msgspec.structs.replace(old, secret_key=settings.new_secret_key)
        if _opens(new) and not _opens(old):
            click.echo("This database is sealed with NEW_SECRET_KEY already.")
        else:
            refuse_misfits(old)
            asyncio.run(run(Database(old), new))
    if keep_own_secret(settings.var, settings.secret_key, new.secret_key):
        click.echo(f"{settings.var / 'secret_key'} holds the new key.")
    else:
        click.echo("From now on SECRET_KEY must be what NEW_SECRET_KEY was; set it, then start web and worker.")
    click.echo(f"The audit log: `audit verify --key {public_key(old)} --key {public_key(new)}`")


def _opens(settings: Settings) -> bool:
    return not any(wrong.name == "SECRET_KEY" for wrong in misfits(settings))


def write_migration(settings: Settings, message: str) -> None:
    with migrated(settings) as settings:
        config = configuration(settings.database_url)
        last = max(path.name[:4] for path in (ROOT / "server" / "migrations").glob("[0-9]*.py"))
        number = f"{int(last) + 1:04}"
        config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        command.revision(config, message, autogenerate=True, rev_id=number)
