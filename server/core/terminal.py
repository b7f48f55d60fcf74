"""For the commands of modules: a database at hand, and whatever they publish saved with the change."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import click
import msgspec

from server.core.database import Database
from server.core.embedded import postgres
from server.core.problems import Problem
from server.core.settings import Settings, WrongSetting, read_settings

T = TypeVar("T")

Wire = Callable[[Database], object]
"""Gives a database the reactions of every module. Click carries it (`obj`), for no module knows the application."""


def progress(items: Iterable[T], label: str, total: int | None = None) -> Iterable[T]:
    """The items, with a bar on standard error while they are gone through."""
    # Here, for every process loads the commands of all modules, and this is 7 MB.
    from rich.console import Console
    from rich.progress import track

    return track(items, label, total=total, console=Console(stderr=True), transient=True)


def on_the_database(work: Callable[[Database, Settings], Awaitable[T]]) -> T:
    """Run `work`. What it refuses is a sentence at the terminal, not a traceback."""
    wire: Wire | None = click.get_current_context().obj
    if wire is None:
        raise RuntimeError("without the application what is published would be lost")

    async def run(settings: Settings) -> T:
        database = Database(settings)
        wire(database)
        try:
            return await work(database, settings)
        finally:
            await database.close()

    try:
        settings = read_settings()
        with postgres(settings) as url:
            return asyncio.run(run(msgspec.structs.replace(settings, database_url=url)))
    except WrongSetting as error:
        raise click.ClickException(f"wrong setting {error}") from None
    except Problem as problem:
        raise click.ClickException(problem.detail.en) from None
