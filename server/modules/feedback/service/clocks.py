"""What happens by the clock: a warning before a limit, and one level up when it is over."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.audit import record
from server.core.settings import Settings
from server.modules.feedback.models import Report
from server.modules.feedback.rules.content import STILL_AFTER_DAYS
from server.modules.feedback.rules.states import Kind, State
from server.modules.feedback.service.reports import Reports

_AT_ONCE = 500


class Clocks:
    """The limits of all open reports."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._reports = Reports(session, settings)

    async def mind(self, now: datetime) -> None:
        """A second run finds what the first one left."""
        soon = select(Report).where(Report.closed_at.is_(None), Report.next_warn_at <= now, Report.next_due_at > now)
        for report in await self._session.scalars(soon.limit(_AT_ONCE).with_for_update(skip_locked=True)):
            report.next_warn_at = None
            await self._reports.add_step(report, Kind.WARNED, detail={"clock": which(report)})
        over = select(Report).where(Report.closed_at.is_(None), Report.next_due_at <= now, ~Report.late)
        for report in await self._session.scalars(over.limit(_AT_ONCE).with_for_update(skip_locked=True)):
            report.late, report.next_warn_at = True, None
            report.level += 1
            report.version += 1
            clock = which(report)
            await self._reports.add_step(report, Kind.LATE, detail={"clock": clock, "level": str(report.level)})
            await record(
                self._session,
                act="feedback:escalate",
                actor=None,
                subject=("report", report.id),
                clock=clock,
                level=report.level,
            )
        await self._session.flush()

    async def ask_again(self, now: datetime) -> None:
        """Whether what was fixed four weeks ago still is. A second run finds what the first one left."""
        ripe = now - timedelta(days=STILL_AFTER_DAYS)
        fixed = select(Report).where(
            # What nobody was asked about for a week, because nothing ran, is left alone.
            Report.closed_at.between(ripe - timedelta(days=7), ripe),
            Report.state == State.FIXED,
            Report.asked_again_at.is_(None),
            ~Report.forgotten,
        )
        for report in await self._session.scalars(fixed.limit(_AT_ONCE).with_for_update(skip_locked=True)):
            report.asked_again_at = now
            report.version += 1
            await self._reports.add_step(report, Kind.ASKED_AGAIN)
        await self._session.flush()


def which(report: Report) -> str:
    """The name of the limit that runs."""
    if report.state is State.NEW and report.triaged_at is None:
        return "triage"
    return "answer" if report.answered_at is None else "resolve"
