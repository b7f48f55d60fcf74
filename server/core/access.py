"""Who is calling, and who may come in. Every route names one of these guards; silence stops the start.

@get("/own", guards=[signed_in])
@post("/{id:uuid}/move", guards=[may("dossiers:move")])
@get("/results", guards=[resident(where_vneid=2)])
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import Litestar, Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.routes import HTTPRoute

from server.core.problems import Problem
from server.core.words import Words

Connection = ASGIConnection[Any, Any, Any, Any]
AnyRequest = Request[Any, Any, State]
Kind = Literal["resident", "staff", "partner"]

FRESH = timedelta(minutes=5)
"""How young the last proof (code, passkey) must be for a sensitive act; security.md 3.1."""


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever the request was recognised as.

    `assurance`: 1 phone, 2 and 3 VNeID levels 1 and 2; staff and partners have 0, their permissions say what they
    may. `permissions` are words such as `dossiers:move`. `unit` is where staff work: the code of a commune or the
    slug of an office. `proved_at`: when the caller last gave a proof.
    """

    id: UUID
    kind: Kind
    session_id: UUID
    proved_at: datetime
    assurance: int = 0
    permissions: frozenset[str] = frozenset()
    unit: str = ""
    name: str = ""

    @property
    def is_fresh(self) -> bool:
        """Whether the last proof is young enough for a sensitive act."""
        return datetime.now(UTC) - self.proved_at <= FRESH


Recognise = Callable[[Connection], Awaitable[Caller | None]]
"""What tells from a connection's credentials who is calling; one module of the application gives it."""


class SignInNeeded(Problem):
    status = 401
    title = Words("Bạn cần đăng nhập", "You need to sign in", "អ្នកត្រូវចូលគណនី")


class ProofNeeded(Problem):
    """The session is good, but the act is sensitive: prove once more that it is you."""

    status = 401
    title = Words(
        "Hãy xác nhận lại rằng đó chính là bạn",
        "Confirm once more that it is you",
        "សូមបញ្ជាក់ម្តងទៀតថាជាអ្នកពិតប្រាកដ",
    )


class CallerChanged(Problem):
    """`If-Caller` names somebody else than who is signed in: what one person began is not done as another.

    Two tabs, or something that waited for a line, while somebody else signed in on the same device.
    """

    status = 409
    title = Words(
        "Trên máy này vừa có người khác đăng nhập, nên việc này chưa được gửi đi",
        "Somebody else has signed in on this device, so this was not sent",
        "មានអ្នកផ្សេងទើបចូលគណនីលើឧបករណ៍នេះ ដូច្នេះការនេះមិនទាន់ត្រូវបានផ្ញើទេ",
    )


class NotAllowed(Problem):
    status = 403
    title = Words("Bạn không có quyền làm việc này", "You may not do this", "អ្នកគ្មានសិទ្ធិធ្វើការនេះទេ")


class AssuranceNeeded(Problem):
    """`needed` and `present` say by how much the caller is not known well enough."""

    status = 403
    title = Words(
        "Việc này cần đăng nhập bằng VNeID",
        "This needs a sign-in with VNeID",
        "ការនេះត្រូវចូលគណនីដោយ VNeID",
    )


async def recognise(connection: Connection) -> Caller | None:
    """Whoever calls, asked once for each request and put into `request.user`."""
    if "user" not in connection.scope:
        connection.scope["user"] = await connection.app.state.recognise(connection)
    caller: Caller | None = connection.scope["user"]
    return caller


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """A guard: who may come in. The tests read its fields, so that every route can be tried with every caller.

    `where_vneid`: the assurance that residents need where they can sign in with VNeID (the setting `oidc_issuer`);
    elsewhere nobody could reach it, and `assurance` is enough.
    """

    kinds: frozenset[Kind] = frozenset()
    permission: str = ""
    assurance: int = 0
    where_vneid: int = 0
    fresh: bool = False
    required: bool = True

    async def __call__(self, connection: Connection, _handler: BaseRouteHandler) -> None:
        caller = await recognise(connection)
        if not self.required:
            if caller is not None and caller.kind not in self.kinds:
                connection.scope["user"] = None  # another system is a stranger where people are meant
            return
        if caller is None:
            raise SignInNeeded
        if connection.headers.get("if-caller", str(caller.id)) != str(caller.id):
            raise CallerChanged
        if caller.kind not in self.kinds or (self.permission and self.permission not in caller.permissions):
            raise NotAllowed
        if caller.kind == "resident" and caller.assurance < (needed := self._needed(connection)):
            raise AssuranceNeeded(needed=needed, present=caller.assurance)
        if self.fresh and not caller.is_fresh:
            raise ProofNeeded

    def _needed(self, connection: Connection) -> int:
        if self.where_vneid and connection.app.state.settings.oidc_issuer:
            return max(self.assurance, self.where_vneid)
        return self.assurance


STANDARD = "/open311/"
"""Below it lies what a standard has laid down: other systems send their key with what they ask, no cookie counts."""

_PEOPLE: frozenset[Kind] = frozenset({"resident", "staff"})

anyone = Access(required=False)
"""Public: no session is needed, and none is looked at."""

whoever = Access(kinds=_PEOPLE, required=False)
"""Public, and who is signed in is recognised: `request.user` may be None."""

known_partner = Access(kinds=frozenset({"partner"}), required=False)
"""Public, and another system that says which one it is, is recognised: `request.user` may be None."""

signed_in = Access(kinds=_PEOPLE)
"""Every person with a session, resident or staff."""

staff = Access(kinds=frozenset({"staff"}))
"""Staff of any role, for what concerns their own account."""


def resident(*, assurance: int = 1, where_vneid: int = 0, fresh: bool = False) -> Access:
    """Residents known at least this well; `where_vneid`: where VNeID can be signed in with, so well."""
    return Access(kinds=frozenset({"resident"}), assurance=assurance, where_vneid=where_vneid, fresh=fresh)


def own(*, fresh: bool) -> Access:
    """Residents and staff alike, for a sensitive act on their own account."""
    return Access(kinds=_PEOPLE, fresh=fresh)


def may(permission: str, *, fresh: bool = False) -> Access:
    """Staff whose roles hold this permission."""
    return Access(kinds=frozenset({"staff"}), permission=permission, fresh=fresh)


def partner(permission: str) -> Access:
    """Other systems whose token holds this permission."""
    return Access(kinds=frozenset({"partner"}), permission=permission)


def access_of(handler: BaseRouteHandler) -> list[Access]:
    """The access guards a route declares."""
    guards: Sequence[Any] = [getattr(guard, "func", guard) for guard in handler.guards or ()]
    return [guard for guard in guards if isinstance(guard, Access)]


def permissions_of_partners(app: Litestar) -> frozenset[str]:
    """What the routes for other systems ask for: nothing else is worth giving to one."""
    return frozenset(
        guard.permission
        for _, handler in _handlers(app)
        for guard in access_of(handler)
        if guard.permission and "partner" in guard.kinds
    )


def refuse_undeclared(app: Litestar) -> None:
    """Deny by default: an application with a route that does not say who may call it does not start."""
    for path, handler in _handlers(app):
        if len(access_of(handler)) != 1 and handler.handler_name != "options_handler":
            raise RuntimeError(f"{path}: {handler} must name exactly one access guard")
        # `anyone` asks nothing, and Litestar copies the handler for every guard it calls: a fifth of a public read.
        # It has copied the guard, too: equal, not the same.
        running = handler.resolve_guards()
        running[:] = [guard for guard in running if guard != anyone]


def _handlers(app: Litestar) -> Iterator[tuple[str, HTTPRouteHandler]]:
    """Every route of HTTP with its path."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                yield route.path, handler
