"""What every request passes: one id, one log line, one set of headers, one transaction; and the built PWA."""

import secrets
import time
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import msgspec
from litestar import Request, Response, route
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Send
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import STANDARD, anyone
from server.core.idempotency import claim, remember
from server.core.logs import RequestLine, request_writer
from server.core.preview import Preview, previewed
from server.core.problems import CANNOT_READ, InputRefused, NotFound, Problem, render
from server.core.replies import Replies
from server.core.settings import Settings
from server.core.words import Words

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src {pictures}; "
    "media-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
    "form-action 'self'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types app"
)
"""`{pictures}`: where from."""
API_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"

_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), geolocation=(self), microphone=(), payment=(), usb=()"),
]
_UNLESS_GIVEN = [(b"content-security-policy", API_POLICY.encode()), (b"cache-control", b"no-store")]


class ForeignOrigin(Problem):
    status = 403
    title = Words(
        "Yêu cầu đến từ trang khác nên bị từ chối",
        "The request came from another site and is refused",
        "សំណើមកពីគេហទំព័រផ្សេង ត្រូវបានបដិសេធ",
    )


class WrongHost(Problem):
    """The request names another site: a name that somebody else has pointed at our address (DNS rebinding)."""

    status = 421
    title = Words(
        "Yêu cầu gửi đến một địa chỉ trang khác",
        "The request is meant for another site",
        "សំណើនេះផ្ញើទៅគេហទំព័រផ្សេង",
    )


class WrongContentType(Problem):
    status = 415
    title = Words("Nội dung gửi lên phải là JSON", "What is sent must be JSON", "ព័ត៌មានដែលផ្ញើត្រូវតែជា JSON")


class PagesNotBuilt(Problem):
    """Said to whoever runs the server: the API answers, the folder PWA holds no app."""

    status = 503
    title = Words(
        "Ứng dụng chưa được dựng (make pwa)", "The app is not built (make pwa)", "កម្មវិធីមិនទាន់បានបង្កើត (make pwa)"
    )


class Frame:
    """The outermost layer: refuses what cannot be read, adds the headers, writes one line after the answer."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._origin = settings.origin.encode()
        # A demonstration is called by whatever name its machine has.
        self._host = None if settings.demo else urlsplit(settings.origin).netloc.encode()
        secure = [(b"strict-transport-security", b"max-age=63072000; includeSubDomains")]
        self._write = request_writer(settings)
        self._replies = Replies()
        self._headers = _HEADERS + (secure if settings.origin.startswith("https:") else [])

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":  # the start and the end of the process
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {}).update(request_id=request_id, replies=self._replies)
        status = 0
        more = [(b"x-request-id", request_id.encode()), *self._headers]

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message["headers"], *more]
                given = {name for name, _ in message["headers"]}
                headers += [(name, value) for name, value in _UNLESS_GIVEN if name not in given]
                message = {**message, "headers": headers}
            await send(message)

        # A form sends its empty fields too: `?q=khai+sinh&field=&level=` asks for no field and no level.
        if b"=&" in scope["query_string"] or scope["query_string"].endswith(b"="):
            fields = scope["query_string"].split(b"&")
            scope["query_string"] = b"&".join(part for part in fields if part.find(b"=") != len(part) - 1)
        if refusal := self._refuse(scope):
            response = render(Request(scope, receive, send), refusal)
            await response.to_asgi_response(None, Request(scope))(scope, receive, answer)
        elif ready := self._replies.find(scope):
            await ready(scope, receive, answer)
        else:
            await self._app(scope, receive, answer)
        self._write(
            RequestLine(
                id=request_id,
                method=scope["method"],
                route=scope.get("path_template", ""),
                status=status,
                ms=round((time.perf_counter() - started) * 1000, 1),
                timestamp=datetime.now(UTC),
            )
        )

    def _refuse(self, scope: HTTPScope) -> Problem | None:
        if b"%00" in scope.get("raw_path", b"") or b"%00" in scope.get("query_string", b""):
            return InputRefused(CANNOT_READ, errors=[])
        # Who looks after the process asks for its health by its address.
        host = self._host and dict(scope["headers"]).get(b"host", b"")
        if host != self._host and not scope["path"].startswith("/health/"):
            return WrongHost()
        # Where no cookie counts, nobody's cookie can be misused, and a form is what the standard sends.
        if scope["method"] in ("GET", "HEAD", "OPTIONS") or scope["path"].startswith(STANDARD):
            return None
        headers = dict(scope["headers"])
        origin, site = headers.get(b"origin"), headers.get(b"sec-fetch-site")
        if origin is not None:
            own = origin == self._origin or origin == b"%s://%s" % (scope["scheme"].encode(), headers.get(b"host", b""))
            return None if own else ForeignOrigin()
        if site not in (None, b"same-origin", b"none") or (site is None and b"cookie" in headers):
            return ForeignOrigin()
        # A form of another site can send any text, but cannot call it JSON.
        has_body = headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers
        if has_body and headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != b"application/json":
            return WrongContentType()
        return None


async def one_transaction(state: State, request: Request[Any, Any, Any]) -> AsyncGenerator[AsyncSession, None]:
    """The dependency `session`, the only generator one: committed after the reply is rendered, before it leaves."""
    async with state.database.transaction() as session:
        await claim(session, request)
        yield session
        remember(session, request)


def page_policy(settings: Settings) -> str:
    """What a page may load: ours, and pictures of the one site whose map tiles the operator has chosen."""
    return PAGE_POLICY.format(pictures=f"'self' blob: data: {settings.map_tiles_origin}".strip())


class _File:
    """A built file with its encodings, read once."""

    _TYPES: ClassVar = {
        ".html": "text/html",
        ".js": "text/javascript",
        ".css": "text/css",
        ".json": "application/json",
        ".webmanifest": "application/manifest+json",
        ".svg": "image/svg+xml",
        ".png": "image/png",
        ".txt": "text/plain",
        ".ico": "image/x-icon",
    }

    def __init__(self, path: Path, policy: str, *, immutable: bool) -> None:
        self._path = path
        self.headers = {
            "Cache-Control": "public, max-age=31536000, immutable" if immutable else "no-cache",
            "Content-Security-Policy": policy,
            "Vary": "Accept-Encoding",
        }
        self.media_type = self._TYPES.get(path.suffix, "application/octet-stream")

    @cached_property
    def bodies(self) -> dict[str, bytes]:
        packed = {name: Path(f"{self._path}.{suffix}") for name, suffix in (("br", "br"), ("gzip", "gz"))}
        bodies = {name: path.read_bytes() for name, path in packed.items() if path.is_file()}
        return bodies | {"": self._path.read_bytes()}

    def reply(self, accepted: str, preview: Preview | None = None) -> Response[bytes]:
        """With `preview` a shell says beforehand what its screen will show."""
        if preview and self.media_type == "text/html":
            plain, packed = previewed(self.bodies[""], preview)
            gzip = {"Content-Encoding": "gzip"} if "gzip" in accepted else {}
            return Response(packed if gzip else plain, media_type=self.media_type, headers=self.headers | gzip)
        encoding = next((name for name in ("br", "gzip") if name in accepted and name in self.bodies), "")
        headers = self.headers | ({"Content-Encoding": encoding} if encoding else {})
        return Response(self.bodies[encoding], media_type=self.media_type, headers=headers)


class Pages:
    """The files of the built PWA, known by name at the start: no request ever names a path on the disk.

    Two apps live here, each with a shell for all of its screens: the console of staff below `/staff`, and the
    residents' everywhere else.
    """

    def __init__(self, settings: Settings) -> None:
        folder, policy = settings.pwa, page_policy(settings)
        self._files = {
            "/" + path.relative_to(folder).as_posix(): _File(path, policy, immutable=path.parent.name == "assets")
            for path in sorted(folder.rglob("*"))
            if path.is_file()
            and path.suffix not in (".br", ".gz", ".map")
            and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        }

    def find(self, path: str) -> _File:
        name = path.rsplit("/", 1)[-1]
        if file := self._files.get(path):
            return file
        # A screen of the PWA, whose address only the PWA understands.
        is_screen = "." not in name or path.startswith(("/procedures/", "/dossiers/"))
        if not is_screen:
            raise NotFound
        console = f"{path}/".startswith("/staff/")
        if shell := self._files.get("/staff.html" if console else "/index.html"):
            return shell
        raise PagesNotBuilt


@route(["/", "/{path:path}"], guards=[anyone], include_in_schema=False, http_method=["GET", "HEAD"])
async def page(request: Request[Any, Any, Any], state: State, path: FromPath[str] = "/") -> Response[bytes]:
    """A file of the PWA, or its shell."""
    if f"{path}/".startswith(("/api/", "/health/", STANDARD)):
        raise NotFound
    pages: Pages = state.pages
    preview = next((look(path[len(start) :]) for start, look in state.previews.items() if path.startswith(start)), None)
    # Only to whoever opens it: what the worker fetches it keeps, and would tell it when it is over.
    opened = request.headers.get("sec-fetch-dest") == "document" and not f"{path}/".startswith("/staff/")
    if told := tuple((name, json) for name, tell in state.told.items() if opened and (json := tell())):
        preview = msgspec.structs.replace(preview or Preview(), told=told)
    return pages.find(path).reply(request.headers.get("accept-encoding", ""), preview)
