"""At the desk: who changed what, two at once, what a phone would show, and what is not yet right."""

import time
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import text

from server.core.database import Database
from server.modules.news.rules.differences import changes_between
from tests.modules.identity.conftest import StaffBrowser
from tests.modules.news.conftest import Editor, Vanishing, content


async def test_two_at_once_never_overwrite_each_other(writer: Editor, staff_browser: StaffBrowser) -> None:
    other = Editor(await staff_browser("news:read", "news:write"))
    draft = await writer.begin()
    mine = await writer.save(draft, content("Của tôi"))
    theirs = await other.save(draft, content("Của họ"))
    assert (theirs.status_code, theirs.json()["type"]) == (412, "changed-meanwhile")
    assert (await other.show(draft))["content"]["vi"]["title"] == "Của tôi"
    assert (await other.save(mine.json(), content("Của họ"))).is_success


async def test_they_see_each_other(writer: Editor, staff_browser: StaffBrowser) -> None:
    other = Editor(await staff_browser("news:read", "news:write"))
    draft = await writer.begin()
    address = f"/api/news/desk/{draft['id']}/presence"
    assert (await writer.browser.put(address, json={"typing": True})).json()["others"] == []
    seen = (await other.browser.put(address, json={"typing": False})).json()
    assert [(it["name"], it["writing"]) for it in seen["others"]] == [("Cán bộ Thử", True)]
    assert seen["version"] == draft["version"]


async def test_versions_say_who_changed_what(writer: Editor, staff_browser: StaffBrowser) -> None:
    draft = await writer.begin(content("Cúp nước ngày mai"))
    again = (await writer.save(draft, content("Cúp nước ngày kia"))).json()
    other = Editor(await staff_browser("news:read", "news:write"))
    said = content("Cúp nước ngày kia")
    said["vi"]["body"] = said["vi"]["body"].replace("ấp Hai", "ấp Ba")
    last = (await other.save(again, said)).json()

    versions = (await writer.browser.get(f"/api/news/desk/{draft['id']}/versions")).json()["items"]
    # The two saves of one person within ten minutes are one.
    assert [(it["number"], it["by"]) for it in versions] == [
        (last["version"], "Cán bộ Thử"),
        (again["version"], "Cán bộ Thử"),
    ]
    assert versions[0]["fields"] == ["vi.body"]
    shown = (await writer.browser.get(f"/api/news/desk/{draft['id']}/versions/{last['version']}")).json()
    [change] = shown["changes"]
    assert [(it["how"], it["text"]) for it in change["parts"] if it["how"] != "same"] == [
        ("removed", "Hai"),
        ("added", "Ba"),
    ]
    assert (await writer.browser.get(f"/api/news/desk/{draft['id']}/versions/9999")).status_code == 404


async def test_the_list_of_versions_says_what_changed_and_reads_no_texts(
    writer: Editor, staff_browser: StaffBrowser, database: Database
) -> None:
    draft = await writer.begin(content("Mưa lớn"))
    other = Editor(await staff_browser("news:read", "news:write"))
    said = content("Mưa rất lớn", en={"title": "Heavy rain", "summary": "", "body": "Rain."}, topics=["weather"])
    saved = (await other.save(draft, said)).json()
    # In the same sitting: what was taken back has not changed.
    last = (await other.save(saved, content("Mưa lớn", topics=["weather"], source="Đài Mẫu"))).json()

    async def listed() -> list[list[str]]:
        reply = await writer.browser.get(f"/api/news/desk/{draft['id']}/versions")
        return [it["fields"] for it in reply.json()["items"]]

    assert last["version"] == draft["version"] + 2
    newest, first = before = await listed()
    assert newest == ["topics", "source"]
    assert {"vi.title", "vi.body", "category"} <= set(first)
    mine = {"article": draft["id"]}
    async with database.transaction() as session:
        # What an older version of the program has written is filled in alike.
        await session.execute(text("UPDATE news_version SET fields = '[]' WHERE article_id = :article"), mine)
        await session.execute(text(import_module("server.migrations.0052_version_fields")._FILL))
    assert [set(fields) for fields in await listed()] == [set(fields) for fields in before]
    async with database.transaction() as session:
        await session.execute(text("UPDATE news_version SET content = '{}' WHERE article_id = :article"), mine)
    assert [set(fields) for fields in await listed()] == [set(fields) for fields in before]


async def test_a_preview_is_what_will_be_read(writer: Editor) -> None:
    said = content("Xem trước", km={"title": "មើលជាមុន", "summary": "", "body": "# អត្ថបទ"})
    reply = await writer.browser.post("/api/news/desk/preview?lang=km", json=said)
    assert reply.json()["title"] == "មើលជាមុន"
    assert [it["tag"] for it in reply.json()["pieces"]] == ["h2", "", "/"]
    assert reply.json()["langs"] == ["vi", "km"]


LATER = (datetime.now(UTC) + timedelta(days=1)).isoformat()
LATEST = (datetime.now(UTC) + timedelta(days=2)).isoformat()
EARLIER = (datetime.now(UTC) - timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("more", "lack"),
    [
        ({"vi": {"title": " ", "body": "Có"}}, ("vi.title", "missing")),
        ({"en": {"title": "Only a title"}}, ("en.body", "missing")),
        ({"source": ""}, ("source", "missing")),
        ({"starts_at": LATEST, "ends_at": LATER}, ("ends_at", "before-start")),
        ({"expires_at": EARLIER}, ("expires_at", "past")),
        ({"communes": ["99999"]}, ("communes", "gone")),
        ({"topics": ["nothing"]}, ("topics", "gone")),
        ({"procedures": ["9.999999"]}, ("procedures", "gone")),
        ({"cover": {"file": "0" * 32 + "-1x1.webp", "alt": ""}}, ("cover", "no-alt")),
        ({"cover": {"file": "0" * 32 + "-1x1.webp", "alt": "Cầu"}}, ("cover", "no-picture")),
        ({"attachments": [{"file": "0" * 32 + ".pdf", "title": "Công văn"}]}, ("attachments", "no-file")),
        (
            {"vi": {"title": "Ảnh", "body": f"![]({'0' * 32}-1x1.webp)"}},
            ("vi.body", "no-alt"),
        ),
    ],
)
async def test_what_is_not_right_is_said_where_it_is_and_the_text_is_kept(
    more: dict[str, Any], lack: tuple[str, str], writer: Editor
) -> None:
    draft = await writer.begin(content(**more))
    reply = await writer.try_to("submit", draft)
    assert (reply.status_code, reply.json()["type"]) == (422, "article-incomplete")
    assert lack in [(it["field"], it["why"]) for it in reply.json()["lacks"]]
    kept = await writer.show(draft)
    assert kept["state"] == "draft"
    assert kept["content"] == draft["content"]


async def test_a_time_that_has_passed_lets_nothing_out(writer: Editor, reviewer: Editor) -> None:
    submitted = await writer.act("submit", await writer.begin())
    for moment in (EARLIER, (datetime.now(UTC) + timedelta(days=400)).isoformat()):
        assert (await reviewer.try_to("approve", submitted, publish_at=moment)).json()["type"] == "publish-at-refused"
    assert (await reviewer.act("approve", submitted, publish_at=LATER))["state"] == "scheduled"


async def test_a_commune_that_is_no_more_offers_its_successor(writer: Editor, vanishing: Vanishing) -> None:
    draft = await writer.begin(content(communes=[vanishing.code]))
    await vanishing.gone()
    shown = await writer.show(draft)
    assert {"field": "communes", "why": "gone"} in shown["lacks"]
    assert shown["gone"] == [
        {"code": vanishing.code, "name": vanishing.name, "successors": [vanishing.successor]},
    ]


@pytest.mark.parametrize(
    "body",
    ["![][cầu]\n\n[cầu]: {name}", '![]({name} "Cầu")', "![]({name})\n\n![Cầu mới]({name})", "![]( <{name}> )"],
)
async def test_no_way_of_writing_a_picture_goes_without_words(body: str, writer: Editor) -> None:
    said = content()
    said["vi"]["body"] = body.format(name=f"{'0' * 32}-800x600.webp")
    shown = await writer.begin(said)
    assert [it["why"] for it in shown["lacks"]] == ["no-alt", "no-picture"]


def test_a_text_of_very_many_equal_lines_is_compared_at_once() -> None:
    before = {"vi": {"body": "x\n" * 9_999}}
    began = time.process_time()
    (change,) = changes_between(before, {"vi": {"body": "x\n" * 9_998 + "y"}})
    assert "".join(it.text for it in change.parts if it.how != "removed").endswith("x\ny")
    assert time.process_time() - began < 2


async def test_what_was_kept_as_a_template_begins_another(writer: Editor) -> None:
    said = content("Mẫu cúp điện")
    address = "/api/news/desk/templates"
    assert (await writer.browser.put(address, json={"name": "Cúp điện", "content": said})).status_code == 204
    items = (await writer.browser.get(address)).json()["items"]
    assert next(it for it in items if it["name"] == "Cúp điện")["content"]["vi"]["title"] == "Mẫu cúp điện"
    await writer.browser.delete(address, params={"name": "Cúp điện"})
    assert "Mẫu cúp điện" not in (await writer.browser.get(address)).text


async def test_controls_of_writing_direction_are_refused_and_lines_are_not(writer: Editor) -> None:
    said = content()
    said["vi"]["body"] = "một\r\nhai\n  - ba"
    assert (await writer.begin(said))["content"]["vi"]["body"] == "một\nhai\n  - ba"
    said["vi"]["body"] = "một\u202ehai"
    assert (await writer.browser.post("/api/news/desk", json=said)).status_code == 400
