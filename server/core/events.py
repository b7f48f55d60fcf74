"""What happened, saved with the change that made it happen, and what is done about it later.

`publish` puts one job per reaction on the session's own connection: durable with the change, rolled back with it.
The engine is Procrastinate on the same PostgreSQL. A job that keeps failing ends as `failed`, which `/health/ready`
counts and `doctor` prints.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
import procrastinate
import structlog
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job
from procrastinate.worker import Worker
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.database import Database

log = structlog.get_logger()

Task = procrastinate.tasks.Task[Any, Any, Any]

Queue = Literal["urgent", "normal", "mass"]
"""One person's matter and warnings; the rest; announcements to many. A full `mass` never delays `urgent`."""

_DELAYS = (2, 8, 30, 120, 600)  # seconds, each with up to half of itself as jitter


class Event(msgspec.Struct, kw_only=True):
    """Something that happened: ids and the new fact. `id` makes what follows from it unique."""

    id: UUID = msgspec.field(default_factory=uuid7)


class Reaction(msgspec.Struct, frozen=True):
    """What is done when `event` happened: one transaction, which may run twice and must not mind."""

    event: type[Event]
    run: Callable[[AsyncSession, Any], Awaitable[None]]
    queue: Queue = "normal"


class Schedule(msgspec.Struct, frozen=True):
    """What is done by the clock: `cron` in UTC, one transaction, at most once per instant."""

    cron: str
    run: Callable[[AsyncSession, datetime], Awaitable[None]]
    queue: Queue = "normal"


class TryLater(Exception):
    """Raised by a reaction that must wait for somebody else: run again after `seconds`, as often as it asks.

    Waiting is no failure: it uses up none of the attempts.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds:.0f} s")
        self.seconds = seconds


def publish(session: AsyncSession, event: Event, *, at: datetime | None = None) -> None:
    """Announce, in the session's transaction, that something happened. Reactions run not before `at`."""
    session.info.setdefault("events", []).append((event, at))


def hush(session: AsyncSession) -> None:
    """What was announced so far in this transaction is told to nobody."""
    session.info.pop("events", None)


class _Retry(procrastinate.BaseRetryStrategy):
    def get_retry_decision(self, *, exception: BaseException, job: Job) -> procrastinate.RetryDecision | None:
        before = job.task_kwargs.get("failed")
        failed = job.attempts + (before if isinstance(before, int) else 0)
        if failed >= len(_DELAYS):
            return None
        seconds = _DELAYS[failed] * (1 + random.random() / 2)  # noqa: S311 (jitter, no secret)
        return procrastinate.RetryDecision(retry_in={"seconds": max(1, int(seconds))})


class Events:
    """The reactions and schedules of all modules, and the worker that runs them."""

    def __init__(self, database: Database, reactions: Sequence[Reaction], schedules: Sequence[Schedule] = ()) -> None:
        self._database = database
        self._jobs = procrastinate.App(
            connector=procrastinate.PsycopgConnector(conninfo=database.conninfo, min_size=1, max_size=3)
        )
        self._tasks: dict[type[Event], list[Task]] = {}
        self._clock: list[tuple[str, Task]] = []
        for reaction in reactions:
            self._tasks.setdefault(reaction.event, []).append(self._task(reaction))
        for schedule in schedules:
            self._periodic(schedule)
        lost = self._jobs.task(name="core.take_up_lost", queue="urgent", retry=_Retry())
        self._clock.append(("* * * * *", lost(self._take_up_lost)))
        database.before_commit = self._defer

    def _task(self, reaction: Reaction) -> Task:
        name = _name(reaction.run)

        async def run(context: JobContext, event: dict[str, Any], failed: int = 0) -> None:
            try:
                async with self._attempt(name) as session:
                    await reaction.run(session, msgspec.convert(event, reaction.event, strict=False))
            except TryLater as wait:
                # A job of its own takes over, for Procrastinate counts every retry as an attempt.
                later = task.configure(schedule_in={"seconds": max(1, int(wait.seconds))})
                await later.defer_async(event=event, failed=failed + context.job.attempts)

        task = self._jobs.task(name=name, queue=reaction.queue, retry=_Retry(), pass_context=True)(run)
        return task

    def _periodic(self, schedule: Schedule) -> None:
        name = _name(schedule.run)

        async def run(timestamp: int) -> None:
            async with self._attempt(name) as session:
                await schedule.run(session, datetime.fromtimestamp(timestamp, UTC))

        task = self._jobs.task(name=name, queue=schedule.queue, queueing_lock=name, retry=_Retry())(run)
        self._clock.append((schedule.cron, task))

    async def _take_up_lost(self, timestamp: int) -> None:
        """The jobs of a worker that was killed: without this they would stay begun, and be done by nobody."""
        for job in await self._jobs.job_manager.get_stalled_jobs():
            log.warning("job taken up again", job=job.task_name)
            await self._jobs.job_manager.retry_job(job)

    @asynccontextmanager
    async def _attempt(self, job: str) -> AsyncIterator[AsyncSession]:
        """The transaction of a job. Its failure is logged here, without the event, which may be personal."""
        try:
            async with self._database.transaction() as session:
                yield session
        except TryLater:
            raise
        except Exception as error:
            log.error("job failed", job=job, exc_info=error)
            raise

    async def _defer(self, session: AsyncSession) -> None:
        """Save what was published, on the connection that saves the change."""
        events: list[tuple[Event, datetime | None]] = session.info.pop("events", [])
        if not events:
            return
        jobs = [
            task.configure(schedule_at=at).make_new_job(event=msgspec.to_builtins(event))
            for event, at in events
            for task in self._tasks.get(type(event), ())
        ]
        if jobs:
            pooled = await (await session.connection()).get_raw_connection()
            await self._jobs.job_manager.batch_defer_jobs_async(jobs, pooled.driver_connection)

    async def work(self, stop: asyncio.Event) -> None:
        """Run jobs until told to stop; survives a PostgreSQL that goes away and comes back."""
        while self._clock:
            cron, task = self._clock.pop()
            self._jobs.periodic(cron=cron)(task)
        while not stop.is_set():
            try:
                async with self._jobs.open_async():
                    await self._work(stop)
            except Exception as error:  # whatever it was, people wait for their notifications
                log.warning("worker starts again", error=type(error).__name__)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), 2)

    async def _work(self, stop: asyncio.Event) -> None:
        lanes: list[tuple[Queue, int]] = [("urgent", 4), ("normal", 3), ("mass", 2)]
        workers = [
            Worker(
                self._jobs,
                queues=[queue],
                concurrency=concurrency,
                name=queue,
                install_signal_handlers=False,
                delete_jobs="successful",
                shutdown_graceful_timeout=10,
            )
            for queue, concurrency in lanes
        ]
        running = [asyncio.create_task(worker.run()) for worker in workers]  # type: ignore[no-untyped-call]
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait([*running, stopping], return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        # Asked, not cancelled: Python 3.11 loses a cancellation now and then (wait_for), and would wait for ever.
        for worker in workers:
            worker.stop()  # type: ignore[no-untyped-call]
        ends = await asyncio.gather(*running, return_exceptions=True)
        for end in ends:
            if end is not None:
                raise end

    async def run_waiting(self) -> None:
        """Run everything that is due now, then return; nothing by the clock. For the tests and for `seed`."""
        async with self._jobs.open_async():
            await self._jobs.run_worker_async(
                wait=False, install_signal_handlers=False, delete_jobs="successful", listen_notify=False
            )


def _name(run: Callable[..., Any]) -> str:
    """server.modules.notifications.reactions.send → notifications.send"""
    module = run.__module__.removeprefix("server.modules.").removeprefix("server.").split(".")[0]
    return f"{module}.{run.__name__}"
