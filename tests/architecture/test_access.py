"""Every route, tried by everybody: who is admitted is exactly who the route says, HEAD included."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import product
from secrets import token_urlsafe
from typing import Any, NamedTuple
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar.handlers import HTTPRouteHandler
from sqlalchemy import text
from uuid_utils.compat import uuid7

from server.app import MODULES
from server.core.access import STANDARD, Access, access_of
from server.core.database import Database
from server.core.settings import Settings
from server.core.web import Frame
from server.modules.identity.models import Method, Resident, Role, Session, Staff, StaffRole
from server.modules.identity.service.identifiers import hashed
from server.modules.identity.service.partners import Partners
from tests.architecture.test_routes import HANDLERS, named
from tests.conftest import Hurried, Start

_IN_ERRORS = re.compile(rb"(?:\"type\":\"|<type>)([a-z-]+)")
PERMISSIONS = sorted({word for module in MODULES for word in module.permissions})


class Who(NamedTuple):
    """A kind of caller. `old`: the last proof was an hour ago."""

    kind: str
    assurance: int = 0
    permissions: tuple[str, ...] = ()
    old: bool = False


CALLERS = {
    "nobody": Who("nobody"),
    "a forged cookie": Who("forged"),
    "a resident known by phone": Who("resident", 1),
    "a resident known by VNeID": Who("resident", 3),
    "a resident whose proof is old": Who("resident", 3, old=True),
    "staff without a role": Who("staff"),
    "staff who may everything": Who("staff", permissions=tuple(PERMISSIONS)),
    "staff whose proof is old": Who("staff", permissions=tuple(PERMISSIONS), old=True),
    "a partner": Who("partner", permissions=("dossiers:intake",)),
}
for permission in PERMISSIONS:
    CALLERS[f"staff who may {permission}"] = Who("staff", permissions=(permission,))


def expected(access: Access, who: Who, *, vneid: bool = False) -> str | None:
    """The refusal this caller gets from a route with this guard; None when admitted. Written apart from the guard.

    `vneid`: residents can sign in with it here.
    """
    if not access.required:
        return None
    if who.kind in ("nobody", "forged"):
        return "sign-in-needed"
    if who.kind not in access.kinds:
        return "not-allowed"
    if access.permission and access.permission not in who.permissions:
        return "not-allowed"
    if who.kind == "resident" and who.assurance < max(access.assurance, access.where_vneid if vneid else 0):
        return "assurance-needed"
    return "proof-needed" if access.fresh and who.old else None


class Crowd:
    """One application, and a new session after every call that was let in: some routes end the one they are called
    with. A refusal ends none.
    """

    def __init__(self, client: httpx.AsyncClient, settings: Settings, database: Database, ids: dict[str, Any]) -> None:
        self._client, self._settings, self._database, self._ids = client, settings, database, ids
        self._ready: dict[Who, list[dict[str, str]]] = {}

    async def _credentials(self, who: Who) -> list[dict[str, str]]:
        """Some that nobody has used: ten people of this kind, each signed in."""
        if who.kind == "nobody":
            return [{}]
        if who.kind == "forged":
            return [{"Cookie": "__Host-sid=" + "x" * 43}]
        async with self._database.transaction() as session:
            if who.kind == "partner":
                partners = Partners(session, self._settings)
                partner, secret = await partners.add(None, f"partner {uuid7()}", frozenset(who.permissions))
                return [{"Authorization": f"Bearer {await partners.token(partner.id, secret)}"}]
            ids = [uuid7() for _ in range(10)]
            if who.kind == "resident":
                session.add_all(Resident(id=it, language="vi", name="", name_folded="", version=1) for it in ids)
            else:
                session.add_all(Staff(id=it, login=f"crowd-{it}", name="Crowd", unit="crowd") for it in ids)
                await session.flush()
                session.add_all(StaffRole(staff_id=it, role_id=self._ids[who.permissions]) for it in ids)
            await session.flush()
            tokens = {token_urlsafe(32): it for it in ids}
            session.add_all(self._opened(who, owner, token) for token, owner in tokens.items())
        return [{"Cookie": f"__Host-sid={token}"} for token in tokens]

    def _opened(self, who: Who, owner: UUID, token: str) -> Session:
        """Signed in, and not asleep however long the other tests take."""
        now = datetime.now(UTC)
        return Session(
            id=uuid7(),
            token_hash=hashed(token),
            **{f"{who.kind}_id": owner},
            method=Method.PHONE if who.kind == "resident" else Method.PASSKEY,
            assurance=who.assurance,
            shared=False,
            device="",
            proved_at=now - timedelta(hours=1) if who.old else now,
            seen_at=now,
            idle=86_400,
            expires_at=now + timedelta(days=1),
        )

    async def call(self, method: str, path: str, who: Who) -> httpx.Response:
        ready = self._ready.setdefault(who, [])
        if not ready:
            ready.extend(await self._credentials(who))
        known = ready.pop()
        body = None if method in ("GET", "HEAD", "DELETE") else {}
        headers = {"Origin": self._settings.origin, **known}
        reply = await self._client.request(method, path, headers=headers, json=body)
        if reply.status_code in (401, 403):
            ready.append(known)
        return reply


@pytest.fixture(scope="module")
async def crowd(settings: Settings, client: httpx.AsyncClient, database: Database) -> AsyncIterator[Crowd]:
    async with gathered(settings, client, database) as crowd:
        yield crowd


@asynccontextmanager
async def gathered(settings: Settings, client: httpx.AsyncClient, database: Database) -> AsyncIterator[Crowd]:
    transport = httpx.ASGITransport(app=Hurried(Frame(client.app, settings)), client=("198.51.100.9", 50000))  # type: ignore[attr-defined]
    roles: dict[str, Any] = {}
    async with database.transaction() as session:
        for who in CALLERS.values():
            if who.kind == "staff" and who.permissions not in roles:
                role = Role(id=uuid7(), name=f"crowd {uuid7()}", permissions=list(who.permissions))
                session.add(role)
                roles[who.permissions] = role.id
    # Each call brings its own credentials: nothing is kept from the one before.
    async with httpx.AsyncClient(transport=transport, base_url=settings.origin) as http:
        http.cookies.jar.set_policy(_NoCookies())
        yield Crowd(http, settings, database, roles)


class _NoCookies:
    """A cookie policy that keeps and sends none."""

    rfc2965 = netscape = hide_cookie2 = False

    def set_ok(self, *_: Any) -> bool:
        return False

    return_ok = domain_return_ok = path_return_ok = set_ok


def sample(path: str) -> str:
    """An address of this route: an id that nobody has, a word or a number that means nothing."""
    parts = []
    for part in path.split("/"):
        if part.startswith("{"):
            parts.append(str(UUID(int=7)) if "uuid" in part else "7" if ":int" in part else "nothing")
        else:
            parts.append(part)
    return "/".join(parts)


@pytest.mark.parametrize("pair", HANDLERS, ids=named)
async def test_who_is_admitted_is_who_the_route_says(
    pair: tuple[str, HTTPRouteHandler], crowd: Crowd, database: Database
) -> None:
    path, handler = pair
    async with database.reading() as connection:
        await connection.execute(text("DELETE FROM core_count"))
    [access] = access_of(handler)
    surprises = []
    callers = CALLERS
    if access.permission and "partner" in access.kinds:
        callers = CALLERS | {"the partner it is for": Who("partner", permissions=(access.permission,))}
    for method in sorted(handler.http_methods):
        for name, who in callers.items():
            reply = await crowd.call(method, sample(path), who)
            # Below a standard no cookie counts: people are strangers there.
            known = who if who.kind == "partner" or not path.startswith(STANDARD) else CALLERS["nobody"]
            wanted = expected(access, known)
            if refusal(reply) != wanted or reply.status_code >= 500:
                said = _type(reply)
                surprises.append(f"{method} by {name}: {reply.status_code} {said}, wanted {wanted or 'to be admitted'}")
            # What may not be read may not be sounded out either.
            if method == "GET" and wanted:
                head = await crowd.call("HEAD", sample(path), who)
                if head.status_code not in (401, 403, 405):
                    surprises.append(f"HEAD by {name}: {head.status_code}")
    assert surprises == []


async def test_where_residents_can_come_by_vneid_some_routes_need_it(
    start: Start, settings: Settings, database: Database
) -> None:
    """Every route for residents, at every level. What a phone alone does not open is a list for who reviews access."""
    theirs = [(path, it, access) for path, it in HANDLERS if "resident" in (access := access_of(it)[0]).kinds]
    with_vneid = msgspec.structs.replace(settings, oidc_issuer="https://vneid.example")  # it is asked nothing
    surprises, closed = [], set()
    async with start(with_vneid) as client, gathered(with_vneid, client, database) as crowd:
        for path, handler, access in theirs:
            async with database.reading() as connection:
                await connection.execute(text("DELETE FROM core_count"))
            for method, level in product(sorted(handler.http_methods), (1, 2, 3)):
                who = Who("resident", level)
                reply = await crowd.call(method, sample(path), who)
                said, wanted = refusal(reply), expected(access, who, vneid=True)
                if said != wanted or reply.status_code >= 500:
                    surprises.append(f"{method} {path} at level {level}: {reply.status_code} {said}, wanted {wanted}")
                if said == "assurance-needed":
                    closed.add(path)
                    told = reply.json()
                    # The way on, in words and as numbers for a screen.
                    assert (reply.status_code, told["needed"], told["present"]) == (403, 2, level)
                    assert "VNeID" in told["title"]
    assert surprises == []
    assert closed == {"/api/dossiers/{code:str}/results/{result_id:uuid}"}


def refusal(reply: httpx.Response) -> str | None:
    """What the guard said; whatever else came shows that it had let the caller in."""
    said = _type(reply)
    return said if said in ("sign-in-needed", "not-allowed", "assurance-needed", "proof-needed") else None


def _type(reply: httpx.Response) -> str | None:
    """The rule that refused it; a standard has a shape of its own for that (decision 26)."""
    if reply.request.url.path.startswith(STANDARD) and (named := _IN_ERRORS.search(reply.content)):
        return named[1].decode()
    if reply.headers.get("content-type") != "application/problem+json" or not reply.content:
        return None
    return str(msgspec.json.decode(reply.content).get("type"))


def test_every_permission_a_route_names_is_declared() -> None:
    guarded = {access.permission for _, handler in HANDLERS for access in access_of(handler) if access.permission}
    staffed = {
        access.permission
        for _, handler in HANDLERS
        for access in access_of(handler)
        if access.permission and "staff" in access.kinds
    }
    assert staffed <= set(PERMISSIONS)
    assert set(PERMISSIONS) <= guarded
