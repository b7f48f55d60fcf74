"""One warning: on the screen, on the phone, as CAP, in the feeds, over the loudspeaker; and who may let it out."""

import json
from collections.abc import AsyncIterator, Awaitable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree as ET

import capparser
import feedparser
import httpx
import pytest
import xmlschema
from litestar import Litestar
from sqlalchemy import text

from server.core.clock import HERE
from server.core.database import Database
from server.core.snapshot import touch
from server.modules.news.rules.cap import NAMESPACE
from server.modules.news.service.alerts import SNAPSHOT, Alerts
from server.modules.news.snapshot import alerts_snapshot
from tests.modules.identity.conftest import Browser, StaffBrowser
from tests.modules.news.conftest import Vanishing, json_feed

E = dict[str, Any]
SCHEMA = xmlschema.XMLSchema(Path(__file__).with_name("CAP-v1.2.xsd"))
NOW = datetime.now(UTC).replace(microsecond=0)
DESK = "/api/news/alert-desk"


def warning(**more: Any) -> E:
    """What staff write: whole enough to go out."""
    said = {
        "kind": "tide",
        "level": 3,
        "everywhere": False,
        "communes": ["32002", "32244"],
        "begins_at": (NOW - timedelta(hours=1)).isoformat(),
        "ends_at": (NOW + timedelta(hours=12)).isoformat(),
        "vi": {
            "headline": f"Triều cường lên 2,15 m {uuid4().hex[:6]}",
            "what": "Nước dâng từ 7h30 & ngập <đường> thấp.",
            "steps": ["Kê cao đồ đạc", "Gọi 112 khi cần giúp"],
        },
        "en": {"headline": "High tide", "what": "Water rises.", "steps": ["Lift your things"]},
        "km": {"headline": "ទឹកជោរ", "what": "ទឹកឡើង។", "steps": ["លើកឥវ៉ាន់"]},
        "source": "Đài Khí tượng Thủy văn Mẫu",
    }
    return said | more


class Desk:
    """Somebody who writes warnings or lets them out."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    async def begin(self, said: E | None = None) -> E:
        return await _done(self.browser.post(DESK, json=said or warning()))

    async def save(self, alert: E, said: E) -> E:
        return await _done(self.try_to_save(alert, said))

    async def try_to_save(self, alert: E, said: Any) -> httpx.Response:
        return await self.browser.put(f"{DESK}/{alert['id']}", json=said, headers=_version(alert))

    async def try_to(self, act: str, alert: E) -> httpx.Response:
        return await self.browser.post(f"{DESK}/{alert['id']}/{act}", headers=_version(alert))

    async def act(self, act: str, alert: E) -> E:
        return await _done(self.try_to(act, alert))


def _version(alert: E) -> dict[str, str]:
    return {"If-Match": f'"{alert["version"]}"', "Accept-Language": "en"}


async def _done(asked: Awaitable[httpx.Response]) -> E:
    reply = await asked
    assert reply.is_success, reply.text
    done: E = reply.json()
    return done


@pytest.fixture
async def writer(staff_browser: StaffBrowser) -> Desk:
    return Desk(await staff_browser("news:warn"))


@pytest.fixture
async def second(staff_browser: StaffBrowser) -> Desk:
    return Desk(await staff_browser("news:warn"))


@pytest.fixture
async def leader(staff_browser: StaffBrowser) -> Desk:
    return Desk(await staff_browser("news:warn", "news:warn-alone"))


class Public:
    """Whoever reads, once the web process has heard of what changed."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        app: Litestar = client.app  # type: ignore[attr-defined]
        self._database: Database = app.state.database

    async def get(self, path: str, **headers: str) -> httpx.Response:
        await alerts_snapshot.refresh(self._database)
        return await self._client.get(path, headers=headers)

    async def now(self) -> list[E]:
        items: list[E] = (await self.get("/api/news/alerts")).json()["items"]
        return items


@pytest.fixture
def public(client: httpx.AsyncClient) -> Public:
    return Public(client)


@pytest.fixture(autouse=True)
async def nothing_in_force(database: Database) -> AsyncIterator[None]:
    yield
    async with database.transaction() as session:
        await session.execute(text("UPDATE news_alert SET state = 'expired' WHERE state = 'in-force'"))
        await session.execute(text("UPDATE news_alert SET ends_at = NULL"))
        await touch(session, SNAPSHOT)


async def in_force(writer: Desk, second: Desk, said: E | None = None) -> E:
    return await second.act("issue", await writer.begin(said))


class TestWhoLetsItOut:
    async def test_a_second_person_does(self, writer: Desk, second: Desk, public: Public) -> None:
        draft = await writer.begin()
        assert (draft["state"], draft["acts"], draft["needs_second"]) == (
            "draft",
            ["write-warning", "discard-warning", "warn"],
            True,
        )
        assert draft["id"] not in (await public.get("/feeds/alerts.json")).text
        assert (await public.get(f"/api/news/alerts/{draft['id']}")).json()["type"] == "alert-not-found"
        assert (await writer.try_to("issue", draft)).json()["type"] == "own-work"
        out = await second.act("issue", draft)
        assert (out["state"], out["writers"], [it["act"] for it in out["steps"]]) == (
            "in-force",
            [],
            ["warn", "write-warning"],
        )
        assert [it["id"] for it in await public.now()] == [draft["id"]]

    async def test_nor_does_who_has_changed_a_word(self, writer: Desk, second: Desk) -> None:
        draft = await writer.begin()
        changed = await second.save(draft, warning(level=2))
        assert (await second.try_to("issue", changed)).json()["type"] == "own-work"
        assert (await second.try_to("issue", draft)).status_code == 412

    async def test_the_leader_on_duty_does_alone_and_it_is_written_down(
        self, leader: Desk, writer: Desk, database: Database
    ) -> None:
        assert (await writer.try_to("issue-alone", await writer.begin())).status_code == 403
        out = await leader.act("issue-alone", await leader.begin())
        assert out["steps"][0] | {"at": ""} == {"act": "warn", "at": "", "by": out["steps"][0]["by"], "alone": True}
        async with database.reading() as connection:
            row = await connection.execute(
                text("SELECT act, detail FROM core_audit WHERE subject_id = :id ORDER BY sequence DESC LIMIT 1"),
                {"id": out["id"]},
            )
            assert row.one() == ("news:warn", {"alone": True, "number": 1})

    async def test_but_only_after_a_fresh_proof(self, leader: Desk, database: Database) -> None:
        draft = await leader.begin()
        async with database.transaction() as session:
            await session.execute(text("UPDATE identity_session SET proved_at = now() - interval '1 hour'"))
        refused = await leader.try_to("issue-alone", draft)
        assert (refused.status_code, refused.json()["type"]) == (401, "proof-needed")

    async def test_a_draft_is_thrown_away_but_not_what_went_out(self, writer: Desk, second: Desk) -> None:
        assert (await writer.act("discard", await writer.begin()))["state"] == "discarded"
        out = await in_force(writer, second)
        assert (await writer.try_to("discard", out)).json()["type"] == "alert-cannot-move"
        # Nothing new to send.
        assert (await second.try_to("issue", out)).json()["type"] == "alert-cannot-move"


async def test_a_page_that_somebody_opens_brings_them_along_and_no_copy_does(
    writer: Desk, second: Desk, public: Public
) -> None:
    opened = {"Sec-Fetch-Dest": "document"}
    await public.now()
    assert 'id="alerts"' not in (await public.get("/", **opened)).text
    alert = await in_force(writer, second)
    page = (await public.get("/news", **opened)).text
    said = page.partition('<script type="application/json" id="alerts">')[2].partition("</script>")[0]
    assert [it["id"] for it in json.loads(said)["items"]] == [alert["id"]]
    # What the worker keeps is told again when it is over; the console and the pictures are no screens of residents.
    for path, headers in [
        ("/", {"Sec-Fetch-Dest": "empty"}),
        ("/", {}),
        ("/staff/news", opened),
        ("/icon.svg", opened),
    ]:
        assert alert["id"] not in (await public.get(path, **headers)).text


class TestOneObject:
    async def test_carries_one_identifier_everywhere(self, writer: Desk, second: Desk, public: Public) -> None:
        said = warning()
        out = await in_force(writer, second, said)
        (item,) = await public.now()
        assert item["identifier"] == f"{out['id']}-1"
        assert item["texts"]["vi"] == said["vi"]
        assert item["names"]["vi"] == {"kind": "triều cường, nước dâng", "grade": "rủi ro thiên tai cấp 3"}
        assert {it["code"] for it in item["communes"]} == {"32002", "32244"}

        atom = feedparser.parse((await public.get("/feeds/alerts.atom")).content)
        assert not atom.bozo
        assert [it.id.split("/")[-1] for it in atom.entries] == [f"{item['identifier']}.cap"]
        assert atom.entries[0].title == said["vi"]["headline"]
        assert said["vi"]["what"] in atom.entries[0].content[0].value
        ends = datetime.fromisoformat(said["ends_at"]).astimezone(HERE)
        for lang, level, area in (
            ("vi", "rủi ro thiên tai cấp 3", "Khu vực: "),
            ("en", "disaster risk level 3 of 5", "Area: "),
            ("km", "ហានិភ័យគ្រោះធម្មជាតិកម្រិត 3", "តំបន់៖ "),
        ):
            (entry,) = json_feed(await public.get(f"/feeds/alerts.json?lang={lang}"))["items"]
            text = entry["content_text"]
            assert level in text and f"{ends:%H:%M %d/%m/%Y}" in text
            assert area + ", ".join(it["name"] for it in item["communes"]) in text

        feed = json_feed(await public.get("/feeds/alerts.json", **{"Accept-Language": "km"}))
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert [(it["title"], it["language"]) for it in feed["items"]] == [("ទឹកជោរ", "km")]

        assert out["messages"][0]["identifier"] == item["identifier"]
        aloud = out["preview"]["aloud"]
        assert set(aloud) == {"vi", "km"}
        assert "bảy giờ ba mươi phút" in aloud["vi"]
        # Whoever understands Khmer alone hears as much: how grave, until when, whose bulletin.
        for part in ("ព្រមាន៖ ទឹកជោរខ្លាំង", "កម្រិត 3", f"ដល់ {ends:%H:%M %d/%m/%Y}", said["source"]):
            assert part in aloud["km"]
        # What is read out is that which is in force, whatever is being written.
        changed = warning(vi=said["vi"] | {"headline": "Chưa phát"}, level=5)
        await writer.save(out, changed)
        for query, language in (("", "vi"), ("?lang=km", "km"), ("?lang=en", "vi")):
            read_out = await public.get(f"/feeds/alerts/{item['identifier']}.txt{query}")
            assert read_out.headers["content-type"] == "text/plain; charset=utf-8"
            assert read_out.text == aloud[language]
        for name in ("atom", "cap", "json"):
            assert "ទឹកជោរ" in (await public.get(f"/feeds/alerts.{name}?lang=km")).text
        assert "ទឹកជោរ" not in (await public.get("/feeds/alerts.atom?lang=vi", **{"Accept-Language": "km"})).text
        assert out["preview"]["push"]["en"] == {
            "title": "Warning: high tide, disaster risk level 3 of 5",
            "body": "High tide",
        }

    async def test_is_valid_cap_in_three_languages_with_the_shapes_of_its_communes(
        self, writer: Desk, second: Desk, public: Public
    ) -> None:
        out = await in_force(writer, second)
        (item,) = await public.now()
        reply = await public.get(f"/feeds/alerts/{item['identifier']}.cap")
        assert reply.headers["content-type"] == "application/cap+xml"
        assert reply.headers["last-modified"].endswith("GMT")
        SCHEMA.validate(reply.text)

        alert = capparser.parse(stringXML=reply.text)
        assert alert.identifier[0] == item["identifier"]
        assert (alert.status[0], alert.msgType[0], alert.scope[0]) == ("Test", "Alert", "Public")
        infos = {it.language[0]: it for it in alert.info[0]}
        assert set(infos) == {"vi-VN", "en", "km-KH"}
        assert infos["vi-VN"].description[0] == "Nước dâng từ 7h30 & ngập <đường> thấp."
        assert (infos["en"].severity[0], infos["en"].urgency[0]) == ("Severe", "Immediate")
        areas = ET.fromstring(reply.text).findall(f".//{{{NAMESPACE}}}info[1]/{{{NAMESPACE}}}area")
        assert len(areas) == 2
        for area in areas:
            points = [tuple(map(float, it.split(","))) for it in area.findtext(f"{{{NAMESPACE}}}polygon", "").split()]
            assert len(points) >= 4
            assert points[0] == points[-1]
            assert all(8 < lat < 10 and 104 < lon < 106 for lat, lon in points)
        assert [it["number"] for it in out["messages"]] == [1]

    async def test_whole_province_stays_small(self, writer: Desk, second: Desk, public: Public) -> None:
        await in_force(writer, second, warning(everywhere=True, communes=[]))
        (item,) = await public.now()
        assert item["communes"] == []
        cap = await public.get(f"/feeds/alerts/{item['identifier']}.cap")
        SCHEMA.validate(cap.text)
        # Google's public alerts ask for 100 kB at most (peers.md).
        assert len(cap.content) < 100_000

    async def test_update_and_all_clear_refer_to_what_went_before(
        self, writer: Desk, second: Desk, public: Public
    ) -> None:
        out = await in_force(writer, second)
        changed = await writer.save(out, warning(level=4))
        assert [it["level"] for it in await public.now()] == [3]  # until it is let out
        out = await second.act("issue", changed)
        (item,) = await public.now()
        assert (item["level"], item["number"], item["state"]) == (4, 2, "in-force")
        end = warning(clears=True, vi={"headline": "Đã hết triều cường", "what": "Nước đã rút.", "steps": []})
        out = await second.act("issue", await writer.save(out, end))
        (item,) = await public.now()
        assert (item["number"], item["state"]) == (3, "cleared")
        reply = await public.get(f"/feeds/alerts/{item['identifier']}.cap")
        SCHEMA.validate(reply.text)
        alert = capparser.parse(stringXML=reply.text)
        assert alert.msgType[0] == "Cancel"
        earlier = [it.split(",")[1] for it in alert.references[0].split()]
        assert earlier == [f"{out['id']}-1", f"{out['id']}-2"]
        assert "<responseType>AllClear<" in reply.text
        # Whoever reads by a feed sees that it is over, in their language, whatever the line says that staff wrote.
        for lang, title, line in (
            ("vi", "Đã hết cảnh báo: triều cường, nước dâng", "Đã hết triều cường"),
            ("en", "All clear: high tide", "High tide"),
            ("km", "រួចផុតគ្រោះ៖ ទឹកជោរខ្លាំង", "ទឹកជោរ"),
        ):
            (entry,) = json_feed(await public.get(f"/feeds/alerts.json?lang={lang}"))["items"]
            assert (entry["title"], entry["content_text"].split("\n")[0]) == (title, line)
        read_out = (await public.get(f"/feeds/alerts/{item['identifier']}.txt?lang=km")).text
        assert "រួចផុតគ្រោះ៖ ទឹកជោរខ្លាំង" in read_out
        assert [it["id"] for it in (await public.get("/api/news/alerts/past")).json()["items"]][:1] == [out["id"]]
        assert out["acts"] == []

    async def test_ends_by_itself(self, writer: Desk, second: Desk, public: Public, database: Database) -> None:
        out = await in_force(writer, second)
        async with database.transaction() as session:
            await Alerts(session).expire(NOW + timedelta(hours=11))
        assert [it["id"] for it in await public.now()] == [out["id"]]
        async with database.transaction() as session:
            await Alerts(session).expire(NOW + timedelta(hours=13))
        assert await public.now() == []
        assert (await public.get(f"/api/news/alerts/{out['id']}")).json()["state"] == "expired"
        assert (await writer.browser.get(f"{DESK}/{out['id']}")).json()["steps"][0]["by"] is None

    async def test_an_all_clear_is_shown_for_a_day(
        self, writer: Desk, second: Desk, public: Public, database: Database
    ) -> None:
        out = await in_force(writer, second)
        await second.act("issue", await writer.save(out, warning(clears=True)))
        async with database.transaction() as session:
            await Alerts(session).expire(NOW + timedelta(hours=23))
        assert len(await public.now()) == 1
        async with database.transaction() as session:
            await Alerts(session).expire(NOW + timedelta(hours=30))
        assert await public.now() == []
        assert (await public.get(f"/api/news/alerts/{out['id']}")).json()["state"] == "cleared"


class TestFeeds:
    async def test_by_commune_and_topic(self, writer: Desk, second: Desk, public: Public) -> None:
        await in_force(writer, second, warning(communes=["32002"]))
        await in_force(writer, second, warning(kind="scam", level=2, everywhere=True))
        asked = {
            "": 2,
            "?commune=32002": 2,
            "?commune=32244": 1,
            "?topic=weather": 1,
            "?topic=safety&commune=32244": 1,
            "?topic=health": 0,
        }
        for query, found in asked.items():
            for name in ("cap", "atom"):
                feed = feedparser.parse((await public.get(f"/feeds/alerts.{name}{query}")).content)
                assert (feed.bozo, len(feed.entries), query) == (False, found, query)
            assert len((await public.get(f"/feeds/alerts.json{query}")).json()["items"]) == found

    async def test_the_cap_feed_holds_whole_messages(self, writer: Desk, second: Desk, public: Public) -> None:
        await in_force(writer, second)
        feed = ET.fromstring((await public.get("/feeds/alerts.cap")).text)
        (alert,) = feed.iter(f"{{{NAMESPACE}}}alert")
        SCHEMA.validate(alert)

    async def test_unchanged_is_not_sent_again(self, writer: Desk, second: Desk, public: Public) -> None:
        await in_force(writer, second)
        for path in ("/feeds/alerts.cap", "/feeds/alerts.atom", "/feeds/alerts.json", "/api/news/alerts/past"):
            first = await public.get(path)
            assert first.headers["cache-control"] == "public, max-age=15"
            same = await public.get(path, **{"If-None-Match": first.headers["etag"]})
            assert (same.status_code, same.content) == (304, b"")
        before = (await public.get("/feeds/alerts.cap")).headers["etag"]
        await in_force(writer, second)
        assert (await public.get("/feeds/alerts.cap", **{"If-None-Match": before})).status_code == 200

    @pytest.mark.parametrize(
        "name", ["x.cap", "alert.xml", "00000000-0000-7000-8000-000000000000-1.cap", "00-1.txt", "cap"]
    )
    async def test_no_such_message(self, name: str, public: Public) -> None:
        reply = await public.get(f"/feeds/alerts/{name}")
        assert (reply.status_code, reply.json()["type"]) == (404, "alert-not-found")


class TestRefusals:
    @pytest.mark.parametrize(
        ("said", "lack"),
        [
            ({"ends_at": (NOW - timedelta(hours=2)).isoformat()}, ("ends_at", "before-begin")),
            (
                {
                    "begins_at": (NOW - timedelta(hours=3)).isoformat(),
                    "ends_at": (NOW - timedelta(hours=2)).isoformat(),
                },
                ("ends_at", "over"),
            ),
            ({"ends_at": (NOW + timedelta(days=40)).isoformat()}, ("ends_at", "too-long")),
            ({"communes": []}, ("communes", "empty")),
            ({"vi": {"headline": "", "what": "x", "steps": ["y"]}}, ("vi.headline", "empty")),
        ],
    )
    async def test_what_is_not_right_is_named_and_the_text_kept(
        self, said: E, lack: tuple[str, str], writer: Desk, second: Desk
    ) -> None:
        draft = await writer.begin(warning(**said))
        refused = await second.try_to("issue", draft)
        assert (refused.status_code, refused.json()["type"]) == (422, "alert-incomplete")
        assert [(it["field"], it["why"]) for it in refused.json()["lacks"]] == [lack]
        assert draft["preview"]["lacks"] == refused.json()["lacks"]
        kept = (await writer.browser.get(f"{DESK}/{draft['id']}")).json()
        assert kept["draft"] == draft["draft"]

    @pytest.mark.parametrize("sent", [False, True])
    async def test_a_commune_that_is_no_more_is_named_and_offered_its_successor(
        self, sent: bool, writer: Desk, second: Desk, vanishing: Vanishing
    ) -> None:
        draft = await writer.begin(warning(communes=[vanishing.code]))
        if sent:
            draft = await writer.save(await second.act("issue", draft), warning(communes=[vanishing.code], level=5))
        await vanishing.gone()
        (lack,) = (await writer.browser.get(f"{DESK}/{draft['id']}")).json()["preview"]["lacks"]
        assert lack == {
            "field": "communes",
            "why": "gone",
            "gone": {"code": vanishing.code, "name": vanishing.name},
            "offers": [vanishing.successor],
        }
        assert (await second.try_to("issue", draft)).json()["lacks"] == [lack]

    async def test_an_area_that_is_no_more_is_offered_its_successor(self, writer: Desk) -> None:
        draft = await writer.begin(warning(communes=["Xã Hàm Rồng"]))
        (lack,) = draft["preview"]["lacks"]
        assert (lack["field"], lack["why"]) == ("communes", "gone")
        assert lack["offers"]
        known = (await writer.browser.get("/api/places/units?q=Hàm Rồng")).json()["items"]
        assert [it["code"] for it in lack["offers"]] == [it["code"] for it in known if it["matched"]]

    @pytest.mark.parametrize(
        "said",
        [
            {"level": 9},
            {"kind": "meteor"},
            {"unknown": 1},
            {"vi": {"headline": "x" * 121, "what": "", "steps": []}},
            {"vi": {"headline": "", "what": "x" * 601, "steps": []}},
            {"vi": {"headline": "", "what": "", "steps": ["x"] * 9}},
            {"vi": {"headline": "", "what": "", "steps": ["a\u202eb"]}},
            {"communes": ["1"] * 101},
            {"begins_at": "tomorrow"},
        ],
    )
    async def test_a_shape_that_cannot_be(self, said: E, writer: Desk) -> None:
        draft = await writer.begin()
        refused = await writer.try_to_save(draft, warning(**said))
        assert (refused.status_code, refused.json()["type"]) == (400, "input-refused")
        kept = (await writer.browser.get(f"{DESK}/{draft['id']}")).json()
        assert kept["version"] == draft["version"]
