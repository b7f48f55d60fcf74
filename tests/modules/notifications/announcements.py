"""Announcements for the tests: people and phones of one commune that no other test has."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from server.core.database import Database
from server.core.words import Words
from server.modules.notifications import public
from server.modules.notifications.public import Announcement, Audience, Progress

Announce = Callable[..., Awaitable[Announcement]]


def announcement(**more: Any) -> Announcement:
    given: dict[str, Any] = {
        "key": f"news/{uuid4()}",
        "subject": f"article/{uuid4()}",
        "title": Words("Cúp điện thứ Bảy", "Power cut on Saturday", "ដាច់ភ្លើងថ្ងៃសៅរ៍"),
        "body": Words("Từ 8 giờ đến 11 giờ tại ấp 3.", "From 8 to 11 in hamlet 3.", "ពីម៉ោង ៨ ដល់ ១១ នៅភូមិ ៣។"),
        "plain": Words("8–11 giờ, ấp 3", "8 to 11, hamlet 3", "ម៉ោង ៨–១១ ភូមិ ៣"),
        "path": "/news/1",
    }
    return Announcement(**given | more)


class Desk:
    """What another module does with the public functions, a transaction each."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.transaction = database.transaction

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def act(*given: Any, **more: Any) -> Any:
            async with self._database.transaction() as session:
                return await getattr(public, name)(session, *given, **more)

        return act

    async def progress_of(self, it: Announcement) -> Progress:
        found: dict[str, Progress] = await self.progress([it.key])
        return found[it.key]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.fixture
async def commune(database: Database) -> str:
    """A real commune's code, which nobody follows yet."""
    return (await communes(database, 1))[0]


async def communes(database: Database, count: int) -> list[str]:
    async with database.reading() as connection:
        for table, nothing in (("device", "communes = '{}', topics = '{}'"), ("follower", "communes = '{}'")):
            await connection.execute(text(f"UPDATE notifications_{table} SET {nothing}"))
        found = await connection.scalars(text(f"SELECT code FROM places_unit ORDER BY random() LIMIT {count}"))
        return list(found)


def to(*codes: str, topics: tuple[str, ...] = ()) -> Audience:
    return Audience(communes=frozenset(codes), topics=frozenset(topics))


async def follow(browser: httpx.AsyncClient, communes: list[str], topics: tuple[str, ...] = ()) -> None:
    version = (await browser.get("/api/notifications/following")).json()["version"]
    reply = await browser.put(
        "/api/notifications/following",
        json={"communes": communes, "topics": list(topics)},
        headers={"If-Match": f'"{version}"'},
    )
    assert reply.status_code == 200, reply.text
