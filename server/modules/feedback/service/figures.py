"""The public figures: counted by the clock, kept as one row, read from memory."""

import asyncio
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Integer, func, select, text, tuple_
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
_A_PART = timedelta(days=30)
_TENTH = 360
"""Seconds of a tenth of an hour, to which the time until an answer is told."""
# The very first answer counts, and when that was due, also of what was opened again.
_ANSWERED_AT = func.coalesce(Report.first_answered_at, Report.answered_at)
_ANSWER_DUE_AT = func.coalesce(Report.first_answer_due_at, Report.answer_due_at)
_ANSWERED = _ANSWERED_AT.is_not(None)
_TOOK = func.round(func.extract("epoch", _ANSWERED_AT - Report.arrived_at) / _TENTH).cast(Integer)
_RATING = func.coalesce(Report.rating, Report.rated_before)
_COMMUNE = func.coalesce(Report.commune, "")


def _counts(now: datetime) -> dict[str, ColumnElement[int]]:
    """What is added up, part by part."""
    return {
        "received": func.count(),
        "open": func.count().filter(Report.state.in_(OPEN)),
        "fixed": func.count().filter(Report.state == State.FIXED, Report.reopened == 0),
        "reopened": func.count().filter(Report.reopened > 0),
        "still_fixed": func.count().filter(Report.still_fixed.is_(True)),
        "not_fixable": func.count().filter(Report.state == State.NOT_FIXABLE),
        "others": func.count().filter(Report.state.in_([State.NOT_A_REPORT, State.MERGED])),
        # While its reporter is waited for, no limit runs.
        "due": func.count().filter(_ANSWERED | (func.coalesce(Report.waits_since, now) > _ANSWER_DUE_AT)),
        "in_time": func.count().filter(_ANSWERED_AT <= _ANSWER_DUE_AT),
        "rated": func.count(_RATING),
        "stars": func.coalesce(func.sum(_RATING), 0),
    }


class _Tally(msgspec.Struct):
    """What was counted of some reports; `tenths`: how many were answered after so many tenths of an hour."""

    counts: Counter[str] = msgspec.field(default_factory=Counter)
    tenths: Counter[int] = msgspec.field(default_factory=Counter)


Key = tuple[str | None, str | None]
"""A category, or a commune, or neither: all together."""


class Counting:
    """Closed is not called fixed, and what was opened again is fixed no longer."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def count(self, now: datetime) -> None:
        """Over all reports of the last 365 days, by category, by commune, and together."""
        since = now - _WINDOW
        tallies = await self._tally(since, now)
        categories = await self._session.scalars(select(Category).order_by(Category.position))
        communes = await named_communes(self._session)
        said = {
            "since": since.isoformat(),
            "until": now.isoformat(),
            "all": _measured(tallies.get((None, None), _Tally()), few=0),
            "categories": [
                {
                    "key": it.slug,
                    "name": {"vi": it.vi, "en": it.en, "km": it.km},
                    "figures": _measured(tallies[it.slug, None]),
                }
                for it in categories
                if (it.slug, None) in tallies
            ],
            "communes": [
                {"key": code, "name": name, "figures": _measured(tallies[None, code])}
                for code, name in communes.items()
                if (None, code) in tallies
            ],
        }
        row = {"id": uuid7(), "name": "public", "said": said}
        written = insert(Figures).values(row)
        await self._session.execute(
            written.on_conflict_do_update(index_elements=["name"], set_={"said": said, "updated_at": func.now()})
        )
        await touch(self._session, SNAPSHOT)

    async def _tally(self, since: datetime, now: datetime) -> dict[Key, _Tally]:
        """Month by month, on one core, and at rest for half of the time: people who wait for an answer come first."""
        await self._session.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))
        tallies: dict[Key, _Tally] = {}
        for part in _parts(since, now):
            began = time.monotonic()
            await self._add_counts(tallies, part, now)
            await self._add_tenths(tallies, part)
            await asyncio.sleep(time.monotonic() - began)
        return tallies

    async def _add_counts(self, tallies: dict[Key, _Tally], part: ColumnElement[bool], now: datetime) -> None:
        counts = _counts(now)
        asked = select(Report.category, _COMMUNE.label("commune"), *(it.label(name) for name, it in counts.items()))
        for row in await self._session.execute(asked.where(part).group_by(Report.category, _COMMUNE)):
            for key in ((None, None), (row.category, None), (None, row.commune)):
                tallies.setdefault(key, _Tally()).counts.update({name: int(getattr(row, name)) for name in counts})

    async def _add_tenths(self, tallies: dict[Key, _Tally], part: ColumnElement[bool]) -> None:
        asked = select(Report.category, _COMMUNE.label("commune"), _TOOK.label("took"), func.count().label("so_many"))
        sets = (tuple_(_TOOK), tuple_(Report.category, _TOOK), tuple_(_COMMUNE, _TOOK))
        for row in await self._session.execute(asked.where(part, _ANSWERED).group_by(func.grouping_sets(*sets))):
            tallies[row.category, row.commune].tenths[row.took] += row.so_many


def _parts(since: datetime, until: datetime) -> Iterator[ColumnElement[bool]]:
    while since < until:
        end = min(since + _A_PART, until)
        yield (Report.arrived_at >= since) & (Report.arrived_at < end)
        since = end


def median_of(tenths: Counter[int]) -> float | None:
    """Hours, to a tenth."""
    took = sorted(tenths)
    until = list(accumulate(tenths[it] for it in took))
    if not until:
        return None
    # The middle one; of an even number, between the two in the middle.
    middle = (took[bisect_left(until, place)] for place in ((until[-1] + 1) // 2, until[-1] // 2 + 1))
    return round(sum(middle) / 20, 1)


def _measured(of: _Tally, *, few: int = FEW) -> Mapping[str, Any]:
    it = of.counts
    if it["received"] < few:
        return dict.fromkeys(Measured.__struct_fields__) | {"received": it["received"]}
    return {
        name: it[name] for name in ("received", "open", "fixed", "reopened", "still_fixed", "not_fixable", "others")
    } | {
        "answered_in_time": round(100 * it["in_time"] / it["due"], 1) if it["due"] else None,
        "hours_to_answer": median_of(of.tenths),
        "rating": round(it["stars"] / it["rated"], 1) if it["rated"] else None,
    }
