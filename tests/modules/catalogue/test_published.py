"""From a published list to the phone: the API tells what an import file says, and leaves open what that leaves open."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import msgspec
import psycopg
import pytest
from click.testing import CliRunner

from server.app import events_of
from server.core.settings import Settings
from server.modules.catalogue.commands import import_catalogue
from tests.conftest import Start
from tests.modules.catalogue.lines import ROW, line, write

PROCEDURES = "/api/catalogue/procedures"
ONLINE = ROW | {"channel": "trực tuyến"}


def paper(name: str, case: str | None = None) -> dict[str, Any]:
    return {"case": case, "name": name, "form": None, "originals": 1, "copies": None}


FREE = line("9.000001", title="Cấp thẻ không mất tiền", channels=[ROW, ONLINE])
PAID = line(
    "9.000002", title="Cấp thẻ mất tiền", channels=[ROW | {"fees": [{"amount": 8000}], "fee_text": "8.000 đồng"}]
)
UNCLEAR = line(
    "9.000003",
    title="Cấp thẻ tùy trường hợp",
    channels=[
        ROW | {"fees": [{"amount": 8000, "basis": "nộp trực tiếp"}, {"amount": 0, "basis": "trẻ em"}]},
        ONLINE | {"time": {"value": 5, "unit": "ngày"}, "time_text": "5 ngày"},
    ],
    documents=[
        paper("Đơn ủy quyền", "Trường hợp ủy quyền"),
        paper("Tờ khai"),
        paper("Giấy khai sinh", "Trường hợp trẻ em"),
    ],
)
REPLACED = line("9.000004", title="Cấp thẻ kiểu cũ", superseded_by=["9.000005"], flags=["superseded"])
SUCCESSOR = line(
    "9.000005", title="Cấp thẻ kiểu mới", replaces=["9.000004"], aliases=["9.000006", "thẻ mới"], related=["9.999999"]
)
NOTHING_NEW = "0 added, 0 changed, 0 withdrawn."
LIST = [FREE, PAID, UNCLEAR, REPLACED, SUCCESSOR]


class Published:
    """An application with a small catalogue, and the command that changes it."""

    def __init__(self, client: httpx.AsyncClient, publish: Callable[..., str]) -> None:
        self._client = client
        self._publish = publish

    async def get(self, path: str = "", **query: Any) -> Any:
        reply = await self._client.get(f"{PROCEDURES}{path}", params=query)
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def publish(self, *lines: dict[str, Any]) -> str:
        """Import, and wait until the running application tells it."""
        before = (await self._client.get(PROCEDURES)).headers["etag"]
        said = await asyncio.to_thread(self._publish, *lines)
        async with asyncio.timeout(60):
            while NOTHING_NEW not in said and (await self._client.get(PROCEDURES)).headers["etag"] == before:
                await asyncio.sleep(0.01)
        return said


@pytest.fixture(scope="module")
async def running(
    settings: Settings, clone: Callable[[], str], start: Start, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Published]:
    own = msgspec.structs.replace(settings, database_url=clone())
    with psycopg.connect(own.database_url) as connection:
        for table in ("catalogue_procedure", "catalogue_family"):
            connection.execute(f"DELETE FROM {table}")
    file = tmp_path_factory.mktemp("lists") / "list.jsonl"
    environment = {"DATABASE_URL": own.database_url, "SECRET_KEY": own.secret_key, "VAR": str(own.var)}

    def publish(*lines: dict[str, Any]) -> str:
        result = CliRunner(env=environment).invoke(import_catalogue, [str(write(file, *lines))], obj=events_of)
        assert result.exit_code == 0, result.output
        return result.output

    await asyncio.to_thread(publish, *LIST)
    async with start(own) as client:
        yield Published(client, publish)


@pytest.fixture
async def published(running: Published) -> Published:
    """LIST, whatever the test before has published."""
    await running.publish(*LIST)
    return running


async def test_what_leads_to_a_code_nobody_has_says_the_code(running: Published) -> None:
    assert (await running.get("/9.000005"))["related"] == [{"code": "9.999999", "title": "9.999999"}]


async def test_what_the_list_says_is_told(published: Published) -> None:
    # Nothing to pay is a price, and no price is not nothing.
    items = {item["code"]: item for item in (await published.get(limit=100))["items"]}
    assert {code: item["fee"] for code, item in items.items()} == {
        "9.000001": 0,
        "9.000002": 8000,
        "9.000003": None,
        "9.000004": 0,
        "9.000005": 0,
    }
    # A time is told where every row says the same; five days are not five working days.
    assert items["9.000001"]["time"] == {"value": 5, "unit": "working-day"}
    assert items["9.000003"]["time"] is None
    assert (items["9.000001"]["online"], items["9.000002"]["online"]) == (True, False)

    unclear = await published.get("/9.000003")
    assert [fee["amount"] for fee in unclear["channels"][0]["fees"]] == [8000, 0]
    # What everybody needs comes before what only some do.
    assert [(case["name"], case["situation"]) for case in unclear["cases"]] == [
        (None, False),
        ("Trường hợp ủy quyền", True),
        ("Trường hợp trẻ em", True),
    ]


async def test_an_old_code_leads_on(published: Published) -> None:
    # Replaced, and still on the list: it says by what.
    old = await published.get("/9.000004")
    assert (old["code"], old["in_force"]) == ("9.000004", False)
    assert old["replaced_by"] == [{"code": "9.000005", "title": "Cấp thẻ kiểu mới"}]
    # No longer on any list: the answer is what replaced it, and names the code that was asked for.
    for asked in ("9.000006", "9000006", "9.000006.000.00.00.H12"):
        new = await published.get(f"/{asked}")
        assert new["code"] == "9.000005"
        assert "9.000006" in [link["code"] for link in new["replaces"]]


async def test_what_an_import_changed_is_told_to_whoever_has_a_copy(published: Published) -> None:
    copy = await published.get("/9.000001")
    assert (await published.get("/9.000001/changes", since=copy["revision"]))["items"] == []
    dearer = FREE | {"channels": [ROW | {"fees": [{"amount": 9000}], "fee_text": "9.000 đồng"}, ONLINE]}
    said = await published.publish(dearer, *LIST[1:])
    assert "0 added, 1 changed (1 × channels), 0 withdrawn." in said

    now = await published.get("/9.000001")
    assert (now["revision"], now["fee"]) == (copy["revision"] + 1, None)
    assert now["updated_at"] > copy["updated_at"]
    [change] = (await published.get("/9.000001/changes", since=copy["revision"]))["items"]
    assert (change["revision"], change["field"]) == (now["revision"], "channels")
    assert (change["before"], change["after"]) == (copy["channels"], now["channels"])
    assert (await published.get("/9.000001/changes", since=now["revision"]))["items"] == []
    # A second change comes after the first.
    await published.publish(dearer | {"title": "Cấp thẻ mất tiền rồi"}, *LIST[1:])
    changes = (await published.get("/9.000001/changes", since=copy["revision"]))["items"]
    assert [change["field"] for change in changes] == ["channels", "title"]


async def test_what_is_withdrawn_can_be_read_and_is_not_in_force(published: Published) -> None:
    before = (await published.get("/9.000001"))["revision"]
    assert "1 withdrawn." in await published.publish(*LIST[1:])
    gone = await published.get("/9.000001")
    assert gone["title"] == FREE["title"]
    assert gone["in_force"] is False
    assert gone["valid_to"] is not None
    [change] = (await published.get("/9.000001/changes", since=before))["items"]
    assert change["field"] == "valid_to"
    # It comes back when a later list has it again.
    await published.publish(*LIST)
    back = await published.get("/9.000001")
    assert (back["in_force"], back["valid_to"], back["revision"]) == (True, None, before + 2)
