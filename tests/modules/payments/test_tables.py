"""Spreadsheets: bills and statements come in row by row, the ledger goes out, and nothing is ever a formula."""

import csv
import io
from datetime import datetime
from uuid import uuid4

import pytest
from python_calamine import CalamineWorkbook

from server.core.clock import HERE
from server.core.database import Database
from server.modules.payments.rules.tables import NotATable, as_sent, read
from tests.modules.payments.conftest import Partner, Payer, bill, booked, credit
from tests.modules.payments.test_desk import Clerk, NewClerk, clerk, new_clerk, paid

__all__ = ["clerk", "new_clerk", "paid"]

HEAD = "reference;payee;payee_name;purpose;amount;what;for_whom;due_on;payer_phone"


def row(reference: str, amount: str = "8000", what: str = "Học phí", due_on: str = "30/11/2026") -> str:
    return f"{reference};hoc-phi;Trường Thử;tuition;{amount};{what};Bé Na;{due_on};0900000321"


class TestRules:
    @pytest.mark.parametrize("mark", [",", ";", "\t"])
    def test_columns_stand_in_any_order_and_empty_rows_are_none(self, mark: str) -> None:
        text = "\ufeff" + "\r\n".join([f"B{mark}a", "", f'{mark}"1, 2; 3"', mark])
        assert list(read(io.StringIO(text, newline=""), ["a"], ["a", "b"])) == [(3, {"a": "1, 2; 3"})]

    @pytest.mark.parametrize(
        ("text", "column"),
        [("", "a"), ("b", "a"), ("a,x", "x"), ("a,a", "a"), ('"open', ""), ('"1"2', "")],
    )
    def test_what_is_no_such_table_is_refused(self, text: str, column: str) -> None:
        with pytest.raises(NotATable, match=f"^{column}$"):
            list(read([text], ["a"], ["a", "b"]))

    def test_a_cell_too_many_belongs_to_no_column(self) -> None:
        [one] = read(["a,b\n", "1,2,3"], ["a"], ["a", "b"])
        assert one.cells == {"a": "1", "b": "2", "?": "3"}

    def test_days_and_instants_are_read_as_people_here_write_them(self) -> None:
        [one] = read(["at,due_on,amount\n", "2/9/2026 07:05,1/12/2026,5"], ["at"], ["at", "due_on", "amount"])
        assert as_sent(one) == {"at": "2026-09-02T07:05:00+07:00", "due_on": "2026-12-01", "amount": 5}

    def test_a_clock_as_spreadsheets_write_it_again_is_the_same(self) -> None:
        lines = ["at\n", "2/9/2026 7:05\n", "2/9/2026 7:05:09\n", "2/9/2026 7:5\n"]
        assert [as_sent(it)["at"] for it in read(lines, ["at"])] == [
            "2026-09-02T07:05:00+07:00",
            "2026-09-02T07:05:09+07:00",
            "2/9/2026 7:5",
        ]

    @pytest.mark.parametrize("name", ["2,02611E+14", "2.02611E+14", "2E+14"])
    def test_a_long_number_that_a_spreadsheet_has_shortened_names_nothing(self, name: str) -> None:
        for column in ("bank_ref", "reference"):
            [one] = read([f"{column};what\n", f"{name};{name}"], [column])
            assert as_sent(one) == {"what": name}

    @pytest.mark.parametrize("amount", ["-5", "5.0", "1e3", "8.000", "8,000", "٥", "=5", ""])
    def test_nothing_else_is_an_amount(self, amount: str) -> None:
        [one] = read(["a;amount\n", f"x;{amount}"], ["a"], ["a", "amount"])
        assert as_sent(one).get("amount", "") == amount


class TestBills:
    async def test_a_wrong_row_is_refused_alone_and_a_second_time_is_known(
        self, clerk: Clerk, database: Database
    ) -> None:
        mark = str(uuid4())
        lines = [HEAD, row(mark), row(f"{mark}-1", "1e3"), row(f"{mark}-2", what=""), row(f"{mark}-3", due_on="mai")]
        text = "\n".join([*lines, row(mark, "9000")])
        items = (await clerk.post("/tables/bills", {"text": text})).json()["items"]
        assert [(it["line"], it["result"], it["problem"] and it["problem"]["field"]) for it in items] == [
            (2, "taken", None),
            (3, "refused", "amount"),
            (4, "refused", "what"),
            (5, "refused", "due_on"),
            (6, "refused", "reference"),
        ]
        again = (await clerk.post("/tables/bills", {"text": "\n".join(lines[:2])})).json()["items"]
        assert [(it["result"], it["code"]) for it in again] == [("known", items[0]["code"])]

    async def test_are_the_units_own_and_it_is_told_at_once(
        self, clerk: Clerk, new_clerk: NewClerk, bank: Partner
    ) -> None:
        one = row(str(uuid4()), what="=HYPERLINK(1)")
        [mine] = (await clerk.post("/tables/bills", {"text": f"{HEAD}\n{one}"})).json()["items"]
        other = await new_clerk("payments:read", "payments:raise", unit="96002")
        [theirs] = (await other.post("/tables/bills", {"text": f"{HEAD}\n{one}"})).json()["items"]
        assert (theirs["result"], theirs["code"] == mine["code"]) == ("taken", False)
        assert (await other.get(f"/charges/{await clerk.id_of(mine['code'])}")).status_code == 404
        assert await bank.credit(credit(mine["code"])) == ["matched"]
        seen = await clerk.see(mine["code"])
        assert (seen["charge"]["office_told"], seen["charge"]["what"]) == (True, "=HYPERLINK(1)")

    async def test_what_is_no_table_is_refused_whole(self, clerk: Clerk) -> None:
        for text, status, problem in (
            ("xin chào", 400, "table-unreadable"),
            (HEAD + "\n" + "x\n" * 2001, 413, "table-too-long"),
        ):
            reply = await clerk.post("/tables/bills", {"text": text})
            assert (reply.status_code, reply.json()["type"]) == (status, problem)


class TestStatements:
    async def test_a_line_is_one_line_whoever_brings_it(
        self, payer: Payer, clerk: Clerk, bank: Partner, database: Database
    ) -> None:
        line = credit(f"hoc phi {payer.code}")
        at = datetime.fromisoformat(line["at"]).astimezone(HERE)
        head, mark = "bank_ref,amount,at,text", str(uuid4())
        own = f"{mark},8000,{at:%d/%m/%Y %H:%M},=2+2"
        same = f"{line['bank_ref']},8000,{at:%d/%m/%Y %H:%M:%S},hoc phi {payer.code}"
        text = "\n".join([head, own, same, f"{line['bank_ref']},9000,{at:%d/%m/%Y %H:%M},x", f"{mark}-2,5"])
        assert await bank.credit(line) == ["matched"]
        items = (await clerk.post("/tables/statement", {"text": text})).json()["items"]
        assert [it["result"] for it in items] == ["kept", "known", "refused", "refused"]
        assert await bank.credit(credit("", bank_ref=mark)) == ["known"]
        assert await booked(database, payer.code) == [("payment", 8000, True)]
        [found] = [it for it in await clerk.findings() if it["text"] == "=2+2"]
        assert (await clerk.post(f"/lines/{found['line']}/give-back")).status_code == 200


class TestTheLedger:
    async def test_goes_out_as_it_is_and_nothing_in_it_is_a_formula(
        self, biller: Partner, bank: Partner, clerk: Clerk
    ) -> None:
        [made] = await biller.bill(bill(payee_name="=cmd|' /C calc'!A0"))
        assert await bank.credit(credit(made["code"])) == ["matched"]
        today = f"{datetime.now(HERE):%Y-%m-%d}"
        reply = await clerk.get("/tables/ledger", first=today, last=today)
        assert reply.headers["content-type"] == "text/csv; charset=utf-8"
        assert reply.headers["content-disposition"].endswith('.csv"')
        rows = list(csv.DictReader(io.StringIO(reply.text.removeprefix("\ufeff"), newline="")))
        mine = [it for it in rows if it["Mã khoản thu"] == made["code"]]
        assert [(it["Nợ"], it["Có"], it["Loại"]) for it in mine] == [("8000", "", "Thu"), ("", "8000", "Thu")]
        assert {it["Đơn vị thu"] for it in mine} == {"'=cmd|' /C calc'!A0"}
        sheet = await clerk.get("/tables/ledger", first=today, last=today, sheet="xlsx")
        cells = CalamineWorkbook.from_filelike(io.BytesIO(sheet.content)).get_sheet_by_index(0).to_python()
        assert [row[6] for row in cells if row[3] == made["code"]] == [8000, ""]
        assert sum(int(it["Nợ"] or 0) - int(it["Có"] or 0) for it in rows) == 0

    async def test_of_the_first_and_the_last_day_there_is(self, clerk: Clerk) -> None:
        reply = await clerk.get("/tables/ledger", first="9999-12-31", last="9999-12-31")
        assert (reply.status_code, len(reply.text.splitlines())) == (200, 1)
        assert (await clerk.get("/tables/ledger", first="0001-01-01", last="0001-01-01")).status_code == 200

    async def test_only_for_whoever_reconciles(self, new_clerk: NewClerk) -> None:
        reply = await (await new_clerk("payments:read")).get("/tables/ledger", first="2026-01-01", last="2026-01-02")
        assert reply.status_code == 403
