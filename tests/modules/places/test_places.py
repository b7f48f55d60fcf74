"""The places through HTTP, and what a release of the data does to the tables."""

import asyncio
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
import pytest
from sqlalchemy import select

from server.core.database import Database
from server.core.problems import Unavailable
from server.core.settings import Settings
from server.core.snapshot import Version
from server.modules.places.models import Office, OldName, Province, Unit
from server.modules.places.seed import seed
from server.modules.places.snapshot import Atlas, Rows

CAPE = "32248"  # xã Đất Mũi
DA_BAC = "32104"  # xã Đá Bạc


async def names(client: httpx.AsyncClient, **query: object) -> list[str]:
    reply = await client.get("/api/places/units", params=query)
    assert reply.status_code == 200
    return [unit["name"] for unit in reply.json()["items"]]


async def refusal(client: httpx.AsyncClient, path: str, language: str = "en") -> tuple[int, str]:
    reply = await client.get(f"/api/places/{path}", headers={"Accept-Language": language})
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["cache-control"] == "no-store"
    return reply.status_code, reply.json()["type"]


class TestListUnits:
    async def test_without_words_wards_then_communes_in_alphabetical_order(self, client):
        reply = (await client.get("/api/places/units", params={"limit": 100})).json()
        assert reply["next_cursor"] is None
        kinds = [unit["kind"] for unit in reply["items"]]
        assert kinds == ["ward"] * 9 + ["commune"] * 55
        assert [unit["name"] for unit in reply["items"]][:2] == ["Phường An Xuyên", "Phường Bạc Liêu"]

    async def test_page_by_page_every_unit_comes_once(self, client):
        seen, cursor, pages = [], None, 0
        while pages == 0 or cursor:
            page = (
                await client.get("/api/places/units", params={"limit": 30} | ({"cursor": cursor} if cursor else {}))
            ).json()
            seen += [unit["code"] for unit in page["items"]]
            cursor, pages = page["next_cursor"], pages + 1
        assert (pages, len(seen), len(set(seen))) == (3, 64, 64)

    async def test_a_unit_says_what_it_is_and_was(self, client):
        [unit] = (await client.get("/api/places/units", params={"q": "Đá Bạc"})).json()["items"]
        assert unit == {
            "code": DA_BAC,
            "name": "Xã Đá Bạc",
            "kind": "commune",
            "former_province": "Cà Mau",
            "formerly": [
                "Xã Khánh Bình Tây Bắc, huyện Trần Văn Thời",
                "Xã Khánh Bình Tây, huyện Trần Văn Thời",
                "Xã Trần Hợi, huyện Trần Văn Thời (một phần)",
            ],
            "matched": None,
            "lat": unit["lat"],
            "lon": unit["lon"],
        }
        here = await client.get("/api/places/locate", params={"lat": unit["lat"], "lon": unit["lon"]})
        assert here.json() == {"unit": unit, "inside": True, "distance_m": 0}

    async def test_an_old_name_leads_to_today_and_says_so(self, client):
        items = (await client.get("/api/places/units", params={"q": "xa tac van"})).json()["items"]
        assert [(unit["name"], unit["matched"]) for unit in items] == [
            ("Phường Tân Thành", "Xã Tắc Vân, thành phố Cà Mau (một phần)"),
            ("Phường Hòa Thành", "Xã Tắc Vân, thành phố Cà Mau (phần còn lại)"),
        ]

    async def test_what_was_found_is_paged_too(self, client):
        whole = await names(client, q="huyện U Minh", limit=100)
        first = (await client.get("/api/places/units", params={"q": "huyện U Minh", "limit": 1})).json()
        rest = await names(client, q="huyện U Minh", limit=100, cursor=first["next_cursor"])
        assert [first["items"][0]["name"], *rest] == whole
        assert len(whole) > 2

    @pytest.mark.parametrize("q", ["Hà Nội", "z", "!!!", "ឃុំ", "💧" * 100])
    async def test_what_nobody_is_called_finds_nothing(self, client, q):
        assert await names(client, q=q) == []

    @pytest.mark.parametrize(
        ("query", "right"),
        [
            ("q=%E2%80%AEabc", "text-refused"),
            ("q=a%0Ab", "text-refused"),
            (f"q={quote('ă' * 201)}", "input-refused"),
            ("limit=0", "input-refused"),
            ("limit=101", "input-refused"),
            ("cursor=!", "cursor-refused"),
            ("cursor=OTk5OTk", "cursor-refused"),
        ],
    )
    async def test_what_cannot_be_answered_is_refused(self, client, query, right):
        assert await refusal(client, f"units?{query}") == (400, right)


class TestGetUnit:
    async def test_with_its_three_offices_and_what_they_deal_with(self, client):
        unit = (await client.get(f"/api/places/units/{CAPE}")).json()
        assert (unit["name"], unit["matched"]) == ("Xã Đất Mũi", None)
        assert [office["kind"] for office in unit["offices"]] == ["one-stop", "peoples-committee", "police"]
        assert {office["unit_code"] for office in unit["offices"]} == {CAPE}
        one_stop, committee, police = unit["offices"]
        assert one_stop["name"] == "Trung tâm Phục vụ hành chính công xã Đất Mũi"
        assert one_stop["fields"] == []
        assert "Hộ tịch" in committee["fields"]
        assert "Cấp, quản lý căn cước" in police["fields"]

    async def test_what_nobody_told_us_is_null(self, client):
        unit = (await client.get(f"/api/places/units/{CAPE}")).json()
        assert {office["phone"] for office in unit["offices"]} == {None}

    @pytest.mark.parametrize("code", ["00000", "ca-mau", "%F0%9F%92%A7", "1" * 2000])
    async def test_an_unknown_code_is_not_found(self, client, code):
        assert await refusal(client, f"units/{code}") == (404, "unit-not-found")


class TestListOffices:
    async def test_the_province_s_one_stop_centre_comes_first(self, client):
        items = (await client.get("/api/places/offices")).json()["items"]
        assert len(items) == 18
        assert items[0]["kind"] == "one-stop"
        assert {office["unit_code"] for office in items} == {None}

    @pytest.mark.parametrize(
        ("q", "right"),
        [
            ("SO TU PHAP", ["so-tu-phap"]),
            ("thủy sản", ["so-nong-nghiep-va-moi-truong"]),  # by a field it deals with
            ("không có sở này", []),
            ("!!!", []),
        ],
    )
    async def test_by_name_or_by_field(self, client, q, right):
        items = (await client.get("/api/places/offices", params={"q": q})).json()["items"]
        assert [office["id"] for office in items] == right

    async def test_who_is_called_so_comes_before_who_deals_with_it(self, client):
        first, *others = (await client.get("/api/places/offices", params={"q": "tư pháp"})).json()["items"]
        assert first["id"] == "so-tu-phap"
        assert "Lý lịch tư pháp" in next(it for it in others if it["id"] == "cong-an-tinh")["fields"]

    async def test_page_by_page(self, client):
        first = (await client.get("/api/places/offices", params={"limit": 10})).json()
        cursor = first["next_cursor"]
        second = (await client.get("/api/places/offices", params={"limit": 10, "cursor": cursor})).json()
        assert (len(first["items"]), len(second["items"]), second["next_cursor"]) == (10, 8, None)

    async def test_a_control_character_is_refused(self, client):
        assert await refusal(client, "offices?q=%07") == (400, "text-refused")


class TestLocate:
    async def test_on_land(self, client):
        reply = (await client.get("/api/places/locate", params={"lat": 9.1768, "lon": 105.1524})).json()
        assert (reply["unit"]["name"], reply["inside"], reply["distance_m"]) == ("Phường Tân Thành", True, 0)

    async def test_at_sea_the_nearest(self, client):
        reply = (await client.get("/api/places/locate", params={"lat": 8.55, "lon": 104.75})).json()
        assert (reply["unit"]["code"], reply["inside"]) == (CAPE, False)
        assert 4_000 < reply["distance_m"] < 5_000

    async def test_where_somebody_is_is_stored_nowhere_on_the_way(self, client):
        reply = await client.get("/api/places/locate", params={"lat": 9.1768, "lon": 105.1524})
        assert reply.headers["cache-control"] == "no-store"
        assert "etag" not in reply.headers

    @pytest.mark.parametrize("language", ["vi", "en", "km"])
    async def test_in_another_province_a_sentence_says_so(self, client, language):
        reply = await client.get("/api/places/locate?lat=21.03&lon=105.85", headers={"Accept-Language": language})
        assert (reply.status_code, reply.json()["type"]) == (404, "outside-the-province")
        assert reply.headers["content-language"] == language

    @pytest.mark.parametrize(
        ("query", "right"),
        [
            ("lat=nan&lon=105", "position-refused"),
            ("lat=9&lon=inf", "position-refused"),
            ("lat=90.1&lon=105", "position-refused"),
            ("lat=9&lon=-180.1", "position-refused"),
            ("lat=1e999&lon=105", "input-refused"),
            ("lat=north&lon=105", "input-refused"),
            ("lat=9", "input-refused"),
        ],
    )
    async def test_what_is_no_position_is_refused(self, client, query, right):
        assert await refusal(client, f"locate?{query}") == (400, right)


class TestOutline:
    async def test_every_unit_once_as_geojson(self, client):
        outline = (await client.get("/api/places/outline")).json()
        assert outline["type"] == "FeatureCollection"
        assert len({feature["properties"]["code"] for feature in outline["features"]}) == 64
        assert all(feature["geometry"]["coordinates"] for feature in outline["features"])

    async def test_it_stays_small_enough_for_a_phone(self, client):
        reply = await client.get("/api/places/outline", headers={"Accept-Encoding": "identity"})
        assert len(reply.content) < 45_000

    async def test_tiles_lie_below_it_where_an_operator_has_chosen_some(self, client, start, settings):
        first = await client.get("/api/places/outline")
        assert first.json()["tiles"] is None
        tiles = {"map_tiles": "https://tiles.example.org/{z}/{x}/{y}.png", "map_tiles_attribution": "© OpenStreetMap"}
        async with start(msgspec.structs.replace(settings, **tiles)) as chosen:
            # Whoever has the outline without them is told that it has changed.
            reply = await chosen.get("/api/places/outline", headers={"If-None-Match": first.headers["etag"]})
            assert reply.json() == first.json() | {
                "tiles": {"address": tiles["map_tiles"], "attribution": "© OpenStreetMap"}
            }
            again = await chosen.get("/api/places/outline", headers={"If-None-Match": reply.headers["etag"]})
            assert again.status_code == 304
        async with start(msgspec.structs.replace(settings, **tiles | {"map_tiles_attribution": "© OSM"})) as renamed:
            newer = await renamed.get("/api/places/outline", headers={"If-None-Match": reply.headers["etag"]})
            assert newer.json()["tiles"]["attribution"] == "© OSM"
        back = await client.get("/api/places/outline", headers={"If-None-Match": reply.headers["etag"]})
        assert back.json()["tiles"] is None


async def test_the_province(client):
    assert (await client.get("/api/places/province")).json() == {
        "code": "96",
        "name": "Tỉnh Cà Mau",
        "short_name": "Cà Mau",
        "identifier_code": "H12",
    }


@pytest.mark.parametrize("path", ["units", f"units/{CAPE}", "offices", "outline", "province"])
async def test_whoever_has_it_need_not_load_it_again(client, path):
    first = await client.get(f"/api/places/{path}")
    assert first.headers["cache-control"].startswith("public, max-age=")
    again = await client.get(f"/api/places/{path}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


class TestSeed:
    @pytest.fixture
    def corrected(self, settings: Settings, tmp_path: Path) -> Settings:
        """A release in which one phone became known, one place is gone, and one is new."""
        shutil.copytree(settings.data / "places", tmp_path / "places")
        with changed(tmp_path / "places" / "offices.json") as release:
            next(it for it in release["offices"] if it["id"] == f"ubnd-{CAPE}")["phone"] = "0290 000 0000"
        with changed(tmp_path / "places" / "old_names.json") as release:
            release["places"] = [it for it in release["places"] if it["name"] != "Hòn Khoai"]
            release["places"].append({"name": "Bến thử", "now": CAPE})
        return msgspec.structs.replace(settings, data=tmp_path)

    async def test_a_second_time_changes_nothing(self, database, settings):
        before = await stamps(database)
        await plant(database, settings)
        assert await stamps(database) == before

    async def test_a_corrected_file_corrects_those_rows_and_what_people_see(
        self, client, database, settings, corrected
    ):
        before = await stamps(database)
        try:
            await plant(database, corrected)
            after = await stamps(database)
            await until(client, f"units/{CAPE}", lambda unit: unit["offices"][1]["phone"] == "0290 000 0000")
            assert await names(client, q="Bến thử") == ["Xã Đất Mũi"]
            assert await names(client, q="Hòn Khoai") == []
        finally:
            await plant(database, settings)
        await until(client, f"units/{CAPE}", lambda unit: unit["offices"][1]["phone"] is None)
        assert len(after) == len(before)
        # The office and the version were changed, one name is new.
        assert len(after - before) == 3

    async def test_before_it_there_is_nothing_but_no_error(self):
        atlas = Atlas(Rows(provinces=[], units=[], old_names=[], offices=[]))
        assert json.loads(atlas.units("Cà Mau", 20, None)) == {"items": [], "next_cursor": None}
        with pytest.raises(Unavailable):
            _ = atlas.province


@contextmanager
def changed(path: Path) -> Iterator[dict[str, Any]]:
    release = json.loads(path.read_text("utf-8"))
    yield release
    path.write_text(json.dumps(release), "utf-8")


async def plant(database: Database, settings: Settings) -> None:
    async with database.transaction() as session:
        await seed(session, settings)


async def stamps(database: Database) -> set[tuple[Any, ...]]:
    """Every row and its last change."""
    async with database.reading() as connection:
        queries = [select(table.id, table.updated_at) for table in (Province, Unit, OldName, Office)]
        queries.append(select(Version.id, Version.version).where(Version.name == "places"))
        return {tuple(row) for query in queries for row in await connection.execute(query)}


async def until(client: httpx.AsyncClient, path: str, holds: Callable[[Any], bool]) -> None:
    """PostgreSQL tells the web process of a new version; it needs a moment to take it over."""
    async with asyncio.timeout(60):
        while not holds((await client.get(f"/api/places/{path}")).json()):
            await asyncio.sleep(0.02)
