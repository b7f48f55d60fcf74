"""A disk that fills up meanwhile: who reads goes on, who writes is told to come back, nothing is half done."""

import asyncio
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
import structlog

from server.core import logs
from server.core.database import Database
from server.core.files import Files
from server.core.problems import Unavailable
from server.core.settings import Settings
from tests.core.conftest import Look

NOTES = "/api/notes"
# What PostgreSQL says when it cannot make a table longer (53100).
FULL = """
CREATE FUNCTION notes_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE 'could not extend file "base/1/2": No space left on device' USING ERRCODE = 'disk_full';
END $$;
CREATE TRIGGER notes_full AFTER INSERT ON notes_note EXECUTE FUNCTION notes_full();
"""


async def test_of_the_database(notes: httpx.AsyncClient, notes_database: Database, look: Look) -> None:
    async with notes_database.reading() as connection:
        await connection.execute(sa.text(FULL))
    try:
        for _ in range(3):
            reply = await notes.post(NOTES, json={"text": "milk"}, headers={"Accept-Language": "en"})
            assert (reply.status_code, reply.json()["type"]) == (503, "unavailable")
            assert (reply.headers["retry-after"], reply.json()["title"]) == (
                "5",
                "The service is busy; try again in a few minutes",
            )
        assert (await notes.get(NOTES)).status_code == 200
        assert (await look.notes(), await look.jobs()) == ([], [])
    finally:
        async with notes_database.reading() as connection:
            await connection.execute(sa.text("DROP FUNCTION notes_full CASCADE"))
    assert (await notes.post(NOTES, json={"text": "milk"})).status_code == 201


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB."""
    if os.geteuid() != 0:
        pytest.skip("only root can make a disk so small")
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], check=False).returncode:
        pytest.skip("no small disk can be made here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


async def test_of_the_files(small: Path) -> None:
    files = Files(Settings(var=small))
    await files.put("photos/1", b"small")
    with pytest.raises(Unavailable):
        await files.put("photos/2", b"x" * 200_000)
    # What was there is still given away, and nothing is left of the other.
    assert await files.get("photos/1") == b"small"
    there = await asyncio.to_thread(lambda: [it.name for it in small.rglob("*") if it.is_file()])
    assert there == ["1"]
    await files.put("photos/2", b"smaller")


def test_of_the_log_lets_nothing_fail(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    line = logs.RequestLine(id="1", method="GET", route="/", status=200, ms=1.0, timestamp=datetime.now(UTC))
    full = io.TextIOWrapper(io.BufferedWriter(_Full()))
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", full)
        logs.configure(settings)
        log, write = structlog.get_logger(), logs.request_writer(settings)
        for _ in range(1000):  # more than what is kept back holds
            log.error("a word")
            write(line)
    logs.configure(settings)
    full.buffer.raw.mended = True


class _Full(io.RawIOBase):
    """A file on a full disk, until it is `mended`."""

    mended = False

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        if not self.mended:
            raise OSError(28, "No space left on device")
        return len(content)  # type: ignore[arg-type]
