"""Signing in with VNeID over HTTP, against a certified provider: the first time, again, linked, and gone wrong."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import count
from urllib.parse import urlencode
from uuid import UUID

import msgspec
import pytest

from server.core.database import Database
from server.core.settings import Settings
from server.modules.identity.gateways.oidc import Provider
from server.modules.identity.service.residents import Residents
from tests.conftest import Start
from tests.modules.identity.conftest import Browser, NewPhone, age
from tests.modules.identity.openid import OpenIdProvider

RETURN = "/api/identity/vneid/return"
DISCOVERY, TOKEN = "/.well-known/openid-configuration", "/token"


_towns = count(2000)


class Town:
    """An application that trusts the provider, and browsers on it."""

    def __init__(self, app, settings: Settings, provider: OpenIdProvider) -> None:
        self._app, self.settings, self.provider = app, settings, provider
        self.browsers: list[Browser] = []

    def browser(self) -> Browser:
        self.browsers.append(Browser(self._app, self.settings))
        return self.browsers[-1]

    async def come_back(self, browser: Browser, account: str, next: str = "/account") -> str:
        """Sign in as this account of the provider; where the browser ends."""
        await self.provider.want(account=account)
        begun = await browser.post("/api/identity/vneid", json={"next": next, "shared": False})
        assert begun.status_code == 200, begun.text
        brought = await self.provider.sign_in(begun.json()["url"])
        back = await browser.get(f"{RETURN}?{urlencode(brought)}", follow_redirects=False)
        assert back.status_code == 302, back.text
        return back.headers["location"]


@pytest.fixture
async def town(honest: OpenIdProvider, settings: Settings, start: Start, nothing_counted: None) -> AsyncIterator[Town]:
    # A process has one client for each settings, which keeps what it was told: every test has its own.
    own = honest.settings(settings, sms_per_hour=next(_towns))
    await honest.register(f"{own.origin}{RETURN}")
    async with start(own) as client:
        town = Town(client.app, own, honest)  # type: ignore[attr-defined]
        yield town
        for browser in town.browsers:
            await browser.aclose()
    await honest.reset()


async def caller(browser: Browser) -> dict[str, object] | None:
    return (await browser.get("/api/identity/session")).json()["caller"]


async def test_the_ways_are_told(town: Town, browser: Browser) -> None:
    assert (await town.browser().get("/api/identity/ways")).json() == {"phone": True, "vneid": True}
    assert (await browser.get("/api/identity/ways")).json() == {"phone": True, "vneid": False}


async def test_when_it_is_off_a_way_on_is_named(browser: Browser) -> None:
    reply = await browser.post("/api/identity/vneid", json={"next": "/", "shared": False})
    assert (reply.status_code, reply.json()["type"]) == (409, "vneid-off")
    assert "số điện thoại" in reply.json()["title"]


async def test_the_same_account_is_the_same_person(town: Town) -> None:
    first, again = town.browser(), town.browser()
    assert await town.come_back(first, "vne-anh") == "/account"
    assert await town.come_back(again, "vne-anh") == "/account"
    one, two = await caller(first), await caller(again)
    assert one is not None and two is not None
    assert one["id"] == two["id"]
    assert one["assurance"] in (2, 3)


async def test_whoever_is_signed_in_by_phone_keeps_the_account(town: Town, new_phone: NewPhone) -> None:
    browser = town.browser()
    before = await browser.sign_in(new_phone())
    await town.come_back(browser, "vne-binh")
    after = await caller(browser)
    assert after is not None
    assert (after["id"], before["assurance"]) == (before["id"], 1)
    assert after["assurance"] in (2, 3)


@pytest.mark.parametrize(
    "path", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""]
)
async def test_it_ends_on_a_path_of_ours(town: Town, path: str) -> None:
    assert await town.come_back(town.browser(), "vne-chi", next=path) == "/account"


async def test_another_browser_cannot_bring_it_home(town: Town) -> None:
    begun = await town.browser().post("/api/identity/vneid", json={"next": "/", "shared": False})
    brought = await town.provider.sign_in(begun.json()["url"])
    stolen = town.browser()
    back = await stolen.get(f"{RETURN}?{urlencode(brought)}", follow_redirects=False)
    assert back.headers["location"] == "/sign-in?problem=sign-in-lost"
    assert await caller(stolen) is None


async def test_it_works_once(town: Town) -> None:
    browser = town.browser()
    begun = await browser.post("/api/identity/vneid", json={"next": "/", "shared": False})
    brought = urlencode(await town.provider.sign_in(begun.json()["url"]))
    await browser.get(f"{RETURN}?{brought}", follow_redirects=False)
    again = await browser.get(f"{RETURN}?{brought}", follow_redirects=False)
    assert again.headers["location"] == "/sign-in?problem=sign-in-lost"


class TestAProviderThatIsAwayOrSlow:
    """It costs a sentence and never a spinner without end; and who signs in by phone does not notice."""

    @pytest.fixture
    def impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(Provider.__init__.__kwdefaults__, "timeout", 3.0)

    @pytest.mark.parametrize("fault", [{"status": 503}, {"drop": True}])
    async def test_a_way_on_is_named(self, town: Town, new_phone: NewPhone, fault: dict[str, object]) -> None:
        await town.provider.want(faults={DISCOVERY: fault})
        browser = town.browser()
        reply = await browser.post("/api/identity/vneid", json={"next": "/", "shared": False})
        assert (reply.status_code, reply.json()["type"]) == (503, "provider-away")
        assert "số điện thoại" in reply.json()["title"]
        assert (await browser.sign_in(new_phone()))["kind"] == "resident"

    async def test_coming_back_while_it_is_away_leads_to_the_sign_in(self, town: Town) -> None:
        await town.provider.want(faults={TOKEN: {"status": 503}})
        browser = town.browser()
        assert await town.come_back(browser, "an") == "/sign-in?problem=provider-away"
        assert await caller(browser) is None

    async def test_those_who_wait_for_it_hold_nobody_up(
        self, honest: OpenIdProvider, settings: Settings, start: Start, new_phone: NewPhone, impatient: None
    ) -> None:
        """More of them than the process has connections to its database."""
        own = msgspec.structs.replace(honest.settings(settings), database_pool=2)
        await honest.register(f"{own.origin}{RETURN}")
        async with start(own) as client, AsyncExitStack() as stack:
            town = Town(client.app, own, honest)  # type: ignore[attr-defined]
            here, *others = [await stack.enter_async_context(town.browser()) for _ in range(5)]
            begun = [await it.post("/api/identity/vneid", json={"next": "/", "shared": False}) for it in others]
            brought = [await honest.sign_in(it.json()["url"]) for it in begun]
            await honest.want(faults={TOKEN: {"hang": True}})
            before = await honest.asked(TOKEN)
            waiting = [
                asyncio.create_task(browser.get(f"{RETURN}?{urlencode(it)}", follow_redirects=False))
                for browser, it in zip(others, brought, strict=True)
            ]
            async with asyncio.timeout(2.5):
                while await honest.asked(TOKEN) < before + 4:
                    await asyncio.sleep(0.01)
            assert (await here.sign_in(new_phone()))["kind"] == "resident"
            assert not any(it.done() for it in waiting)
            backs = await asyncio.gather(*waiting)
            assert {back.headers["location"] for back in backs} == {"/sign-in?problem=provider-away"}
        await honest.reset()


async def test_two_tabs_that_come_back_for_the_first_time_are_one_person(town: Town) -> None:
    await town.provider.want(account="vne-hai-tab")
    browsers = [town.browser() for _ in range(3)]
    begun = [await it.post("/api/identity/vneid", json={"next": "/", "shared": False}) for it in browsers]
    brought = [await town.provider.sign_in(it.json()["url"]) for it in begun]
    await asyncio.gather(
        *(
            browser.get(f"{RETURN}?{urlencode(it)}", follow_redirects=False)
            for browser, it in zip(browsers, brought, strict=True)
        )
    )
    assert len({(await caller(browser) or {})["id"] for browser in browsers}) == 1


async def test_of_two_with_one_number_at_once_exactly_one_has_it_proved(town: Town) -> None:
    number = f"096{secrets.randbelow(10**9):09}"
    await town.provider.want(userinfo={"national_id": number})
    browsers, brought = [town.browser() for _ in range(4)], []
    for it in browsers:
        await town.provider.want(account=f"vne-{secrets.token_hex(6)}", stays=True)
        begun = await it.post("/api/identity/vneid", json={"next": "/account", "shared": False})
        brought.append(await town.provider.sign_in(begun.json()["url"]))
    backs = await asyncio.gather(
        *(
            browser.get(f"{RETURN}?{urlencode(it)}", follow_redirects=False)
            for browser, it in zip(browsers, brought, strict=True)
        )
    )
    assert {(back.status_code, back.headers.get("location")) for back in backs} == {(302, "/account")}
    told = [(await it.get("/api/identity/profile")).json()["national_id"] for it in browsers]
    assert sorted(it is not None for it in told) == [False, False, False, True]
    assert next(it for it in told if it).endswith(number[-4:])


async def test_a_lie_of_the_provider_opens_nothing(town: Town) -> None:
    browser = town.browser()
    await town.provider.want(claims={"nonce": "another"})
    location = await town.come_back(browser, "vne-dung")
    assert location == "/sign-in?problem=provider-refused"
    assert await caller(browser) is None


class TestAStrangerAtAnOpenAccount:
    """A VNeID that no account knows becomes a way into one only when its owner began, and proved it was they."""

    async def begin(self, town: Town, browser: Browser, account: str) -> str:
        """Gone to the provider, not yet back: what the browser will bring."""
        await town.provider.want(account=account)
        begun = await browser.post("/api/identity/vneid", json={"next": "/account", "shared": False})
        assert begun.status_code == 200, begun.text
        return urlencode(await town.provider.sign_in(begun.json()["url"]))

    async def back(self, browser: Browser, brought: str) -> str:
        return (await browser.get(f"{RETURN}?{brought}", follow_redirects=False)).headers["location"]

    async def test_an_open_phone_asks_for_a_proof_first(
        self, town: Town, new_phone: NewPhone, database: Database
    ) -> None:
        browser = town.browser()
        await browser.sign_in(new_phone())
        await age(database, "UPDATE identity_session SET proved_at = now() - interval '6 minutes'")
        begun = await browser.post("/api/identity/vneid", json={"next": "/account", "shared": False})
        assert (begun.status_code, begun.json()["type"]) == (401, "proof-needed")

    async def test_a_second_account_is_erased_and_its_vneid_is_the_first_one_s_again(
        self, town: Town, new_phone: NewPhone, database: Database, settings: Settings
    ) -> None:
        """Recovered at a desk, which ends the link; and before it was made again, VNeID was used to sign in."""
        number, phone, browser, other = f"096{secrets.randbelow(10**9):09}", new_phone(), town.browser(), town.browser()
        first = (await browser.sign_in(phone))["id"]
        await town.provider.want(userinfo={"national_id": number})
        await town.come_back(browser, "vne-hai-lan")
        await age(database, "DELETE FROM identity_external_account WHERE resident_id = :id", id=UUID(str(first)))
        await town.come_back(other, "vne-hai-lan")
        second = (await caller(other) or {})["id"]
        assert second != first
        # Not by asking for it from the first: VNeID opens whose it is now.
        await town.come_back(browser, "vne-hai-lan")
        assert (await caller(browser) or {})["id"] == second
        async with database.transaction() as session:
            await Residents(session, settings).erase(UUID(str(second)))
        assert await caller(other) is None
        await age(database, "DELETE FROM core_count")
        await browser.sign_in(phone)
        assert await town.come_back(browser, "vne-hai-lan") == "/account"
        after = await caller(browser) or {}
        assert (after["id"], after["assurance"] in (2, 3)) == (first, True)

    async def test_a_second_vneid_is_not_bound_to_one_account(self, town: Town, new_phone: NewPhone) -> None:
        browser = town.browser()
        before = await browser.sign_in(new_phone())
        assert await town.come_back(browser, "vne-em") == "/account"
        assert await town.come_back(browser, "vne-la") == "/sign-in?problem=vneid-of-another"
        assert await town.come_back(town.browser(), "vne-la") == "/account"
        own = town.browser()
        await town.come_back(own, "vne-em")
        assert (await caller(own) or {})["id"] == before["id"]

    async def test_whoever_has_the_vneid_of_an_account_proves_with_it_long_after(
        self, town: Town, database: Database
    ) -> None:
        browser = town.browser()
        await town.come_back(browser, "vne-giang")
        before = await caller(browser) or {}
        await age(database, "UPDATE identity_session SET proved_at = now() - interval '1 day'")
        assert (await browser.get("/api/identity/prove")).json()["vneid"]
        assert await town.come_back(browser, "vne-giang") == "/account"
        after = await caller(browser) or {}
        assert (after["id"], after["proved_at"] > before["proved_at"]) == (before["id"], True)

    async def test_another_person_with_an_account_of_their_own_is_signed_in_on_that(
        self, town: Town, new_phone: NewPhone
    ) -> None:
        own, browser = town.browser(), town.browser()
        await town.come_back(own, "vne-hoa")
        mine = await browser.sign_in(new_phone())
        await town.come_back(browser, "vne-hoa")
        now = await caller(browser) or {}
        assert (now["id"], now["id"] == mine["id"]) == ((await caller(own) or {})["id"], False)

    async def test_begun_by_nobody_is_not_bound_to_whoever_signed_in_meanwhile(
        self, town: Town, new_phone: NewPhone
    ) -> None:
        browser = town.browser()
        brought = await self.begin(town, browser, "vne-khoa")
        before = await browser.sign_in(new_phone())
        assert await self.back(browser, brought) == "/sign-in?problem=vneid-caller-changed"
        assert (await caller(browser) or {})["id"] == before["id"]
        assert not (await browser.get("/api/identity/prove")).json()["vneid"]

    async def test_begun_by_one_is_not_bound_to_another(self, town: Town, new_phone: NewPhone) -> None:
        browser = town.browser()
        await browser.sign_in(new_phone())
        brought = await self.begin(town, browser, "vne-lan")
        await browser.sign_in(new_phone())
        assert await self.back(browser, brought) == "/sign-in?problem=vneid-caller-changed"

    async def test_two_strangers_at_once_are_not_both_bound(self, town: Town, new_phone: NewPhone) -> None:
        browser = town.browser()
        await browser.sign_in(new_phone())
        brought = [await self.begin(town, browser, account) for account in ("vne-mot", "vne-hai")]
        ends = await asyncio.gather(*(self.back(browser, it) for it in brought))
        assert sorted(ends)[0] == "/account"
        assert sorted(ends)[1].startswith("/sign-in?problem=")

    async def test_a_number_that_was_proved_is_not_replaced(
        self, town: Town, new_phone: NewPhone, database: Database, settings: Settings
    ) -> None:
        first, second = (f"096{secrets.randbelow(10**9):09}" for _ in range(2))
        browser = town.browser()
        await browser.sign_in(new_phone())
        await town.provider.want(userinfo={"national_id": first})
        await town.come_back(browser, "vne-nam")
        await town.provider.want(userinfo={"national_id": second})
        await town.come_back(browser, "vne-nam")
        profile = (await browser.get("/api/identity/profile")).json()
        assert profile["national_id"].endswith(first[-4:])
        # Nor is somebody else bound to it once the account's own VNeID is no longer known.
        await age(database, "DELETE FROM identity_external_account WHERE resident_id = :id", id=profile["id"])
        await browser.sign_in(await self._phone(database, profile["id"], settings))
        assert await town.come_back(browser, "vne-oanh") == "/sign-in?problem=vneid-of-another"
        await town.provider.want(userinfo={"national_id": first})
        assert await town.come_back(browser, "vne-phuc") == "/account"

    async def _phone(self, database: Database, resident_id: str, settings: Settings) -> str:
        async with database.transaction() as session:
            residents = Residents(session, settings)
            phone = residents.phone_of(await residents.find(UUID(resident_id)))
        await age(database, "DELETE FROM core_count")
        assert phone
        return phone
