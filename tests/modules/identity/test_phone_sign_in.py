"""Signing in with a phone: within limits, five attempts, for the browser that asked."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import msgspec
import psycopg
import pytest
import structlog
from httpx import ASGITransport, AsyncClient
from sqlalchemy import text

from server.app import create_app
from server.core.database import Database
from server.core.settings import Settings
from server.core.web import Frame
from server.modules.identity.service import codes
from tests.conftest import Start
from tests.modules.identity.conftest import Browser, NewBrowser, NewPhone, age

SID = "__Host-sid"


class TestSigningIn:
    async def test_a_code_opens_a_session(self, browser: Browser, phone: str) -> None:
        caller = await browser.sign_in(phone)
        assert (caller["kind"], caller["assurance"]) == ("resident", 1)
        assert (await browser.get("/api/identity/session")).json()["caller"]["id"] == caller["id"]

    async def test_an_offer_of_passkeys_on_the_same_new_browser_takes_no_code_away(
        self, new_browser: NewBrowser, phone: str
    ) -> None:
        """The page asks for what to offer by itself; its reply may come after that to somebody who typed quickly."""
        browser, same = new_browser(), new_browser()
        asked = await browser.ask(phone)
        await same.post("/api/identity/passkeys/sign-in/options")
        browser.cookies.update(same.cookies)
        assert (await browser.get(f"/api/identity/codes/{asked['id']}")).status_code == 204
        reply = await browser.post(
            f"/api/identity/codes/{asked['id']}/sign-in", json={"digits": asked["shown"], "shared": False}
        )
        assert reply.status_code == 200, reply.text

    async def test_the_same_number_is_the_same_person(
        self, new_browser: NewBrowser, phone: str, database: Database
    ) -> None:
        first = await new_browser().sign_in(phone)
        async with database.reading() as connection:  # the pause between two codes is over
            await connection.execute(text("DELETE FROM core_count"))
        again = await new_browser().sign_in(f"+84 {phone[1:4]}.{phone[4:]}")
        assert again["id"] == first["id"]

    @pytest.mark.parametrize("phone", ["+12025550123", "19001234", "02903831234", "113", "hello", "", "0900"])
    async def test_other_numbers_are_refused(self, browser: Browser, phone: str) -> None:
        reply = await browser.post("/api/identity/codes", json={"phone": phone, "language": "vi"})
        assert (reply.status_code, reply.json()["type"]) == (400, "phone-refused")


async def the_pause_is_over(database: Database) -> None:
    await age(database, "UPDATE core_count SET until = now() WHERE until < now() + interval '61 seconds'")


class TestBombing:
    """Neither one number nor many, nor more than the province pays for in an hour."""

    @pytest.fixture(autouse=True)
    def one_window(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """No hour ends while a test counts."""
        monkeypatch.setattr("server.core.limits.time.time", lambda: 1_800_000_000.0)

    async def ask(self, browser: Browser, phone: str) -> int:
        reply = await browser.post("/api/identity/codes", json={"phone": phone, "language": "vi"})
        return reply.status_code

    async def test_one_number_gets_five_in_an_hour_from_whatever_browser(
        self, new_browser: NewBrowser, phone: str, database: Database
    ) -> None:
        statuses = []
        for _ in range(6):
            statuses.append(await self.ask(new_browser(), phone))
            await the_pause_is_over(database)
        assert statuses == [202] * 5 + [429]

    async def test_one_browser_asks_for_ten(self, browser: Browser, new_phone: NewPhone) -> None:
        assert [await self.ask(browser, new_phone()) for _ in range(11)] == [202] * 10 + [429]

    async def test_one_network_asks_for_twenty(self, new_browser: NewBrowser, new_phone: NewPhone) -> None:
        statuses = await asyncio.gather(*(self.ask(new_browser(), new_phone()) for _ in range(25)))
        assert (statuses.count(202), statuses.count(429)) == (20, 5)

    async def test_the_budget_of_an_hour_has_an_end_and_somebody_hears_of_it_once(
        self,
        client: AsyncClient,
        settings: Settings,
        new_phone: NewPhone,
        nothing_counted: None,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        kept = structlog.testing.LogCapture()
        log = structlog.wrap_logger(structlog.testing.ReturnLogger(), processors=[kept])
        monkeypatch.setattr(codes, "log", log)
        poor = msgspec.structs.replace(settings, sms_per_hour=3)
        app = create_app(poor)
        statuses = []
        for network in range(5):
            transport = ASGITransport(app=Frame(app, poor), client=(f"198.51.{network}.1", 5))
            async with AsyncClient(transport=transport, base_url=poor.origin) as elsewhere:
                body = {"phone": new_phone(), "language": "vi"}
                statuses.append((await elsewhere.post("/api/identity/codes", json=body)).status_code)
        await app.state.database.close()
        assert statuses == [202] * 3 + [429] * 2
        [alarm] = [it for it in kept.entries if it["log_level"] == "error"]
        assert (alarm["event"], alarm["most"]) == ("the hour's budget of messages is spent", 3)


class TestKnownAndUnknownNumbers:
    @pytest.mark.parametrize("path", ["/api/identity/codes", "/api/identity/recovery/codes"])
    async def test_are_answered_in_the_same_words_after_the_same_work(
        self, new_browser: NewBrowser, new_phone: NewPhone, database: Database, path: str
    ) -> None:
        """Work is counted in statements, for a clock on a busy machine tells nothing."""
        known, unknown = new_phone(), new_phone()
        await new_browser().sign_in(known)
        answers, work = [], []
        for phone in (known, unknown):
            await age(database, "DELETE FROM core_count")
            browser = new_browser()
            with statements() as ran:
                reply = await browser.post(path, json={"phone": phone, "language": "vi"})
            words = {name: type(value) for name, value in reply.json().items()}
            answers.append((reply.status_code, words, sorted(reply.headers)))
            work.append(ran)
        assert answers[0] == answers[1]
        assert len(work[0]) > 3
        assert work[0] == work[1]

    async def test_are_refused_in_the_same_words(
        self, new_browser: NewBrowser, new_phone: NewPhone, database: Database
    ) -> None:
        known, unknown = new_phone(), new_phone()
        await new_browser().sign_in(known)
        refusals = []
        for phone in (known, unknown):
            await age(database, "DELETE FROM core_count")
            browser = new_browser()
            asked = await browser.ask(phone)
            wrong = {"digits": f"{(int(asked['shown']) + 1) % 1_000_000:06}", "shared": False}
            with statements() as ran:
                reply = await browser.post(f"/api/identity/codes/{asked['id']}/sign-in", json=wrong)
            refusals.append((reply.status_code, reply.json() | {"request_id": ""}, ran))
        assert refusals[0] == refusals[1]


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is asked of the database meanwhile, by whichever way, without the values."""
    ran: list[str] = []
    execute = psycopg.AsyncCursor.execute

    async def listening(cursor: Any, query: Any, *values: Any, **how: Any) -> Any:
        ran.append(str(query))
        return await execute(cursor, query, *values, **how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.AsyncCursor, "execute", listening)
        yield ran


class TestTheCode:
    async def test_of_sixty_four_guesses_at_once_five_count(
        self, browser: Browser, phone: str, database: Database
    ) -> None:
        asked = await browser.ask(phone)
        path = f"/api/identity/codes/{asked['id']}/sign-in"
        wrong = f"{(int(asked['shown']) + 1) % 1_000_000:06}"
        async with database.reading() as connection:
            replies = await asyncio.gather(
                *(browser.post(path, json={"digits": wrong, "shared": False}) for _ in range(64))
            )
            attempts = await connection.scalar(
                text("SELECT attempts FROM identity_phone_code WHERE id = :id"), {"id": asked["id"]}
            )
        assert attempts == 5
        assert {reply.status_code for reply in replies} <= {400, 429}
        late = await browser.post(path, json={"digits": asked["shown"], "shared": False})
        assert late.status_code in (400, 429)

    async def test_it_works_once(self, browser: Browser, phone: str) -> None:
        asked = await browser.ask(phone)
        path = f"/api/identity/codes/{asked['id']}/sign-in"
        body = {"digits": asked["shown"], "shared": False}
        assert (await browser.post(path, json=body)).status_code == 200
        await browser.delete("/api/identity/session")
        assert (await browser.post(path, json=body)).json()["type"] == "code-refused"

    async def test_whoever_lost_the_reply_sends_it_again_and_has_one_session(
        self, browser: Browser, phone: str
    ) -> None:
        asked = await browser.ask(phone)
        path = f"/api/identity/codes/{asked['id']}/sign-in"
        body = {"digits": asked["shown"], "shared": False}
        mark = {"Cookie": f"__Host-browser={browser.cookies['__Host-browser']}"}
        assert (await browser.post(path, json=body)).status_code == 200
        unheard = f"{SID}={browser.cookies[SID]}"
        browser.cookies.delete(SID)
        wrong = body | {"digits": f"{(int(asked['shown']) + 1) % 1_000_000:06}"}
        assert (await browser.post(path, json=wrong, headers=mark)).json()["type"] == "code-refused"
        assert (await browser.post(path, json=body, headers=mark)).status_code == 200
        assert len((await browser.get("/api/identity/devices")).json()["items"]) == 1
        old = await browser.get("/api/identity/devices", headers={"Cookie": unheard})
        assert old.status_code == 401
        # Five attempts in all, right ones counted.
        replies = [await browser.post(path, json=body, headers=mark) for _ in range(3)]
        assert [reply.status_code for reply in replies] == [200, 200, 400]

    async def test_of_several_at_once_one_session_stays(self, browser: Browser, phone: str) -> None:
        asked = await browser.ask(phone)
        path, body = f"/api/identity/codes/{asked['id']}/sign-in", {"digits": asked["shown"], "shared": False}
        replies = await asyncio.gather(*(browser.post(path, json=body) for _ in range(4)))
        assert {reply.status_code for reply in replies} == {200}
        tokens = [reply.cookies[SID] for reply in replies]
        seen = [await browser.get("/api/identity/devices", headers={"Cookie": f"{SID}={token}"}) for token in tokens]
        assert sorted(reply.status_code for reply in seen) == [200, 401, 401, 401]

    async def test_it_belongs_to_the_browser_that_asked(self, new_browser: NewBrowser, phone: str) -> None:
        asked = await new_browser().ask(phone)
        reply = await new_browser().post(
            f"/api/identity/codes/{asked['id']}/sign-in", json={"digits": asked["shown"], "shared": False}
        )
        assert (reply.status_code, reply.json()["type"]) == (400, "code-refused")

    async def test_it_expires(self, browser: Browser, phone: str, database: Database) -> None:
        asked = await browser.ask(phone)
        async with database.reading() as connection:
            await connection.execute(
                text("UPDATE identity_phone_code SET expires_at = now() WHERE id = :id"), {"id": asked["id"]}
            )
        reply = await browser.post(
            f"/api/identity/codes/{asked['id']}/sign-in", json={"digits": asked["shown"], "shared": False}
        )
        assert reply.json()["type"] == "code-refused"

    async def test_a_second_one_waits_a_minute(self, browser: Browser, phone: str) -> None:
        await browser.ask(phone)
        reply = await browser.post("/api/identity/codes", json={"phone": phone, "language": "vi"})
        assert (reply.status_code, reply.json()["type"]) == (429, "too-many-requests")
        assert int(reply.headers["retry-after"]) <= 60


@pytest.mark.usefixtures("one_window")
async def test_how_many_codes_a_network_may_ask_for_is_a_setting(
    settings: Settings, start: Start, new_phone: NewPhone, nothing_counted: None
) -> None:
    """A mobile carrier puts thousands of phones behind one address. Whom a code was sent to, may also type it."""
    few = msgspec.structs.replace(settings, codes_per_network=3)
    async with start(few) as client:
        asked, tried = [], []
        for _ in range(4):
            async with Browser(client.app, few) as browser:  # type: ignore[attr-defined]
                body = {"phone": new_phone(), "language": "vi"}
                asked.append((await browser.post("/api/identity/codes", json=body)).status_code)
        for _ in range(10):
            path = f"/api/identity/codes/{uuid4()}/sign-in"
            tried.append((await client.post(path, json={"digits": "000000", "shared": False})).status_code)
    assert asked == [202, 202, 202, 429]
    assert tried == [400] * 9 + [429]
