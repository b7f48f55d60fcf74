"""The exchange bus is asked, told once, and never loses what it said; a bus in trouble is noted and asked again."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from aiohttp import web
from sqlalchemy import delete, select

from server.core.clock import HERE
from server.core.database import Database
from server.core.events import Events, Reaction
from server.core.settings import Settings, read_settings
from server.modules.dossiers.events import DossiersMoved, MoreToPull
from server.modules.dossiers.models import Feed, RefusedEvent
from server.modules.dossiers.reactions import pull, pull_on
from server.modules.dossiers.rules.exchange import FieldUnreadable, fields_of, names_of
from server.modules.dossiers.rules.given import read
from server.modules.dossiers.service.feeds import event_from
from server.modules.dossiers.service.intake import FieldTwice
from server.sandbox.bus import Bus, serving
from tests.modules.dossiers.conftest import NOW, LookUp, new_code

NAMES = names_of(Settings().lgsp_fields) | {"owner_phone": "SoDienThoai"}


def item(code: str, status: int, hours_ago: float = 1, **more: Any) -> dict[str, Any]:
    at = (NOW - timedelta(hours=hours_ago)).astimezone(HERE)
    return {
        "MaHoSo": code,
        "MaTTHC": "1.004194",
        "TrangThai": status,
        "ThoiDiemXuLy": at.strftime("%Y%m%d%H%M%S"),
        "PhongBanXuLy": "Sở Tư pháp",
        "SoDienThoai": "0900000123",
    } | more


class App:
    """The application that asks: its database, and the bus it asks."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.told: list[DossiersMoved] = []

        async def told(_: Any, event: DossiersMoved) -> None:
            self.told.append(event)

        self.database = Database(settings)
        self.events = Events(self.database, [Reaction(MoreToPull, pull_on), Reaction(DossiersMoved, told)])

    async def pull(self) -> Feed:
        """As the clock does, and whatever follows from it."""
        async with self.database.transaction() as session:
            await pull(session, datetime.now(HERE))
        await self.events.run_waiting()
        async with self.database.transaction() as session:
            return (await session.scalars(select(Feed))).one()

    async def refused(self) -> list[tuple[str, str]]:
        async with self.database.transaction() as session:
            return [(it.problem, it.field) for it in await session.scalars(select(RefusedEvent))]


@asynccontextmanager
async def asking(settings: Settings, bus: dict[str, str]) -> AsyncIterator[App]:
    read = read_settings({"VAR": str(settings.var)} | bus)
    wanted = {name: getattr(read, name) for name in read.__struct_fields__ if name.startswith("lgsp")}
    app = App(msgspec.structs.replace(settings, **wanted))
    async with app.database.transaction() as session:
        await session.execute(delete(Feed))
        await session.execute(delete(RefusedEvent))
    try:
        yield app
    finally:
        await app.database.close()


@pytest.fixture
def bus() -> Iterator[Bus]:
    bus = Bus()
    with serving(bus) as address:
        bus.address = address  # type: ignore[attr-defined]
        yield bus


@pytest.fixture
async def app(settings: Settings, bus: Any) -> AsyncIterator[App]:
    async with asking(settings, bus.address.settings()) as app:
        yield app


class TestPulling:
    async def test_what_was_there_before_is_taken_in_silence_and_news_is_told(
        self, app: App, bus: Bus, look_up: LookUp
    ) -> None:
        code = new_code()
        bus.add(item(code, 2, 3))
        assert (await app.pull()).caught_up_at
        standing = (await look_up(code)).json()
        assert (standing["status"], standing["office"]) == ("accepted", "Sở Tư pháp")
        assert app.told == []
        bus.add(item(code, 4, 2))
        await app.pull()
        await app.pull()
        assert (await look_up(code)).json()["status"] == "in-hand"
        assert [move.status for event in app.told for move in event.moves] == ["in-hand"], "once, however often asked"

    async def test_page_after_page_is_read_at_once(self, app: App, bus: Bus, look_up: LookUp) -> None:
        codes = [new_code() for _ in range(1100)]
        for code in codes:
            bus.add(item(code, 2))
        feed = await app.pull()
        assert feed.caught_up_at
        for code in (codes[0], codes[700], codes[-1]):
            assert (await look_up(code)).status_code == 200

    async def test_what_cannot_be_taken_is_kept_for_a_person_and_stops_nothing(
        self, app: App, bus: Bus, look_up: LookUp
    ) -> None:
        code = new_code()
        bus.add(item("?", 2))
        bus.add(item(code, 11))
        bus.add(item(code, 2, ThoiDiemXuLy="mai"))
        bus.add({"MaHoSo": code})
        bus.add("?")  # type: ignore[arg-type]
        bus.add(item(code, 2, PhongBanXuLy="\ud83d"))  # half a character: a text that was cut short
        bus.add(item(code, 2))
        await app.pull()
        assert (await look_up(code)).json()["status"] == "accepted"
        assert sorted(await app.refused()) == [
            ("dossier-code-refused", "code"),
            ("event-unreadable", ""),
            ("event-unreadable", "handling_unit"),
            ("event-unreadable", "procedure"),
            ("status-unknown", "status"),
            ("time-refused", "at"),
        ]

    async def test_a_bus_that_forgot_our_token_is_asked_for_another(self, app: App, bus: Bus, look_up: LookUp) -> None:
        await app.pull()
        code = new_code()
        bus.add(item(code, 2))
        bus.tokens.clear()
        assert (await app.pull()).trouble is None
        assert (await look_up(code)).status_code == 200


class TestTrouble:
    @pytest.mark.parametrize(
        ("answer", "trouble"),
        [
            (web.Response(status=503), "it answered 503"),
            (web.Response(status=302, headers={"Location": "http://127.0.0.1:1/"}), "it answered 302"),
            (web.json_response({"DanhSach": "?"}), "its answer is not of the agreed shape"),
            (web.json_response({"DanhSach": [{}], "ConTro": "0"}), "it gives the same page again and again"),
            (web.Response(body=b"x" * (17 * 1024 * 1024)), "its answer is longer than was asked for"),
        ],
        ids=str,
    )
    async def test_it_is_noted_since_when_and_over_when_it_answers(
        self, settings: Settings, answer: web.Response, trouble: str
    ) -> None:
        async with far_side(answer) as url:
            asked = {"LGSP_URL": f"{url}/ask", "LGSP_TOKEN_URL": f"{url}/token"}
            async with asking(settings, asked | {"LGSP_CLIENT_ID": "us", "LGSP_CLIENT_SECRET": "secret"}) as app:
                async with app.database.transaction() as session:
                    session.add(Feed(name="lgsp", cursor="0"))
                first = await app.pull()
                assert first.trouble == trouble
                again = await app.pull()
                assert again.trouble_since == first.trouble_since
                assert again.answered_at is None

    async def test_a_bus_that_is_not_there(self, settings: Settings, bus: Any) -> None:
        nowhere = bus.address.settings() | {"LGSP_TOKEN_URL": "http://127.0.0.1:1/"}
        async with asking(settings, nowhere) as app:
            assert (await app.pull()).trouble == "ClientConnectorError"

    async def test_a_wrong_secret(self, settings: Settings, bus: Any) -> None:
        async with asking(settings, bus.address.settings() | {"LGSP_CLIENT_SECRET": "wrong"}) as app:
            assert (await app.pull()).trouble == "it gave no token: 401"


@asynccontextmanager
async def far_side(answer: web.Response) -> AsyncIterator[str]:
    """Gives tokens, and answers every question in one way."""

    async def token(_: web.Request) -> web.Response:
        return web.json_response({"access_token": "token", "expires_in": "300"})

    async def ask(_: web.Request) -> web.Response:
        return web.Response(status=answer.status, body=answer.body, headers=answer.headers)

    far = web.Application()
    far.add_routes([web.post("/token", token), web.post("/ask", ask)])
    runner = web.AppRunner(far)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class TestMapping:
    def test_the_names_of_the_bus_become_ours(self) -> None:
        given = item("H12.1-20261101-0000001", 4, NgayHenTra="24/11/2026 16:30", NguoiXuLy="Ai đó", NoiDungXuLy=" a ")
        fields = fields_of(given, NAMES)
        assert fields["due_at"] == datetime(2026, 11, 24, 16, 30, tzinfo=HERE)
        assert (fields["handling_unit"], fields["note"], fields["owner_phone"]) == ("Sở Tư pháp", "a", "0900000123")
        assert "Ai đó" not in str(fields)

    def test_the_same_step_has_the_same_id(self) -> None:
        one, other = item("H12.1-20261101-0000001", 4), item("H12.1-20261101-0000001", 4, NoiDungXuLy="khác")
        assert fields_of(one, NAMES)["event_id"] == fields_of(other, NAMES)["event_id"]
        assert fields_of(one, NAMES)["event_id"] != fields_of(one | {"TrangThai": 5}, NAMES)["event_id"]

    @pytest.mark.parametrize("number", ["0312345678-001", "B1234567", ""])
    def test_a_number_that_is_nobodys_loses_no_step(self, number: str) -> None:
        assert "owner_id" not in fields_of(item("H12.1-20261101-0000001", 4, SoDinhDanh=number), NAMES)

    def test_what_stands_there_twice_is_refused(self, settings: Settings) -> None:
        refused = event_from(settings, read(b'{"MaHoSo": "H12.1-20261101-0000001", "TrangThai": 2, "TrangThai": 9}'))
        assert isinstance(refused, FieldTwice) and refused.field == "TrangThai"

    def test_a_time_that_is_none_is_named(self) -> None:
        with pytest.raises(FieldUnreadable, match="due_at"):
            fields_of(item("H12.1-20261101-0000001", 4, NgayHenTra="sớm"), NAMES)
