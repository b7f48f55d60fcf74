"""Staff with a password: it opens nothing without the code, wrong ones stop one browser, nobody learns who exists."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import argon2
import msgspec
import pyotp
import pytest
from sqlalchemy import text

from server.core.database import Database
from server.core.settings import Settings
from server.modules.identity.rules.demo import PASSWORD
from server.modules.identity.rules.passwords import is_weak
from server.modules.identity.service import passwords
from tests.modules.identity.conftest import Browser, Member, NewBrowser, NewMember

STEP = 30
WRONG = "mot mat khau khong phai"
GOOD = "bốn con gà qua sông"


async def give_password(browser: Browser, login: str, password: str) -> Any:
    return await browser.post("/api/identity/staff-sign-in/password", json={"login": login, "password": password})


async def give_code(browser: Browser, digits: str) -> Any:
    return await browser.post("/api/identity/staff-sign-in/code", json={"digits": digits})


def code_of(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).generate_otp(int(datetime.now(UTC).timestamp()) // STEP + steps)


def a_wrong_code(secret: str) -> str:
    near = {code_of(secret, steps) for steps in range(-3, 4)}
    return next(code for code in ("000000", "111111", "222222", "333333") if code not in near)


class TestSigningIn:
    async def test_password_then_code(self, browser: Browser, member: Member) -> None:
        step = await give_password(browser, member.login, member.password)
        assert step.status_code == 200, step.text
        assert (step.json()["enrol"], step.json()["shown"]) == (None, None)
        # The password alone opens nothing.
        assert (await browser.get("/api/identity/session")).json() == {"caller": None, "ended": False}
        reply = await give_code(browser, code_of(member.secret))
        assert reply.status_code == 200, reply.text
        caller = reply.json()["caller"]
        assert (caller["kind"], caller["id"], caller["unit"]) == ("staff", str(member.id), member.unit)
        [device] = (await browser.get("/api/identity/devices")).json()["items"]
        assert device["method"] == "password"

    async def test_a_login_may_be_typed_in_capitals(self, browser: Browser, member: Member) -> None:
        assert (await give_password(browser, member.login.upper(), member.password)).status_code == 200

    async def test_a_token_planted_before_is_not_taken_over(self, browser: Browser, member: Member) -> None:
        browser.cookies.set("__Host-sid", "planted", domain="localhost.local", path="/")
        await give_password(browser, member.login, member.password)
        assert (await give_code(browser, code_of(member.secret))).status_code == 200
        planted = await browser.get("/api/identity/devices", headers={"Cookie": "__Host-sid=planted"})
        assert planted.status_code == 401

    async def test_another_browser_cannot_give_the_code(self, new_browser: NewBrowser, member: Member) -> None:
        await give_password(new_browser(), member.login, member.password)
        reply = await give_code(new_browser(), code_of(member.secret))
        assert (reply.status_code, reply.json()["type"]) == (400, "sign-in-lost")

    async def test_the_question_for_the_code_grows_old(
        self, browser: Browser, member: Member, database: Database
    ) -> None:
        await give_password(browser, member.login, member.password)
        async with database.reading() as connection:
            await connection.execute(text("UPDATE identity_ceremony SET expires_at = now()"))
        assert (await give_code(browser, code_of(member.secret))).json()["type"] == "sign-in-lost"

    async def test_whoever_is_disabled_meanwhile_stays_out(
        self, browser: Browser, member: Member, database: Database
    ) -> None:
        await give_password(browser, member.login, member.password)
        async with database.reading() as connection:
            await connection.execute(
                text("UPDATE identity_staff SET disabled_at = now() WHERE id = :id"), {"id": member.id}
            )
        assert (await give_code(browser, code_of(member.secret))).status_code == 400


class TestTheCode:
    async def test_it_works_once(self, new_browser: NewBrowser, member: Member) -> None:
        digits = code_of(member.secret)
        for browser, status in ((new_browser(), 200), (new_browser(), 400)):
            await give_password(browser, member.login, member.password)
            reply = await give_code(browser, digits)
            assert reply.status_code == status
        assert reply.json()["type"] == "code-refused"

    async def test_of_two_at_once_one_works(self, new_browser: NewBrowser, member: Member) -> None:
        browsers = [new_browser(), new_browser()]
        for browser in browsers:
            await give_password(browser, member.login, member.password)
        digits = code_of(member.secret)
        replies = await asyncio.gather(*(give_code(browser, digits) for browser in browsers))
        assert sorted(reply.status_code for reply in replies) == [200, 400]

    @pytest.mark.parametrize(("steps", "status"), [(-3, 400), (-1, 200), (0, 200), (1, 200), (3, 400)])
    async def test_a_clock_may_differ_by_one_step(
        self, browser: Browser, member: Member, steps: int, status: int
    ) -> None:
        await give_password(browser, member.login, member.password)
        assert (await give_code(browser, code_of(member.secret, steps))).status_code == status

    async def test_an_earlier_step_is_over_once_a_later_one_was_taken(
        self, new_browser: NewBrowser, member: Member
    ) -> None:
        for browser, steps, status in ((new_browser(), 1, 200), (new_browser(), 0, 400)):
            await give_password(browser, member.login, member.password)
            assert (await give_code(browser, code_of(member.secret, steps))).status_code == status

    async def test_after_five_wrong_ones_the_right_one_waits(self, browser: Browser, member: Member) -> None:
        await give_password(browser, member.login, member.password)
        wrong = a_wrong_code(member.secret)
        replies = await asyncio.gather(*(give_code(browser, wrong) for _ in range(20)))
        counted = [reply.json()["type"] for reply in replies]
        assert (counted.count("code-refused"), counted.count("too-many-requests")) == (5, 15)
        assert (await give_code(browser, code_of(member.secret))).status_code == 429

    async def test_a_wrong_one_may_be_corrected(self, browser: Browser, member: Member) -> None:
        await give_password(browser, member.login, member.password)
        assert (await give_code(browser, a_wrong_code(member.secret))).json()["type"] == "code-refused"
        assert (await give_code(browser, code_of(member.secret))).status_code == 200

    async def test_browsers_without_end_do_not_help_to_guess(self, new_browser: NewBrowser, member: Member) -> None:
        wrong, refused = a_wrong_code(member.secret), []
        for _ in range(24):
            browser = new_browser()
            await give_password(browser, member.login, member.password)
            refused.append((await give_code(browser, wrong)).json()["type"])
        assert refused == ["code-refused"] * 20 + ["too-many-requests"] * 4


class TestWrongPasswords:
    async def test_five_stop_this_browser_for_this_account(self, new_browser: NewBrowser, member: Member) -> None:
        here, there = new_browser(), new_browser()
        for _ in range(5):
            assert (await give_password(here, member.login, WRONG)).json()["type"] == "sign-in-refused"
        waiting = await give_password(here, member.login, member.password)
        assert (waiting.status_code, waiting.json()["type"]) == (429, "too-many-requests")
        assert 890 <= int(waiting.headers["retry-after"]) <= 900
        # Whoever is elsewhere, with the same account or here with another one, goes on.
        assert (await give_password(there, member.login, member.password)).status_code == 200
        assert (await give_password(here, "nobody-at-all", WRONG)).status_code == 400

    async def test_of_twenty_at_once_five_are_looked_at(self, browser: Browser, member: Member) -> None:
        await give_password(browser, "nobody-at-all", WRONG)  # which gives the browser its mark
        replies = await asyncio.gather(*(give_password(browser, member.login, WRONG) for _ in range(20)))
        assert [reply.status_code for reply in replies].count(400) == 5

    async def test_waiting_is_over_after_a_quarter_of_an_hour(
        self, browser: Browser, member: Member, database: Database
    ) -> None:
        for _ in range(6):
            await give_password(browser, member.login, WRONG)
        async with database.reading() as connection:
            await connection.execute(text("UPDATE core_count SET until = until - interval '15 minutes'"))
        assert (await give_password(browser, member.login, member.password)).status_code == 200

    async def test_the_right_one_makes_the_next_attempt_a_first_one(self, browser: Browser, member: Member) -> None:
        for _ in range(3):
            for _ in range(4):
                assert (await give_password(browser, member.login, WRONG)).status_code == 400
            assert (await give_password(browser, member.login, member.password)).status_code == 200

    @pytest.mark.usefixtures("one_window")
    async def test_browsers_without_end_meet_the_count_of_their_network(
        self, new_browser: NewBrowser, member: Member
    ) -> None:
        replies = [await give_password(new_browser(), member.login, WRONG) for _ in range(31)]
        assert [reply.status_code for reply in replies] == [400] * 30 + [429]

    async def test_who_exists_is_not_told(
        self,
        new_browser: NewBrowser,
        new_member: NewMember,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Same words; and the same work, counted in hashes, for a clock on a busy machine tells nothing."""
        hashes: list[str] = []
        verify = argon2.PasswordHasher.verify

        def counting(self: argon2.PasswordHasher, kept: str, password: str) -> bool:
            hashes.append(kept)
            return verify(self, kept, password)

        monkeypatch.setattr(argon2.PasswordHasher, "verify", counting)
        known, disabled, without = await new_member(), await new_member(), await new_member(password=None)
        async with database.reading() as connection:
            await connection.execute(
                text("UPDATE identity_staff SET disabled_at = now() WHERE id = :id"), {"id": disabled.id}
            )
        answers, figures = [], []
        for login in (known.login, disabled.login, without.login, "nobody-at-all", "no login at all!"):
            hashes.clear()
            reply = await give_password(new_browser(), login, WRONG)
            answers.append((reply.status_code, reply.json() | {"request_id": ""}))
            [kept] = hashes
            figures.append(argon2.extract_parameters(kept))
        assert answers == [answers[0]] * 5
        assert figures == [figures[0]] * 5
        assert (figures[0].memory_cost, figures[0].time_cost, figures[0].parallelism) == (19 * 1024, 2, 1)
        assert figures[0].type is argon2.Type.ID

    async def test_an_unknown_login_waits_in_the_same_words(self, new_browser: NewBrowser, member: Member) -> None:
        answers = []
        for login in (member.login, "nobody-at-all"):
            browser = new_browser()
            for _ in range(6):
                reply = await give_password(browser, login, WRONG)
            answers.append((reply.status_code, reply.json() | {"request_id": ""}))
        assert answers[0] == answers[1]

    async def test_never_more_than_four_hashes_at_once(
        self, new_browser: NewBrowser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        running, most = 0, 0
        verify = argon2.PasswordHasher.verify

        def watching(self: argon2.PasswordHasher, kept: str, password: str) -> bool:
            nonlocal running, most
            running += 1
            most = max(most, running)
            try:
                return verify(self, kept, password)
            finally:
                running -= 1

        monkeypatch.setattr(argon2.PasswordHasher, "verify", watching)
        await asyncio.gather(*(give_password(new_browser(), f"nobody-{number}", WRONG) for number in range(16)))
        assert 1 < most <= 4

    async def test_a_hash_with_old_figures_is_made_anew(
        self, browser: Browser, member: Member, database: Database
    ) -> None:
        old = argon2.PasswordHasher(memory_cost=8 * 1024, time_cost=1, parallelism=1).hash(member.password)
        async with database.reading() as connection:
            await connection.execute(
                text("UPDATE identity_staff SET password_hash = :old WHERE id = :id"), {"old": old, "id": member.id}
            )
        assert (await give_password(browser, member.login, member.password)).status_code == 200
        async with database.reading() as connection:
            kept = await connection.scalar(
                text("SELECT password_hash FROM identity_staff WHERE id = :id"), {"id": member.id}
            )
        assert argon2.extract_parameters(kept).memory_cost == 19 * 1024


class TestTheFirstTime:
    @pytest.fixture
    async def secret(self, new_member: NewMember, make_link: Callable[[Member], Any]) -> tuple[Member, str]:
        member = await new_member(password=None, secret=None)
        return member, (await make_link(member)).url.partition("#")[2]

    async def choose(self, browser: Browser, secret: str, password: str = GOOD) -> Any:
        return await browser.post(
            "/api/identity/staff-sign-in/first-password", json={"secret": secret, "password": password}
        )

    async def test_a_link_a_password_an_authenticator(self, browser: Browser, secret: tuple[Member, str]) -> None:
        member, link = secret
        owner = await browser.post("/api/identity/staff-sign-in/link", json={"secret": link})
        assert owner.json()["login"] == member.login
        step = await self.choose(browser, link)
        assert step.status_code == 200, step.text
        enrol = step.json()["enrol"]
        assert enrol["uri"].startswith("otpauth://totp/")
        assert enrol["secret"] in enrol["uri"]
        assert enrol["qr"].startswith("data:image/svg+xml")
        assert (await give_code(browser, code_of(enrol["secret"]))).status_code == 200
        # From now on this authenticator is asked for, and none is offered.
        again = await give_password(browser, member.login, GOOD)
        assert again.json()["enrol"] is None
        assert (await give_code(browser, code_of(enrol["secret"], 1))).status_code == 200

    async def test_a_link_works_once(self, browser: Browser, secret: tuple[Member, str]) -> None:
        assert (await self.choose(browser, secret[1])).status_code == 200
        assert (await self.choose(browser, secret[1])).json()["type"] == "link-refused"

    async def test_of_two_at_once_one_works(self, new_browser: NewBrowser, secret: tuple[Member, str]) -> None:
        replies = await asyncio.gather(*(self.choose(new_browser(), secret[1]) for _ in range(2)))
        assert sorted(reply.status_code for reply in replies) == [200, 400]

    async def test_a_weak_password_does_not_use_it_up(self, browser: Browser, secret: tuple[Member, str]) -> None:
        for known in ("matkhau123456", PASSWORD):
            assert (await self.choose(browser, secret[1], known)).json()["type"] == "password-too-weak"
        assert (await self.choose(browser, secret[1])).status_code == 200

    async def test_a_link_expires(self, browser: Browser, secret: tuple[Member, str], database: Database) -> None:
        async with database.reading() as connection:
            hours = await connection.scalar(
                text(
                    "SELECT extract(epoch FROM expires_at - now()) / 3600 FROM identity_one_time_code WHERE staff_id=:i"
                ),
                {"i": secret[0].id},
            )
            await connection.execute(
                text("UPDATE identity_one_time_code SET expires_at = now() WHERE staff_id = :id"), {"id": secret[0].id}
            )
        assert 47.9 < hours <= 48
        assert (await self.choose(browser, secret[1])).json()["type"] == "link-refused"

    async def test_a_newer_link_ends_the_older(
        self, browser: Browser, secret: tuple[Member, str], make_link: Callable[[Member], Any]
    ) -> None:
        await make_link(secret[0])
        assert (await self.choose(browser, secret[1])).json()["type"] == "link-refused"

    async def test_only_its_hash_is_kept(self, secret: tuple[Member, str], database: Database) -> None:
        async with database.reading() as connection:
            rows = await connection.execute(text("SELECT t::text FROM identity_one_time_code t"))
            assert secret[1] not in "".join(row[0] for row in rows)

    async def test_a_password_taken_away_meanwhile_enrols_nothing(
        self, browser: Browser, secret: tuple[Member, str], make_link: Callable[[Member], Any], database: Database
    ) -> None:
        enrol = (await self.choose(browser, secret[1])).json()["enrol"]
        async with database.reading() as connection:
            await connection.execute(
                text("UPDATE identity_staff SET password_hash = NULL WHERE id = :id"), {"id": secret[0].id}
            )
        assert (await give_code(browser, code_of(enrol["secret"]))).json()["type"] == "sign-in-lost"
        async with database.reading() as connection:
            kept = await connection.scalar(
                text("SELECT totp_secret FROM identity_staff WHERE id = :id"), {"id": secret[0].id}
            )
        assert kept is None


class TestChangingThePassword:
    @pytest.fixture
    async def here(self, browser: Browser, member: Member) -> Browser:
        await give_password(browser, member.login, member.password)
        assert (await give_code(browser, code_of(member.secret))).status_code == 200
        return browser

    async def change(self, browser: Browser, current: str, password: str) -> Any:
        body = {"current": current, "password": password}
        return await browser.put("/api/identity/staff-sign-in/password", json=body)

    async def test_the_other_browsers_are_out(self, here: Browser, new_browser: NewBrowser, member: Member) -> None:
        there = new_browser()
        await give_password(there, member.login, member.password)
        assert (await give_code(there, code_of(member.secret, 1))).status_code == 200
        assert (await self.change(here, member.password, GOOD)).status_code == 204
        assert (await here.get("/api/identity/devices")).status_code == 200
        assert (await there.get("/api/identity/devices")).status_code == 401
        assert (await give_password(there, member.login, member.password)).status_code == 400
        assert (await give_password(there, member.login, GOOD)).status_code == 200

    async def test_the_current_one_is_asked_for_five_times(self, here: Browser, member: Member) -> None:
        for _ in range(5):
            assert (await self.change(here, WRONG, GOOD)).json()["type"] == "password-refused"
        assert (await self.change(here, member.password, GOOD)).status_code == 429

    async def test_a_weak_one_is_refused(self, here: Browser, member: Member) -> None:
        assert (await self.change(here, member.password, "cà mau 2026 xin chào")).json()["type"] == "password-too-weak"


class TestADemonstration:
    async def test_shows_the_code_of_its_own_accounts(self, browser: Browser, settings: Settings) -> None:
        step = await give_password(browser, "quantri", PASSWORD)
        shown = step.json()["shown"]
        assert step.json()["enrol"] is None
        assert (await give_code(browser, shown)).json()["caller"]["name"] == "Võ Văn Quản Trị"
        # A second sign-in within the same half minute gets the code after it.
        again = (await give_password(browser, "quantri", PASSWORD)).json()["shown"]
        assert again != shown
        assert (await give_code(browser, again)).status_code == 200

    async def test_only_a_demonstration_lets_them_in(
        self, new_browser: NewBrowser, settings: Settings, start: Any
    ) -> None:
        here = new_browser()
        shown = (await give_password(here, "bientap", PASSWORD)).json()["shown"]
        await give_code(here, shown)
        cookie = {"Cookie": f"__Host-sid={here.cookies['__Host-sid']}", "Origin": "https://app.example.org"}
        real = msgspec.structs.replace(settings, demo=False, base_url="https://app.example.org")
        async with start(real) as client:
            assert (await client.get("/api/identity/devices", headers=cookie)).status_code == 401
            reply = await client.post(
                "/api/identity/staff-sign-in/password",
                json={"login": "bientap", "password": PASSWORD},
                headers={"Origin": "https://app.example.org"},
            )
            assert reply.json()["type"] == "sign-in-refused"
        assert (await here.get("/api/identity/devices")).status_code == 200


@pytest.mark.parametrize(
    ("password", "weak"),
    [
        ("matkhau123456", True),
        ("Matkhau@123456!", True),
        ("P@ssw0rd2026!!", True),
        ("123456789012", True),
        ("aaaaaaaaaaaa", True),
        ("abababababab", True),
        ("qwertyuiopas", True),
        ("0912345678 0912345678", True),
        ("an.nguyen.1990", True),
        ("UBND xã 2026 2027", True),
        ("Nơi Xa Xôi 2026", True),
        ("noixaxoi@2026", True),
        ("bốn con gà qua sông", False),
        ("correct horse battery staple", False),
        ("X7#kq!92mZp0", False),
        ("ក្រុងភ្នំពេញស្អាត", False),
        (PASSWORD, False),
    ],
)
def test_which_passwords_are_weak(password: str, weak: bool) -> None:
    assert is_weak(password, ["an.nguyen", "Nguyễn Thị An", "Nơi Xa Xôi"]) is weak


def test_the_hash_nobody_has_costs_as_much_as_any() -> None:
    assert not passwords.is_old(passwords.NOBODYS)
