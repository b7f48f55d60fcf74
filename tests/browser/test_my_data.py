"""What residents decide about their own data: nothing is agreed to for them, and everything can be taken away."""

from zipfile import ZipFile

import pytest
from playwright.async_api import expect

from tests.app import working
from tests.browser.conftest import Visit
from tests.browser.test_sign_in import base, new_number, sign_in

__all__ = ["base"]

pytestmark = pytest.mark.browser


async def test_a_consent_is_given_and_taken_back(visit: Visit) -> None:
    page = (await visit("/")).page
    await sign_in(page, new_number())
    await page.get_by_role("link", name="Dữ liệu và quyền riêng tư").click()
    ticks = page.locator(".consents").get_by_role("checkbox")
    await expect(ticks).to_have_count(5)
    for tick in await ticks.all():
        await expect(tick).not_to_be_checked()

    sms = page.get_by_role("checkbox", name="Tin nhắn SMS")
    await sms.check()
    await expect(page.get_by_text("Đã ghi nhận.")).to_be_visible()
    await page.reload()
    await expect(sms).to_be_checked()
    await sms.uncheck()
    await expect(page.get_by_text("Đã rút lại.")).to_be_visible()
    await page.reload()
    await expect(sms).not_to_be_checked()


async def test_a_copy_is_made_and_taken(visit: Visit, server: str, processes: dict[str, str]) -> None:
    visitor = await visit("/")
    page, number = visitor.page, new_number()
    await sign_in(page, number)
    await visitor.open("/account/data")
    async with working(server, **processes):
        await page.get_by_role("button", name="Làm bản sao cho tôi").click()
        take = page.get_by_role("button", name="Tải về")
        await expect(take).to_be_visible(timeout=60_000)
    async with page.expect_download() as download:
        await take.click()
    file = await download.value
    assert file.suggested_filename == "du-lieu-cua-toi.zip"
    with ZipFile(await file.path()) as copy:
        assert len(copy.namelist()) == 2
        assert any(number[1:].encode() in copy.read(name) for name in copy.namelist())


async def test_a_copy_that_is_still_being_made_can_be_withdrawn(visit: Visit) -> None:
    """Nobody works on it here: no worker runs."""
    visitor = await visit("/")
    page = visitor.page
    await sign_in(page, new_number())
    await visitor.open("/account/data")
    await page.get_by_role("button", name="Làm bản sao cho tôi").click()
    asked = page.locator(".asked")
    await asked.get_by_role("button", name="Rút yêu cầu").click()
    await expect(asked).to_contain_text("Bạn đã rút")
    await expect(page.get_by_role("button", name="Làm bản sao cho tôi")).to_be_enabled()


async def test_by_when_the_law_wants_it_is_said_before_it_is_sent(visit: Visit) -> None:
    visitor = await visit("/")
    page = visitor.page
    await sign_in(page, new_number())
    await visitor.open("/account/data")
    for kind, days in (("Sửa thông tin sai", 10), ("Ngừng dùng thông tin", 15), ("Xóa tài khoản và dữ liệu", 20)):
        await page.get_by_role("radio", name=kind).check()
        await expect(page.get_by_text(f"phải giải quyết trong {days} ngày")).to_be_visible()


async def test_erasure_is_asked_twice_and_can_be_withdrawn(visit: Visit) -> None:
    visitor = await visit("/")
    page = visitor.page
    await sign_in(page, new_number())
    await visitor.open("/account/data")
    await page.get_by_role("radio", name="Xóa tài khoản và dữ liệu").check()
    send = page.get_by_role("button", name="Gửi yêu cầu")
    await send.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Không, giữ lại").click()
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_text("Bạn chưa yêu cầu gì.")).to_be_visible()

    await send.click()
    await dialog.get_by_role("button", name="Có, gửi yêu cầu xóa").click()
    asked = page.locator(".asked")
    await expect(asked).to_contain_text("Theo luật phải xong trước hết ngày")
    await asked.get_by_role("button", name="Rút yêu cầu").click()
    await expect(asked).to_contain_text("Bạn đã rút")
    await expect(asked.get_by_role("button")).to_have_count(0)
