"""A bill is paid by VNPay while the app is closed, and part of it goes back: a test plays the bank and three people."""

import asyncio
import io
import re
import secrets
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
from playwright.async_api import expect

from server.modules.payments.rules.bill_codes import new_code
from server.modules.payments.rules.vietqr import VietQR, build
from server.sandbox.bank import Bank, serving
from tests.app import running
from tests.browser.chromium import Visitor
from tests.browser.conftest import Visit
from tests.browser.office import AT_THE_TILL, Member, Office
from tests.browser.test_console import DESK, button, field, heading
from tests.browser.test_sign_in import new_number, sign_in
from tests.modules.payments.test_vietqr_of_others import picture

pytestmark = pytest.mark.browser


class Till(NamedTuple):
    """An application that takes money by a gateway the test plays."""

    origin: str
    bank: Bank


@pytest.fixture
async def till(processes: dict[str, str]) -> AsyncIterator[Till]:
    bank = Bank("")
    with serving(bank) as address:
        async with running("web", **(processes | address.settings() | {"DEMO": "1"})) as origin:
            bank.app = origin
            yield Till(origin, bank)


async def test_a_bill_is_paid_while_the_app_is_closed_and_part_of_it_goes_back(
    till: Till, visit: Visit, office: Office
) -> None:
    number = new_number()
    code = await office.bills(number)
    holder = await visit("/", till.origin)
    holder.forgive("asked somebody else: http://127.0.0.1")
    await sign_in(holder.page, number)

    # Found among one's own, begun, and left at the gateway's door.
    await holder.open("/payments")
    await holder.page.get_by_role("link", name=re.compile("Học phí tháng 11")).click()
    await holder.page.get_by_role("button", name=re.compile("^Cổng VNPay")).click()
    await expect(holder.page.get_by_role("link", name="Sang VNPay để trả")).to_be_visible()
    await holder.page.close()
    holder.page = await holder.context.new_page()
    await holder.open("/payments")
    await holder.page.get_by_role("link", name=re.compile("Học phí tháng 11")).click()
    await holder.page.get_by_role("link", name="Sang VNPay để trả").click()
    await expect(holder.page.get_by_role("button", name="Không đủ số dư")).to_be_visible()

    # Closed in the middle of the bank's page. The bank takes the money, and tells the office and nobody else.
    await holder.page.close()
    [order] = till.bank.orders
    await asyncio.to_thread(till.bank.act, order, "approve")
    holder.page = await holder.context.new_page()
    await holder.open("/payments")
    await expect(holder.page.get_by_text("Không có khoản nào cần trả.")).to_be_visible()
    await holder.page.get_by_role("link", name=re.compile("Học phí tháng 11")).click()
    await expect(holder.page.get_by_text("Đã nhận tiền lúc")).to_be_visible()
    async with holder.page.expect_download() as downloading:
        await holder.page.get_by_role("button", name="Tải giấy xác nhận").click()
    paper = await downloading.value
    assert (paper.suggested_filename, (await paper.path()).read_bytes()[:5]) == (f"{code}.pdf", b"%PDF-")

    # Staff see it in the ledger. One asks for part of it back, and may not decide that.
    async def sits(member: Member, path: str) -> Visitor:
        visitor = await visit(path, till.origin, **DESK)
        await member.enter(visitor.context)
        await visitor.open(path)
        return visitor

    first = await sits(await office.hire(*AT_THE_TILL, name="Lê Thị Thu"), "/staff/payments/ledger")
    first.forgive("401")
    await first.page.get_by_role("row").filter(has_text="held:vnpay").get_by_role("link").click()
    await expect(first.page.get_by_role("table")).to_contain_text(spaced(code))
    await first.page.get_by_role("link", name="Khoản thu", exact=True).click()
    await first.page.get_by_role("link", name=re.compile(spaced(code))).click()
    await button(first.page, "Yêu cầu hoàn tiền").click()
    sheet = first.page.get_by_role("dialog")
    await field(sheet, "Hoàn bao nhiêu (đồng)").fill("3.000")
    await button(sheet, "Yêu cầu hoàn tiền").click()
    await expect(first.page.get_by_role("listitem").filter(has_text="3.000")).to_be_visible()
    await first.page.goto(f"{till.origin}/staff/payments/refunds")
    await expect(first.page.get_by_text("Bạn đã yêu cầu khoản này, nên người khác duyệt.").first).to_be_visible()

    # Who has paid has paid, whatever is being decided about part of it.
    await holder.page.reload()
    await expect(holder.page.locator(".standing")).to_contain_text("Đang xét hoàn tiền")
    await expect(holder.page.get_by_text("Đã nhận tiền lúc")).to_be_visible()
    await expect(holder.page.get_by_role("button", name="Tải giấy xác nhận")).to_be_visible()

    # A second one gives it.
    second = await sits(await office.hire("payments:read", "payments:approve"), "/staff/payments/refunds")
    second.forgive("401")
    await second.page.locator(".panel").filter(has_text=spaced(code)).get_by_role("button", name="Duyệt hoàn").click()
    sheet = second.page.get_by_role("dialog")
    await field(sheet, "Mã giao dịch chuyển trả").fill("FT26330001")
    await button(sheet, "Duyệt hoàn").click()
    await expect(second.page.locator(".panel").filter(has_text=spaced(code))).to_have_count(0)
    await second.context.route(
        "**/desk/refunds?which=sending*", lambda route: route.fulfill(json={"items": [], "next_cursor": None})
    )
    await field(second.page, "Xem").select_option("sending")
    await expect(second.page.get_by_text("Không có khoản hoàn nào đang chuyển")).to_be_visible()
    # It came by the gateway and went back by the bank: each account says its own.
    for account in ("held:vnpay", "held:bank"):
        await first.page.goto(f"{till.origin}/staff/payments/ledger?account={account}")
        await expect(first.page.get_by_role("row").filter(has_text=spaced(code))).to_have_count(1)

    # Whoever paid sees it. Another bill is paid by its paper: typed, out to the bank's page, and back.
    await holder.page.reload()
    await expect(holder.page.get_by_role("listitem").filter(has_text="3.000").first).to_be_visible()
    paper_code = await office.bills(number, "Tiền ăn tháng 12")
    await holder.open("/payments/find")
    await holder.page.get_by_label("Mã khoản thu").fill(spaced(paper_code).lower())
    await holder.page.get_by_label("4 số cuối điện thoại").fill(number[-4:])
    await holder.page.get_by_role("button", name="Xem khoản thu").click()
    await expect(holder.page.get_by_text("Tiền ăn tháng 12")).to_be_hidden()  # whose paper it is, it does not say
    await holder.page.get_by_role("button", name=re.compile("^Cổng VNPay")).click()
    await holder.page.get_by_role("link", name="Sang VNPay để trả").click()
    await holder.page.get_by_role("button", name="Trả tiền: báo cho ứng dụng rồi quay về").click()
    await expect(heading(holder.page)).to_have_text("Kết quả từ VNPay")
    await expect(holder.page.get_by_text("Đã trả xong")).to_be_visible()
    await holder.page.get_by_role("link", name="Xem khoản này").click()
    await expect(holder.page.get_by_text("Đã nhận tiền lúc")).to_be_visible()


async def test_another_sum_than_was_asked_for_is_decided_by_a_person(till: Till, visit: Visit, office: Office) -> None:
    number = new_number()
    code = await office.bills(number)
    payer = await visit("/payments/find", till.origin)
    payer.forgive("asked somebody else: http://127.0.0.1")
    await payer.page.get_by_label("Mã khoản thu").fill(code)
    await payer.page.get_by_label("4 số cuối điện thoại").fill(number[-4:])
    await payer.page.get_by_role("button", name="Xem khoản thu").click()
    await payer.page.get_by_role("button", name=re.compile("^Cổng VNPay")).click()
    await payer.page.get_by_role("link", name="Sang VNPay để trả").click()
    await payer.page.get_by_role("button", name="Trả tiền, báo sai số tiền").click()
    await expect(heading(payer.page)).to_have_text("Kết quả từ VNPay")

    clerk = await visit("/staff/payments/findings", till.origin, **DESK)
    clerk.forgive("401")
    await (await office.hire(*AT_THE_TILL)).enter(clerk.context)
    await clerk.open("/staff/payments/findings")
    panel, more = clerk.page.locator(".panel").filter(has_text=spaced(code)), button(clerk.page, "Xem thêm")
    await expect(clerk.page.locator(".panel").first).to_be_visible()
    while not await panel.count() and await more.count():
        await more.click()
        await expect(button(clerk.page, "Đang tải…")).to_have_count(0)
    await expect(panel).to_contain_text("Cổng thanh toán báo sai số tiền")
    await expect(panel).to_contain_text("4.000")
    await expect(button(panel, "Gán cho khoản thu")).to_be_visible()
    await button(panel, "Cổng đã hoàn hoặc không có tiền này").click()
    await expect(panel).to_have_count(0)


async def test_a_whole_statement_is_brought_and_compared(visit: Visit, office: Office) -> None:
    clerk = await visit("/staff/payments/findings", **DESK)
    clerk.forgive("401")
    await (await office.hire("payments:read", "payments:reconcile")).enter(clerk.context)
    await clerk.open("/staff/payments/findings")
    page = clerk.page
    await page.get_by_role("link", name="Nhập và đối chiếu sao kê ngân hàng").click()
    panel = page.locator(".panel").filter(has_text="Nhập sao kê ngân hàng")
    one, other = (f"FT{secrets.token_hex(6).upper()}" for _ in range(2))
    rows = [f"{ref};8000;05/03/2018 09:30;" for ref in (one, other)]

    async def bring(*rows: str) -> None:
        table = "\n".join(["bank_ref;amount;at;text", *rows]).encode()
        file = {"name": "sao-ke.csv", "mimeType": "text/csv", "buffer": table}
        await panel.locator("input[type=file]").set_input_files(file)

    for label in ("Sao kê trọn từ ngày", "Sao kê trọn đến hết ngày"):
        await field(panel, label).fill("2018-03-05")
    await bring(*rows, "x;8.000;05/03/2018 09:30;")
    await expect(panel).to_contain_text("3 dòng: 0 dòng mới đã trả cho khoản thu, 2 dòng mới chờ quyết định")
    await expect(panel).to_contain_text("1 dòng bị từ chối")
    await expect(panel).to_contain_text("Từ chối: amount, ô trống hoặc sai kiểu")
    await expect(panel).to_contain_text("Chưa đối chiếu")
    await bring(*rows)
    await expect(panel).to_contain_text("2 dòng đã có từ trước, 0 dòng bị từ chối")
    await expect(panel).to_contain_text("mọi thứ đều khớp")
    await bring(rows[0])
    await expect(panel).to_contain_text("1 chỗ không khớp")
    await expect(panel.get_by_role("row").filter(has_text=other)).to_contain_text("Không có")

    await page.get_by_role("link", name="Đối soát", exact=True).click()
    missed, more = page.locator(".panel").filter(has_text=f"Mã giao dịch ngân hàng: {other}"), button(page, "Xem thêm")
    await expect(page.locator(".panel").first).to_be_visible()
    while not await missed.count() and await more.count():
        await more.click()
        await expect(button(page, "Đang tải…")).to_have_count(0)
    await expect(missed).to_contain_text("sao kê trọn ngày của ngân hàng không có")
    await button(missed, "Đã xem xong").click()
    await expect(missed).to_have_count(0)


def spaced(code: str) -> str:
    return re.sub(r"^(TT)(.{4})(.{4})(.{4})(.)$", r"\1 \2 \3 \4 \5", code)


async def test_a_paper_is_read_where_the_browser_reads_no_code(visit: Visit) -> None:
    """As on every iPhone: ours is fetched by whoever scans, and by nobody else."""
    visitor = await visit("/payments/find", service_workers="block")
    visitor.forgive("ERR_INTERNET_DISCONNECTED")
    page, fetched = visitor.page, []
    page.on("requestfinished", lambda request: fetched.append(request.url))
    await page.evaluate("delete window.BarcodeDetector")
    code = new_code()
    paper = picture(build(VietQR(bank="970403", account="0011012345678", amount=8000, bill=code, purpose=code)))
    photo = io.BytesIO()
    paper.rotate(9, expand=True, fillcolor=200).save(photo, "PNG")
    chosen = page.get_by_label("Chọn ảnh có mã QR")
    # What it cannot be fetched for now is said, and the screen stays with what is typed there.
    await page.get_by_label("4 số cuối điện thoại").fill("1234")
    await page.context.set_offline(True)
    await chosen.set_input_files({"name": "paper.png", "mimeType": "image/png", "buffer": photo.getvalue()})
    await expect(page.get_by_role("alert").filter(has_text="Chưa có mạng")).to_be_visible()
    await expect(page.get_by_label("4 số cuối điện thoại")).to_have_value("1234")
    await page.context.set_offline(False)
    await chosen.set_input_files({"name": "again.png", "mimeType": "image/png", "buffer": photo.getvalue()})
    await expect(page.get_by_label("Mã khoản thu")).to_have_value(code)
    assert len([it for it in fetched if "/decode-" in it]) == 1
