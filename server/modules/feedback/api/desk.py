"""The desk of the field reports over HTTP: the hub sees all, a unit its own."""

import asyncio
from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, delete, get, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, PathParameter, QueryParameter

from server.core.access import AnyRequest, CallerChanged, NotAllowed, SignInNeeded, may
from server.core.idempotency import KeyRefused, KeyUsedForAnother, StillRunning, create
from server.core.limits import at_most
from server.core.paging import Asked, Cursor, CursorRefused, Limit
from server.core.problems import (
    InputRefused,
    NotFound,
    TextRefused,
    TooLarge,
    TooManyRequests,
    Unavailable,
    problems,
    readable,
)
from server.core.sheets import CSV, XLSX, Sheet, csv_of, xlsx_of
from server.core.versions import ChangedMeanwhile, IfMatch, VersionNeeded, version_of
from server.core.words import Lang, language_of
from server.modules.feedback.models import Category, Template
from server.modules.feedback.schemas.desk import (
    ActOnReport,
    AnswerPhoto,
    DeskCategories,
    DeskCategory,
    DeskMap,
    DeskReport,
    DeskRows,
    NamedLeader,
    NamedLeaders,
    NameLeader,
    PreparedAnswer,
    PreparedAnswers,
    ShowPhoto,
    WriteAnswer,
    WriteCategory,
)
from server.modules.feedback.schemas.public import ReleaseReport
from server.modules.feedback.service.categories import Categories, Templates
from server.modules.feedback.service.desk import Desk
from server.modules.feedback.service.export import Export
from server.modules.feedback.service.leaders import Leaders, Named
from server.modules.feedback.service.photos import LARGEST, Photos
from server.modules.feedback.service.queue import Box, Queue, Which
from server.modules.feedback.service.refusals import (
    AnswerNameTaken,
    CategoryWithdrawn,
    LeaderUnknown,
    MergeRefused,
    PhotoDiffers,
    PhotoNotFound,
    PhotoRefused,
    PhotoTooLarge,
    ReportCannotMove,
    ReportNotFound,
    StepIncomplete,
    TooManyPhotos,
    UnitUnknown,
    VideoNotFound,
)
from server.modules.feedback.service.videos import Videos

_STAFF = (SignInNeeded, NotAllowed, CallerChanged, Unavailable)
_REPEATED = (KeyRefused, KeyUsedForAnother, StillRunning)
_VERSIONED = (ChangedMeanwhile, VersionNeeded)
Slug = Annotated[str, PathParameter(max_length=60, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
_DEGREES = r"-?[0-9]{1,3}(\.[0-9]{1,9})?"
InBox = Annotated[str | None, QueryParameter(max_length=80, pattern=rf"^{_DEGREES}(,{_DEGREES}){{3}}$")]
MaybeCode = Annotated[str | None, QueryParameter(max_length=60)]


class ReportDeskController(Controller):
    path = "/feedback/desk"
    tags = ("feedback",)

    @get("", guards=[may("feedback:handle")], responses=problems(InputRefused, TextRefused, CursorRefused, *_STAFF))
    async def list_desk_reports(
        self,
        request: AnyRequest,
        report_queue: NamedDependency[Queue],
        which: Annotated[Which, QueryParameter()] = Which.OPEN,
        category: MaybeCode = None,
        commune: MaybeCode = None,
        q: Asked = "",
        box: InBox = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> DeskRows:
        """What breaches its limit next stands first; closed ones, the newest first. `q`: a part of a report's code.

        `box`: a part of the map, south,west,north,east in degrees.
        """
        return await report_queue.page(
            request.user,
            which,
            category=category,
            commune=commune,
            code=readable(q),
            box=Box(*map(float, box.split(","))) if box else None,
            limit=limit,
            cursor=cursor,
        )

    @get(
        "/export",
        guards=[may("feedback:handle"), at_most(60, per=3600, rule="feedback-export")],
        media_type=CSV,
        responses={200: ResponseSpec(bytes, media_type=CSV, generate_examples=False)}
        | problems(InputRefused, TooManyRequests, *_STAFF),
    )
    async def export_desk_reports(
        self,
        request: AnyRequest,
        report_export: NamedDependency[Export],
        which: Annotated[Which, QueryParameter()] = Which.OPEN,
        category: MaybeCode = None,
        commune: MaybeCode = None,
        sheet: Annotated[Sheet, QueryParameter()] = "csv",
        lang: Lang = None,
    ) -> Response[bytes]:
        """One of the lists to take away, as CSV or XLSX (`sheet`), the newest 10,000; opened, it does nothing."""
        rows = await report_export.rows(request.user, which, category, commune, lang or language_of(request))
        content = await asyncio.to_thread(csv_of if sheet == "csv" else xlsx_of, rows)
        name = f"reports-{which.value}.{sheet}"
        return Response(
            content,
            media_type=CSV if sheet == "csv" else XLSX,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    @get("/map", guards=[may("feedback:handle")], responses=problems(InputRefused, *_STAFF))
    async def get_desk_map(
        self,
        request: AnyRequest,
        report_queue: NamedDependency[Queue],
        which: Annotated[Which, QueryParameter()] = Which.OPEN,
        category: MaybeCode = None,
        commune: MaybeCode = None,
    ) -> DeskMap:
        """Where the reports of a list are, the newest three thousand."""
        return await report_queue.map(request.user, which, category=category, commune=commune)

    @get("/{report_id:uuid}", guards=[may("feedback:handle")], responses=problems(ReportNotFound, NotFound, *_STAFF))
    async def get_desk_report(
        self,
        request: AnyRequest,
        report_id: FromPath[UUID],
        report_desk: NamedDependency[Desk],
        report_queue: NamedDependency[Queue],
    ) -> DeskReport:
        """One report with all that was said and shown; whoever sent it from an account sees that it was looked at."""
        report = await report_desk.find(request.user, report_id)
        await report_queue.look(request.user, report)
        return await report_queue.show(request.user, report)

    @create(
        "/{report_id:uuid}/acts",
        guards=[may("feedback:handle")],
        status_code=200,
        responses=problems(
            InputRefused,
            ReportNotFound,
            NotFound,
            ReportCannotMove,
            StepIncomplete,
            UnitUnknown,
            CategoryWithdrawn,
            MergeRefused,
            PhotoNotFound,
            *_VERSIONED,
            *_REPEATED,
            *_STAFF,
        ),
    )
    async def act_on_report(
        self,
        request: AnyRequest,
        report_id: FromPath[UUID],
        data: JSONBody[ActOnReport],
        report_desk: NamedDependency[Desk],
        report_queue: NamedDependency[Queue],
        if_match: IfMatch = None,
    ) -> DeskReport:
        """One act: assign, categorise, ask, answer, fix, give-up, dismiss, merge, note, mark-urgent, unmark-urgent."""
        report = await report_desk.act(request.user, report_id, version_of(if_match), data)
        await report_queue.look(request.user, report, again=False)
        return await report_queue.show(request.user, report)

    @get(
        "/{report_id:uuid}/photos/{number:int}",
        guards=[may("feedback:handle")],
        media_type="image/jpeg",
        responses={200: ResponseSpec(bytes, media_type="image/jpeg", generate_examples=False)}
        | problems(ReportNotFound, PhotoNotFound, NotFound, *_STAFF),
    )
    async def get_desk_photo(
        self,
        request: AnyRequest,
        report_id: FromPath[UUID],
        number: FromPath[int],
        report_desk: NamedDependency[Desk],
        report_photos: NamedDependency[Photos],
        report_queue: NamedDependency[Queue],
        small: FromQuery[bool] = False,
    ) -> Response[bytes]:
        """A photo as it was kept."""
        report = await report_desk.find(request.user, report_id)
        await report_queue.look(request.user, report, again=False)
        content = await report_photos.read(report, number, small=small, sender=request.user.id)
        return Response(content, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})

    @get(
        "/{report_id:uuid}/video",
        guards=[may("feedback:handle")],
        media_type="video/mp4",
        responses={200: ResponseSpec(bytes, media_type="video/mp4", generate_examples=False)}
        | problems(ReportNotFound, VideoNotFound, NotFound, *_STAFF),
    )
    async def get_desk_video(
        self,
        request: AnyRequest,
        report_id: FromPath[UUID],
        report_desk: NamedDependency[Desk],
        report_videos: NamedDependency[Videos],
        report_queue: NamedDependency[Queue],
    ) -> Response[bytes]:
        """The video, whole: seen by staff alone, for nothing in it can be covered."""
        report = await report_desk.find(request.user, report_id)
        await report_queue.look(request.user, report, again=False)
        content = await report_videos.read(report)
        return Response(content, media_type="video/mp4", headers={"Cache-Control": "private, max-age=3600"})

    @put(
        "/{report_id:uuid}/answer-photos/{photo_id:uuid}",
        guards=[may("feedback:handle")],
        request_max_body_size=LARGEST,
        responses=problems(
            ReportNotFound, PhotoRefused, PhotoTooLarge, PhotoDiffers, TooManyPhotos, TooLarge, NotFound, *_STAFF
        ),
    )
    async def put_answer_photo(
        self,
        request: AnyRequest,
        report_id: FromPath[UUID],
        photo_id: FromPath[UUID],
        report_desk: NamedDependency[Desk],
        report_photos: NamedDependency[Photos],
    ) -> AnswerPhoto:
        """A photo to be shown with an answer, under an id the page has made: the body is the JPEG, PNG or WebP itself.

        It is seen by others once an act names it.
        """
        report = await report_desk.find(request.user, report_id)
        kept = await report_photos.keep_of_staff(request.user, report, photo_id, await request.body())
        return AnswerPhoto(id=kept.id, number=kept.number)

    @delete(
        "/{report_id:uuid}/answer-photos/{photo_id:uuid}",
        guards=[may("feedback:handle")],
        responses=problems(ReportNotFound, NotFound, *_STAFF),
    )
    async def drop_answer_photo(
        self,
        request: AnyRequest,
        report_id: FromPath[UUID],
        photo_id: FromPath[UUID],
        report_desk: NamedDependency[Desk],
        report_photos: NamedDependency[Photos],
    ) -> None:
        """One that is not to be shown after all; what an act has named stays."""
        report = await report_desk.find(request.user, report_id)
        await report_photos.drop_of_staff(request.user, report, photo_id)

    @put(
        "/{report_id:uuid}/photos/{number:int}/shown",
        guards=[may("feedback:triage")],
        responses=problems(InputRefused, ReportNotFound, PhotoNotFound, NotFound, *_VERSIONED, *_STAFF),
    )
    async def show_report_photo(
        self,
        request: AnyRequest,
        report_id: FromPath[UUID],
        number: FromPath[int],
        data: JSONBody[ShowPhoto],
        report_desk: NamedDependency[Desk],
        report_queue: NamedDependency[Queue],
        if_match: IfMatch = None,
    ) -> DeskReport:
        """Whether the public may see a photo: after somebody has looked, and covered faces and plates."""
        version = version_of(if_match)
        report = await report_desk.show_photo(request.user, report_id, version, number, data.shown, data.areas)
        await report_queue.look(request.user, report, again=False)
        return await report_queue.show(request.user, report)

    @put(
        "/{report_id:uuid}/released",
        guards=[may("feedback:triage")],
        responses=problems(InputRefused, ReportNotFound, ReportCannotMove, NotFound, *_VERSIONED, *_STAFF),
    )
    async def release_report(
        self,
        request: AnyRequest,
        report_id: FromPath[UUID],
        data: JSONBody[ReleaseReport],
        report_desk: NamedDependency[Desk],
        report_queue: NamedDependency[Queue],
        if_match: IfMatch = None,
    ) -> DeskReport:
        """Whether the public may see it, in which words, and about where: never who has sent it."""
        report = await report_desk.release(request.user, report_id, version_of(if_match), data)
        await report_queue.look(request.user, report, again=False)
        return await report_queue.show(request.user, report)

    @get("/categories", guards=[may("feedback:handle")], responses=problems(*_STAFF))
    async def list_desk_categories(self, report_categories: NamedDependency[Categories]) -> DeskCategories:
        """All categories, those that were withdrawn too."""
        return DeskCategories(items=[_category(it) for it in await report_categories.all()])

    @put(
        "/categories/{slug:str}",
        guards=[may("feedback:categories")],
        responses=problems(InputRefused, UnitUnknown, NotFound, *_VERSIONED, *_STAFF),
    )
    async def write_category(
        self,
        request: AnyRequest,
        slug: Slug,
        data: JSONBody[WriteCategory],
        report_categories: NamedDependency[Categories],
        if_match: IfMatch = None,
    ) -> DeskCategory:
        """A category as it is from now on; `If-Match: "0"` makes a new one."""
        return _category(await report_categories.write(request.user, slug, version_of(if_match), data))

    @get("/leaders", guards=[may("feedback:handle")], responses=problems(*_STAFF))
    async def list_leaders(self, report_leaders: NamedDependency[Leaders]) -> NamedLeaders:
        """Who is called at once when something is urgent, unit by unit."""
        return _leaders(await report_leaders.all())

    @put(
        "/leaders",
        guards=[may("feedback:categories")],
        responses=problems(InputRefused, UnitUnknown, LeaderUnknown, *_STAFF),
    )
    async def name_leader(
        self, request: AnyRequest, data: JSONBody[NameLeader], report_leaders: NamedDependency[Leaders]
    ) -> NamedLeaders:
        """The one for this unit, instead of whoever it was; without a login nobody."""
        if data.login:
            await report_leaders.name(request.user, data.unit, data.login)
        else:
            await report_leaders.remove(request.user, data.unit)
        return _leaders(await report_leaders.all())

    @get("/answers", guards=[may("feedback:handle")], responses=problems(*_STAFF))
    async def list_prepared_answers(self, report_answers: NamedDependency[Templates]) -> PreparedAnswers:
        """Answers to begin with."""
        return PreparedAnswers(items=[_template(it) for it in await report_answers.all()])

    @put(
        "/answers/{template_id:uuid}",
        guards=[may("feedback:categories")],
        responses=problems(InputRefused, AnswerNameTaken, NotFound, *_VERSIONED, *_STAFF),
    )
    async def write_prepared_answer(
        self,
        request: AnyRequest,
        template_id: FromPath[UUID],
        data: JSONBody[WriteAnswer],
        report_answers: NamedDependency[Templates],
        if_match: IfMatch = None,
    ) -> PreparedAnswer:
        """An answer to begin with, under an id the caller made; `If-Match: "0"` for a new one."""
        return _template(await report_answers.write(request.user, template_id, version_of(if_match), data))

    @delete("/answers/{template_id:uuid}", guards=[may("feedback:categories")], responses=problems(NotFound, *_STAFF))
    async def remove_prepared_answer(
        self, request: AnyRequest, template_id: FromPath[UUID], report_answers: NamedDependency[Templates]
    ) -> None:
        """Nobody begins with it any more."""
        await report_answers.remove(request.user, template_id)


def _leaders(them: list[Named]) -> NamedLeaders:
    return NamedLeaders(items=[NamedLeader(**it._asdict()) for it in them])


def _category(it: Category) -> DeskCategory:
    return DeskCategory(
        slug=it.slug,
        vi=it.vi,
        en=it.en,
        km=it.km,
        unit=it.unit,
        resolve_days=it.resolve_days,
        anonymous=it.anonymous,
        withdrawn=it.withdrawn_at is not None,
        version=it.version,
    )


def _template(it: Template) -> PreparedAnswer:
    return PreparedAnswer(id=it.id, name=it.name, text=it.text, version=it.version)
