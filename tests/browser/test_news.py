"""An article from the first word to the phone: nothing typed is lost, nobody overwrites, and no payload runs."""

import asyncio
import re
from base64 import b64encode
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Locator, Page, Route, expect

from server.modules.news.rules.states import Act
from tests.app import running
from tests.browser.chromium import Chromium, visiting
from tests.browser.conftest import Visit
from tests.browser.office import AT_THE_NEWS, Office
from tests.browser.payloads import LISTEN, PAYLOADS
from tests.browser.screens import comes_to, until_kept, until_ready_for_offline
from tests.browser.test_console import DESK, Sit, base, button, field, sit
from tests.browser.wire import Wire
from tests.modules.news.pictures import PDF, SVG, photo

__all__ = ["base", "sit"]

pytestmark = pytest.mark.browser

_SAVED = re.compile("^Đã lưu$")


def state(page: Page) -> Locator:
    return page.locator(".foot > [role=status]")


async def save(page: Page) -> None:
    await expect(state(page)).to_have_text(_SAVED)


async def add_picture(page: Page, tmp_path: Path) -> None:
    """Without words it does not go in, nor what is no picture; the text beside it stays as it is."""
    bad, good = tmp_path / "ban-do.png", tmp_path / "cau.jpg"
    bad.write_bytes(SVG)
    good.write_bytes(photo(1600, 800))
    await button(page, "Thêm ảnh").first.click()
    sheet = page.get_by_role("dialog")
    await sheet.locator("input[type=file]").set_input_files(bad)
    await button(sheet, "Đưa vào bài").click()
    await expect(sheet.locator(".said")).to_have_text("Hãy viết ảnh cho thấy gì.")
    await field(sheet, "Ảnh cho thấy gì?").fill("Cầu mới qua kinh")
    await button(sheet, "Đưa vào bài").click()
    await expect(sheet.locator(".said")).to_contain_text("không phải ảnh JPEG")
    await sheet.locator("input[type=file]").set_input_files(good)
    await button(sheet, "Đưa vào bài").click()
    await expect(sheet).to_be_hidden()
    await expect(field(page, "Nội dung (Tiếng Việt)")).to_have_value(
        re.compile(r"!\[Cầu mới qua kinh\]\([0-9a-f]{32}-800x1600")
    )


async def height(article: Locator) -> float:
    await expect(article.locator("img")).to_have_js_property("complete", True)
    return float(await article.evaluate("article => article.getBoundingClientRect().height"))


async def until_answered(server: str, article: str, status: int) -> None:
    """A web process hears a moment later of what has gone out or was taken back."""
    async with httpx.AsyncClient(base_url=server, timeout=60) as client, asyncio.timeout(60):
        while (await client.get(f"/api/news/articles/{article}")).status_code != status:
            await asyncio.sleep(0.1)


async def test_an_article_from_the_first_word_to_the_phone(
    sit: Sit, office: Office, visit: Visit, tmp_path: Path
) -> None:
    writer = await office.hire("news:read", "news:write", name="Lê Thị Viết")
    second = await office.hire("news:read", "news:write", name="Trần Văn Cùng")
    desk = await sit(writer, "/staff/news")
    desk.forgive("422")  # an incomplete article, and a drawing that calls itself a picture
    desk.forgive("412")
    page = desk.page
    await page.clock.install()
    await button(page, "Viết bài").click()
    await button(page.get_by_role("dialog"), "Trang trắng").click()
    title = field(page, "Tiêu đề (Tiếng Việt)")
    await title.fill("Cấm tàu qua cống để sửa cửa van")
    # The page is left before anything could reach the server: it stands there again.
    await field(page, "Nội dung (Tiếng Việt)").fill("Từ **6 giờ** sáng mai.\n\n- Ghe nhỏ đi đường vòng\n- Phà vẫn chạy")
    await page.reload()
    await expect(title).to_have_value("Cấm tàu qua cống để sửa cửa van")
    await expect(field(page, "Nội dung (Tiếng Việt)")).to_have_value(re.compile("Phà vẫn chạy"))
    await save(page)
    await add_picture(page, tmp_path)
    await save(page)

    # A second one has it open too: they see each other, and neither overwrites what the other has written.
    there = await sit(second)
    there.forgive("412")
    await there.page.clock.install()
    await there.open(page.url.removeprefix(desk.origin))
    await expect(there.page.get_by_text("Người khác cũng đang mở bài này")).to_be_visible()
    await title.fill("Cấm tàu qua cống để thay cửa van")
    await save(page)
    async with page.expect_response(re.compile("/presence$")) as said:
        await page.clock.fast_forward(20_000)
    assert (await said.value).ok
    await there.page.clock.fast_forward(20_000)
    await expect(there.page.get_by_text(re.compile("Lê Thị Viết: đang viết"))).to_be_visible()
    # Who has changed nothing goes on from what the other has written.
    await expect(field(there.page, "Tiêu đề (Tiếng Việt)")).to_have_value("Cấm tàu qua cống để thay cửa van")
    await field(there.page, "Tóm tắt (Tiếng Việt)").fill("Sửa cửa van trong một ngày.")
    await save(there.page)
    await title.fill("Cấm tàu qua cống Mẫu để sửa cửa van")
    await expect(page.locator(".both")).to_contain_text("Sửa cửa van trong một ngày.")
    await expect(page.locator(".both")).to_contain_text("Cấm tàu qua cống Mẫu để sửa cửa van")
    await field(page, "Tóm tắt (Tiếng Việt)").fill("Sửa cửa van, một ngày.")
    await button(page, "Lưu bản của tôi").click()
    await save(page)

    # What is missing is said where it is; then it goes to a second person.
    await button(page, "Gửi duyệt").click()
    await expect(page.locator(".foot .note")).to_contain_text("Nguồn: còn trống")
    await expect(field(page, "Nguồn")).to_have_attribute("aria-invalid", "true")
    await field(page, "Nguồn").fill("Trạm thủy lợi Mẫu")
    await button(page, "Gửi duyệt").click()
    await expect(page.locator(".lead .tag")).to_have_text("Chờ duyệt")
    await expect(button(page, "Duyệt và đăng")).to_have_count(0)

    # Who lets it out sees it as a phone will.
    chief = await sit(await office.hire("news:read", "news:review"), page.url.removeprefix(desk.origin))
    preview = chief.page.locator(".phone .article")
    seen = await height(preview)
    await button(chief.page, "Duyệt và đăng").click()
    await button(chief.page.get_by_role("dialog"), "Duyệt và đăng").click()
    await expect(chief.page.locator(".lead .tag")).to_have_text("Đang đăng")
    article_id = page.url.rpartition("/")[2]
    await until_answered(desk.origin, article_id, 200)
    reader = await visit("/news")
    await reader.page.get_by_role("link", name=re.compile("Cấm tàu qua cống Mẫu")).click()
    article = reader.page.locator(".article")
    assert await height(article) == seen
    await expect(article.get_by_role("img", name="Cầu mới qua kinh")).to_be_visible()

    # Taken back: the link says so, and why.
    await button(chief.page, "Rút bài").click()
    sheet = chief.page.get_by_role("dialog")
    await field(sheet, "Lý do").fill("Dời sang tuần sau")
    await button(sheet, "Rút bài").click()
    await expect(chief.page.locator(".lead .tag")).to_have_text("Đã rút")
    await until_answered(desk.origin, article_id, 410)
    reader.forgive("410")
    await reader.page.reload()
    await expect(reader.page.locator("h1")).to_have_text("Bài viết đã được rút lại")
    await expect(reader.page.get_by_text("Dời sang tuần sau")).to_be_visible()


async def test_what_was_withdrawn_does_not_come_back_without_a_line(
    visit: Visit, office: Office, server: str, wire: Wire
) -> None:
    writer, chief = await office.hire(*AT_THE_NEWS), await office.hire(*AT_THE_NEWS)
    withdrawn, newest = [
        await office.publishes(writer, chief, vi={"title": title, "summary": "", "body": "Nội dung"})
        for title in ("Bài sẽ rút", "Bài mới nhất")
    ]
    await until_answered(server, str(newest), 200)
    reader = await visit("/news", origin=wire.origin)
    reader.forgive("410|net::ERR")
    page = reader.page
    await until_ready_for_offline(page)
    await reader.open(f"/news/{withdrawn}")
    await expect(page.locator("h1")).to_have_text("Bài sẽ rút")
    await until_kept(page, f"/api/news/articles/{withdrawn}", "/api/news/latest")
    await office.moves(chief, withdrawn, Act.WITHDRAW, "Đăng nhầm")
    await until_answered(server, str(withdrawn), 410)
    await page.reload()
    await expect(page.locator("h1")).to_have_text("Bài viết đã được rút lại")
    # From the newest that are kept whole as well.
    async with asyncio.timeout(60):
        while str(withdrawn) in await page.evaluate("async () => (await caches.match('/api/news/latest')).text()"):
            await asyncio.sleep(0.1)
    wire.cut()
    await page.reload()
    await expect(page.get_by_role("main")).to_contain_text("Chưa có mạng")
    await expect(page.get_by_text("Bài sẽ rút")).to_have_count(0)


async def test_what_could_not_be_saved_is_not_sent_on(sit: Sit, office: Office) -> None:
    writer = await office.hire("news:read", "news:write")
    second = await office.hire("news:read", "news:write")
    whole = {"vi": {"title": "Của hai người", "summary": "", "body": "Nội dung"}}
    path = f"/staff/news/{await office.writes(writer, **whole)}"
    desk, there = await sit(writer, path), await sit(second, path)
    desk.forgive("412")
    title = field(desk.page, "Tiêu đề (Tiếng Việt)")
    await expect(title).to_have_value("Của hai người")
    await field(there.page, "Tiêu đề (Tiếng Việt)").fill("Bản của người kia")
    await save(there.page)
    await title.fill("Bản của tôi")
    for _ in range(2):
        await button(desk.page, "Gửi duyệt").click()
        await expect(desk.page.locator(".said:not(:empty)")).to_have_text(re.compile("^Chữ bạn gõ chưa lưu được"))
        await expect(desk.page.locator(".both")).to_contain_text("Bản của tôi")
        await expect(desk.page.locator(".lead .tag")).to_have_text("Bản nháp")
    await button(desk.page, "Lưu bản của tôi").click()
    await save(desk.page)
    await button(desk.page, "Gửi duyệt").click()
    await expect(desk.page.locator(".lead .tag")).to_have_text("Chờ duyệt")
    await expect(desk.page.locator(".phone")).to_contain_text("Bản của tôi")


async def test_titles_typed_while_a_document_is_on_its_way_stay(sit: Sit, office: Office, tmp_path: Path) -> None:
    writer = await office.hire("news:read", "news:write")
    desk = await sit(writer)
    first = await give(desk.page, b"%b%% first\n%%%%EOF" % PDF, "application/pdf")
    about = {"communes": ["32002"], "topics": ["weather"]}
    article = await office.writes(writer, attachments=[{"file": first, "title": "Cũ"}], **about)
    asked: list[str] = []
    desk.page.on("request", lambda request: asked.append(request.url))
    await desk.open(f"/staff/news/{article}")
    arrived = asyncio.Event()

    async def late(route: Route) -> None:
        await arrived.wait()
        await route.continue_()

    await desk.page.route("**/api/news/desk/files*", late)
    paper = tmp_path / "quyet-dinh.pdf"
    paper.write_bytes(b"%b%% second\n%%%%EOF" % PDF)
    title = field(desk.page, "Tên tài liệu")
    await desk.page.locator("input[type=file]").set_input_files(paper)
    await title.fill("Gõ trong lúc gửi")
    arrived.set()
    await expect(title).to_have_count(2)
    await expect(title.first).to_have_value("Gõ trong lúc gửi")
    await expect(title.last).to_have_value("quyet-dinh")
    await save(desk.page)
    # Saving asks for no versions; whoever opens them does.
    versions = f"/api/news/desk/{article}/versions"
    assert not [url for url in asked if url.endswith(versions)]
    await desk.page.get_by_text("Các bản đã lưu").click()
    await expect(desk.page.locator("details .row")).to_have_count(1)
    assert len([url for url in asked if url.endswith(versions)]) == 1
    # What is kept as a code is told in words.
    await desk.page.locator("details .row").click()
    changes = desk.page.get_by_role("dialog").locator(".diff")
    for said in ("Thông báo", "Chỉ mục tin: ai vào xem thì thấy", "Phường An Xuyên", "Thời tiết, thủy triều"):
        await expect(changes.filter(has_text=said)).to_have_count(1)


async def test_of_very_many_the_number_is_typed_and_the_brake_is_at_hand(
    chromium: Chromium, processes: dict[str, str], office: Office
) -> None:
    writer, chief = await office.hire(*AT_THE_NEWS), await office.hire(*AT_THE_NEWS)
    await office.resident()
    sending = {"channel": "push", "communes": [], "topics": [], "pace": 600}
    article = await office.writes(writer, vi={"title": "Cho mọi người", "summary": "", "body": "Tin"}, sending=sending)
    await office.moves(writer, article, Act.SUBMIT)
    async with (
        running("web", **processes | {"LARGE_AUDIENCE": "1"}) as origin,
        visiting(chromium, origin, **DESK) as visitor,
    ):
        await chief.enter(visitor.context)
        await visitor.open(f"/staff/news/{article}")
        page = visitor.page
        page.on("dialog", lambda dialog: dialog.accept())
        await button(page, "Duyệt và đăng").click()
        sheet = page.get_by_role("dialog")
        number = sheet.locator("input[inputmode=numeric]")
        await expect(number).to_be_visible()
        most = max(int(it) for it in await sheet.locator(".big-number").all_inner_texts())
        for typed in ("", str(most + 1)):
            await number.fill(typed)
            await button(sheet, "Duyệt và đăng").click()
            await expect(sheet).to_be_visible()
        await number.fill(str(most))
        await button(sheet, "Duyệt và đăng").click()
        await expect(page.locator(".lead .tag")).to_have_text("Đang đăng")
        state = page.locator(".panel", has=page.locator(".numbers")).locator(".tag")
        await button(page, "Tạm dừng").click()
        await expect(state).to_have_text("Tạm dừng")
        await button(page, "Gửi tiếp").click()
        await expect(state).to_have_text("Đang gửi")
        await button(page, "Ngừng hẳn").click()
        await expect(button(page, "Ngừng hẳn")).to_have_count(0)
        await expect(button(page, "Tạm dừng")).to_have_count(0)


async def test_a_template_can_be_deleted(sit: Sit, office: Office) -> None:
    writer = await office.hire("news:read", "news:write")
    await office.keeps_templates(writer, ["Mẫu cúp nước", "Mẫu tiêm ngừa"])
    page = (await sit(writer, "/staff/news")).page
    page.on("dialog", lambda dialog: dialog.accept())
    await button(page, "Viết bài").click()
    sheet = page.get_by_role("dialog")
    await button(sheet, "Xóa mẫu “Mẫu cúp nước”").click()
    await expect(sheet.get_by_text("Mẫu cúp nước")).to_have_count(0)
    await expect(button(sheet, "Mẫu tiêm ngừa")).to_be_visible()
    await office.forgets_templates(writer, ["Mẫu tiêm ngừa"])


VOICE = """window.spoken = []
speechSynthesis.getVoices = () => [{ lang: 'vi-VN' }]
window.SpeechSynthesisUtterance = function (text) { this.text = text }
speechSynthesis.speak = one => spoken.push([one.lang, one.text])"""


async def test_what_can_be_done_with_an_article(visit: Visit, office: Office, server: str) -> None:
    writer, chief = await office.hire(*AT_THE_NEWS), await office.hire(*AT_THE_NEWS)
    body = "## Lúc nào\n\nTừ **6 giờ**.\n\n- Ấp Một\n- Ấp Hai"
    text = {"title": "Tiêm ngừa cho trẻ", "summary": "Ở trạm y tế.", "body": body}
    article = await office.publishes(writer, chief, vi=text, procedures=["1.001193"])
    await until_answered(server, str(article), 200)
    reader = await visit()
    await reader.context.add_init_script(VOICE)
    await reader.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await reader.open(f"/news/{article}")
    page = reader.page
    await expect(page.locator('.article a[href="/procedures/1.001193"]')).to_be_visible()

    listen = button(page, "Nghe đọc")
    await listen.click()
    said = (text["title"], text["summary"], "Lúc nào", "Từ 6 giờ.", "Ấp Một", "Ấp Hai")
    await comes_to(page, "spoken", [["vi-VN", it] for it in said])
    await button(page, "Dừng đọc").click()
    await expect(listen).to_have_attribute("aria-pressed", "false")

    size = "() => parseFloat(getComputedStyle(document.querySelector('.article-text')).fontSize)"
    before = await page.evaluate(size)
    await button(page, "A+, Chữ lớn hơn").click()
    await comes_to(page, f"({size})() > {before}", True)
    await button(page, "A−, Chữ nhỏ hơn").click()
    await comes_to(page, size, before)

    await page.evaluate("Object.defineProperty(navigator, 'share', { value: undefined })")
    await button(page, "Chia sẻ").click()
    await expect(page.get_by_text("Đã chép đường dẫn")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == f"{reader.origin}/news/{article}"


async def test_news_of_any_commune_and_the_same_without_a_line(
    visit: Visit, office: Office, server: str, wire: Wire
) -> None:
    writer, chief = await office.hire(*AT_THE_NEWS), await office.hire(*AT_THE_NEWS)
    for title, communes in (("Độ mặn Đất Mũi", ["32248"]), ("Hội xuân Bạc Liêu", ["31825"]), ("Tin cả tỉnh", [])):
        said = {"title": title, "summary": "", "body": "Nội dung"}
        article = await office.publishes(writer, chief, vi=said, communes=communes)
    await until_answered(server, str(article), 200)
    reader = await visit("/news", origin=wire.origin)
    reader.forgive("net::ERR")
    page, cards = reader.page, reader.page.locator(".news-card")

    async def told(here: bool, elsewhere: bool) -> None:
        await expect(cards.filter(has_text="Độ mặn Đất Mũi")).to_have_count(int(here))
        await expect(cards.filter(has_text="Hội xuân Bạc Liêu")).to_have_count(int(elsewhere))

    async def choose(name: str) -> None:
        await page.locator(".chosen").click()
        await page.get_by_role("dialog").get_by_role("searchbox").fill(name)
        await page.get_by_role("dialog").locator(".picks .row").first.click()

    await told(here=True, elsewhere=True)
    await choose("dat mui")
    await told(here=True, elsewhere=False)
    await expect(cards.filter(has_text="Tin cả tỉnh")).to_have_count(1)
    await until_kept(page, "/api/news/latest")
    await until_ready_for_offline(page)
    wire.cut()
    await choose("bac lieu")
    await told(here=False, elsewhere=True)
    await page.locator(".chosen").click()
    await button(page.get_by_role("dialog"), "Cả tỉnh").click()
    await told(here=True, elsewhere=True)
    await page.get_by_role("searchbox").fill("do man")
    await told(here=True, elsewhere=False)
    await page.get_by_role("searchbox").fill("khong co gi nhu vay")
    await expect(page.locator(".empty")).to_be_visible()


async def test_a_chosen_commune_is_never_called_otherwise(visit: Visit) -> None:
    reader = await visit("/news")
    known = asyncio.Event()

    async def later(route: Route) -> None:
        await known.wait()
        await route.continue_()

    await reader.context.route("**/api/places/units*", later)
    page = reader.page
    async with page.expect_request("**/api/places/units*"):
        await reader.open("/news?commune=32248")
    await expect(page.get_by_text("Tin của")).to_be_visible()
    await expect(page.locator(".chosen")).to_have_count(0)
    known.set()
    await expect(page.locator(".chosen")).to_have_text("Xã Đất Mũi")


async def test_signing_out_leaves_nothing_of_what_was_typed(sit: Sit, office: Office) -> None:
    writer = await office.hire("news:read", "news:write")
    desk = await sit(writer, f"/staff/news/{await office.writes(writer)}")
    desk.forgive("net::ERR_FAILED")
    await desk.page.route("**/api/news/desk/*", lambda route: route.abort() if route.request.method == "PUT" else None)
    await field(desk.page, "Tiêu đề (Tiếng Việt)").fill("Chưa ai được biết")
    await expect(state(desk.page)).not_to_have_text(_SAVED)
    kept = "Object.keys(localStorage).filter(it => it.startsWith('draft ')).length"
    assert await desk.page.evaluate(kept) == 1
    await button(desk.page, "Đăng xuất").click()
    await expect(field(desk.page, "Tên đăng nhập")).to_be_visible()
    assert await desk.page.evaluate(kept) == 0


GIVE = """async ([content, type]) => {
    const body = Uint8Array.from(atob(content), one => one.charCodeAt(0))
    const reply = await fetch('/api/news/desk/files', { method: 'POST', headers: { 'Content-Type': type }, body })
    return (await reply.json()).name
}"""


async def give(page: Page, content: bytes, media_type: str) -> str:
    """The name under which a file is kept."""
    name: str = await page.evaluate(GIVE, [b64encode(content).decode(), media_type])
    return name


async def test_no_payload_runs_anywhere(sit: Sit, office: Office, visit: Visit) -> None:
    """Forty of them in every field there is, on every screen that shows one."""
    writer = await office.hire("news:read", "news:write", name=PAYLOADS[2])
    chief = await office.hire("news:read", "news:review", "news:write")
    desk = await sit(chief)
    picture = await give(desk.page, photo(800, 400), "image/jpeg")
    papers = [await give(desk.page, b"%b%% %d\n%%%%EOF" % (PDF, n), "application/pdf") for n in range(5)]
    body = "\n\n".join(
        [
            *PAYLOADS,
            *(f"- {it}\n> {it}\n\n| {it} |\n|---|\n| {it} |" for it in PAYLOADS),
            *(f"![{it.translate({91: None, 93: None})}]({picture})" for it in PAYLOADS),
        ]
    )
    articles = []
    for first in range(0, 40, 5):
        some = " ".join(PAYLOADS[first : first + 5])
        said = {
            "vi": {"title": some[:200], "summary": some, "body": body},
            "source": some[:200],
            "cover": {"file": picture, "alt": some},
            "attachments": [{"file": papers[n], "title": PAYLOADS[first + n]} for n in range(5)],
        }
        articles.append(await office.publishes(writer, chief, en=said["vi"], **said))
    await office.moves(chief, articles[-1], Act.CORRECT, PAYLOADS[0])
    await office.keeps_templates(chief, PAYLOADS)

    reader = await visit("/news")
    for visitor in (desk, reader):
        await visitor.context.add_init_script(LISTEN)
    for address in ("/", "/news", f"/news?q={PAYLOADS[0][:20]}", *(f"/news/{it}" for it in articles)):
        await reader.open(address)
        await expect(reader.page.locator(".article-text, .news-card, .home-hero, .empty").first).to_be_visible()
    for address in ("/staff/news", *(f"/staff/news/{it}" for it in articles[-2:])):
        await desk.open(address)
        await expect(desk.page.locator("main table, .phone .article-text").first).to_be_visible()
    await desk.page.locator("summary").last.click()
    await desk.page.locator("details .row").first.click()
    await expect(desk.page.locator(".both dd").first).to_be_visible()
    await desk.open("/staff/news")
    await button(desk.page, "Viết bài").click()
    await expect(desk.page.get_by_role("dialog").get_by_text(PAYLOADS[39])).to_be_visible()
    await office.forgets_templates(chief, PAYLOADS)
