"""Reports as they arrive, and what their reporters do with them afterwards."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import cos, radians
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import ColumnElement, bindparam, delete, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.clock import HERE
from server.core.events import publish
from server.core.limits import Limits
from server.core.settings import Settings
from server.modules.dossiers.public import is_day_off
from server.modules.feedback.events import LimitReached, ReportMoved, UrgentReported
from server.modules.feedback.models import Category, Follower, Photo, Report, Step
from server.modules.feedback.rules.clocks import Clock, limits_for, resolve_by
from server.modules.feedback.rules.content import (
    LONGEST,
    MOST_PHOTOS,
    NEAR_M,
    REOPEN_DAYS,
    Disclosure,
    code_of,
    elsewhere,
    rounded,
    says_something,
)
from server.modules.feedback.rules.states import (
    CALLING,
    INTERNAL,
    OF_REPORTER,
    OPEN,
    REMINDING,
    TOLD,
    Kind,
    State,
    after_reply,
)
from server.modules.feedback.schemas.reports import ReportAccepted, SendReport
from server.modules.feedback.service.categories import offered
from server.modules.feedback.service.refusals import (
    CannotConfirm,
    CannotRate,
    CannotReopen,
    OperationUsedForAnother,
    PlaceOutsideProvince,
    PlaceRefused,
    ReportNotAsked,
    ReportNotFound,
    ReportSaysNothing,
    ReportTooLong,
    SignInForCategory,
    TooManyPhotos,
)
from server.modules.feedback.service.seals import Seals
from server.modules.places.public import METRES_PER_DEGREE, commune_around, metres_between, unit_exists

_SENT = select(Report).where(Report.operation == bindparam("operation"))
_KEEP = insert(Report).on_conflict_do_nothing().returning(Report.id)


class Reports:
    """What residents report."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._seals = Seals(settings)

    async def send(
        self,
        caller: Caller | None,
        operation: UUID,
        given: SendReport,
        limits: Limits | None,
        network: str,
        *,
        partner: UUID | None = None,
        at: datetime | None = None,
    ) -> ReportAccepted:
        """Once, however often it is sent. Whether somebody may send another one now is asked of a new one only.

        `partner`: the other application that files it, for somebody whom we do not know. `at`: when it came,
        if not now. Without `limits` nothing is counted. Raises the refusals of what it says, OperationUsedForAnother,
        TooManyRequests.
        """
        who = caller.id if caller and caller.kind == "resident" else None
        said = hashlib.sha256(f"{operation}|{who or partner or ''}|".encode() + msgspec.json.encode(given)).digest()
        if first := await self._sent(operation, said):
            return first
        category = await self._fitting(given, who)
        lat, lon = _position(given)
        commune = given.commune
        if lat is not None and lon is not None:
            around = commune_around(lat, lon)
            if around is None and not given.outside_meant:
                raise PlaceOutsideProvince
            commune = around or commune
        if limits is not None:
            await _spend(limits, who, partner, network)
        now = at or datetime.now(UTC)
        day_off = await is_day_off(self._session, now.astimezone(HERE).date())
        report = Report(
            id=uuid7(),
            operation=operation,
            body_hash=said,
            code=new_code(now),
            resident_id=who,
            partner_id=partner,
            disclosure=given.disclosure if who else Disclosure.NOBODY,
            category=category.slug,
            lat=lat,
            lon=lon,
            accuracy_m=given.accuracy_m if lat is not None else None,
            commune=commune,
            elsewhere=elsewhere(given.text),
            urgent=given.urgent,
            photos=given.photos,
            written_at=min(given.written_at, now),
            arrived_at=now,
            day_off=day_off,
            state=State.NEW,
            late=False,
            level=0,
            reopened=0,
            forgotten=False,
            version=1,
        )
        report.text = self._seals.close_text(report.id, given.text.strip())
        start_clocks(report, now, category.resolve_days)
        while not await self._keep(report):
            # The same was sent twice at once, or another one has this code.
            if first := await self._sent(operation, said):
                return first
            report.code = new_code(now)
        await self.add_step(report, Kind.ARRIVED, at=at)
        await self._session.flush()
        return accepted(report)

    async def _sent(self, operation: UUID, said: bytes) -> ReportAccepted | None:
        """What was answered to it the first time. Raises OperationUsedForAnother."""
        first = await self._session.scalar(_SENT, {"operation": operation})
        if first is None:
            return None
        if not hmac.compare_digest(first.body_hash, said):
            raise OperationUsedForAnother
        return accepted(first)

    async def _keep(self, report: Report) -> bool:
        """Whether it is there now. Who sends the same at the same time waits here for the first one's end."""
        row = {name: value for name, value in vars(report).items() if name in Report.__table__.columns}
        connection = await self._session.connection()
        return await connection.scalar(_KEEP, row) is not None

    async def _fitting(self, given: SendReport, who: UUID | None) -> Category:
        """The category of what may be sent; raises what is refused of it."""
        if given.photos > MOST_PHOTOS:
            raise TooManyPhotos(most=MOST_PHOTOS)
        _fits(given.text)
        if not says_something(given.text, given.photos):
            raise ReportSaysNothing
        category = await offered(self._session, given.category)
        if who is None and not category.anonymous:
            raise SignInForCategory
        if given.commune is not None and not await unit_exists(self._session, given.commune):
            raise PlaceRefused
        return category

    async def of(self, caller: Caller | None, key: UUID, *, lock: bool = False) -> Report:
        """One's own by the phone's operation id, or one that is followed by its id. Raises ReportNotFound.

        Whoever had not signed in is known by nothing but that id, which nobody can guess.
        """
        who = caller.id if caller and caller.kind == "resident" else None
        own: ColumnElement[bool] = Report.resident_id.is_(None)
        if who is not None:
            own = or_(own, Report.resident_id == who)
        asked = select(Report).where((Report.operation == key) & own)
        if lock:
            asked = asked.with_for_update()
        if found := await self._session.scalar(asked):
            return found
        follows = select(Follower.report_id).where(Follower.resident_id == who, Follower.report_id == key)
        asked = select(Report).where(Report.id.in_(follows))
        if who is None or (found := await self._session.scalar(asked.with_for_update() if lock else asked)) is None:
            raise ReportNotFound
        return found

    async def similar(self, category: str, lat: float, lon: float) -> list[tuple[Report, int]]:
        """Open ones of the same kind within 250 m, the nearest first, with the metres. Raises PlaceRefused.

        Of where they are rounded to: whoever may ask from anywhere would find out exactly where each one is.
        """
        if not (abs(lat) <= 90 and abs(lon) <= 180):
            raise PlaceRefused
        # What is rounded to it may lie 80 m off.
        north = (NEAR_M + 100) / METRES_PER_DEGREE
        east = north / max(0.01, cos(radians(lat)))
        box = func.box(func.point(lon - east, lat - north), func.point(lon + east, lat + north))
        near = select(Report).where(
            func.point(Report.lon, Report.lat).op("<@")(box), Report.category == category, Report.state.in_(OPEN)
        )
        found = [(it, metres(lat, lon, it)) for it in await self._session.scalars(near.limit(200))]
        return sorted([pair for pair in found if pair[1] <= NEAR_M], key=lambda pair: pair[1])[:10]

    async def follow(self, caller: Caller, report_id: UUID) -> None:
        """Twice is as good as once; the reporter hears of it anyway. Raises ReportNotFound."""
        report = await self._session.get(Report, report_id)
        while report is not None and report.merged_into is not None:
            report = await self._session.get(Report, report.merged_into)
        if report is None:
            raise ReportNotFound
        if report.resident_id != caller.id:
            row = {"id": uuid7(), "report_id": report.id, "resident_id": caller.id}
            await self._session.execute(insert(Follower).values(row).on_conflict_do_nothing())

    async def unfollow(self, caller: Caller, report_id: UUID) -> None:
        await self._session.execute(
            delete(Follower).where(Follower.report_id == report_id, Follower.resident_id == caller.id)
        )

    async def tell_more(
        self, caller: Caller | None, key: UUID, telling: UUID, text: str, photos: Sequence[UUID]
    ) -> tuple[Report, Step | None]:
        """What was asked for; it goes on where it waited. `telling`: the phone's id, so that it is told once: no step
        when it was told before. `photos`: what is shown with it.

        Raises ReportNotFound, ReportNotAsked, ReportSaysNothing, ReportTooLong, OperationUsedForAnother.
        """
        report = await self.of(caller, key, lock=True)
        detail = {"telling": str(telling)}
        if await self._said_before(report, detail, text, photos):
            return report, None
        if not may_tell(report, key):
            raise ReportNotAsked
        _fits(text)
        if not says_something(text, len(photos)):
            raise ReportSaysNothing
        now = datetime.now(UTC)
        report.state = after_reply(assigned=report.unit is not None)
        report.version += 1
        end_wait(report, now)
        go_on(report, now)
        step = await self.add_step(report, Kind.REPLIED, said=text, detail=detail)
        await self._session.flush()
        return report, step

    async def rate(self, caller: Caller | None, key: UUID, rating: int, text: str) -> Report:
        """By whoever reported it, once it is closed; the last rating counts.

        Raises ReportNotFound, CannotRate, ReportTooLong.
        """
        report = await self.of(caller, key, lock=True)
        if report.closed_at is None or report.operation != key or report.state is State.MERGED:
            raise CannotRate
        _fits(text)
        report.rating = rating
        report.version += 1
        await self.add_step(report, Kind.RATED, said=text, detail={"rating": str(rating)})
        await self._session.flush()
        return report

    async def reopen(
        self, caller: Caller | None, key: UUID, reopening: UUID, text: str, photos: Sequence[UUID]
    ) -> tuple[Report, Step | None]:
        """ "Chưa xong", by anybody who follows it, within its window. `reopening`: the phone's id, so that it is opened
        once: no step when it was before. `photos`: what is shown with it.

        Raises ReportNotFound, CannotReopen, ReportTooLong, OperationUsedForAnother.
        """
        report = await self.of(caller, key, lock=True)
        detail = {"reopening": str(reopening)}
        if await self._said_before(report, detail, text, photos):
            return report, None
        now = datetime.now(UTC)
        if not may_reopen(report, now):
            until = reopen_until(report)
            raise CannotReopen(until=until.isoformat() if until else None)
        _fits(text)
        report.state = State.ASSIGNED if report.unit else State.NEW
        if report.first_answered_at is None:
            report.first_answered_at, report.first_answer_due_at = report.answered_at, report.answer_due_at
        report.rated_before = report.rating or report.rated_before
        report.closed_at = report.answered_at = report.rating = None
        report.asked_again_at = report.still_fixed = None
        report.reopened += 1
        report.version += 1
        day_off = await is_day_off(self._session, now.astimezone(HERE).date())
        limits = limits_for(day_off=day_off)
        report.day_off = day_off
        if report.unit is None:
            report.triaged_at, report.triage_due_at = None, now + limits.triage
        else:
            report.triaged_at = now
        report.answer_due_at = now + limits.answer + (limits.triage if report.unit is None else timedelta())
        days = await self._session.scalar(select(Category.resolve_days).where(Category.slug == report.category))
        report.resolve_from, report.resolve_due_at = now, resolve_by(now, days)
        report.late = False
        run_clock(report)
        step = await self.add_step(report, Kind.REOPENED, said=text, detail=detail)
        await self._session.flush()
        return report, step

    async def confirm(self, caller: Caller | None, key: UUID) -> Report:
        """It is still fixed, says its reporter, who was asked. Twice is as good as once.

        Raises ReportNotFound, CannotConfirm.
        """
        report = await self.of(caller, key, lock=True)
        if report.operation == key and report.still_fixed:
            return report
        if report.operation != key or not may_confirm(report):
            raise CannotConfirm
        report.still_fixed = True
        report.version += 1
        await self.add_step(report, Kind.CONFIRMED)
        await self._session.flush()
        return report

    async def has_step(self, report: Report, detail: dict[str, str]) -> bool:
        """Whether one with these details stands on its timeline."""
        same = Step.report_id == report.id, Step.detail.contains(detail)
        return await self._session.scalar(select(Step.id).where(*same).limit(1)) is not None

    async def _said_before(self, report: Report, detail: dict[str, str], text: str, photos: Sequence[UUID]) -> bool:
        """Whether the same was said under its id. Raises OperationUsedForAnother when something else was."""
        same = Step.report_id == report.id, Step.detail.contains(detail)
        step = await self._session.scalar(select(Step).where(*same).limit(1))
        if step is None:
            return False
        shown = set(await self._session.scalars(select(Photo.id).where(Photo.step_id == step.id)))
        if self._seals.open_said(step.id, step.said) != text or shown != set(photos):
            raise OperationUsedForAnother
        return True

    async def add_step(
        self,
        report: Report,
        kind: Kind,
        *,
        by: Caller | None = None,
        said: str = "",
        detail: dict[str, str] | None = None,
        at: datetime | None = None,
    ) -> Step:
        """Note what happened, now if `at` does not say when, and have those told whom it concerns."""
        row = uuid7()
        step = Step(
            id=row,
            report_id=report.id,
            kind=kind,
            internal=kind in INTERNAL,
            by=by.id if by else None,
            unit=by.unit if by else None,
            said=self._seals.close_said(row, said),
            detail=detail or {},
            **({"created_at": at} if at else {}),
        )
        self._session.add(step)
        if kind in TOLD and await self._concerns_somebody(report, kind):
            publish(self._session, ReportMoved(report_id=report.id, step_id=row))
        if report.urgent and kind in CALLING:
            publish(self._session, UrgentReported(report_id=report.id, step_id=row))
        if kind in REMINDING:
            publish(self._session, LimitReached(report_id=report.id, step_id=row))
        return step

    async def _concerns_somebody(self, report: Report, kind: Kind) -> bool:
        """Most reports are nobody's that could be told: a job for each of their steps would do nothing."""
        if report.resident_id:
            return True
        following = exists().where(Follower.report_id == report.id)
        return kind not in OF_REPORTER and bool(await self._session.scalar(select(following)))


def _fits(text: str) -> None:
    """Raises ReportTooLong."""
    if len(text) > LONGEST:
        raise ReportTooLong(most=LONGEST)


def _position(given: SendReport) -> tuple[float | None, float | None]:
    """Raises PlaceRefused. A phone without a fix says 0, 0, which lies in the sea off Africa."""
    if given.lat is None or given.lon is None:
        if (given.lat is None) != (given.lon is None):
            raise PlaceRefused
        return None, None
    if not (abs(given.lat) <= 90 and abs(given.lon) <= 180):
        raise PlaceRefused
    return (None, None) if given.lat == 0 and given.lon == 0 else (given.lat, given.lon)


def new_code(now: datetime) -> str:
    return code_of(f"{now.astimezone(HERE):%y%m%d}", uuid4().int)


def accepted(report: Report) -> ReportAccepted:
    limits = limits_for(day_off=report.day_off)
    return ReportAccepted(
        operation=report.operation,
        code=report.code,
        arrived_at=report.arrived_at,
        triage_by=report.arrived_at + limits.triage,
        answer_by=report.arrived_at + limits.triage + limits.answer,
    )


def start_clocks(report: Report, now: datetime, resolve_days: int | None) -> None:
    """The kind of day on which it arrives decides, whatever day it is later."""
    limits = limits_for(day_off=report.day_off)
    report.triage_due_at = now + limits.triage
    report.answer_due_at = now + limits.triage + limits.answer
    report.resolve_due_at = resolve_by(now, resolve_days)
    run_clock(report)


def clock_of(report: Report) -> Clock | None:
    """The limit that runs now; none while something is asked of the reporter, nor when it is over."""
    if report.closed_at is not None or report.state is State.ASKED:
        return None
    limits = limits_for(day_off=report.day_off)
    if report.triaged_at is None:
        return Clock(report.triage_due_at - limits.triage, report.triage_due_at)
    if report.answered_at is None:
        return Clock(report.answer_due_at - limits.answer, report.answer_due_at)
    return Clock(report.resolve_from or report.arrived_at, report.resolve_due_at) if report.resolve_due_at else None


def end_wait(report: Report, now: datetime) -> None:
    """What stood still while somebody was waited for is later by as long."""
    if report.waits_since is None:
        return
    waited, report.waits_since = now - report.waits_since, None
    if report.triaged_at is None:
        report.triage_due_at += waited
    if report.answered_at is None:
        report.answer_due_at += waited
    report.resolve_from = (report.resolve_from or report.arrived_at) + waited
    if report.resolve_due_at is not None:
        report.resolve_due_at += waited


def go_on(report: Report, now: datetime) -> None:
    """After a wait: what was over before it began was called late then, and is not again."""
    run_clock(report)
    if report.next_due_at is not None and report.next_due_at <= now:
        report.late, report.next_warn_at = True, None


def run_clock(report: Report) -> None:
    """After every change: which limit runs now. Another limit is another chance to be in time."""
    clock = clock_of(report)
    until = clock.until if clock else None
    if until != report.next_due_at:
        report.next_due_at, report.next_warn_at = until, clock.warns if clock else None
        report.late = False


def reopen_until(report: Report) -> datetime | None:
    """None where it never can be: it is open, was joined with another, or was no report."""
    if report.closed_at is None or report.state not in (State.FIXED, State.NOT_FIXABLE):
        return None
    return max(report.closed_at, report.asked_again_at or report.closed_at) + timedelta(days=REOPEN_DAYS)


def may_reopen(report: Report, now: datetime) -> bool:
    return (until := reopen_until(report)) is not None and now <= until


def may_tell(report: Report, key: UUID) -> bool:
    """Its reporter was asked for more."""
    return report.state is State.ASKED and report.operation == key


def may_confirm(report: Report) -> bool:
    """Its reporter was asked whether it is still fixed, and has not said so yet."""
    return report.state is State.FIXED and report.asked_again_at is not None and report.still_fixed is None


def metres(lat: float, lon: float, report: Report) -> int:
    """To where it is rounded to."""
    if report.lat is None or report.lon is None:
        return 0
    return round(metres_between(lat, lon, *rounded(report.lat, report.lon)))


async def _spend(limits: Limits, who: UUID | None, partner: UUID | None, network: str) -> None:
    """Raises TooManyRequests."""
    if partner is not None:
        await limits.spend("feedback-partner", str(partner), times=2000, per=3600)
    elif who is None:
        await limits.spend("feedback-anonymous", network, times=40, per=3600)
    else:
        await limits.spend("feedback-reports", str(who), times=40, per=3600)
