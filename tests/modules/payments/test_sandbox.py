"""The sandbox of a bank and a gateway, over real HTTP: whatever a person lets them do, money is where it belongs."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import msgspec
import pytest
from click.testing import CliRunner

from server.app import events_of
from server.core.database import Database
from server.core.settings import Settings
from server.modules.identity.service.partners import Partners
from server.modules.payments.commands import demo_bank
from server.modules.payments.models import OURSELVES
from server.modules.payments.rules.states import Purpose
from server.modules.payments.service.attempts import Attempts
from server.modules.payments.service.charges import Charges, Demand, Raised
from server.modules.payments.service.reconciling import Reconciling
from server.sandbox.bank import ACTS, Address, Bank, serving
from tests.app import running
from tests.modules.identity.conftest import age
from tests.modules.payments.conftest import booked

PHONE = "0900000321"
PAID = [("payment", 8000, True)]


class Town(NamedTuple):
    """An application, a bank, and whoever goes from one to the other."""

    http: httpx.AsyncClient
    bank: Bank
    settings: Settings
    database: Database

    async def bill(self, purpose: Purpose = Purpose.TUITION) -> str:
        await age(self.database, "DELETE FROM core_count")
        demand = Demand(str(uuid4()), "x", "X", purpose, "", 8000, "y", phone=PHONE)
        async with self.database.transaction() as session:
            [raised] = await Charges(session, self.settings).raise_all(OURSELVES, [demand])
            assert isinstance(raised, Raised)
            return raised.code

    async def begin(self, code: str, way: str = "vnpay") -> Any:
        return (await self._ask("/find/attempts", code=code, last_digits=PHONE[-4:], way=way))["open"][0]

    async def standing(self, code: str) -> str:
        return str((await self._ask("/find", code=code, last_digits=PHONE[-4:]))["charge"]["standing"])

    async def at_the_bank(self, url: str, act: str) -> str:
        """Follow the redirect, press the button, follow the way back: what the application shows then."""
        page = await self.http.get(url)
        assert ACTS[act] in page.text
        order = httpx.URL(url).params["vnp_TxnRef"]
        back = await self.http.post(f"{_origin(url)}/act", data={"order": order, "act": act})
        query = urlsplit(back.headers["location"]).query
        return (await self._ask("/vnpay/return", query=query))["outcome"] if query else ""

    async def told(self, times: int) -> list[str]:
        """What the application answered to so many notices."""
        async with asyncio.timeout(60):
            while len(self.bank.told) < times:
                await asyncio.sleep(0.02)
        return [msgspec.json.decode(it)["RspCode"] for it in self.bank.told]

    async def _ask(self, path: str, **body: str) -> Any:
        reply = await self.http.post(f"{self.bank.app}/api/payments{path}", json=body)
        assert reply.status_code == 200, reply.text
        return reply.json()


def _origin(url: str) -> str:
    return f"http://{urlsplit(url).netloc}"


@pytest.fixture(scope="module")
async def streets(settings: Settings) -> AsyncIterator[tuple[Bank, Address]]:
    bank = Bank("", late=3)
    with serving(bank) as address:
        environment = {"DATABASE_URL": settings.database_url, "SECRET_KEY": settings.secret_key, "DEMO": "1"}
        async with running("web", **(environment | address.settings())) as origin:
            bank.app = origin
            yield bank, address


@pytest.fixture
async def town(streets: tuple[Bank, Address], settings: Settings, database: Database) -> AsyncIterator[Town]:
    bank, address = streets
    bank.told.clear()
    given = {name.lower(): value for name, value in address.settings().items()}
    async with httpx.AsyncClient(timeout=30) as http:
        yield Town(http, bank, msgspec.structs.replace(settings, **given), database)


@pytest.mark.parametrize(
    ("act", "shown", "answers", "standing", "ledger"),
    [
        ("approve", "paid", ["00"], "paid", PAID),
        ("refuse", "failed", ["00"], "due", []),
        ("cancel", "failed", ["00"], "due", []),
        ("twice", "paid", ["00", "02"], "paid", PAID),
        ("late", "confirming", ["00"], "paid", PAID),
        ("backwards", "paid", ["00", "00"], "paid", PAID),
        ("changed", "confirming", ["04"], "confirming", []),
        ("silent", "confirming", [], "confirming", []),
        ("never", "", [], "paying", []),
    ],
)
async def test_whatever_the_person_chooses(
    act: str, shown: str, answers: list[str], standing: str, ledger: list[Any], town: Town
) -> None:
    code = await town.bill()
    assert await town.at_the_bank((await town.begin(code))["url"], act) == shown
    assert await town.told(len(answers)) == answers
    assert await town.standing(code) == standing
    assert await booked(town.database, code) == ledger


async def test_what_was_not_told_is_asked_and_what_nobody_decides_expires(town: Town) -> None:
    silent, never = await town.bill(), await town.bill()
    for code, act in ((silent, "silent"), (never, "never")):
        await town.at_the_bank((await town.begin(code))["url"], act)
    async with town.database.transaction() as session:
        await Reconciling(session, town.settings).ask_fresh(datetime.now(UTC) + timedelta(minutes=2))
    assert (await town.standing(silent), await town.standing(never)) == ("paid", "paying")
    async with town.database.transaction() as session:
        await Attempts(session, town.settings).expire(datetime.now(UTC) + timedelta(hours=1))
    assert (await town.standing(silent), await town.standing(never)) == ("paid", "due")


@pytest.fixture
async def _bank_tells(town: Town) -> None:
    async with town.database.transaction() as session:
        partners = Partners(session, town.settings)
        partner, secret = await partners.add(None, f"ngân hàng {uuid4()}", frozenset({"payments:statement"}))
    town.bank.partner = (str(partner.id), secret)


@pytest.mark.usefixtures("_bank_tells")
async def test_the_states_platform_takes_it_and_the_bank_tells(town: Town) -> None:
    code = await town.bill(Purpose.DOSSIER_FEE)
    url = (await town.begin(code, "portal"))["url"]
    assert "Trả tiền" in (await town.http.get(url)).text
    asked = httpx.URL(url).params
    given = {"words": asked["code"], "amount": asked["amount"], "back": asked["back"]}
    back = await town.http.post(f"{_origin(url)}/transfer", data=given)
    assert back.headers["location"] == f"{town.bank.app}/payments/{code}"
    assert await town.standing(code) == "paid"


@pytest.mark.usefixtures("_bank_tells")
async def test_a_transfer_is_a_line_of_the_statement(town: Town) -> None:
    code = await town.bill()
    words = (await town.begin(code, "vietqr"))["transfer"]["words"]
    page = _origin(town.settings.vnpay_url)
    for said in (words[:-1], words):
        await town.http.post(f"{page}/transfer", data={"words": f"MBVCB {said}", "amount": "8000"})
    assert [msgspec.json.decode(it)["items"][0]["result"] for it in town.bank.told] == ["kept", "matched"]
    assert await town.standing(code) == "paid"


async def test_an_order_nobody_signed_is_no_order(town: Town) -> None:
    url = (await town.begin(await town.bill()))["url"]
    assert (await town.http.get(url.replace("vnp_Amount=800000", "vnp_Amount=100"))).status_code == 400


def test_it_is_let_in_by_a_demonstration_and_by_nobody_else(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = []
    for demo in (False, True, True):
        asked = msgspec.structs.replace(settings, demo=demo)
        monkeypatch.setattr("server.core.terminal.read_settings", lambda asked=asked: asked)
        done = CliRunner().invoke(demo_bank, obj=events_of)
        said.append((done.exit_code, done.output))
    assert said.pop(0) == (1, "Error: only in a demonstration (DEMO=1)\n")
    assert [code for code, _ in said] == [0, 0]
    ids, keys = zip(*(output.split() for _, output in said), strict=True)
    assert len(set(ids)) == 1
    assert len(set(keys)) == 2
