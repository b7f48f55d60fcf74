"""A day at the one-stop desk in real Chromium: taken in, asked for papers, two officers at once, many, handed over."""

import re
from datetime import datetime
from secrets import randbelow
from typing import Any

import psycopg
import pytest
from playwright.async_api import Page, expect

from server.core.clock import HERE
from server.modules.dossiers.rules.acts import Act
from server.modules.dossiers.schemas.desk import ActOnDossier
from tests.app import working
from tests.browser.office import AT_THE_DESK, Office
from tests.browser.test_console import Sit, base, button, field, heading, said, sit

__all__ = ["base", "sit"]

pytestmark = pytest.mark.browser


async def register(page: Page, name: str, phone: str) -> str:
    """Its code. The officer searches as people speak, forgets the number, loses nothing, and is told at the field."""
    await page.get_by_role("link", name="Tiếp nhận hồ sơ").click()
    await field(page, "Thủ tục").fill("dang ky khai sinh")
    await page.get_by_role("button", name=re.compile("^Thủ tục đăng ký khai sinh 1.001193")).click()
    await expect(page.get_by_text("Theo danh mục: 1 ngày làm việc")).to_be_visible()
    await page.locator(".paper-line input").first.check()
    await page.get_by_role("combobox", name=re.compile("^Loại bản")).select_option("copy")
    await field(page, "Họ tên").fill(name)
    await button(page, "Tiếp nhận").click()
    await expect(field(page, "Số điện thoại")).to_have_attribute("aria-invalid", "true")
    await field(page, "Số điện thoại").fill(phone)
    await page.reload()
    await expect(field(page, "Họ tên")).to_have_value(name)
    await expect(page.locator(".paper-line input").first).to_be_checked()
    await button(page, "Tiếp nhận").click()
    await expect(heading(page)).to_have_text("Đã tiếp nhận hồ sơ")
    return await page.locator(".big-code").inner_text()


async def test_a_dossier_from_the_desk_to_the_hand(sit: Sit, office: Office, base: psycopg.Connection[Any]) -> None:
    await office.opens_a_desk()
    resident = await office.resident("Danh Thị Sà Rươl")
    first, second = await office.hire(*AT_THE_DESK, name="Lê Thị Trước"), await office.hire(*AT_THE_DESK)
    visitor = await sit(first, "/staff/dossiers")
    page = visitor.page
    code = await register(page, resident.name, resident.phone.replace("+84", "0"))
    receipt = page.get_by_role("link", name="In giấy tiếp nhận")
    printed = await page.request.get(visitor.origin + (await receipt.get_attribute("href") or ""))
    assert (printed.headers["content-type"], (await printed.body())[:5]) == ("application/pdf", b"%PDF-")

    # They have an account: the app has told them, and no text is offered.
    await expect(page.get_by_text("Người nộp có tài khoản và đã được báo trong ứng dụng")).to_be_visible()
    await expect(page.get_by_role("button", name=re.compile("^Gửi tin nhắn"))).to_have_count(0)

    # A colleague has it open too, found by the last digits of the phone.
    colleague = await sit(second, "/staff/dossiers")
    colleague.forgive("412")
    theirs = colleague.page
    await theirs.get_by_role("searchbox").fill(resident.phone[-4:])
    await theirs.get_by_role("link", name=code).click()
    await expect(theirs.get_by_role("main")).to_contain_text("Danh Thị Sà Rươl")

    await page.get_by_role("link", name="Mở hồ sơ").click()
    await page.get_by_text("Việc khác").click()
    await button(page, "Yêu cầu bổ sung").click()
    sheet = page.get_by_role("dialog", name="Yêu cầu bổ sung")
    await field(sheet, "Giấy tờ cần bổ sung").fill("Giấy chứng sinh (bản chính)\nTờ khai có chữ ký")
    await button(sheet, "Yêu cầu bổ sung").click()
    assert await field(sheet, "Lý do").evaluate("field => field.validity.valueMissing")
    await field(sheet, "Lý do").fill("Bản nộp đã mờ")
    await button(sheet, "Yêu cầu bổ sung").click()
    await expect(page.get_by_text("Đã ghi: Yêu cầu bổ sung.")).to_be_visible()
    await expect(page.locator(".passage")).to_contain_text("Tờ khai có chữ ký")
    await expect(page.get_by_text("đang chờ người dân")).to_be_visible()

    # The second officer sees both texts, and nothing is overwritten.
    await theirs.get_by_text("Việc khác").click()
    await button(theirs, "Dừng giải quyết").click()
    sheet = theirs.get_by_role("dialog", name="Dừng giải quyết")
    await field(sheet, "Lý do").fill("Hồ sơ trùng")
    await button(sheet, "Dừng giải quyết").click()
    both = sheet.locator(".both")
    await expect(both).to_contain_text("Bản nộp đã mờ")
    await expect(both).to_contain_text("Hồ sơ trùng")
    await expect(both).to_contain_text("Lê Thị Trước")
    await button(sheet, "Lấy bản đang lưu").click()
    await expect(theirs.get_by_text("đang chờ người dân")).to_be_visible()

    # The papers come; the result is ready; many are handed over at once.
    await button(page, "Bắt tay giải quyết").click()
    await button(page, "Báo có kết quả").click()
    await button(page.get_by_role("dialog"), "Báo có kết quả").click()
    await expect(page.get_by_text("Đã ghi: Báo có kết quả.")).to_be_visible()
    await page.get_by_role("navigation", name="Danh mục").get_by_role("link", name="Hồ sơ").click()
    await page.get_by_role("navigation", name="Hồ sơ").get_by_role("link", name=re.compile("Chờ trả")).click()
    await button(page, "Làm nhiều hồ sơ").click()
    await field(page, "Việc").select_option("hand-over")
    await page.get_by_role("checkbox", name=re.compile(code)).check()
    await button(page, "Làm với 1 hồ sơ").click()
    await expect(page.get_by_text("Xong 1 trên 1 hồ sơ.")).to_be_visible()
    await page.get_by_role("searchbox").fill(code)
    await page.get_by_role("table").get_by_role("link", name=code).click()
    await expect(page.get_by_text("Hồ sơ đã kết thúc, không còn việc gì.")).to_be_visible()
    assert await said(page).count() == 0

    # Another system works on one here too, and has named no date.
    another = f"H12.998-20261101-{randbelow(10**7):07}"
    await office.hears_of(another, owner_id="096190000815", at="Phường An Xuyên")
    await visitor.open("/staff/dossiers/elsewhere")
    await expect(page.get_by_role("main").locator("tr, li").filter(has_text=another)).to_contain_text(
        "chưa có ngày hẹn"
    )

    # What the QR on the slip leads to knows the code, and asks for the digits.
    holder = await sit(path=f"/dossiers#{code}")
    await expect(holder.page.locator("#code")).to_have_value(code)

    # Everybody who looked stands in what the resident reads.
    looks = "SELECT count(*) FROM core_audit WHERE act = 'look:dossiers' AND subject_id = %s"
    assert (base.execute(looks, [str(resident.id)]).fetchone() or (0,))[0] >= 4


async def test_who_is_exempt_pays_nothing_and_reads_why(sit: Sit, office: Office) -> None:
    chief, resident = await office.hire(*AT_THE_DESK), await office.resident("Danh Thị Miễn")
    asked = ActOnDossier(act=Act.ASK_PAYMENT, amount=8000, reason="Lệ phí theo nghị quyết")
    row = await office.files(chief, resident, asked)
    page = (await sit(chief, f"/staff/dossiers/{row}")).page
    await page.get_by_text("Việc khác").click()
    await button(page, "Miễn phí, lệ phí").click()
    sheet = page.get_by_role("dialog", name="Miễn phí, lệ phí")
    await button(sheet, "Miễn phí, lệ phí").click()
    assert await field(sheet, "Lý do").evaluate("field => field.validity.valueMissing")
    await field(sheet, "Lý do").select_option(label="Hộ nghèo, cận nghèo")
    await button(sheet, "Miễn phí, lệ phí").click()
    await expect(page.get_by_text("Đã ghi: Miễn phí, lệ phí.")).to_be_visible()
    why = "Không phải nộp phí, lệ phí: Hộ nghèo, cận nghèo"
    await expect(page.locator(".passage").first).to_contain_text(why)


async def test_whoever_has_no_account_is_sent_the_slip_as_a_text(
    sit: Sit, office: Office, base: psycopg.Connection[Any], server: str, processes: dict[str, str]
) -> None:
    await office.opens_a_desk()
    visitor = await sit(await office.hire(*AT_THE_DESK), "/staff/dossiers")
    page = visitor.page
    phone = f"090{randbelow(10**7):07}"
    code = await register(page, "Danh Thị Sà Rươl", phone)
    texts = (
        "dossiers_slip_text WHERE deed_id IN (SELECT it.id FROM dossiers_deed AS it"
        " JOIN dossiers_dossier AS dossier ON dossier.id = it.dossier_id WHERE dossier.code = %s)"
    )
    asked = "UPDATE " + texts.replace(" WHERE", " SET asked_at = {} WHERE", 1)
    await field(page, "Ngôn ngữ của tin nhắn").select_option("km")
    async with working(server, **processes):
        await button(page, f"Nhắn tin tới {phone}").click()
        await expect(page.get_by_text(re.compile(r"^Đã gửi tin nhắn lúc \d\d:\d\d "))).to_be_visible()
    await expect(page.get_by_role("button", name=re.compile("^Gửi tin nhắn"))).to_have_count(0)
    assert await said(page).count() == 0
    assert base.execute(f"SELECT language, sent_at IS NOT NULL FROM {texts}", [code]).fetchall() == [("km", True)]

    # Whoever opens the dossier later reads it too, and cannot send it again today.
    await page.get_by_role("link", name="Mở hồ sơ").click()
    await expect(page.locator(".passage")).to_contain_text("Đã gửi tin nhắn lúc")
    await expect(page.get_by_role("button", name=re.compile("^Gửi tin nhắn"))).to_have_count(0)

    # A day later it may be; a colleague was quicker, and that is said.
    base.execute(asked.format("asked_at - interval '1 day'"), [code])
    await page.reload()
    again = button(page, f"Nhắn tin tới {phone}")
    await expect(again).to_be_visible()
    base.execute(asked.format("now()"), [code])
    visitor.forgive("409")
    await again.click()
    await expect(said(page)).to_contain_text("Phiếu này đã gửi tới số này")


async def test_days_that_were_typed_outlive_what_a_colleague_saves(sit: Sit, office: Office) -> None:
    year = datetime.now(HERE).year + 2
    confirm = f"Xác nhận lịch năm {year}"

    async def turn_to_it(page: Page) -> None:
        for _ in range(2):
            await page.get_by_role("button", name="Năm sau").click()
        await expect(page.get_by_text(f"Năm {year}", exact=True)).to_be_visible()

    one, other = [await sit(await office.hire("dossiers:calendar"), "/staff/calendar") for _ in range(2)]
    other.forgive("412")
    for page in (one.page, other.page):
        await turn_to_it(page)
    proposed = other.page.get_by_role("button", name=re.compile(r"^Thêm \d"))
    await button(other.page, "Thêm tất cả").click()
    await expect(proposed).to_have_count(0)
    typed = await other.page.get_by_text(re.compile("^Đã sửa")).inner_text()
    await one.page.get_by_role("button", name=re.compile(r"^Thêm \d")).first.click()
    await button(one.page, confirm).click()
    await expect(one.page.get_by_text(f"Đã lưu lịch năm {year}.")).to_be_visible()

    # Read again, what stands there is another version: the typed days are still over the one they were typed over.
    await other.page.reload()
    await turn_to_it(other.page)
    await expect(other.page.get_by_text(re.compile("^Đã sửa"))).not_to_have_text(typed)
    await expect(proposed).to_have_count(0)
    await button(other.page, confirm).click()
    await expect(other.page.get_by_text("Người khác vừa sửa chỗ này")).to_be_visible()
    await button(other.page, "Lưu bản của tôi").click()
    await expect(other.page.get_by_text(f"Đã lưu lịch năm {year}.")).to_be_visible()
    await expect(other.page.get_by_text("Chưa sửa gì.")).to_be_visible()
    await expect(proposed).to_have_count(0)
