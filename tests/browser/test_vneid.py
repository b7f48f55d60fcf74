"""Signing in with VNeID as a person sees it: over there and back, and what is said when it is away or lies."""

import re
from collections.abc import AsyncIterator, Callable
from random import randrange
from typing import NamedTuple

import psycopg
import pytest
from playwright.async_api import expect

from tests.app import running
from tests.browser.chromium import Chromium, Visitor, visiting
from tests.browser.office import Office
from tests.browser.screens import Screen
from tests.browser.test_screens import heard_of
from tests.browser.test_sign_in import ask, digits, new_number, phone
from tests.browser.test_without_a_mouse import reach
from tests.conftest import SECRET
from tests.modules.identity.conftest import honest, provider
from tests.modules.identity.openid import OpenIdProvider

__all__ = ["honest", "provider"]

pytestmark = [pytest.mark.browser, pytest.mark.long(15)]
DISCOVERY, TOKEN = "/.well-known/openid-configuration", "/token"
AWAY = "VNeID đang không trả lời. Bạn đăng nhập bằng số điện thoại vẫn được."


class Town(NamedTuple):
    """Where VNeID is switched on."""

    visitor: Visitor
    provider: OpenIdProvider
    database: str


@pytest.fixture
async def place(provider: OpenIdProvider, clone: Callable[[], str]) -> AsyncIterator[tuple[str, str]]:
    """The origin of a process of our own, which has asked the provider nothing yet, and its database."""
    database = clone()
    ours = {
        "OIDC_ISSUER": provider.issuer,
        "OIDC_CLIENT_ID": "citizen-app-RS256",
        "OIDC_CLIENT_SECRET": "of no use: 100 % + anything",
        "OIDC_SCOPES": "openid profile phone citizen",
        "OIDC_ASSURANCE": "loa2=2,loa3=3",
        "OIDC_CLAIMS": "name=name,phone=phone_number,national_id=national_id",
    }
    async with running("web", DATABASE_URL=database, SECRET_KEY=SECRET, LOG_LEVEL="error", **ours) as origin:
        yield origin, database


@pytest.fixture
async def town(chromium: Chromium, honest: OpenIdProvider, place: tuple[str, str]) -> AsyncIterator[Town]:
    origin, database = place
    await honest.register(f"{origin}/api/identity/vneid/return")
    async with visiting(chromium, origin) as visitor:
        visitor.forgive(f"asked somebody else: {honest.issuer}")
        visitor.forgive("Failed to load resource.*(401|403|503)")
        yield Town(visitor, honest, database)
    await honest.reset()


async def screens(town: Town) -> AsyncIterator[Screen]:
    for screen in (
        Screen("sign-in-vneid", "/sign-in", ".or .button"),
        Screen("sign-in-away", "/sign-in?problem=provider-away", ".note.warn"),
        Screen("sign-in-lost", "/sign-in?problem=sign-in-lost", ".note.warn"),
        Screen("sign-in-of-another", "/sign-in?problem=vneid-of-another", ".note.warn"),
    ):
        await town.visitor.open(screen.path)
        await expect(town.visitor.page.locator(screen.shows)).to_be_visible()
        yield screen


async def test_nobody_complains_of_its_screens(town: Town) -> None:
    found = await heard_of(town.visitor, screens(town))
    assert not found, "\n".join(found)


async def test_there_and_back_whatever_happens_on_the_way(town: Town) -> None:
    visitor, provider = town.visitor, town.provider
    page = visitor.page
    button = page.locator(".or .button")  # which says meanwhile that it is opening

    # It says nothing: a sentence instead of a wheel that turns for ever, and the other way is still there.
    await provider.want(faults={DISCOVERY: {"hang": True}})
    await visitor.open("/sign-in?next=/account")
    await button.click()
    await expect(button).to_be_disabled()
    await expect(page.get_by_text(AWAY)).to_be_visible()
    await expect(button).to_be_enabled()
    code = await ask(page, new_number())
    await digits(page).press_sequentially(code)
    await expect(page.locator(".me")).to_contain_text("Mức 1: đã xác nhận số điện thoại.")
    await page.get_by_role("button", name="Đăng xuất").click()
    await page.get_by_role("dialog").get_by_role("button", name="Đăng xuất").click()
    await expect(page).to_have_url(f"{visitor.origin}/")

    # It is back, and goes away while the person is over there; then it lies. Nobody is signed in by that.
    for fault, said in (
        ({"faults": {TOKEN: {"status": 503}}}, AWAY),
        ({"faults": {}, "claims": {"nonce": "of another"}}, "Lần đăng nhập bằng VNeID vừa rồi chưa xong."),
        ({"claims": {}, "account": None}, "Lần đăng nhập bằng VNeID vừa rồi chưa xong."),
    ):
        await provider.want(**fault)
        await visitor.open("/sign-in?next=/account")
        await button.click()
        await expect(page.get_by_text(said)).to_be_visible()
        await expect(phone(page)).to_be_visible()
        assert "__Host-sid" not in [one["name"] for one in await visitor.context.cookies()]

    # With keys alone: over there, and back to the screen that was wanted.
    await provider.want(account="danh")
    await visitor.open("/sign-in?next=/account/national-id")
    await reach(page, button)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Số định danh cá nhân")

    # Whose phone nobody has proved proves once more who they are the same way, and what was typed is still there.
    with psycopg.connect(town.database, autocommit=True) as base:
        base.execute("UPDATE identity_session SET proved_at = now() - interval '1 hour'")
    number = f"096{randrange(10**9):09}"
    await page.locator("#national-id").fill(number)
    await page.get_by_role("button", name="Lưu").click()
    await page.get_by_role("dialog").get_by_role("button", name=re.compile("VNeID")).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Số định danh cá nhân")
    await expect(page.locator("#national-id")).to_have_value(f"{number[:3]} {number[3:6]} {number[6:9]} {number[9:]}")
    await page.get_by_role("button", name="Lưu").click()
    await expect(page.get_by_text("Đã lưu.")).to_be_visible()
    await visitor.open("/account")
    await expect(page.locator(".me")).to_contain_text("Mức 2: đã xác nhận bằng VNeID mức 1. Đăng nhập bằng VNeID.")
    await expect(page.locator(".me")).to_contain_text("Danh Thị Sà Rây")
    # By VNeID alone: whoever has another account by phone reads how one of them ends.
    await expect(page.get_by_text("Bạn có tài khoản khác mở bằng số điện thoại")).to_be_visible()


async def test_an_open_account_is_bound_to_nobody_else(town: Town) -> None:
    visitor, provider = town.visitor, town.provider
    page = visitor.page
    await visitor.open("/sign-in?next=/account")
    await digits(page).press_sequentially(await ask(page, new_number()))
    raise_it = page.locator(".section").get_by_role("button", name=re.compile("VNeID"))
    await expect(raise_it).to_be_visible()
    # As after a recovery at the desk, where its VNeID was taken off.
    await visitor.open("/account?moved")
    await expect(page.locator(".section")).to_contain_text("kẻo vào một tài khoản mới còn trống")
    await visitor.open("/account")

    # Who has the phone in hand now need not be its owner: first a code to their number, and then over there by itself.
    with psycopg.connect(town.database, autocommit=True) as base:
        base.execute("UPDATE identity_session SET proved_at = now() - interval '1 hour'")
        base.execute("DELETE FROM core_count")
    number = f"0960{randrange(10**8):08}"
    await provider.want(account="vne-chu-may", claims={"national_id": number})
    await raise_it.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name=re.compile("Gửi mã đến")).click()
    await dialog.get_by_role("button", name="Điền mã này").click()
    await expect(page.locator(".me")).to_contain_text("Mức 2: đã xác nhận bằng VNeID mức 1.")
    await expect(page.get_by_text("Bạn có tài khoản khác")).to_have_count(0)

    # What was filed with their personal number needs that way in; who came by phone is told so, and comes back to it.
    code = f"H12.999-20261120-{randrange(10**7):07}"
    office = Office(town.database, SECRET)
    await office.hears_of(code, owner_id=number)
    await office.close()
    with psycopg.connect(town.database, autocommit=True) as base:
        base.execute("UPDATE identity_session SET assurance = 1")
    await visitor.open(f"/dossiers/{code}")
    await expect(page.get_by_text("Hồ sơ này đứng tên số định danh của bạn")).to_be_visible()
    await page.get_by_role("link", name="Đăng nhập bằng VNeID").click()
    await page.locator(".or .button").click()
    await expect(page).to_have_url(f"{visitor.origin}/dossiers/{code}")
    await expect(page.locator(".standing").first).to_contain_text(code)

    # Another person's VNeID is refused there, with a way on.
    await provider.want(account="vne-nguoi-la")
    await visitor.open("/sign-in?next=/account")
    await page.locator(".or .button").click()
    await expect(page.get_by_text("dùng VNeID khác")).to_be_visible()
    await page.get_by_role("link", name="Mở tài khoản đó").click()
    await expect(page.locator(".me")).to_contain_text("Mức 2")
