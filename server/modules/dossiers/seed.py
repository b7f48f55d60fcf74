"""The days offices do not work, from data/, and in a demonstration its dossiers, which go with it.

A second time changes nothing.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec
from sqlalchemy import delete, extract, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.clock import HERE
from server.core.data import read_data, wrong_data
from server.core.events import publish
from server.core.settings import Settings
from server.modules.dossiers.events import CalendarChanged
from server.modules.dossiers.models import CalendarDay, Channel, Dossier, Hours, OfficeCode, Returning
from server.modules.dossiers.rules.demo import DOSSIERS, FILINGS, HANDLED_AT, OFFICE_CODE, OFFICER, RECEIVED_AT
from server.modules.dossiers.rules.reports import NOBODY
from server.modules.dossiers.rules.working_time import Unit
from server.modules.dossiers.schemas import ReportedEvent
from server.modules.dossiers.schemas.calendar import Day
from server.modules.dossiers.schemas.desk import ActOnDossier, GivenLimit, ReceivedPaper, RegisterDossier
from server.modules.dossiers.service.desk import Desk
from server.modules.dossiers.service.intake import Intake
from server.modules.dossiers.service.offices import Offices
from server.modules.dossiers.service.registry import ProcedureNotOffered, Registry
from server.modules.identity.public import staff_with_login


async def seed(session: AsyncSession, settings: Settings) -> None:
    rows: list[dict[str, Any]] = [{"id": uuid7()} | msgspec.structs.asdict(it) for it in holidays(settings)]
    # A year that staff confirmed is theirs, also the days they took away.
    years = select(extract("year", CalendarDay.day)).where(CalendarDay.entered_by.is_not(None))
    confirmed = set(await session.scalars(years))
    if rows := [row for row in rows if row["day"].year not in confirmed]:
        counted = await session.scalar(select(CalendarDay.id).limit(1))
        new = insert(CalendarDay).on_conflict_do_nothing(index_elements=["day"]).returning(CalendarDay.day)
        if (await session.scalars(new, rows)).all() and counted:
            publish(session, CalendarChanged())
    if settings.demo:
        await _dossiers(session, settings)
        await _desk(session, settings)
    else:
        # Where it is meant seriously none of them may be found.
        theirs = Dossier.code.in_([it.code for it in DOSSIERS]) | Dossier.code.startswith(f"{OFFICE_CODE}-")
        await session.execute(delete(Dossier).where(theirs))
        await session.execute(delete(OfficeCode).where(OfficeCode.code == OFFICE_CODE))


def holidays(settings: Settings) -> list[Day]:
    """Raises WrongSetting that names the file and the entry, counted from 0: nothing starts with half a calendar."""
    days = read_data(settings.data, "calendar.json", list[Day])
    there = [it.day for it in days]
    if twice := next((it for it in there if there.count(it) > 1), None):
        raise wrong_data("calendar.json", f"{twice} stands there twice")
    return days


async def _desk(session: AsyncSession, settings: Settings) -> None:
    """The desk of the demonstration, with a dossier in every state. Only where nobody has worked there yet."""
    found = await staff_with_login(session, OFFICER)
    if found is None or await session.scalar(select(OfficeCode.id).where(OfficeCode.place == found[1])):
        return
    staff_id, place = found
    await Offices(session).describe(None, place, 0, OFFICE_CODE, Hours.OFFICE)
    now = datetime.now(UTC)
    officer = Caller(id=staff_id, kind="staff", session_id=NOBODY, proved_at=now, unit=place)
    registry, desk = Registry(session, settings), Desk(session, settings)
    for it in FILINGS:
        filed_at = now - timedelta(hours=it.ago)
        try:
            dossier_id = await registry.register(
                officer,
                RegisterDossier(
                    procedure=it.procedure,
                    name=it.name,
                    phone=it.phone,
                    papers=[ReceivedPaper(name=paper, kind="original", count=1) for paper in it.papers],
                    handling_place=place,
                    channel=Channel.DIRECT,
                    returning=Returning.DESK,
                    received_at=filed_at,
                    accept=it.accept,
                    limit=GivenLimit(value=it.hours, unit=Unit.HOUR),
                    limit_reason="Dữ liệu thử nghiệm",
                ),
            )
        except ProcedureNotOffered:
            continue  # another province's catalogue may be without it
        for version, (act, said) in enumerate(it.acts, 1):
            at = filed_at + (now - filed_at) * version / (len(it.acts) + 1)
            answer_by = now + timedelta(hours=it.answer_in) if it.answer_in and version == len(it.acts) else None
            given = ActOnDossier(act=act, answer_by=answer_by, **said)
            await desk.act(officer, dossier_id, version, given, at=at)


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
