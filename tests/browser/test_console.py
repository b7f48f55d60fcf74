"""Staff at their desks: who comes in, what they see, how a sensitive act is proved, and that nothing typed is lost."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from itertools import count
from typing import Any

import psycopg
import pyotp
import pytest
from playwright.async_api import Locator, Page, expect

from server.modules.privacy.rules.requests import Kind
from tests.browser.chromium import Chromium, Visitor, visiting
from tests.browser.office import PASSWORD, Member, Office
from tests.browser.screens import until_ready_for_offline
from tests.browser.test_accessibility import press_until, tab
from tests.browser.test_safety import cached
from tests.browser.test_sign_in import UNTIL_READ, base

__all__ = ["base"]

pytestmark = pytest.mark.browser

DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "is_mobile": False, "has_touch": False}
Sit = Callable[..., Awaitable[Visitor]]


@pytest.fixture
async def sit(chromium: Chromium, server: str) -> AsyncIterator[Sit]:
    """Opens the console on a machine of its own: `await sit(member, "/staff/people")`."""
    async with AsyncExitStack() as stack:

        async def sit(member: Member | None = None, path: str = "/staff", **machine: Any) -> Visitor:
            visitor = await stack.enter_async_context(visiting(chromium, server, **(DESK | machine)))
            # Whoever is asked to sign in again, or refused, finds it in the browser's own log too.
            visitor.forgive(r"Failed to load resource.*(400|401)")
            if member:
                await member.enter(visitor.context)
            await visitor.open(path)
            return visitor

        yield sit


@pytest.fixture
def many_requests(base: psycopg.Connection[Any]) -> Iterator[None]:
    """105 about people's data and no other; none is left."""
    base.execute("DELETE FROM privacy_request")
    base.execute(
        "INSERT INTO privacy_request (id, created_at, resident_id, kind, state, due_at, version)"
        " SELECT gen_random_uuid(), now(), gen_random_uuid(), 'stop', 'open',"
        " date_trunc('day', now()) + (1 + it / 50) * interval '1 day', 1 FROM generate_series(1, 105) AS it"
    )
    yield
    base.execute("DELETE FROM privacy_request")


@pytest.fixture
def many_findings(base: psycopg.Connection[Any]) -> Iterator[None]:
    """105 of the reconciliation beside what it has found itself; none of them is left."""
    base.execute(
        "INSERT INTO payments_finding (id, created_at, updated_at, kind, about, detail, at)"
        " SELECT gen_random_uuid(), now(), now(), 'gateway-differs', 'many/' || it,"
        " jsonb_build_object('amount', 1000 + it), now() FROM generate_series(1, 105) AS it"
    )
    yield
    base.execute("DELETE FROM payments_finding WHERE about LIKE 'many/%'")


def button(where: Page | Locator, name: str | re.Pattern[str]) -> Locator:
    return where.get_by_role("button", name=name, exact=True)


def field(where: Page | Locator, label: str) -> Locator:
    return where.get_by_label(label, exact=True)


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def said(where: Page | Locator) -> Locator:
    return where.locator(".said:not(:empty)")


async def give_password(where: Page | Locator, login: str, password: str = PASSWORD) -> None:
    await field(where, "Tên đăng nhập").fill(login)
    await field(where, "Mật khẩu").fill(password)
    await button(where, "Tiếp tục").click()


async def sign_in(page: Page, member: Member, steps: int = 0) -> None:
    await give_password(page, member.login)
    await field(page, "Mã 6 số").fill(member.code(steps))


def menu(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Danh mục").get_by_role("link")


def wrong(member: Member) -> str:
    """A code that is none."""
    near = {member.code(steps) for steps in range(-2, 4)}
    return next(
        code for code in ("000000", "111111", "222222", "333333", "444444", "555555", "666666") if code not in near
    )


async def use_passkeys(page: Page) -> None:
    """This machine has a fingerprint reader, and the right finger lies on it."""
    machine = await page.context.new_cdp_session(page)
    await machine.send("WebAuthn.enable")
    reader = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    await machine.send("WebAuthn.addVirtualAuthenticator", {"options": reader})


class TestSigningIn:
    async def test_password_and_code_lead_to_the_screen_that_was_wanted(self, sit: Sit, office: Office) -> None:
        member = await office.hire("privacy:audit")
        page = (await sit(path="/staff/audit")).page
        await expect(heading(page)).to_have_text("Đăng nhập")
        await give_password(page, member.login, "không phải mật khẩu")
        await expect(said(page)).to_have_text("Tên đăng nhập hoặc mật khẩu không đúng.")
        await give_password(page, member.login)
        code = field(page, "Mã 6 số")
        await expect(code).to_be_focused()
        await page.keyboard.type(wrong(member))
        await expect(said(page)).to_have_text("Mã chưa đúng hoặc vừa đổi. Bạn nhập mã đang hiện trong ứng dụng.")
        await expect(code).to_have_value("")
        await expect(code).to_be_focused()
        await page.keyboard.type(member.code())
        await expect(heading(page)).to_have_text("Nhật ký hoạt động")
        # A reload asks nobody again, and leaving leaves nothing behind.
        await page.reload()
        await expect(heading(page)).to_have_text("Nhật ký hoạt động")
        await button(page, "Đăng xuất").click()
        await expect(heading(page)).to_have_text("Đăng nhập")
        assert await page.evaluate("JSON.parse(localStorage.session ?? 'null')") is None

    async def test_whoever_looks_into_the_app_of_residents_asks_for_nothing_of_theirs(
        self, sit: Sit, office: Office
    ) -> None:
        visitor = await sit(await office.hire("dossiers:read"))
        await expect(menu(visitor.page).first).to_be_visible()
        # What would be refused would stand in the browser's log.
        theirs = ("/", "/inbox", "/account", "/payments", "/reports", "/dossiers", "/dossiers/H12.998-1-1")
        for path in ("/notifications", "/notifications/following", *theirs):
            await visitor.open(path)
            await visitor.page.wait_for_load_state("networkidle")
        await expect(button(visitor.page, "Xem hồ sơ")).to_be_visible()

    async def test_five_wrong_passwords_stop_this_browser_and_no_other(self, sit: Sit, office: Office) -> None:
        member = await office.hire()
        visitor = await sit()
        visitor.forgive("429")
        page = visitor.page
        for _ in range(5):
            async with page.expect_response("**/staff-sign-in/password"):
                await give_password(page, member.login, "không phải mật khẩu")
            await expect(button(page, "Tiếp tục")).to_be_enabled()
        await give_password(page, member.login)
        await expect(said(page)).to_have_text(re.compile(r"quá nhiều lần.* 15 phút"))
        # Somebody else did this to them: at their own machine they come in.
        own = (await sit()).page
        await sign_in(own, member)
        await expect(heading(own)).to_have_text("Việc đang chờ")

    async def test_a_passkey_is_enough(self, sit: Sit, office: Office) -> None:
        member = await office.hire("identity:recover")
        page = (await sit(member, "/staff/account")).page
        await use_passkeys(page)
        await button(page, "Thêm khóa truy cập").click()
        await expect(page.get_by_text("Đã thêm khóa truy cập.")).to_be_visible()
        await button(page, "Đăng xuất").click()
        await button(page, "Dùng khóa truy cập (passkey)").click()
        await expect(heading(page)).to_have_text("Việc đang chờ")
        # It proves a sensitive act as well.
        await office.outdate(member)
        await page.get_by_role("link", name="Tài khoản của tôi").click()
        await page.get_by_role("button", name="Gỡ").click()
        sheet = page.get_by_role("dialog", name="Gỡ khóa truy cập")
        await button(sheet, "Gỡ").click()
        await button(page.get_by_role("dialog", name="Xác nhận chính là bạn"), "Dùng khóa truy cập (passkey)").click()
        await expect(page.get_by_text("Đã gỡ khóa truy cập.")).to_be_visible()

    async def test_the_demonstration_shows_the_code_and_only_its_own_people_s(self, sit: Sit) -> None:
        page = (await sit()).page
        await give_password(page, "motcua", "thu-nghiem-ung-dung")
        await expect(page.locator(".note.warn")).to_contain_text("Đây là bản dùng thử")
        await button(page, "Điền mã này").click()
        await expect(menu(page)).to_have_text(
            ["Việc đang chờ", "Gọi tôi", "Hồ sơ", "Phản ánh", "Thanh toán", "Người dân mất điện thoại", "Số liệu tháng"]
        )

    async def test_the_worker_of_the_residents_app_leaves_the_console_alone(self, sit: Sit, office: Office) -> None:
        visitor = await sit(await office.hire(), "/about")
        await until_ready_for_offline(visitor.page)
        await visitor.open("/staff/account")
        await expect(heading(visitor.page)).to_have_text("Tài khoản của tôi")
        assert not [url for url in await cached(visitor.page) if "staff" in url]


class TestANewColleague:
    async def test_from_the_account_to_the_menu_of_their_role(self, sit: Sit, office: Office) -> None:
        chief = await office.hire("identity:administer", name="Võ Thị Chánh")
        page = (await sit(chief, "/staff/people")).page
        await page.get_by_role("main").get_by_role("link", name="Thêm cán bộ").click()
        await field(page, "Họ tên").fill("ថាច់ សុភា")
        await field(page, "Tên đăng nhập").fill("Không Được")
        await button(page, "Tạo tài khoản").click()
        await expect(said(page)).to_have_text("Chọn nơi làm việc")
        await page.get_by_role("button", name="Nơi làm việc").click()
        await page.get_by_role("searchbox").fill("phuong 8")
        await page.get_by_role("button", name=re.compile("^Phường Lý Văn Lâm")).click()
        await page.get_by_role("checkbox", name="Cán bộ một cửa").check()
        await button(page, "Tạo tài khoản").click()
        await expect(field(page, "Tên đăng nhập")).to_have_attribute("aria-invalid", "true")
        # Nothing that was typed is lost by a reload.
        await page.reload()
        await expect(page.get_by_role("checkbox", name="Cán bộ một cửa")).to_be_checked()
        login = f"thach-{chief.login}"
        await field(page, "Tên đăng nhập").fill(login)
        await button(page, "Tạo tài khoản").click()
        await expect(heading(page)).to_have_text("Đã tạo tài khoản")
        link = await page.locator(".once").inner_text()

        visitor = await sit(path="/staff/first-password" + link.split("/staff/first-password")[1])
        page = visitor.page
        await expect(page.get_by_text(login)).to_be_visible()
        await field(page, "Mật khẩu mới").fill("ngắn quá")
        await expect(button(page, "Chọn mật khẩu này")).to_be_disabled()
        await field(page, "Mật khẩu mới").fill("mật khẩu mật khẩu")
        await button(page, "Chọn mật khẩu này").click()
        await expect(said(page)).to_be_visible()
        await field(page, "Mật khẩu mới").fill(PASSWORD)
        await button(page, "Chọn mật khẩu này").click()
        await expect(heading(page)).to_have_text("Cài ứng dụng xác thực")
        await page.get_by_text("Không quét được?").click()
        secret = (await page.locator(".once").inner_text()).replace(" ", "")
        await field(page, "Mã 6 số").fill(pyotp.TOTP(secret).now())
        await expect(heading(page)).to_have_text("Tài khoản của tôi")
        await expect(page.get_by_text("Bạn đã vào được")).to_be_visible()
        await expect(menu(page)).to_have_text(
            ["Việc đang chờ", "Gọi tôi", "Hồ sơ", "Thanh toán", "Người dân mất điện thoại", "Số liệu tháng"]
        )
        # An address that is known does not open what is not theirs.
        visitor.forgive("403")
        await visitor.open("/staff/people")
        await expect(page.get_by_role("main")).to_contain_text("Bạn không có quyền làm việc này")

    async def test_a_link_works_once(self, sit: Sit, office: Office) -> None:
        link = await office.link()
        page = (await sit(path=link)).page
        await field(page, "Mật khẩu mới").fill(PASSWORD)
        await button(page, "Chọn mật khẩu này").click()
        await expect(heading(page)).to_have_text("Cài ứng dụng xác thực")
        second = (await sit(path=link)).page
        await expect(said(second)).to_contain_text("Đường dẫn này đã dùng rồi hoặc đã hết hạn")
        await second.get_by_role("link", name="Đến trang đăng nhập").click()
        await expect(heading(second)).to_have_text("Đăng nhập")

    async def test_whoever_is_disabled_is_out_with_the_next_click(self, sit: Sit, office: Office) -> None:
        gone = await office.hire("identity:recover", "privacy:audit", name="Trần Văn Nghỉ")
        theirs = (await sit(gone, "/staff/recovery")).page
        await field(theirs, "Họ tên trên giấy tờ").fill("Nguyễn Thị Bé Năm")

        page = (await sit(await office.hire("identity:administer"), f"/staff/people/{gone.id}")).page
        await button(page, "Khóa").click()
        sheet = page.get_by_role("dialog", name="Khóa")
        await field(sheet, "Lý do").fill("Nghỉ việc từ hôm nay.")
        await button(sheet, "Khóa").click()
        await expect(page.get_by_text("Nghỉ việc từ hôm nay.")).to_be_visible()
        await expect(page.get_by_role("main").get_by_text("Đã khóa", exact=True)).to_be_visible()

        await theirs.get_by_role("link", name="Nhật ký hoạt động").click()
        await expect(heading(theirs)).to_have_text("Đăng nhập")
        await expect(theirs.locator(".note.warn")).to_contain_text("đã được đăng xuất từ nơi khác")
        # Nothing of theirs is left, and nothing brings them back.
        assert await theirs.evaluate("JSON.parse(localStorage.session ?? 'null')") is None
        await give_password(theirs, gone.login)
        await expect(said(theirs)).to_have_text("Tên đăng nhập hoặc mật khẩu không đúng.")

    async def test_a_cookie_that_was_ended_elsewhere_asks_for_a_sign_in_once(self, sit: Sit, office: Office) -> None:
        member = await office.hire("privacy:audit")
        await office.end_elsewhere(member)
        # This browser remembers nobody, so there is nothing to wipe and nothing to begin afresh.
        page = (await sit(member, "/staff/audit")).page
        await sign_in(page, member)
        await expect(heading(page)).to_have_text("Nhật ký hoạt động")

    async def test_roles_are_a_matrix_that_can_be_changed(self, sit: Sit, office: Office) -> None:
        clerk = await office.hire("identity:recover", role="Văn thư lưu trữ")
        theirs = (await sit(clerk)).page
        page = (await sit(await office.hire("identity:administer"), "/staff/roles")).page
        await button(page, "Sửa Văn thư lưu trữ").click()
        sheet = page.get_by_role("dialog", name="Sửa vai trò")
        await sheet.get_by_role("checkbox", name="Đọc nhật ký kiểm toán").check()
        await button(sheet, "Lưu").click()
        await expect(page.get_by_text("Đã lưu vai trò “Văn thư lưu trữ”.")).to_be_visible()
        column = page.locator(".matrix thead th").filter(has_text="Văn thư lưu trữ")
        place = await column.evaluate("cell => cell.cellIndex")
        row = page.locator(".matrix tbody tr").filter(has_text="privacy:audit")
        await expect(row.locator("th, td").nth(place)).to_have_text("Có")
        # Whoever has the role takes the new permissions with a new sign-in.
        await theirs.reload()
        await expect(theirs.locator(".note.warn")).to_contain_text("đã được đăng xuất từ nơi khác")
        await sign_in(theirs, clerk)
        await expect(menu(theirs)).to_have_text(
            ["Việc đang chờ", "Gọi tôi", "Người dân mất điện thoại", "Nhật ký hoạt động"]
        )

    async def test_a_forgotten_password_ends_and_a_link_leads_to_another(self, sit: Sit, office: Office) -> None:
        forgetful = await office.hire(name="Lâm Thị Quên")
        page = (await sit(await office.hire("identity:administer"), "/staff/people")).page
        await page.get_by_role("searchbox").fill("lam thi quen")
        await page.get_by_role("table").get_by_role("link", name="Lâm Thị Quên").click()
        await button(page, "Cấp đường dẫn mới").click()
        await button(page.get_by_role("dialog"), "Cấp đường dẫn mới").click()
        await expect(page.get_by_text("Đường dẫn dùng một lần, chỉ hiện lần này")).to_be_visible()
        link = await page.locator(".once").inner_text()
        await expect(page.get_by_text("Chờ chọn mật khẩu")).to_be_visible()
        await page.reload()
        await expect(page.locator(".once")).to_have_count(0)

        theirs = (await sit()).page
        await give_password(theirs, forgetful.login)
        await expect(said(theirs)).to_have_text("Tên đăng nhập hoặc mật khẩu không đúng.")
        await theirs.goto(
            "/".join(theirs.url.split("/")[:3]) + "/staff/first-password" + link.split("first-password")[1]
        )
        await field(theirs, "Mật khẩu mới").fill(PASSWORD + " nữa")
        await button(theirs, "Chọn mật khẩu này").click()
        # Their authenticator is still the same.
        await expect(heading(theirs)).to_have_text("Nhập mã trong ứng dụng xác thực")
        await field(theirs, "Mã 6 số").fill(forgetful.code())
        await expect(heading(theirs)).to_have_text("Tài khoản của tôi")

    async def test_a_system_s_secret_is_told_once(self, sit: Sit, office: Office) -> None:
        chief = await office.hire("identity:administer")
        page = (await sit(chief, "/staff/partners")).page
        name = f"Cổng {chief.login}"
        await button(page, "Thêm hệ thống").click()
        sheet = page.get_by_role("dialog", name="Thêm hệ thống")
        await field(sheet, "Tên hệ thống").fill(name)
        await button(sheet, "Thêm hệ thống").click()
        first = await page.locator(".once").inner_text()
        await page.reload()
        system = page.get_by_role("main").get_by_role("listitem").filter(has_text=name)
        await expect(system).to_be_visible()
        await expect(page.locator(".once")).to_have_count(0)
        await button(system, "Cấp khóa mới").click()
        await button(page.get_by_role("dialog"), "Cấp khóa mới").click()
        await expect(page.locator(".once")).not_to_have_text(first)
        await button(system, "Khóa").click()
        await expect(system.get_by_text("Đã khóa").first).to_be_visible()


class TestProof:
    """A sensitive act in the middle of a form."""

    async def begun(self, sit: Sit, office: Office) -> tuple[Page, Member]:
        chief, other = await office.hire("identity:administer"), await office.hire(name="Lê Văn Cũ")
        page = (await sit(chief, f"/staff/people/{other.id}")).page
        await field(page, "Họ tên").fill("Lê Văn Mới")
        await page.get_by_role("checkbox", name="Cán bộ một cửa").check()
        await office.outdate(chief)
        await button(page, "Lưu").click()
        await expect(page.get_by_role("dialog", name="Xác nhận chính là bạn")).to_be_visible()
        return page, chief

    async def test_is_given_and_the_act_goes_on_by_itself(self, sit: Sit, office: Office) -> None:
        page, chief = await self.begun(sit, office)
        await expect(field(page, "Mã 6 số")).to_be_focused()
        await page.keyboard.type(wrong(chief))
        await expect(said(page.get_by_role("dialog"))).to_contain_text("Mã chưa đúng")
        await page.keyboard.type(chief.code())
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(page.get_by_text("Đã lưu.")).to_be_visible()
        await page.reload()
        await expect(heading(page)).to_have_text("Lê Văn Mới")
        await expect(page.get_by_role("checkbox", name="Cán bộ một cửa")).to_be_checked()

    async def test_the_session_may_end_meanwhile(self, sit: Sit, office: Office) -> None:
        page, chief = await self.begun(sit, office)
        await expect(field(page, "Mã 6 số")).to_be_focused()
        await office.sign_out(chief)
        await page.keyboard.type(chief.code())
        # Signing in is a proof too: one door, and the act goes on.
        door = page.get_by_role("dialog", name="Đăng nhập lại để làm tiếp")
        await give_password(door, chief.login)
        await field(page, "Mã 6 số").fill(chief.code())
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(page.get_by_text("Đã lưu.")).to_be_visible()

    async def test_is_not_given_and_nothing_is_lost(self, sit: Sit, office: Office) -> None:
        page, _ = await self.begun(sit, office)
        await page.keyboard.press("Escape")
        await expect(said(page)).to_have_text("Bạn chưa xác nhận nên chưa có gì thay đổi.")
        await expect(field(page, "Họ tên")).to_have_value("Lê Văn Mới")
        await page.reload()
        await expect(heading(page)).to_have_text("Lê Văn Cũ")
        await expect(field(page, "Họ tên")).to_have_value("Lê Văn Mới")
        await expect(page.get_by_role("checkbox", name="Cán bộ một cửa")).to_be_checked()


class TestLapse:
    """The session ends in the middle of a form."""

    async def begun(self, sit: Sit, office: Office) -> tuple[Page, Member]:
        chief = await office.hire("identity:administer")
        page = (await sit(chief, "/staff/people/new")).page
        await field(page, "Họ tên").fill("Ngô Thị Dở Dang")
        await page.get_by_role("button", name="Nơi làm việc").click()
        await button(page, "Phường Lý Văn Lâm").click()
        await field(page, "Tên đăng nhập").fill(f"dodang-{chief.login}")
        await office.sign_out(chief)
        await button(page, "Tạo tài khoản").click()
        return page, chief

    def door(self, page: Page) -> Locator:
        return page.get_by_role("dialog", name="Đăng nhập lại để làm tiếp")

    async def test_the_form_waits_behind_a_door_and_is_sent(self, sit: Sit, office: Office) -> None:
        page, chief = await self.begun(sit, office)
        await expect(self.door(page)).to_contain_text("Những gì bạn đang nhập vẫn còn nguyên")
        # Nobody else reads on meanwhile, and no key leads past the door.
        await page.keyboard.press("Escape")
        await expect(self.door(page)).to_be_visible()
        veil = "getComputedStyle(document.querySelector('dialog'), '::backdrop').backgroundColor"
        assert "rgba" not in await page.evaluate(veil)
        await give_password(self.door(page), chief.login)
        await field(page, "Mã 6 số").fill(chief.code())
        await expect(heading(page)).to_have_text("Đã tạo tài khoản")
        await expect(page.get_by_text("Ngô Thị Dở Dang")).to_be_visible()

    async def test_somebody_else_neither_sees_nor_sends_it(
        self, sit: Sit, office: Office, base: psycopg.Connection[Any]
    ) -> None:
        page, chief = await self.begun(sit, office)
        other = await office.hire("identity:administer")
        await give_password(self.door(page), other.login)
        await field(page, "Mã 6 số").fill(other.code())
        await expect(heading(page)).to_have_text("Việc đang chờ")
        await page.get_by_role("main").get_by_role("link", name="Thêm cán bộ").click()
        await expect(field(page, "Họ tên")).to_have_value("")
        made = "SELECT count(*) FROM identity_staff WHERE login = %s"
        assert base.execute(made, [f"dodang-{chief.login}"]).fetchone() == (0,)

    async def test_the_end_is_said_before_it_comes(self, sit: Sit, office: Office) -> None:
        visitor = await sit(None, "/about")
        member = await office.hire("privacy:audit")
        await visitor.page.clock.install()
        await member.enter(visitor.context)
        # The console asks who is there, and then whoever watches over the session from here.
        times = count(1)
        async with visitor.page.expect_response(
            lambda reply: reply.url.endswith("/api/identity/session") and next(times) == 2
        ):
            await visitor.open("/staff")
        await expect(heading(visitor.page)).to_have_text("Việc đang chờ")
        await visitor.page.wait_for_load_state("networkidle")
        await visitor.page.evaluate(UNTIL_READ)
        await visitor.page.clock.fast_forward("13:30")
        warning = visitor.page.get_by_role("alert").filter(has_text="Sắp tự đăng xuất")
        await expect(warning).to_be_visible()
        await visitor.page.get_by_role("button", name="Tôi vẫn đang dùng").dispatch_event("click")
        await expect(warning).to_have_count(0)


class TestTheDesk:
    async def test_a_lost_phone_and_who_reads_of_it(self, sit: Sit, office: Office) -> None:
        resident = await office.resident("Danh Thị Sà Rươl")
        officer = await office.hire("identity:recover")
        visitor = await sit(officer, "/staff/recovery")
        visitor.forgive("404")
        page, number = visitor.page, resident.phone.replace("+84", "0")
        await field(page, "Họ tên trên giấy tờ").fill("Danh Thị Khác")
        await field(page, "Số điện thoại cũ hoặc số định danh").fill(number)
        await button(page, "Tìm tài khoản").click()
        await expect(page.get_by_text("Không có tài khoản nào khớp")).to_be_visible()
        await field(page, "Họ tên trên giấy tờ").fill("danh thi sa ruol")
        await button(page, "Tìm tài khoản").click()
        await expect(page.get_by_role("main")).to_contain_text("Danh Thị Sà Rươl")
        give = button(page, "Cấp mã")
        await expect(give).to_be_disabled()
        await page.get_by_role("checkbox", name="Tôi đã xem giấy tờ gốc, đúng là người này.").check()
        await give.click()
        await expect(page.locator(".shown-code")).to_have_text(re.compile(r"^\d{4} \d{4}$"))

        # Both the look and the code stand in the log, by id and without a name.
        page = (await sit(await office.hire("privacy:audit"), f"/staff/audit?subject={resident.id}")).page
        lines = page.get_by_role("list", name="Nhật ký hoạt động").get_by_role("listitem")
        acts = ["Cấp mã tại quầy cho người mất điện thoại", "Xem hồ sơ người dân tại quầy"]
        await expect(lines).to_contain_text(acts)
        await expect(page.get_by_role("main")).not_to_contain_text("Sà Rươl")
        await field(page, "Việc").select_option("look:identity")
        await expect(lines).to_have_count(1)
        await expect(page).to_have_url(re.compile("act=look"))
        await field(page, "Ai làm").fill("không phải mã")
        await button(page, "Lọc").click()
        await expect(said(page)).to_contain_text("chưa phải là một mã đầy đủ")

    async def test_a_request_is_decided_before_the_law_s_day(
        self, sit: Sit, office: Office, server: str, base: psycopg.Connection[Any]
    ) -> None:
        base.execute("DELETE FROM privacy_request")
        resident = await office.resident("Trương Văn Hỏi")
        await office.asks(resident, Kind.ERASURE, "Tôi không dùng nữa.")
        await office.asks(resident, Kind.CORRECTION, "Tên tôi bị viết sai dấu.", days_ago=12)
        visitor = await sit(await office.hire("privacy:decide"))
        page = visitor.page
        await expect(page.get_by_text("1 quá hạn")).to_be_visible()
        await page.get_by_role("link", name="Xem tất cả").click()
        # Ten days for a correction, twenty for an erasure; the most urgent first.
        rows = page.locator("tbody tr")
        await expect(rows).to_contain_text(["quá hạn 2 ngày", "còn 20 ngày"])
        await rows.first.get_by_role("link").click()
        await expect(heading(page)).to_have_text("Sửa dữ liệu sai")
        await expect(page.get_by_text("Người dân được báo về lần xem này")).to_be_visible()
        await expect(page.get_by_text("Tên tôi bị viết sai dấu.")).to_be_visible()

        await button(page, "Gửi quyết định").click()
        await expect(said(page)).to_have_text("Bạn chọn chấp thuận hoặc từ chối.")
        await page.get_by_role("radio", name="Từ chối").check()
        answer = field(page, "Câu trả lời")
        await button(page, "Gửi quyết định").click()
        assert await answer.evaluate("field => field.validity.valueMissing")
        await answer.fill("Giấy tờ ghi đúng như hiện nay.")
        await button(page, "Gửi quyết định").click()
        await expect(page.get_by_role("main")).to_contain_text("Đã từ chối")
        await expect(page.get_by_text("Giấy tờ ghi đúng như hiện nay.")).to_be_visible()
        await visitor.open("/staff/requests")
        await expect(rows).to_have_count(1)
        state, looks = base.execute(
            "SELECT (SELECT string_agg(state, ' ' ORDER BY due_at) FROM privacy_request),"
            " (SELECT count(*) FROM core_audit WHERE act = 'look:privacy' AND subject_id = %s)",
            [str(resident.id)],
        ).fetchone() or ("", 0)
        # It was opened, and the decision showed it once more.
        assert (state, looks) == ("refused open", 2)

    @pytest.mark.usefixtures("many_requests")
    async def test_more_requests_than_one_page_shows_are_all_reached(self, sit: Sit, office: Office) -> None:
        page = (await sit(await office.hire("privacy:decide"))).page
        await expect(page.locator(".big-number").filter(has_text="100+")).to_be_visible()
        await page.get_by_role("link", name="Xem tất cả").click()
        rows, more = page.locator("tbody tr"), button(page, "Xem thêm")
        for shown in (50, 100):
            await expect(rows).to_have_count(shown)
            await more.click()
        await expect(rows).to_have_count(105)
        await expect(more).to_have_count(0)
        links = await rows.get_by_role("link").evaluate_all("links => links.map(link => link.href)")
        assert len(set(links)) == 105

    @pytest.mark.usefixtures("many_findings")
    async def test_more_findings_than_one_page_shows_are_all_reached_and_looked_into(
        self, sit: Sit, office: Office, base: psycopg.Connection[Any]
    ) -> None:
        still_open = "SELECT count(*) FROM payments_finding WHERE closed_at IS NULL"
        [count] = base.execute(still_open).fetchone() or (0,)
        page = (await sit(await office.hire("payments:reconcile", "payments:read"), "/staff/payments/findings")).page
        panels, more = page.locator(".panel"), button(page, "Xem thêm")
        for shown in range(50, count, 50):
            await expect(panels).to_have_count(shown)
            await more.click()
        await expect(panels).to_have_count(count)
        await expect(more).to_have_count(0)
        amounts = await panels.locator(".strong").all_inner_texts()
        assert {f"1.{it:03}\xa0₫" for it in range(1, 106)} <= set(amounts)
        await panels.filter(has_text="1.105").get_by_role("button", name="Đã xem xong").click()
        await expect(panels).to_have_count(50)
        assert base.execute(still_open).fetchone() == (count - 1,)

    async def test_what_the_law_keeps_is_listed_to_whoever_would_erase(
        self, sit: Sit, office: Office, base: psycopg.Connection[Any]
    ) -> None:
        base.execute("DELETE FROM privacy_request")
        resident = await office.resident("Trương Văn Giữ")
        request = await office.asks(resident, Kind.ERASURE, "Tôi không dùng nữa.")
        await office.opens_a_desk()
        await office.files(await office.hire("dossiers:process"), resident)
        visitor = await sit(await office.hire("privacy:decide"), f"/staff/requests/{request}")
        visitor.forgive("409")
        page = visitor.page
        await page.get_by_role("radio", name="Chấp thuận xóa").check()
        await button(page, "Gửi quyết định").click()
        await expect(said(page)).to_contain_text("pháp luật buộc phải giữ")
        await expect(page.get_by_role("main").locator("form li")).not_to_have_count(0)


async def test_a_desk_without_a_mouse(sit: Sit, office: Office) -> None:
    chief = await office.hire("identity:administer", "privacy:audit")
    page = (await sit(path="/staff/people")).page
    await field(page, "Tên đăng nhập").focus()
    await page.keyboard.type(chief.login)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(field(page, "Mã 6 số")).to_be_focused()
    await page.keyboard.type(chief.code())
    await expect(heading(page)).to_have_text("Tài khoản cán bộ")

    # The first key leads past the menu.
    await page.reload()
    await expect(page.get_by_role("table")).to_be_visible()
    assert (await tab(page))["text"] == "Đến nội dung chính"
    await page.keyboard.press("Enter")
    assert (await tab(page))["text"] == "Thêm cán bộ"
    await page.keyboard.press("Enter")
    await expect(heading(page)).to_be_focused()
    await press_until(page, "Chọn nơi làm việc")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Tab")
    await page.keyboard.type("ly van lam")
    await expect(
        page.get_by_role("dialog").get_by_role("button", name=re.compile("^Phường Lý Văn Lâm"))
    ).to_be_visible()
    await press_until(page, "Phường Lý Văn Lâm")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_role("button", name="Nơi làm việc")).to_be_focused()

    # The focus is always seen, and goes round in no circle.
    for path in ("/staff/roles", "/staff/audit", f"/staff/people/{chief.id}", "/staff/account"):
        await page.goto(page.url.split("/staff")[0] + path)
        await page.wait_for_load_state("networkidle")
        bad, stops = [], 0
        while (stop := await tab(page))["tag"] != "BODY":
            stops += 1
            if not stop["ring"] or stop["covered"]:
                bad.append(stop)
            assert stops < 900  # each row of a log has buttons of its own
        assert (path, bad) == (path, [])
        assert stops > 10
