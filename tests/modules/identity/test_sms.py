"""Who carries a code to a phone: the first provider that takes it; and when none does, whoever waits is told so."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, NamedTuple

import msgspec
import pytest
import structlog
from litestar import Litestar
from sqlalchemy import text

from server.app import create_app, events_of
from server.core.database import Database
from server.core.settings import Settings
from server.modules.identity.gateways import sms
from tests.modules.identity.carrier import Carrier
from tests.modules.identity.conftest import Browser, age


class Province(NamedTuple):
    app: Litestar
    settings: Settings
    work: Callable[[], Awaitable[None]]


class Sending(NamedTuple):
    """A browser of a province with two providers, and what its worker does."""

    browser: Browser
    first: Carrier
    second: Carrier
    work: Callable[[], Awaitable[None]]
    elsewhere: Browser


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[Carrier, Carrier]]:
    carriers = Carrier("one"), Carrier("two")
    yield carriers
    for carrier in carriers:
        carrier.close()


@pytest.fixture
def carriers(both: tuple[Carrier, Carrier]) -> Iterator[tuple[Carrier, Carrier]]:
    """Both as if nobody had used them."""
    for carrier, token in zip(both, ("one", "two"), strict=True):
        carrier.begin(token)
    yield both
    for carrier in both:
        carrier.over.set()


@pytest.fixture(scope="module")
async def province(both: tuple[Carrier, Carrier], settings: Settings) -> AsyncIterator[Province]:
    """What carries codes needs nothing that an application loads at its start, so that this one is never started."""
    own = msgspec.structs.replace(settings, sms_urls=tuple(it.url for it in both), sms_tokens=("one", "two"))
    app, database = create_app(own), Database(own)
    yield Province(app, own, events_of(database).run_waiting)
    await app.state.database.close()
    await database.close()


@pytest.fixture
async def sending(
    province: Province, carriers: tuple[Carrier, Carrier], database: Database, nothing_counted: None
) -> AsyncIterator[Sending]:
    await age(database, "DELETE FROM procrastinate_jobs WHERE status = 'todo'")  # what other tests have left over
    browser, elsewhere = (Browser(province.app, province.settings) for _ in range(2))
    yield Sending(browser, *carriers, province.work, elsewhere)
    for one in (browser, elsewhere):
        await one.aclose()


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    kept = structlog.testing.LogCapture()
    log = structlog.wrap_logger(structlog.testing.ReturnLogger(), processors=[kept])
    monkeypatch.setattr(sms, "log", log)
    return kept.entries


async def kept(database: Database, code: str) -> tuple[bool, bool, str | None, str | None, bool]:
    """Of a code: sent, failed, by whom, under which name, and whether its digits are still there."""
    wanted = text(
        "SELECT sent_at IS NOT NULL, failed_at IS NOT NULL, provider, reference, code IS NOT NULL"
        " FROM identity_phone_code WHERE id = :id"
    )
    async with database.reading() as connection:
        row = (await connection.execute(wanted, {"id": code})).one()
        return (row[0], row[1], row[2], row[3], row[4])


def looks(code: str) -> str:
    return f"/api/identity/codes/{code}"


async def test_the_first_takes_it_and_nobody_else_hears_of_it(sending: Sending, phone: str, database: Database) -> None:
    asked = await sending.browser.ask(phone)
    # A demonstration, too, shows no code once somebody carries it.
    assert asked["shown"] is None
    assert (await sending.browser.get(looks(asked["id"]))).status_code == 204
    await sending.work()
    [message] = sending.first.taken
    assert (message["to"], message["lang"]) == (f"+84{phone[1:]}", "vi")
    assert sending.second.taken == []
    assert await kept(database, asked["id"]) == (True, False, "first", "m-1", False)
    # What came to the phone is good.
    body = {"digits": message["text"][:6], "shared": False}
    assert (await sending.browser.post(f"{looks(asked['id'])}/sign-in", json=body)).status_code == 200


@pytest.mark.parametrize("fault", [500, 429, 307, None, "slow", "a wrong token"], ids=str)
async def test_when_the_first_does_not_the_second_does(
    sending: Sending,
    phone: str,
    database: Database,
    said: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    fault: object,
) -> None:
    if fault == "slow":
        monkeypatch.setattr(sms, "_TIMEOUT", 2)
        sending.first.asleep = True
    elif fault == "a wrong token":
        sending.first.token = "another"
    else:
        sending.first.answer = fault  # type: ignore[assignment]
    asked = await sending.browser.ask(phone)
    await sending.work()
    assert (sending.first.taken, len(sending.second.taken)) == ([], 1)
    assert await kept(database, asked["id"]) == (True, False, "second", "m-1", False)
    # For those who run it: which one and why; neither the number nor the code.
    [line] = said
    assert (line["event"], line["provider"]) == ("sms provider failed", "first")
    assert phone[1:] not in str(line)
    assert sending.second.taken[0]["text"][:6] not in str(line)


async def test_when_neither_does_whoever_waits_is_told_and_what_to_do(
    sending: Sending, phone: str, database: Database
) -> None:
    sending.first.answer, sending.second.answer = None, 503
    asked = await sending.browser.ask(phone)
    await sending.work()
    assert await kept(database, asked["id"]) == (False, True, None, None, True)
    reply = await sending.browser.get(looks(asked["id"]))
    assert (reply.status_code, reply.json()["type"]) == (503, "code-not-sent")
    assert "bộ phận một cửa" in reply.json()["title"]
    # Nobody else is told anything of it.
    for other in (sending.elsewhere, sending.browser):
        code = asked["id"] if other is sending.elsewhere else "00000000-0000-7000-8000-000000000000"
        assert (await other.get(looks(code))).status_code == 404


async def test_those_who_wait_for_a_slow_provider_hold_no_other_message_up(
    sending: Sending, phone: str, new_phone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the worker that waits; whoever asks is answered at once."""
    monkeypatch.setattr(sms, "_TIMEOUT", 60.0)
    sending.first.asleep = sending.second.asleep = True
    asked = await sending.browser.ask(phone)
    work = asyncio.create_task(sending.work())
    assert (await sending.elsewhere.ask(new_phone()))["id"] != asked["id"]
    assert not work.done()
    for carrier in (sending.first, sending.second):
        carrier.over.set()
    await work


async def test_where_nobody_carries_codes_the_way_is_shut_and_none_is_ever_shown(
    settings: Settings, phone: str, nothing_counted: None
) -> None:
    serious = msgspec.structs.replace(settings, demo=False, base_url="https://localhost:8000")
    carried = msgspec.structs.replace(serious, sms_urls=("https://sms.example.org",))
    for own, open_ in ((serious, False), (carried, True)):
        app = create_app(own)
        async with Browser(app, own) as browser:
            assert (await browser.get("/api/identity/ways")).json()["phone"] is open_
            reply = await browser.post("/api/identity/codes", json={"phone": phone, "language": "vi"})
        await app.state.database.close()
        if open_:
            assert (reply.status_code, reply.json()["shown"]) == (202, None)
        else:
            assert (reply.status_code, reply.json()["type"]) == (409, "phone-sign-in-off")
