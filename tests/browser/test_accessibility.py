"""For those who use keys instead of fingers, and for those who read with their ears (see also test_screens.py)."""

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.screens import BUILDING, comes_to

pytestmark = pytest.mark.browser

FOCUS = """() => {
    const node = document.activeElement
    const { left, top, right, bottom } = node.getBoundingClientRect()
    // A box to tick shows the focus around its label.
    const ring = [node, node.closest('label')].some(one => one && getComputedStyle(one).outlineStyle !== 'none')
    const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
    const covered = !over || !(node.contains(over) || over.contains(node) || over.closest('label')?.contains(node))
    const text = node.getAttribute('aria-label') ?? node.closest('label')?.textContent ?? node.textContent
    return { tag: node.tagName, text: text.trim().replace(/\\s+/g, ' '), ring, covered }
}"""


async def tab(page: Page) -> dict[str, Any]:
    await page.keyboard.press("Tab")
    focus: dict[str, Any] = await page.evaluate(FOCUS)
    return focus


async def test_a_life_without_a_mouse(visit: Visit) -> None:
    page = (await visit(is_mobile=False, has_touch=False)).page

    # The first key leads past the frame.
    assert (await tab(page))["text"] == "Đến nội dung chính"
    await expect(page.locator(".skip")).to_be_in_viewport()
    await page.keyboard.press("Enter")
    assert (await tab(page))["text"] == "Tìm thủ tục"

    # Typing leads on to the results, and the field keeps the cursor and every letter.
    await page.keyboard.type("giay phep xay dung", delay=40)
    await expect(page).to_have_url(re.compile(r"/search\?q=giay\+phep\+xay\+dung$"))
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await expect(page.get_by_role("searchbox")).to_have_value("giay phep xay dung")
    await expect(page.locator(".rows:not(.waiting) .row").first).to_be_visible()

    # The next stops are the filter and the first result.
    assert (await tab(page))["text"] == "Lọc"
    assert (await tab(page))["text"].startswith("Cấp giấy phép xây dựng mới")
    await page.keyboard.press("Enter")

    # A new screen begins at its heading.
    await expect(page).to_have_url(re.compile(rf"/procedures/{BUILDING}$"))
    await expect(page.locator("h1")).to_be_focused()

    # Tick a situation and a paper with the space bar.
    await expect(page.get_by_role("checkbox", name="Đối với công trình nhà ở riêng lẻ")).to_be_visible()
    await press_until(page, "Đối với công trình nhà ở riêng lẻ")
    await page.keyboard.press("Space")
    await expect(page.get_by_role("status").filter(has_text="Đã có 0/6 giấy tờ")).to_be_visible()
    await press_until(page, "Đơn đề nghị")
    await page.keyboard.press("Space")
    await expect(page.get_by_role("status").filter(has_text="Đã có 1/6 giấy tờ")).to_be_visible()


async def press_until(page: Page, text: str) -> None:
    for _ in range(60):
        if (await tab(page))["text"].startswith(text):
            return
    raise AssertionError(f"the Tab key never came to {text!r}")


async def test_the_filters_hold_the_focus_and_give_it_back(visit: Visit) -> None:
    page = (await visit("/search?q=khai+sinh", is_mobile=False, has_touch=False)).page
    opener = page.get_by_role("button", name="Lọc")
    await opener.press("Enter")
    sheet = page.get_by_role("dialog", name="Lọc thủ tục")
    await expect(sheet).to_be_visible()
    await comes_to(sheet, "sheet => sheet.contains(document.activeElement)", True)
    # The page behind is out of reach.
    for _ in range(15):
        await page.keyboard.press("Tab")
        assert await page.evaluate(
            "!document.activeElement.closest('main, .tabs') || !!document.activeElement.closest('dialog')"
        )
    await page.keyboard.press("Escape")
    await expect(sheet).to_have_count(0)
    await expect(opener).to_be_focused()

    # Chosen with the arrow keys, sent with Enter, kept in the address, and back at the same button.
    await opener.press("Enter")
    await sheet.get_by_role("radio", name="Mọi cấp").focus()
    await page.keyboard.press("ArrowDown")
    await expect(sheet.get_by_role("radio", name="Xã, phường")).to_be_checked()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("level=commune"))
    await expect(page.get_by_role("button", name="Lọc (1)")).to_be_focused()


@pytest.mark.parametrize(
    ("path", "shows"),
    [
        ("/", ".tiles"),
        ("/search?q=mai+táng", ".ask"),
        (f"/procedures/{BUILDING}", ".papers"),
        ("/places", ".units"),
        ("/settings", ".choices"),
    ],
)
async def test_the_focus_is_always_seen(visit: Visit, path: str, shows: str) -> None:
    page = (await visit(path, is_mobile=False, has_touch=False)).page
    await expect(page.locator(shows)).not_to_have_count(0)
    await page.wait_for_load_state("networkidle")
    bad, stops = [], 0
    while (stop := await tab(page))["tag"] != "BODY":
        stops += 1
        if not stop["ring"] or stop["covered"]:
            bad.append(stop)
        assert stops < 150, "the Tab key goes round in a circle"
    assert bad == []
    assert stops > 10


async def test_a_screen_reader_hears_what_changes(visit: Visit) -> None:
    page = (await visit("/search")).page
    heard = page.locator("main > [role=status]")
    await page.get_by_role("searchbox").fill("khai sinh")
    await expect(heard).to_have_text("Hơn 20 thủ tục")
    await page.get_by_role("searchbox").fill("zzzz")
    await expect(heard).to_have_text("Không tìm thấy thủ tục nào")
