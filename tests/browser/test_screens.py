"""Every screen, in three languages, on a small phone, a smaller one, and with letters twice as large."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, ViewportSize

from tests.browser.chromium import LOCALES, Visitor, visiting
from tests.browser.screens import Screen, walk
from tests.browser.wire import Wire

pytestmark = pytest.mark.browser

LOOK = Path(__file__).with_name("look.js").read_text()
SMALL: ViewportSize = {"width": 360, "height": 800}
SMALLER: ViewportSize = {"width": 320, "height": 640}


async def complaints(visitor: Visitor, language: str, screen: Screen) -> list[str]:
    """What a person would complain of here: at 360 px, at 320 px, and at 360 px with letters of 200 %."""
    page = visitor.page

    async def look(width: int) -> list[str]:
        # The page for builders shows letters of all languages side by side.
        asked = {"width": width, "language": language, "mixed": screen.name == "design"}
        found: list[str] = await page.evaluate(LOOK, asked)
        return found

    found = [f"at 360 px: {one}" for one in await look(360)]
    await page.set_viewport_size(SMALLER)
    found += [f"at 320 px: {one}" for one in await look(320)]
    await page.evaluate("document.documentElement.style.fontSize = '200%'")
    await page.set_viewport_size(SMALL)
    found += [f"at 200 %: {one}" for one in await look(360)]
    await page.evaluate("document.documentElement.style.fontSize = ''")
    return found


@pytest.mark.parametrize("language", LOCALES)
async def test_nobody_complains(chromium: Browser, wire: Wire, language: str) -> None:
    found = {}
    async with visiting(chromium, wire.origin, locale=LOCALES[language], permissions=["notifications"]) as visitor:
        async for screen in walk(visitor, wire):
            if heard := await complaints(visitor, language, screen):
                found[screen.name] = heard
    assert found == {}
