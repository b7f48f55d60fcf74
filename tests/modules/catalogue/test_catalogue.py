"""The catalogue through HTTP: what is found, what is told, what is refused."""

import asyncio
from datetime import UTC, datetime
from urllib.parse import quote

import httpx
import pytest
from sqlalchemy import select

from server.core.database import Database
from server.core.settings import Settings
from server.modules.catalogue.models import Opening
from server.modules.catalogue.reactions import take_over_openings
from tests.conftest import Start

PROCEDURES = "/api/catalogue/procedures"


async def codes(client: httpx.AsyncClient, **query: object) -> list[str]:
    reply = await client.get(PROCEDURES, params=query)
    assert reply.status_code == 200, reply.text
    return [item["code"] for item in reply.json()["items"]]


class TestList:
    async def test_a_life_event_leads_to_its_procedure(self, client: httpx.AsyncClient) -> None:
        assert (await codes(client, q="ba tôi mất"))[0] == "1.000656"

    async def test_an_item_has_every_field(self, client: httpx.AsyncClient) -> None:
        reply = await client.get(PROCEDURES, params={"q": "đăng ký khai sinh", "limit": 1})
        [item] = reply.json()["items"]
        assert item == {
            "code": "1.001193",
            "title": "Thủ tục đăng ký khai sinh",
            "field": "Hộ tịch",
            "levels": ["commune"],
            "audiences": ["citizen", "overseas-vietnamese"],
            "agencies": ["Ủy ban nhân dân cấp xã"],
            "online": True,
            "time": {"value": 1, "unit": "working-day"},
            "fee": 0,
            "in_force": True,
            "replaced_by": [],
        }

    async def test_paging_reaches_everything_once(self, client: httpx.AsyncClient) -> None:
        seen: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page = (await client.get(PROCEDURES, params={"limit": 100, "cursor": cursor})).json()
            seen += [item["code"] for item in page["items"]]
            cursor = page["next_cursor"]
        assert len(seen) == len(set(seen)) == 2677

    async def test_filters_narrow_together(self, client: httpx.AsyncClient) -> None:
        query = {"field": "Hộ tịch", "level": "commune", "audience": "citizen", "limit": 100}
        items = (await client.get(PROCEDURES, params=query)).json()["items"]
        assert items
        assert all(
            it["field"] == "Hộ tịch" and "commune" in it["levels"] and "citizen" in it["audiences"] for it in items
        )

    async def test_a_filter_holds_while_searching(self, client: httpx.AsyncClient) -> None:
        reply = await client.get(PROCEDURES, params={"q": "đăng ký", "agency": "Công an cấp Xã", "limit": 50})
        assert all("Công an cấp Xã" in it["agencies"] for it in reply.json()["items"])

    async def test_a_field_nobody_has_is_an_empty_list(self, client: httpx.AsyncClient) -> None:
        assert await codes(client, field="Không có") == []

    async def test_an_empty_field_of_a_form_asks_for_nothing(self, client: httpx.AsyncClient) -> None:
        reply = await client.get(f"{PROCEDURES}?q=khai+sinh&field=&audience=&level=&limit=&cursor=")
        assert reply.json()["items"][0]["code"] == "1.001193"

    @pytest.mark.parametrize("language", ["vi", "en", "km"])
    async def test_look_alikes_are_asked_about(self, client: httpx.AsyncClient, language: str) -> None:
        reply = await client.get(PROCEDURES, params={"q": "mai táng"}, headers={"Accept-Language": language})
        question = reply.json()["question"]
        assert {choice["code"] for choice in question["choices"]} >= {"1.001731", "1.014028"}
        asked = {"vi": "Bạn cần loại nào?", "en": "Which one do you mean?", "km": "តើអ្នកចង់បានមួយណា?"}
        assert question["text"] == asked[language]

    async def test_one_of_them_named_is_not_asked_about(self, client: httpx.AsyncClient) -> None:
        reply = await client.get(PROCEDURES, params={"q": "mai táng phí đối với cựu chiến binh"})
        assert reply.json()["question"] is None
        assert reply.json()["items"][0]["code"] == "2.002307"

    @pytest.mark.parametrize(
        ("query", "kind"),
        [
            ("limit=-1", "input-refused"),
            ("limit=0", "input-refused"),
            ("limit=101", "input-refused"),
            ("limit=x", "input-refused"),
            ("level=galaxy", "input-refused"),
            ("audience=citizens", "input-refused"),
            ("cursor=zzz", "cursor-refused"),
            ("cursor=%C4%91", "cursor-refused"),
            ("q=" + "a" * 10_000, "input-refused"),
            ("q=%00", "input-refused"),
            ("q=a%E2%80%AEb", "text-refused"),
            ("q=%1B%5B0m", "text-refused"),
        ],
    )
    async def test_what_cannot_be_answered_is_refused(self, client: httpx.AsyncClient, query: str, kind: str) -> None:
        reply = await client.get(f"{PROCEDURES}?{query}")
        assert (reply.status_code, reply.json()["type"]) == (400, kind)
        assert "aaaa" not in reply.text


class TestProcedure:
    async def test_everything_published_is_told(self, client: httpx.AsyncClient) -> None:
        told = (await client.get(f"{PROCEDURES}/1.000894")).json()
        assert told["title"] == "Thủ tục đăng ký kết hôn"
        assert told["results"][0]["code"] == "KQ.G15.000032"
        assert told["portal_url"].startswith("https://dichvucong.gov.vn/")
        assert told["revision"] == 1
        assert told["in_force"] is True

    async def test_papers_are_grouped_by_whom_they_concern(self, client: httpx.AsyncClient) -> None:
        cases = (await client.get(f"{PROCEDURES}/1.013225")).json()["cases"]
        assert sum(case["situation"] for case in cases) == 7

    @pytest.mark.parametrize("asked", ["1.012783", "1012783", "1 012783", "1.012783.000.00.00.H12", quote("1.012783 ")])
    async def test_a_replaced_code_names_its_successor(self, client: httpx.AsyncClient, asked: str) -> None:
        told = (await client.get(f"{PROCEDURES}/{asked}")).json()
        assert told["in_force"] is False
        assert told["replaced_by"] == [{"code": "1.115464", "title": "Cấp đổi Giấy chứng nhận"}]
        [successor] = told["replaced_by"]
        back = (await client.get(f"{PROCEDURES}/{successor['code']}")).json()
        assert [link["code"] for link in back["replaces"]] == ["1.012783"]

    async def test_an_unknown_code_is_answered_with_the_nearest_three(self, client: httpx.AsyncClient) -> None:
        reply = await client.get(f"{PROCEDURES}/1.001199")
        assert (reply.status_code, reply.json()["type"]) == (404, "procedure-not-found")
        assert len({near["code"] for near in reply.json()["nearest"]}) == 3
        assert all(near["title"] for near in reply.json()["nearest"])

    @pytest.mark.parametrize(
        ("slip", "meant"),
        [("1.001195", "1.001193"), ("1.001139", "1.001193"), ("1.01193", "1.001193"), ("2.000636", "2.000635")],
    )
    async def test_a_slip_in_a_code_offers_the_code_meant(
        self, client: httpx.AsyncClient, slip: str, meant: str
    ) -> None:
        nearest = (await client.get(f"{PROCEDURES}/{slip}")).json()["nearest"]
        assert meant in [near["code"] for near in nearest]

    async def test_what_holds_no_number_is_near_to_none(self, client: httpx.AsyncClient) -> None:
        assert (await client.get(f"{PROCEDURES}/khai-sinh")).json()["nearest"] == []

    @pytest.mark.parametrize("code", ["x", "…", "1.2", "%F0%9F%A6%90", "a" * 3000])
    async def test_what_is_no_code_is_not_found(self, client: httpx.AsyncClient, code: str) -> None:
        assert (await client.get(f"{PROCEDURES}/{code}")).status_code == 404

    async def test_looking_alike_is_told(self, client: httpx.AsyncClient) -> None:
        family = (await client.get(f"{PROCEDURES}/1.001731")).json()["family"]
        assert len(family["members"]) == 4


class TestWhatChanged:
    async def test_nothing_yet(self, client: httpx.AsyncClient) -> None:
        assert (await client.get(f"{PROCEDURES}/1.001193/changes", params={"since": 1})).json() == {"items": []}

    async def test_of_an_unknown_code(self, client: httpx.AsyncClient) -> None:
        assert (await client.get(f"{PROCEDURES}/9.999999/changes")).status_code == 404

    async def test_before_the_beginning(self, client: httpx.AsyncClient) -> None:
        assert (await client.get(f"{PROCEDURES}/1.001193/changes?since=-1")).status_code == 400


class TestOpening:
    async def test_it_is_counted_by_day_and_by_nobody(self, client: httpx.AsyncClient, database: Database) -> None:
        for _ in range(3):
            assert (await client.post(f"{PROCEDURES}/1.003583/opened")).status_code == 204
        async with database.reading() as connection:
            rows = (await connection.execute(select(Opening.__table__).where(Opening.code == "1.003583"))).all()
        assert [row.times for row in rows] == [3]
        assert set(Opening.__table__.columns.keys()) == {"id", "created_at", "updated_at", "code", "day", "times"}

    async def test_over_night_it_raises_what_people_open(self, fresh: Settings, start: Start) -> None:
        query = {"field": "Hộ tịch", "limit": 100}
        async with start(fresh) as client:
            before = await codes(client, **query)
            last = before[-1]
            database = Database(fresh)
            async with database.transaction() as session:
                session.add(Opening(code=last, day=datetime.now(UTC).date(), times=100_000))
                await take_over_openings(session, datetime.now(UTC))
            await database.close()
            async with asyncio.timeout(60):
                while (after := await codes(client, **query)).index(last) == len(before) - 1:
                    await asyncio.sleep(0.05)
            assert after.index(last) < before.index(last)

    async def test_of_an_unknown_code(self, client: httpx.AsyncClient) -> None:
        assert (await client.post(f"{PROCEDURES}/9.999999/opened")).status_code == 404

    async def test_from_another_site_is_refused(self, client: httpx.AsyncClient) -> None:
        reply = await client.post(f"{PROCEDURES}/1.001193/opened", headers={"Origin": "https://evil.example"})
        assert (reply.status_code, reply.json()["type"]) == (403, "foreign-origin")


async def test_filters_count_what_is_in_force(client: httpx.AsyncClient) -> None:
    filters = (await client.get("/api/catalogue/filters")).json()
    assert {it["name"] for it in filters["levels"]} == {"central", "province", "commune"}
    counts = [it["count"] for it in filters["fields"]]
    assert counts == sorted(counts, reverse=True)
    assert min(counts) > 0


async def test_the_outline_has_every_title_and_the_everyday_words(client: httpx.AsyncClient) -> None:
    reply = await client.get("/api/catalogue/outline", headers={"Accept-Encoding": "gzip"})
    outline = reply.json()
    assert len(outline["items"]) == 2677
    assert [code for code, *_ in outline["items"] if code == "1.001193"]
    assert any("1.000656" in words[1] for words in outline["words"])
    assert all(-1 <= item[2] < len(outline["fields"]) for item in outline["items"])


async def test_the_same_list_twice_is_not_sent_twice(client: httpx.AsyncClient) -> None:
    first = await client.get(PROCEDURES)
    again = await client.get(PROCEDURES, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
