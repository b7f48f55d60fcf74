"""Saying where a dossier stands to whoever knows its code and four digits, and nothing to anybody else."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import DateTime, FromClause, LargeBinary, Row, Select, bindparam, exists, func, select, true

from server.core.database import Database
from server.core.limits import Guesses
from server.core.problems import Problem
from server.core.settings import Settings
from server.core.words import Words
from server.modules.dossiers.models import Contact, Dossier, Happening, Punctuality
from server.modules.dossiers.rules.codes import typed
from server.modules.dossiers.rules.figures import percent
from server.modules.dossiers.rules.reports import Flag, Step, way
from server.modules.dossiers.rules.statuses import is_over, waits_for_the_resident
from server.modules.dossiers.rules.working_time import Calendar, days_left
from server.modules.dossiers.service.calendars import calendar_from, days_between
from server.modules.dossiers.service.contacts import Contacts
from server.modules.dossiers.service.figures import PUNCTUAL

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


_WAY = (
    select(func.array_agg(Happening.at).label("at"), func.array_agg(Happening.status).label("status"))
    .where(Happening.dossier_id == Dossier.id, ~Happening.flags.has_key(Flag.SECOND_SOURCE.value))
    .lateral("way")
)
_DAYS = days_between(bindparam("now", type_=DateTime(timezone=True)), Dossier.due_at)


def _standing(of: FromClause, *more: Any) -> Select[Any]:
    steps = _WAY.c.at.label("instants"), _WAY.c.status.label("statuses")
    said = select(Dossier, *steps, Punctuality.kept, Punctuality.ended, _DAYS, *more)
    return said.select_from(of).join(_WAY, true()).join(_DAYS, true()).outerjoin(Punctuality, PUNCTUAL)


STANDING = _standing(Dossier.__table__)
"""Whatever `found` needs to say where dossiers stand at the instant `now`, in one way to the database."""

_RIGHT = (
    select(Dossier.id)
    .join(Contact, Contact.dossier_id == Dossier.id)
    .where(Contact.lookup_index == bindparam("index", type_=LargeBinary))
    .order_by(Dossier.status_at.desc())
    .limit(1)
    .cte("right_one")
)
_GUESSES = Guesses("dossier-code", times=WRONG_TIMES, pause=WRONG_PAUSE)
_GUESS = _GUESSES.counted(exists(select(_RIGHT.c.id)))
_LOOK_UP = _standing(
    _GUESS.outerjoin(_RIGHT, _GUESS.c.counted == 0).outerjoin(Dossier.__table__, Dossier.id == _RIGHT.c.id),
    _GUESS.c.counted,
    _GUESS.c.until,
)


class Clock(NamedTuple):
    """`days_left`: whole working days, None when nothing runs or the days off of those years are not known."""

    stopped: bool
    late: bool
    days_left: int | None


class Found(NamedTuple):
    dossier: Dossier
    steps: list[Step]
    clock: Clock
    on_time: int | None
    """Of dossiers like this one, percent that were in time; None when it is over, or too few are known."""


def found(row: Row[Any], now: datetime) -> Found:
    """Of a row of `STANDING`."""
    dossier: Dossier = row.Dossier
    said = zip(row.instants or (), row.statuses or (), strict=True)
    on_time = None if is_over(dossier.status) or row.ended is None else percent(row.kept, row.ended)
    return Found(dossier, way(Step(*it) for it in said), _clock(dossier, calendar_from(row), now), on_time)


def _clock(dossier: Dossier, calendar: Calendar, now: datetime) -> Clock:
    stopped = waits_for_the_resident(dossier.status)
    if is_over(dossier.status) or stopped or dossier.due_at is None:
        return Clock(stopped, late=False, days_left=None)
    return Clock(stopped=False, late=dossier.due_at < now, days_left=days_left(now, dossier.due_at, calendar))


class Standings:
    """Where dossiers stand."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._contacts = Contacts(settings)

    async def look_up(self, code: str, last_digits: str) -> Found:
        """Raises DossierNotFound, TooManyRequests."""
        # Code and digits are one key: a right code with wrong digits is nowhere, like a code that nobody has.
        now, index = datetime.now(UTC), self._contacts.lookup_index(code, last_digits)
        given = {"index": index, "now": now, **_GUESSES.given(self._settings, typed(code))}
        async with self._database.looking() as session:
            row = (await session.execute(_LOOK_UP, given)).one()
        _GUESSES.refuse(row)
        if row.Dossier is None:
            raise DossierNotFound
        return found(row, now)
