"""A phone with a bad line: the wire to the server is cut, goes dead, comes back, and leads to a new version."""

import os
import re
import shutil
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from server.core.settings import Settings
from tests.app import running
from tests.browser.chromium import Chromium, Visitor, visiting
from tests.browser.screens import BIRTH, BUILDING, NEVER_OPENED, until_ready_for_offline
from tests.browser.wire import Wire

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
async def line(server: str) -> AsyncIterator[Wire]:
    async with Wire(server) as wire:
        yield wire


@pytest.fixture(scope="module")
async def regular(chromium: Chromium, line: Wire) -> AsyncIterator[Visitor]:
    """Somebody who was here before: the app is on the phone, one procedure is saved, another was read."""
    async with visiting(chromium, line.origin) as visitor:
        visitor.forgive("Failed to load resource: net::ERR")
        page = visitor.page
        await visitor.open(f"/procedures/{BIRTH}")
        await page.get_by_role("button", name="Lưu về máy").click()
        # What the worker sees is kept: the first page was there before it.
        await until_ready_for_offline(page)
        await visitor.open(f"/procedures/{BUILDING}")
        await expect(page.get_by_text("Điều nào đúng với bạn?")).to_be_visible()
        await visitor.open("/places/32002")
        await expect(page.locator(".office").first).to_be_visible()
        await page.close()
        yield visitor


@pytest.fixture
async def page(regular: Visitor, line: Wire) -> AsyncIterator[Page]:
    """A new visit of the regular, whose line is mended afterwards."""
    page = await regular.context.new_page()
    # Hours later: the browser's own cache has forgotten everything, what the worker keeps is still there.
    await (await regular.context.new_cdp_session(page)).send("Network.clearBrowserCache")
    yield page
    await page.close()
    line.mend()


def banner(page: Page) -> Any:
    return page.locator(".ribbon", has_text="Mạng yếu hoặc mất mạng")


async def test_without_signal_the_app_opens(page: Page, line: Wire) -> None:
    line.cut()
    await page.goto(line.origin)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Bạn cần làm giấy tờ gì?")
    # What was read lately is at hand.
    await page.get_by_role("link", name="Cấp giấy phép xây dựng mới").click()
    await expect(page.get_by_text("Điều nào đúng với bạn?")).to_be_visible()
    await expect(page.get_by_text("Đang xem bản lưu trên máy")).to_be_visible()
    await expect(banner(page)).to_be_visible()


@pytest.mark.parametrize("typed", ["thôi quốc tịch", "thoi quoc tich"])
async def test_without_signal_the_whole_list_is_searched(page: Page, line: Wire, typed: str) -> None:
    line.cut()
    await page.goto(f"{line.origin}/search")
    await page.get_by_role("searchbox").fill(typed)
    await expect(page.locator(".rows .row-title").first).to_contain_text(re.compile("thôi quốc tịch", re.I))
    await expect(page.get_by_text("Đang tìm trong danh sách lưu trên máy")).to_be_visible()


async def test_without_signal_everyday_words_are_understood(page: Page, line: Wire) -> None:
    line.cut()
    await page.goto(f"{line.origin}/search")
    await page.get_by_role("searchbox").fill("làm khai sanh")
    await expect(page.locator(".rows .row-title").first).to_have_text("Thủ tục đăng ký khai sinh")


async def test_without_signal_the_saved_procedure_opens(page: Page, line: Wire) -> None:
    line.cut()
    await page.goto(f"{line.origin}/saved")
    await page.locator(".kept").get_by_role("link", name="Thủ tục đăng ký khai sinh").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Thủ tục đăng ký khai sinh")
    await expect(page.get_by_role("heading", name="Giấy tờ cho trường hợp của tôi")).to_be_visible()


async def test_without_signal_my_commune_opens(page: Page, line: Wire) -> None:
    line.cut()
    await page.goto(f"{line.origin}/places")
    await page.get_by_role("searchbox").fill("an xuyen")
    await page.get_by_role("link", name="Phường An Xuyên", exact=True).click()
    await expect(page.locator(".office").first).to_be_visible()
    # The list of all of them is there, too, and the map.
    await page.goto(f"{line.origin}/places")
    await expect(page.locator(".units > li")).to_have_count(64)
    await page.get_by_role("button", name="Bản đồ").click()
    await expect(page.locator(".map path")).to_have_count(64)


async def test_what_was_never_opened_says_so_and_comes_by_itself(page: Page, line: Wire) -> None:
    line.cut()
    await page.goto(f"{line.origin}/procedures/{NEVER_OPENED}")
    await expect(page.get_by_role("alert")).to_contain_text("Chưa có mạng")
    await expect(page.get_by_role("alert")).to_contain_text("cần mạng để mở")
    line.mend()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Thủ tục đăng ký kết hôn")
    await expect(banner(page)).to_have_count(0)


async def test_a_dead_line_shows_the_copy_in_time_and_the_banner_goes_by_itself(page: Page, line: Wire) -> None:
    line.silence()
    began = time.monotonic()
    await page.goto(f"{line.origin}/procedures/{BUILDING}")
    await expect(page.get_by_text("Điều nào đúng với bạn?")).to_be_visible()
    await expect(banner(page)).to_be_visible()
    took = time.monotonic() - began
    assert await page.evaluate("navigator.onLine") is True
    assert took < 12, f"the copy came after {took:.1f} s"  # four of them patience, and a slow machine
    line.mend()
    await expect(banner(page)).to_have_count(0)
    # The server's word takes the place of the copy.
    await expect(page.get_by_text("Đang xem bản lưu trên máy")).to_have_count(0)


async def test_on_a_dead_line_the_search_answers_in_time(page: Page, line: Wire) -> None:
    await page.goto(f"{line.origin}/search")
    await expect(page.locator(".rows .row").first).to_be_visible()
    line.silence()
    began = time.monotonic()
    await page.get_by_role("searchbox").fill("hôn nhân")
    await expect(page.get_by_text("Đang tìm trong danh sách lưu trên máy")).to_be_visible()
    took = time.monotonic() - began
    assert took < 12, f"the list came after {took:.1f} s"
    await expect(page.locator(".rows .row-title").first).to_contain_text("hôn nhân")


@pytest.mark.long(15)
async def test_a_new_version_waits_until_it_is_wanted(
    chromium: Chromium, wire: Wire, processes: dict[str, str], tmp_path: Path
) -> None:
    old, new = "Việc hay gặp", "Việc thường gặp"
    next_build(Path(os.environ.get("PWA") or Settings().pwa), tmp_path, lambda text: text.replace(old, new))
    async with visiting(chromium, wire.origin) as visitor:
        page = visitor.page
        await visitor.open("/")
        await page.evaluate("navigator.serviceWorker.ready")
        # While the person reads a form, the next version is deployed; the old files are gone from the server.
        await visitor.open(f"/procedures/{BUILDING}")
        await page.get_by_role("checkbox", name="Đối với công trình nhà ở riêng lẻ").check()
        async with running("web", **processes, PWA=str(tmp_path)) as next_server:
            wire.lead_to(next_server)
            wire.cut()
            wire.mend()
            await page.reload()
            ribbon = page.locator(".ribbon", has_text="Có bản mới")
            await expect(ribbon).to_be_visible()

            # The old version stays whole, the screens never opened included.
            await page.get_by_role("link", name="Trang chủ").click()
            await expect(page.get_by_role("heading", name=old)).to_be_visible()
            await page.get_by_role("link", name="Cài đặt").click()
            await expect(page.get_by_role("heading", level=1)).to_have_text("Cài đặt")
            await page.get_by_role("link", name="Trang chủ").click()
            await page.reload()
            await expect(page.get_by_role("heading", name=old)).to_be_visible()

            # Wanted: the new one is there, and everything of the old one's files is gone.
            await expect(ribbon).to_be_visible()
            await ribbon.get_by_role("button", name="Cập nhật").click()
            # The old worker may have something to finish first.
            await expect(page.get_by_role("heading", name=new)).to_be_visible()
            await expect(ribbon).to_have_count(0)
            shells = "caches.keys().then(names => names.filter(name => name.startsWith('shell-')).length)"
            assert await page.evaluate(shells) == 1

            # What the person had chosen is still chosen.
            await visitor.open(f"/procedures/{BUILDING}")
            await expect(page.get_by_role("checkbox", name="Đối với công trình nhà ở riêng lẻ")).to_be_checked()


def next_build(build: Path, folder: Path, change: Callable[[str], str]) -> None:
    """The same app built again after a change: every file has other contents and another name."""
    shutil.copytree(build, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.br", "*.gz"))
    renamed = {}
    for path in (folder / "assets").iterdir():
        stem, digest = path.stem[:-8], path.stem[-8:]
        renamed[path.stem] = stem + digest[::-1]
        path.rename(path.with_stem(renamed[path.stem]))
    names = re.compile("|".join(map(re.escape, renamed)))
    for path in folder.rglob("*"):
        if path.suffix in (".html", ".js", ".css", ".json"):
            text = names.sub(lambda name: renamed[name[0]], change(path.read_text()))
            path.write_text(re.sub("shell-[0-9a-f]{12}", "shell-0123456789ab", text))
