"""On the home screen: what the browser wants for that, and what help the person gets who holds another phone."""

import struct
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Playwright, expect

from tests.browser.chromium import PHONE, launching
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)
ZALO = (
    "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/140.0.0.0 Mobile Safari/537.36 Zalo android/12110542 ZaloTheme/light ZaloLanguage/vi"
)
FACEBOOK = (
    "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/140.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/500.0.0.0.0;]"
)


async def test_the_browser_can_install_it(playwright: Playwright, server: str, tmp_path: Path) -> None:
    # Not in a private window, where nothing can be installed.
    context = await playwright.chromium.launch_persistent_context(tmp_path, **launching(whole=True), **PHONE)
    try:
        page = context.pages[0]
        await page.goto(server)
        await page.evaluate("navigator.serviceWorker.ready")
        devtools = await context.new_cdp_session(page)
        assert (await devtools.send("Page.getAppManifest"))["errors"] == []
        assert (await devtools.send("Page.getInstallabilityErrors"))["installabilityErrors"] == []
    finally:
        await context.close()


async def test_the_manifest_says_who_we_are_and_every_picture_is_there(visit: Visit) -> None:
    visitor = await visit()
    manifest = await (await visitor.context.request.get(f"{visitor.origin}/manifest.webmanifest")).json()
    assert manifest["short_name"] == await visitor.page.locator(".brand").inner_text()
    assert (manifest["id"], manifest["display"], manifest["lang"]) == ("/", "standalone", "vi")
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
    assert "maskable" in {icon.get("purpose") for icon in manifest["icons"]}
    touch = await visitor.page.locator("link[rel=apple-touch-icon]").get_attribute("href")
    for icon in [*manifest["icons"], {"src": touch, "sizes": "180x180", "type": "image/png"}]:
        reply = await visitor.context.request.get(visitor.origin + icon["src"])
        assert (reply.status, reply.headers["content-type"].split(";")[0]) == (200, icon["type"])
        if icon["type"] == "image/png":
            width, height = struct.unpack(">II", (await reply.body())[16:24])
            assert f"{width}x{height}" == icon["sizes"]
    for shortcut in manifest["shortcuts"]:
        await visitor.open(shortcut["url"])
        await expect(visitor.page.locator(".tabs [aria-current]")).to_have_attribute("href", shortcut["url"])


async def test_an_iphone_is_led_to_the_home_screen_before_it_is_asked(visit: Visit) -> None:
    page = (await visit("/notifications", user_agent=IPHONE)).page
    await expect(page.get_by_text("iPhone cần thêm ứng dụng vào màn hình chính trước")).to_be_visible()
    await expect(page.get_by_role("button", name="Bật thông báo")).to_have_count(0)
    await page.get_by_role("link", name="Xem cách thêm").click()
    # Its own guide comes first.
    await expect(page.get_by_role("heading", level=2).first).to_have_text("Trên iPhone, iPad")
    await expect(page.locator(".guide").first).to_contain_text("Safari")


async def test_an_android_phone_gets_its_own_guide(visit: Visit) -> None:
    page = (await visit("/install")).page
    await expect(page.get_by_role("heading", level=2).first).to_have_text("Trên Android")


@pytest.mark.parametrize(("agent", "name"), [(ZALO, "Zalo"), (FACEBOOK, "Facebook")])
async def test_inside_a_chat_app_the_way_out_is_shown(visit: Visit, agent: str, name: str) -> None:
    phone: dict[str, Any] = {"user_agent": agent, "permissions": ["clipboard-read", "clipboard-write"]}
    visitor = await visit("/install", **phone)
    page = visitor.page
    await expect(page.get_by_text(f"Bạn đang mở trong {name}")).to_be_visible()
    await page.get_by_role("button", name="Chép đường dẫn").click()
    await expect(page.get_by_role("button", name="Đã chép")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == visitor.origin
    await visitor.open("/notifications")
    await expect(page.get_by_role("button", name="Bật thông báo")).to_have_count(0)
    await expect(page.get_by_text("hãy mở bằng Chrome")).to_be_visible()
