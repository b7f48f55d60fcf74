"""Debian's Chromium as a small phone, and a visitor who notes everything that goes wrong on it."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request, expect

# Quiet: a test can neither reach the internet nor depend on it.
SWITCHES = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 800},
    "is_mobile": True,
    "has_touch": True,
    "locale": "vi-VN",
    "timezone_id": "Asia/Ho_Chi_Minh",
    "reduced_motion": "reduce",
}
LOCALES = {"vi": "vi-VN", "en": "en-GB", "km": "km-KH"}


# The same engine without the window around it costs half; what a window does is notifications and installing.
ENGINES, BROWSERS = ("chromium-headless-shell",), ("chromium", "google-chrome")


def launching(*, whole: bool = False) -> dict[str, Any]:
    names = BROWSERS if whole else ENGINES + BROWSERS
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        raise RuntimeError("no Chromium on this machine: sh tests/browser/install.sh")
    return {"executable_path": path, "chromium_sandbox": False, "args": [*SWITCHES]}


async def launch(playwright: Playwright, *, whole: bool = False) -> Browser:
    return await playwright.chromium.launch(**launching(whole=whole))


class Visitor:
    """Somebody with this phone in hand. Whatever the app does that it should not is a fault, unless forgiven."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page, self.context, self.origin = page, page.context, origin
        self._faults: list[str] = []
        self._forgiven: list[str] = []
        context = self.context
        context.on("console", self._listen)
        context.on("weberror", lambda fault: self._faults.append(str(fault.error)))
        context.on("request", self._look_where)

    def _listen(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self._faults.append(f"{said.text} ({said.location['url']})")

    def _look_where(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("data", "blob") and f"{url.scheme}://{url.netloc}" != self.origin:
            self._faults.append(f"asked somebody else: {request.url}")

    def forgive(self, pattern: str) -> None:
        """What this visit provokes on purpose."""
        self._forgiven.append(pattern)

    @property
    def faults(self) -> list[str]:
        return [fault for fault in self._faults if not any(re.search(one, fault) for one in self._forgiven)]

    async def open(self, path: str) -> None:
        """Type the address; ready once the screen has its heading."""
        await self.page.goto(self.origin + path)
        await expect(self.page.locator("h1")).to_be_visible()


@asynccontextmanager
async def visiting(browser: Browser, origin: str, **phone: Any) -> AsyncIterator[Visitor]:
    """A visit with a browser that remembers nothing from before; at its end it must have gone without faults."""
    context: BrowserContext = await browser.new_context(**(PHONE | phone))
    try:
        context.set_default_timeout(20_000)
        visitor = Visitor(await context.new_page(), origin)
        yield visitor
    finally:
        # Chromium has been seen to never answer here; what is left of the visit goes with the browser.
        with suppress(TimeoutError):
            async with asyncio.timeout(20):
                await context.close()
    assert not visitor.faults, "\n".join(visitor.faults)
