"""Open311 GeoReport v2: other applications read how reports stand, and file their own.

Whoever files has a key, `api_key=CLIENT_ID.CLIENT_SECRET` of a partner with `feedback:open311`; or its bearer token.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, QueryParameter

from server.core.access import AnyRequest, anyone, known_partner, partner
from server.core.limits import Limits, at_most
from server.core.problems import EXCEPTION_HANDLERS
from server.core.words import Lang, language_of
from server.modules.feedback.schemas.georeport import TYPES, Format, encode, filing_of, split, wanted_of
from server.modules.feedback.service.open311 import Open311
from server.modules.feedback.service.refusals import FormUnreadable, QueryUnreadable, ReportNotFound

PERMISSION = "feedback:open311"
_CHANGESET = "2026-11-26T00:00:00+07:00"
_FORMS = ("", ".xml", ".json")
_READS = at_most(1200, per=600, rule="open311")
# Every page may read: no cookie counts here.
_OPEN = {"Access-Control-Allow-Origin": "*"}

Text = Annotated[str, QueryParameter(max_length=4000)]
Code = Annotated[str, QueryParameter(max_length=2000)]
Key = Annotated[str | None, HeaderParameter(name="Idempotency-Key", max_length=100)]


def _paths(name: str) -> list[str]:
    return [f"/{name}{form}" for form in _FORMS]


def _asked(request: Request[Any, Any, Any]) -> tuple[str, Format]:
    """What stands last in the address, and the format it is wanted in."""
    return split(request.scope["path"].rpartition("/")[2], request.headers.get("accept", ""))


def _reply(request: Request[Any, Any, Any], root: str, value: Any, status: int = 200) -> Response[bytes]:
    format = _asked(request)[1]
    return Response(encode(root, value, format), status_code=status, media_type=TYPES[format], headers=_OPEN)


def _as_errors(
    say: Callable[[Request[Any, Any, Any], Any], Response[bytes]],
) -> Callable[[Request[Any, Any, Any], Any], Response[bytes]]:
    """The same refusal in the shape of the standard; `type` names our rule beside it."""

    def refuse(request: Request[Any, Any, Any], error: Any) -> Response[bytes]:
        plain = say(request, error)
        said = msgspec.json.decode(plain.content)
        # The standard knows 400, 403, 404; what can be tried again keeps its own number.
        status = int(said["status"])
        status = {401: 403, 409: 400, 422: 400}.get(status, status)
        errors = [{"code": status, "description": said["detail"], "type": said["type"]}]
        reply = _reply(request, "errors", errors, status)
        reply.headers.update(plain.headers)
        return reply

    return refuse


class Open311Controller(Controller):
    """`?lang=` where an application cannot say by `Accept-Language` which it reads; `jurisdiction_id` is not needed."""

    path = "/open311/v2"
    exception_handlers = {kind: _as_errors(say) for kind, say in EXCEPTION_HANDLERS.items()}  # noqa: RUF012

    @get(_paths("discovery"), guards=[anyone])
    async def discover_open311(self, request: AnyRequest, state: State) -> Response[bytes]:
        """Where the service lies and how to get a key (Service Discovery)."""
        origin = state.settings.origin
        found = {
            "changeset": _CHANGESET,
            "contact": state.settings.push_contact,
            "key_service": state.settings.push_contact,
            "endpoints": [
                {
                    "specification": "http://wiki.open311.org/GeoReport_v2",
                    "url": f"{origin}/open311/v2",
                    "changeset": _CHANGESET,
                    "type": "test" if state.settings.demo else "production",
                    "formats": ["text/xml", "application/json"],
                }
            ],
        }
        return _reply(request, "discovery", found)

    @get(_paths("services"), guards=[anyone, _READS])
    async def list_open311_services(
        self, request: AnyRequest, open311: NamedDependency[Open311], lang: Lang = None
    ) -> Response[bytes]:
        """What may be filed."""
        return _reply(request, "services", await open311.services(lang or language_of(request)))

    @get("/services/{name:str}", guards=[anyone, _READS])
    async def get_open311_service(
        self, request: AnyRequest, name: FromPath[str], open311: NamedDependency[Open311], lang: Lang = None
    ) -> Response[bytes]:
        """The questions of one service."""
        found = await open311.definition(_asked(request)[0], lang or language_of(request))
        return _reply(request, "service_definition", found)

    @get(_paths("requests"), guards=[known_partner, _READS])
    async def list_open311_requests(
        self,
        request: AnyRequest,
        open311: NamedDependency[Open311],
        service_request_id: Code = "",
        service_code: Code = "",
        start_date: Text = "",
        end_date: Text = "",
        status: Text = "",
        lang: Lang = None,
    ) -> Response[bytes]:
        """Reports and how they stand: of 90 days, 1,000 at most, the newest first."""
        try:
            wanted = wanted_of(service_request_id, service_code, start_date, end_date, status, datetime.now(UTC))
        except (ValueError, OverflowError):
            raise QueryUnreadable from None
        found = await open311.requests(request.user, wanted, lang or language_of(request))
        return _reply(request, "service_requests", found)

    @get("/requests/{name:str}", guards=[known_partner, _READS])
    async def get_open311_request(
        self, request: AnyRequest, name: FromPath[str], open311: NamedDependency[Open311], lang: Lang = None
    ) -> Response[bytes]:
        """One of them."""
        found = await open311.one(request.user, _asked(request)[0], lang or language_of(request))
        return _reply(request, "service_requests", found)

    @post(_paths("requests"), guards=[partner(PERMISSION)], status_code=200)
    async def file_open311_request(
        self,
        request: AnyRequest,
        state: State,
        open311: NamedDependency[Open311],
        idempotency_key: Key = None,
        lang: Lang = None,
    ) -> Response[bytes]:
        """One report. `Idempotency-Key` (a UUID the application has made): sent again it is the same."""
        try:
            given = filing_of(await request.body())
            operation = UUID(idempotency_key) if idempotency_key else None
        except ValueError:
            raise FormUnreadable from None
        limits = Limits(state.database, state.settings)
        done = await open311.file(request.user, given, operation, limits, lang or language_of(request))
        return _reply(request, "service_requests", [done])

    @get("/tokens/{name:str}", guards=[anyone, _READS])
    async def get_open311_token(
        self, request: AnyRequest, name: FromPath[str], open311: NamedDependency[Open311]
    ) -> Response[bytes]:
        """Which request a POST has made, by its `Idempotency-Key`: for whoever has lost the answer."""
        try:
            operation = UUID(_asked(request)[0])
        except ValueError:
            raise ReportNotFound from None
        return _reply(request, "service_requests", [await open311.token(operation)])
