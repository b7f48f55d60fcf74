"""People who sign in: each test has phones of its own, and all of them one OpenID provider."""

import itertools
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, NamedTuple
from uuid import UUID

import httpx
import msgspec
import pyotp
import pytest
from argon2 import PasswordHasher
from litestar import Litestar
from sqlalchemy import select, text
from uuid_utils.compat import uuid7

from server.core.database import Database
from server.core.settings import Settings
from server.core.web import Frame
from server.modules.identity.models import Method, Role, Staff, StaffRole
from server.modules.identity.rules.person import searched
from server.modules.identity.service.links import Link, Links
from server.modules.identity.service.sessions import Sessions
from server.modules.identity.service.time_codes import TimeCodes
from tests import canaries
from tests.modules.identity.openid import OpenIdProvider

NewPhone = Callable[[], str]


@pytest.fixture
def new_phone() -> NewPhone:
    """Makes numbers nobody else in this run has."""
    return lambda: canaries.wear("phone", f"090{secrets.randbelow(10**7):07}")


@pytest.fixture
def phone(new_phone: NewPhone) -> str:
    return new_phone()


@pytest.fixture
async def nothing_counted(database: Database) -> AsyncIterator[None]:
    """No test meets another one's counts, whichever of them comes first."""
    await age(database, "DELETE FROM core_count")
    yield
    await age(database, "DELETE FROM core_count")


async def age(database: Database, statement: str, **values: object) -> None:
    """Let time pass for a row: one statement that changes its instants."""
    async with database.reading() as connection:
        await connection.execute(text(statement), values)


class Browser(httpx.AsyncClient):
    """A client that keeps its cookies; over https, for http.cookiejar does not know that localhost is safe too."""

    staff_id: UUID
    """Who is signed in, when it is staff."""

    def __init__(self, app: Litestar, settings: Settings) -> None:
        origin = settings.origin.replace("http:", "https:")
        transport = httpx.ASGITransport(app=Frame(app, settings), client=("203.0.113.7", 50000))
        super().__init__(
            transport=transport, base_url=origin, headers={"Origin": origin}, event_hooks={"response": [_note]}
        )

    async def ask(self, phone: str, language: str = "vi") -> dict[str, Any]:
        reply = await self.post("/api/identity/codes", json={"phone": phone, "language": language})
        assert reply.status_code == 202, reply.text
        asked: dict[str, Any] = reply.json()
        return asked

    async def sign_in(self, phone: str, *, shared: bool = False) -> dict[str, Any]:
        asked = await self.ask(phone)
        reply = await self.post(
            f"/api/identity/codes/{asked['id']}/sign-in", json={"digits": asked["shown"], "shared": shared}
        )
        assert reply.status_code == 200, reply.text
        caller: dict[str, Any] = reply.json()["caller"]
        return caller


async def _note(reply: httpx.Response) -> None:
    """What a browser is given to keep, and what it is shown once."""
    for cookie in reply.headers.get_list("set-cookie"):
        if len(value := cookie.partition(";")[0].partition("=")[2]) > 20:
            canaries.wear("token", value)
    if reply.request.method == "POST" and "json" in reply.headers.get("content-type", ""):
        said = msgspec.json.decode(await reply.aread())
        if isinstance(said, dict):
            for name, kind in _GIVEN.items():
                if isinstance(value := said.get(name), str) and value:
                    canaries.wear(kind, value.rpartition(".")[2])


_GIVEN = {"shown": "code", "client_secret": "token", "access_token": "token", "secret": "token"}
"""Of replies; of a signed token the signature."""
NewBrowser = Callable[[], Browser]


@pytest.fixture
async def new_browser(
    client: httpx.AsyncClient, settings: Settings, nothing_counted: None
) -> AsyncIterator[NewBrowser]:
    """Makes browsers that know nothing of each other."""
    made: list[Browser] = []

    def make() -> Browser:
        made.append(Browser(client.app, settings))  # type: ignore[attr-defined]
        return made[-1]

    yield make
    for browser in made:
        await browser.aclose()


@pytest.fixture
def browser(new_browser: NewBrowser) -> Browser:
    return new_browser()


@pytest.fixture(scope="session")
async def provider() -> AsyncIterator[OpenIdProvider]:
    """Started once. A test that makes it lie, or counts, takes `honest` first."""
    provider = await OpenIdProvider().start()
    yield provider
    await provider.stop()


@pytest.fixture
async def honest(provider: OpenIdProvider) -> OpenIdProvider:
    """The provider without what another test wanted of it."""
    await provider.reset()
    return provider


StaffBrowser = Callable[..., Awaitable[Browser]]


@pytest.fixture
async def staff_browser(new_browser: NewBrowser, database: Database) -> StaffBrowser:
    """Makes browsers on which somebody of the staff is signed in: `await staff_browser("privacy:decide")`."""

    async def make(*permissions: str, unit: str = "96001") -> Browser:
        browser = new_browser()
        async with database.transaction() as session:
            member = Staff(id=uuid7(), login=f"staff-{uuid7()}", name="Cán bộ Thử", unit=unit)
            role = Role(id=uuid7(), name=f"role {uuid7()}", permissions=list(permissions))
            session.add_all([member, role])
            await session.flush()
            session.add(StaffRole(staff_id=member.id, role_id=role.id))
            await session.flush()
            _, token = await Sessions(session).open_for_staff(member, Method.PASSKEY, device="Chrome · Windows")
        browser.cookies.set("__Host-sid", token)
        browser.staff_id = member.id
        return browser

    return make


class Member(NamedTuple):
    """Somebody of the staff with a password and an authenticator, as far as they are given."""

    id: UUID
    login: str
    password: str
    secret: str
    unit: str


NewMember = Callable[..., Awaitable[Member]]
_members = itertools.count(1)
_PASSWORD = "ba cây dừa nước nghiêng"


@pytest.fixture(scope="session")
def known_hash() -> str:
    """Hashing takes longest of all: all members have one password."""
    return PasswordHasher(memory_cost=19 * 1024, time_cost=2, parallelism=1).hash(_PASSWORD)


@pytest.fixture
def new_member(database: Database, settings: Settings, known_hash: str) -> NewMember:
    """Makes staff: `await new_member("identity:recover")`, `await new_member(password=None, secret=None)`."""

    async def make(
        *permissions: str, password: str | None = _PASSWORD, secret: str | None = "", unit: str = "96001"
    ) -> Member:
        secret = pyotp.random_base32() if secret == "" else secret
        member = Staff(
            id=uuid7(),
            login=f"member-{os.getpid()}-{next(_members)}",
            name="Đặng Thị Thử",
            unit=unit,
            password_hash=known_hash if password else None,
        )
        member.searched = searched(f"{member.login} {member.name}")
        member.totp_secret = TimeCodes.close(settings, member.id, secret) if secret else None
        async with database.transaction() as session:
            session.add(member)
            await session.flush()
            if permissions:
                role = Role(id=uuid7(), name=f"role {uuid7()}", permissions=list(permissions))
                session.add(role)
                await session.flush()
                session.add(StaffRole(staff_id=member.id, role_id=role.id))
        return Member(member.id, member.login, password or "", secret or "", unit)

    return make


@pytest.fixture
async def member(new_member: NewMember) -> Member:
    return await new_member()


@pytest.fixture
def make_link(database: Database, settings: Settings) -> Callable[[Member], Awaitable[Link]]:
    async def make(member: Member) -> Link:
        async with database.transaction() as session:
            staff = (await session.scalars(select(Staff).where(Staff.id == member.id))).one()
            return await Links(session, settings).make(staff, None)

    return make
