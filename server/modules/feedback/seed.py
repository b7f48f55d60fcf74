"""The categories of the province, from data/feedback.json, and in a demonstration its reports, which go with it.

What staff have changed is theirs. A second time changes nothing.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller
from server.core.data import read_data
from server.core.events import hush
from server.core.settings import Settings
from server.core.snapshot import touch
from server.modules.feedback.models import Category, Report
from server.modules.feedback.rules.content import Disclosure
from server.modules.feedback.rules.demo import HUB, REPORTS, DemoReport
from server.modules.feedback.rules.states import Act
from server.modules.feedback.schemas.desk import ActOnReport
from server.modules.feedback.schemas.public import ReleaseReport
from server.modules.feedback.schemas.reports import SendReport
from server.modules.feedback.service.categories import SNAPSHOT
from server.modules.feedback.service.desk import TRIAGE, Desk
from server.modules.feedback.service.figures import Counting
from server.modules.feedback.service.reports import Reports
from server.modules.identity.public import staff_with_login
from server.modules.places.public import named_communes, point_in, read_places


class _Category(msgspec.Struct):
    slug: str
    vi: str
    en: str
    km: str
    unit: str | None
    resolve_days: int | None


class _File(msgspec.Struct):
    categories: Annotated[list[_Category], msgspec.Meta(min_length=1)]


def categories(settings: Settings) -> list[_Category]:
    """In the order in which they are offered. Raises WrongSetting."""
    return read_data(settings.data, "feedback.json", _File).categories


async def seed(session: AsyncSession, settings: Settings) -> None:
    await _categories(session, settings)
    theirs = Report.operation.in_([it.operation for it in REPORTS])
    if not settings.demo:
        # Where it is meant seriously none of them may be found.
        await session.execute(delete(Report).where(theirs))
    elif await session.scalar(select(Report.id).where(theirs).limit(1)) is None:
        await _reports(session, settings)


async def _categories(session: AsyncSession, settings: Settings) -> None:
    present = {it.slug: it for it in await session.scalars(select(Category))}
    for position, it in enumerate(categories(settings), 1):
        found = present.get(it.slug)
        if found is None:
            found = Category(slug=it.slug, version=1, anonymous=True)
            session.add(found)
        elif found.edited_by is not None:
            continue
        found.vi, found.en, found.km = it.vi, it.en, it.km
        found.position, found.unit, found.resolve_days = position, it.unit, it.resolve_days
    if session.new or any(session.is_modified(it) for it in present.values()):
        await touch(session, SNAPSHOT)
    await session.flush()


async def _reports(session: AsyncSession, settings: Settings) -> None:
    found = await staff_with_login(session, HUB)
    if found is None:
        return
    now, (staff_id, place) = datetime.now(UTC), found
    may = frozenset({TRIAGE, "feedback:handle"})
    hub = Caller(id=staff_id, kind="staff", session_id=staff_id, proved_at=now, unit=place, permissions=may)
    reports, desk = Reports(session, settings), Desk(session, settings)
    await read_places(session.info["database"])
    slugs = [it.slug for it in categories(settings)]
    communes = sorted(await named_communes(session))
    before = ""
    for it in REPORTS:
        came = now - timedelta(hours=it.ago)
        commune = communes[it.place % len(communes)]
        category = it.category if it.category in slugs else slugs[0]
        sent = await reports.send(None, it.operation, _sent(it, category, commune, came), None, "", at=came)
        report = await reports.of(None, it.operation)
        for number, (act, said) in enumerate(it.acts, 1):
            given = ActOnReport(act=act, text=said, unit=commune, into=before if act is Act.MERGE else "")
            # The first hours count: what is late here is late by its limits.
            at = came + min(timedelta(hours=3), (now - came) / (len(it.acts) + 1)) * number
            await desk.act(hub, report.id, report.version, given, at=at)
        if it.shown:
            shown = ReleaseReport(released=True, text=it.shown, place=True)
            await desk.release(hub, report.id, report.version, shown)
        if it.rating:
            await reports.rate(None, it.operation, it.rating, it.why)
        before = sent.code
    await Counting(session).count(now)
    # Nobody waits to be told of what is made up.
    hush(session)


def _sent(it: DemoReport, category: str, commune: str, at: datetime) -> SendReport:
    lat, lon = point_in(commune)
    return SendReport(
        category=category,
        text=it.text,
        lat=lat,
        lon=lon,
        accuracy_m=15,
        commune=commune,
        outside_meant=True,
        urgent=it.urgent,
        disclosure=Disclosure.NOBODY,
        photos=0,
        written_at=at,
    )
