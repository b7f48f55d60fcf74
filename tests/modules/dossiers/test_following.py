"""A child follows the dossier of a parent: both agree, both see it, each look is listed, either ends it."""

from typing import Any
from urllib.parse import quote

import httpx
import pytest

from server.core.events import Events
from tests.modules.dossiers.conftest import System, event
from tests.modules.dossiers.office import ELSEWHERE, Hire, Officer, hire, officer
from tests.modules.identity.conftest import Browser, NewBrowser, NewPhone, age
from tests.modules.notifications.conftest import nothing_left_over

__all__ = ["hire", "nothing_left_over", "officer"]

pytestmark = pytest.mark.usefixtures("nothing_left_over")


class Family:
    """A parent with a dossier, and a child, each signed in on their own phone."""

    def __init__(self, parent: Browser, child: Browser, phones: tuple[str, str], code: str, database: Any) -> None:
        self.parent, self.child, self.code = parent, child, code
        self.parents_phone, self.childs_phone = phones
        self._database = database

    async def invite(self, phone: str | None = None, name: str = "Con út") -> httpx.Response:
        await age(self._database, "DELETE FROM core_count")
        return await self.parent.post(
            f"/api/dossiers/{self.code}/followers", json={"phone": phone or self.childs_phone, "name": name}
        )

    async def ask(self, code: str | None = None, digits: str | None = None) -> httpx.Response:
        await age(self._database, "DELETE FROM core_count")
        body = {"code": code or self.code, "last_digits": digits or self.parents_phone[-4:]}
        return await self.child.post("/api/dossiers/following", json=body)

    async def followers(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self.parent.get(f"/api/dossiers/{self.code}/followers")).json()["items"]
        return items

    async def following(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self.child.get("/api/dossiers/following")).json()["items"]
        return items

    async def seen(self) -> httpx.Response:
        return await self.child.get(f"/api/dossiers/{self.code}")

    async def told(self, who: Browser) -> list[str]:
        return [it["title"] for it in (await who.get("/api/notifications")).json()["items"]]


@pytest.fixture
async def family(
    new_browser: NewBrowser, new_phone: NewPhone, system: System, code: str, database: Any, events: Events
) -> Family:
    parent, child, phones = new_browser(), new_browser(), (new_phone(), new_phone())
    await parent.sign_in(phones[0])
    await child.sign_in(phones[1])
    await system.report(event(code, 5, 2, owner_phone=phones[0], note="Thiếu giấy chứng sinh"))
    await events.run_waiting()
    return Family(parent, child, phones, code, database)


class TestAnInvitation:
    async def test_is_seen_by_both_and_nothing_is_shown_before_it_is_accepted(self, family: Family) -> None:
        made = await family.invite()
        assert made.status_code == 201, made.text
        [row] = made.json()["items"]
        assert (row["name"], row["state"], row["way"]) == ("Con út", "invited", "invited")
        [mine] = await family.following()
        assert (mine["code"], mine["state"], mine["id"]) == (family.code, "invited", row["id"])
        assert (await family.told(family.child))[0] == "Bạn được mời theo dõi một hồ sơ"
        assert (await family.seen()).json()["type"] == "not-your-dossier"
        assert (await family.child.get("/api/dossiers")).json()["items"] == []

    async def test_once_accepted_the_dossier_is_followed_without_its_result(
        self, family: Family, system: System, events: Events
    ) -> None:
        [row] = (await family.invite()).json()["items"]
        assert (await family.child.post(f"/api/dossiers/following/{row['id']}/accept")).status_code == 200
        [listed] = (await family.child.get("/api/dossiers")).json()["items"]
        assert (listed["owned"], listed["standing"]["code"]) == (False, family.code)
        seen = (await family.seen()).json()
        assert (seen["owned"], seen["duty"]["reason"]) == (False, "Thiếu giấy chứng sinh")
        assert "Đã có người theo dõi hồ sơ cùng bạn" in await family.told(family.parent)
        # When it moves, both phones are told.
        result = {"result_link": "https://ketqua.example.vn/a"}
        await system.report(event(family.code, 9, 1, owner_phone=family.parents_phone, **result))
        await events.run_waiting()
        for who in (family.parent, family.child):
            assert (await family.told(who))[0].startswith("Đã xử lý xong")
        seen = await family.seen()
        assert (seen.json()["result"], result["result_link"] in seen.text) == (None, False)
        assert (await family.parent.get(f"/api/dossiers/{family.code}")).json()["result"]["link"]
        # Following is no owning: nobody is invited by a follower.
        assert (await family.child.get(f"/api/dossiers/{family.code}/followers")).json()["type"] == "not-your-dossier"

    async def test_the_owner_reads_each_look(self, family: Family) -> None:
        [row] = (await family.invite()).json()["items"]
        await family.child.post(f"/api/dossiers/following/{row['id']}/accept")
        for _ in range(2):
            assert (await family.seen()).status_code == 200
        looks = (await family.parent.get("/api/privacy/looks", headers={"Accept-Language": "en"})).json()["items"]
        assert [(it["why"], it["as_what"]) for it in looks] == [("consent", "Somebody you let follow it")] * 2

    @pytest.mark.parametrize("who", ["parent", "child"])
    async def test_either_ends_it_at_any_time(self, family: Family, system: System, events: Events, who: str) -> None:
        [row] = (await family.invite()).json()["items"]
        await family.child.post(f"/api/dossiers/following/{row['id']}/accept")
        one, other = (family.parent, family.child) if who == "parent" else (family.child, family.parent)
        path = f"/api/dossiers/following/{row['id']}/end"
        assert (await one.post(path)).status_code == 204
        assert (await one.post(path)).json()["type"] == "follower-unknown"
        assert (await family.seen()).json()["type"] == "not-your-dossier"
        assert await family.followers() == await family.following() == []
        word = "không còn theo dõi" if who == "parent" else "thôi theo dõi"
        assert word in (await family.told(other))[0]
        before = len(await family.told(family.child))
        await system.report(event(family.code, 4, 1, owner_phone=family.parents_phone))
        await events.run_waiting()
        assert len(await family.told(family.child)) == before
        assert (await family.invite()).status_code == 201

    async def test_says_nothing_of_who_has_an_account_and_waits_for_one(
        self, family: Family, new_phone: NewPhone, new_browser: NewBrowser
    ) -> None:
        later = new_phone()
        known, unknown = await family.invite(), await family.invite(later)
        assert (known.status_code, unknown.status_code) == (201, 201)
        assert {it["state"] for it in unknown.json()["items"]} == {"invited"}
        newcomer = new_browser()
        await age(family._database, "DELETE FROM core_count")
        await newcomer.sign_in(later)
        [waiting] = (await newcomer.get("/api/dossiers/following")).json()["items"]
        assert (await newcomer.post(f"/api/dossiers/following/{waiting['id']}/accept")).status_code == 200
        assert (await newcomer.get(f"/api/dossiers/{family.code}")).status_code == 200

    async def test_what_is_refused(self, family: Family, new_phone: NewPhone, new_browser: NewBrowser) -> None:
        assert (await family.invite("không phải số")).json()["type"] == "phone-number-refused"
        assert (await family.invite(family.parents_phone)).json()["type"] == "one-of-their-own"
        [row] = (await family.invite()).json()["items"]
        assert (await family.invite()).json()["type"] == "one-of-their-own"
        stranger = new_browser()
        await age(family._database, "DELETE FROM core_count")
        await stranger.sign_in(new_phone())
        for verb in ("accept", "end"):
            reply = await stranger.post(f"/api/dossiers/following/{row['id']}/{verb}")
            assert reply.json()["type"] == "follower-unknown"
        # The invitation is the other one's to accept.
        own = await family.parent.post(f"/api/dossiers/following/{row['id']}/accept")
        assert own.json()["type"] == "follower-unknown"
        for _ in range(9):
            assert (await family.invite(new_phone())).status_code == 201
        assert (await family.invite(new_phone())).json()["type"] == "too-many-followers"


class TestAsking:
    async def test_with_code_and_digits_and_the_owner_decides_on_their_own_phone(self, family: Family) -> None:
        assert (await family.ask()).status_code == 202
        assert (await family.ask()).status_code == 202
        [row] = await family.followers()
        assert row["state"] == "asked"
        titles = await family.told(family.parent)
        assert titles.count("Có người xin theo dõi hồ sơ của bạn") == 1
        assert (await family.seen()).json()["type"] == "not-your-dossier"
        confirmed = await family.parent.post(f"/api/dossiers/{family.code}/followers/{row['id']}/confirm")
        assert confirmed.json()["items"][0]["state"] == "following"
        assert (await family.seen()).status_code == 200
        assert (await family.told(family.child))[0] == "Bạn được theo dõi hồ sơ"
        again = await family.parent.post(f"/api/dossiers/{family.code}/followers/{row['id']}/confirm")
        assert again.json()["type"] == "follower-unknown"

    async def test_whoever_asks_cannot_let_themselves_in(self, family: Family) -> None:
        await family.ask()
        [row] = await family.followers()
        accepted = await family.child.post(f"/api/dossiers/following/{row['id']}/accept")
        assert accepted.json()["type"] == "follower-unknown"
        confirmed = await family.child.post(f"/api/dossiers/{quote(family.code)}/followers/{row['id']}/confirm")
        assert confirmed.json()["type"] == "not-your-dossier"

    async def test_wrong_digits_are_a_dossier_nobody_has(self, family: Family) -> None:
        wrong = await family.ask(digits="0000" if family.parents_phone[-4:] != "0000" else "1111")
        assert (wrong.status_code, wrong.json()["type"]) == (404, "dossier-not-found")

    async def test_one_of_ones_own_needs_no_asking(self, family: Family) -> None:
        own = await family.parent.post(
            "/api/dossiers/following", json={"code": family.code, "last_digits": family.parents_phone[-4:]}
        )
        assert own.json()["type"] == "one-of-their-own"


class TestAConsentOnPaper:
    async def test_is_recorded_at_the_desk_and_accepted_on_the_followers_phone(
        self, new_browser: NewBrowser, new_phone: NewPhone, officer: Officer, hire: Hire
    ) -> None:
        child, phone = new_browser(), new_phone()
        await child.sign_in(phone)
        dossier = await officer.register(phone=None, national_id="096000000123")
        path = f"/{dossier['id']}/followers"
        missing = await officer.post(path, {"phone": phone, "name": "Con gái"})
        assert missing.json()["type"] == "consent-paper-needed"
        paper = {"phone": phone, "name": "Con gái", "document": "Giấy ngày 20/11/2026, lưu tủ 2"}
        elsewhere = await hire(unit=ELSEWHERE)
        assert (await elsewhere.post(path, paper)).json()["type"] == "dossier-unknown"
        assert (await officer.post(path, paper)).status_code == 204
        [waiting] = (await child.get("/api/dossiers/following")).json()["items"]
        assert waiting["way"] == "paper"
        await child.post(f"/api/dossiers/following/{waiting['id']}/accept")
        assert (await child.get(f"/api/dossiers/{dossier['code']}")).json()["owned"] is False
        [row] = (await officer.read(dossier["id"])).json()["followers"]
        assert (row["name"], row["state"], row["way"]) == ("Con gái", "following", "paper")
        # The parent comes and takes it back.
        assert (await officer.post(f"{path}/{row['id']}/end", {})).status_code == 204
        assert (await child.get(f"/api/dossiers/{dossier['code']}")).json()["type"] == "not-your-dossier"


async def test_whoever_is_forgotten_follows_nothing_and_is_followed_by_nobody(
    family: Family, events: Events, database: Any
) -> None:
    from uuid import UUID

    from server.modules.dossiers.holding import erase, gather

    [row] = (await family.invite()).json()["items"]
    await family.child.post(f"/api/dossiers/following/{row['id']}/accept")
    ids = [
        UUID((await who.get("/api/identity/session")).json()["caller"]["id"]) for who in (family.parent, family.child)
    ]
    async with database.transaction() as session:
        copies = [(await gather(session, it))["theo dõi cùng"] for it in ids]
        assert [(it[0]["của tôi"], it[0]["tên ghi"]) for it in copies] == [(True, "Con út"), (False, "Con út")]
        await erase(session, ids[1])
        assert (await gather(session, ids[1]))["theo dõi cùng"] == []
    assert await family.followers() == []


async def test_an_invitation_that_nobody_answered_is_forgotten_with_whom_it_is_for(
    family: Family, database: Any
) -> None:
    """It has their phone, and what somebody else calls them."""
    from uuid import UUID

    from server.modules.dossiers.holding import erase, gather

    assert (await family.invite()).status_code == 201
    child = UUID((await family.child.get("/api/identity/session")).json()["caller"]["id"])
    async with database.transaction() as session:
        [copied] = (await gather(session, child))["theo dõi cùng"]
        assert (copied["của tôi"], copied["tên ghi"]) == (False, "Con út")
        await erase(session, child)
    assert await family.followers() == []
