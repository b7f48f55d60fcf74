"""Reports of other systems taken in, and dossiers found again, among ten thousand of them and among a million."""

import asyncio
import random
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import httpx
import msgspec
from psycopg import connect
from uuid_utils.compat import uuid7

from benchmarks.figures import spread
from benchmarks.load import Line, Server
from benchmarks.residents import sign_in
from benchmarks.stage import Stage
from server.app import events_of
from server.core.database import Database
from server.core.settings import Settings, read_settings
from server.modules.dossiers.rules.statuses import Status
from server.modules.dossiers.service.contacts import Contacts
from server.modules.identity.public import trace_with
from server.modules.identity.service.partners import Partners

FEW, MANY = 10_000, 1_000_000
BATCH = 500
SENDERS = 4
ASKED = 1_000
IN_FLIGHT = 4
OWNER = "0900000777"
OWNED = 5
DIGITS = "0123"
GOAL_RATE, GOAL_LOOKUP, GOAL_OWN, GOAL_GROWTH = 1000.0, 15.0, 20.0, 1.5
_STATUSES = (Status.ACCEPTED, Status.IN_HAND, Status.DONE, Status.HANDED_OVER)


class Province(NamedTuple):
    """One database with so many dossiers, its server, and who may call it."""

    count: int
    server: Server
    token: str
    session: str

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"


class Round(NamedTuple):
    """Events a second and their cost in µs; the 99th percentile in ms of a lookup and of a list of one's own."""

    rate: float
    cost: float
    lookup: float
    own: float


def measure(stage: Stage, rounds: int) -> None:
    urls = {FEW: stage.database, MANY: stage.another_database("million")}
    settings = read_settings({"VAR": stage.environment["VAR"]})
    with ExitStack() as running:
        provinces = []
        for count, url in urls.items():
            print(f"Writing {count:,} dossiers …", flush=True)
            fill(url, settings, count)
            # Each call comes from a network of its own: the limits are not what is measured.
            command = ["env", "TRUSTED_PROXIES=127.0.0.1", "WEB_PROCESSES=2", sys.executable, "-m", "server", "web"]
            server = stage.serving(f"intake-{count}", command, "/health/ready", url=url, pin=False, patience=300)
            there = running.enter_context(server)
            token, session = asyncio.run(admit(msgspec.structs.replace(settings, database_url=url, port=there.port)))
            provinces.append(Province(count, there, token, session))
        measured: dict[int, list[Round]] = {count: [] for count in urls}
        for number in range(-1, rounds):
            for province in provinces:
                found = asyncio.run(one_round(province, batches=16 if number >= 0 else 4))
                if number >= 0:
                    measured[province.count].append(found)
    show(measured)


def show(measured: dict[int, list[Round]]) -> None:
    print(f"\n### Dossiers: batches of {BATCH} from {SENDERS} systems, both cores; lookups {IN_FLIGHT} in flight\n")
    print("| dossiers | events/s | CPU µs each | lookup p99 ms | list of one's own p99 ms |\n|---|---|---|---|---|")
    for count, them in measured.items():
        columns = [spread([getattr(it, what) for it in them], digit) for what, digit in _COLUMNS]
        print(f"| {count:,} | {' | '.join(columns)} |")
    few, many = measured[FEW], measured[MANY]
    grown = {
        what: [getattr(b, what) / getattr(a, what) for a, b in zip(few, many, strict=True)] for what, _ in _COLUMNS
    }
    print(f"| {MANY:,} ÷ {FEW:,} | {' | '.join('× ' + spread(ratios, 2) for ratios in grown.values())} |\n")
    for what, found, goal, good in (
        ("events/s", median(it.rate for it in many), GOAL_RATE, lambda a, b: a >= b),
        ("lookup p99 ms", median(it.lookup for it in many), GOAL_LOOKUP, lambda a, b: a <= b),
        ("list of one's own p99 ms", median(it.own for it in many), GOAL_OWN, lambda a, b: a <= b),
        ("growth of an event's cost", median(grown["cost"]), GOAL_GROWTH, lambda a, b: a <= b),
    ):
        print(f"Goal: {what} {goal:g} at {MANY:,}: {found:,.1f}, {'reached' if good(found, goal) else 'MISSED'}.")


_COLUMNS = (("rate", 0), ("cost", 0), ("lookup", 1), ("own", 1))


def code_at(number: int) -> str:
    return f"H12.997-20261101-{number:07}"


def fill(url: str, settings: Settings, count: int) -> None:
    """Dossiers with one report and one phone each, as an intake leaves them; the last few are one resident's."""
    chance, contacts, now = random.Random(3), Contacts(settings), datetime.now(UTC)
    owner = trace_with(settings, OWNER)
    with connect(url) as connection, connection.cursor() as cursor:
        codes = [row[0] for row in connection.execute("SELECT code FROM catalogue_procedure ORDER BY code").fetchall()]
        ids = [str(uuid7()) for _ in range(count)]
        ages = [now - timedelta(days=chance.random() * 300) for _ in range(count)]
        statuses = [chance.choice(_STATUSES).value for _ in range(count)]
        with cursor.copy(
            "COPY dossiers_dossier (id, code, procedure, status, status_at, handling_unit, due_at) FROM STDIN"
        ) as copy:
            for at in range(count):
                due = ages[at] + timedelta(days=15)
                copy.write_row((ids[at], code_at(at), chance.choice(codes), statuses[at], ages[at], "Sở Tư pháp", due))
        with cursor.copy(
            "COPY dossiers_happening (id, dossier_id, partner_id, source, event_id, status, at, flags) FROM STDIN"
        ) as copy:
            for at in range(count):
                copy.write_row(
                    (str(uuid7()), ids[at], str(UUID(int=9)), "before", str(at), statuses[at], ages[at], "[]")
                )
        with cursor.copy(
            "COPY dossiers_contact (id, dossier_id, kind, sealed, owner_index, lookup_index) FROM STDIN"
        ) as copy:
            for at in range(count):
                trace = owner if at >= count - OWNED else chance.randbytes(len(owner or b""))
                index = contacts.lookup_index(code_at(at), DIGITS)
                copy.write_row((str(uuid7()), ids[at], "phone", chance.randbytes(39), trace, index))
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE dossiers_dossier, dossiers_happening, dossiers_contact")


async def admit(settings: Settings) -> tuple[str, str]:
    """A partner's token, and the session of a resident with a few dossiers."""
    database = Database(settings)
    events_of(database)
    async with database.transaction() as session:
        partners = Partners(session, settings)
        partner, secret = await partners.add(None, f"bench {uuid4()}", frozenset({"dossiers:intake"}))
        token = await partners.token(partner.id, secret)
        _, _, cookie = await sign_in(session, settings, OWNER)
    await database.close()
    return token, cookie


async def one_round(province: Province, *, batches: int) -> Round:
    chance = random.Random()
    bodies = [batch_of(province.count, chance) for _ in range(batches)]
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=province.origin, timeout=60))
        headers = {"Authorization": f"Bearer {province.token}", "Content-Type": "application/json"}
        waiting = iter(bodies)

        async def send() -> None:
            for body in waiting:
                reply = await http.post("/api/dossiers/events", content=body, headers=headers)
                taken = sum(it["result"] == "taken" for it in reply.raise_for_status().json()["items"])
                if taken != BATCH:
                    raise RuntimeError(f"only {taken} of {BATCH} were taken")

        used, began = province.server.cpu(), time.perf_counter()
        await asyncio.gather(*(send() for _ in range(SENDERS)))
        took, cost = time.perf_counter() - began, province.server.cpu() - used
        events = batches * BATCH

    async def look_up(line: Line) -> None:
        body = {"code": code_at(chance.randrange(province.count)), "last_digits": DIGITS}
        network = f"2001:db8:{chance.getrandbits(16):x}:{chance.getrandbits(16):x}::1"
        await line.ask("POST", "/api/dossiers/lookup", body, **{"X-Forwarded-For": network})

    async def own(line: Line) -> None:
        await line.ask("GET", "/api/dossiers", None, f"__Host-sid={province.session}")

    slow = [await slowest(ask, province.server.port) for ask in (look_up, own)]
    return Round(events / took, cost / events * 1e6, *slow)


async def slowest(ask: Callable[[Line], Awaitable[None]], port: int) -> float:
    """The 99th percentile in ms, a few at once; the first ones warm up."""
    times: list[float] = []

    async def some(line: Line, count: int) -> None:
        for _ in range(count):
            began = time.perf_counter()
            await ask(line)
            times.append((time.perf_counter() - began) * 1000)

    lines = [await Line.open(port) for _ in range(IN_FLIGHT)]
    for line in lines:
        await some(line, 5)
    times.clear()
    await asyncio.gather(*(some(line, ASKED // IN_FLIGHT) for line in lines))
    for line in lines:
        line.close()
    return quantiles(times, n=100)[98]


def batch_of(count: int, chance: random.Random) -> bytes:
    """Half of the events move a dossier that is there, half begin one; each with its owner's phone."""
    now = datetime.now(UTC)
    return msgspec.json.encode({"events": [_event(count, place, now, chance) for place in range(BATCH)]})


def _event(count: int, place: int, now: datetime, chance: random.Random) -> dict[str, Any]:
    old = place % 2 == 0
    code = code_at(chance.randrange(count)) if old else f"H12.996-20261101-{chance.randrange(10**7):07}"
    return {
        "source": "một cửa",
        "event_id": str(uuid4()),
        "code": code,
        "procedure": "1.004194",
        "status": 4 if old else 2,
        "at": (now - timedelta(seconds=chance.random() * 60)).isoformat(),
        "handling_unit": "Sở Tư pháp",
        "owner_phone": f"09{chance.randrange(10**4):04}{DIGITS}",
    }
