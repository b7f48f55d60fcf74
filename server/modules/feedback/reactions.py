"""What field reports do when told, and by the clock."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.events import Reaction, Schedule
from server.modules.feedback.events import LimitReached, PhotosGone, ReportMoved, UrgentReported, VideosGone
from server.modules.feedback.service.clocks import Clocks
from server.modules.feedback.service.figures import Counting
from server.modules.feedback.service.leaders import Leaders
from server.modules.feedback.service.photos import Photos
from server.modules.feedback.service.telling import Telling
from server.modules.feedback.service.videos import Videos


async def tell_people(session: AsyncSession, event: ReportMoved) -> None:
    await Telling(session, session.info["settings"]).moved(event.report_id, event.step_id)


async def call_leaders(session: AsyncSession, event: UrgentReported) -> None:
    await Leaders(session, session.info["settings"]).call(event.report_id, event.step_id)


async def remind_whoever_answers(session: AsyncSession, event: LimitReached) -> None:
    await Leaders(session, session.info["settings"]).remind(event.report_id, event.step_id)


async def wipe_photos(session: AsyncSession, event: PhotosGone) -> None:
    await Photos(session, session.info["settings"]).wipe(event.photo_ids)


async def wipe_videos(session: AsyncSession, event: VideosGone) -> None:
    await Videos(session, session.info["settings"]).wipe(event.pieces, whole=event.whole)


async def drop_unfinished_videos(session: AsyncSession, now: datetime) -> None:
    await Videos(session, session.info["settings"]).drop_unfinished(now)


async def drop_unsaid_photos(session: AsyncSession, now: datetime) -> None:
    await Photos(session, session.info["settings"]).drop_unsaid(now)


async def mind_the_clocks(session: AsyncSession, now: datetime) -> None:
    await Clocks(session, session.info["settings"]).mind(now)


async def count_figures(session: AsyncSession, now: datetime) -> None:
    await Counting(session).count(now)


async def ask_again(session: AsyncSession, now: datetime) -> None:
    await Clocks(session, session.info["settings"]).ask_again(now)


reactions = [
    Reaction(ReportMoved, tell_people, queue="urgent"),
    Reaction(UrgentReported, call_leaders, queue="urgent"),
    Reaction(LimitReached, remind_whoever_answers, queue="urgent"),
    Reaction(PhotosGone, wipe_photos),
    Reaction(VideosGone, wipe_videos),
]
schedules = [
    Schedule("* * * * *", mind_the_clocks, queue="urgent"),
    Schedule("17 * * * *", count_figures),
    # In the hours in which nobody minds a phone that rings.
    Schedule("*/10 1-12 * * *", ask_again),
    Schedule("41 3 * * *", drop_unfinished_videos),
    Schedule("47 3 * * *", drop_unsaid_photos),
]
