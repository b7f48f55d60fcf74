"""What every request passes: the headers of every answer, and who may send what from where."""

import httpx
import msgspec
import pytest

from server.core.settings import Settings
from server.core.web import Frame
from tests.core.conftest import StartNotes

ANSWERS = [
    ("GET", "/", 200),
    ("GET", "/procedures/1.000001", 200),
    ("GET", "/nothing.png", 404),
    ("GET", "/api/notes", 200),
    ("GET", "/api/nothing", 404),
    ("GET", "/api/notes/own", 401),
    ("PUT", "/api/notes", 405),
    ("POST", "/api/notes", 400),
    ("GET", "/api/%00", 400),
    ("GET", "/health/live", 200),
    ("DELETE", "/health/live", 405),
]


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
async def test_every_answer_has_the_headers(notes: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    reply = await notes.request(method, path)
    assert reply.status_code == status
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["x-frame-options"] == "DENY"
    assert reply.headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert reply.headers["cross-origin-opener-policy"] == "same-origin"
    assert reply.headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=(self)" in reply.headers["permissions-policy"]
    assert reply.headers["content-security-policy"].startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]
    assert "unsafe" not in reply.headers["content-security-policy"]
    assert "access-control-allow-origin" not in reply.headers
    for name in ("content-security-policy", "x-request-id", "cache-control", "content-type"):
        assert len(reply.headers.get_list(name)) == 1, name


async def test_every_request_has_its_own_id(notes: httpx.AsyncClient) -> None:
    ids = {(await notes.get("/health/live")).headers["x-request-id"] for _ in range(10)}
    assert len(ids) == 10
    refusal = await notes.get("/api/nothing")
    assert refusal.json()["request_id"] == refusal.headers["x-request-id"]


async def test_a_page_may_load_its_own_scripts_and_no_others(notes: httpx.AsyncClient) -> None:
    policy = (await notes.get("/")).headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "sandbox" in (await notes.get("/api/notes")).headers["content-security-policy"]


async def test_pictures_come_from_us_and_from_the_one_site_whose_map_tiles_are_chosen(
    notes: httpx.AsyncClient, notes_settings: Settings, start_notes: StartNotes
) -> None:
    ours = "img-src 'self' blob: data:"
    policy = (await notes.get("/")).headers["content-security-policy"]
    assert f"; {ours}; " in policy
    tiles = {"map_tiles": "https://tiles.example.org:8443/osm/{z}/{x}/{y}.png?key=k", "map_tiles_attribution": "© OSM"}
    async with start_notes(msgspec.structs.replace(notes_settings, **tiles)) as client:
        wider = (await client.get("/")).headers
        assert wider["content-security-policy"] == policy.replace(ours, f"{ours} https://tiles.example.org:8443")
        # A picture of another site must not need that site's leave.
        assert "cross-origin-embedder-policy" not in wider
        assert (await client.get("/api/notes")).headers["content-security-policy"].startswith("default-src 'none'; f")
    async with start_notes(
        msgspec.structs.replace(notes_settings, **tiles | {"map_tiles": "/t/{z}/{x}/{y}"})
    ) as client:
        assert (await client.get("/")).headers["content-security-policy"] == policy


async def test_what_is_not_said_to_be_public_is_kept_by_nobody(notes: httpx.AsyncClient) -> None:
    assert (await notes.get("/health/live")).headers["cache-control"] == "no-store"
    assert (await notes.post("/api/notes", json={"text": "milk"})).headers["cache-control"] == "no-store"
    assert (await notes.get("/api/notes")).headers["cache-control"].startswith("public")


async def test_over_https_the_browser_is_told_to_stay_there(
    notes: httpx.AsyncClient, notes_settings: Settings, start_notes: StartNotes
) -> None:
    assert "strict-transport-security" not in (await notes.get("/health/live")).headers
    async with start_notes(msgspec.structs.replace(notes_settings, base_url="https://app.example.org")) as client:
        header = (await client.get("/health/live")).headers["strict-transport-security"]
    assert int(header.split("=")[1].split(";")[0]) >= 31536000


OWN = "http://localhost:8000"
ORIGINS = [
    ("our own page", {"Origin": OWN, "Sec-Fetch-Site": "same-origin"}, True),
    ("our own page in an old browser", {"Origin": OWN}, True),
    ("no page at all", {}, True),
    ("no page, typed by hand", {"Sec-Fetch-Site": "none"}, True),
    ("a page that hides its origin", {"Origin": "null"}, False),
    ("another site", {"Origin": "https://other.example.org", "Sec-Fetch-Site": "cross-site"}, False),
    ("a sister of ours", {"Origin": "http://forms.localhost:8000", "Sec-Fetch-Site": "same-site"}, False),
    ("a name that begins like ours", {"Origin": "http://localhost:8000.example.org"}, False),
    ("our name over another scheme", {"Origin": "https://localhost:8000"}, False),
    ("our name at another port", {"Origin": "http://localhost:9000"}, False),
    ("another site that sends no origin", {"Sec-Fetch-Site": "cross-site"}, False),
    ("a sister that sends no origin", {"Sec-Fetch-Site": "same-site"}, False),
    ("somebody with a cookie and no sign of where from", {"Cookie": "session=1"}, False),
]


class TestWhereARequestComesFrom:
    @pytest.mark.parametrize(("who", "headers", "may"), ORIGINS, ids=[row[0] for row in ORIGINS])
    async def test_decides_about_changes(
        self, notes: httpx.AsyncClient, who: str, headers: dict[str, str], may: bool
    ) -> None:
        reply = await notes.post("/api/notes", json={"text": "milk"}, headers=headers)
        if may:
            assert reply.status_code == 201
        else:
            assert (reply.status_code, reply.json()["type"]) == (403, "foreign-origin")

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
    async def test_is_asked_for_every_method_that_could_change(self, notes: httpx.AsyncClient, method: str) -> None:
        reply = await notes.request(method, "/api/notes", headers={"Origin": "https://other.example.org"})
        assert reply.status_code == 403

    async def test_does_not_matter_for_reading(self, notes: httpx.AsyncClient) -> None:
        headers = {"Origin": "https://other.example.org", "Sec-Fetch-Site": "cross-site"}
        assert (await notes.get("/api/notes", headers=headers)).status_code == 200

    async def test_does_not_open_the_answer_to_other_sites(self, notes: httpx.AsyncClient) -> None:
        asked = {"Origin": "https://other.example.org", "Access-Control-Request-Method": "POST"}
        reply = await notes.options("/api/notes", headers=asked)
        assert not [name for name in reply.headers if name.startswith("access-control-")]


class TestTheNameOfTheSite:
    """Outside a demonstration another name that points here gets nothing."""

    @pytest.mark.parametrize(
        ("host", "path", "status"),
        [
            ("app.example.org", "/api/notes", 200),
            ("app.example.org", "/", 200),
            ("evil.example", "/api/notes", 421),
            ("evil.example", "/", 421),
            ("app.example.org:8000", "/api/notes", 421),
            ("app.example.org.evil.example", "/api/notes", 421),
            ("127.0.0.1:8000", "/health/live", 200),
            ("", "/api/notes", 421),
        ],
    )
    async def test_is_ours(
        self, notes: httpx.AsyncClient, notes_settings: Settings, host: str, path: str, status: int
    ) -> None:
        real = msgspec.structs.replace(notes_settings, demo=False, base_url="https://app.example.org")
        transport = httpx.ASGITransport(app=Frame(notes.app, real))  # type: ignore[attr-defined]
        async with httpx.AsyncClient(transport=transport, base_url=real.origin) as client:
            reply = await client.get(path, headers={"Host": host})
        assert reply.status_code == status
        assert status == 200 or reply.json()["type"] == "wrong-host"

    async def test_does_not_matter_in_a_demonstration(self, notes: httpx.AsyncClient) -> None:
        assert (await notes.get("/api/notes", headers={"Host": "laptop.local:8000"})).status_code == 200


class TestEmptyFieldsOfAForm:
    """Through the real catalogue: a form sends `q=…&field=&level=`."""

    @pytest.mark.parametrize("query", ["q=&field=&level=&limit=&cursor=", "level=", "field=&level=commune", "&&=&"])
    async def test_ask_for_nothing(self, client: httpx.AsyncClient, query: str) -> None:
        assert (await client.get(f"/api/catalogue/procedures?{query}")).status_code == 200

    async def test_leave_the_others_as_they_are(self, client: httpx.AsyncClient) -> None:
        narrow = (await client.get("/api/catalogue/procedures?level=commune&limit=3")).json()
        assert (await client.get("/api/catalogue/procedures?field=&level=commune&audience=&limit=3")).json() == narrow

    async def test_a_field_that_ends_in_an_equals_sign_is_not_empty(self, client: httpx.AsyncClient) -> None:
        reply = await client.get("/api/catalogue/procedures?cursor=%3D=")
        assert reply.json()["type"] == "cursor-refused"
