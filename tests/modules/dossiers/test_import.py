"""`import-dossiers`: a file with a wrong row is not begun; a right one is taken once, however often it is run."""

import asyncio
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.clock import HERE
from server.core.database import Database
from server.core.events import Events, Reaction
from server.core.settings import Settings
from server.modules.dossiers.commands import import_dossiers
from server.modules.dossiers.events import DossiersMoved
from server.modules.dossiers.rules.instants import instant_of
from tests.modules.dossiers.conftest import LookUp, new_code

HEADER = "code,procedure,status,at,owner_phone"
Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("server.core.terminal.read_settings", lambda: settings)
    return lambda *arguments: CliRunner().invoke(import_dossiers, [str(it) for it in arguments], obj=listening)


async def heard(session: AsyncSession, event: DossiersMoved) -> None:
    """Whatever is done about it elsewhere, here only that it is announced counts."""


def listening(database: Database) -> Events:
    return Events(database, [Reaction(DossiersMoved, heard)])


@pytest.fixture(autouse=True)
async def nothing_announced(database: Database) -> None:
    await announced(database)


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., Path]:
    def save(content: str | bytes, name: str = "dossiers.csv") -> Path:
        (path := tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return save


Save = Callable[..., Path]


async def announced(database: Database) -> int:
    """How many announcements of moves there were since it was last asked."""
    async with database.reading() as connection:
        asked = "WITH gone AS (DELETE FROM procrastinate_jobs WHERE task_name LIKE '%.heard' RETURNING 1) "
        return int(await connection.scalar(text(asked + "SELECT count(*) FROM gone")) or 0)


def spreadsheet(path: Path, *rows: list[Any]) -> Path:
    """A sheet as office programs write it: numbers as numbers, dates as days since 1899 with a style that says so."""

    def cell(value: Any) -> str:
        if isinstance(value, datetime):
            return f'<c s="1"><v>{(value - datetime(1899, 12, 30)) / timedelta(days=1)}</v></c>'
        if isinstance(value, int):
            return f"<c><v>{value}</v></c>"
        return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'

    sheet = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    relation = '<Relationship Id="r{0}" Type="' + office + '/{1}" Target="{2}"/>'
    with zipfile.ZipFile(path, "w") as file:
        for name, content in {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
            "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
            + relation.format(1, "officeDocument", "xl/workbook.xml")
            + "</Relationships>",
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
            '<sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
            + relation.format(1, "worksheet", "worksheets/sheet1.xml")
            + relation.format(2, "styles", "styles.xml")
            + "</Relationships>",
            "xl/styles.xml": f'<styleSheet xmlns="{main}"><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs>'
            "</styleSheet>",
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>',
        }.items():
            file.writestr(name, content)
    return path


class TestARightFile:
    @pytest.mark.parametrize("delimiter", [",", ";"])
    async def test_it_is_taken_once(
        self, run: Run, saved: Save, look_up: LookUp, database: Database, delimiter: str
    ) -> None:
        code = new_code()
        rows = [HEADER, f"{code},1.004194,2,20/11/2026 08:00,0900 000 123", f"{code},1.004194,4,2026-11-21T09:30,"]
        file = saved("\ufeff" + "\r\n".join(rows).replace(",", delimiter) + "\r\n\r\n")
        first = await asyncio.to_thread(run, file)
        assert (first.exit_code, first.output.split()) == (0, ["2", "taken", "2", "rows."])
        assert await announced(database) == 1, "whoever owns it is told"
        again = await asyncio.to_thread(run, file)
        assert again.output.split() == ["2", "known", "already", "2", "rows."]
        assert await announced(database) == 0
        standing = (await look_up(code)).json()
        assert (standing["status"], standing["since"]) == ("in-hand", "2026-11-21T02:30:00Z")

    async def test_a_spreadsheet_gives_back_the_zeros_it_ate(self, run: Run, tmp_path: Path, look_up: LookUp) -> None:
        code, day = new_code(), datetime(2026, 11, 20, 8, 0)
        file = spreadsheet(tmp_path / "một cửa.xlsx", HEADER.split(","), [code, "1.004194", 5, day, 900000123])
        result = await asyncio.to_thread(run, file, "--source", "một cửa")
        assert result.exit_code == 0, result.output
        standing = (await look_up(code, "0123")).json()
        assert (standing["status"], standing["since"]) == ("papers-needed", "2026-11-20T01:00:00Z")

    async def test_json_lines(self, run: Run, saved: Save, look_up: LookUp) -> None:
        code = new_code()
        line = (
            '{"code": "%s", "procedure": "1.004194", "status": 2, "at": "20261120080000", "owner_id": "096000000123"}'
        )
        assert (await asyncio.to_thread(run, saved(line % code, "a.jsonl"))).exit_code == 0
        assert (await look_up(code)).json()["since"] == "2026-11-20T01:00:00Z"

    async def test_a_dry_run_writes_nothing(self, run: Run, saved: Save, look_up: LookUp, database: Database) -> None:
        code = new_code()
        result = await asyncio.to_thread(run, saved(f"{HEADER}\n{code},9.999999,2,2026-11-20,0900000123"), "--dry-run")
        assert "1 taken" in result.output
        assert "marked unknown-procedure" in result.output
        assert (await look_up(code)).status_code == 404
        assert await announced(database) == 0

    async def test_a_past_can_be_taken_in_silence(
        self, run: Run, saved: Save, look_up: LookUp, database: Database
    ) -> None:
        code = new_code()
        file = saved(f"{HEADER}\n{code},1.004194,10,2026-01-20,0900000123")
        assert (await asyncio.to_thread(run, file, "--silent")).exit_code == 0
        assert (await look_up(code)).json()["status"] == "handed-over"
        assert await announced(database) == 0


class TestAWrongFile:
    @pytest.mark.parametrize(
        ("row", "said"),
        [
            ("H12,1.004194,2,2026-11-20,", ":3: code:"),
            ("{code},1.004194,11,2026-11-20,", ":3: status:"),
            ("{code},1.004194,two,2026-11-20,", ":3: status:"),
            ("{code},1.004194,2,31/02/2026,", ":3: at:"),
            ("{code},1.004194,2,2099-11-20,", ":3: at:"),
            ("{code},1.004194,2,2026-11-20,12", ":3: owner_phone:"),
            ("{code},,2,2026-11-20,", ":3: procedure:"),
            ("{code},1.004194,2,2026-11-20,,more", ":3: "),
            ("{code},1.004194,2,2026-11-20,=HYPERLINK(0)", ":3: owner_phone:"),
        ],
    )
    async def test_a_wrong_row_is_named_and_nothing_is_begun(
        self, run: Run, saved: Save, look_up: LookUp, row: str, said: str
    ) -> None:
        code = new_code()
        good = f"{code},1.004194,2,2026-11-20,0900000123"
        result = await asyncio.to_thread(run, saved(f"{HEADER}\n{good}\n{row.replace('{code}', code)}"))
        assert result.exit_code == 1
        assert "nothing was imported" in result.output
        assert f"dossiers.csv{said}" in result.output
        assert (await look_up(code)).status_code == 404

    @pytest.mark.parametrize(
        ("content", "name", "said"),
        [
            ("", "a.csv", "lacks the column 'at'"),
            (HEADER, "a.csv", "no row in it"),
            (f"{HEADER},colour\n", "a.csv", "'colour'"),
            (f"{HEADER},code\n", "a.csv", "names a column twice"),
            ("code,procedure\n", "a.csv", "lacks the column 'at'"),
            (HEADER.encode("utf-16"), "a.csv", "not UTF-8"),
            (f'{HEADER}\n"a', "a.csv", "no CSV"),
            (bytes(range(256)), "a.xlsx", "no spreadsheet"),
            ("[1]\n", "a.jsonl", ":1:"),
            ('{"code": "H12", "status": 2, "status": 9}\n', "a.jsonl", ":1: status: A field stands there twice"),
            ("{\n", "a.jsonl", ":1:"),
            ("", "a.pdf", ".pdf is not"),
        ],
    )
    def test_no_file_is_half_taken(self, run: Run, saved: Save, content: Any, name: str, said: str) -> None:
        result = run(saved(content, name))
        assert result.exit_code == 1
        assert said in result.output

    def test_a_long_list_of_errors_is_cut(self, run: Run, saved: Save) -> None:
        result = run(saved("{\n" * 50, "a.jsonl"))
        assert "30 more" in result.output


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("2026-11-24T14:30:00+07:00", "2026-11-24T14:30"),
        ("2026-11-24T07:30:00Z", "2026-11-24T14:30"),
        ("2026-11-24 14:30", "2026-11-24T14:30"),
        ("24/11/2026 14:30", "2026-11-24T14:30"),
        ("4.1.2026", "2026-01-04T00:00"),
        ("20261124143000", "2026-11-24T14:30"),
        ("20261124", "2026-11-24T00:00"),
        ("24/13/2026", None),
        ("mai", None),
        ("", None),
        (45000, None),
    ],
)
def test_instants_as_people_write_them(given: object, read: str | None) -> None:
    found = instant_of(given)
    assert found == (None if read is None else datetime.fromisoformat(read).replace(tzinfo=HERE))
