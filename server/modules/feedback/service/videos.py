"""One short video with a report: in pieces over a bad line, each piece once, and whole it is cleaned and sealed."""

import asyncio
import hashlib
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.database import one_at_a_time
from server.core.events import publish
from server.core.files import FileMissing
from server.core.pictures import looks_like
from server.core.settings import Settings
from server.core.sweep import ids_of
from server.modules.feedback.events import VideosGone
from server.modules.feedback.models import Report, Video
from server.modules.feedback.rules.content import PHOTO_DAYS
from server.modules.feedback.rules.states import OPEN
from server.modules.feedback.rules.video import LARGEST, NoVideo, begins_like_video, clean
from server.modules.feedback.schemas.reports import VideoStanding
from server.modules.feedback.service.refusals import (
    PhotosClosed,
    PieceElsewhere,
    PieceRefused,
    VideoDiffers,
    VideoNotFound,
    VideoRefused,
    VideoTooLarge,
)
from server.modules.feedback.service.reports import Reports
from server.modules.feedback.service.sealed_files import SealedFiles
from server.modules.feedback.service.seals import Seals

FOLDER = "videos"
PIECE = 1024 * 1024
"""More is not taken at once."""

_UNFINISHED = timedelta(days=7)
# In pieces, whole and sealed, the largest takes 130 MB.
_one_at_a_time = asyncio.Semaphore(1)


def refuse_size(length: int | None, piece: int | None) -> None:
    """Before a byte of it is read. Raises PieceRefused, VideoTooLarge."""
    if length is None or length <= 0:
        raise PieceRefused
    if length > LARGEST:
        raise VideoTooLarge(most=LARGEST)
    if piece is None or not 0 < piece <= PIECE:
        raise PieceRefused


class Videos:
    """What moves."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._seals = Seals(settings)
        self._files = SealedFiles(settings, FOLDER)

    async def of(self, report: Report) -> Video | None:
        return await self._session.scalar(select(Video).where(Video.report_id == report.id))

    async def standing(self, caller: Caller | None, operation: UUID) -> VideoStanding:
        """How much of it has come. Raises ReportNotFound, VideoNotFound."""
        video = await self.of(await Reports(self._session, self._settings).of(caller, operation))
        if video is None:
            raise VideoNotFound
        return _standing(video)

    async def add(
        self, caller: Caller | None, operation: UUID, offset: int, length: int, piece: bytes, digest: bytes | None
    ) -> VideoStanding:
        """One piece, where the last one ended; `digest`: SHA-256 of the whole. What has come already is refused, and
        the refusal says where to go on.

        Raises ReportNotFound, PhotosClosed, PieceElsewhere, PieceRefused, VideoDiffers, VideoRefused.
        """
        report = await Reports(self._session, self._settings).of(caller, operation)
        if report.operation != operation:
            raise PhotosClosed
        await one_at_a_time(self._session, f"feedback video {report.id}")
        video = await self.of(report) or self._begin(report, length, piece)
        if video.length != length:
            raise VideoDiffers
        if video.whole_at is not None:
            return _standing(video)
        if video.offset != offset:
            raise PieceElsewhere(offset=video.offset)
        if not piece or offset + len(piece) > length:
            raise PieceRefused
        await self._put(video, f"piece-{video.pieces}", piece)
        video.offset, video.pieces = offset + len(piece), video.pieces + 1
        if video.offset == length:
            async with _one_at_a_time:
                await self._finish(video, digest)
        await self._session.flush()
        return _standing(video)

    def _begin(self, report: Report, length: int, piece: bytes) -> Video:
        young = datetime.now(UTC) - report.arrived_at <= timedelta(days=PHOTO_DAYS)
        if not young and report.state not in OPEN:
            raise PhotosClosed
        if not begins_like_video(piece):
            raise VideoRefused(found=looks_like(piece))
        row = uuid7()
        video = Video(
            id=row,
            report_id=report.id,
            length=length,
            offset=0,
            pieces=0,
            key=self._seals.close_key(row, AESGCM.generate_key(256)),
        )
        self._session.add(video)
        return video

    async def _finish(self, video: Video, digest: bytes | None) -> None:
        whole = bytearray()
        for number in range(video.pieces):
            whole += await self._get(video, f"piece-{number}")
        video.sent_hash = await asyncio.to_thread(_hashed, whole)
        if digest is not None and digest != video.sent_hash:
            raise VideoDiffers
        try:
            await asyncio.to_thread(clean, whole)
        except NoVideo:
            raise VideoRefused(found=looks_like(bytes(whole[:512]))) from None
        video.kept_hash = await asyncio.to_thread(_hashed, whole)
        await self._put(video, "whole", whole)
        video.whole_at = datetime.now(UTC)
        publish(self._session, VideosGone(pieces={str(video.id): video.pieces}, whole=False))

    async def read(self, report: Report) -> bytes:
        """Raises VideoNotFound, also for one that is still coming."""
        video = await self.of(report)
        if video is None or video.whole_at is None:
            raise VideoNotFound
        return await self._get(video, "whole")

    async def drop_unfinished(self, now: datetime) -> None:
        """Nobody goes on with it after a week."""
        over = select(Video.report_id).where(Video.whole_at.is_(None), Video.updated_at < now - _UNFINISHED)
        await drop_videos(self._session, list(await self._session.scalars(over)))

    async def _put(self, video: Video, name: str, content: bytes | bytearray) -> None:
        await self._files.put(video.id, name, self._seals.open_key(video.id, video.key), content)

    async def _get(self, video: Video, name: str) -> bytes:
        try:
            return await self._files.get(video.id, name, self._seals.open_key(video.id, video.key))
        except FileMissing:
            raise VideoNotFound from None

    async def wipe(self, pieces: dict[str, int], *, whole: bool) -> None:
        """Files that nothing leads to any more."""
        for row, count in pieces.items():
            for number in range(count):
                await self._files.delete(UUID(row), f"piece-{number}")
            if whole:
                await self._files.delete(UUID(row), "whole")


async def drop_videos(session: AsyncSession, report_ids: list[UUID]) -> None:
    """The videos of these reports go, whole or not."""
    gone = delete(Video).where(Video.report_id.in_(report_ids)).returning(Video.id, Video.pieces)
    # A piece may have been written whose row was not.
    if pieces := {str(row.id): row.pieces + 1 for row in await session.execute(gone)}:
        publish(session, VideosGone(pieces=pieces, whole=True))


def _standing(it: Video) -> VideoStanding:
    return VideoStanding(
        offset=it.offset,
        length=it.length,
        whole=it.whole_at is not None,
        sent=it.sent_hash.hex() if it.sent_hash else None,
        kept=it.kept_hash.hex() if it.kept_hash else None,
    )


def _hashed(content: bytearray) -> bytes:
    return hashlib.sha256(content).digest()


async def named(session: AsyncSession, paths: Collection[str]) -> set[str]:
    """Those of the files that a row still names."""
    known = set(await session.scalars(select(Video.id).where(Video.id.in_(ids_of(paths)))))
    return {path for path in paths if ids_of([path]) & known}
