"""The duty officer's screen, and an answer that begins with prepared words."""

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from playwright.async_api import expect

from tests.browser.office import Office
from tests.browser.test_console import Sit, base, button, field, sit

__all__ = ["base", "sit"]

pytestmark = pytest.mark.browser


async def test_what_comes_in_is_seen_without_a_hand(sit: Sit, office: Office) -> None:
    desk = await sit(await office.hire("feedback:handle", "feedback:triage"))
    await office.reported(uuid4())
    await desk.page.clock.install()
    await desk.open("/staff/reports?list=urgent")
    rows = desk.page.locator("tbody tr")
    await expect(rows).not_to_have_count(0)  # others may have been reported before
    before = await rows.count()
    await office.reported(uuid4())
    await desk.page.clock.fast_forward(21_000)
    await expect(rows).to_have_count(before + 1)
    # Nobody looks: nothing is asked.
    asked: list[str] = []
    await desk.page.evaluate("Object.defineProperty(document, 'hidden', { value: true })")
    desk.page.on("request", lambda request: asked.append(request.url))
    await desk.page.clock.fast_forward(41_000)
    assert not [url for url in asked if "/feedback/desk" in url]


async def test_an_answer_begins_with_prepared_words_and_is_changed(
    sit: Sit, office: Office, base: psycopg.Connection[Any]
) -> None:
    name = f"Đã nhận {uuid4().hex[:6]}"
    prepared = "Cảm ơn bạn. Tổ kỹ thuật sẽ đến trong hôm nay."
    base.execute(
        "INSERT INTO feedback_template (id, name, text, version, created_at, updated_at)"
        " VALUES (gen_random_uuid(), %s, %s, 1, now(), now())",
        [name, prepared],
    )
    report_id = await office.reported(uuid4())
    desk = await sit(await office.hire("feedback:handle", "feedback:triage"), f"/staff/reports/{report_id}")
    await desk.page.get_by_text("Việc khác").click()
    await button(desk.page, "Trả lời").click()
    sheet = desk.page.get_by_role("dialog")
    await field(sheet, "Bắt đầu từ câu mẫu").select_option(label=name)
    await expect(field(sheet, "Nội dung")).to_have_value(prepared)
    await field(sheet, "Nội dung").fill(f"{prepared} Số máy trực: 115.")
    await button(sheet, "Trả lời").click()
    await expect(desk.page.locator(".passage")).to_contain_text("Số máy trực: 115.")


async def test_a_part_that_does_not_come_is_said_of_its_screen_alone(sit: Sit, office: Office) -> None:
    desk = await sit(await office.hire("feedback:handle", "feedback:triage"))
    desk.forgive("Failed to load resource|Failed to fetch dynamically imported module")
    await desk.page.route("**/assets/DeskMap-*.js", lambda route: route.abort())
    await desk.open("/staff/reports")
    await button(desk.page, "Bản đồ").click()
    reload = button(desk.page, "Tải lại trang")
    await expect(desk.page.locator(".ribbon")).to_contain_text("Chưa tải được hết")
    await expect(reload).to_be_visible()
    await expect(desk.page.get_by_role("heading", level=1)).to_have_text("Phản ánh")
    await expect(desk.page.locator(".moving")).to_have_count(0)
    # Of the next screen it is not said; and where that does not come, nothing else can stand there.
    await desk.page.route("**/assets/Account-*.js", lambda route: route.abort())
    await desk.page.locator("a[href='/staff']").first.click()
    await expect(reload).to_have_count(0)
    await desk.page.locator("a[href='/staff/account']").first.click()
    await expect(desk.page.get_by_role("heading", level=1)).to_have_text("Trang này chưa mở được")
    await expect(desk.page.locator(".ribbon")).to_have_count(0)
    # It is fetched anew by whoever comes back to it.
    await desk.page.unroute("**/assets/Account-*.js")
    await desk.page.locator("a[href='/staff']").first.click()
    await desk.page.locator("a[href='/staff/account']").first.click()
    await expect(desk.page.get_by_role("heading", level=1)).to_have_text("Tài khoản của tôi")
