"""Is it alive, is it ready, does it keep up."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from litestar import Controller, Request, get
from litestar.datastructures import State
from sqlalchemy import select, text

from server.core.access import anyone
from server.core.anchors import in_time
from server.core.audit import Entry
from server.core.problems import Unavailable, problems
from server.core.wire import Reply

_PROBE = text("CREATE TEMPORARY TABLE core_probe (n int) ON COMMIT DROP")
_JOBS = text("SELECT status::text, count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'failed') GROUP BY 1")


class Alive(Reply):
    status: str


class Ready(Reply):
    """`jobs_waiting` includes jobs whose time has not come; `jobs_failed` need a person (`make doctor`).

    `audit_anchored` is false when the newest anchor of the audit log is older than two hours.
    """

    status: str
    jobs_waiting: int
    jobs_failed: int
    audit_anchored: bool


class HealthController(Controller):
    path = "/health"
    tags = ("health",)

    @get("/live", guards=[anyone])
    async def is_alive(self) -> Alive:
        """The process answers; nothing else is asked."""
        return Alive(status="ok")

    @get("/ready", guards=[anyone], responses=problems(Unavailable))
    async def is_ready(self, state: State, request: Request[Any, Any, Any]) -> Ready:
        """The database takes writes and the public data is loaded; else 503."""
        async with state.database.transaction() as session:
            # A row that is written and thrown away: a full disk or a read-only replica is not ready.
            await session.execute(_PROBE)
            await session.execute(text("INSERT INTO core_probe VALUES (1)"))
            jobs: dict[str, int] = dict((await session.execute(_JOBS)).all())
            oldest = await session.scalar(select(Entry.at).order_by(Entry.sequence).limit(1))
        for snapshot in state.snapshots:
            _ = snapshot.value
        return Ready(
            status="ok",
            jobs_waiting=jobs.get("todo", 0),
            jobs_failed=jobs.get("failed", 0),
            audit_anchored=await asyncio.to_thread(in_time, state.settings.anchors, oldest, datetime.now(UTC)),
        )
