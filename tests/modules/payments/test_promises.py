"""Whose bank said "paid" is never told to pay again: the promise is kept, or staff hear that it is not."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from server.core.clock import HERE
from server.core.database import Database
from server.core.events import Events
from server.core.settings import Settings
from server.modules.payments.service.attempts import Attempts
from server.modules.payments.service.reconciling import Reconciling
from server.modules.payments.service.telling import Telling
from server.sandbox.bank import MERCHANT, serving
from tests.modules.identity.conftest import age
from tests.modules.payments.conftest import NewPayer, Partner, Payer, Watching, booked, credit, found, order_of


class Clock:
    """Lets time pass for everything that was tried, and does what is done by the clock."""

    def __init__(self, database: Database, settings: Settings, bank: Watching) -> None:
        self.database, self.settings, self.bank = database, settings, bank

    async def later(self, **passes: float) -> None:
        many = ", ".join(
            f"{name} = {name} - make_interval(secs => :secs)"
            for name in ("begun_at", "expires_at", "claimed_at", "asked_at", "ended_at")
        )
        await age(self.database, f"UPDATE payments_attempt SET {many}", secs=timedelta(**passes).total_seconds())
        await self.tick()

    async def tick(self) -> None:
        async with self.database.transaction() as session:
            await Attempts(session, self.settings).expire(datetime.now(UTC))

    async def ask(self) -> None:
        async with self.database.transaction() as session:
            await Reconciling(session, self.settings).ask_fresh(datetime.now(UTC))
        await self.tick()

    def knows(self, url: str, became: str | None = None) -> None:
        """The gateway has this order, and what became of it."""
        order = order_of(url)
        self.bank.orders[order["vnp_TxnRef"]] = order
        if became:
            self.bank.paid[order["vnp_TxnRef"]] = became


@pytest.fixture
async def clock(database: Database, paying: Settings) -> AsyncIterator[Clock]:
    await age(database, "UPDATE payments_attempt SET begun_at = begun_at - interval '9 days'")
    bank = Watching(database.conninfo)
    with serving(bank) as address:
        api = f"{address.page}api/transaction"
        there = msgspec.structs.replace(paying, vnpay_api_url=api, vnpay_secret=bank.secret, vnpay_tmn_code=MERCHANT)
        yield Clock(database, there, bank)


async def came_back(payer: Payer, url: str) -> dict[str, Any]:
    """The browser, with the gateway's signed success; no notice."""
    reply = await payer.browser.post("/api/payments/vnpay/return", json={"query": payer.notice(url)})
    said: dict[str, Any] = reply.json()
    return said


async def told(payer: Payer, events: Events) -> list[str]:
    """What they were told of attempts that ended without money."""
    await events.run_waiting()
    inbox = (await payer.browser.get("/api/notifications")).json()["items"]
    return [it["body"] for it in inbox if "chưa xong" in it["title"]]


async def reminded(clock: Clock, payer: Payer) -> int:
    """Of how much that is due soon they were reminded, once that was done."""
    async with clock.database.transaction() as session:
        await Telling(session).remind(datetime.now(UTC))
    inbox = (await payer.browser.get("/api/notifications")).json()["items"]
    return sum("Sắp đến hạn" in it["title"] for it in inbox)


async def test_what_came_back_paid_waits_for_the_gateways_word(clock: Clock, payer: Payer, events: Events) -> None:
    url = (await payer.begin())["url"]
    clock.knows(url)
    await clock.later(minutes=14)
    promised = (await came_back(payer, url))["promised_at"]
    await clock.later(minutes=2)
    seen = await payer.see()
    assert seen["charge"]["standing"] == "confirming"
    assert seen["charge"]["promised_at"] < promised  # by the two minutes that have passed
    assert await found(clock.database, payer.code) == []
    # It was asked, and does not know yet: the promise still stands.
    await clock.ask()
    assert await payer.standing() == "confirming"
    assert (await payer.post("attempts")).json()["charge"]["standing"] == "confirming"
    assert await told(payer, events) == []


async def test_a_promise_that_is_not_kept_is_for_people_until_it_is_known(clock: Clock, payer: Payer) -> None:
    url = (await payer.begin())["url"]
    clock.knows(url)
    await clock.later(minutes=14)
    await came_back(payer, url)
    for _ in range(2):
        await clock.later(minutes=16)
    assert await found(clock.database, payer.code) == ["promise-overdue"]
    assert await payer.standing() == "confirming"
    open_ones = """SELECT count(*) FROM payments_finding f JOIN payments_charge c ON c.id = f.charge_id
        WHERE c.code = :code AND f.closed_at IS NULL"""
    left = []
    for became in (None, "00"):
        clock.knows(url, became)
        await clock.ask()
        async with clock.database.reading() as connection:
            left.append(await connection.scalar(text(open_ones), {"code": payer.code}))
        await clock.later(minutes=11)
    assert left == [1, 0]
    assert await payer.standing() == "paid"
    assert await booked(clock.database, payer.code) == [("payment", 8000, True)]


async def test_nobody_waits_for_ever(clock: Clock, payer: Payer, events: Events) -> None:
    url = (await payer.begin())["url"]
    await came_back(payer, url)
    await clock.later(hours=25)
    assert await payer.standing() == "due"
    [body] = await told(payer, events)
    assert "đừng trả lại" in body


async def test_an_order_nobody_speaks_of_ends_when_the_gateway_was_asked(
    clock: Clock, payer: Payer, events: Events
) -> None:
    clock.knows((await payer.begin())["url"])
    await clock.later(minutes=16)
    seen = await payer.see()
    assert (seen["charge"]["standing"], seen["charge"]["promised_at"] is not None) == ("confirming", True)
    await clock.ask()
    assert await payer.standing() == "due"
    assert len(await told(payer, events)) == 1
    assert await found(clock.database, payer.code) == []


async def test_an_order_that_was_paid_and_never_came_back_is_paid(clock: Clock, payer: Payer, events: Events) -> None:
    """The browser was closed at the bank, and the notice was lost."""
    clock.knows((await payer.begin())["url"], "00")
    await clock.later(minutes=16)
    assert await payer.standing() == "confirming"
    await clock.ask()
    assert await payer.standing() == "paid"
    assert await told(payer, events) == []


async def test_a_gateway_that_is_away_blocks_nobody_for_long(clock: Clock, payer: Payer) -> None:
    await payer.begin()
    await clock.later(minutes=16)
    assert await payer.standing() == "confirming"
    await clock.later(minutes=15)
    assert await payer.standing() == "due"


async def test_whoever_comes_back_after_the_end_is_waited_for(clock: Clock, payer: Payer) -> None:
    url = (await payer.begin())["url"]
    clock.knows(url)
    await clock.later(minutes=16)
    await clock.ask()
    assert await payer.standing() == "due"
    assert (await came_back(payer, url))["outcome"] == "confirming"
    assert await payer.standing() == "confirming"
    await clock.later(minutes=16)
    assert await found(clock.database, payer.code) == ["promise-overdue"]
    await clock.later(hours=24)
    assert await payer.standing() == "due"


async def test_what_the_payers_bank_took_is_not_expired_within_the_promise(
    clock: Clock, new_payer: NewPayer, bank: Partner, events: Events
) -> None:
    payer = await new_payer(due_on=str(datetime.now(HERE).date() + timedelta(days=2)))
    await payer.begin("vietqr")
    await clock.later(hours=23, minutes=55)
    await payer.post("claim", "vietqr")
    await clock.later(minutes=10)
    assert await payer.standing() == "confirming"
    assert await reminded(clock, payer) == 0
    assert await told(payer, events) == []
    await clock.later(minutes=6)
    assert await payer.standing() == "due"
    [body] = await told(payer, events)
    assert "đừng trả lại" in body
    # People have been asked to look; until one of them has, nobody says the opposite.
    assert await reminded(clock, payer) == 0
    closed = "UPDATE payments_finding SET closed_at = now() WHERE kind = 'promise-overdue' AND closed_at IS NULL"
    await age(clock.database, closed)
    assert await reminded(clock, payer) == 1
    assert await bank.credit(credit(payer.code)) == ["matched"]
    assert await payer.standing() == "paid"
