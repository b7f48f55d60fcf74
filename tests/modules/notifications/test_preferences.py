"""How somebody wants to be told, and that they are told so from the next event on."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import httpx
import pytest

from server.core.clock import HERE
from server.core.events import Events
from server.modules.notifications.public import Topic
from server.modules.notifications.rules.inbox import Level, Quiet, level_of
from tests.modules.identity.conftest import Browser, browser, new_browser, new_phone, nothing_counted, phone
from tests.modules.notifications.test_inbox import Tell, inbox, notice, rung, tell
from tests.pushservice import PushService

__all__ = ["browser", "new_browser", "new_phone", "nothing_counted", "phone", "tell"]

pytestmark = pytest.mark.usefixtures("nothing_left_over")

PATH = "/api/notifications/preferences"


async def choose(browser: httpx.AsyncClient, version: int = 0, **choice: Any) -> httpx.Response:
    body = {"private": True, "quiet": None, "topics": {}, "fields": {}, "channels": []} | choice
    return await browser.put(PATH, json=body, headers={"If-Match": f'"{version}"'})


class TestChoosing:
    async def test_until_somebody_chooses_everything_rings_in_private(self, browser: Browser, phone: str) -> None:
        await browser.sign_in(phone)
        found = (await browser.get(PATH)).json()
        assert (found["private"], found["quiet"], found["channels"], found["version"]) == (True, None, [], 0)
        assert {it["level"] for it in found["topics"]} == {"ring"}
        assert {it["topic"] for it in found["topics"] if it["firm"]} == {
            "duties",
            "results",
            "dates",
            "account",
            "warnings",
        }

    async def test_chosen_it_stays_and_two_at_once_do_not_overwrite_each_other(
        self, browser: Browser, phone: str
    ) -> None:
        await browser.sign_in(phone)
        quiet = {"since": "21:30", "until": "06:00"}
        first = await choose(browser, topics={"steps": "off"}, fields={"Đất đai": "inbox"}, quiet=quiet)
        assert first.status_code == 200, first.text
        assert first.json()["version"] == 1
        late = await choose(browser, private=False)
        assert (late.status_code, late.json()["type"]) == (412, "changed-meanwhile")
        second = await choose(browser, 1, private=False)
        assert (second.json()["private"], second.json()["quiet"]) == (False, None)
        assert (await browser.get(PATH)).json() == second.json()

    async def test_a_version_nobody_had(self, browser: Browser, phone: str) -> None:
        await browser.sign_in(phone)
        assert (await choose(browser, 5)).status_code == 412
        assert (await browser.put(PATH, json={})).status_code in (400, 428)

    @pytest.mark.parametrize(
        ("choice", "refusal"),
        [
            ({"topics": {"duties": "off"}}, "topic-cannot-be-off"),
            ({"quiet": {"since": "06:00", "until": "06:00"}}, "quiet-time-refused"),
            ({"quiet": {"since": "24:00", "until": "06:00"}}, "input-refused"),
            ({"quiet": {"since": "6:00", "until": "06:30"}}, "input-refused"),
            ({"topics": {"weather": "off"}}, "input-refused"),
            ({"fields": {"Đất đai": "loud"}}, "input-refused"),
            ({"fields": {str(n): "off" for n in range(101)}}, "input-refused"),
            ({"channels": ["pigeon"]}, "input-refused"),
        ],
    )
    async def test_what_cannot_be_chosen(
        self, browser: Browser, phone: str, choice: dict[str, Any], refusal: str
    ) -> None:
        await browser.sign_in(phone)
        reply = await choose(browser, **choice)
        assert (reply.status_code, reply.json()["type"]) == (400, refusal)


class TestBeingToldSo:
    async def test_a_field_that_is_off_is_off_but_not_what_has_legal_effect(
        self, browser: Browser, phone: str, tell: Tell, service: PushService, events: Events
    ) -> None:
        me = await browser.sign_in(phone)
        device = await rung(browser, service)
        await choose(browser, fields={"Đất đai": "off"})
        await tell(
            notice(me["id"], field="Đất đai"),
            notice(me["id"], field="Đất đai", topic=Topic.DUTIES),
            notice(me["id"], field="Hộ tịch", subject="dossier/2"),
        )
        await events.run_waiting()
        assert [it["topic"] for it in (await inbox(browser))["items"]] == ["steps", "duties"]
        assert len(device.phone.messages) == 1
        firm = (await inbox(browser))["items"][1]
        assert (await browser.get(f"/api/notifications/{firm['id']}")).json()["bell"] == "switched-off"

    async def test_the_whole_entry_on_the_lock_screen_when_wished(
        self, browser: Browser, phone: str, tell: Tell, service: PushService, events: Events
    ) -> None:
        me = await browser.sign_in(phone)
        device = await rung(browser, service)
        await choose(browser, private=False)
        await tell(notice(me["id"]))
        await events.run_waiting()
        [said] = device.phone.messages
        assert said["notification"]["title"] == "Đang xử lý: Đăng ký khai sinh"
        assert said["notification"]["body"] == "Cán bộ đang giải quyết hồ sơ."

    async def test_in_the_quiet_time_what_can_wait_waits(
        self, browser: Browser, phone: str, tell: Tell, service: PushService, events: Events
    ) -> None:
        me = await browser.sign_in(phone)
        device = await rung(browser, service)
        now = datetime.now(HERE)
        since, until = now - timedelta(hours=1), now + timedelta(hours=2)
        await choose(browser, quiet={"since": f"{since:%H:%M}", "until": f"{until:%H:%M}"})
        await tell(notice(me["id"], urgent=False), notice(me["id"], subject="dossier/2", urgent=True))
        await events.run_waiting()
        assert len(device.phone.messages) == 1
        waiting = (await inbox(browser))["items"][1]
        [delivery] = (await browser.get(f"/api/notifications/{waiting['id']}")).json()["deliveries"]
        assert delivery["state"] == "waiting"
        due = datetime.fromisoformat(delivery["due_at"]).astimezone(HERE)
        assert f"{due:%H:%M}" == f"{until:%H:%M}"


NIGHT, NOON = Quiet(time(21, 30), time(6)), Quiet(time(12), time(13, 30))


@pytest.mark.parametrize(
    ("quiet", "now", "ends"),
    [
        (NIGHT, "2026-11-25T21:29", None),
        (NIGHT, "2026-11-25T21:30", "2026-11-26T06:00"),
        (NIGHT, "2026-11-26T05:59", "2026-11-26T06:00"),
        (NIGHT, "2026-11-26T06:00", None),
        (NOON, "2026-11-25T12:30", "2026-11-25T13:30"),
        (NOON, "2026-11-25T13:30", None),
    ],
)
def test_when_a_quiet_time_ends(quiet: Quiet, now: str, ends: str | None) -> None:
    found = quiet.ends(datetime.fromisoformat(now).replace(tzinfo=HERE).astimezone(UTC))
    assert (found and f"{found.astimezone(HERE):%Y-%m-%dT%H:%M}") == ends


@pytest.mark.parametrize(
    ("topic", "field", "level"),
    [
        (Topic.STEPS, "", Level.INBOX),
        (Topic.STEPS, "Đất đai", Level.OFF),
        (Topic.STEPS, "Hộ tịch", Level.INBOX),
        (Topic.DUTIES, "Đất đai", Level.INBOX),
        (Topic.DUTIES, "Hộ tịch", Level.RING),
        (Topic.ACCOUNT, "", Level.RING),
    ],
)
def test_the_quieter_choice_counts(topic: Topic, field: str, level: Level) -> None:
    assert level_of(topic, field, {"steps": "inbox"}, {"Đất đai": "off"}) is level
