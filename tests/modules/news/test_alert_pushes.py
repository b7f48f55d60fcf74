"""Phones in the area ring for a warning and no others; what follows takes its place on the screen."""

from typing import Any

import httpx
import pytest

from server.core.database import Database
from server.core.events import Events
from tests.modules.identity.conftest import (
    NewBrowser,
    NewPhone,
    browser,
    new_browser,
    new_phone,
    nothing_counted,
    staff_browser,
)
from tests.modules.news.test_alerts import Desk, in_force, nothing_in_force, second, warning, writer
from tests.modules.notifications.announcements import communes, follow
from tests.modules.notifications.conftest import Device, Subscribe, nothing_left_over, service, subscribe
from tests.pushservice import Planned, PushService

__all__ = [
    "browser",
    "new_browser",
    "new_phone",
    "nothing_counted",
    "nothing_in_force",
    "nothing_left_over",
    "second",
    "service",
    "staff_browser",
    "subscribe",
    "writer",
]
pytestmark = pytest.mark.usefixtures("nothing_left_over")
HERE, NEXT, FAR = "31891", "31885", "31882"


@pytest.fixture(autouse=True)
async def nobody_follows(database: Database) -> None:
    await communes(database, 1)


async def following(subscribe: Subscribe, client: httpx.AsyncClient, *communes: str) -> Device:
    """A phone on which nobody is signed in, and which wants no news: a warning reaches it all the same."""
    device = await subscribe()
    body = {"communes": list(communes), "topics": [], "news": False}
    reply = await client.put(f"{device.path}/following", json=body, headers=device.headers)
    assert reply.is_success, reply.text
    return device


def rang(*devices: Device) -> list[int]:
    return [len(it.phone.requests) for it in devices]


def shown(device: Device) -> dict[str, Any]:
    """What stands on the screen: a newer message has taken the place of an older one."""
    (said,) = device.phone.messages
    it: dict[str, Any] = said["notification"]
    return it


async def test_a_warning_its_update_and_its_end(
    writer: Desk, second: Desk, subscribe: Subscribe, client: httpx.AsyncClient, events: Events
) -> None:
    here, beside, far = [await following(subscribe, client, code) for code in (HERE, NEXT, FAR)]
    out = await in_force(writer, second, warning(communes=[HERE]))
    assert out["preview"]["devices"] >= 1
    await events.run_waiting()
    assert rang(here, beside, far) == [1, 0, 0]
    first = shown(here)
    assert first["title"] == "Cảnh báo: triều cường, nước dâng, rủi ro thiên tai cấp 3"
    assert first["navigate"].endswith(f"/warnings/{out['id']}")
    assert here.phone.requests[0].headers["Urgency"] == "high"

    # Whoever had it, and the commune that is new to it.
    out = await second.act("issue", await writer.save(out, warning(communes=[HERE, NEXT], level=4)))
    await events.run_waiting()
    assert rang(here, beside, far) == [2, 1, 0]
    assert shown(here)["tag"] == first["tag"]
    for one in (here, beside):
        assert shown(one)["title"] == "Cập nhật: triều cường, nước dâng, rủi ro thiên tai cấp 4"

    # How many have shown it, in both announcements of the message, without knowing whom.
    for device, what in ((here, "shown"), (beside, "opened")):
        message_id = shown(device)["data"]["message_id"]
        assert (await client.post(f"/api/notifications/messages/{message_id}/{what}")).is_success
    update = (await writer.browser.get(f"/api/news/alert-desk/{out['id']}")).json()["messages"][0]
    assert (update["sent"], update["shown"], update["opened"], update["waits"]) == (2, 2, 1, [])

    out = await second.act("issue", await writer.save(out, warning(communes=[HERE, NEXT], clears=True)))
    await events.run_waiting()
    assert rang(here, beside, far) == [3, 2, 0]
    assert {shown(it)["title"] for it in (here, beside)} == {"Đã hết cảnh báo: triều cường, nước dâng"}
    desk = (await writer.browser.get(f"/api/news/alert-desk/{out['id']}")).json()
    assert [(it["due"], it["sent"], it["waiting"]) for it in desk["messages"]] == [(2, 2, 0), (2, 2, 0), (1, 1, 0)]


@pytest.mark.parametrize("area", [{"communes": [HERE]}, {"everywhere": True, "communes": []}], ids=["here", "all"])
async def test_who_comes_while_it_is_in_force_is_told_of_what_follows(
    area: dict[str, Any],
    writer: Desk,
    second: Desk,
    subscribe: Subscribe,
    client: httpx.AsyncClient,
    new_browser: NewBrowser,
    new_phone: NewPhone,
    events: Events,
) -> None:
    """It grows graver: whoever has moved there, or has the app since, must not be the one whose phone is silent."""
    early = await following(subscribe, client, HERE)
    out = await in_force(writer, second, warning(**area))
    await events.run_waiting()
    late, far = await following(subscribe, client, HERE), await following(subscribe, client, FAR)
    resident = new_browser()
    await resident.sign_in(new_phone())
    await follow(resident, [HERE])

    async def stands() -> list[str]:
        items = (await resident.get("/api/notifications")).json()["items"]
        return [it["title"].partition(":")[0] for it in items if it["path"] == f"/warnings/{out['id']}"]

    assert (rang(early, late), await stands()) == ([1, 0], [])
    everywhere = int("everywhere" in area)
    for times, level in ((1, 4), (2, 5)):
        out = await second.act("issue", await writer.save(out, warning(level=level, **area)))
        await events.run_waiting()
        assert (rang(early, late, far), await stands()) == ([1 + times, times, times * everywhere], ["Cập nhật"])
    out = await second.act("issue", await writer.save(out, warning(clears=True, **area)))
    await events.run_waiting()
    assert (rang(early, late, far), await stands()) == ([4, 3, 3 * everywhere], ["Đã hết cảnh báo"])


async def test_it_is_tried_on_ones_own_phone_before_anybody_is_warned(
    writer: Desk, subscribe: Subscribe, client: httpx.AsyncClient, events: Events
) -> None:
    mine, other = await following(subscribe, client), await following(subscribe, client, HERE)
    draft = await writer.begin(warning(communes=[HERE]))
    path = f"/api/news/alert-desk/{draft['id']}/test"
    body, device_id = {"device_id": mine.path.rpartition("/")[2]}, mine.headers
    assert (await writer.browser.post(path, json=body, headers=device_id)).status_code == 204
    await events.run_waiting()
    assert rang(mine, other) == [1, 0]
    assert shown(mine)["title"] == "Cảnh báo: triều cường, nước dâng, rủi ro thiên tai cấp 3"
    assert shown(mine)["body"] == draft["draft"]["vi"]["headline"]
    wrong = {"Device-Secret": "another"}
    assert (await writer.browser.post(path, json=body, headers=wrong)).json()["type"] == "device-not-found"
    assert (await client.post(path, json=body, headers=mine.headers)).status_code == 401


async def test_the_desk_sees_why_phones_wait(
    writer: Desk,
    second: Desk,
    subscribe: Subscribe,
    client: httpx.AsyncClient,
    service: PushService,
    events: Events,
) -> None:
    await following(subscribe, client, HERE)
    out = await in_force(writer, second, warning(communes=[HERE]))
    service.answer_next(Planned(429))
    await events.run_waiting()
    [message] = (await writer.browser.get(f"/api/news/alert-desk/{out['id']}")).json()["messages"]
    assert (message["waiting"], message["waits"]) == (1, [{"why": "pause", "devices": 1}])
    assert message["next_at"] > message["sent_at"]


async def test_who_is_in_an_old_area_and_in_a_new_one_is_told_once(
    writer: Desk,
    second: Desk,
    subscribe: Subscribe,
    client: httpx.AsyncClient,
    new_browser: NewBrowser,
    new_phone: NewPhone,
    events: Events,
) -> None:
    both, far = await following(subscribe, client, HERE, NEXT), await following(subscribe, client, FAR)
    resident = new_browser()
    await resident.sign_in(new_phone())
    await follow(resident, [HERE, NEXT])

    async def stands() -> list[str]:
        items = (await resident.get("/api/notifications")).json()["items"]
        return [it["title"].partition(":")[0] for it in items if it["path"] == f"/warnings/{out['id']}"]

    out = await in_force(writer, second, warning(communes=[HERE]))
    await events.run_waiting()
    late = await following(subscribe, client, HERE, NEXT)  # comes after the first
    out = await second.act("issue", await writer.save(out, warning(communes=[HERE, NEXT])))
    assert await stands() == ["Cập nhật"]
    await events.run_waiting()
    assert rang(both, late, far) == [2, 1, 0]

    # Everywhere is new to the far one only; twice sent before the first has rung it is told once, too.
    out = await second.act("issue", await writer.save(out, warning(everywhere=True)))
    out = await second.act("issue", await writer.save(out, warning(everywhere=True, level=4)))
    assert await stands() == ["Cập nhật"]
    await events.run_waiting()
    assert rang(both, late, far) == [3, 2, 1]
    out = await second.act("issue", await writer.save(out, warning(everywhere=True, clears=True)))
    await events.run_waiting()
    assert rang(both, late, far) == [4, 3, 2]
    assert await stands() == ["Đã hết cảnh báo"]
