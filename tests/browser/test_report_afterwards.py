"""What a phone does with a report that was sent: says that it is not done, answers, rates; and reads what is new."""

import asyncio
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from playwright.async_api import Page, Route, expect

from server.modules.feedback.rules.states import Act
from tests.browser.conftest import Visit
from tests.browser.office import Office
from tests.browser.screens import until_kept, until_ready_for_offline
from tests.browser.test_report_troubles import send_now
from tests.browser.test_reports import again, how_many, noise, until_written_down, write
from tests.browser.test_sign_in import new_number, sign_in, sign_out
from tests.browser.wire import Wire

pytestmark = pytest.mark.browser

ITS_STEPS = "Các bước xử lý"
NOT_DONE = "Chưa xong, mở lại"
THE_REPORT = "/api/feedback/reports"
LINE = r"Failed to load resource"
"""Whoever is signed in goes on listening when the line is taken away at the end."""


def shots(*numbers: int) -> Any:
    return [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": noise(n)} for n in numbers]


async def send(page: Page, words: str) -> tuple[str, str]:
    """A report that has arrived and is looked at: the phone's id of it, and its code."""
    operation = await write(page, words)
    await page.get_by_role("button", name="Gửi phản ánh").click()
    await expect(page.get_by_text(ITS_STEPS)).to_be_visible()
    # A page that is loaded anew while its worker is being fetched says so.
    await until_ready_for_offline(page)
    return operation, (await page.locator("h1").inner_text()).removeprefix("Phản ánh ")


def stored(database_url: str, asked: str, *values: Any) -> list[Any]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        return connection.execute(asked, values).fetchall()  # type: ignore[arg-type]


async def test_not_done_is_shown_kept_and_said_once(
    visit: Visit, wire: Wire, office: Office, database_url: str
) -> None:
    visitor = await visit("/reports", wire.origin)
    visitor.forgive(LINE)
    page = visitor.page
    operation, code = await send(page, "Cầu tạm bị gãy một nhịp")
    await office.fixes_report(code, "Đã thay ván.")
    await page.reload()
    await page.get_by_text("Chưa xong?").click()
    # Deleted, to be said in other words.
    await page.get_by_label("Còn hỏng thế nào?").fill("Hỏng")
    await page.get_by_label("Còn hỏng thế nào?").fill("")
    await page.wait_for_timeout(300)  # longer than it takes to close
    await expect(page.get_by_label("Còn hỏng thế nào?")).to_be_visible()
    await page.get_by_label("Còn hỏng thế nào?").fill("Nhịp giữa vẫn gãy")
    await page.locator("input[multiple]").set_input_files(shots(1, 2, 3))
    await expect(page.locator("form img.shot")).to_have_count(3)
    await page.get_by_role("button", name="Bỏ ảnh 3").click()
    await expect(page.locator("form img.shot")).to_have_count(2)
    await until_written_down(page, text="Nhịp giữa vẫn gãy")
    # The tab is closed by the phone meanwhile: nothing is lost.
    await page.reload()
    await expect(page.get_by_label("Còn hỏng thế nào?")).to_have_value("Nhịp giữa vẫn gãy")
    await expect(page.locator("form img.shot")).to_have_count(2)

    # What it says arrives, and the phone does not hear of it: it says it again by itself, and nothing is said twice.
    arrived = asyncio.Event()

    async def lose(route: Route) -> None:
        if not arrived.is_set():
            await route.fetch()
            arrived.set()
        await route.abort()

    await visitor.context.route("**/reopenings/*", lose)
    await page.get_by_role("button", name=NOT_DONE).click()
    await asyncio.wait_for(arrived.wait(), 30)
    await expect(page.get_by_text("Chờ có mạng để gửi")).to_be_visible()
    await visitor.context.unroute("**/reopenings/*")
    await send_now(page)
    await expect(page.get_by_text("Đã mở lại phản ánh")).to_be_visible()
    await expect(page.locator(".happened img.shot")).to_have_count(2)
    await expect(page.get_by_role("button", name=NOT_DONE)).to_have_count(0)
    # Three would stand beside each other, and none touches the words above.
    words, row, shot = [
        await page.locator(f".happened {css}").first.bounding_box() for css in (".words", ".shots", "img.shot")
    ]
    assert words
    assert row
    assert shot
    assert 3 * shot["width"] < row["width"]
    assert words["y"] + words["height"] < shot["y"]
    rows = stored(
        database_url,
        "SELECT r.reopened, s.kind FROM feedback_photo p JOIN feedback_report r ON r.id = p.report_id"
        " JOIN feedback_step s ON s.id = p.step_id WHERE r.operation = %s",
        operation,
    )
    assert rows == [(1, "reopened")] * 2
    # Nothing of it is said with the next one.
    await office.fixes_report(code, "Đã thay nhịp giữa.")
    await page.reload()
    await page.get_by_text("Chưa xong?").click()
    await expect(page.get_by_label("Còn hỏng thế nào?")).to_have_value("")
    await expect(page.locator("form img.shot")).to_have_count(0)


async def test_not_done_is_said_without_a_line_as_whoever_said_it_and_arrives_whole_and_once(
    visit: Visit, wire: Wire, office: Office, database_url: str
) -> None:
    visitor = await visit("/", wire.origin)
    visitor.forgive(LINE)
    page, me = visitor.page, new_number()
    await sign_in(page, me)
    await visitor.open("/reports")
    operation, code = await send(page, "Rào chắn bến đò bị đổ")
    await office.fixes_report(code, "Đã dựng lại rào.")
    await page.reload()
    await expect(page.get_by_text("Đã dựng lại rào.")).to_be_visible()
    wire.cut()
    await page.get_by_text("Chưa xong?").click()
    await page.get_by_label("Còn hỏng thế nào?").fill("Rào vẫn nằm dưới nước")
    await page.locator("input[multiple]").set_input_files(shots(1, 2, 3))
    await expect(page.locator("form img.shot")).to_have_count(3)
    await page.get_by_role("button", name=NOT_DONE).click()
    for _ in range(2):
        await expect(page.get_by_text("Chờ có mạng để gửi")).to_be_visible()
        await expect(page.get_by_text("Rào vẫn nằm dưới nước")).to_be_visible()
        await expect(page.locator("main img.shot")).to_have_count(3)
        await expect(page.get_by_role("button", name=NOT_DONE)).to_have_count(0)
        await page.reload()
    await page.get_by_text("Dấu của ảnh").click()
    await expect(page.locator(".digests dd code")).to_have_count(3)
    digests = await page.locator(".digests dd code").all_inner_texts()
    progress = await page.get_by_text("Đã gửi 0 /").inner_text()
    size = int("".join(filter(str.isdigit, progress.partition("/")[2]))) * 1000

    # The line comes back and breaks in the middle of the second photo; somebody else signs in: it is neither theirs to
    # see nor to say.
    wire.cut_after(size // 2)
    wire.mend()
    await send_now(page)
    await asyncio.wait_for(wire.broken(), 60)
    await expect(page.locator("progress")).not_to_have_attribute("value", "0")
    wire.mend()

    async def hold(route: Route) -> None:
        await route.abort()

    await visitor.context.route("**/evidence/*", hold)
    await visitor.open("/account")
    await sign_out(page)
    await sign_in(page, new_number())
    await visitor.context.unroute("**/evidence/*")
    async with page.expect_response("**/evidence/*") as reply:
        await send_now(page)
    assert (await reply.value).status == 409
    await visitor.open("/reports")
    await expect(page.get_by_text("Chưa có phản ánh nào")).to_be_visible()
    await expect(page.get_by_text("Rào vẫn nằm dưới nước")).to_have_count(0)
    await visitor.open("/account")
    await sign_out(page)
    again(database_url)
    await sign_in(page, me)
    await visitor.open(f"/reports/{operation}")
    await expect(page.get_by_text("Đã mở lại phản ánh")).to_be_visible(timeout=60_000)
    await expect(page.locator(".happened img.shot")).to_have_count(3)
    await expect(page.get_by_text("Rào vẫn nằm dưới nước")).to_have_count(1)
    rows = stored(
        database_url,
        "SELECT encode(p.sent_hash, 'hex'), r.reopened, s.kind FROM feedback_report r"
        " JOIN feedback_step s ON s.report_id = r.id AND s.kind = 'reopened'"
        " JOIN feedback_photo p ON p.step_id = s.id WHERE r.operation = %s ORDER BY p.number",
        operation,
    )
    assert rows == [(digest, 1, "reopened") for digest in digests]


async def test_what_can_no_longer_be_said_keeps_nothing_back_and_becomes_a_report_of_its_own(
    visit: Visit, wire: Wire, office: Office, database_url: str
) -> None:
    visitor = await visit("/reports", wire.origin)
    visitor.forgive(LINE)
    page = visitor.page
    sent: list[str] = []
    for words in ("Đèn tín hiệu tắt ở ngã ba", "Biển báo gãy ở đầu cầu"):
        await visitor.open("/reports")
        operation, code = await send(page, words)
        await office.fixes_report(code, "Đã sửa.")
        await page.reload()
        await expect(page.get_by_text("Đã sửa.")).to_be_visible()
        sent.append(operation)
    wire.cut()
    for operation in sent:
        await page.goto(f"{wire.origin}/reports/{operation}")
        await page.get_by_text("Chưa xong?").click()
        await page.get_by_label("Còn hỏng thế nào?").fill("Vẫn hỏng như cũ")
        await page.locator("input[multiple]").set_input_files(shots(8))
        await expect(page.locator("form img.shot")).to_have_count(1)
        await page.get_by_role("button", name=NOT_DONE).click()
        await expect(page.get_by_text("Chờ có mạng để gửi")).to_be_visible()
    late, other = sent
    with psycopg.connect(database_url, autocommit=True) as connection:
        ended = "UPDATE feedback_report SET closed_at = closed_at - interval '15 days' WHERE operation = %s"
        connection.execute(ended, [late])
    wire.mend()
    await page.goto(f"{wire.origin}/reports/{other}")
    await expect(page.get_by_text("Đã mở lại phản ánh")).to_be_visible(timeout=60_000)
    # Nothing of it is lost: it says why, and the words and the photo go into a new one.
    await visitor.open("/reports")
    await page.get_by_text("Vẫn hỏng như cũ").click()
    await expect(page).to_have_url(f"{wire.origin}/reports/{late}")
    await expect(page.get_by_text("Phản ánh này không còn nhận thêm ảnh")).to_be_visible()
    await page.get_by_role("button", name="Viết thành phản ánh mới").click()
    await expect(page.get_by_label("Bạn thấy gì?")).to_have_value("Vẫn hỏng như cũ")
    await expect(page.locator("img.shot")).to_have_count(1)
    await page.get_by_label("Lĩnh vực").select_option("ha-tang-do-thi")
    await page.get_by_role("button", name="Gửi phản ánh").click()
    await expect(page.get_by_text(ITS_STEPS)).to_be_visible()
    await expect(page.locator("a img.shot")).to_have_count(1)
    counted = "SELECT reopened FROM feedback_report WHERE operation = ANY(%s) ORDER BY reopened"
    assert stored(database_url, counted, sent) == [(0,), (1,)]


async def test_what_is_asked_is_answered_with_a_photo(
    visit: Visit, wire: Wire, office: Office, database_url: str
) -> None:
    visitor = await visit("/reports", wire.origin)
    visitor.forgive(LINE)
    page = visitor.page
    operation, code = await send(page, "Mương thoát nước bị lấp")
    await office.fixes_report(code, "Cho xem gần hơn?", Act.ASK)
    await page.reload()
    await expect(page.get_by_text("Cho xem gần hơn?").first).to_be_visible()
    await page.get_by_label("Trả lời của bạn").fill("Ngay cổng sau")
    await until_written_down(page, text="Ngay cổng sau")
    await page.reload()
    await expect(page.get_by_label("Trả lời của bạn")).to_have_value("Ngay cổng sau")
    await page.locator("input[multiple]").set_input_files(shots(4))
    await expect(page.locator("form img.shot")).to_have_count(1)
    await page.get_by_role("button", name="Gửi trả lời").click()
    await expect(page.get_by_text("Đã bổ sung thông tin")).to_be_visible()
    await expect(page.locator(".happened img.shot")).to_have_count(1)
    assert await how_many(database_url, operation) == 1


async def test_an_act_does_not_hide_what_comes_after_it(
    visit: Visit, wire: Wire, office: Office, database_url: str
) -> None:
    visitor = await visit("/", wire.origin)
    visitor.forgive(LINE)
    page = visitor.page
    await sign_in(page, new_number())
    await visitor.open("/reports")
    operation, code = await send(page, "Trụ nước chữa cháy bị đổ")
    await office.fixes_report(code, "Đã dựng lại trụ.")
    await page.reload()
    await page.locator(".stars label", has_text="2 sao").click()
    await expect(page.get_by_label("2 sao")).to_be_checked()
    await page.get_by_label("Muốn nói thêm?").fill("Vẫn nghiêng")
    await page.reload()
    await expect(page.get_by_label("Muốn nói thêm?")).to_have_value("Vẫn nghiêng")
    await page.get_by_role("button", name="Gửi đánh giá").click()
    await expect(page.get_by_text("Bạn đã cho 2 sao")).to_be_visible()

    async def with_news(route: Route) -> None:
        reply = await route.fetch()
        said = await reply.json()
        await route.fulfill(response=reply, json=said | {"items": [{"id": str(uuid4())}, *said["items"]]})

    async def late(route: Route) -> None:
        """The act: while its answer is on its way, news comes and what stood before is read again."""
        reply = await route.fetch(method="GET", url=f"{wire.origin}{THE_REPORT}/{operation}")
        before = await reply.json()

        async def as_before(again: Route) -> None:
            await again.fulfill(json=before)

        async def gone(again: Route) -> None:
            await again.abort()

        report = f"**{THE_REPORT}/{operation}"
        await visitor.context.route(report, as_before)
        async with page.expect_response(report):
            await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        await page.wait_for_timeout(300)  # until it is drawn
        await visitor.context.route(report, gone)
        await route.continue_()

    await visitor.context.route("**/api/notifications", with_news)
    await visitor.context.route("**/reopenings/*", late)
    await page.get_by_text("Chưa xong?").click()
    await page.get_by_role("button", name=NOT_DONE).click()
    await expect(page.get_by_text("Đã mở lại phản ánh")).to_be_visible()
    await visitor.context.unroute(f"**{THE_REPORT}/{operation}")
    await office.fixes_report(code, "Đã chống trụ bằng thép.")
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(page.get_by_text("Đã chống trụ bằng thép.")).to_be_visible()
    # The app goes on asking when the line is taken away: nobody is left to ask for it.
    await visitor.context.unroute_all(behavior="ignoreErrors")


async def test_ten_thousand_characters_stay_and_are_asked_to_be_fewer(
    visit: Visit, wire: Wire, office: Office, database_url: str
) -> None:
    visitor = await visit("/reports", wire.origin)
    visitor.forgive(LINE)
    page = visitor.page
    long, said = "Kênh bị lấp. " * 800, "Dài quá 4.000 ký tự"
    operation = await write(page, long)
    await page.get_by_role("button", name="Gửi phản ánh").click()
    await expect(page.get_by_text(said)).to_be_visible()
    await expect(page.get_by_label("Bạn thấy gì?")).to_have_value(long)
    await until_ready_for_offline(page)
    await page.reload()
    await expect(page.get_by_label("Bạn thấy gì?")).to_have_value(long)
    assert await how_many(database_url, operation) == 0
    # 4,000 that a browser counts as more.
    await page.get_by_label("Bạn thấy gì?").fill(("Kênh bị lấp. " * 400)[:3990] + "🚧" * 10)
    await page.get_by_role("button", name="Gửi phản ánh").click()
    await expect(page.get_by_text(ITS_STEPS)).to_be_visible()
    code = (await page.locator("h1").inner_text()).removeprefix("Phản ánh ")
    await office.fixes_report(code, "Đã nạo vét.")
    await page.reload()
    await page.get_by_text("Chưa xong?").click()
    await page.get_by_label("Còn hỏng thế nào?").fill(long)
    await page.get_by_role("button", name=NOT_DONE).click()
    await expect(page.get_by_text(said)).to_be_visible()
    await expect(page.get_by_label("Còn hỏng thế nào?")).to_have_value(long)


async def test_words_are_read_aloud_in_the_language_they_were_written_in(
    visit: Visit, wire: Wire, office: Office
) -> None:
    visitor = await visit("/reports", wire.origin)
    visitor.forgive(LINE)
    page = visitor.page
    await until_kept(page, "/api/feedback/categories", "/api/places/outline")
    khmer = "ស្ពានបាក់នៅមុខផ្សារ"
    operation = await write(page, khmer)
    await until_written_down(page, operation, text=khmer)
    await page.goto(f"{wire.origin}/reports")
    await expect(page.get_by_text(khmer)).to_have_attribute("lang", "km")
    await page.get_by_text(khmer).click()
    wire.cut()
    await page.locator("button[type=submit]").click()
    await expect(page.locator(".words", has_text=khmer)).to_have_attribute("lang", "km")
    wire.mend()
    await expect(page.get_by_text(ITS_STEPS)).to_be_visible(timeout=60_000)
    await expect(page.locator(".words", has_text=khmer)).to_have_attribute("lang", "km")
    code = (await page.locator("h1").inner_text()).removeprefix("Phản ánh ")
    await office.fixes_report(code, "បានជួសជុលហើយ")
    await page.reload()
    await expect(page.locator(".happened .words")).to_have_attribute("lang", "km")


@pytest.mark.parametrize("choice", ["Giữ bản nháp", "Xóa bản nháp"])
async def test_whoever_sees_the_same_follows_and_their_draft_is_theirs(
    visit: Visit, wire: Wire, office: Office, database_url: str, choice: str
) -> None:
    # Far from the other one's, and from those of other tests.
    there = {"latitude": 9.12 if choice == "Giữ bản nháp" else 9.14, "longitude": 105.15, "accuracy": 10}
    first = await visit("/reports", wire.origin, geolocation=there, permissions=["geolocation"])
    first.forgive(LINE)
    await write(first.page, "Nắp cống trước chợ vỡ")
    await first.page.get_by_role("button", name="Lấy vị trí của tôi").click()
    await expect(first.page.locator(".placed")).to_be_visible()
    await first.page.get_by_role("button", name="Gửi phản ánh").click()
    await expect(first.page.get_by_text(ITS_STEPS)).to_be_visible()

    visitor = await visit("/", wire.origin, geolocation=there, permissions=["geolocation"])
    visitor.forgive(LINE)
    page = visitor.page
    await sign_in(page, new_number())
    await visitor.open("/reports")
    operation = await write(page, "Miệng cống không có nắp")
    await page.locator("input[multiple]").set_input_files(shots(7))
    await expect(page.locator("img.shot")).to_have_count(1)
    await page.get_by_role("button", name="Lấy vị trí của tôi").click()
    await expect(page.locator(".placed")).to_be_visible()
    await page.get_by_role("button", name="Gửi phản ánh").click()
    sheet = page.get_by_role("dialog")
    await expect(sheet.get_by_text("Có phải điều này đã được báo?")).to_be_visible()
    await sheet.get_by_role("button", name="Tôi cũng thấy").click()
    await expect(sheet.get_by_text("Bạn đang theo dõi phản ánh đó")).to_be_visible()
    await sheet.get_by_role("button", name=choice).click()
    await expect(page.get_by_role("button", name="Thôi theo dõi")).to_be_visible()
    assert await how_many(database_url, operation) == 0
    await visitor.open("/reports")
    await expect(page.get_by_text("Đang theo dõi", exact=True)).to_be_visible()
    kept = page.get_by_text("Miệng cống không có nắp")
    if choice == "Xóa bản nháp":
        await expect(kept).to_have_count(0)
        return
    await kept.click()
    await expect(page.locator("img.shot")).to_have_count(1)
