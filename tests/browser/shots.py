"""Pictures of every screen, in three languages and two themes, for the eyes: `python -m tests.browser.shots FOLDER`."""

import asyncio
import sys
from pathlib import Path

from playwright.async_api import async_playwright

from tests.app import running
from tests.browser.chromium import LOCALES, launch, visiting
from tests.browser.screens import walk
from tests.browser.wire import Wire


async def take(folder: Path) -> None:
    async with running() as origin, async_playwright() as playwright:
        browser = await launch(playwright)
        for language, locale in LOCALES.items():
            async with (
                Wire(origin) as wire,
                visiting(browser, wire.origin, locale=locale, permissions=["notifications"]) as visitor,
            ):
                number = 0
                async for screen in walk(visitor, wire):
                    number += 1
                    # As tall as the screen is long, so that the bar at the bottom covers nothing.
                    height: int = await visitor.page.evaluate("document.documentElement.scrollHeight")
                    await visitor.page.set_viewport_size({"width": 360, "height": max(height, 800)})
                    for theme in ("light", "dark"):
                        await visitor.page.emulate_media(color_scheme=theme)
                        await visitor.page.screenshot(path=folder / f"{number:02}-{screen.name}-{language}-{theme}.png")
                    await visitor.page.set_viewport_size({"width": 360, "height": 800})
        await browser.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python -m tests.browser.shots FOLDER")
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(folder))
