"""A slip goes as a text to whoever has no account: what it says, once however often it is asked for, to whom not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import Litestar
from sqlalchemy import text as sql

from server.app import create_app, events_of
from server.core.clock import HERE as ZONE
from server.core.database import Database
from server.core.settings import Settings
from server.modules.dossiers.holding import erase, gather
from server.modules.dossiers.rules.slip_texts import slip_text, without_accents
from tests.modules.dossiers.conftest import System, event
from tests.modules.dossiers.office import ELSEWHERE, WORDS, Hire, Officer, hire, officer
from tests.modules.identity.carrier import Carrier
from tests.modules.identity.conftest import Browser, NewPhone, age

__all__ = ["hire", "officer"]

NAME, TITLE = "Danh Thị Sà Rươl", "khai sinh"


class Province(NamedTuple):
    app: Litestar
    settings: Settings
    work: Callable[[], Awaitable[None]]


class Desk(NamedTuple):
    """An officer of a province with a carrier, and what its worker does."""

    officer: Officer
    carrier: Carrier
    work: Callable[[], Awaitable[None]]

    async def send(self, dossier: dict[str, Any], step: int = 0, **said: Any) -> httpx.Response:
        return await self.officer.post(path(dossier, step), said)

    async def texts(self) -> list[dict[str, Any]]:
        await self.work()
        return self.carrier.taken

    async def became(self, dossier: dict[str, Any]) -> dict[str, Any]:
        reply = await self.officer.browser.get(f"/api/dossiers/desk{path(dossier, 0)}")
        assert reply.status_code == 200, reply.text
        state: dict[str, Any] = reply.json()
        return state


def path(dossier: dict[str, Any], step: int) -> str:
    return f"/{dossier['id']}/slips/{dossier['steps'][step]['id']}/text"


def refused(reply: httpx.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["type"]


@pytest.fixture(scope="module")
def double() -> Iterator[Carrier]:
    carrier = Carrier("one")
    yield carrier
    carrier.close()


@pytest.fixture(scope="module")
async def province(double: Carrier, settings: Settings) -> AsyncIterator[Province]:
    own = msgspec.structs.replace(settings, sms_urls=(double.url,), sms_tokens=("one",))
    app, database = create_app(own), Database(own)
    yield Province(app, own, events_of(database).run_waiting)
    await app.state.database.close()
    await database.close()


async def moved(officer: Officer, app: Litestar, settings: Settings) -> Officer:
    """The same officer at the same desk, in a province with other settings."""
    browser = Browser(app, settings)
    for name, value in officer.browser.cookies.items():
        browser.cookies.set(name, value)
    return Officer(browser)


@pytest.fixture
async def desk(
    province: Province, double: Carrier, officer: Officer, database: Database, nothing_counted: None
) -> AsyncIterator[Desk]:
    await age(database, "DELETE FROM procrastinate_jobs WHERE status = 'todo'")  # what other tests have left over
    double.begin("one")
    there = await moved(officer, province.app, province.settings)
    yield Desk(there, double, province.work)
    await there.browser.aclose()


def due(dossier: dict[str, Any]) -> str:
    return f"{datetime.fromisoformat(dossier['due_at']).astimezone(ZONE):%H:%M %d/%m/%Y}"


class TestWhatItSays:
    async def test_the_code_the_office_the_day_and_where_to_look_it_up(
        self, desk: Desk, officer: Officer, province: Province, new_phone: NewPhone
    ) -> None:
        phone = new_phone()
        made = await officer.register(phone=phone, national_id="096190004567")
        asked = await desk.send(made)
        assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
        [text] = await desk.texts()
        office = without_accents(made["receiving_unit"])
        link = f"{province.settings.origin}/dossiers#{made['code']}"
        assert (text["to"], text["lang"]) == (f"+84{phone[1:]}", "vi")
        said = f"Da nhan ho so {made['code']} tai {office}. Hen tra ket qua: {due(made)}. Tra cuu: {link}"
        assert text["text"] == said
        # Letters of a plain message, which are the cheap ones.
        assert text["text"].isascii()
        assert (await desk.became(made))["state"] == "sent"
        assert (await officer.read(made["id"])).json()["steps"][0]["text"]["state"] == "sent"

    @pytest.mark.parametrize("language", ["vi", "en", "km"])
    async def test_names_nobody_and_no_procedure_in_any_language(
        self, desk: Desk, officer: Officer, new_phone: NewPhone, language: str
    ) -> None:
        phone = new_phone()
        made = await officer.register(phone=phone, national_id="096190004567")
        assert (await desk.send(made, language=language)).status_code == 202
        [text] = await desk.texts()
        assert text["lang"] == language
        assert made["code"] in text["text"]
        assert due(made) in text["text"]
        assert ("សំណុំឯកសារ" in text["text"]) == (language == "km")
        rest = text["text"].replace(made["code"], "")
        for hidden in (NAME, without_accents(NAME), TITLE, made["procedure"], phone, phone[-4:], "4567"):
            assert hidden.lower() not in rest.lower()

    async def test_promises_no_day_that_is_over_and_gives_no_reason(
        self, desk: Desk, officer: Officer, new_phone: NewPhone
    ) -> None:
        made = await officer.register(phone=new_phone())
        waits = (await officer.act(made, "ask-papers", **WORDS["ask-papers"])).json()
        for step in range(2):
            assert (await desk.send(waits, step)).status_code == 202
        for text in await desk.texts():
            assert text["text"].startswith(f"Ho so {made['code']} tai ")
            assert "co phieu moi" in text["text"]
            assert due(made)[6:] not in text["text"]
            assert "chung sinh" not in text["text"]
        assert len(desk.carrier.taken) == 2

    def test_a_new_date_is_the_new_one(self) -> None:
        at = datetime(2026, 12, 3, 17, tzinfo=ZONE)
        said = slip_text(4, "vi", code="H12.1-20261103-1", office="Xã Đất Mũi", due_at=at, link="x")
        assert said == "Ho so H12.1-20261103-1 tai Xa Dat Mui duoc hen lai, tra ket qua: 17:00 03/12/2026. Tra cuu: x"


class TestOnce:
    async def test_a_second_press_is_told_until_when_and_a_day_later_it_goes(
        self, desk: Desk, officer: Officer, new_phone: NewPhone, database: Database
    ) -> None:
        made = await officer.register(phone=new_phone())
        assert (await desk.send(made)).status_code == 202
        again = await desk.send(made)
        assert refused(again) == (409, "slip-sent-already")
        tomorrow = f"{datetime.now(ZONE) + timedelta(days=1):%d/%m/%Y}"
        assert tomorrow in again.json()["detail"]
        assert len(await desk.texts()) == 1
        assert refused(await desk.send(made)) == (409, "slip-sent-already")
        await age(database, "UPDATE dossiers_slip_text SET asked_at = asked_at - interval '1 day'")
        assert (await desk.send(made)).status_code == 202
        assert len(await desk.texts()) == 2

    async def test_of_many_at_once_one_goes_and_one_is_paid_for(
        self, desk: Desk, officer: Officer, new_phone: NewPhone
    ) -> None:
        made = await officer.register(phone=new_phone())
        replies = await asyncio.gather(*(desk.send(made) for _ in range(5)))
        assert sorted(it.status_code for it in replies) == [202, 409, 409, 409, 409]
        assert len(await desk.texts()) == 1

    async def test_the_same_press_sent_twice_has_one_answer(
        self, desk: Desk, officer: Officer, new_phone: NewPhone
    ) -> None:
        made = await officer.register(phone=new_phone())
        key = {"Idempotency-Key": f"press-{made['id']}"}
        first, second = [await desk.officer.post(path(made, 0), {}, **key) for _ in range(2)]
        assert first.json() == second.json()
        assert len(await desk.texts()) == 1

    async def test_goes_again_once_the_dossier_has_another_phone(
        self, desk: Desk, officer: Officer, system: System, new_phone: NewPhone
    ) -> None:
        made = await officer.register(phone=new_phone())
        assert (await desk.send(made)).status_code == 202
        assert len(await desk.texts()) == 1
        other = new_phone()
        await system.report(event(made["code"], 4, at=datetime.now(ZONE).isoformat(), owner_phone=other))
        assert (await officer.read(made["id"])).json()["phone"] == other
        assert (await officer.read(made["id"])).json()["steps"][-1]["text"] is None
        assert (await desk.officer.post(path(made, 0), {})).status_code == 202
        assert [it["to"] for it in await desk.texts()][1:] == [f"+84{other[1:]}"]

    async def test_what_waits_does_not_go_to_a_number_that_was_changed_meanwhile(
        self, desk: Desk, officer: Officer, system: System, new_phone: NewPhone
    ) -> None:
        made = await officer.register(phone=new_phone())
        assert (await desk.send(made)).status_code == 202
        await system.report(event(made["code"], 4, at=datetime.now(ZONE).isoformat(), owner_phone=new_phone()))
        assert await desk.texts() == []

    async def test_what_no_carrier_took_is_said_and_goes_when_it_is_pressed_again(
        self, desk: Desk, officer: Officer, new_phone: NewPhone
    ) -> None:
        made = await officer.register(phone=new_phone())
        desk.carrier.answer = 500
        assert (await desk.send(made)).status_code == 202
        assert await desk.texts() == []
        assert (await desk.became(made))["state"] == "failed"
        desk.carrier.answer = 200
        assert (await desk.send(made)).status_code == 202
        assert len(await desk.texts()) == 1
        assert (await desk.became(made))["state"] == "sent"


class TestToWhomNot:
    async def test_who_has_an_account_is_told_in_the_app(
        self, desk: Desk, officer: Officer, browser: Browser, phone: str
    ) -> None:
        await browser.sign_in(phone)
        made = await officer.register(phone=phone)
        assert made["texting"] == "account"
        assert refused(await desk.send(made)) == (409, "owner-has-account")
        assert await desk.texts() == []

    async def test_whose_account_was_opened_while_it_waited_gets_none(
        self, desk: Desk, officer: Officer, browser: Browser, phone: str
    ) -> None:
        made = await officer.register(phone=phone)
        assert (await desk.send(made)).status_code == 202
        await browser.sign_in(phone)
        assert await desk.texts() == []
        shown = (await officer.read(made["id"])).json()
        assert (shown["texting"], shown["steps"][0]["text"]) == ("account", None)

    @pytest.mark.parametrize("phone", [None, "0290 3831 234"], ids=["none", "a landline"])
    async def test_where_there_is_no_mobile_number(self, desk: Desk, officer: Officer, phone: str | None) -> None:
        made = await officer.register(phone=phone, national_id="096190004567")
        assert made["texting"] == "no-phone"
        assert refused(await desk.send(made)) == (409, "no-phone-to-text")

    async def test_where_nobody_carries_any(self, officer: Officer, new_phone: NewPhone, settings: Settings) -> None:
        made = await officer.register(phone=new_phone())
        assert made["texting"] == "open"
        silent = msgspec.structs.replace(settings, demo=False)
        app = create_app(silent)
        there = await moved(officer, app, silent)
        assert (await there.read(made["id"])).json()["texting"] == "off"
        assert refused(await there.post(path(made, 0), {})) == (409, "slip-texts-off")
        await there.browser.aclose()
        await app.state.database.close()

    @pytest.mark.usefixtures("one_window")
    async def test_once_the_hour_s_budget_is_spent_nothing_is_claimed(
        self, desk: Desk, officer: Officer, province: Province, new_phone: NewPhone
    ) -> None:
        poor = msgspec.structs.replace(province.settings, sms_per_hour=1)
        app = create_app(poor)
        there = await moved(officer, app, poor)
        first, second = [await officer.register(phone=new_phone()) for _ in range(2)]
        assert (await there.post(path(first, 0), {})).status_code == 202
        for _ in range(20):
            spent = await there.post(path(second, 0), {})
            assert refused(spent) == (429, "too-many-requests")
            assert spent.headers["Retry-After"]
        await there.browser.aclose()
        await app.state.database.close()
        # Where the budget is larger it goes: it was not noted as sent, nor as one of the phone's own.
        assert (await desk.send(second)).status_code == 202
        assert len(await desk.texts()) == 2

    @pytest.mark.usefixtures("one_window")
    async def test_one_phone_is_not_bombed(self, desk: Desk, officer: Officer, new_phone: NewPhone) -> None:
        phone = new_phone()
        replies = [await desk.send(await officer.register(phone=phone)) for _ in range(21)]
        assert [it.status_code for it in replies] == [202] * 20 + [429]

    async def test_another_office_and_another_step_find_nothing(
        self, desk: Desk, hire: Hire, officer: Officer, new_phone: NewPhone
    ) -> None:
        made = await officer.register(phone=new_phone())
        neighbour = await hire(unit=ELSEWHERE)
        assert refused(await neighbour.post(path(made, 0), {})) == (404, "dossier-unknown")
        reader = await hire("dossiers:figures")
        assert (await reader.post(path(made, 0), {})).status_code == 403
        taken = (await officer.act(made, "take-up")).json()
        assert refused(await desk.send(taken, 0)) == (404, "slip-unknown")
        assert refused(await desk.officer.browser.get(f"/api/dossiers/desk{path(made, 0)}")) == (404, "slip-unknown")


async def test_it_is_in_the_log_and_told_to_and_forgotten_with_whoever_it_went_to(
    desk: Desk, officer: Officer, database: Database, browser: Browser, phone: str
) -> None:
    made = await officer.register(phone=phone)
    assert (await desk.send(made)).status_code == 202
    await desk.work()
    logged = "SELECT actor_id, detail->>'unit' FROM core_audit WHERE act = 'dossiers:send-slip' AND subject_id = :id"
    assert await rows(database, logged, id=made["id"]) == [(str(officer.browser.staff_id), made["receiving_place"])]
    # They open an account later, and read what is held of them.
    owner = UUID((await browser.sign_in(phone))["id"])
    left = (
        "SELECT count(*) FROM dossiers_slip_text AS it JOIN dossiers_deed AS deed ON deed.id = it.deed_id"
        " WHERE deed.dossier_id = CAST(:id AS uuid)"
    )
    async with database.transaction() as session:
        [held] = (await gather(session, owner))["hồ sơ"]
        assert len(held["phiếu gửi qua tin nhắn"]) == 1
    assert await rows(database, left, id=made["id"]) == [(1,)]
    async with database.transaction() as session:
        await erase(session, owner)
    assert await rows(database, left, id=made["id"]) == [(0,)]


async def rows(database: Database, statement: str, **values: object) -> list[tuple[Any, ...]]:
    async with database.reading() as connection:
        return [tuple(row) for row in await connection.execute(sql(statement), values)]
