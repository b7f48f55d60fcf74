"""A warning from the desk to a phone that nobody reloads, without a line too, and the all-clear in its place."""

import asyncio
import re

import httpx
import pytest
from playwright.async_api import Locator, Page, Route, expect

from server.modules.news.rules.alerts import Said
from tests.browser.chromium import Chromium, visiting
from tests.browser.conftest import Visit
from tests.browser.office import Office
from tests.browser.payloads import LISTEN, PAYLOADS
from tests.browser.screens import coming_back_until, until_ready_for_offline
from tests.browser.test_console import Sit, button, field, heading, sit
from tests.browser.test_sign_in import new_number, sign_in
from tests.browser.wire import Wire

__all__ = ["sit"]

pytestmark = pytest.mark.browser

MINE = "localStorage.setItem('home', JSON.stringify({code: '32248', name: 'Xã Đất Mũi'}))"
ELSEWHERE = "localStorage.setItem('home', JSON.stringify({code: '31825', name: 'Phường Bạc Liêu'}))"

FOLLOW = """async () => (await fetch('/api/notifications/following', {
    method: 'PUT', headers: { 'Content-Type': 'application/json', 'If-Match': '"0"' },
    body: JSON.stringify({ communes: ['32248'], topics: [] }),
})).status"""


async def send(page: Page, act: str) -> None:
    await button(page, act).click()
    await button(page.get_by_role("dialog"), act).click()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_from_the_desk_to_a_phone_and_back_to_calm(sit: Sit, visit: Visit, office: Office, wire: Wire) -> None:
    await office.all_quiet()
    resident = await visit(origin=wire.origin)
    stranger = await visit()
    for visitor, home in ((resident, MINE), (stranger, ELSEWHERE)):
        await visitor.page.evaluate(home)
        await visitor.open("/")
        await expect(visitor.page.locator(".tiles")).to_be_visible()
    await until_ready_for_offline(resident.page)

    # One writes; what is missing is named, and the way out is closed to whoever wrote.
    writing = await sit(await office.hire("news:warn", name="Lê Thị Soạn"), "/staff/warnings")
    page = writing.page
    await button(page, "Soạn cảnh báo").click()
    await button(page, "Triều cường, nước dâng").click()
    await expect(page.locator(".lacks")).to_contain_text("Xã, phường: còn trống")
    for language in ("Tiếng Anh", "Tiếng Khmer"):
        await button(page, f"Bỏ {language}").click()
    await field(page, "Mức").select_option("4")
    await field(page, "Dòng đầu, hiện trên màn hình khóa").fill("Triều cường lên 2,3 m")
    # As it stands in a bulletin copied from elsewhere, with a mark that nobody sees.
    await field(page, "Chuyện gì đang hoặc sắp xảy ra").fill("Đỉnh triều \u200elúc 18h30 tối nay.")
    await field(page, "Thêm xã, phường: tên mới hoặc tên cũ").fill("dat mui")
    await expect(page.get_by_role("button", name=re.compile("^Xã Đất Mũi"))).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(page.locator(".loud")).to_contain_text("Đỉnh triều lúc mười tám giờ ba mươi phút tối nay.")
    await expect(page.locator(".phone-screen")).to_contain_text("Xã Đất Mũi")
    await expect(page.locator(".lock-screen")).to_contain_text("rủi ro thiên tai cấp 4")
    await expect(page.locator(".lacks")).to_have_count(0)
    await expect(page.get_by_text("Bạn đã soạn bản này. Người khác xem lại rồi phát.")).to_be_visible()
    await expect(button(page, "Phát cảnh báo")).to_have_count(0)

    # Another one sends it; the phone there has it without being touched, the one elsewhere has not.
    sending = await sit(await office.hire("news:warn", name="Trần Văn Phát"), page.url.removeprefix(writing.origin))
    await send(sending.page, "Phát cảnh báo")
    await expect(sending.page.locator(".head")).to_contain_text("Đang có hiệu lực")
    await coming_back_until(".warned", "Triều cường lên 2,3 m")(resident.page)
    await stranger.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(stranger.page.locator(".warned")).to_have_count(0)
    await stranger.open("/warnings")
    await expect(stranger.page.get_by_role("heading", name="Ở nơi khác trong tỉnh")).to_be_visible()
    # Until they follow the place, where their mother lives.
    await sign_in(stranger.page, new_number())
    await expect(stranger.page.get_by_role("link", name="Tin của bạn")).to_be_visible()
    assert await stranger.page.evaluate(FOLLOW) == 200
    await stranger.open("/places")
    await expect(stranger.page.locator(".warned")).to_contain_text("Triều cường lên 2,3 m")

    # What to do, whom to call; and the same without a line, with its age.
    await resident.page.locator(".warned-one").click()
    await expect(heading(resident.page)).to_have_text("Triều cường lên 2,3 m")
    await expect(resident.page.locator(".warning-steps li")).to_have_count(4)
    await expect(resident.page.locator(".warning-map .struck")).to_have_count(1)
    await expect(resident.page.get_by_role("main").get_by_role("link", name="Gọi khẩn cấp")).to_be_visible()
    path = resident.page.url.removeprefix(resident.origin)
    wire.cut()
    resident.forgive("net::ERR")
    await resident.open(path)
    await coming_back_until("main .hint", "Không có mạng: đây là bản lưu trên máy lúc")(resident.page)
    await expect(heading(resident.page)).to_have_text("Triều cường lên 2,3 m")
    wire.mend()
    await resident.open("/settings")

    # The all-clear takes its place, and can be put away.
    await writing.open(page.url.removeprefix(writing.origin))
    await button(page, "Soạn tin hết nguy hiểm").click()
    await expect(page.locator(".lock-screen")).to_contain_text("Đã hết cảnh báo")
    await sending.page.reload()
    await send(sending.page, "Phát tin hết nguy hiểm")
    await coming_back_until(".warned", "Đã hết cảnh báo triều cường")(resident.page)
    await button(resident.page, "Ẩn tin này").click()
    await expect(resident.page.locator(".warned")).to_have_count(0)
    await expect(sending.page.get_by_text("Trần Văn Phát")).to_have_count(3)  # twice in the history, once in the menu
    await office.all_quiet()


LEVEL = "Mức"


def headline(page: Page) -> Locator:
    """The Vietnamese one."""
    return field(page, "Dòng đầu, hiện trên màn hình khóa").first


def clash(page: Page) -> Locator:
    return page.locator(".both")


async def until_saved(page: Page) -> None:
    await expect(page.get_by_role("main").get_by_role("status").first).to_have_text(re.compile("^Đã lưu"))


async def test_two_who_write_never_overwrite_each_other(sit: Sit, office: Office) -> None:
    await office.all_quiet()
    path = f"/staff/warnings/{await office.warns()}"
    one, other = [await sit(await office.hire("news:warn"), path) for _ in range(2)]
    for visitor in (one, other):
        visitor.forgive("412")
        await expect(field(visitor.page, LEVEL)).to_have_value("3")
    await field(one.page, LEVEL).select_option("5")
    await until_saved(one.page)

    # What they have changed is shown field by field, and stays undecided over a reload.
    await headline(other.page).fill("Triều cường lên 2,4 m")
    for _ in range(2):
        await expect(clash(other.page)).to_contain_text("Rủi ro thiên tai cấp 5")
        await expect(clash(other.page)).to_contain_text("Triều cường lên 2,4 m")
        await expect(headline(other.page)).to_have_value("Triều cường lên 2,4 m")
        await other.page.wait_for_timeout(1500)  # longer than a pause of typing
        await other.page.reload()
    await expect(clash(other.page)).to_be_visible()
    await one.page.reload()
    await expect(field(one.page, LEVEL)).to_have_value("5")
    await expect(headline(one.page)).to_have_value("Triều cường lên 2,15 m")
    await button(other.page, "Lấy bản đang lưu").click()
    await expect(field(other.page, LEVEL)).to_have_value("5")
    await expect(headline(other.page)).to_have_value("Triều cường lên 2,15 m")
    await expect(clash(other.page)).to_have_count(0)
    await office.all_quiet()


async def test_a_place_entered_before_the_communes_are_here_waits_for_them(sit: Sit, office: Office) -> None:
    await office.all_quiet()
    desk = await sit(await office.hire("news:warn"))
    come = asyncio.Event()

    async def late(route: Route) -> None:
        await come.wait()
        await route.continue_()

    await desk.page.route("**/api/places/units?*", late)
    await desk.open(f"/staff/warnings/{await office.warns()}")
    places = field(desk.page, "Thêm xã, phường: tên mới hoặc tên cũ")
    await places.fill("tân thuận")
    await places.press("Enter")
    come.set()
    await expect(button(desk.page, "Bỏ Xã Tân Thuận")).to_be_visible()
    await expect(places).to_have_value("")
    await office.all_quiet()


async def test_who_only_watches_goes_on_from_what_a_colleague_has_written(sit: Sit, office: Office) -> None:
    await office.all_quiet()
    path = f"/staff/warnings/{await office.warns()}"
    writing = await sit(await office.hire("news:warn"), path)
    watching = await sit(await office.hire("news:warn"))
    ringing = {"on": True}

    async def phones_are_waiting(route: Route) -> None:
        reply = await route.fetch()
        said = await reply.json()
        for message in said["messages"]:
            message["waiting"] = int(ringing["on"])
        await route.fulfill(response=reply, json=said)

    await watching.page.route("**/api/news/alert-desk/*", phones_are_waiting)
    await watching.open(path)
    await expect(field(watching.page, LEVEL)).to_have_value("3")
    await field(writing.page, LEVEL).select_option("5")
    await until_saved(writing.page)
    await expect(field(watching.page, LEVEL)).to_have_value("5")
    ringing["on"] = False
    await headline(watching.page).fill("Triều cường lên 2,4 m")
    await until_saved(watching.page)
    await writing.page.reload()
    await expect(field(writing.page, LEVEL)).to_have_value("5")
    await expect(headline(writing.page)).to_have_value("Triều cường lên 2,4 m")
    await office.all_quiet()


async def test_what_was_changed_meanwhile_is_read_before_it_is_sent(sit: Sit, office: Office) -> None:
    await office.all_quiet()
    path = f"/staff/warnings/{await office.warns()}"
    writing = await sit(await office.hire("news:warn"), path)
    await headline(writing.page).fill("Triều cường lên 2,4 m")
    await until_saved(writing.page)
    sending = await sit(await office.hire("news:warn"), path)
    sending.forgive("412")
    page = sending.page
    await button(page, "Phát bản cập nhật").click()
    await headline(writing.page).fill("Triều cường lên 2,6 m")
    await until_saved(writing.page)
    sheet = page.get_by_role("dialog")
    await button(sheet, "Phát bản cập nhật").click()
    await expect(sheet).to_contain_text("Triều cường lên 2,6 m")
    await expect(sheet.locator(".said")).to_be_visible()
    await button(sheet, "Phát bản cập nhật").click()
    await expect(sheet).to_have_count(0)
    await office.all_quiet()


BEGIN = """async said => (await (await fetch('/api/news/alert-desk', {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(said),
})).json()).id"""


async def test_an_area_that_is_gone_is_replaced_by_its_successor(sit: Sit, office: Office) -> None:
    desk = await sit(await office.hire("news:warn"), "/staff/warnings")
    whole = {"headline": "Triều cường", "what": "Nước lên.", "steps": ["Kê cao đồ đạc"]}
    said = {"kind": "tide", "level": 3, "everywhere": False, "communes": ["32248", "Xã Hàm Rồng"], "source": ""}
    times = {"begins_at": "2026-01-01T00:00:00Z", "ends_at": None}
    alert = await desk.page.evaluate(BEGIN, said | times | {"vi": whole, "en": None, "km": None})
    await desk.open(f"/staff/warnings/{alert}")
    lack = desk.page.locator(".lacks li").filter(has_text="có nơi không còn nữa")
    await expect(lack).to_contain_text("(Xã Hàm Rồng)")
    instead = lack.get_by_role("button").first
    name = (await instead.inner_text()).removeprefix("Thay bằng ")
    await instead.click()
    chosen = desk.page.locator(".chosen-place")
    await expect(chosen).to_have_count(2)
    await expect(chosen.first).to_contain_text("Xã Đất Mũi")
    await expect(chosen.last).to_contain_text(name)
    await expect(lack).to_have_count(0)


async def test_the_desk_hears_what_is_read_out_and_tries_it_on_this_machine(sit: Sit, office: Office) -> None:
    await office.all_quiet()
    desk = await sit(await office.hire("news:warn"), f"/staff/warnings/{await office.warns()}")
    page = desk.page
    await field(page, LEVEL).select_option("5")
    await until_saved(page)
    await expect(page.locator(".loud")).to_contain_text("cấp năm")
    read_out = page.get_by_role("link", name="Cho loa xã, phường")
    async with page.expect_popup() as opened:
        await read_out.click()
    await expect((await opened.value).locator("body")).to_contain_text("cấp ba")
    await button(page, "Gửi thử đến máy này").click()
    await expect(page.get_by_text("Máy này chưa bật thông báo.")).to_be_visible()

    # What is being saved at that moment is waited for, and what was typed meanwhile is saved too.
    await page.evaluate(RINGS_HERE)
    saving = asyncio.Event()
    saved: list[str] = []

    async def slowly(route: Route) -> None:
        if route.request.method == "PUT":
            saved.append(route.request.post_data_json["vi"]["headline"])
            await saving.wait()
        await route.continue_()

    async def ring(route: Route) -> None:
        await route.fulfill(status=204)

    await page.route("**/api/news/alert-desk/*", slowly)
    await page.route("**/api/news/alert-desk/*/test", ring)
    async with page.expect_request(lambda asked: asked.method == "PUT"):
        await headline(page).fill("Triều cường lên 2,4 m")
    await headline(page).fill("Triều cường lên 2,5 m")
    await button(page, "Gửi thử đến máy này").click()
    saving.set()
    await expect(page.get_by_text("Đã gửi. Thông báo sẽ hiện trong ít giây.")).to_be_visible()
    assert saved == ["Triều cường lên 2,4 m", "Triều cường lên 2,5 m"]
    await office.all_quiet()


RINGS_HERE = """() => new Promise(done => (indexedDB.open('citizen').onsuccess = ({ target: { result: base } }) => {
    const change = base.transaction('device', 'readwrite')
    change.objectStore('device').put({ id: crypto.randomUUID(), secret: 's' }, 'me')
    change.oncomplete = () => (base.close(), done())
}))"""
SHIFTED = """window.shifted = 0
new PerformanceObserver(all => all.getEntries().forEach(one => (window.shifted += one.value)))
    .observe({ type: 'layout-shift', buffered: true })"""


# A slow machine is no slow line: for the words of a warning the app waits a second, and here as long as it takes.
PATIENT = (
    "const { setTimeout: really } = window; window.setTimeout = (then, ms) => really(then, ms === 1000 ? 60_000 : ms)"
)


async def until_told(server: str, warnings: int) -> None:
    """A web process hears a moment later of what is in force now."""
    async with httpx.AsyncClient(base_url=server, timeout=60) as client, asyncio.timeout(60):
        while len((await client.get("/api/news/alerts")).json()["items"]) != warnings:
            await asyncio.sleep(0.1)


async def test_one_in_force_comes_with_the_first_screen_and_moves_nothing(
    chromium: Chromium, server: str, office: Office
) -> None:
    await office.all_quiet()
    await office.warns()
    await until_told(server, 1)
    async with visiting(chromium, server, locale="en-GB") as visitor:
        page = visitor.page
        await page.add_init_script(PATIENT)
        await page.add_init_script(SHIFTED)
        # The first visit has it from the page, a later one from the phone: the page it gets then is an old one.
        for _ in range(2):
            await visitor.open("/news")
            await expect(page.locator(".warned strong")).to_have_text(re.compile("^Warning of high tide: "))
            await expect(page.locator(".skeleton")).to_have_count(0)
            await until_ready_for_offline(page)
            assert await page.evaluate("shifted") <= 0.02
    await office.all_quiet()


async def test_no_payload_runs_in_a_warning(sit: Sit, visit: Visit, office: Office) -> None:
    await office.all_quiet()
    for payload in PAYLOADS:
        await office.warns(vi=Said(payload[:120], payload, [payload]), km=None, everywhere=True)
    whole = [
        await office.warns(vi=Said(some[0][:120], " ".join(some)[:600], some), source=" ".join(some)[:200])
        for some in (PAYLOADS[first : first + 8] for first in range(0, 40, 8))
    ]
    resident = await visit()
    desk = await sit(await office.hire("news:warn"))
    for visitor in (resident, desk):
        await visitor.context.add_init_script(LISTEN)
    await resident.open("/warnings")
    await coming_back_until(".warning-row", PAYLOADS[39][:20])(resident.page)
    await expect(resident.page.locator(".warning-row")).to_have_count(45)
    for alert in whole:
        await resident.open(f"/warnings/{alert}")
        await expect(resident.page.locator(".warning-steps li")).to_have_count(8)
        await desk.open(f"/staff/warnings/{alert}")
        await expect(desk.page.locator(".loud")).to_be_visible()
    await desk.open("/staff/warnings")
    await expect(desk.page.locator("main table")).to_be_visible()
    await office.all_quiet()
