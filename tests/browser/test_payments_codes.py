"""The codes on papers and screens: read by a camera, copied, saved as a picture, and checked by a clerk."""

import asyncio
import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.async_api import Playwright, Route, expect

from server.core.settings import Settings
from server.modules.payments.models import Charge
from server.modules.payments.rules.bill_codes import new_code
from server.modules.payments.rules.vietqr import VietQR, build, parse
from server.modules.payments.service.confirmations import Confirmations
from tests.browser.chromium import Chromium, Visitor, visiting
from tests.browser.conftest import Visit
from tests.browser.office import MONEY, Office
from tests.browser.test_console import Sit, base, button, field, sit
from tests.browser.test_sign_in import new_number
from tests.conftest import SECRET
from tests.modules.payments.test_vietqr_of_others import picture

__all__ = ["base", "sit"]

pytestmark = pytest.mark.browser


def asks(code: str) -> VietQR:
    return VietQR(bank=MONEY["BANK_BIN"], account=MONEY["BANK_ACCOUNT"], amount=8000, bill=code, purpose=code)


def film(seen: Image.Image, file: Path) -> None:
    """A paper held before a camera, a little askew: two frames of YUV4MPEG2, again and again."""
    frame = Image.new("L", (640, 480), 170)
    frame.paste(seen.resize((340, 340)).rotate(7, expand=True, fillcolor=170), (110, 40))
    frames = (b"FRAME\n" + frame.tobytes() + bytes([128]) * (frame.width * frame.height // 2)) * 2
    file.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" + frames)


# What a phone without Google's services has: the browser's reader, and nothing behind it.
SERVICE_MISSING = """void (window.BarcodeDetector = class {
    detect() { return Promise.reject(new DOMException('Barcode detection service unavailable.', 'NotSupportedError')) }
})"""
# The browser still asks whether the camera may be used.
ASKS_LONG = """void (navigator.mediaDevices.getUserMedia = (real => wish => {
    const given = real(wish)
    const allowed = new Promise(done => (window.allow = done))
    window.track = given.then(stream => stream.getTracks()[0])
    return allowed.then(() => given)
})(navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)))"""

REFUSES_TO_COPY = """void (navigator.clipboard.writeText =
    () => Promise.reject(new DOMException('', 'NotAllowedError')))"""


class Holder:
    """Whoever holds the paper of a bill: `number` is the phone it is for."""

    def __init__(self, visitor: Visitor, code: str, number: str) -> None:
        self.page, self.open, self._code, self._number = visitor.page, visitor.open, code, number

    async def scans(self) -> None:
        await self.page.get_by_role("button", name="Quét bằng máy ảnh").click()

    async def finds(self, *, typed: bool) -> None:
        code = self.page.get_by_label("Mã khoản thu")
        if typed:
            await code.fill(self._code)
        await expect(code).to_have_value(self._code)
        await self.page.get_by_label("4 số cuối điện thoại").fill(self._number[-4:])
        await self.page.get_by_role("button", name="Xem khoản thu").click()
        await expect(self.page.get_by_text("Trường Tiểu học Thử")).to_be_visible()


async def test_a_camera_reads_the_paper_or_the_code_is_typed(
    chromium: Chromium, playwright: Playwright, server: str, office: Office, tmp_path: Path
) -> None:
    number = new_number()
    code = await office.bills(number)
    film(picture(build(asks(code))), tmp_path / "paper.y4m")
    # The engine without a window has no camera to pretend.
    camera = (
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={tmp_path / 'paper.y4m'}",
    )
    seeing = Chromium(playwright, *camera, whole=True)
    try:
        async with visiting(seeing, server, permissions=["camera"]) as visitor:
            holder, page = Holder(visitor, code, number), visitor.page
            for before in ("delete window.BarcodeDetector", SERVICE_MISSING):
                await holder.open("/payments/find")
                await page.evaluate(before)
                await holder.scans()
                await holder.finds(typed=False)
                await expect(page.locator("video")).to_have_count(0)

            # Allowed when whoever was asked is on another screen: no camera stays on.
            await holder.open("/payments/find")
            await page.evaluate(ASKS_LONG)
            await holder.scans()
            await page.get_by_role("link", name="Thanh toán").first.click()
            await expect(page.get_by_role("button", name="Quét bằng máy ảnh")).to_have_count(0)
            left_on = "async () => (allow(), await new Promise(done => setTimeout(done)), (await track).readyState)"
            assert await page.evaluate(left_on) == "ended"

        for without in ("", "Object.defineProperty(navigator, 'mediaDevices', { value: undefined })"):
            async with visiting(seeing, server) as visitor:
                holder = Holder(visitor, code, number)
                await holder.open("/payments/find")
                await visitor.page.evaluate(without)
                await holder.scans()
                await expect(visitor.page.get_by_role("alert").filter(has_text="Không mở được máy ảnh")).to_be_visible()
                await holder.finds(typed=True)
    finally:
        await seeing.close()


async def test_a_code_on_the_screen_is_copied_and_saved_as_it_is(visit: Visit, office: Office) -> None:
    number = new_number()
    code = await office.bills(number)
    visitor = await visit("/payments/find", permissions=["clipboard-read", "clipboard-write"])
    holder, page = Holder(visitor, code, number), visitor.page
    await holder.finds(typed=True)
    await button(page, re.compile("^Chuyển khoản bằng mã QR")).click()
    await expect(page.locator("svg.qr")).to_be_visible()
    whole = build(asks(code))
    assert parse(whole) == asks(code)

    # What is copied is what a bank's app takes, not what is shown of it.
    for name, value in {
        "Mã VietQR dạng chữ": whole,
        "Số tài khoản": MONEY["BANK_ACCOUNT"],
        "Số tiền": "8000",
        "Nội dung chuyển": code,
    }.items():
        await button(page, f"Chép {name}").click()
        await expect(button(page, f"Đã chép {name}")).to_be_visible()
        assert await page.evaluate("navigator.clipboard.readText()") == value

    async with page.expect_download() as downloading:
        await button(page, "Lưu ảnh mã QR").click()
    saved = await downloading.value
    assert saved.suggested_filename == f"VietQR-{code}.png"
    for seen in ((await saved.path()).read_bytes(), await page.locator("svg.qr").screenshot()):
        [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(seen)))
        assert found.text == whole

    # Not copied is not said to be copied: it is there to be taken by hand.
    await page.evaluate(REFUSES_TO_COPY)
    await expect(page.get_by_text(whole)).to_have_count(0)
    await button(page, "Đã chép Mã VietQR dạng chữ").click()
    await expect(page.get_by_text(whole)).to_be_visible()
    await expect(page.get_by_role("alert").filter(has_text="Không chép được")).to_be_visible()
    await expect(button(page, "Chép Mã VietQR dạng chữ")).to_be_visible()


async def test_a_clerk_sees_whether_a_confirmation_is_genuine(sit: Sit, office: Office) -> None:
    charge = Charge(code=new_code(), amount=8000, payee_name="Trường Tiểu học Thử", paid_at=datetime.now(UTC))
    genuine = Confirmations(Settings(secret_key=SECRET)).signed_text(charge)
    changed = genuine.replace("|8000|", "|9000|")
    clerk = await sit(await office.hire("payments:read"), "/staff/payments")
    clerk.forgive("ERR_INTERNET_DISCONNECTED|ERR_FAILED")
    page, pasted = clerk.page, field(clerk.page, "Hoặc dán nội dung mã")
    status = page.get_by_role("status")
    good, bad = status.get_by_text("Đúng là giấy do ứng dụng ký"), status.get_by_text("Không đúng chữ ký")
    keys = "**/api/payments/confirmation-key"

    # Without the key nobody is called a forger.
    await page.context.route(keys, lambda route: route.abort())
    await page.get_by_role("link", name="Kiểm tra giấy xác nhận").click()
    await pasted.fill(genuine)
    await expect(page.get_by_text("Chưa kiểm tra được")).to_be_visible()
    await expect(bad).to_have_count(0)
    await page.context.unroute(keys)

    # Open once with a line, and without it from then on.
    async with page.expect_response(keys) as key, page.expect_response("**/decode-*.js") as reader:
        await clerk.open("/staff/payments/check")
    for answered in (key, reader):
        await (await answered.value).finished()
    await expect(pasted).to_be_visible()
    await page.context.set_offline(True)
    for text, seen, says in (
        (genuine, good, "8.000"),
        (changed, bad, "đã bị sửa"),
        (genuine, good, "Trường Tiểu học Thử"),
        (genuine.replace(charge.code, new_code()), bad, "đã bị sửa"),
    ):
        await pasted.fill(text)
        await expect(seen).to_be_visible()
        await expect(status.filter(has_text=says)).to_be_visible()
    await pasted.fill("")
    await expect(good.or_(bad)).to_have_count(0)
    for text, seen in ((genuine, good), (changed, bad)):
        photo = io.BytesIO()
        picture(text).save(photo, "PNG")
        chosen = {"name": "paper.png", "mimeType": "image/png", "buffer": photo.getvalue()}
        await page.get_by_label("Chọn ảnh có mã QR").set_input_files(chosen)
        await expect(seen).to_be_visible()
    await page.context.set_offline(False)

    # What is answered is what stands there now, however long the one before takes.
    begun, released = asyncio.Event(), asyncio.Event()

    async def slowly(route: Route) -> None:
        begun.set()
        await released.wait()
        await route.continue_()

    await page.context.route(keys, slowly, times=1)
    await pasted.fill(genuine)
    await begun.wait()
    await pasted.fill(changed)
    await expect(bad).to_be_visible()
    async with page.expect_response(keys):
        released.set()
    await expect(bad).to_be_visible()
    await expect(good).to_have_count(0)
