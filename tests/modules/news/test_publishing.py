"""From a draft to the phone: a second person lets it out, and nothing is to be read before."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.modules.news.conftest import Editor, Publish, Refresh, content

E = dict[str, Any]


async def test_one_writes_another_lets_it_out_and_everybody_reads_it(
    writer: Editor, reviewer: Editor, client: httpx.AsyncClient, refresh: Refresh
) -> None:
    said = content()
    draft = await writer.begin(said)
    assert (draft["state"], draft["live"], draft["acts"]) == ("draft", False, ["submit"])
    submitted = await writer.act("submit", draft)
    assert submitted["state"] == "review"
    out = await reviewer.act("approve", submitted)
    assert (out["state"], out["live"], out["revision"]) == ("published", True, 1)
    await refresh()

    page = (await client.get("/api/news/articles")).json()
    assert page["items"][0]["title"] == said["vi"]["title"]
    reply = await client.get(f"/api/news/articles/{out['id']}")
    assert reply.headers["cache-control"] == "public, max-age=60"
    article = reply.json()
    assert article["pieces"][:4] == [
        {"tag": "p", "text": "", "href": ""},
        {"tag": "", "text": "Cúp nước ", "href": ""},
        {"tag": "strong", "text": "", "href": ""},
        {"tag": "", "text": "từ 8 giờ", "href": ""},
    ]
    same = await client.get(f"/api/news/articles/{out['id']}", headers={"If-None-Match": reply.headers["etag"]})
    assert same.status_code == 304


async def test_nobody_lets_out_what_they_wrote(writer: Editor, staff_browser: Any) -> None:
    both = Editor(await staff_browser("news:read", "news:write", "news:review"))
    article = await both.act("submit", await both.begin())
    assert "approve" not in article["acts"]
    assert (await both.try_to("approve", article)).json()["type"] == "own-work"
    # Neither who has changed one word of what somebody else wrote.
    draft = await writer.begin()
    changed = (await both.save(draft, content("Sửa một chữ"))).json()
    submitted = await writer.act("submit", changed)
    assert (await both.try_to("approve", submitted)).json()["type"] == "own-work"


@pytest.mark.parametrize("state", ["draft", "review", "returned"])
async def test_what_is_not_out_cannot_be_read(
    state: str, writer: Editor, reviewer: Editor, client: httpx.AsyncClient, refresh: Refresh
) -> None:
    said = content(f"Bí mật {uuid4()}")
    article = await writer.begin(said)
    if state != "draft":
        article = await writer.act("submit", article)
    if state == "returned":
        article = await reviewer.act("return", article, reason="Chưa rõ nguồn")
    await refresh()
    assert (await client.get(f"/api/news/articles/{article['id']}")).json()["type"] == "article-not-found"
    assert said["vi"]["title"] not in (await client.get("/api/news/articles?limit=100")).text


async def test_a_withdrawn_one_says_so_and_why(
    publish: Publish, reviewer: Editor, client: httpx.AsyncClient, refresh: Refresh
) -> None:
    out = await publish()
    assert (await reviewer.try_to("withdraw", out)).json()["type"] == "reason-needed"
    await reviewer.act("withdraw", out, reason="Đăng nhầm ngày")
    await refresh()
    reply = await client.get(f"/api/news/articles/{out['id']}", headers={"Accept-Language": "en"})
    assert reply.status_code == 410
    assert reply.json()["type"] == "article-withdrawn"
    assert reply.json()["reason"] == "Đăng nhầm ngày"
    assert out["id"] not in (await client.get("/api/news/articles?limit=100")).text
