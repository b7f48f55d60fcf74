"""What a resident comes for, from the first word typed to the way to the counter."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.office import Office
from tests.browser.screens import BIRTH, BUILDING, REPLACED, Screen, comes_to
from tests.browser.test_screens import heard_of

pytestmark = pytest.mark.browser

SHOP = "1.001612"
HUMAN = 40
"""Milliseconds from one letter to the next."""


def heading(page: Page) -> Any:
    return page.get_by_role("heading", level=1)


def first_result(page: Page) -> Any:
    return page.locator(".rows:not(.waiting) > li").first.get_by_role("link")


async def test_from_everyday_words_to_the_counter_and_back_to_it_later(visit: Visit) -> None:
    page = (await visit()).page
    await page.get_by_role("searchbox").press_sequentially("ba toi mat", delay=HUMAN)
    await expect(page.get_by_role("searchbox")).to_have_value("ba toi mat")
    await expect(first_result(page)).to_contain_text("Thủ tục đăng ký khai tử")
    await first_result(page).click()
    await expect(heading(page)).to_have_text("Thủ tục đăng ký khai tử")
    await expect(page.get_by_role("heading", name="Giấy tờ cho trường hợp của tôi")).to_be_visible()

    # The state's portal, in a tab of its own, told nothing about where the person comes from. We do not go there.
    portal = page.get_by_role("link", name="Nộp trên Cổng Dịch vụ công quốc gia")
    await expect(portal).to_have_attribute("href", re.compile(r"^https://dichvucong\.gov\.vn/"))
    await expect(portal).to_have_attribute("target", "_blank")
    await expect(portal).to_have_attribute("rel", re.compile("noreferrer"))

    await page.get_by_role("button", name="Lưu về máy").click()
    await expect(page.get_by_role("button", name="Đã lưu")).to_have_attribute("aria-pressed", "true")
    await page.get_by_role("link", name="Đã lưu").click()
    await expect(page.locator(".kept")).to_contain_text("Thủ tục đăng ký khai tử")
    await page.reload()
    await expect(page.locator(".kept")).to_contain_text("Thủ tục đăng ký khai tử")

    # Removed by mistake, taken back.
    await page.get_by_role("button", name="Xóa bản lưu").click()
    await expect(page.locator(".kept")).to_have_count(0)
    await page.get_by_role("button", name="Lấy lại").click()
    await expect(page.locator(".kept")).to_contain_text("Thủ tục đăng ký khai tử")


async def test_what_changed_since_it_was_saved(visit: Visit, office: Office) -> None:
    visitor = await visit(f"/procedures/{SHOP}")
    page = visitor.page
    await page.get_by_role("button", name="Lưu về máy").click()
    await expect(page.get_by_text("Chưa có gì thay đổi.")).to_be_visible()
    before = await revision(page)
    await office.publishes_anew(SHOP, fee_note="Miễn phí đến hết năm 2026", steps=["Nộp ở xã", "Nhận ở xã"])
    async with asyncio.timeout(60):
        while await revision(page) == before:
            await asyncio.sleep(0.1)

    # A minute has passed: the browser has forgotten what it asked before.
    await (await visitor.context.new_cdp_session(page)).send("Network.clearBrowserCache")

    async def changed() -> AsyncIterator[Screen]:
        await visitor.open(f"/procedures/{SHOP}")
        yield Screen("procedure-changed", f"/procedures/{SHOP}", ".changes li")

    found = await heard_of(visitor, changed())
    assert not found, "\n".join(found)
    await page.evaluate("localStorage.removeItem('language')")
    await visitor.open(f"/procedures/{SHOP}")
    news = page.get_by_role("region", name=re.compile("^Có gì mới từ khi bạn lưu"))
    await expect(news.locator(".changes > li")).to_have_count(2)
    await expect(news).to_contain_text("Miễn phí đến hết năm 2026")
    await expect(news).to_contain_text("Nhận ở xã")
    await news.get_by_role("button").click()
    await expect(page.locator(".changes")).to_have_count(0)
    await expect(page.get_by_text("Chưa có gì thay đổi.")).to_be_visible()


async def revision(page: Page) -> int:
    reply = await page.request.get(
        f"{page.url.split('/procedures')[0]}/api/catalogue/procedures/{SHOP}", headers={"Cache-Control": "no-cache"}
    )
    return int((await reply.json())["revision"])


TICKED = """async code => {
    const base = await new Promise(done => (indexedDB.open('citizen').onsuccess = event => done(event.target.result)))
    const asked = base.transaction('checklists').objectStore('checklists').get(code)
    const list = await new Promise(done => (asked.onsuccess = () => done(asked.result)))
    base.close()
    return list?.ticked.length ?? 0
}"""


async def test_the_papers_of_my_case_and_the_ticks_of_yesterday(visit: Visit) -> None:
    page = (await visit(f"/procedures/{BUILDING}")).page
    await expect(page.get_by_text("Điều nào đúng với bạn?")).to_be_visible()
    await expect(page.locator(".paper")).to_have_count(0)
    mine = page.get_by_role("checkbox", name="Đối với công trình nhà ở riêng lẻ")
    await mine.check()
    await expect(page.locator(".paper")).to_have_count(6)
    await page.locator(".paper").nth(1).click()
    await expect(page.get_by_text("Đã có 1/6 giấy tờ")).to_be_visible()

    # Yesterday is longer ago than a write takes.
    async with asyncio.timeout(60):
        while await page.evaluate(TICKED, BUILDING) != 1:
            await asyncio.sleep(0.05)
    await page.reload()
    await expect(mine).to_be_checked()
    await expect(page.get_by_text("Đã có 1/6 giấy tờ")).to_be_visible()
    await expect(page.locator(".paper").nth(1).get_by_role("checkbox")).to_be_checked()
    await expect(page.locator(".paper").nth(0).get_by_role("checkbox")).not_to_be_checked()

    await page.get_by_role("checkbox", name="Chưa rõ, cho tôi xem hết").check()
    await expect(page.locator(".paper").nth(40)).to_be_attached()


async def test_something_has_happened_in_the_family(visit: Visit) -> None:
    page = (await visit()).page
    await page.get_by_role("navigation", name="Việc hay gặp").get_by_role("link", name="Người thân mất").click()
    await expect(heading(page)).to_have_text("Tìm thủ tục")
    await expect(first_result(page)).to_contain_text("Thủ tục đăng ký khai tử")


async def test_words_that_mean_several_things_are_asked_about(visit: Visit) -> None:
    page = (await visit("/search")).page
    await page.get_by_role("searchbox").fill("mai táng")
    question = page.get_by_role("region", name="Bạn cần loại nào?")
    await expect(question.get_by_role("link")).to_have_count(4)
    await question.get_by_role("link", name="Mai táng phí đối với cựu chiến binh").click()
    await expect(heading(page)).to_have_text("Mai táng phí đối với cựu chiến binh")


async def test_procedures_that_look_alike_stand_beside_each_other(visit: Visit) -> None:
    page = (await visit("/search")).page
    await page.get_by_role("searchbox").fill("giấy phép xây dựng")
    await expect(first_result(page)).to_contain_text("Cấp giấy phép xây dựng mới")
    await first_result(page).click()
    await expect(heading(page)).to_contain_text("Cấp giấy phép xây dựng mới")
    others = page.locator("details", has_text="Dễ nhầm với thủ tục này")
    await others.get_by_role("link", name="Cấp lại giấy phép xây dựng").click()
    await expect(heading(page)).to_contain_text("Cấp lại giấy phép xây dựng")


async def test_an_old_code_leads_to_its_successor(visit: Visit) -> None:
    page = (await visit(f"/procedures/{REPLACED}")).page
    banner = page.locator(".note", has_text="Thủ tục này đã được thay")
    await banner.get_by_role("link", name="Cấp đổi Giấy chứng nhận").click()
    await expect(heading(page)).to_have_text("Cấp đổi Giấy chứng nhận")
    await expect(page.get_by_text("Thủ tục này đã được thay")).to_have_count(0)


async def test_an_unknown_code_leads_to_the_nearest_three(visit: Visit) -> None:
    visitor = await visit("/procedures/1.001195")
    visitor.forgive("404")
    page = visitor.page
    await expect(heading(page)).to_have_text("Không có thủ tục mang mã này")
    near = page.locator("main .rows").get_by_role("link")
    await expect(near).to_have_count(3)
    await near.first.click()
    await expect(page.get_by_role("button", name="Lưu về máy")).to_be_visible()


async def test_what_was_typed_survives_a_reload_and_the_way_back(visit: Visit) -> None:
    page = (await visit("/search")).page
    field = page.get_by_role("searchbox")
    await field.press_sequentially("làm lại khai sinh", delay=HUMAN)
    await expect(page).to_have_url(re.compile("sinh$"))
    await expect(first_result(page)).to_contain_text("Thủ tục đăng ký lại khai sinh")
    await page.reload()
    await expect(field).to_have_value("làm lại khai sinh")
    await first_result(page).click()
    await expect(heading(page)).to_have_text("Thủ tục đăng ký lại khai sinh")
    await page.go_back()
    await expect(field).to_have_value("làm lại khai sinh")
    await expect(first_result(page)).to_contain_text("Thủ tục đăng ký lại khai sinh")
    # By the link on the screen as well as by the browser's own button.
    await first_result(page).click()
    await page.locator(".back").click()
    await expect(field).to_have_value("làm lại khai sinh")


@pytest.mark.parametrize(
    ("typed", "unit", "said"),
    [
        ("phường 8", "Phường Lý Văn Lâm", "Phường 8, thành phố Cà Mau (cũ) nay thuộc Phường Lý Văn Lâm"),
        ("huyện Đầm Dơi", "Xã Trần Phán", "huyện Đầm Dơi (cũ) nay thuộc Xã Trần Phán"),
        ("nam can", "Xã Năm Căn", ""),
        # Never a commune, misspelt, written as on a slip: the phone does not know it, and asks.
        ("hòn khoai", "Xã Đất Mũi", "Hòn Khoai (cũ) nay thuộc Xã Đất Mũi"),
        ("nam cann", "Xã Năm Căn", ""),
        ("ấp 3, xã Tân Lộc, huyện Thới Bình", "Xã Tân Lộc", ""),
    ],
)
async def test_where_is_my_office_now(visit: Visit, typed: str, unit: str, said: str) -> None:
    page = (await visit("/places")).page
    await page.get_by_role("searchbox").press_sequentially(typed, delay=HUMAN)
    row = page.locator(".units > li").filter(has=page.get_by_text(unit, exact=True))
    await expect(row).to_contain_text(said)
    await row.get_by_role("link").click()
    await expect(heading(page)).to_have_text(unit)
    await expect(page.get_by_role("heading", name=re.compile("Ủy ban nhân dân"))).to_be_visible()

    # Remembered, and the first screen leads there.
    await page.get_by_role("button", name="Chọn làm nơi của tôi").click()
    await expect(page.get_by_role("button", name="Đây là nơi của tôi")).to_be_visible()
    await page.goto("/".join(page.url.split("/")[:3]))
    await page.get_by_role("link", name=f"Nơi của bạn: {unit}").click()
    await expect(heading(page)).to_have_text(unit)


AN_XUYEN = {"latitude": 9.22793, "longitude": 105.18921, "accuracy": 12}
HA_NOI = {"latitude": 21.028, "longitude": 105.854, "accuracy": 12}


class TestPosition:
    async def ask(self, visit: Visit, **phone: Any) -> Page:
        visitor = await visit("/places", **phone)
        asked: list[str] = []
        visitor.page.on("request", lambda request: asked.append(request.url))
        await visitor.page.get_by_role("button", name="Dùng vị trí của tôi").click()
        await expect(visitor.page.locator(".note")).to_be_visible()
        # Worked out on the phone: no request carries a position.
        assert not [url for url in asked if re.search(r"lat|lon|9\.22|105\.1|21\.02", url)]
        return visitor.page

    async def test_inside(self, visit: Visit) -> None:
        page = await self.ask(visit, geolocation=AN_XUYEN, permissions=["geolocation"])
        await expect(page.locator(".note")).to_contain_text("Bạn đang ở Phường An Xuyên")
        await page.locator(".note").get_by_role("link", name="Xem").click()
        await expect(heading(page)).to_have_text("Phường An Xuyên")

    async def test_far_away(self, visit: Visit) -> None:
        page = await self.ask(visit, geolocation=HA_NOI, permissions=["geolocation"])
        await expect(page.locator(".note")).to_contain_text("Bạn đang ở ngoài tỉnh")
        await expect(page.locator(".units > li")).to_have_count(64)

    async def test_refused(self, visit: Visit) -> None:
        page = await self.ask(visit)
        await expect(page.locator(".note")).to_contain_text("Điện thoại chưa cho phép xem vị trí")
        await expect(page.locator(".units > li")).to_have_count(64)


class TestShare:
    async def test_with_the_phone_s_own_sheet(self, visit: Visit) -> None:
        visitor = await visit()
        await visitor.page.add_init_script("navigator.share = async what => { window.shared = what }")
        await visitor.open(f"/procedures/{BIRTH}")
        await visitor.page.get_by_role("button", name="Chia sẻ").click()
        shared = await visitor.page.evaluate("window.shared")
        assert shared == {"title": "Thủ tục đăng ký khai sinh", "url": f"{visitor.origin}/procedures/{BIRTH}"}

    async def test_by_copying_where_there_is_none(self, visit: Visit) -> None:
        visitor = await visit(f"/procedures/{BIRTH}", permissions=["clipboard-read", "clipboard-write"])
        await visitor.page.get_by_role("button", name="Chia sẻ").click()
        await expect(visitor.page.get_by_text("Đã chép đường dẫn")).to_be_visible()
        copied = await visitor.page.evaluate("navigator.clipboard.readText()")
        assert copied == f"{visitor.origin}/procedures/{BIRTH}"


@pytest.mark.parametrize(
    ("phone", "language", "home"),
    [("vi-VN", "vi", "Trang chủ"), ("en-GB", "en", "Home"), ("km-KH", "km", "ទំព័រដើម"), ("fr-FR", "vi", "Trang chủ")],
)
async def test_the_phone_s_language_is_spoken(visit: Visit, phone: str, language: str, home: str) -> None:
    page = (await visit(locale=phone)).page
    await expect(page.locator(".tabs a").first).to_have_text(home)
    await expect(page.locator("html")).to_have_attribute("lang", language)


async def test_what_is_chosen_in_one_tab_holds_in_all(visit: Visit) -> None:
    visitor = await visit("/settings")
    other = await visitor.context.new_page()
    await other.goto(f"{visitor.origin}/settings")
    await other.get_by_role("radio", name="Tối").check()
    await other.get_by_role("radio", name="English").check()
    await expect(heading(visitor.page)).to_have_text("Settings")
    await expect(visitor.page.locator("html")).to_have_attribute("data-theme", "dark")
    await expect(visitor.page.get_by_role("radio", name="Dark")).to_be_checked()


async def test_the_language_is_changed_in_place_and_remembered(visit: Visit) -> None:
    page = (await visit("/settings")).page
    await page.get_by_role("radio", name="English").check()
    await expect(heading(page)).to_have_text("Settings")
    await expect(page.get_by_role("radio", name="English")).to_be_checked()
    await expect(page.get_by_role("link", name="Home", exact=True)).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await page.reload()
    await expect(heading(page)).to_have_text("Settings")


async def test_the_largest_letters_change_the_layout_at_once(visit: Visit) -> None:
    page = (await visit("/settings")).page
    # How many letters fit is measured with the next frame.
    bar = """new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
        .then(() => getComputedStyle(document.querySelector('.tabs')).position)"""
    await page.get_by_role("radio", name="Lớn nhất").check()
    at_once = await page.evaluate(bar)
    await page.reload()
    await expect(page.get_by_role("radio", name="Lớn nhất")).to_be_checked()
    await comes_to(page, bar, at_once)


async def test_the_theme_is_chosen_against_the_phone_s(visit: Visit) -> None:
    page = (await visit("/settings", color_scheme="light")).page
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    light = await page.evaluate(paper)
    await page.get_by_role("radio", name="Tối").check()
    dark = await page.evaluate(paper)
    assert dark != light
    await page.reload()
    await expect(page.get_by_role("radio", name="Tối")).to_be_checked()
    await comes_to(page, paper, dark)
