"""Who is calling, and who may come in. Every route names one of these guards; silence stops the start."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute

from server.core.problems import Problem
from server.core.words import Words

Connection = ASGIConnection[Any, Any, Any, Any]


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever the request was recognised as; `permissions` are words such as `dossiers:move`."""

    id: UUID
    kind: str
    permissions: frozenset[str]


class SignInNeeded(Problem):
    status = 401
    title = Words("Bạn cần đăng nhập", "You need to sign in", "អ្នកត្រូវចូលគណនី")


class NotAllowed(Problem):
    status = 403
    title = Words("Bạn không có quyền làm việc này", "You may not do this", "អ្នកគ្មានសិទ្ធិធ្វើការនេះទេ")


async def anyone(_connection: Connection, _handler: BaseRouteHandler) -> None:
    """Public: no session is needed, and none is looked at."""


async def signed_in(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Whoever has a session."""
    if connection.scope.get("user") is None:
        raise SignInNeeded


class may:
    """Whoever has this permission."""

    def __init__(self, permission: str) -> None:
        self.permission = permission

    async def __call__(self, connection: Connection, handler: BaseRouteHandler) -> None:
        await signed_in(connection, handler)
        if self.permission not in connection.scope["user"].permissions:
            raise NotAllowed


def access_of(handler: BaseRouteHandler) -> list[Any]:
    """The access guards a route declares."""
    guards: Sequence[Any] = [getattr(guard, "func", guard) for guard in handler.guards or ()]
    return [guard for guard in guards if guard in (anyone, signed_in) or isinstance(guard, may)]


def refuse_undeclared(app: Litestar) -> None:
    """Deny by default: an application with a route that does not say who may call it does not start."""
    for route in app.routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
            if len(access_of(handler)) != 1 and handler.handler_name != "options_handler":
                raise RuntimeError(f"{route.path}: {handler} must name exactly one access guard")
            # `anyone` asks nothing, and Litestar copies the handler for every guard it calls: a fifth of a public read.
            running = handler.resolve_guards()
            running[:] = [guard for guard in running if getattr(guard, "func", guard) is not anyone]
