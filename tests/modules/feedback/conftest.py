"""A phone that sends reports, the hub that sorts them, and a unit that handles them."""

import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image

from server.core.database import Database
from tests.modules.identity.conftest import (
    Browser,
    NewBrowser,
    NewPhone,
    StaffBrowser,
    browser,
    new_browser,
    new_phone,
    nothing_counted,
    phone,
    staff_browser,
)

__all__ = ["browser", "new_browser", "new_phone", "nothing_counted", "phone", "staff_browser"]

HERE = {"lat": 9.1769, "lon": 105.1524}
"""In the middle of a ward of the province."""
UNIT = "31834"


@pytest.fixture(autouse=True)
def wired_as_before(database: Database) -> Iterator[None]:
    before = database.before_commit
    yield
    database.before_commit = before


def report(**more: Any) -> dict[str, Any]:
    """What a phone sends."""
    said = {
        "category": "ha-tang-do-thi",
        "text": "Nắp cống trước chợ bị vỡ, xe máy dễ sập.",
        **HERE,
        "accuracy_m": 12,
        "commune": None,
        "outside_meant": False,
        "urgent": False,
        "disclosure": "nobody",
        "photos": 0,
        "written_at": datetime.now(UTC).isoformat(),
    }
    return said | more


def photo(width: int = 640, height: int = 480, format: str = "JPEG", color: str = "teal", **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), color).save(out, format, **more)
    return out.getvalue()


class Phone:
    """Whoever reports, signed in or not."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    async def try_to_send(self, said: dict[str, Any], operation: str = "", **headers: str) -> httpx.Response:
        path = f"/api/feedback/reports/{operation or uuid4()}"
        return await self.browser.put(path, json=said, headers={"Accept-Language": "en"} | headers)

    async def send(self, **more: Any) -> dict[str, Any]:
        return await done(self.try_to_send(report(**more)))

    async def try_to_show(self, operation: str, number: int, content: bytes) -> httpx.Response:
        return await self.browser.put(
            f"/api/feedback/reports/{operation}/photos/{number}",
            content=content,
            headers={"Content-Type": "image/jpeg", "Accept-Language": "en"},
        )

    async def look(self, operation: str) -> dict[str, Any]:
        return await done(self.browser.get(f"/api/feedback/reports/{operation}", headers={"Accept-Language": "en"}))


class Officer:
    """Somebody of the hub, or of a unit."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    async def queue(self, **asked: str) -> list[dict[str, Any]]:
        """All pages of a list: other tests have reports, too."""
        items: list[dict[str, Any]] = []
        while True:
            page = await done(self.browser.get("/api/feedback/desk", params={"limit": "100"} | asked))
            items += page["items"]
            if page["next_cursor"] is None:
                return items
            asked |= {"cursor": page["next_cursor"]}

    async def find(self, code: str) -> dict[str, Any]:
        (row,) = await self.queue(q=code)
        return await done(self.browser.get(f"/api/feedback/desk/{row['id']}"))

    async def try_to(self, act: str, of: dict[str, Any], **more: Any) -> httpx.Response:
        return await self.browser.post(
            f"/api/feedback/desk/{of['id']}/acts",
            json={"act": act} | more,
            headers={"If-Match": f'"{of["version"]}"', "Accept-Language": "en"},
        )

    async def try_to_let_see(self, of: dict[str, Any], number: int, shown: bool, *areas: Any) -> httpx.Response:
        return await self.browser.put(
            f"/api/feedback/desk/{of['id']}/photos/{number}/shown",
            json={"shown": shown, "areas": areas},
            headers={"If-Match": f'"{of["version"]}"', "Accept-Language": "en"},
        )

    async def let_see(self, of: dict[str, Any], number: int, shown: bool, *areas: Any) -> dict[str, Any]:
        return await done(self.try_to_let_see(of, number, shown, *areas))

    async def act(self, act: str, of: dict[str, Any], **more: Any) -> dict[str, Any]:
        return await done(self.try_to(act, of, **more))


async def done(asked: Awaitable[httpx.Response]) -> dict[str, Any]:
    reply = await asked
    assert reply.is_success, reply.text
    said: dict[str, Any] = reply.json()
    return said


def refused(reply: httpx.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["type"]


@pytest.fixture
async def stranger(new_browser: NewBrowser) -> Phone:
    """Nobody has signed in."""
    return Phone(new_browser())


NewResident = Callable[[], Awaitable[Phone]]


@pytest.fixture
def new_resident(new_browser: NewBrowser, new_phone: NewPhone) -> NewResident:
    async def make() -> Phone:
        browser = new_browser()
        me = await browser.sign_in(new_phone())
        browser.me = me["id"]  # type: ignore[attr-defined]
        return Phone(browser)

    return make


@pytest.fixture
async def resident(new_resident: NewResident) -> Phone:
    return await new_resident()


@pytest.fixture
async def hub(staff_browser: StaffBrowser) -> Officer:
    return Officer(await staff_browser("feedback:handle", "feedback:triage", "feedback:categories", unit="31840"))


@pytest.fixture
async def unit(staff_browser: StaffBrowser) -> Officer:
    return Officer(await staff_browser("feedback:handle", unit=UNIT))


@pytest.fixture
async def other_unit(staff_browser: StaffBrowser) -> AsyncIterator[Officer]:
    yield Officer(await staff_browser("feedback:handle", unit="31843"))
