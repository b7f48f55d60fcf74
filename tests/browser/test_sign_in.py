"""A resident signs in, and goes again: what is typed is never lost, and what is left behind is nobody's."""

import random
import re
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.async_api import Locator, Page, expect

from tests import canaries
from tests.browser.chromium import Visitor
from tests.browser.conftest import Visit, base
from tests.browser.screens import BIRTH, BUILDING, comes_to, until_ready_for_offline
from tests.browser.test_safety import cached, stored
from tests.browser.wire import Wire

__all__ = ["base"]

pytestmark = pytest.mark.browser
UNTIL_READ = "fetch('/health/live').then(reply => reply.text())"
"""When this is answered, the page has read what came before it: the clock may go on."""
# Not `wait_for_function`: what it asks a second time is an eval, which our own policy forbids.
UNTIL_THE_SERVER_KNOWS = """async () => {
    const end = Date.now() + 60_000
    while (localStorage.session !== 'null') {
        if (Date.now() > end) throw new Error('the server was never told')
        await new Promise(done => setTimeout(done, 50))
    }
}"""


_numbers = count(random.randrange(1_000_000))


def new_number() -> str:
    """One that nobody has had yet."""
    return canaries.wear("phone", f"0912{next(_numbers) % 1_000_000:06}")


_ends = count(random.randrange(100_000))


def new_end() -> str:
    """The last five digits of a personal number, behind 0960123, that nobody has had yet."""
    return f"{next(_ends) % 100_000:05}"


def spaced(number: str) -> str:
    return f"{number[:4]} {number[4:7]} {number[7:]}"


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def phone(page: Page) -> Locator:
    return page.get_by_label("Số di động")


def digits(page: Page) -> Locator:
    return page.get_by_label("Nhập mã 6 số")


def said(page: Page) -> Locator:
    return page.locator(".said")


async def ask(page: Page, number: str) -> str:
    """Give the number; the code that the demonstration shows."""
    await phone(page).fill(number)
    await page.get_by_role("button", name="Gửi mã cho tôi").click()
    await expect(digits(page)).to_be_focused()
    return canaries.wear("code", await page.locator(".shown-code").inner_text())


def other(code: str) -> str:
    """A wrong code."""
    return f"{(int(code) + 1) % 1_000_000:06}"


async def sign_in(page: Page, number: str, *, shared: bool = False) -> None:
    origin = "/".join(page.url.split("/")[:3])
    await page.goto(f"{origin}/sign-in?next=/account")
    if shared:
        await page.get_by_role("checkbox", name="Máy này nhiều người dùng chung").check()
    code = await ask(page, number)
    await digits(page).press_sequentially(code)
    await expect(page).to_have_url(f"{origin}/account")


async def sign_out(page: Page) -> None:
    await page.get_by_role("button", name="Đăng xuất").click()
    # The page is loaded anew, as soon as all is forgotten: whoever goes elsewhere before that, is taken back.
    async with page.expect_event("load"):
        await page.get_by_role("dialog").get_by_role("button", name="Đăng xuất").click()
    assert urlsplit(page.url).path == "/"


async def test_from_a_link_to_the_account_and_never_lost_on_the_way(visit: Visit) -> None:
    visitor = await visit("/settings")
    visitor.forgive("400")
    page, number = visitor.page, new_number()
    await page.get_by_role("link", name="Tài khoản").click()
    await page.get_by_role("link", name="Đăng nhập", exact=True).click()
    await expect(heading(page)).to_have_text("Số điện thoại của bạn")
    await expect(phone(page)).to_be_focused()

    # One key at a time, grouped meanwhile; then the tab is closed by the phone, and comes back.
    await phone(page).press_sequentially(number[:7], delay=20)
    await expect(phone(page)).to_have_value(f"{number[:4]} {number[4:7]}")
    await page.reload()
    await expect(phone(page)).to_have_value(f"{number[:4]} {number[4:7]}")
    await page.get_by_role("button", name="Gửi mã cho tôi").click()
    await expect(said(page)).to_contain_text("còn thiếu")
    await phone(page).press_sequentially(number[7:])
    await expect(said(page)).to_be_hidden()
    await page.keyboard.press("Enter")

    # Off to the messages and back, in the middle of the code.
    await expect(heading(page)).to_have_text("Nhập mã 6 số")
    await expect(page.get_by_text(spaced(number))).to_be_visible()
    await expect(page.locator(".note.warn")).to_contain_text("Không có tin nhắn nào được gửi đi")
    code = await page.locator(".shown-code").inner_text()
    await page.keyboard.type(other(code)[:3])
    await page.reload()
    await expect(digits(page)).to_have_value(other(code)[:3])
    await expect(digits(page)).to_be_focused()
    await page.keyboard.type(other(code)[3:])
    await expect(said(page)).to_have_text("Mã chưa đúng. Bạn xem lại tin nhắn rồi nhập lại.")
    await expect(digits(page)).to_have_value("")
    await expect(digits(page)).to_be_focused()

    # Right: nothing to press, and the way back does not lead into the sign-in again.
    await page.keyboard.type(code)
    await expect(heading(page)).to_have_text("Tài khoản của bạn")
    await expect(page.get_by_role("button", name="Đăng xuất")).to_be_visible()
    assert await page.evaluate("sessionStorage.getItem('sign-in')") is None
    await page.go_back()
    await expect(page).not_to_have_url(re.compile("sign-in"))


async def test_the_caret_stays_where_it_is(visit: Visit) -> None:
    page = (await visit("/sign-in", is_mobile=False, has_touch=False)).page
    field = phone(page)
    place = "document.activeElement.selectionStart"
    await page.keyboard.type("0912345678")
    await expect(field).to_have_value("0912 345 678")
    # A digit in the middle is taken away, and another one typed there.
    for _ in range(4):
        await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Backspace")
    await expect(field).to_have_value("0912 346 78")
    assert await page.evaluate(place) == 7
    await page.keyboard.type("9")
    await expect(field).to_have_value("0912 349 678")
    assert await page.evaluate(place) == 8
    # Before and behind a space, which is no digit.
    await field.evaluate("field => field.setSelectionRange(5, 5)")
    await page.keyboard.press("Backspace")
    await expect(field).to_have_value("0913 496 78")
    assert await page.evaluate(place) == 3
    await field.evaluate("field => field.setSelectionRange(4, 4)")
    await page.keyboard.press("Delete")
    await expect(field).to_have_value("0913 967 8")
    assert await page.evaluate(place) == 4


@pytest.mark.parametrize("pasted", ["+84 912 345 678", "0084912345678", "84912345678", "0912.345.678", "០៩១២៣៤៥៦៧៨"])
async def test_a_number_from_the_address_book_is_understood(visit: Visit, pasted: str) -> None:
    page = (await visit("/sign-in")).page
    await phone(page).fill(pasted)
    await expect(phone(page)).to_have_value("0912 345 678")


async def test_a_whole_message_may_be_pasted(visit: Visit) -> None:
    visitor = await visit("/sign-in?next=/saved", permissions=["clipboard-read", "clipboard-write"])
    page = visitor.page
    code = await ask(page, new_number())
    message = f"{code} la ma dang nhap cua ban, co hieu luc 3 phut."
    await page.evaluate("text => navigator.clipboard.writeText(text)", message)
    await page.keyboard.press("Control+V")
    # Back to where one came from.
    await expect(heading(page)).to_have_text("Đã lưu trên máy")
    await expect(page).to_have_url(f"{visitor.origin}/saved")


A_MESSAGE_COMES = """
    // At the browser's edge, for no message comes to this machine: what the app asks for, and what it is given.
    window.OTPCredential ??= class {}
    const others = navigator.credentials.get.bind(navigator.credentials)
    window.asked = []
    navigator.credentials.get = options =>
        options.otp ? new Promise((come, gone) => {
            window.asked.push({ options, come })
            options.signal.addEventListener('abort', () => gone(options.signal.reason))
        }) : others(options)
"""


async def test_the_phone_takes_the_code_out_of_the_message_by_itself(visit: Visit) -> None:
    visitor = await visit("/about")
    page = visitor.page
    await page.add_init_script(A_MESSAGE_COMES)
    await visitor.open("/sign-in?next=/saved")
    await ask(page, new_number())
    # What a keyboard or the phone looks for when it offers a code that has come: a field of its own, with this name.
    for name, value in {"autocomplete": "one-time-code", "inputmode": "numeric", "type": "text"}.items():
        await expect(digits(page)).to_have_attribute(name, value)
    await expect(digits(page)).not_to_have_attribute("maxlength", re.compile(".*"))  # or a whole message is cut
    await comes_to(page, "asked.map(({ options }) => options.otp.transport)", [["sms"]])

    # Whoever goes back to correct the number waits for that message no more.
    await page.get_by_role("button", name="Đổi số").click()
    await expect(phone(page)).to_be_visible()
    await comes_to(page, "asked[0].options.signal.aborted", True)
    code = await ask(page, new_number())
    await comes_to(page, "asked.length", 2)
    await page.evaluate("code => asked[1].come({ code })", code)
    await expect(heading(page)).to_have_text("Đã lưu trên máy")
    await expect(page).to_have_url(f"{visitor.origin}/saved")
    assert await page.evaluate("asked.length") == 2


@pytest.mark.parametrize(
    "next_",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "//", "javascript:alert(1)", "/api/identity"],
)
async def test_the_way_on_leads_nowhere_but_to_our_own_screens(visit: Visit, next_: str) -> None:
    visitor = await visit(f"/sign-in?next={next_}")
    code = await ask(visitor.page, new_number())
    await visitor.page.keyboard.type(code)
    await expect(visitor.page).to_have_url(f"{visitor.origin}/")


async def test_a_code_that_came_too_late(visit: Visit, base: psycopg.Connection[Any]) -> None:
    visitor = await visit("/about")
    page = visitor.page
    await page.clock.install()
    await visitor.open("/sign-in")
    old = await ask(page, new_number())
    await expect(page.get_by_text("Gửi lại được sau")).to_be_visible()
    await expect(page.get_by_role("button", name="Gửi lại mã")).to_have_count(0)
    await page.clock.fast_forward(61_000)
    await expect(page.get_by_role("button", name="Gửi lại mã")).to_be_visible()
    await page.clock.fast_forward(120_000)
    await expect(said(page)).to_have_text("Mã đã hết hạn. Bạn lấy mã mới nhé.")
    base.execute("DELETE FROM core_count")
    await page.get_by_role("button", name="Gửi mã mới").click()
    await expect(said(page)).to_be_hidden()
    await expect(page.locator(".shown-code")).not_to_have_text(old)
    await page.keyboard.type(await page.locator(".shown-code").inner_text())
    await expect(page).to_have_url(f"{visitor.origin}/")


async def test_a_message_that_nobody_carries_is_said_with_what_can_be_done(
    visit: Visit, base: psycopg.Connection[Any]
) -> None:
    visitor = await visit("/about")
    visitor.forgive("503")
    page = visitor.page
    await page.clock.install()
    await visitor.open("/sign-in")
    code = await ask(page, new_number())
    base.execute("UPDATE identity_phone_code SET failed_at = now()")
    await page.clock.fast_forward(7000)
    await expect(said(page)).to_contain_text("Tin nhắn chưa gửi đi được")
    # It may come all the same, and is good then.
    await page.keyboard.type(code)
    await expect(page).to_have_url(f"{visitor.origin}/")


async def test_five_wrong_codes_and_the_one_way_on(visit: Visit, base: psycopg.Connection[Any]) -> None:
    visitor = await visit("/sign-in")
    visitor.forgive("400")
    page = visitor.page
    code = await ask(page, new_number())
    for left in range(5, 0, -1):
        await page.keyboard.type(other(code))
        await expect(digits(page)).to_have_value("")
        await expect(said(page)).to_contain_text("Mã chưa đúng" if left > 1 else "Đã nhập sai 5 lần")
    await expect(page.get_by_text("Gửi lại được sau")).to_be_visible()
    await expect(page.locator(".shown-code")).to_have_count(0)


async def test_too_often_and_the_code_that_one_has(visit: Visit) -> None:
    visitor = await visit("/sign-in")
    visitor.forgive("429")
    page, number = visitor.page, new_number()
    code = await ask(page, number)
    # Only to look at the number: the code is still good, and no other is sent.
    await page.get_by_role("button", name="Đổi số").click()
    await expect(phone(page)).to_have_value(spaced(number))
    await page.get_by_role("button", name="Gửi mã cho tôi").click()
    await expect(page.locator(".shown-code")).to_have_text(code)
    # In another tab the number is asked for again, too soon.
    second = await visitor.context.new_page()
    await second.goto(f"{visitor.origin}/sign-in")
    await phone(second).fill(number)
    await second.get_by_role("button", name="Gửi mã cho tôi").click()
    await expect(said(second)).to_contain_text("quá nhiều lần")
    await expect(second.get_by_role("link", name="Nhờ bộ phận một cửa giúp")).to_be_visible()


async def test_without_a_line_nothing_is_lost_and_it_goes_on_by_itself(visit: Visit, wire: Wire) -> None:
    visitor = await visit("/sign-in?next=/saved", origin=wire.origin)
    visitor.forgive("net::ERR")
    page, number = visitor.page, new_number()
    await until_ready_for_offline(page)
    wire.cut()
    await phone(page).fill(number)
    await page.get_by_role("button", name="Gửi mã cho tôi").click()
    await expect(said(page)).to_contain_text("Chưa có mạng")
    await page.reload()
    await expect(phone(page)).to_have_value(spaced(number))
    wire.mend()
    code = await ask(page, number)
    wire.cut()
    await page.keyboard.type(code)
    await expect(said(page)).to_contain_text("Chưa có mạng")
    await expect(digits(page)).to_have_value(code)
    wire.mend()
    await expect(page).to_have_url(f"{wire.origin}/saved")


class TestWhatIsLeft:
    """After somebody has gone."""

    async def live(self, visitor: Visitor, *, shared: bool) -> str:
        """Sign in, read, save, tick, choose; with which number."""
        page, number = visitor.page, new_number()
        await until_ready_for_offline(page)
        await sign_in(page, number, shared=shared)
        await visitor.open(f"/procedures/{BUILDING}")
        await visitor.open(f"/procedures/{BIRTH}")
        await page.locator(".paper").first.click()
        await page.get_by_role("button", name="Lưu về máy").click()
        await expect(page.get_by_role("button", name="Đã lưu")).to_be_visible()
        await visitor.open("/places/32002")
        await page.get_by_role("button", name="Chọn làm nơi của tôi").click()
        # What a screen still asks when its reader has gone is refused.
        async with page.expect_response("**/api/notifications"):
            await visitor.open("/account")
        await page.wait_for_load_state("networkidle")
        return number

    async def test_signing_out_wipes_the_page_the_stores_and_the_worker(self, visit: Visit) -> None:
        visitor = await visit("/settings")
        page = visitor.page
        await self.live(visitor, shared=False)
        assert any(BIRTH in url for url in await cached(page))
        # Whatever is personal came with no-store, and the worker has kept none of it.
        assert not [url for url in await cached(page) if "/api/identity" in url]
        assert await page.evaluate("JSON.parse(localStorage.session).id")

        second = await visitor.context.new_page()
        await second.goto(f"{visitor.origin}/account")
        await expect(second.get_by_role("button", name="Đăng xuất")).to_be_visible()

        await sign_out(page)
        await self.nothing_is_left(visitor)
        # The other tab does not show them any longer, either.
        await expect(second).to_have_url(f"{visitor.origin}/")
        # And the app itself is still there, without a line too.
        assert "/api/catalogue/outline" in "".join(await cached(page))
        await visitor.open("/account")
        await expect(page.get_by_text("Bạn chưa đăng nhập")).to_be_visible()

    async def nothing_is_left(self, visitor: Visitor) -> None:
        page = visitor.page
        assert not [url for url in await cached(page) if "/procedures/" in url or "/places/units/" in url]
        base = await stored(page)
        assert base["saved"] == [] and base["checklists"] == []
        left = await page.evaluate("({ ...localStorage })")
        assert left.get("session", "null") == "null"
        assert left.get("home", "null") == "null"
        assert left.get("recent", "[]") == "[]"
        assert await page.evaluate("sessionStorage.length") == 0
        names = {one["name"] for one in await visitor.context.cookies()}
        assert {"__Host-browser"} <= names <= {"__Host-browser", "__Host-passkeys"}

    async def test_what_was_saved_stays_where_that_was_chosen(self, visit: Visit) -> None:
        visitor = await visit("/settings")
        page = visitor.page
        await self.live(visitor, shared=False)
        await page.get_by_role("button", name="Đăng xuất").click()
        await page.get_by_role("checkbox", name="Giữ thủ tục đã lưu và giấy tờ đã tích").check()
        await page.get_by_role("dialog").get_by_role("button", name="Đăng xuất").click()
        await expect(page).to_have_url(f"{visitor.origin}/")
        assert [one["code"] for one in (await stored(page))["saved"]] == [BIRTH]

    async def test_a_shared_device_forgets_the_choices_too(self, visit: Visit) -> None:
        visitor = await visit("/settings")
        page = visitor.page
        await page.get_by_role("radio", name="Rất lớn").check()
        await self.live(visitor, shared=True)
        session = next(one for one in await visitor.context.cookies() if one["name"] == "__Host-sid")
        assert session["expires"] == -1  # gone with the browser
        await sign_out(page)
        await expect(heading(page)).to_be_visible()
        await self.nothing_is_left(visitor)
        assert await page.evaluate("localStorage.getItem('text-size') ?? '0'") == "0"
        assert (await stored(page))["device"] == []

    async def test_who_never_signed_out_of_a_shared_device_is_forgotten_at_the_next_start(
        self, visit: Visit, base: psycopg.Connection[Any]
    ) -> None:
        visitor = await visit("/settings")
        await self.live(visitor, shared=True)
        visitor.forgive("401")  # a screen that is still open asks once more
        base.execute("UPDATE identity_session SET seen_at = seen_at - interval '31 minutes' WHERE shared")
        await visitor.page.goto(f"{visitor.origin}/saved")
        await expect(visitor.page).to_have_url(f"{visitor.origin}/")
        await expect(heading(visitor.page)).to_be_visible()
        base_ = await stored(visitor.page)
        assert base_["saved"] == [] and base_["checklists"] == []
        assert await visitor.page.evaluate("localStorage.getItem('session')") == "null"

    async def test_another_person_finds_nothing(self, visit: Visit, base: psycopg.Connection[Any]) -> None:
        visitor = await visit("/settings")
        page = visitor.page
        await self.live(visitor, shared=False)
        # The first one's session lapses; nobody has signed out. A screen that is still open asks once more.
        visitor.forgive("401")
        base.execute("DELETE FROM identity_session")
        await sign_in(page, new_number())
        assert not [url for url in await cached(page) if BIRTH in url]
        await visitor.open("/saved")
        await expect(page.locator(".empty")).to_be_visible()
        assert (await stored(page))["checklists"] == []

    async def test_a_tab_asleep_sends_nothing_as_somebody_else(
        self, visit: Visit, base: psycopg.Connection[Any]
    ) -> None:
        """What the other tab has told all others, it learns from the server."""
        visitor = await visit("/about")
        visitor.forgive("409")
        page = visitor.page
        await sign_in(page, new_number())
        await page.add_init_script("addEventListener('storage', event => event.stopImmediatePropagation())")
        await visitor.open("/account/profile")
        await page.get_by_label("Họ và tên").fill("Trần Văn Ngủ")
        second = await visitor.context.new_page()
        await second.goto(f"{visitor.origin}/about")
        await sign_in(second, new_number())
        await page.get_by_role("button", name="Lưu").click()
        await expect(page).to_have_url(f"{visitor.origin}/")
        assert base.execute("SELECT count(*) FROM identity_resident WHERE name LIKE '%Ngủ'").fetchone() == (0,)

    async def test_signed_out_from_another_device_nothing_stays(
        self, visit: Visit, base: psycopg.Connection[Any]
    ) -> None:
        """In the middle of a form, with all that was saved: whoever did it may have lost this one."""
        visitor = await visit("/settings")
        visitor.forgive("401")
        page = visitor.page
        number = await self.live(visitor, shared=False)
        await visitor.open("/account/profile")
        await page.get_by_label("Họ và tên").fill("Lê Thị Út")
        other = (await visit("/about")).page
        base.execute("DELETE FROM core_count")
        await sign_in(other, number)
        await other.get_by_role("link", name="Máy đang đăng nhập").click()
        await other.get_by_role("button", name="Đăng xuất mọi máy khác").click()
        await expect(other.locator(".device")).to_have_count(1)

        await page.get_by_role("button", name="Lưu").click()
        await expect(page.get_by_text("Máy này đã được đăng xuất từ máy khác")).to_be_visible()
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await page.evaluate(UNTIL_THE_SERVER_KNOWS)
        await self.nothing_is_left(visitor)
        await page.get_by_role("main").get_by_role("link", name="Đăng nhập").click()
        await expect(phone(page)).to_have_value("")

    async def test_without_a_line_it_is_wiped_at_once_and_the_server_told_later(
        self, visit: Visit, wire: Wire, base: psycopg.Connection[Any]
    ) -> None:
        visitor = await visit("/settings", origin=wire.origin)
        visitor.forgive("net::ERR")
        page = visitor.page
        await self.live(visitor, shared=False)
        await expect(page.get_by_role("button", name="Đăng xuất")).to_be_visible()
        owner = await page.evaluate("JSON.parse(localStorage.session).id")

        def living() -> tuple[int] | None:
            return base.execute("SELECT count(*) FROM identity_session WHERE resident_id = %s", [owner]).fetchone()

        assert living() == (1,)
        wire.cut()
        await sign_out(page)
        assert (await stored(page))["saved"] == []
        await visitor.open("/account")
        await expect(page.get_by_text("Bạn chưa đăng nhập")).to_be_visible()
        assert living() == (1,)
        wire.mend()
        await page.evaluate(UNTIL_THE_SERVER_KNOWS)
        names = {one["name"] for one in await visitor.context.cookies()}
        assert {"__Host-browser"} <= names <= {"__Host-browser", "__Host-passkeys"}
        assert living() == (0,)


class TestAccount:
    @pytest.fixture
    async def visitor(self, visit: Visit) -> Visitor:
        visitor = await visit("/about")
        await sign_in(visitor.page, new_number())
        return visitor

    def name(self, page: Page) -> Locator:
        return page.get_by_label("Họ và tên")

    async def test_says_who_one_is(self, visitor: Visitor) -> None:
        page = visitor.page
        await page.get_by_role("link", name="Thông tin của bạn").click()
        await self.name(page).fill("  Danh Thị  Sà Rươl ")
        await page.get_by_role("button", name="Xã, phường đang ở").click()
        await page.get_by_role("searchbox").fill("phường 8")
        await page.get_by_role("button", name="Phường Lý Văn Lâm").click()
        await page.get_by_role("radio", name="ភាសាខ្មែរ").check()
        # The tab is closed by the phone before anything is saved.
        await page.reload()
        await expect(page.get_by_role("button", name="Phường Lý Văn Lâm")).to_be_visible()
        await expect(page.get_by_role("radio", name="ភាសាខ្មែរ")).to_be_checked()
        await page.get_by_role("button", name="Lưu").click()
        await expect(page.get_by_text("Đã lưu.")).to_be_visible()
        await expect(self.name(page)).to_have_value("Danh Thị Sà Rươl")
        assert await page.evaluate("sessionStorage.length") == 0
        await page.get_by_role("link", name="Tài khoản của bạn").click()
        await expect(page.locator(".me")).to_contain_text("Danh Thị Sà Rươl")
        await expect(page.get_by_text("Phường Lý Văn Lâm")).to_be_visible()
        await expect(page.locator(".me")).to_contain_text(
            "Mức 1: đã xác nhận số điện thoại. Đăng nhập bằng số điện thoại."
        )

    async def test_shows_the_number_only_when_asked(self, visitor: Visitor) -> None:
        page = visitor.page
        await expect(page.locator(".me-phone")).to_contain_text("0912 ••• ")
        await page.get_by_role("button", name="Hiện số").click()
        await expect(page.locator(".me-phone")).to_have_text(re.compile(r"0912 \d{3} \d{3}"))

    async def test_a_name_that_is_none_is_refused_in_place(self, visitor: Visitor) -> None:
        visitor.forgive("400")
        page = visitor.page
        await visitor.open("/account/profile")
        await self.name(page).fill("Năm 5")
        await page.get_by_role("button", name="Lưu").click()
        await expect(said(page)).to_contain_text("Họ tên chỉ gồm chữ cái")
        await expect(self.name(page)).to_have_value("Năm 5")

    @pytest.mark.parametrize(("choice", "stays"), [("Lưu cái tôi nhập", "Tư"), ("Lấy ở máy kia", "Ba")])
    async def test_a_change_made_elsewhere_is_shown_beside_one_s_own(
        self, visitor: Visitor, choice: str, stays: str
    ) -> None:
        visitor.forgive("412")
        page = visitor.page
        await visitor.open("/account/profile")
        await self.name(page).fill("Tư")
        second = await visitor.context.new_page()
        await second.goto(f"{visitor.origin}/account/profile")
        await self.name(second).fill("Ba")
        await second.get_by_role("button", name="Lưu").click()
        await expect(second.get_by_text("Đã lưu.")).to_be_visible()

        await page.get_by_role("button", name="Lưu").click()
        conflict = page.locator(".note.warn")
        await expect(conflict).to_contain_text("Ở máy kia: Ba")
        await expect(conflict).to_contain_text("Bạn đang nhập: Tư")
        await expect(self.name(page)).to_have_value("Tư")
        await conflict.get_by_role("button", name=choice).click()
        await expect(conflict).to_have_count(0)
        await expect(self.name(page)).to_have_value(stays)
        await page.reload()
        await expect(self.name(page)).to_have_value(stays)

    async def test_the_national_id_is_given_shown_by_its_end_and_taken_back(self, visitor: Visitor) -> None:
        page = visitor.page
        await visitor.open("/account/national-id")
        await expect(page.get_by_text("Để cán bộ tìm đúng hồ sơ của bạn")).to_be_visible()
        field = page.get_by_label("12 số trên thẻ căn cước")
        await field.press_sequentially("0960123")
        await expect(field).to_have_value("096 012 3")
        await page.get_by_role("button", name="Lưu").click()
        await expect(said(page)).to_contain_text("Bạn đã nhập 7")
        end = new_end()
        await field.press_sequentially(end)
        await page.get_by_role("button", name="Lưu").click()
        await expect(page.get_by_text(f"••••••••{end[1:]}")).to_be_visible()
        await page.get_by_role("button", name="Bỏ số này").click()
        await expect(page.get_by_text("Đã bỏ số định danh.")).to_be_visible()
        await expect(page.get_by_text(f"••••••••{end[1:]}")).to_have_count(0)

    async def test_the_devices_and_the_end_of_each(self, visit: Visit, base: psycopg.Connection[Any]) -> None:
        number = new_number()
        mine = (await visit("/about")).page
        others = [await visit("/about") for _ in range(2)]
        for page in (mine, *(other.page for other in others)):
            base.execute("DELETE FROM core_count")
            await sign_in(page, number)
        await mine.get_by_role("link", name="Máy đang đăng nhập").click()
        devices = mine.locator(".device")
        await expect(devices).to_have_count(3)
        await expect(devices.filter(has_text="Máy này")).to_have_count(1)
        await devices.filter(has_not_text="Máy này").first.get_by_role("button").click()
        await expect(devices).to_have_count(2)
        await expect(mine.locator("main > [role=status]")).to_contain_text("Đã đăng xuất")
        await mine.get_by_role("button", name="Đăng xuất mọi máy khác").click()
        await expect(devices).to_have_count(1)
        await expect(mine.get_by_role("button", name="Đăng xuất mọi máy khác")).to_have_count(0)
        # What was pressed is gone; what was done has the focus instead.
        await expect(mine.locator("main > [role=status]")).to_be_focused()
        for visitor in others:
            visitor.forgive("401")
            await visitor.page.reload()
            await expect(visitor.page.get_by_role("main").get_by_role("link", name="Đăng nhập")).to_be_visible()


class TestLapse:
    """A session ends while somebody is writing."""

    @pytest.fixture
    async def visitor(self, visit: Visit, base: psycopg.Connection[Any]) -> Visitor:
        self.number = new_number()
        visitor = await visit("/about")
        await sign_in(visitor.page, self.number)
        await visitor.open("/account/profile")
        await visitor.page.get_by_label("Họ và tên").fill("Lê Thị Út")
        base.execute("DELETE FROM identity_session")
        base.execute("DELETE FROM core_count")
        visitor.forgive("401")
        return visitor

    async def test_in_the_middle_of_a_form_and_the_form_is_sent(self, visitor: Visitor) -> None:
        page = visitor.page
        await page.get_by_role("button", name="Lưu").click()
        door = page.get_by_role("dialog", name="Đăng nhập lại để làm tiếp")
        await expect(door).to_contain_text("Những gì bạn đang nhập vẫn còn nguyên")
        code = await ask(page, self.number)
        await page.keyboard.type(code)
        await expect(door).to_have_count(0)
        await expect(page.get_by_text("Đã lưu.")).to_be_visible()
        await page.reload()
        await expect(page.get_by_label("Họ và tên")).to_have_value("Lê Thị Út")

    async def test_even_when_the_tab_is_closed_while_the_code_is_looked_up(self, visitor: Visitor) -> None:
        page = visitor.page
        await page.get_by_role("button", name="Lưu").click()
        code = await ask(page, self.number)
        await page.reload()
        await page.get_by_role("main").get_by_role("link", name="Đăng nhập").click()
        await digits(page).press_sequentially(code)
        await expect(page.get_by_label("Họ và tên")).to_have_value("Lê Thị Út")
        await page.get_by_role("button", name="Lưu").click()
        await expect(page.get_by_text("Đã lưu.")).to_be_visible()

    async def test_later_leaves_everything_as_it_is(self, visitor: Visitor) -> None:
        page = visitor.page
        await page.get_by_role("button", name="Lưu").click()
        await page.get_by_role("dialog").get_by_role("button", name="Để sau").click()
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(page.get_by_label("Họ và tên")).to_have_value("Lê Thị Út")
        await expect(page.locator("#profile-said")).to_have_text("Bạn cần đăng nhập")
        await page.get_by_role("button", name="Lưu").click()
        await expect(page.get_by_role("dialog")).to_be_visible()

    async def test_somebody_else_neither_sees_nor_sends_what_was_written(
        self, visitor: Visitor, base: psycopg.Connection[Any]
    ) -> None:
        page = visitor.page
        await page.get_by_label("Họ và tên").fill("Trần Văn Riêng")
        await page.get_by_role("button", name="Lưu").click()
        code = await ask(page, new_number())
        await page.keyboard.type(code)
        await expect(page.get_by_text("phần đang làm dở của người trước đã được xóa")).to_be_visible()
        await expect(page.locator(".me")).to_contain_text("Chưa có tên")
        await visitor.open("/account/profile")
        await expect(page.get_by_label("Họ và tên")).to_have_value("")
        assert base.execute("SELECT count(*) FROM identity_resident WHERE name LIKE '%Riêng'").fetchone() == (0,)


class TestTheEndIsNear:
    """On a shared device, where half an hour without use is enough."""

    @pytest.fixture
    async def visitor(self, visit: Visit) -> Visitor:
        visitor = await visit("/about")
        await visitor.page.clock.install()
        # Watched over from here.
        async with visitor.page.expect_response("**/api/identity/session"):
            await sign_in(visitor.page, new_number(), shared=True)
        await expect(visitor.page.locator(".me-phone")).to_be_visible()
        await visitor.page.wait_for_load_state("networkidle")
        await visitor.page.evaluate(UNTIL_READ)
        return visitor

    def warning(self, page: Page) -> Locator:
        return page.get_by_role("alert").filter(has_text="Sắp tự đăng xuất: còn 2 phút")

    async def test_is_said_and_put_off_with_one_touch(self, visitor: Visitor, base: psycopg.Connection[Any]) -> None:
        page = visitor.page
        await page.clock.fast_forward("27:30")
        await expect(self.warning(page)).to_have_count(0)
        await page.clock.fast_forward("00:45")
        await expect(self.warning(page)).to_be_visible()
        # The touch itself says so; that the button is gone before the finger is up does no harm.
        await page.get_by_role("button", name="Tôi vẫn đang dùng").dispatch_event("click")
        await expect(self.warning(page)).to_have_count(0)

    async def test_is_put_off_by_whoever_is_still_there(self, visitor: Visitor, base: psycopg.Connection[Any]) -> None:
        page = visitor.page
        await visitor.open("/account/profile")
        await page.clock.fast_forward("20:00")
        async with page.expect_response("**/api/identity/session"):
            await page.keyboard.press("Tab")
        await page.clock.fast_forward("10:00")
        await expect(heading(page)).to_have_text("Thông tin của bạn")
        await expect(page.get_by_role("alert").filter(has_text="Sắp tự đăng xuất")).to_have_count(0)

    async def test_and_when_it_has_come_nothing_is_left(self, visitor: Visitor, base: psycopg.Connection[Any]) -> None:
        page = visitor.page
        visitor.forgive("401.*/api/notifications/stream")  # it may ask once more before the page knows
        # The last that this screen asks: how much is unread, once it is known who is there.
        async with page.expect_response("**/api/notifications"):
            await visitor.open("/account/profile")
        await page.wait_for_load_state("networkidle")
        await page.get_by_label("Họ và tên").fill("Lê Thị Út")
        base.execute("UPDATE identity_session SET seen_at = seen_at - interval '31 minutes' WHERE shared")
        await page.clock.fast_forward("31:00")
        await expect(page).to_have_url(f"{visitor.origin}/")
        assert await page.evaluate("sessionStorage.length") == 0
        await visitor.open("/account")
        await expect(page.get_by_text("Bạn chưa đăng nhập")).to_be_visible()
