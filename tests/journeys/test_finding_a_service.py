"""One resident's story: the grandmother has died, and nobody knows what to bring where."""

import asyncio
import json

import httpx
import msgspec
from sqlalchemy import select

from server.core.database import Database
from server.core.settings import Settings
from server.modules.catalogue.models import Procedure
from server.modules.catalogue.rules.facts import Facts
from server.modules.catalogue.service.procedures import Catalogue
from tests.conftest import Start


async def publish_another_fee(settings: Settings, code: str) -> int:
    """Take over the list that is there, with one procedure's fee worded anew. Returns how many rows say it."""
    database = Database(settings)
    async with database.transaction() as session:
        rows = await session.execute(select(Procedure.code, Procedure.facts))
        facts = {found: msgspec.convert(content, Facts) for found, content in rows}
        ways = [msgspec.structs.replace(way, fee_text="Theo nghị quyết mới") for way in facts[code].channels]
        facts[code] = msgspec.structs.replace(facts[code], channels=ways)
        await Catalogue(session).take_over(facts)
    await database.close()
    return len(ways)


async def until_revised(client: httpx.AsyncClient, address: str, revision: int) -> dict:
    async with asyncio.timeout(60):
        while (told := (await client.get(address)).json())["revision"] == revision:
            await asyncio.sleep(0.05)
    return told


async def test_from_a_sentence_to_what_changed_since(fresh: Settings, start: Start) -> None:
    async with start(fresh) as client:
        # She types as she speaks, without accents.
        found = (await client.get("/api/catalogue/procedures", params={"q": "ba noi moi mat", "limit": 3})).json()
        assert found["items"][0]["title"] == "Thủ tục đăng ký khai tử"
        address = f"/api/catalogue/procedures/{found['items'][0]['code']}"

        # She opens it, which is counted, and keeps a copy on the phone.
        saved = (await client.get(address)).json()
        assert (await client.post(f"{address}/opened")).status_code == 204
        assert any(paper["name"] for case in saved["cases"] for paper in case["papers"])
        assert saved["levels"] == ["commune"]

        # Her commune was another one before; its people's committee is where she goes.
        units = (await client.get("/api/places/units", params={"q": "phuong 8 ca mau"})).json()["items"]
        assert units[0]["matched"] == "Phường 8, thành phố Cà Mau"
        offices = (await client.get(f"/api/places/units/{units[0]['code']}")).json()["offices"]
        assert "peoples-committee" in {office["kind"] for office in offices}

        # Somebody publishes another fee; the running app takes it over by itself.
        rows = await publish_another_fee(fresh, saved["code"])
        told = await until_revised(client, address, saved["revision"])

        # Her copy can say what is new.
        changes = (await client.get(f"{address}/changes", params={"since": saved["revision"]})).json()["items"]
        assert [change["field"] for change in changes] == ["channels"]
        assert changes[0]["before"] == saved["channels"]
        assert changes[0]["after"] == told["channels"]
        assert json.dumps(changes[0]["after"], ensure_ascii=False).count("Theo nghị quyết mới") == rows
