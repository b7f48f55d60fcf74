"""From a draft to the phone: a second person lets it out, and nothing is to be read before."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from server.core.database import Database
from server.modules.news.reactions import turn_pages
from tests.modules.identity.conftest import StaffBrowser
from tests.modules.news.conftest import Editor, Publish, Refresh, Vanishing, content


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

    page = (await client.get("/api/news/articles?limit=100")).json()
    assert said["vi"]["title"] in [it["title"] for it in page["items"]]
    reply = await client.get(f"/api/news/articles/{out['id']}")
    assert reply.headers["cache-control"] == "public, max-age=0"
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


async def test_nobody_lets_what_was_withdrawn_out_again_alone(publish: Publish, staff_browser: Any) -> None:
    out = await publish()
    both = Editor(await staff_browser("news:read", "news:write", "news:review"))
    withdrawn = await both.act("withdraw", out, reason="Đăng nhầm")
    submitted = await both.act("submit", await both.act("correct", withdrawn, reason="Đăng lại"))
    assert "approve" not in submitted["acts"]
    assert (await both.try_to("approve", submitted)).json()["type"] == "own-work"
    other = Editor(await staff_browser("news:read", "news:review"))
    assert (await other.act("approve", submitted))["live"]


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
    assert (await reviewer.try_to("withdraw", out)).json()["type"] == "move-reason-needed"
    await reviewer.act("withdraw", out, reason="Đăng nhầm ngày")
    await refresh()
    reply = await client.get(f"/api/news/articles/{out['id']}", headers={"Accept-Language": "en"})
    assert reply.status_code == 410
    assert reply.json()["type"] == "article-withdrawn"
    assert reply.json()["reason"] == "Đăng nhầm ngày"
    assert out["id"] not in (await client.get("/api/news/articles?limit=100")).text


async def test_a_correction_keeps_what_is_out_until_it_is_let_out_too(
    publish: Publish, writer: Editor, reviewer: Editor, client: httpx.AsyncClient, refresh: Refresh
) -> None:
    out = await publish(content("Cúp nước ngày 1"))
    address = f"/api/news/articles/{out['id']}"
    assert (await writer.try_to("correct", out)).json()["type"] == "move-reason-needed"
    opened = await writer.act("correct", out, reason="Nhầm ngày")
    assert (opened["state"], opened["live"]) == ("draft", True)
    changed = (await writer.save(opened, content("Cúp nước ngày 2"))).json()
    await refresh()
    assert (await client.get(address)).json()["title"] == "Cúp nước ngày 1"
    again = await reviewer.act("approve", await writer.act("submit", changed))
    assert again["revision"] == 2
    await refresh()
    article = (await client.get(address)).json()
    assert (article["title"], article["correction"]) == ("Cúp nước ngày 2", "Nhầm ngày")
    assert article["published_at"] < article["corrected_at"]


async def test_a_correction_can_be_dropped(publish: Publish, writer: Editor) -> None:
    out = await publish(content("Như cũ"))
    opened = await writer.act("correct", out, reason="Thử")
    changed = (await writer.save(opened, content("Khác"))).json()
    back = await writer.act("drop-correction", changed)
    assert (back["state"], back["content"]["vi"]["title"], back["correction"]) == ("published", "Như cũ", None)


async def test_a_correction_that_nobody_looked_at_does_not_come_back_as_nobodys(
    publish: Publish, staff_browser: StaffBrowser
) -> None:
    out = await publish(content("Như đã duyệt"))
    both = Editor(await staff_browser("news:read", "news:write", "news:review"))
    opened = await both.act("correct", out, reason="Nhầm giờ")
    changed = (await both.save(opened, content("Chưa ai xem"))).json()
    withdrawn = await both.act("withdraw", changed, reason="Đăng nhầm")
    again = await both.act("correct", withdrawn, reason="Đăng lại")
    assert again["content"]["vi"]["title"] == "Như đã duyệt"


async def test_what_was_corrected_is_told_once_the_correction_is_out_and_not_before(
    publish: Publish, writer: Editor, reviewer: Editor, client: httpx.AsyncClient, refresh: Refresh
) -> None:
    opened = await writer.act("correct", await publish(), reason="Nhầm ngày")
    out = await reviewer.act("approve", await writer.act("submit", opened))

    async def correction() -> str:
        # Whatever else goes out meanwhile: everything is read anew.
        await publish()
        await refresh()
        told: str = (await client.get(f"/api/news/articles/{out['id']}")).json()["correction"]
        return told

    opened = await writer.act("correct", out, reason="Nhầm chỗ, chưa ai xem")
    assert await correction() == "Nhầm ngày"
    await writer.act("drop-correction", opened)
    assert await correction() == "Nhầm ngày"


async def test_its_time_is_over_while_it_is_corrected_too(
    publish: Publish,
    writer: Editor,
    reviewer: Editor,
    database: Database,
    client: httpx.AsyncClient,
    refresh: Refresh,
) -> None:
    now = datetime.now(UTC)
    out = await publish(content(expires_at=(now + timedelta(hours=1)).isoformat()))
    opened = await writer.act("correct", out, reason="Dời ngày")
    async with database.transaction() as session:
        await turn_pages(session, now + timedelta(hours=2))
    await refresh()
    address = f"/api/news/articles/{out['id']}"
    assert (await client.get(address)).json()["type"] == "article-expired"
    # What is being written stays open, and goes out with another end.
    changed = (await writer.save(opened, content(expires_at=(now + timedelta(days=1)).isoformat()))).json()
    assert (changed["state"], changed["live"]) == ("draft", False)
    await reviewer.act("approve", await writer.act("submit", changed))
    await refresh()
    assert (await client.get(address)).status_code == 200


async def test_nothing_goes_out_after_its_own_end(writer: Editor, reviewer: Editor) -> None:
    now = datetime.now(UTC)
    said = content(expires_at=(now + timedelta(hours=1)).isoformat())
    submitted = await writer.act("submit", await writer.begin(said))
    refused = await reviewer.try_to("approve", submitted, publish_at=(now + timedelta(hours=2)).isoformat())
    assert refused.json()["lacks"] == [{"field": "expires_at", "why": "past"}]


async def test_what_was_approved_for_later_goes_out_at_its_time_and_ends_at_its_end(
    writer: Editor, reviewer: Editor, database: Database, client: httpx.AsyncClient, refresh: Refresh
) -> None:
    now = datetime.now(UTC)
    said = content(expires_at=(now + timedelta(hours=2)).isoformat())
    submitted = await writer.act("submit", await writer.begin(said))
    waiting = await reviewer.act("approve", submitted, publish_at=(now + timedelta(hours=1)).isoformat())
    address = f"/api/news/articles/{waiting['id']}"

    async def clock(hours: float) -> int:
        async with database.transaction() as session:
            await turn_pages(session, now + timedelta(hours=hours))
        await refresh()
        return (await client.get(address)).status_code

    assert [await clock(hours) for hours in (0.5, 1.1, 1.9, 2.1)] == [404, 200, 200, 410]
    gone = await client.get(address)
    assert gone.json()["type"] == "article-expired"
    over = await reviewer.show(waiting)
    assert over["state"] == "expired"
    assert over["steps"][0]["reason"].startswith("Hết hạn đọc lúc ")


@pytest.mark.parametrize("where", ["communes", "sending"])
async def test_what_was_meant_for_a_commune_that_is_no_more_does_not_become_news_for_all(
    where: str,
    vanishing: Vanishing,
    writer: Editor,
    reviewer: Editor,
    database: Database,
    client: httpx.AsyncClient,
    refresh: Refresh,
) -> None:
    now = datetime.now(UTC)
    codes = [vanishing.code]
    to = {"channel": "feed", "communes": codes, "topics": [], "pace": None}
    said, other = content(**({"communes": codes} if where == "communes" else {"sending": to})), content()
    waiting, beside = [
        await reviewer.act(
            "approve",
            await writer.act("submit", await writer.begin(it)),
            publish_at=(now + timedelta(hours=1)).isoformat(),
        )
        for it in (said, other)
    ]
    await vanishing.gone()
    async with database.transaction() as session:
        await turn_pages(session, now + timedelta(hours=2))
    await refresh()
    assert (await client.get(f"/api/news/articles/{waiting['id']}")).status_code == 404
    assert (await client.get(f"/api/news/articles/{beside['id']}")).status_code == 200
    back = await writer.show(waiting)
    assert (back["state"], back["publish_at"], back["acts"]) == ("draft", None, ["submit"])
    step = back["steps"][0]
    assert (step["act"], step["by"]) == ("return", None)
    assert vanishing.name in step["reason"]
    assert back["gone"][0]["successors"] == [vanishing.successor]


async def test_a_scheduled_one_can_be_taken_back(writer: Editor, reviewer: Editor) -> None:
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    waiting = await reviewer.act("approve", await writer.act("submit", await writer.begin()), publish_at=later)
    back = await writer.act("take-back", waiting)
    assert (back["state"], back["publish_at"]) == ("draft", None)


MOVES = [
    ("approve", "article-cannot-move"),
    ("withdraw", "article-cannot-move"),
    ("publish", "article-cannot-move"),
    ("correct", "article-cannot-move"),
    ("drop-correction", "article-cannot-move"),
]


@pytest.mark.parametrize(("act", "problem"), MOVES)
async def test_a_draft_makes_no_other_step(act: str, problem: str, writer: Editor) -> None:
    assert (await writer.try_to(act, await writer.begin(), reason="vì")).json()["type"] == problem


async def test_whoever_only_writes_lets_nothing_out_and_whoever_only_reviews_writes_nothing(
    writer: Editor, reviewer: Editor, staff_browser: Any
) -> None:
    other = Editor(await staff_browser("news:read", "news:write"))
    submitted = await writer.act("submit", await writer.begin())
    assert (await other.try_to("approve", submitted)).json()["type"] == "not-allowed"
    assert (await reviewer.save(submitted, content())).json()["type"] == "not-allowed"
    # What is being looked at does not change under the eyes of whoever looks.
    assert (await writer.save(submitted, content())).json()["type"] == "article-not-open"
