"""Signing in with VNeID over HTTP, against a certified provider: the first time, again, linked, and gone wrong."""

from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest

from server.core.settings import Settings
from tests.conftest import Start
from tests.modules.identity.conftest import Browser, NewPhone
from tests.modules.identity.openid import OpenIdProvider

RETURN = "/api/identity/vneid/return"


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
    own = honest.settings(settings)
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


async def test_a_lie_of_the_provider_opens_nothing(town: Town) -> None:
    browser = town.browser()
    await town.provider.want(claims={"nonce": "another"})
    location = await town.come_back(browser, "vne-dung")
    assert location == "/sign-in?problem=provider-refused"
    assert await caller(browser) is None
