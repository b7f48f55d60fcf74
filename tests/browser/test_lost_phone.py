"""A lost phone: the code from the desk and a new number bring the account back, and what is lost keeps nothing."""

from typing import Any, NamedTuple

import httpx
import psycopg
import pytest
from playwright.async_api import Locator, Page, expect

from server.modules.identity.rules.demo import PASSWORD
from tests.browser.chromium import Visitor
from tests.browser.conftest import Visit
from tests.browser.test_sign_in import base, digits, heading, new_number, other, sign_in, spaced

__all__ = ["base"]

pytestmark = pytest.mark.browser

Base = psycopg.Connection[Any]


class Lost(NamedTuple):
    """The phone that is lost, and its number."""

    visitor: Visitor
    number: str


def desk_code(page: Page) -> Locator:
    return page.get_by_label("Mã 8 số cán bộ đưa")


def known_by(page: Page) -> Locator:
    return page.get_by_label("Số điện thoại cũ, hoặc số định danh cá nhân")


async def at_the_desk(origin: str, base: Base, number: str, name: str) -> str:
    """The officer signs in, finds the person and makes a code."""
    # A code of the authenticator works once in half a minute, and another test may have been here.
    base.execute("UPDATE identity_staff SET totp_step = 0")
    secure = origin.replace("http:", "https:")

    async def plain(request: httpx.Request) -> None:
        # A browser sends __Host- cookies to localhost without TLS, too.
        request.url = request.url.copy_with(scheme="http")

    async with httpx.AsyncClient(
        base_url=secure, event_hooks={"request": [plain]}, headers={"Origin": origin}, timeout=60
    ) as officer:
        first = await officer.post(
            "/api/identity/staff-sign-in/password", json={"login": "motcua", "password": PASSWORD}
        )
        assert first.status_code == 200, first.text
        second = await officer.post("/api/identity/staff-sign-in/code", json={"digits": first.json()["shown"]})
        assert second.status_code == 200, second.text
        found = await officer.post("/api/identity/recovery/find", json={"name": name, "known_by": number})
        assert found.status_code == 200, found.text
        made = await officer.post("/api/identity/recovery/desk-codes", json={"resident_id": found.json()["id"]})
        assert made.status_code == 201, made.text
        code: str = made.json()["digits"]
        return code


@pytest.fixture
async def lost(visit: Visit, base: Base) -> Lost:
    """Signed in, and with a name: else the desk could not compare it with a document."""
    visitor, number = await visit("/about"), new_number()
    await sign_in(visitor.page, number)
    await visitor.open("/account/profile")
    await visitor.page.get_by_label("Họ và tên").fill("Lê Thị Mất Máy")
    await visitor.page.get_by_role("button", name="Lưu").click()
    await expect(visitor.page.get_by_text("Đã lưu.")).to_be_visible()
    base.execute("DELETE FROM core_count")
    return Lost(visitor, number)


async def test_from_the_sign_in_to_the_account_with_a_new_number(
    lost: Lost, visit: Visit, server: str, base: Base
) -> None:
    code = await at_the_desk(server, base, lost.number, "le thi mat may")
    visitor = await visit("/sign-in")
    visitor.forgive("400")
    page = visitor.page
    await page.get_by_role("link", name="Mất điện thoại hoặc đổi số?").click()
    await expect(heading(page)).to_have_text("Lấy lại tài khoản")
    await expect(page.get_by_role("link", name="Tìm bộ phận một cửa")).to_be_visible()

    # What is too short is said in place, and the cursor is there.
    await desk_code(page).press_sequentially(code[:5])
    await page.get_by_role("button", name="Tiếp tục").click()
    await expect(page.locator("#desk-code-said")).to_contain_text("Bạn đã nhập 5")
    await expect(desk_code(page)).to_be_focused()
    await expect(page.locator("#known-by-said")).to_contain_text("10 chữ số")
    wrong = f"{(int(code) + 1) % 10**8:08}"
    await desk_code(page).fill(wrong)
    await expect(desk_code(page)).to_have_value(f"{wrong[:4]} {wrong[4:]}")
    await known_by(page).fill(lost.number)
    await expect(known_by(page)).to_have_value(spaced(lost.number))
    await page.keyboard.press("Enter")

    new = new_number()
    await expect(heading(page)).to_have_text("Số điện thoại mới")
    await page.get_by_label("Số di động").fill(new)
    await page.get_by_role("button", name="Gửi mã cho tôi").click()
    await expect(heading(page)).to_have_text("Nhập mã 6 số")
    shown = await page.locator(".shown-code").inner_text()
    # The tab is closed by the phone meanwhile.
    await page.reload()
    await digits(page).press_sequentially(shown)

    # The desk's code was typed wrong: back to it, and the other code is still good.
    await expect(heading(page)).to_have_text("Lấy lại tài khoản")
    await expect(page.locator("#desk-code-said")).to_contain_text("Mã của bộ phận một cửa không đúng")
    await desk_code(page).fill(code)
    await page.get_by_role("button", name="Tiếp tục").click()
    await digits(page).press_sequentially(other(shown))
    await expect(page.locator("#code-said")).to_contain_text("Mã chưa đúng")
    await digits(page).press_sequentially(shown)
    await expect(page.get_by_text("Tài khoản đã chuyển sang số mới.")).to_be_visible()
    await expect(page.locator(".me")).to_contain_text("Lê Thị Mất Máy")
    await page.get_by_role("button", name="Hiện số").click()
    await expect(page.locator(".me-phone")).to_contain_text(spaced(new))
    assert await page.evaluate("sessionStorage.length") == 0

    # Whoever finds the lost phone finds nothing on it.
    lost.visitor.forgive("401")
    await lost.visitor.page.reload()
    await expect(lost.visitor.page.get_by_text("Máy này đã được đăng xuất từ máy khác")).to_be_visible()


async def test_a_new_number_that_is_somebody_else_s(lost: Lost, visit: Visit, server: str, base: Base) -> None:
    taken = new_number()
    await sign_in((await visit("/about")).page, taken)
    code = await at_the_desk(server, base, lost.number, "Lê Thị Mất Máy")
    base.execute("DELETE FROM core_count")
    visitor = await visit("/lost-phone")
    visitor.forgive("409")
    page = visitor.page
    await desk_code(page).fill(code)
    await known_by(page).fill(lost.number)
    await page.get_by_role("button", name="Tiếp tục").click()
    await page.get_by_label("Số di động").fill(taken)
    await page.get_by_role("button", name="Gửi mã cho tôi").click()
    await digits(page).press_sequentially(await page.locator(".shown-code").inner_text())
    await expect(page.locator("#code-said")).to_contain_text("đang thuộc một tài khoản khác")
    # The way on: another number.
    await page.get_by_role("button", name="Đổi số").click()
    await expect(heading(page)).to_have_text("Số điện thoại mới")


async def test_what_was_typed_is_forgotten_with_the_desk_s_code(visit: Visit) -> None:
    visitor = await visit("/about")
    page = visitor.page
    await page.clock.install()
    await visitor.open("/lost-phone")
    await desk_code(page).fill("12345678")
    await known_by(page).fill("096012345678")
    await expect(known_by(page)).to_have_value("096 012 345 678")
    await page.reload()
    await expect(known_by(page)).to_have_value("096 012 345 678")
    await page.clock.fast_forward("15:01")
    await page.reload()
    await expect(known_by(page)).to_have_value("")
