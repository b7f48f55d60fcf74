"""Where the operator has chosen map tiles, they lie below the communes; everywhere else the outline alone is drawn."""

import io
import os
import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image
from playwright.async_api import Page, expect

from tests.app import running
from tests.browser.chromium import Chromium, Visitor, visiting
from tests.browser.conftest import Visit
from tests.browser.office import Office
from tests.browser.screens import comes_to, until_kept
from tests.browser.test_console import DESK
from tests.browser.test_reports import shots
from tests.browser.tiles import MARK, Tiles, serving, tile_of

pytestmark = pytest.mark.browser

HERE = (9.17694, 105.15242)
WHOSE = "© Người làm bản đồ"
SPARING = "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"


@pytest.fixture
async def tiles() -> AsyncIterator[Tiles]:
    async with serving(HERE) as tiles:
        yield tiles


@pytest.fixture
async def tiled(processes: dict[str, str], tiles: Tiles) -> AsyncIterator[str]:
    """The origin of an installation whose operator has chosen tiles."""
    chosen = {"MAP_TILES": tiles.template, "MAP_TILES_ATTRIBUTION": WHOSE}
    async with running("web", **processes | chosen) as origin:
        yield origin


async def pin(visitor: Visitor, *, scripts: tuple[str, ...] = ()) -> Page:
    """Write a report right here, and look at its place on the map."""
    page = visitor.page
    await visitor.context.grant_permissions(["geolocation"])
    await visitor.context.set_geolocation({"latitude": HERE[0], "longitude": HERE[1], "accuracy": 5})
    for script in scripts:
        await page.add_init_script(script)
    await visitor.open(f"/reports/new/{uuid4()}")
    await page.get_by_role("button", name="Lấy vị trí của tôi").click()
    await expect(page.locator(".placed")).to_contain_text("9.17694, 105.15242")
    await page.get_by_role("button", name="Chọn trên bản đồ").click()
    await expect(page.locator(".pin-map circle")).to_be_visible()
    return page


async def until_loaded(page: Page) -> None:
    loaded = """async () => {
        const all = [...document.querySelectorAll('.pin-map image')]
        await Promise.all(all.map(one => one.decode()))
        return all.length > 0
    }"""
    await comes_to(page, loaded, True)


async def beside_the_pin(page: Page) -> Any:
    """The colour between the pin and the end of the mark below it, on its right."""
    picture = Image.open(io.BytesIO(await page.locator(".pin-map svg").screenshot(animations="disabled"))).convert(
        "RGB"
    )
    return picture.getpixel((picture.width // 2 + 11, picture.height // 2))


async def test_the_pin_stands_on_the_tile_of_its_place(visit: Visit, tiled: str, tiles: Tiles) -> None:
    look = shots(os.environ.get("REPORT_SHOTS", ""))
    visitor = await visit("/", tiled)
    visitor.forgive(f"asked somebody else: {tiles.origin}/")
    page = await pin(visitor)
    await until_loaded(page)
    await expect(page.locator(".pin-map .credit")).to_have_text(WHOSE)
    await expect(page.get_by_text(f"Ảnh nền bản đồ lấy từ {tiles.origin.removeprefix('http://')}")).to_be_visible()
    await look(page, "tiles")
    scales = []
    for _ in range(6):
        shown = await page.locator(".pin-map image").evaluate_all("all => all.map(one => one.getAttribute('href'))")
        assert 4 <= len(shown) <= 12
        z = int(shown[0].removeprefix(tiles.origin).split("/")[1])
        scales.append(z)
        column, row = (int(it) for it in tile_of(*HERE, z))
        assert (z, column, row) in {it[:3] for it in tiles.asked}
        # The other site has drawn its mark by its own reckoning, and the pin stands in its middle.
        assert await beside_the_pin(page) == MARK
        await page.get_by_role("button", name="Phóng to").click()
        await until_loaded(page)
    await look(page, "tiles-near")
    assert scales == sorted(scales)
    assert scales[-1] >= 16, "a house can be told from its neighbour"
    # Asked by this site, not from this report; and nothing of it is kept beyond what the browser keeps itself.
    assert {it[3] for it in tiles.asked} == {f"{tiled}/"}
    await until_kept(page, "/api/places/outline")
    kept = await page.evaluate(
        """async () => {
            const boxes = await Promise.all((await caches.keys()).map(name => caches.open(name)))
            return (await Promise.all(boxes.map(box => box.keys()))).flat().map(request => request.url)
        }"""
    )
    assert kept
    assert not [it for it in kept if it.startswith(tiles.origin)]

    await page.emulate_media(color_scheme="dark")
    await look(page, "tiles-dark")
    await page.emulate_media(color_scheme="light")
    # The map of everybody's reports has them, too.
    await visitor.open("/reports/public?view=map")
    await until_loaded(page)
    await expect(page.locator(".pin-map .credit")).to_have_text(WHOSE)
    await look(page, "tiles-clusters")


async def test_the_desk_has_them_below_its_own_map(
    chromium: Chromium, tiled: str, tiles: Tiles, office: Office
) -> None:
    await office.reported(uuid4(), HERE)
    member = await office.hire("feedback:handle", "feedback:triage")
    async with visiting(chromium, tiled, **DESK) as visitor:
        visitor.forgive(f"asked somebody else: {tiles.origin}/")
        await member.enter(visitor.context)
        await visitor.open("/staff/reports?view=map")
        await until_loaded(visitor.page)
        await expect(visitor.page.locator(".pin-map .credit")).to_have_text(WHOSE)
        assert {it[3] for it in tiles.asked} == {f"{tiled}/"}


@pytest.mark.parametrize("spared", [SPARING, "localStorage.setItem('sparing', 'true')"], ids=["browser", "app"])
async def test_whoever_spares_data_asks_for_none(visit: Visit, tiled: str, tiles: Tiles, spared: str) -> None:
    page = await pin(await visit("/", tiled), scripts=(spared,))
    await comes_to(page, "performance.getEntriesByType('resource').some(one => /tiles-/.test(one.name))", True)
    await expect(page.locator(".pin-map path")).to_have_count(64)
    await expect(page.locator(".pin-map image")).to_have_count(0)
    await expect(page.locator(".pin-map .credit")).to_have_count(0)
    assert not tiles.asked


async def test_nobody_else_is_asked_unless_somebody_has_chosen_so(visit: Visit) -> None:
    # Whatever goes to another origin is a fault of the visit.
    page = await pin(await visit("/"))
    await page.wait_for_load_state("networkidle")
    await expect(page.locator(".pin-map path")).to_have_count(64)
    await expect(page.locator(".pin-map image, .pin-map .credit")).to_have_count(0)
    asked = await page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    assert not [it for it in asked if "tiles-" in it]


async def test_the_map_serves_while_the_tiles_are_away(chromium: Chromium, processes: dict[str, str]) -> None:
    look = shots(os.environ.get("REPORT_SHOTS", ""))
    async with serving(HERE) as gone:
        template = gone.template
    async with (
        running("web", **processes, MAP_TILES=template, MAP_TILES_ATTRIBUTION=WHOSE) as origin,
        visiting(chromium, origin) as visitor,
    ):
        visitor.forgive(re.escape(gone.origin))
        page = await pin(visitor)
        hidden = """() => {
            const all = [...document.querySelectorAll('.pin-map image')]
            return all.length > 0 && all.every(one => one.style.display === 'none')
        }"""
        await comes_to(page, hidden, True)
        await look(page, "tiles-away")
        box = await page.locator(".pin-map svg").bounding_box()
        assert box
        await page.locator(".pin-map svg").click(position={"x": box["width"] / 2 + 60, "y": box["height"] / 2})
        await expect(page.locator(".placed")).not_to_contain_text("9.17694, 105.15242")
        await expect(page.locator(".pin-map circle")).to_be_visible()
