"""A file of dossiers: CSV, a spreadsheet (XLSX), or JSON Lines; one event in each row, read a row at a time."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from server.core.wire import Twice
from server.modules.dossiers.rules.given import read
from server.modules.dossiers.rules.instants import instant_of
from server.modules.dossiers.schemas import ReportedEvent
from server.modules.dossiers.service.intake import EventRefused, EventUnreadable, TimeRefused
from server.modules.dossiers.service.reading import event_of

COLUMNS = tuple(field.encode_name for field in msgspec.structs.fields(ReportedEvent))
_NEEDED = {"code", "procedure", "status", "at"}
_INSTANTS = ("at", "due_at", "answer_by")
_LONGEST_CELL = 4_000
_ZEROS = {"owner_phone": {9: 10}, "owner_id": {11: 12}}
"""How long a number is that a spreadsheet took for an amount, and how long it was: its first zero is lost."""


class FileUnreadable(Exception):
    """The file as a whole cannot be taken; why is the message."""


class Row(NamedTuple):
    """`line` as the file's reader counts it, from 1."""

    line: int
    event: ReportedEvent | EventRefused


def rows_of(path: Path, source: str) -> Iterator[Row]:
    """The rows in their order. Raises FileUnreadable.

    The columns are the fields of the intake (`POST /api/dossiers/events`). Without `source` a row has the given one,
    without `event_id` one made of what it says: the same file again changes nothing.
    """
    kind = path.suffix.lower()
    read = {".csv": _csv, ".xlsx": _xlsx, ".jsonl": _json_lines}.get(kind)
    if read is None:
        raise FileUnreadable(f"{kind or 'a file without ending'} is not .csv, .xlsx or .jsonl")
    for line, given in read(path):
        if isinstance(given, EventRefused):
            yield Row(line, given)
        elif any(value is not None for value in given.values()):
            yield Row(line, _event(given, source))


def _event(given: dict[str, Any], source: str) -> ReportedEvent | EventRefused:
    for name in _INSTANTS:
        if (said := given.get(name)) is not None:
            given[name] = instant_of(said)
            if given[name] is None:
                return TimeRefused(name)
    if given.get("event_id") is None:
        given["event_id"] = f"{given.get('code')}/{given.get('status')}/{given.get('at')}"[:200]
    if given.get("source") is None:
        given["source"] = source
    return event_of({name: value for name, value in given.items() if value is not None}, strict=False)


def _json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any] | EventRefused]]:
    with path.open("rb") as file:
        for line, text in enumerate(file, 1):
            if not text.strip():
                continue
            try:
                given = read(text)
            except (ValueError, RecursionError):
                yield line, EventUnreadable("")
                continue
            plain = isinstance(given, dict) and not isinstance(given, Twice)
            yield line, given if plain else event_of(given)  # type: ignore[misc]


def _csv(path: Path) -> Iterator[tuple[int, dict[str, Any] | EventRefused]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            # Where the comma parts a number's fraction, as in Vietnam, spreadsheets write semicolons.
            first = file.readline()
            file.seek(0)
            reader = csv.reader(file, delimiter=";" if first.count(";") > first.count(",") else ",", strict=True)
            columns = _columns(next(reader, []))
            for cells in reader:
                yield reader.line_num, _named(columns, cells)
    except UnicodeDecodeError:
        raise FileUnreadable("its text is not UTF-8; save it as “CSV UTF-8”") from None
    except csv.Error as error:
        raise FileUnreadable(f"it is no CSV: {error}") from None


def _xlsx(path: Path) -> Iterator[tuple[int, dict[str, Any] | EventRefused]]:
    from python_calamine import CalamineError, CalamineWorkbook  # only a terminal needs it

    try:
        rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows()
        columns = _columns([str(cell) for cell in next(rows, [])])
        for line, cells in enumerate(rows, 2):
            yield line, _named(columns, [_plain(name, cell) for name, cell in zip(columns, cells, strict=False)])
    except (CalamineError, ValueError) as error:
        raise FileUnreadable(f"it is no spreadsheet: {error}") from None


def _columns(header: Iterable[str]) -> list[str]:
    columns = [name.strip().lower() for name in header]
    while columns and not columns[-1]:
        columns.pop()
    unknown = [name for name in columns if name not in COLUMNS]
    missing = sorted(_NEEDED.difference(columns))
    if unknown:
        raise FileUnreadable(f"its first row has a column {unknown[0][:60]!r}; known are {', '.join(COLUMNS)}")
    if missing or len(set(columns)) < len(columns):
        raise FileUnreadable(
            f"its first row lacks the column {missing[0]!r}" if missing else "its first row names a column twice"
        )
    return columns


def _named(columns: list[str], cells: list[Any]) -> dict[str, Any] | EventRefused:
    if any(cell not in (None, "") for cell in cells[len(columns) :]):
        return EventUnreadable("")
    values = [cell.strip() if isinstance(cell, str) else cell for cell in cells]
    if any(isinstance(value, str) and len(value) > _LONGEST_CELL for value in values):
        return EventUnreadable("")
    return {name: None if value == "" else value for name, value in zip(columns, values, strict=False)}


def _plain(name: str, cell: Any) -> Any:
    """A cell as if it had been typed into a text file."""
    if isinstance(cell, float) and cell.is_integer():
        digits = str(int(cell))
        return digits.rjust(_ZEROS.get(name, {}).get(len(digits), 0), "0")
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return datetime.combine(cell, time())
    return cell if isinstance(cell, datetime) else str(cell)
