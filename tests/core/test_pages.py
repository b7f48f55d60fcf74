"""The built PWA: its files by name, its shell for every screen, and nothing else of the disk."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest

from server.core.settings import Settings
from tests.core.conftest import StartNotes

SHELL = b"<!doctype html><title>App</title>" + b" " * 500
CONSOLE = b"<!doctype html><title>Console</title>" + b" " * 500
SCRIPT = b"export const answer = 42 // " + b"x" * 500


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the build leaves: every file beside its packed twins."""
    folder = tmp_path_factory.mktemp("dist")
    files = {"index.html": SHELL, "staff.html": CONSOLE, "assets/app-1a2b3c.js": SCRIPT}
    files |= {"icon.png": b"\x89PNG", "manifest.webmanifest": b"{}"}
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        if path.suffix in (".html", ".js"):
            Path(f"{path}.gz").write_bytes(gzip.compress(content))
            Path(f"{path}.br").write_bytes(b"br:" + content)
    (folder / "assets" / "app-1a2b3c.js.map").write_text("{}")
    (folder / ".vite").mkdir()
    (folder / ".vite" / "manifest.json").write_text("{}")
    (folder.parent / "secret_key").write_text("not for the public")
    return folder


@pytest.fixture(scope="module")
async def pages(built: Path, notes_settings: Settings, start_notes: StartNotes) -> AsyncIterator[httpx.AsyncClient]:
    async with start_notes(msgspec.structs.replace(notes_settings, pwa=built)) as client:
        yield client


async def raw(pages: httpx.AsyncClient, path: str, accept: str) -> tuple[str, bytes]:
    async with pages.stream("GET", path, headers={"Accept-Encoding": accept}) as reply:
        return reply.headers.get("content-encoding", ""), b"".join([chunk async for chunk in reply.aiter_raw()])


class TestAScreen:
    @pytest.mark.parametrize(
        "path",
        [
            *(
                "/",
                "/index.html",
                "/settings",
                "/places/32248",
                "/procedures/1.000001",
                "/dossiers/H12.9-20261101-0001",
                "/procedures",
                "/a/b/c/",
                "//",
            ),
            *("/staffing", "/a/staff", "//staff"),
        ],
    )
    async def test_is_the_shell_and_is_asked_for_again_each_time(self, pages: httpx.AsyncClient, path: str) -> None:
        reply = await pages.get(path)
        assert (reply.status_code, reply.content) == (200, SHELL)
        assert reply.headers["content-type"].startswith("text/html")
        assert reply.headers["cache-control"] == "no-cache"

    @pytest.mark.parametrize("path", ["/staff", "/staff/", "/staff/people/0192", "/staff.html"])
    async def test_of_staff_has_a_shell_of_its_own(self, pages: httpx.AsyncClient, path: str) -> None:
        reply, residents = await pages.get(path), await pages.get("/")
        assert (reply.status_code, reply.content) == (200, CONSOLE)
        for name in ("content-security-policy", "cache-control", "content-type", "vary"):
            assert reply.headers[name] == residents.headers[name]
        head = await pages.head(path, headers={"Accept-Encoding": "identity"})
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(CONSOLE))
        assert await raw(pages, path, "br") == ("br", b"br:" + CONSOLE)

    @pytest.mark.parametrize(
        "path", ["/nothing.js", "/staff/nothing.js", "/assets/app-0.js", "/favicon.ico", "/places/photo.png", "/.env"]
    )
    async def test_is_not_what_a_missing_file_is(self, pages: httpx.AsyncClient, path: str) -> None:
        reply = await pages.get(path)
        assert (reply.status_code, reply.json()["type"]) == (404, "not-found")
        assert reply.headers["cache-control"] == "no-store"

    @pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing", "/health", "/health/nothing"])
    async def test_is_not_what_a_missing_route_is(self, pages: httpx.AsyncClient, path: str) -> None:
        reply = await pages.get(path)
        assert (reply.status_code, reply.json()["type"]) == (404, "not-found")


class TestAFile:
    async def test_with_a_hash_in_its_name_is_kept_for_ever(self, pages: httpx.AsyncClient) -> None:
        reply = await pages.get("/assets/app-1a2b3c.js")
        assert (reply.status_code, reply.content) == (200, SCRIPT)
        assert reply.headers["content-type"].startswith("text/javascript")
        assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"

    @pytest.mark.parametrize(
        ("path", "kind"),
        [("/icon.png", "image/png"), ("/manifest.webmanifest", "application/manifest+json"), ("/", "text/html")],
    )
    async def test_says_what_it_is(self, pages: httpx.AsyncClient, path: str, kind: str) -> None:
        assert (await pages.get(path)).headers["content-type"].startswith(kind)

    async def test_comes_packed_as_the_browser_likes_it(self, pages: httpx.AsyncClient) -> None:
        script = "/assets/app-1a2b3c.js"
        assert await raw(pages, script, "gzip, deflate, br, zstd") == ("br", b"br:" + SCRIPT)
        encoding, body = await raw(pages, script, "gzip, deflate")
        assert (encoding, gzip.decompress(body)) == ("gzip", SCRIPT)
        assert await raw(pages, script, "identity") == ("", SCRIPT)
        assert await raw(pages, script, "") == ("", SCRIPT)
        assert await raw(pages, "/icon.png", "br, gzip") == ("", b"\x89PNG")
        assert (await pages.get(script)).headers["vary"] == "Accept-Encoding"

    async def test_may_be_asked_about_without_being_sent(self, pages: httpx.AsyncClient) -> None:
        reply = await pages.head("/assets/app-1a2b3c.js", headers={"Accept-Encoding": "identity"})
        assert (reply.status_code, reply.content) == (200, b"")
        assert reply.headers["content-length"] == str(len(SCRIPT))
        assert (await pages.head("/settings")).status_code == 200
        assert (await pages.head("/nothing.js")).status_code == 404

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
    async def test_is_only_read(self, pages: httpx.AsyncClient, method: str) -> None:
        reply = await pages.request(method, "/icon.png")
        assert (reply.status_code, reply.json()["type"]) == (405, "method-refused")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret_key",
        "/..%2fsecret_key",
        "/%2e%2e/secret_key",
        "/%2e%2e%2fsecret_key",
        "/assets/../../secret_key",
        "/assets/..%5c..%5csecret_key",
        "//secret_key",
        "/./../secret_key",
        "/procedures/../../secret_key",
        "/procedures/%2e%2e%2f%2e%2e%2fsecret_key",
        "/assets/app-1a2b3c.js.map",
        "/assets/app-1a2b3c.js.br",
        "/.vite/manifest.json",
        "/index.html%00.js",
        "/file:///etc/passwd",
        "/etc/passwd",
        "/C:%5cwindows%5cwin.ini",
    ],
)
async def test_no_path_leads_out_of_the_folder(pages: httpx.AsyncClient, path: str) -> None:
    """As a browser would never send it, and an attacker does: past every tidying of the path."""
    url = httpx.URL(pages.base_url, raw_path=path.encode())
    assert urlsplit(path).query == ""
    reply = await pages.send(httpx.Request("GET", url))
    assert reply.status_code in (200, 400, 404)
    if reply.status_code == 200:
        assert reply.content == SHELL
    assert b"not for the public" not in reply.content
    assert b"root:" not in reply.content


async def test_before_the_first_build_it_says_what_is_missing(
    notes_settings: Settings, start_notes: StartNotes, tmp_path: Path
) -> None:
    async with start_notes(msgspec.structs.replace(notes_settings, pwa=tmp_path / "dist")) as client:
        reply = await client.get("/", headers={"Accept-Language": "en"})
        assert (reply.status_code, reply.json()["type"]) == (503, "pages-not-built")
        assert "make pwa" in reply.json()["detail"]
        assert (await client.get("/nothing.js")).status_code == 404
        assert (await client.get("/api/notes")).status_code == 200
