"""`import-catalogue`: take over a published list of procedures, or show what that would change."""

import codecs
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import click
import msgspec

from server.core.database import Database
from server.core.terminal import on_the_database, progress
from server.modules.catalogue.rules.facts import Facts, facts_of, read_line
from server.modules.catalogue.service.procedures import Catalogue, Import

_SHOWN_ERRORS = 20
_SHOWN_VALUE = 70


@click.command("import-catalogue")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Change nothing; show what would be added, changed and withdrawn.")
def import_catalogue(file: BinaryIO, dry_run: bool) -> None:
    """Take over FILE (JSON Lines, data/catalogue.schema.json): all of it, or nothing."""
    published = read(file)
    show(on_the_database(lambda database, _: _take_over(database, published, dry_run)), dry_run)


def read(file: BinaryIO) -> dict[str, Facts]:
    """Every line, or a refusal that names the file and the lines."""
    # What some editors write before a text, and is none of it.
    lines = file.read().removeprefix(codecs.BOM_UTF8).splitlines()
    published: dict[str, Facts] = {}
    first_line: dict[str, int] = {}
    errors: list[str] = []
    for number, text in enumerate(progress(lines, "Reading"), 1):
        if not text.strip():
            continue
        try:
            line = read_line(text)
            if line.code in first_line:
                raise ValueError(f"code {line.code} stands already on line {first_line[line.code]}")
        except ValueError as error:
            errors.append(f"{Path(file.name).name}:{number}: {error}")
            continue
        first_line[line.code] = number
        published[line.code] = facts_of(line)
    if not published and not errors:
        errors.append(f"{Path(file.name).name}: no procedure in it")
    if errors:
        more = len(errors) - _SHOWN_ERRORS
        shown = errors[:_SHOWN_ERRORS] + ([f"… and {more} more"] if more > 0 else [])
        raise click.ClickException("nothing was imported\n" + "\n".join(shown))
    return published


async def _take_over(database: Database, published: dict[str, Facts], dry_run: bool) -> Import:
    class Enough(Exception):
        """Rolls a dry run back."""

    outcome = Import()
    try:
        async with database.transaction() as session:
            outcome = await Catalogue(session).take_over(published)
            if dry_run:
                raise Enough
    except Enough:
        pass
    return outcome


def show(outcome: Import, dry_run: bool) -> None:
    for code in outcome.added:
        click.echo(f"+ {code}")
    for code, differences in outcome.changed.items():
        click.echo(f"~ {code}")
        for difference in differences:
            before, after = _apart(difference.before, difference.after)
            click.echo(f"    {difference.field}: {before} → {after}")
    for code in outcome.withdrawn:
        click.echo(f"- {code}")
    fields = Counter(difference.field for differences in outcome.changed.values() for difference in differences)
    click.echo(
        f"{len(outcome.added)} added, {len(outcome.changed)} changed"
        + (f" ({', '.join(f'{count} × {field}' for field, count in fields.most_common())})" if fields else "")
        + f", {len(outcome.withdrawn)} withdrawn."
        + (" Nothing was written (dry run)." if dry_run else "")
    )


def _apart(*values: object) -> Iterator[str]:
    """Long ones from a little before they part, or both would look the same."""
    texts = [msgspec.json.encode(value).decode() for value in values]
    parts = next(
        (at for at, letters in enumerate(zip(*texts, strict=False)) if len(set(letters)) > 1), min(map(len, texts))
    )
    begin = max(0, parts - _SHOWN_VALUE // 3) if max(map(len, texts)) > _SHOWN_VALUE else 0
    for text in texts:
        end = begin + _SHOWN_VALUE
        yield ("…" if begin else "") + text[begin:end] + ("…" if len(text) > end else "")
