"""What field reports announce."""

from uuid import UUID

from server.core.events import Event


class ReportMoved(Event):
    """A step that people are told of."""

    report_id: UUID
    step_id: UUID


class UrgentReported(Event):
    """Something urgent has come, or has come to another unit: its leader is called. `step_id`: by what."""

    report_id: UUID
    step_id: UUID


class LimitReached(Event):
    """A limit of a report is nearly over, or over: whoever answers for it is called. `step_id`: which says so."""

    report_id: UUID
    step_id: UUID


class PhotosGone(Event):
    """Rows of photos were taken away: their files go, too."""

    photo_ids: list[UUID]


class VideosGone(Event):
    """Files of videos that nothing leads to any more: how many pieces of each, and the `whole` one too or not."""

    pieces: dict[str, int]
    whole: bool
