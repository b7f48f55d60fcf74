"""PostgreSQL goes away and comes back: who reads goes on, who writes is told to wait, and nobody restarts anything."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
import psycopg
import pytest

from server.app import create_app
from server.core.settings import Settings
from server.core.web import Frame
from tests.core import notes as module
from tests.core.conftest import StartNotes

NOTES = "/api/notes"


class Outage:
    """A database that can be taken away from everybody."""

    def __init__(self, url: str) -> None:
        self._server = urlsplit(url)._replace(path="/postgres").geturl()
        self._name = urlsplit(url).path[1:]

    def begin(self) -> None:
        self._allow("false")
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [self._name]
            )

    def end(self) -> None:
        self._allow("true")

    def _allow(self, connections: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {self._name} ALLOW_CONNECTIONS {connections}")


@pytest.fixture(scope="module")
async def away(
    new_notes: Callable[[], Settings], start_notes: StartNotes
) -> AsyncIterator[tuple[httpx.AsyncClient, Outage]]:
    """An application that has shown a note, and whose database has just gone."""
    settings = new_notes()
    outage = Outage(settings.database_url)
    async with start_notes(settings) as client:
        assert (await client.post(NOTES, json={"text": "milk"})).status_code == 201
        async with asyncio.timeout(60):
            while (await client.get(NOTES)).json()["items"] != ["milk"]:
                await asyncio.sleep(0.01)
        outage.begin()
        yield client, outage
        outage.end()


async def soon(client: httpx.AsyncClient, path: str, status: int) -> httpx.Response:
    async with asyncio.timeout(60):
        while (reply := await client.get(path)).status_code != status:
            await asyncio.sleep(0.02)
    return reply


class TestAnOutage:
    async def test_stops_no_reader(self, away: Any) -> None:
        client, outage = away
        outage.begin()
        reply = await client.get(NOTES)
        assert reply.status_code == 200
        assert "milk" in reply.json()["items"]
        assert (await client.get(NOTES, headers={"If-None-Match": reply.headers["etag"]})).status_code == 304
        assert (await client.get("/")).status_code == 200

    @pytest.mark.parametrize("path", [NOTES, f"{NOTES}/counted"])
    async def test_asks_who_writes_to_come_back(self, away: Any, path: str) -> None:
        client, outage = away
        outage.begin()
        for _ in range(3):
            reply = await client.post(path, json={"text": "bread"}, headers={"Accept-Language": "en"})
            assert (reply.status_code, reply.json()["type"]) == (503, "unavailable")
            assert reply.headers["retry-after"] == "5"
            assert reply.json()["title"] == "The service is busy; try again in a few minutes"

    async def test_is_life_without_readiness(self, away: Any) -> None:
        client, outage = away
        outage.begin()
        assert (await client.get("/health/live")).json() == {"status": "ok"}
        reply = await client.get("/health/ready")
        assert (reply.status_code, reply.json()["type"]) == (503, "unavailable")

    async def test_ends_without_a_restart(self, away: Any) -> None:
        client, outage = away
        outage.begin()
        assert (await client.get("/health/ready")).status_code == 503
        assert (await client.post(f"{NOTES}/counted")).status_code == 503
        outage.end()
        await soon(client, "/health/ready", 200)
        assert (await client.post(NOTES, json={"text": "bread"})).status_code == 201
        assert (await client.post(f"{NOTES}/counted")).status_code == 204
        # What changed is seen again too.
        async with asyncio.timeout(60):
            while "bread" not in (await client.get(NOTES)).json()["items"]:
                await asyncio.sleep(0.02)
        assert (await client.get("/health/ready")).json()["status"] == "ok"


async def test_that_nobody_noticed_is_nobodys(new_notes: Callable[[], Settings], start_notes: StartNotes) -> None:
    """PostgreSQL was restarted while nobody asked for anything: the first who does is not told of it."""
    settings = new_notes()
    outage = Outage(settings.database_url)
    async with start_notes(settings) as client:
        statuses = await asyncio.gather(*(client.post(f"{NOTES}/counted") for _ in range(4)))
        outage.begin()
        outage.end()
        statuses += [await client.post(f"{NOTES}/counted") for _ in range(2)]
        assert [reply.status_code for reply in statuses] == [204] * 6


async def test_an_application_starts_without_its_database_and_waits_for_it(new_notes: Callable[[], Settings]) -> None:
    settings = new_notes()
    outage = Outage(settings.database_url)
    outage.begin()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("server.app.MODULES", (module.notes(),))
        app = create_app(settings)
    transport = httpx.ASGITransport(app=Frame(app, settings))
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url=settings.origin) as client:
        assert (await client.get("/health/live")).status_code == 200
        assert (await client.get("/health/ready")).status_code == 503
        assert (await client.get(NOTES)).headers["retry-after"] == "5"
        outage.end()
        await soon(client, NOTES, 200)
        await soon(client, "/health/ready", 200)


async def test_a_database_that_takes_no_writes_is_not_ready(
    new_notes: Callable[[], Settings], start_notes: StartNotes
) -> None:
    """A replica, or a server just after a change of roles."""
    settings = new_notes()
    url = f"{settings.database_url}&options=-c%20default_transaction_read_only%3Don"
    async with start_notes(msgspec.structs.replace(settings, database_url=url)) as client:
        assert (await client.get(NOTES)).status_code == 200
        assert (await client.get("/health/ready")).status_code == 503
        reply = await client.post(NOTES, json={"text": "milk"})
        assert (reply.status_code, reply.json()["type"]) == (503, "unavailable")
