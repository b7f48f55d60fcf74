"""A system that reports dossiers, and slips nobody else in this run has."""

import secrets
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from server.core.database import Database
from server.core.settings import Settings
from server.modules.identity.service.partners import Partners
from tests.modules.identity.conftest import browser, new_browser, new_phone, nothing_counted, phone, staff_browser

__all__ = ["browser", "new_browser", "new_phone", "nothing_counted", "phone", "staff_browser"]

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def wired_as_before(database: Database) -> Iterator[None]:
    """A test that listens with reactions of its own leaves the shared database to the application's."""
    before = database.before_commit
    yield
    database.before_commit = before


def new_code() -> str:
    return f"H12.998-20261101-{secrets.randbelow(10**7):07}"


def event(code: str, status: int, hours_ago: float = 1, **more: Any) -> dict[str, Any]:
    """What a system sends: a thing that happened so many hours ago."""
    return {
        "source": "một cửa",
        "event_id": str(uuid4()),
        "code": code,
        "procedure": "1.004194",
        "status": status,
        "at": (NOW - timedelta(hours=hours_ago)).isoformat(),
        "owner_phone": "0900000123",
    } | more


class System:
    """A partner with a token."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self._client, self._headers = client, {"Authorization": f"Bearer {token}"}

    async def send(self, body: object, language: str = "en") -> httpx.Response:
        headers = self._headers | {"Accept-Language": language, "Content-Type": "application/json"}
        given = {"content": body} if isinstance(body, bytes) else {"json": body}
        return await self._client.post("/api/dossiers/events", headers=headers, **given)  # type: ignore[arg-type]

    async def report(self, *events: dict[str, Any]) -> list[dict[str, Any]]:
        """The outcomes of a batch."""
        reply = await self.send({"events": list(events)})
        assert reply.status_code == 200, reply.text
        items: list[dict[str, Any]] = reply.json()["items"]
        return items


NewSystem = Callable[..., Awaitable[System]]


@pytest.fixture
def new_system(client: httpx.AsyncClient, database: Database, settings: Settings) -> NewSystem:
    async def make(*permissions: str) -> System:
        async with database.transaction() as session:
            partners = Partners(session, settings)
            partner, secret = await partners.add(None, f"hệ thống {uuid4()}", frozenset(permissions))
            return System(client, await partners.token(partner.id, secret))

    return make


@pytest.fixture
async def system(new_system: NewSystem) -> System:
    return await new_system("dossiers:intake")


@pytest.fixture
def code() -> str:
    return new_code()


LookUp = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
def look_up(client: httpx.AsyncClient, nothing_counted: None) -> LookUp:
    async def ask(code: str, last_digits: str = "0123", language: str = "vi") -> httpx.Response:
        body = {"code": code, "last_digits": last_digits}
        return await client.post("/api/dossiers/lookup", json=body, headers={"Accept-Language": language})

    return ask
