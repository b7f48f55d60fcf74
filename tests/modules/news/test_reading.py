"""What anybody reads: by place and topic, found without accents, as feeds, and never what is not out."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree as ET

import feedparser
import httpx
import pytest

from server.core.database import Database
from server.modules.news.rules.article_feeds import ArticleEntry, ArticleFeed, Enclosure, atom_of_articles
from server.modules.news.rules.cap import NAMESPACE
from server.modules.news.rules.feeds import Entry, Feed, atom_of
from server.modules.news.rules.markdown import html_of, pieces_of
from tests.architecture.test_routes import HANDLERS
from tests.modules.news.conftest import Editor, Publish, Refresh, content, json_feed

EVERYWHERE = ["/api/news/articles?limit=100", "/api/news/latest", "/feeds/news.atom", "/feeds/news.json"]


async def titles(client: httpx.AsyncClient, **query: str) -> list[str]:
    page = (await client.get("/api/news/articles", params={"limit": "100"} | query)).json()
    return [it["title"] for it in page["items"]]


@pytest.fixture
async def communes(database: Database) -> list[str]:
    from sqlalchemy import text

    async with database.reading() as connection:
        return list(await connection.scalars(text("SELECT code FROM places_unit ORDER BY random() LIMIT 2")))


async def test_by_place_topic_and_words_without_accents(
    publish: Publish, client: httpx.AsyncClient, refresh: Refresh, communes: list[str]
) -> None:
    mark = uuid4().hex[:8]
    here, elsewhere = communes
    await publish(content(f"Độ mặn ở đây {mark}", communes=[here], topics=["salinity"]))
    await publish(content(f"Cho cả tỉnh {mark}", topics=["health"]))
    await publish(content(f"Ở nơi khác {mark}", communes=[elsewhere]))
    await refresh()

    def of(found: list[str]) -> list[str]:
        return [it.removesuffix(f" {mark}") for it in found if it.endswith(mark)]

    assert of(await titles(client, commune=here)) == ["Cho cả tỉnh", "Độ mặn ở đây"]
    assert of(await titles(client, topic="salinity")) == ["Độ mặn ở đây"]
    assert of(await titles(client, q=f"do man {mark}")) == ["Độ mặn ở đây"]
    assert of(await titles(client, q="khong co gi nhu vay")) == []
    page = (await client.get("/api/news/articles", headers={"Accept-Language": "en"})).json()
    assert {"code": "salinity", "name": "Salinity and shrimp farming"} in page["topics"]


async def test_the_language_asked_for_or_vietnamese(
    publish: Publish, client: httpx.AsyncClient, refresh: Refresh
) -> None:
    out = await publish(content("Tiếng Việt", km={"title": "ខ្មែរ", "summary": "", "body": "អត្ថបទ"}))
    await refresh()

    async def read(language: str) -> tuple[str, str]:
        article = (await client.get(f"/api/news/articles/{out['id']}", headers={"Accept-Language": language})).json()
        return article["lang"], article["title"]

    assert await read("km") == ("km", "ខ្មែរ")
    assert await read("en") == ("vi", "Tiếng Việt")


async def test_feeds_are_what_feed_readers_expect(
    publish: Publish, client: httpx.AsyncClient, refresh: Refresh, communes: list[str]
) -> None:
    here, elsewhere = communes
    said = content(f"Feed {uuid4().hex[:8]}", communes=[here], topics=["health"])
    said["vi"]["body"] = "Xem [thủ tục](/procedures/1.001193) & **đọc kỹ** <script>alert(1)</script>"
    out = await publish(said)
    await refresh()
    page = f"http://localhost:8000/news/{out['id']}"

    reply = await client.get(f"/feeds/news.atom?commune={here}&topic=health&lang=vi")
    assert reply.headers["content-type"] == "application/atom+xml"
    atom = feedparser.parse(reply.content)
    assert not atom.bozo
    entry = next(it for it in atom.entries if it.id == page)
    assert (entry.title, entry.author, entry.tags[0].term) == (said["vi"]["title"], said["source"], "health")
    assert '<a href="http://localhost:8000/procedures/1.001193">' in entry.content[0].value
    assert "<script" not in entry.content[0].value
    assert (await client.get(reply.url, headers={"If-None-Match": reply.headers["etag"]})).status_code == 304

    feed = json_feed(await client.get(f"/feeds/news.json?commune={here}"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    item = next(it for it in feed["items"] if it["id"] == page)
    assert item["title"] == said["vi"]["title"]
    assert item["content_html"].startswith("<p>Xem ")
    assert page not in (await client.get(f"/feeds/news.atom?commune={elsewhere}")).text
    assert page not in (await client.get("/feeds/news.json?topic=school")).text


async def test_nothing_that_is_written_breaks_a_feed(
    publish: Publish, client: httpx.AsyncClient, refresh: Refresh
) -> None:
    said = content(f"Ký tự lạ {uuid4().hex[:8]}")
    said["vi"]["body"] = (
        "Một&#12;hai &#xFFFE;&#65535;&#1; ba ![a&#12;b](x) [c&#12;](https://a.example/&#12;)\n\n`d&#8;`"
    )
    await publish(said)
    await refresh()
    feed = await client.get("/feeds/news.atom")
    ET.fromstring(feed.content)  # raises where it is no XML
    assert said["vi"]["title"] in feed.text


@pytest.mark.parametrize("letter", ["\x0c", "\ufffe", "\uffff"])
async def test_what_nobody_types_is_refused(letter: str, writer: Editor) -> None:
    said = content()
    for field in ("title", "summary", "body"):
        written = said | {"vi": said["vi"] | {field: f"a{letter}b"}}
        assert (await writer.browser.post("/api/news/desk", json=written)).json()["type"] == "input-refused"


def test_what_was_let_out_before_breaks_no_feed_either() -> None:
    """What stands in the database may have been written when more was let in."""
    poison, now = "a\x0cb\ufffe", datetime.now(UTC)
    entry = ArticleEntry("p", "vi", poison, poison, poison, poison, now, now, [(poison, poison)], [])
    entry = entry._replace(enclosures=[Enclosure("u", "application/pdf", 1, poison)])
    root = ET.fromstring(atom_of_articles(ArticleFeed(poison, "u", "h", "vi", now, [entry])))
    assert len(list(root.iter())) > 10
    cap = f'<alert xmlns="{NAMESPACE}">{poison}</alert>'
    warned = Entry("i", "vi", poison, poison, "p", "u", now, now, poison, poison, cap)
    for whole in (True, False):
        ET.fromstring(atom_of(Feed(poison, poison, "u", "h", "vi", now, [warned]), whole=whole))


@pytest.mark.parametrize("state", ["draft", "review", "scheduled", "correction", "withdrawn"])
async def test_what_is_not_out_stands_nowhere(
    state: str, writer: Editor, reviewer: Editor, publish: Publish, client: httpx.AsyncClient, refresh: Refresh
) -> None:
    """Through every public route there is that needs no more than this article's id."""
    secret = f"Chưa công bố {uuid4().hex}"
    if state in ("correction", "withdrawn"):
        article = await publish(content(secret if state == "withdrawn" else "Đã công bố"))
        if state == "withdrawn":
            article = await reviewer.act("withdraw", article, reason="Nhầm")
        else:
            opened = await writer.act("correct", article, reason="Sửa")
            article = (await writer.save(opened, content(secret))).json()
    else:
        article = await writer.begin(content(secret))
        if state != "draft":
            article = await writer.act("submit", article)
        if state == "scheduled":
            article = await reviewer.act("approve", article, publish_at="2027-06-01T00:00:00Z")
    await refresh()
    public = [
        path.replace("{article_id:uuid}", article["id"]).replace("{name:str}", article["id"])
        for path, handler in HANDLERS
        if path.startswith(("/api/news/", "/feeds/"))
        and "GET" in handler.http_methods
        and not handler.guards[0].required
    ]
    assert len(public) >= 8
    for address in [*public, *EVERYWHERE, f"/api/news/articles?q={secret.split()[-1]}"]:
        for language in ("vi", "en", "km"):
            reply = await client.get(address, headers={"Accept-Language": language})
            assert secret not in reply.text, address
            assert secret.split()[-1] not in reply.text, address


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[x](//evil.example)", "<p>[x](//evil.example)</p>"),
        ("[x](data:text/html,1)", "<p>[x](data:text/html,1)</p>"),
        ("![x](https://evil.example/pixel.png)", "<p>x</p>"),
        ("![x](/api/identity/session)", "<p>x</p>"),
        ("[x](https://a.example 'on\" onclick=\"alert(1)')", '<p><a href="https://a.example">x</a></p>'),
        ("# Một\n## Hai", "<h2>Một</h2><h2>Hai</h2>"),
        ("a\nb", "<p>a<br>\nb</p>"),
    ],
)
def test_markdown_becomes_what_a_screen_can_draw_safely(written: str, read: str) -> None:
    assert html_of(pieces_of(written), "http://o", lambda name: name) == read


def test_pieces_end_what_they_begin() -> None:
    text = "1. a\n   - b\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n> q **b *i* ~~s~~**\n\n```\n<b>\n```\n---\n"
    depth = 0
    for piece in pieces_of(text):
        depth += {"": 0, "/": -1, "img": 0, "hr": 0, "br": 0}.get(piece.tag, 1)
        assert depth >= 0
    assert depth == 0


async def test_a_flood_of_readers_is_served_from_memory(
    publish: Publish, client: httpx.AsyncClient, refresh: Refresh
) -> None:
    out: dict[str, Any] = await publish()
    await refresh()
    address = f"/api/news/articles/{out['id']}"
    first, second = await client.get(address), await client.get(address)
    assert first.content == second.content
    # The second was ready: Litestar, and so the database, was not asked.
    app = client._transport.app._app  # type: ignore[attr-defined]
    assert any(key[0] == address for key in app._replies._kept)
