"""Every screen of an account and of a desk, reached and done with keys alone, with letters twice as large; and a line
that is cut when more of a list is asked for."""

import random
import re
from typing import Any

import psycopg
import pytest
from playwright.async_api import BrowserContext, Locator, Page, expect

from server.modules.privacy.rules.requests import Kind
from tests.browser.authenticator import unlocking
from tests.browser.chromium import Chromium, visiting
from tests.browser.office import AT_THE_DESK, Office
from tests.browser.test_accessibility import tab
from tests.browser.test_lost_phone import at_the_desk, desk_code, known_by
from tests.browser.test_sign_in import base, new_number
from tests.browser.wire import Wire

__all__ = ["base"]

pytestmark = [pytest.mark.browser, pytest.mark.long(20)]

KEYS: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "is_mobile": False, "has_touch": False}
TWICE = "addEventListener('DOMContentLoaded', () => (document.documentElement.style.fontSize = '200%'))"


async def reach(page: Page, target: Locator) -> None:
    """Press Tab until it has the focus, which is seen all the way."""
    await expect(target).to_be_attached()
    for _ in range(250):  # each row of a log has buttons of its own
        stop = await tab(page)
        if stop["tag"] == "BODY":  # once around
            continue
        assert stop["ring"] and not stop["covered"], stop
        if await target.evaluate("it => it === document.activeElement"):
            return
    raise AssertionError(f"the Tab key never came to {target}")


async def press(page: Page, target: Locator, key: str = "Enter") -> None:
    await reach(page, target)
    await page.keyboard.press(key)


async def follow(page: Page, name: str) -> None:
    """Along a link, to a screen that begins at its heading."""
    await press(page, page.get_by_role("main").get_by_role("link", name=name).first)
    await expect(page.get_by_role("heading", level=1)).to_be_focused()


async def fill(page: Page, field: Locator, text: str) -> None:
    await reach(page, field)
    await page.keyboard.press("Control+A")
    await page.keyboard.type(text)


async def more_after_the_line_was_cut(page: Page, wire: Wire, rows: Locator) -> None:
    """What stands there stays, why no more came is said, and it is offered again."""
    await expect(rows.nth(19)).to_be_attached()
    before = await rows.count()
    more = page.get_by_role("button", name="Xem thêm")
    wire.cut()
    await press(page, more)
    await expect(page.locator("main .said:not(:empty)")).to_have_count(1)
    await expect(rows).to_have_count(before)
    await expect(more).to_be_enabled()
    wire.mend()
    await press(page, more)
    await expect(rows.nth(before)).to_be_attached()
    await expect(page.locator("main .said:not(:empty)")).to_have_count(0)


@pytest.fixture
async def big(chromium: Chromium, wire: Wire) -> Any:
    async with visiting(chromium, wire.origin, **KEYS) as visitor:
        visitor.forgive(r"Failed to load resource.*(400|401|net::ERR)")
        await visitor.context.add_init_script(TWICE)
        yield visitor


async def test_a_resident(big: Any, wire: Wire, office: Office) -> None:
    resident = await office.resident("Danh Thị Sà Rươl")
    await office.looks(resident, times=25)
    page: Page = big.page
    main = page.get_by_role("main")
    await big.open("/sign-in?next=/account")
    await expect(page.locator("#phone")).to_be_focused()
    await page.keyboard.type(resident.phone.replace("+84", "0"))
    await page.keyboard.press("Enter")
    await expect(page.locator(".digits input")).to_be_focused()
    await page.keyboard.type(await page.locator(".shown-code").inner_text())
    await expect(page).to_have_url(re.compile("/account$"))
    assert await page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"

    await follow(page, "Thông tin của bạn")
    await fill(page, page.locator("#name"), "Danh Thị Sa Rươn")
    await page.keyboard.press("Enter")
    await expect(main.get_by_text("Đã lưu.")).to_be_visible()
    await follow(page, "Tài khoản của bạn")

    await follow(page, "Số định danh cá nhân")
    await fill(page, page.locator("#national-id"), f"096{random.randrange(10**9):09}")
    await page.keyboard.press("Enter")
    await expect(main.get_by_text("Đã lưu.")).to_be_visible()
    await press(page, main.get_by_role("button", name="Bỏ số này"))
    await expect(main.get_by_text("Đã bỏ số định danh.")).to_be_visible()
    await follow(page, "Tài khoản của bạn")

    await follow(page, "Máy đang đăng nhập")
    await follow(page, "Tài khoản của bạn")
    await follow(page, "Vân tay, khuôn mặt")
    await follow(page, "Tài khoản của bạn")

    await follow(page, "Dữ liệu và quyền riêng tư")
    await press(page, main.get_by_role("checkbox").first, "Space")
    await expect(main.get_by_text("Đã ghi nhận.")).to_be_visible()
    await follow(page, "Ai đã xem thông tin của bạn")
    await more_after_the_line_was_cut(page, wire, page.locator(".looks > li"))
    await follow(page, "Dữ liệu và quyền riêng tư")
    await follow(page, "Lấy về, sửa, xóa dữ liệu")
    await fill(page, page.locator("#note"), "Tên tôi bị viết sai dấu.")
    await press(page, main.get_by_role("button", name="Gửi yêu cầu"))
    await expect(main.get_by_text("Đã nhận yêu cầu của bạn.")).to_be_visible()
    await follow(page, "Dữ liệu và quyền riêng tư")
    await follow(page, "Tài khoản của bạn")

    await press(page, main.get_by_role("button", name="Đăng xuất"))
    sheet = page.get_by_role("dialog", name="Đăng xuất khỏi máy này?")
    await press(page, sheet.get_by_role("button", name="Đăng xuất"))
    await expect(page).to_have_url(f"{wire.origin}/")
    await big.open("/account")
    await expect(page.get_by_text("Bạn chưa đăng nhập")).to_be_visible()


async def focus_is_somewhere(page: Page) -> None:
    """What was pressed is gone, and whoever has no mouse is not thrown back to the beginning of the page."""
    await expect(page.locator("main :focus")).to_have_count(1)


async def test_a_lost_phone_a_passkey_a_lapse_and_the_end(
    chromium: Chromium, server: str, office: Office, base: psycopg.Connection[Any]
) -> None:
    resident = await office.resident("Lê Thị Không Chuột")
    number, new = resident.phone.replace("+84", "0"), new_number()
    code = await at_the_desk(server, base, number, "le thi khong chuot")
    async with visiting(chromium, server, **KEYS) as visitor:  # passkeys are bound to this address
        visitor.forgive(r"Failed to load resource.*401")
        await visitor.context.add_init_script(TWICE)
        page = visitor.page
        main, sheet = page.get_by_role("main"), page.get_by_role("dialog")
        phone = await unlocking(page, in_fields=False)

        # The desk's code and the new number bring the account back.
        await visitor.open("/sign-in")
        await follow(page, "Mất điện thoại hoặc đổi số?")
        await press(page, main.get_by_role("button", name="Tiếp tục"))
        await expect(desk_code(page)).to_be_focused()  # which is what is missing
        await page.keyboard.type(code)
        await fill(page, known_by(page), number)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Số điện thoại mới")
        await fill(page, page.locator("#phone"), new)
        await page.keyboard.press("Enter")
        await expect(page.locator(".digits input")).to_be_focused()
        await page.keyboard.type(await page.locator(".shown-code").inner_text())
        await expect(page.get_by_text("Tài khoản đã chuyển sang số mới.")).to_be_visible()

        # A passkey is made, named and removed.
        await follow(page, "Vân tay, khuôn mặt")
        await press(page, main.get_by_role("button", name="Bật trên máy này"))
        await expect(page.get_by_text("Đã bật.")).to_be_visible()
        assert len(await phone.held()) == 1
        await press(page, page.locator(".device").get_by_role("button", name="Đổi tên"))
        await fill(page, sheet.get_by_role("textbox"), "Máy tính của má")
        await page.keyboard.press("Enter")
        await expect(page.locator(".device")).to_contain_text("Máy tính của má")
        remove = page.locator(".device").get_by_role("button", name="Xóa")
        await press(page, remove)
        await expect(sheet).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator("dialog")).to_have_count(0)  # what is pressed sooner is pressed before it is gone
        await expect(remove).to_be_focused()
        await page.keyboard.press("Enter")
        await press(page, sheet.get_by_role("button", name="Xóa khóa này"))
        await expect(page.get_by_text("Bạn chưa bật trên máy nào.")).to_be_visible()
        await focus_is_somewhere(page)
        await follow(page, "Tài khoản của bạn")

        # The session lapses in the middle of a form, which is sent after all.
        await follow(page, "Thông tin của bạn")
        await fill(page, page.locator("#name"), "Lê Thị Chỉ Phím")
        base.execute("DELETE FROM identity_session WHERE resident_id = %s", [resident.id])
        base.execute("DELETE FROM core_count")
        await page.keyboard.press("Enter")
        await fill(page, sheet.locator("#phone"), new)
        await page.keyboard.press("Enter")
        await expect(sheet.locator(".digits input")).to_be_focused()
        await page.keyboard.type(await sheet.locator(".shown-code").inner_text())
        await expect(main.get_by_text("Đã lưu.")).to_be_visible()
        await focus_is_somewhere(page)
        await follow(page, "Tài khoản của bạn")

        # All is to be erased; and then not.
        await follow(page, "Dữ liệu và quyền riêng tư")
        await follow(page, "Lấy về, sửa, xóa dữ liệu")
        await reach(page, main.get_by_role("radio").first)
        await page.keyboard.press("ArrowUp")
        await expect(main.get_by_role("radio", name="Xóa tài khoản và dữ liệu")).to_be_checked()
        send = main.get_by_role("button", name="Gửi yêu cầu")
        await press(page, send)
        await press(page, sheet.get_by_role("button", name="Không, giữ lại"))
        await expect(page.locator("dialog")).to_have_count(0)
        await expect(send).to_be_focused()
        await page.keyboard.press("Enter")
        await press(page, sheet.get_by_role("button", name="Có, gửi yêu cầu xóa"))
        await press(page, page.locator(".asked").get_by_role("button", name="Rút yêu cầu"))
        await expect(page.locator(".asked")).to_contain_text("Bạn đã rút")
        await focus_is_somewhere(page)


async def test_staff(big: Any, wire: Wire, office: Office, base: psycopg.Connection[Any]) -> None:
    base.execute("DELETE FROM privacy_request")
    resident = await office.resident("Trương Văn Hỏi")
    await office.asks(resident, Kind.CORRECTION, "Tên tôi bị viết sai dấu.")
    await office.looks(resident, times=60)
    officer = await office.hire("identity:administer", "identity:recover", "privacy:audit", "privacy:decide")
    await officer.enter(big.context)
    page: Page = big.page
    main = page.get_by_role("main")

    # The half-yearly review says in words what somebody may do.
    await big.open("/staff/review")
    await expect(main).to_contain_text("Quản lý tài khoản cán bộ và vai trò")
    await expect(main).not_to_contain_text("identity:administer")

    await big.open("/staff/requests")
    await follow(page, "Sửa dữ liệu sai")
    await reach(page, main.get_by_role("radio").first)
    await page.keyboard.press("ArrowDown")
    await expect(main.get_by_role("radio", name="Từ chối")).to_be_checked()
    await fill(page, main.get_by_label("Câu trả lời", exact=True), "Giấy tờ ghi đúng như hiện nay.")
    await press(page, main.get_by_role("button", name="Gửi quyết định"))
    await expect(main).to_contain_text("Đã từ chối")

    await big.open("/staff/recovery")
    await fill(page, main.get_by_label("Họ tên trên giấy tờ", exact=True), "truong van hoi")
    await fill(page, main.get_by_label("Số điện thoại cũ hoặc số định danh"), resident.phone.replace("+84", "0"))
    await page.keyboard.press("Enter")
    await press(page, main.get_by_role("checkbox", name="Tôi đã xem giấy tờ gốc, đúng là người này."), "Space")
    await press(page, main.get_by_role("button", name="Cấp mã"))
    await expect(main.locator(".shown-code")).to_have_text(re.compile(r"^\d{4} \d{4}$"))

    await big.open(f"/staff/audit?subject={resident.id}&act=look:privacy")
    await more_after_the_line_was_cut(page, wire, page.locator(".log > li"))

    # A role made, given another permission, and taken away again.
    await big.open("/staff/roles")
    await press(page, main.get_by_role("button", name="Thêm vai trò"))
    sheet = page.get_by_role("dialog")
    role = f"Tổ bàn phím {random.randrange(10**9)}"
    await fill(page, sheet.get_by_role("textbox"), role)
    await press(page, sheet.get_by_role("checkbox").first, "Space")
    await press(page, sheet.locator("[type=submit]"))
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(main.locator(".told")).to_contain_text(role)
    await press(page, main.get_by_role("button", name=f"Sửa {role}"))
    await press(page, page.get_by_role("dialog").get_by_role("checkbox").nth(1), "Space")
    await press(page, page.get_by_role("dialog").locator("[type=submit]"))
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await press(page, main.get_by_role("button", name=f"Sửa {role}"))
    await press(page, page.get_by_role("dialog").locator(".button.bad"))
    await expect(main.get_by_role("button", name=f"Sửa {role}")).to_have_count(0)

    # A system of a partner: its secret is shown once, its permissions are changed, it is disabled.
    await big.open("/staff/partners")
    system = f"Hệ thống bàn phím {random.randrange(10**9)}"
    await press(page, main.get_by_role("button", name="Thêm hệ thống"))
    await fill(page, page.get_by_role("dialog").get_by_role("textbox").first, system)
    await fill(page, page.get_by_role("dialog").get_by_role("textbox").nth(1), "dossiers:intake")
    await press(page, page.get_by_role("dialog").locator("[type=submit]"))
    await expect(page.locator(".once")).to_be_visible()
    own = main.locator(".panel").filter(has_text=system).last
    await expect(own).to_contain_text("dossiers:intake")
    first = await page.locator(".once").inner_text()
    await press(page, own.get_by_role("button", name="Sửa quyền"))
    await expect(own.get_by_role("textbox")).to_be_focused()
    await fill(page, own.get_by_role("textbox"), "payments:bill")
    await press(page, own.locator("[type=submit]"))
    await expect(own.locator(".words")).to_contain_text("payments:bill")
    await press(page, own.get_by_role("button", name="Cấp khóa mới"))
    await press(page, page.get_by_role("dialog").get_by_role("button", name="Cấp khóa mới"))
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator(".once")).not_to_have_text(first)
    await press(page, own.get_by_role("button", name="Khóa", exact=True))
    await expect(own.locator(".tag.bad")).to_be_visible()

    # Another language: what the server had said is asked for again.
    await big.open("/staff/roles")
    await expect(main).to_contain_text("Quản lý tài khoản cán bộ và vai trò")
    await choose_in_another_tab(big.context, wire.origin, "English")
    await expect(main).to_contain_text("Manage staff accounts and roles")


async def test_a_day_at_the_desk(big: Any, office: Office) -> None:
    """Taken in, asked for papers, moved on and handed over."""
    await office.opens_a_desk()
    resident = await office.resident("Danh Thị Sà Rươl")
    officer = await office.hire(*AT_THE_DESK)
    await officer.enter(big.context)
    page: Page = big.page
    main = page.get_by_role("main")
    await big.open("/staff/dossiers")
    await follow(page, "Tiếp nhận hồ sơ")
    await fill(page, main.get_by_label("Thủ tục", exact=True), "dang ky khai sinh")
    await press(page, main.get_by_role("button", name=re.compile("^Thủ tục đăng ký khai sinh 1.001193")))
    # What was pressed is gone; the way back stands in its place.
    await expect(main.get_by_role("button", name="Đổi", exact=True)).to_be_focused()
    await press(page, main.locator(".paper-line input").first, "Space")
    await expect(main.get_by_role("combobox", name=re.compile("^Loại bản"))).to_be_visible()
    await fill(page, main.get_by_label("Họ tên", exact=True), resident.name)
    await fill(page, main.get_by_label("Số điện thoại", exact=True), resident.phone.replace("+84", "0"))
    await reach(page, main.get_by_role("radio", name="Tại quầy"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Đã tiếp nhận hồ sơ")
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    code = await page.locator(".big-code").inner_text()
    await follow(page, "Mở hồ sơ")

    await press(page, main.get_by_text("Việc khác"))
    await press(page, main.get_by_role("button", name="Yêu cầu bổ sung", exact=True))
    sheet = page.get_by_role("dialog", name="Yêu cầu bổ sung")
    await fill(page, sheet.get_by_label("Giấy tờ cần bổ sung", exact=True), "Giấy chứng sinh")
    await fill(page, sheet.get_by_label("Lý do", exact=True), "Bản nộp đã mờ")
    await press(page, sheet.get_by_role("button", name="Yêu cầu bổ sung", exact=True))
    await expect(main.get_by_text("Đã ghi: Yêu cầu bổ sung.")).to_be_visible()
    await expect(page.get_by_role("dialog")).to_have_count(0)

    await press(page, main.get_by_role("button", name="Bắt tay giải quyết", exact=True))
    await expect(main.get_by_text("Đã ghi: Bắt tay giải quyết.")).to_be_visible()
    await press(page, main.get_by_role("button", name="Báo có kết quả", exact=True))
    await press(page, page.get_by_role("dialog").get_by_role("button", name="Báo có kết quả", exact=True))
    await expect(main.get_by_text("Đã ghi: Báo có kết quả.")).to_be_visible()

    # Handed over with others at once, from the list of what waits to be collected.
    await follow(page, "Hồ sơ")
    await press(page, page.get_by_role("navigation", name="Hồ sơ").get_by_role("link", name=re.compile("Chờ trả")))
    await press(page, main.get_by_role("button", name="Làm nhiều hồ sơ"))
    await reach(page, main.get_by_label("Việc", exact=True))
    await page.keyboard.press("End")
    await page.keyboard.press("ArrowUp")
    await expect(main.get_by_label("Việc", exact=True)).to_have_value("hand-over")
    await press(page, main.get_by_role("checkbox", name=re.compile(code)), "Space")
    await press(page, main.get_by_role("button", name="Làm với 1 hồ sơ"))
    await expect(main.get_by_text("Xong 1 trên 1 hồ sơ.")).to_be_visible()


async def choose_in_another_tab(context: BrowserContext, origin: str, language: str) -> None:
    settings = await context.new_page()
    await settings.goto(f"{origin}/staff/account")
    await settings.get_by_role("radio", name=language).check()
    await settings.close()
