"""Proving once more who one is: every way, what does not count, and how long it lasts."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from server.core.database import Database
from server.core.settings import Settings
from tests.modules.identity.authenticator import Authenticator
from tests.modules.identity.conftest import Browser, Member, NewBrowser, NewMember, NewPhone, age
from tests.modules.identity.test_passkeys import register
from tests.modules.identity.test_staff_sign_in import a_wrong_code, code_of, give_code, give_password

PROVE = "/api/identity/prove"
SENSITIVE = "/api/identity/passkeys/options"
"""A route with `fresh=True`, for residents and staff alike."""
SID = "__Host-sid"


async def grow_old(database: Database) -> None:
    """Five minutes and one second after the last proof; and the next code may be asked for."""
    await age(database, "UPDATE identity_session SET proved_at = proved_at - interval '301 seconds'")
    await age(database, "DELETE FROM core_count")


async def is_fresh(browser: Browser) -> bool:
    reply = await browser.post(SENSITIVE)
    assert reply.status_code in (200, 401), reply.text
    assert reply.is_success or reply.json()["type"] == "proof-needed"
    return reply.is_success


async def ask(browser: Browser) -> dict[str, Any]:
    reply = await browser.post(f"{PROVE}/codes")
    assert reply.status_code == 202, reply.text
    return dict(reply.json())


async def give(browser: Browser, asked: dict[str, Any], digits: str = "") -> Any:
    return await browser.post(f"{PROVE}/codes/{asked['id']}", json={"digits": digits or asked["shown"]})


async def give_passkey(browser: Browser, authenticator: Authenticator) -> Any:
    options = (await browser.post(f"{PROVE}/passkey/options")).json()["options"]
    return await browser.post(f"{PROVE}/passkey", json={"credential": authenticator.get(options)})


async def give_time_code(browser: Browser, digits: str) -> Any:
    return await browser.post(f"{PROVE}/authenticator", json={"digits": digits})


@pytest.fixture
async def resident(browser: Browser, phone: str, database: Database) -> Browser:
    """Signed in by phone, and not fresh any more."""
    await browser.sign_in(phone)
    await grow_old(database)
    return browser


@pytest.fixture
async def desk(new_browser: NewBrowser, member: Member, database: Database) -> Browser:
    """Staff signed in by password and authenticator, and not fresh any more."""
    browser = new_browser()
    await give_password(browser, member.login, member.password)
    assert (await give_code(browser, code_of(member.secret, -1))).status_code == 200
    await grow_old(database)
    return browser


class TestEveryWay:
    """Refused before, accepted after, under a new token, and refused again when it has grown old."""

    async def runs(self, browser: Browser, database: Database, proof: Any) -> None:
        before = browser.cookies[SID]
        assert not await is_fresh(browser)
        reply = await proof()
        assert reply.status_code == 200, reply.text
        assert browser.cookies[SID] != before
        caller = (await browser.get("/api/identity/session")).json()["caller"]
        assert reply.json()["caller"]["proved_at"] == caller["proved_at"]
        old = await browser.get("/api/identity/devices", headers={"Cookie": f"{SID}={before}"})
        assert old.status_code == 401
        # It is the same session, not one more.
        assert len((await browser.get("/api/identity/devices")).json()["items"]) == 1
        assert await is_fresh(browser)
        await age(database, "UPDATE identity_session SET proved_at = proved_at - interval '290 seconds'")
        assert await is_fresh(browser)
        await age(database, "UPDATE identity_session SET proved_at = proved_at - interval '11 seconds'")
        assert not await is_fresh(browser)

    async def test_a_resident_by_phone(self, resident: Browser, phone: str, database: Database) -> None:
        ways = (await resident.get(PROVE)).json()
        assert ways == {
            "passkey": False,
            "authenticator": False,
            "phone": f"{phone[:4]} ••• {phone[-3:]}",
            "vneid": False,
            "shown": None,
        }

        async def proof() -> Any:
            return await give(resident, await ask(resident))

        await self.runs(resident, database, proof)

    async def test_a_resident_by_passkey(
        self, browser: Browser, phone: str, settings: Settings, database: Database
    ) -> None:
        await browser.sign_in(phone)
        authenticator = Authenticator(settings.origin)
        await register(browser, authenticator)
        await grow_old(database)
        assert (await browser.get(PROVE)).json()["passkey"] is True
        await self.runs(browser, database, lambda: give_passkey(browser, authenticator))

    async def test_staff_by_authenticator(self, desk: Browser, member: Member, database: Database) -> None:
        ways = (await desk.get(PROVE)).json()
        assert ways == {"passkey": False, "authenticator": True, "phone": None, "vneid": False, "shown": None}
        await self.runs(desk, database, lambda: give_time_code(desk, code_of(member.secret)))

    async def test_staff_by_passkey(
        self, desk: Browser, member: Member, settings: Settings, database: Database
    ) -> None:
        assert (await give_time_code(desk, code_of(member.secret))).status_code == 200
        authenticator = Authenticator(settings.origin)
        await register(desk, authenticator)
        await grow_old(database)
        await self.runs(desk, database, lambda: give_passkey(desk, authenticator))


class TestALostReply:
    """The line broke after the server had taken the proof: the browser still has the token from before."""

    async def test_nobody_is_signed_out_and_the_proof_is_given_once_more(
        self, resident: Browser, new_browser: NewBrowser
    ) -> None:
        before = {"Cookie": f"{SID}={resident.cookies[SID]}; __Host-browser={resident.cookies['__Host-browser']}"}
        asked = await ask(resident)
        path, body = f"{PROVE}/codes/{asked['id']}", {"digits": asked["shown"]}
        lost = new_browser()
        lost.cookies.clear()
        assert (await lost.post(path, json=body, headers=before)).status_code == 200
        lost.cookies.clear()
        # Still there, though nothing that needs the proof is done under the former token.
        assert (await resident.get("/api/identity/session")).json()["caller"]
        assert not await is_fresh(resident)
        assert (await give(resident, asked)).status_code == 200
        assert await is_fresh(resident)
        assert len((await resident.get("/api/identity/devices")).json()["items"]) == 1
        # Once the new token has come back, the former one opens nothing.
        former = before["Cookie"].partition(";")[0]
        assert (await lost.get("/api/identity/devices", headers={"Cookie": former})).status_code == 401

    async def test_signing_out_from_afar_ends_the_former_token_too(
        self, resident: Browser, new_browser: NewBrowser, phone: str, database: Database
    ) -> None:
        before = {"Cookie": f"{SID}={resident.cookies[SID]}"}
        assert (await give(resident, await ask(resident))).status_code == 200
        other = new_browser()
        await age(database, "DELETE FROM core_count")
        await other.sign_in(phone)
        await other.delete("/api/identity/devices")
        resident.cookies.clear()
        said = (await resident.get("/api/identity/session", headers=before)).json()
        assert said == {"caller": None, "ended": True}


class TestByPhone:
    async def test_a_wrong_code_may_be_corrected_four_times(self, resident: Browser) -> None:
        asked = await ask(resident)
        wrong = f"{(int(asked['shown']) + 1) % 1_000_000:06}"
        for _ in range(4):
            assert (await give(resident, asked, wrong)).json()["type"] == "code-refused"
        assert (await give(resident, asked)).status_code == 200

    async def test_of_twenty_guesses_at_once_five_count(self, resident: Browser, database: Database) -> None:
        asked = await ask(resident)
        wrong = f"{(int(asked['shown']) + 1) % 1_000_000:06}"
        replies = await asyncio.gather(*(give(resident, asked, wrong) for _ in range(20)))
        assert {reply.json()["type"] for reply in replies} == {"code-refused"}
        assert (await give(resident, asked)).json()["type"] == "code-refused"
        assert not await is_fresh(resident)

    async def test_it_works_for_the_session_it_proved_alone(
        self, resident: Browser, phone: str, database: Database
    ) -> None:
        asked = await ask(resident)
        assert (await give(resident, asked)).status_code == 200
        await resident.delete("/api/identity/session")
        await age(database, "DELETE FROM core_count")
        await resident.sign_in(phone)
        assert (await give(resident, asked)).json()["type"] == "code-refused"

    async def test_a_code_for_signing_in_proves_nothing(self, resident: Browser, phone: str) -> None:
        asked = await resident.ask(phone)
        assert (await give(resident, asked)).json()["type"] == "code-refused"

    async def test_a_code_for_proving_signs_nobody_in(self, resident: Browser) -> None:
        asked = await ask(resident)
        body = {"digits": asked["shown"], "shared": False}
        reply = await resident.post(f"/api/identity/codes/{asked['id']}/sign-in", json=body)
        assert reply.json()["type"] == "code-refused"

    async def test_somebody_elses_code_proves_nothing(
        self, resident: Browser, new_browser: NewBrowser, new_phone: NewPhone, database: Database
    ) -> None:
        stranger = new_browser()
        await stranger.sign_in(new_phone())
        await age(database, "DELETE FROM core_count")
        asked = await ask(stranger)
        refused = await give(resident, asked)
        absent = await give(resident, asked | {"id": "00000000-0000-7000-8000-000000000000"})
        assert refused.json() | {"request_id": ""} == absent.json() | {"request_id": ""}
        assert (refused.status_code, refused.json()["type"]) == (400, "code-refused")

    async def test_nor_does_one_that_another_account_asked_for_on_this_browser(
        self, resident: Browser, new_phone: NewPhone, database: Database
    ) -> None:
        asked = await ask(resident)
        await age(database, "DELETE FROM core_count")
        await resident.sign_in(new_phone())
        assert (await give(resident, asked)).json()["type"] == "code-refused"

    async def test_an_account_without_a_phone_is_told_another_way(self, resident: Browser, database: Database) -> None:
        owner = (await resident.get("/api/identity/session")).json()["caller"]["id"]
        await age(database, "UPDATE identity_resident SET phone = NULL, phone_index = NULL WHERE id = :id", id=owner)
        assert (await resident.get(PROVE)).json()["phone"] is None
        reply = await resident.post(f"{PROVE}/codes")
        assert (reply.status_code, reply.json()["type"]) == (409, "no-phone")
        assert "VNeID" in reply.json()["title"]

    async def test_staff_have_none(self, desk: Browser) -> None:
        assert (await desk.post(f"{PROVE}/codes")).status_code == 403


class TestByAuthenticator:
    async def test_the_code_that_signed_in_is_spent(self, desk: Browser, member: Member) -> None:
        assert (await give_time_code(desk, code_of(member.secret, -1))).json()["type"] == "code-refused"

    async def test_another_persons_code_proves_nothing(self, desk: Browser, new_member: NewMember) -> None:
        other = await new_member()
        assert (await give_time_code(desk, code_of(other.secret))).json()["type"] == "code-refused"

    async def test_after_five_wrong_ones_the_right_one_waits(self, desk: Browser, member: Member) -> None:
        replies = await asyncio.gather(*(give_time_code(desk, a_wrong_code(member.secret)) for _ in range(8)))
        assert sorted(reply.status_code for reply in replies) == [400] * 5 + [429] * 3
        assert (await give_time_code(desk, code_of(member.secret))).status_code == 429
        assert not await is_fresh(desk)

    async def test_residents_have_none(self, resident: Browser) -> None:
        assert (await give_time_code(resident, "000000")).status_code == 403

    async def test_a_demonstration_shows_the_code_of_its_own_accounts(
        self, new_browser: NewBrowser, database: Database
    ) -> None:
        browser = new_browser()
        await age(database, "UPDATE identity_staff SET totp_step = 0 WHERE demo")
        await give_password(browser, "duyettin", "thu-nghiem-ung-dung")
        await give_code(browser, (await give_password(browser, "duyettin", "thu-nghiem-ung-dung")).json()["shown"])
        shown = (await browser.get(PROVE)).json()["shown"]
        assert (await give_time_code(browser, shown)).status_code == 200


class TestByPasskey:
    async def test_somebody_elses_proves_nothing(
        self, resident: Browser, new_browser: NewBrowser, new_phone: NewPhone, settings: Settings
    ) -> None:
        stranger, theirs = new_browser(), Authenticator(settings.origin)
        await stranger.sign_in(new_phone())
        await register(stranger, theirs)
        reply = await give_passkey(resident, theirs)
        assert (reply.status_code, reply.json()["type"]) == (400, "passkey-refused")
        assert not await is_fresh(resident)

    async def test_an_answer_to_a_sign_in_proves_nothing(
        self, browser: Browser, phone: str, settings: Settings
    ) -> None:
        await browser.sign_in(phone)
        own = Authenticator(settings.origin)
        await register(browser, own)
        options = (await browser.post("/api/identity/passkeys/sign-in/options")).json()["options"]
        reply = await browser.post(f"{PROVE}/passkey", json={"credential": own.get(options)})
        assert (reply.status_code, reply.json()["type"]) == (400, "sign-in-lost")

    async def test_it_works_once(self, browser: Browser, phone: str, settings: Settings) -> None:
        await browser.sign_in(phone)
        own = Authenticator(settings.origin)
        await register(browser, own)
        options = (await browser.post(f"{PROVE}/passkey/options")).json()["options"]
        body = {"credential": own.get(options)}
        replies = await asyncio.gather(*(browser.post(f"{PROVE}/passkey", json=body) for _ in range(2)))
        assert sorted(reply.status_code for reply in replies) in ([200, 400], [200, 401])


class TestAtOneMoment:
    async def test_a_session_that_is_ended_meanwhile_is_no_crash(
        self, desk: Browser, member: Member, database: Database
    ) -> None:
        async with database.transaction() as session:
            await session.execute(text("DELETE FROM identity_session WHERE staff_id = :id"), {"id": member.id})
            proving = asyncio.create_task(give_time_code(desk, code_of(member.secret)))
            await somebody_waits(database)
        reply = await proving
        assert (reply.status_code, reply.json()["type"]) == (401, "sign-in-needed")


async def somebody_waits(database: Database) -> None:
    """Until a statement waits for a row that another transaction holds."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(60), database.reading() as connection:
        while not await connection.scalar(waiting):
            await asyncio.sleep(0.01)
