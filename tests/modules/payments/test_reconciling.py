"""Asking the gateway what became of an order, when its notice never came."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec
import psycopg

from server.core.database import Database
from server.core.settings import Settings
from server.modules.payments.service.reconciling import Reconciling
from server.sandbox.bank import MERCHANT, Bank, serving
from tests.modules.identity.conftest import age
from tests.modules.payments.conftest import NewPayer, booked, order_of


class Watching(Bank):
    """A gateway that looks, whenever it is asked, whether whoever asks keeps its own notices waiting."""

    def __init__(self, conninfo: str) -> None:
        super().__init__("")
        self._conninfo = conninfo
        self.kept_waiting = 0

    def answer(self, asked: Mapping[str, str]) -> dict[str, str]:
        try:
            with psycopg.connect(self._conninfo) as connection:
                connection.execute("SELECT FROM payments_attempt FOR UPDATE NOWAIT")
                connection.execute("SELECT FROM payments_charge FOR UPDATE NOWAIT")
        except psycopg.errors.LockNotAvailable:
            self.kept_waiting += 1
        return super().answer(asked)


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
