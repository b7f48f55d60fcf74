"""Somebody writes a report in the mangroves, walks to the road, and later reads what became of it."""

import asyncio
import hashlib
import io
import os
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

import psycopg
import pytest
from PIL import Image
from playwright.async_api import Page, Request, Response, Route, expect
from sqlalchemy import select

from server.core.database import Database
from server.core.settings import Settings
from server.modules.feedback.models import Photo, Report, Video
from tests.browser.conftest import Visit
from tests.browser.office import Office
from tests.browser.screens import comes_to, until_kept
from tests.browser.test_console import Sit, base, button, field, sit
from tests.browser.test_sign_in import sign_in
from tests.browser.wire import Wire
from tests.conftest import SECRET
from tests.modules.feedback.videos import video

__all__ = ["base", "sit"]

pytestmark = pytest.mark.browser


def noise(seed: int, **more: Any) -> bytes:
    """A photo that stays large: nothing in it can be left out."""
    out = io.BytesIO()
    Image.frombytes("RGB", (1200, 900), Random(seed).randbytes(1200 * 900 * 3)).save(out, "JPEG", quality=90, **more)
    return out.getvalue()


def taken_here() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "MAKER"
    exif.get_ifd(0x8825).update({1: "N", 2: (9.0, 10.0, 36.0), 3: "E", 4: (105.0, 9.0, 8.5)})
    return exif


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
    await page.locator("input[multiple]").set_input_files(photos)  # type: ignore[arg-type]
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
    await page.get_by_text("Dấu của ảnh").click()
    before = await page.locator(".digests dd code").all_inner_texts()

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
        asked = select(Photo.sent_hash, Photo.kept_hash).where(Photo.report_id == rows[0].id).order_by(Photo.number)
        hashes = [(row.sent_hash.hex(), row.kept_hash.hex()) for row in await connection.execute(asked)]
    await page.get_by_text("Dấu của ảnh").click()
    await expect(page.locator(".digests dd:nth-of-type(2) code")).to_have_count(3)
    shown = [await page.locator(f".digests dd:nth-of-type({n}) code").all_inner_texts() for n in (1, 2)]
    assert list(zip(*shown, strict=True)) == hashes
    assert before == shown[0]
    assert len({*shown[0], *shown[1]}) == 6
    assert (sent.count(""), sent.count("/photos/1"), sent.count("/photos/3")) == (1, 1, 1)
    await database.close()
    assert hashlib.sha256(b"").hexdigest() not in shown[0]

    # The office answers, and the phone shows it, also when the line is gone again.
    await office.fixes_report(rows[0].code, "Đội đã thay ván cầu.")
    await page.reload()
    await expect(page.get_by_text("Đội đã thay ván cầu.")).to_be_visible()
    wire.cut()
    await page.reload()
    await expect(page.get_by_text("Đội đã thay ván cầu.")).to_be_visible()
    await shots(os.environ.get("REPORT_SHOTS", ""))(page, "answered")
    await page.locator(".stars label", has_text="4 sao").click()
    await expect(page.get_by_label("4 sao")).to_be_checked()
    await page.get_by_role("button", name="Gửi đánh giá").click()
    await expect(page.get_by_role("alert").filter(has_text="Chưa làm được, hãy thử lại.")).to_be_visible()
    wire.mend()
    await page.get_by_role("button", name="Gửi đánh giá").click()
    await expect(page.get_by_text("Bạn đã cho 4 sao")).to_be_visible()


async def write(page: Page, words: str) -> str:
    """A report that could be sent; the phone's id of it."""
    await page.get_by_role("button", name="Viết phản ánh mới").click()
    await page.get_by_label("Bạn thấy gì?").fill(words)
    await page.get_by_label("Lĩnh vực").select_option("ha-tang-do-thi")
    return page.url.rsplit("/", 1)[1]


async def until_written_down(page: Page, operation: str = "", **said: str) -> None:
    """A draft that says so lies on the phone: this one, or any. A keystroke takes some milliseconds to get there."""
    await page.evaluate(
        """async ([operation, said]) => {
            const done = request => new Promise((yes, no) => {
                request.onsuccess = () => yes(request.result)
                request.onerror = no
            })
            const written = async () => {
                // To open one that is not there would make it.
                if (!(await indexedDB.databases()).some(one => one.name === 'reports')) return
                const base = await done(indexedDB.open('reports'))
                const items = await done(base.transaction('items').objectStore('items').getAll())
                base.close()
                const says = ({ body }) => Object.entries(said).every(([name, its]) => `${body[name]}`.startsWith(its))
                return items.some(item => (!operation || item.operation === operation) && says(item))
            }
            const end = Date.now() + 60_000
            while (!await written()) {
                if (Date.now() > end) throw new Error('the phone has not kept what was written')
                await new Promise(done => setTimeout(done, 50))
            }
        }""",
        [operation, said],
    )


async def how_many(database_url: str, *operations: str) -> int:
    database = Database(Settings(database_url=database_url, secret_key=SECRET))
    async with database.reading() as connection:
        found = await connection.execute(select(Report.id).where(Report.operation.in_(operations)))
    await database.close()
    return len(found.all())


async def test_a_video_goes_on_where_the_line_broke_and_the_office_shows_what_may_be_seen(
    visit: Visit, wire: Wire, office: Office, sit: Sit, database_url: str
) -> None:
    look = shots(os.environ.get("REPORT_SHOTS", ""))
    visitor = await visit("/reports", wire.origin)
    visitor.forgive(r"Failed to load resource")
    page = visitor.page
    await until_kept(page, "/api/feedback/categories", "/api/places/outline")
    operation = await write(page, "Ghe chở cát va vào chân cầu")
    film = video(1_500_000)
    chosen = {"name": "cau.mp4", "mimeType": "video/mp4", "buffer": film}
    small = {"name": "1.jpg", "mimeType": "image/jpeg", "buffer": noise(5, exif=taken_here())}
    wire.cut()
    await page.locator("input[accept*=video]").set_input_files(chosen)  # type: ignore[arg-type]
    await expect(page.locator(".shot.film")).to_have_text("Video")
    # Who must save data sends 1024 of its 1200 pixels.
    await page.get_by_label("Tiết kiệm").check()
    await page.locator("input[multiple]").set_input_files(small)  # type: ignore[arg-type]
    await expect(page.locator("img.shot")).to_have_js_property("naturalWidth", 1024)
    # Where a photo was taken is used when its owner says so.
    await expect(page.locator(".placed")).to_be_hidden()
    await look(page, "taken")
    await page.get_by_role("button", name="Dùng nơi chụp").click()
    await expect(page.locator(".placed")).to_contain_text("9.17667, 105.15236")
    await until_written_down(page, operation, lat="9.1766", lon="105.1523")
    await page.reload()
    await expect(page.get_by_label("Tiết kiệm")).to_be_checked()
    await expect(page.locator(".shot")).to_have_count(2)
    await expect(page.locator(".placed")).to_contain_text("9.17667, 105.15236")
    await look(page, "with-video")
    await page.locator("button[type=submit]").click()
    await expect(page.get_by_text("Chờ có mạng để gửi")).to_be_visible()

    bytes_sent: list[int] = []

    def listen(request: Request) -> None:
        if request.method == "PATCH":
            bytes_sent.append(len(request.post_data_buffer or b""))

    visitor.context.on("request", listen)
    # Beyond the photo, in the middle of a piece of the video.
    wire.cut_after(700_000 + 600_000)
    wire.mend()
    await asyncio.wait_for(wire.broken(), 60)
    wire.mend()
    await expect(page.get_by_text("Các bước xử lý")).to_be_visible(timeout=60_000)
    await expect(page.locator("progress")).to_have_count(0, timeout=60_000)
    database = Database(Settings(database_url=database_url, secret_key=SECRET))
    async with database.reading() as connection:
        asked = select(Video.sent_hash, Video.whole_at).join(Report, Report.id == Video.report_id)
        (row,) = (await connection.execute(asked.where(Report.operation == operation))).all()
        code = await connection.scalar(select(Report.code).where(Report.operation == operation))
    await database.close()
    assert (row.sent_hash, row.whole_at is not None) == (hashlib.sha256(film).digest(), True)
    # No more than the piece that broke, once more where a break is met twice.
    assert sum(bytes_sent) <= len(film) + 2 * 262_144
    await page.get_by_text("Dấu của ảnh").click()
    await expect(page.locator(".digests dt")).to_have_text(["Video", "Ảnh 1"], use_inner_text=True)

    # The office looks, covers a face, and answers with a photo of its own.
    assert code
    desk = await sit(await office.hire("feedback:handle", "feedback:triage"), f"/staff/reports?q={code}")
    await desk.page.get_by_role("link", name=code).click()
    await expect(desk.page.locator("video")).to_be_visible()
    await button(desk.page, "Cho mọi người xem").first.click()
    sheet = desk.page.get_by_role("dialog")
    picture = sheet.locator(".cover img")
    await expect(picture).to_have_js_property("naturalWidth", 1024)
    box = await picture.bounding_box()
    assert box
    await desk.page.mouse.move(box["x"] + 20, box["y"] + 20)
    await desk.page.mouse.down()
    await desk.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    await desk.page.mouse.up()
    await button(sheet, "Thêm vùng che").click()
    await expect(sheet.get_by_role("status")).to_have_text("đã che 2 vùng")
    # By keys alone: moved, made larger, taken away.
    second = sheet.get_by_role("button", name="Vùng che 2")
    await expect(second).to_be_focused()
    await desk.page.keyboard.press("ArrowRight")
    await desk.page.keyboard.press("Shift+ArrowDown")
    await comes_to(second, "area => [area.style.left, area.style.height]", ["42%", "22%"])
    await look(desk.page, "cover")
    await desk.page.keyboard.press("Delete")
    await expect(sheet.get_by_role("status")).to_have_text("đã che 1 vùng")
    await button(sheet, "Cho mọi người xem").click()
    await expect(desk.page.get_by_text("đã che 1 vùng")).to_be_visible()

    await desk.page.get_by_text("Việc khác").click()
    await button(desk.page, "Trả lời").click()
    answer = desk.page.get_by_role("dialog")
    await field(answer, "Nội dung").fill("Đội đã rào chân cầu.")
    await expect(answer.locator(".file-field")).to_have_text("Chọn ảnh")
    await answer.locator("input[type=file]").set_input_files(small)  # type: ignore[arg-type]
    await expect(answer.locator(".pictures img")).to_have_count(1)
    await look(desk.page, "answer")
    await button(answer, "Trả lời").click()
    await expect(desk.page.locator(".passage .pictures img")).to_have_count(1)
    await look(desk.page, "desk")
    await page.reload()
    await expect(page.locator(".happened img.shot")).to_have_count(1)
    await look(page, "answered-with-photo")

    # What is taken away is what the list is narrowed to.
    await desk.open("/staff/reports?list=urgent&category=ha-tang-do-thi&commune=31834")
    taken = await desk.page.get_by_role("link", name="Tải danh sách này (CSV)").get_attribute("href")
    asked = {"which": "urgent", "category": "ha-tang-do-thi", "commune": "31834", "sheet": "csv", "lang": "vi"}
    assert dict(parse_qsl(str(taken).partition("?")[2])) == asked

    # What is needed every day stays on this machine, one press away.
    await button(desk.page, "Lưu bộ lọc này").click()
    await desk.open("/staff/reports")
    filters = desk.page.get_by_role("list", name="Bộ lọc đã lưu")
    await filters.get_by_role("link", name="Khẩn · Hạ tầng đô thị · Phường Vĩnh Trạch").click()
    await expect(filters.get_by_role("link")).to_have_attribute("aria-current", "page")
    assert dict(parse_qsl(desk.page.url.partition("?")[2])) == {
        "list": "urgent",
        "category": "ha-tang-do-thi",
        "commune": "31834",
    }
    await filters.get_by_role("button").click()
    await expect(filters).to_have_count(0)


async def test_the_map_of_the_desk_leads_to_what_lies_there(sit: Sit, office: Office) -> None:
    look = shots(os.environ.get("REPORT_SHOTS", ""))
    places = [(9.2867, 105.7143), (8.8116, 105.0336)]
    ids = [str(await office.reported(uuid4(), at)) for at in places]
    desk = await sit(await office.hire("feedback:handle", "feedback:triage"), "/staff/reports?view=map")
    page = desk.page
    there, far = (page.locator(f"main a[href='/staff/reports/{it}']").first for it in ids)
    await expect(there).to_be_visible()
    await expect(far).to_be_visible()
    # Where the outline puts it: each circle stands where its reports are.
    await expect(page.locator(".pin-map svg")).to_be_visible()
    tapped = await page.evaluate(
        """async ([lat, lon]) => {
            const outline = await (await fetch('/api/places/outline')).json()
            const depth = { Polygon: 1, MultiPolygon: 2 }
            const points = outline.features.flatMap(it => it.geometry.coordinates.flat(depth[it.geometry.type]))
            const lons = points.map(it => it[0]), lats = points.map(it => it[1])
            const [west, east] = [Math.min(...lons), Math.max(...lons)]
            const [south, north] = [Math.min(...lats), Math.max(...lats)]
            const narrow = Math.cos(((south + north) / 2) * Math.PI / 180)
            const scale = 1000 / Math.max((east - west) * narrow, north - south)
            const box = document.querySelector('.pin-map svg').getBoundingClientRect()
            const [x, y] = [(lon - west) * narrow * scale, (north - lat) * scale]
            return { x: x / 1000 * box.width, y: y / 1000 * box.height }
        }""",
        places[0],
    )
    await page.locator(".pin-map svg").click(position=tapped)
    await expect(far).to_be_hidden()
    await expect(there).to_be_visible()
    await look(page, "desk-map")
    # By keys, too; and the whole list is one press away.
    await page.locator(".pin-map svg").focus()
    for _ in range(3):
        await page.keyboard.press("ArrowDown")
    await expect(there).to_be_hidden()
    await page.get_by_role("link", name="Danh sách đang theo bản đồ: xem tất cả").click()
    await expect(far).to_be_visible()
    assert "box" not in page.url


async def test_a_field_is_added_and_a_prepared_answer_goes_behind_what_was_typed(sit: Sit, office: Office) -> None:
    look = shots(os.environ.get("REPORT_SHOTS", ""))
    report = await office.reported(uuid4())
    desk = await sit(
        await office.hire("feedback:handle", "feedback:triage", "feedback:categories"), "/staff/reports/setup"
    )
    page = desk.page
    await button(page, "Thêm lĩnh vực").click()
    sheet = page.get_by_role("dialog")
    for label, name in (("Tiếng Việt", "Cây xanh"), ("Tiếng Anh", "Trees"), ("Tiếng Khmer", "ដើមឈើ")):
        await field(sheet, label).fill(name)
    await look(page, "new-field")
    await button(sheet, "Lưu").click()
    await expect(page.get_by_role("strong").filter(has_text="Cây xanh")).to_be_visible()
    await button(page, "Thêm câu mẫu").click()
    await field(sheet, "Tên câu mẫu").fill("Cảm ơn")
    await field(sheet, "Nội dung").fill("Cảm ơn bạn đã báo.")
    await button(sheet, "Lưu").click()
    await expect(page.get_by_text("Cảm ơn bạn đã báo.")).to_be_visible()

    await desk.open(f"/staff/reports/{report}")
    await page.get_by_text("Việc khác").click()
    await button(page, "Trả lời").click()
    words = field(sheet, "Nội dung")
    await words.fill("Đội đang đến.")
    await field(sheet, "Bắt đầu từ câu mẫu").select_option("Cảm ơn")
    await expect(words).to_have_value("Đội đang đến.\n\nCảm ơn bạn đã báo.")
    await page.keyboard.press("Escape")

    # Whoever reads another language reads the fields in it.
    await page.evaluate("localStorage.setItem('language', '\"en\"')")
    await desk.open("/staff/reports")
    await expect(page.get_by_label("Field").locator("option", has_text="Trees")).to_have_count(1)


async def test_what_two_tabs_send_is_what_the_first_has_sent(visit: Visit, wire: Wire, database_url: str) -> None:
    visitor = await visit("/reports", wire.origin)
    visitor.forgive(r"Failed to load resource")
    page = visitor.page
    operation = await write(page, "Đèn đường trước trường học không sáng")
    await until_written_down(page, operation, category="ha-tang-do-thi")
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
    await asyncio.wait_for(lost.wait(), 60)
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
    await asyncio.wait_for(begun.wait(), 60)
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
    await until_written_down(page, operation, text="Cầu bị gãy")
    await page.reload()
    await expect(page.get_by_label("Bạn thấy gì?")).to_have_value("Cầu bị gãy")
    full = "void (IDBObjectStore.prototype.put = () => { throw new DOMException('', 'QuotaExceededError') })"
    await page.evaluate(full)
    await page.get_by_label("Bạn thấy gì?").fill("Cầu bị gãy đôi, xe không qua được")
    await page.get_by_role("button", name="Gửi phản ánh").click()
    await expect(page.get_by_text("Máy hết chỗ lưu")).to_be_visible()
    assert page.url.endswith(f"/reports/new/{operation}")
    await expect(page.get_by_label("Bạn thấy gì?")).to_have_value("Cầu bị gãy đôi, xe không qua được")


async def test_a_map_that_does_not_come_leaves_what_was_written(visit: Visit) -> None:
    visitor = await visit("/reports", service_workers="block")
    page = visitor.page
    visitor.forgive("Failed to load resource|Failed to fetch dynamically imported module")
    await page.route("**/assets/PinMap-*.js", lambda route: route.abort())
    operation = await write(page, "Cầu bị gãy")
    await page.get_by_role("button", name="Chọn trên bản đồ").click()
    await expect(page.locator(".ribbon")).to_contain_text("Chưa tải được hết")
    await expect(page.get_by_role("button", name="Tải lại trang")).to_be_visible()
    await expect(page.get_by_label("Bạn thấy gì?")).to_have_value("Cầu bị gãy")
    await until_written_down(page, operation, text="Cầu bị gãy")


async def test_what_one_person_has_written_is_neither_shown_to_nor_sent_as_the_next(
    visit: Visit, wire: Wire, database_url: str
) -> None:
    """Written without a line, signed out of, and somebody else signs in on the same phone."""
    visitor = await visit("/", wire.origin)
    visitor.forgive(r"Failed to load resource")
    page, mine, theirs = visitor.page, "0987 000 631", "0987 000 632"
    await sign_in(page, mine)
    await visitor.open("/reports")
    await until_kept(page, "/api/feedback/categories", "/api/places/outline")
    wire.cut()
    operation = await write(page, "Nhà bên cạnh đốt rác mỗi tối")
    await page.get_by_role("button", name="Gửi khi có mạng").click()
    await expect(page.get_by_text("Chờ có mạng để gửi")).to_be_visible()
    await visitor.open("/account")
    await page.get_by_role("button", name="Đăng xuất").click()
    await page.get_by_role("dialog").get_by_role("button", name="Đăng xuất").click()
    await expect(page).to_have_url(f"{wire.origin}/")

    # Each time it is tried, and refused: by nobody, and by somebody else.
    refused: list[int] = []

    def listen(reply: Response) -> None:
        if reply.url.endswith(operation) and reply.request.method == "PUT":
            refused.append(reply.status)

    visitor.context.on("response", listen)
    # The server has not heard yet that its writer has signed out: as theirs it would go at once, which is as good.
    await visitor.context.route(f"**/{operation}", lambda route: route.abort())
    wire.mend()
    await sign_in(page, theirs)
    await visitor.context.unroute(f"**/{operation}")
    await visitor.open("/reports")
    await expect(page.get_by_text("Nhà bên cạnh đốt rác")).to_have_count(0)
    async with asyncio.timeout(60):
        while 409 not in refused:
            await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
            await asyncio.sleep(0.1)
    assert await how_many(database_url, operation) == 0

    # Whoever wrote it comes back: it goes by itself, as theirs.
    await visitor.open("/account")
    await page.get_by_role("button", name="Đăng xuất").click()
    await page.get_by_role("dialog").get_by_role("button", name="Đăng xuất").click()
    await expect(page).to_have_url(f"{wire.origin}/")
    again(database_url)
    await sign_in(page, mine)
    await visitor.open(f"/reports/{operation}")
    await expect(page.get_by_text("Các bước xử lý")).to_be_visible(timeout=60_000)
    assert await how_many(database_url, operation) == 1
    assert set(refused) <= {200, 401, 409}


def again(database_url: str) -> None:
    """The pause between two codes is over."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DELETE FROM core_count")
