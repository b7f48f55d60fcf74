"""Public data in memory: sent once, packed when it pays, and new in every process when it changed."""

import asyncio
import gzip
import threading
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from server.core.database import Database
from server.core.settings import Settings
from server.core.snapshot import Snapshot, touch
from tests.core.conftest import Look, StartNotes

NOTES = "/api/notes"


async def shows(client: httpx.AsyncClient, *texts: str) -> None:
    """Until it does: PostgreSQL tells within milliseconds; a shared machine may take longer to hear it."""
    async with asyncio.timeout(60):
        while (await client.get(NOTES)).json()["items"] != list(texts):
            await asyncio.sleep(0.005)


@pytest.fixture
async def board(notes: httpx.AsyncClient, notes_database: Database, look: Look) -> httpx.AsyncClient:
    """No notes, and the application knows it."""
    async with notes_database.transaction() as session:
        await touch(session, "notes")
    [version] = await look.column("SELECT version FROM core_version WHERE name = 'notes'")
    async with asyncio.timeout(60):
        while version not in (await notes.get(NOTES)).headers["etag"]:
            await asyncio.sleep(0.005)
    return notes


@pytest.fixture
async def second(
    board: httpx.AsyncClient, notes_settings: Settings, start_notes: StartNotes
) -> AsyncIterator[httpx.AsyncClient]:
    """Another application over the same database."""
    async with start_notes(notes_settings) as client:
        yield client


class TestAReply:
    async def test_is_not_sent_again_to_whoever_has_it(self, board: httpx.AsyncClient) -> None:
        first = await board.get(NOTES)
        again = await board.get(NOTES, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["cache-control"] == first.headers["cache-control"] == "public, max-age=60"

    async def test_is_sent_to_whoever_has_it_in_another_language(self, board: httpx.AsyncClient) -> None:
        """Chromium asks so when the language of the app is changed, and would show the old words for a 304."""
        for etag in [(await board.get(NOTES, headers={"Accept-Language": "vi"})).headers["etag"]] * 2:
            asked = {"If-None-Match": etag, "Accept-Language": "km"}
            assert (await board.get(NOTES, headers=asked)).status_code == 200
            assert (await board.get(NOTES, headers=asked | {"Accept-Language": "vi"})).status_code == 304

    @pytest.mark.parametrize("etag", ['W/"other"', "", '"', "*other*"])
    async def test_is_sent_to_whoever_has_another(self, board: httpx.AsyncClient, etag: str) -> None:
        assert (await board.get(NOTES, headers={"If-None-Match": etag})).status_code == 200

    async def test_is_sent_to_whoever_has_several_old_ones(self, board: httpx.AsyncClient) -> None:
        etag = (await board.get(NOTES)).headers["etag"]
        assert (await board.get(NOTES, headers={"If-None-Match": f'W/"a", {etag}'})).status_code == 304

    async def test_is_packed_where_that_pays_and_is_understood(self, board: httpx.AsyncClient) -> None:
        await board.post(NOTES, json={"text": "milk," * 300})
        await shows(board, "milk," * 300)
        async with board.stream("GET", NOTES, headers={"Accept-Encoding": "gzip, br"}) as packed:
            body = b"".join([chunk async for chunk in packed.aiter_raw()])
        plain = await board.get(NOTES, headers={"Accept-Encoding": "identity"})
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert gzip.decompress(body) == plain.content
        assert len(body) < len(plain.content)
        for reply in (packed, plain):
            assert "Accept-Encoding" in reply.headers["vary"]

    async def test_is_not_packed_where_that_does_not_pay(self, board: httpx.AsyncClient) -> None:
        assert "content-encoding" not in (await board.get(NOTES, headers={"Accept-Encoding": "gzip"})).headers


class TestAskedOnceMore:
    """What was sent is kept ready, as long as nothing about it depends on the caller or on time."""

    async def test_it_is_the_same_but_for_what_is_each_requests_own(self, board: httpx.AsyncClient) -> None:
        first, again = [await board.get(NOTES, params={"a": "1"}) for _ in range(2)]
        own = {"x-request-id"}
        assert again.content == first.content
        assert {**again.headers, **dict.fromkeys(own)} == {**first.headers, **dict.fromkeys(own)}
        assert again.headers["x-request-id"] != first.headers["x-request-id"]

    async def test_each_gets_the_form_they_understand(self, board: httpx.AsyncClient) -> None:
        await board.post(NOTES, json={"text": "milk," * 300})
        await shows(board, "milk," * 300)
        for _ in range(2):
            for encoding in ("gzip", "identity"):
                reply = await board.get(NOTES, headers={"Accept-Encoding": encoding})
                assert reply.headers.get("content-encoding", "identity") == encoding
                assert reply.json() == {"items": ["milk," * 300]}

    @pytest.mark.usefixtures("one_window")
    async def test_what_is_counted_goes_on_being_counted(self, board: httpx.AsyncClient) -> None:
        assert [(await board.get(f"{NOTES}/limited")).status_code for _ in range(3)] == [200, 200, 429]

    @pytest.mark.parametrize("name", ["q", "lat", "%6Con"])
    async def test_what_somebody_typed_is_not_kept(self, board: httpx.AsyncClient, name: str) -> None:
        await board.get(f"{NOTES}?kept=1")
        await board.get(f"{NOTES}?{name}=7716355")
        frame: Any = board._transport
        keys = str(list(frame.app._app._replies._kept))  # inside conftest's Hurried
        assert "kept=1" in keys
        assert "7716355" not in keys


class TestAChange:
    async def test_is_seen_by_every_application_by_itself(
        self, board: httpx.AsyncClient, second: httpx.AsyncClient
    ) -> None:
        before = (await board.get(NOTES)).headers["etag"]
        assert (await second.get(NOTES)).headers["etag"] == before
        await board.post(NOTES, json={"text": "milk"})
        await asyncio.gather(shows(board, "milk"), shows(second, "milk"))
        after = (await board.get(NOTES)).headers["etag"]
        assert after != before
        assert (await second.get(NOTES)).headers["etag"] == after
        assert (await second.get(NOTES, headers={"If-None-Match": before})).status_code == 200

    async def test_that_takes_longer_than_the_next_does_not_take_its_place(
        self, board: httpx.AsyncClient, notes_database: Database
    ) -> None:
        """Two of one process take what is new: the first is still at it when the second has begun."""
        began, go_on = threading.Event(), threading.Event()

        async def load(connection: AsyncConnection) -> str | None:
            return await connection.scalar(text("SELECT text FROM notes_note"))

        def build(said: str | None) -> str | None:
            if said == "milk":
                began.set()
                assert go_on.wait(60)
            return said

        snapshot = Snapshot("notes", load, build)
        await board.post(NOTES, json={"text": "milk"})
        async with asyncio.TaskGroup() as both:
            both.create_task(snapshot.refresh(notes_database))
            assert await asyncio.to_thread(began.wait, 60)
            async with notes_database.transaction() as session:
                await session.execute(text("UPDATE notes_note SET text = 'bread'"))
                await touch(session, "notes")
            second = both.create_task(snapshot.refresh(notes_database))
            await asyncio.wait([second], timeout=0.5)  # it has had the time to overtake
            go_on.set()
        assert snapshot.value == "bread"

    async def test_that_was_rolled_back_is_seen_by_nobody(self, board: httpx.AsyncClient) -> None:
        before = (await board.get(NOTES)).headers["etag"]
        await board.post(NOTES, json={"text": "refuse"})
        await board.post(NOTES, json={"text": "milk"})
        await shows(board, "milk")
        assert (await board.get(NOTES)).headers["etag"] != before

    async def test_made_while_nobody_listened_is_seen_when_they_listen_again(
        self, board: httpx.AsyncClient, look: Look
    ) -> None:
        ended = await look.column(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND query LIKE 'LISTEN core_snapshot%'"
        )
        assert True in ended
        await board.post(NOTES, json={"text": "milk"})
        async with asyncio.timeout(60):
            while (await board.get(NOTES)).json()["items"] != ["milk"]:
                await asyncio.sleep(0.02)
