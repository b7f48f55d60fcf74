"""A one-stop desk of a unit that nobody else in this run has, and the people who work there."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy.dialects.postgresql import insert

from server.core.database import Database
from server.modules.dossiers.models import Hours, OfficeCode
from tests.modules.identity.conftest import Browser, StaffBrowser

HERE, ELSEWHERE = "32002", "31849"
"""Two communes of today."""
PLAIN = "1.001193"
"""Registering a birth: its channels state one limit."""
UNCLEAR = "1.000894"
"""Registering a marriage: printed without a unit."""
PERMISSIONS = ("dossiers:read", "dossiers:register", "dossiers:move")


class Officer:
    """Somebody at the desk."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    async def post(self, path: str, body: object, version: int | None = None, **headers: str) -> httpx.Response:
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return await self.browser.post(
            f"/api/dossiers/desk{path}", json=body, headers={"Accept-Language": "vi"} | headers
        )

    async def register(self, **given: Any) -> dict[str, Any]:
        reply = await self.post("", filing(**given))
        assert reply.status_code == 201, reply.text
        made: dict[str, Any] = reply.json()
        return made

    async def act(self, dossier: dict[str, Any], act: str, **said: Any) -> httpx.Response:
        return await self.post(f"/{dossier['id']}/acts", {"act": act} | said, dossier["version"])

    async def acts(self, dossier: dict[str, Any], *acts: str) -> dict[str, Any]:
        """One after the other; the dossier after the last."""
        for act in acts:
            reply = await self.act(dossier, act, **WORDS.get(act, {}))
            assert reply.status_code == 200, reply.text
            dossier = reply.json()
        return dossier

    async def read(self, dossier_id: str) -> httpx.Response:
        return await self.browser.get(f"/api/dossiers/desk/{dossier_id}")

    async def list(self, which: str = "unit", **asked: Any) -> list[dict[str, Any]]:
        reply = await self.browser.get("/api/dossiers/desk", params={"which": which, "limit": 100} | asked)
        assert reply.status_code == 200, reply.text
        items: list[dict[str, Any]] = reply.json()["items"]
        return items


WORDS: dict[str, dict[str, Any]] = {
    "ask-papers": {"papers": ["Giấy chứng sinh (bản chính)"], "reason": "Bản nộp đã mờ"},
    "ask-payment": {"amount": 8000, "reason": "Lệ phí theo nghị quyết"},
    "refuse": {"reason": "Không thuộc thẩm quyền"},
    "stop": {"reason": "Người dân xin rút"},
}


def filing(**given: Any) -> dict[str, Any]:
    """What an officer enters."""
    return {
        "procedure": PLAIN,
        "name": "Danh Thị Sà Rươl",
        "phone": f"090{secrets.randbelow(10**7):07}",
        "papers": [{"name": "Giấy chứng sinh", "kind": "original", "count": 1}],
        "handling_place": HERE,
        "channel": "direct",
        "returning": "desk",
        "limit": {"value": 5, "unit": "working-day"},
        "limit_reason": "Theo quyết định công bố",
    } | given


Hire = Callable[..., Awaitable[Officer]]


@pytest.fixture
async def hire(staff_browser: StaffBrowser, database: Database) -> Hire:
    """Makes officers: `await hire()`, `await hire(unit=ELSEWHERE)`, `await hire("dossiers:read")`."""
    async with database.transaction() as session:
        for place, code in ((HERE, "H12.901"), (ELSEWHERE, "H12.902")):
            row = insert(OfficeCode).values(id=uuid4(), place=place, code=code, hours=Hours.OFFICE, serial=0, version=1)
            await session.execute(row.on_conflict_do_nothing())

    async def make(*permissions: str, unit: str = HERE) -> Officer:
        return Officer(await staff_browser(*(permissions or PERMISSIONS), unit=unit))

    return make


@pytest.fixture
async def officer(hire: Hire) -> Officer:
    return await hire()
