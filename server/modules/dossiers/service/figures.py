"""Counting: how a unit's month looks, and every night how punctual each procedure is."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Integer, Text, case, delete, func, literal, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller
from server.core.clock import HERE
from server.core.problems import Problem
from server.core.words import Language, Words
from server.modules.dossiers.models import Channel, Dossier, Filing, Happening, Punctuality
from server.modules.dossiers.rules.figures import DEFINITIONS, FEWEST, Counted, Kind, count, percent
from server.modules.dossiers.rules.reports import Flag
from server.modules.dossiers.rules.statuses import Status
from server.modules.dossiers.schemas.desk import DeskFigure, DeskFigures
from server.modules.places.public import names_of_workplaces

_STATUS = sql_cast(Happening.status, Text)
NATIONAL_CODE = func.coalesce(func.substring(Dossier.procedure, r"^[0-9]\.[0-9]{6}(?![0-9])"), Dossier.procedure)
"""`rules.reports.national_code` of it."""

PUNCTUAL = (Punctuality.procedure == NATIONAL_CODE) & (Punctuality.ended >= FEWEST)
"""Joins to a dossier how punctual its procedure is; nothing where too few ended."""

LOOKED_BACK = timedelta(days=365)
"""How far back a procedure's punctuality is counted: an office of two years ago says little of today's."""


class MonthRefused(Problem):
    status = 400
    title = Words(
        "Tháng có dạng 2026-11 và không ở tương lai",
        "A month looks like 2026-11, and is not in the future",
        "ខែមានទម្រង់ 2026-11 ហើយមិនស្ថិតក្នុងអនាគត",
    )


class Figures:
    """The figures of a unit."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of_month(self, caller: Caller, month: str, language: Language) -> DeskFigures:
        """What the caller's unit received in this month. Raises MonthRefused."""
        begins, ends = _month(month)
        asked = (
            select(
                Dossier.status,
                Dossier.status_at,
                Dossier.due_at,
                Filing.ended_at,
                Filing.supplements,
                Filing.channel,
                Filing.electronic_result,
                Filing.papers,
            )
            .join(Filing, Filing.dossier_id == Dossier.id)
            .where(Filing.receiving_place == caller.unit, Filing.filed_at >= begins, Filing.filed_at < ends)
        )
        rows = [
            Counted(
                row.status,
                row.status_at,
                row.due_at,
                row.ended_at,
                row.supplements,
                row.channel is Channel.ONLINE,
                row.electronic_result,
                any(paper["kind"] == "electronic" for paper in row.papers),
            )
            for row in await self._session.execute(asked)
        ]
        counted = count(rows, min(ends, datetime.now(UTC)))
        names = await names_of_workplaces(self._session, {caller.unit})
        return DeskFigures(
            month=month,
            unit=names.get(caller.unit, caller.unit),
            received=len(rows),
            ended=sum(row.ended_at is not None for row in rows),
            items=[
                DeskFigure(
                    kind=kind,
                    name=DEFINITIONS[kind].name.for_(language),
                    definition=DEFINITIONS[kind].says.for_(language),
                    count=counted[kind],
                    of=len(rows),
                    percent=percent(counted[kind], len(rows)),
                )
                for kind in Kind
            ],
        )


async def tally_punctuality(session: AsyncSession, now: datetime) -> None:
    """Count anew, for every procedure, what ended with a result within a year and had a date. Twice changes nothing."""
    over = (Status.DONE, Status.HANDED_OVER)
    # What happened while papers were missing (another office, another date, a word on how it goes) asks for none anew;
    # what a second source says of a stage does not count, as everywhere (rules.reports).
    order = (Happening.at, func.array_position(literal([it.value for it in Status], ARRAY(Text)), _STATUS))
    before = func.lag(_STATUS).over(partition_by=Happening.dossier_id, order_by=order)
    way = (
        select(Happening.dossier_id, Happening.at, _STATUS.label("status"), before.label("before"))
        .where(~Happening.flags.has_key(Flag.SECOND_SOURCE.value))
        .subquery()
    )
    asked = (way.c.status == Status.PAPERS_NEEDED.value) & way.c.before.is_distinct_from(Status.PAPERS_NEEDED.value)
    happened = (
        select(
            way.c.dossier_id,
            func.min(way.c.at).filter(way.c.status.in_([it.value for it in over])).label("ended"),
            func.count().filter(asked).label("supplements"),
        )
        .group_by(way.c.dossier_id)
        .subquery()
    )
    in_time = (happened.c.ended <= Dossier.due_at) & (happened.c.supplements <= 1)
    counted = (
        select(
            func.gen_random_uuid(),
            NATIONAL_CODE,
            func.sum(sql_cast(case((in_time, 1), else_=0), Integer)),
            func.count(),
        )
        .join(happened, happened.c.dossier_id == Dossier.id)
        .where(Dossier.status.in_(over), Dossier.due_at.is_not(None), happened.c.ended > literal(now) - LOOKED_BACK)
        .group_by(NATIONAL_CODE)
    )
    await session.execute(delete(Punctuality))
    await session.execute(insert(Punctuality).from_select(["id", "procedure", "kept", "ended"], counted))


def _month(text: str) -> tuple[datetime, datetime]:
    try:
        begins = datetime.strptime(text, "%Y-%m").replace(tzinfo=HERE)
    except ValueError:
        raise MonthRefused from None
    if len(text) != 7 or begins.year < 2000 or begins > datetime.now(HERE):
        raise MonthRefused
    return begins, (begins + timedelta(days=32)).replace(day=1)
