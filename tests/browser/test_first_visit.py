"""The first screen of a visit is asked for while the program itself is still on its way."""

import asyncio

import pytest
from playwright.async_api import Request, Route, expect

from tests.browser.chromium import Chromium, visiting
from tests.browser.screens import BIRTH

pytestmark = pytest.mark.browser
ASKED = {
    "/search?q=khai+sinh&level=commune": "/api/catalogue/procedures?q=khai+sinh&level=commune&limit=20",
    f"/procedures/{BIRTH}": f"/api/catalogue/procedures/{BIRTH}",
    "/places": "/api/places/units?limit=100",
    "/places/32002": "/api/places/units/32002",
}


@pytest.mark.parametrize("path", ASKED)
@pytest.mark.parametrize("language", ["vi", "km"])
async def test_the_question_goes_out_before_the_program_is_here_and_only_once(
    chromium: Chromium, server: str, path: str, language: str
) -> None:
    question = server + ASKED[path]
    asked: list[Request] = []
    out = asyncio.Event()

    def note(request: Request) -> None:
        if request.url == question:
            asked.append(request)
            out.set()

    async def hold(route: Route) -> None:
        try:
            await asyncio.wait_for(out.wait(), 60)
        except TimeoutError:
            await route.abort()
        else:
            await route.continue_()

    async with visiting(chromium, server, locale=language, service_workers="block") as visitor:
        visitor.page.on("request", note)
        await visitor.page.route("**/assets/app-*.js", hold)
        await visitor.open(path)
        await expect(visitor.page.locator(".skeleton")).to_have_count(0)
        assert len(asked) == 1
        assert (await asked[0].all_headers())["accept-language"] == language


LISTEN = """new MutationObserver(() => (window.tongue ??= document.querySelector('main h1')?.closest('[lang]').lang))
    .observe(document, { attributeFilter: ['lang'], subtree: true })"""


async def test_what_the_server_says_beforehand_stays_vietnamese_when_the_program_speaks_khmer(
    chromium: Chromium, server: str
) -> None:
    async with visiting(chromium, server, locale="km", service_workers="block") as visitor:
        await visitor.page.add_init_script(LISTEN)
        await visitor.open(f"/procedures/{BIRTH}")
        await expect(visitor.page.locator("html")).to_have_attribute("lang", "km")
        assert await visitor.page.evaluate("tongue") == "vi"
