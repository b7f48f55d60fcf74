"""The whole life of a charge: whatever comes, in whatever order, the ledger agrees with a simple model.

`PAYMENT_SEQUENCES=5000 python -m pytest --timeout=0 tests/modules/payments/test_life.py` for many; few in the suite.
"""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text

from server.core.access import Caller
from server.core.database import Database
from server.core.problems import Problem
from server.core.settings import Settings
from server.modules.payments.models import OURSELVES, Charge
from server.modules.payments.rules import vnpay
from server.modules.payments.rules.states import AttemptState, Purpose, RefundReason, Way
from server.modules.payments.schemas.bills import Credit
from server.modules.payments.service.attempts import Attempts
from server.modules.payments.service.charges import Charges, Demand, Raised
from server.modules.payments.service.notices import Notices
from server.modules.payments.service.refunds import Refunds, refunds_of
from server.modules.payments.service.settling import lock
from server.modules.payments.service.statements import Statements
from tests.modules.payments.conftest import MERCHANT, SECRET

AMOUNT = 8000
STEPS = st.lists(
    st.sampled_from(
        [
            "begin-vnpay",
            "begin-vietqr",
            "succeed",
            "succeed-again",
            "refuse",
            "changed",
            "forged",
            "expire",
            "cancel",
            "transfer",
            "transfer-again",
            "transfer-wrong",
            "withdraw",
            "refund",
            "give",
            "give-own",
        ]
    ),
    min_size=1,
    max_size=25,
)


def staff() -> Caller:
    now = datetime.now(UTC)
    return Caller(id=uuid4(), kind="staff", session_id=uuid4(), proved_at=now, unit="96001")


class Life:
    """One charge and the model of it: what came in, what went back, and by what it was paid."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._settings = database, settings
        self.orders: list[str] = []
        self.came: list[int] = []
        self.went = 0
        self.paid = self.withdrawn = False
        self.known: set[str] = set()
        self.line = Credit(bank_ref=str(uuid4()), amount=AMOUNT, at=datetime.now(UTC))
        self.asker, self.other = staff(), staff()
        self.code = self.reference = ""

    async def start(self) -> None:
        self.reference = str(uuid4())
        async with self._database.transaction() as session:
            demand = Demand(self.reference, "x", "X", Purpose.TUITION, "", AMOUNT, "y")
            [raised] = await Charges(session, self._settings).raise_all(OURSELVES, [demand])
            assert isinstance(raised, Raised)
            self.code = raised.code

    def _money(self, name: str, amount: int = AMOUNT) -> None:
        """The model: new money pays when nothing has, else it is a surplus."""
        if name not in self.known:
            self.known.add(name)
            self.came.append(amount)
            self.paid = self.paid or not self.withdrawn

    def _notice(self, code: str = "00", secret: str = SECRET, amount: int = AMOUNT) -> str:
        order = self.orders[-1]
        fields = {
            "vnp_Amount": str(amount * 100),
            "vnp_ResponseCode": code,
            "vnp_TransactionStatus": "00" if code == "00" else "02",
            "vnp_TmnCode": MERCHANT,
            "vnp_TxnRef": order,
        }
        return vnpay.signed_query(secret, fields)

    async def step(self, name: str) -> None:
        try:
            async with self._database.transaction() as session:
                await self._step(session, name)
        except Problem:
            pass  # a refusal changes nothing, which `agree` sees

    async def _step(self, session, name: str) -> None:  # type: ignore[no-untyped-def]
        attempts, notices = Attempts(session, self._settings), Notices(session, self._settings)
        charge = (await session.execute(Charge.__table__.select().where(Charge.code == self.code))).one()
        match name:
            case "begin-vnpay":
                begun = await attempts.begin(await lock(session, charge.id), Way.VNPAY)
                [order] = [it.reference for it in begun if (it.way, it.state) == (Way.VNPAY, AttemptState.BEGUN)]
                self.orders.append(order)
            case "begin-vietqr":
                await attempts.begin(await lock(session, charge.id), Way.VIETQR)
            case "succeed" | "succeed-again" if self.orders:
                assert (await notices.ipn(self._notice())).code in ("00", "02")
                self._money(self.orders[-1])
            case "refuse" if self.orders:
                assert (await notices.ipn(self._notice("24"))).code in ("00", "02")
            case "changed" if self.orders:
                assert (await notices.ipn(self._notice(amount=AMOUNT - 1))).code == "04"
            case "forged" if self.orders:
                assert (await notices.ipn(self._notice(secret="another"))).code == "97"
            case "expire":
                await attempts.expire(datetime.now(UTC) + timedelta(days=2))
            case "cancel":
                await attempts.cancel(await lock(session, charge.id), Way.VNPAY)
            case "transfer" | "transfer-again":
                self.line.text = self.code
                await Statements(session, self._settings).take(OURSELVES, [self.line])
                self._money("transfer")
            case "transfer-wrong":
                wrong = Credit(bank_ref=str(uuid4()), amount=AMOUNT - 1, at=datetime.now(UTC), text=self.code)
                [taken] = await Statements(session, self._settings).take(OURSELVES, [wrong])
                assert not getattr(taken, "matched", True)
            case "withdraw":
                await Charges(session, self._settings).withdraw(OURSELVES, [self.reference])
                self.withdrawn = self.withdrawn or not self.paid
            case "refund":
                row = await session.get_one(Charge, charge.id)
                await Refunds(session).ask(self.asker, row, 3000, AMOUNT, RefundReason.OTHER)
            case "give" | "give-own":
                for it in await refunds_of(session, charge.id):
                    if it.state == "requested" and (name == "give" or it.asked_by):
                        who = self.asker if name == "give-own" else self.other
                        await Refunds(session).decide(who, it.id, it.version, give=True, paid_ref="FT")
                        self.went += it.amount
                        break

    async def agree(self) -> None:
        """The database says what the model says."""
        asked = """SELECT c.state, coalesce(sum(t.amount) FILTER (WHERE t.kind <> 'refund'), 0) AS came,
              coalesce(sum(t.amount) FILTER (WHERE t.kind = 'refund'), 0) AS went,
              count(*) FILTER (WHERE t.pays) AS pays
            FROM payments_charge c LEFT JOIN payments_transaction t ON t.charge_id = c.id
            WHERE c.code = :code GROUP BY c.id"""
        async with self._database.reading() as connection:
            row = (await connection.execute(text(asked), {"code": self.code})).one()
        assert (row.state == "paid") == self.paid == (row.pays == 1)
        assert row.came == sum(self.came)
        assert row.went == self.went <= sum(self.came)
        assert (row.state == "cancelled") == (self.withdrawn and not self.paid)


def test_whatever_comes_in_whatever_order(paying: Settings) -> None:
    """Each sequence in a loop of its own: hypothesis calls plain functions."""
    loop = asyncio.new_event_loop()

    async def live(steps: list[str]) -> None:
        life = Life(database, paying)
        await life.start()
        for step in steps:
            await life.step(step)
            await life.agree()

    async def opened() -> Database:
        return Database(paying)

    database = loop.run_until_complete(opened())

    @given(STEPS)
    @hypothesis_settings(
        max_examples=int(os.environ.get("PAYMENT_SEQUENCES", "12")),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def sequences(steps: list[str]) -> None:
        loop.run_until_complete(live(steps))

    try:
        sequences()
    finally:
        loop.run_until_complete(database.close())
        loop.close()
