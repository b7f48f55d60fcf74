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

# A message in PostgreSQL's own log, which the commit brings to the disk like any change: written, and nobody's row. A
# replica and a server that is read-only write none.
_WRITES = text(
    "SELECT CASE current_setting('transaction_read_only') WHEN 'off' THEN pg_logical_emit_message(true, '', '') END"
)
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
            if await session.scalar(_WRITES) is None:
                raise Unavailable
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
