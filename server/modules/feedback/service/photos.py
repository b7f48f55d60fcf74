"""Photos of reports: made anew before they are kept, sealed with a key of their own, and sent twice they are one."""

import hashlib
from collections.abc import Awaitable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.database import one_at_a_time
from server.core.events import publish
from server.core.files import FileMissing
from server.core.pictures import Area, Kept, NotAPicture, TooManyPixels, covered, made_anew
from server.core.settings import Settings
from server.core.sweep import ids_of
from server.modules.feedback.events import PhotosGone
from server.modules.feedback.models import Photo, Report, Step
from server.modules.feedback.rules.content import MOST_PHOTOS, PHOTO_DAYS
from server.modules.feedback.rules.public import SAID_IN_PUBLIC
from server.modules.feedback.rules.states import OPEN
from server.modules.feedback.service.refusals import (
    PhotoDiffers,
    PhotoNotFound,
    PhotoRefused,
    PhotosClosed,
    PhotoTooLarge,
    TooManyPhotos,
)
from server.modules.feedback.service.reports import Reports, may_reopen, may_tell
from server.modules.feedback.service.sealed_files import SealedFiles, path_in
from server.modules.feedback.service.seals import Seals

LARGEST = 15 * 1024 * 1024
FOLDER = "feedback"
_SIDES = (1600, 320)
_WHOLE, _COVERED = ("large", "small"), ("public-large", "public-small")
_WITH_STEPS = 100
"""Those that are shown with what is said later are numbered from here: a phone numbers a report's own from 1."""
_DRAFTS = 5
"""So many answers may lie begun at one desk: to ask, to answer, each way to close."""
_UNSAID = timedelta(days=7)


SHOWN_BY_RESIDENTS = Photo.shown & Photo.by.is_(None)
"""What whoever reported or follows it has shown, and everybody may see."""

MAY_BE_SHOWN = Photo.by.is_(None) | Step.kind.in_(SAID_IN_PUBLIC)
"""Of photos with their steps: those that everybody may be let see."""


class Photos:
    """What reports show."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._seals = Seals(settings)
        self._files = SealedFiles(settings, FOLDER)

    async def keep(self, caller: Caller | None, operation: UUID, number: int, content: bytes) -> Photo:
        """The same again is the same. Raises ReportNotFound, and what is refused of a photo."""
        if not 1 <= number <= 2 * MOST_PHOTOS:
            raise TooManyPhotos(most=MOST_PHOTOS)
        report = await Reports(self._session, self._settings).of(caller, operation)
        if report.operation != operation:
            raise PhotosClosed
        await one_at_a_time(self._session, f"feedback photo {report.id} {number}")
        sent = hashlib.sha256(content).digest()
        there = select(Photo).where(Photo.report_id == report.id, Photo.number == number)
        if first := await self._session.scalar(there):
            if first.sent_hash != sent:
                raise PhotoDiffers
            return first
        self._refuse(report, number)
        return await self._add(report, uuid7(), number, content, sent)

    async def keep_of_staff(self, caller: Caller, report: Report, photo_id: UUID, content: bytes) -> Photo:
        """One to be shown with an answer, under the id the page has made. Raises PhotoDiffers, TooManyPhotos, and what
        is refused of a photo.
        """
        await one_at_a_time(self._session, f"feedback photos {report.id}")
        sent = hashlib.sha256(content).digest()
        if first := await self._session.get(Photo, photo_id):
            mine = first.report_id == report.id and first.by == caller.id
            if not mine or first.sent_hash != sent:
                raise PhotoDiffers
            return first
        number = await self._next(report, caller.id, most=MOST_PHOTOS * _DRAFTS)
        return await self._add(report, photo_id, number, content, sent, by=caller.id)

    async def drop_of_staff(self, caller: Caller, report: Report, photo_id: UUID) -> None:
        """One that its sender will not show after all. Twice is as good as once; what was said with one stays."""
        await self._drop(_waiting(report, caller.id) & (Photo.id == photo_id))

    async def keep_evidence(self, caller: Caller | None, key: UUID, photo_id: UUID, content: bytes) -> Photo:
        """One to be shown with what a resident says next of a report, under the id their phone has made: nobody else
        sees it before. The same again is the same.

        Raises ReportNotFound, PhotosClosed where nothing is to be said, PhotoDiffers, TooManyPhotos, and what is
        refused of a photo.
        """
        report = await Reports(self._session, self._settings).of(caller, key)
        by, follower = _who(caller, report, key)
        await one_at_a_time(self._session, f"feedback photos {report.id}")
        sent = hashlib.sha256(content).digest()
        if first := await self._session.get(Photo, photo_id):
            # Once it is said it is nobody's any more but a follower's.
            said = first.by is None and first.step_id is not None and first.resident_id == follower
            mine = first.report_id == report.id and (first.by == by or said)
            if not mine or first.sent_hash != sent:
                raise PhotoDiffers
            return first
        if not may_tell(report, key) and not may_reopen(report, datetime.now(UTC)):
            raise PhotosClosed
        number = await self._next(report, by)
        return await self._add(report, photo_id, number, content, sent, by=by, follower=follower)

    async def show_evidence(
        self, caller: Caller | None, key: UUID, report: Report, step: Step, photo_ids: Sequence[UUID]
    ) -> None:
        """What a resident shows with what they have said; what they have sent and not chosen goes.

        Raises PhotoNotFound, TooManyPhotos.
        """
        if len(photo_ids) > MOST_PHOTOS:
            raise TooManyPhotos(most=MOST_PHOTOS)
        by, _ = _who(caller, report, key)
        sent = {it.id: it for it in await self._session.scalars(select(Photo).where(_waiting(report, by)))}
        if not set(photo_ids) <= sent.keys():
            raise PhotoNotFound
        for photo_id in photo_ids:
            sent[photo_id].step_id, sent[photo_id].by = step.id, None
        await self._drop(Photo.id.in_(sent.keys() - set(photo_ids)))
        await self._session.flush()

    async def forget(self, resident_id: UUID, reports: Collection[UUID]) -> None:
        """What a follower has shown, and what was never said; `reports`: operations of those they have sent."""
        whose = Photo.by.in_([resident_id, *reports]) & Photo.step_id.is_(None)
        await self._drop(whose | (Photo.resident_id == resident_id))

    async def drop_unsaid(self, now: datetime) -> None:
        """Nobody says after a week what a photo was sent for."""
        await self._drop(Photo.by.is_not(None) & Photo.step_id.is_(None) & (Photo.created_at < now - _UNSAID))

    async def _drop(self, which: ColumnElement[bool]) -> None:
        if left := list(await self._session.scalars(delete(Photo).where(which).returning(Photo.id))):
            publish(self._session, PhotosGone(photo_ids=left))

    async def _next(self, report: Report, by: UUID, most: int = 2 * MOST_PHOTOS) -> int:
        """The number of one more that waits until something is said with it. Raises TooManyPhotos."""
        waiting = await self._session.scalar(select(func.count()).where(_waiting(report, by))) or 0
        if waiting >= most:
            raise TooManyPhotos(most=MOST_PHOTOS)
        last = await self._session.scalar(select(func.max(Photo.number)).where(Photo.report_id == report.id)) or 0
        return max(last, _WITH_STEPS) + 1

    async def _add(
        self,
        report: Report,
        row: UUID,
        number: int,
        content: bytes,
        sent: bytes,
        *,
        by: UUID | None = None,
        follower: UUID | None = None,
    ) -> Photo:
        large, small = await _as_photo(made_anew(content, _SIDES))
        key = AESGCM.generate_key(256)
        await self._files.put(row, "large", key, large.content)
        await self._files.put(row, "small", key, small.content)
        photo = Photo(
            id=row,
            report_id=report.id,
            number=number,
            sent_hash=sent,
            kept_hash=hashlib.sha256(large.content).digest(),
            width=large.width,
            height=large.height,
            size=len(large.content),
            key=self._seals.close_key(row, key),
            shown=False,
            areas=[],
            by=by,
            resident_id=follower,
        )
        self._session.add(photo)
        await self._session.flush()
        return photo

    async def show_with(self, caller: Caller, report: Report, step: Step, photo_ids: Sequence[UUID]) -> None:
        """Photos of staff go out with what they have said, to its reporter alone until somebody has looked at them and
        let everybody see them. The others wait for what else they have begun to say. Raises PhotoNotFound.
        """
        waiting = {it.id: it for it in await self._session.scalars(select(Photo).where(_waiting(report, caller.id)))}
        if not set(photo_ids) <= waiting.keys():
            raise PhotoNotFound
        for photo_id in photo_ids:
            waiting[photo_id].step_id = step.id

    async def let_see(self, report: Report, number: int, shown: bool, areas: Sequence[Area]) -> None:
        """Whether the public may see one, without these parts of it. Raises PhotoNotFound, also for what is shown with
        a question, or with nothing yet.
        """
        asked = select(Photo).outerjoin(Step, Step.id == Photo.step_id).where(Photo.report_id == report.id)
        photo = await self._session.scalar(asked.where(Photo.number == number, MAY_BE_SHOWN))
        if photo is None:
            raise PhotoNotFound
        photo.shown, photo.areas = shown, msgspec.to_builtins(areas) if shown else []
        if photo.shown and areas:
            whole = await self.read(report, number, small=False)
            key = self._seals.open_key(photo.id, photo.key)
            for size, made in zip(_COVERED, await _as_photo(covered(whole, areas, _SIDES)), strict=True):
                await self._files.put(photo.id, size, key, made.content)
        await self._session.flush()

    def _refuse(self, report: Report, number: int) -> None:
        """Those that were announced may come late; more of them when more was asked for."""
        announced = number <= report.photos and datetime.now(UTC) - report.arrived_at <= timedelta(days=PHOTO_DAYS)
        wanted = report.state in OPEN and number > report.photos
        if not announced and not wanted:
            raise PhotosClosed

    async def read(
        self, report: Report, number: int, *, small: bool, public: bool = False, sender: UUID | None = None
    ) -> bytes:
        """As it was kept; `public`: only one that may be seen, and no part that may not. One with which nothing is said
        yet is its `sender`'s alone. Raises PhotoNotFound.
        """
        asked = select(Photo).where(Photo.report_id == report.id, Photo.number == number)
        theirs = Photo.by.is_(None) | Photo.step_id.is_not(None) | (Photo.by == sender)
        photo = await self._session.scalar(asked.where(Photo.shown if public else theirs))
        if photo is None:
            raise PhotoNotFound
        size = f"{'public-' if public and photo.areas else ''}{'small' if small else 'large'}"
        key = self._seals.open_key(photo.id, photo.key)
        try:
            return await self._files.get(photo.id, size, key)
        except FileMissing:
            raise PhotoNotFound from None

    async def first_shown(self, report_id: UUID) -> bytes:
        """The first one that everybody may see, small, of a report that is open or released. Raises PhotoNotFound."""
        asked = select(Report, Photo.number).join(Photo, Photo.report_id == Report.id)
        there = Report.state.in_(OPEN) | Report.released_at.is_not(None)
        seen = asked.where(Report.id == report_id, there, SHOWN_BY_RESIDENTS)
        row = (await self._session.execute(seen.order_by(Photo.number).limit(1))).first()
        if row is None:
            raise PhotoNotFound
        return await self.read(row[0], row[1], small=True, public=True)

    async def wipe(self, photo_ids: list[UUID]) -> None:
        """The files of rows that are gone."""
        for row in photo_ids:
            for size in (*_WHOLE, *_COVERED):
                await self._files.delete(row, size)


def _waiting(report: Report, by: UUID) -> ColumnElement[bool]:
    """Those of the report that somebody has sent, and said nothing with yet."""
    return (Photo.report_id == report.id) & (Photo.by == by) & Photo.step_id.is_(None)


def _who(caller: Caller | None, report: Report, key: UUID) -> tuple[UUID, UUID | None]:
    """Whose a photo is until something is said with it, and the follower who shows it, if it is one."""
    if report.operation == key or caller is None:
        return report.operation, None
    return caller.id, caller.id


async def _as_photo(making: Awaitable[list[Kept]]) -> list[Kept]:
    """Raises PhotoRefused, PhotoTooLarge."""
    try:
        return await making
    except NotAPicture as other:
        raise PhotoRefused(found=other.found) from None
    except TooManyPixels:
        raise PhotoTooLarge from None


async def named(session: AsyncSession, paths: Collection[str]) -> set[str]:
    """Those of the files that a row still names."""
    rows = await session.execute(select(Photo.id, Photo.areas).where(Photo.id.in_(ids_of(paths))))
    return {path_in(FOLDER, row.id, size) for row in rows for size in (*_WHOLE, *(_COVERED if row.areas else ()))}
