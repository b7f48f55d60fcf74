"""A session: fresh at every sign-in, seen among one's devices, over when it is ended, idle or too old."""

import asyncio
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import structlog

from server.core.database import Database
from server.modules.identity.service import recognition
from tests.modules.identity.conftest import Browser, NewBrowser, NewPhone, StaffBrowser, age

SID = "__Host-sid"
BY_ITSELF = {"By-Itself": "1"}


class TestTheCookie:
    async def test_it_is_for_this_host_alone_and_no_script(self, browser: Browser, phone: str) -> None:
        asked = await browser.ask(phone)
        reply = await browser.post(
            f"/api/identity/codes/{asked['id']}/sign-in", json={"digits": asked["shown"], "shared": False}
        )
        [cookie] = [it for it in reply.headers.get_list("set-cookie") if it.startswith(f"{SID}=")]
        for word in ("Secure", "HttpOnly", "Path=/", "SameSite=lax"):
            assert word in cookie
        assert "Domain" not in cookie

    async def test_a_token_chosen_by_somebody_else_is_never_taken_over(self, browser: Browser, phone: str) -> None:
        browser.cookies.set(SID, "chosen-by-an-attacker", domain="localhost.local", path="/")
        await browser.sign_in(phone)
        chosen = await browser.get("/api/identity/devices", headers={"Cookie": f"{SID}=chosen-by-an-attacker"})
        assert chosen.status_code == 401

    async def test_signing_in_again_ends_the_one_before_on_this_browser(
        self, browser: Browser, new_phone: NewPhone
    ) -> None:
        await browser.sign_in(new_phone())
        before = browser.cookies[SID]
        await browser.sign_in(new_phone())
        replayed = await browser.get("/api/identity/devices", headers={"Cookie": f"{SID}={before}"})
        assert replayed.status_code == 401
        assert len((await browser.get("/api/identity/devices")).json()["items"]) == 1

    @pytest.mark.parametrize("token", ["forged", "", "x" * 5000, "%00", "'; DROP TABLE identity_session; --"])
    async def test_a_forged_one_is_nobody(self, browser: Browser, token: str) -> None:
        reply = await browser.get("/api/identity/devices", headers={"Cookie": f"{SID}={token}"})
        assert (reply.status_code, reply.json()["type"]) == (401, "sign-in-needed")

    async def test_in_a_crowd_each_is_who_they_are(self, new_browser: NewBrowser, new_phone: NewPhone) -> None:
        crowd = [new_browser() for _ in range(6)]
        ids = [(await browser.sign_in(new_phone()))["id"] for browser in crowd]
        crowd[2].cookies.set(SID, "forged", domain="localhost.local", path="/")
        ids[2] = None
        replies = await asyncio.gather(*[browser.get("/api/identity/session") for browser in crowd * 8])
        assert [(reply.json()["caller"] or {"id": None})["id"] for reply in replies] == ids * 8


class TestWhatItCosts:
    """`python -m benchmarks gate` measures it; how often the database is asked does not depend on the machine."""

    @pytest.fixture
    def asked(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Every statement that names a session, whoever sends it."""
        found: list[str] = []
        execute = psycopg.AsyncCursor.execute

        async def listening(cursor: Any, query: Any, *values: Any, **how: Any) -> Any:
            if "identity_session" in str(query):
                found.append(str(query).split()[0])
            return await execute(cursor, query, *values, **how)

        monkeypatch.setattr(psycopg.AsyncCursor, "execute", listening)
        return found

    async def test_one_query_for_a_request_and_once_a_minute_one_more(
        self, browser: Browser, phone: str, database: Database, asked: list[str]
    ) -> None:
        caller = await browser.sign_in(phone)
        asked.clear()
        for _ in range(5):
            assert (await browser.get("/api/privacy/consents")).status_code == 200
        assert asked == ["SELECT"] * 5
        earlier = "UPDATE identity_session SET seen_at = now() - interval '61 seconds' WHERE resident_id = :me"
        await age(database, earlier, me=caller["id"])
        asked.clear()
        for _ in range(2):
            assert (await browser.get("/api/privacy/consents")).status_code == 200
        assert asked == ["SELECT", "UPDATE", "SELECT"]

    async def test_one_query_for_a_crowd(self, new_browser: NewBrowser, new_phone: NewPhone, asked: list[str]) -> None:
        browser = new_browser()
        await browser.sign_in(new_phone())
        asked.clear()
        await asyncio.gather(*(browser.get("/api/privacy/consents") for _ in range(40)))
        assert len(asked) <= 40


class TestIdling:
    """What a page asks by itself, on a timer, is no sign that somebody is there."""

    async def seen(self, browser: Browser) -> str:
        return str((await browser.get("/api/identity/devices", headers=BY_ITSELF)).json()["items"][0]["seen_at"])

    async def test_what_a_page_asks_by_itself_does_not_count(
        self, browser: Browser, phone: str, database: Database
    ) -> None:
        caller = await browser.sign_in(phone, shared=True)
        later = "UPDATE identity_session SET seen_at = seen_at - interval '10 minutes' WHERE resident_id = :me"
        await age(database, later, me=caller["id"])
        before = await self.seen(browser)
        assert (await browser.get("/api/identity/session", headers=BY_ITSELF)).json()["caller"]
        assert await self.seen(browser) == before
        # By itself and by hand at one moment: by hand.
        await asyncio.gather(*(browser.get("/api/identity/session", headers=it) for it in (BY_ITSELF, {}, BY_ITSELF)))
        assert await self.seen(browser) > before

    async def test_an_unattended_console_ends_however_often_it_looks(
        self, staff_browser: StaffBrowser, database: Database
    ) -> None:
        console = await staff_browser("identity:administer")
        for minutes, status in ((2, 200), (2, 200), (2, 401)):
            await age(
                database,
                "UPDATE identity_session SET seen_at = seen_at - make_interval(mins => :by) WHERE staff_id = :me",
                by=minutes,
                me=console.staff_id,
            )
            reply = await console.get("/api/identity/devices", headers=BY_ITSELF)
            assert reply.status_code == status


class TestARefusal:
    """A cookie that opens nothing is a 401 and a line in the log, which does not repeat the token."""

    @pytest.fixture
    def said(self, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
        kept = structlog.testing.LogCapture()
        every_level = structlog.make_filtering_bound_logger(0)  # the tests' application says errors only
        log = structlog.wrap_logger(structlog.testing.ReturnLogger(), processors=[kept], wrapper_class=every_level)
        monkeypatch.setattr(recognition, "log", log)
        return kept.entries

    @pytest.mark.parametrize("way", ["forged", "signed out", "ended elsewhere", "idle", "owner erased"])
    async def test_is_written_down(
        self, browser: Browser, phone: str, database: Database, said: list[Any], way: str
    ) -> None:
        caller = await browser.sign_in(phone)
        token = browser.cookies[SID]
        if way == "forged":
            token = "x" * 43
        elif way == "signed out":
            await browser.delete("/api/identity/session")
        elif way == "ended elsewhere":
            await age(database, "DELETE FROM identity_session WHERE resident_id = :id", id=caller["id"])
        elif way == "idle":
            await age(database, "UPDATE identity_session SET seen_at = now() - interval '31 days'")
        else:
            await age(database, "UPDATE identity_resident SET erased_at = now() WHERE id = :id", id=caller["id"])
        said.clear()
        reply = await browser.get("/api/identity/devices", headers={"Cookie": f"{SID}={token}"})
        assert (reply.status_code, reply.json()["type"]) == (401, "sign-in-needed")
        assert [(it["event"], it["log_level"]) for it in said] == [("session refused", "warning")]
        assert token not in str(said)


class TestItsEnd:
    async def test_signing_out(self, browser: Browser, phone: str) -> None:
        await browser.sign_in(phone)
        token = browser.cookies[SID]
        assert (await browser.delete("/api/identity/session")).json() == {"caller": None, "ended": False}
        assert SID not in browser.cookies
        replayed = await browser.get("/api/identity/devices", headers={"Cookie": f"{SID}={token}"})
        assert replayed.status_code == 401

    async def test_in_several_tabs_at_once(self, browser: Browser, phone: str) -> None:
        await browser.sign_in(phone)
        jar = {"Cookie": f"{SID}={browser.cookies[SID]}"}
        asked = [browser.request(method, "/api/identity/session", headers=jar) for method in ("DELETE", "GET") * 8]
        assert {reply.status_code for reply in await asyncio.gather(*asked)} == {200}

    async def test_a_shared_device_forgets_everything(self, browser: Browser, phone: str) -> None:
        await browser.sign_in(phone, shared=True)
        reply = await browser.delete("/api/identity/session")
        assert reply.headers["clear-site-data"] == '"cache", "storage"'

    @pytest.mark.parametrize(
        ("who", "idle", "whole"),
        [
            ("own device", timedelta(days=30), timedelta(days=90)),
            ("shared device", timedelta(minutes=30), timedelta(hours=12)),
            ("staff", timedelta(minutes=15), timedelta(hours=10)),
            ("administrator", timedelta(minutes=5), timedelta(hours=8)),
        ],
    )
    async def test_being_idle_and_growing_old(
        self,
        who: str,
        idle: timedelta,
        whole: timedelta,
        browser: Browser,
        phone: str,
        staff_browser: StaffBrowser,
        database: Database,
    ) -> None:
        if who in ("staff", "administrator"):
            browser = await staff_browser("identity:administer" if who == "administrator" else "privacy:decide")
        else:
            await browser.sign_in(phone, shared=who == "shared device")
        [mine] = [(await browser.get("/api/identity/session")).json()["caller"]["id"]]
        jar = {"Cookie": f"{SID}={browser.cookies[SID]}"}  # told that it is over, a browser would let it go

        async def is_in_after(column: str, passed: timedelta) -> bool:
            back = f"UPDATE identity_session SET {column} = {column} - :passed WHERE :mine IN (resident_id, staff_id)"
            await age(database, back, passed=passed, mine=mine)
            return (await browser.get("/api/identity/session", headers=jar)).json()["caller"] is not None

        minute = timedelta(minutes=1)
        assert await is_in_after("seen_at", idle - minute)  # and seen again by that
        assert await is_in_after("expires_at", whole - minute)
        assert not await is_in_after("expires_at", 2 * minute)
        await age(
            database,
            "UPDATE identity_session SET expires_at = now() + interval '1 day' WHERE :mine IN (resident_id, staff_id)",
            mine=mine,
        )
        assert not await is_in_after("seen_at", idle + minute)


class TestDevices:
    async def test_all_are_listed_and_one_can_be_ended(
        self, new_browser: NewBrowser, phone: str, database: Database
    ) -> None:
        here, there = new_browser(), new_browser()
        await there.sign_in(phone)
        await age(database, "DELETE FROM core_count")
        await here.sign_in(phone)
        items = (await here.get("/api/identity/devices")).json()["items"]
        assert [item["current"] for item in items] == [True, False]
        assert (await here.delete(f"/api/identity/devices/{items[1]['id']}")).status_code == 204
        assert (await there.get("/api/identity/devices")).status_code == 401

    async def test_a_strangers_is_not_found(self, new_browser: NewBrowser, new_phone: NewPhone) -> None:
        mine, stranger = new_browser(), new_browser()
        await mine.sign_in(new_phone())
        await stranger.sign_in(new_phone())
        [theirs] = (await stranger.get("/api/identity/devices")).json()["items"]
        foreign = await mine.delete(f"/api/identity/devices/{theirs['id']}")
        absent = await mine.delete("/api/identity/devices/00000000-0000-7000-8000-000000000000")
        assert foreign.status_code == absent.status_code == 404
        assert foreign.json() | {"request_id": ""} == absent.json() | {"request_id": ""}

    async def test_all_others_at_once(self, new_browser: NewBrowser, phone: str, database: Database) -> None:
        here, there = new_browser(), new_browser()
        await there.sign_in(phone)
        await age(database, "DELETE FROM core_count")
        await here.sign_in(phone)
        assert (await here.delete("/api/identity/devices")).status_code == 204
        assert (await there.get("/api/identity/devices")).status_code == 401
        assert (await here.get("/api/identity/devices")).status_code == 200
