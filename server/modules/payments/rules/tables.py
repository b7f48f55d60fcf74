"""Tables as spreadsheets write them (CSV), read. Nothing that stands in a cell is ever worked out as a formula."""

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

MOST = 2000
"""Rows of a table that comes in."""

_PARTED_BY = ",;\t"
_SHORTENED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]+")
"""What spreadsheets make of a long number: many have the same one."""


class NotATable(ValueError):
    """The message is what is wrong: a column's name, or empty."""


class Row(NamedTuple):
    """`line`: of the file, the head being 1. `cells`: those that hold something, by column."""

    line: int
    cells: dict[str, str]


def read(lines: Iterable[str], needed: Collection[str], known: Collection[str] | None = None) -> Iterator[Row]:
    """Every row that is not empty. Columns may stand in any order, parted by comma, semicolon or tab; all the `needed`
    ones and none but the `known` ones, where these are said. Raises NotATable.
    """
    lines = iter(lines)
    first = next(lines, "").removeprefix("\ufeff")
    parted = csv.reader(chain([first], lines), delimiter=max(_PARTED_BY, key=first.count), strict=True)
    try:
        head = [name.strip().lower() for name in next(parted, [])]
        for name in head:
            if known is not None and (name not in known or head.count(name) > 1):
                raise NotATable(name)
        for name in needed:
            if name not in head:
                raise NotATable(name)
        for line in parted:
            if cells := _cells(head, line):
                yield Row(parted.line_num, cells)
    except csv.Error:
        raise NotATable from None


def _cells(head: Sequence[str], line: Sequence[str]) -> dict[str, str]:
    """A cell beyond the last column is one of no column, which nobody knows."""
    names = [*head, *["?"] * (len(line) - len(head))]
    return {name: cell.strip() for name, cell in zip(names, line, strict=False) if cell.strip()}


def as_sent(row: Row) -> dict[str, Any]:
    """The row as an item of the API, to be read as strictly: digits alone are an amount, 30/11/2026 is a day here.

    A name that is none any more is left out, so that the row is refused.
    """
    names = ("reference", "bank_ref")
    sent: dict[str, Any] = {at: it for at, it in row.cells.items() if at not in names or not _SHORTENED.fullmatch(it)}
    amount = row.cells.get("amount", "")
    if re.fullmatch(r"[0-9]{1,14}", amount):
        sent["amount"] = int(amount)
    if day := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", row.cells.get("due_on", "")):
        sent["due_on"] = f"{day[3]}-{day[2]:0>2}-{day[1]:0>2}"
    # By default they write 9:05 for the 09:05 that they have read.
    if at := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?", row.cells.get("at", "")):
        sent["at"] = f"{at[3]}-{at[2]:0>2}-{at[1]:0>2}T{at[4]:0>2}:{at[5]}:{at[6] or '00'}+07:00"
    return sent
