"""Somebody writes a report in the mangroves, walks to the road, and later reads what became of it."""

import hashlib
import io
import os
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Page, Request, expect
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
    await wire.broken()
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
