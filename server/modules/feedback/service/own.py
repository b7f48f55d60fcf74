"""What residents see of their reports, and of those they follow."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller
from server.core.paging import cursor_of, id_of
from server.core.settings import Settings
from server.core.words import Language
from server.modules.feedback.models import Category, Follower, Photo, Report, Step
from server.modules.feedback.rules.content import shortened
from server.modules.feedback.rules.names import STATES
from server.modules.feedback.rules.public import PUBLIC_STATES
from server.modules.feedback.rules.states import Kind, State
from server.modules.feedback.rules.telling import TITLES
from server.modules.feedback.schemas.reports import (
    ReportPage,
    ReportStepReply,
    ReportSummary,
    ReportWhole,
    SimilarReport,
    SimilarReports,
)
from server.modules.feedback.service.counts import count_of
from server.modules.feedback.service.photos import SHOWN_BY_RESIDENTS
from server.modules.feedback.service.reports import Reports, clock_of, may_confirm, reopen_until
from server.modules.feedback.service.seals import Seals
from server.modules.places.public import names_of_workplaces

_BEGINS = 140


class OwnReports:
    """Shown in the words of whoever reads."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._seals = Seals(settings)

    async def page(self, caller: Caller, limit: int, cursor: str | None, language: Language) -> ReportPage:
        """Their own and those they follow, the newest first. Raises CursorRefused."""
        followed = select(Follower.report_id).where(Follower.resident_id == caller.id)
        asked = select(Report).where(or_(Report.resident_id == caller.id, Report.id.in_(followed)))
        if cursor is not None:
            asked = asked.where(Report.id < id_of(cursor))
        found = (await self._session.scalars(asked.order_by(Report.id.desc()).limit(limit + 1))).all()
        shown = found[:limit]
        mine = {it.id for it in shown if it.resident_id == caller.id}
        return ReportPage(
            items=await self._summaries(shown, mine, language),
            next_cursor=cursor_of(str(shown[-1].id)) if len(found) > limit else None,
        )

    async def _summaries(
        self, reports: Sequence[Report], mine: Collection[UUID], language: Language
    ) -> list[ReportSummary]:
        """`mine`: those that are shown to their reporter; the others to somebody who follows them."""
        ids = [it.id for it in reports]
        categories = {it.slug: it for it in await self._session.scalars(select(Category))}
        communes = await names_of_workplaces(self._session, {it.commune for it in reports if it.commune})
        photos: defaultdict[UUID, list[int]] = defaultdict(list)
        # What was shown with a later step stands with that.
        first = Photo.report_id.in_(ids), Photo.by.is_(None), Photo.step_id.is_(None)
        numbers = select(Photo.report_id, Photo.number, Photo.shown).where(*first)
        for row in await self._session.execute(numbers.order_by(Photo.number)):
            if row.report_id in mine or row.shown:
                photos[row.report_id].append(row.number)
        followers = await count_of(self._session, Follower.report_id, ids)
        found = []
        for it in reports:
            text, clock = self._seals.open_text(it.id, it.text), clock_of(it)
            own = it.id in mine
            found.append(
                ReportSummary(
                    key=it.operation if own else it.id,
                    mine=own,
                    code=it.code,
                    category=it.category,
                    category_name=getattr(categories[it.category], language),
                    state=it.state,
                    state_name=STATES[it.state].for_(language),
                    # What somebody else has written may name people: who follows sees what the office says of it.
                    begins=shortened(text, _BEGINS) if own else "",
                    urgent=it.urgent,
                    arrived_at=it.arrived_at,
                    commune=it.commune,
                    commune_name=communes.get(it.commune) if it.commune else None,
                    due_at=clock.until if clock else None,
                    late=it.late,
                    photos=photos[it.id],
                    photos_awaited=max(0, it.photos - len([n for n in photos[it.id] if n <= it.photos])) if own else 0,
                    followers=followers.get(it.id, 0),
                    closed_at=it.closed_at,
                    reopen_until=reopen_until(it),
                    rating=it.rating if own else None,
                )
            )
        return found

    async def whole(self, report: Report, key: UUID, language: Language) -> ReportWhole:
        """One as whoever found it by `key` may see it; nothing that was said among staff."""
        own = is_own(report, key)
        (short,) = await self._summaries([report], {report.id} if own else (), language)
        seen = select(Step).where(Step.report_id == report.id, ~Step.internal).order_by(Step.id.desc())
        steps = [it for it in await self._session.scalars(seen) if it.kind in TITLES]
        photos: defaultdict[UUID | None, list[int]] = defaultdict(list)
        shown = select(Photo.step_id, Photo.number).where(Photo.report_id == report.id, Photo.step_id.is_not(None))
        if not own:
            shown = shown.where(Photo.shown)
        for row in await self._session.execute(shown.order_by(Photo.number)):
            photos[row.step_id].append(row.number)
        places = {it for it in (report.unit, *(it.detail.get("unit") or it.unit for it in steps)) if it}
        units = await names_of_workplaces(self._session, places)
        joined = await self._joined(report, language)
        return ReportWhole(
            **{name: getattr(short, name) for name in ReportSummary.__struct_fields__},
            id=report.id,
            text=self._seals.open_text(report.id, report.text) if own else "",
            lat=report.lat if own else None,
            lon=report.lon if own else None,
            accuracy_m=report.accuracy_m if own else None,
            unit=units.get(report.unit or ""),
            disclosure=report.disclosure,
            steps=[
                ReportStepReply(
                    kind=it.kind,
                    title=TITLES[it.kind].for_(language),
                    at=it.created_at,
                    said=joined
                    if it.kind is Kind.MERGED
                    else self._seals.open_said(it.id, it.said)
                    if own or _for_followers(it)
                    else "",
                    unit=units.get(it.detail.get("unit") or it.unit or ""),
                    photos=photos[it.id],
                )
                for it in steps
            ],
            may_reply=own and report.state is State.ASKED,
            may_confirm=own and may_confirm(report),
        )

    async def _joined(self, report: Report, language: Language) -> str:
        """The code of the report it was joined with, and how that stands: whoever has no account hears of it nowhere
        else. Empty where it was not.
        """
        other = report
        while other.merged_into is not None and (further := await self._session.get(Report, other.merged_into)):
            other = further
        return "" if other is report else f"{other.code}: {PUBLIC_STATES[other.state].for_(language)}"

    async def similar(self, category: str, lat: float, lon: float, language: Language) -> SimilarReports:
        """Raises PlaceRefused."""
        found = await Reports(self._session, self._settings).similar(category, lat, lon)
        ids = [it.id for it, _ in found]
        followers = await count_of(self._session, Follower.report_id, ids)
        pictured = set(
            await self._session.scalars(select(Photo.report_id).where(Photo.report_id.in_(ids), SHOWN_BY_RESIDENTS))
        )
        return SimilarReports(
            items=[
                SimilarReport(
                    id=it.id,
                    category=it.category,
                    state=it.state,
                    state_name=STATES[it.state].for_(language),
                    distance_m=round(away, -1),
                    arrived_at=it.arrived_at,
                    followers=followers.get(it.id, 0),
                    photo=it.id in pictured,
                )
                for it, away in found
            ]
        )


def _for_followers(step: Step) -> bool:
    """What no staff has said, residents have, and a question is asked of the reporter: that is theirs alone."""
    return step.by is not None and step.kind is not Kind.ASKED


def is_own(report: Report, key: UUID) -> bool:
    """Whoever has the phone's operation id is its reporter; whoever follows it has another key."""
    return report.operation == key
