"""How often something may be done: counted exactly, over all processes, and never more when in doubt."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import msgspec
import pytest
from sqlalchemy import text

from server.app import framed
from server.core.database import Database
from server.core.limits import KEEP, Limits, Spent, network_of
from server.core.problems import TooManyRequests
from server.core.retention import forget_one
from server.core.settings import Settings
from tests.core.conftest import Look, StartNotes
from tests.core.notes import ALLOWED


def from_address(notes: httpx.AsyncClient, address: str) -> httpx.AsyncClient:
    """Somebody else, at the same application."""
    app = notes._transport.app  # type: ignore[attr-defined]
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app, client=(address, 4)), base_url=notes.base_url)


@pytest.fixture(autouse=True)
def one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """No hour ends while a test counts."""
    monkeypatch.setattr("server.core.limits.time.time", lambda: 1_800_000_000.0)


async def test_of_two_hundred_at_once_over_two_applications_exactly_as_many_pass_as_may(
    notes: httpx.AsyncClient, notes_settings: Settings, start_notes: StartNotes, look: Look
) -> None:
    async with start_notes(notes_settings) as other:
        replies = await asyncio.gather(
            *(client.post("/api/notes/counted") for _ in range(100) for client in (notes, other))
        )
    statuses = [reply.status_code for reply in replies]
    assert (statuses.count(204), statuses.count(429)) == (ALLOWED, 200 - ALLOWED)
    assert await look.column("SELECT counted FROM core_count") == [200]


async def test_whoever_did_it_too_often_is_told_when_to_come_back(notes: httpx.AsyncClient) -> None:
    replies = [await notes.post("/api/notes/counted") for _ in range(ALLOWED + 1)]
    refusal = replies[-1]
    assert (refusal.status_code, refusal.json()["type"]) == (429, "too-many-requests")
    seconds = int(refusal.headers["retry-after"])
    assert 0 < seconds <= 3600
    assert refusal.headers["ratelimit"] == f'"notes";r=0;t={seconds}'
    assert refusal.headers["ratelimit-policy"] == f'"notes";q={ALLOWED};w=3600'
    assert f"{-(-seconds // 60)} phút" in refusal.json()["detail"]


async def test_a_refused_request_counts_too(notes: httpx.AsyncClient, look: Look) -> None:
    statuses = [(await notes.post("/api/notes/counted/refused")).status_code for _ in range(4)]
    assert statuses == [409, 409, 429, 429]
    assert await look.notes() == []


async def test_every_network_has_its_own_count(notes: httpx.AsyncClient) -> None:
    for address in ("203.0.113.7", "203.0.113.200"):  # one household
        await from_address(notes, address).post("/api/notes/counted/refused")
    assert (await from_address(notes, "203.0.113.99").post("/api/notes/counted/refused")).status_code == 429
    assert (await from_address(notes, "198.51.100.7").post("/api/notes/counted/refused")).status_code == 409


class TestBehindAProxy:
    """Who calls is whom a proxy of ours says; what anybody else says of themselves means nothing."""

    @pytest.fixture
    def ask(self, notes: httpx.AsyncClient, notes_settings: Settings) -> Callable[..., Awaitable[int]]:
        own = msgspec.structs.replace(notes_settings, trusted_proxies=("10.0.0.2", "10.0.1.0/24"))
        app = framed(notes.app, own)  # type: ignore[attr-defined]

        async def ask(address: str, *forwarded: str) -> int:
            transport = httpx.ASGITransport(app=app, client=(address, 4))
            headers = [("X-Forwarded-For", it) for it in forwarded]
            async with httpx.AsyncClient(transport=transport, base_url=notes.base_url) as client:
                return (await client.post("/api/notes/counted/refused", headers=headers)).status_code

        return ask

    async def test_each_network_has_its_own_count(self, ask: Callable[..., Awaitable[int]]) -> None:
        statuses = [await ask("10.0.0.2", "203.0.113.7") for _ in range(3)]
        assert statuses == [409, 409, 429]
        assert await ask("10.0.0.2", "198.51.100.7") == 409
        # Through a second proxy of ours, and whatever the caller had put in front.
        assert await ask("10.0.0.2", "198.51.100.1, 203.0.113.7, 10.0.1.9") == 429
        assert await ask("10.0.0.2", "198.51.100.1", "203.0.113.7") == 429

    async def test_nobody_else_is_believed(self, ask: Callable[..., Awaitable[int]]) -> None:
        statuses = [await ask("203.0.113.7", f"198.51.{number}.1") for number in range(3)]
        assert statuses == [409, 409, 429]


async def test_all_of_them_together_have_one_too(notes: httpx.AsyncClient) -> None:
    networks = [f"198.51.{number}.1" for number in range(5)]
    statuses = [(await from_address(notes, it).post("/api/notes/counted/in-all")).status_code for it in networks]
    assert statuses == [204, 204, 204, 429, 429]


async def test_what_is_counted_names_nobody(notes: httpx.AsyncClient, look: Look) -> None:
    await notes.post("/api/notes/counted")
    [row] = await look.column("SELECT core_count::text FROM core_count")
    assert "203.0.113" not in row


async def test_a_limiter_that_cannot_count_lets_nobody_in(notes: httpx.AsyncClient, notes_database: Database) -> None:
    async with notes_database.transaction() as session:
        await session.execute(text("LOCK TABLE core_count IN EXCLUSIVE MODE"))
        waiting = asyncio.create_task(notes.post("/api/notes/counted"))
        await end_whoever_waits(notes_database)
    reply = await waiting
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "5")


async def end_whoever_waits(database: Database) -> None:
    waiting = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(60), database.reading() as connection:
        while not (await connection.scalars(waiting)).all():
            await asyncio.sleep(0.01)


async def test_what_is_over_is_forgotten(notes: httpx.AsyncClient, notes_database: Database, look: Look) -> None:
    await notes.post("/api/notes/counted")
    [until] = await look.column("SELECT until FROM core_count")
    async with notes_database.transaction() as session:
        await forget_one(session, KEEP, until)
    assert await look.column("SELECT count(*) FROM core_count") == [1]
    async with notes_database.transaction() as session:
        await forget_one(session, KEEP, until.replace(year=until.year + 1))
    assert await look.column("SELECT count(*) FROM core_count") == [0]


class Somebody:
    def __init__(self, host: str | None) -> None:
        self.client = type("Address", (), {"host": host})() if host is not None else None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.250", True),
        ("203.0.113.7", "203.0.114.7", False),
        ("2001:db8:1:1200::1", "2001:db8:1:12ff:ffff::9", True),
        ("2001:db8:1:1200::1", "2001:0db8:0001:1234:0:0:0:9", True),
        ("2001:db8:1:1200::1", "2001:db8:1:1300::1", False),
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("::ffff:203.0.113.7", "203.0.113.9", True),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        (None, None, True),
        ("", "unix:", True),
    ],
)
def test_a_network_is_what_a_household_shares(one: str | None, other: str | None, same: bool) -> None:
    assert (network_of(Somebody(one)) == network_of(Somebody(other))) is same  # type: ignore[arg-type]


async def test_of_rules_that_are_counted_together_those_behind_the_one_that_refuses_are_not_used_up(
    notes: httpx.AsyncClient, notes_database: Database, notes_settings: Settings
) -> None:
    limits = Limits(notes_database, notes_settings)
    phone, everybody = Spent("phone", "a", times=2, per=3600), Spent("all", "everybody", times=3, per=3600)
    refused = []
    for _ in range(4):
        try:
            await limits.spend_each(phone, everybody)
        except TooManyRequests as refusal:
            refused.append(refusal.headers["RateLimit"].partition(";")[0])
    assert refused == ['"phone"', '"phone"']
    other = Spent("phone", "b", times=2, per=3600)
    await limits.spend_each(other, everybody)
    with pytest.raises(TooManyRequests) as last:
        await limits.spend_each(other, everybody)
    assert last.value.headers["RateLimit"].startswith('"all"')


async def test_of_two_hundred_at_once_exactly_as_many_pass_rules_that_are_counted_together(
    notes: httpx.AsyncClient, notes_database: Database, notes_settings: Settings
) -> None:
    limits = Limits(notes_database, notes_settings)
    everybody = Spent("all", "everybody", times=50, per=3600)

    async def pass_as(who: int) -> bool:
        try:
            await limits.spend_each(Spent("phone", str(who % 120), times=5, per=3600), everybody)
        except TooManyRequests:
            return False
        return True

    passed = await asyncio.gather(*(pass_as(number) for number in range(200)))
    assert sum(passed) == 50
