"""A browser that was signed out from another one is told; one whose session just ran out is not."""

import pytest
from sqlalchemy import text

from server.core.database import Database
from server.modules.identity.service.residents import Residents
from tests.modules.identity.conftest import Browser, NewBrowser, NewPhone, age

SESSION = "/api/identity/session"


@pytest.fixture
async def two(new_browser: NewBrowser, phone: str, database: Database) -> tuple[Browser, Browser]:
    """One person, at home and on a phone."""
    home, mobile = new_browser(), new_browser()
    for browser in (home, mobile):
        await age(database, "DELETE FROM core_count")
        await browser.sign_in(phone)
    return home, mobile


async def ended(browser: Browser) -> bool:
    reply = (await browser.get(SESSION)).json()
    assert reply["caller"] is None
    told: bool = reply["ended"]
    return told


class TestEnded:
    async def test_all_others(self, two: tuple[Browser, Browser]) -> None:
        home, mobile = two
        assert (await home.delete("/api/identity/devices")).status_code == 204
        assert await ended(mobile)
        assert (await home.get(SESSION)).json()["ended"] is False

    async def test_one(self, two: tuple[Browser, Browser]) -> None:
        home, mobile = two
        items = (await home.get("/api/identity/devices")).json()["items"]
        [other] = [it["id"] for it in items if not it["current"]]
        assert (await home.delete(f"/api/identity/devices/{other}")).status_code == 204
        assert await ended(mobile)

    async def test_it_is_told_until_that_browser_has_signed_out(self, two: tuple[Browser, Browser]) -> None:
        home, mobile = two
        await home.delete("/api/identity/devices")
        token = mobile.cookies["__Host-sid"]
        assert await ended(mobile)
        assert await ended(mobile)
        assert (await mobile.delete(SESSION)).status_code == 200
        assert "__Host-sid" not in mobile.cookies
        mobile.cookies.set("__Host-sid", token)
        assert not await ended(mobile)

    async def test_an_account_that_is_erased(self, two: tuple[Browser, Browser], database: Database) -> None:
        home, mobile = two
        caller = (await home.get(SESSION)).json()["caller"]
        async with database.transaction() as session:
            await Residents(session, session.info["settings"]).erase(caller["id"])
        assert await ended(home)
        assert await ended(mobile)


class TestNotEnded:
    async def test_what_ran_out_may_come_back(self, browser: Browser, phone: str, database: Database) -> None:
        caller = await browser.sign_in(phone)
        await age(database, "UPDATE identity_session SET expires_at = now() WHERE resident_id = :id", id=caller["id"])
        assert not await ended(browser)

    async def test_whoever_signs_out_here_has_done_it(self, browser: Browser, phone: str, database: Database) -> None:
        await browser.sign_in(phone)
        token = browser.cookies["__Host-sid"]
        await browser.delete(SESSION)
        browser.cookies.set("__Host-sid", token)
        assert not await ended(browser)

    @pytest.mark.parametrize("token", ["", "forged", "x" * 5000])
    async def test_a_forged_one(self, browser: Browser, token: str) -> None:
        browser.cookies.set("__Host-sid", token)
        assert not await ended(browser)

    async def test_what_is_kept_is_a_hash(self, two: tuple[Browser, Browser], database: Database) -> None:
        home, mobile = two
        await home.delete("/api/identity/devices")
        async with database.reading() as connection:
            kept = await connection.execute(text("SELECT * FROM identity_ended_session"))
            rows = " ".join(str(row) for row in kept)
        assert rows and mobile.cookies["__Host-sid"] not in rows


class TestIfCaller:
    """What one person began on a device is not done as another one, who has signed in there meanwhile."""

    async def test_of_somebody_else_it_is_refused(self, new_browser: NewBrowser, new_phone: NewPhone) -> None:
        browser = new_browser()
        first = await browser.sign_in(new_phone())
        await browser.sign_in(new_phone())
        profile = (await browser.get("/api/identity/profile")).json()
        body = {"name": "Người Trước", "commune_code": None, "language": "vi"}
        headers = {"If-Match": f'"{profile["version"]}"', "If-Caller": first["id"]}
        reply = await browser.put("/api/identity/profile", json=body, headers=headers)
        assert (reply.status_code, reply.json()["type"]) == (409, "caller-changed")
        assert (await browser.get("/api/identity/profile")).json() == profile
        headers["If-Caller"] = profile["id"]
        assert (await browser.put("/api/identity/profile", json=body, headers=headers)).status_code == 200

    @pytest.mark.parametrize("named", ["", "nobody", "x" * 5000])
    async def test_nonsense_is_somebody_else(self, browser: Browser, phone: str, named: str) -> None:
        await browser.sign_in(phone)
        reply = await browser.delete("/api/identity/devices", headers={"If-Caller": named})
        assert (reply.status_code, reply.json()["type"]) == (409, "caller-changed")
