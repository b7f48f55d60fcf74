"""The inbox of a resident is the truth; a device of theirs rings for it, and says nothing to whoever looks on."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from server.core.database import Database
from server.core.events import Events
from server.core.words import Words
from server.modules.notifications.public import Notice, Topic, notify
from tests.modules.identity.conftest import (
    Browser,
    NewBrowser,
    age,
    browser,
    new_browser,
    new_phone,
    nothing_counted,
    phone,
)
from tests.modules.notifications.conftest import Device
from tests.pushservice import Phone, PushService

__all__ = ["browser", "new_browser", "new_phone", "nothing_counted", "phone"]

pytestmark = pytest.mark.usefixtures("nothing_left_over")

PLAIN = Words("Hồ sơ của bạn có thay đổi", "There is news of your dossier", "សំណុំឯកសារ")


def notice(resident_id: str, **more: Any) -> Notice:
    given: dict[str, Any] = {
        "key": str(uuid4()),
        "resident_id": UUID(resident_id),
        "topic": Topic.STEPS,
        "subject": "dossier/1",
        "title": Words("Đang xử lý: Đăng ký khai sinh", "Being worked on", "កំពុងដោះស្រាយ"),
        "body": Words("Cán bộ đang giải quyết hồ sơ.", "An officer works on it.", "មន្ត្រីកំពុងដោះស្រាយ។"),
        "plain": PLAIN,
        "path": "/dossiers/H12.998-20261101-0000001",
        "urgent": True,  # whatever the hour is while this runs
    }
    return Notice(**given | more)


Tell = Callable[..., Awaitable[None]]


@pytest.fixture
def tell(database: Database) -> Tell:
    async def tell(*notices: Notice) -> None:
        async with database.transaction() as session:
            await notify(session, notices)

    return tell


async def rung(browser: Browser, service: PushService, *, agrees: bool = True) -> Device:
    """The browser's owner turns notifications on, and so says yes to their way abroad."""
    phone = Phone(service, (await browser.get("/api/notifications/key")).json()["key"])
    body = {"endpoint": phone.endpoint, "keys": phone.keys, "language": "vi"}
    reply = await browser.post("/api/notifications/devices", json=body)
    device = Device(browser, phone, **reply.json())
    if agrees:
        await browser.put("/api/privacy/consents/push-abroad", json={"version": 1})
    agent = {"User-Agent": "Mozilla/5.0 (Android 14; Mobile; rv:140.0) Firefox/140.0"}
    claimed = await browser.put(f"{device.path}/owner", headers=device.headers | agent)
    assert claimed.status_code == 204, claimed.text
    return device


async def inbox(browser: httpx.AsyncClient, **asked: Any) -> dict[str, Any]:
    reply = await browser.get("/api/notifications", params=asked)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


class TestTheInbox:
    async def test_it_speaks_the_readers_language(self, browser: Browser, phone: str, tell: Tell) -> None:
        me = await browser.sign_in(phone)
        assert await inbox(browser) == {"items": [], "next_cursor": None, "unread": 0}
        await tell(notice(me["id"]))
        [entry] = (await inbox(browser))["items"]
        assert entry["title"] == "Đang xử lý: Đăng ký khai sinh"
        assert (entry["topic"], entry["path"], entry["read_at"]) == (
            "steps",
            "/dossiers/H12.998-20261101-0000001",
            None,
        )
        english = await browser.get("/api/notifications", headers={"Accept-Language": "en"})
        assert english.json()["items"][0]["body"] == "An officer works on it."

    async def test_told_twice_it_stands_there_once(self, browser: Browser, phone: str, tell: Tell) -> None:
        me = await browser.sign_in(phone)
        one = notice(me["id"])
        await tell(one, one)
        await tell(one)
        assert (await inbox(browser))["unread"] == 1

    async def test_read_laid_aside_and_taken_out_again(self, browser: Browser, phone: str, tell: Tell) -> None:
        me = await browser.sign_in(phone)
        await tell(notice(me["id"]), notice(me["id"]), notice(me["id"]))
        third, second, first = (await inbox(browser))["items"]
        path = f"/api/notifications/{second['id']}"
        assert (await browser.put(f"{path}/read", json={"read": True})).status_code == 204
        assert (await inbox(browser))["unread"] == 2
        assert (await browser.put(f"{path}/archived", json={"archived": True})).status_code == 204
        assert [it["id"] for it in (await inbox(browser))["items"]] == [third["id"], first["id"]]
        assert [it["id"] for it in (await inbox(browser, archived=True))["items"]] == [second["id"]]
        assert (await browser.put(f"{path}/archived", json={"archived": False})).status_code == 204
        assert (await browser.put(f"{path}/read", json={"read": False})).status_code == 204
        assert (await inbox(browser))["unread"] == 3
        # What came after the newest one seen stays unread.
        await browser.post("/api/notifications/read", json={"until": second["at"]})
        assert [it["read_at"] is None for it in (await inbox(browser))["items"]][1:] == [False, False]

    async def test_one_opens_after_200_newer_ones(self, browser: Browser, phone: str, tell: Tell) -> None:
        me = await browser.sign_in(phone)
        await tell(notice(me["id"], title=Words("Tin đầu", "First", "ដំបូង")))
        [first] = (await inbox(browser))["items"]
        await tell(*(notice(me["id"]) for _ in range(200)))
        found = await browser.get(f"/api/notifications/{first['id']}")
        assert found.json()["entry"]["title"] == "Tin đầu"
        seen: list[str] = []
        page = await inbox(browser, limit=100)
        while page["next_cursor"]:
            seen += [it["id"] for it in page["items"]]
            page = await inbox(browser, limit=100, cursor=page["next_cursor"])
        assert len({*seen, *(it["id"] for it in page["items"])}) == 201
        [hit] = (await inbox(browser, q="tin dau"))["items"]
        assert hit["id"] == first["id"]

    @pytest.mark.parametrize(("words", "found"), [("khai sinh", 1), ("DANG KY", 1), ("ai sinh", 0), ("can bo giai", 1)])
    async def test_it_is_searched_without_accents(
        self, browser: Browser, phone: str, tell: Tell, words: str, found: int
    ) -> None:
        me = await browser.sign_in(phone)
        await tell(notice(me["id"]), notice(me["id"], title=PLAIN, body=PLAIN))
        assert len((await inbox(browser, q=words))["items"]) == found

    async def test_a_cursor_of_something_else_is_refused(self, browser: Browser, phone: str) -> None:
        await browser.sign_in(phone)
        for cursor in ("x", "eA", "H12"):
            reply = await browser.get("/api/notifications", params={"cursor": cursor})
            assert (reply.status_code, reply.json()["type"]) == (400, "cursor-refused")

    async def test_the_database_does_not_say_what_was_told(
        self, browser: Browser, phone: str, tell: Tell, database: Database, service: PushService
    ) -> None:
        me = await browser.sign_in(phone)
        await rung(browser, service)
        await tell(notice(me["id"]))
        async with database.reading() as connection:
            for table in ("notifications_entry", "notifications_message"):
                rows = await connection.scalar(text(f"SELECT string_agg(t::text, '') FROM {table} t"))
                assert "khai sinh" not in str(rows)
                assert "H12.998" not in str(rows)


class TestTheBell:
    async def test_the_lock_screen_says_only_that_there_is_news(
        self, browser: Browser, phone: str, tell: Tell, service: PushService, events: Events
    ) -> None:
        me = await browser.sign_in(phone)
        device = await rung(browser, service)
        await tell(notice(me["id"]))
        await events.run_waiting()
        [said] = device.phone.messages
        [entry] = (await inbox(browser))["items"]
        shown = said["notification"]
        assert (shown["title"], shown["body"]) == ("Hồ sơ của bạn có thay đổi", "Mở ứng dụng để xem.")
        assert shown["navigate"].endswith(f"/inbox/{entry['id']}?open")
        assert len(shown["tag"]) == 32

        # And its owner can look up what became of it.
        [delivery] = (await browser.get(f"/api/notifications/{entry['id']}")).json()["deliveries"]
        assert (delivery["device"], delivery["state"], delivery["shown_at"]) == ("Firefox · Android", "accepted", None)
        await browser.post(f"/api/notifications/messages/{shown['data']['message_id']}/opened")
        detail = (await browser.get(f"/api/notifications/{entry['id']}")).json()
        assert detail["bell"] == "rung"
        assert detail["deliveries"][0]["opened_at"]

    async def test_the_newest_of_one_dossier_takes_the_older_ones_place(
        self, browser: Browser, phone: str, tell: Tell, service: PushService, events: Events
    ) -> None:
        me = await browser.sign_in(phone)
        device = await rung(browser, service)
        for subject in ("dossier/1", "dossier/1", "dossier/2"):
            await tell(notice(me["id"], subject=subject))
            await events.run_waiting()
        topics = [request.headers["Topic"] for request in device.phone.requests]
        assert topics[0] == topics[1] != topics[2]

    async def test_without_consent_it_does_not_ring(
        self, browser: Browser, phone: str, tell: Tell, service: PushService, events: Events
    ) -> None:
        me = await browser.sign_in(phone)
        device = await rung(browser, service, agrees=False)
        await tell(notice(me["id"]))
        await events.run_waiting()
        assert device.phone.requests == []
        [entry] = (await inbox(browser))["items"]
        assert (await browser.get(f"/api/notifications/{entry['id']}")).json()["bell"] == "no-consent"

    async def test_whoever_signs_out_is_told_nothing_there_any_more(
        self, browser: Browser, phone: str, tell: Tell, service: PushService, events: Events
    ) -> None:
        me = await browser.sign_in(phone)
        device = await rung(browser, service)
        await browser.delete("/api/identity/session")
        await events.run_waiting()
        await tell(notice(me["id"]))
        await events.run_waiting()
        assert device.phone.requests == []
        assert (await device.get()).json()["claimed"] is False

    async def test_signed_out_from_afar_too(
        self,
        new_browser: NewBrowser,
        phone: str,
        tell: Tell,
        service: PushService,
        events: Events,
        database: Database,
    ) -> None:
        here, there = new_browser(), new_browser()
        me = await here.sign_in(phone)
        device = await rung(here, service)
        await age(database, "DELETE FROM core_count")
        await there.sign_in(phone)
        await tell(notice(me["id"]))  # on its way when it happens
        await there.delete("/api/identity/devices")
        await events.run_waiting()
        await tell(notice(me["id"]))
        await events.run_waiting()
        assert len(device.phone.requests) <= 1
        assert (await device.get()).json()["claimed"] is False

    async def test_who_signs_in_next_takes_it_over(
        self,
        browser: Browser,
        new_phone: Callable[[], str],
        tell: Tell,
        service: PushService,
        events: Events,
    ) -> None:
        first = await browser.sign_in(new_phone())
        device = await rung(browser, service)
        second = await browser.sign_in(new_phone())
        await browser.put("/api/privacy/consents/push-abroad", json={"version": 1})
        assert (await browser.put(f"{device.path}/owner", headers=device.headers)).status_code == 204
        await events.run_waiting()
        await tell(notice(first["id"]), notice(second["id"]))
        await events.run_waiting()
        assert len(device.phone.messages) == 1

    async def test_a_shared_device_is_never_ones_own(self, browser: Browser, phone: str, service: PushService) -> None:
        await browser.sign_in(phone, shared=True)
        push = Phone(service, (await browser.get("/api/notifications/key")).json()["key"])
        body = {"endpoint": push.endpoint, "keys": push.keys, "language": "vi"}
        device = Device(browser, push, **(await browser.post("/api/notifications/devices", json=body)).json())
        refused = await browser.put(f"{device.path}/owner", headers=device.headers)
        assert (refused.status_code, refused.json()["type"]) == (409, "shared-device-not-rung")
