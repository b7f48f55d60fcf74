"""A news desk: somebody who writes, somebody who lets out, and articles nobody else in this run has."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import jsonschema_rs
import pytest
from litestar import Litestar
from sqlalchemy import text
from uuid_utils.compat import uuid7

from server.core.database import Database
from server.modules.news.snapshot import news_snapshot
from tests.modules.identity.conftest import Browser, StaffBrowser, browser, new_browser, nothing_counted, staff_browser

__all__ = ["browser", "new_browser", "nothing_counted", "staff_browser"]


def content(title: str = "", **more: Any) -> dict[str, Any]:
    """What an editor sends: whole enough to be let out."""
    said = {
        "vi": {
            "title": title or f"Lịch cúp nước {uuid4().hex[:8]}",
            "summary": "Trạm cấp nước bảo trì đường ống.",
            "body": "Cúp nước **từ 8 giờ**.\n\n- ấp Một\n- ấp Hai",
        },
        "en": None,
        "km": None,
        "category": "announcement",
        "topics": [],
        "communes": [],
        "source": "Trạm cấp nước Mẫu",
        "source_link": "",
        "starts_at": None,
        "ends_at": None,
        "expires_at": None,
        "cover": None,
        "attachments": [],
        "procedures": [],
        "sending": {"channel": "feed", "communes": [], "topics": [], "pace": None},
    }
    return said | more


class Editor:
    """Somebody at the desk, and what they do with one article after the other."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    async def begin(self, said: dict[str, Any] | None = None) -> dict[str, Any]:
        return await self._done(self.browser.post("/api/news/desk", json=said or content()))

    async def save(self, article: dict[str, Any], said: dict[str, Any]) -> httpx.Response:
        return await self.browser.put(
            f"/api/news/desk/{article['id']}", json=said, headers={"If-Match": f'"{article["version"]}"'}
        )

    async def show(self, article: dict[str, Any]) -> dict[str, Any]:
        return await self._done(self.browser.get(f"/api/news/desk/{article['id']}"))

    async def try_to(self, act: str, article: dict[str, Any], **more: Any) -> httpx.Response:
        return await self.browser.post(
            f"/api/news/desk/{article['id']}/acts",
            json={"act": act} | more,
            headers={"If-Match": f'"{article["version"]}"', "Accept-Language": "en"},
        )

    async def act(self, act: str, article: dict[str, Any], **more: Any) -> dict[str, Any]:
        return await self._done(self.try_to(act, article, **more))

    async def _done(self, asked: Awaitable[httpx.Response]) -> dict[str, Any]:
        reply = await asked
        assert reply.is_success, reply.text
        done: dict[str, Any] = reply.json()
        return done


@pytest.fixture
async def writer(staff_browser: StaffBrowser) -> Editor:
    return Editor(await staff_browser("news:read", "news:write"))


@pytest.fixture
async def reviewer(staff_browser: StaffBrowser) -> Editor:
    return Editor(await staff_browser("news:read", "news:review"))


_JSON_FEED = jsonschema_rs.validator_for(
    json.loads(Path(__file__).with_name("json-feed-1.1.json").read_text()), validate_formats=True
)


def json_feed(reply: httpx.Response) -> dict[str, Any]:
    """A JSON Feed, which is as its standard wants it."""
    assert reply.headers["content-type"] == "application/feed+json"
    feed: dict[str, Any] = reply.json()
    _JSON_FEED.validate(feed)
    return feed


class Vanishing(NamedTuple):
    """A commune that can cease to be, `gone()`, and the one that takes it over. Both: code and name."""

    code: str
    name: str
    successor: dict[str, str]
    gone: Callable[[], Awaitable[None]]


@pytest.fixture
async def vanishing(database: Database) -> AsyncIterator[Vanishing]:
    """As the next release of the province's data would; afterwards it is there again."""
    async with database.reading() as connection:
        one, another = (
            await connection.execute(text("SELECT code, name FROM places_unit ORDER BY code DESC LIMIT 2"))
        ).all()
    # Another one may have had this name before: only the row that is added here goes again.
    row = uuid7()

    async def gone() -> None:
        old = "INSERT INTO places_old_name (id, name, successors) VALUES (:id, :name, CAST(:went AS jsonb))"
        became = f'[{{"code": "{another.code}", "part": null}}]'
        async with database.reading() as connection:
            await connection.execute(
                text("UPDATE places_unit SET code = 'away' WHERE code = :code"), {"code": one.code}
            )
            await connection.execute(text(old), {"id": row, "name": one.name, "went": became})

    yield Vanishing(one.code, one.name, {"code": another.code, "name": another.name}, gone)
    async with database.reading() as connection:
        await connection.execute(text("UPDATE places_unit SET code = :code WHERE code = 'away'"), {"code": one.code})
        await connection.execute(text("DELETE FROM places_old_name WHERE id = :id"), {"id": row})


Publish = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def publish(writer: Editor, reviewer: Editor) -> Publish:
    """Writes an article and lets it out: `await publish(content("Tiêu đề"))`."""

    async def publish(said: dict[str, Any] | None = None) -> dict[str, Any]:
        submitted = await writer.act("submit", await writer.begin(said))
        return await reviewer.act("approve", submitted)

    return publish


Refresh = Callable[[], Awaitable[None]]


@pytest.fixture
def refresh(client: httpx.AsyncClient) -> Refresh:
    """Waits for no notice: the web process takes what is out now."""
    app: Litestar = client.app  # type: ignore[attr-defined]
    database: Database = app.state.database

    async def refresh() -> None:
        await news_snapshot.refresh(database)

    return refresh
