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


def launching(*switches: str, whole: bool = False) -> dict[str, Any]:
    names = BROWSERS if whole else ENGINES + BROWSERS
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        raise RuntimeError("no Chromium on this machine: sh tests/browser/install.sh")
    return {"executable_path": path, "chromium_sandbox": False, "args": [*SWITCHES, *switches]}


class Chromium:
    """Chromium, started when somebody first needs it. One that answers no more is left behind (it ends with the
    driver), and another takes its place: a browser that hangs fails the test that saw it, not all that come after.
    """

    def __init__(self, playwright: Playwright, *switches: str, whole: bool = False) -> None:
        self._playwright, self._switches, self._whole = playwright, switches, whole
        self._browser: Browser | None = None

    async def page(self, **phone: Any) -> Page:
        """An empty page of a phone nobody has used. Raises TimeoutError."""
        async with self._answering():
            if self._browser is None or not self._browser.is_connected():
                self._browser = await self._playwright.chromium.launch(**launching(*self._switches, whole=self._whole))
            context = await self._browser.new_context(**phone)
            context.set_default_timeout(60_000)
            return await context.new_page()

    async def leave(self, context: BrowserContext) -> None:
        with suppress(TimeoutError):
            async with self._answering():
                await context.close()

    async def close(self) -> None:
        if self._browser:
            with suppress(TimeoutError):
                async with self._answering():
                    await self._browser.close()

    @asynccontextmanager
    async def _answering(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(60):
                yield
        except TimeoutError:
            self._browser = None
            raise


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
async def visiting(chromium: Chromium, origin: str, **phone: Any) -> AsyncIterator[Visitor]:
    """A visit with a browser that remembers nothing from before; at its end it must have gone without faults."""
    visitor = Visitor(await chromium.page(**(PHONE | phone)), origin)
    try:
        yield visitor
    finally:
        await chromium.leave(visitor.context)
    assert not visitor.faults, "\n".join(visitor.faults)
