"""Passkeys: made with a fresh proof, a way in without typing, refused when anything about them is not right."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from sqlalchemy import text

from server.core.database import Database
from server.core.settings import Settings
from server.modules.identity.service import passkeys
from tests.modules.identity.authenticator import PRESENT, Authenticator, b64
from tests.modules.identity.conftest import Browser, NewBrowser, NewPhone, StaffBrowser

SIGN_IN = "/api/identity/passkeys/sign-in"


@pytest.fixture
def authenticator(settings: Settings) -> Authenticator:
    return Authenticator(settings.origin)


async def register(browser: Browser, authenticator: Authenticator) -> dict[str, Any]:
    begun = await browser.post("/api/identity/passkeys/options")
    assert begun.status_code == 200, begun.text
    credential = authenticator.create(begun.json()["options"])
    reply = await browser.post("/api/identity/passkeys", json={"device": "Máy của tôi", "credential": credential})
    assert reply.status_code == 201, reply.text
    passkey: dict[str, Any] = reply.json()
    return passkey


async def answer(browser: Browser, sign: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    options = (await browser.post(f"{SIGN_IN}/options")).json()["options"]
    return await browser.post(SIGN_IN, json={"credential": sign(options), "shared": False})


class TestSigningIn:
    async def test_a_resident_types_nothing(
        self, new_browser: NewBrowser, phone: str, authenticator: Authenticator
    ) -> None:
        here, there = new_browser(), new_browser()
        caller = await here.sign_in(phone)
        await register(here, authenticator)
        reply = await answer(there, authenticator.get)
        assert reply.status_code == 200, reply.text
        assert reply.json()["caller"]["id"] == caller["id"]
        [item] = [it for it in (await there.get("/api/identity/devices")).json()["items"] if it["current"]]
        assert item["method"] == "passkey"

    async def test_staff_come_in_with_their_permissions(
        self, staff_browser: StaffBrowser, new_browser: NewBrowser, authenticator: Authenticator
    ) -> None:
        desk = await staff_browser("identity:recover")
        await register(desk, authenticator)
        reply = await answer(new_browser(), authenticator.get)
        assert reply.json()["caller"]["id"] == str(desk.staff_id)
        assert reply.json()["caller"]["permissions"] == ["identity:recover"]

    async def test_an_authenticator_that_does_not_count_is_good_too(
        self, new_browser: NewBrowser, phone: str, settings: Settings
    ) -> None:
        here, synced = new_browser(), Authenticator(settings.origin, counts=False)
        await here.sign_in(phone)
        await register(here, synced)
        for _ in range(2):
            assert (await answer(new_browser(), synced.get)).status_code == 200


class TestRefused:
    @pytest.fixture
    async def known(self, browser: Browser, phone: str, authenticator: Authenticator) -> Authenticator:
        await browser.sign_in(phone)
        await register(browser, authenticator)
        return authenticator

    @pytest.mark.parametrize(
        "lie",
        [
            {"origin": "https://camau.example"},
            {"origin": "null"},
            {"site": "camau.example"},
            {"user_handle": b"somebody else"},
        ],
        ids=str,
    )
    async def test_meant_for_another_site_or_person(
        self, new_browser: NewBrowser, known: Authenticator, lie: dict[str, Any]
    ) -> None:
        reply = await answer(new_browser(), lambda options: known.get(options, **lie))
        assert (reply.status_code, reply.json()["type"]) == (400, "passkey-refused")

    async def test_without_the_person_being_verified(self, new_browser: NewBrowser, known: Authenticator) -> None:
        known.flags = PRESENT
        assert (await answer(new_browser(), known.get)).json()["type"] == "passkey-refused"

    async def test_signed_by_another_key(
        self, new_browser: NewBrowser, known: Authenticator, settings: Settings
    ) -> None:
        forger = Authenticator(settings.origin)
        forger.credential_id, forger.user_handle, forger.count = known.credential_id, known.user_handle, 50
        assert (await answer(new_browser(), forger.get)).json()["type"] == "passkey-refused"
        # … and the count the forger sent was not believed.
        assert (await answer(new_browser(), known.get)).status_code == 200

    async def test_an_answer_to_nobody_s_question(self, new_browser: NewBrowser, known: Authenticator) -> None:
        reply = await answer(new_browser(), lambda options: known.get(options, challenge=b64(bytes(64))))
        assert (reply.status_code, reply.json()["type"]) == (400, "sign-in-lost")

    async def test_an_answer_to_another_browser(self, new_browser: NewBrowser, known: Authenticator) -> None:
        options = (await new_browser().post(f"{SIGN_IN}/options")).json()["options"]
        other = new_browser()
        await other.post(f"{SIGN_IN}/options")
        reply = await other.post(SIGN_IN, json={"credential": known.get(options), "shared": False})
        assert reply.json()["type"] == "sign-in-lost"

    async def test_a_second_time(self, new_browser: NewBrowser, known: Authenticator) -> None:
        browser = new_browser()
        options = (await browser.post(f"{SIGN_IN}/options")).json()["options"]
        body = {"credential": known.get(options), "shared": False}
        assert (await browser.post(SIGN_IN, json=body)).status_code == 200
        assert (await browser.post(SIGN_IN, json=body)).json()["type"] == "sign-in-lost"

    async def test_a_count_that_went_back(
        self, new_browser: NewBrowser, known: Authenticator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert (await answer(new_browser(), known.get)).status_code == 200
        known.count -= 1
        with structlog.testing.capture_logs() as said:
            monkeypatch.setattr(passkeys, "log", structlog.get_logger())  # the kept one knows its stream already
            assert (await answer(new_browser(), known.get)).json()["type"] == "passkey-refused"
        assert [line["event"] for line in said if line["log_level"] == "error"] == ["passkey copied"]

    async def test_of_a_disabled_account(
        self, staff_browser: StaffBrowser, new_browser: NewBrowser, settings: Settings, database: Database
    ) -> None:
        desk, own = await staff_browser(), Authenticator(settings.origin)
        await register(desk, own)
        async with database.reading() as connection:
            await connection.execute(
                text("UPDATE identity_staff SET disabled_at = now() WHERE id = :id"), {"id": desk.staff_id}
            )
        assert (await answer(new_browser(), own.get)).json()["type"] == "passkey-refused"

    @pytest.mark.parametrize("field", ["clientDataJSON", "authenticatorData", "signature", "userHandle"])
    @pytest.mark.parametrize("junk", ["AAAA", "_", b64(b"\xff" * 300), b64(b"{}"), b64(b"[1,2]"), b64(b'{"type":1}')])
    async def test_junk(self, new_browser: NewBrowser, known: Authenticator, field: str, junk: str) -> None:
        def spoil(options: dict[str, Any]) -> dict[str, Any]:
            credential = known.get(options)
            credential["response"][field] = junk
            return credential

        reply = await answer(new_browser(), spoil)
        assert reply.status_code == 400
        assert reply.json()["type"] in ("passkey-refused", "sign-in-lost")


class TestAssurance:
    """What the session of a passkey is worth: what it was worth when the passkey was made, while VNeID is linked."""

    @pytest.mark.parametrize(
        ("made_with", "linked", "worth"), [(1, False, 1), (1, True, 1), (2, True, 2), (3, True, 3), (3, False, 1)]
    )
    async def test_by_table(
        self,
        new_browser: NewBrowser,
        phone: str,
        authenticator: Authenticator,
        database: Database,
        made_with: int,
        linked: bool,
        worth: int,
    ) -> None:
        here = new_browser()
        caller = await here.sign_in(phone)
        owner = {"owner": caller["id"]}
        async with database.reading() as connection:
            await connection.execute(
                text(f"UPDATE identity_session SET assurance = {made_with} WHERE resident_id = :owner"), owner
            )
        await register(here, authenticator)
        if linked:
            async with database.reading() as connection:
                await connection.execute(
                    text(
                        "INSERT INTO identity_external_account (id, issuer, subject_index, resident_id) "
                        "VALUES (gen_random_uuid(), 'test', gen_random_uuid()::text::bytea, :owner)"
                    ),
                    owner,
                )
        reply = await answer(new_browser(), authenticator.get)
        assert reply.json()["caller"]["assurance"] == worth


class TestOnesOwn:
    async def test_are_listed_renamed_and_removed(
        self, new_browser: NewBrowser, phone: str, authenticator: Authenticator
    ) -> None:
        here = new_browser()
        await here.sign_in(phone)
        passkey = await register(here, authenticator)
        path = f"/api/identity/passkeys/{passkey['id']}"
        assert (await here.put(path, json={"device": "Điện thoại cũ"})).json()["device"] == "Điện thoại cũ"
        [item] = (await here.get("/api/identity/passkeys")).json()["items"]
        assert (item["device"], item["last_used_at"]) == ("Điện thoại cũ", None)
        assert (await here.delete(path)).status_code == 204
        assert (await here.get("/api/identity/passkeys")).json()["items"] == []
        assert (await answer(new_browser(), authenticator.get)).json()["type"] == "passkey-refused"

    async def test_a_strangers_is_not_found(
        self, new_browser: NewBrowser, new_phone: NewPhone, authenticator: Authenticator
    ) -> None:
        mine, stranger = new_browser(), new_browser()
        await mine.sign_in(new_phone())
        await stranger.sign_in(new_phone())
        path = f"/api/identity/passkeys/{(await register(stranger, authenticator))['id']}"
        assert (await mine.put(path, json={"device": "x"})).status_code == 404
        assert (await mine.delete(path)).status_code == 404

    async def test_one_more_needs_a_fresh_proof(self, browser: Browser, phone: str, database: Database) -> None:
        caller = await browser.sign_in(phone)
        async with database.reading() as connection:
            await connection.execute(
                text("UPDATE identity_session SET proved_at = now() - interval '6 minutes' WHERE resident_id = :id"),
                {"id": caller["id"]},
            )
        reply = await browser.post("/api/identity/passkeys/options")
        assert (reply.status_code, reply.json()["type"]) == (401, "proof-needed")

    async def test_ten_at_most_also_when_several_were_begun(
        self, browser: Browser, phone: str, settings: Settings
    ) -> None:
        await browser.sign_in(phone)
        for _ in range(9):
            await register(browser, Authenticator(settings.origin))
        begun = [(await browser.post("/api/identity/passkeys/options")).json()["options"] for _ in range(2)]
        replies = await asyncio.gather(
            *(
                browser.post(
                    "/api/identity/passkeys",
                    json={"device": "Máy", "credential": Authenticator(settings.origin).create(options)},
                )
                for options in begun
            )
        )
        assert sorted(reply.status_code for reply in replies) == [201, 409]

    async def test_ten_at_most(self, browser: Browser, phone: str, settings: Settings) -> None:
        await browser.sign_in(phone)
        for _ in range(10):
            await register(browser, Authenticator(settings.origin))
        reply = await browser.post("/api/identity/passkeys/options")
        assert (reply.status_code, reply.json()["type"]) == (409, "too-many-passkeys")

    async def test_the_same_one_twice(
        self, new_browser: NewBrowser, new_phone: NewPhone, authenticator: Authenticator
    ) -> None:
        mine, stranger = new_browser(), new_browser()
        await mine.sign_in(new_phone())
        await stranger.sign_in(new_phone())
        await register(mine, authenticator)
        options = (await stranger.post("/api/identity/passkeys/options")).json()["options"]
        reply = await stranger.post(
            "/api/identity/passkeys", json={"device": "", "credential": authenticator.create(options)}
        )
        assert (reply.status_code, reply.json()["type"]) == (409, "passkey-known")

    async def test_without_the_person_being_verified(
        self, browser: Browser, phone: str, authenticator: Authenticator
    ) -> None:
        await browser.sign_in(phone)
        authenticator.flags = PRESENT
        options = (await browser.post("/api/identity/passkeys/options")).json()["options"]
        assert options["authenticatorSelection"]["userVerification"] == "required"
        reply = await browser.post(
            "/api/identity/passkeys", json={"device": "", "credential": authenticator.create(options)}
        )
        assert reply.json()["type"] == "passkey-refused"
