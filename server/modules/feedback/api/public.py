"""Field reports over HTTP as everybody sees them."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, QueryParameter

from server.core.access import AnyRequest, anyone
from server.core.limits import at_most
from server.core.paging import Cursor, CursorRefused, Limit
from server.core.problems import InputRefused, NotFound, TooManyRequests, Unavailable, problems
from server.core.snapshot import sends
from server.core.words import language_of
from server.modules.feedback.rules.public import Standing
from server.modules.feedback.schemas.public import PublicFigures, PublicMap, PublicPage, PublicWhole
from server.modules.feedback.service.photos import Photos
from server.modules.feedback.service.public import Public
from server.modules.feedback.service.refusals import PhotoNotFound, PlaceRefused, ReportNotFound
from server.modules.feedback.snapshot import figures_snapshot

_PUBLIC = (InputRefused, TooManyRequests, Unavailable)
MaybeCode = Annotated[str | None, QueryParameter(max_length=60)]
Shown = Annotated[Standing, QueryParameter()]


class PublicReportsController(Controller):
    path = "/feedback/public"
    tags = ("feedback",)

    @get(
        "",
        guards=[anyone, at_most(1200, per=3600, rule="feedback-public")],
        responses=problems(CursorRefused, *_PUBLIC),
    )
    async def list_public_reports(
        self,
        request: AnyRequest,
        public_reports: NamedDependency[Public],
        standing: Shown = Standing.ALL,
        category: MaybeCode = None,
        commune: MaybeCode = None,
        limit: Limit = 20,
        cursor: Cursor = None,
    ) -> PublicPage:
        """The reports that staff have let out, the newest first: without who, and without exactly where."""
        return await public_reports.page(
            language_of(request), standing=standing, category=category, commune=commune, limit=limit, cursor=cursor
        )

    @get(
        "/near",
        guards=[anyone, at_most(1200, per=3600, rule="feedback-public")],
        responses=problems(PlaceRefused, *_PUBLIC),
    )
    async def list_reports_near(
        self,
        request: AnyRequest,
        public_reports: NamedDependency[Public],
        lat: FromQuery[float],
        lon: FromQuery[float],
        standing: Shown = Standing.ALL,
        category: MaybeCode = None,
        limit: Limit = 20,
    ) -> PublicPage:
        """The nearest first, by the places where they are shown, none farther away than 20 km."""
        return await public_reports.near(
            lat, lon, language_of(request), standing=standing, category=category, limit=limit
        )

    @get(
        "/map",
        guards=[anyone, at_most(1200, per=3600, rule="feedback-public")],
        responses={200: ResponseSpec(PublicMap, generate_examples=False)} | problems(*_PUBLIC),
    )
    async def get_report_map(
        self, public_reports: NamedDependency[Public], category: MaybeCode = None
    ) -> Response[bytes]:
        """How many there are in each part of the province, in one reply below 30 kB."""
        return Response(
            msgspec.json.encode(await public_reports.map(category)),
            media_type="application/json",
            headers={"Cache-Control": "public, max-age=60"},
        )

    @get("/figures", guards=[anyone], responses=sends(PublicFigures) | problems(Unavailable))
    async def get_report_figures(self, request: AnyRequest) -> Response[bytes]:
        """What became of the reports of a year, with what each figure means; counted every hour."""
        return figures_snapshot.reply(request, figures_snapshot.value.figures(language_of(request)))

    @get(
        "/{report_id:uuid}",
        guards=[anyone, at_most(1200, per=3600, rule="feedback-public")],
        responses=problems(ReportNotFound, NotFound, *_PUBLIC),
    )
    async def get_public_report(
        self, request: AnyRequest, report_id: FromPath[UUID], public_reports: NamedDependency[Public]
    ) -> PublicWhole:
        """One of them, with what the office has answered."""
        return await public_reports.one(report_id, language_of(request))

    @get(
        "/{report_id:uuid}/photos/{number:int}",
        guards=[anyone],
        media_type="image/jpeg",
        responses={200: ResponseSpec(bytes, media_type="image/jpeg", generate_examples=False)}
        | problems(ReportNotFound, PhotoNotFound, NotFound, InputRefused, Unavailable),
    )
    async def get_public_photo(
        self,
        report_id: FromPath[UUID],
        number: FromPath[int],
        public_reports: NamedDependency[Public],
        report_photos: NamedDependency[Photos],
        small: FromQuery[bool] = False,
    ) -> Response[bytes]:
        """A photo that somebody has looked at and let out."""
        report = await public_reports.released(report_id)
        content = await report_photos.read(report, number, small=small, public=True)
        # Not for long: it may be taken back.
        return Response(content, media_type="image/jpeg", headers={"Cache-Control": "public, max-age=3600"})
