"""The whole life of a charge: whatever comes, in whatever order, the ledger and the screen agree with a simple model.

`PAYMENT_SEQUENCES=5000 python -m pytest --timeout=0 tests/modules/payments/test_life.py` for many; few in the suite.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

import msgspec
from hypothesis import HealthCheck, given, note
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller
from server.core.database import Database
from server.core.problems import Problem
from server.core.settings import Settings
from server.modules.payments.models import OURSELVES, Charge, Refund
from server.modules.payments.rules import vnpay
from server.modules.payments.rules.states import (
    BY_BANK,
    AttemptState,
    Purpose,
    RefundReason,
    RefundState,
    Standing,
    Way,
    attempt_may,
)
from server.modules.payments.schemas.bills import Credit
from server.modules.payments.service.attempts import Attempts
from server.modules.payments.service.charges import Charges, Demand, Raised
from server.modules.payments.service.desk import PaymentDesk
from server.modules.payments.service.notices import Notices
from server.modules.payments.service.refunds import Refunds, refunds_of
from server.modules.payments.service.settling import lock
from server.modules.payments.service.statements import Statements, Taken
from server.modules.payments.service.views import Views
from server.sandbox.bank import MERCHANT, Bank, serving

AMOUNT, PART = 8000, 3000
STEPS = (
    *("begin-vnpay", "begin-vietqr", "begin-portal", "cancel-vnpay", "cancel-vietqr", "cancel-portal"),
    *("claim-vietqr", "claim-portal", "come-back", "days-pass"),
    *("succeed", "succeed-again", "refuse", "changed", "forged"),
    *("transfer", "transfer-again", "transfer-wrong", "gateway-transfers", "cash", "withdraw"),
    *("refund", "refund-stale", "refund-surplus", "refuse-refund"),
    *("give", "give-own", "give-again", "give-cash", "give-by-gateway"),
    *("send", "send-thinking", "send-refused"),
    # More often, for it takes all of them in turn until the gateway has given money back.
    *("begin-vnpay", "succeed", "refund", "give-by-gateway", "send") * 3,
)
CHOICES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 10**6)), min_size=12, max_size=40)
"""Of each step: 0 for any, else one that makes sense then; and which."""
ENDED = AttemptState.EXPIRED, AttemptState.CANCELLED


@dataclass
class Try:
    """An attempt to pay."""

    way: Way
    name: str
    state: AttemptState = AttemptState.BEGUN
    claimed: bool = False
    """Whoever pays, or their browser, says that it is paid; since it has ended, if it has."""
    old: bool = False

    def end(self, state: AttemptState) -> None:
        self.state, self.claimed = state, False


@dataclass
class Back:
    """Money that is asked back of `money`."""

    money: str
    amount: int
    reason: RefundReason
    asked: bool
    state: RefundState = RefundState.REQUESTED
    sent: bool = False


@dataclass
class Model:
    """What is true of one charge. Money is named by where it came from; the first pays, all other is a surplus."""

    owed: str = ""
    paid_by: str = ""
    withdrawn: bool = False
    tries: list[Try] = field(default_factory=list)
    money: dict[str, str] = field(default_factory=dict)
    """Its account."""
    backs: list[Back] = field(default_factory=list)
    accounts: Counter[str] = field(default_factory=Counter)

    def open_one(self, way: Way) -> Try | None:
        return next((it for it in self.tries if it.way is way and it.state is AttemptState.BEGUN), None)

    def comes(self, name: str, account: str, of: Try | None = None) -> None:
        if name in self.money:
            return
        self.money[name] = account
        pays = not self.paid_by and not self.withdrawn
        self.accounts[account] += AMOUNT
        self.accounts[self.owed if pays else "owed-back"] -= AMOUNT
        if of:
            of.end(AttemptState.SUCCEEDED)
        if pays:
            self.paid_by = name
            self.end_all(AttemptState.CANCELLED)
        else:
            self.backs.append(Back(name, AMOUNT, RefundReason.SURPLUS, asked=False))

    def end_all(self, state: AttemptState) -> None:
        for it in self.tries:
            if it.state is AttemptState.BEGUN:
                it.end(state)

    def left_of(self, money: str) -> int:
        backs = (it.amount for it in self.backs if it.money == money and it.state is not RefundState.REFUSED)
        return AMOUNT - sum(backs)

    def goes(self, back: Back, account: str) -> None:
        back.state = RefundState.DONE
        self.accounts[self.owed if back.money == self.paid_by else "owed-back"] += back.amount
        self.accounts[account] -= back.amount

    def makes_sense(self, name: str) -> bool:
        """Whether it may change something now; all else must be refused, or change nothing, whenever it comes."""
        due = not self.paid_by and not self.withdrawn
        orders = [it for it in self.tries if it.way is Way.VNPAY]
        states = {it.state for it in self.backs}
        first = next((it for it in self.backs if it.state is RefundState.REQUESTED), None)
        match name.split("-"):
            case "begin", way:
                return due and not self.open_one(Way(way))
            case (("cancel" | "claim"), way):
                return self.open_one(Way(way)) is not None
            case "refuse", "refund":
                return first is not None
            case (("succeed" | "refuse" | "changed" | "forged" | "come" | "gateway"), *_):
                return bool(orders)
            case "days", _:
                return any(it.state is AttemptState.BEGUN for it in self.tries)
            case ["cash" | "withdraw"]:
                return due
            case "refund", "surplus":
                return any(it.money != self.paid_by and self.left_of(it.money) == AMOUNT for it in self.backs)
            case "refund", *_:
                return bool(self.paid_by) and self.left_of(self.paid_by) >= PART
            case "give", "by", "gateway":
                return any(it.state is RefundState.REQUESTED and self.by_gateway(it) for it in self.backs)
            case ["transfer"]:
                return due or len(self.money) < 2
            case "give", "own":
                return first is not None and first.asked
            case "give", "again":
                return bool(states - {RefundState.REQUESTED})
            case "give", *_:
                return first is not None
            case "send", *_:
                return RefundState.SENDING in states
            case _:
                return True

    def by_gateway(self, back: Back) -> bool:
        return self.money[back.money] == "held:vnpay"

    @property
    def standing(self) -> Standing:
        if not self.paid_by and not self.withdrawn:
            begun = [it for it in self.tries if it.state is AttemptState.BEGUN]
            unsure = [it for it in self.tries if it.claimed and (it in begun or (it.state in ENDED and not it.old))]
            return Standing.CONFIRMING if unsure else Standing.PAYING if begun else Standing.DUE
        if any(it.state in (RefundState.REQUESTED, RefundState.SENDING) for it in self.backs):
            return Standing.REFUNDING
        if not self.paid_by:
            return Standing.CANCELLED
        went = [it for it in self.backs if it.state is RefundState.DONE and it.reason is not RefundReason.SURPLUS]
        return Standing.REFUNDED if sum(it.amount for it in went) == AMOUNT else Standing.PAID


class Life:
    """One charge, the people and machines around it, and what must be true of it."""

    def __init__(self, database: Database, settings: Settings, bank: Bank) -> None:
        self._database, self._settings, self._bank = database, settings, bank
        # Whose drawer nobody else closes; without digits, or the audit log takes it for somebody's number.
        self._unit = uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))
        self._asker, self._other = self._staff(), self._staff()
        self._reference = str(uuid4())
        self._code = ""
        self._line = self._credit("")
        self._carried: set[str] = set()
        self._true = Model()

    def _staff(self) -> Caller:
        may = frozenset({"payments:cash"})
        now = datetime.now(UTC)
        return Caller(id=uuid4(), kind="staff", session_id=uuid4(), proved_at=now, permissions=may, unit=self._unit)

    def _credit(self, words: str, amount: int = AMOUNT) -> Credit:
        return Credit(bank_ref=str(uuid4()), amount=amount, at=datetime.now(UTC), text=words)

    async def start(self) -> None:
        fee = Purpose.DOSSIER_FEE
        demand = Demand(self._reference, "x", "X", fee, str(uuid4()), AMOUNT, "y", place=self._unit)
        async with self._database.transaction() as session:
            [raised] = await Charges(session, self._settings).raise_all(OURSELVES, [demand])
            assert isinstance(raised, Raised)
            self._code = raised.code
            self._true.owed = f"owed:{(await self._charge(session)).payee}"

    async def _charge(self, session: AsyncSession) -> Charge:
        return (await session.scalars(select(Charge).where(Charge.code == self._code))).one()

    def _notice(self, order: str, code: str = "00", secret: str = "", amount: int = AMOUNT) -> str:
        fields = {
            "vnp_Amount": str(amount * 100),
            "vnp_ResponseCode": code,
            "vnp_TransactionStatus": "00" if code == "00" else "02",
            "vnp_TmnCode": MERCHANT,
            "vnp_TxnRef": order,
        }
        return vnpay.signed_query(secret or self._settings.vnpay_secret, fields)

    async def step(self, chance: int, number: int) -> None:
        fit = [it for it in STEPS if not chance or self._true.makes_sense(it)]
        name = fit[number % len(fit)]
        note(name)
        try:
            async with self._database.transaction() as session:
                await self._step(session, name)
        except Problem:
            pass  # a refusal changes nothing, which `agree` sees

    async def _step(self, session: AsyncSession, name: str) -> None:
        """Done first; the model is told of it when nobody has refused."""
        true = self._true
        attempts, notices = Attempts(session, self._settings), Notices(session, self._settings)
        charge = await self._charge(session)
        orders = [it for it in true.tries if it.way is Way.VNPAY]
        verb, _, rest = name.partition("-")
        match name:
            case "begin-vnpay" | "begin-vietqr" | "begin-portal":
                way = Way(rest)
                begun = await attempts.begin(await lock(session, charge.id), way)
                [one] = [it.reference for it in begun if (it.way, it.state) == (way, AttemptState.BEGUN)]
                if not true.open_one(way):
                    true.tries.append(Try(way, one))
                    self._bank.orders[one] = {"vnp_Amount": str(AMOUNT * 100)}
            case "cancel-vnpay" | "cancel-vietqr" | "cancel-portal":
                await attempts.cancel(await lock(session, charge.id), Way(rest))
                if it := true.open_one(Way(rest)):
                    it.end(AttemptState.CANCELLED)
            case "claim-vietqr" | "claim-portal":
                await attempts.claim(await lock(session, charge.id), Way(rest))
                if it := true.open_one(Way(rest)):
                    it.claimed = True
            case "come-back" if orders:
                assert (await notices.returned(self._notice(orders[-1].name))).succeeded
                orders[-1].claimed = True
            case "days-pass":
                shift = ", ".join(
                    f"{at} = {at} - interval '2 days'"
                    for at in ("begun_at", "expires_at", "claimed_at", "asked_at", "ended_at")
                )
                await session.execute(
                    text(f"UPDATE payments_attempt SET {shift} WHERE charge_id = :id"), {"id": charge.id}
                )
                await attempts.expire(datetime.now(UTC))
                true.end_all(AttemptState.EXPIRED)
                for it in true.tries:
                    it.old = True
            case "succeed" | "succeed-again" if orders:
                final = orders[-1].state is AttemptState.SUCCEEDED
                assert (await notices.ipn(self._notice(orders[-1].name))).code == ("02" if final else "00")
                self._bank.paid[orders[-1].name] = "00"
                true.comes(orders[-1].name, "held:vnpay", orders[-1])
            case "refuse" if orders:
                news = attempt_may(orders[-1].state, AttemptState.FAILED)
                assert (await notices.ipn(self._notice(orders[-1].name, "24"))).code == ("00" if news else "02")
                if news:
                    orders[-1].end(AttemptState.FAILED)
            case "changed" if orders:
                assert (await notices.ipn(self._notice(orders[-1].name, amount=AMOUNT - 1))).code == "04"
            case "forged" if orders:
                assert (await notices.ipn(self._notice(orders[-1].name, secret="another"))).code == "97"
            case "transfer" | "transfer-again":
                again = name == "transfer-again" and self._line.bank_ref in true.money
                if not again:
                    self._line = self._credit(self._code)
                assert await self._stated(session, self._line) == ("known" if again else "matched")
                theirs = [it for it in true.tries if it.way in BY_BANK and it.state is not AttemptState.SUCCEEDED]
                theirs.sort(key=lambda it: it.state is AttemptState.BEGUN)
                true.comes(self._line.bank_ref, "held:bank", theirs[-1] if theirs else None)
            case "transfer-wrong":
                assert await self._stated(session, self._credit(self._code, AMOUNT - 1)) == "kept"
            case "gateway-transfers" if orders:
                # What it carries on to us is what it has told, or will tell; a second time it is nobody knows what.
                order = orders[-1]
                more = order.name in self._carried
                assert await self._stated(session, self._credit(f"VNPAY {order.name}")) == (
                    "kept" if more else "matched"
                )
                if not more:
                    self._carried.add(order.name)
                    self._bank.paid[order.name] = "00"
                    true.comes(order.name, "held:vnpay", order)
            case "cash":
                await PaymentDesk(session, self._settings).take_cash(self._other, charge.id, AMOUNT)
                true.comes("cash", f"held:cash:{self._unit}")
            case "withdraw":
                await Charges(session, self._settings).withdraw(OURSELVES, [self._reference])
                if not true.paid_by:
                    true.withdrawn = True
                    true.end_all(AttemptState.CANCELLED)
            case "refund" | "refund-stale":
                left = true.left_of(true.paid_by) if true.paid_by else 0
                stale = name == "refund-stale"
                await Refunds(session).ask(self._asker, charge, PART, left + stale, RefundReason.OTHER)
                assert not stale
                true.backs.append(Back(true.paid_by, PART, RefundReason.OTHER, asked=True))
            case "refund-surplus":
                rows = await refunds_of(session, charge.id)
                for it, row in zip(list(true.backs), rows, strict=True):
                    if it.money != true.paid_by and true.left_of(it.money) == AMOUNT:
                        asked = await Refunds(session).ask(
                            self._asker, charge, AMOUNT, AMOUNT, RefundReason.OTHER, movement=row.transaction_id
                        )
                        assert asked.reason is RefundReason.SURPLUS
                        true.backs.append(Back(it.money, AMOUNT, RefundReason.SURPLUS, asked=True))
                        break
            case _ if verb in ("give", "send") or name == "refuse-refund":
                rows = await refunds_of(session, charge.id)
                await self._decide(session, name, list(zip(true.backs, rows, strict=True)))

    async def _stated(self, session: AsyncSession, line: Credit) -> str:
        [taken] = await Statements(session, self._settings).take(OURSELVES, [line])
        assert isinstance(taken, Taken)
        return taken.result

    async def _decide(self, session: AsyncSession, name: str, backs: Sequence[tuple[Back, Refund]]) -> None:
        """The first refund about which it can be decided so."""
        true, refunds = self._true, Refunds(session)
        wants = RefundState.SENDING if name.startswith("send") else RefundState.REQUESTED
        again = name == "give-again"
        fit = [(it, row) for it, row in backs if (it.state is wants) != again and (it.asked or name != "give-own")]
        if not fit:
            return
        if name == "give-by-gateway":
            fit.sort(key=lambda one: not true.by_gateway(one[0]))
        it, row = fit[0]
        match name:
            case "give" | "give-own" | "give-again":
                who = self._asker if name == "give-own" else self._other
                await refunds.decide(who, row.id, row.version, give=True, paid_ref="FT")
                assert name == "give"
                true.goes(it, "held:bank")
            case "give-cash":
                await refunds.decide(self._other, row.id, row.version, give=True, paid_ref="", cash=True)
                true.goes(it, f"held:cash:{self._unit}")
            case "give-by-gateway":
                # Refused for money that no gateway has.
                await refunds.decide(self._other, row.id, row.version, give=True, paid_ref="")
                assert true.by_gateway(it)
                it.state = RefundState.SENDING
            case "refuse-refund":
                await refunds.decide(self._other, row.id, row.version, give=False, paid_ref="")
                it.state = RefundState.REFUSED
            case _:
                busy = any(other.sent and other.money == it.money for other, _ in fit)
                self._bank.thinks = int(name == "send-thinking")
                if name == "send-refused":
                    del self._bank.paid[it.money]
                await refunds.send(row.id)
                self._bank.paid[it.money], self._bank.thinks = "00", 0
                if it.sent and name != "send-thinking":
                    it.sent = False
                    true.goes(it, "held:vnpay")
                elif not it.sent and not busy:
                    refused = name == "send-refused"
                    it.state, it.sent = (RefundState.REQUESTED, False) if refused else (RefundState.SENDING, True)

    async def agree(self) -> None:
        """The database, and what whoever pays is shown, say what the model says."""
        true = self._true
        asked = """SELECT c.id, c.state, count(*) FILTER (WHERE t.kind <> 'refund') AS came,
              count(*) FILTER (WHERE t.kind = 'refund') AS went,
              count(*) FILTER (WHERE t.pays AND t.amount = c.amount) AS pays
            FROM payments_charge c LEFT JOIN payments_transaction t ON t.charge_id = c.id
            WHERE c.code = :code GROUP BY c.id"""
        entries = """SELECT e.account, sum(e.amount) FROM payments_entry e JOIN payments_transaction t
            ON t.id = e.transaction_id WHERE t.charge_id = :id GROUP BY e.account HAVING sum(e.amount) <> 0"""
        tried = "SELECT reference, state FROM payments_attempt WHERE charge_id = :id"
        async with self._database.transaction() as session:
            row = (await session.execute(text(asked), {"code": self._code})).one()
            accounts = {account: int(sum_) for account, sum_ in await session.execute(text(entries), {"id": row.id})}
            states = {it.reference: it.state for it in await session.execute(text(tried), {"id": row.id})}
            backs = [(it.amount, it.state) for it in await refunds_of(session, row.id)]
            [shown] = await Views(session, self._settings).short([await session.get_one(Charge, row.id)], "vi")
        assert (row.state == "paid") == bool(true.paid_by) == (row.pays == 1)
        assert (row.state == "cancelled") == true.withdrawn
        # One transaction for each money that came or went, and none for what was told twice.
        assert (row.came, row.went) == (len(true.money), sum(it.state is RefundState.DONE for it in true.backs))
        assert accounts == {account: amount for account, amount in true.accounts.items() if amount}
        assert sum(accounts.values()) == 0
        assert states == {it.name: it.state for it in true.tries}
        assert backs == [(it.amount, it.state) for it in true.backs]
        assert shown.standing is true.standing


def test_whatever_comes_in_whatever_order(paying: Settings) -> None:
    """Each sequence in a loop of its own: hypothesis calls plain functions."""
    loop = asyncio.new_event_loop()
    bank = Bank("")

    async def live(choices: list[tuple[int, int]]) -> None:
        life = Life(database, settings, bank)
        await life.start()
        for chance, number in choices:
            await life.step(chance, number)
            await life.agree()

    async def opened() -> Database:
        return Database(settings)

    with serving(bank) as address:
        api = f"{address.page}api/transaction"
        settings = msgspec.structs.replace(paying, vnpay_api_url=api, vnpay_secret=bank.secret, vnpay_tmn_code=MERCHANT)
        database = loop.run_until_complete(opened())

        @given(CHOICES)
        @hypothesis_settings(
            max_examples=int(os.environ.get("PAYMENT_SEQUENCES", "12")),
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        def sequences(choices: list[tuple[int, int]]) -> None:
            loop.run_until_complete(live(choices))

        try:
            sequences()
        finally:
            loop.run_until_complete(database.close())
            loop.close()
