"""Pictures and documents over HTTP: of what is out for everybody, of the rest for the desk."""

from typing import Annotated

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, HeaderParameter, PathParameter, QueryParameter

from server.core.access import AnyRequest, NotAllowed, SignInNeeded, anyone, may
from server.core.problems import InputRefused, NotFound, TooLarge, Unavailable, problems, readable
from server.core.replies import Ready, Replies
from server.modules.news.schemas.desk import FileReply
from server.modules.news.service.files import (
    MOST_BYTES,
    WIDTHS,
    FileTooLarge,
    FileTypeRefused,
    NewsFiles,
    PictureTooLarge,
)
from server.modules.news.snapshot import news_snapshot

_STAFF = (SignInNeeded, NotAllowed, Unavailable)
_BYTES = {200: ResponseSpec(bytes, media_type="application/octet-stream", generate_examples=False)}
Width = Annotated[int, PathParameter(ge=WIDTHS[0], le=WIDTHS[-1])]


class FileController(Controller):
    path = "/news/files"
    tags = ("news",)

    @get("/{name:str}", guards=[anyone], responses=_BYTES | problems(NotFound, Unavailable))
    async def get_news_file(
        self, request: AnyRequest, name: FromPath[str], news_files: NamedDependency[NewsFiles]
    ) -> Response[bytes]:
        """A picture or document of something that is out. Its name is the digest of it: it never changes."""
        return await _public(request, news_files, name, None)

    @get("/{width:int}/{name:str}", guards=[anyone], responses=_BYTES | problems(InputRefused, NotFound, Unavailable))
    async def get_news_picture(
        self, request: AnyRequest, width: Width, name: FromPath[str], news_files: NamedDependency[NewsFiles]
    ) -> Response[bytes]:
        """The same picture, narrower: 480 or 960 pixels, where it is wider than that."""
        return await _public(request, news_files, name, width)


class DeskFileController(Controller):
    path = "/news/desk/files"
    tags = ("news",)

    @post(
        "",
        guards=[may("news:write")],
        request_max_body_size=MOST_BYTES + 1,
        responses=problems(InputRefused, FileTypeRefused, PictureTooLarge, FileTooLarge, TooLarge, *_STAFF),
    )
    async def keep_news_file(
        self,
        request: AnyRequest,
        news_files: NamedDependency[NewsFiles],
        title: Annotated[str, QueryParameter(max_length=200)] = "",
        content_type: Annotated[str, HeaderParameter(name="Content-Type", max_length=100)] = "",
    ) -> FileReply:
        """Give a picture or a PDF as the body. Of a picture nothing is kept but what it shows, in a few sizes."""
        said = content_type.partition(";")[0].strip().lower()
        row = await news_files.keep(request.user, said, readable(title), await request.body())
        return FileReply(name=row.name, title=row.title, media_type=row.media_type, size=row.size)

    @get("/{name:str}", guards=[may("news:read")], responses=_BYTES | problems(NotFound, *_STAFF))
    async def get_desk_file(self, name: FromPath[str], news_files: NamedDependency[NewsFiles]) -> Response[bytes]:
        """A file that may not be out yet."""
        return await _private(news_files, name, None)

    @get(
        "/{width:int}/{name:str}",
        guards=[may("news:read")],
        responses=_BYTES | problems(InputRefused, NotFound, *_STAFF),
    )
    async def get_desk_picture(
        self, width: Width, name: FromPath[str], news_files: NamedDependency[NewsFiles]
    ) -> Response[bytes]:
        """A picture that may not be out yet, narrower."""
        return await _private(news_files, name, width)


async def _public(request: AnyRequest, files: NewsFiles, name: str, width: int | None) -> Response[bytes]:
    if name not in news_snapshot.value.files:
        raise NotFound
    content = await files.read(name, width)
    headers = [*_headers(name, content), (b"cache-control", b"public, max-age=31536000, immutable")]
    ready = Ready(200, headers, content)
    replies: Replies = request.scope["state"]["replies"]
    replies.keep(request, news_snapshot, ready, ready)
    return ready


async def _private(files: NewsFiles, name: str, width: int | None) -> Response[bytes]:
    content = await files.read((await files.known(name)).name, width)
    return Ready(200, [*_headers(name, content), (b"cache-control", b"private, max-age=3600")], content)


def _headers(name: str, content: bytes) -> list[tuple[bytes, bytes]]:
    pdf = name.endswith(".pdf")
    return [
        (b"content-type", b"application/pdf" if pdf else b"image/webp"),
        (b"content-length", b"%d" % len(content)),
        # A document is read by whatever the phone has for it, never inside our own pages.
        (b"content-disposition", b"attachment" if pdf else b"inline"),
    ]
