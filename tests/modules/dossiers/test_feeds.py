"""What of the exchange bus could not be taken lies before a person, who tries again or sets it aside with a reason."""

from typing import Any
from uuid import uuid4

import msgspec
import pytest

from server.core.database import Database
from server.core.settings import Settings
from server.modules.dossiers.models import RefusedEvent
from server.modules.dossiers.service.contacts import Contacts
from server.sandbox.bus import Bus
from tests.modules.dossiers.conftest import LookUp, look_up, new_code
from tests.modules.dossiers.test_exchange import App, app, bus, item
from tests.modules.identity.conftest import Browser, StaffBrowser

__all__ = ["app", "bus", "look_up"]

FEEDS = "/api/dossiers/feeds"


@pytest.fixture
async def watcher(staff_browser: StaffBrowser) -> Browser:
    return await staff_browser("dossiers:feeds")


async def refused(watcher: Browser, **asked: Any) -> list[dict[str, Any]]:
    reply = await watcher.get(f"{FEEDS}/refused", params=asked, headers={"Accept-Language": "en"})
    assert reply.status_code == 200, reply.text
    items: list[dict[str, Any]] = reply.json()["items"]
    return items


async def test_how_it_fares_and_what_it_lacks(app: App, bus: Bus, watcher: Browser) -> None:
    bus.add(item("?", 2))
    bus.add(item(new_code(), 11))
    await app.pull()
    [feed] = (await watcher.get(FEEDS)).json()["items"]
    assert (feed["name"], feed["waiting"], feed["trouble"]) == ("lgsp", 2, None)
    assert feed["asked_at"] == feed["answered_at"]
    assert feed["position"]
    newest, older = await refused(watcher)
    assert (newest["problem"], newest["field"], newest["says"]) == ("status-unknown", "status", "A status is 1 to 10")
    assert (older["problem"], older["can_retry"]) == ("dossier-code-refused", True)
    first = await watcher.get(f"{FEEDS}/refused", params={"limit": 1})
    assert [it["id"] for it in first.json()["items"]] == [newest["id"]]
    assert [it["id"] for it in await refused(watcher, cursor=first.json()["next_cursor"])] == [older["id"]]
    assert (await watcher.get(f"{FEEDS}/refused", params={"cursor": "eA"})).json()["type"] == "cursor-refused"


async def test_one_that_is_still_wrong_stays_and_is_set_aside_with_a_reason(
    app: App, bus: Bus, watcher: Browser, database: Database
) -> None:
    bus.add(item("?", 2, SoDinhDanh="096000000777"))
    await app.pull()
    [row] = await refused(watcher)
    path = f"{FEEDS}/refused/{row['id']}"
    again = await watcher.post(f"{path}/retry")
    assert (again.status_code, again.json()["type"], again.json()["field"]) == (409, "still-refused", "code")
    assert len(await refused(watcher)) == 1
    assert (await watcher.post(f"{path}/set-aside", json={"reason": " "})).json()["type"] == "set-aside-reason-needed"
    assert (await watcher.post(f"{path}/set-aside", json={"reason": "Mã thử của hệ thống bạn"})).status_code == 204
    assert await refused(watcher) == []
    [settled] = await refused(watcher, settled=True)
    assert (settled["settled"], settled["reason"], settled["by"]) == (
        "set-aside",
        "Mã thử của hệ thống bạn",
        "Cán bộ Thử",
    )
    assert not settled["can_retry"]
    assert (await watcher.post(f"{path}/retry")).json()["type"] == "refused-unknown"


async def test_one_that_can_be_taken_now_is_taken(
    app: App, watcher: Browser, database: Database, settings: Settings, look_up: LookUp
) -> None:
    code, row = new_code(), uuid4()
    said = msgspec.json.encode(item(code, 4, SoDienThoai="0900000123", SoDinhDanh="096000000123"))
    async with database.transaction() as session:
        sealed = Contacts(settings).close_refused(row, said)
        session.add(RefusedEvent(id=row, source="lgsp", problem="event-unreadable", field="x", item=sealed))
    assert b"096000000123" not in sealed
    assert (await watcher.post(f"{FEEDS}/refused/{row}/retry")).status_code == 204
    assert (await look_up(code)).json()["status"] == "in-hand"
    [settled] = await refused(watcher, settled=True)
    assert settled["settled"] == "taken"


async def test_only_those_who_watch_it(staff_browser: StaffBrowser, browser: Browser) -> None:
    clerk = await staff_browser("dossiers:read")
    for path in ("", "/refused"):
        assert (await clerk.get(FEEDS + path)).json()["type"] == "not-allowed"
    assert (await clerk.post(f"{FEEDS}/refused/{uuid4()}/retry")).json()["type"] == "not-allowed"
