"""Staff teach the search how people speak here, and residents are understood at once."""

import asyncio

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.office import Office
from tests.browser.test_console import Sit, base, button, field, sit

__all__ = ["base", "sit"]

pytestmark = pytest.mark.browser


async def until_known(page: Page, origin: str, q: str) -> None:
    """A moment later the search understands it; until then it finds nothing."""
    async with asyncio.timeout(60):
        while not (await (await page.request.get(f"{origin}/api/catalogue/procedures", params={"q": q})).json())[
            "items"
        ]:
            await asyncio.sleep(0.1)


async def test_a_word_of_here_and_one_of_several_meanings_are_taught_and_taken_away(
    sit: Sit, office: Office, visit: Visit, server: str
) -> None:
    desk = await sit(await office.hire("catalogue:words"), "/staff/words")
    page = desk.page
    sheet = page.get_by_role("dialog")
    entries = page.locator(".acts li")
    resident = await visit("/")

    await page.get_by_role("link", name="Tiếng địa phương").click()
    await expect(page).to_have_url(f"{server}/staff/words/rewrites")
    await expect(entries.first).to_be_visible()
    await button(page, "Thêm từ ngữ").click()
    await field(sheet, "Người dân nói").fill("zzrew")
    await field(sheet, "Thường viết là").fill("!")
    await button(sheet, "Lưu").click()
    await expect(sheet.get_by_text("Cần một cách nói, và một cách viết thường dùng")).to_be_visible()
    await field(sheet, "Thường viết là").fill("khai sinh")
    await button(sheet, "Lưu").click()
    await expect(sheet).to_have_count(0)
    await page.get_by_role("searchbox").fill("zzrew")
    await expect(entries).to_have_count(1)
    await expect(entries).to_contain_text("khai sinh")

    await page.get_by_role("link", name="Từ nhiều nghĩa").click()
    await expect(entries.first).to_be_visible()
    await button(page, "Thêm từ ngữ").click()
    await field(sheet, "Người dân nói").fill("zzhai")
    await field(sheet, "Có thể là").fill("mở tiệm 1.001612")
    await button(sheet, "Lưu").click()
    await expect(sheet.get_by_text("ít nhất hai ý khác nhau")).to_be_visible()
    await field(sheet, "Có thể là").fill("mở tiệm: 1.001612\nem bé mới sinh - 1.001193, 2.000986")
    await button(sheet, "Lưu").click()
    await expect(sheet).to_have_count(0)
    await page.get_by_role("searchbox").fill("zzhai")
    await expect(entries).to_have_count(1)
    await expect(entries).to_contain_text("mở tiệm 1.001612 · em bé mới sinh 1.001193 2.000986")

    await until_known(resident.page, server, "zzhai")
    await resident.open("/search?q=zzhai")
    await expect(resident.page.get_by_role("link", name="em bé mới sinh")).to_be_visible()
    await expect(resident.page.get_by_role("link", name="mở tiệm")).to_be_visible()
    await until_known(resident.page, server, "zzrew")
    await resident.open("/search?q=zzrew")
    await expect(resident.page.get_by_role("link", name="đăng ký khai sinh").first).to_be_visible()

    for path, said in (("questions", "zzhai"), ("rewrites", "zzrew")):
        await desk.open(f"/staff/words/{path}?q={said}")
        await button(page, f"Sửa {said}").click()
        await expect(field(sheet, "Người dân nói")).to_have_value(said)
        await button(sheet, "Bỏ").click()
        await expect(page.get_by_text("Không có cách nói nào như vậy")).to_be_visible()
