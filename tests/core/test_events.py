"""Events: saved with the change, acted upon later, at least once, and never dropped in silence."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.database import Database
from server.core.events import Event, Events, Reaction, Schedule, TryLater, publish
from server.core.settings import Settings
from tests.core.conftest import Look
from tests.core.notes import Gate, NoteWritten, copy, seen, tidy


async def soon(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(60):
        while not await condition():
            await asyncio.sleep(0.02)


@pytest.fixture
async def now(notes_database: Database) -> Callable[[], Any]:
    """Time passes: what was put off is due."""

    async def now() -> None:
        async with notes_database.reading() as connection:
            await connection.execute(text("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'"))

    return now


@pytest.fixture
async def database_of_notes(notes_settings: Settings) -> AsyncIterator[Database]:
    database = Database(notes_settings)
    yield database
    await database.close()


class TestAReaction:
    async def test_runs_after_the_change(self, notes: httpx.AsyncClient, notes_events: Events, look: Look) -> None:
        await notes.post("/api/notes", json={"text": "milk"})
        assert await look.copies() == []
        await notes_events.run_waiting()
        assert await look.copies() == ["milk"]
        assert await look.jobs() == []

    async def test_may_run_twice(self, notes: httpx.AsyncClient, notes_events: Events, look: Look) -> None:
        await notes.post("/api/notes", json={"text": "milk"})
        # The worker died after its work and before it could say so: the same job stands there again.
        await look.column(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) "
            "SELECT queue_name, task_name, args FROM procrastinate_jobs RETURNING id"
        )
        await notes_events.run_waiting()
        assert seen == ["milk", "milk"]
        assert await look.copies() == ["milk"]

    async def test_that_must_wait_comes_again_as_often_as_it_asks(
        self, notes: httpx.AsyncClient, notes_events: Events, look: Look, now: Any
    ) -> None:
        await notes.post("/api/notes", json={"text": "not yet"})
        await notes_events.run_waiting()
        assert (seen, await look.copies(), await look.jobs()) == (["not yet"], [], ["todo"])
        waits = await look.column("SELECT extract(epoch FROM scheduled_at - now())::float FROM procrastinate_jobs")
        assert 3 < waits[0] <= 5
        await notes_events.run_waiting()  # nothing is due
        assert len(seen) == 1
        for _ in range(2):
            await now()
            await notes_events.run_waiting()
        assert (len(seen), await look.copies(), await look.jobs()) == (3, ["not yet"], [])

    async def test_that_waited_has_all_its_attempts_left(
        self, notes: httpx.AsyncClient, database_of_notes: Database, look: Look, now: Any
    ) -> None:
        outcomes = [RuntimeError, RuntimeError, *[TryLater] * 9, *[RuntimeError] * 4]
        happened = []

        async def do_as_planned(session: AsyncSession, event: NoteWritten) -> None:
            happened.append(outcomes[len(happened)])
            raise happened[-1](1)

        events = Events(database_of_notes, [Reaction(NoteWritten, do_as_planned)])
        async with database_of_notes.transaction() as session:
            publish(session, NoteWritten(note_id=uuid4(), text="milk"))
        while await look.jobs() == ["todo"]:
            await now()
            await events.run_waiting()
        assert (happened, await look.jobs()) == (outcomes, ["failed"])

    async def test_that_keeps_failing_ends_as_failed_and_readiness_counts_it(
        self, notes: httpx.AsyncClient, notes_events: Events, look: Look, now: Any
    ) -> None:
        await notes.post("/api/notes", json={"text": "never"})
        for attempt in range(1, 7):
            assert (await look.jobs(), len(seen)) == (["todo"], attempt - 1)
            await notes_events.run_waiting()
            await now()
        assert (await look.jobs(), await look.copies()) == (["failed"], [])
        ready = await notes.get("/health/ready")
        assert ready.json() == {"status": "ok", "jobs_waiting": 0, "jobs_failed": 1, "audit_anchored": True}

    async def test_waits_longer_from_time_to_time(
        self, notes: httpx.AsyncClient, notes_events: Events, look, now
    ) -> None:
        await notes.post("/api/notes", json={"text": "never"})
        waits = []
        for _ in range(5):
            await now()
            await notes_events.run_waiting()
            waits += await look.column("SELECT extract(epoch FROM scheduled_at - now())::float FROM procrastinate_jobs")
        for wait, (least, most) in zip(waits, [(1, 3), (7, 12), (29, 45), (119, 180), (599, 900)], strict=True):
            assert least <= wait <= most

    async def test_of_one_event_there_may_be_several(self, notes, database_of_notes: Database, look: Look) -> None:
        async def count(session: AsyncSession, event: NoteWritten) -> None:
            """Another consequence of the same fact."""

        Events(database_of_notes, [Reaction(NoteWritten, copy), Reaction(NoteWritten, count, "mass")])
        async with database_of_notes.transaction() as session:
            publish(session, NoteWritten(note_id=uuid4(), text="milk"))
        queues = await look.column("SELECT queue_name || ' ' || task_name FROM procrastinate_jobs ORDER BY id")
        assert [it.split(".")[0].split()[0] + " " + it.split(".")[1] for it in queues] == ["normal copy", "mass count"]

    async def test_an_event_nobody_waits_for_changes_nothing(self, notes, database_of_notes, look: Look) -> None:
        class NobodyCares(Event):
            pass

        Events(database_of_notes, [Reaction(NoteWritten, copy)])
        async with database_of_notes.transaction() as session:
            publish(session, NobodyCares())
        assert await look.jobs() == []


Working = Callable[[Events], AbstractAsyncContextManager[None]]


class TestAWorker:
    @pytest.fixture
    def working(self, look: Look) -> Working:
        """A worker that has taken its place, until the end of the block."""

        async def all_lanes_listen() -> bool:
            listening = await look.column(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
                "AND query LIKE 'LISTEN \"procrastinate%' AND state = 'idle'"
            )
            return len(listening) == 3

        @asynccontextmanager
        async def working(events: Events) -> AsyncIterator[None]:
            stop = asyncio.Event()
            work = asyncio.create_task(events.work(stop))
            await soon(all_lanes_listen)
            yield
            await soon(all_lanes_listen)
            stop.set()
            await work

        return working

    async def test_acts_without_being_asked(self, notes, notes_events: Events, working: Working, look: Look) -> None:
        async def copied() -> bool:
            return await look.copies() == ["milk"]

        async with working(notes_events):
            await notes.post("/api/notes", json={"text": "milk"})
            await soon(copied)

    async def test_goes_on_when_the_database_threw_it_out(
        self, notes: httpx.AsyncClient, notes_events: Events, working: Working, look: Look
    ) -> None:
        async def copied() -> bool:
            return await look.copies() == ["milk", "milk"]

        async with working(notes_events):
            thrown_out = await look.column(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND application_name <> 'citizen-app'"
            )
            assert len(thrown_out) >= 4  # three that listen, and those that fetch
            await notes.post("/api/notes", json={"text": "milk"})
            await notes.post("/api/notes", json={"text": "milk"})
            await soon(copied)

    async def test_keeps_a_lane_free_for_what_is_urgent(
        self, notes: httpx.AsyncClient, database_of_notes: Database, working: Working
    ) -> None:
        class SlipFound(Event):
            pass

        gate, held, hurried = Gate(), [], asyncio.Event()

        async def tell_everybody(session: AsyncSession, event: NoteWritten) -> None:
            held.append(event.text)
            await gate.pass_through()

        async def tell_one(session: AsyncSession, event: SlipFound) -> None:
            hurried.set()

        reactions = [Reaction(NoteWritten, tell_everybody, "mass"), Reaction(SlipFound, tell_one, "urgent")]
        async with working(Events(database_of_notes, reactions)):
            async with database_of_notes.transaction() as session:
                for _ in range(10):
                    publish(session, NoteWritten(note_id=uuid4(), text="to everybody"))

            async def all_hands_are_full() -> bool:
                return len(held) == 2

            await soon(all_hands_are_full)
            async with database_of_notes.transaction() as session:
                publish(session, SlipFound())
            async with asyncio.timeout(60):
                await hurried.wait()
            gate.opened.set()


class TestASchedule:
    async def test_runs_once_for_an_instant_however_many_workers_there_are(
        self, notes: httpx.AsyncClient, notes_settings: Settings, look: Look
    ) -> None:
        every_second = [Schedule("* * * * * *", tidy)]
        databases = [Database(notes_settings), Database(notes_settings)]
        workers = [Events(database, [], every_second) for database in databases]
        stop = asyncio.Event()
        working = [asyncio.create_task(worker.work(stop)) for worker in workers]

        async def deferred() -> list[int]:
            return await look.column("SELECT id FROM procrastinate_periodic_defers")

        await soon(deferred)
        stop.set()
        await asyncio.gather(*working)
        for database in databases:
            await database.close()
        # With the task: at a full minute the worker's own clock strikes too.
        instants = await look.column("SELECT task_name || ' ' || defer_timestamp FROM procrastinate_periodic_defers")
        assert len(instants) == len(set(instants))
