"""Field reports as everybody may see them: what staff have let out, and nothing that leads to a person or a house."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.paging import cursor_of, id_of
from server.core.settings import Settings
from server.core.words import Language
from server.modules.feedback.models import Category, Cell, Follower, Photo, Report, Step
from server.modules.feedback.rules.content import FAR_M
from server.modules.feedback.rules.public import CELL, PUBLIC_KINDS, PUBLIC_STATES, SAID_IN_PUBLIC, Standing
from server.modules.feedback.rules.states import OPEN, State
from server.modules.feedback.rules.telling import TITLES
from server.modules.feedback.schemas.public import PublicMap, PublicPage, PublicReport, PublicStep, PublicWhole
from server.modules.feedback.service.counts import count_of
from server.modules.feedback.service.refusals import PlaceRefused, ReportNotFound
from server.modules.feedback.service.seals import Seals
from server.modules.places.public import metres_between, names_of_workplaces

_RELEASED = Report.released_at.is_not(None)
_STANDING: dict[Standing, ColumnElement[bool]] = {
    Standing.ALL: true(),
    Standing.OPEN: Report.state.in_(OPEN),
    Standing.FIXED: Report.state == State.FIXED,
    Standing.CLOSED: Report.state == State.NOT_FIXABLE,
}


class Public:
    """Nothing here is asked by the exact place: whoever may ask often would find it out."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._seals = Seals(settings)

    async def page(
        self,
        language: Language,
        *,
        standing: Standing,
        category: str | None,
        commune: str | None,
        limit: int,
        cursor: str | None,
    ) -> PublicPage:
        """The newest first. Raises CursorRefused."""
        asked = select(Report).where(_RELEASED, _STANDING[standing])
        if category:
            asked = asked.where(Report.category == category)
        if commune:
            asked = asked.where(Report.commune == commune)
        if cursor is not None:
            asked = asked.where(Report.id < id_of(cursor))
        found = (await self._session.scalars(asked.order_by(Report.id.desc()).limit(limit + 1))).all()
        shown = found[:limit]
        return PublicPage(
            items=await self._shown(shown, language),
            next_cursor=cursor_of(str(shown[-1].id)) if len(found) > limit else None,
        )

    async def near(
        self, lat: float, lon: float, language: Language, *, standing: Standing, category: str | None, limit: int
    ) -> PublicPage:
        """The nearest first, by where they are shown, as far as `FAR_M`. Raises PlaceRefused."""
        if not (abs(lat) <= 90 and abs(lon) <= 180):
            raise PlaceRefused
        there = func.point(Report.public_lon, Report.public_lat)
        asked = select(Report).where(_RELEASED, Report.public_lat.is_not(None), _STANDING[standing])
        if category:
            asked = asked.where(Report.category == category)
        nearest = asked.order_by(there.op("<->")(func.point(lon, lat))).limit(limit)
        found = (await self._session.scalars(nearest)).all()
        shown = await self._shown(found, language, (lat, lon))
        return PublicPage(items=[it for it in shown if (it.distance_m or 0) <= FAR_M], next_cursor=None)

    async def one(self, report_id: UUID, language: Language) -> PublicWhole:
        """Raises ReportNotFound, also for what is not released."""
        report = await self.released(report_id)
        (short,) = await self._shown([report], language)
        seen = select(Step).where(Step.report_id == report.id, ~Step.internal, Step.kind.in_(PUBLIC_KINDS))
        steps = (await self._session.scalars(seen.order_by(Step.id.desc()))).all()
        places = {it for it in (report.unit, *(it.detail.get("unit") or it.unit for it in steps)) if it}
        units = await names_of_workplaces(self._session, places)
        return PublicWhole(
            **{name: getattr(short, name) for name in PublicReport.__struct_fields__},
            unit=units.get(report.unit or ""),
            steps=[
                PublicStep(
                    kind=it.kind,
                    title=TITLES[it.kind].for_(language),
                    at=it.created_at,
                    said=self._seals.open_said(it.id, it.said) if it.by and it.kind in SAID_IN_PUBLIC else "",
                    unit=units.get(it.detail.get("unit") or it.unit or ""),
                )
                for it in steps
            ],
        )

    async def released(self, report_id: UUID) -> Report:
        """Raises ReportNotFound."""
        report = await self._session.scalar(select(Report).where(Report.id == report_id, _RELEASED))
        if report is None:
            raise ReportNotFound
        return report

    async def map(self, category: str | None) -> PublicMap:
        """The whole province at once: some 900 squares, counted already."""
        counted = func.sum(Cell.open + Cell.fixed + Cell.closed)
        asked = select(
            func.round(func.sum(Cell.lat_sum) / counted),
            func.round(func.sum(Cell.lon_sum) / counted),
            func.sum(Cell.open),
            func.sum(Cell.fixed),
            func.sum(Cell.closed),
        )
        if category:
            asked = asked.where(Cell.category == category)
        counts = asked.group_by(Cell.y, Cell.x).having(counted > 0).order_by(counted.desc(), Cell.y, Cell.x)
        rows = [tuple(map(int, row)) for row in await self._session.execute(counts)]
        placed = [row for row in rows if row[:2] != (0, 0)]
        lat, lon, open_, fixed, closed = map(list, zip(*placed, strict=True)) if placed else ([], [], [], [], [])
        return PublicMap(
            size=CELL,
            lat=lat,
            lon=lon,
            open=open_,
            fixed=fixed,
            closed=closed,
            placeless=sum(sum(row[2:]) for row in rows if row[:2] == (0, 0)),
        )

    async def _shown(
        self, reports: Sequence[Report], language: Language, here: tuple[float, float] | None = None
    ) -> list[PublicReport]:
        ids = [it.id for it in reports]
        categories = {it.slug: it for it in await self._session.scalars(select(Category))}
        communes = await names_of_workplaces(self._session, {it.commune for it in reports if it.commune})
        photos: defaultdict[UUID, list[int]] = defaultdict(list)
        numbers = select(Photo.report_id, Photo.number).where(Photo.report_id.in_(ids), Photo.shown)
        for row in await self._session.execute(numbers.order_by(Photo.number)):
            photos[row.report_id].append(row.number)
        followers = await count_of(self._session, Follower.report_id, ids)
        return [
            PublicReport(
                id=it.id,
                code=it.code,
                category=it.category,
                category_name=getattr(categories[it.category], language),
                state=it.state,
                state_name=PUBLIC_STATES[it.state].for_(language),
                text=it.public_text or "",
                urgent=it.urgent,
                lat=it.public_lat,
                lon=it.public_lon,
                distance_m=_away(here, it.public_lat, it.public_lon),
                commune=it.commune,
                commune_name=communes.get(it.commune or ""),
                arrived_at=it.arrived_at,
                closed_at=it.closed_at,
                late=it.late,
                reopened=it.reopened,
                followers=followers.get(it.id, 0),
                photos=photos[it.id],
            )
            for it in reports
        ]


def _away(here: tuple[float, float] | None, lat: float | None, lon: float | None) -> int | None:
    """In steps of 50 m: where it is shown is rounded to more than that."""
    if here is None or lat is None or lon is None:
        return None
    return round(metres_between(lat, lon, *here) / 50) * 50
