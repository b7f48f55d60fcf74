"""Reports over HTTP: sent by anybody, read by whoever sent or follows them."""

from base64 import b64decode
from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, delete, get, patch, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody, QueryParameter

from server.core.access import (
    AnyRequest,
    Caller,
    CallerChanged,
    NotAllowed,
    SignInNeeded,
    anyone,
    resident,
    whoever,
)
from server.core.limits import Limits, at_most, network_of
from server.core.paging import Cursor, CursorRefused, Limit
from server.core.problems import InputRefused, NotFound, TooLarge, TooManyRequests, Unavailable, problems
from server.core.snapshot import sends
from server.core.words import language_of
from server.modules.feedback.models import Photo
from server.modules.feedback.schemas.reports import (
    CategoriesReply,
    PhotoKept,
    RateReport,
    ReopenReport,
    ReportAccepted,
    ReportPage,
    ReportWhole,
    SendReport,
    SimilarReports,
    TellMore,
    VideoStanding,
)
from server.modules.feedback.service.own import OwnReports, is_own
from server.modules.feedback.service.photos import LARGEST, Photos
from server.modules.feedback.service.refusals import (
    CannotConfirm,
    CannotRate,
    CannotReopen,
    CategoryWithdrawn,
    OperationUsedForAnother,
    PhotoDiffers,
    PhotoNotFound,
    PhotoRefused,
    PhotosClosed,
    PhotoTooLarge,
    PieceElsewhere,
    PieceRefused,
    PlaceOutsideProvince,
    PlaceRefused,
    ReportNotAsked,
    ReportNotFound,
    ReportSaysNothing,
    ReportTooLong,
    SignInForCategory,
    TooManyPhotos,
    VideoDiffers,
    VideoNotFound,
    VideoRefused,
    VideoTooLarge,
)
from server.modules.feedback.service.reports import Reports
from server.modules.feedback.service.videos import PIECE, Videos, refuse_size
from server.modules.feedback.snapshot import feedback_snapshot

IfCaller = Annotated[
    str | None,
    HeaderParameter(name="If-Caller", max_length=40, description="Who wrote it; sent as somebody else it is refused."),
]
UploadOffset = Annotated[
    int, HeaderParameter(name="Upload-Offset", ge=0, le=2**31, description="Where this piece begins.")
]
UploadLength = Annotated[
    int, HeaderParameter(name="Upload-Length", ge=1, le=2**62, description="How long the whole is.")
]
ReprDigest = Annotated[
    str | None,
    HeaderParameter(name="Repr-Digest", max_length=80, description="sha-256=:…: of the whole, with the last piece."),
]
_PUBLIC = (InputRefused, NotFound, Unavailable)
_OWN = (*_PUBLIC, ReportNotFound)
_WRITER = (SignInNeeded, CallerChanged)
_PHOTO = (PhotoRefused, PhotoTooLarge, PhotoDiffers, PhotosClosed, TooManyPhotos, TooLarge, TooManyRequests)


NOBODY = "nobody"
"""In `If-Caller`: written while nobody had signed in, and sent as nobody's, whoever has meanwhile."""


def writer(request: AnyRequest, if_caller: str | None) -> Caller | None:
    """Who sends it. What was written as one person waits, and is sent neither as another nor as nobody.

    Raises SignInNeeded, CallerChanged.
    """
    if if_caller == NOBODY:
        return None
    caller: Caller | None = request.user
    if caller is not None and caller.kind != "resident":
        caller = None  # staff report as anybody else
    if if_caller is not None:
        if caller is None:
            raise SignInNeeded
        if str(caller.id) != if_caller:
            raise CallerChanged
    return caller


class ReportsController(Controller):
    path = "/feedback"
    tags = ("feedback",)

    @get("/categories", guards=[anyone], responses=sends(CategoriesReply) | problems(Unavailable))
    async def list_report_categories(self, request: AnyRequest) -> Response[bytes]:
        """What a report may be about, and what belongs elsewhere by law."""
        return feedback_snapshot.reply(request, feedback_snapshot.value.categories(language_of(request)))

    @get(
        "/similar",
        guards=[anyone, at_most(600, per=3600, rule="feedback-similar")],
        responses=problems(PlaceRefused, TooManyRequests, *_PUBLIC),
    )
    async def list_similar_reports(
        self,
        request: AnyRequest,
        category: Annotated[str, QueryParameter(max_length=60)],
        lat: FromQuery[float],
        lon: FromQuery[float],
        own_reports: NamedDependency[OwnReports],
    ) -> SimilarReports:
        """Open reports of the same kind within 250 m: perhaps it was reported already."""
        return await own_reports.similar(category, lat, lon, language_of(request))

    @get(
        "/similar/{report_id:uuid}/photo",
        guards=[anyone],
        media_type="image/jpeg",
        responses={200: ResponseSpec(bytes, media_type="image/jpeg", generate_examples=False)}
        | problems(PhotoNotFound, *_PUBLIC),
    )
    async def get_similar_photo(
        self, report_id: FromPath[UUID], report_photos: NamedDependency[Photos]
    ) -> Response[bytes]:
        """The first photo that staff let the public see, small."""
        return _picture(await report_photos.first_shown(report_id), public=True)

    @get("/reports", guards=[resident()], responses=problems(CursorRefused, SignInNeeded, NotAllowed, *_PUBLIC))
    async def list_own_reports(
        self, request: AnyRequest, own_reports: NamedDependency[OwnReports], limit: Limit = 20, cursor: Cursor = None
    ) -> ReportPage:
        """The caller's own and those they follow, the newest first."""
        return await own_reports.page(request.user, limit, cursor, language_of(request))

    @put(
        "/reports/{operation:uuid}",
        guards=[whoever],
        status_code=200,
        responses=problems(
            OperationUsedForAnother,
            CategoryWithdrawn,
            SignInForCategory,
            ReportSaysNothing,
            ReportTooLong,
            TooManyPhotos,
            PlaceRefused,
            PlaceOutsideProvince,
            TooManyRequests,
            *_WRITER,
            *_PUBLIC,
        ),
    )
    async def send_report(
        self,
        request: AnyRequest,
        operation: FromPath[UUID],
        data: JSONBody[SendReport],
        state: State,
        field_reports: NamedDependency[Reports],
        if_caller: IfCaller = None,
    ) -> ReportAccepted:
        """One report under the id its phone has made; sent again, with the same body, it is the same.

        `If-Caller` names the account it was written with: with it, nobody else sends it, and nobody unknown.
        """
        limits = Limits(state.database, state.settings)
        return await field_reports.send(writer(request, if_caller), operation, data, limits, network_of(request))

    @get("/reports/{key:uuid}", guards=[whoever], responses=problems(*_OWN))
    async def get_own_report(
        self,
        request: AnyRequest,
        key: FromPath[UUID],
        field_reports: NamedDependency[Reports],
        own_reports: NamedDependency[OwnReports],
    ) -> ReportWhole:
        """One with its timeline: the caller's own, one they follow, or by the phone's id one of no account."""
        report = await field_reports.of(request.user, key)
        return await own_reports.whole(report, key, language_of(request))

    @put(
        "/reports/{operation:uuid}/photos/{number:int}",
        guards=[whoever, at_most(600, per=3600, rule="feedback-photos")],
        status_code=200,
        request_max_body_size=LARGEST,
        responses=problems(*_PHOTO, *_WRITER, *_OWN),
    )
    async def put_report_photo(
        self,
        request: AnyRequest,
        operation: FromPath[UUID],
        number: FromPath[int],
        report_photos: NamedDependency[Photos],
        if_caller: IfCaller = None,
    ) -> PhotoKept:
        """A photo of a report, whole: the body is the JPEG, PNG or WebP itself, 15 MB at most. Again is the same.

        It is made anew before it is kept, and everything in it but its pixels is dropped.
        """
        return _kept(await report_photos.keep(writer(request, if_caller), operation, number, await request.body()))

    @get(
        "/reports/{key:uuid}/photos/{number:int}",
        guards=[whoever],
        media_type="image/jpeg",
        responses={200: ResponseSpec(bytes, media_type="image/jpeg", generate_examples=False)}
        | problems(PhotoNotFound, *_OWN),
    )
    async def get_report_photo(
        self,
        request: AnyRequest,
        key: FromPath[UUID],
        number: FromPath[int],
        field_reports: NamedDependency[Reports],
        report_photos: NamedDependency[Photos],
        small: FromQuery[bool] = False,
    ) -> Response[bytes]:
        """A photo of one's own; of a report that is followed, one that staff let others see."""
        report = await field_reports.of(request.user, key)
        public = not is_own(report, key)
        sender = report.operation
        return _picture(await report_photos.read(report, number, small=small, public=public, sender=sender))

    @get("/reports/{operation:uuid}/video", guards=[whoever], responses=problems(VideoNotFound, *_OWN))
    async def get_report_video(
        self, request: AnyRequest, operation: FromPath[UUID], report_videos: NamedDependency[Videos]
    ) -> VideoStanding:
        """How much of the video has come: where a phone goes on that was interrupted."""
        return await report_videos.standing(request.user, operation)

    @patch(
        "/reports/{operation:uuid}/video",
        guards=[whoever, at_most(2000, per=3600, rule="feedback-videos")],
        status_code=200,
        request_max_body_size=PIECE,
        responses=problems(
            PieceRefused,
            PieceElsewhere,
            PhotosClosed,
            VideoTooLarge,
            VideoRefused,
            VideoDiffers,
            TooLarge,
            TooManyRequests,
            *_WRITER,
            *_OWN,
        ),
    )
    async def add_report_video(
        self,
        request: AnyRequest,
        operation: FromPath[UUID],
        report_videos: NamedDependency[Videos],
        upload_offset: UploadOffset,
        upload_length: UploadLength,
        repr_digest: ReprDigest = None,
        if_caller: IfCaller = None,
    ) -> VideoStanding:
        """The next piece of the one video a report may have: MP4 or QuickTime, 32 MB at most, 1 MiB at once.

        In the fields of draft-ietf-httpbis-resumable-upload; the address is the phone's. A piece that has come
        already is refused with the `offset` where to go on, so that each is taken once. Too large a video is refused
        before a byte of it is read.
        """
        refuse_size(upload_length, request.content_length)
        digest = _digest_of(repr_digest)
        caller = writer(request, if_caller)
        piece = await request.body()
        return await report_videos.add(caller, operation, upload_offset, upload_length, piece, digest)

    @put(
        "/reports/{key:uuid}/evidence/{photo_id:uuid}",
        guards=[whoever, at_most(600, per=3600, rule="feedback-photos")],
        status_code=200,
        request_max_body_size=LARGEST,
        responses=problems(*_PHOTO, *_WRITER, *_OWN),
    )
    async def put_report_evidence(
        self,
        request: AnyRequest,
        key: FromPath[UUID],
        photo_id: FromPath[UUID],
        report_photos: NamedDependency[Photos],
        if_caller: IfCaller = None,
    ) -> PhotoKept:
        """A photo to go with what is said next, under the id its phone has made; otherwise as a report's own.

        Nobody sees it before that is said, and after a week it is dropped.
        """
        return _kept(await report_photos.keep_evidence(writer(request, if_caller), key, photo_id, await request.body()))

    @put(
        "/reports/{operation:uuid}/more/{telling:uuid}",
        guards=[whoever],
        status_code=200,
        responses=problems(
            ReportNotAsked,
            ReportSaysNothing,
            ReportTooLong,
            PhotoNotFound,
            TooManyPhotos,
            OperationUsedForAnother,
            *_WRITER,
            *_OWN,
        ),
    )
    async def tell_more(
        self,
        request: AnyRequest,
        operation: FromPath[UUID],
        telling: FromPath[UUID],
        data: JSONBody[TellMore],
        field_reports: NamedDependency[Reports],
        own_reports: NamedDependency[OwnReports],
        report_photos: NamedDependency[Photos],
        if_caller: IfCaller = None,
    ) -> ReportWhole:
        """What was asked for, once under the id its phone has made."""
        caller = writer(request, if_caller)
        report, step = await field_reports.tell_more(caller, operation, telling, data.text, data.photos)
        if step:
            await report_photos.show_evidence(caller, operation, report, step, data.photos)
        return await own_reports.whole(report, operation, language_of(request))

    @put(
        "/reports/{operation:uuid}/rating",
        guards=[whoever],
        status_code=200,
        responses=problems(CannotRate, ReportTooLong, *_WRITER, *_OWN),
    )
    async def rate_report(
        self,
        request: AnyRequest,
        operation: FromPath[UUID],
        data: JSONBody[RateReport],
        field_reports: NamedDependency[Reports],
        own_reports: NamedDependency[OwnReports],
        if_caller: IfCaller = None,
    ) -> ReportWhole:
        """How well it was dealt with, 1 to 5; the last rating counts."""
        caller = writer(request, if_caller)
        report = await field_reports.rate(caller, operation, data.rating, data.text)
        return await own_reports.whole(report, operation, language_of(request))

    @put(
        "/reports/{key:uuid}/reopenings/{reopening:uuid}",
        guards=[whoever],
        status_code=200,
        responses=problems(
            CannotReopen, ReportTooLong, PhotoNotFound, TooManyPhotos, OperationUsedForAnother, *_WRITER, *_OWN
        ),
    )
    async def reopen_report(
        self,
        request: AnyRequest,
        key: FromPath[UUID],
        reopening: FromPath[UUID],
        data: JSONBody[ReopenReport],
        field_reports: NamedDependency[Reports],
        own_reports: NamedDependency[OwnReports],
        report_photos: NamedDependency[Photos],
        if_caller: IfCaller = None,
    ) -> ReportWhole:
        """ "Chưa xong": within 14 days of its end, by its reporter and whoever follows it; once under the id its phone
        has made.
        """
        caller = writer(request, if_caller)
        report, step = await field_reports.reopen(caller, key, reopening, data.text, data.photos)
        if step:
            await report_photos.show_evidence(caller, key, report, step, data.photos)
        return await own_reports.whole(report, key, language_of(request))

    @put(
        "/reports/{operation:uuid}/still-fixed",
        guards=[whoever],
        status_code=200,
        responses=problems(CannotConfirm, *_WRITER, *_OWN),
    )
    async def confirm_report_fixed(
        self,
        request: AnyRequest,
        operation: FromPath[UUID],
        field_reports: NamedDependency[Reports],
        own_reports: NamedDependency[OwnReports],
        if_caller: IfCaller = None,
    ) -> ReportWhole:
        """It is still fixed after four weeks; if it is not, it is reopened."""
        report = await field_reports.confirm(writer(request, if_caller), operation)
        return await own_reports.whole(report, operation, language_of(request))

    @put(
        "/follows/{report_id:uuid}",
        guards=[resident()],
        status_code=204,
        responses=problems(SignInNeeded, NotAllowed, CallerChanged, *_OWN),
    )
    async def follow_report(
        self, request: AnyRequest, report_id: FromPath[UUID], field_reports: NamedDependency[Reports]
    ) -> None:
        """ "Tôi cũng thấy": to be told what becomes of it, instead of a second report."""
        await field_reports.follow(request.user, report_id)

    @delete(
        "/follows/{report_id:uuid}",
        guards=[resident()],
        responses=problems(SignInNeeded, NotAllowed, CallerChanged, *_PUBLIC),
    )
    async def unfollow_report(
        self, request: AnyRequest, report_id: FromPath[UUID], field_reports: NamedDependency[Reports]
    ) -> None:
        """To be told no longer."""
        await field_reports.unfollow(request.user, report_id)


def _digest_of(said: str | None) -> bytes | None:
    """`sha-256=:…:` (RFC 9530). Raises PieceRefused."""
    if said is None:
        return None
    try:
        return b64decode(said.removeprefix("sha-256=:").removesuffix(":"), validate=True)
    except ValueError:
        raise PieceRefused from None


def _kept(it: Photo) -> PhotoKept:
    return PhotoKept(
        number=it.number,
        sent=it.sent_hash.hex(),
        kept=it.kept_hash.hex(),
        width=it.width,
        height=it.height,
        size=it.size,
    )


def _picture(content: bytes, *, public: bool = False) -> Response[bytes]:
    age = "public, max-age=600" if public else "private, max-age=86400, immutable"
    return Response(content, media_type="image/jpeg", headers={"Cache-Control": age})
