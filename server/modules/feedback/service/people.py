"""What the reports hold about a person, and how it is forgotten."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from server.core.holding import Coded, HeldFile, called
from server.core.retention import Keep
from server.core.settings import Settings
from server.core.words import Words
from server.modules.feedback.models import Category, Follower, Photo, Report, Step, Video
from server.modules.feedback.rules.content import Disclosure
from server.modules.feedback.rules.held import STEPS, TOLD_TO
from server.modules.feedback.rules.names import STATES
from server.modules.feedback.rules.states import Kind
from server.modules.feedback.service.desk import forget_words, take_back
from server.modules.feedback.service.photos import Photos
from server.modules.feedback.service.seals import Seals
from server.modules.feedback.service.videos import Videos
from server.modules.places.public import named_communes


class People:
    """Reporters and followers."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._seals = Seals(settings)

    async def everything_about(self, resident_id: UUID) -> dict[str, Any]:
        reports = (await self._session.scalars(select(Report).where(Report.resident_id == resident_id))).all()
        followed = await self._session.execute(
            select(Report.code, Follower.created_at)
            .join(Follower, Follower.report_id == Report.id)
            .where(Follower.resident_id == resident_id)
        )
        steps: defaultdict[UUID, list[Step]] = defaultdict(list)
        theirs = Step.report_id.in_([it.id for it in reports]), ~Step.internal | (Step.kind == Kind.RATED)
        for step in await self._session.scalars(select(Step).where(*theirs).order_by(Step.id)):
            steps[step.report_id].append(step)
        fields = {it.slug: Words(it.vi, it.en, it.km) for it in await self._session.scalars(select(Category))}
        communes = await named_communes(self._session)
        return {
            "phản ánh": [self._one(it, steps[it.id], fields, communes) for it in reports],
            "đang theo dõi": [{"mã": row.code, "từ": row.created_at.isoformat()} for row in followed],
        }

    async def files_about(self, resident_id: UUID) -> list[HeldFile]:
        """What they have shown, as it is kept."""
        photos, videos = Photos(self._session, self._settings), Videos(self._session, self._settings)
        own = select(Photo.id).join(Report, Photo.report_id == Report.id)
        theirs = or_(Photo.by.is_(None), Photo.by == Report.operation)
        own = own.where(Report.resident_id == resident_id, theirs, Photo.resident_id.is_(None))
        # Theirs of reports that others have sent.
        added = select(Photo.id).where(Photo.resident_id == resident_id)
        shown = (
            select(Report, Photo.number, Photo.size, Photo.by)
            .join(Photo, Photo.report_id == Report.id)
            .where(Photo.id.in_(union_all(own, added)))
            .order_by(Report.id, Photo.number)
        )
        filmed = (
            select(Report, Video.length)
            .join(Video, Video.report_id == Report.id)
            .where(Report.resident_id == resident_id, Video.whole_at.is_not(None))
            .order_by(Report.id)
        )
        return [
            HeldFile(
                f"phan-anh/{it.code}/anh-{number}.jpg",
                size,
                partial(photos.read, it, number, small=False, sender=by),
            )
            for it, number, size, by in (await self._session.execute(shown)).all()
        ] + [
            HeldFile(f"phan-anh/{it.code}/video.mp4", length, partial(videos.read, it))
            for it, length in (await self._session.execute(filmed)).all()
        ]

    def _one(
        self, it: Report, steps: Sequence[Step], fields: dict[str, Words], communes: dict[str, str]
    ) -> dict[str, Any]:
        return {
            "mã": it.code,
            "lĩnh vực": Coded(it.category, fields[it.category]),
            "nội dung": self._seals.open_text(it.id, it.text),
            "vị trí": None if it.lat is None else [it.lat, it.lon],
            "xã, phường": called(it.commune, communes),
            "gửi lúc": it.arrived_at.isoformat(),
            "trạng thái": Coded(it.state, STATES[it.state]),
            "cho biết tên": Coded(it.disclosure, TOLD_TO[it.disclosure]),
            "các bước": [
                {
                    "việc": Coded(s.kind, STEPS[s.kind]),
                    "lúc": s.created_at.isoformat(),
                    "nội dung": self._seals.open_said(s.id, s.said),
                }
                for s in steps
            ],
        }

    async def forget(self, resident_id: UUID) -> None:
        """No report leads to them any more. What they wrote and showed goes with them, and of one that is open as soon
        as it is closed: what is broken must still be found.
        """
        await self._session.execute(delete(Follower).where(Follower.resident_id == resident_id))
        # Whoever closes one this very moment is waited for, or its words would stay.
        asked = select(Report).where(Report.resident_id == resident_id).with_for_update()
        reports = (await self._session.scalars(asked)).all()
        photos = Photos(self._session, self._settings)
        await photos.forget(resident_id, [it.operation for it in reports])
        for report in reports:
            report.resident_id, report.disclosure, report.forgotten = None, Disclosure.NOBODY, True
            # Its phone has the id; nobody else is to read it by that. What no staff has said, residents have.
            said = update(Step).where(Step.report_id == report.id, Step.by.is_(None))
            await self._session.execute(said.values(said=None))
            if report.closed_at is not None:
                await forget_words(self._session, report)
            else:
                await take_back(self._session, report)


def _over(closed_before: datetime) -> ColumnElement[bool]:
    """One that others were joined into stays as long as the last of them."""
    joined = aliased(Report)
    living = or_(joined.closed_at.is_(None), joined.closed_at >= closed_before)
    return and_(Report.closed_at < closed_before, ~exists().where(joined.merged_into == Report.id, living))


# Their photos and videos, which no row names then, are swept away the night after.
KEEP = Keep(Report, "REPORT_DAYS after it was closed, else kept", _over, days="report_days")
