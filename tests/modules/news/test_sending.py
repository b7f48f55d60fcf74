"""Who would be told, that they are told once, and that a correction reaches exactly those who had the first."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
from sqlalchemy import text

from server.core.database import Database
from server.core.events import Events
from server.core.settings import Settings
from server.modules.news.reactions import turn_pages
from tests.modules.identity.conftest import NewBrowser, new_phone
from tests.modules.news.conftest import Editor, content
from tests.modules.notifications.announcements import commune, follow
from tests.modules.notifications.conftest import Subscribe, nothing_left_over, service, subscribe

__all__ = ["commune", "new_phone", "nothing_left_over", "service", "subscribe"]

pytestmark = pytest.mark.usefixtures("nothing_left_over")

PUSH = {"channel": "push", "topics": [], "pace": None}


@pytest.fixture
def told_from(client: httpx.AsyncClient, settings: Settings) -> Iterator[Any]:
    """`told_from(2)`: from how many on the number must be typed."""
    app = client.app  # type: ignore[attr-defined]

    def told_from(number: int) -> None:
        app.state.settings = msgspec.structs.replace(settings, large_audience=number)
        app.state.database.info["settings"] = app.state.settings

    yield told_from
    app.state.settings = settings
    app.state.database.info["settings"] = settings


class Resident:
    """Somebody who follows a commune, and what stands in their inbox about an article."""

    def __init__(self, browser: httpx.AsyncClient) -> None:
        self._browser = browser

    async def told(self, article: dict[str, Any]) -> list[tuple[str, bool]]:
        """Titles, and whether they were read."""
        items = (await self._browser.get("/api/notifications")).json()["items"]
        return [(it["title"], it["read_at"] is not None) for it in items if it["path"] == f"/news/{article['id']}"]

    async def read_all(self) -> None:
        until = datetime.now(UTC).isoformat()
        assert (await self._browser.post("/api/notifications/read", json={"until": until})).is_success


async def resident(new_browser: NewBrowser, phone: str, commune: str) -> Resident:
    browser = new_browser()
    await browser.sign_in(phone)
    await follow(browser, [commune])
    return Resident(browser)


async def test_a_correction_reaches_exactly_those_who_had_the_first_and_nobody_is_told_twice(
    new_browser: NewBrowser,
    new_phone: Any,
    commune: str,
    writer: Editor,
    reviewer: Editor,
    database: Database,
) -> None:
    here = await resident(new_browser, new_phone(), commune)
    said = content("Cúp nước ngày 1", sending=PUSH | {"communes": [commune]})
    reach = await reviewer.browser.post("/api/news/desk/reach", json=said["sending"])
    assert reach.json() == {"devices": 0, "inboxes": 1, "typed": False}
    submitted = await writer.act("submit", await writer.begin(said))
    assert await here.told(submitted) == []

    out = await reviewer.act("approve", submitted)
    assert out["told"]
    assert await here.told(out) == [("Cúp nước ngày 1", False)]
    sending = (await reviewer.browser.get(f"/api/news/desk/{out['id']}/sending")).json()
    assert sending["due"] == sending["sent"] + sending["failed"] + sending["gone"] + sending["waiting"]

    late = await resident(new_browser, new_phone(), commune)  # moves here after the first, before the correction
    await here.read_all()
    opened = await writer.act("correct", out, reason="Nhầm ngày")
    changed = (await writer.save(opened, content("Cúp nước ngày 2", sending=said["sending"]))).json()
    again = await reviewer.act("approve", await writer.act("submit", changed))
    assert await here.told(again) == [("Cúp nước ngày 2", False)]
    assert await late.told(again) == []

    # The clock finds nothing more to tell, however often it looks.
    async with database.transaction() as session:
        await turn_pages(session, datetime.now(UTC))
    async with database.reading() as connection:
        waves = text("SELECT count(*) FROM notifications_wave WHERE key LIKE :key")
        assert await connection.scalar(waves, {"key": f"news:{out['id']}:%"}) == 2

    # Withdrawn: gone from the inbox; published again: nobody hears of it a second time.
    withdrawn = await reviewer.act("withdraw", again, reason="Không cúp nước nữa")
    assert withdrawn["retracted"]
    assert await here.told(withdrawn) == []
    rewritten = await writer.act("correct", withdrawn, reason="Có lịch mới")
    await reviewer.act("approve", await writer.act("submit", rewritten))
    assert await here.told(withdrawn) == []


async def test_a_quiet_correction_changes_the_inboxes_too_and_the_old_text_rings_nowhere_any_more(
    new_browser: NewBrowser,
    new_phone: Any,
    commune: str,
    writer: Editor,
    reviewer: Editor,
    subscribe: Subscribe,
    client: httpx.AsyncClient,
    events: Events,
) -> None:
    here = await resident(new_browser, new_phone(), commune)
    device = await subscribe()
    body = {"communes": [commune], "topics": [], "news": True}
    assert (await client.put(f"{device.path}/following", json=body, headers=device.headers)).is_success
    said = content("Cúp nước ngày 1", sending=PUSH | {"communes": [commune]})
    out = await reviewer.act("approve", await writer.act("submit", await writer.begin(said)))
    opened = await writer.act("correct", out, reason="Nhầm ngày")
    quiet = PUSH | {"channel": "feed", "communes": [commune]}
    changed = (await writer.save(opened, content("Cúp nước ngày 2", sending=quiet))).json()
    again = await reviewer.act("approve", await writer.act("submit", changed))
    await events.run_waiting()
    assert device.phone.requests == []
    assert await here.told(again) == [("Cúp nước ngày 2", False)]


@pytest.mark.parametrize("hours", [-3, 3])
async def test_what_is_over_already_is_told_all_the_same(
    hours: int,
    commune: str,
    writer: Editor,
    reviewer: Editor,
    subscribe: Subscribe,
    client: httpx.AsyncClient,
    events: Events,
) -> None:
    """Published after the event, or corrected after it: phones ring as for anything else."""
    device = await subscribe()
    body = {"communes": [commune], "topics": [], "news": True}
    assert (await client.put(f"{device.path}/following", json=body, headers=device.headers)).is_success
    now = datetime.now(UTC)
    begins, ends = now - timedelta(hours=4), now + timedelta(hours=hours)
    said = content(starts_at=begins.isoformat(), ends_at=ends.isoformat(), sending=PUSH | {"communes": [commune]})
    out = await reviewer.act("approve", await writer.act("submit", await writer.begin(said)))
    await events.run_waiting()
    assert len(device.phone.requests) == 1
    over = said | {"starts_at": begins.isoformat(), "ends_at": (now - timedelta(hours=1)).isoformat()}
    changed = (await writer.save(await writer.act("correct", out, reason="Đã xong sớm"), over)).json()
    out = await reviewer.act("approve", await writer.act("submit", changed))
    await events.run_waiting()
    assert len(device.phone.requests) == 2
    sending = (await reviewer.browser.get(f"/api/news/desk/{out['id']}/sending")).json()
    assert (sending["due"], sending["sent"], sending["failed"]) == (1, 1, 0)


async def test_after_two_years_a_correction_tells_nobody_and_stops_nothing(
    new_browser: NewBrowser, new_phone: Any, commune: str, writer: Editor, reviewer: Editor, database: Database
) -> None:
    here = await resident(new_browser, new_phone(), commune)
    said = content("Cũ", sending=PUSH | {"communes": [commune]})
    out = await reviewer.act("approve", await writer.act("submit", await writer.begin(said)))
    assert (out["told"], out["retracted"]) == (True, False)
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM notifications_broadcast"))
    address = f"/api/news/desk/{out['id']}/sending"
    assert (await reviewer.browser.post(address, json={"do": "pause"})).json()["type"] == "nothing-sent"
    opened = await writer.act("correct", out, reason="Nhầm ngày")
    changed = (await writer.save(opened, content("Mới", sending=said["sending"]))).json()
    later = datetime.now(UTC) + timedelta(hours=1)
    submitted = await writer.act("submit", changed)
    await reviewer.act("approve", submitted, publish_at=later.isoformat())
    async with database.transaction() as session:
        await turn_pages(session, later + timedelta(minutes=1))
    again = await reviewer.show(out)
    assert (again["state"], again["revision"], again["retracted"]) == ("published", 2, True)
    assert await here.told(out) == []
    assert (await reviewer.act("withdraw", again, reason="Cũ quá"))["state"] == "withdrawn"


@pytest.mark.parametrize(("pace", "a_second"), [(60, 1), (600, 10), (630, 10), (None, None)])
async def test_at_the_pace_that_was_chosen(
    pace: int | None,
    a_second: int | None,
    new_browser: NewBrowser,
    new_phone: Any,
    commune: str,
    writer: Editor,
    reviewer: Editor,
    database: Database,
) -> None:
    await resident(new_browser, new_phone(), commune)
    said = content(sending=PUSH | {"communes": [commune], "pace": pace})
    out = await reviewer.act("approve", await writer.act("submit", await writer.begin(said)))
    async with database.reading() as connection:
        asked = text("SELECT pace FROM notifications_wave WHERE key LIKE :key")
        assert await connection.scalar(asked, {"key": f"news:{out['id']}:%"}) == a_second


async def test_a_draft_and_what_waits_for_its_time_tell_nobody(
    new_browser: NewBrowser, new_phone: Any, commune: str, writer: Editor, reviewer: Editor, database: Database
) -> None:
    here = await resident(new_browser, new_phone(), commune)
    later = datetime.now(UTC) + timedelta(hours=1)
    submitted = await writer.act("submit", await writer.begin(content(sending=PUSH | {"communes": [commune]})))
    waiting = await reviewer.act("approve", submitted, publish_at=later.isoformat())
    async with database.transaction() as session:
        await turn_pages(session, later - timedelta(minutes=1))
    assert await here.told(waiting) == []
    async with database.transaction() as session:
        await turn_pages(session, later + timedelta(minutes=1))
    assert len(await here.told(waiting)) == 1


async def test_an_audience_of_nobody_is_refused_and_the_text_kept(
    commune: str, writer: Editor, reviewer: Editor
) -> None:
    submitted = await writer.act("submit", await writer.begin(content(sending=PUSH | {"communes": [commune]})))
    assert (await reviewer.try_to("approve", submitted)).json()["type"] == "audience-empty"
    assert (await reviewer.show(submitted))["state"] == "review"


async def test_of_very_many_the_number_is_typed(
    new_browser: NewBrowser, new_phone: Any, commune: str, writer: Editor, reviewer: Editor, told_from: Any
) -> None:
    for _ in range(2):
        await resident(new_browser, new_phone(), commune)
    told_from(2)
    submitted = await writer.act("submit", await writer.begin(content(sending=PUSH | {"communes": [commune]})))
    for typed in ({}, {"count": 1}, {"count": 3}):
        reply = await reviewer.try_to("approve", submitted, **typed)
        assert (reply.json()["type"], reply.json()["inboxes"]) == ("count-needed", 2)
    assert (await reviewer.act("approve", submitted, count=2))["told"]


async def test_what_is_sent_can_be_paused_resumed_and_cancelled(
    new_browser: NewBrowser, new_phone: Any, commune: str, writer: Editor, reviewer: Editor
) -> None:
    await resident(new_browser, new_phone(), commune)
    submitted = await writer.act("submit", await writer.begin(content(sending=PUSH | {"communes": [commune]})))
    address = f"/api/news/desk/{submitted['id']}/sending"
    assert (await reviewer.browser.get(address)).json()["type"] == "nothing-sent"
    await reviewer.act("approve", submitted)
    states = []
    for do in ("pause", "resume", "cancel"):
        states.append((await reviewer.browser.post(address, json={"do": do})).json()["state"])
    assert states == ["paused", "running", "cancelled"]
    assert (await writer.browser.post(address, json={"do": "pause"})).json()["type"] == "not-allowed"


async def test_it_is_tried_on_ones_own_phone_first(
    client: httpx.AsyncClient, writer: Editor, push_service: Any, events: Events
) -> None:
    from tests.pushservice import Phone

    phone = Phone(push_service, (await client.get("/api/notifications/key")).json()["key"])
    device = (
        await client.post(
            "/api/notifications/devices", json={"endpoint": phone.endpoint, "keys": phone.keys, "language": "vi"}
        )
    ).json()
    said = content("Thử trước")
    said["vi"]["summary"] = "Một câu rất dài " * 30
    draft = await writer.begin(said)
    address = f"/api/news/desk/{draft['id']}/test"
    body = {"device_id": device["id"]}
    headers = {"Device-Secret": device["secret"]}
    assert (await writer.browser.post(address, json=body, headers=headers)).status_code == 204
    await events.run_waiting()
    [message] = phone.messages
    assert "Thử trước" in str(message)
    # As it would come: no more of the summary than a lock screen shows.
    assert message["notification"]["body"] == f"{' '.join(['Một câu rất dài'] * 10)}…"
    stranger = {"device_id": str(uuid4())}
    assert (await writer.browser.post(address, json=stranger, headers=headers)).json()["type"] == "device-not-found"
