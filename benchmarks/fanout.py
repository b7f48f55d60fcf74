"""One announcement to very many inboxes and devices, a warning in the middle of it, and a worker that is killed.

The devices are simulated: real keys and sealed addresses, at the loopback push service of the other benchmarks.
"""

import asyncio
import json
import os
import random
import signal
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from statistics import median, quantiles
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import msgspec
import psycopg
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from uuid_utils.compat import uuid7

from benchmarks.memory import pss_of_tree
from benchmarks.push import Post, Sent, office, send_ours
from benchmarks.stage import LINUX, Process, Stage, killable
from server.core.words import Words
from server.modules.notifications.public import Announcement, Audience, Progress, announce, progress, reach
from server.modules.notifications.rules.push import A_JOB
from server.modules.notifications.service.devices import endpoint_hash_of, seal_of
from server.modules.notifications.service.inbox import Inbox
from server.modules.privacy.rules.purposes import PURPOSES

_OWNED = 4
"""One device in so many is nobody's; the others are somebody's who agreed to be rung."""
_URGENT_AT = 0.3
_SAMPLE = 300
_PATIENCE = 1_800
_WORDS = Words("Cúp điện thứ Bảy tại các xã ven biển", "Power cut on Saturday at the coast", "ដាច់ភ្លើងថ្ងៃសៅរ៍")


class Workers:
    """Those who ring, as one."""

    def __init__(self, processes: Sequence[Process]) -> None:
        self.processes = processes

    def cpu(self) -> float:
        return sum(it.server.cpu() for it in self.processes)

    def memory(self) -> float:
        """The PSS of the greatest with all it has begun, in MB."""
        return max(pss_of_tree(it.server.pid) for it in self.processes)


class Crowd(NamedTuple):
    """Who is there: residents by number, and the codes of the communes."""

    residents: list[UUID]
    communes: list[str]


def measure(stage: Stage, devices: int, kills: int, count: int) -> None:
    asyncio.run(_measure(stage, devices, kills, count))


async def _measure(stage: Stage, devices: int, kills: int, count: int) -> None:
    print(f"\n### One announcement to {devices:,} devices, {count} workers\n", flush=True)
    with office(stage) as post:
        post.environment["QUIET_NIGHT"] = "00:00-00:00"
        await post.fill()
        with (
            psycopg.connect(stage.database, autocommit=True) as connection,
            ExitStack() as stack,
        ):
            started = [stack.enter_context(killable(stage, post.environment, "worker")) for _ in range(count)]
            workers = Workers([it["worker"] for it in started])
            alone = await send_ours(post, workers.cpu, connection, 10_000)
            connection.execute("DELETE FROM notifications_device")
            began = time.monotonic()
            crowd = fill(post, connection, devices)
            print(
                f"{devices:,} devices of {len(crowd.residents):,} residents made in {time.monotonic() - began:.0f} s."
            )
            print("\n| | | goal |\n|---|---|---|", flush=True)
            await _fan_out(post, workers, connection, crowd, alone)
            if kills:
                await _kill(post, workers, kills)
        await post.database.close()


def fill(post: Post, connection: psycopg.Connection, devices: int) -> Crowd:
    """Devices, who they belong to, what these agreed to, and where they live."""
    seal, version = seal_of(post.settings), PURPOSES["push-abroad"].version
    points = [
        ec.generate_private_key(ec.SECP256R1())
        .public_key()
        .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        for _ in range(2_000)
    ]
    communes = [row[0] for row in connection.execute("SELECT code FROM places_unit ORDER BY code")]
    people = [uuid7() if number % _OWNED else None for number in range(devices)]
    owned = [(number, it) for number, it in enumerate(people) if it]
    now = datetime.now(UTC)

    def device(number: int) -> tuple[Any, ...]:
        row, endpoint = uuid7(), f"{post.origin}/wpush/{number}"
        to = {"endpoint": endpoint, "p256dh": points[number % len(points)], "auth": os.urandom(16)}
        sealed = seal.close(msgspec.json.encode(to), str(row))
        codes = [communes[number % len(communes)]]
        return (row, os.urandom(32), "vi", sealed, endpoint_hash_of(post.settings, endpoint), people[number], codes)

    _copy(
        connection,
        "identity_resident (id, name, name_folded, commune_code, language, version)",
        ((it, "", "", communes[number % len(communes)], "vi", 1) for number, it in owned),
    )
    _copy(
        connection,
        "notifications_follower (id, resident_id, home, chosen, communes, topics, since, version)",
        (
            (uuid7(), it, code := communes[number % len(communes)], [], [code], [], {code: now.isoformat()}, 0)
            for number, it in owned
        ),
    )
    _copy(
        connection,
        "privacy_consent (id, resident_id, purpose, text_version, session_id)",
        ((uuid7(), it, "push-abroad", version, it) for _, it in owned),
    )
    _copy(
        connection,
        "notifications_device (id, secret_hash, language, subscription, endpoint_hash, resident_id, communes)",
        (device(number) for number in range(devices)),
    )
    connection.execute("VACUUM ANALYZE")
    return Crowd([it for _, it in owned], communes)


def _copy(connection: psycopg.Connection, into: str, rows: Iterable[Sequence[Any]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for row in rows:
            copy.write_row([json.dumps(it) if isinstance(it, dict) else it for it in row])


async def _fan_out(post: Post, workers: Workers, connection: psycopg.Connection, crowd: Crowd, alone: Sent) -> None:
    began = time.time()
    async with post.database.transaction() as session:
        await announce(session, _announcement("inbox", rings=False))
    at_once = time.time() - began
    seen, reads = await _visible(post, crowd)
    _row(f"in {seen} of {_SAMPLE} inboxes after", f"{at_once:.2f} s", ("≤ 60 s, in all", seen == _SAMPLE))
    _row("one inbox, p50 / p99", f"{median(reads) * 1000:.1f} / {quantiles(reads, n=100)[98] * 1000:.1f} ms", None)
    it, before, began = _announcement("fanout"), _bytes(connection), time.time()
    async with post.database.transaction() as session:
        devices = (await reach(session, it.audience)).devices
        _row("counting whom it would reach", f"{time.time() - began:.2f} s", None)
        await announce(session, it)
    committed = time.time()
    used, memory, urgent, urgent_at, wrong = workers.cpu(), [], None, 0.0, 0
    while not (now := await _progress(post, it)).over:
        wrong += now.due != now.sent + now.failed + now.gone + now.waiting
        if LINUX:
            memory.append(workers.memory())
        if urgent is None and now.sent >= devices * _URGENT_AT:
            urgent = _announcement("warning", urgent=True, audience=Audience(communes=frozenset(crowd.communes[:3])))
            async with post.database.transaction() as session:
                await announce(session, urgent)
            urgent_at = time.time()
        await asyncio.sleep(0.5)
    took = post.heard("normal")
    seconds = max(took.times) - committed
    rate, cost = took.devices / seconds, (workers.cpu() - used) / took.pushes * 1e6
    complete = now.sent == took.devices == took.pushes == devices
    _row(
        "pushes", f"{now.sent:,} sent, {took.devices:,} devices had it, {took.pushes:,} in all", ("each once", complete)
    )
    _row("counts that did not add up", f"{wrong}", ("0", not wrong))
    _row("pushes a second", f"{rate:,.0f} ({cost:,.0f} CPU µs each)", None)
    against = f"{rate / alone.rate:.2f} of {alone.rate:,.0f}/s"
    _row("against single messages just before", against, ("≥ 1", rate >= alone.rate))
    _row("the same by CPU", f"{alone.cost / cost:.2f} of {alone.cost:,.0f} µs", None)
    if memory:
        early = max(memory[: max(1, len(memory) // 5)])
        _row(
            "worker, PSS: greatest early / in all", f"{early:.0f} / {max(memory):.0f} MB", ("≤ 250", max(memory) <= 250)
        )
    if urgent:
        times = sorted(at - urgent_at for at in post.heard("high").times)
        most = quantiles(times, n=100)[98]
        _row(f"the warning to {len(times):,} devices meanwhile: first", f"{times[0]:.2f} s", ("≤ 2 s", times[0] <= 2))
        _row("its p99", f"{most:.1f} s ({len(times) / times[-1]:,.0f}/s)", ("≤ 10 s", most <= 10))
    grown = _bytes(connection)
    for what in ("notifications_range", "all tables"):
        _row(f"growth of {what} by recipient", f"{(grown[what] - before[what]) / devices:.1f} bytes", None)


async def _kill(post: Post, workers: Workers, kills: int) -> None:
    """Another announcement; one worker or another is killed again and again, wherever it is."""
    it, chance = _announcement("kills"), random.Random()
    async with post.database.transaction() as session:
        devices = (await reach(session, it.audience)).devices
        await announce(session, it)
    began, killed = time.monotonic(), 0
    while not (now := await _progress(post, it)).over and time.monotonic() - began < _PATIENCE:
        if killed < kills and now.sent >= devices * (killed + chance.random() * 0.5) / kills:
            worker = chance.choice(workers.processes)
            worker.end(signal.SIGKILL)
            worker.start()
            killed += 1
            await asyncio.sleep(2)
        await asyncio.sleep(0.2)
    told, most = post.heard("normal"), killed * 2 * A_JOB
    _row(f"{killed} × kill -9: sent / due", f"{now.sent:,} / {now.due:,}", ("all", now.sent == now.due == devices))
    _row("devices that never had it", f"{devices - told.devices:,}", ("0", told.devices == devices))
    doubled = told.pushes - told.devices
    _row("pushes twice", f"{doubled:,}", (f"≤ {most:,} in flight", doubled <= most))
    _row("seconds", f"{time.monotonic() - began:.0f}", None)


async def _visible(post: Post, crowd: Crowd) -> tuple[int, list[float]]:
    """In how many of some inboxes it is on top, and how long each took to read."""
    seen, took = 0, []
    for person in random.sample(crowd.residents, _SAMPLE):
        began = time.perf_counter()
        async with post.database.transaction() as session:
            page, _ = await Inbox(session, post.settings).page(
                person, archived=False, words="", language="vi", limit=20, cursor=None
            )
        took.append(time.perf_counter() - began)
        seen += bool(page) and page[0].told.title == _WORDS
    return seen, took


async def _progress(post: Post, it: Announcement) -> Progress:
    async with post.database.transaction() as session:
        return (await progress(session, [it.key]))[it.key]


def _announcement(what: str, **more: Any) -> Announcement:
    key = f"{what}/{uuid4()}"
    return Announcement(key=key, subject=key, title=_WORDS, body=_WORDS, plain=_WORDS, path="/news/1", **more)


def _bytes(connection: psycopg.Connection) -> dict[str, int]:
    sizes = connection.execute(
        "SELECT relname, pg_total_relation_size(oid) FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    ).fetchall()
    return {**dict(sizes), "all tables": sum(size for _, size in sizes)}


def _row(what: str, figure: str, goal: tuple[str, bool] | None) -> None:
    verdict = f"{goal[0]}: {'reached' if goal[1] else 'MISSED'}" if goal else "–"
    print(f"| {what} | {figure} | {verdict} |", flush=True)
