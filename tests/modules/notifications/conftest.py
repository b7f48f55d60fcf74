"""Devices that have subscribed at the push service on loopback."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from server.core.database import Database
from tests.pushservice import Phone, PushService


@pytest.fixture
def service(push_service: PushService) -> PushService:
    """The push service, without what another test has planned."""
    push_service.planned.clear()
    return push_service


@pytest.fixture
async def nothing_left_over(database: Database) -> None:
    """No test meets another one's waves, pauses, jobs or counts."""
    async with database.reading() as connection:
        # Called up again all at once, each of a dozen would wait a minute for a warning whose turn comes after theirs.
        await connection.execute(text("UPDATE notifications_wave SET state = 'cancelled' WHERE state = 'running'"))
        for table in ("procrastinate_jobs", "notifications_pause", "core_count"):
            await connection.execute(text(f"DELETE FROM {table}"))


class Device:
    """A phone that has subscribed through the API."""

    def __init__(self, client: httpx.AsyncClient, phone: Phone, id: str, secret: str) -> None:
        self._client = client
        self.phone = phone
        self.path = f"/api/notifications/devices/{id}"
        self.headers = {"Device-Secret": secret}

    async def get(self) -> httpx.Response:
        return await self._client.get(self.path, headers=self.headers)

    async def test(self) -> str:
        """Ask for a test message; its id."""
        reply = await self._client.post(f"{self.path}/test", headers=self.headers)
        assert reply.status_code == 202, reply.text
        message_id: str = reply.json()["message_id"]
        return message_id

    async def message(self, message_id: str) -> dict[str, Any]:
        reply = await self._client.get(f"{self.path}/messages/{message_id}", headers=self.headers)
        assert reply.status_code == 200, reply.text
        message: dict[str, Any] = reply.json()
        return message


Subscribe = Callable[..., Awaitable[Device]]


@pytest.fixture
def subscribe(client: httpx.AsyncClient, service: PushService) -> Subscribe:
    async def subscribe(language: str = "vi") -> Device:
        key = (await client.get("/api/notifications/key")).json()["key"]
        phone = Phone(service, key)
        body = {"endpoint": phone.endpoint, "keys": phone.keys, "language": language}
        reply = await client.post("/api/notifications/devices", json=body)
        assert reply.status_code == 201, reply.text
        return Device(client, phone, **reply.json())

    return subscribe


@pytest.fixture
def later(database: Database) -> Callable[[], Awaitable[None]]:
    """Time passes: what was put off, and every pause, is over."""

    async def later() -> None:
        async with database.reading() as connection:
            await connection.execute(text("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'"))
            await connection.execute(text("UPDATE notifications_message SET due_at = now() WHERE state = 'waiting'"))
            await connection.execute(text("UPDATE notifications_pause SET until = now()"))

    return later
