"""`import-catalogue`: all of a file or nothing, and what it would change said beforehand."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from psycopg.rows import dict_row

from server.app import events_of
from server.core.settings import Settings
from server.modules.catalogue.commands import import_catalogue
from tests.modules.catalogue.lines import ROW, line, write

Import = Callable[..., Result]


@pytest.fixture
def run(fresh: Settings, monkeypatch: pytest.MonkeyPatch) -> Import:
    """The command on a database of its own, in which nothing is published yet."""
    with psycopg.connect(fresh.database_url) as connection:
        connection.execute("DELETE FROM catalogue_procedure")
    monkeypatch.setenv("DATABASE_URL", fresh.database_url)
    monkeypatch.setenv("SECRET_KEY", fresh.secret_key)
    monkeypatch.setenv("VAR", os.environ["TEST_VAR"])
    return lambda *arguments: CliRunner().invoke(import_catalogue, [str(it) for it in arguments], obj=events_of)


Ask = Callable[[str], Any]


@pytest.fixture
def ask(fresh: Settings) -> Ask:
    """The first row of a query, as a dictionary; None when there is none."""

    def asking(query: str) -> Any:
        with psycopg.connect(fresh.database_url, row_factory=dict_row) as connection:
            return connection.execute(query).fetchone()

    return asking


THERE = "SELECT facts, revision FROM catalogue_procedure WHERE code = '{}'"
VERSION = "SELECT version FROM core_version WHERE name = 'catalogue'"


@pytest.fixture
def published(run: Import, tmp_path: Path) -> list[dict[str, Any]]:
    """A list of two that was taken over before."""
    lines = [line("9.000002"), line("9.000003")]
    assert "2 added" in run(write(tmp_path / "published.jsonl", *lines)).output
    return lines


class TestAWrongFile:
    @pytest.mark.parametrize(
        ("lines", "said"),
        [
            ([line(), "{"], ["list.jsonl:2:", "truncated"]),
            ([line(), line()], ["list.jsonl:2:", "9.000001", "line 1"]),
            ([line(colour="red")], ["list.jsonl:1:", "colour"]),
            ([line(title="\u0000 thẻ")], ["list.jsonl:1:", "control"]),
            (["", ""], ["no procedure"]),
        ],
    )
    def test_it_names_file_and_line_and_imports_nothing(
        self, run: Import, ask: Ask, tmp_path: Path, lines: list[Any], said: list[str]
    ) -> None:
        before = ask(VERSION)
        result = run(write(tmp_path / "list.jsonl", *lines))
        assert result.exit_code == 1
        assert "nothing was imported" in result.output
        assert all(word in result.output for word in said)
        assert ask(VERSION) == before
        assert ask(THERE.format("9.000001")) is None

    def test_a_picture_is_no_list(self, run: Import, tmp_path: Path) -> None:
        path = tmp_path / "photo.jpg"
        path.write_bytes(bytes(range(256)) * 4)
        result = run(path)
        assert result.exit_code == 1
        assert "photo.jpg:1:" in result.output

    def test_a_long_list_of_errors_is_cut(self, run: Import, tmp_path: Path) -> None:
        result = run(write(tmp_path / "list.jsonl", *["{"] * 50))
        assert "30 more" in result.output

    def test_a_mark_of_byte_order_is_no_text(self, run: Import, tmp_path: Path) -> None:
        path = write(tmp_path / "list.jsonl", line())
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
        assert "1 added" in run(path).output

    def test_a_file_that_is_not_there(self, run: Import, tmp_path: Path) -> None:
        assert run(tmp_path / "none.jsonl").exit_code == 2


class TestARightFile:
    def test_a_dry_run_says_what_would_change_and_writes_nothing(
        self, run: Import, ask: Ask, tmp_path: Path, published: list[dict[str, Any]]
    ) -> None:
        lines = published
        gone = lines.pop()["code"]
        changed = lines[0]
        changed["title"] += " (mới)"
        before = ask(VERSION)
        result = run(write(tmp_path / "list.jsonl", *lines, line()), "--dry-run")
        assert result.exit_code == 0, result.output
        assert "+ 9.000001" in result.output
        assert f"~ {changed['code']}\n    title: " in result.output
        assert f"- {gone}" in result.output
        assert "1 added, 1 changed (1 × title), 1 withdrawn. Nothing was written" in result.output
        assert ask(VERSION) == before
        assert ask(THERE.format("9.000001")) is None

    def test_what_differs_far_inside_a_long_value_is_shown(
        self, run: Import, tmp_path: Path, published: list[dict[str, Any]]
    ) -> None:
        first, second = published
        first["channels"] = [ROW, ROW | {"channel": "trực tuyến", "fees": [{"amount": 7350}], "fee_text": "7.350 đồng"}]
        second["title"] = "Cấp thẻ thử nghiệm cho người không có thật " * 4
        run(write(tmp_path / "before.jsonl", *published))
        first["channels"][1] |= {"fees": [{"amount": 9150}], "fee_text": "9.150 đồng"}
        second["title"] += "nào cả"
        said = run(write(tmp_path / "after.jsonl", *published), "--dry-run").output
        fee, title = (
            next(it for it in said.splitlines() if it.startswith(f"    {name}: ")) for name in ("channels", "title")
        )
        assert "7350" in fee.split(" → ")[0] and "9150" in fee.split(" → ")[1]
        assert "nào cả" in title.split(" → ")[1]

    def test_the_same_list_again_changes_nothing(
        self, run: Import, ask: Ask, tmp_path: Path, published: list[dict[str, Any]]
    ) -> None:
        before = ask(VERSION)
        result = run(write(tmp_path / "list.jsonl", *published))
        assert "0 added, 0 changed, 0 withdrawn." in result.output
        assert ask(VERSION) == before
        assert ask(THERE.format("9.000002"))["revision"] == 1

    def test_a_change_is_a_revision_that_says_what_it_changed(
        self, run: Import, ask: Ask, tmp_path: Path, published: list[dict[str, Any]]
    ) -> None:
        lines = published
        assert run(write(tmp_path / "one.jsonl", *lines, line())).exit_code == 0
        dearer = line(channels=[ROW | {"fees": [{"amount": 9000}], "fee_text": "9.000 đồng"}])
        assert run(write(tmp_path / "two.jsonl", *lines, dearer)).exit_code == 0
        assert ask(THERE.format("9.000001"))["revision"] == 2
        change = ask("SELECT field, difference FROM catalogue_change")
        assert change["field"] == "channels"
        difference = change["difference"]
        assert difference["before"][0]["fees"] == [{"amount": 0, "basis": None}]
        assert difference["after"][0]["fees"] == [{"amount": 9000, "basis": None}]

    def test_what_is_withdrawn_stays_and_says_when(
        self, run: Import, ask: Ask, tmp_path: Path, published: list[dict[str, Any]]
    ) -> None:
        lines = published
        gone = lines.pop()["code"]
        path = write(tmp_path / "list.jsonl", *lines)
        assert "1 withdrawn." in run(path).output
        row = ask(THERE.format(gone))
        assert row["facts"]["valid_to"] is not None
        assert row["revision"] == 2
        assert "0 withdrawn." in run(path).output
        assert ask(THERE.format(gone))["revision"] == 2

    def test_what_was_to_end_later_ends_with_the_list_that_has_it_no_more(
        self, run: Import, ask: Ask, tmp_path: Path, published: list[dict[str, Any]]
    ) -> None:
        run(write(tmp_path / "one.jsonl", *published, line(valid_to="2999-12-31")))
        path = write(tmp_path / "two.jsonl", *published)
        assert "1 withdrawn." in run(path).output
        assert ask(THERE.format("9.000001"))["facts"]["valid_to"] < "2999"
        assert "0 withdrawn." in run(path).output
