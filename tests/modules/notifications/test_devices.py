"""Devices over HTTP: whose they are, and what may become one."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from server.core.database import Database
from server.core.settings import Settings
from tests.modules.notifications.conftest import Subscribe
from tests.pushservice import Phone, PushService, unb64

pytestmark = pytest.mark.usefixtures("nothing_left_over")

DEVICES = "/api/notifications/devices"


def body_of(phone: Phone, **changes: Any) -> dict[str, Any]:
    return {"endpoint": phone.endpoint, "keys": phone.keys, "language": "vi"} | changes


class TestTheKey:
    async def test_it_is_a_point_and_stays_the_same(self, client: httpx.AsyncClient) -> None:
        first, second = [(await client.get("/api/notifications/key")).json() for _ in range(2)]
        assert first == second
        assert len(unb64(first["key"])) == 65
        assert "=" not in first["key"]

    async def test_processes_that_start_together_agree(self, start: Any, fresh: Settings) -> None:
        async with start(fresh) as one, start(fresh) as other:
            clients = [one, other] * 5
            replies = await asyncio.gather(*(client.get("/api/notifications/key") for client in clients))
        assert len({reply.json()["key"] for reply in replies}) == 1


class TestSubscribeDevice:
    async def test_an_id_and_a_secret(self, client: httpx.AsyncClient, service: PushService) -> None:
        reply = await client.post(DEVICES, json=body_of(Phone(service), language="km"))
        assert reply.status_code == 201
        assert reply.json().keys() == {"id", "secret"}
        assert UUID(reply.json()["id"]).version == 7
        assert len(unb64(reply.json()["secret"])) == 32
        device = await client.get(f"{DEVICES}/{reply.json()['id']}", headers={"Device-Secret": reply.json()["secret"]})
        assert device.status_code == 200
        assert device.headers["cache-control"] == "no-store"
        assert device.json()["language"] == "km"
        assert device.json()["last_accepted_at"] is None
        assert device.json()["created_at"].endswith("Z")

    async def test_nothing_of_it_lies_open(self, subscribe: Subscribe, database: Database) -> None:
        device = await subscribe()
        async with database.reading() as connection:
            rows = str((await connection.execute(text("SELECT d::text FROM notifications_device d"))).all())
        phone = device.phone
        for secret in (device.headers["Device-Secret"], phone.endpoint, *phone.keys.values()):
            assert secret not in rows
            assert secret.encode().hex() not in rows

    async def test_the_same_request_again_makes_no_second_device(
        self, client: httpx.AsyncClient, service: PushService
    ) -> None:
        body, key = body_of(Phone(service)), {"Idempotency-Key": uuid4().hex}
        first = await client.post(DEVICES, json=body, headers=key)
        again = await client.post(DEVICES, json=body, headers=key)
        assert first.status_code == again.status_code == 201
        assert first.json() == again.json()
        other = await client.post(DEVICES, json=body | {"language": "en"}, headers=key)
        assert (other.status_code, other.json()["type"]) == (422, "key-used-for-another")

    async def test_the_same_endpoint_again_replaces_the_older_device(
        self, client: httpx.AsyncClient, subscribe: Subscribe
    ) -> None:
        older = await subscribe()
        reply = await client.post(DEVICES, json=body_of(older.phone))
        assert reply.status_code == 201
        assert (await older.get()).status_code == 404

    async def test_of_many_at_once_one_remains(
        self, client: httpx.AsyncClient, service: PushService, database: Database
    ) -> None:
        body = body_of(Phone(service))
        replies = await asyncio.gather(*(client.post(DEVICES, json=body) for _ in range(8)))
        assert {reply.status_code for reply in replies} == {201}
        devices = [reply.json() for reply in replies]
        found = [
            (await client.get(f"{DEVICES}/{d['id']}", headers={"Device-Secret": d["secret"]})).status_code
            for d in devices
        ]
        assert sorted(found) == [200] + [404] * 7

    @pytest.mark.parametrize(
        "endpoint",
        [
            "https://evil.example/x",
            "http://fcm.googleapis.com/x",
            "https://user@fcm.googleapis.com/x",
            "https://127.0.0.1/x",
            "https://169.254.169.254/latest/meta-data/",
            "https://[::1]/x",
            "http://127.0.0.1:1/wpush/x",
            "http://localhost/x",
            "https://fcm.googleapis.com\\@evil.example/x",
            "https://fcm.googleapis.com/đ",
        ],
    )
    @pytest.mark.parametrize(("language", "word"), [("vi", "trình duyệt"), ("en", "browser"), ("km", "កម្មវិធីរុករក")])
    async def test_an_address_that_is_no_push_service_is_refused(
        self, client: httpx.AsyncClient, service: PushService, endpoint: str, language: str, word: str
    ) -> None:
        body = body_of(Phone(service), endpoint=endpoint)
        reply = await client.post(DEVICES, json=body, headers={"Accept-Language": language})
        assert reply.status_code == 400
        assert reply.headers["content-type"] == "application/problem+json"
        assert reply.json()["type"] == "push-endpoint-refused"
        assert word in reply.json()["title"]
        assert endpoint not in reply.text

    @pytest.mark.parametrize("changed", [{"p256dh": "AAAA"}, {"auth": "AAAA"}, {"auth": "!"}, {"p256dh": ""}])
    async def test_keys_nobody_can_read_with_are_refused(
        self, client: httpx.AsyncClient, service: PushService, changed: dict[str, str]
    ) -> None:
        phone = Phone(service)
        reply = await client.post(DEVICES, json=body_of(phone, keys=phone.keys | changed))
        assert (reply.status_code, reply.json()["type"]) == (400, "push-keys-refused")

    @pytest.mark.parametrize(
        "changes",
        [{"language": "fr"}, {"keys": {}}, {"keys": None}, {"endpoint": 1}, {"more": 1}, {"endpoint": "x" * 5_000}],
    )
    async def test_another_shape_is_refused(
        self, client: httpx.AsyncClient, service: PushService, changes: dict[str, Any]
    ) -> None:
        reply = await client.post(DEVICES, json=body_of(Phone(service), **changes))
        assert (reply.status_code, reply.json()["type"]) == (400, "input-refused")


class TestWhoseDevice:
    @pytest.mark.parametrize("secret", ["wrong", "", "x" * 43, "đ"])
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", ""),
            ("PUT", ""),
            ("DELETE", ""),
            ("POST", "/test"),
            ("GET", "/messages/0193b5a0-0000-4000-8000-000000000000"),
        ],
    )
    async def test_with_another_secret_it_is_as_if_it_were_not_there(
        self, client: httpx.AsyncClient, subscribe: Subscribe, secret: str, method: str, path: str
    ) -> None:
        device = await subscribe()
        body = body_of(device.phone) if method == "PUT" else None
        headers = [(b"Device-Secret", secret.encode())]
        there = await client.request(method, device.path + path, headers=headers, json=body)
        nowhere = await client.request(method, f"{DEVICES}/{uuid4()}{path}", headers=headers, json=body)
        assert there.status_code == nowhere.status_code == 404
        assert there.json() | {"request_id": ""} == nowhere.json() | {"request_id": ""}
        assert (await device.get()).status_code == 200

    async def test_without_a_secret_the_question_is_not_understood(self, client: httpx.AsyncClient) -> None:
        reply = await client.get(f"{DEVICES}/{uuid4()}")
        assert (reply.status_code, reply.json()["type"]) == (400, "input-refused")

    async def test_one_device_does_not_read_another_s_message(self, subscribe: Subscribe) -> None:
        one, other = await subscribe(), await subscribe()
        message_id = await one.test()
        reply = await other._client.get(f"{other.path}/messages/{message_id}", headers=other.headers)
        assert (reply.status_code, reply.json()["type"]) == (404, "message-not-found")


class TestRenewDevice:
    async def test_a_new_subscription_and_another_language(
        self, client: httpx.AsyncClient, subscribe: Subscribe, service: PushService
    ) -> None:
        device = await subscribe("vi")
        renewed = Phone(service)
        reply = await client.put(device.path, json=body_of(renewed, language="en"), headers=device.headers)
        assert reply.status_code == 200
        assert reply.json() == (await device.get()).json()
        assert reply.json()["language"] == "en"
        # The old endpoint is free again, and belongs to nobody.
        assert (await client.post(DEVICES, json=body_of(device.phone))).status_code == 201
        assert (await device.get()).status_code == 200

    async def test_the_same_subscription_again_is_no_conflict(
        self, client: httpx.AsyncClient, subscribe: Subscribe
    ) -> None:
        device = await subscribe()
        for _ in range(2):
            reply = await client.put(device.path, json=body_of(device.phone, language="km"), headers=device.headers)
            assert reply.json()["language"] == "km"

    async def test_it_takes_the_place_of_whoever_had_the_endpoint(
        self, client: httpx.AsyncClient, subscribe: Subscribe
    ) -> None:
        one, other = await subscribe(), await subscribe()
        assert (await client.put(one.path, json=body_of(other.phone), headers=one.headers)).status_code == 200
        assert (await other.get()).status_code == 404

    async def test_no_other_address_slips_in(self, client: httpx.AsyncClient, subscribe: Subscribe) -> None:
        device = await subscribe()
        body = body_of(device.phone, endpoint="https://10.0.0.5/x")
        reply = await client.put(device.path, json=body, headers=device.headers)
        assert (reply.status_code, reply.json()["type"]) == (400, "push-endpoint-refused")


class TestForgetDevice:
    async def test_it_is_gone_with_what_it_was_told(
        self, client: httpx.AsyncClient, subscribe: Subscribe, database: Database
    ) -> None:
        device = await subscribe()
        message_id = await device.test()
        assert (await client.delete(device.path, headers=device.headers)).status_code == 204
        assert (await device.get()).status_code == 404
        assert (await client.delete(device.path, headers=device.headers)).status_code == 404
        async with database.reading() as connection:
            left = text("SELECT count(*) FROM notifications_message WHERE id = :id")
            assert await connection.scalar(left, {"id": message_id}) == 0
