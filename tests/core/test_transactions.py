"""One request, one transaction: all of a change, its event and its reply, or nothing of it."""

import asyncio
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa

from server.core.database import Database
from server.core.events import publish
from tests.core.conftest import Look
from tests.core.notes import COPY, Gate, NoteWritten, gates


class TestARequest:
    async def test_saves_the_change_and_its_event(self, notes: httpx.AsyncClient, look: Look) -> None:
        reply = await notes.post("/api/notes", json={"text": "milk"})
        assert (reply.status_code, reply.json()["text"]) == (201, "milk")
        assert await look.notes() == ["milk"]
        assert await look.jobs() == ["todo"]

    async def test_that_is_refused_after_a_change_stores_nothing(self, notes: httpx.AsyncClient, look: Look) -> None:
        reply = await notes.post("/api/notes", json={"text": "refuse"})
        assert (reply.status_code, reply.json()["type"]) == (409, "note-refused")
        assert (await look.notes(), await look.jobs()) == ([], [])

    async def test_that_crashes_after_a_change_stores_nothing(self, notes: httpx.AsyncClient, look: Look) -> None:
        reply = await notes.post("/api/notes", json={"text": "crash"})
        assert (reply.status_code, reply.json()["type"]) == (500, "crash")
        assert (await look.notes(), await look.jobs()) == ([], [])

    async def test_whose_commit_fails_does_not_say_that_all_is_well(self, notes: httpx.AsyncClient, look: Look) -> None:
        await notes.post("/api/notes", json={"text": "first", "mark": "the only one"})
        reply = await notes.post("/api/notes", json={"text": "second", "mark": "the only one"})
        assert (reply.status_code, reply.json()["type"]) == (500, "crash")
        assert await look.notes() == ["first"]
        assert await look.jobs() == ["todo"]

    async def test_shows_nothing_to_others_before_its_end(self, notes: httpx.AsyncClient, look: Look) -> None:
        gate = gates["milk"] = Gate()
        writing = asyncio.create_task(notes.post("/api/notes", json={"text": "milk"}))
        await gate.reached.wait()
        assert (await look.notes(), await look.jobs()) == ([], [])
        gate.opened.set()
        assert (await writing).status_code == 201
        assert await look.notes() == ["milk"]

    async def test_that_loses_its_connection_is_told_to_come_back(self, notes: httpx.AsyncClient, look: Look) -> None:
        gate = gates["milk"] = Gate()
        writing = asyncio.create_task(notes.post("/api/notes", json={"text": "milk"}))
        await gate.reached.wait()
        ended = await look.column(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND state = 'idle in transaction'"
        )
        assert ended == [True]
        gate.opened.set()
        reply = await writing
        assert (reply.status_code, reply.headers["retry-after"]) == (503, "5")
        assert (await look.notes(), await look.jobs()) == ([], [])
        assert (await notes.post("/api/notes", json={"text": "milk"})).status_code == 201


class TestATransaction:
    async def test_rolls_back_with_its_events(self, notes, notes_database: Database, look: Look) -> None:
        with pytest.raises(ZeroDivisionError):
            async with notes_database.transaction() as session:
                await session.execute(sa.insert(COPY).values(event_id=sa.func.gen_random_uuid(), text="lost"))
                publish(session, NoteWritten(note_id=uuid4(), text="lost"))
                await session.flush()
                _ = 1 / 0
        assert (await look.copies(), await look.jobs()) == ([], [])

    async def test_knows_the_settings_for_whoever_runs_in_it(self, notes_database: Database, notes_settings) -> None:
        async with notes_database.transaction() as session:
            assert session.info["settings"] is notes_settings


@pytest.mark.parametrize("how", ["transaction", "reading"])
async def test_whoever_goes_away_takes_no_connection_along(
    how: str, notes_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """At whatever point it is: opening, waiting for the answer, giving back. The pool complains of one it has lost."""

    async def ask() -> None:
        async with getattr(notes_database, how)() as connection:
            await connection.execute(sa.text("SELECT 1"))

    for turns in range(60):
        asking = asyncio.create_task(ask())
        for _ in range(turns % 20):
            await asyncio.sleep(0)
        asking.cancel()
        await asyncio.wait([asking])
        del asking
    assert [record.message for record in caplog.records] == []
    async with asyncio.timeout(60):
        await ask()
