"""Photos of reports: made anew before they are kept, sealed with a key of their own, and sent twice they are one."""

import hashlib
import os
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.database import one_at_a_time
from server.core.files import FileMissing, files_at
from server.core.pictures import Kept, NotAPicture, TooManyPixels, made_anew
from server.core.settings import Settings
from server.core.sweep import ids_of
from server.modules.feedback.models import Photo, Report
from server.modules.feedback.rules.content import MOST_PHOTOS, PHOTO_DAYS
from server.modules.feedback.rules.states import OPEN
from server.modules.feedback.service.refusals import (
    PhotoDiffers,
    PhotoNotFound,
    PhotoRefused,
    PhotosClosed,
    PhotoTooLarge,
    TooManyPhotos,
)
from server.modules.feedback.service.reports import Reports
from server.modules.feedback.service.seals import Seals

LARGEST = 15 * 1024 * 1024
FOLDER = "feedback"
_SIDES = (1600, 320)


class Photos:
    """What reports show."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._seals = Seals(settings)
        self._files = files_at(settings)

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
        large, small = await self._made_anew(content)
        row, key = uuid7(), AESGCM.generate_key(256)
        await self._put(row, key, "large", large.content)
        await self._put(row, key, "small", small.content)
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
        )
        self._session.add(photo)
        await self._session.flush()
        return photo

    def _refuse(self, report: Report, number: int) -> None:
        """Those that were announced may come late; more of them when more was asked for."""
        announced = number <= report.photos and datetime.now(UTC) - report.arrived_at <= timedelta(days=PHOTO_DAYS)
        wanted = report.state in OPEN and number > report.photos
        if not announced and not wanted:
            raise PhotosClosed

    async def _made_anew(self, content: bytes) -> tuple[Kept, Kept]:
        try:
            large, small = await made_anew(content, _SIDES)
        except NotAPicture as other:
            raise PhotoRefused(found=other.found) from None
        except TooManyPixels:
            raise PhotoTooLarge from None
        return large, small

    async def read(self, report: Report, number: int, *, small: bool, public: bool = False) -> bytes:
        """As it was kept. Raises PhotoNotFound."""
        asked = select(Photo).where(Photo.report_id == report.id, Photo.number == number)
        photo = await self._session.scalar(asked.where(Photo.shown) if public else asked)
        if photo is None:
            raise PhotoNotFound
        size = "small" if small else "large"
        key = self._seals.open_key(photo.id, photo.key)
        try:
            sealed = await self._files.get(_place(photo.id, size))
        except FileMissing:
            raise PhotoNotFound from None
        return AESGCM(key).decrypt(sealed[:12], sealed[12:], size.encode())

    async def first_shown(self, report_id: UUID) -> bytes:
        """The first one that everybody may see, small. Raises PhotoNotFound."""
        asked = select(Report, Photo.number).join(Photo, Photo.report_id == Report.id)
        row = (
            await self._session.execute(
                asked.where(Report.id == report_id, Photo.shown).order_by(Photo.number).limit(1)
            )
        ).first()
        if row is None:
            raise PhotoNotFound
        return await self.read(row[0], row[1], small=True, public=True)

    async def _put(self, row: UUID, key: bytes, size: str, content: bytes) -> None:
        nonce = os.urandom(12)
        await self._files.put(_place(row, size), nonce + AESGCM(key).encrypt(nonce, content, size.encode()))

    async def wipe(self, photo_ids: list[UUID]) -> None:
        """The files of rows that are gone."""
        for row in photo_ids:
            for size in ("large", "small"):
                await self._files.delete(_place(row, size))


def _place(row: UUID, size: str) -> str:
    return f"{FOLDER}/{size}/{row}"


async def named(session: AsyncSession, paths: Collection[str]) -> set[str]:
    """Those of the files that a row still names."""
    ids = await session.scalars(select(Photo.id).where(Photo.id.in_(ids_of(paths))))
    return {_place(it, size) for it in ids for size in ("large", "small")}
