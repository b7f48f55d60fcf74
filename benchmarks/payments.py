"""How many payments go through whole, what each costs, and how long a million lines take to be reconciled."""

import asyncio
import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec
from psycopg import connect

from benchmarks.figures import spread
from benchmarks.load import Line, Server, postmaster_of
from benchmarks.residents import new_phone, sign_in
from benchmarks.stage import LINUX, Stage
from server.core.clock import HERE
from server.core.database import Database
from server.core.settings import ROOT, Settings, read_settings
from server.modules.payments.models import OURSELVES
from server.modules.payments.rules.states import Purpose
from server.modules.payments.service.charges import Charges, Demand, Raised
from server.modules.payments.service.comparing import Stated, compare
from server.modules.payments.service.reconciling import Reconciling
from server.sandbox.bank import Bank, serving

GOAL_RATE, GOAL_SECONDS, GOAL_GROWTH_MB = 300.0, 60.0, 20.0
IN_FLIGHT = 64
FLIGHTS = (1, 8, 32, IN_FLIGHT)
_FEW = 200
"""Payments of which the cost is counted, with each of these in flight."""
EACH = 50
"""Bills of one resident: nobody may begin to pay more than 60 times an hour."""
_BIN = "970499"


class Payer(NamedTuple):
    cookie: str
    codes: list[str]


class Paid(NamedTuple):
    """A round: payments a second; processor time of each in µs: of the app, of PostgreSQL, of the payers with
    their gateway; p99 in ms."""

    rate: float
    cost: float
    database: float
    others: float
    p99: float


def measure(stage: Stage, rounds: int, payments: int, lines: int) -> None:
    bank = Bank("")
    with serving(bank) as address:
        url = stage.database
        environment = address.settings() | {"DEMO": "1", "WEB_PROCESSES": str(os.cpu_count() or 1)}
        command = ["env", *(f"{name}={value}" for name, value in environment.items())]
        settings = msgspec.structs.replace(read_settings({"VAR": stage.environment["VAR"]}), database_url=url)
        command += [sys.executable, "-m", "server", "web"]
        with stage.serving("payments", command, "/health/ready", url=url, pin=False) as server:
            postmaster = postmaster_of(Path(stage.environment["VAR"]))
            found = []
            for number in range(rounds + 1):
                payers = _ready(settings, payments)
                paid = asyncio.run(_pay(bank, server, postmaster, payers))
                if number:
                    found.append(paid)
            _cost(bank, server, postmaster, settings)
    rate = spread([it.rate for it in found], 0)
    reached = sorted(it.rate for it in found)[len(found) // 2] >= GOAL_RATE
    print(f"\n### Payments from the first tap to the gateway's notice, {IN_FLIGHT} in flight, {payments} a round\n")
    print(
        "| payments/s | CPU of the app, µs each | of PostgreSQL | of payers and gateway | p99 ms | goal |\n"
        "|---|---|---|---|---|---|"
    )
    costs = " | ".join(spread([getattr(it, what) for it in found], 0) for what in ("cost", "database", "others", "p99"))
    print(f"| {rate} | {costs} | ≥ {GOAL_RATE:g}/s: {'reached' if reached else 'MISSED'} |", flush=True)
    _reconcile(stage, lines)


def _cost(bank: Bank, server: Server, postmaster: Server, settings: Settings) -> None:
    """What one payment costs by how many come at once, for those share transactions. Statements are counted in a round
    of their own, by PostgreSQL's log: BEGIN is none, COMMIT is one.
    """
    print(f"\n### What each of {_FEW} payments costs\n")
    print("| in flight | statements | app, ms | PostgreSQL, ms |\n|---|---|---|---|")
    log = settings.var / "postgres" / "log"
    for in_flight in FLIGHTS:
        paid = asyncio.run(_pay(bank, server, postmaster, _ready(settings, _FEW), in_flight))
        payers = _ready(settings, _FEW)
        with _logged(settings.database_url):
            before = log.stat().st_size
            asyncio.run(_pay(bank, server, postmaster, payers, in_flight))
            said = log.read_bytes()[before:]
        statements = len(
            re.findall(rb"LOG:  (?:execute [^:]+|statement): (?!BEGIN|ALTER SYSTEM|SELECT pg_reload)", said)
        )
        print(
            f"| {in_flight} | {statements / _FEW:.1f} | {paid.cost / 1000:.1f} | {paid.database / 1000:.1f} |",
            flush=True,
        )


@contextmanager
def _logged(url: str) -> Iterator[None]:
    """PostgreSQL writes down every statement."""
    with connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET log_statement = 'all'")
        connection.execute("SELECT pg_reload_conf()")
        try:
            yield
        finally:
            connection.execute("ALTER SYSTEM RESET log_statement")
            connection.execute("SELECT pg_reload_conf()")


def _ready(settings: Settings, count: int) -> list[Payer]:
    payers = asyncio.run(_bills(settings, count))
    with connect(settings.database_url, autocommit=True) as connection:
        connection.execute("ANALYZE")  # as autovacuum has done wherever people pay
    return payers


async def _bills(settings: Settings, count: int) -> list[Payer]:
    """So many bills, and residents with open sessions whose they are."""
    database, payers = Database(settings), []
    for _ in range(max(1, count // EACH)):
        phone = new_phone()
        async with database.transaction() as session:
            _, _, cookie = await sign_in(session, settings, phone)
            demands = [
                Demand(str(uuid4()), "x", "X", Purpose.TUITION, "", 8000, "Học phí", phone=phone) for _ in range(EACH)
            ]
            raised = await Charges(session, settings).raise_all(OURSELVES, demands)
            payers.append(Payer(cookie, [it.code for it in raised if isinstance(it, Raised)]))
    await database.close()
    return payers


async def _pay(
    bank: Bank, server: Server, postmaster: Server, payers: Sequence[Payer], in_flight: int = IN_FLIGHT
) -> Paid:
    """Each: begin, the gateway reads the signed order, the person pays, the gateway tells, and it was taken."""
    waiting = iter([(it.cookie, code) for it in payers for code in it.codes])
    times: list[float] = []
    used, base, own = server.cpu(), postmaster.cpu(), time.process_time()
    began = time.perf_counter()

    async def pay() -> None:
        line = await Line.open(server.port)
        for cookie, code in waiting:
            start = time.perf_counter()
            whole = await line.ask(
                "POST", f"/api/payments/charges/{code}/attempts", {"way": "vnpay"}, f"__Host-sid={cookie}"
            )
            order = bank.take(urlsplit(whole["open"][0]["url"]).query)
            assert order
            said = await line.ask("GET", f"/api/payments/vnpay/ipn?{bank.say(order, '00')}")
            assert said["RspCode"] == "00", said
            times.append(time.perf_counter() - start)
        line.close()

    await asyncio.gather(*(pay() for _ in range(in_flight)))
    seconds, count = time.perf_counter() - began, len(times)
    return Paid(
        rate=count / seconds,
        cost=(server.cpu() - used) / count * 1e6,
        database=(postmaster.cpu() - base) / count * 1e6,
        others=(time.process_time() - own) / count * 1e6,
        p99=quantiles(times, n=100)[98] * 1000,
    )


_FILL = """
SET session_replication_role = replica;
INSERT INTO payments_statement_line (id, partner_id, bank_ref, amount, at, state, version, created_at, updated_at)
    SELECT gen_random_uuid(), %(bank)s, 'FT' || n, 8000, now(), 'open', 1, now(), now()
    FROM generate_series(%(first)s::int, %(last)s::int) n;
INSERT INTO payments_transaction (id, kind, pays, source, source_ref, amount, at, created_at, updated_at)
    SELECT gen_random_uuid(), 'unknown', false, 'bank', 'bench/FT' || n, 8000, now(), now(), now()
    FROM generate_series(%(first)s::int, %(last)s::int) n;
INSERT INTO payments_entry (id, transaction_id, account, amount, created_at, updated_at)
    SELECT gen_random_uuid(), t.id, side.account, side.amount, now(), now()
    FROM payments_transaction t, (VALUES ('held:bank', 8000), ('unknown', -8000)) side (account, amount)
    WHERE t.source_ref LIKE 'bench/%%' AND NOT EXISTS (SELECT FROM payments_entry e WHERE e.transaction_id = t.id);
"""


def _reconcile(stage: Stage, lines: int) -> None:
    """In a process of its own, so that its memory is seen: first a tenth, then all."""
    print(f"\n### A statement of {lines:,} lines against the books, and the books against themselves\n")
    print(
        "| lines | differences (3 made) | statement, s | ledger, s | memory of the process, MB |\n|---|---|---|---|---|"
    )
    memory, last = [], 0
    for count in (lines // 10, lines):
        with connect(stage.database, autocommit=True) as connection, connection.transaction():
            for statement in _FILL.strip().split(";")[:-1]:
                given = {"bank": uuid4(), "first": last + 1, "last": count}
                connection.execute(statement, given if "%" in statement else None)
        with connect(stage.database, autocommit=True) as connection:
            connection.execute("ANALYZE")
        last = count
        environment = stage.environment | {"DATABASE_URL": stage.database}
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.payments", str(count)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=True,
        )
        said = json.loads(done.stdout)
        memory.append(said["memory"])
        print(
            f"| {count:,} | {said['differ']} | {said['statement']:.1f} | {said['ledger']:.1f} | {said['memory']:.0f} |"
        )
    seconds = said["statement"] + said["ledger"]
    good = seconds <= GOAL_SECONDS and said["differ"] == 3
    print(f"\nGoal: ≤ {GOAL_SECONDS:g} s together: {'reached' if good else 'MISSED'} ({seconds:.1f} s).")
    grown = memory[1] - memory[0]
    flat = "reached" if grown <= GOAL_GROWTH_MB else "MISSED"
    print(f"Goal: ten times as many lines take ≤ {GOAL_GROWTH_MB:g} MB more: {flat} ({grown:.0f} MB).", flush=True)


async def _compare(lines: int) -> None:
    settings = read_settings()
    database = Database(settings)

    def stated() -> Iterator[Stated]:
        """One amount is another, one line is missing, one nobody has."""
        yield Stated("FT1", 9000)
        yield from (Stated(f"FT{number}", 8000) for number in range(3, lines + 1))
        yield Stated("FT0", 8000)

    today = datetime.now(HERE).date()
    began = time.perf_counter()
    differ = 0
    async for it in compare(database, "bank", stated(), today.replace(day=1), today):
        differ += it.ref.startswith("FT")
    between = time.perf_counter()
    async with database.transaction() as session:
        found = await Reconciling(session, settings).check_ledger()
    ended = time.perf_counter()
    await database.close()
    assert found == 0
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1000 if LINUX else 1e6)
    print(
        json.dumps({"differ": differ, "statement": between - began, "ledger": ended - between, "memory": memory}),
        flush=True,
    )


if __name__ == "__main__":
    asyncio.run(_compare(int(sys.argv[1])))
