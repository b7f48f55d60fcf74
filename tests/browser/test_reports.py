"""Somebody writes a report in the mangroves, walks to the road, and later reads what became of it."""

import asyncio
import hashlib
import io
import os
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Page, Request, Route, expect
from sqlalchemy import select

from server.core.database import Database
from server.core.settings import Settings
from server.modules.feedback.models import Photo, Report
from tests.browser.conftest import Visit
from tests.browser.office import Office
from tests.browser.screens import until_kept
from tests.browser.test_sign_in import sign_in
from tests.browser.wire import Wire
from tests.conftest import SECRET

pytestmark = pytest.mark.browser


def noise(seed: int) -> bytes:
    """A photo that stays large: nothing in it can be left out."""
    out = io.BytesIO()
    Image.frombytes("RGB", (1200, 900), Random(seed).randbytes(1200 * 900 * 3)).save(out, "JPEG", quality=90)
    return out.getvalue()


def shots(folder: str) -> Any:
    async def take(page: Page, name: str) -> None:
        if folder:
            await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return take


async def test_written_without_a_line_sent_once_answered_and_read(
    visit: Visit, wire: Wire, office: Office, database_url: str
) -> None:
    visitor = await visit("/", wire.origin)
    visitor.forgive(r"Failed to load resource")
    page = visitor.page
    await sign_in(page, "0987 000 611")
    await visitor.open("/reports")
    await until_kept(page, "/api/feedback/categories", "/api/places/outline")

    # No signal. Words and photos are on the phone from the first moment, and survive that it is put away.
    wire.cut()
    await page.get_by_role("button", name="Viết phản ánh mới").click()
    await page.get_by_label("Bạn thấy gì?").fill("Tôi muốn khiếu nại")
    await expect(page.get_by_text("Bạn muốn khiếu nại hoặc tố cáo?")).to_be_visible()
    await page.get_by_label("Bạn thấy gì?").fill("Cầu khỉ qua kênh đã gãy ván")
    await expect(page.get_by_text("Bạn muốn khiếu nại hoặc tố cáo?")).to_be_hidden()
    await page.get_by_label("Lĩnh vực").select_option("ha-tang-do-thi")
    photos = [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": noise(n)} for n in (1, 2, 3)]
    await page.locator("input[type=file]").set_input_files(photos)  # type: ignore[arg-type]
    await expect(page.locator("img.shot")).to_have_count(3)
    await page.reload()
    await expect(page.locator("img.shot")).to_have_count(3)
    await expect(page.get_by_label("Bạn thấy gì?")).to_have_value("Cầu khỉ qua kênh đã gãy ván")

    # A place without a fix: the pin on the outline that lies on the phone.
    await page.get_by_role("button", name="Chọn trên bản đồ").click()
    await page.locator(".pin-map svg").click(position={"x": 150, "y": 150})
    await expect(page.locator(".placed")).to_be_visible()
    await page.get_by_label("Chỉ đầu mối của tỉnh").check()
    await page.get_by_role("button", name="Gửi khi có mạng").click()
    await expect(page.get_by_text("Chờ có mạng để gửi")).to_be_visible()
    operation = page.url.rsplit("/", 1)[1]
    await page.reload()
    await expect(page.get_by_text("Chờ có mạng để gửi")).to_be_visible()

    # The road: the line is back, and breaks in the middle of the second photo: they are about equally large.
    progress = await page.get_by_text("Đã gửi 0 /").inner_text()
    size = int("".join(filter(str.isdigit, progress.partition("/")[2]))) * 1000
    sent: list[str] = []

    def listen(request: Request) -> None:
        if request.method == "PUT" and "/feedback/reports/" in request.url:
            sent.append(request.url.partition(operation)[2])

    visitor.context.on("request", listen)
    wire.cut_after(size // 2)
    wire.mend()
    await asyncio.wait_for(wire.broken(), 60)
    await expect(page.locator("progress")).not_to_have_attribute("value", "0")
    database = Database(Settings(database_url=database_url, secret_key=SECRET))
    async with database.reading() as connection:
        arrived = select(Photo.number).join(Report, Report.id == Photo.report_id).where(Report.operation == operation)
        assert [row.number for row in await connection.execute(arrived)] == [1]
    wire.mend()
    await expect(page.get_by_text("Các bước xử lý")).to_be_visible(timeout=60_000)
    await expect(page.locator("a img.shot")).to_have_count(3)

    # One report, three photos, each as the phone has made it; and nothing that had arrived went twice.
    async with database.reading() as connection:
        rows = (await connection.execute(select(Report.id, Report.code).where(Report.operation == operation))).all()
        assert len(rows) == 1
        kept = await connection.execute(select(Photo.sent_hash).where(Photo.report_id == rows[0].id))
        hashes = {row.sent_hash.hex() for row in kept}
    await page.get_by_text("Dấu của ảnh").click()
    shown = await page.locator(".digests dd:nth-of-type(1) code").all_inner_texts()
    assert (set(shown), len(hashes)) == (hashes, 3)
    assert (sent.count(""), sent.count("/photos/1"), sent.count("/photos/3")) == (1, 1, 1)
    await database.close()
    assert hashlib.sha256(b"").hexdigest() not in hashes

    # The office answers, and the phone shows it, also when the line is gone again.
    await office.answers_report(rows[0].code, "Ngày mai đội sẽ thay ván cầu.")
    await page.reload()
    await expect(page.get_by_text("Ngày mai đội sẽ thay ván cầu.")).to_be_visible()
    wire.cut()
    await page.reload()
    await expect(page.get_by_text("Ngày mai đội sẽ thay ván cầu.")).to_be_visible()
    await shots(os.environ.get("REPORT_SHOTS", ""))(page, "answered")
    wire.mend()


async def write(page: Page, words: str) -> str:
    """A report that could be sent; the phone's id of it."""
    await page.get_by_role("button", name="Viết phản ánh mới").click()
    await page.get_by_label("Bạn thấy gì?").fill(words)
    await page.get_by_label("Lĩnh vực").select_option("ha-tang-do-thi")
    return page.url.rsplit("/", 1)[1]


async def how_many(database_url: str, *operations: str) -> int:
    database = Database(Settings(database_url=database_url, secret_key=SECRET))
    async with database.reading() as connection:
        found = await connection.execute(select(Report.id).where(Report.operation.in_(operations)))
    await database.close()
    return len(found.all())


async def test_what_two_tabs_send_is_what_the_first_has_sent(visit: Visit, wire: Wire, database_url: str) -> None:
    visitor = await visit("/reports", wire.origin)
    visitor.forgive(r"Failed to load resource")
    page = visitor.page
    operation = await write(page, "Đèn đường trước trường học không sáng")
    other = await visitor.context.new_page()
    await other.goto(page.url)
    await expect(other.get_by_label("Bạn thấy gì?")).to_have_value("Đèn đường trước trường học không sáng")

    # The server takes it, and the phone does not hear of it.
    lost = asyncio.Event()

    async def lose(route: Route) -> None:
        if not lost.is_set():
            await route.fetch()
            lost.set()
        await route.abort()

    sends = f"**/api/feedback/reports/{operation}"
    await visitor.context.route(sends, lose)
    await page.get_by_role("button", name="Gửi phản ánh").click()
    await asyncio.wait_for(lost.wait(), 30)
    # The other tab still shows it as a draft. What is sent again is what was sent, to the letter.
    await other.get_by_role("button", name="Gửi phản ánh").click()
    await expect(other).to_have_url(f"{wire.origin}/reports/{operation}")
    await visitor.context.unroute(sends)
    await other.get_by_role("button", name="Gửi ngay").click()
    await expect(other.get_by_text("Các bước xử lý")).to_be_visible()
    assert await how_many(database_url, operation) == 1


async def test_what_is_written_while_another_one_goes_out_goes_after_it(
    visit: Visit, wire: Wire, database_url: str
) -> None:
    visitor = await visit("/reports", wire.origin)
    visitor.forgive(r"Failed to load resource")
    page, slow, begun = visitor.page, asyncio.Event(), asyncio.Event()

    async def crawl(route: Route) -> None:
        begun.set()
        await asyncio.wait_for(slow.wait(), 60)
        await route.continue_()

    first = await write(page, "Cống trước chợ bị nghẹt")
    await visitor.context.route(f"**/api/feedback/reports/{first}", crawl)
    await page.get_by_role("button", name="Gửi phản ánh").click()
    await asyncio.wait_for(begun.wait(), 30)
    await page.get_by_role("link", name="Phản ánh").first.click()
    second = await write(page, "Cây ngã chắn đường vào xóm")
    await page.get_by_role("button", name="Gửi phản ánh").click()
    await expect(page).to_have_url(f"{wire.origin}/reports/{second}")
    slow.set()
    await expect(page.get_by_text("Các bước xử lý")).to_be_visible()
    assert await how_many(database_url, first, second) == 2


async def test_words_the_phone_has_no_room_for_stay_where_they_are(visit: Visit, wire: Wire) -> None:
    visitor = await visit("/reports", wire.origin)
    page = visitor.page
    operation = await write(page, "Cầu bị")
    # An iPhone closes what an app has put away; the next word opens it again.
    browser = await visitor.context.new_cdp_session(page)
    await browser.send("Storage.clearDataForOrigin", {"origin": wire.origin, "storageTypes": "indexeddb"})
    await page.get_by_label("Bạn thấy gì?").fill("Cầu bị gãy")
    await page.reload()
    await expect(page.get_by_label("Bạn thấy gì?")).to_have_value("Cầu bị gãy")
    full = "void (IDBObjectStore.prototype.put = () => { throw new DOMException('', 'QuotaExceededError') })"
    await page.evaluate(full)
    await page.get_by_label("Bạn thấy gì?").fill("Cầu bị gãy đôi, xe không qua được")
    await page.get_by_role("button", name="Gửi phản ánh").click()
    await expect(page.get_by_text("Máy hết chỗ lưu")).to_be_visible()
    assert page.url.endswith(f"/reports/new/{operation}")
    await expect(page.get_by_label("Bạn thấy gì?")).to_have_value("Cầu bị gãy đôi, xe không qua được")
