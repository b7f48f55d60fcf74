"""What happens while a push is still on its way: its reader changes their mind, somebody else has the phone, or there
is newer news.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from server.core.clock import HERE
from server.core.database import Database
from server.core.events import Events
from server.core.words import Words
from server.modules.notifications.holding import erase
from server.modules.notifications.public import call_staff
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
from tests.modules.notifications.test_inbox import Tell, inbox, notice, rung, tell
from tests.modules.notifications.test_preferences import choose
from tests.pushservice import Planned, PushService

__all__ = ["browser", "new_browser", "new_phone", "nothing_counted", "phone", "staff_browser", "tell"]

pytestmark = pytest.mark.usefixtures("nothing_left_over")

Later = Callable[[], Awaitable[None]]


async def ledger(browser: Browser, place: int = 0) -> Any:
    """What became of one of the newest entries on the only device."""
    entry = (await inbox(browser))["items"][place]
    [delivery] = (await browser.get(f"/api/notifications/{entry['id']}")).json()["deliveries"]
    return delivery["state"]


class TestWhoeverChangesTheirMind:
    async def test_is_not_rung_without_consent(
        self, browser: Browser, phone: str, tell: Tell, service: PushService, events: Events, later: Later
    ) -> None:
        me = await browser.sign_in(phone)
        device = await rung(browser, service)
        service.answer_next(Planned(503))
        await tell(notice(me["id"]))
        await events.run_waiting()
        assert (await browser.delete("/api/privacy/consents/push-abroad")).status_code == 204
        await later()
        await events.run_waiting()
        assert len(device.phone.requests) == 1
        assert await ledger(browser) == "gone"
        assert (await device.get()).status_code == 200

    async def test_is_shown_nothing_on_the_lock_screen(
        self, browser: Browser, phone: str, tell: Tell, service: PushService, events: Events, later: Later
    ) -> None:
        me = await browser.sign_in(phone)
        device = await rung(browser, service)
        assert (await choose(browser, private=False)).status_code == 200
        service.answer_next(Planned(503))
        await tell(notice(me["id"]))
        await events.run_waiting()
        assert (await choose(browser, 1, private=True)).status_code == 200
        await later()
        await events.run_waiting()
        bodies = [said["notification"]["body"] for said in device.phone.messages]
        assert bodies == ["Mở ứng dụng để xem."]

    async def test_whoever_has_the_phone_next_does_not_hear_it(
        self,
        new_browser: NewBrowser,
        new_phone: NewPhone,
        tell: Tell,
        service: PushService,
        events: Events,
        database: Database,
    ) -> None:
        first, second = new_browser(), new_browser()
        me, other = await first.sign_in(new_phone()), await second.sign_in(new_phone())
        device = await rung(first, service)
        await rung(second, service)
        await tell(notice(me["id"]))
        # Written by a transaction that did not see yet that the phone is another one's.
        await age(
            database,
            "UPDATE notifications_device SET resident_id = CAST(:other AS uuid) WHERE resident_id = CAST(:me AS uuid)",
            other=other["id"],
            me=me["id"],
        )
        await events.run_waiting()
        assert device.phone.requests == []


class TestTheSamePhone:
    async def test_may_still_be_tried_after_much_news(
        self, browser: Browser, phone: str, tell: Tell, service: PushService
    ) -> None:
        me = await browser.sign_in(phone)
        device = await rung(browser, service)
        await tell(*(notice(me["id"], subject=f"dossier/{number}") for number in range(6)))
        await device.test()

    async def test_that_calls_somebody_to_work_stays_when_its_resident_is_forgotten(
        self,
        browser: Browser,
        phone: str,
        tell: Tell,
        service: PushService,
        staff_browser: StaffBrowser,
        database: Database,
        events: Events,
    ) -> None:
        me = await browser.sign_in(phone)
        device, own = await rung(browser, service), await rung(browser, service)
        leader = await staff_browser()
        bound = f"/api/notifications/work/devices/{device.path.rpartition('/')[2]}"
        assert (await leader.put(bound, headers=device.headers)).status_code == 204
        await tell(notice(me["id"]))
        async with database.transaction() as session:
            await erase(session, UUID(me["id"]))
        async with database.transaction() as session:
            await call_staff(session, [notice(str(leader.staff_id))])
        await events.run_waiting()
        assert len(device.phone.requests) == 1
        assert (await device.get()).json()["claimed"] is False
        assert (await own.get()).status_code == 404


class TestOneTelling:
    async def test_is_one_job_however_many_notices_it_has(
        self, browser: Browser, phone: str, tell: Tell, service: PushService, events: Events, database: Database
    ) -> None:
        me = await browser.sign_in(phone)
        await rung(browser, service)
        await tell(*(notice(me["id"], subject=f"dossier/{number}") for number in range(5)))
        async with database.reading() as connection:
            jobs = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'notifications.ring'")
            assert await connection.scalar(jobs) == 1

    async def test_says_nothing_to_whoever_was_told_before(
        self, new_browser: NewBrowser, new_phone: NewPhone, tell: Tell, database: Database
    ) -> None:
        told, other = [(await new_browser().sign_in(new_phone()))["id"] for _ in range(2)]
        one = notice(told)
        await tell(one)
        listening = database.listen("notifications_inbox")
        assert await anext(listening) == ""
        await tell(one)
        await tell(one, notice(other))
        assert await asyncio.wait_for(anext(listening), 20) == UUID(other).hex
        await listening.aclose()


class TestNewerNews:
    async def test_an_older_one_that_was_put_off_does_not_come_after_it(
        self, browser: Browser, phone: str, tell: Tell, service: PushService, events: Events, later: Later
    ) -> None:
        me = await browser.sign_in(phone)
        device = await rung(browser, service)
        service.answer_next(Planned(503))
        await tell(notice(me["id"]))
        await events.run_waiting()
        await tell(notice(me["id"]), notice(me["id"], subject="dossier/2"))
        await events.run_waiting()
        assert len(device.phone.requests) == 3
        await later()
        await events.run_waiting()
        assert len(device.phone.requests) == 3
        assert [await ledger(browser, place) for place in range(3)] == ["accepted", "accepted", "replaced"]

    async def test_in_the_morning_the_newest_rings_and_no_other(
        self, browser: Browser, phone: str, tell: Tell, service: PushService, events: Events, later: Later
    ) -> None:
        me = await browser.sign_in(phone)
        device = await rung(browser, service)
        now = datetime.now(HERE)
        quiet = {"since": f"{now - timedelta(hours=1):%H:%M}", "until": f"{now + timedelta(hours=1):%H:%M}"}
        assert (await choose(browser, private=False, quiet=quiet)).status_code == 200
        for word in ("một", "hai"):
            await tell(notice(me["id"], urgent=False, title=Words(word, word, word)))
        three, four = (notice(me["id"], urgent=False, title=Words(it, it, it)) for it in ("ba", "bốn"))
        await tell(three, four)
        await later()
        await events.run_waiting()
        assert [said["notification"]["title"] for said in device.phone.messages] == ["bốn"]
        assert len(device.phone.requests) == 1

    async def test_an_urgent_one_does_not_wait_for_what_waits_for_the_morning(
        self, browser: Browser, phone: str, tell: Tell, service: PushService, events: Events, database: Database
    ) -> None:
        me = await browser.sign_in(phone)
        device = await rung(browser, service)
        now = datetime.now(HERE)
        quiet = {"since": f"{now - timedelta(hours=1):%H:%M}", "until": f"{now + timedelta(hours=1):%H:%M}"}
        assert (await choose(browser, quiet=quiet)).status_code == 200
        service.answer_next(Planned(503))
        await tell(notice(me["id"]))
        await events.run_waiting()
        await tell(notice(me["id"], urgent=False))
        # Only what was tried before is due again.
        await age(database, "UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
        await age(
            database, "UPDATE notifications_message SET due_at = now() WHERE state = 'waiting' AND sent_at IS NOT NULL"
        )
        await events.run_waiting()
        assert len(device.phone.requests) == 2
        assert [await ledger(browser, place) for place in range(2)] == ["waiting", "accepted"]
