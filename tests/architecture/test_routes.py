"""What every route owes: who may call it, a name of its own, a sentence for developers."""

from collections import Counter

import msgspec
import pytest
from litestar import Litestar, get
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from server.app import DOCUMENT, MODULES, create_app
from server.core.access import Access, access_of, anyone, refuse_undeclared
from server.core.settings import Settings
from server.core.wire import Reply

SETTINGS = Settings(secret_key="-" * 32, database_url="postgresql://")
APP = create_app(SETTINGS)
HANDLERS = sorted(
    {
        (route.path, handler)
        for route in APP.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if handler.handler_name != "options_handler"
    },
    key=lambda pair: (pair[0], pair[1].handler_name),
)


def named(pair: tuple[str, HTTPRouteHandler]) -> str:
    return f"{pair[1].handler_name} {pair[0]}"


class TestEveryRoute:
    """Hundreds: one look at all of them costs less than a test for each."""

    def test_says_who_may_call_it(self) -> None:
        assert [named(it) for it in HANDLERS if len(access_of(it[1])) != 1] == []

    def test_explains_itself(self) -> None:
        assert [named(it) for it in HANDLERS if not it[1].fn.__doc__] == []

    def test_lies_below_its_module(self) -> None:
        modules = {it.name for it in MODULES}
        ours = [(path, it) for path, it in HANDLERS if path.startswith("/api/")]
        assert len(ours) > 200
        assert [path for path, _ in ours if path.split("/")[2] not in modules] == []
        assert [path for path, it in ours if not it.resolve_include_in_schema()] == []


def test_a_silent_route_stops_the_start() -> None:
    @get("/silent")
    async def silent() -> None:
        """Says nothing of who may call it."""

    with pytest.raises(RuntimeError, match="/silent"):
        refuse_undeclared(Litestar([silent], openapi_config=None))


def test_what_is_public_asks_nothing_of_the_caller() -> None:
    public = [handler for _, handler in HANDLERS if access_of(handler) == [anyone]]
    assert public
    assert [str(it) for it in public if any(isinstance(guard, Access) for guard in it.resolve_guards())] == []


def test_two_guards_stop_the_start_too() -> None:
    @get("/double", guards=[anyone, anyone])
    async def double() -> None:
        """Says it twice."""

    with pytest.raises(RuntimeError, match="/double"):
        refuse_undeclared(Litestar([double], openapi_config=None))


def test_operation_ids_are_unique() -> None:
    paths = create_app(SETTINGS, DOCUMENT).openapi_schema.to_schema()["paths"]
    operations = [operation for path in paths.values() for operation in path.values()]
    counted = Counter(operation["operationId"] for operation in operations)
    assert [name for name, count in counted.items() if count > 1] == []


def subclasses(kind: type) -> list[type]:
    return [deep for direct in kind.__subclasses__() for deep in (direct, *subclasses(direct))]


def test_a_reply_has_no_defaults() -> None:
    replies = subclasses(Reply)
    assert len(replies) > 100
    fields = [(reply.__name__, field) for reply in replies for field in msgspec.structs.fields(reply)]
    assert [(reply, field.name) for reply, field in fields if not field.required] == []
