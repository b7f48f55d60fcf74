"""A site that serves map tiles on loopback: squares in Web Mercator with one mark on the land."""

import io
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from PIL import Image, ImageDraw

SIZE = 256
LAND, MARK = (214, 205, 180), (0, 0, 255)
HALF = 24
"""Of the mark, in pixels of a tile."""


def tile_of(lat: float, lon: float, z: int) -> tuple[float, float]:
    """Column and row, with the fraction inside of the tile (the formula of the slippy map)."""
    radians = math.radians(lat)
    column = (lon + 180) / 360 * 2**z
    row = (1 - math.log(math.tan(radians) + 1 / math.cos(radians)) / math.pi) / 2 * 2**z
    return column, row


class Tiles:
    """`asked`: z, x, y and the Referer of every request."""

    def __init__(self, mark: tuple[float, float]) -> None:
        self.origin = ""
        self.asked: list[tuple[int, int, int, str]] = []
        self._mark = mark

    @property
    def template(self) -> str:
        return self.origin + "/{z}/{x}/{y}.png"

    def picture(self, z: int, x: int, y: int) -> bytes:
        column, row = tile_of(*self._mark, z)
        at = [(column - x) * SIZE, (row - y) * SIZE]
        image = Image.new("RGB", (SIZE, SIZE), LAND)
        draw = ImageDraw.Draw(image)
        draw.rectangle((0, 0, SIZE - 1, SIZE - 1), outline=(190, 180, 150))
        draw.text((8, 8), f"{z}/{x}/{y}", fill=(90, 80, 60))
        draw.rectangle((at[0] - HALF, at[1] - HALF, at[0] + HALF, at[1] + HALF), fill=MARK)
        out = io.BytesIO()
        image.save(out, "PNG")
        return out.getvalue()

    async def answer(self, request: web.Request) -> web.Response:
        z, x, y = (int(request.match_info[name]) for name in "zxy")
        self.asked.append((z, x, y, request.headers.get("Referer", "")))
        return web.Response(body=self.picture(z, x, y), content_type="image/png")


@asynccontextmanager
async def serving(mark: tuple[float, float]) -> AsyncIterator[Tiles]:
    """As it is run by somebody else: nothing is said about who may use its pictures."""
    tiles = Tiles(mark)
    app = web.Application()
    app.router.add_get(r"/{z:\d+}/{x:\d+}/{y:\d+}.png", tiles.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    tiles.origin = f"http://{host}:{port}"
    try:
        yield tiles
    finally:
        await runner.cleanup()
