"""Saying where a dossier stands to whoever knows its code and four digits, and nothing to anybody else."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.database import Database
from server.core.limits import Limits
from server.core.problems import Problem
from server.core.settings import Settings
from server.core.words import Words
from server.modules.dossiers.models import Contact, Dossier
from server.modules.dossiers.rules.codes import typed
from server.modules.dossiers.rules.reports import Report, steps
from server.modules.dossiers.rules.statuses import is_over, waits_for_the_resident
from server.modules.dossiers.rules.working_time import Calendar, days_left
from server.modules.dossiers.service.calendars import calendar_of
from server.modules.dossiers.service.contacts import Contacts
from server.modules.dossiers.service.figures import shares_in_time
from server.modules.dossiers.service.intake import reports_of

WRONG_TIMES = 5
WRONG_PAUSE = 86_400
"""After five wrong attempts at one code nobody may try it for a day, whether there is such a dossier or not."""


class DossierNotFound(Problem):
    """No such code, no such form of a code, or other digits: all the same, after the same work."""

    status = 404
    title = Words(
        "Không có hồ sơ nào khớp với mã và 4 số cuối này. Hãy xem lại giấy hẹn",
        "No dossier fits this code and these four digits. Look at your slip again",
        "គ្មានសំណុំឯកសារត្រូវនឹងលេខកូដ និង ៤ ខ្ទង់ចុងនេះទេ។ សូមមើលប័ណ្ណណាត់ម្តងទៀត",
    )


class Clock(NamedTuple):
    """`days_left`: whole working days, None when nothing runs or the days off of those years are not known."""

    stopped: bool
    late: bool
    days_left: int | None


class Found(NamedTuple):
    dossier: Dossier
    steps: list[Report]
    clock: Clock
    on_time: int | None
    """Of dossiers like this one, percent that were in time; None when it is over, or too few are known."""


class Standings:
    """Where dossiers stand."""

    def __init__(self, session: AsyncSession, settings: Settings, database: Database) -> None:
        self._session = session
        self._contacts = Contacts(settings)
        self._limits = Limits(database, settings)

    async def look_up(self, code: str, last_digits: str) -> Found:
        """Raises DossierNotFound, TooManyRequests."""
        await self._limits.attempt("dossier-code", typed(code), times=WRONG_TIMES, pause=WRONG_PAUSE)
        # Code and digits are one key: a right code with wrong digits is nowhere, like a code that nobody has.
        asked = (
            select(Dossier)
            .join(Contact, Contact.dossier_id == Dossier.id)
            .where(Contact.lookup_index == self._contacts.lookup_index(code, last_digits))
            .order_by(Dossier.status_at.desc())
            .limit(1)
        )
        dossier = await self._session.scalar(asked)
        if dossier is None:
            raise DossierNotFound
        await self._limits.forget("dossier-code", typed(code))
        [found] = await self.of([dossier], datetime.now(UTC))
        return found

    async def of(self, dossiers: Sequence[Dossier], now: datetime) -> list[Found]:
        """The way each of them has come and its clock, in the same order."""
        if not dossiers:
            return []
        reported = await reports_of(self._session, [dossier.id for dossier in dossiers])
        calendar = await calendar_of(self._session)
        shares = await shares_in_time(self._session, {dossier.procedure for dossier in dossiers})
        return [
            Found(
                dossier,
                steps(reported.get(dossier.id, [])),
                self._clock(dossier, calendar, now),
                None if is_over(dossier.status) else shares.get(dossier.procedure),
            )
            for dossier in dossiers
        ]

    def _clock(self, dossier: Dossier, calendar: Calendar, now: datetime) -> Clock:
        if is_over(dossier.status) or dossier.due_at is None:
            return Clock(stopped=False, late=False, days_left=None)
        if waits_for_the_resident(dossier.status):
            return Clock(stopped=True, late=False, days_left=None)
        return Clock(stopped=False, late=dossier.due_at < now, days_left=days_left(now, dossier.due_at, calendar))
