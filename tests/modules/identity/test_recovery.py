"""A lost phone: an officer who has seen the papers gives a code, which moves the account to another number."""

import asyncio
import secrets
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text

from server.core.database import Database
from server.core.settings import Settings
from tests.modules.identity.authenticator import Authenticator
from tests.modules.identity.conftest import Browser, NewBrowser, NewPhone, StaffBrowser, age
from tests.modules.identity.test_passkeys import register

RECOVERY = "/api/identity/recovery"


class Loser(NamedTuple):
    """Somebody who has lost a phone on which they are signed in."""

    id: str
    name: str
    phone: str
    lost: Browser


@pytest.fixture
async def loser(new_browser: NewBrowser, phone: str, database: Database) -> Loser:
    lost, name = new_browser(), "Sơn Thị Mất Máy"
    caller = await lost.sign_in(phone)
    body = {"name": name, "commune_code": None, "language": "vi"}
    assert (await lost.put("/api/identity/profile", json=body, headers={"If-Match": "1"})).status_code == 200
    await age(database, "DELETE FROM core_count")
    return Loser(caller["id"], name, phone, lost)


@pytest.fixture
async def desk(staff_browser: StaffBrowser) -> Browser:
    return await staff_browser("identity:recover")


async def make_code(desk: Browser, loser: Loser) -> str:
    found = await desk.post(f"{RECOVERY}/find", json={"name": loser.name, "known_by": loser.phone})
    assert found.status_code == 200, found.text
    made = await desk.post(f"{RECOVERY}/desk-codes", json={"resident_id": found.json()["id"]})
    assert made.status_code == 201, made.text
    return str(made.json()["digits"])


async def ask(browser: Browser, phone: str) -> dict[str, Any]:
    reply = await browser.post(f"{RECOVERY}/codes", json={"phone": phone, "language": "vi"})
    assert reply.status_code == 202, reply.text
    return dict(reply.json())


async def move(browser: Browser, asked: dict[str, Any], desk_digits: str, known_by: str, **changed: Any) -> Any:
    body = {"digits": asked["shown"], "desk_digits": desk_digits, "known_by": known_by, "shared": False} | changed
    return await browser.post(f"{RECOVERY}/codes/{asked['id']}", json=body)


async def recover(desk: Browser, loser: Loser, new: Browser, phone: str) -> None:
    """The whole way, to another phone."""
    digits = await make_code(desk, loser)
    moved = await move(new, await ask(new, phone), digits, loser.phone)
    assert moved.status_code == 200, moved.text


class TestTheDesk:
    async def test_finds_by_name_and_number_and_shows_enough_to_compare(self, desk: Browser, loser: Loser) -> None:
        for name in (loser.name, "son thi mat may"):
            found = await desk.post(f"{RECOVERY}/find", json={"name": name, "known_by": loser.phone})
            assert found.json() == {
                "id": loser.id,
                "name": loser.name,
                "phone": f"{loser.phone[:4]} ••• {loser.phone[-3:]}",
                "commune_code": None,
            }

    async def test_the_look_and_the_code_are_told_to_the_person_and_written_down(
        self, desk: Browser, loser: Loser, database: Database
    ) -> None:
        await make_code(desk, loser)
        [look] = (await loser.lost.get("/api/privacy/looks")).json()["items"]
        assert "desk" in str(look)
        wanted = text("SELECT act FROM core_audit WHERE subject_id = :id AND actor_id = :by")
        async with database.reading() as connection:
            acts = set(await connection.scalars(wanted, {"id": loser.id, "by": str(desk.staff_id)}))
        assert "identity:make-desk-code" in acts

    async def test_whoever_does_not_fit_is_not_found(
        self, desk: Browser, loser: Loser, new_browser: NewBrowser, new_phone: NewPhone
    ) -> None:
        nameless = new_phone()
        await new_browser().sign_in(nameless)
        answers = []
        for name, known_by in [
            ("Người Khác", loser.phone),
            (loser.name, new_phone()),
            (loser.name, "113"),
            (loser.name, "096190000001"),
            (loser.name, "' OR true --"),
            (loser.name, nameless),
        ]:
            reply = await desk.post(f"{RECOVERY}/find", json={"name": name, "known_by": known_by})
            answers.append((reply.status_code, reply.json() | {"request_id": ""}))
        assert answers == [answers[0]] * 6
        assert (answers[0][0], answers[0][1]["type"]) == (404, "resident-not-found")

    async def test_signs_of_a_khmer_keyboard_that_nobody_sees_do_not_count(
        self, desk: Browser, loser: Loser, database: Database
    ) -> None:
        body = {"name": "ថាច់\u200bសុ\u200cខា", "commune_code": None, "language": "km"}
        kept = await loser.lost.put("/api/identity/profile", json=body, headers={"If-Match": "2"})
        assert kept.status_code == 200, kept.text
        for typed in ("ថាច់ សុខា", "ថាច់\u200bសុខា", "ថា\u200dច់  សុខា"):
            found = await desk.post(f"{RECOVERY}/find", json={"name": typed, "known_by": loser.phone})
            assert found.status_code == 200, found.text

    async def test_a_code_needs_somebody(self, desk: Browser) -> None:
        body = {"resident_id": "00000000-0000-7000-8000-000000000000"}
        assert (await desk.post(f"{RECOVERY}/desk-codes", json=body)).json()["type"] == "resident-not-found"

    async def test_a_code_needs_a_fresh_proof(self, desk: Browser, loser: Loser, database: Database) -> None:
        await age(database, "UPDATE identity_session SET proved_at = now() - interval '6 minutes'")
        reply = await desk.post(f"{RECOVERY}/desk-codes", json={"resident_id": loser.id})
        assert (reply.status_code, reply.json()["type"]) == (401, "proof-needed")


class TestMoving:
    async def test_the_account_has_the_new_number_and_whoever_has_the_lost_phone_nothing(
        self,
        desk: Browser,
        loser: Loser,
        new_browser: NewBrowser,
        new_phone: NewPhone,
        settings: Settings,
        database: Database,
    ) -> None:
        thief = Authenticator(settings.origin)
        await register(loser.lost, thief)
        digits, browser, phone = await make_code(desk, loser), new_browser(), new_phone()
        reply = await move(browser, await ask(browser, phone), digits, loser.phone)
        assert reply.status_code == 200, reply.text
        assert reply.json()["caller"]["id"] == loser.id
        assert (await browser.get("/api/identity/profile")).json()["phone"].replace(" ", "") == phone
        # The lost phone is signed out, its passkey is worth nothing, and its number opens another account.
        assert (await loser.lost.get("/api/identity/devices")).status_code == 401
        options = (await loser.lost.post("/api/identity/passkeys/sign-in/options")).json()["options"]
        body = {"credential": thief.get(options), "shared": False}
        refused = await loser.lost.post("/api/identity/passkeys/sign-in", json=body)
        assert refused.json()["type"] == "passkey-refused"
        await age(database, "DELETE FROM core_count")
        assert (await new_browser().sign_in(loser.phone))["id"] != loser.id
        await age(database, "DELETE FROM core_count")
        assert (await new_browser().sign_in(phone))["id"] == loser.id

    async def test_by_the_personal_number_when_it_was_proved(
        self, desk: Browser, loser: Loser, new_browser: NewBrowser, new_phone: NewPhone, database: Database
    ) -> None:
        number = f"096{secrets.randbelow(10**9):09}"
        kept = await loser.lost.put(
            "/api/identity/profile/national-id", json={"number": number}, headers={"If-Match": "2"}
        )
        assert kept.status_code == 200, kept.text
        typed = await desk.post(f"{RECOVERY}/find", json={"name": loser.name, "known_by": number})
        assert typed.json()["type"] == "resident-not-found"
        await age(database, "UPDATE identity_resident SET national_id_proved_at = now() WHERE id = :id", id=loser.id)
        digits, browser = await make_code(desk, loser._replace(phone=number)), new_browser()
        reply = await move(browser, await ask(browser, new_phone()), digits, f"{number[:3]} {number[3:]}")
        assert reply.json()["caller"]["id"] == loser.id

    async def test_a_vneid_on_the_lost_phone_is_no_way_in_any_more(
        self, desk: Browser, loser: Loser, new_browser: NewBrowser, new_phone: NewPhone, database: Database
    ) -> None:
        bound = (
            "INSERT INTO identity_external_account (id, created_at, issuer, subject_index, resident_id)"
            " VALUES (gen_random_uuid(), now(), 'https://vneid.example', :index, :id)"
        )
        await age(database, bound, index=secrets.token_bytes(16), id=loser.id)
        browser = new_browser()
        reply = await move(browser, await ask(browser, new_phone()), await make_code(desk, loser), loser.phone)
        assert reply.status_code == 200, reply.text
        left = text("SELECT count(*) FROM identity_external_account WHERE resident_id = :id")
        async with database.reading() as connection:
            assert await connection.scalar(left, {"id": loser.id}) == 0

    async def test_whoever_lost_the_reply_sends_both_codes_again(
        self, desk: Browser, loser: Loser, new_browser: NewBrowser, new_phone: NewPhone
    ) -> None:
        digits, browser, phone = await make_code(desk, loser), new_browser(), new_phone()
        asked = await ask(browser, phone)
        assert (await move(browser, asked, digits, loser.phone)).status_code == 200
        del browser.cookies["__Host-sid"]
        wrong = f"{(int(digits) + 1) % 10**8:08}"
        assert (await move(browser, asked, wrong, loser.phone)).json()["type"] == "desk-code-refused"
        again = await move(browser, asked, digits, loser.phone)
        assert again.status_code == 200, again.text
        assert again.json()["caller"]["id"] == loser.id
        assert len((await browser.get("/api/identity/devices")).json()["items"]) == 1
        assert (await move(new_browser(), asked, digits, loser.phone)).json()["type"] == "desk-code-refused"

    async def test_a_number_that_is_somebody_elses_is_refused(
        self, desk: Browser, loser: Loser, new_browser: NewBrowser, new_phone: NewPhone, database: Database
    ) -> None:
        taken, browser = new_phone(), new_browser()
        await new_browser().sign_in(taken)
        await age(database, "DELETE FROM core_count")
        reply = await move(browser, await ask(browser, taken), await make_code(desk, loser), loser.phone)
        assert (reply.status_code, reply.json()["type"]) == (409, "phone-taken")
        assert (await loser.lost.get("/api/identity/devices")).status_code == 200

    async def test_of_two_at_once_one_moves(
        self, desk: Browser, loser: Loser, new_browser: NewBrowser, new_phone: NewPhone
    ) -> None:
        digits, browsers = await make_code(desk, loser), [new_browser(), new_browser()]
        asked = [await ask(browser, new_phone()) for browser in browsers]
        replies = await asyncio.gather(
            *(move(browser, it, digits, loser.phone) for browser, it in zip(browsers, asked, strict=True))
        )
        assert sorted(reply.status_code for reply in replies) == [200, 400]


class TestTheCode:
    async def test_wrong_used_expired_or_nobodys_is_all_the_same(
        self, desk: Browser, loser: Loser, new_browser: NewBrowser, new_phone: NewPhone, database: Database
    ) -> None:
        digits, browser = await make_code(desk, loser), new_browser()
        asked = await ask(browser, new_phone())
        wrong = f"{(int(digits) + 1) % 10**8:08}"
        answers = [
            await move(browser, asked, wrong, loser.phone),
            await move(browser, asked, digits, new_phone()),
            await move(browser, asked, digits, "nobody"),
        ]
        await age(database, "UPDATE identity_one_time_code SET expires_at = now() WHERE resident_id = :id", id=loser.id)
        answers.append(await move(browser, asked, digits, loser.phone))
        said = [(reply.status_code, reply.json() | {"request_id": ""}) for reply in answers]
        assert said == [said[0]] * 4
        assert (said[0][0], said[0][1]["type"]) == (400, "desk-code-refused")

    async def test_it_works_once_and_not_without_the_other(
        self, desk: Browser, loser: Loser, new_browser: NewBrowser, new_phone: NewPhone
    ) -> None:
        digits, browser, phone = await make_code(desk, loser), new_browser(), new_phone()
        asked = await ask(browser, phone)
        wrong = f"{(int(asked['shown']) + 1) % 10**6:06}"
        assert (await move(browser, asked, digits, loser.phone, digits=wrong)).json()["type"] == "code-refused"
        assert (await move(browser, asked, digits, loser.phone)).status_code == 200
        again = await ask(browser, new_phone())
        for known_by in (loser.phone, phone):
            assert (await move(browser, again, digits, known_by)).json()["type"] == "desk-code-refused"

    async def test_the_other_code_belongs_to_the_browser_that_asked(
        self, desk: Browser, loser: Loser, new_browser: NewBrowser, new_phone: NewPhone
    ) -> None:
        digits, asked = await make_code(desk, loser), await ask(new_browser(), new_phone())
        assert (await move(new_browser(), asked, digits, loser.phone)).json()["type"] == "code-refused"

    async def test_of_twenty_guesses_at_once_five_count(
        self, desk: Browser, loser: Loser, new_browser: NewBrowser, new_phone: NewPhone, database: Database
    ) -> None:
        digits, browser = await make_code(desk, loser), new_browser()
        asked = await ask(browser, new_phone())
        wrong = f"{(int(digits) + 1) % 10**8:08}"
        await asyncio.gather(*(move(browser, asked, wrong, loser.phone) for _ in range(20)))
        async with database.reading() as connection:
            attempts = text("SELECT attempts FROM identity_one_time_code WHERE resident_id = :id")
            assert await connection.scalar(attempts, {"id": loser.id}) == 5
        assert (await move(browser, asked, digits, loser.phone)).json()["type"] == "desk-code-refused"

    async def test_a_newer_one_ends_the_older(
        self, desk: Browser, loser: Loser, new_browser: NewBrowser, new_phone: NewPhone
    ) -> None:
        older, newer, browser = await make_code(desk, loser), await make_code(desk, loser), new_browser()
        asked = await ask(browser, new_phone())
        assert (await move(browser, asked, older, loser.phone)).json()["type"] == "desk-code-refused"
        assert (await move(browser, asked, newer, loser.phone)).status_code == 200

    async def test_two_made_at_one_moment_are_one_in_the_end(
        self, desk: Browser, loser: Loser, new_browser: NewBrowser, new_phone: NewPhone, database: Database
    ) -> None:
        body = {"resident_id": loser.id}
        await asyncio.gather(*(desk.post(f"{RECOVERY}/desk-codes", json=body) for _ in range(6)))
        async with database.reading() as connection:
            there = text("SELECT count(*) FROM identity_one_time_code WHERE resident_id = :id")
            assert await connection.scalar(there, {"id": loser.id}) == 1
        browser = new_browser()
        reply = await move(browser, await ask(browser, new_phone()), "00000000", loser.phone)
        assert reply.status_code in (200, 400)
