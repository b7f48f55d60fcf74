"""By when open dossiers will be done, counted anew when the days offices work are others than was thought."""

from itertools import pairwise
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.events import publish
from server.core.settings import Settings
from server.modules.dossiers.events import CalendarChanged, DossiersMoved, Move
from server.modules.dossiers.models import Dossier, Filing
from server.modules.dossiers.rules.reports import Report, steps
from server.modules.dossiers.rules.statuses import OPEN, waits_for_the_resident
from server.modules.dossiers.rules.working_time import Limit, Pause, Unit, due
from server.modules.dossiers.service.calendars import calendar_of
from server.modules.dossiers.service.filings import OURSELVES, Journalist
from server.modules.dossiers.service.intake import reports_of
from server.modules.dossiers.service.offices import Offices

_AT_ONCE = 200


class Dates:
    """The due dates our own desk has counted. Those of other systems are theirs."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings

    async def count_anew(self, after: UUID | None, place: str | None) -> None:
        """Some dossiers, and the next as a job of its own. Whoever has another date now is told.

        A date that a person promised with an apology stays; a limit in hours or plain days knows no days off.
        """
        asked = (
            select(Dossier, Filing)
            .join(Filing, Filing.dossier_id == Dossier.id)
            .where(
                Dossier.status.in_(OPEN),
                Dossier.due_at.is_not(None),
                Filing.accepted_at.is_not(None),
                Filing.apologies == 0,
                Filing.limit_unit == Unit.WORKING_DAY,
            )
            .order_by(Dossier.id)
            .limit(_AT_ONCE)
            .with_for_update(of=Dossier)
        )
        if after:
            asked = asked.where(Dossier.id > after)
        if place:
            asked = asked.where(Filing.handling_place == place)
        found = (await self._session.execute(asked)).all()
        calendar = await calendar_of(self._session)
        weeks = await Offices(self._session).weeks({filing.handling_place for _, filing in found})
        journalist = Journalist(self._session, self._settings)
        reports = await reports_of(self._session, [dossier.id for dossier, _ in found])
        moves: list[Move] = []
        for dossier, filing in found:
            assert filing.accepted_at is not None
            limit, known = Limit(filing.limit_value, filing.limit_unit), reports.get(dossier.id, [])
            dated = [it for it in known if it.counts and it.due_at]
            if max(dated, key=lambda it: (it.at, it.status.number)).source != OURSELVES:
                continue
            try:
                new = due(filing.accepted_at, limit, calendar, weeks[filing.handling_place], _pauses(known))
            except ValueError:  # it would end in ten years; the others are counted all the same
                continue
            # A second run of the same job finds every date as it should be.
            if new is None or new == dossier.due_at:
                continue
            move = journalist.move_date(dossier, known, new)
            dossier.version += 1
            # While papers or money are missing nobody counts days; the date is told with the step that goes on.
            if move and not waits_for_the_resident(dossier.status):
                moves.append(move)
        if moves:
            publish(self._session, DossiersMoved(moves=moves))
        if len(found) == _AT_ONCE:
            publish(self._session, CalendarChanged(after=found[-1][0].id, place=place))


def _pauses(reports: list[Report]) -> list[Pause]:
    """When papers or money were missing and came. A pause that still lasts is added to the date when it ends."""
    return [
        (step.at, following.at) for step, following in pairwise(steps(reports)) if waits_for_the_resident(step.status)
    ]
