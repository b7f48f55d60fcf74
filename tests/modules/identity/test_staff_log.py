"""Sign-ins of staff in the audit log: each that succeeds, each end, and what was refused in an hour as one row."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import text

from server.core import limits
from server.core.database import Database
from server.core.retention import forget
from server.core.settings import Settings
from server.modules.identity.models import Method
from server.modules.identity.service import passwords
from server.modules.identity.service.links import Link
from server.modules.identity.service.refusals import Refusals
from tests.conftest import Start
from tests.modules.identity.authenticator import Authenticator
from tests.modules.identity.conftest import Browser, Member, NewBrowser, NewMember, StaffBrowser
from tests.modules.identity.test_passkeys import answer, register
from tests.modules.identity.test_staff_sign_in import GOOD, WRONG, a_wrong_code, code_of, give_code, give_password

FIRST = "/api/identity/staff-sign-in/first-password"


async def told_of(database: Database, staff_id: object) -> list[tuple[str, dict[str, Any]]]:
    async with database.reading() as connection:
        rows = await connection.execute(
            text("SELECT act, detail FROM core_audit WHERE subject_id = :id ORDER BY sequence"), {"id": str(staff_id)}
        )
        return [(row.act, row.detail) for row in rows]


async def an_hour_later(database: Database, settings: Settings) -> int:
    """What the clock does; how many rows it has left."""
    count = text("SELECT count(*) FROM core_audit WHERE act = 'identity:refuse-sign-in'")
    async with database.reading() as connection:
        before = await connection.scalar(count) or 0
    async with database.transaction() as session:
        now = datetime.fromtimestamp(limits.time.time(), UTC)
        await Refusals(database, settings).record_hour_before(session, now + timedelta(hours=1))
    async with database.reading() as connection:
        return (await connection.scalar(count) or 0) - before


async def test_in_and_out(browser: Browser, member: Member, database: Database) -> None:
    await give_password(browser, member.login, member.password)
    assert (await give_code(browser, code_of(member.secret))).status_code == 200
    assert (await browser.delete("/api/identity/session")).status_code == 200
    assert (await browser.delete("/api/identity/session")).status_code == 200  # a second time is no second row
    assert await told_of(database, member.id) == [
        ("identity:sign-in", {"method": "password"}),
        ("identity:sign-out", {"browsers": 1}),
    ]


async def test_by_passkey_and_from_afar(staff_browser: StaffBrowser, database: Database) -> None:
    here = await staff_browser()
    await here.delete("/api/identity/devices")  # there is no other
    assert await told_of(database, here.staff_id) == [("identity:sign-in", {"method": Method.PASSKEY.value})]


async def test_residents_are_not_in_it(browser: Browser, phone: str, database: Database) -> None:
    who = await browser.sign_in(phone)
    await browser.delete("/api/identity/session")
    assert await told_of(database, who["id"]) == []


@pytest.mark.usefixtures("middle_of_the_hour")
class TestRefused:
    @pytest.fixture
    def middle_of_the_hour(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Windows are counted by the clock: no test falls between two."""
        hour = datetime.now(UTC).replace(minute=30, second=0, microsecond=0).timestamp()
        monkeypatch.setattr("server.core.limits.time", SimpleNamespace(time=lambda: hour))

    async def test_a_hundred_are_one_row(
        self, new_browser: NewBrowser, member: Member, new_member: NewMember, database: Database, settings: Settings
    ) -> None:
        other = await new_member()
        for _ in range(3):  # browsers that forget their mark
            browser = new_browser()
            for _ in range(7):
                await give_password(browser, member.login, WRONG)
        for n in range(9):
            await give_password(new_browser(), f"nobody-{n}", WRONG)
        desk = new_browser()
        await give_password(desk, other.login, other.password)
        for _ in range(2):
            assert (await give_code(desk, a_wrong_code(other.secret))).status_code == 400
        assert await told_of(database, member.id) == []
        assert await an_hour_later(database, settings) == 3
        assert await told_of(database, member.id) == [("identity:refuse-sign-in", {"passwords": 15, "stopped": 6})]
        assert await told_of(database, other.id) == [("identity:refuse-sign-in", {"codes": 2})]
        async with database.reading() as connection:
            nobodys = await connection.scalar(
                text(
                    "SELECT detail FROM core_audit WHERE act = 'identity:refuse-sign-in' AND subject_id IS NULL"
                    " ORDER BY sequence DESC LIMIT 1"
                )
            )
        assert nobodys == {"passwords": 9}

    async def test_an_answer_that_no_passkey_of_theirs_gave(
        self, staff_browser: StaffBrowser, new_browser: NewBrowser, settings: Settings, database: Database
    ) -> None:
        desk, own = await staff_browser(), Authenticator(settings.origin)
        await register(desk, own)

        def forged(options: dict[str, Any]) -> dict[str, Any]:
            credential = own.get(options)
            credential["response"]["signature"] = "AAAA"
            return credential

        for _ in range(2):
            assert (await answer(new_browser(), forged)).json()["type"] == "passkey-refused"
        assert (await answer(new_browser(), own.get)).status_code == 200
        await an_hour_later(database, settings)
        told = await told_of(database, desk.staff_id)
        assert [it for it in told if it[0] == "identity:refuse-sign-in"] == [
            ("identity:refuse-sign-in", {"passkeys": 2})
        ]

    async def test_the_count_is_kept_until_it_was_told(
        self, browser: Browser, member: Member, database: Database, settings: Settings
    ) -> None:
        await give_password(browser, member.login, WRONG)
        async with database.transaction() as session:
            await forget(session, datetime.now(UTC) + timedelta(minutes=59))
        assert await an_hour_later(database, settings) == 1


class TestHashingHoldsNoConnection:
    """Twenty at once over two connections, while all four hashers are busy: whoever needs no hash is served."""

    @pytest.fixture
    def busy(self) -> Any:
        over = threading.Event()
        held = [passwords._FOUR_AT_ONCE.submit(over.wait) for _ in range(4)]
        yield over
        over.set()
        for one in held:
            one.result()

    async def waiting(self, calls: list[asyncio.Task[httpx.Response]]) -> None:
        async with asyncio.timeout(60):
            while passwords._FOUR_AT_ONCE._work_queue.qsize() < len(calls):
                assert not any(call.done() for call in calls)
                await asyncio.sleep(0.01)

    async def test_first_passwords(
        self, settings: Settings, start: Start, new_member: NewMember, make_link: Any, nothing_counted: None, busy: Any
    ) -> None:
        members = [await new_member(password=None, secret=None) for _ in range(20)]
        links: list[Link] = [await make_link(member) for member in members]
        small = msgspec.structs.replace(settings, database_pool=2)
        async with start(small) as client, Browser(client.app, small) as browser:  # type: ignore[attr-defined]
            calls = [
                asyncio.create_task(browser.post(FIRST, json={"secret": link.url.partition("#")[2], "password": GOOD}))
                for link in links
            ]
            await self.waiting(calls)
            assert (await browser.get("/health/ready")).status_code == 200
            busy.set()
            assert {reply.status_code for reply in await asyncio.gather(*calls)} == {200}

    async def test_changed_passwords(
        self, settings: Settings, start: Start, staff_browser: StaffBrowser, database: Database, busy: Any
    ) -> None:
        people = [await staff_browser() for _ in range(20)]
        async with database.reading() as connection:
            kept = passwords._HASHER.hash("bốn con gà qua sông cũ")
            await connection.execute(
                text("UPDATE identity_staff SET password_hash = :kept WHERE id = ANY(:ids)"),
                {"kept": kept, "ids": [one.staff_id for one in people]},
            )
        small = msgspec.structs.replace(settings, database_pool=2)
        async with start(small) as client:
            browsers = [Browser(client.app, small) for _ in people]  # type: ignore[attr-defined]
            for browser, one in zip(browsers, people, strict=True):
                browser.cookies.set("__Host-sid", one.cookies["__Host-sid"])
            body = {"current": "bốn con gà qua sông cũ", "password": GOOD}
            calls = [asyncio.create_task(it.put("/api/identity/staff-sign-in/password", json=body)) for it in browsers]
            await self.waiting(calls)
            assert (await browsers[0].get("/health/ready")).status_code == 200
            busy.set()
            replies = await asyncio.gather(*calls)
            assert {reply.status_code for reply in replies} == {204}, replies[0].text
            for browser in browsers:
                await browser.aclose()
