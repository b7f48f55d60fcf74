"""The running app and the browsers that look at it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import psycopg
import pytest
from playwright.async_api import Playwright, async_playwright, expect

from tests.app import running
from tests.browser.chromium import Chromium, Visitor, visiting
from tests.browser.office import MONEY, Office
from tests.browser.wire import Wire
from tests.conftest import SECRET
from tests.pushservice import PushService

Visit = Callable[..., Awaitable[Visitor]]


@pytest.fixture(scope="session")
def database_url(clone: Callable[[], str]) -> str:
    """The database behind `server`."""
    return clone()


@pytest.fixture(autouse=True)
def base(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    """The database behind the app. All tests call from one network: what others used up of its limits is given back."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DELETE FROM core_count")
        yield connection


@pytest.fixture(scope="session")
def processes(database_url: str, push_service: PushService) -> dict[str, str]:
    """The settings of our processes."""
    return {"DATABASE_URL": database_url, "SECRET_KEY": SECRET, "PUSH_SERVICES": push_service.origin} | MONEY


@pytest.fixture(scope="session")
async def server(processes: dict[str, str]) -> AsyncIterator[str]:
    """The origin of the web process."""
    async with running("web", **processes) as origin:
        yield origin


@pytest.fixture(scope="session")
async def office(database_url: str) -> AsyncIterator[Office]:
    """Arranges staff and residents behind `server`."""
    office = Office(database_url, SECRET)
    yield office
    await office.close()


@pytest.fixture(scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
async def chromium(playwright: Playwright) -> AsyncIterator[Chromium]:
    # A machine that does other things as well; what must be quick says so itself.
    expect.set_options(timeout=60_000)
    chromium = Chromium(playwright)
    yield chromium
    await chromium.close()


@pytest.fixture(scope="session")
async def whole_chromium(playwright: Playwright, chromium: Chromium) -> AsyncIterator[Chromium]:
    """With all that surrounds a page, for those who look at notifications."""
    whole = Chromium(playwright, whole=True)
    yield whole
    await whole.close()


@pytest.fixture
async def wire(server: str) -> AsyncIterator[Wire]:
    """A line to the server to cut. Its origin is new: no worker and nothing kept from another test."""
    async with Wire(server) as wire:
        yield wire


@pytest.fixture
def beneath(request: pytest.FixtureRequest) -> None:
    """What a visit leads to is there before it, and goes after it: a page that is left with a dead line complains."""
    for name in {"wire", "tiled", "till"} & set(request.fixturenames):
        request.getfixturevalue(name)


@pytest.fixture
async def visit(chromium: Chromium, server: str, beneath: None) -> AsyncIterator[Visit]:
    """Opens the app on a new phone: `await visit("/search")`; what the phone is may be said by name."""
    async with AsyncExitStack() as stack:

        async def visit(path: str = "/", origin: str = server, **phone: Any) -> Visitor:
            visitor = await stack.enter_async_context(visiting(chromium, origin, **phone))
            await visitor.open(path)
            return visitor

        yield visit
