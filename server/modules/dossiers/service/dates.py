"""By when open dossiers will be done, counted anew when the days offices work are others than was thought."""

from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.events import publish
from server.core.settings import Settings
from server.modules.dossiers.events import CalendarChanged, DossiersMoved, Move
from server.modules.dossiers.models import Dossier, Filing, Happening
from server.modules.dossiers.rules.reports import Report, steps
from server.modules.dossiers.rules.statuses import Status, is_over, waits_for_the_resident
from server.modules.dossiers.rules.working_time import Limit, Pause, Unit, due
from server.modules.dossiers.service.calendars import calendar_of
from server.modules.dossiers.service.filings import OURSELVES
from server.modules.dossiers.service.intake import reports_of
from server.modules.dossiers.service.offices import Offices

_AT_ONCE = 200
_OPEN = [status for status in Status if not is_over(status)]


class Dates:
    """The due dates our own desk has counted. Those of other systems are theirs."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings

    async def count_anew(self, event_id: UUID, after: UUID | None) -> None:
        """Some dossiers, and the next as a job of its own. Whoever has another date now is told.

        A date that a person promised with an apology stays; a limit in hours or plain days knows no days off.
        """
        asked = (
            select(Dossier, Filing)
            .join(Filing, Filing.dossier_id == Dossier.id)
            .where(
                Dossier.status.in_(_OPEN),
                Dossier.due_at.is_not(None),
                Filing.accepted_at.is_not(None),
                Filing.apologies == 0,
                Filing.limit_unit == Unit.WORKING_DAY,
            )
            .order_by(Dossier.id)
            .limit(_AT_ONCE)
            .with_for_update(of=Dossier)
        )
        found = (await self._session.execute(asked.where(Dossier.id > after) if after else asked)).all()
        calendar, offices, now = await calendar_of(self._session), Offices(self._session), datetime.now(UTC)
        reports = await reports_of(self._session, [dossier.id for dossier, _ in found])
        moves: list[Move] = []
        for dossier, filing in found:
            assert filing.accepted_at is not None
            limit, week = Limit(filing.limit_value, filing.limit_unit), await offices.week(filing.handling_place)
            new = due(filing.accepted_at, limit, calendar, week, _pauses(reports.get(dossier.id, [])))
            if new is None or new == dossier.due_at:
                continue
            self._session.add(self._happening(event_id, dossier, new, now))
            dossier.due_at = new
            dossier.version += 1
            # While papers are missing nobody counts days; the date is told with the step that goes on.
            if not waits_for_the_resident(dossier.status):
                moves.append(
                    Move(
                        dossier_id=dossier.id,
                        status=dossier.status,
                        at=now,
                        only_date=True,
                        due_at=new,
                        unexpected=False,
                    )
                )
        if moves:
            publish(self._session, DossiersMoved(moves=moves))
        if len(found) == _AT_ONCE:
            publish(self._session, CalendarChanged(after=found[-1][0].id))

    def _happening(self, event_id: UUID, dossier: Dossier, new: datetime, now: datetime) -> Happening:
        return Happening(
            id=uuid7(),
            dossier_id=dossier.id,
            partner_id=OURSELVES[0],
            source=OURSELVES[1],
            event_id=f"calendar/{event_id}/{dossier.id}",
            status=dossier.status,
            at=now,
            receiving_unit=dossier.receiving_unit,
            handling_unit=dossier.handling_unit,
            due_at=new,
            note=None,
            result_link=None,
            fee_due=None,
            flags=[],
        )


def _pauses(reports: list[Report]) -> list[Pause]:
    """When papers were missing and came. A pause that still lasts is added to the date when it ends."""
    return [
        (step.at, following.at) for step, following in pairwise(steps(reports)) if waits_for_the_resident(step.status)
    ]
