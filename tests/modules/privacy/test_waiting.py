"""The officer's list of open requests: page after page, the nearest deadline first."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, insert
from uuid_utils.compat import uuid7

from server.core.database import Database
from server.modules.privacy.models import Request
from server.modules.privacy.rules.requests import Kind, State, due_at
from tests.modules.identity.conftest import StaffBrowser

MANY = 130


@pytest.fixture
async def waiting(database: Database) -> AsyncIterator[list[str]]:
    """So many, the nearest deadline first; eight of the same kind and day have one deadline."""
    now, kinds = datetime.now(UTC), list(Kind)
    rows = [
        {
            "id": uuid7(),
            "created_at": (received := now - timedelta(days=number // 32)),
            "resident_id": uuid4(),
            "kind": kinds[number % 4],
            "state": State.OPEN,
            "due_at": due_at(kinds[number % 4], received),
            "version": 1,
        }
        for number in range(MANY)
    ]
    async with database.transaction() as session:
        await session.execute(insert(Request), rows)
    yield [str(it["id"]) for it in sorted(rows, key=lambda it: (it["due_at"], it["id"]))]
    async with database.transaction() as session:
        await session.execute(delete(Request).where(Request.id.in_([it["id"] for it in rows])))


@pytest.mark.parametrize("limit", [7, 50, 65, 100])
async def test_each_is_shown_once_although_one_is_answered_meanwhile(
    limit: int, waiting: list[str], staff_browser: StaffBrowser
) -> None:
    desk = await staff_browser("privacy:decide")
    shown: list[str] = []
    cursor: str | None = None
    while cursor or not shown:
        asked = {"limit": limit} | ({"cursor": cursor} if cursor else {})
        page = (await desk.get("/api/privacy/desk/requests", params=asked)).json()
        assert 0 < len(page["items"]) <= limit
        if not shown:
            mine = next(it["id"] for it in page["items"] if it["id"] in waiting)
            path, body = f"/api/privacy/desk/requests/{mine}/decision", {"grant": False, "answer": "Không có dữ liệu."}
            assert (await desk.post(path, json=body, headers={"If-Match": "1"})).status_code == 200
        shown += [it["id"] for it in page["items"]]
        cursor = page["next_cursor"]
    assert [it for it in shown if it in waiting] == waiting
    again = (await desk.get("/api/privacy/desk/requests", params={"limit": 100})).json()
    assert again["next_cursor"] is not None
    assert UUID(mine) not in {UUID(it["id"]) for it in again["items"]}


async def test_a_cursor_of_nowhere_is_refused(staff_browser: StaffBrowser) -> None:
    desk = await staff_browser("privacy:decide")
    reply = await desk.get("/api/privacy/desk/requests", params={"cursor": "x"})
    assert (reply.status_code, reply.json()["type"]) == (400, "cursor-refused")
