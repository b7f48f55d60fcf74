"""Every screen, in three languages: for eyes on a small phone, a smaller one and with letters twice as large; for ears
and for bad eyes, in light and in dark."""

from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page, ViewportSize, expect

from tests.browser.chromium import Chromium, Visitor, visiting
from tests.browser.console import walk_console
from tests.browser.office import Office
from tests.browser.screens import Screen, walk
from tests.browser.wire import Wire

# Minutes where two cores do nothing else; a shared machine may take several times as long.
pytestmark = [pytest.mark.browser, pytest.mark.long(40), pytest.mark.timeout(2400)]

LOOK = Path(__file__).with_name("look.js").read_text()
LANGUAGES = {"vi": "Tiếng Việt", "en": "English", "km": "ភាសាខ្មែរ"}
SMALL: ViewportSize = {"width": 360, "height": 800}
SMALLER: ViewportSize = {"width": 320, "height": 640}
DESK: ViewportSize = {"width": 1280, "height": 800}
SETTLED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"

# The rows of a list are all made by the same lines of ours: five of them say what sixty would.
BUT_LONG_LISTS = {"include": [["html"]], "exclude": [[".rows > li:nth-child(n + 6)"]]}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = """async ([where, runOnly]) => {
    const { violations } = await axe.run(where, { runOnly, resultTypes: ['violations'] })
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`))
}"""


async def test_nobody_complains(whole_chromium: Chromium, wire: Wire, office: Office) -> None:
    async with visiting(whole_chromium, wire.origin, permissions=["notifications"]) as visitor:
        found = await heard_of(visitor, walk(visitor, wire, office))
    assert not found, "\n".join(found)


async def test_nobody_complains_of_the_console(chromium: Chromium, server: str, office: Office) -> None:
    async with visiting(chromium, server) as visitor:
        found = await heard_of(visitor, walk_console(visitor, office), desk=True)
    assert not found, "\n".join(found)


async def heard_of(visitor: Visitor, screens: AsyncIterator[Screen], *, desk: bool = False) -> list[str]:
    """Complaints, each with its screen and language."""
    found: list[str] = []
    page, settings = visitor.page, await visitor.context.new_page()
    await visitor.context.add_init_script(AXE_SCRIPT)
    # It begins afresh whenever somebody else signs in; here it shall hear of nothing but the language.
    deaf = "addEventListener('storage', event => event.key !== 'language' && event.stopImmediatePropagation())"
    await settings.add_init_script(deaf)
    await settings.goto(f"{visitor.origin}/settings")
    await page.bring_to_front()
    languages = deque(LANGUAGES)
    async for screen in screens:
        # Opened in the language of the screen before, then changed in another tab: each screen meets both.
        for language in languages:
            await settings.get_by_role("radio", name=LANGUAGES[language]).evaluate("radio => radio.click()")
            await expect(page.locator("html")).to_have_attribute("lang", language)
            await expect(page.locator(screen.shows).first).to_be_attached()
            # Pale until the answer in this language is here.
            await expect(page.locator(".rows.waiting")).to_have_count(0)
            heard = await complaints(page, language, screen) + await violations(page)
            # Laid out anew there, but with the same words: one language of the three tells.
            if desk and language == languages[0]:
                heard += await complaints_at_a_desk(page, language, screen)
            found += [f"{screen.name} {language} {one}" for one in heard]
        languages.rotate(1)
    return found


async def complaints(page: Page, language: str, screen: Screen) -> list[str]:
    """What a person would complain of here: at 360 px, at 320 px, and at 360 px with letters of 200 %."""

    async def look(width: int) -> list[str]:
        return await look_at(page, width=width, language=language, mixed=is_for_builders(screen))

    found = [f"at 360 px: {one}" for one in await look(360)]
    await page.set_viewport_size(SMALLER)
    found += [f"at 320 px: {one}" for one in await look(320)]
    await page.evaluate("document.documentElement.style.fontSize = '200%'")
    await page.set_viewport_size(SMALL)
    found += [f"at 200 %: {one}" for one in await look(360)]
    await page.evaluate("document.documentElement.style.fontSize = ''")
    return found


async def complaints_at_a_desk(page: Page, language: str, screen: Screen) -> list[str]:
    """With a mouse and a wide screen, where tables stand in place of lists."""
    await page.set_viewport_size(DESK)
    looked = await look_at(page, width=1280, language=language, mouse=True, mixed=is_for_builders(screen))
    found = [f"at 1280 px: {one}" for one in looked]
    found += [f"at 1280 px: {one}" for one in await violations(page)]
    await page.set_viewport_size(SMALL)
    return found


def is_for_builders(screen: Screen) -> bool:
    """Those pages show letters of all languages side by side."""
    return screen.name == "design"


async def look_at(page: Page, **asked: Any) -> list[str]:
    await page.evaluate(SETTLED)
    found: list[str] = await page.evaluate(LOOK, asked)
    return found


async def violations(page: Page) -> list[str]:
    """Of every rule of axe in the light theme; in the dark one of the rule on colours: nothing else differs there."""
    await page.emulate_media(color_scheme="light")
    found = [f"light: {one}" for one in await page.evaluate(AXE, [BUT_LONG_LISTS, RULES])]
    await page.emulate_media(color_scheme="dark")
    return found + [f"dark: {one}" for one in await page.evaluate(AXE, [BUT_LONG_LISTS, ["color-contrast"]])]
