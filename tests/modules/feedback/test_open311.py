"""Other applications file and follow by Open311 GeoReport v2, in XML and in JSON, and learn of nobody who it was.

What is asked for here is in the specification (wiki.open311.org/GeoReport_v2): fields, formats, errors, volumes.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import httpx
import pytest

from server.core.database import Database
from server.core.settings import Settings
from server.modules.feedback.schemas.georeport import instant_of
from server.modules.identity.service.partners import Partners
from tests.modules.feedback.conftest import HERE, UNIT, Officer, Phone, done, photo
from tests.modules.feedback.test_public import release
from tests.modules.identity.conftest import age

V2 = "/open311/v2"
GOOD = {
    "service_code": "ha-tang-do-thi",
    "lat": str(HERE["lat"]),
    "long": str(HERE["lon"]),
    "description": "Nắp cống trước chợ bị vỡ.\nXe máy dễ sập.",
}


class App:
    """Another application, with its key."""

    def __init__(self, client: httpx.AsyncClient, key: str = "") -> None:
        self.client, self.key = client, key

    async def get(self, path: str, **asked: str) -> httpx.Response:
        mine = {"api_key": self.key} if self.key else {}
        return await self.client.get(f"{V2}{path}", params=asked | mine, headers={"Accept-Language": "en"})

    async def post(self, said: dict[str, str], path: str = "/requests.json", **headers: str) -> httpx.Response:
        form = said | ({"api_key": self.key} if self.key else {})
        return await self.client.post(f"{V2}{path}", data=form, headers={"Accept-Language": "en"} | headers)

    async def file(self, **more: str) -> str:
        reply = await self.post(GOOD | more)
        assert reply.status_code == 200, reply.text
        (made,) = reply.json()
        assert made["account_id"] is None
        return str(made["service_request_id"])

    async def read(self, code: str) -> dict[str, Any]:
        (shown,) = (await self.get(f"/requests/{code}.json")).json()
        request: dict[str, Any] = shown
        return request


NewApp = Callable[..., Awaitable[App]]


@pytest.fixture
def new_app(client: httpx.AsyncClient, database: Database, settings: Settings) -> NewApp:
    async def make(*permissions: str) -> App:
        async with database.transaction() as session:
            partner, secret = await Partners(session, settings).add(None, f"app {uuid4()}", frozenset(permissions))
            return App(client, f"{partner.id}.{secret}")

    return make


@pytest.fixture
async def app(new_app: NewApp) -> App:
    return await new_app("feedback:open311")


@pytest.fixture
def anybody(client: httpx.AsyncClient) -> App:
    return App(client)


def plain(element: ElementTree.Element) -> Any:
    """XML as JSON says it, by the Spark convention."""
    lists = ("services", "service_requests", "attributes", "values", "endpoints", "formats", "errors")
    if element.tag in lists:
        return [plain(inner) for inner in element]
    return {inner.tag: plain(inner) for inner in element} if len(element) else element.text


def said(value: Any) -> Any:
    """JSON with all its values as text, as XML has them."""
    if isinstance(value, dict):
        return {key: said(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [said(inner) for inner in value]
    return None if value in (None, "") else str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize(
    ("path", "root"),
    [
        ("/discovery", "discovery"),
        ("/services", "services"),
        ("/services/ha-tang-do-thi", "service_definition"),
        ("/services/nothing", "errors"),
        ("/requests", "service_requests"),
    ],
)
async def test_both_formats_say_the_same(app: App, path: str, root: str) -> None:
    await app.file()
    xml, json = await app.get(f"{path}.xml"), await app.get(f"{path}.json")
    assert xml.headers["content-type"] == "text/xml; charset=utf-8"
    assert json.headers["content-type"] == "application/json; charset=utf-8"
    assert xml.status_code == json.status_code
    assert xml.content.lower().startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    read = ElementTree.fromstring(xml.content)
    assert (read.tag, plain(read)) == (root, said(json.json()))
    # XML is what everybody must be able to give; JSON where it is asked for.
    assert (await app.get(path)).headers["content-type"].startswith("text/xml")


async def test_it_is_found_with_its_services_and_their_questions(anybody: App, settings: Settings) -> None:
    found = (await anybody.get("/discovery.json")).json()
    (endpoint,) = found["endpoints"]
    assert endpoint["url"] == f"{settings.origin}{V2}"
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["formats"] == ["text/xml", "application/json"]
    services = (await anybody.get("/services.json")).json()
    assert len(services) == 10
    assert {(it["metadata"], it["type"]) for it in services} == {(True, "realtime")}
    definition = (await anybody.get(f"/services/{services[0]['service_code']}.json")).json()
    assert [it["order"] for it in definition["attributes"]] == [1, 2, 3]
    assert {it["code"] for it in definition["attributes"] if not it["variable"]} == {"not-procedure", "not-complaint"}
    vietnamese = (await anybody.get("/services.json", lang="vi")).json()
    assert vietnamese[0]["service_name"] != services[0]["service_name"]


async def test_from_another_application_to_fixed(app: App, anybody: App, hub: Officer, new_app: NewApp) -> None:
    people = {
        "email": "be.nam@example.org",
        "phone": "+84912345678",
        "first_name": "Bé Năm",
        "last_name": "Nguyễn",
        "device_id": "tt222111",
        "account_id": "123456",
    }
    code = await app.file(**people, **{"attribute[urgent]": "true"})
    at_desk = await hub.find(code)
    assert (at_desk["text"], at_desk["urgent"]) == (GOOD["description"], True)
    assert (at_desk["reporter_kind"], at_desk["lat"]) == ("unknown", HERE["lat"])
    assert not any(value in str(at_desk) for value in people.values())

    # It follows its own at once; others see what staff let out, as they let it out.
    mine = await app.read(code)
    assert (mine["description"], mine["lat"], mine["long"]) == (GOOD["description"], HERE["lat"], HERE["lon"])
    for stranger in (anybody, await new_app("feedback:open311")):
        assert (await stranger.get(f"/requests/{code}.json")).status_code == 404
        assert (await stranger.get("/requests.json", service_request_id=code)).json() == []
    at_desk = await release(hub, at_desk)
    theirs = await anybody.read(code)
    assert theirs["description"] == "Cống vỡ trước chợ."
    assert (theirs["lat"], theirs["long"]) == (round(HERE["lat"], 3), round(HERE["lon"], 3))
    assert (theirs["status"], theirs["status_notes"]) == ("open", "Received")
    assert instant_of(theirs["requested_datetime"]) <= datetime.now(UTC)

    given = await hub.act("assign", at_desk, unit=UNIT)
    assert (await anybody.read(code))["agency_responsible"] == given["unit_name"]
    await hub.act("give-up", given, text="Gọi cho ông Tư, số 12")
    over = await anybody.read(code)
    assert (over["status"], over["status_notes"]) == ("closed", "Cannot be fixed for now")
    assert "ông Tư" not in str(over)


async def test_a_lost_answer_costs_nothing(app: App, anybody: App, database: Database) -> None:
    key = str(uuid4())
    assert (await anybody.get(f"/tokens/{key}.json")).status_code == 404
    first, again = [await app.post(GOOD, **{"Idempotency-Key": key}) for _ in range(2)]
    assert first.json() == again.json()
    code = first.json()[0]["service_request_id"]
    assert (await anybody.get(f"/tokens/{key}.json")).json() == [{"service_request_id": code, "token": key}]
    other = await app.post(GOOD | {"description": "Đèn không sáng"}, **{"Idempotency-Key": key})
    assert (other.status_code, other.json()[0]["type"]) == (400, "operation-used-for-another")
    # The same id leads photos to it, as from a phone.
    shown = await app.client.put(
        f"/api/feedback/reports/{key}/photos/1",
        content=photo(),
        headers={"Content-Type": "image/jpeg", "Origin": str(app.client.base_url).rstrip("/")},
    )
    assert shown.status_code == 200, shown.text


async def test_what_a_phone_has_sent_has_no_token(stranger: Phone, anybody: App) -> None:
    sent = await stranger.send()
    assert (await anybody.get(f"/tokens/{sent['operation']}.json")).status_code == 404


async def test_only_a_key_that_may_opens(app: App, new_app: NewApp, hub: Officer) -> None:
    good, _, secret = app.key.partition(".")
    for key in ("", "nothing", f"{good}.", f"{good}.{secret}x", f"{uuid4()}.{secret}", (await new_app("other")).key):
        reply = await App(app.client, key).post(GOOD)
        assert reply.status_code == 403, key
        assert reply.json()[0]["code"] == 403
    # Nobody's cookie counts, so that no page can misuse one.
    reply = await hub.browser.post(f"{V2}/requests.json", data=GOOD)
    assert reply.status_code == 403
    # A page of another site that has a key of its own may file, and may read the answer.
    there = await app.post(GOOD, Origin="https://other.example")
    assert (there.status_code, there.headers["access-control-allow-origin"]) == (200, "*")


@pytest.mark.parametrize(
    ("wrong", "status", "kind"),
    [
        ({"service_code": ""}, 400, "service-missing"),
        ({"service_code": "nothing"}, 404, "service-unknown"),
        ({"lat": "", "long": ""}, 400, "place-missing"),
        ({"long": ""}, 400, "place-refused"),
        ({"lat": "north"}, 400, "form-unreadable"),
        ({"lat": "nan"}, 400, "form-unreadable"),
        ({"lat": "91"}, 400, "place-refused"),
        ({"lat": "21.0285", "long": "105.8542"}, 400, "place-outside-province"),
        ({"lat": "", "long": "", "address_id": "nowhere"}, 400, "place-refused"),
        ({"description": ""}, 400, "report-says-nothing"),
        ({"description": "🚧🚧"}, 400, "report-says-nothing"),
        ({"description": "a" * 4001}, 400, "report-too-long"),
        ({"description": "a\u202eb"}, 400, "form-unreadable"),
        ({"description": "a" * 70_000}, 413, "too-large"),
    ],
)
@pytest.mark.parametrize("format", ["xml", "json"])
async def test_a_refusal_has_the_shape_of_the_standard(
    app: App, wrong: dict[str, str], status: int, kind: str, format: str
) -> None:
    reply = await app.post(GOOD | wrong, f"/requests.{format}")
    errors = plain(ElementTree.fromstring(reply.content)) if format == "xml" else reply.json()
    assert (reply.status_code, errors[0]["type"]) == (status, kind)
    assert int(errors[0]["code"]) == status
    assert errors[0]["description"]


async def test_what_is_no_form_is_refused(app: App) -> None:
    for body in (b"\xff=\xfe&", b"&".join(b"a%d=1" % n for n in range(100))):
        reply = await app.client.post(
            f"{V2}/requests.json?api_key={app.key}",
            content=body,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert (reply.status_code, reply.json()[0]["type"]) == (400, "form-unreadable")


async def test_without_coordinates_an_address_or_a_commune_will_do(app: App, hub: Officer) -> None:
    somewhere = await app.file(lat="", long="", address_string="Số 5, ấp Mũi")
    assert (await hub.find(somewhere))["text"].endswith("\nSố 5, ấp Mũi")
    in_commune = await app.file(lat="", long="", address_id=UNIT)
    shown = await app.read(in_commune)
    assert (shown["address_id"], shown["lat"]) == (UNIT, None)
    # Nothing is fetched from an address that somebody names; staff see it.
    link = await app.file(media_url="http://127.0.0.1:9/secret.jpg")
    assert "127.0.0.1:9" in (await hub.find(link))["text"]
    assert (await app.read(link))["media_url"] is None


async def test_requests_are_asked_for_by_time_kind_and_status(app: App, hub: Officer) -> None:
    road, light = await app.file(), await app.file(service_code="dien-chieu-sang")
    await hub.act("fix", await hub.find(light), text="Đã sửa")

    async def codes(**asked: str) -> set[str]:
        reply = await app.get("/requests.json", **asked)
        assert reply.status_code == 200, reply.text
        return {it["service_request_id"] for it in reply.json()} & {road, light}

    assert await codes() == {road, light}
    assert await codes(status="closed") == {light}
    assert await codes(status="open,closed", service_code="ha-tang-do-thi") == {road}
    assert await codes(service_request_id=f"{road},{light.lower()}", status="closed") == {road, light}
    now = datetime.now(UTC)
    assert await codes(start_date=(now + timedelta(minutes=1)).isoformat()) == set()
    assert await codes(end_date=(now - timedelta(days=1)).isoformat()) == set()
    assert await codes(start_date=f"{now - timedelta(days=1):%Y-%m-%d}") == {road, light}
    assert await codes(start_date="0001-01-01") == set()
    # Optional means: the same whether it is empty or absent.
    assert await codes(status="", service_code="", start_date="") == {road, light}
    for wrong in (
        {"status": "fixed"},
        {"start_date": "yesterday"},
        {"start_date": "2026-11-01T00:00:00"},
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"},
        {"end_date": "0001-01-01"},
        {"service_request_id": ",".join(["PA-1"] * 101)},
    ):
        reply = await app.get("/requests.json", **wrong)
        assert (reply.status_code, reply.json()[0]["type"]) == (400, "query-unreadable"), wrong


async def test_what_is_not_there_is_not_found(app: App) -> None:
    for code in ("PA-000000-AAAAAAA", "nothing", "a.b"):
        assert (await app.get(f"/requests/{code}.json")).status_code == 404


async def test_a_photo_is_shown_once_staff_let_it_be_seen(stranger: Phone, anybody: App, hub: Officer) -> None:
    sent = await stranger.send(photos=1)
    await done(stranger.try_to_show(sent["operation"], 1, photo()))
    await release(hub, await hub.find(sent["code"]))
    assert (await anybody.read(sent["code"]))["media_url"] is None
    at_desk = await hub.find(sent["code"])
    await hub.let_see(at_desk, 1, True)
    address = (await anybody.read(sent["code"]))["media_url"]
    assert re.search("/api/feedback/", address)
    assert (await anybody.client.get(address)).headers["content-type"] == "image/jpeg"


async def test_there_is_no_page_below_it(anybody: App) -> None:
    assert (await anybody.get("/nothing")).status_code == 404


@pytest.mark.usefixtures("one_window")
async def test_an_application_that_files_too_much_is_stopped_and_no_other_one(
    app: App, new_app: NewApp, database: Database, nothing_counted: None
) -> None:
    """2,000 an hour, whatever network they come from; what it has filed already it may send again."""
    again = {"Idempotency-Key": str(uuid4())}
    assert (await app.post(GOOD, **again)).status_code == 200
    await age(database, "UPDATE core_count SET counted = 2000 WHERE counted = 1")
    stopped = await app.post(GOOD)
    assert stopped.status_code == 429
    assert int(stopped.headers["retry-after"]) > 0
    ((error,),) = [stopped.json()]
    assert (error["code"], "too often" in error["description"]) == (429, True)
    in_xml = await app.post(GOOD, "/requests.xml")
    assert (in_xml.status_code, plain(ElementTree.fromstring(in_xml.text))[0]["code"]) == (429, "429")
    assert (await app.post(GOOD, **again)).status_code == 200
    assert (await (await new_app("feedback:open311")).post(GOOD)).status_code == 200
