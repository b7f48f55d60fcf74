"""What residents say of themselves: whose number it is, and two who say the same thing at one moment."""

import asyncio
import secrets
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from server.core.database import Database
from tests import canaries
from tests.modules.identity.conftest import Browser, NewBrowser, NewPhone, age

PROFILE = "/api/identity/profile"


async def describe(browser: Browser, version: int = 1, **changed: Any) -> Any:
    body = {"name": "Kim Thị Thử", "commune_code": None, "language": "vi"} | changed
    return await browser.put(PROFILE, json=body, headers={"If-Match": str(version)})


async def give_number(browser: Browser, number: str | None, version: int = 1) -> Any:
    return await browser.put(f"{PROFILE}/national-id", json={"number": number}, headers={"If-Match": str(version)})


class TestDescribing:
    @pytest.mark.parametrize("name", ["Trần Đình Trọng", "ថាច់ សុខា", "Nguyê\u0303n  Thi\u0323 An", "Y Ka-lê", ""])
    async def test_any_name_of_the_province_is_kept_in_one_form(self, browser: Browser, phone: str, name: str) -> None:
        await browser.sign_in(phone)
        kept = (await describe(browser, name=name, commune_code="31825", language="km")).json()
        assert kept["name"] == name.replace("ê\u0303", "ễ").replace("i\u0323", "ị").replace("  ", " ")
        assert (kept["commune_code"], kept["language"], kept["version"]) == ("31825", "km", 2)

    @pytest.mark.parametrize(
        ("wrong", "problem"),
        [
            ({"name": "An 123"}, "name-refused"),
            ({"name": "<b>An</b>"}, "name-refused"),
            ({"commune_code": "00000"}, "commune-refused"),
            ({"language": "fr"}, "input-refused"),
            ({"assurance": 3}, "input-refused"),
        ],
        ids=str,
    )
    async def test_what_is_wrong_is_refused(
        self, browser: Browser, phone: str, wrong: dict[str, Any], problem: str
    ) -> None:
        await browser.sign_in(phone)
        reply = await describe(browser, **wrong)
        assert (reply.status_code, reply.json()["type"]) == (400, problem)
        assert (await browser.get(PROFILE)).json()["version"] == 1

    async def test_of_two_devices_at_once_one_overwrites_nothing(self, browser: Browser, phone: str) -> None:
        await browser.sign_in(phone)
        replies = await asyncio.gather(*(describe(browser) for _ in range(2)))
        assert sorted(reply.status_code for reply in replies) == [200, 412]
        missing = await browser.put(PROFILE, json={"name": "", "commune_code": None, "language": "vi"})
        assert missing.json()["type"] == "version-needed"


class TestThePersonalNumber:
    @pytest.fixture
    def number(self) -> str:
        return canaries.wear("number", f"096{secrets.randbelow(10**9):09}")

    async def test_only_its_last_digits_are_shown_and_it_can_be_taken_back(
        self, browser: Browser, phone: str, number: str
    ) -> None:
        await browser.sign_in(phone)
        kept = await give_number(browser, f"{number[:3]} {number[3:]}")
        assert number not in kept.text
        assert number[-4:] in kept.text
        assert number[-4:] not in (await give_number(browser, None, 2)).text
        assert (await give_number(browser, "12345", 3)).json()["type"] == "national-id-refused"

    async def test_typed_it_tells_nothing_of_whoever_else_has_it(
        self, new_browser: NewBrowser, new_phone: NewPhone, number: str, database: Database
    ) -> None:
        owner, *others = [new_browser() for _ in range(4)]
        for browser in (owner, *others):
            await browser.sign_in(new_phone())
        assert (await give_number(owner, number)).status_code == 200
        me = (await owner.get(PROFILE)).json()["id"]
        await age(database, "UPDATE identity_resident SET national_id_proved_at = now() WHERE id = :id", id=me)
        unknown = f"096{secrets.randbelow(10**9):09}"
        replies = await asyncio.gather(
            *(give_number(it, typed) for it, typed in zip(others, (number, number, unknown), strict=True))
        )
        assert [reply.status_code for reply in replies] == [200] * 3
        assert [set(reply.json()) for reply in replies] == [set(replies[0].json())] * 3
        # Proved, it is one person's: the database itself says so.
        with pytest.raises(IntegrityError):
            await age(database, "UPDATE identity_resident SET national_id_proved_at = now()")

    async def test_it_needs_a_fresh_proof(self, browser: Browser, phone: str, number: str, database: Database) -> None:
        await browser.sign_in(phone)
        await age(database, "UPDATE identity_session SET proved_at = now() - interval '6 minutes'")
        assert (await give_number(browser, number)).json()["type"] == "proof-needed"
