"""How long a clerk's phone takes to see whether a confirmation is ours, without a line: the console's own lines, in
Chromium with a processor that is held back."""

import asyncio
import re
from datetime import UTC, datetime
from statistics import median

import msgspec
from playwright.async_api import Page, Route, async_playwright

from benchmarks.stage import Stage
from server.core.settings import ROOT, Settings
from server.modules.payments.models import Charge
from server.modules.payments.rules.bill_codes import new_code
from server.modules.payments.service.confirmations import Confirmations
from tests.browser.chromium import launching

GOAL_MS = 50.0
TIMES = 60
SCREEN = ROOT / "pwa" / "src" / "staff" / "payments" / "Check.tsx"
_ASK = """async texts => {
    const took = [], good = []
    for (const text of texts) {
        const began = performance.now()
        const seen = await check(text, ours)
        took.push(performance.now() - began)
        good.push(seen.good)
    }
    return { took, good }
}"""


def measure(stage: Stage) -> None:
    settings = Settings(var=stage.folder / "var", secret_key="a secret of this benchmark, nobody's")
    asyncio.run(_measure(Confirmations(settings)))


async def _measure(confirmations: Confirmations) -> None:
    charge = Charge(code=new_code(), amount=8000, payee_name="Trường Tiểu học Thử", paid_at=datetime.now(UTC))
    genuine = confirmations.signed_text(charge)
    texts = [genuine, genuine.replace("|8000|", "|9000|")] * TIMES
    print(f"\n### A confirmation is checked on a phone without a line, {len(texts)} times\n")
    print("| processor held back | first, ms | median | most | goal |\n|---|---|---|---|---|")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launching())
        page = await browser.new_page()
        await _open(page, msgspec.json.encode(confirmations.public_key()).decode())
        throttle = await page.context.new_cdp_session(page)
        for rate in (1, 4, 6):
            await throttle.send("Emulation.setCPUThrottlingRate", {"rate": rate})
            seen = await page.evaluate(_ASK, texts)
            assert seen["good"] == [True, False] * TIMES
            took = seen["took"]
            good = "reached" if max(took) <= GOAL_MS else "MISSED"
            print(
                f"| × {rate} | {took[0]:.1f} | {median(took):.1f} | {max(took):.1f} | ≤ {GOAL_MS:g} ms: {good} |",
                flush=True,
            )
        await browser.close()


async def _open(page: Page, key: str) -> None:
    """An empty page with the lines of the screen that check, without their types, and the key."""
    lines = SCREEN.read_text().partition("\nconst bytes")[2].partition("\nexport default")[0]
    lines = re.sub(r": (string|Key|Promise<Seen>)", "", lines)
    html = f"<!doctype html><script>const ours = {key}\nconst bytes{lines}</script>"

    async def give(route: Route) -> None:
        await route.fulfill(body=html, content_type="text/html; charset=utf-8")

    await page.route("http://localhost/", give)
    await page.goto("http://localhost/")
