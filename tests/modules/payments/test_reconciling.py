"""Asking the gateway what became of an order, when its notice never came; and whole statements against our books."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import structlog
from sqlalchemy import text

from server.app import events_of
from server.core.clock import HERE
from server.core.database import Database, alone
from server.core.events import Events
from server.core.settings import Settings
from server.modules.payments.reactions import ask_fresh, expire, reconcile
from server.modules.payments.service.attempts import Attempts
from server.modules.payments.service.comparing import Difference, Stated, compare
from server.modules.payments.service.reconciling import Reconciling
from server.modules.payments.service.telling import Telling
from server.sandbox.bank import serving
from tests.modules.identity.conftest import age
from tests.modules.payments.conftest import NewPayer, Partner, Payer, Watching, asking, booked, credit, found, order_of


async def test_what_nobody_told_is_asked_and_nothing_is_locked_meanwhile(
    new_payer: NewPayer, paying: Settings, database: Database
) -> None:
    await age(database, "UPDATE payments_attempt SET begun_at = begun_at - interval '2 days'")
    payers = [await new_payer() for _ in range(3)]
    bank = Watching(database.conninfo)
    with serving(bank) as address:
        there = asking(paying, bank, address.page)
        for payer, became in zip(payers, ("00", "51", None), strict=True):
            order = order_of((await payer.begin())["url"])
            bank.orders[order["vnp_TxnRef"]] = order
            if became:
                bank.paid[order["vnp_TxnRef"]] = became
        async with database.transaction() as session:
            assert await Reconciling(session, there).ask_fresh(datetime.now(UTC) + timedelta(minutes=2)) == 3
    assert bank.kept_waiting == 0
    assert [await payer.standing() for payer in payers] == ["paid", "due", "paying"]
    assert await booked(database, payers[0].code) == [("payment", 8000, True)]


class Sulking(Watching):
    """It says nothing of some orders."""

    def __init__(self, conninfo: str) -> None:
        super().__init__(conninfo)
        self.sulks: set[str] = set()

    def answer(self, asked: Mapping[str, str]) -> dict[str, str]:
        said = super().answer(asked)
        if said["vnp_TxnRef"] in self.sulks:
            said["vnp_ResponseCode"] = "99"
            said["vnp_SecureHash"] = self.sign("|".join(it for name, it in said.items() if name != "vnp_SecureHash"))
        return said


async def test_one_order_keeps_no_other_one_waiting(
    new_payer: NewPayer, paying: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await age(database, "UPDATE payments_attempt SET begun_at = begun_at - interval '400 days'")
    # One at a time: what is asked about first is asked about alone.
    monkeypatch.setattr("server.modules.payments.service.reconciling._FRESH_AT_ONCE", 1)
    payers = [await new_payer() for _ in range(3)]
    bank = Sulking(database.conninfo)
    now = datetime.now(UTC)
    with serving(bank) as address:
        there = asking(paying, bank, address.page)
        for payer, became in zip(payers, (None, None, "00"), strict=True):
            order = order_of((await payer.begin())["url"])
            bank.orders[order["vnp_TxnRef"]] = order
            if became:
                bank.paid[order["vnp_TxnRef"]] = became
            elif not bank.sulks:
                bank.sulks.add(order["vnp_TxnRef"])
        for minutes in (2, 4, 6):
            async with database.transaction() as session:
                await Reconciling(session, there).ask_fresh(now + timedelta(minutes=minutes))
    assert [await payer.standing() for payer in payers] == ["paying", "paying", "paid"]


async def test_in_a_rush_all_that_were_begun_and_left_are_asked_about_in_the_same_minute(
    new_payer: NewPayer, paying: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the gateway was asked whether they are paid, none of them ends, and nobody may begin again."""
    await age(database, "UPDATE payments_attempt SET begun_at = begun_at - interval '400 days'")
    monkeypatch.setattr("server.modules.payments.service.reconciling._FRESH_AT_ONCE", 2)
    payers = [await new_payer() for _ in range(5)]
    bank = Watching(database.conninfo)
    with serving(bank) as address:
        there = asking(paying, bank, address.page)
        for payer in payers:
            order = order_of((await payer.begin())["url"])
            bank.orders[order["vnp_TxnRef"]] = order
        left = "UPDATE payments_attempt SET begun_at = begun_at - :it, expires_at = expires_at - :it"
        await age(database, f"{left} WHERE state = 'begun'", it=timedelta(minutes=20))
        own = Database(there)
        events = events_of(own)
        async with own.transaction() as session:
            # Somebody is at it already: whoever comes meanwhile leaves it to them.
            assert await alone(session, "ask about fresh orders")
            async with own.transaction() as other:
                assert await Reconciling(other, there).ask_fresh(datetime.now(UTC)) == 0
        async with own.transaction() as session:
            await ask_fresh(session, datetime.now(UTC))
        await events.run_waiting()
        async with own.transaction() as session:
            await expire(session, datetime.now(UTC))
        await own.close()
    assert bank.kept_waiting == 0
    assert [await payer.standing() for payer in payers] == ["due"] * 5


async def test_at_night_what_the_gateway_says_otherwise_is_found(
    new_payer: NewPayer, paying: Settings, database: Database
) -> None:
    await age(database, "UPDATE payments_attempt SET begun_at = begun_at - interval '400 days'")
    same, refused, dearer = [await new_payer() for _ in range(3)]
    bank = Watching(database.conninfo)
    with serving(bank) as address:
        there = asking(paying, bank, address.page)
        for payer in (same, refused, dearer):
            url = (await payer.begin())["url"]
            assert await payer.ipn(payer.notice(url)) == "00"
            order = order_of(url)
            bank.orders[order["vnp_TxnRef"]] = order | ({"vnp_Amount": "900000"} if payer is dearer else {})
            bank.paid[order["vnp_TxnRef"]] = "51" if payer is refused else "00"
        for _ in range(2):
            async with database.transaction() as session:
                assert await Reconciling(session, there).ask_all(datetime.now(UTC)) == 3
    assert [await found(database, it.code) for it in (same, refused, dearer)] == [[], *[["gateway-differs"]] * 2]
    assert [await it.standing() for it in (same, refused, dearer)] == ["paid"] * 3


async def test_at_night_what_is_not_confirmed_is_asked_about_however_old_and_page_by_page(
    new_payer: NewPayer, paying: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await age(database, "UPDATE payments_attempt SET begun_at = begun_at - interval '400 days'")
    monkeypatch.setattr("server.modules.payments.service.reconciling._A_PAGE", 1)
    nobody_told, confirmed, unasked, too_old = [await new_payer() for _ in range(4)]
    bank = Watching(database.conninfo)
    with serving(bank) as address:
        there = asking(paying, bank, address.page)
        orders = {}
        for payer, days in ((nobody_told, 29), (confirmed, 29), (unasked, 29), (too_old, 31)):
            order = order_of(url := (await payer.begin())["url"])
            orders[payer] = reference = order["vnp_TxnRef"]
            bank.orders[reference] = order
            bank.paid[reference] = "00" if payer in (nobody_told, too_old) else "51"
            if payer in (confirmed, unasked):
                assert await payer.ipn(payer.notice(url)) == "00"
            old = """UPDATE payments_attempt SET begun_at = begun_at - :days, ended_at = ended_at - :days,
                expires_at = expires_at - :days, asked_at = CASE WHEN :asked THEN now() END WHERE reference = :it"""
            await age(database, old, it=reference, days=timedelta(days=days), asked=payer is confirmed)
        async with database.transaction() as session:
            await Attempts(session, there).expire(datetime.now(UTC))
        own = Database(there)
        events = events_of(own)
        async with own.transaction() as session:
            await reconcile(session, datetime.now(UTC))
        await events.run_waiting()
        await own.close()
    assert bank.kept_waiting == 0
    assert [await it.standing() for it in (nobody_told, too_old)] == ["paid", "due"]
    assert [await found(database, it.code) for it in (confirmed, unasked)] == [[], ["gateway-differs"]]


async def test_what_was_looked_into_and_is_still_so_is_found_again(
    new_payer: NewPayer, paying: Settings, database: Database
) -> None:
    await age(database, "UPDATE payments_attempt SET begun_at = begun_at - interval '400 days'")
    payer = await new_payer()
    bank = Watching(database.conninfo)
    still_open = (
        "SELECT count(*) FROM payments_finding WHERE charge_id IS NOT NULL AND closed_at IS NULL AND about = :it"
    )
    with serving(bank) as address:
        there = asking(paying, bank, address.page)
        order = order_of(url := (await payer.begin())["url"])
        assert await payer.ipn(payer.notice(url)) == "00"
        bank.orders[order["vnp_TxnRef"]] = order
        bank.paid[order["vnp_TxnRef"]] = "51"
        about = f"gateway-differs/{order['vnp_TxnRef']}"
        for _ in range(2):
            async with database.transaction() as session:
                await Reconciling(session, there).ask_all(datetime.now(UTC))
            async with database.reading() as connection:
                assert await connection.scalar(text(still_open), {"it": about}) == 1
            await age(database, "UPDATE payments_finding SET closed_at = now() WHERE about = :it", it=about)


async def test_what_somebody_has_looked_into_is_not_found_again_before_the_night(
    new_payer: NewPayer, paying: Settings, database: Database
) -> None:
    await age(database, "UPDATE payments_attempt SET begun_at = begun_at - interval '400 days'")
    payer = await new_payer()
    bank = Watching(database.conninfo)
    now = datetime.now(UTC)
    with serving(bank) as address:
        there = asking(paying, bank, address.page)
        order = order_of((await payer.begin())["url"])
        bank.orders[order["vnp_TxnRef"]] = order
        bank.given_back[f"{order['vnp_TxnRef']}/by hand at the gateway"] = 300_000
        about = f"gateway-differs/{order['vnp_TxnRef']}"

        async def is_open() -> bool:
            async with database.reading() as connection:
                still = text("SELECT closed_at IS NULL FROM payments_finding WHERE about = :it")
                return bool(await connection.scalar(still, {"it": about}))

        for minutes in (2, 4, 6):
            with structlog.testing.capture_logs() as said:
                async with database.transaction() as session:
                    assert await Reconciling(session, there).ask_fresh(now + timedelta(minutes=minutes)) == 1
            alarms = [it["about"] for it in said if it["log_level"] == "error"]
            assert (alarms, await is_open()) == (([order["vnp_TxnRef"]], True) if minutes == 2 else ([], False))
            await age(database, "UPDATE payments_finding SET closed_at = now() WHERE about = :it", it=about)
        async with database.transaction() as session:
            await Reconciling(session, there).ask_all(now)
        assert await is_open()


async def test_what_is_withdrawn_is_told_and_no_more_asked_for(
    new_payer: NewPayer, database: Database, biller: Partner, events: Events
) -> None:
    withdrawn, fee = await new_payer(), await new_payer(purpose="dossier-fee", subject="H12.1")
    async with database.reading() as connection:
        asked = "SELECT reference FROM payments_charge WHERE code = :code"
        reference = await connection.scalar(text(asked), {"code": withdrawn.code})
    for _ in range(2):
        await biller.send("/bills/withdraw", {"references": [reference]})
    await events.run_waiting()
    told = [[it["title"] for it in (await _inbox(payer))["items"]] for payer in (withdrawn, fee)]
    # Another system's dossier is no dossier of ours: nobody else tells of it.
    assert [it[0].partition(":")[0] for it in told] == ["Không phải trả nữa", "Bạn có khoản cần trả"]
    assert [len(it) for it in told] == [1, 1]


async def test_at_night_a_ledger_that_differs_is_found(
    new_payer: NewPayer, paying: Settings, database: Database
) -> None:
    payer = await new_payer()
    wrong = "UPDATE payments_charge SET state = :state, paid_at = :at WHERE code = :code"
    differ = []
    for state, at in (("due", None), ("paid", datetime.now(UTC)), ("due", None)):
        async with database.transaction() as session:
            # As no statement of ours can: the triggers that keep the ledger true are asleep.
            await session.execute(text("SET LOCAL session_replication_role = replica"))
            await session.execute(text(wrong), {"state": state, "at": at, "code": payer.code})
        async with database.transaction() as session:
            differ.append(await Reconciling(session, paying).check_ledger())
    assert differ[1] - differ[0] == 1
    assert differ[2] == differ[0]


async def test_what_is_due_soon_is_told_once(new_payer: NewPayer, database: Database) -> None:
    now = datetime.now(HERE)
    soon, later = [await new_payer(due_on=str(now.date() + timedelta(days=days))) for days in (2, 9)]
    for _ in range(2):
        async with database.transaction() as session:
            await Telling(session).remind(now)
    told = [[it["title"] for it in (await _inbox(payer))["items"]] for payer in (soon, later)]
    assert [len(it) for it in told] == [1, 0]


async def _inbox(payer: Payer) -> Any:
    return (await payer.browser.get("/api/notifications")).json()


async def test_a_whole_statement_against_what_is_booked(bank: Partner, database: Database) -> None:
    same, dearer, unstated, ours_alone = [credit("", 5000) for _ in range(4)]
    old = credit("", 7000, at="2026-01-05T23:59:59+07:00")
    assert await bank.credit(same, dearer, unstated, ours_alone, old) == ["kept"] * 5
    stated = [Stated(it["bank_ref"], it["amount"]) for it in (same, dearer | {"amount": 6000}, old)]
    stated += [Stated(theirs := str(uuid4()), 9000), Stated(same["bank_ref"], 5000)]
    today = datetime.now(HERE).date()
    mine = {it["bank_ref"] for it in (same, dearer, unstated, ours_alone, old)} | {theirs}
    found = [it async for it in compare(database, "bank", stated, today, today) if it.ref in mine]
    assert sorted(found) == sorted(
        [
            Difference(dearer["bank_ref"], 5000, 6000),
            Difference(theirs, None, 9000),
            Difference(unstated["bank_ref"], 5000, None, 0),
            Difference(ours_alone["bank_ref"], 5000, None, 0),
            Difference(same["bank_ref"], None, None, 2),
        ]
    )
