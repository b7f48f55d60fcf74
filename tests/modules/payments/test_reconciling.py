"""Asking the gateway what became of an order, when its notice never came; and whole statements against our books."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import msgspec

from server.core.clock import HERE
from server.core.database import Database
from server.core.settings import Settings
from server.modules.payments.service.comparing import Difference, Stated, compare
from server.modules.payments.service.reconciling import Reconciling
from server.sandbox.bank import MERCHANT, serving
from tests.modules.identity.conftest import age
from tests.modules.payments.conftest import NewPayer, Partner, Watching, booked, credit, order_of


async def test_what_nobody_told_is_asked_and_nothing_is_locked_meanwhile(
    new_payer: NewPayer, paying: Settings, database: Database
) -> None:
    await age(database, "UPDATE payments_attempt SET begun_at = begun_at - interval '2 days'")
    payers = [await new_payer() for _ in range(3)]
    bank = Watching(database.conninfo)
    with serving(bank) as address:
        there = msgspec.structs.replace(
            paying, vnpay_api_url=f"{address.page}api/transaction", vnpay_secret=bank.secret, vnpay_tmn_code=MERCHANT
        )
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
            Difference(unstated["bank_ref"], 5000, None),
            Difference(ours_alone["bank_ref"], 5000, None),
            Difference(same["bank_ref"], 2, -2),
        ]
    )
