"""Telling whoever reported something, and whoever follows it, what happened."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.settings import Settings
from server.modules.feedback.models import Follower, Report, Step
from server.modules.feedback.rules.states import OF_REPORTER, Kind
from server.modules.feedback.rules.telling import PLAIN, TITLES, body_of
from server.modules.feedback.service.seals import Seals
from server.modules.notifications.public import Notice, Topic, notify


class Telling:
    """In their inbox, and on their phones."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._seals = Seals(settings)

    async def moved(self, report_id: UUID, step_id: UUID) -> None:
        """A second time tells nothing new. What the reporter is asked for is asked of nobody else."""
        report, step = await self._session.get(Report, report_id), await self._session.get(Step, step_id)
        if report is None or step is None or step.internal:
            return
        said = self._seals.open_said(step.id, step.said) if step.by else ""
        people: list[tuple[UUID, UUID]] = []
        if report.resident_id:
            people.append((report.resident_id, report.operation))
        if step.kind not in OF_REPORTER:
            following = select(Follower.resident_id).where(Follower.report_id == report.id)
            people += [(it, report.id) for it in await self._session.scalars(following) if it != report.resident_id]
        await notify(
            self._session,
            [
                Notice(
                    key=f"report/{step.id}",
                    resident_id=resident_id,
                    topic=Topic.REPORTS,
                    subject=f"report/{report.id}",
                    title=TITLES[step.kind],
                    body=body_of(step.kind, report.code, said),
                    plain=PLAIN,
                    path=f"/reports/{key}",
                    # They know that it arrived: they have just sent it, and see so.
                    rings=step.kind is not Kind.ARRIVED,
                )
                for resident_id, key in people
            ],
        )
