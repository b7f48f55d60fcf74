"""Two hundred sign-ins at once over two processes: the limit admits exactly its number, and one code opens once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import httpx
import psycopg
import pytest

from tests.app import running
from tests.conftest import SECRET

CODE_TRIES, SECONDS = 60, 3600
"""At most so many attempts at a code an hour for each network (api/session.py)."""


@pytest.fixture
async def processes(clone: Callable[[], str]) -> AsyncIterator[tuple[str, list[httpx.AsyncClient]]]:
    """A database, and clients of two web processes over it."""
    url = clone()
    async with AsyncExitStack() as stack:
        settings = {"DATABASE_URL": url, "SECRET_KEY": SECRET, "LOG_LEVEL": "error"}
        starting = [stack.enter_async_context(running("web", **settings)) for _ in range(2)]
        origins = [await it for it in starting]
        limits = httpx.Limits(max_connections=100)
        clients = [httpx.AsyncClient(base_url=it, headers={"Origin": it}, limits=limits, timeout=60) for it in origins]
        for client in clients:
            await stack.enter_async_context(client)
        yield url, clients


@pytest.mark.long(8)
async def test_of_two_hundred_exactly_as_many_pass_as_may(processes: tuple[str, list[httpx.AsyncClient]]) -> None:
    url, clients = processes
    asked = await clients[0].post("/api/identity/codes", json={"phone": "0901234567", "language": "vi"})
    mark = {"Cookie": asked.headers["set-cookie"].partition(";")[0]}
    path = f"/api/identity/codes/{asked.json()['id']}/sign-in"
    body = {"digits": asked.json()["shown"], "shared": False}

    def counts() -> list[int]:
        with psycopg.connect(url) as connection:
            ends = "SELECT counted FROM core_count WHERE counted > 1 AND until <= now() + interval '1 hour'"
            return [row[0] for row in connection.execute(ends).fetchall()]

    replies = await asyncio.gather(
        *(client.post(path, json=body, headers=mark) for _ in range(100) for client in clients)
    )
    statuses = [reply.status_code for reply in replies]
    # The right digits two hundred times: five attempts are looked at, and each ends the session that the one before it
    # opened, for a lost reply is asked for again (ADR 10).
    assert statuses.count(200) == 5
    # An hour may have ended meanwhile: then there are two counts, and each has its own limit.
    counted = counts()
    assert sum(counted) == 200
    assert statuses.count(429) == sum(max(0, it - CODE_TRIES) for it in counted)
    assert statuses.count(400) == 200 - 5 - statuses.count(429)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM identity_session").fetchall() == [(1,)]
