"""Ringing very many: who is rung, and that every device is accounted for, whatever happens on the way."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
from sqlalchemy import text

from server.core.clock import HERE
from server.core.database import Database
from server.core.events import Events
from server.core.settings import Settings
from server.core.words import Words
from server.modules.notifications.public import Announcement, Progress, WaveState, Why
from server.modules.notifications.reactions import look_after_waves
from server.modules.notifications.rules import announcing as rules
from server.modules.notifications.service import planning, waves
from server.modules.notifications.service.announcing import ticket_key
from server.modules.notifications.service.waves import Waves
from tests.modules.identity.conftest import (
    Browser,
    browser,
    new_browser,
    new_phone,
    nothing_counted,
    phone,
)
from tests.modules.notifications.announcements import Desk, announcement, commune, desk, follow, to
from tests.modules.notifications.conftest import Device, Subscribe
from tests.modules.notifications.test_inbox import inbox, rung
from tests.pushservice import Planned, PushService

__all__ = ["browser", "commune", "desk", "new_browser", "new_phone", "nothing_counted", "phone"]

pytestmark = pytest.mark.usefixtures("nothing_left_over")

Later = Callable[[], Awaitable[None]]
Phones = Callable[..., Awaitable[list[Device]]]


@pytest.fixture
def phones(subscribe: Subscribe, client: httpx.AsyncClient, commune: str) -> Phones:
    """Phones on which nobody is signed in, and which follow the commune."""

    async def make(count: int, *, topics: tuple[str, ...] = (), news: bool = True) -> list[Device]:
        made = [await subscribe() for _ in range(count)]
        for one in made:
            body = {"communes": [commune], "topics": list(topics), "news": news}
            reply = await client.put(f"{one.path}/following", json=body, headers=one.headers)
            assert reply.status_code == 200, reply.text
        return made

    return make


@pytest.fixture
def later(database: Database) -> Later:
    """Time passes: what was put off is due, and no service rests any more."""

    async def later() -> None:
        async with database.reading() as connection:
            await connection.execute(text("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'"))
            await connection.execute(text("UPDATE notifications_pause SET until = now(), silent_until = now()"))

    return later


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranges of two devices, so that few phones make several of them."""
    monkeypatch.setattr(planning, "range_size", lambda _pace: 2)


def rang(devices: list[Device]) -> list[int]:
    return [len(one.phone.requests) for one in devices]


def adds_up(it: Progress) -> bool:
    return it.due == it.sent + it.failed + it.gone + it.waiting


def counts(it: Progress) -> tuple[int, int, int, int, int]:
    assert adds_up(it)
    return it.due, it.sent, it.failed, it.gone, it.waiting


class TestWhoIsRung:
    async def test_phones_that_follow_it_with_an_account_or_without(
        self,
        browser: Browser,
        phone: str,
        phones: Phones,
        subscribe: Subscribe,
        desk: Desk,
        commune: str,
        service: PushService,
        events: Events,
    ) -> None:
        await browser.sign_in(phone)
        mine = await rung(browser, service)
        await follow(browser, [commune])
        await events.run_waiting()  # the consent
        [one, other], stranger = await phones(2), await subscribe()
        it = announcement(audience=to(commune))
        assert (await desk.reach(it.audience)) == (3, 1)
        await desk.announce(it)
        await events.run_waiting()
        assert rang([mine, one, other, stranger]) == [1, 1, 1, 0]
        [said], [private] = one.phone.messages, mine.phone.messages
        shown = said["notification"]
        assert (shown["title"], shown["body"]) == ("Cúp điện thứ Bảy", "8–11 giờ, ấp 3")
        assert shown["navigate"].endswith("/news/1")
        [entry] = (await inbox(browser))["items"]
        assert private["notification"]["navigate"].endswith(f"/inbox/{entry['id']}?open")
        headers = one.phone.requests[0].headers
        assert (headers["Urgency"], headers["Topic"]) == ("normal", shown["tag"])
        done = await desk.progress_of(it)
        assert counts(done) == (3, 3, 0, 0, 0)
        assert (done.state, done.counted, done.over) == (WaveState.RUNNING, True, True)

    async def test_by_topic_and_only_for_warnings(
        self, phones: Phones, desk: Desk, commune: str, events: Events
    ) -> None:
        [both] = await phones(1, topics=("health",))
        [quiet] = await phones(1, news=False)
        for audience in (to(commune, topics=("health",)), to(commune, topics=("school",))):
            await desk.announce(announcement(audience=audience))
        await events.run_waiting()
        assert rang([both, quiet]) == [1, 0]
        warning = announcement(audience=to(commune), urgent=True)
        assert (await desk.reach(warning.audience, urgent=True)).devices == 2
        await desk.announce(warning)
        await events.run_waiting()
        assert rang([both, quiet]) == [2, 1]
        assert quiet.phone.requests[0].headers["Urgency"] == "high"

    @pytest.mark.parametrize("what", ["no-consent", "inbox-only", "news-off"])
    async def test_as_loudly_as_its_owner_chose_and_agreed(
        self, browser: Browser, phone: str, desk: Desk, commune: str, service: PushService, events: Events, what: str
    ) -> None:
        await browser.sign_in(phone)
        mine = await rung(browser, service, agrees=what != "no-consent")
        await follow(browser, [commune])
        if what == "news-off":
            body = {"private": True, "quiet": None, "topics": {"news": "inbox"}, "fields": {}, "channels": []}
            await browser.put("/api/notifications/preferences", json=body, headers={"If-Match": '"0"'})
        await events.run_waiting()
        it = announcement(audience=to(commune), rings=what != "inbox-only")
        assert (await desk.reach(it.audience)).devices == int(what == "inbox-only")
        await desk.announce(it)
        await events.run_waiting()
        assert rang([mine]) == [0]
        assert (await inbox(browser))["unread"] == 1
        assert counts(await desk.progress_of(it)) == (0, 0, 0, 0, 0)

    async def test_whoever_takes_consent_back_meanwhile_is_not_rung(
        self, browser: Browser, phone: str, desk: Desk, commune: str, service: PushService, events: Events
    ) -> None:
        await browser.sign_in(phone)
        mine = await rung(browser, service)
        await follow(browser, [commune])
        await events.run_waiting()
        it = announcement(audience=to(commune))
        await desk.announce(it)
        await plan_only(desk, it)
        assert (await browser.delete("/api/privacy/consents/push-abroad")).is_success
        await events.run_waiting()
        assert rang([mine]) == [0]
        assert counts(await desk.progress_of(it)) == (1, 0, 0, 1, 0)

    async def test_signing_in_takes_over_what_the_browser_followed(
        self, browser: Browser, phone: str, phones: Phones, commune: str
    ) -> None:
        [one] = await phones(1, topics=("health",))
        await browser.sign_in(phone)
        assert (await browser.put(f"{one.path}/owner", headers=one.headers)).status_code == 204
        following = (await browser.get("/api/notifications/following")).json()
        assert (following["communes"], following["topics"]) == ([commune], ["health"])
        refused = await browser.get(f"{one.path}/following", headers=one.headers)
        assert (refused.status_code, refused.json()["type"]) == (409, "device-follows-its-owner")

    async def test_whoever_signs_out_leaves_nothing_behind(
        self, browser: Browser, phone: str, desk: Desk, commune: str, service: PushService, events: Events
    ) -> None:
        await browser.sign_in(phone)
        mine = await rung(browser, service)
        await follow(browser, [commune], ("health",))
        await browser.delete("/api/identity/session")
        await events.run_waiting()
        own = await browser.get(f"{mine.path}/following", headers=mine.headers)
        assert own.json() == {"communes": [], "topics": [], "news": True}
        assert (await desk.reach(to(commune))).devices == 0

    @pytest.mark.parametrize(
        ("body", "problem"),
        [
            ({"communes": ["99999"], "topics": []}, "commune-not-followed"),
            ({"communes": [], "topics": ["gossip"]}, "topic-not-followed"),
            ({"communes": [""], "topics": []}, "input-refused"),
        ],
    )
    async def test_what_nobody_can_follow(
        self, client: httpx.AsyncClient, phones: Phones, body: dict[str, Any], problem: str
    ) -> None:
        [one] = await phones(1)
        reply = await client.put(f"{one.path}/following", json=body | {"news": True}, headers=one.headers)
        assert (reply.status_code, reply.json()["type"]) == (400, problem)


async def plan_only(desk: Desk, it: Announcement) -> None:
    """Its ranges are made, and none is sent yet."""
    async with desk.transaction() as session:
        wave = await session.scalar(text("SELECT id FROM notifications_wave WHERE key = :key"), {"key": it.key})
        for _ in range(20):
            await planning.Planning(session, session.info["settings"]).plan(wave, 1, None)


async def send(desk: Desk, number: int, round: int = 1) -> None:
    """The job of one range."""
    async with desk.transaction() as session:
        await Waves(session, session.info["settings"]).send(number, round)


class TestCounted:
    async def test_each_device_has_a_fate(
        self, phones: Phones, desk: Desk, commune: str, service: PushService, events: Events, later: Later, small: None
    ) -> None:
        devices = await phones(7)
        devices[1].phone.leave()
        it = announcement(audience=to(commune))
        await desk.announce(it)
        await plan_only(desk, it)
        assert counts(await desk.progress_of(it)) == (7, 0, 0, 0, 7)
        service.answer_next(Planned(400), Planned(503))
        began = datetime.now(UTC)
        await events.run_waiting()
        now = await desk.progress_of(it)
        assert adds_up(now)
        assert (now.due, now.failed, now.waiting, now.waits) == (7, 1, 1, {Why.TROUBLE: 1})
        assert now.next_at is not None
        assert now.next_at >= began + timedelta(seconds=2)
        await later()
        await events.run_waiting()
        over = await desk.progress_of(it)
        assert (over.due, over.failed, over.waiting, over.over) == (7, 1, 0, True)
        assert over.gone in (0, 1)  # the phone that left may be the one that was refused
        assert adds_up(over)

    async def test_what_phones_say_back_is_counted_once(
        self, client: httpx.AsyncClient, phones: Phones, desk: Desk, commune: str, events: Events
    ) -> None:
        devices = await phones(3)
        it = announcement(audience=to(commune))
        await desk.announce(it)
        await events.run_waiting()
        ids = [one.phone.messages[0]["notification"]["data"]["message_id"] for one in devices]
        assert len(set(ids)) == 3
        for what in (f"{ids[0]}/shown", f"{ids[0]}/shown", f"{ids[1]}/opened", f"{ids[2]}/opened"):
            assert (await client.post(f"/api/notifications/messages/{what}")).status_code == 204
        now = await desk.progress_of(it)
        assert (now.shown, now.opened) == (3, 2)
        forged = ids[0][:-1] + ("0" if ids[0][-1] != "0" else "1")
        assert (await client.post(f"/api/notifications/messages/{forged}/shown")).status_code == 404

    async def test_a_phone_says_so_while_others_are_still_asked(
        self,
        client: httpx.AsyncClient,
        phones: Phones,
        desk: Desk,
        commune: str,
        service: PushService,
        settings: Settings,
        database: Database,
    ) -> None:
        devices = await phones(2)
        it = announcement(audience=to(commune))
        await desk.announce(it)
        await plan_only(desk, it)
        async with database.reading() as connection:
            number = await connection.scalar(text("SELECT max(number) FROM notifications_range"))
        service.answer_next(Planned(201, after=3), Planned(201, after=3))
        working = asyncio.create_task(send(desk, number))
        while not any(rang(devices)):
            await asyncio.sleep(0.02)
        said = rules.ticket(ticket_key(settings), number, 0)
        assert (await client.post(f"/api/notifications/messages/{said}/shown")).status_code == 204
        assert not working.done()
        await working
        now = await desk.progress_of(it)
        assert (counts(now), now.shown) == ((2, 2, 0, 0, 0), 1)

    async def test_the_database_keeps_no_row_for_a_device(
        self, phones: Phones, desk: Desk, commune: str, events: Events, database: Database
    ) -> None:
        await phones(3)
        it = announcement(audience=to(commune))
        await desk.announce(it)
        await events.run_waiting()
        async with database.reading() as connection:
            ranges = text(
                "SELECT count(*) FROM notifications_range r JOIN notifications_wave w ON w.id = wave_id"
                " WHERE key = :key"
            )
            assert await connection.scalar(ranges, {"key": it.key}) == 1


class TestStopped:
    async def test_paused_it_rings_nobody_and_then_goes_on(
        self, phones: Phones, desk: Desk, commune: str, events: Events, small: None
    ) -> None:
        devices = await phones(5)
        it = announcement(audience=to(commune))
        await desk.announce(it)
        await plan_only(desk, it)
        await desk.pause(it.key)
        await events.run_waiting()
        paused = await desk.progress_of(it)
        assert (rang(devices), paused.state, counts(paused)) == ([0] * 5, WaveState.PAUSED, (5, 0, 0, 0, 5))
        await desk.resume(it.key)
        await desk.resume(it.key)
        await events.run_waiting()
        assert rang(devices) == [1] * 5
        assert counts(await desk.progress_of(it)) == (5, 5, 0, 0, 0)

    async def test_paused_before_it_was_counted(self, phones: Phones, desk: Desk, commune: str, events: Events) -> None:
        devices = await phones(2)
        it = announcement(audience=to(commune))
        await desk.announce(it)
        await desk.pause(it.key)
        await events.run_waiting()
        assert not (await desk.progress_of(it)).counted
        await desk.resume(it.key)
        await events.run_waiting()
        assert rang(devices) == [1, 1]

    @pytest.mark.parametrize("verb", ["cancel", "retract"])
    async def test_for_good(
        self, browser: Browser, phone: str, phones: Phones, desk: Desk, commune: str, events: Events, verb: str
    ) -> None:
        await browser.sign_in(phone)
        await follow(browser, [commune])
        devices = await phones(2)
        it = announcement(audience=to(commune))
        await desk.announce(it)
        await plan_only(desk, it)
        await getattr(desk, verb)(it.key)
        await desk.resume(it.key)
        await events.run_waiting()
        assert rang(devices) == [0, 0]
        assert (await inbox(browser))["unread"] == (1 if verb == "cancel" else 0)
        now = await desk.progress_of(it)
        assert (now.state.value, now.over) == ({"cancel": "cancelled", "retract": "withdrawn"}[verb], True)

    async def test_at_a_pace(self, phones: Phones, desk: Desk, commune: str, events: Events, later: Later) -> None:
        devices = await phones(4)
        it = announcement(audience=to(commune), pace=1)  # two devices a range, two seconds apart
        began = datetime.now(UTC)
        await desk.announce(it)
        await events.run_waiting()
        assert sum(rang(devices)) == 2
        now = await desk.progress_of(it)
        assert (now.waiting, now.waits) == (2, {})
        assert now.next_at is not None
        assert began < now.next_at - timedelta(seconds=2) < datetime.now(UTC)
        await later()
        await events.run_waiting()
        assert rang(devices) == [1] * 4
        assert counts(await desk.progress_of(it)) == (4, 4, 0, 0, 0)

    async def test_jobs_from_before_the_pause_do_not_hurry_it(
        self, phones: Phones, desk: Desk, commune: str, events: Events, database: Database
    ) -> None:
        devices = await phones(4)
        it = announcement(audience=to(commune), pace=1)
        await desk.announce(it)
        await plan_only(desk, it)
        async with database.reading() as connection:
            number = await connection.scalar(text("SELECT max(number) FROM notifications_range"))
        await desk.pause(it.key)
        await desk.resume(it.key)
        await send(desk, number, round=1)
        assert sum(rang(devices)) == 0
        await events.run_waiting()
        assert sum(rang(devices)) == 2


class TestCorrected:
    async def test_exactly_those_who_had_it(
        self,
        client: httpx.AsyncClient,
        phones: Phones,
        desk: Desk,
        commune: str,
        service: PushService,
        events: Events,
        small: None,
    ) -> None:
        devices = await phones(5)
        first = announcement(audience=to(commune))
        await desk.announce(first)
        service.answer_next(Planned(400))
        await events.run_waiting()
        missed = [one for one in devices if not one.phone.messages]
        assert len(missed) == 1
        had = [one for one in devices if one not in missed]
        # One follows something else by now, and had it all the same; another one has come since, and had it not.
        elsewhere = {"communes": [], "topics": [], "news": True}
        await client.put(f"{had[0].path}/following", json=elsewhere, headers=had[0].headers)
        newcomer = await phones(1)
        correction = announcement(title=Words("Đính chính", "Corrected", "កែ"))
        await desk.replace(first.key, correction)
        await events.run_waiting()
        for one in had:
            [said] = one.phone.messages  # the newer one has taken the older one's place
            assert said["notification"]["title"] == "Đính chính"
        assert rang(newcomer) == [0]
        assert rang(missed) == [1]
        assert counts(await desk.progress_of(correction)) == (4, 4, 0, 0, 0)
        assert (await desk.progress_of(first)).state is WaveState.REPLACED

    async def test_who_still_waited_for_the_first_gets_only_the_second(
        self, phones: Phones, desk: Desk, commune: str, database: Database, events: Events, small: None
    ) -> None:
        devices = await phones(6)
        first = announcement(audience=to(commune))
        await desk.announce(first)
        async with database.reading() as connection:  # the first step: one range, and the rest is not counted yet
            await connection.execute(text("DELETE FROM procrastinate_jobs"))
            wave = await connection.scalar(
                text("SELECT id FROM notifications_wave WHERE key = :key"), {"key": first.key}
            )
        async with desk.transaction() as session:
            await planning.Planning(session, session.info["settings"]).plan(wave, 1, None)
        async with database.reading() as connection:
            number = await connection.scalar(
                text("SELECT number FROM notifications_range WHERE wave_id = :id"), {"id": wave}
            )
            await connection.execute(text("DELETE FROM procrastinate_jobs"))
        await send(desk, number)
        assert sum(rang(devices)) == 2
        second, third = announcement(title=Words("Hai", "Two", "ពីរ")), announcement(title=Words("Ba", "Three", "បី"))
        await desk.replace(first.key, second)
        await desk.replace(second.key, third)
        await events.run_waiting()
        assert [one.phone.messages[0]["notification"]["title"] for one in devices] == ["Ba"] * 6
        assert sum(rang(devices)) == 8
        assert counts(await desk.progress_of(third)) == (6, 6, 0, 0, 0)
        assert adds_up(await desk.progress_of(first))
        assert adds_up(await desk.progress_of(second))


class TestWhatGoesWrong:
    async def test_a_job_that_died_midway_is_done_again(
        self, phones: Phones, desk: Desk, commune: str, events: Events, database: Database, small: None
    ) -> None:
        """Killed after the pushes and before its transaction: two are told twice, none is lost."""
        devices = await phones(5)
        it = announcement(audience=to(commune))
        await desk.announce(it)
        await plan_only(desk, it)
        async with database.reading() as connection:
            number = await connection.scalar(text("SELECT max(number) FROM notifications_range"))
        with pytest.raises(ConnectionError):
            async with desk.transaction() as session:
                await Waves(session, session.info["settings"]).send(number, 1)
                raise ConnectionError
        await events.run_waiting()
        assert sorted(rang(devices)) == [1, 1, 1, 1, 2]
        assert counts(await desk.progress_of(it)) == (5, 5, 0, 0, 0)

    async def test_jobs_that_were_lost_are_called_up_again(
        self, phones: Phones, desk: Desk, commune: str, events: Events, database: Database, small: None
    ) -> None:
        devices = await phones(5)
        it = announcement(audience=to(commune))
        await desk.announce(it)
        async with desk.transaction() as session:
            wave = await session.scalar(text("SELECT id FROM notifications_wave WHERE key = :key"), {"key": it.key})
            await planning.Planning(session, session.info["settings"]).plan(wave, 1, None)
        async with database.reading() as connection:
            await connection.execute(text("DELETE FROM procrastinate_jobs"))
        async with desk.transaction() as session:
            await look_after_waves(session, datetime.now(UTC) + timedelta(hours=1))
        await events.run_waiting()
        assert rang(devices) == [1] * 5

    async def test_news_lets_a_warning_pass(
        self, phones: Phones, desk: Desk, commune: str, database: Database, service: PushService
    ) -> None:
        await phones(2)
        news, warning = announcement(audience=to(commune)), announcement(audience=to(commune), urgent=True)
        numbers = []
        for it in (news, warning):
            await desk.announce(it)
            await plan_only(desk, it)
            async with database.reading() as connection:
                numbers.append(await connection.scalar(text("SELECT max(number) FROM notifications_range")))
        before = len(service.received)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(send(desk, numbers[0]), 1)
        for number in reversed(numbers):
            await send(desk, number)
        urgencies = [it.headers["Urgency"] for it in service.received[before:]]
        assert urgencies == ["high", "high", "normal", "normal"]

    async def test_twice_at_once_rings_once(self, phones: Phones, desk: Desk, commune: str, database: Database) -> None:
        devices = await phones(2)
        it = announcement(audience=to(commune))
        await desk.announce(it)
        await plan_only(desk, it)
        async with database.reading() as connection:
            number = await connection.scalar(text("SELECT max(number) FROM notifications_range"))

        await asyncio.gather(*(send(desk, number) for _ in range(3)))
        assert rang(devices) == [1, 1]

    async def test_a_service_that_is_down_is_waited_for(
        self,
        phones: Phones,
        desk: Desk,
        commune: str,
        service: PushService,
        events: Events,
        later: Later,
        monkeypatch: pytest.MonkeyPatch,
        small: None,
    ) -> None:
        monkeypatch.setattr(waves, "_ENOUGH", 2)
        devices = await phones(6)
        it = announcement(audience=to(commune))
        await desk.announce(it)
        port = service.port
        await service.stop()
        try:
            # For longer than any number of attempts lasts.
            for _ in range(10):
                await events.run_waiting()
                await later()
            down = await desk.progress_of(it)
            assert (counts(down), down.waits) == ((6, 0, 0, 0, 6), {Why.TROUBLE: 6})
        finally:
            await service.start(port)
        await events.run_waiting()
        await later()
        await events.run_waiting()
        assert rang(devices) == [1] * 6
        assert counts(await desk.progress_of(it)) == (6, 6, 0, 0, 0)

    async def test_while_waves_wait_for_a_service_one_residents_message_does_not(
        self,
        phones: Phones,
        subscribe: Subscribe,
        desk: Desk,
        commune: str,
        service: PushService,
        events: Events,
        monkeypatch: pytest.MonkeyPatch,
        small: None,
    ) -> None:
        monkeypatch.setattr(waves, "_ENOUGH", 2)
        devices = await phones(4)
        await desk.announce(announcement(audience=to(commune)))
        service.answer_next(*[Planned(503)] * 2)
        await events.run_waiting()
        assert sum(rang(devices)) == 2  # the second range did not even ask
        one = await subscribe()
        await one.test()
        await events.run_waiting()
        assert len(one.phone.messages) == 1

    async def test_a_pause_asked_for_is_kept(
        self, phones: Phones, desk: Desk, commune: str, service: PushService, events: Events, later: Later
    ) -> None:
        devices = await phones(3)
        it = announcement(audience=to(commune))
        await desk.announce(it)
        service.answer_next(*[Planned(429, {"Retry-After": "1800"})] * 3)
        await events.run_waiting()
        now = await desk.progress_of(it)
        assert (counts(now), now.waits) == ((3, 0, 0, 0, 3), {Why.PAUSE: 3})
        await later()
        await events.run_waiting()
        assert counts(await desk.progress_of(it)) == (3, 3, 0, 0, 0)
        assert all(one.phone.messages for one in devices)

    @pytest.mark.parametrize("ends", [False, True])
    async def test_while_it_is_paused_its_time_stands_still_unless_an_end_was_asked_for(
        self, ends: bool, phones: Phones, desk: Desk, commune: str, database: Database, events: Events
    ) -> None:
        devices = await phones(2)
        it = announcement(audience=to(commune), until=datetime.now(UTC) + timedelta(hours=1) if ends else None)
        await desk.announce(it)
        await desk.pause(it.key)
        async with database.reading() as connection:  # two days go by
            back = "paused_at = paused_at - interval '2 days', expires_at = expires_at - interval '2 days'"
            await connection.execute(text(f"UPDATE notifications_wave SET {back} WHERE key = :key"), {"key": it.key})
        await desk.pause(it.key)  # pressed twice
        await desk.resume(it.key)
        await events.run_waiting()
        assert rang(devices) == ([0, 0] if ends else [1, 1])
        assert counts(await desk.progress_of(it)) == ((2, 0, 2, 0, 0) if ends else (2, 2, 0, 0, 0))

    async def test_a_slow_one_has_a_day_after_the_last_ones_turn(
        self, phones: Phones, desk: Desk, commune: str, database: Database
    ) -> None:
        await phones(3)
        slow = announcement(audience=to(commune), pace=1)
        await desk.announce(slow)
        corrected = announcement(pace=1)
        await desk.replace(slow.key, corrected)
        async with database.reading() as connection:
            asked = text("SELECT min(expires_at - created_at) FROM notifications_wave WHERE key = ANY(:keys)")
            least = await connection.scalar(asked, {"keys": [slow.key, corrected.key]})
        assert least >= timedelta(days=1, seconds=2.9)

    async def test_after_its_time_nobody_is_rung(
        self, phones: Phones, desk: Desk, commune: str, events: Events
    ) -> None:
        devices = await phones(2)
        it = announcement(audience=to(commune), until=datetime.now(UTC) - timedelta(seconds=1))
        await desk.announce(it)
        await events.run_waiting()
        assert rang(devices) == [0, 0]
        assert counts(await desk.progress_of(it)) == (2, 0, 2, 0, 0)


def by_night(settings: Settings) -> Settings:
    now = datetime.now(HERE)
    words = f"{now - timedelta(hours=1):%H:%M}-{now + timedelta(hours=1):%H:%M}"
    return msgspec.structs.replace(settings, quiet_night=words)


class TestByNight:
    """The test's night is now, whenever that is."""

    @pytest.fixture
    def night(self, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(database.info, "settings", by_night(settings))

    async def test_news_waits_for_the_morning_and_a_warning_does_not(
        self, night: None, phones: Phones, desk: Desk, commune: str, events: Events
    ) -> None:
        devices = await phones(2)
        news, warning = announcement(audience=to(commune)), announcement(audience=to(commune), urgent=True)
        await desk.announce(news)
        await desk.announce(warning)
        await events.run_waiting()
        assert rang(devices) == [1, 1]
        now = await desk.progress_of(news)
        assert (counts(now), now.waits) == ((2, 0, 0, 0, 2), {Why.NIGHT: 2})
        assert now.next_at is not None
        assert timedelta(minutes=58) < now.next_at - datetime.now(UTC) <= timedelta(hours=1)

    async def test_what_was_planned_by_day_and_comes_by_night(
        self, phones: Phones, desk: Desk, commune: str, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        devices = await phones(2)
        it = announcement(audience=to(commune))
        await desk.announce(it)
        await plan_only(desk, it)
        async with database.reading() as connection:
            number = await connection.scalar(text("SELECT max(number) FROM notifications_range"))
        monkeypatch.setitem(database.info, "settings", by_night(database.info["settings"]))
        await send(desk, number)
        assert rang(devices) == [0, 0]
        assert (await desk.progress_of(it)).waits == {Why.NIGHT: 2}

    async def test_a_resident_has_a_quiet_time_of_their_own(
        self, browser: Browser, phone: str, desk: Desk, commune: str, service: PushService, events: Events
    ) -> None:
        await browser.sign_in(phone)
        mine = await rung(browser, service)
        await follow(browser, [commune])
        now = datetime.now(HERE)
        quiet = {"since": f"{now - timedelta(hours=1):%H:%M}", "until": f"{now + timedelta(hours=1):%H:%M}"}
        body = {"private": True, "quiet": quiet, "topics": {}, "fields": {}, "channels": []}
        chosen = await browser.put("/api/notifications/preferences", json=body, headers={"If-Match": '"0"'})
        assert chosen.status_code == 200
        await events.run_waiting()
        news = announcement(audience=to(commune))
        await desk.announce(news)
        await events.run_waiting()  # by itself: one job at a time runs here, and news lets warnings pass for a minute
        assert rang([mine]) == [0]
        await desk.announce(announcement(audience=to(commune), urgent=True))
        await events.run_waiting()
        assert rang([mine]) == [1]
        assert (await desk.progress_of(news)).waits == {Why.QUIET: 1}


class TestTheRules:
    @pytest.mark.parametrize(("number", "position"), [(1, 0), (2**40, 249), (7, 65_535)])
    def test_a_ticket_is_read_by_who_made_it(self, number: int, position: int) -> None:
        made = rules.ticket(b"k" * 32, number, position)
        assert rules.read_ticket(b"k" * 32, made) == (number, position)
        assert rules.read_ticket(b"l" * 32, made) is None
        assert rules.read_ticket(b"k" * 32, uuid4()) is None

    @pytest.mark.parametrize(("pace", "size"), [(None, 500), (1, 2), (50, 100), (10_000, 500)])
    def test_a_range_is_two_seconds_of_the_pace(self, pace: int | None, size: int) -> None:
        assert rules.range_size(pace) == size

    def test_bits(self) -> None:
        assert rules.places_in(rules.bits_of([0, 9, 11], 12)) == [0, 9, 11]
        assert rules.bits_of([9], 12) == b"\x00\x02"

    @pytest.mark.parametrize(("words", "quiet"), [("21:30-06:00", True), ("00:00-00:00", False)])
    def test_a_night(self, words: str, quiet: bool) -> None:
        assert (rules.night_of(words) is not None) is quiet

    @pytest.mark.parametrize(
        ("devices", "pace", "night", "hours"),
        [
            (1_000_000, None, "21:30-06:00", 0),
            (0, 10, "21:30-06:00", 0),
            (36_000, 10, "00:00-00:00", 1),
            (36_000, 10, "21:30-06:00", 1 + 8.5),  # the night may come at once
            (1_000_000, 10, "00:00-00:00", 1_000_000 / 36_000),
            (1_000_000, 10, "21:30-06:00", 24 + 1_000_000 / 36_000 - 15.5 + 8.5),
        ],
    )
    def test_how_long_a_slow_one_takes(self, devices: int, pace: int | None, night: str, hours: float) -> None:
        taken = rules.time_to_ring(devices, pace, rules.night_of(night))
        assert abs(taken - timedelta(hours=hours)) < timedelta(seconds=1)

    def test_waiting_grows_and_ends_nowhere(self) -> None:
        assert [rules.next_wait(it, None) for it in (1, 5, 6, 99)] == [2, 600, 600, 600]
        assert [rules.silence_of(it, urgent=False) for it in (0, 1, 4, 99)] == [30, 60, 300, 300]
        assert rules.silence_of(9, urgent=True) == 10
