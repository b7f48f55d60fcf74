"""From "the event is committed" to "a push service has it": against pywebpush in a loop, web-push of npm, the floor.

First every sender has one core, and PostgreSQL and the push service have the other: what a message costs. Then whoever
sends may take both, as on any machine with two: what comes out of them.

Nobody is asked over plain HTTP: npm's web-push cannot.
"""

import asyncio
import ipaddress
import json
import os
import shutil
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import msgspec
import psycopg
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from psycopg.types.json import Jsonb
from sqlalchemy import insert
from uuid_utils.compat import uuid7

from benchmarks.figures import spread
from benchmarks.load import Server
from benchmarks.memory import pss_of_tree
from benchmarks.stage import Stage, free_port
from server.app import events_of
from server.core.database import Database
from server.core.events import publish
from server.core.settings import Settings, read_settings
from server.modules.notifications.events import AnnouncementsReady, MessagesReady
from server.modules.notifications.models import Device, Message, MessageState
from server.modules.notifications.rules.push import A_JOB
from server.modules.notifications.service.devices import endpoint_hash_of, key_pair, seal_of
from tests.pushservice import b64

PEERS = Path(__file__).with_name("peers")
WEB_PUSH = PEERS / "web-push"
DEVICES = 2_000
GOALS = {"pywebpush loop": 25.0, "npm web-push": 6.0, "floor": 0.5}


class Sent(msgspec.Struct):
    """One round of one contender."""

    count: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        return self.count / self.seconds

    @property
    def cost(self) -> float:
        """Microseconds of the sender's processor time for each message."""
        return self.cpu / self.count * 1e6


class Heard(NamedTuple):
    """What the push service took of one announcement: by how many devices, how often in all, and when."""

    devices: int
    pushes: int
    times: list[float]


class Post:
    """A database with devices, a push service, and the worker that sends."""

    def __init__(self, settings: Settings, environment: dict[str, str], port: int) -> None:
        self.settings = settings
        self.environment = environment
        self.origin = f"https://localhost:{port}"
        self.database = Database(settings)
        events_of(self.database)
        self.devices: list[UUID] = []
        self.subscriptions: list[dict[str, Any]] = []
        self.keys = ("", b"")

    async def fill(self, count: int = DEVICES) -> None:
        seal, rows = seal_of(self.settings), []
        for number in range(count):
            point = ec.generate_private_key(ec.SECP256R1()).public_key()
            p256dh = point.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
            row, auth, endpoint = uuid7(), os.urandom(16), f"{self.origin}/wpush/{number}"
            told = {"endpoint": endpoint, "p256dh": b64(p256dh), "auth": b64(auth)}
            sealed = msgspec.json.encode({"endpoint": endpoint, "p256dh": p256dh, "auth": auth})
            rows.append(
                {
                    "id": row,
                    "secret_hash": os.urandom(32),
                    "language": "vi",
                    "subscription": seal.close(sealed, str(row)),
                    "endpoint_hash": endpoint_hash_of(self.settings, endpoint),
                }
            )
            self.devices.append(row)
            keys = {"p256dh": told["p256dh"], "auth": told["auth"]}
            self.subscriptions.append({"endpoint": endpoint, "keys": keys})
        async with self.database.transaction() as session:
            await session.execute(insert(Device), rows)
            self.keys = await key_pair(session, self.settings)

    async def post(self, count: int, *, urgent: bool = True) -> datetime:
        """So many messages and their events, in one transaction; when it was committed."""
        return (await self.post_some(count, urgent=urgent))[0]

    async def post_some(self, count: int, *, urgent: bool = True) -> tuple[datetime, list[UUID]]:
        """The same, with the ids of the last of them, 5,000 at most."""
        now, ids = datetime.now(UTC), []
        async with self.database.transaction() as session:
            for begin in range(0, count, 5_000):
                rows = [self._message(number, now) for number in range(begin, min(count, begin + 5_000))]
                await session.execute(insert(Message), rows)
                ids = [row["id"] for row in rows]
                for first in range(0, len(ids), A_JOB):
                    event = MessagesReady if urgent else AnnouncementsReady
                    publish(session, event(message_ids=ids[first : first + A_JOB]))
        return datetime.now(UTC), ids

    def _message(self, number: int, now: datetime) -> dict[str, Any]:
        return {
            "id": uuid4(),
            "created_at": now,
            "device_id": self.devices[number % DEVICES],
            "title": "Có tin mới",
            "body": "Mở ứng dụng để xem.",
            "language": "vi",
            "path": "/inbox",
            "tag": "test",
            "urgency": "high",
            "state": MessageState.WAITING,
            "attempts": 0,
            "due_at": now,
            "expires_at": now + timedelta(hours=12),
        }

    def topics(self) -> dict[str, int]:
        """How often the push service took each subject."""
        return dict(self.asked("/topics"))

    def heard(self, urgency: str) -> Heard:
        """What it took of the newest announcement with this urgency."""
        return Heard(**self.asked(f"/heard/{urgency}"))

    def asked(self, path: str) -> Any:
        trust = ssl.create_default_context(cafile=self.environment["SSL_CERT_FILE"])
        with urllib.request.urlopen(self.origin + path, context=trust, timeout=60) as reply:
            return json.load(reply)

    @contextmanager
    def working(self, stage: Stage, *, pin: bool = True) -> Iterator[Server]:
        command = [sys.executable, "-m", "server", "worker"]
        with stage.running("worker", command, self.environment, pin=pin) as process:
            yield Server(0, process.pid)


def waiting(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT count(*) FROM notifications_message WHERE state = 'waiting'").fetchone()
    assert row
    return int(row[0])


async def send_ours(post: Post, cpu: Callable[[], float], connection: psycopg.Connection, count: int) -> Sent:
    """`cpu`: seconds of processor time that whoever sends has used so far."""
    used, committed = cpu(), await post.post(count)
    while waiting(connection):
        await asyncio.sleep(0.05)
    last = connection.execute(
        "SELECT max(accepted_at), count(*) FILTER (WHERE state = 'accepted') FROM notifications_message"
    ).fetchone()
    assert last
    if last[1] != count:
        raise RuntimeError(f"{last[1]} of {count} messages were accepted")
    connection.execute("TRUNCATE notifications_message")
    return Sent(count, (last[0] - committed).total_seconds(), cpu() - used)


def measure(stage: Stage, rounds: int, seconds: int) -> None:
    asyncio.run(_measure(stage, rounds, seconds))


async def _measure(stage: Stage, rounds: int, seconds: int) -> None:
    with office(stage) as post:
        await post.fill()
        given = {
            "private": b64(post.keys[1]),
            "privateKey": b64(post.keys[1]),
            "publicKey": post.keys[0],
            "subscriptions": post.subscriptions[:500],
            "text": json.dumps({"title": "Có tin mới", "body": "Mở ứng dụng để xem."}) + " " * 180,
        }
        certificate = post.environment["SSL_CERT_FILE"]
        environment = post.environment | {"REQUESTS_CA_BUNDLE": certificate, "NODE_EXTRA_CA_CERTS": certificate}

        def run(command: list[str], *, pin: bool) -> Sent:
            prepared = stage.prepared(pin=pin)
            done = subprocess.run(
                command,
                input=msgspec.json.encode(given),
                capture_output=True,
                env=environment,
                preexec_fn=prepared,
                timeout=300,
                check=False,
            )
            if done.returncode:
                raise RuntimeError(done.stderr.decode(errors="replace")[-2000:])
            return msgspec.json.decode(done.stdout, type=Sent)

        python, node = sys.executable, shutil.which("node")
        peers = {"pywebpush loop": [python, "-m", "benchmarks.peers.push_loop", stage.database, str(seconds)]}
        with psycopg.connect(stage.database, autocommit=True) as connection:
            prepare_loop(connection, post)
            if node:
                install_web_push()
                tried = {
                    at_once: run([node, str(WEB_PUSH / "send.js"), "800", str(at_once)], pin=True).rate
                    for at_once in (8, 32, 64, 128)
                }
                best = max(tried, key=lambda at_once: tried[at_once])
                print(f"npm web-push at {', '.join(f'{k}: {v:,.0f}/s' for k, v in tried.items())}; taken: {best}.")
                peers["npm web-push"] = [node, str(WEB_PUSH / "send.js"), str(700 * seconds), str(best)]
            peers["floor"] = [python, "-m", "benchmarks.peers.push_floor", str(seconds)]
            for pin, where in ((True, "each sender on one core"), (False, "all on both cores")):
                with post.working(stage, pin=pin) as worker:
                    measured = []
                    for _ in range(1 + rounds):
                        ours = await send_ours(post, worker.cpu, connection, 2_500 * seconds)
                        measured.append({"ours": ours, **{name: run(it, pin=pin) for name, it in peers.items()}})
                    # The first round warms up.
                    print_rates({name: [it[name] for it in measured[1:]] for name in measured[0]}, where)
                    if not pin:
                        await measure_memory(post, worker, connection)
        await post.database.close()


def print_rates(figures: dict[str, list[Sent]], where: str) -> None:
    print(f"\n### Pushes, from the commit to the push service: {where}\n")
    print("| | messages/s | CPU µs each | ours ÷ theirs | by CPU of the sender | goal |\n|---|---|---|---|---|---|")
    ours = figures["ours"]
    for name, theirs in figures.items():
        compared = "– | – | –"
        if name != "ours":
            ratios = [mine.rate / their.rate for mine, their in zip(ours, theirs, strict=True)]
            by_cost = [their.cost / mine.cost for mine, their in zip(ours, theirs, strict=True)]
            reached = "reached" if sorted(ratios)[len(ratios) // 2] >= GOALS[name] else "MISSED"
            compared = f"{spread(ratios, 2)} | {spread(by_cost, 2)} | ≥ {GOALS[name]:g}: {reached}"
        rates, costs = [it.rate for it in theirs], [it.cost for it in theirs]
        print(f"| {name} | {spread(rates, 0)} | {spread(costs, 0)} | {compared} |", flush=True)


async def measure_memory(post: Post, worker: Server, connection: psycopg.Connection) -> None:
    print("\n### Memory of the worker while it sends, with the process that encrypts, MB\n")
    print("| messages | PSS, greatest | seconds |\n|---|---|---|")
    for count in (1_000, 50_000, 200_000):
        begun, greatest = time.monotonic(), 0.0
        await post.post(count, urgent=False)
        while waiting(connection):
            greatest = max(greatest, pss_of_tree(worker.pid))
            await asyncio.sleep(0.5)
        connection.execute("TRUNCATE notifications_message")
        print(f"| {count:,} | {greatest:.0f} | {time.monotonic() - begun:.0f} |", flush=True)


def prepare_loop(connection: psycopg.Connection, post: Post) -> None:
    connection.execute(
        "CREATE TABLE bench_push (id int PRIMARY KEY, subscription jsonb, text text, accepted_at timestamptz)"
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO bench_push VALUES (%s, %s, %s)",
            [(n, Jsonb(post.subscriptions[n % DEVICES]), '{"title": "Có tin mới"}' + " " * 250) for n in range(20_000)],
        )


def install_web_push() -> None:
    there, wanted = WEB_PUSH / "node_modules" / ".package-lock.json", WEB_PUSH / "package-lock.json"
    if not there.is_file() or there.stat().st_mtime < wanted.stat().st_mtime:
        subprocess.run(["npm", "ci", "--silent"], cwd=WEB_PUSH, check=True, timeout=300)


@contextmanager
def office(stage: Stage) -> Iterator[Post]:
    """The push service runs where PostgreSQL runs, beside whoever sends."""
    certificate = make_certificate(stage.folder)
    key = certificate.with_suffix(".key")
    port = free_port()
    command = f"-m granian --interface rsgi --host 127.0.0.1 --port {port} --ssl-certificate {certificate}"
    command += f" --ssl-keyfile {key} --no-ws benchmarks.peers.pushservice:app"
    # http:// makes the name one of loopback, where alone it may lead (core/settings.py).
    services = f"https://localhost:{port},http://localhost:{port}"
    environment = stage.environment | {
        "DATABASE_URL": stage.database,
        "PUSH_SERVICES": services,
        "SSL_CERT_FILE": str(certificate),
    }
    with stage.running("pushservice", [sys.executable, *command.split()], environment, pin=None):
        post = Post(read_settings(environment), environment, port)
        for _ in range(100):
            with suppress(OSError):
                post.asked("/taken")
                break
            time.sleep(0.1)
        yield post


def make_certificate(folder: Path) -> Path:
    """Of `localhost`, for a day; its key beside it."""
    key, path = ec.generate_private_key(ec.SECP256R1()), folder / "localhost.pem"
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.with_suffix(".key").write_bytes(private)
    return path
