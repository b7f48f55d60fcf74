"""A resident's passkeys: made after signing in, a way in without a message, taken away again."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.authenticator import unlocking
from tests.browser.chromium import Visitor
from tests.browser.conftest import Visit
from tests.browser.test_proof import Base, age, dialog
from tests.browser.test_sign_in import base, digits, heading, new_number, sign_in, sign_out

__all__ = ["base"]

pytestmark = pytest.mark.browser


def offer(page: Page) -> Locator:
    return page.locator(".note").filter(has_text="Lần sau khỏi chờ tin nhắn?")


def way(page: Page | Locator) -> Locator:
    return page.get_by_role("button", name="Dùng vân tay, khuôn mặt")


async def switch_on(page: Page) -> None:
    await page.get_by_role("button", name="Bật trên máy này").click()
    await expect(page.get_by_text("Đã bật.")).to_be_visible()


@pytest.fixture
async def visitor(visit: Visit) -> Visitor:
    return await visit("/about")


class TestTheOffer:
    async def test_is_taken_and_the_next_sign_in_types_nothing(self, visitor: Visitor) -> None:
        page = visitor.page
        phone = await unlocking(page, in_fields=False)
        await sign_in(page, new_number())
        await expect(offer(page)).to_be_visible()
        await switch_on(page)
        await expect(offer(page)).to_have_count(0)
        await expect(page.get_by_role("link", name="Vân tay, khuôn mặt")).to_contain_text("1 khóa truy cập")
        assert len(await phone.held()) == 1

        await sign_out(page)
        await phone.refuse()
        await visitor.open("/sign-in?next=/account")
        await way(page).click()
        await expect(page.locator(".or .said")).to_contain_text("Chưa xong")
        await phone.agree()
        await way(page).click()
        await expect(page).to_have_url(f"{visitor.origin}/account")
        await expect(page.locator(".me")).to_contain_text("Đăng nhập bằng vân tay, khuôn mặt hoặc mã mở máy.")
        await expect(offer(page)).to_have_count(0)

    async def test_is_declined_for_good(self, visitor: Visitor) -> None:
        page = visitor.page
        await unlocking(page)
        await sign_in(page, new_number())
        await offer(page).get_by_role("button", name="Không cần").click()
        await expect(offer(page)).to_have_count(0)
        await page.reload()
        await expect(page.get_by_role("link", name="Vân tay, khuôn mặt")).to_contain_text("Chưa bật")
        await expect(offer(page)).to_have_count(0)

    async def test_is_not_made_where_it_cannot_be_kept(self, visit: Visit) -> None:
        """A device that does not unlock, and one that others unlock too."""
        plain = await visit("/about")
        await sign_in(plain.page, new_number())
        await expect(plain.page.get_by_role("link", name="Vân tay, khuôn mặt")).to_contain_text("Chưa bật")
        await expect(offer(plain.page)).to_have_count(0)
        await plain.open("/account/passkeys")
        await expect(plain.page.get_by_text("chưa dùng được vân tay, khuôn mặt")).to_be_visible()

        shared = await visit("/about")
        await unlocking(shared.page)
        await sign_in(shared.page, new_number(), shared=True)
        await expect(shared.page.get_by_role("link", name="Vân tay, khuôn mặt")).to_contain_text("Chưa bật")
        await expect(offer(shared.page)).to_have_count(0)
        await shared.open("/account/passkeys")
        await expect(shared.page.get_by_text("ai mở được máy cũng sẽ vào được tài khoản")).to_be_visible()
        await expect(shared.page.get_by_role("button", name="Bật trên máy này")).to_have_count(0)


class TestSigningIn:
    async def test_the_field_itself_offers_it(self, visitor: Visitor) -> None:
        page = visitor.page
        phone = await unlocking(page)
        await sign_in(page, new_number())
        await switch_on(page)
        await sign_out(page)
        assert len(await phone.held()) == 1
        # The browser's own list is chosen from by the authenticator that says yes to everything.
        await visitor.open("/sign-in?next=/saved")
        await expect(page).to_have_url(f"{visitor.origin}/saved")

    async def test_the_number_is_asked_for_as_ever(self, visitor: Visitor) -> None:
        page = visitor.page
        await unlocking(page)
        await visitor.open("/sign-in")
        await expect(page.get_by_label("Số di động")).to_be_focused()
        await expect(page.get_by_label("Số di động")).to_have_attribute("autocomplete", "tel webauthn")
        await expect(way(page)).to_be_visible()

    async def test_over_a_form_when_the_session_has_lapsed(self, visitor: Visitor, base: Base) -> None:
        visitor.forgive("401")
        page = visitor.page
        await unlocking(page, in_fields=False)
        await sign_in(page, new_number())
        await switch_on(page)
        await visitor.open("/account/profile")
        await page.get_by_label("Họ và tên").fill("Lê Thị Út")
        base.execute("DELETE FROM identity_session")
        await page.get_by_role("button", name="Lưu").click()
        door = page.get_by_role("dialog", name="Đăng nhập lại để làm tiếp")
        await way(door).click()
        await expect(page.get_by_text("Đã lưu.")).to_be_visible()

    async def test_a_passkey_that_was_removed_is_refused_in_words(self, visitor: Visitor, base: Base) -> None:
        visitor.forgive("400")
        page = visitor.page
        await unlocking(page, in_fields=False)
        await sign_in(page, new_number())
        await switch_on(page)
        base.execute("DELETE FROM identity_passkey")
        await sign_out(page)
        await visitor.open("/sign-in")
        await way(page).click()
        await expect(page.locator(".or .said")).to_contain_text("Khóa truy cập này không dùng được")
        await expect(page.get_by_label("Số di động")).to_be_visible()


class TestTheList:
    @pytest.fixture
    async def visitor(self, visit: Visit) -> Visitor:
        visitor = await visit("/about")
        await unlocking(visitor.page)
        await sign_in(visitor.page, new_number())
        await visitor.page.get_by_role("link", name="Vân tay, khuôn mặt").click()
        await expect(heading(visitor.page)).to_have_text("Vân tay, khuôn mặt")
        await switch_on(visitor.page)
        return visitor

    async def test_says_what_it_is_and_takes_a_name(self, visitor: Visitor) -> None:
        page = visitor.page
        item = page.locator(".device")
        await expect(item).to_contain_text("Linux")
        await expect(item).to_contain_text(re.compile(r"Tạo lúc \d\d:\d\d"))
        await expect(item).to_contain_text("Chưa dùng lần nào")
        await item.get_by_role("button", name="Đổi tên").click()
        sheet = page.get_by_role("dialog", name="Đặt tên cho khóa này")
        await sheet.get_by_role("textbox").fill("Điện thoại của má")
        await sheet.get_by_role("button", name="Lưu").click()
        await expect(item).to_contain_text("Điện thoại của má")
        await expect(page.get_by_text("Đã đổi tên.")).to_be_visible()

    async def test_one_for_each_device(self, visitor: Visitor) -> None:
        page = visitor.page
        await page.get_by_role("button", name="Bật trên máy này").click()
        await expect(page.locator(".said")).to_have_text("Máy này đã có khóa truy cập của bạn rồi.")
        await expect(page.locator(".device")).to_have_count(1)

    async def test_removing_asks_twice_and_for_a_proof(self, visitor: Visitor, base: Base) -> None:
        visitor.forgive("401")
        page = visitor.page
        age(base)
        base.execute("DELETE FROM core_count")
        item = page.locator(".device")
        await item.get_by_role("button", name="Xóa").click()
        sure = page.get_by_role("dialog", name="Xóa khóa truy cập này?")
        await sure.get_by_role("button", name="Để sau").click()
        await expect(item).to_have_count(1)
        await item.get_by_role("button", name="Xóa").click()
        await sure.get_by_role("button", name="Xóa khóa này").click()
        await dialog(page).get_by_role("button", name="Gửi mã đến").click()
        await digits(page).press_sequentially(await dialog(page).locator(".shown-code").inner_text())
        await expect(page.get_by_text("Đã xóa khóa.")).to_be_visible()
        await expect(item).to_have_count(0)
        await expect(page.get_by_text("Bạn chưa bật trên máy nào.")).to_be_visible()
