"""What happens to a bill at the same moment, again and again: the money moves once. Beside it the same without its two
defences, row locks and unique keys, which must be seen to fail: else nothing is shown.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple
from unittest.mock import patch
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import msgspec
from psycopg import connect
from sqlalchemy import Select, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.stage import Stage
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
from server.modules.payments.service.settling import Money, lock, settle
from server.modules.payments.service.statements import Statements
from server.modules.payments.service.views import Views

AMOUNT = 8000
MERCHANT, SECRET = "RACES001", "a secret of the races"
GATEWAY: dict[str, Any] = {
    "bank_bin": "970403",
    "bank_account": "0011012345678",
    "vnpay_url": "https://pay.example.test/vpcpay.html",
    "vnpay_tmn_code": MERCHANT,
    "vnpay_secret": SECRET,
    "database_pool": 20,
}
_DEFENCES = (
    "DROP INDEX uq_payments_attempt_begun",
    "DROP INDEX uq_payments_transaction_paid",
    "ALTER TABLE payments_transaction DROP CONSTRAINT uq_payments_transaction_source",
    "ALTER TABLE payments_statement_line DROP CONSTRAINT uq_payments_statement_line_bank_ref",
    "ALTER TABLE payments_finding DROP CONSTRAINT uq_payments_finding_about",
)


class Bill:
    """One charge, and all that may be done to it at the same moment: each thing in a transaction of its own."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._settings = database, settings
        self.id = UUID(int=0)
        self.code = self.order = ""
        self.asker, self.other = _staff(), _staff()

    async def raise_it(self) -> None:
        demand = Demand(str(uuid4()), "x", "X", Purpose.TUITION, "", AMOUNT, "y")
        async with self._database.transaction() as session:
            [raised] = await Charges(session, self._settings).raise_all(OURSELVES, [demand])
            assert isinstance(raised, Raised)
            self.code = raised.code
            self.id = (await session.scalars(select(Charge.id).where(Charge.code == self.code))).one()

    async def _do(self, deed: Callable[[AsyncSession], Awaitable[Any]]) -> Any:
        """What it gives, or the name of the refusal."""
        try:
            async with self._database.transaction() as session:
                return await deed(session)
        except Problem as refusal:
            return refusal.type()

    async def begin(self, way: Way = Way.VNPAY) -> Any:
        """The name of the order."""

        async def deed(session: AsyncSession) -> str:
            begun = await Attempts(session, self._settings).begin(await lock(session, self.id), way)
            return next(it.reference for it in begun if it.way is way and it.state is AttemptState.BEGUN)

        return await self._do(deed)

    async def begun(self) -> None:
        self.order = await self.begin()

    async def notice(self) -> Any:
        return await self._do(lambda session: Notices(session, self._settings).ipn(self._signed()))

    async def come_back(self) -> Any:
        return await self._do(lambda session: Notices(session, self._settings).returned(self._signed()))

    async def cancel(self) -> Any:
        async def deed(session: AsyncSession) -> None:
            await Attempts(session, self._settings).cancel(await lock(session, self.id), Way.VNPAY)

        return await self._do(deed)

    async def line(self, credit: Credit) -> Any:
        return await self._do(lambda session: Statements(session, self._settings).take(OURSELVES, [credit]))

    async def ask(self, amount: int) -> Any:
        async def deed(session: AsyncSession) -> None:
            charge = await session.get_one(Charge, self.id)
            await Refunds(session).ask(self.asker, charge, amount, AMOUNT, RefundReason.OTHER)

        return await self._do(deed)

    async def give(self) -> Any:
        async def deed(session: AsyncSession) -> None:
            [it] = await refunds_of(session, self.id)
            await Refunds(session).decide(self.other, it.id, it.version, give=True, paid_ref="FT")

        return await self._do(deed)

    async def paid(self) -> None:
        async with self._database.transaction() as session:
            money = Money("bank", str(uuid4()), AMOUNT, datetime.now(UTC))
            await settle(session, await lock(session, self.id), money)

    def credit(self, words: str = "") -> Credit:
        return Credit(bank_ref=str(uuid4()), amount=AMOUNT, at=datetime.now(UTC), text=words or self.code)

    async def address(self) -> str:
        """Where the browser goes, as the screen of one tab says."""

        async def deed(session: AsyncSession) -> str:
            await Attempts(session, self._settings).begin(await lock(session, self.id), Way.VNPAY)
            whole = await Views(session, self._settings).whole(await session.get_one(Charge, self.id), "vi")
            return " ".join(sorted(urlsplit(it.url).query for it in whole.open if it.url))

        return str(await self._do(deed))

    def _signed(self) -> str:
        fields = {
            "vnp_Amount": str(AMOUNT * 100),
            "vnp_ResponseCode": "00",
            "vnp_TransactionStatus": "00",
            "vnp_TmnCode": MERCHANT,
            "vnp_TxnRef": self.order,
        }
        return vnpay.signed_query(SECRET, fields)

    async def found(self) -> "Found":
        asked = """SELECT (SELECT count(*) FROM payments_attempt WHERE charge_id = :id) AS attempts,
            (SELECT count(*) FROM payments_attempt WHERE charge_id = :id AND state = 'succeeded') AS succeeded,
            count(*) FILTER (WHERE kind <> 'refund') AS came, count(*) FILTER (WHERE pays) AS pays,
            count(*) FILTER (WHERE kind = 'refund') AS went,
            (SELECT coalesce(sum(amount), 0) FROM payments_refund WHERE charge_id = :id) AS asked,
            coalesce((SELECT sum(e.amount) FROM payments_entry e JOIN payments_transaction u ON u.id = e.transaction_id
                WHERE u.charge_id = :id), 0) AS balance,
            (SELECT state FROM payments_charge WHERE id = :id) AS state
            FROM payments_transaction WHERE charge_id = :id"""
        async with self._database.reading() as connection:
            row = (await connection.execute(text(asked), {"id": self.id})).one()
        return Found(*row)


class Found(NamedTuple):
    """Of one charge: attempts, those that succeeded; transactions that came in, that pay, that went back; sum asked."""

    attempts: int
    succeeded: int
    came: int
    pays: int
    went: int
    asked: int
    balance: int
    state: str

    @property
    def once(self) -> bool:
        return (self.came, self.pays, self.balance, self.state) == (1, 1, 0, "paid")

    @property
    def by_gateway(self) -> bool:
        """And what is said of the attempt is true."""
        return self.once and (self.attempts, self.succeeded) == (1, 1)


def _staff() -> Caller:
    return Caller(id=uuid4(), kind="staff", session_id=uuid4(), proved_at=datetime.now(UTC), unit="96001")


async def double_tap(bill: Bill) -> bool:
    orders = await asyncio.gather(*(bill.begin() for _ in range(2)))
    return len(set(orders)) == (await bill.found()).attempts == 1


async def two_tabs(bill: Bill) -> bool:
    """Both are led to the same order, and it is paid from either."""
    addresses = await asyncio.gather(bill.address(), bill.address())
    orders = {vnpay.read_query(it)["vnp_TxnRef"] for it in addresses if " " not in it}
    if len(orders) != 1:
        return False
    [bill.order] = orders
    await asyncio.gather(bill.notice(), bill.notice())
    return (await bill.found()).by_gateway


async def sixteen_notices(bill: Bill) -> bool:
    await bill.begun()
    said = await asyncio.gather(*(bill.notice() for _ in range(16)))
    return sorted(it[0] for it in said) == ["00"] + ["02"] * 15 and (await bill.found()).by_gateway


async def notice_before_the_return(bill: Bill) -> bool:
    """The gateway tells more than once while the browser comes back."""
    await bill.begun()
    back, *said = await asyncio.gather(bill.come_back(), *(bill.notice() for _ in range(8)))
    told_once = sorted(it[0] for it in said) == ["00"] + ["02"] * 7
    return bool(back.succeeded) and told_once and (await bill.found()).by_gateway


async def success_against_cancel(bill: Bill) -> bool:
    await bill.begun()
    await asyncio.gather(*(deed() for _ in range(4) for deed in (bill.cancel, bill.notice)))
    return (await bill.found()).by_gateway


async def two_partial_refunds(bill: Bill) -> bool:
    """Both know of 8.000 that are left; one is asked for, and given once though two people give it."""
    await bill.paid()
    said = await asyncio.gather(bill.ask(5000), bill.ask(4000))
    if sorted(map(str, said)) != ["None", "remaining-differs"]:
        return False
    await asyncio.gather(bill.give(), bill.give())
    found = await bill.found()
    return found.once and found.went == 1 and found.asked <= AMOUNT


async def statement_and_notice(bill: Bill) -> bool:
    """The line names the order of the gateway: its transfer to us, and its notice of the same money."""
    await bill.begun()
    line = bill.credit(f"VNPAY {bill.order}")
    await asyncio.gather(bill.notice(), bill.line(line), bill.notice(), bill.line(line))
    return (await bill.found()).by_gateway


Race = Callable[[Bill], Awaitable[bool]]
RACES: dict[str, Race] = {
    "double tap": double_tap,
    "two tabs": two_tabs,
    "16 notices at once": sixteen_notices,
    "notice before the return": notice_before_the_return,
    "success against cancel": success_against_cancel,
    "two partial refunds": two_partial_refunds,
    "statement and notice together": statement_and_notice,
}


async def run(database: Database, settings: Settings, race: Race, rounds: int) -> int:
    """How many of the rounds went wrong."""
    wrong = 0
    for _ in range(rounds):
        bill = Bill(database, settings)
        await bill.raise_it()
        try:
            wrong += not await race(bill)
        except Exception:  # what was never to happen twice broke something further on
            wrong += 1
    return wrong


def measure(stage: Stage, rounds: int) -> None:
    twin = stage.another_database("unsafe")
    with connect(twin, autocommit=True) as connection:
        for statement in _DEFENCES:
            connection.execute(statement)
    settings = msgspec.structs.replace(Settings(var=stage.folder / "var", secret_key="races"), **GATEWAY)
    print(f"\n### {rounds} rounds of each race: how many went wrong\n")
    print("| race | ours | without locks and unique keys | goal |\n|---|---|---|---|")
    for name, race in RACES.items():
        ours = asyncio.run(_against(msgspec.structs.replace(settings, database_url=stage.database), race, rounds))
        with without_locks():
            theirs = asyncio.run(_against(msgspec.structs.replace(settings, database_url=twin), race, rounds))
        reached = ours == 0 and theirs > 0
        print(f"| {name} | {ours} | {theirs} | 0, and more than 0: {'reached' if reached else 'MISSED'} |", flush=True)


async def _against(settings: Settings, race: Race, rounds: int) -> int:
    database = Database(settings)
    try:
        return await run(database, settings, race, rounds)
    finally:
        await database.close()


@contextmanager
def without_locks() -> Iterator[None]:
    """No row is locked, nobody waits for anybody."""

    async def nobody_waits(*_: object) -> None:
        await asyncio.sleep(0)

    services = "server.modules.payments.service"
    with (
        patch.object(Select, "with_for_update", lambda it, **_: it),
        patch(f"{services}.statements.one_at_a_time", nobody_waits),
        patch(f"{services}.charges.one_at_a_time", nobody_waits),
    ):
        yield
