"""Web and worker killed, PostgreSQL stopped dead, while people pay in every way and get money back: what was
acknowledged is booked, once.
"""

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import msgspec
import psycopg
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from benchmarks.crashes import Household, stop_postgres
from benchmarks.partner import Bought
from benchmarks.residents import new_phone, sign_in
from benchmarks.stage import Process, Stage, free_port, killable
from server.core.database import Database
from server.core.settings import Settings, read_settings
from server.modules.identity.models import Method, Role, Staff, StaffRole
from server.modules.identity.service.partners import Partners
from server.modules.identity.service.sessions import Sessions
from server.modules.payments.service.reconciling import Reconciling
from server.modules.payments.service.refunds import Refunds
from server.sandbox.bank import Address, Bank, serving

PAYERS = 4
BATCH = 40
AMOUNT, PART = 8000, 3000
_WITHIN = 150
"""Seconds: what is over its time ends within a minute, and a job of a dead worker is taken up a minute later."""


class Tally:
    """What the application has acknowledged: it must be true ever after."""

    def __init__(self) -> None:
        self.bills: set[str] = set()
        self.orders: set[str] = set()
        """Of the gateway, that were paid and taken note of."""
        self.lines: set[str] = set()
        self.refused: set[str] = set()
        self.cash: set[str] = set()
        """Bills that were paid at the desk."""
        self.given: set[str] = set()
        """Refunds that were given, or that the gateway is to give (`sent`)."""
        self.sent: set[str] = set()
        self.kept: set[str] = set()
        """Refunds that were refused."""
        self.answers: Counter[str] = Counter()


class Desk(NamedTuple):
    """The sessions of two who work there: one asks for refunds, the other one decides."""

    asks: str
    decides: str


class Town:
    """Everybody who sends something, again and again until it is acknowledged, as gateways and banks do; staff with an
    Idempotency-Key.
    """

    def __init__(self, http: httpx.AsyncClient, bank: Bank, partner: Bought, desk: Desk) -> None:
        self._http, self._bank = http, bank
        self._partner, self._desk = partner, desk
        self.tally, self.over = Tally(), asyncio.Event()

    async def insist(self, verb: str, path: str, **given: Any) -> Any:
        while True:
            try:
                reply = await self._http.request(verb, f"/api/payments{path}", **given)
                self.tally.answers[str(reply.status_code)] += 1
                # What a lost answer had already done: there is nothing left to cancel.
                if reply.status_code in (200, 409) and '"still-running"' not in reply.text:
                    return reply.json()
                if reply.status_code < 500 and reply.status_code != 409:
                    raise RuntimeError(f"{reply.status_code}: {reply.text}")
            except httpx.HTTPError as error:
                self.tally.answers[type(error).__name__] += 1
            await asyncio.sleep(0.2)

    async def live(self, households: Sequence[Household]) -> None:
        """Bills for one after another, each paid in some way."""
        ways: list[Callable[[str, str], Awaitable[None]]] = [
            self.by_gateway,
            self.by_gateway,
            self.by_transfer,
            self.twice,
            self.refused,
            self.given_up,
            self.begun_only,
            self.by_cash,
            self.partly_back,
            self.partly_back,
        ]
        for home in households:
            bills = [
                {
                    "reference": str(uuid4()),
                    "payee": "a",
                    "payee_name": "Trường Thử",
                    "purpose": "tuition",
                    "amount": AMOUNT,
                    "what": "Học phí",
                    "payer_phone": home.phone,
                }
                for _ in range(BATCH)
            ]
            items = (await self.insist("POST", "/bills", json={"bills": bills}, auth=self._partner))["items"]
            self.tally.bills.update(it["code"] for it in items)
            for it in items:
                if self.over.is_set():
                    return
                await random.choice(ways)(it["code"], home.cookie)
                await asyncio.sleep(0.02)

    async def begin(self, code: str, cookie: str, way: str = "vnpay") -> dict[str, str]:
        """The order as the gateway reads it; empty for a transfer."""
        headers = of_session(cookie)
        whole = await self.insist("POST", f"/charges/{code}/attempts", json={"way": way}, headers=headers)
        [url] = [it["url"] for it in whole["open"] if it["way"] == way]
        return (self._bank.take(urlsplit(url).query) or {}) if url else {}

    async def by_gateway(self, code: str, cookie: str) -> None:
        await self.told(await self.begin(code, cookie))

    async def told(self, order: dict[str, str]) -> None:
        said = await self.insist("GET", f"/vnpay/ipn?{self._bank.say(order, '00')}")
        assert said["RspCode"] in ("00", "02"), said
        self._bank.paid[order["vnp_TxnRef"]] = "00"
        self.tally.orders.add(order["vnp_TxnRef"])

    async def by_transfer(self, code: str, cookie: str) -> None:
        await self.begin(code, cookie, "vietqr")
        await self.transferred(code)

    async def twice(self, code: str, cookie: str) -> None:
        """One of both is a surplus, for which a refund is asked."""
        order = await self.begin(code, cookie)
        await asyncio.gather(self.told(order), self.transferred(code))

    async def transferred(self, code: str) -> None:
        line = {"bank_ref": str(uuid4()), "amount": AMOUNT, "at": datetime.now(UTC).isoformat(), "text": code}
        said = await self.insist("POST", "/statements", json={"lines": [line]}, auth=self._partner)
        assert said["items"][0]["result"] in ("matched", "known"), said
        self.tally.lines.add(str(line["bank_ref"]))

    async def refused(self, code: str, cookie: str) -> None:
        order = await self.begin(code, cookie)
        await self.insist("GET", f"/vnpay/ipn?{self._bank.say(order, '51')}")
        self.tally.refused.add(order["vnp_TxnRef"])

    async def given_up(self, code: str, cookie: str) -> None:
        await self.begin(code, cookie)
        await self.insist("POST", f"/charges/{code}/cancel", json={"way": "vnpay"}, headers=of_session(cookie))

    async def begun_only(self, code: str, cookie: str) -> None:
        await self.begin(code, cookie)

    async def by_cash(self, code: str, cookie: str) -> None:
        whole = await self.at_the_desk(f"/charges/{await self.charge(code)}/cash", {"amount": AMOUNT})
        assert whole["state"] == "paid", whole
        self.tally.cash.add(code)

    async def partly_back(self, code: str, cookie: str) -> None:
        """Paid in some way, then asked back by one and decided by another, in some way too."""
        pay = random.choice([self.by_gateway, self.by_transfer, self.by_cash])
        await pay(code, cookie)
        wish = {"amount": PART, "expected_remaining": AMOUNT, "reason": "other"}
        whole = await self.at_the_desk(f"/charges/{await self.charge(code)}/refunds", wish)
        [asked] = whole["refunds"]
        decisions: list[dict[str, Any]] = [
            {"give": True, "paid_ref": f"FT{uuid4().hex}"},
            {"give": True, "cash": True},
            {"give": False},
            *([{"give": True}] * 2 if asked["by_gateway"] else []),
        ]
        decision = random.choice(decisions)
        said = await self.at_the_desk(f"/refunds/{asked['id']}/decide", decision, version=asked["version"])
        [decided] = said["items"]
        state = "refused" if not decision["give"] else "sending" if len(decision) == 1 else "done"
        assert decided["state"] == state, decided
        (self.tally.given if decision["give"] else self.tally.kept).add(asked["id"])
        if state == "sending":
            self.tally.sent.add(asked["id"])

    async def charge(self, code: str) -> str:
        found = await self.insist("GET", f"/desk/charges?code={code}", headers=of_session(self._desk.asks))
        return str(found["items"][0]["id"])

    async def at_the_desk(self, path: str, body: dict[str, Any], version: int = 0) -> Any:
        headers = of_session(self._desk.decides if version else self._desk.asks) | {"Idempotency-Key": f'"{uuid4()}"'}
        if version:
            headers |= {"If-Match": f'"{version}"'}
        return await self.insist("POST", f"/desk{path}", json=body, headers=headers)


def of_session(cookie: str) -> dict[str, str]:
    return {"Cookie": f"__Host-sid={cookie}", "Sec-Fetch-Site": "same-origin"}


def measure(stage: Stage, kills: int, restarts: int) -> None:
    bank = Bank("")
    with serving(bank) as address:
        asyncio.run(_measure(stage, bank, address, kills, restarts))


async def _measure(stage: Stage, bank: Bank, address: Address, kills: int, restarts: int) -> None:
    port = free_port()
    given = {"DATABASE_URL": stage.database, "PORT": str(port), "DEMO": "1", "TRUSTED_PROXIES": "127.0.0.1"}
    environment = stage.environment | address.settings() | given
    settings = read_settings({"VAR": stage.environment["VAR"]})
    ours = {name.lower(): value for name, value in address.settings().items()}
    settings = msgspec.structs.replace(settings, database_url=stage.database, port=port, **ours)
    partner, desk, households = await admit(settings, (kills + restarts) * 8 + 20)
    print(f"\n{kills} × kill -9 of web or worker, {restarts} × PostgreSQL stopped dead, while people pay …", flush=True)
    with killable(stage, environment, "web", "worker") as processes:
        ready = f"http://127.0.0.1:{port}/health/ready"
        processes["web"].wait_until_ready(ready)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as http:
            town = Town(http, bank, partner, desk)
            load = [asyncio.create_task(town.live(households[first::PAYERS])) for first in range(PAYERS)]
            try:
                await _crash(stage, processes, ready, kills, restarts)
            finally:
                town.over.set()
                # Whoever has begun to send goes on until it is acknowledged; not for ever.
                async with asyncio.timeout(120):
                    await asyncio.gather(*load)
        await _show(settings, town.tally)


async def admit(settings: Settings, count: int) -> tuple[Bought, Desk, list[Household]]:
    """A biller that is a bank too, two at a desk, and so many residents with open sessions."""
    database, households = Database(settings), []
    async with database.transaction() as session:
        partners = Partners(session, settings)
        may = frozenset({"payments:bill", "payments:statement"})
        partner, secret = await partners.add(None, f"crashes {uuid4()}", may)
        desk = Desk(await _hire(session), await _hire(session))
        for _ in range(count):
            phone = new_phone()
            _, _, cookie = await sign_in(session, settings, phone)
            households.append(Household(phone, cookie))
    await database.close()
    return Bought(f"http://127.0.0.1:{settings.port}", partner.id, secret), desk, households


async def _hire(session: AsyncSession) -> str:
    """Somebody at a desk, and their session."""
    may = ["payments:approve", "payments:cash", "payments:read", "payments:reconcile", "payments:refund"]
    member = Staff(id=uuid7(), login=f"crashes-{uuid7()}", name="Crashes", unit="31840")
    role = Role(id=uuid7(), name=f"crashes {uuid7()}", permissions=may)
    session.add_all([member, role])
    await session.flush()
    session.add(StaffRole(staff_id=member.id, role_id=role.id))
    await session.flush()
    _, cookie = await Sessions(session).open_for_staff(member, Method.PASSKEY, device="")
    return cookie


async def send_the_rest(database: Database, tally: Tally) -> None:
    """What the gateway is to give is asked for by the clock, after minutes; here at once: to give, and what became of
    that. Asked twice it gives once.
    """
    for refund_id in sorted(tally.sent):
        for _ in range(2):
            async with database.transaction() as session:
                await Refunds(session).send(UUID(refund_id))


async def _crash(stage: Stage, processes: dict[str, Process], ready: str, kills: int, restarts: int) -> None:
    chance = random.Random()
    names = ["web", "worker"] * (kills // 2) + ["web"] * (kills % 2) + ["postgres"] * restarts
    chance.shuffle(names)
    for number, name in enumerate(names, 1):
        await asyncio.sleep(1 + chance.random() * 2)
        if name == "postgres":
            await asyncio.to_thread(stop_postgres, stage)
        else:
            processes[name].end(signal.SIGKILL)
            processes[name].start()
            # What was killed works again before the next; a worker says nothing of that.
            if name == "web":
                await asyncio.to_thread(processes[name].wait_until_ready, ready)
            else:
                await asyncio.sleep(3)
        if number % 10 == 0:
            print(f"{number} of {len(names)} …", flush=True)


_LEFT = """SELECT (SELECT count(*) FROM payments_attempt WHERE state = 'begun') + (SELECT count(*)
    FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND task_name LIKE 'payments.%'
    AND queueing_lock IS NULL)"""
_BOOKED = "SELECT source_ref FROM payments_transaction WHERE source = 'vnpay'"
_CASH = """SELECT c.code FROM payments_charge c JOIN payments_transaction t ON t.charge_id = c.id
    WHERE t.source LIKE 'cash:%' AND t.pays"""
_GIVEN = """SELECT r.id FROM payments_refund r JOIN payments_transaction t ON t.source_ref = r.id::text
    WHERE r.state = 'done' AND t.kind = 'refund' AND t.amount = r.amount"""
_LINES = """SELECT l.bank_ref FROM payments_statement_line l JOIN payments_transaction t
    ON t.source = 'bank' AND t.source_ref = l.partner_id || '/' || l.bank_ref"""


def wrong_of(tally: Tally, connection: psycopg.Connection[Any]) -> dict[str, int]:
    """What of the acknowledged is not there, and what of the ledger is wrong: how many of each."""

    def all_of(query: str) -> set[str]:
        return {str(row[0]) for row in connection.execute(query).fetchall()}

    twice = "SELECT charge_id FROM payments_transaction WHERE pays GROUP BY charge_id HAVING count(*) > 1"
    unbalanced = "SELECT transaction_id FROM payments_entry GROUP BY transaction_id HAVING sum(amount) <> 0"
    ended = "SELECT reference FROM payments_attempt WHERE state IN ('failed', 'succeeded')"
    again = "SELECT source_ref FROM payments_transaction WHERE kind = 'refund' GROUP BY source_ref HAVING count(*) > 1"
    too_much = """SELECT charge_id FROM payments_transaction GROUP BY charge_id
        HAVING sum(CASE WHEN kind = 'refund' THEN -amount ELSE amount END) < 0"""
    kept = "SELECT id FROM payments_refund WHERE state = 'refused'"
    bills, orders, lines, refused = map(len, (tally.bills, tally.orders, tally.lines, tally.refused))
    return {
        f"acknowledged bills lost, of {bills:,}": len(tally.bills - all_of("SELECT code FROM payments_charge")),
        f"acknowledged payments by the gateway not booked, of {orders:,}": len(tally.orders - all_of(_BOOKED)),
        f"acknowledged lines of the statement not booked, of {lines:,}": len(tally.lines - all_of(_LINES)),
        f"acknowledged refusals forgotten, of {refused:,}": len(tally.refused - all_of(ended)),
        f"acknowledged cash not booked, of {len(tally.cash):,}": len(tally.cash - all_of(_CASH)),
        f"acknowledged refunds not given, of {len(tally.given):,}": len(tally.given - all_of(_GIVEN)),
        f"acknowledged refusals of refunds forgotten, of {len(tally.kept):,}": len(tally.kept - all_of(kept)),
        "refunds given more than once": len(all_of(again)),
        "bills for which more went back than came": len(all_of(too_much)),
        "bills paid by more than one transaction": len(all_of(twice)),
        "transactions that do not sum to 0": len(all_of(unbalanced)),
    }


async def _show(settings: Settings, tally: Tally) -> None:
    began = time.monotonic()
    database = Database(settings)
    await send_the_rest(database, tally)
    with psycopg.connect(settings.database_url, autocommit=True) as connection:

        def number(query: str) -> int:
            row = connection.execute(query).fetchone()
            return int(row[0]) if row else 0

        # Their quarter of an hour is over at once.
        connection.execute("UPDATE payments_attempt SET expires_at = now() WHERE state = 'begun'")
        while left := number(_LEFT):
            if time.monotonic() - began > _WITHIN:
                break
            await asyncio.sleep(1)
        seconds = time.monotonic() - began
        lost = wrong_of(tally, connection)
        moved = number("SELECT count(*) FROM payments_transaction")
    async with database.transaction() as session:
        differences = await Reconciling(session, settings).check_ledger()
    await database.close()
    answers = ", ".join(f"{what}: {times:,}" for what, times in tally.answers.most_common())
    print(f"\n### Payments after the crashes\n\nAnswers: {answers}. {moved:,} transactions in the ledger.")
    print(f"What was left to do was done {seconds:.0f} s after the load ended.\n" if not left else "")
    print("| | found | goal |\n|---|---|---|")
    for what, found in (
        *lost.items(),
        ("differences the nightly check finds", differences),
        (f"attempts without an end, jobs left, after {_WITHIN} s", left),
    ):
        print(f"| {what} | {found:,} | 0: {'reached' if found == 0 else 'MISSED'} |", flush=True)
