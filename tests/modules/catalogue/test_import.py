"""`import-catalogue`: all of a file or nothing, and what it would change said beforehand."""

import json
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from server.core.database import Database
from server.core.settings import Settings
from server.core.snapshot import Version
from server.modules.catalogue.commands import import_catalogue
from server.modules.catalogue.models import Change, Procedure
from tests.modules.catalogue.lines import ROW, line, write

Import = Callable[..., Result]


@pytest.fixture
def run(fresh: Settings, monkeypatch: pytest.MonkeyPatch) -> Import:
    """The command on a database of its own, beside the 2,677 procedures of the seed."""
    monkeypatch.setenv("DATABASE_URL", fresh.database_url)
    monkeypatch.setenv("SECRET_KEY", fresh.secret_key)
    monkeypatch.setenv("VAR", os.environ["TEST_VAR"])
    return lambda *arguments: CliRunner().invoke(import_catalogue, [str(it) for it in arguments])


@pytest.fixture
async def tables(fresh: Settings) -> AsyncIterator[Database]:
    database = Database(fresh)
    yield database
    await database.close()


async def procedure(tables: Database, code: str) -> Any:
    async with tables.reading() as connection:
        found = await connection.execute(select(Procedure.facts, Procedure.revision).where(Procedure.code == code))
        return found.one_or_none()


async def version(tables: Database) -> str | None:
    async with tables.reading() as connection:
        return await connection.scalar(select(Version.version).where(Version.name == "catalogue"))


def whole(pytestconfig: pytest.Config) -> list[dict[str, Any]]:
    return [json.loads(text) for text in (pytestconfig.rootpath / "data" / "catalogue.jsonl").open()]


class TestAWrongFile:
    @pytest.mark.parametrize(
        ("lines", "said"),
        [
            ([line(), "{"], ["list.jsonl:2:", "truncated"]),
            ([line(), line()], ["list.jsonl:2:", "9.000001", "line 1"]),
            ([line(colour="red")], ["list.jsonl:1:", "colour"]),
            ([line(title="\u0000x")], ["list.jsonl:1:", "control"]),
            (["", ""], ["no procedure"]),
        ],
    )
    async def test_it_names_file_and_line_and_imports_nothing(
        self, run: Import, tables: Database, tmp_path: Path, lines: list[Any], said: list[str]
    ) -> None:
        before = await version(tables)
        result = run(write(tmp_path / "list.jsonl", *lines))
        assert result.exit_code == 1
        assert "nothing was imported" in result.output
        assert all(word in result.output for word in said)
        assert await version(tables) == before
        assert await procedure(tables, "9.000001") is None

    def test_a_picture_is_no_list(self, run: Import, tmp_path: Path) -> None:
        path = tmp_path / "photo.jpg"
        path.write_bytes(bytes(range(256)) * 4)
        result = run(path)
        assert result.exit_code == 1
        assert "photo.jpg:1:" in result.output

    def test_a_long_list_of_errors_is_cut(self, run: Import, tmp_path: Path) -> None:
        result = run(write(tmp_path / "list.jsonl", *["{"] * 50))
        assert "30 more" in result.output

    def test_a_file_that_is_not_there(self, run: Import, tmp_path: Path) -> None:
        assert run(tmp_path / "none.jsonl").exit_code == 2


class TestARightFile:
    async def test_a_dry_run_says_what_would_change_and_writes_nothing(
        self, run: Import, tables: Database, tmp_path: Path, pytestconfig: pytest.Config
    ) -> None:
        lines = whole(pytestconfig)
        gone = lines.pop()["code"]
        changed = lines[0]
        changed["title"] += " (mới)"
        before = await version(tables)
        result = run(write(tmp_path / "list.jsonl", *lines, line()), "--dry-run")
        assert result.exit_code == 0, result.output
        assert "+ 9.000001" in result.output
        assert f"~ {changed['code']}\n    title: " in result.output
        assert f"- {gone}" in result.output
        assert "1 added, 1 changed (1 × title), 1 withdrawn. Nothing was written" in result.output
        assert await version(tables) == before
        assert await procedure(tables, "9.000001") is None

    async def test_the_same_list_again_changes_nothing(
        self, run: Import, tables: Database, tmp_path: Path, pytestconfig: pytest.Config
    ) -> None:
        before = await version(tables)
        result = run(write(tmp_path / "list.jsonl", *whole(pytestconfig)))
        assert "0 added, 0 changed, 0 withdrawn." in result.output
        assert await version(tables) == before
        assert (await procedure(tables, "1.001193")).revision == 1

    async def test_a_change_is_a_revision_that_says_what_it_changed(
        self, run: Import, tables: Database, tmp_path: Path, pytestconfig: pytest.Config
    ) -> None:
        lines = whole(pytestconfig)
        assert run(write(tmp_path / "one.jsonl", *lines, line())).exit_code == 0
        dearer = line(channels=[ROW | {"fees": [{"amount": 9000}], "fee_text": "9.000 đồng"}])
        assert run(write(tmp_path / "two.jsonl", *lines, dearer)).exit_code == 0
        assert (await procedure(tables, "9.000001")).revision == 2
        async with tables.reading() as connection:
            rows = (await connection.execute(select(Change.field, Change.difference))).all()
        [(field, difference)] = rows
        assert field == "channels"
        assert difference["before"][0]["fees"] == [{"amount": 0, "basis": None}]
        assert difference["after"][0]["fees"] == [{"amount": 9000, "basis": None}]

    async def test_what_is_withdrawn_stays_and_says_when(
        self, run: Import, tables: Database, tmp_path: Path, pytestconfig: pytest.Config
    ) -> None:
        lines = whole(pytestconfig)
        gone = lines.pop()["code"]
        path = write(tmp_path / "list.jsonl", *lines)
        assert "1 withdrawn." in run(path).output
        row = await procedure(tables, gone)
        assert row.facts["valid_to"] is not None
        assert row.revision == 2
        assert "0 withdrawn." in run(path).output
        assert (await procedure(tables, gone)).revision == 2
