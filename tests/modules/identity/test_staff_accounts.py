"""Accounts of staff, as administrators make, change and end them."""

import asyncio
import secrets
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import text

from server.core.database import Database
from server.core.settings import Settings
from server.modules.identity.service.identifiers import hashed
from server.modules.identity.service.staff import StaffAccounts
from tests.modules.identity.conftest import Browser, Member, NewBrowser, NewMember, StaffBrowser, age
from tests.modules.identity.test_staff_sign_in import GOOD, code_of, give_code, give_password

STAFF = "/api/identity/staff"
WARD, OTHER_WARD = "31825", "31834"
NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
async def admin(staff_browser: StaffBrowser) -> Browser:
    return await staff_browser("identity:administer")


def new_login() -> str:
    return f"moi-{secrets.token_hex(5)}"


async def role_of(admin: Browser, *permissions: str) -> str:
    body = {"name": f"Vai trò {secrets.token_hex(5)}", "permissions": permissions}
    reply = await admin.post("/api/identity/roles", json=body)
    assert reply.status_code == 201, reply.text
    return str(reply.json()["id"])


async def make(admin: Browser, *role_ids: str, **changed: Any) -> Any:
    body = {"login": new_login(), "name": "Trần Thị Mới", "unit": WARD, "role_ids": role_ids} | changed
    return await admin.post(STAFF, json=body, headers={"Idempotency-Key": secrets.token_hex(16)})


async def change(admin: Browser, staff_id: object, version: object, **changed: Any) -> Any:
    body = {"name": "Trần Thị Mới", "unit": WARD, "role_ids": []} | changed
    return await admin.put(f"{STAFF}/{staff_id}", json=body, headers={"If-Match": f'"{version}"'})


async def disable(admin: Browser, staff_id: object, version: object = 1) -> Any:
    body = {"because": "Đã nghỉ việc"}
    return await admin.post(f"{STAFF}/{staff_id}/disable", json=body, headers={"If-Match": str(version)})


async def choose_password(browser: Browser, link: str) -> Any:
    body = {"secret": link.partition("#")[2], "password": GOOD}
    return await browser.post("/api/identity/staff-sign-in/first-password", json=body)


class TestMakingOne:
    async def test_its_owner_comes_in_by_the_link_and_may_what_the_roles_say(
        self, admin: Browser, browser: Browser
    ) -> None:
        made = await make(admin, await role_of(admin, "identity:recover"))
        assert made.status_code == 201, made.text
        link = made.json()["link"]["url"]
        enrol = (await choose_password(browser, link)).json()["enrol"]
        caller = (await give_code(browser, code_of(enrol["secret"]))).json()["caller"]
        assert (caller["id"], caller["permissions"]) == (made.json()["staff"]["id"], ["identity:recover"])
        assert (await choose_password(browser, link)).json()["type"] == "link-refused"

    async def test_the_link_ends_with_its_day(self, admin: Browser, browser: Browser, database: Database) -> None:
        made = (await make(admin)).json()
        await age(
            database,
            "UPDATE identity_one_time_code SET expires_at = now() WHERE staff_id = :id",
            id=made["staff"]["id"],
        )
        assert (await choose_password(browser, made["link"]["url"])).json()["type"] == "link-refused"

    async def test_asked_for_twice_with_one_key_it_is_one(self, admin: Browser) -> None:
        body = {"login": new_login(), "name": "Trần Thị Mới", "unit": WARD, "role_ids": []}
        key = {"Idempotency-Key": secrets.token_hex(16)}
        first, again = [await admin.post(STAFF, json=body, headers=key) for _ in range(2)]
        assert first.json() == again.json()
        assert (await admin.post(STAFF, json=body)).json()["type"] == "login-taken"

    async def test_of_two_at_once_with_one_login_one_is_made(self, admin: Browser) -> None:
        login = new_login()
        replies = await asyncio.gather(make(admin, login=login), make(admin, login=login.upper()))
        assert sorted(reply.status_code for reply in replies) == [201, 409]

    @pytest.mark.parametrize(
        ("wrong", "status", "problem"),
        [
            ({"login": "có dấu"}, 400, "login-refused"),
            ({"login": "a"}, 400, "login-refused"),
            ({"name": "R2-D2"}, 400, "name-refused"),
            ({"unit": "nowhere"}, 400, "workplace-refused"),
            ({"role_ids": [NOBODY]}, 404, "role-not-found"),
            ({"role_ids": ["identity:administer"]}, 400, "input-refused"),
            ({"demo": True}, 400, "input-refused"),
        ],
        ids=str,
    )
    async def test_what_is_wrong_is_named_and_leaves_nothing(
        self, admin: Browser, wrong: dict[str, Any], status: int, problem: str
    ) -> None:
        login = new_login()
        reply = await make(admin, **({"login": login} | wrong))
        assert (reply.status_code, reply.json()["type"]) == (status, problem)
        assert (await admin.get(STAFF, params={"q": login})).json()["items"] == []

    async def test_who_made_it_is_written_down(self, admin: Browser, database: Database) -> None:
        made = (await make(admin)).json()["staff"]
        assert await acts_on(database, made["id"]) == [("identity:add-staff", str(admin.staff_id))]


async def acts_on(database: Database, staff_id: object) -> list[tuple[str, str]]:
    wanted = text("SELECT act, actor_id FROM core_audit WHERE subject_id = :id ORDER BY sequence")
    async with database.reading() as connection:
        return [(row.act, row.actor_id) for row in await connection.execute(wanted, {"id": str(staff_id)})]


class TestChangingOne:
    async def test_whose_roles_change_signs_in_anew(self, admin: Browser, staff_browser: StaffBrowser) -> None:
        theirs = await staff_browser("identity:recover")
        assert (await change(admin, theirs.staff_id, 1)).json()["version"] == 2
        assert (await theirs.get("/api/identity/devices")).status_code == 401
        assert (await theirs.get("/api/identity/session")).json() == {"caller": None, "ended": True}

    async def test_whose_workplace_changes_too(self, admin: Browser, new_member: NewMember, database: Database) -> None:
        member = await new_member(unit=WARD)
        token = await open_sessions(database, member, 1)
        assert (await change(admin, member.id, 1, unit=OTHER_WARD)).json()["unit"] == OTHER_WARD
        assert (await devices(admin, token[0])).status_code == 401

    async def test_whose_name_changes_goes_on(self, admin: Browser, new_member: NewMember, database: Database) -> None:
        member = await new_member(unit=WARD)
        token = await open_sessions(database, member, 1)
        assert (await change(admin, member.id, 1, name="Đặng Thị Đổi")).json()["name"] == "Đặng Thị Đổi"
        assert (await devices(admin, token[0])).status_code == 200

    async def test_a_change_of_what_is_old_is_refused(self, admin: Browser, member: Member) -> None:
        missing = await admin.put(f"{STAFF}/{member.id}", json={"name": "Mới", "unit": WARD, "role_ids": []})
        assert (missing.status_code, missing.json()["type"]) == (428, "version-needed")
        replies = await asyncio.gather(change(admin, member.id, 1, name="Một"), change(admin, member.id, 1, name="Hai"))
        assert sorted(reply.status_code for reply in replies) == [200, 412]
        for act in (disable(admin, member.id, 1), enable(admin, member.id, 1)):
            assert (await act).json()["type"] == "changed-meanwhile"

    async def test_nobody_gives_themselves_a_role(self, staff_browser: StaffBrowser) -> None:
        admin = await staff_browser("identity:administer", unit=WARD)
        [own] = (await admin.get(f"{STAFF}/{admin.staff_id}")).json()["roles"]
        more = await role_of(admin, "privacy:decide")
        reply = await change(admin, admin.staff_id, 1, role_ids=[own["id"], more])
        assert (reply.status_code, reply.json()["type"]) == (403, "not-for-yourself")
        assert (await change(admin, admin.staff_id, 1, role_ids=[own["id"]])).status_code == 200

    @pytest.mark.parametrize("act", ["", "/disable", "/enable", "/link", "/reset"])
    async def test_nobody_is_not_found(self, admin: Browser, act: str) -> None:
        body = {"": {"name": "Mới", "unit": WARD, "role_ids": []}, "/disable": {"because": "Nghỉ việc"}}.get(act)
        method = "POST" if act else "PUT"
        reply = await admin.request(method, f"{STAFF}/{NOBODY}{act}", json=body, headers={"If-Match": "1"})
        assert (reply.status_code, reply.json()["type"]) == (404, "staff-not-found")


async def enable(admin: Browser, staff_id: object, version: object) -> Any:
    return await admin.post(f"{STAFF}/{staff_id}/enable", headers={"If-Match": str(version)})


async def open_sessions(database: Database, member: Member, times: int) -> list[str]:
    """The tokens of as many browsers on which this person is signed in."""
    tokens = [secrets.token_urlsafe(32) for _ in range(times)]
    row = (
        "INSERT INTO identity_session (id, token_hash, staff_id, method, assurance, shared, device, proved_at, seen_at,"
        " idle, expires_at) VALUES (gen_random_uuid(), :hash, :staff, 'passkey', 0, false, '', now(), now(), 900,"
        " now() + interval '1 hour')"
    )
    async with database.reading() as connection:
        await connection.execute(text(row), [{"hash": hashed(token), "staff": member.id} for token in tokens])
    return tokens


async def devices(browser: Browser, token: str) -> Any:
    return await browser.get("/api/identity/devices", headers={"Cookie": f"__Host-sid={token}"})


class TestDisablingOne:
    async def test_of_five_hundred_browsers_each_is_out_with_its_next_request(
        self, admin: Browser, member: Member, database: Database
    ) -> None:
        tokens = await open_sessions(database, member, 500)
        assert [(await devices(admin, token)).status_code for token in tokens[::50]] == [200] * 10
        assert (await disable(admin, member.id)).status_code == 200
        replies = [await devices(admin, token) for token in tokens]
        assert {(reply.status_code, reply.json()["type"]) for reply in replies} == {(401, "sign-in-needed")}

    async def test_one_that_signs_in_at_this_moment_is_out_too(
        self, admin: Browser, new_browser: NewBrowser, new_member: NewMember
    ) -> None:
        for _ in range(5):
            member, browser = await new_member(), new_browser()
            await give_password(browser, member.login, member.password)
            reply, _ = await asyncio.gather(give_code(browser, code_of(member.secret)), disable(admin, member.id))
            assert reply.status_code in (200, 400)
            assert (await browser.get("/api/identity/devices")).status_code == 401

    async def test_neither_password_nor_link_opens_it(self, admin: Browser, browser: Browser, member: Member) -> None:
        link = (await admin.post(f"{STAFF}/{member.id}/link")).json()["url"]
        assert (await disable(admin, member.id)).json()["disabled_because"] == "Đã nghỉ việc"
        assert (await choose_password(browser, link)).json()["type"] == "link-refused"
        assert (await give_password(browser, member.login, member.password)).json()["type"] == "sign-in-refused"
        for act in ("link", "reset"):
            assert (await admin.post(f"{STAFF}/{member.id}/{act}")).json()["type"] == "already-disabled"
        assert (await disable(admin, member.id, 2)).json()["type"] == "already-disabled"

    async def test_enabled_again_it_opens_with_what_it_had(
        self, admin: Browser, browser: Browser, member: Member
    ) -> None:
        await disable(admin, member.id)
        assert (await enable(admin, member.id, 2)).json()["disabled_at"] is None
        assert (await give_password(browser, member.login, member.password)).status_code == 200
        assert (await give_code(browser, code_of(member.secret))).status_code == 200


class TestBeginningAnew:
    @pytest.mark.parametrize(("act", "authenticator"), [("link", True), ("reset", False)])
    async def test_what_was_forgotten_or_lost_ends_at_once(
        self, admin: Browser, browser: Browser, member: Member, database: Database, act: str, authenticator: bool
    ) -> None:
        [token] = await open_sessions(database, member, 1)
        made = await admin.post(f"{STAFF}/{member.id}/{act}")
        assert made.status_code == 200, made.text
        assert (await devices(admin, token)).status_code == 401
        assert (await give_password(browser, member.login, member.password)).json()["type"] == "sign-in-refused"
        there = (await admin.get(f"{STAFF}/{member.id}")).json()
        assert (there["has_password"], there["has_authenticator"]) == (False, authenticator)
        step = await choose_password(browser, made.json()["url"])
        assert (step.json()["enrol"] is None) is authenticator

    async def test_a_newer_link_ends_the_older(self, admin: Browser, browser: Browser, member: Member) -> None:
        older, newer = [(await admin.post(f"{STAFF}/{member.id}/link")).json()["url"] for _ in range(2)]
        assert (await choose_password(browser, older)).json()["type"] == "link-refused"
        assert (await choose_password(browser, newer)).status_code == 200


class TestTheList:
    async def test_finds_by_parts_of_login_and_name_without_accents(self, admin: Browser, member: Member) -> None:
        for words in (member.login, f"dang thu {member.login[7:]}", f"Đặng {member.login.upper()}"):
            items = (await admin.get(STAFF, params={"q": words})).json()["items"]
            assert [item["id"] for item in items] == [str(member.id)], words
        assert (await admin.get(STAFF, params={"q": member.login, "unit": OTHER_WARD})).json()["items"] == []

    async def test_finds_a_khmer_name_however_its_unseen_signs_were_typed(self, admin: Browser) -> None:
        login = new_login()
        made = (await make(admin, login=login, name="ថាច់\u200bសុ\u200cខា")).json()["staff"]
        await self._finds(admin, made["id"], *(f"{login} {it}" for it in ("ថាច់ សុខា", "សុ\u200dខា", "ថាច់\u200bសុខា")))
        renamed = await change(admin, made["id"], made["version"], name="គឹម\u200bចា\u200dន់")
        assert renamed.status_code == 200, renamed.text
        await self._finds(admin, made["id"], *(f"{login} {it}" for it in ("ចាន់", "គឹម\u200bចា\u200cន់")))

    async def _finds(self, admin: Browser, staff_id: object, *typed: str) -> None:
        for words in typed:
            items = (await admin.get(STAFF, params={"q": words})).json()["items"]
            assert [item["id"] for item in items] == [staff_id], ascii(words)

    async def test_goes_page_by_page(self, admin: Browser, new_member: NewMember) -> None:
        for _ in range(3):
            await new_member(unit="bo-phan-thu")
        ids: list[UUID] = []
        query: dict[str, Any] = {"unit": "bo-phan-thu", "limit": 2}
        for size in (2, 1):
            page = (await admin.get(STAFF, params=query)).json()
            assert len(page["items"]) == size
            ids += [item["id"] for item in page["items"]]
            query["cursor"] = page["next_cursor"]
        assert (len(set(ids)), query["cursor"]) == (3, None)

    async def test_the_review_says_what_to_look_at(
        self, admin: Browser, new_member: NewMember, database: Database
    ) -> None:
        plain, weighty = await new_member(secret=None), await new_member("identity:administer")
        await age(
            database,
            "UPDATE identity_staff SET last_signed_in_at = now() - interval '31 days', "
            "created_at = now() - interval '60 days' WHERE id = :id",
            id=weighty.id,
        )
        found: dict[str, Any] = {}
        query: dict[str, Any] = {"limit": 100}
        while "cursor" not in query or query["cursor"]:
            page = (await admin.get(f"{STAFF}/review", params=query)).json()
            found |= {row["staff"]["id"]: (row["permissions"], row["concerns"]) for row in page["items"]}
            query["cursor"] = page["next_cursor"]
        assert found[str(plain.id)] == ([], ["never-signed-in", "no-second-factor", "no-role"])
        assert found[str(weighty.id)] == (["identity:administer"], ["administrator", "soon-unused"])


@pytest.mark.parametrize("demo", [True, False])
async def test_a_demo_account_is_called_in_a_demonstration_only(
    new_member: NewMember, database: Database, settings: Settings, demo: bool
) -> None:
    word, unit = f"thu:{secrets.token_hex(5)}", secrets.token_hex(5)
    planted, real, gone = [await new_member(word, unit=unit) for _ in range(3)]
    await age(database, "UPDATE identity_staff SET demo = true WHERE id = :id", id=planted.id)
    await age(database, "UPDATE identity_staff SET disabled_at = now() WHERE id = :id", id=gone.id)
    called = {planted.id, real.id} if demo else {real.id}
    async with database.transaction() as session:
        accounts = StaffAccounts(session, msgspec.structs.replace(settings, demo=demo))
        assert await accounts.who_may(word, None) == await accounts.who_may(word, unit) == called
        assert await accounts.who_may(word, WARD) == set()
        assert await accounts.at_work([planted.id, real.id, gone.id]) == called
