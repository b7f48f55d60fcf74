"""Pictures of every screen, the console's too, in three languages and two themes, for the eyes:
`python -m tests.browser.shots FOLDER`."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import async_playwright, expect

from server.core.embedded import postgres
from server.core.settings import Settings
from tests.app import running
from tests.browser.chromium import LOCALES, Chromium, Visitor, visiting
from tests.browser.console import walk_console
from tests.browser.office import MONEY, Office
from tests.browser.screens import Screen, walk
from tests.browser.wire import Wire
from tests.conftest import SECRET


async def take(folder: Path, database_url: str) -> None:
    expect.set_options(timeout=60_000)  # as in conftest.py
    processes = {"DATABASE_URL": database_url, "SECRET_KEY": SECRET} | MONEY
    async with running("run", **processes) as origin, async_playwright() as playwright:
        # With all that surrounds a page for residents: the other kind asks nobody about notifications.
        whole, browser = Chromium(playwright, whole=True), Chromium(playwright)
        office = Office(database_url, SECRET)
        for language, locale in LOCALES.items():
            async with (
                Wire(origin) as wire,
                visiting(whole, wire.origin, locale=locale, permissions=["notifications"]) as visitor,
            ):
                await _take_each(visitor, walk(visitor, wire, office), folder, language)
            async with visiting(browser, origin, locale=locale) as visitor:
                await _take_each(visitor, walk_console(visitor, office), folder, f"console-{language}")
        await office.close()
        await whole.close()
        await browser.close()


async def _take_each(visitor: Visitor, screens: AsyncIterator[Screen], folder: Path, where: str) -> None:
    number, page = 0, visitor.page
    async for screen in screens:
        number += 1
        # As tall as the screen is long, so that the bar at the bottom covers nothing.
        height: int = await page.evaluate("document.documentElement.scrollHeight")
        await page.set_viewport_size({"width": 360, "height": max(height, 800)})
        for theme in ("light", "dark"):
            await page.emulate_media(color_scheme=theme)
            await page.screenshot(path=folder / f"{number:02}-{screen.name}-{where}-{theme}.png")
        await page.set_viewport_size({"width": 360, "height": 800})


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python -m tests.browser.shots FOLDER")
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="citizen-", ignore_cleanup_errors=True) as var:
        Path(var).chmod(0o755)  # the embedded PostgreSQL of a root user runs as another user, who must get in
        with postgres(Settings(var=Path(var))) as url:
            asyncio.run(take(folder, url))
