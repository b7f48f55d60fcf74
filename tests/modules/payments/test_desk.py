"""What staff do: cash, refunds by two people, what nobody can match, the ledger, the day; and what nobody may see."""

import asyncio
import io
import zipfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select, text

from server.core.access import Caller
from server.core.clock import HERE
from server.core.database import Database
from server.core.events import Events
from server.core.settings import Settings
from server.modules.payments.models import Transaction
from server.modules.payments.service.days import one_of_the_day
from server.modules.payments.service.desk import PaymentDesk
from tests.modules.identity.conftest import Browser, age
from tests.modules.identity.test_proofs import somebody_waits
from tests.modules.payments.conftest import NewPartner, NewPayer, Partner, Payer, bill, booked, credit

ALL = ("payments:read", "payments:raise", "payments:cash", "payments:refund", "payments:approve", "payments:reconcile")
UNIT = "96001"


class Clerk:
    def __init__(self, browser: Browser, database: Database) -> None:
        self._browser, self._database = browser, database

    async def get(self, path: str, **asked: Any) -> httpx.Response:
        return await self._browser.get(f"/api/payments/desk{path}", params=asked)

    async def post(self, path: str, body: object = None, version: int | None = None) -> httpx.Response:
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        return await self._browser.post(f"/api/payments/desk{path}", json=body, headers=headers)

    async def raw(self, path: str, body: str) -> httpx.Response:
        headers = {"Content-Type": "application/json"}
        return await self._browser.post(f"/api/payments/desk{path}", content=body, headers=headers)

    async def id_of(self, code: str) -> str:
        async with self._database.reading() as connection:
            asked = "SELECT id FROM payments_charge WHERE code = :code"
            return str(await connection.scalar(text(asked), {"code": code}))

    async def see(self, code: str) -> dict[str, Any]:
        reply = await self.get(f"/charges/{await self.id_of(code)}")
        assert reply.status_code == 200, reply.text
        seen: dict[str, Any] = reply.json()
        return seen

    async def all_of(self, path: str, **asked: Any) -> list[dict[str, Any]]:
        """Every page of a list."""
        items: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            reply = await self.get(path, limit=100, **asked, **({"cursor": cursor} if cursor else {}))
            assert reply.status_code == 200, reply.text
            items += reply.json()["items"]
            cursor = reply.json()["next_cursor"]
            if cursor is None:
                return items

    async def findings(self) -> list[dict[str, Any]]:
        return await self.all_of("/findings")

    async def ask(self, code: str, amount: int, expected: int) -> httpx.Response:
        body = {"amount": amount, "expected_remaining": expected, "reason": "other"}
        return await self.post(f"/charges/{await self.id_of(code)}/refunds", body)


NewClerk = Callable[..., Awaitable[Clerk]]


@pytest.fixture
def new_clerk(staff_browser: Callable[..., Awaitable[Browser]], database: Database) -> NewClerk:
    async def make(*permissions: str, unit: str = UNIT) -> Clerk:
        return Clerk(await staff_browser(*(permissions or ALL), unit=unit), database)

    return make


@pytest.fixture
async def clerk(new_clerk: NewClerk) -> Clerk:
    return await new_clerk()


async def reference_of(database: Database, code: str) -> str:
    """What its biller calls it."""
    async with database.reading() as connection:
        return str(
            await connection.scalar(text("SELECT reference FROM payments_charge WHERE code = :code"), {"code": code})
        )


async def receipt_of(payer: Payer) -> tuple[str | None, str | None]:
    """Number and link, as whoever paid sees them."""
    seen = await payer.see()
    return seen["receipt_number"], seen["receipt_link"]


@pytest.fixture
async def paid(payer: Payer) -> Payer:
    assert await payer.ipn(payer.notice((await payer.begin())["url"])) == "00"
    return payer


class TestBills:
    async def test_are_taken_once(self, biller: Partner) -> None:
        one = bill()
        [first] = await biller.bill(one)
        [again] = await biller.bill(one)
        [other] = await biller.bill(one | {"amount": 9000})
        assert (first["result"], again["result"], again["code"]) == ("taken", "known", first["code"])
        assert (other["result"], other["problem"]["type"]) == ("refused", "bill-differs")

    @pytest.mark.parametrize("amount", ["0", "-1", "10000000000000", "1.0", "1e3", '"5"', "true", "null"])
    async def test_refuse_what_is_no_money_and_lose_nothing_else(self, amount: str, biller: Partner) -> None:
        good, reference = bill(), str(uuid4())
        bad = f"""{{"reference": "{reference}", "payee": "a", "payee_name": "b", "purpose": "tuition", "what": "c",
            "amount": {amount}}}"""
        text_of_good = str(good).replace("'", '"')
        reply = await biller.send("/bills", f'{{"bills": [{bad}, {text_of_good}]}}'.encode())
        results = [(it["result"], it["problem"] and it["problem"]["field"]) for it in reply.json()["items"]]
        assert results == [("refused", "amount"), ("taken", None)]

    @pytest.mark.parametrize("field", ["reference", "payee", "payee_name", "what"])
    async def test_what_is_only_spaces_says_nothing(self, field: str, biller: Partner) -> None:
        [made] = await biller.bill(bill(**{field: "  "}))
        assert (made["result"], made["problem"]["field"]) == ("refused", field)

    async def test_nothing_is_free_without_a_reason(self, biller: Partner) -> None:
        bills = [bill(amount=0, exemption="poor"), bill(exemption="poor"), bill(amount=0, exemption="friend")]
        assert [it["result"] for it in await biller.bill(*bills)] == ["taken", "refused", "refused"]

    @pytest.mark.parametrize("given", [{"payer_phone": "12"}, {"purpose": "tax"}, {"more": 1}, {"what": ""}])
    async def test_refuse_what_they_do_not_know(self, given: dict[str, Any], biller: Partner) -> None:
        [outcome] = await biller.bill(bill(**given))
        assert outcome["result"] == "refused"

    async def test_a_name_that_stands_twice_is_refused(self, biller: Partner) -> None:
        reply = await biller.send("/bills", b'{"bills": [{"reference": "a", "amount": 1, "amount": 2}]}')
        assert reply.json()["items"][0]["problem"]["field"] == "amount"

    @pytest.mark.parametrize(
        "corrected",
        [{"payer_phone": "0912000111"}, {"payee_name": "Trường khác"}, {"place": UNIT}, {"payer_phone": ""}],
    )
    async def test_what_is_corrected_under_one_reference_is_refused_and_not_dropped(
        self, corrected: dict[str, Any], biller: Partner
    ) -> None:
        one = bill(payer_phone="0912000222")
        [taken] = await biller.bill(one)
        [again] = await biller.bill(one)
        [other] = await biller.bill(one | corrected)
        assert (taken["result"], again["result"], other["result"]) == ("taken", "known", "refused")
        assert other["problem"]["type"] == "bill-differs"

    async def test_only_500_at_once(self, biller: Partner) -> None:
        reply = await biller.send("/bills", {"bills": [{}] * 501})
        assert (reply.status_code, reply.json()["type"]) == (413, "too-many-at-once")

    async def test_the_biller_hears_and_takes_note(self, paid: Payer, biller: Partner) -> None:
        [settled] = (await biller.get("/bills/settled")).json()["items"]
        assert (settled["code"], settled["amount"]) == (paid.code, 8000)
        seen = (await paid.see())["charge"]
        assert (seen["standing"], seen["office_told"]) == ("paid", False)
        assert seen["promised_at"]
        noted = await biller.send("/bills/settled", {"references": [settled["reference"]]})
        assert noted.json()["noted"] == [settled["reference"]]
        assert (await biller.get("/bills/settled")).json()["items"] == []
        assert (await paid.see())["charge"]["office_told"]

    async def test_by_when_it_hears_is_not_said_once_that_is_over(self, payer: Payer, bank: Partner) -> None:
        at = datetime.now(UTC) - timedelta(hours=1)  # as a statement of yesterday tells
        assert await bank.credit(credit(payer.code, at=at.isoformat())) == ["matched"]
        seen = (await payer.see())["charge"]
        assert (seen["standing"], seen["office_told"], seen["promised_at"]) == ("paid", False, None)

    async def test_its_receipt_arrives_beside_the_payment(
        self, paid: Payer, new_payer: NewPayer, biller: Partner, database: Database, events: Events
    ) -> None:
        due = await new_payer()
        references = [await reference_of(database, it.code) for it in (paid, due)]
        one = {"number": "1C26TAA-0000123", "link": "https://bienlai.example.vn/tra-cuu?ma=123"}
        sent = {"receipts": [it | one for it in ({"reference": references[0]}, {"reference": references[1]})]}
        first, second = [(await biller.send("/bills/receipts", sent)).json()["items"] for _ in range(2)]
        assert [it["result"] for it in first] == ["taken", "refused"]  # nobody has paid the other one
        assert first[1]["problem"] | {"title": ""} == {"type": "nothing-paid", "title": "", "field": "reference"}
        assert [it["result"] for it in second] == ["known", "refused"]
        assert await receipt_of(paid) == (one["number"], one["link"])
        assert await receipt_of(due) == (None, None)
        await events.run_waiting()
        # A corrected one takes its place and is told, too.
        other = {"reference": references[0], "number": "1C26TAA-0000124"}
        [third] = (await biller.send("/bills/receipts", {"receipts": [other]})).json()["items"]
        assert third["result"] == "taken"
        assert await receipt_of(paid) == ("1C26TAA-0000124", None)
        await events.run_waiting()
        told = [it["body"] for it in (await paid.browser.get("/api/notifications")).json()["items"]]
        assert [it for it in told if "1C26TAA-" in it] == [
            f"Trường Tiểu học Thử đã lập biên lai số 1C26TAA-000012{last}. Xem trong mục Thanh toán." for last in (4, 3)
        ]

    async def test_its_copy_says_by_when_and_where_its_receipt_is_looked_up(
        self, new_payer: NewPayer, biller: Partner, database: Database, events: Events
    ) -> None:
        payer = await new_payer(due_on="2100-01-31")
        assert await payer.ipn(payer.notice((await payer.begin())["url"])) == "00"
        link = "https://bienlai.example.vn/tra-cuu?ma=123"
        one = {"reference": await reference_of(database, payer.code), "number": "1C26TAA-0000123", "link": link}
        await biller.send("/bills/receipts", {"receipts": [one]})
        asked = await payer.browser.post("/api/privacy/requests", json={"kind": "copy", "note": ""})
        assert asked.status_code == 201, asked.text
        await events.run_waiting()
        file = await payer.browser.get(f"/api/privacy/requests/{asked.json()['id']}/file")
        with zipfile.ZipFile(io.BytesIO(file.content)) as package:
            lines = [line.strip() for line in package.read("du-lieu.txt").decode().splitlines()]
        assert {"Hạn: 31/01/2100", f"Nơi tra cứu biên lai: {link}"} <= {*lines}

    @pytest.mark.parametrize(
        "given",
        [
            {"number": ""},
            {"number": " "},
            {"number": "1" * 61},
            {"link": "javascript:alert(1)"},
            {"link": "http://bienlai.example.vn/1"},
            {"link": "https://10.0.0.1/1"},
            {"link": "https://nhan.vien@bienlai.example.vn/1"},
            {"more": 1},
        ],
    )
    async def test_a_receipt_that_leads_nowhere_is_refused_alone(
        self, given: dict[str, Any], paid: Payer, biller: Partner, database: Database
    ) -> None:
        right = {"reference": await reference_of(database, paid.code), "number": "1C26TAA-0000123"}
        reply = await biller.send("/bills/receipts", {"receipts": [right | given, right]})
        assert [it["result"] for it in reply.json()["items"]] == ["refused", "taken"]

    async def test_another_billers_receipt_is_refused(
        self, paid: Payer, new_partner: NewPartner, database: Database
    ) -> None:
        other = await new_partner("payments:bill")
        sent = {"receipts": [{"reference": await reference_of(database, paid.code), "number": "1"}]}
        [outcome] = (await other.send("/bills/receipts", sent)).json()["items"]
        assert (outcome["result"], outcome["problem"]["type"]) == ("refused", "nothing-paid")
        assert await receipt_of(paid) == (None, None)

    async def test_a_biller_touches_no_other_ones(
        self, payer: Payer, new_partner: NewPartner, database: Database
    ) -> None:
        other = await new_partner("payments:bill")
        reference = await reference_of(database, payer.code)
        assert (await other.send("/bills/withdraw", {"references": [reference]})).json() == {"withdrawn": []}
        assert await payer.standing() == "due"


class TestWhoseItIs:
    async def test_another_resident_finds_nothing(self, new_payer: NewPayer) -> None:
        one, other = await new_payer(), await new_payer()
        await one.begin()
        for verb, body in (("", None), ("/attempts", {"way": "vnpay"}), ("/cancel", {"way": "vnpay"})):
            there, nowhere = [
                await (other.browser.get(path) if body is None else other.browser.post(path, json=body))
                for path in (f"/api/payments/charges/{one.code}{verb}", f"/api/payments/charges/TT000{verb}")
            ]
            assert there.status_code == nowhere.status_code == 404
            assert there.json() | {"request_id": ""} == nowhere.json() | {"request_id": ""}
        assert [it["code"] for it in (await other.browser.get("/api/payments")).json()["items"]] == [other.code]

    async def test_a_phone_is_theirs_however_whoever_bills_writes_it(
        self, new_browser: Callable[[], Browser], biller: Partner, phone: str
    ) -> None:
        browser = new_browser()
        await browser.sign_in(phone)
        ways = [f"{phone} (mẹ)", f"+84 (0) {phone[1:]}", f"{phone[:4]}.{phone[4:]}", phone[1:]]
        made = await biller.bill(*[bill(payer_phone=it) for it in ways])
        seen = {it["code"] for it in (await browser.get("/api/payments")).json()["items"]}
        assert seen == {it["code"] for it in made}

    async def test_by_paper_nobody_is_named(self, new_payer: NewPayer, phone: str) -> None:
        one = await new_payer()
        wrong = await one.browser.post("/api/payments/find", json={"code": one.code, "last_digits": "0000"})
        nothing = await one.browser.post("/api/payments/find", json={"code": "TT0000000000000", "last_digits": "0000"})
        assert wrong.status_code == nothing.status_code == 404
        assert wrong.json() | {"request_id": ""} == nothing.json() | {"request_id": ""}

    async def test_by_paper_it_can_be_paid(self, client: httpx.AsyncClient, biller: Partner, phone: str) -> None:
        [made] = await biller.bill(bill(payer_phone=phone))
        body = {"code": made["code"].lower(), "last_digits": phone[-4:]}
        found = (await client.post("/api/payments/find", json=body)).json()
        assert (found["charge"]["amount"], found["charge"]["what"], found["charge"]["for_whom"]) == (8000, None, None)
        begun = (await client.post("/api/payments/find/attempts", json=body | {"way": "vietqr"})).json()
        assert begun["open"][0]["qr"]["text"]

    async def test_who_looks_again_at_what_they_found_is_not_stopped(
        self, client: httpx.AsyncClient, biller: Partner, phone: str, nothing_counted: None
    ) -> None:
        [made] = await biller.bill(bill(payer_phone=phone))
        body = {"code": made["code"], "last_digits": phone[-4:]}
        looks = [(await client.post("/api/payments/find", json=body)).status_code for _ in range(25)]
        assert looks == [200] * 25
        assert (await client.post("/api/payments/find/attempts", json=body | {"way": "vietqr"})).status_code == 200

    @pytest.mark.usefixtures("one_window")
    async def test_who_guesses_is_stopped(
        self, client: httpx.AsyncClient, biller: Partner, phone: str, nothing_counted: None
    ) -> None:
        [made] = await biller.bill(bill(payer_phone=phone))
        right = {"code": made["code"], "last_digits": phone[-4:]}
        guesses = [{"code": f"TT{place:013}", "last_digits": "0000"} for place in range(21)]
        said = []
        for guess in guesses:
            said.append((await client.post("/api/payments/find", json=guess)).status_code)
            if len(said) < 20:  # what is right between them makes no room
                assert (await client.post("/api/payments/find", json=right)).status_code == 200
        assert said == [404] * 20 + [429]

    async def test_a_code_that_is_guessed_at_is_closed_for_a_day_whether_it_is_there_or_not(
        self, client: httpx.AsyncClient, biller: Partner, phone: str, nothing_counted: None
    ) -> None:
        [made] = await biller.bill(bill(payer_phone=phone))
        for code, right in ((made["code"], phone[-4:]), ("TT0000000000000", "1111")):
            asked = [*["0000"] * 5, right]
            replies = [await client.post("/api/payments/find", json={"code": code, "last_digits": it}) for it in asked]
            assert [it.status_code for it in replies] == [404] * 5 + [429]
            # Nobody counts 1440 minutes.
            assert "sau 24 giờ" in replies[-1].json()["detail"]

    async def test_another_unit_finds_nothing(self, new_clerk: NewClerk, biller: Partner, database: Database) -> None:
        [made] = await biller.bill(bill(place=UNIT))
        mine = await new_clerk("payments:read")
        elsewhere = await new_clerk("payments:read", "payments:cash", unit="31849")
        assert (await mine.see(made["code"]))["charge"]["for_whom"] == "Nguyễn Văn Mẫu, lớp 3A"
        row = await mine.id_of(made["code"])
        assert (await elsewhere.get(f"/charges/{row}")).status_code == 404
        assert (await elsewhere.post(f"/charges/{row}/cash", {"amount": 8000})).status_code == 404
        assert (await elsewhere.get("/charges", code=made["code"])).json()["items"] == []


class TestCash:
    async def test_is_taken_once_and_in_one_sum(self, payer: Payer, clerk: Clerk, database: Database) -> None:
        path = f"/charges/{await clerk.id_of(payer.code)}/cash"
        assert (await clerk.post(path, {"amount": 7000})).json()["type"] == "amount-not-due"
        taken = await asyncio.gather(*(clerk.post(path, {"amount": 8000}) for _ in range(4)))
        assert sorted(it.status_code for it in taken) == [200, 409, 409, 409]
        assert await booked(database, payer.code) == [("payment", 8000, True)]
        assert await payer.standing() == "paid"

    @pytest.mark.parametrize("amount", ["8000.0", "8e3", '"8000"', "true", "0"])
    async def test_is_read_strictly(self, amount: str, payer: Payer, clerk: Clerk) -> None:
        reply = await clerk.raw(f"/charges/{await clerk.id_of(payer.code)}/cash", f'{{"amount": {amount}}}')
        assert reply.status_code == 400
        assert await payer.standing() == "due"

    async def test_a_closed_day_takes_no_more(self, payer: Payer, new_clerk: NewClerk) -> None:
        clerk = await new_clerk(unit="ban-tiep-cong-dan")
        today = datetime.now(HERE).date().isoformat()
        before = (await clerk.get(f"/days/{today}")).json()
        assert before["counted"] is None
        closed = (await clerk.post(f"/days/{today}/close", {"counted": before["booked"]})).json()
        assert closed["counted"] == before["booked"]
        assert (await clerk.post(f"/days/{today}/close", {"counted": 1})).json()["type"] == "day-closed"
        reply = await clerk.post(f"/charges/{await clerk.id_of(payer.code)}/cash", {"amount": 8000})
        assert reply.json()["type"] == "day-closed"

    async def test_what_is_taken_while_it_is_closed_is_in_the_sum(
        self, payer: Payer, new_clerk: NewClerk, database: Database, paying: Settings
    ) -> None:
        unit, today = f"quay-{uuid4()}", datetime.now(HERE).date().isoformat()
        clerk = await new_clerk(unit=unit)
        who = Caller(
            id=uuid4(),
            kind="staff",
            session_id=uuid4(),
            proved_at=datetime.now(HERE),
            unit=unit,
            permissions=frozenset(ALL),
        )
        async with database.transaction() as session:
            await PaymentDesk(session, paying).take_cash(who, UUID(await clerk.id_of(payer.code)), 8000)
            closing = asyncio.create_task(clerk.post(f"/days/{today}/close", {"counted": 8000}))
            await somebody_waits(database)
            assert not closing.done()
        closed = (await closing).json()
        assert (closed["booked"], closed["counted"]) == (8000, 8000)

    async def test_a_day_that_has_not_begun_is_not_closed(self, payer: Payer, new_clerk: NewClerk) -> None:
        clerk = await new_clerk(unit=f"quay-{uuid4()}")
        tomorrow = (datetime.now(HERE) + timedelta(days=1)).date().isoformat()
        assert (await clerk.post(f"/days/{tomorrow}/close", {"counted": 0})).json()["type"] == "day-not-begun"
        assert (await clerk.get(f"/days/{tomorrow}")).json()["counted"] is None

    async def test_a_day_is_a_day(self, clerk: Clerk) -> None:
        assert (await clerk.get("/days/2026-13-40")).status_code == 400
        for day in ("0001-01-01", "9999-12-31"):
            assert (await clerk.get(f"/days/{day}")).json()["booked"] == 0


class TestRefunds:
    async def test_one_asks_and_another_one_decides(
        self, paid: Payer, clerk: Clerk, new_clerk: NewClerk, database: Database
    ) -> None:
        other = await new_clerk()
        assert (await clerk.ask(paid.code, 9000, 8000)).json()["type"] == "refund-too-much"
        refused = await clerk.ask(paid.code, 3000, 5000)
        assert (refused.status_code, refused.json()["remaining"]) == (412, 8000)
        seen = (await clerk.ask(paid.code, 3000, 8000)).json()
        assert seen["remaining"] == 5000
        [refund] = seen["refunds"]
        assert await paid.standing() == "refunding"
        decide = f"/refunds/{refund['id']}/decide"
        body = {"give": True, "paid_ref": "FT123"}
        assert (await clerk.post(decide, body, refund["version"])).json()["type"] == "own-work"
        assert (await other.post(decide, body, 9)).status_code == 412
        [done] = (await other.post(decide, body, refund["version"])).json()["items"]
        assert done["state"] == "done"
        assert (await other.post(decide, body, done["version"])).json()["type"] == "decided-before"
        assert await booked(database, paid.code) == [("payment", 8000, True), ("refund", 3000, False)]
        assert [it["kind"] for it in (await paid.see())["steps"]][-2:] == ["refund-asked", "refunded"]
        assert await paid.standing() == "paid"

    async def test_two_at_once_never_give_back_more_than_there_is(self, paid: Payer, new_clerk: NewClerk) -> None:
        clerks = [await new_clerk() for _ in range(2)]
        asked = await asyncio.gather(*(it.ask(paid.code, 5000, 8000) for it in clerks))
        assert sorted(it.status_code for it in asked) == [200, 412]

    async def test_that_it_was_asked_for_is_told_while_it_is_sent_already(
        self, paid: Payer, clerk: Clerk, database: Database, events: Events
    ) -> None:
        [refund] = (await clerk.ask(paid.code, 3000, 8000)).json()["refunds"]
        await age(database, "UPDATE payments_refund SET state = 'sending' WHERE id = :id", id=refund["id"])
        await events.run_waiting()
        inbox = (await paid.browser.get("/api/notifications")).json()["items"]
        assert any(it["title"].startswith("Đang xét hoàn tiền") for it in inbox)

    async def test_the_biller_hears_of_it_and_takes_note(
        self, paid: Payer, clerk: Clerk, new_clerk: NewClerk, biller: Partner, new_partner: NewPartner
    ) -> None:
        [refund] = (await clerk.ask(paid.code, 3000, 8000)).json()["refunds"]
        assert (await biller.get("/bills/refunded")).json()["items"] == []
        early = await biller.send("/bills/refunded", {"ids": [refund["id"]]})
        assert early.json() == {"noted": []}
        other, body = await new_clerk(*ALL), {"give": True, "paid_ref": "FT-biller"}
        assert (await other.post(f"/refunds/{refund['id']}/decide", body, refund["version"])).status_code == 200
        [told] = (await biller.get("/bills/refunded")).json()["items"]
        assert (told["id"], told["code"], told["amount"]) == (refund["id"], paid.code, 3000)
        stranger = await new_partner("payments:bill")
        assert (await stranger.get("/bills/refunded")).json()["items"] == []
        assert (await stranger.send("/bills/refunded", {"ids": [refund["id"]]})).json() == {"noted": []}
        for _ in range(2):
            assert (await biller.send("/bills/refunded", {"ids": [refund["id"]]})).json() == {"noted": [refund["id"]]}
        assert (await biller.get("/bills/refunded")).json()["items"] == []

    async def test_nothing_is_refunded_that_was_not_paid(self, payer: Payer, clerk: Clerk) -> None:
        assert (await clerk.ask(payer.code, 1, 8000)).json()["type"] == "not-paid-yet"

    async def test_goes_out_of_where_the_money_was(self, payer: Payer, new_clerk: NewClerk, database: Database) -> None:
        """Cash that goes back by the bank leaves the drawer as it is; out of the drawer it is in the sum of the day."""
        clerk, other = [await new_clerk(unit=f"quay-{uuid4()}") for _ in range(2)]
        today = datetime.now(HERE).date().isoformat()
        assert (await clerk.post(f"/charges/{await clerk.id_of(payer.code)}/cash", {"amount": 8000})).status_code == 200
        sums = []
        for amount, left, body in (
            (3000, 8000, {"give": True, "paid_ref": "FT9"}),
            (1000, 5000, {"give": True, "cash": True}),
        ):
            [*_, refund] = (await other.ask(payer.code, amount, left)).json()["refunds"]
            decide = f"/refunds/{refund['id']}/decide"
            nothing = await clerk.post(decide, {"give": True, "paid_ref": " "}, refund["version"])
            assert (nothing.status_code, nothing.json()["type"]) == (400, "paid-ref-needed")
            assert (await clerk.post(decide, body, refund["version"])).json()["items"][0]["state"] == "done"
            day = (await clerk.get(f"/days/{today}")).json()
            sums.append((day["booked"], [it["amount"] for it in day["items"]]))
        assert sums == [(8000, [8000]), (7000, [8000, -1000])]
        accounts = {(it["debit"], it["credit"]) for it in (await clerk.see(payer.code))["movements"]}
        assert {credit.partition(":")[2].partition(":")[0] for _, credit in accounts if "held" in credit} == {
            "bank",
            "cash",
        }
        await clerk.post(f"/days/{today}/close", {"counted": 7000})
        [*_, refund] = (await other.ask(payer.code, 500, 4000)).json()["refunds"]
        closed = await clerk.post(f"/refunds/{refund['id']}/decide", {"give": True, "cash": True}, refund["version"])
        assert closed.json()["type"] == "day-closed"

    async def test_out_of_the_drawer_is_booked_on_the_day_that_was_open(
        self, payer: Payer, new_clerk: NewClerk, database: Database
    ) -> None:
        """The day that was found open, however long the drawer was waited for."""
        unit = f"quay-{uuid4()}"
        clerk, other = [await new_clerk(unit=unit) for _ in range(2)]
        assert (await clerk.post(f"/charges/{await clerk.id_of(payer.code)}/cash", {"amount": 8000})).status_code == 200
        [refund] = (await other.ask(payer.code, 3000, 8000)).json()["refunds"]
        async with database.transaction() as session:
            await one_of_the_day(session, unit, datetime.now(HERE).date())
            decide = clerk.post(f"/refunds/{refund['id']}/decide", {"give": True, "cash": True}, refund["version"])
            giving = asyncio.create_task(decide)
            await somebody_waits(database)
            assert not giving.done()
            waited = datetime.now(UTC)
        assert (await giving).json()["items"][0]["state"] == "done"
        async with database.reading() as connection:
            booked_at = await connection.scalar(select(Transaction.at).where(Transaction.source_ref == refund["id"]))
        assert booked_at < waited

    async def test_money_that_was_too_much_is_asked_back_again(
        self, paid: Payer, bank: Partner, clerk: Clerk, new_clerk: NewClerk, database: Database
    ) -> None:
        other = await new_clerk()
        assert await bank.credit(credit(paid.code)) == ["matched"]
        seen = await clerk.see(paid.code)
        [refund] = seen["refunds"]
        assert [it["left"] for it in seen["movements"]] == [0, 0]
        await other.post(f"/refunds/{refund['id']}/decide", {"give": False}, refund["version"])
        movement = (await clerk.see(paid.code))["movements"][1]
        assert movement["left"] == 8000
        path = f"/charges/{await clerk.id_of(paid.code)}/refunds"
        ask = {"amount": 8000, "expected_remaining": 8000, "reason": "other", "movement": movement["id"]}
        assert (await clerk.post(path, ask | {"movement": str(uuid4())})).json()["type"] == "not-paid-yet"
        [_, again] = (await clerk.post(path, ask)).json()["refunds"]
        assert (again["reason"], again["mine"]) == ("surplus", True)
        assert (await clerk.post(path, ask)).status_code == 412
        body = {"give": True, "paid_ref": "FT1"}
        assert (await other.post(f"/refunds/{again['id']}/decide", body, again["version"])).status_code == 200
        assert await booked(database, paid.code) == [
            ("payment", 8000, True),
            ("surplus", 8000, False),
            ("refund", 8000, False),
        ]
        assert (await clerk.see(paid.code))["remaining"] == 8000

    async def test_every_page_of_those_that_wait_is_reached(
        self, paid: Payer, clerk: Clerk, new_clerk: NewClerk
    ) -> None:
        mine = []
        for left in (8000, 7000, 6000):
            mine.append((await clerk.ask(paid.code, 1000, left)).json()["refunds"][-1]["id"])
        whole = [it["id"] for it in await clerk.all_of("/refunds")]
        assert [it for it in whole if it in mine] == mine
        walked: list[str] = []
        asked: dict[str, str] = {}
        for _ in whole:
            reply = (await clerk.get("/refunds", which="requested", limit=2, **asked)).json()
            walked += [it["id"] for it in reply["items"]]
            if reply["next_cursor"] is None:
                break
            asked = {"cursor": reply["next_cursor"]}
        assert walked == whole
        assert (await clerk.get("/refunds", cursor="x")).json()["type"] == "cursor-refused"
        # Another unit's are on no page of theirs.
        other = await new_clerk("payments:read", unit="32002")
        assert not set(mine) & {it["id"] for it in await other.all_of("/refunds")}

    async def test_a_refusal_leaves_the_money_where_it_is(
        self, paid: Payer, clerk: Clerk, new_clerk: NewClerk, database: Database
    ) -> None:
        [refund] = (await clerk.ask(paid.code, 8000, 8000)).json()["refunds"]
        other = await new_clerk()
        await other.post(f"/refunds/{refund['id']}/decide", {"give": False}, refund["version"])
        assert await booked(database, paid.code) == [("payment", 8000, True)]
        assert (await clerk.see(paid.code))["remaining"] == 8000


class TestReconciliation:
    async def test_a_person_says_what_money_was_for(
        self, payer: Payer, bank: Partner, clerk: Clerk, database: Database
    ) -> None:
        mark = f"tien hoc cho be {uuid4()}"
        assert await bank.credit(credit(mark)) == ["kept"]
        [found] = [it for it in await clerk.findings() if it["text"] == mark]
        assert (found["kind"], found["amount"]) == ("unknown-money", 8000)
        path = f"/lines/{found['line']}"
        assert (await clerk.post(f"/findings/{found['id']}/close")).status_code == 404
        assert (await clerk.post(f"{path}/assign", {"code": "TT123"})).json()["type"] == "charge-not-found"
        both = await asyncio.gather(*(clerk.post(f"{path}/assign", {"code": payer.code}) for _ in range(2)))
        assert sorted(it.status_code for it in both) == [200, 409]
        assert await payer.standing() == "paid"
        assert await booked(database, payer.code) == [("assigned", 8000, True)]
        assert all(it["text"] != mark for it in await clerk.findings())

    async def test_who_said_so_does_not_decide_about_what_is_too_much(
        self, payer: Payer, bank: Partner, clerk: Clerk, new_clerk: NewClerk
    ) -> None:
        mark = str(uuid4())
        await bank.credit(credit(mark, 9000))
        [found] = [it for it in await clerk.findings() if it["text"] == mark]
        await clerk.post(f"/lines/{found['line']}/assign", {"code": payer.code})
        [refund] = (await clerk.see(payer.code))["refunds"]
        assert refund["mine"]
        # What is due is due, and shown so, while something else goes back.
        assert await payer.standing() == "due"
        decide, body = f"/refunds/{refund['id']}/decide", {"give": True, "paid_ref": "FT1"}
        assert (await clerk.post(decide, body, refund["version"])).json()["type"] == "own-work"
        assert (await (await new_clerk()).post(decide, body, refund["version"])).status_code == 200

    async def test_every_page_of_what_differs_is_reached(self, bank: Partner, clerk: Clerk) -> None:
        marks = [str(uuid4()) for _ in range(5)]
        await bank.credit(*(credit(mark) for mark in marks))
        whole = await clerk.findings()
        walked: list[dict[str, Any]] = []
        asked: dict[str, str] = {}
        for _ in whole:
            reply = (await clerk.get("/findings", limit=2, **asked)).json()
            walked += reply["items"]
            assert len(reply["items"]) <= 2
            if reply["next_cursor"] is None:
                break
            asked = {"cursor": reply["next_cursor"]}
        assert [it["id"] for it in walked] == [it["id"] for it in whole]
        assert set(marks) <= {it["text"] for it in walked}
        assert (await clerk.get("/findings", cursor="x")).json()["type"] == "cursor-refused"

    async def test_or_that_it_went_back(self, bank: Partner, clerk: Clerk) -> None:
        mark = str(uuid4())
        await bank.credit(credit(mark))
        [found] = [it for it in await clerk.findings() if it["text"] == mark]
        before = datetime.now(HERE)
        assert (await clerk.post(f"/lines/{found['line']}/give-back")).status_code == 200
        [back] = (await clerk.get("/ledger", account="unknown", limit=1)).json()["items"]
        assert back["kind"] == "returned"
        assert datetime.fromisoformat(back["at"]) >= before
        assert all(it["text"] != mark for it in await clerk.findings())
        assert (await clerk.post(f"/lines/{found['line']}/give-back")).json()["type"] == "decided-before"

    async def test_the_ledger_says_where_every_dong_is(self, paid: Payer, clerk: Clerk) -> None:
        accounts = (await clerk.get("/accounts")).json()
        assert accounts["total"] == 0
        held = next(it for it in accounts["items"] if it["account"] == "held:vnpay")
        page = (await clerk.get("/ledger", account="held:vnpay", limit=2)).json()
        assert page["items"][0]["balance"] == held["balance"]
        newest = page["items"][0]
        assert newest["code"] == paid.code
        if len(page["items"]) > 1:
            assert page["items"][1]["balance"] == newest["balance"] - newest["amount"]
