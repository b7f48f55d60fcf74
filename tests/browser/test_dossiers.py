"""Somebody with a slip in hand learns where their dossier stands, and still sees it when the line is gone."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, expect

from server.modules.dossiers.rules.acts import Act
from server.modules.dossiers.schemas.desk import ActOnDossier
from tests.browser.conftest import Visit
from tests.browser.office import AT_THE_DESK, Office
from tests.browser.screens import DOSSIER, WAITING, until_ready_for_offline
from tests.browser.wire import Wire

pytestmark = pytest.mark.browser


async def ask(page: Page, code: str, digits: str) -> None:
    await page.get_by_label("Mã hồ sơ").fill(code)
    await page.get_by_label("4 số cuối").fill(digits)
    await page.get_by_role("button", name="Xem hồ sơ").click()


async def test_a_slip_is_followed_with_and_without_a_line(visit: Visit, wire: Wire) -> None:
    visitor = await visit("/", wire.origin)
    visitor.forgive(r"Failed to load resource.*(404|net::ERR)")
    page = visitor.page
    await page.get_by_role("link", name="Hồ sơ đến đâu rồi?").click()

    # Wrong digits and a code nobody has are told the same.
    await ask(page, WAITING, "9999")
    await expect(page.get_by_role("alert")).to_contain_text("Không có hồ sơ nào khớp")
    # As it is typed by somebody who has little patience for dots.
    await ask(page, WAITING.lower().replace(".", " ").replace("-", " "), "0001")
    await expect(page.get_by_role("heading", name="Yêu cầu bổ sung giấy tờ")).to_be_visible()
    await expect(page.get_by_text("Bạn cần làm")).to_be_visible()
    await expect(page.get_by_text("Thời hạn đang tạm dừng")).to_be_visible()
    await expect(page.locator(".way li")).to_have_count(3)
    await expect(page.locator(".way [aria-current=step]")).to_contain_text("Yêu cầu bổ sung giấy tờ")
    await expect(page).to_have_url(f"{wire.origin}/dossiers/{WAITING}")

    # An address of its own, which opens to nobody without the digits: kept only when wished.
    await page.reload()
    await expect(page.get_by_label("Mã hồ sơ")).to_have_value(WAITING)
    await expect(page.get_by_text("Yêu cầu bổ sung giấy tờ")).to_be_hidden()
    await page.go_back()
    await expect(page).to_have_url(f"{wire.origin}/dossiers")
    await expect(page.get_by_text("Đã nhớ trên máy này")).to_be_hidden()
    await ask(page, DOSSIER, "0001")
    await expect(page.get_by_role("heading", name="Đang xử lý")).to_be_visible()
    await page.get_by_role("button", name="Nhớ trên máy này").click()

    await until_ready_for_offline(page)
    wire.cut()
    await visitor.open("/dossiers")
    await page.get_by_role("link", name=DOSSIER).click()
    await expect(page.get_by_role("heading", name="Đang xử lý")).to_be_visible()
    await page.get_by_role("button", name="Xem lại").click()
    await expect(page.get_by_text("Chưa có mạng: đây là thông tin lúc")).to_be_visible()
    wire.mend()

    # And forgotten when wished.
    await page.get_by_role("button", name="Máy này đang nhớ").click()
    await visitor.open("/dossiers")
    await expect(page.locator("#code")).to_be_visible()
    await expect(page.get_by_text(DOSSIER)).to_be_hidden()
    assert DOSSIER not in await page.evaluate("JSON.stringify(localStorage)")


async def test_what_waits_for_the_resident_stands_first(visit: Visit, server: str, office: Office) -> None:
    resident = await office.resident()
    chief = await office.hire(*AT_THE_DESK)
    asked = ActOnDossier(act=Act.ASK_PAPERS, papers=["Giấy chứng sinh"], reason="Bản nộp đã mờ")
    by = datetime.now(UTC) + timedelta(hours=20)
    await office.files(chief, resident, ActOnDossier(act=Act.ASK_CONFIRMATION, reason="Bản nháp", answer_by=by))
    await office.files(chief, resident, asked)
    for _ in range(3):
        await office.files(chief, resident)
    page = (await visit("/sign-in?next=/dossiers")).page
    await page.locator("#phone").fill(resident.phone.replace("+84", "0"))
    await page.keyboard.press("Enter")
    await page.locator(".digits input").fill(await page.locator(".shown-code").inner_text())
    await expect(page).to_have_url(f"{server}/dossiers")
    rows = page.get_by_role("main").locator(".card .row")
    await expect(rows.first).to_contain_text("Nếu bạn không trả lời, cơ quan coi như bạn đồng ý.")
    await expect(rows.nth(1)).to_contain_text("Yêu cầu bổ sung giấy tờ")
    # Of those that are under way, the first screen shows three.
    await page.get_by_role("link", name="Trang chủ").first.click()
    mine = page.locator("section").filter(has=page.get_by_role("heading", name="Hồ sơ của bạn"))
    await expect(mine.locator(".row")).to_have_count(3)
    await expect(mine.locator(".row").first).to_contain_text("coi như bạn đồng ý")
    await expect(mine.locator(".row").nth(1)).to_contain_text("Yêu cầu bổ sung giấy tờ")
