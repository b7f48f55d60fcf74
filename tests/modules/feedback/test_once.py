"""The small sister of `python -m benchmarks reports-once`: replies lost, sends doubled, tabs that die; sent once."""

import asyncio
import random
from contextlib import nullcontext
from typing import Any

import httpx

from benchmarks.reports_once import Phone, judge, send_all
from server.core.settings import Settings
from tests.modules.identity.conftest import NewBrowser

PHONES = 20


class Line:
    """Whoever hangs up does not stop the server: it goes on with what it has heard."""

    def __init__(self, browser: httpx.AsyncClient) -> None:
        self._browser = browser
        self.heard: list[asyncio.Task[httpx.Response]] = []

    async def put(self, path: str, **sent: Any) -> httpx.Response:
        task = asyncio.ensure_future(self._browser.put(path, **sent))
        self.heard.append(task)
        return await asyncio.shield(task)


async def test_over_a_bad_line_each_is_there_once_with_its_photos(new_browser: NewBrowser, settings: Settings) -> None:
    chance = random.Random(11)
    phones = [Phone(chance) for _ in range(PHONES)]
    line = Line(new_browser())
    await asyncio.wait_for(send_all(lambda: nullcontext(line), phones), 120)  # type: ignore[arg-type, return-value]
    await asyncio.gather(*line.heard)
    happened = {name for phone in phones for name in phone.happened}
    assert {"lost", "doubled", "forgotten"} <= happened
    found = await asyncio.to_thread(judge, settings.database_url, phones)
    assert found.pop("photos") > PHONES // 2
    assert not any(found.values()), found
