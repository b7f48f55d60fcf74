"""The public figures: counted by the clock, kept as one row, read from memory."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.snapshot import touch
from server.modules.feedback.models import Category, Figures, Report
from server.modules.feedback.rules.public import FEW
from server.modules.feedback.rules.states import OPEN, State
from server.modules.feedback.schemas.public import Measured
from server.modules.places.public import named_communes

SNAPSHOT = "feedback-figures"
_WINDOW = timedelta(days=365)
# The very first answer counts, and when that was due, also of what was opened again.
_ANSWERED_AT = func.coalesce(Report.first_answered_at, Report.answered_at)
_ANSWER_DUE_AT = func.coalesce(Report.first_answer_due_at, Report.answer_due_at)
_ANSWERED = _ANSWERED_AT.is_not(None)


class Counting:
    """Closed is not called fixed, and what was opened again is fixed no longer."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def count(self, now: datetime) -> None:
        """Over all reports of the last 365 days, by category, by commune, and together."""
        since = now - _WINDOW
        asked = select(
            func.grouping(Report.category, Report.commune).label("kind"),
            Report.category,
            Report.commune,
            func.count().label("received"),
            func.count().filter(Report.state.in_(OPEN)).label("open"),
            func.count().filter(Report.state == State.FIXED, Report.reopened == 0).label("fixed"),
            func.count().filter(Report.reopened > 0).label("reopened"),
            func.count().filter(Report.still_fixed.is_(True)).label("still_fixed"),
            func.count().filter(Report.state == State.NOT_FIXABLE).label("not_fixable"),
            func.count().filter(Report.state.in_([State.NOT_A_REPORT, State.MERGED])).label("others"),
            # While its reporter is waited for, no limit runs.
            func.count().filter(_ANSWERED | (func.coalesce(Report.waits_since, now) > _ANSWER_DUE_AT)).label("due"),
            func.count().filter(_ANSWERED_AT <= _ANSWER_DUE_AT).label("in_time"),
            func.percentile_cont(0.5)
            .within_group(func.extract("epoch", _ANSWERED_AT - Report.arrived_at))
            .filter(_ANSWERED)
            .label("seconds"),
            func.avg(func.coalesce(Report.rating, Report.rated_before)).label("rating"),
        ).where(Report.arrived_at >= since, Report.arrived_at < now)
        sets = func.grouping_sets(tuple_(), tuple_(Report.category), tuple_(Report.commune))
        rows = (await self._session.execute(asked.group_by(sets))).all()
        categories = {it.slug: it for it in await self._session.scalars(select(Category).order_by(Category.position))}
        communes = await named_communes(self._session)
        said = {
            "since": since.isoformat(),
            "until": now.isoformat(),
            "all": next((_measured(row) for row in rows if row.kind == _TOGETHER), None),
            "categories": [
                {
                    "key": row.category,
                    "name": {"vi": it.vi, "en": it.en, "km": it.km},
                    "figures": _measured(row),
                }
                for it in categories.values()
                for row in rows
                if row.kind == _BY_CATEGORY and row.category == it.slug
            ],
            "communes": [
                {"key": code, "name": name, "figures": _measured(row)}
                for code, name in communes.items()
                for row in rows
                if row.kind == _BY_COMMUNE and row.commune == code
            ],
        }
        row = {"id": uuid7(), "name": "public", "said": said}
        written = insert(Figures).values(row)
        await self._session.execute(
            written.on_conflict_do_update(index_elements=["name"], set_={"said": said, "updated_at": func.now()})
        )
        await touch(self._session, SNAPSHOT)


# What `grouping` says of a row: a bit is set for each column that it is not about.
_TOGETHER, _BY_CATEGORY, _BY_COMMUNE = 3, 1, 2


def _measured(row: Row[Any]) -> Mapping[str, Any]:
    if row.received < FEW and row.kind != _TOGETHER:
        return dict.fromkeys(Measured.__struct_fields__) | {"received": row.received}
    return {
        "received": row.received,
        "open": row.open,
        "fixed": row.fixed,
        "reopened": row.reopened,
        "still_fixed": row.still_fixed,
        "not_fixable": row.not_fixable,
        "others": row.others,
        "answered_in_time": round(100 * row.in_time / row.due, 1) if row.due else None,
        "hours_to_answer": None if row.seconds is None else round(float(row.seconds) / 3600, 1),
        "rating": None if row.rating is None else round(float(row.rating), 1),
    }
