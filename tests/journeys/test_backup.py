"""Everything a province has goes into a folder, and comes back from it into an empty house."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import msgspec
import psycopg
import pytest

from server.core.files import Files
from server.core.settings import ROOT, Settings

PHOTO = os.urandom(5_000)


@pytest.fixture
def house(fresh: Settings, tmp_path: Path) -> Settings:
    return msgspec.structs.replace(fresh, var=tmp_path / "house")


@pytest.fixture
def empty(fresh: Settings, tmp_path: Path) -> Iterator[Settings]:
    """Another machine: a database without tables, and no files."""
    server, _, name = fresh.database_url.partition("/citizen_")
    made = f"citizen_{uuid4().hex[:12]}"
    url = fresh.database_url.replace(f"citizen_{name.partition('?')[0]}", made)
    with psycopg.connect(fresh.database_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {made} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
        assert server
        yield msgspec.structs.replace(fresh, database_url=url, var=tmp_path / "other")
        connection.execute(f"DROP DATABASE {made} WITH (FORCE)")


def command(settings: Settings, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "VAR": str(settings.var),
        "PATH": os.environ["PATH"],
        **more,
    }
    return subprocess.run(
        [sys.executable, "-m", "server", *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def rows(settings: Settings) -> dict[str, int]:
    with psycopg.connect(settings.database_url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return {
            name: (connection.execute(f'SELECT count(*) FROM "{name}"').fetchone() or (0,))[0] for (name,) in tables
        }


async def test_there_and_back(house: Settings, empty: Settings, tmp_path: Path) -> None:
    await Files(house).put("news/photos/one", PHOTO)
    kept = tmp_path / "backup"
    done = command(house, "backup", str(kept))
    assert done.returncode == 0, done.stderr
    assert "1 files" in done.stdout
    assert house.secret_key.encode() not in b"".join(it.read_bytes() for it in kept.rglob("*") if it.is_file())
    assert kept.stat().st_mode & 0o077 == 0

    back = command(empty, "restore", str(kept))
    assert back.returncode == 0, back.stderr
    assert rows(empty) == rows(house)
    assert sum(rows(empty).values()) > 2_000
    assert await Files(empty).get("news/photos/one") == PHOTO
    assert command(empty, "migrate").returncode == 0


def test_nothing_is_written_over(house: Settings, tmp_path: Path) -> None:
    kept = tmp_path / "backup"
    kept.mkdir()
    (kept / "of yesterday").write_text("here")
    refused = command(house, "backup", str(kept))
    assert (refused.returncode, "is not empty" in refused.stderr) == (1, True)
    assert [it.name for it in kept.iterdir()] == ["of yesterday"]
    refused = command(house, "restore", str(kept))
    assert (refused.returncode, "is no backup" in refused.stderr) == (1, True)

    before = rows(house)
    (kept / "database.dump").write_text("whatever")
    refused = command(house, "restore", str(kept))
    assert (refused.returncode, "has tables already" in refused.stderr) == (1, True)
    assert rows(house) == before


def test_a_broken_one_leaves_the_house_empty(empty: Settings, tmp_path: Path) -> None:
    kept = tmp_path / "backup"
    kept.mkdir()
    (kept / "database.dump").write_bytes(os.urandom(3_000))
    refused = command(empty, "restore", str(kept))
    assert (refused.returncode, "pg_restore failed" in refused.stderr) == (1, True)
    assert rows(empty) == {}
