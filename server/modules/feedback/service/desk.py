"""What the hub and the units do with reports."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.audit import record
from server.core.events import publish
from server.core.pictures import Area
from server.core.settings import Settings
from server.core.versions import ChangedMeanwhile
from server.modules.feedback.events import PhotosGone
from server.modules.feedback.models import Follower, Photo, Report
from server.modules.feedback.rules.clocks import limits_for, resolve_by
from server.modules.feedback.rules.content import rounded
from server.modules.feedback.rules.public import MAY_BE_PUBLIC
from server.modules.feedback.rules.states import (
    KIND_OF,
    WITH_WORDS,
    Act,
    Kind,
    State,
    may_act,
    next_state,
)
from server.modules.feedback.schemas.desk import ActOnReport
from server.modules.feedback.schemas.public import ReleaseReport
from server.modules.feedback.service.categories import offered
from server.modules.feedback.service.photos import Photos
from server.modules.feedback.service.refusals import (
    MergeRefused,
    ReportCannotMove,
    ReportNotFound,
    StepIncomplete,
    UnitUnknown,
)
from server.modules.feedback.service.reports import Reports, end_wait, go_on, run_clock
from server.modules.feedback.service.videos import drop_videos
from server.modules.places.public import workplace_exists

HANDLE, TRIAGE = "feedback:handle", "feedback:triage"
_CLOSING = (Act.FIX, Act.GIVE_UP, Act.DISMISS, Act.MERGE)
_BEFORE_TRIAGE = (Act.CATEGORISE, Act.MARK_URGENT, Act.UNMARK_URGENT, Act.NOTE, Act.ASK)
"""What leaves a report unsorted."""
_FIRST_ANSWERS = (Act.ASK, Act.ANSWER, *_CLOSING)
"""What the reporter hears from the office for the first time: a question of the unit is an answer, too."""


def is_hub(caller: Caller) -> bool:
    return TRIAGE in caller.permissions


def may_see(caller: Caller) -> ColumnElement[bool]:
    """All that there are, or those of one's own unit."""
    return true() if is_hub(caller) else Report.unit == caller.unit


class Desk:
    """One report after the other; a unit sees its own alone."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._reports = Reports(session, settings)
        self._photos = Photos(session, settings)

    async def find(self, caller: Caller, report_id: UUID, *, lock: bool = False) -> Report:
        """Raises ReportNotFound, also for another unit's."""
        asked = select(Report).where(Report.id == report_id, may_see(caller))
        found = await self._session.scalar(asked.with_for_update() if lock else asked)
        if found is None:
            raise ReportNotFound
        return found

    async def _at(self, caller: Caller, report_id: UUID, version: int) -> Report:
        report = await self.find(caller, report_id, lock=True)
        if report.version != version:
            raise ChangedMeanwhile
        return report

    async def act(
        self, caller: Caller, report_id: UUID, version: int, given: ActOnReport, *, at: datetime | None = None
    ) -> Report:
        """One act, done `at` that time if not now.

        Raises ReportNotFound, ChangedMeanwhile, ReportCannotMove, and what the act itself refuses.
        """
        report = await self._at(caller, report_id, version)
        there = next_state(given.act, report.state)
        if there is None or not may_act(given.act, hub=is_hub(caller)):
            raise ReportCannotMove
        if given.act in WITH_WORDS and not given.text.strip():
            raise StepIncomplete(field="text")
        now, waited = at or datetime.now(UTC), report.waits_since is not None and there is not State.ASKED
        if waited:
            end_wait(report, now)
        detail = await self._apply(report, given)
        report.state = there
        self._stop_limits(caller, report, given.act, now)
        report.version += 1
        if waited:
            go_on(report, now)
        else:
            run_clock(report)
        said = given.text.strip()
        step = await self._reports.add_step(report, KIND_OF[given.act], by=caller, said=said, detail=detail, at=at)
        if given.act in WITH_WORDS and given.act is not Act.NOTE:
            await self._session.flush()
            await self._photos.show_with(caller, report, step, given.photos)
        elif given.photos:
            raise StepIncomplete(field="photos")
        if report.closed_at is not None and report.forgotten:
            await forget_words(self._session, report)
        await record(
            self._session,
            act=f"feedback:{given.act}",
            actor=caller,
            subject=("report", report.id),
            unit=caller.unit,
            **({"given_to": detail["unit"]} if "unit" in detail else {}),
        )
        await self._session.flush()
        return report

    async def _apply(self, report: Report, given: ActOnReport) -> dict[str, str]:
        """What an act changes beside the state; the codes it is remembered by."""
        if given.act is Act.ASSIGN:
            if not given.unit:
                raise StepIncomplete(field="unit")
            if not await workplace_exists(self._session, given.unit):
                raise UnitUnknown
            report.unit = given.unit
            return {"unit": given.unit}
        if given.act is Act.CATEGORISE:
            found = await offered(self._session, given.category)
            report.category = found.slug
            report.resolve_due_at = resolve_by(report.resolve_from or report.arrived_at, found.resolve_days)
            return {"category": found.slug}
        if given.act in (Act.MARK_URGENT, Act.UNMARK_URGENT):
            report.urgent = given.act is Act.MARK_URGENT
        if given.act in (Act.MERGE, Act.DISMISS):
            await take_back(self._session, report)
        if given.act is Act.MERGE:
            return {"into": await self._merge(report, given.into)}
        return {}

    async def _merge(self, report: Report, code: str) -> str:
        """Whoever reported or followed it follows the other one from now on: not one of which nothing will become."""
        other = await self._session.scalar(select(Report).where(Report.code == code.strip().upper()))
        if other is None or other.id == report.id or other.state in (State.MERGED, State.NOT_A_REPORT):
            raise MergeRefused
        report.merged_into = other.id
        people = set(await self._session.scalars(select(Follower.resident_id).where(Follower.report_id == report.id)))
        people |= {report.resident_id} if report.resident_id else set()
        people.discard(other.resident_id or report.id)
        if people:
            rows = [{"id": uuid7(), "report_id": other.id, "resident_id": it} for it in people]
            await self._session.execute(insert(Follower).on_conflict_do_nothing(), rows)
        return other.code

    def _stop_limits(self, caller: Caller, report: Report, act: Act, now: datetime) -> None:
        """Moving a report on gives nobody more time: the unit's limit runs from the first assignment. A question stops
        all of them until its answer; that of the unit itself is its first answer, the hub's is none.
        """
        if act is Act.ASK:
            report.waits_since = now
        if report.triaged_at is None and act not in _BEFORE_TRIAGE:
            report.triaged_at = now
            if act is Act.ASSIGN:
                report.answer_due_at = now + limits_for(day_off=report.day_off).answer
        answers = act in _FIRST_ANSWERS and (act is not Act.ASK or report.unit == caller.unit)
        if answers and report.answered_at is None:
            report.answered_at = now
        if act in _CLOSING:
            report.closed_at = now

    async def show_photo(
        self, caller: Caller, report_id: UUID, version: int, number: int, shown: bool, areas: Sequence[Area]
    ) -> Report:
        """Let the public see a photo without these parts, or no longer.

        Raises ReportNotFound, ChangedMeanwhile, PhotoNotFound.
        """
        report = await self._at(caller, report_id, version)
        report.version += 1
        await self._photos.let_see(report, number, shown, areas)
        await record(
            self._session,
            act="feedback:show-photo" if shown else "feedback:hide-photo",
            actor=caller,
            subject=("report", report.id),
            number=number,
            covered=len(areas),
        )
        return report

    async def release(self, caller: Caller, report_id: UUID, version: int, given: ReleaseReport) -> Report:
        """Let the public see it in these words and about where, or no longer.

        Raises ReportNotFound, ChangedMeanwhile, ReportCannotMove for what is no report or joined with another one.
        """
        report = await self._at(caller, report_id, version)
        if given.released and (report.state not in MAY_BE_PUBLIC or report.forgotten):
            raise ReportCannotMove
        if not given.released:
            await take_back(self._session, report)
        else:
            report.released_at, report.public_text = datetime.now(UTC), given.text.strip()
            report.public_lat = report.public_lon = None
            if given.place and report.lat is not None and report.lon is not None:
                report.public_lat, report.public_lon = rounded(report.lat, report.lon)
        report.version += 1
        await self._reports.add_step(report, Kind.RELEASED if given.released else Kind.TAKEN_BACK, by=caller)
        await record(
            self._session,
            act="feedback:release" if given.released else "feedback:take-back",
            actor=caller,
            subject=("report", report.id),
        )
        await self._session.flush()
        return report


async def take_back(session: AsyncSession, report: Report) -> None:
    """Nobody but the house, its reporter and its followers sees it, and its photos only the first two: each is let out
    anew by whoever looks at it.
    """
    report.released_at = report.public_text = report.public_lat = report.public_lon = None
    await session.execute(update(Photo).where(Photo.report_id == report.id, Photo.shown).values(shown=False))


def acts_for(caller: Caller, report: Report) -> list[Act]:
    """What this person may do with it now."""
    acts = [act for act in Act if next_state(act, report.state) and may_act(act, hub=is_hub(caller))]
    useless = Act.MARK_URGENT if report.urgent else Act.UNMARK_URGENT
    return [act for act in acts if act is not useless]


async def forget_words(session: AsyncSession, report: Report) -> None:
    """What its reporter wrote goes, and what they or its followers showed; what was done about it stays."""
    report.text = None
    await take_back(session, report)
    await drop_videos(session, [report.id])
    gone = delete(Photo).where(Photo.report_id == report.id, Photo.by.is_(None)).returning(Photo.id)
    if photos := list(await session.scalars(gone)):
        publish(session, PhotosGone(photo_ids=photos))
