"""Roles: put together from what the modules declare, changed for all who have them at once."""

import asyncio
import secrets
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from server.app import MODULES
from server.core.database import Database
from server.core.settings import Settings
from server.modules.identity.models import StaffRole
from tests.modules.identity.conftest import Browser, StaffBrowser

ROLES = "/api/identity/roles"


@pytest.fixture
async def admin(staff_browser: StaffBrowser) -> Browser:
    return await staff_browser("identity:administer")


def new_name() -> str:
    return f"Vai trò {secrets.token_hex(5)}"


async def add(admin: Browser, *permissions: str, name: str = "") -> Any:
    return await admin.post(ROLES, json={"name": name or new_name(), "permissions": permissions})


async def change(admin: Browser, role: dict[str, Any], *permissions: str, name: str = "", version: int = 0) -> Any:
    body = {"name": name or role["name"], "permissions": permissions}
    return await admin.put(f"{ROLES}/{role['id']}", json=body, headers={"If-Match": str(version or role["version"])})


async def remove(admin: Browser, role: dict[str, Any]) -> Any:
    return await admin.delete(f"{ROLES}/{role['id']}", headers={"If-Match": str(role["version"])})


async def role_of(admin: Browser, holder: Browser) -> dict[str, Any]:
    """The one role of somebody."""
    [own] = (await admin.get(f"/api/identity/staff/{holder.staff_id}")).json()["roles"]
    [found] = [role for role in (await admin.get(ROLES)).json()["items"] if role["id"] == own["id"]]
    return dict(found)


class TestPermissions:
    @pytest.mark.parametrize("language", ["vi", "en", "km"])
    async def test_each_is_a_sentence_in_the_callers_language(self, admin: Browser, language: str) -> None:
        items = (await admin.get("/api/identity/permissions", headers={"Accept-Language": language})).json()["items"]
        declared = {word: said for module in MODULES for word, said in module.permissions.items()}
        assert {item["word"]: item["sentence"] for item in items} == {
            word: getattr(said, language) for word, said in declared.items()
        }

    async def test_one_that_no_module_declares_is_refused(self, admin: Browser) -> None:
        refused = await add(admin, "identity:administer", "dossiers:burn")
        assert (refused.status_code, refused.json()["type"]) == (400, "permission-unknown")
        role = (await add(admin, "privacy:decide")).json()
        assert (await change(admin, role, "privacy:decide", "dossiers:burn")).json()["type"] == "permission-unknown"


class TestARole:
    async def test_is_made_renamed_and_removed(self, admin: Browser) -> None:
        role = (await add(admin, "privacy:decide", "privacy:audit", "privacy:decide")).json()
        assert (role["permissions"], role["people"]) == (["privacy:audit", "privacy:decide"], 0)
        renamed = (await change(admin, role, *role["permissions"], name=new_name())).json()
        assert renamed["name"] != role["name"]
        assert (await remove(admin, renamed)).status_code == 204
        assert role["id"] not in [it["id"] for it in (await admin.get(ROLES)).json()["items"]]
        assert (await remove(admin, renamed)).json()["type"] == "role-not-found"

    async def test_has_a_name_of_its_own(self, admin: Browser) -> None:
        name = new_name()
        replies = await asyncio.gather(add(admin, name=name), add(admin, name=name.upper()))
        assert sorted(reply.status_code for reply in replies) == [201, 409]
        other = (await add(admin)).json()
        assert (await change(admin, other, name=name)).json()["type"] == "role-name-taken"

    async def test_a_change_of_what_is_old_is_refused(self, admin: Browser) -> None:
        role = (await add(admin)).json()
        body = {"name": role["name"], "permissions": []}
        assert (await admin.put(f"{ROLES}/{role['id']}", json=body)).json()["type"] == "version-needed"
        replies = await asyncio.gather(*(change(admin, role, name=new_name()) for _ in range(2)))
        assert sorted(reply.status_code for reply in replies) == [200, 412]
        assert (await remove(admin, role)).json()["type"] == "changed-meanwhile"

    async def test_whoever_has_it_is_signed_out_when_it_allows_something_else(
        self, admin: Browser, staff_browser: StaffBrowser
    ) -> None:
        holder = await staff_browser("privacy:decide")
        role = await role_of(admin, holder)
        renamed = (await change(admin, role, "privacy:decide", name=new_name())).json()
        assert (await holder.get("/api/identity/devices")).status_code == 200
        assert (await change(admin, renamed, "privacy:audit")).json()["people"] == 1
        assert (await holder.get("/api/identity/devices")).status_code == 401
        assert (await holder.get("/api/identity/session")).json() == {"caller": None, "ended": True}

    async def test_that_somebody_has_stays(self, admin: Browser, staff_browser: StaffBrowser) -> None:
        holder = await staff_browser("privacy:decide")
        reply = await remove(admin, await role_of(admin, holder))
        assert (reply.status_code, reply.json()["type"], reply.json()["people"]) == (409, "role-in-use", 1)

    async def test_of_ones_own_gets_no_more_by_oneself(self, admin: Browser, staff_browser: StaffBrowser) -> None:
        own = await role_of(admin, admin)
        reply = await change(admin, own, "identity:administer", "privacy:decide")
        assert (reply.status_code, reply.json()["type"]) == (403, "not-for-yourself")
        other = await staff_browser("identity:administer")
        assert (await change(other, own, "identity:administer", "privacy:decide")).status_code == 200

    async def test_given_and_removed_at_one_moment_is_never_half_there(
        self, admin: Browser, staff_browser: StaffBrowser
    ) -> None:
        other = await staff_browser("identity:administer")
        for _ in range(3):
            role = (await add(admin, "privacy:decide")).json()
            body = {"login": f"moi-{secrets.token_hex(5)}", "name": "Mới", "unit": "31825", "role_ids": [role["id"]]}
            made, removed = await asyncio.gather(admin.post("/api/identity/staff", json=body), remove(other, role))
            assert (made.status_code, removed.status_code) in ((201, 409), (404, 204))


class TestPermissionsAreReadLive:
    async def test_a_second_role_counts_with_the_next_request(
        self, admin: Browser, staff_browser: StaffBrowser, database: Database, settings: Settings
    ) -> None:
        holder = await staff_browser("privacy:decide")
        assert (await holder.get(ROLES)).status_code == 403
        own = await role_of(admin, admin)
        async with database.transaction() as session:
            session.add(StaffRole(id=uuid7(), staff_id=holder.staff_id, role_id=own["id"]))
        assert (await holder.get(ROLES)).status_code == 200
