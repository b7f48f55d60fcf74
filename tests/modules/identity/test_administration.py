"""Somebody can always administer: the last one stays, however many act at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest
from click.testing import CliRunner
from sqlalchemy import text

from server.app import events_of
from server.core.database import Database
from server.core.settings import Settings
from server.modules.identity.commands import staff
from server.modules.identity.reactions import disable_unused_staff
from tests.conftest import Start
from tests.modules.identity.conftest import Browser, Member, NewMember, StaffBrowser, age
from tests.modules.identity.test_roles import change as change_role
from tests.modules.identity.test_roles import role_of
from tests.modules.identity.test_staff_accounts import WARD, change, choose_password, disable
from tests.modules.identity.test_staff_sign_in import code_of, give_code


@pytest.fixture(scope="module")
def settings(settings: Settings, clone: Callable[[], str]) -> Settings:
    """A province of its own: who else administers matters here."""
    return msgspec.structs.replace(settings, database_url=clone())


@pytest.fixture(scope="module")
async def client(settings: Settings, start: Start) -> AsyncIterator[httpx.AsyncClient]:
    async with start(settings) as client:
        yield client


@pytest.fixture(scope="module")
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings)
    yield database
    await database.close()


@pytest.fixture(autouse=True)
async def nobody_else(database: Database) -> None:
    """Whoever was there is disabled."""
    await age(database, "UPDATE identity_staff SET disabled_at = coalesce(disabled_at, now())")


async def administrators(database: Database) -> int:
    living = (
        "SELECT count(DISTINCT s.id) FROM identity_staff s JOIN identity_staff_role m ON m.staff_id = s.id"
        " JOIN identity_role r ON r.id = m.role_id"
        " WHERE s.disabled_at IS NULL AND r.permissions ? 'identity:administer'"
    )
    async with database.reading() as connection:
        return int(await connection.scalar(text(living)) or 0)


class TestTheLastOne:
    @pytest.fixture
    async def admin(self, staff_browser: StaffBrowser) -> Browser:
        return await staff_browser("identity:administer", unit=WARD)

    @pytest.mark.parametrize("way", ["disabled", "without the role", "with a role that allows it no more"])
    async def test_stays(self, admin: Browser, staff_browser: StaffBrowser, database: Database, way: str) -> None:
        await staff_browser("privacy:decide")  # others who cannot administer do not count
        own = await role_of(admin, admin)

        async def go() -> Any:
            if way == "disabled":
                return await disable(admin, admin.staff_id)
            if way == "without the role":
                return await change(admin, admin.staff_id, 1)
            return await change_role(admin, own)

        reply = await go()
        assert (reply.status_code, reply.json()["type"]) == (409, "last-administrator")
        assert (await admin.get("/api/identity/staff")).status_code == 200
        await staff_browser("identity:administer")
        assert (await go()).status_code == 200
        assert await administrators(database) == 1

    async def test_is_not_one_who_cannot_come_in(
        self, admin: Browser, settings: Settings, start: Start, database: Database
    ) -> None:
        """Outside a demonstration a demo account lets nobody in, so it does not count."""
        await age(database, "UPDATE identity_staff SET disabled_at = NULL WHERE demo")
        real = msgspec.structs.replace(settings, demo=False, base_url="https://localhost:8000")
        async with start(real) as client:
            headers = {"Origin": real.origin, "Cookie": f"__Host-sid={admin.cookies['__Host-sid']}", "If-Match": "1"}
            path = f"/api/identity/staff/{admin.staff_id}/disable"
            reply = await client.post(path, json={"because": "Đã nghỉ việc"}, headers=headers)
        assert reply.json()["type"] == "last-administrator"


class TestUnusedAccounts:
    """TCVN 14423:2026, 5.6.2.1: out after 45 days without use."""

    async def disabled(self, database: Database, *members: Member) -> list[str | None]:
        """Why each is disabled, after the job has run."""
        async with database.transaction() as session:
            await disable_unused_staff(session, datetime.now(UTC))
        wanted = text("SELECT disabled_because FROM identity_staff WHERE id = :id")
        async with database.reading() as connection:
            return [await connection.scalar(wanted, {"id": member.id}) for member in members]

    @pytest.mark.parametrize(
        ("made", "signed_in", "enabled", "out"),
        [
            (46, None, None, True),
            (44, None, None, False),
            (90, 46, None, True),
            (90, 44, None, False),
            (90, 60, 44, False),
            (90, 60, 46, True),
        ],
    )
    async def test_by_table(
        self,
        staff_browser: StaffBrowser,
        new_member: NewMember,
        database: Database,
        made: int,
        signed_in: int | None,
        enabled: int | None,
        out: bool,
    ) -> None:
        await staff_browser("identity:administer")
        member = await new_member()
        await age(
            database,
            "UPDATE identity_staff SET created_at = now() - :made * interval '1 day', last_signed_in_at = now() -"
            " :signed_in * interval '1 day', enabled_at = now() - :enabled * interval '1 day' WHERE id = :id",
            id=member.id,
            made=made,
            signed_in=signed_in,
            enabled=enabled,
        )
        assert await self.disabled(database, member) == ["45 ngày không sử dụng" if out else None]

    async def test_are_signed_out_and_say_why(self, staff_browser: StaffBrowser, database: Database) -> None:
        admin, holiday = await staff_browser("identity:administer"), await staff_browser("privacy:decide")
        await age(
            database,
            "UPDATE identity_staff SET created_at = now() - interval '60 days', last_signed_in_at = NULL"
            " WHERE id = :id",
            id=holiday.staff_id,
        )
        await self.disabled(database)
        assert (await holiday.get("/api/identity/devices")).status_code == 401
        there = (await admin.get(f"/api/identity/staff/{holiday.staff_id}")).json()
        assert there["disabled_because"] == "45 ngày không sử dụng"

    async def test_the_last_administrator_and_demo_accounts_stay(
        self, new_member: NewMember, database: Database
    ) -> None:
        one, two = [await new_member("identity:administer") for _ in range(2)]
        await age(database, "UPDATE identity_staff SET disabled_at = NULL WHERE login = 'motcua'")
        for days, who in ((60, one.id), (50, two.id)):
            await age(
                database,
                "UPDATE identity_staff SET created_at = now() - :days * interval '1 day' WHERE id = :id OR demo",
                days=days,
                id=who,
            )
        assert await self.disabled(database, one, two) == ["45 ngày không sử dụng", None]
        async with database.reading() as connection:
            wanted = text("SELECT disabled_at FROM identity_staff WHERE login = 'motcua'")
            assert await connection.scalar(wanted) is None


class TestTheTerminal:
    """`python -m server staff`: how the first administrator comes to be."""

    @pytest.fixture
    def terminal(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Awaitable[Any]]:
        monkeypatch.setenv("DATABASE_URL", settings.database_url)
        monkeypatch.setenv("SECRET_KEY", settings.secret_key)
        return lambda *words: asyncio.to_thread(CliRunner().invoke, staff, words, obj=events_of)

    async def test_makes_an_account_whose_owner_comes_in_by_the_printed_link(
        self, terminal: Callable[..., Awaitable[Any]], browser: Browser
    ) -> None:
        words = ("--name", "Ngô Thị Đầu Tiên", "--unit", WARD, "--role", "quản trị viên")
        made = await terminal("add", "dau-tien", *words)
        assert made.exit_code == 0, made.output
        link, good = made.output.splitlines()
        assert good.startswith("Good once, until ")
        enrol = (await choose_password(browser, link)).json()["enrol"]
        caller = (await give_code(browser, code_of(enrol["secret"]))).json()["caller"]
        assert "identity:administer" in caller["permissions"]

        again = await terminal("add", "dau-tien", *words)
        assert (again.exit_code, again.output) == (1, "Error: This login is taken\n")
        refused = await terminal("disable", "dau-tien", "--because", "Nghỉ việc")
        assert "last administrator" in refused.output
        link = (await terminal("link", "DAU-TIEN", "--reset")).output.splitlines()[0]
        assert (await browser.get("/api/identity/devices")).status_code == 401
        assert (await choose_password(browser, link)).json()["enrol"] is not None

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("add", "moi", "--name", "Mới", "--unit", "nowhere"), "No commune, ward or office has this code"),
            (("add", "m", "--name", "Mới", "--unit", WARD), "A login has 2 to 40"),
            (("add", "moi", "--name", "Mới", "--unit", WARD, "--role", "vua"), "no role 'vua'; there are: Biên tập"),
            (("link", "nobody"), "There is no such member of staff"),
            (("disable", "nobody", "--because", "x"), "There is no such member of staff"),
        ],
    )
    async def test_says_what_is_wrong(
        self, terminal: Callable[..., Awaitable[Any]], words: tuple[str, ...], said: str
    ) -> None:
        done = await terminal(*words)
        assert done.exit_code == 1
        assert done.output.startswith(f"Error: {said}")


class TestAtOneMoment:
    async def test_of_two_who_disable_each_other_one_stays(
        self, staff_browser: StaffBrowser, database: Database, nobody_else: None
    ) -> None:
        for _ in range(5):
            await age(database, "UPDATE identity_staff SET disabled_at = now()")
            one, two = [await staff_browser("identity:administer") for _ in range(2)]
            replies = await asyncio.gather(disable(one, two.staff_id), disable(two, one.staff_id))
            assert [reply.status_code for reply in replies].count(200) == 1, [reply.text for reply in replies]
            assert await administrators(database) == 1

    async def test_whoever_lost_the_right_meanwhile_changes_nothing(
        self, staff_browser: StaffBrowser, database: Database
    ) -> None:
        """A third one is left, so that the last administrator is not what stops the second."""
        await staff_browser("identity:administer")
        for _ in range(5):
            one, two = [await staff_browser("identity:administer") for _ in range(2)]
            replies = await asyncio.gather(disable(one, two.staff_id), disable(two, one.staff_id))
            assert sorted(reply.status_code for reply in replies)[0] == 200
            [late] = [reply for reply in replies if reply.status_code != 200]
            assert late.json()["type"] in ("not-allowed", "sign-in-needed")
            await age(
                database,
                "UPDATE identity_staff SET disabled_at = now() WHERE id IN (:one, :two)",
                one=one.staff_id,
                two=two.staff_id,
            )
