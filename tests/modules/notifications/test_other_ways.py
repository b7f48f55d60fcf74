"""When no device can be rung: a short text to whoever agreed, and a word to whoever has lost all their devices."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import text

from server.core.clock import HERE
from server.core.database import Database
from server.core.events import Events
from server.modules.notifications.public import Topic, call_staff
from server.modules.notifications.reactions import look_after_devices, remove_silent_devices
from tests.modules.identity.conftest import (
    Browser,
    NewBrowser,
    NewPhone,
    StaffBrowser,
    age,
    browser,
    new_browser,
    new_phone,
    nothing_counted,
    phone,
    staff_browser,
)
from tests.modules.notifications.announcements import Desk, announcement, commune, desk, to
from tests.modules.notifications.conftest import Subscribe
from tests.modules.notifications.test_inbox import Tell, inbox, notice, rung, tell
from tests.modules.notifications.test_preferences import choose
from tests.modules.notifications.test_ringing import Later
from tests.pushservice import PushService

__all__ = [
    "browser",
    "commune",
    "desk",
    "new_browser",
    "new_phone",
    "nothing_counted",
    "phone",
    "staff_browser",
    "tell",
]

pytestmark = pytest.mark.usefixtures("nothing_left_over")


async def wants_texts(browser: Browser) -> None:
    assert (await browser.put("/api/privacy/consents/sms", json={"version": 1})).status_code == 204
    assert (await choose(browser, channels=["sms"])).status_code == 200


async def others(browser: Browser) -> list[dict[str, object]]:
    [entry] = (await inbox(browser))["items"]
    found: list[dict[str, object]] = (await browser.get(f"/api/notifications/{entry['id']}")).json()["others"]
    return found


class TestATextInstead:
    async def test_it_goes_and_names_nothing(
        self, browser: Browser, phone: str, tell: Tell, events: Events, capsys: pytest.CaptureFixture[str]
    ) -> None:
        me = await browser.sign_in(phone)
        await wants_texts(browser)
        await tell(notice(me["id"], topic=Topic.DUTIES))
        assert await others(browser) == [{"channel": "sms", "accepted_at": None}]
        capsys.readouterr()
        await events.run_waiting()
        said = capsys.readouterr().err
        assert "Bạn có tin mới về hồ sơ hoặc tài khoản" in said
        assert "khai sinh" not in said
        [sent] = await others(browser)
        assert sent["accepted_at"]

    @pytest.mark.parametrize(
        ("topic", "texts", "rings"),
        [(Topic.STEPS, True, False), (Topic.DUTIES, False, False), (Topic.DUTIES, True, True)],
        ids=["a step is no matter of law", "nobody asked for texts", "a device rings"],
    )
    async def test_it_does_not_go(
        self,
        browser: Browser,
        phone: str,
        tell: Tell,
        service: PushService,
        topic: Topic,
        texts: bool,
        rings: bool,
    ) -> None:
        me = await browser.sign_in(phone)
        if texts:
            await wants_texts(browser)
        if rings:
            await rung(browser, service)
        await tell(notice(me["id"], topic=topic))
        assert await others(browser) == []

    async def test_it_waits_for_the_end_of_the_quiet_time_unless_it_is_urgent(
        self, browser: Browser, phone: str, tell: Tell, events: Events, later: Later
    ) -> None:
        me = await browser.sign_in(phone)
        await wants_texts(browser)
        now = datetime.now(HERE)
        quiet = {"since": f"{now - timedelta(hours=1):%H:%M}", "until": f"{now + timedelta(hours=1):%H:%M}"}
        assert (await choose(browser, 1, channels=["sms"], quiet=quiet)).status_code == 200
        await tell(notice(me["id"], topic=Topic.DUTIES, urgent=False))
        await events.run_waiting()
        assert await others(browser) == [{"channel": "sms", "accepted_at": None}]
        await later()
        await events.run_waiting()
        [sent] = await others(browser)
        assert sent["accepted_at"]
        await tell(notice(me["id"], topic=Topic.DUTIES, urgent=True))
        await events.run_waiting()
        newest = (await inbox(browser))["items"][0]
        [at_once] = (await browser.get(f"/api/notifications/{newest['id']}")).json()["others"]
        assert at_once["accepted_at"]

    @pytest.mark.parametrize("changed", ["consent", "choice"])
    async def test_whoever_wants_none_any_more_is_sent_none(
        self,
        browser: Browser,
        phone: str,
        tell: Tell,
        events: Events,
        capsys: pytest.CaptureFixture[str],
        changed: str,
    ) -> None:
        me = await browser.sign_in(phone)
        await wants_texts(browser)
        await tell(notice(me["id"], topic=Topic.DUTIES))
        if changed == "consent":
            assert (await browser.delete("/api/privacy/consents/sms")).status_code == 204
        else:
            assert (await choose(browser, 1, channels=[])).status_code == 200
        capsys.readouterr()
        await events.run_waiting()
        assert "Bạn có tin mới" not in capsys.readouterr().err
        assert await others(browser) == []

    async def test_one_that_cannot_go_does_not_send_the_others_again(
        self,
        new_browser: NewBrowser,
        new_phone: NewPhone,
        tell: Tell,
        events: Events,
        database: Database,
        later: Later,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        good, bad = new_browser(), new_browser()
        people = [await it.sign_in(new_phone()) for it in (good, bad)]
        for it in (good, bad):
            await wants_texts(it)
        await tell(*(notice(me["id"], topic=Topic.DUTIES) for me in people))
        # A number whose seal is broken can never be sent to.
        async with database.reading() as connection:
            broken = "UPDATE identity_resident SET phone = '\\x00' WHERE id = :id"
            await connection.execute(text(broken), {"id": people[1]["id"]})
        capsys.readouterr()
        for _ in range(3):
            async with database.reading() as connection:
                await connection.execute(
                    text("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
                )
            await events.run_waiting()
        assert capsys.readouterr().err.count("Bạn có tin mới về hồ sơ hoặc tài khoản") == 1


class TestLosingDevices:
    async def look(self, database: Database, now: datetime | None = None) -> None:
        async with database.transaction() as session:
            await look_after_devices(session, now or datetime.now(UTC))

    async def test_whoever_has_lost_the_last_one_is_told_once(
        self, browser: Browser, phone: str, tell: Tell, service: PushService, events: Events, database: Database
    ) -> None:
        me = await browser.sign_in(phone)
        first, second = await rung(browser, service), await rung(browser, service)
        first.phone.leave()
        await tell(notice(me["id"]))
        await events.run_waiting()
        await self.look(database)
        assert [it["topic"] for it in (await inbox(browser))["items"]] == ["steps"]
        second.phone.leave()
        await tell(notice(me["id"]))
        await events.run_waiting()
        for _ in range(2):
            await self.look(database)
        told = (await inbox(browser))["items"]
        assert [it["topic"] for it in told] == ["account", "steps", "steps"]
        assert told[0]["title"] == "Không còn máy nào của bạn nhận thông báo"

    @pytest.mark.parametrize(("shown", "visited", "removed"), [(0, 40, True), (1, 40, False), (0, 10, False)])
    async def test_one_that_shows_nothing_and_is_not_visited_is_removed(
        self,
        browser: Browser,
        phone: str,
        tell: Tell,
        service: PushService,
        events: Events,
        database: Database,
        shown: int,
        visited: int,
        removed: bool,
    ) -> None:
        me = await browser.sign_in(phone)
        device = await rung(browser, service)
        await tell(*(notice(me["id"], subject=f"dossier/{n}") for n in range(3)))
        await events.run_waiting()
        for said in device.phone.messages[:shown]:
            message = said["notification"]["data"]["message_id"]
            assert (await browser.post(f"/api/notifications/messages/{message}/shown")).status_code == 204
        seen = datetime.now(UTC) - timedelta(days=visited)
        visit = "UPDATE notifications_device SET seen_at = :seen WHERE resident_id = :id"
        await age(database, visit, seen=seen, id=me["id"])
        await self.look(database)
        assert (await device.get()).status_code == (404 if removed else 200)
        async with database.reading() as connection:
            told = await connection.scalar(
                text("SELECT count(*) FROM notifications_entry WHERE resident_id = :id AND topic = 'account'"),
                {"id": me["id"]},
            )
        assert told == removed

    @pytest.mark.parametrize(("visited", "removed"), [(200, True), (100, False)])
    async def test_one_that_calls_to_work_alone_is_found_too(
        self,
        subscribe: Subscribe,
        staff_browser: StaffBrowser,
        service: PushService,
        events: Events,
        database: Database,
        visited: int,
        removed: bool,
    ) -> None:
        leader, device = await staff_browser(), await subscribe()
        row = device.path.rpartition("/")[2]
        bound = await leader.put(f"/api/notifications/work/devices/{row}", headers=device.headers)
        assert bound.status_code == 204
        async with database.transaction() as session:
            calls = [notice(str(leader.staff_id), subject=f"report/{number}") for number in range(3)]
            await call_staff(session, calls)
        await events.run_waiting()
        assert len(device.phone.requests) == 3
        await self.seen(database, row, visited)
        await self.look(database)
        assert await self.rings(database, row) is not removed

    async def test_one_that_is_told_nothing_but_announcements(
        self,
        subscribe: Subscribe,
        client: httpx.AsyncClient,
        desk: Desk,
        commune: str,
        events: Events,
        database: Database,
    ) -> None:
        silent, shows, lately = [await subscribe() for _ in range(3)]
        for device in (silent, shows, lately):
            body = {"communes": [commune], "topics": [], "news": True}
            chosen = await client.put(f"{device.path}/following", json=body, headers=device.headers)
            assert chosen.status_code == 200, chosen.text
        for _ in range(3):
            await desk.announce(announcement(audience=to(commune), urgent=True))
            await events.run_waiting()
        assert [len(it.phone.messages) for it in (silent, shows, lately)] == [3, 3, 3]
        said = shows.phone.messages[1]["notification"]["data"]["message_id"]
        assert (await client.post(f"/api/notifications/messages/{said}/shown")).status_code == 204
        rows = [it.path.rpartition("/")[2] for it in (silent, shows, lately)]
        for row, days in zip(rows, (200, 200, 100), strict=True):
            await self.seen(database, row, days)
        async with database.transaction() as session:
            await remove_silent_devices(session, datetime.now(UTC))
        assert [await self.rings(database, row) for row in rows] == [False, True, True]

    async def test_a_visit_is_noted(self, subscribe: Subscribe, database: Database) -> None:
        device = await subscribe()
        row = device.path.rpartition("/")[2]
        await self.seen(database, row, 40)
        assert (await device.get()).status_code == 200
        async with database.reading() as connection:
            seen = await connection.scalar(text("SELECT seen_at FROM notifications_device WHERE id = :id"), {"id": row})
        assert datetime.now(UTC) - seen < timedelta(minutes=1)

    async def seen(self, database: Database, row: str, days: int) -> None:
        at = datetime.now(UTC) - timedelta(days=days)
        await age(
            database, "UPDATE notifications_device SET seen_at = :at, created_at = :at WHERE id = :id", at=at, id=row
        )

    async def rings(self, database: Database, row: str) -> bool:
        asked = text("SELECT subscription IS NOT NULL FROM notifications_device WHERE id = :id")
        async with database.reading() as connection:
            return bool(await connection.scalar(asked, {"id": row}))
