"""Is it alive, is it ready, does it keep up."""

from typing import Any

from litestar import Controller, Request, get
from litestar.datastructures import State
from sqlalchemy import text

from server.core.access import anyone
from server.core.problems import Unavailable, problems
from server.core.wire import Reply

_PROBE = text("CREATE TEMPORARY TABLE core_probe (n int) ON COMMIT DROP")
_JOBS = text("SELECT status::text, count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'failed') GROUP BY 1")


class Alive(Reply):
    status: str


class Ready(Reply):
    """`jobs_waiting` includes jobs whose time has not come; `jobs_failed` need a person (`make doctor`)."""

    status: str
    jobs_waiting: int
    jobs_failed: int


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
        for snapshot in state.snapshots:
            _ = snapshot.value
        return Ready(status="ok", jobs_waiting=jobs.get("todo", 0), jobs_failed=jobs.get("failed", 0))
