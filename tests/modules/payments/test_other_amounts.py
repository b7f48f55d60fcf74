"""The gateway took another sum than was asked for: it is in the books, once, and a person says what becomes of it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from server.core.clock import HERE
from server.core.database import Database
from server.core.events import Events
from server.core.settings import Settings
from server.modules.payments.service.attempts import Attempts
from server.modules.payments.service.comparing import Difference, Stated, compare
from server.modules.payments.service.reconciling import Reconciling
from server.modules.payments.service.refunds import Refunds
from server.sandbox.bank import serving
from tests.modules.identity.conftest import age
from tests.modules.payments.conftest import NewPayer, Partner, Payer, Watching, asking, booked, credit, found, order_of
from tests.modules.payments.test_desk import Clerk, clerk, new_clerk
from tests.modules.payments.test_giving_back import staff

__all__ = ["clerk", "new_clerk"]

LESS, MORE = "700000", "900000"


async def kept(database: Database, url: str) -> list[tuple[str, int]]:
    """What is booked of the money of this order, whether it is known what for or not."""
    asked = """SELECT kind, amount FROM payments_transaction
        WHERE source = 'vnpay' AND source_ref = :reference ORDER BY id"""
    async with database.reading() as connection:
        rows = await connection.execute(text(asked), {"reference": order_of(url)["vnp_TxnRef"]})
        return [(row.kind, row.amount) for row in rows]


async def finding(clerk: Clerk, payer: Payer) -> dict[str, Any]:
    [one] = [it for it in await clerk.findings() if it["code"] == payer.code]
    return dict(one)


async def differences(database: Database, settings: Settings) -> int:
    async with database.transaction() as session:
        return await Reconciling(session, settings).check_ledger()


@pytest.mark.parametrize(("told", "amount"), [(LESS, 7000), (MORE, 9000)])
async def test_it_is_kept_and_a_person_is_asked(
    told: str, amount: int, payer: Payer, clerk: Clerk, database: Database, paying: Settings
) -> None:
    wrong = await differences(database, paying)
    before = {it["account"]: it["balance"] for it in (await clerk.get("/accounts")).json()["items"]}
    url = (await payer.begin())["url"]
    assert await payer.ipn(payer.notice(url, Amount=told)) == "04"
    assert await payer.standing() == "paying"
    assert await kept(database, url) == [("unknown", amount)]
    accounts = (await clerk.get("/accounts")).json()
    after = {it["account"]: it["balance"] for it in accounts["items"]}
    assert after["held:vnpay"] - before.get("held:vnpay", 0) == amount
    assert after["unknown"] - before.get("unknown", 0) == -amount
    assert accounts["total"] == 0
    one = await finding(clerk, payer)
    assert (one["kind"], one["amount"], one["due"], one["line"] is not None) == ("wrong-amount", amount, 8000, True)
    assert (await clerk.post(f"/findings/{one['id']}/close")).status_code == 404
    assert await differences(database, paying) == wrong

    today = datetime.now(HERE).date()
    reference = order_of(url)["vnp_TxnRef"]
    for theirs, differ in ((amount, []), (8000, [Difference(reference, amount, 8000)])):
        compared = compare(database, "gateway", [Stated(reference, theirs)], today, today)
        assert [it async for it in compared if it.ref == reference] == differ
    # What the bank states is another statement.
    assert [it async for it in compare(database, "bank", [], today, today) if it.ref == reference] == []


async def test_what_is_kept_and_about_which_nobody_is_asked_is_found(
    payer: Payer, database: Database, paying: Settings
) -> None:
    url = (await payer.begin())["url"]
    await payer.ipn(payer.notice(url, Amount=LESS))
    wrong = await differences(database, paying)
    state = "UPDATE payments_statement_line SET state = :state WHERE bank_ref = :it"
    await age(database, state, it=order_of(url)["vnp_TxnRef"], state="returned")
    assert await differences(database, paying) == wrong + 1
    await age(database, state, it=order_of(url)["vnp_TxnRef"], state="open")


async def test_told_often_or_at_once_it_is_one_sum(new_payer: NewPayer, database: Database) -> None:
    often, at_once = await new_payer(), await new_payer()
    urls = [(await it.begin())["url"] for it in (often, at_once)]
    said = [it.notice(url, Amount=LESS) for it, url in zip((often, at_once), urls, strict=True)]
    answers = [await often.ipn(said[0]) for _ in range(2)]
    # Several of them are one transaction, several are not.
    answers += await asyncio.gather(*(at_once.ipn(said[1]) for _ in range(8)))
    answers.append(await often.ipn(often.notice(urls[0], Amount=LESS)))
    assert answers == ["04"] * 11
    for payer, url in zip((often, at_once), urls, strict=True):
        assert await kept(database, url) == [("unknown", 7000)]
        assert await found(database, payer.code) == ["wrong-amount"]


async def test_two_sums_of_one_order_are_not_two_moneys(payer: Payer, database: Database) -> None:
    url = (await payer.begin())["url"]
    for told in (LESS, MORE, LESS):
        assert await payer.ipn(payer.notice(url, Amount=told)) == "04"
    assert await kept(database, url) == [("unknown", 7000)]
    assert await found(database, payer.code) == ["wrong-amount"] * 2


@pytest.mark.parametrize(
    ("told", "kinds"),
    [
        ({"Amount": "800001"}, ["wrong-amount"]),
        ({"Amount": "0"}, ["wrong-amount"]),
        ({"Amount": "9" * 13 + "00"}, ["wrong-amount"]),
        ({"CurrCode": "USD"}, ["other-currency", "wrong-amount"]),
    ],
)
async def test_what_is_no_sum_is_only_found(
    told: dict[str, str], kinds: list[str], payer: Payer, database: Database
) -> None:
    url = (await payer.begin())["url"]
    assert await payer.ipn(payer.notice(url, **told)) == "04"
    assert await payer.ipn(payer.notice(url, "51", Amount=LESS)) == "04"
    assert await kept(database, url) == []
    assert sorted(await found(database, payer.code)) == kinds
    # That it was found does not hide the money that comes.
    assert await payer.ipn(payer.notice(url, Amount=LESS)) == "04"
    assert await kept(database, url) == [("unknown", 7000)]
    assert sorted(await found(database, payer.code)) == [*kinds, "wrong-amount"]


async def test_what_was_paid_is_not_taken_a_second_time(payer: Payer, database: Database) -> None:
    url = (await payer.begin())["url"]
    assert [await payer.ipn(payer.notice(url)), await payer.ipn(payer.notice(url, Amount=LESS))] == ["00", "04"]
    assert await kept(database, url) == [("payment", 8000)]
    assert await found(database, payer.code) == ["wrong-amount"]


async def test_whoever_paid_is_not_told_to_pay_again(
    payer: Payer, database: Database, paying: Settings, events: Events
) -> None:
    url = (await payer.begin())["url"]
    await payer.ipn(payer.notice(url, Amount=LESS))
    over = "UPDATE payments_attempt SET expires_at = now() - interval '1 minute' WHERE reference = :it"
    await age(database, over, it=order_of(url)["vnp_TxnRef"])
    async with database.transaction() as session:
        await Attempts(session, paying).expire(datetime.now(UTC))
    await events.run_waiting()
    inbox = (await payer.browser.get("/api/notifications")).json()["items"]
    [told] = [it["body"] for it in inbox if it["title"].startswith("Thanh toán chưa xong")]
    assert "đừng trả lại" in told


class TestWhatBecomesOfIt:
    async def test_it_goes_back(self, payer: Payer, clerk: Clerk, database: Database, paying: Settings) -> None:
        wrong = await differences(database, paying)
        url = (await payer.begin())["url"]
        said = payer.notice(url, Amount=LESS)
        await payer.ipn(said)
        line = (await finding(clerk, payer))["line"]
        both = await asyncio.gather(*(clerk.post(f"/lines/{line}/give-back") for _ in range(2)))
        assert sorted(it.status_code for it in both) == [200, 409]
        assert await payer.ipn(said) == "04"
        assert await kept(database, url) == [("unknown", 7000), ("returned", 7000)]
        assert all(it["code"] != payer.code for it in await clerk.findings())
        assert await differences(database, paying) == wrong

    async def test_it_pays_what_is_due_exactly(self, new_payer: NewPayer, clerk: Clerk, database: Database) -> None:
        payer, sister = await new_payer(), await new_payer(amount=7000)
        await payer.ipn(payer.notice((await payer.begin())["url"], Amount=LESS))
        line = (await finding(clerk, payer))["line"]
        assert (await clerk.post(f"/lines/{line}/assign", {"code": sister.code})).status_code == 200
        assert (await payer.standing(), await sister.standing()) == ("paying", "paid")
        assert await booked(database, sister.code) == [("assigned", 7000, True)]

    async def test_taken_for_its_bill_the_gateway_gives_it_back(
        self, payer: Payer, clerk: Clerk, database: Database, paying: Settings
    ) -> None:
        url = (await payer.begin())["url"]
        await payer.ipn(payer.notice(url, Amount=MORE))
        line = (await finding(clerk, payer))["line"]
        assert (await clerk.post(f"/lines/{line}/assign", {"code": payer.code})).status_code == 200
        [refund] = (await clerk.see(payer.code))["refunds"]
        assert (refund["amount"], refund["mine"], refund["reason"]) == (9000, True, "surplus")
        bank = Watching(database.conninfo)
        with serving(bank) as address:
            there = asking(paying, bank, address.page)
            order = order_of(url) | {"vnp_Amount": MORE}
            bank.orders[order["vnp_TxnRef"]], bank.paid[order["vnp_TxnRef"]] = order, "00"
            async with database.transaction() as session:
                session.info["settings"] = there
                await Refunds(session).decide(staff(), refund["id"], refund["version"], give=True, paid_ref="")
            for _ in range(2):  # it is asked to, and what has become of it
                async with database.transaction() as session:
                    session.info["settings"] = there
                    await Refunds(session).send(refund["id"])
            async with database.transaction() as session:
                await Reconciling(session, there).ask_fresh(datetime.now(UTC) + timedelta(minutes=2))
        assert await booked(database, payer.code) == [("assigned", 9000, False), ("refund", 9000, False)]
        # The gateway now speaks of money that went back, as it must.
        assert await found(database, payer.code) == ["wrong-amount"]

    async def test_given_back_by_hand_at_the_gateway_it_is_no_difference(
        self, payer: Payer, clerk: Clerk, database: Database, paying: Settings
    ) -> None:
        await age(database, "UPDATE payments_attempt SET begun_at = begun_at - interval '400 days'")
        order = order_of(url := (await payer.begin())["url"])
        await payer.ipn(payer.notice(url, Amount=MORE))
        bank = Watching(database.conninfo)
        with serving(bank) as address:
            there = asking(paying, bank, address.page)
            bank.orders[order["vnp_TxnRef"]] = order | {"vnp_Amount": MORE}
            bank.given_back[f"{order['vnp_TxnRef']}/by hand at the gateway"] = 900_000
            await clerk.post(f"/lines/{(await finding(clerk, payer))['line']}/give-back")
            async with database.transaction() as session:
                assert await Reconciling(session, there).ask_all(datetime.now(UTC)) == 1
        assert await found(database, payer.code) == ["wrong-amount"]


class TestTheGatewayCorrectsItself:
    async def test_what_it_told_first_never_was(
        self, payer: Payer, clerk: Clerk, database: Database, paying: Settings
    ) -> None:
        wrong = await differences(database, paying)
        url = (await payer.begin())["url"]
        first = payer.notice(url, Amount=LESS)
        assert [await payer.ipn(it) for it in (first, payer.notice(url), first)] == ["04", "00", "04"]
        assert await payer.standing() == "paid"
        assert await kept(database, url) == [("unknown", 7000), ("returned", 7000), ("payment", 8000)]
        today, reference = datetime.now(HERE).date(), order_of(url)["vnp_TxnRef"]
        compared = compare(database, "gateway", [Stated(reference, 8000)], today, today)
        assert [it async for it in compared if it.ref == reference] == []
        # Somebody looks all the same; there is nothing left to decide.
        one = await finding(clerk, payer)
        assert (one["kind"], one["line"]) == ("wrong-amount", None)
        assert (await clerk.post(f"/findings/{one['id']}/close")).status_code == 200
        assert await differences(database, paying) == wrong

    async def test_when_somebody_has_decided_a_person_is_asked(
        self, payer: Payer, clerk: Clerk, database: Database
    ) -> None:
        url = (await payer.begin())["url"]
        await payer.ipn(payer.notice(url, Amount=LESS))
        await clerk.post(f"/lines/{(await finding(clerk, payer))['line']}/give-back")
        assert await payer.ipn(payer.notice(url)) == "00"
        assert await kept(database, url) == [("unknown", 7000), ("returned", 7000), ("payment", 8000)]
        assert sorted(await found(database, payer.code)) == ["gateway-differs", "wrong-amount"]

    async def test_against_a_decision_at_the_same_time(
        self, new_payer: NewPayer, clerk: Clerk, database: Database
    ) -> None:
        for _ in range(3):
            payer = await new_payer()
            url = (await payer.begin())["url"]
            await payer.ipn(payer.notice(url, Amount=LESS))
            line = (await finding(clerk, payer))["line"]
            assigned, said = await asyncio.gather(
                clerk.post(f"/lines/{line}/assign", {"code": payer.code}), payer.ipn(payer.notice(url))
            )
            assert said == "00"
            moved = ("assigned", 7000) if assigned.status_code == 200 else ("returned", 7000)
            assert assigned.status_code in (200, 409)
            assert sorted(await kept(database, url)) == sorted([("unknown", 7000), ("payment", 8000), moved])


class TestItsLineOfTheBank:
    async def test_is_the_same_money_whichever_comes_first(
        self, new_payer: NewPayer, bank: Partner, database: Database
    ) -> None:
        for bank_first in (False, True):
            payer = await new_payer()
            url = (await payer.begin())["url"]
            reference, said = order_of(url)["vnp_TxnRef"], payer.notice(url, Amount=LESS)
            line = credit(f"VNPAY {reference}", 7000)
            if bank_first:
                assert (await bank.credit(line), await payer.ipn(said)) == (["kept"], "04")
                assert await kept(database, url) == []
                assert await found(database, payer.code) == ["unknown-money"]
            else:
                assert (await payer.ipn(said), await bank.credit(line)) == ("04", ["matched"])
                assert await kept(database, url) == [("unknown", 7000)]
                assert await bank.credit(credit(f"VNPAY {reference}", 7000)) == ["kept"]
                assert sorted(await found(database, payer.code)) == ["unknown-money", "wrong-amount"]

    async def test_with_what_the_gateway_told_first_it_is_no_correction(
        self, payer: Payer, bank: Partner, database: Database
    ) -> None:
        url = (await payer.begin())["url"]
        await payer.ipn(payer.notice(url, Amount=LESS))
        assert await bank.credit(credit(f"VNPAY {order_of(url)['vnp_TxnRef']}", 7000)) == ["matched"]
        assert await payer.ipn(payer.notice(url)) == "00"
        assert await kept(database, url) == [("unknown", 7000), ("payment", 8000)]
        assert sorted(await found(database, payer.code)) == ["gateway-differs", "wrong-amount"]

    async def test_with_what_is_due_exactly_it_corrects_the_gateway(
        self, payer: Payer, bank: Partner, clerk: Clerk, database: Database, paying: Settings, events: Events
    ) -> None:
        wrong = await differences(database, paying)
        url = (await payer.begin())["url"]
        reference = order_of(url)["vnp_TxnRef"]
        await payer.ipn(payer.notice(url, Amount=LESS))
        line = credit(f"VNPAY {reference}", 8000)
        assert [await bank.credit(line) for _ in range(2)] == [["matched"], ["known"]]
        assert await payer.standing() == "paid"
        # The gateway says so, too: it is one payment.
        assert await payer.ipn(payer.notice(url)) == "02"
        assert await kept(database, url) == [("unknown", 7000), ("returned", 7000), ("payment", 8000)]
        assert await bank.credit(credit(f"VNPAY {reference}", 8000)) == ["kept"]
        one, more = [it for it in await clerk.findings() if it["code"] == payer.code]
        assert (one["kind"], one["line"], more["kind"], more["amount"]) == ("wrong-amount", None, "unknown-money", 8000)
        assert await differences(database, paying) == wrong
        await events.run_waiting()
        inbox = (await payer.browser.get("/api/notifications")).json()["items"]
        assert [it["title"] for it in inbox if it["title"].startswith("Đã nhận tiền")]

    async def test_of_what_was_decided_never_to_have_come_a_person_is_asked_again(
        self, payer: Payer, bank: Partner, clerk: Clerk, database: Database, paying: Settings
    ) -> None:
        wrong = await differences(database, paying)
        url = (await payer.begin())["url"]
        await payer.ipn(payer.notice(url, Amount=LESS))
        await clerk.post(f"/lines/{(await finding(clerk, payer))['line']}/give-back")
        assert await bank.credit(credit(f"VNPAY {order_of(url)['vnp_TxnRef']}", 7000)) == ["kept"]
        one = await finding(clerk, payer)
        assert (one["kind"], one["amount"], one["line"] is not None) == ("unknown-money", 7000, True)
        assert await differences(database, paying) == wrong

    async def test_told_by_both_before_what_was_due_it_is_no_correction(
        self, payer: Payer, bank: Partner, database: Database
    ) -> None:
        url = (await payer.begin())["url"]
        assert await bank.credit(credit(f"VNPAY {order_of(url)['vnp_TxnRef']}", 7000)) == ["kept"]
        assert [await payer.ipn(it) for it in (payer.notice(url, Amount=LESS), payer.notice(url))] == ["04", "00"]
        assert await kept(database, url) == [("payment", 8000)]
        assert sorted(await found(database, payer.code)) == ["gateway-differs", "unknown-money"]
