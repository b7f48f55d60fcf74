"""From "somebody asked" to "the phone rang", worker included."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest
from sqlalchemy import text
from structlog.testing import CapturingLogger

from server.core.database import Database
from server.core.events import Events, publish
from server.core.retention import forget
from server.core.settings import Settings
from server.modules.notifications.events import MessagesReady
from server.modules.notifications.reactions import give_up_late
from server.modules.notifications.service.sending import Sending
from tests.modules.notifications.conftest import Device, Subscribe
from tests.pushservice import Planned, PushService

pytestmark = pytest.mark.usefixtures("nothing_left_over")

Later = Callable[[], Awaitable[None]]


class TestATestMessage:
    async def test_it_rings(self, subscribe: Subscribe, events: Events, settings: Settings) -> None:
        device = await subscribe()
        message_id = await device.test()
        assert await device.message(message_id) == {
            "id": message_id,
            "state": "waiting",
            **dict.fromkeys(("sent_at", "accepted_at", "shown_at", "opened_at")),
        }
        await events.run_waiting()
        assert device.phone.messages == [
            {
                "web_push": 8030,
                "notification": {
                    "title": "Thông báo thử",
                    "body": "Thiết bị này nhận được thông báo.",
                    "lang": "vi",
                    "tag": "test",
                    "navigate": f"{settings.origin}/notifications",
                    "data": {"message_id": message_id},
                },
            }
        ]
        message = await device.message(message_id)
        assert message["state"] == "accepted"
        assert message["sent_at"] <= message["accepted_at"]
        assert (message["shown_at"], message["opened_at"]) == (None, None)
        assert (await device.get()).json()["last_accepted_at"] == message["accepted_at"]

    async def test_how_it_travels(self, subscribe: Subscribe, events: Events) -> None:
        device = await subscribe()
        await device.test()
        await events.run_waiting()
        (request,) = device.phone.requests
        headers = request.headers
        assert 3_500 < int(headers["TTL"]) <= 3_600
        assert (headers["Urgency"], headers["Topic"]) == ("high", "test")
        assert headers["Content-Encoding"] == "aes128gcm"
        assert headers["Authorization"].startswith("vapid t=")
        assert (len(request.body) - 102) % 256 == 0

    @pytest.mark.parametrize(
        ("language", "title"),
        [("vi", "Thông báo thử"), ("en", "Test notification"), ("km", "ការជូនដំណឹងសាកល្បង")],
    )
    async def test_in_the_language_of_the_device(
        self, subscribe: Subscribe, events: Events, language: str, title: str
    ) -> None:
        device = await subscribe(language)
        await device.test()
        await events.run_waiting()
        (said,) = device.phone.messages
        assert (said["notification"]["lang"], said["notification"]["title"]) == (language, title)

    async def test_a_newer_one_replaces_it_on_its_way(self, subscribe: Subscribe, events: Events) -> None:
        device = await subscribe()
        _, newer = await device.test(), await device.test()
        await events.run_waiting()
        assert [said["notification"]["data"]["message_id"] for said in device.phone.messages] == [newer]

    async def test_five_an_hour_and_no_more(self, client: httpx.AsyncClient, subscribe: Subscribe) -> None:
        device, other = await subscribe(), await subscribe()
        for _ in range(5):
            await device.test()
        reply = await client.post(f"{device.path}/test", headers=device.headers)
        assert (reply.status_code, reply.json()["type"]) == (429, "too-many-requests")
        assert 3_500 < int(reply.headers["Retry-After"]) <= 3_600
        await other.test()

    async def test_the_same_request_again_rings_once(
        self, client: httpx.AsyncClient, subscribe: Subscribe, events: Events
    ) -> None:
        device = await subscribe()
        headers = device.headers | {"Idempotency-Key": uuid4().hex}
        first, again = [await client.post(f"{device.path}/test", headers=headers) for _ in range(2)]
        assert first.json() == again.json()
        await events.run_waiting()
        assert len(device.phone.requests) == 1


class TestAPhoneThatIsNoMore:
    @pytest.mark.parametrize("status", [404, 410])
    async def test_it_is_forgotten(
        self,
        client: httpx.AsyncClient,
        subscribe: Subscribe,
        service: PushService,
        events: Events,
        database: Database,
        status: int,
    ) -> None:
        device = await subscribe()
        message_id = await device.test()
        service.answer_next(Planned(status))
        await events.run_waiting()
        reply = await device.get()
        assert (reply.status_code, reply.json()["type"]) == (404, "device-not-found")
        assert (await client.post(f"{device.path}/test", headers=device.headers)).status_code == 404
        # Its owner still reads what became of the message, and nothing of the address is left.
        assert (await device.message(message_id))["state"] == "gone"
        async with database.reading() as connection:
            wiped = "SELECT subscription IS NULL AND endpoint_hash IS NULL FROM notifications_device WHERE id = :id"
            assert await connection.scalar(text(wiped), {"id": device.path.rpartition("/")[2]})

    async def test_what_still_waits_for_it_is_gone_too(
        self, subscribe: Subscribe, events: Events, later: Later
    ) -> None:
        device = await subscribe()
        device.phone.leave()
        messages = [await device.test() for _ in range(3)]
        await events.run_waiting()
        assert [(await device.message(message))["state"] for message in messages] == ["gone"] * 3

    async def test_an_answer_about_the_old_address_does_not_forget_the_new_one(
        self, client: httpx.AsyncClient, subscribe: Subscribe, service: PushService, events: Events
    ) -> None:
        device, renewed = await subscribe(), (await subscribe()).phone
        message_id = await device.test()
        service.answer_next(Planned(410, after=3))
        working = asyncio.create_task(events.run_waiting())
        while not device.phone.requests:
            await asyncio.sleep(0.02)
        body = {"endpoint": renewed.endpoint, "keys": renewed.keys, "language": "vi"}
        assert (await client.put(device.path, json=body, headers=device.headers)).status_code == 200
        await working
        assert (await device.message(message_id))["state"] == "gone"
        assert (await device.get()).status_code == 200


class TestAServiceThatAsksForAPause:
    async def test_everything_for_it_waits_and_no_attempt_is_spent(
        self, subscribe: Subscribe, service: PushService, events: Events, database: Database, later: Later
    ) -> None:
        one, other = await subscribe(), await subscribe()
        first = await one.test()
        service.answer_next(Planned(429, {"Retry-After": "1800"}))
        await events.run_waiting()
        second = await other.test()
        await events.run_waiting()
        assert len(one.phone.requests) == 1
        assert not other.phone.requests
        assert (await one.message(first))["state"] == (await other.message(second))["state"] == "waiting"
        for message in (first, second):
            row = await row_of(database, message)
            assert row.attempts == 0
            assert timedelta(minutes=29) < row.due_at - datetime.now(UTC) < timedelta(minutes=31)
        await later()
        await events.run_waiting()
        assert (await one.message(first))["state"] == (await other.message(second))["state"] == "accepted"

    async def test_as_often_as_it_asks(
        self, subscribe: Subscribe, service: PushService, events: Events, later: Later
    ) -> None:
        device = await subscribe()
        message_id = await device.test()
        service.answer_next(*[Planned(429)] * 8)
        for _ in range(9):
            await events.run_waiting()
            await later()
        assert (await device.message(message_id))["state"] == "accepted"


class TestAServiceInTrouble:
    @pytest.mark.parametrize("status", [500, 503, 408])
    async def test_it_is_tried_again(
        self,
        subscribe: Subscribe,
        service: PushService,
        events: Events,
        database: Database,
        later: Later,
        status: int,
    ) -> None:
        device = await subscribe()
        message_id = await device.test()
        service.answer_next(Planned(status))
        await events.run_waiting()
        message = await device.message(message_id)
        assert message["state"] == "waiting"
        assert message["sent_at"] is not None
        wait = (await row_of(database, message_id)).due_at - datetime.fromisoformat(message["sent_at"])
        assert timedelta(seconds=2) <= wait <= timedelta(seconds=4)
        await events.run_waiting()
        assert len(device.phone.requests) == 1  # not before it is due
        await later()
        await events.run_waiting()
        assert (await device.message(message_id))["state"] == "accepted"

    async def test_by_itself_when_it_is_due(self, subscribe: Subscribe, service: PushService, events: Events) -> None:
        device = await subscribe()
        message_id = await device.test()
        service.answer_next(Planned(502))
        async with asyncio.timeout(60):
            while (await device.message(message_id))["state"] == "waiting":
                await events.run_waiting()
                await asyncio.sleep(0.2)
        assert (await device.message(message_id))["state"] == "accepted"

    async def test_after_six_attempts_it_is_given_up_by_name(
        self, subscribe: Subscribe, service: PushService, events: Events, database: Database, later: Later
    ) -> None:
        device = await subscribe()
        message_id = await device.test()
        service.answer_next(*[Planned(500)] * 20)
        states = []
        for _ in range(8):
            await events.run_waiting()
            states.append((await device.message(message_id))["state"])
            await later()
        assert states == ["waiting"] * 5 + ["failed"] * 3
        assert len(device.phone.requests) == 6
        # The end is on the message; no job is left, neither waiting nor failed.
        async with database.reading() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0

    async def test_nobody_there_is_trouble_too(
        self, subscribe: Subscribe, service: PushService, events: Events, later: Later
    ) -> None:
        device = await subscribe()
        message_id = await device.test()
        port = service.port
        await service.stop()
        try:
            await events.run_waiting()
            assert (await device.message(message_id))["state"] == "waiting"
        finally:
            await service.start(port)
        await later()
        await events.run_waiting()
        assert (await device.message(message_id))["state"] == "accepted"

    @pytest.mark.parametrize("status", [301, 307, 308, 400, 401, 403, 413])
    async def test_what_would_not_help_is_not_repeated(
        self, subscribe: Subscribe, service: PushService, events: Events, later: Later, status: int
    ) -> None:
        device, elsewhere = await subscribe(), await subscribe()
        message_id = await device.test()
        service.answer_next(Planned(status, {"Location": elsewhere.phone.endpoint}))
        await events.run_waiting()
        await later()
        await events.run_waiting()
        assert (await device.message(message_id))["state"] == "failed"
        assert len(device.phone.requests) == 1
        assert not elsewhere.phone.requests
        assert (await device.get()).status_code == 200

    async def test_the_log_names_the_service_and_never_the_address(
        self, subscribe: Subscribe, service: PushService, events: Events, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        log = CapturingLogger()
        monkeypatch.setattr("server.modules.notifications.service.sending.log", log)
        device = await subscribe()
        message_id = await device.test()
        service.answer_next(Planned(403))
        await events.run_waiting()
        [said] = log.calls
        assert (said.method_name, said.args) == ("error", ("push not accepted",))
        assert said.kwargs == {"service": service.origin, "status": 403, "count": 1, "message": message_id}

    async def test_after_its_time_it_is_not_sent_any_more(
        self, subscribe: Subscribe, events: Events, database: Database
    ) -> None:
        device = await subscribe()
        message_id = await device.test()
        await change(database, message_id, "expires_at = now()")
        await events.run_waiting()
        assert (await device.message(message_id))["state"] == "failed"
        assert not device.phone.requests

    async def test_a_service_taken_off_the_list_gets_nothing(
        self, subscribe: Subscribe, events: Events, database: Database, settings: Settings
    ) -> None:
        device = await subscribe()
        message_id = await device.test()
        narrower = msgspec.structs.replace(settings, push_services=("https://fcm.googleapis.com",))
        async with database.transaction() as session:
            await Sending(session, narrower).deliver(uuid4(), [UUID(message_id)])
        assert (await device.message(message_id))["state"] == "failed"
        assert not device.phone.requests


class TestManyAtOnce:
    """One event, one job, one attempt for each message."""

    async def ready(self, database: Database, subscribe: Subscribe, count: int) -> tuple[list[Device], list[str]]:
        """Messages to so many devices, announced by one event."""
        devices = [await subscribe() for _ in range(count)]
        messages = [await device.test() for device in devices]
        async with database.transaction() as session:
            await session.execute(text("DELETE FROM procrastinate_jobs"))
            publish(session, MessagesReady(message_ids=[UUID(message) for message in messages]))
        return devices, messages

    async def states(self, devices: list[Device], messages: list[str]) -> list[str]:
        return [(await device.message(it))["state"] for device, it in zip(devices, messages, strict=True)]

    async def jobs(self, database: Database) -> Any:
        async with database.reading() as connection:
            return await connection.scalar(text("SELECT count(*) FROM procrastinate_jobs"))

    async def test_each_has_its_own_fate(self, subscribe: Subscribe, events: Events, database: Database) -> None:
        devices, messages = await self.ready(database, subscribe, 5)
        devices[1].phone.leave()
        devices[3].phone.leave()
        await change(database, messages[4], "title = repeat('x', 5000)")
        async with database.reading() as connection:
            spoilt = text("UPDATE notifications_device SET subscription = '\\x0102' WHERE id = :id")
            await connection.execute(spoilt, {"id": devices[0].path.rpartition("/")[2]})
        await events.run_waiting()
        assert await self.states(devices, messages) == ["failed", "gone", "accepted", "gone", "failed"]
        assert [len(device.phone.messages) for device in devices] == [0, 0, 1, 0, 0]

    async def test_what_is_put_off_stays_together(
        self, subscribe: Subscribe, service: PushService, events: Events, database: Database, later: Later
    ) -> None:
        devices, messages = await self.ready(database, subscribe, 6)
        service.answer_next(*[Planned(503)] * 5)
        await events.run_waiting()
        assert sorted(await self.states(devices, messages)) == ["accepted", *["waiting"] * 5]
        assert await self.jobs(database) == 1
        await later()
        await events.run_waiting()
        assert await self.states(devices, messages) == ["accepted"] * 6
        assert sum(len(device.phone.requests) for device in devices) == 11
        assert await self.jobs(database) == 0

    async def test_the_older_job_leaves_alone_what_was_put_off(
        self, subscribe: Subscribe, service: PushService, events: Events, database: Database, later: Later
    ) -> None:
        """A worker that was killed after its transaction and before its job was over: the job runs again."""
        (device,), (message,) = await self.ready(database, subscribe, 1)
        service.answer_next(Planned(503))
        async with database.reading() as connection:
            await connection.execute(text("DELETE FROM procrastinate_jobs"))
        event = uuid4()
        for _ in range(2):
            async with database.transaction() as session:
                await Sending(session, session.info["settings"]).deliver(event, [UUID(message)])
            await later()
        assert len(device.phone.requests) == 1
        await events.run_waiting()
        assert (await device.message(message))["state"] == "accepted"

    async def test_what_is_not_due_yet_is_not_lost(
        self, subscribe: Subscribe, events: Events, database: Database, later: Later
    ) -> None:
        devices, messages = await self.ready(database, subscribe, 2)
        await change(database, messages[0], "due_at = now() + interval '50 minutes'")
        await events.run_waiting()
        assert await self.states(devices, messages) == ["waiting", "accepted"]
        await later()
        await events.run_waiting()
        assert await self.states(devices, messages) == ["accepted", "accepted"]


class TestRunningTwice:
    EVENT = uuid4()

    async def test_one_after_the_other(self, subscribe: Subscribe, events: Events, database: Database) -> None:
        device = await subscribe()
        message_id = await device.test()
        await events.run_waiting()
        await self.deliver(database, message_id)
        assert len(device.phone.requests) == 1

    async def test_both_at_once(self, subscribe: Subscribe, service: PushService, database: Database) -> None:
        device = await subscribe()
        message_id = await device.test()
        service.answer_next(Planned(201, after=0.3))
        await asyncio.gather(*(self.deliver(database, message_id) for _ in range(3)))
        assert len(device.phone.requests) == 1
        assert (await device.message(message_id))["state"] == "accepted"

    async def test_while_its_owner_turns_it_off(
        self, client: httpx.AsyncClient, subscribe: Subscribe, service: PushService, events: Events
    ) -> None:
        device = await subscribe()
        await device.test()
        service.answer_next(Planned(201, after=0.5))
        working = asyncio.create_task(events.run_waiting())
        while not device.phone.requests:
            await asyncio.sleep(0.02)
        assert (await client.delete(device.path, headers=device.headers)).status_code == 204
        await working
        assert (await device.get()).status_code == 404

    async def test_after_a_worker_was_killed(self, subscribe: Subscribe, events: Events, database: Database) -> None:
        device = await subscribe()
        message_id = await device.test()
        async with database.reading() as connection:
            await connection.execute(text("UPDATE procrastinate_jobs SET status = 'doing' WHERE status = 'todo'"))
        await events.run_waiting()
        assert (await device.message(message_id))["state"] == "waiting"
        async with events._jobs.open_async():
            await events._take_up_lost(0)
        await events.run_waiting()
        assert (await device.message(message_id))["state"] == "accepted"

    async def deliver(self, database: Database, message_id: str) -> None:
        async with database.transaction() as session:
            await Sending(session, session.info["settings"]).deliver(self.EVENT, [UUID(message_id)])


class TestWhatThePhoneReports:
    async def test_shown_and_opened_count_once(self, client: httpx.AsyncClient, subscribe: Subscribe) -> None:
        device = await subscribe()
        message_id = await device.test()
        reports = [f"/api/notifications/messages/{message_id}/{what}" for what in ("shown", "opened")]
        assert (await client.post(reports[0])).status_code == 204
        shown = await device.message(message_id)
        assert shown["shown_at"] is not None
        assert shown["opened_at"] is None
        for report in reports * 2:
            reply = await client.post(report)
            assert (reply.status_code, reply.content) == (204, b"")
        opened = await device.message(message_id)
        assert opened["shown_at"] == shown["shown_at"]
        assert opened["opened_at"] > opened["shown_at"]

    async def test_opened_means_shown(self, client: httpx.AsyncClient, subscribe: Subscribe) -> None:
        device = await subscribe()
        message_id = await device.test()
        await client.post(f"/api/notifications/messages/{message_id}/opened")
        message = await device.message(message_id)
        assert message["shown_at"] == message["opened_at"] is not None

    @pytest.mark.parametrize("what", ["shown", "opened"])
    async def test_of_a_message_nobody_knows(self, client: httpx.AsyncClient, what: str) -> None:
        reply = await client.post(f"/api/notifications/messages/{uuid4()}/{what}")
        assert (reply.status_code, reply.json()["type"]) == (404, "message-not-found")
        reply = await client.post(f"/api/notifications/messages/not-an-id/{what}")
        assert reply.status_code in (400, 404)

    async def test_while_it_is_still_being_sent(
        self, client: httpx.AsyncClient, subscribe: Subscribe, service: PushService, events: Events
    ) -> None:
        """A phone may report before the push service has answered us; neither waits for the other."""
        device = await subscribe()
        message_id = await device.test()
        service.answer_next(Planned(201, after=4))
        working = asyncio.create_task(events.run_waiting())
        while not device.phone.requests:
            await asyncio.sleep(0.02)
        async with asyncio.timeout(3):
            assert (await client.post(f"/api/notifications/messages/{message_id}/shown")).status_code == 204
        await working
        message = await device.message(message_id)
        assert message["state"] == "accepted"
        assert message["shown_at"] < message["accepted_at"]


class TestTidying:
    async def test_a_message_without_a_job_is_given_up(self, subscribe: Subscribe, database: Database) -> None:
        device = await subscribe()
        late, fresh = await device.test(), await device.test()
        await change(database, late, "expires_at = now() - interval '1 minute'")
        await self.tidy(database)
        assert (await device.message(late))["state"] == "failed"
        assert (await device.message(fresh))["state"] == "waiting"

    async def test_after_thirty_days_a_message_is_forgotten_and_a_device_that_is_gone_with_it(
        self, client: httpx.AsyncClient, subscribe: Subscribe, events: Events, database: Database
    ) -> None:
        there, gone, lately = await subscribe(), await subscribe(), await subscribe()
        gone.phone.leave()
        lately.phone.leave()
        messages = {device.path: await device.test() for device in (there, gone, lately)}
        await events.run_waiting()
        for device in (there, gone):
            await change(database, messages[device.path], "created_at = now() - interval '31 days'")
        await self.tidy(database)
        assert (await there.get()).status_code == 200
        assert (await lately.message(messages[lately.path]))["state"] == "gone"
        ids = [device.path.rpartition("/")[2] for device in (there, gone, lately)]
        async with database.reading() as connection:
            rows = text("SELECT id::text FROM notifications_device WHERE id::text = ANY(:ids)")
            assert set(await connection.scalars(rows, {"ids": ids})) == {ids[0], ids[2]}

    async def tidy(self, database: Database) -> None:
        async with database.transaction() as session:
            await give_up_late(session, datetime.now(UTC))
            await forget(session, datetime.now(UTC))


async def row_of(database: Database, message_id: str) -> Any:
    async with database.reading() as connection:
        rows = await connection.execute(
            text("SELECT attempts, due_at FROM notifications_message WHERE id = :id"), {"id": message_id}
        )
        return rows.one()


async def change(database: Database, message_id: str, values: str) -> None:
    async with database.reading() as connection:
        await connection.execute(text(f"UPDATE notifications_message SET {values} WHERE id = :id"), {"id": message_id})
