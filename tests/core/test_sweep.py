"""What an upload that was rolled back has left behind goes in the night; what a row names, and what is young, stays."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from server.app import MODULES, events_of
from server.core.database import Database
from server.core.files import Files
from server.core.settings import ROOT, Settings
from server.core.sweep import GRACE, sweep

SHELVES = [shelf for module in MODULES for shelf in module.shelves]
LATER = datetime.now(UTC) + GRACE * 1.1


@pytest.fixture
async def own(fresh: Settings, tmp_path: Path) -> AsyncIterator[Database]:
    """With a folder of its own: by the clock of this test all files of all others are old."""
    database = Database(msgspec.structs.replace(fresh, var=tmp_path))
    events_of(database)
    yield database
    await database.close()


def left(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


async def test_what_nothing_names_goes_and_a_second_run_finds_nothing(own: Database, tmp_path: Path) -> None:
    files = Files(own.info["settings"])
    lost = [f"{shelf.folder}/{uuid7()}" for shelf in SHELVES]
    half, others = f"{SHELVES[0].folder}/half", ("news/named.pdf", "news/480/named.pdf", "elsewhere/x")
    for name in (*lost, half, "news/lost.pdf", *others):
        await files.put(name, b"x")
    row = "INSERT INTO news_file (id, name, title, media_type, size, by) VALUES (:id, 'named.pdf', '', '', 1, :id)"
    async with own.transaction() as session:
        await session.execute(text(row), {"id": uuid7()})
        await sweep(session, datetime.now(UTC))
    assert len(left(tmp_path / "files")) == len(lost) + 5
    for _ in range(2):
        async with own.transaction() as session:
            await sweep(session, LATER)
    assert left(tmp_path / "files") == ["elsewhere/x", "news/480/named.pdf", "news/named.pdf"]
    async with own.reading() as connection:
        told = list(await connection.scalars(text("SELECT detail FROM core_audit WHERE act = 'core:sweep'")))
    assert [sum(it["files"].values()) for it in told] == [len(lost) + 2]


def test_every_module_that_keeps_files_says_which_it_still_knows() -> None:
    keeping = {
        path.relative_to(ROOT / "server" / "modules").parts[0]
        for path in (ROOT / "server" / "modules").rglob("*.py")
        if "files_at(" in path.read_text()  # who takes only FileMissing reads what another module keeps
    }
    assert keeping == {module.name for module in MODULES if module.shelves}
