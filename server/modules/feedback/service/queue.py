"""The lists of the hub and the units, and one report as they see it."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Uuid, bindparam, false, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from server.core.access import Caller
from server.core.looks import Why, looked
from server.core.paging import cursor_at, place_of
from server.core.pictures import Area
from server.core.settings import Settings
from server.modules.feedback.models import Category, Follower, Photo, Report, Step, Video
from server.modules.feedback.rules.content import Disclosure, shortened
from server.modules.feedback.rules.public import MAY_BE_PUBLIC
from server.modules.feedback.rules.states import State
from server.modules.feedback.schemas.desk import DeskMap, DeskPhoto, DeskReport, DeskRow, DeskRows, DeskStep, DeskVideo
from server.modules.feedback.service.categories import usual_unit
from server.modules.feedback.service.desk import HANDLE, TRIAGE, acts_for, is_hub, may_see
from server.modules.feedback.service.photos import MAY_BE_SHOWN
from server.modules.feedback.service.seals import Seals
from server.modules.identity.public import name_of_resident, names_of_staff
from server.modules.places.public import names_of_workplaces

_FAR = datetime(9999, 1, 1, tzinfo=UTC)
_BEGINS = 160
_ON_A_MAP = 3_000

_PHOTOS = select(func.count()).where(Photo.report_id == Report.id, Photo.by.is_(None)).scalar_subquery()
_FOLLOWERS = select(func.count()).where(Follower.report_id == Report.id).scalar_subquery()

# One report as it is shown after every act, and so put together once.
_ID = bindparam("report", type_=Uuid)
_OTHER = aliased(Report)
_BESIDE = (
    select(
        _FOLLOWERS.label("followers"),
        select(Category.unit).where(Category.slug == Report.category).scalar_subquery().label("usual"),
        select(_OTHER.code).where(_OTHER.id == Report.merged_into).scalar_subquery().label("into"),
        Video.length,
        Video.whole_at,
    )
    .select_from(Report)
    .outerjoin(Video, Video.report_id == Report.id)
    .where(Report.id == _ID)
)
_STEPS = select(Step).where(Step.report_id == _ID).order_by(Step.id.desc())
_PICTURES = (
    select(Photo, MAY_BE_SHOWN)
    .outerjoin(Step, Step.id == Photo.step_id)
    .where(Photo.report_id == _ID)
    .order_by(Photo.number)
)


class Which(StrEnum):
    """The lists of the desk."""

    OPEN = "open"
    TRIAGE = "triage"
    WORK = "work"
    URGENT = "urgent"
    LATE = "late"
    WAITING = "waiting"
    CLOSED = "closed"


class Box(NamedTuple):
    """A part of the map, in degrees."""

    south: float
    west: float
    north: float
    east: float


class Queue:
    """What breaches next stands first."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._seals = Seals(settings)

    async def page(
        self,
        caller: Caller,
        which: Which,
        *,
        category: str | None,
        commune: str | None,
        code: str,
        box: Box | None,
        limit: int,
        cursor: str | None,
    ) -> DeskRows:
        """Raises CursorRefused. `code`: how a report's code begins, or its last letters; then `counts` is empty."""
        listed = within(caller, called(code) if code else IN[which], category, commune)
        if box:
            corners = func.point(box.west, box.south), func.point(box.east, box.north)
            listed.append(func.point(Report.lon, Report.lat).op("<@")(func.box(*corners)))
        asked = select(Report, _PHOTOS, _FOLLOWERS).where(*listed)
        over = which is Which.CLOSED and not code
        if cursor is not None:
            asked = asked.where(_behind(*place_of(cursor), over=over))
        # As the index has them, so that a page costs a page: what waits for nothing stands last.
        order = Report.closed_at.desc() if over else Report.next_due_at.asc().nulls_last()
        asked = asked.order_by(order, Report.id.desc() if over else Report.id)
        found = (await self._session.execute(asked.limit(limit + 1))).all()
        shown = list(found[:limit])
        following = None
        if len(found) > limit:
            last: Report = shown[-1][0]
            following = cursor_at((last.closed_at if over else last.next_due_at) or _FAR, last.id)
        counts = {} if code else await self._counts(caller)
        places = {place for it, *_ in shown for place in (it.commune, it.unit) if place}
        names = await names_of_workplaces(self._session, places)
        return DeskRows(items=[self._row(names, *it) for it in shown], next_cursor=following, counts=counts)

    async def map(self, caller: Caller, which: Which, *, category: str | None, commune: str | None) -> DeskMap:
        """Where they are, exactly: for whoever goes there."""
        listed = within(caller, IN[which], category, commune)
        asked = select(Report.lat, Report.lon, Report.closed_at).where(*listed, Report.lat.is_not(None))
        rows = (await self._session.execute(asked.order_by(Report.id.desc()).limit(_ON_A_MAP + 1))).all()
        shown = rows[:_ON_A_MAP]
        more = 0
        if len(rows) > _ON_A_MAP:
            counted = select(func.count()).select_from(asked.order_by(None).subquery())
            more = (await self._session.scalar(counted) or 0) - _ON_A_MAP
        return DeskMap(
            lat=[round(row.lat, 5) for row in shown],
            lon=[round(row.lon, 5) for row in shown],
            open=[row.closed_at is None for row in shown],
            more=more,
        )

    async def _counts(self, caller: Caller) -> dict[str, int]:
        """Of what is open, in one walk over it; how many were ever closed is nobody's work."""
        lists = [it for it in Which if it is not Which.CLOSED]
        counted = select(*(func.count().filter(IN[it]) for it in lists)).where(may_see(caller), _IS_OPEN)
        row = (await self._session.execute(counted)).one()
        return {it.value: count for it, count in zip(lists, row, strict=True)}

    def _row(self, names: dict[str, str], it: Report, photos: int, followers: int) -> DeskRow:
        return DeskRow(
            id=it.id,
            code=it.code,
            category=it.category,
            state=it.state,
            urgent=it.urgent,
            begins=shortened(self._seals.open_text(it.id, it.text), _BEGINS),
            arrived_at=it.arrived_at,
            commune=it.commune,
            commune_name=names.get(it.commune or ""),
            unit=it.unit,
            unit_name=names.get(it.unit or ""),
            due_at=it.next_due_at,
            warn_at=it.next_warn_at,
            late=it.late or bool(it.next_due_at and it.next_due_at <= datetime.now(UTC)),
            level=it.level,
            photos=photos,
            followers=followers,
            elsewhere=it.elsewhere,
            reopened=it.reopened,
        )

    async def look(self, caller: Caller, report: Report, *, again: bool = True) -> None:
        """Note that somebody has seen it: shown to whoever sent it, where they are known. `again`: as for `looked`."""
        if report.resident_id:
            permission = TRIAGE if is_hub(caller) else HANDLE
            await looked(self._session, caller, report.resident_id, permission=permission, why=Why.WORK, again=again)

    async def show(self, caller: Caller, report: Report) -> DeskReport:
        """Everything, and of its reporter what they have agreed to."""
        beside = (await self._session.execute(_BESIDE, {"report": report.id})).one()
        steps = (await self._session.scalars(_STEPS, {"report": report.id})).all()
        photos = (await self._session.execute(_PICTURES, {"report": report.id})).all()
        pictures = [
            DeskPhoto(
                number=it.number,
                width=it.width,
                height=it.height,
                size=it.size,
                sent=it.sent_hash.hex(),
                kept=it.kept_hash.hex(),
                shown=it.shown,
                areas=msgspec.convert(it.areas, list[Area]),
                of_staff=it.by is not None,
            )
            for it, may_be_shown in photos
            if may_be_shown
        ]
        theirs = [it.number for it in pictures if not it.of_staff]
        staff = {caller.id: caller.name}
        if others := {it.by for it in steps if it.by} - staff.keys():
            staff |= await names_of_staff(self._session, others)
        places = {report.commune, report.unit}.union(*({it.unit, it.detail.get("unit")} for it in steps))
        names = await names_of_workplaces(self._session, {it for it in places if it})
        row = self._row(names, report, len(theirs), beside.followers)
        reporter, reporter_kind = await self._reporter(caller, report)
        return DeskReport(
            **{name: getattr(row, name) for name in DeskRow.__struct_fields__},
            version=report.version,
            text=self._seals.open_text(report.id, report.text),
            lat=report.lat,
            lon=report.lon,
            accuracy_m=report.accuracy_m,
            written_at=report.written_at,
            day_off=report.day_off,
            triage_due_at=report.triage_due_at,
            triaged_at=report.triaged_at,
            answer_due_at=report.answer_due_at,
            answered_at=report.answered_at,
            resolve_due_at=report.resolve_due_at,
            closed_at=report.closed_at,
            disclosure=report.disclosure,
            reporter=reporter,
            reporter_kind=reporter_kind,
            photos_awaited=max(0, report.photos - sum(number <= report.photos for number in theirs)),
            pictures=pictures,
            video=DeskVideo(size=beside.length, whole=beside.whole_at is not None)
            if beside.length is not None
            else None,
            steps=[
                DeskStep(
                    kind=it.kind,
                    at=it.created_at,
                    by=staff.get(it.by) if it.by else None,
                    unit_name=names.get(it.detail.get("unit") or it.unit or ""),
                    internal=it.internal,
                    said=self._seals.open_said(it.id, it.said),
                    detail=it.detail,
                    photos=[photo.number for photo, _ in photos if photo.step_id == it.id],
                )
                for it in steps
            ],
            acts=acts_for(caller, report),
            usual_unit=usual_unit(beside.usual, report.commune),
            merged_into=beside.into,
            rating=report.rating,
            released_at=report.released_at,
            public_text=report.public_text,
            public_place=report.public_lat is not None,
            may_release=is_hub(caller) and report.state in MAY_BE_PUBLIC and not report.forgotten,
        )

    async def _reporter(self, caller: Caller, report: Report) -> tuple[str | None, str]:
        """The name, where they agreed that this caller learns it: kept secret by Decision 17/2022, whoever asks."""
        if report.resident_id is None:
            return None, "unknown"
        agreed = {Disclosure.HANDLER: True, Disclosure.HUB: is_hub(caller), Disclosure.NOBODY: False}
        if not agreed[report.disclosure]:
            return None, "secret"
        name = await name_of_resident(self._session, report.resident_id)
        return name or None, "named" if name else "nameless"


def within(
    caller: Caller, listed: ColumnElement[bool], category: str | None, commune: str | None
) -> list[ColumnElement[bool]]:
    """What of a list the caller may see, narrowed to a category and a commune."""
    narrowed = [may_see(caller), listed]
    if category:
        narrowed.append(Report.category == category)
    if commune:
        narrowed.append(Report.commune == commune)
    return narrowed


def _behind(at: datetime, row: UUID, *, over: bool) -> ColumnElement[bool]:
    if over:
        return tuple_(Report.closed_at, Report.id) < tuple_(at, row)
    if at == _FAR:
        return Report.next_due_at.is_(None) & (Report.id > row)
    return (tuple_(Report.next_due_at, Report.id) > tuple_(at, row)) | Report.next_due_at.is_(None)


def called(code: str) -> ColumnElement[bool]:
    """By the whole code, by how it begins with or without its "PA-", or by its last letters; three at least."""
    said = code.strip().upper().removeprefix("PA-")
    if len(said) < 3:
        return false()
    ends = func.reverse(Report.code).like(f"{_escaped(said[::-1])}%", escape="/")
    return Report.code.like(f"PA-{_escaped(said)}%", escape="/") | ends


def _escaped(said: str) -> str:
    return said.replace("/", "//").replace("%", "/%").replace("_", "/_")


_IS_OPEN = Report.closed_at.is_(None)
IN: dict[Which, ColumnElement[bool]] = {
    Which.OPEN: _IS_OPEN,
    Which.TRIAGE: _IS_OPEN & (Report.state == State.NEW),
    Which.WORK: _IS_OPEN & Report.state.in_([State.ASSIGNED, State.ANSWERED]),
    Which.URGENT: _IS_OPEN & Report.urgent,
    Which.LATE: _IS_OPEN & Report.late,
    Which.WAITING: _IS_OPEN & (Report.state == State.ASKED),
    Which.CLOSED: ~_IS_OPEN,
}
