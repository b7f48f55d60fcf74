"""One report that cannot go never keeps the others back, and says why, with a way out; and no page is needed."""

import asyncio
from typing import Any

import psycopg
import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.conftest import Visit
from tests.browser.screens import until_kept
from tests.browser.test_reports import how_many, noise, until_written_down, write
from tests.browser.wire import Wire

pytestmark = pytest.mark.browser

ITS_STEPS = "Các bước xử lý"

# A phone sends what waits in the order of the ids, which are random: below, `first` goes first.


async def write_without_a_line(page: Page, words: str, photos: int = 0) -> str:
    """One that waits on the phone; its id."""
    await page.goto(page.url.partition("/reports")[0] + "/reports")
    operation = await write(page, words)
    if photos:
        chosen: Any = [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": noise(n)} for n in range(photos)]
        await page.locator("input[multiple]").set_input_files(chosen)
        await expect(page.locator("img.shot")).to_have_count(photos)
    await until_written_down(page, operation, text=words, category="ha-tang-do-thi")
    await page.locator("button[type=submit]").click()
    await expect(page.get_by_text("Chờ có mạng để gửi")).to_be_visible()
    return operation


async def send_now(page: Page) -> None:
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


@pytest.fixture
async def page(visit: Visit, wire: Wire) -> Page:
    """A phone without a line, on which reports can be written."""
    visitor = await visit("/reports", wire.origin)
    visitor.forgive(r"Failed to load resource")
    await until_kept(visitor.page, "/api/feedback/categories", "/api/places/outline")
    wire.cut()
    return visitor.page


async def test_a_stranger_on_the_way_keeps_nothing_else_back(page: Page, wire: Wire, database_url: str) -> None:
    """A network that wants to be signed in to answers everything with a page; a proxy finds one too large."""
    waiting = [
        await write_without_a_line(page, words)
        for words in ("Cột điện nghiêng trước chợ", "Nắp cống vỡ trước trường", "Đèn đường tắt ở đầu cầu")
    ]
    first, second, third = sorted(waiting)
    answers = {first: 200, second: 413}

    async def answer(route: Route) -> None:
        operation = route.request.url.rsplit("/", 1)[1]
        if status := answers.get(operation):
            await route.fulfill(status=status, content_type="text/html", body="<!doctype html><p>Welcome")
        else:
            await route.continue_()

    await page.context.route("**/api/feedback/reports/*", answer)
    wire.mend()
    await page.goto(f"{wire.origin}/reports/{third}")
    await expect(page.get_by_text(ITS_STEPS)).to_be_visible()
    assert await how_many(database_url, first, second, third) == 1
    # What only had to wait goes by itself; what was too large says so, and goes another way when asked to.
    await page.goto(f"{wire.origin}/reports/{second}")
    await expect(page.get_by_text("Mạng đang dùng không cho gửi tệp lớn như vậy")).to_be_visible()
    answers.clear()
    await page.get_by_role("button", name="Sửa rồi gửi lại").click()
    await page.get_by_role("button", name="Gửi phản ánh").click()
    await expect(page.get_by_text(ITS_STEPS)).to_be_visible()
    await page.goto(f"{wire.origin}/reports/{first}")
    await expect(page.get_by_text(ITS_STEPS)).to_be_visible()
    assert await how_many(database_url, first, second, third) == 3


async def test_a_photo_that_the_phone_has_lost_is_said_and_left_out(page: Page, wire: Wire, database_url: str) -> None:
    waiting = [await write_without_a_line(page, words, photos=2) for words in ("Bờ kè sạt lở", "Rác đổ trộm ven kênh")]
    first, second = sorted(waiting)
    await page.evaluate(
        """operation => new Promise((yes, no) => {
            indexedDB.open('reports').onsuccess = ({ target: { result: base } }) => {
                const change = base.transaction('pictures', 'readwrite')
                change.objectStore('pictures').delete([operation, 2])
                change.oncomplete = () => yes(base.close())
                change.onerror = no
            }
        })""",
        first,
    )
    wire.mend()
    await page.goto(f"{wire.origin}/reports/{second}")
    await expect(page.get_by_text(ITS_STEPS)).to_be_visible()
    await page.goto(f"{wire.origin}/reports/{first}")
    await expect(page.get_by_text("Ảnh 2 không gửi được")).to_be_visible()
    await expect(page.get_by_text("Máy không còn giữ được tệp này")).to_be_visible()
    await page.get_by_role("button", name="Bỏ đi").click()
    await expect(page.get_by_text("Ảnh 2 không gửi được")).to_be_hidden()
    await expect(page.locator("a img.shot")).to_have_count(1)
    assert await how_many(database_url, first, second) == 2


async def test_one_refused_is_changed_and_goes_and_the_others_have_gone_before(
    page: Page, wire: Wire, database_url: str
) -> None:
    """Its field was withdrawn while the phone had no line. The other one holds a number as an iPhone copies it."""
    copied = "Vỉa hè lún, hỏi \u202d0912 345 678\u202c"
    waiting = [await write_without_a_line(page, words) for words in ("Cây bật gốc", copied)]
    first, second = sorted(waiting)
    withdrawn = asyncio.Event()

    async def refuse(route: Route) -> None:
        """As the server does: the body says a field that is none."""
        said = route.request.post_data_json if not withdrawn.is_set() else None
        withdrawn.set()
        await route.continue_(post_data={**said, "category": "khong-con"} if said else None)

    await page.context.route(f"**/api/feedback/reports/{first}", refuse)
    wire.mend()
    await page.goto(f"{wire.origin}/reports/{second}")
    await expect(page.get_by_text(ITS_STEPS)).to_be_visible()
    await page.goto(f"{wire.origin}/reports/{first}")
    await expect(page.get_by_text("Lĩnh vực này không còn nữa")).to_be_visible()
    await page.get_by_role("button", name="Sửa rồi gửi lại").click()
    await page.get_by_label("Lĩnh vực").select_option("dien-chieu-sang")
    await until_written_down(page, first, category="dien-chieu-sang")
    await page.get_by_role("button", name="Gửi phản ánh").click()
    await expect(page.get_by_text(ITS_STEPS)).to_be_visible()
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT category FROM feedback_report WHERE operation = %s", [first]).fetchall()
    assert rows == [("dien-chieu-sang",)]


async def test_one_that_takes_too_long_lets_the_next_one_go(page: Page, wire: Wire, database_url: str) -> None:
    await page.clock.install()
    waiting = [await write_without_a_line(page, words) for words in ("Ống nước vỡ giữa đường", "Trạm điện phát nổ")]
    first, second = sorted(waiting)
    begun = asyncio.Event()

    async def never(route: Route) -> None:
        begun.set()

    await page.context.route(f"**/api/feedback/reports/{first}", never)
    wire.mend()
    await page.goto(f"{wire.origin}/reports/{second}")
    await asyncio.wait_for(begun.wait(), 60)
    await page.clock.fast_forward(121_000)
    await expect(page.get_by_text(ITS_STEPS)).to_be_visible()
    assert await how_many(database_url, first, second) == 1


async def test_an_id_that_is_spent_is_left_and_words_and_photos_go_under_another(
    page: Page, wire: Wire, database_url: str
) -> None:
    """The server has something else under it, as after a fault of an older version."""
    operation = await write_without_a_line(page, "Kè sông nứt dài mười mét", photos=2)
    lost = asyncio.Event()

    async def spend(route: Route) -> None:
        if lost.is_set():
            return await route.continue_()
        said = route.request.post_data_json
        await route.fetch(post_data={**said, "text": "Chuyện khác"})
        lost.set()
        await route.abort()
        return None

    await page.context.route(f"**/api/feedback/reports/{operation}", spend)
    wire.mend()
    await send_now(page)
    await asyncio.wait_for(lost.wait(), 60)
    await page.get_by_role("button", name="Gửi ngay").click()
    await expect(page.get_by_text("Mã gửi này đã dùng cho nội dung khác")).to_be_visible()
    await page.get_by_role("button", name="Sửa rồi gửi lại").click()
    await expect(page.get_by_label("Bạn thấy gì?")).to_have_value("Kè sông nứt dài mười mét")
    await expect(page.locator("img.shot")).to_have_count(2)
    another = page.url.rsplit("/", 1)[1]
    assert another != operation
    await page.get_by_role("button", name="Gửi phản ánh").click()
    await expect(page.locator("a img.shot")).to_have_count(2)
    assert await how_many(database_url, operation, another) == 2
    # Of the spent one nothing is left on the phone.
    await page.goto(f"{wire.origin}/reports")
    await expect(page.locator("main .rows a")).to_have_count(1)


async def test_the_worker_sends_what_waits_when_no_page_is_open(page: Page, wire: Wire, database_url: str) -> None:
    operation = await write_without_a_line(page, "Lan can cầu bị gãy", photos=1)
    await page.goto("about:blank")
    wire.mend()
    # The browser finds that the line is back, as it does for who has asked it to.
    browser = await page.context.new_cdp_session(page)
    known: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def listen(said: dict[str, Any]) -> None:
        ours = [it["registrationId"] for it in said["registrations"] if it["scopeURL"].startswith(wire.origin)]
        if ours and not known.done():
            known.set_result(ours[0])

    browser.on("ServiceWorker.workerRegistrationUpdated", listen)
    await browser.send("ServiceWorker.enable")
    woken = {"origin": wire.origin, "registrationId": await asyncio.wait_for(known, 60), "tag": "reports"}
    await browser.send("ServiceWorker.dispatchSyncEvent", woken | {"lastChance": False})
    async with asyncio.timeout(60):
        while await how_many(database_url, operation) == 0:
            await asyncio.sleep(0.2)
    with psycopg.connect(database_url) as connection:
        asked = (
            "SELECT count(*) FROM feedback_photo p JOIN feedback_report r ON r.id = p.report_id WHERE operation = %s"
        )
        async with asyncio.timeout(60):
            while connection.execute(asked, [operation]).fetchone() != (1,):
                await asyncio.sleep(0.2)
    # The page finds it sent.
    await page.goto(f"{wire.origin}/reports/{operation}")
    await expect(page.get_by_text(ITS_STEPS)).to_be_visible()
    await expect(page.locator("progress")).to_have_count(0)
