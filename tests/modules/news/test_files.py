"""Pictures leave with nothing but what they show; what is no picture does not come in."""

import io
from typing import Any

import httpx
import pytest
from PIL import Image

from server.core.settings import Settings
from tests.modules.news.conftest import Editor, Publish, Refresh, content
from tests.modules.news.pictures import HTML, PDF, SVG, photo, png_of

DESK = "/api/news/desk/files"
OUT = "/api/news/files"


async def give(editor: Editor, body: bytes, media_type: str, title: str = "") -> httpx.Response:
    headers = {"Content-Type": media_type, "Accept-Language": "en"}
    return await editor.browser.post(DESK, params={"title": title}, content=body, headers=headers)


async def kept(editor: Editor, body: bytes, media_type: str) -> dict[str, Any]:
    reply = await give(editor, body, media_type)
    assert reply.status_code == 201, reply.text
    file: dict[str, Any] = reply.json()
    return file


async def test_a_photo_is_made_small_upright_and_tells_nothing_more(writer: Editor, settings: Settings) -> None:
    given = photo()
    file = await kept(writer, given, "image/jpeg")
    assert file["name"].endswith("-1200x2400.webp")
    assert file["size"] < 200_000
    for width in (None, 480, 960):
        reply = await writer.browser.get(f"{DESK}/{f'{width}/' if width else ''}{file['name']}")
        assert (reply.status_code, reply.headers["content-type"]) == (200, "image/webp")
        with Image.open(io.BytesIO(reply.content)) as picture:
            assert picture.size == (width or 1200, 2 * (width or 1200))
            assert dict(picture.getexif()) == {}
            assert set(picture.info) <= {"loop", "background", "timestamp", "duration"}
        assert b"MAKER-CANARY" not in reply.content
    assert (await writer.browser.get(f"{DESK}/700/{file['name']}")).status_code == 404
    assert (await kept(writer, given, "image/jpeg"))["name"] == file["name"]


@pytest.mark.parametrize(
    ("body", "media_type", "problem"),
    [
        (png_of(60_000, 60_000), "image/png", "picture-too-large"),
        (png_of(20_000, 10), "image/png", "picture-too-large"),
        (SVG, "image/svg+xml", "file-type-refused"),
        (SVG, "image/png", "file-type-refused"),
        (HTML, "image/jpeg", "file-type-refused"),
        (PDF, "image/jpeg", "file-type-refused"),
        (photo(20, 20), "application/pdf", "file-type-refused"),
        (HTML, "application/pdf", "file-type-refused"),
        (b"", "image/png", "file-type-refused"),
        (photo()[:1000], "image/jpeg", "file-type-refused"),
        (b"%PDF-1.7 and then nothing", "application/pdf", "file-type-refused"),
    ],
    ids=[
        "60000x60000",
        "a line",
        "svg",
        "svg as png",
        "html",
        "pdf as jpeg",
        "jpeg as pdf",
        "html as pdf",
        "0",
        "cut",
        "no end",
    ],
)
async def test_what_is_no_picture_is_refused(body: bytes, media_type: str, problem: str, writer: Editor) -> None:
    reply = await give(writer, body, media_type)
    assert (reply.status_code, reply.json()["type"]) == (422, problem)


async def test_what_is_too_heavy_is_refused(writer: Editor) -> None:
    assert (await give(writer, bytes(20 * 2**20 + 1), "image/png")).status_code == 413


async def test_files_of_a_draft_are_the_desks_alone_until_it_is_out(
    writer: Editor, publish: Publish, client: httpx.AsyncClient, refresh: Refresh
) -> None:
    picture, document = await kept(writer, photo(600, 300), "image/jpeg"), await kept(writer, PDF, "application/pdf")
    said = content(attachments=[{"file": document["name"], "title": "Công văn"}])
    said["vi"]["body"] += f"\n\n![Cầu qua sông]({picture['name']})"
    draft = await writer.begin(said)
    await refresh()
    for name in (picture["name"], document["name"]):
        assert (await client.get(f"{OUT}/{name}")).status_code == 404
        assert (await client.get(f"{DESK}/{name}")).status_code == 401
    await writer.act("submit", draft)
    out = await publish(said)
    await refresh()

    reply = await client.get(f"{OUT}/{picture['name']}")
    assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in reply.headers["content-security-policy"]
    assert (await client.get(f"{OUT}/{document['name']}")).headers["content-disposition"] == "attachment"
    article = (await client.get(f"/api/news/articles/{out['id']}")).json()
    assert {"tag": "img", "text": "Cầu qua sông", "href": picture["name"]} in article["pieces"]
    assert article["documents"][0]["title"] == "Công văn"
    assert (await client.get(f"{OUT}/..%2F..%2Fsecret_key")).status_code == 404
