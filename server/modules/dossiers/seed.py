"""The days offices do not work, from data/, and in a demonstration its dossiers, which go with it.

A second time changes nothing.
"""

from datetime import date, datetime, time, timedelta

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.clock import HERE
from server.core.settings import Settings
from server.modules.dossiers.models import CalendarDay, Dossier
from server.modules.dossiers.rules.demo import DOSSIERS, HANDLED_AT, RECEIVED_AT
from server.modules.dossiers.rules.reports import NOBODY
from server.modules.dossiers.schemas import ReportedEvent
from server.modules.dossiers.service.intake import Intake


async def seed(session: AsyncSession, settings: Settings) -> None:
    given = msgspec.json.decode((settings.data / "calendar.json").read_bytes())
    rows = [
        {
            "id": uuid7(),
            "day": date.fromisoformat(it["date"]),
            "kind": it["kind"],
            "name": it["name"],
            "document": it["document"],
        }
        for it in given
    ]
    # What staff corrected is theirs.
    await session.execute(insert(CalendarDay).on_conflict_do_nothing(index_elements=["day"]), rows)
    if settings.demo:
        await _dossiers(session, settings)
    else:
        # Where it is meant seriously none of them may be found.
        await session.execute(delete(Dossier).where(Dossier.code.in_([it.code for it in DOSSIERS])))


async def _dossiers(session: AsyncSession, settings: Settings) -> None:
    there = set(await session.scalars(select(Dossier.code).where(Dossier.code.in_([it.code for it in DOSSIERS]))))
    today = datetime.now(HERE).date()
    await Intake(session, settings).take(
        NOBODY,
        [
            ReportedEvent(
                source="demo",
                event_id=f"{it.code}/{place}",
                code=it.code,
                procedure=it.procedure,
                status=status,
                # Two of one day are an hour apart.
                at=_at(today - timedelta(days=ago), time(8 + place, 15)),
                receiving_unit=RECEIVED_AT,
                handling_unit=HANDLED_AT if status not in (1, 2) else None,
                due_at=_at(_weekday(today + timedelta(days=it.due)), time(16, 30)),
                owner_phone=it.phone,
            )
            for it in DOSSIERS
            if it.code not in there
            for place, (ago, status) in enumerate(it.steps)
        ],
    )


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, HERE)


def _weekday(day: date) -> date:
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day
