"""For an operator's terminal."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TypeVar

import click

from server.core.database import Database
from server.core.settings import Settings
from server.core.terminal import on_the_database, progress
from server.modules.dossiers.rules.demo import DOSSIERS
from server.modules.dossiers.rules.reports import A_FILE
from server.modules.dossiers.service.files import FileUnreadable, rows_of
from server.modules.dossiers.service.intake import EventRefused, Intake, Outcome, refusal_of

T = TypeVar("T")

_BATCH = 500
_SHOWN_ERRORS = 20


@click.command("demo-dossiers")
def demo_dossiers() -> None:
    """Print the dossiers of a demonstration and the digits that open them."""
    click.echo("  Dossiers are followed below /dossiers, with the last four digits given at the desk:")
    for dossier in DOSSIERS:
        click.echo(f"    {dossier.code}   {dossier.phone[-4:]}")


@click.command("import-dossiers")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", default="file", show_default=True, help="The system it comes from, where a row names none.")
@click.option("--dry-run", is_flag=True, help="Change nothing; say what would be taken.")
@click.option("--silent", is_flag=True, help="Tell nobody: for a past that people know already.")
def import_dossiers(file: Path, source: str, dry_run: bool, silent: bool) -> None:
    """Take in FILE (.csv, .xlsx or .jsonl): one event of a dossier in each row, the fields of the intake.

    A file with a wrong row is not begun. One that was cut short is run again: what is known changes nothing.
    """
    try:
        rows = _read(file, source)
        counted = on_the_database(
            lambda database, settings: _take(database, settings, file, source, rows, dry_run=dry_run, tell=not silent)
        )
    except FileUnreadable as error:
        raise click.ClickException(f"nothing was imported\n{file.name}: {error}") from None
    for name, count in sorted(counted.items()):
        click.echo(f"  {count:8} {name}")
    click.echo(f"{rows} rows." + (" Nothing was written (dry run)." if dry_run else ""))


def _read(file: Path, source: str) -> int:
    """How many rows there are. Refuses a file with a wrong one by its lines."""
    now, count, wrong = datetime.now(UTC), 0, 0
    errors: list[str] = []
    for line, event in progress(rows_of(file, source), "Reading"):
        count += 1
        refused = event if isinstance(event, EventRefused) else refusal_of(event, now)
        if refused:
            wrong += 1
            if len(errors) < _SHOWN_ERRORS:
                field = f" {refused.field}:" if refused.field else ""
                errors.append(f"{file.name}:{line}:{field} {refused.title.en}")
    if wrong > len(errors):
        errors.append(f"… and {wrong - len(errors)} more")
    if not count:
        errors.append(f"{file.name}: no row in it")
    if errors:
        raise click.ClickException("nothing was imported\n" + "\n".join(errors))
    return count


async def _take(
    database: Database, settings: Settings, file: Path, source: str, rows: int, *, dry_run: bool, tell: bool
) -> Counter[str]:
    """Batch by batch, each a transaction: a million rows need no room for a million."""

    class Enough(Exception):
        """Rolls a dry run back."""

    counted: Counter[str] = Counter()
    events = (row.event for row in rows_of(file, source))
    for batch in progress(_batches(events), "Taking in", total=-(-rows // _BATCH)):
        try:
            async with database.transaction() as session:
                outcomes = await Intake(session, settings).take(A_FILE, batch, tell=tell)
                counted.update(word for outcome in outcomes for word in _words(outcome))
                if dry_run:
                    raise Enough
        except Enough:
            pass
    return counted


def _words(outcome: Outcome) -> Iterator[str]:
    yield "refused" if outcome.refusal else "known already" if outcome.known else "taken"
    yield from (f"marked {flag}" for flag in outcome.flags)


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    it = iter(items)
    while batch := list(islice(it, _BATCH)):
        yield batch
