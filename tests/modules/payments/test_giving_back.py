"""Money that the gateway gives back itself: asked of it by two people, given once, whatever becomes of its answers."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

import msgspec
import pytest
from sqlalchemy import select, text

from server.core.access import Caller
from server.core.database import Database
from server.core.settings import Settings
from server.modules.payments.models import OURSELVES, Charge, Finding, Refund
from server.modules.payments.rules.states import Purpose, RefundReason, Way
from server.modules.payments.service.attempts import Attempts
from server.modules.payments.service.charges import Charges, Demand, Raised
from server.modules.payments.service.notices import Notices
from server.modules.payments.service.reconciling import Reconciling
from server.modules.payments.service.refunds import Refunds
from server.modules.payments.service.refusals import DecidedBefore, PaidRefNeeded
from server.modules.payments.service.views import Views
from server.sandbox.bank import serving
from tests.modules.identity.conftest import age
from tests.modules.payments.conftest import Watching, booked, found


class Forgetful(Watching):
    """Its answers may be lost on the way."""

    lost = 0

    def give_back(self, asked: Mapping[str, str]) -> dict[str, str]:
        said = super().give_back(asked)
        if self.lost:
            self.lost -= 1
            return {"vnp_Message": "a proxy in between has lost it"}
        return said


class Case(NamedTuple):
    """A charge of 8.000 đồng that was paid by the gateway, and 3.000 of it that somebody has decided to give back."""

    bank: Forgetful
    database: Database
    code: str
    refund: UUID

    async def send(self) -> str:
        """As the worker does; the state of the refund then."""
        async with self.database.transaction() as session:
            await Refunds(session).send(self.refund)
        return await self.state()

    async def send_all(self, **later: float) -> None:
        async with self.database.transaction() as session:
            await Refunds(session).send_all(datetime.now(UTC) + timedelta(**later))

    async def decide(self, *, give: bool, paid_ref: str = "") -> str:
        """Somebody else than who asked says so; the state of the refund then."""
        async with self.database.transaction() as session:
            row = await session.get_one(Refund, self.refund)
            await Refunds(session).decide(staff(), row.id, row.version, give=give, paid_ref=paid_ref)
        return await self.state()

    async def state(self) -> str:
        async with self.database.transaction() as session:
            return (await session.get_one(Refund, self.refund)).state.value


def staff() -> Caller:
    return Caller(id=uuid4(), kind="staff", session_id=uuid4(), proved_at=datetime.now(UTC), unit="96001")


async def decided(database: Database, charge: Charge, amount: int, left: int) -> UUID:
    """A refund that one has asked for, and another one has decided to give."""
    async with database.transaction() as session:
        refunds = Refunds(session)
        asked = await refunds.ask(staff(), charge, amount, left, RefundReason.OTHER)
        await refunds.decide(staff(), asked.id, asked.version, give=True, paid_ref="")
        return asked.id


@pytest.fixture
async def case(settings: Settings) -> AsyncIterator[Case]:
    bank = Forgetful(settings.database_url)
    with serving(bank) as address:
        given = {name.lower(): value for name, value in address.settings().items()}
        there = msgspec.structs.replace(settings, **given)
        database = Database(there)
        demand = Demand(str(uuid4()), "x", "X", Purpose.TUITION, "", 8000, "y")
        async with database.transaction() as session:
            [raised] = await Charges(session, there).raise_all(OURSELVES, [demand])
            assert isinstance(raised, Raised)
            charge = (await session.scalars(select(Charge).where(Charge.code == raised.code))).one()
            await Attempts(session, there).begin(charge, Way.VNPAY)
            [open_one] = (await Views(session, there).whole(charge, "vi")).open
            order = bank.take((open_one.url or "").partition("?")[2])
            assert order
            bank.paid[order["vnp_TxnRef"]] = "00"
            assert (await Notices(session, there).ipn(bank.say(order, "00"))).code == "00"
        yield Case(bank, database, raised.code, await decided(database, charge, 3000, 8000))
        await database.close()


async def test_is_booked_when_the_gateway_gives_it(case: Case) -> None:
    assert await case.state() == "sending"
    assert await booked(case.database, case.code) == [("payment", 8000, True)]
    # That it has taken the request, and that it thinks about it, is no money yet.
    case.bank.thinks = 1
    assert [await case.send() for _ in range(2)] == ["sending"] * 2
    assert await booked(case.database, case.code) == [("payment", 8000, True)]
    assert await case.send() == "done"
    assert await case.send() == "done"
    assert await booked(case.database, case.code) == [("payment", 8000, True), ("refund", 3000, False)]
    assert list(case.bank.given_back.values()) == [300_000]
    async with case.database.reading() as connection:
        asked = "SELECT account FROM payments_entry ORDER BY id DESC LIMIT 2"
        assert "held:vnpay" in list(await connection.scalars(text(asked)))


async def test_a_lost_answer_gives_nothing_twice(case: Case) -> None:
    case.bank.lost = 1
    assert await case.send() == "sending"
    async with case.database.transaction() as session:
        await Refunds(session).send_all(datetime.now(UTC))  # too soon
    assert await case.state() == "sending"
    states = []
    for _ in range(2):
        await case.send_all(minutes=10)
        states.append(await case.state())
    # It has such a request already (94): that is no money yet.
    assert states == ["sending", "done"]
    assert list(case.bank.given_back.values()) == [300_000]
    assert await booked(case.database, case.code) == [("payment", 8000, True), ("refund", 3000, False)]


async def test_nothing_is_locked_while_it_thinks_about_several(case: Case) -> None:
    async with case.database.transaction() as session:
        charge = (await session.scalars(select(Charge).where(Charge.code == case.code))).one()
    await decided(case.database, charge, 1000, 5000)
    for _ in range(4):
        await case.send_all(minutes=10)
    assert case.bank.kept_waiting == 0
    assert sorted(case.bank.given_back.values()) == [100_000, 300_000]
    assert [it[:2] for it in await booked(case.database, case.code)] == [
        ("payment", 8000),
        ("refund", 3000),
        ("refund", 1000),
    ]


async def test_what_it_does_not_give_is_for_people_again(case: Case) -> None:
    [order] = case.bank.orders
    case.bank.given_back[f"{order}/by hand at the gateway"] = 600_000
    assert await case.send() == "requested"
    assert await booked(case.database, case.code) == [("payment", 8000, True)]
    async with case.database.transaction() as session:
        found = (await session.scalars(select(Finding).where(Finding.about.contains(str(case.refund))))).one()
        assert found.kind == "refund-refused"
        row = await session.get_one(Refund, case.refund)
        await Refunds(session).decide(staff(), row.id, row.version, give=True, paid_ref="FT26330009")
    assert await case.state() == "done"


async def test_what_it_has_in_hand_for_days_people_decide(case: Case) -> None:
    case.bank.thinks = 99
    assert await case.send() == "sending"
    with pytest.raises(DecidedBefore):
        await case.decide(give=False)
    await age(
        case.database,
        "UPDATE payments_refund SET decided_at = decided_at - interval '25 hours' WHERE id = :id",
        id=case.refund,
    )
    for _ in range(2):
        await case.send_all(minutes=10)
    assert await found(case.database, case.code) == ["refund-slow"]
    with pytest.raises(PaidRefNeeded):
        await case.decide(give=True)
    assert await case.decide(give=False) == "requested"
    # Asked again it gives no second time, and is asked what became of the first.
    assert await case.decide(give=True) == "sending"
    case.bank.thinks = 0
    assert [await case.send() for _ in range(2)] == ["sending", "done"]
    assert list(case.bank.given_back.values()) == [300_000]


async def test_one_that_is_in_hand_for_days_a_second_time_is_found_a_second_time(case: Case) -> None:
    case.bank.thinks = 99
    late = "UPDATE payments_refund SET decided_at = decided_at - interval '25 hours' WHERE id = :id"
    assert await case.send() == "sending"
    for times in (1, 2):
        await age(case.database, late, id=case.refund)
        for _ in range(2):
            await case.send_all(minutes=10)
        assert await found(case.database, case.code) == ["refund-slow"] * times
        assert await case.decide(give=False) == "requested"
        assert await case.decide(give=True) == "sending"


async def test_what_the_gateway_gave_and_nobody_could_tell_is_said_by_people(case: Case) -> None:
    case.bank.thinks = 99
    assert await case.send() == "sending"
    late = "UPDATE payments_refund SET decided_at = decided_at - interval '25 hours' WHERE id = :id"
    await age(case.database, late, id=case.refund)
    assert await case.decide(give=True, paid_ref="VNP-77") == "done"
    assert await booked(case.database, case.code) == [("payment", 8000, True), ("refund", 3000, False)]


async def test_at_night_an_order_that_goes_back_is_no_difference(case: Case, settings: Settings) -> None:
    await age(
        case.database,
        "UPDATE payments_attempt SET begun_at = begun_at - interval '400 days' WHERE state <> 'succeeded'",
    )
    assert await case.send() == "sending"
    async with case.database.transaction() as session:
        await Reconciling(session, session.info["settings"]).ask_all(datetime.now(UTC))
    assert await found(case.database, case.code) == []
