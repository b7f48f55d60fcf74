"""Before a sensitive act the person proves once more who they are, and nothing typed is lost by it."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.authenticator import unlocking
from tests.browser.chromium import Visitor
from tests.browser.conftest import Visit
from tests.browser.screens import until_ready_for_offline
from tests.browser.test_sign_in import base, digits, new_end, new_number, other, sign_in
from tests.browser.wire import Wire

__all__ = ["base"]

pytestmark = pytest.mark.browser

Base = psycopg.Connection[Any]


def age(base: Base) -> None:
    """The last proof of everybody was six minutes ago; five are enough for a sensitive act."""
    base.execute("UPDATE identity_session SET proved_at = proved_at - interval '6 minutes'")


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Xác nhận đúng là bạn")


def field(page: Page) -> Locator:
    return page.get_by_label("12 số trên thẻ căn cước")


def ask(page: Page) -> Locator:
    return dialog(page).get_by_role("button", name="Gửi mã đến 0912 ••• ")


async def code_of(page: Page) -> str:
    return await dialog(page).locator(".shown-code").inner_text()


@pytest.fixture
def end() -> Iterator[str]:
    """The last digits of a personal number that nobody has yet."""
    yield new_end()


@pytest.fixture
async def visitor(visit: Visit, base: Base, end: str) -> Visitor:
    """Long signed in, with a personal number typed."""
    visitor = await visit("/about")
    visitor.forgive("40[01]")
    await sign_in(visitor.page, new_number())
    await visitor.open("/account/national-id")
    await field(visitor.page).press_sequentially(f"0960123{end}")
    age(base)
    base.execute("DELETE FROM core_count")
    return visitor


async def save(page: Page) -> None:
    await page.get_by_role("button", name="Lưu").click()


async def test_a_code_to_one_s_own_phone_and_what_was_begun_goes_on(visitor: Visitor, end: str) -> None:
    page = visitor.page
    await save(page)
    await expect(dialog(page)).to_contain_text("Những gì bạn đã nhập vẫn còn nguyên")
    # No number to type, and none that somebody looking over the shoulder could read.
    await expect(page.get_by_label("Số di động")).to_have_count(0)
    await ask(page).click()
    await expect(digits(page)).to_be_focused()
    await page.keyboard.type(await code_of(page))
    await expect(dialog(page)).to_have_count(0)
    await expect(page.get_by_text(f"••••••••{end[1:]}")).to_be_visible()
    # Once is enough for a while.
    await page.get_by_role("button", name="Bỏ số này").click()
    await expect(page.get_by_text("Đã bỏ số định danh.")).to_be_visible()


async def test_a_wrong_code_and_another_try(visitor: Visitor, end: str) -> None:
    page = visitor.page
    await save(page)
    await ask(page).click()
    code = await code_of(page)
    await digits(page).press_sequentially(other(code))
    await expect(dialog(page).locator(".said")).to_contain_text("Mã chưa đúng")
    await expect(digits(page)).to_be_focused()
    await page.keyboard.type(code)
    await expect(page.get_by_text(f"••••••••{end[1:]}")).to_be_visible()


async def test_later_keeps_what_was_typed_and_the_code_that_was_sent(visitor: Visitor, end: str) -> None:
    page = visitor.page
    await save(page)
    await ask(page).click()
    code = await code_of(page)
    await page.keyboard.press("Escape")
    await expect(dialog(page)).to_have_count(0)
    await expect(page.locator("#national-id-said")).to_have_text("Hãy xác nhận lại rằng đó chính là bạn")
    await expect(field(page)).to_have_value(f"096 012 3{end[:2]} {end[2:]}")
    # The tab is closed by the phone while the message is looked up, and no second message is needed.
    await page.reload()
    await expect(field(page)).to_have_value(f"096 012 3{end[:2]} {end[2:]}")
    await save(page)
    await digits(page).press_sequentially(code)
    await expect(page.get_by_text(f"••••••••{end[1:]}")).to_be_visible()
    assert await page.evaluate("({ ...sessionStorage })") == {}


async def test_a_code_that_came_too_late(visitor: Visitor, base: Base, end: str) -> None:
    page = visitor.page
    await page.clock.install()
    await save(page)
    await ask(page).click()
    old = await code_of(page)
    await page.clock.fast_forward(181_000)
    await expect(dialog(page).locator(".said")).to_have_text("Mã đã hết hạn. Bạn lấy mã mới nhé.")
    base.execute("DELETE FROM core_count")
    await dialog(page).get_by_role("button", name="Gửi mã mới").click()
    await expect(dialog(page).locator(".shown-code")).not_to_have_text(old)
    await digits(page).press_sequentially(await code_of(page))
    await expect(page.get_by_text(f"••••••••{end[1:]}")).to_be_visible()


async def test_too_often_is_said_with_what_can_be_done(visitor: Visitor) -> None:
    visitor.forgive("429")
    page = visitor.page
    await save(page)
    await ask(page).click()
    await expect(digits(page)).to_be_focused()
    # In another tab the same is asked for again, too soon.
    second = await visitor.context.new_page()
    await second.goto(f"{visitor.origin}/account/national-id")
    await field(second).fill("096012345678")
    await save(second)
    await ask(second).click()
    await expect(dialog(second).locator(".said")).to_contain_text("quá nhiều lần")
    await dialog(second).get_by_role("button", name="Để sau").click()
    await expect(field(second)).to_have_value("096 012 345 678")


async def test_without_a_line_it_waits(visit: Visit, wire: Wire, base: Base, end: str) -> None:
    visitor = await visit("/about", origin=wire.origin)
    visitor.forgive("40[01]|net::ERR")
    page = visitor.page
    await until_ready_for_offline(page)
    await sign_in(page, new_number())
    await visitor.open("/account/national-id")
    await field(page).press_sequentially(f"0960123{end}")
    age(base)
    base.execute("DELETE FROM core_count")
    await save(page)
    await expect(ask(page)).to_be_visible()
    wire.cut()
    await ask(page).click()
    await expect(dialog(page).locator(".said")).to_contain_text("Chưa có mạng")
    wire.mend()
    await ask(page).click()
    await digits(page).press_sequentially(await code_of(page))
    await expect(page.get_by_text(f"••••••••{end[1:]}")).to_be_visible()


async def test_the_session_ends_in_the_middle_of_the_proof(visitor: Visitor, base: Base, end: str) -> None:
    page = visitor.page
    await save(page)
    await expect(ask(page)).to_be_visible()
    base.execute("DELETE FROM identity_session")
    await ask(page).click()
    # Signing in comes first, and is a proof too; it must be the same person.
    door = page.get_by_role("dialog", name="Đăng nhập lại để làm tiếp")
    await expect(door).to_be_visible()
    await expect(dialog(page)).to_have_count(0)
    await page.get_by_label("Số di động").fill(new_number())
    await door.get_by_role("button", name="Gửi mã cho tôi").click()
    await digits(page).press_sequentially(await door.locator(".shown-code").inner_text())
    await expect(page.get_by_text("phần đang làm dở của người trước đã được xóa")).to_be_visible()
    assert base.execute("SELECT count(*) FROM identity_resident WHERE national_id IS NOT NULL").fetchone() is not None
    await visitor.open("/account/national-id")
    await expect(field(page)).to_have_value("")


class TestPasskey:
    """Whoever has one needs no message."""

    async def test_one_touch(self, visit: Visit, base: Base, end: str) -> None:
        visitor = await visit("/about")
        visitor.forgive("401")
        page = visitor.page
        phone = await unlocking(page)
        await sign_in(page, new_number())
        await page.get_by_role("button", name="Bật trên máy này").click()
        await expect(page.get_by_text("Đã bật.")).to_be_visible()
        await visitor.open("/account/national-id")
        await field(page).press_sequentially(f"0960123{end}")
        age(base)
        await save(page)
        touch = dialog(page).get_by_role("button", name="Dùng vân tay, khuôn mặt")
        await phone.refuse()
        await touch.click()
        await expect(dialog(page).locator(".said")).to_contain_text("Chưa xong")
        await expect(ask(page)).to_be_visible()
        await phone.agree()
        await touch.click()
        await expect(dialog(page)).to_have_count(0)
        await expect(page.get_by_text(f"••••••••{end[1:]}")).to_be_visible()
