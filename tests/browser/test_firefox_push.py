"""A message from our server rings in a real Firefox: the real app, its worker and ours, and no internet."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest

from tests.app import working
from tests.browser.firefox import Firefox
from tests.pushservice import ACK_DELIVERED, ACK_UNDECRYPTABLE, Message, PushService

pytestmark = [pytest.mark.browser, pytest.mark.long(12)]

VIETNAMESE = ("Thông báo thử", "Thiết bị này nhận được thông báo.")
KHMER = ("ការជូនដំណឹងសាកល្បង", "ឧបករណ៍នេះទទួលបានការជូនដំណឹង។")

T = TypeVar("T")


async def eventually(look: Callable[[], Awaitable[T]], good: Callable[[T], Any], within: float = 60) -> T:
    """What `look` sees once it is good."""
    end = asyncio.get_running_loop().time() + within
    while not good(seen := await look()):
        assert asyncio.get_running_loop().time() < end, f"never came; last seen: {seen!r}"
        await asyncio.sleep(0.1)
    return seen


@pytest.fixture(scope="module", autouse=True)
async def worker(server: str, processes: dict[str, str]) -> AsyncIterator[None]:
    async with working(server, **processes):
        yield


@pytest.fixture
def push(push_service: PushService) -> PushService:
    """The push service, without what another test has planned."""
    push_service.planned.clear()
    return push_service


class Citizen:
    """Somebody with this Firefox in hand."""

    def __init__(self, firefox: Firefox, push: PushService, origin: str) -> None:
        self.firefox, self.push, self.origin = firefox, push, origin

    async def turn_on(self) -> None:
        """Find the switch in the settings, tap it, and allow it in the browser's question."""
        await self.open("/settings", "Thông báo")
        await self.firefox.tap("Thông báo")
        await self.see("Đang tắt")
        assert await self.firefox.js("return Notification.permission") == "default"
        await self.firefox.tap("Bật thông báo")
        await self.firefox.answer_prompt(allow=True)
        await self.see("Gửi thử thông báo")

    async def open(self, path: str, words: str) -> None:
        await self.firefox.goto(self.origin + path)
        await self.see(words)

    async def see(self, words: str) -> None:
        await eventually(self.firefox.text, lambda text: words in text)

    async def device(self) -> dict[str, str]:
        """What the app keeps of its registration."""
        device: dict[str, str] = await self.firefox.js(
            """
            const base = await new Promise(done => {
                const opening = indexedDB.open('citizen')
                opening.onsuccess = () => done(opening.result)
            })
            const device = await new Promise(done => {
                const asked = base.transaction('device').objectStore('device').get('me')
                asked.onsuccess = () => done(asked.result)
            })
            base.close()
            return device
            """
        )
        return device

    async def ask(self, method: str, path: str = "") -> tuple[int, Any]:
        """Ask the API about the own device, from inside the page."""
        device = await self.device()
        status, body = await self.firefox.js(
            """
            const reply = await fetch(path, { method, headers: { 'Device-Secret': secret } })
            return [reply.status, reply.status === 204 ? null : await reply.json()]
            """,
            method=method,
            path=f"/api/notifications/devices/{device['id']}{path}",
            secret=device["secret"],
        )
        return status, body

    async def order_test(self) -> str:
        """Ask for a test message without the button; its id."""
        status, body = await self.ask("POST", "/test")
        assert status == 202, body
        message_id: str = body["message_id"]
        return message_id

    async def message(self, message_id: str) -> dict[str, Any]:
        _, body = await self.ask("GET", f"/messages/{message_id}")
        assert isinstance(body, dict)
        return body

    async def shown(self) -> list[dict[str, Any]]:
        """The notifications that stand on the screen, as the worker sees them."""
        shown: list[dict[str, Any]] = await self.firefox.js(
            """
            const registration = await navigator.serviceWorker.ready
            const all = await registration.getNotifications()
            return all.map(({ title, body, tag, lang, data }) => ({ title, body, tag, lang, data }))
            """
        )
        return shown

    async def unsubscribe(self) -> None:
        """Opt out in the browser's own settings, of which our app learns nothing."""
        await self.firefox.js(
            "const { pushManager } = await navigator.serviceWorker.ready;"
            "await (await pushManager.getSubscription()).unsubscribe()"
        )


async def test_a_citizen_turns_it_on_and_the_phone_rings(push: PushService, server: str, tmp_path: Path) -> None:
    async with Firefox(push.port, tmp_path / "profile") as firefox:
        citizen = Citizen(firefox, push, server)
        await citizen.turn_on()

        # The button: the message is encrypted by us, decrypted by Firefox, shown by our worker, reported back.
        await firefox.tap("Gửi thử thông báo")
        await eventually(firefox.alerts, lambda alerts: VIETNAMESE in alerts)
        await citizen.see("Được rồi! Điện thoại này nhận được thông báo.")
        [shown] = await citizen.shown()
        assert (shown["title"], shown["body"]) == VIETNAMESE
        assert (shown["lang"], shown["tag"]) == ("vi", "test")
        first = shown["data"]["message"]
        message = await eventually(lambda: citizen.message(first), lambda message: message["shown_at"])
        assert message["state"] == "accepted"
        assert message["opened_at"] is None
        # Phones of other tests are rung by the same service.
        _, version, ttl, urgency, _ = [it for it in push.log if it[0] == "accepted" and it[-1] == "test"][-1]
        assert (3_500 < ttl <= 3_600, urgency) == (True, "high")
        assert await push.wait_for("ack", version) == ("ack", version, ACK_DELIVERED)

        # In the language of the device: the same tag replaces what stands there.
        await citizen.open("/settings", "Tiếng Việt")
        await firefox.tap("ភាសាខ្មែរ")
        await eventually(lambda: citizen.ask("GET"), lambda answer: answer[1]["language"] == "km")
        second = await citizen.order_test()
        await eventually(firefox.alerts, lambda alerts: KHMER in alerts)
        [shown] = await eventually(citizen.shown, lambda all: [one["title"] for one in all] == [KHMER[0]])
        assert shown["lang"] == "km"

        # A tap on it leads into the app, and we are told.
        await firefox.goto(f"{server}/about")
        await firefox.click_alert(KHMER[0])
        await eventually(firefox.tabs, lambda tabs: f"{server}/notifications" in tabs)
        message = await eventually(lambda: citizen.message(second), lambda message: message["opened_at"])
        assert message["shown_at"] <= message["opened_at"]
        assert await citizen.shown() == []

        # What was not encrypted for this browser is not shown.
        [channel] = [channel for channel in push.channels.values() if channel.uaid in push.sockets]
        channel.pending["forged"] = Message("forged", bytes(86) + b"not ciphertext" * 4, 2e9, "normal", None)
        await push.deliver(channel)
        assert await push.wait_for("ack", "forged") == ("ack", "forged", ACK_UNDECRYPTABLE)
        assert await citizen.shown() == []

        # The browser opts out: the push service says 410, and the device is forgotten.
        await citizen.unsubscribe()
        await push.wait_for("unregister", channel.channel_id)
        last = await citizen.order_test()
        message = await eventually(lambda: citizen.message(last), lambda message: message["state"] != "waiting")
        assert message["state"] == "gone"
        assert (await citizen.ask("GET"))[0] == 404


async def test_what_came_while_the_phone_was_off(push: PushService, server: str, tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    async with Firefox(push.port, profile) as firefox:
        citizen = Citizen(firefox, push, server)
        await citizen.turn_on()
        # The line to the push service is cut, as in a dead corner: the service holds what comes.
        push.sockets.clear()
        missed = await citizen.order_test()
        await eventually(lambda: citizen.message(missed), lambda message: message["state"] == "accepted")
        assert await firefox.alerts() == []

    async with Firefox(push.port, profile) as firefox:
        # No page of ours is open; the worker is woken by the message.
        await eventually(firefox.alerts, lambda alerts: VIETNAMESE in alerts)
        citizen = Citizen(firefox, push, server)
        await citizen.open("/notifications", "Đang bật")
        message = await eventually(lambda: citizen.message(missed), lambda message: message["shown_at"])
        assert message["shown_at"] > message["accepted_at"]


async def test_the_push_service_loses_us_and_we_find_each_other_again(
    push: PushService, server: str, database_url: str, tmp_path: Path
) -> None:
    async with Firefox(push.port, tmp_path / "profile") as firefox:
        citizen = Citizen(firefox, push, server)
        await citizen.turn_on()
        device = await citizen.device()

        async def address() -> str:
            address = "SELECT endpoint_hash FROM notifications_device WHERE id = %s"
            async with await psycopg.AsyncConnection.connect(database_url) as connection:
                rows = await connection.execute(address, [device["id"]])
                return str(await rows.fetchone())

        # The browser is told, our worker subscribes anew and tells the server: the same device, a new address.
        old = await address()
        await push.forget()
        await eventually(address, lambda new: new != old)
        await citizen.order_test()
        await eventually(firefox.alerts, lambda alerts: VIETNAMESE in alerts)
        assert await citizen.device() == device
