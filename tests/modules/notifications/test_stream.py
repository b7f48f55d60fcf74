"""News while the app is open: at once, on every device, and no longer than the session."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from server.core.database import Database
from server.modules.notifications.service import live
from server.modules.notifications.service.inbox import state_of
from tests.modules.identity.conftest import Browser, browser, new_browser, new_phone, nothing_counted, phone
from tests.modules.notifications.announcements import Desk, announcement, desk
from tests.modules.notifications.test_inbox import Tell, inbox, notice, tell

__all__ = ["browser", "desk", "new_browser", "new_phone", "nothing_counted", "phone", "tell"]


class Reading:
    """What a browser hears; `httpx` without a network would wait for the end."""

    def __init__(self) -> None:
        self.start: dict[str, Any] = {}
        self._chunks: asyncio.Queue[bytes] = asyncio.Queue()
        self.gone = asyncio.Event()

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        elif message.get("body"):
            await self._chunks.put(message["body"])

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def event(self, kind: str) -> dict[str, str]:
        """The next event of this kind."""
        async with asyncio.timeout(60):
            while True:
                lines = (await self._chunks.get()).decode().splitlines()
                fields = dict(line.split(": ", 1) for line in lines if not line.startswith(":") and ": " in line)
                if fields.get("event") == kind:
                    return fields


@asynccontextmanager
async def streaming(browser: Browser, last: str = "") -> AsyncIterator[Reading]:
    request = browser.build_request("GET", "/api/notifications/stream", headers={"Last-Event-ID": last})
    reading = Reading()
    scope = {
        "type": "http",
        "method": "GET",
        "path": request.url.path,
        "raw_path": request.url.raw_path,
        "query_string": b"",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": "https",
        "client": ("203.0.113.7", 50000),
        "server": ("localhost", 443),
        "http_version": "1.1",
        "root_path": "",
    }
    app = browser._transport.app  # type: ignore[attr-defined]
    task = asyncio.create_task(app(scope, reading.receive, reading.send))
    try:
        yield reading
    finally:
        reading.gone.set()
        await asyncio.wait_for(task, 20)


async def test_what_is_told_is_heard_at_once(browser: Browser, phone: str, tell: Tell) -> None:
    me = await browser.sign_in(phone)
    async with streaming(browser) as reading:
        assert (await reading.event("inbox"))["data"] == '{"unread": 0}'
        assert dict(reading.start["headers"])[b"content-type"].startswith(b"text/event-stream")
        await tell(notice(me["id"]))
        first = await reading.event("inbox")
        assert first["data"] == '{"unread": 1}'
        # Read on another device.
        [entry] = (await inbox(browser))["items"]
        await browser.put(f"/api/notifications/{entry['id']}/read", json={"read": True})
        last = await reading.event("inbox")
        assert last["data"] == '{"unread": 0}'
    # Back again: what was heard before is not said again, what was missed is.
    await tell(notice(me["id"]))
    async with streaming(browser, last["id"]) as reading:
        missed = await reading.event("inbox")
        assert missed["data"] == '{"unread": 1}'
    async with streaming(browser, missed["id"]) as reading:
        await tell(notice(me["id"]))
        assert (await reading.event("inbox"))["data"] == '{"unread": 2}'


async def test_what_everybody_is_told_everybody_hears(browser: Browser, phone: str, desk: Desk) -> None:
    await browser.sign_in(phone)
    async with streaming(browser) as reading:
        await reading.event("inbox")
        it = announcement()
        await desk.announce(it)
        assert (await reading.event("inbox"))["data"] == '{"unread": 1}'
        await desk.retract(it.key)
        assert (await reading.event("inbox"))["data"] == '{"unread": 0}'


async def test_nobody_hears_of_anothers(browser: Browser, new_browser: Any, new_phone: Any, tell: Tell) -> None:
    other = new_browser()
    me, them = await browser.sign_in(new_phone()), await other.sign_in(new_phone())
    async with streaming(browser) as reading:
        await reading.event("inbox")
        await tell(notice(them["id"]))
        await tell(notice(me["id"]))
        assert (await reading.event("inbox"))["data"] == '{"unread": 1}'


async def test_it_ends_with_the_session(
    browser: Browser, phone: str, monkeypatch: pytest.MonkeyPatch, client: Any
) -> None:
    await browser.sign_in(phone)
    database: Database = client.app.state.database
    monkeypatch.setitem(database.info, "live", live.Live(database, state_of, heartbeat=0.2))
    async with streaming(browser) as reading:
        await reading.event("inbox")
        await browser.delete("/api/identity/session")
        assert await reading.event("ended")
    reply = await browser.get("/api/notifications/stream")
    assert (reply.status_code, reply.json()["type"]) == (401, "sign-in-needed")


async def test_one_connection_for_many_streams_and_none_for_nobody(browser: Browser, phone: str, client: Any) -> None:
    await browser.sign_in(phone)
    live_now = live.live_of(client.app.state.database, state_of)
    async with streaming(browser) as one, streaming(browser) as another:
        await one.event("inbox")
        await another.event("inbox")
        assert len(live_now._running) == 2  # hears, and looks after the sessions
    assert live_now._running == []
