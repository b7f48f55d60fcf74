"""Every screen in every state a person can meet, and how to get there in any language."""

import asyncio
import io
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from random import randrange
from typing import Any, NamedTuple
from urllib.parse import quote
from uuid import uuid4

from PIL import Image
from playwright.async_api import Locator, Page, Route, expect

from server.modules.news.rules.kinds import Kind as AlertKind
from tests.browser.authenticator import unlocking
from tests.browser.chromium import Visitor
from tests.browser.office import Office
from tests.browser.wire import Wire
from tests.modules.identity.authenticator import Authenticator
from tests.modules.payments.conftest import notice

BIRTH = "1.001193"
BUILDING = "1.013225"
REPLACED = "1.012783"
TITLE_ONLY = "3.000243"
NEVER_OPENED = "1.000894"
# Of the demonstration: being worked on, and waiting for papers; both open with 0001.
DOSSIER = "H12.999-20261101-0000001"
WAITING = "H12.999-20261101-0000002"


class Screen(NamedTuple):
    name: str
    path: str
    """`{new}` stands for an id that was never used."""
    shows: str
    """What stands there once the screen is whole: by CSS, which is the same in every language."""
    act: Callable[[Page], Awaitable[None]] | None = None
    """What a person does there to come to this state."""


def pressing(css: str) -> Callable[[Page], Awaitable[None]]:
    async def press(page: Page) -> None:
        await page.locator(css).first.click()

    return press


def coming_back_until(css: str, text: str = "") -> Callable[[Page], Awaitable[None]]:
    """The app asks each minute, and whenever somebody comes back to it: here they come back until it is there."""

    async def come_back(page: Page) -> None:
        async with asyncio.timeout(60):
            while not await page.locator(css, has_text=text).count():
                await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
                await asyncio.sleep(0.2)

    return come_back


async def _save(page: Page) -> None:
    await page.locator(".go .button[aria-pressed]").click()


async def _choose_case(page: Page) -> None:
    await page.locator(".papers .choice").first.click()
    await page.locator("label.paper input").first.check()


async def _map(page: Page) -> None:
    await page.locator(".buttons .button[aria-expanded]").click()
    await page.locator(".map path").nth(30).click(force=True)


async def _short_digits(page: Page) -> None:
    await page.locator("#code").fill(DOSSIER)
    await page.locator("#digits").fill("12")
    await page.locator("main [type=submit]").click()


async def _write_report(page: Page) -> None:
    await page.locator("textarea").fill("Tôi muốn khiếu nại về nắp cống bị vỡ")
    await page.locator(".report .note").wait_for()
    await page.locator("fieldset .buttons .button").nth(1).click()
    await page.locator(".pin-map svg").click(position={"x": 150, "y": 150})
    await page.locator(".report > label.choice input").check()


async def _send_report(page: Page) -> None:
    await page.locator("textarea").fill("Cột đèn trước chợ không sáng")
    await page.locator("select").select_option("dien-chieu-sang")
    await page.locator("main [type=submit]").click()


async def _show_what_is_not_done(page: Page) -> None:
    await page.locator("main .rows a").first.click()
    await page.locator("details.more summary").first.click()
    picture = io.BytesIO()
    Image.new("RGB", (400, 300), "teal").save(picture, "PNG")
    chosen: Any = {"name": "1.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    await page.locator("details input[type=file]").set_input_files(chosen)


async def _near_me(page: Page) -> None:
    await page.context.grant_permissions(["geolocation"])
    await page.context.set_geolocation({"latitude": 9.2857, "longitude": 105.7662})
    await page.locator(".button[aria-pressed=false]").click()


async def _near_on_the_map(page: Page) -> None:
    for _ in range(3):
        await page.locator(".pin-map .spot").first.click(force=True)


async def _look_up(page: Page) -> None:
    await page.locator("#code").fill(WAITING)
    await page.locator("#digits").fill("0001")
    await page.locator("main [type=submit]").click()


async def _look_up_and_keep(page: Page) -> None:
    await page.locator("#code").fill(DOSSIER)
    await page.locator("#digits").fill("0001")
    await page.locator("main [type=submit]").click()
    await page.locator(".button[aria-pressed=false]").click()


async def _short_number(page: Page) -> None:
    await page.locator("#phone").fill("0912")
    await page.locator("main [type=submit]").click()


_numbers: list[str] = []


async def _ask_for_code(page: Page) -> None:
    _numbers.append(f"0912{randrange(1_000_000):06}")
    await page.locator("#phone").fill(_numbers[-1])
    await page.locator("main [type=submit]").click()


async def _wrong_code(page: Page) -> None:
    code = await page.locator(".shown-code").inner_text()
    await page.locator(".digits input").fill(f"{(int(code) + 1) % 1_000_000:06}")


async def _save_name(page: Page) -> None:
    await page.locator("#name").fill("Danh Thị Sà Rươl")
    await page.locator("main [type=submit]").click()


async def _save_twice(page: Page) -> None:
    """Changed meanwhile from elsewhere: by the second half of this very step."""
    await page.locator("#name").fill("Nguyễn Thị Bé Năm")
    await page.evaluate(
        """async () => {
            const url = '/api/identity/profile'
            const { version, commune_code } = await (await fetch(url)).json()
            const headers = { 'Content-Type': 'application/json', 'If-Match': `"${version}"` }
            const body = JSON.stringify({ name: 'Trần Thị Tư', commune_code, language: 'km' })
            await fetch(url, { method: 'PUT', headers, body })
        }"""
    )
    await page.locator("main [type=submit]").click()


async def _short_national_id(page: Page) -> None:
    await page.locator("#national-id").fill("096012345")
    await page.locator("main [type=submit]").click()


async def _desk_code(page: Page) -> None:
    await page.locator("#desk-code").fill("12345678")
    await page.locator("#known-by").fill("096012345678")
    await page.locator("main [type=submit]").click()


async def _proof(page: Page) -> None:
    """A sensitive act when the last proof is old: nobody waits five minutes here, so the first answer comes from us."""
    old = {"type": "proof-needed", "title": "?", "status": 401, "detail": "?", "request_id": "?"}
    await page.route("**/api/identity/profile/national-id", lambda route: route.fulfill(status=401, json=old), times=1)
    await page.locator("#national-id").fill("096012345678")
    await page.locator("main [type=submit]").click()


async def _lapse(page: Page) -> None:
    """The session ends in the middle of a form: so it says, once; it is needed again for the screens that follow."""
    ended = {"type": "sign-in-needed", "title": "?", "status": 401, "detail": "?", "request_id": "?"}

    async def refuse(route: Route) -> None:
        if route.request.method == "PUT":
            await route.fulfill(status=401, json=ended)
        else:
            await route.fallback()

    await page.locator("#name").fill("Danh Thị Sà Rây")
    await page.route("**/api/identity/profile", refuse)
    await page.locator("main [type=submit]").click()
    await page.locator("dialog #phone").wait_for()
    await page.unroute("**/api/identity/profile")


async def add_passkey(page: Page, origin: str) -> None:
    """Somebody made one in the app under its own address, which passkeys are bound to."""
    post = """async ([url, body]) => {
        const reply = await fetch(url, {
            method: 'POST', headers: { 'Content-Type': 'application/json' }, body: body && JSON.stringify(body),
        })
        return reply.json()
    }"""
    begun = await page.evaluate(post, ["/api/identity/passkeys/options", None])
    body = {"device": "Điện thoại của má", "credential": Authenticator(origin).create(begun["options"])}
    await page.evaluate(post, ["/api/identity/passkeys", body])


async def _erase(page: Page) -> None:
    await page.locator(".choices input").last.check()
    await page.locator("main [type=submit]").click()


async def _follow(page: Page) -> None:
    await page.locator(".chosen").click()
    await page.locator("dialog .row").first.click()
    await page.locator(".followed button").wait_for()
    await page.locator("fieldset .choice").nth(1).click()


async def _right_code(page: Page) -> None:
    await page.locator(".digits input").fill(await page.locator(".shown-code").inner_text())


async def _come_back(page: Page) -> None:
    """From the gateway, which has taken the money and not told us yet."""
    order = await page.evaluate(
        """async () => {
            const { items } = await (await fetch('/api/payments')).json()
            const { open } = await (await fetch(`/api/payments/charges/${items[0].code}`)).json()
            return open.find(one => one.url).url
        }"""
    )
    await page.goto(f"{page.url}?{notice(order)}")


_DUE, _PAID = (f"section:nth-of-type({place}) a[href^='/payments/TT']" for place in (1, 2))


async def _by_transfer(page: Page) -> None:
    await page.locator(_DUE).first.click()
    await page.locator("button.row").first.click()


async def _by_vnpay(page: Page) -> None:
    await page.locator(_DUE).first.click()
    await page.locator("button.row").last.click()


async def _claim(page: Page) -> None:
    await page.locator(_DUE).first.click()
    await page.locator(".paying .button.main").first.click()


BIRTHS = f"/search?q={quote('khai sinh')}"
# In this order: the later ones need what the earlier ones have left on the phone.
SCREENS = (
    Screen("home", "/", ".tiles"),
    Screen("saved-empty", "/saved", ".empty"),
    Screen("search", "/search", ".rows .row"),
    Screen("results", BIRTHS, ".rows .row"),
    Screen("question", f"/search?q={quote('mai táng')}", ".ask"),
    Screen("nothing-found", "/search?q=zzzz", ".empty"),
    Screen("filters", BIRTHS, "dialog option:nth-child(20)", pressing(".search-head .button")),
    Screen("filtered", f"{BIRTHS}&level=commune", ".rows .row"),
    Screen("procedure", f"/procedures/{BIRTH}", ".papers"),
    Screen("procedure-cases", f"/procedures/{BUILDING}", ".papers .paper", _choose_case),
    Screen("procedure-kept", f"/procedures/{BIRTH}", ".note.good", _save),
    Screen("procedure-title-only", f"/procedures/{TITLE_ONLY}", ".note.warn"),
    Screen("procedure-replaced", f"/procedures/{REPLACED}", ".note.bad .row"),
    Screen("procedure-unknown", "/procedures/9.999999", ".rows .row"),
    Screen("places", "/places", ".units .row"),
    Screen("places-old-name", f"/places?q={quote('phường 8')}", ".units .row .hint"),
    Screen("places-nothing", "/places?q=zzzz", ".empty"),
    Screen("places-map", "/places", ".map .button", _map),
    Screen("place", "/places/32002", ".office"),
    Screen("place-mine", "/places/32002", ".button[aria-pressed=true]", pressing(".button[aria-pressed]")),
    Screen("place-unknown", "/places/1", ".empty"),
    Screen("saved", "/saved", ".kept"),
    Screen("home-again", "/", "section .row"),
    Screen("dossiers", "/dossiers", "#digits"),
    Screen("dossiers-short", "/dossiers", ".said:not(:empty)", _short_digits),
    Screen("dossier-waiting", "/dossiers", ".note.warn", _look_up),
    Screen("dossier", "/dossiers", ".button[aria-pressed=true]", _look_up_and_keep),
    Screen("dossiers-kept", "/dossiers", ".rows .row"),
    Screen("dossier-closed", f"/dossiers/{WAITING}", "#digits"),
    Screen("news", "/news", ".news-card"),
    Screen("news-nothing", "/news?q=zzzz", ".empty"),
    Screen("article", "/news", ".article-text", pressing(".news-card")),
    Screen("article-unknown", "/news/00000000-0000-7000-8000-000000000000", ".empty"),
    Screen("reports-empty", "/reports", ".empty"),
    Screen("report-write", "/reports/new/{new}", ".pin-map circle", _write_report),
    Screen("report-sent", "/reports/new/{new}", ".happened", _send_report),
    Screen("reports", "/reports", ".rows .row .tag"),
    # Fixed meanwhile, four weeks ago.
    Screen("report-still-fixed", "/reports", "form .note.warn", pressing("main .rows a")),
    Screen("report-not-done", "/reports", "details .shot-off", _show_what_is_not_done),
    Screen("reports-public", "/reports/public", ".rows .row .tag"),
    Screen("reports-nothing", "/reports/public?standing=fixed&category=y-te-suc-khoe", ".empty"),
    Screen("reports-near", "/reports/public", ".facts-line span:nth-child(3)", _near_me),
    Screen("reports-map", "/reports/public?view=map", ".pin-map circle"),
    Screen("reports-map-near", "/reports/public?view=map", ".rows .row .tag", _near_on_the_map),
    Screen("reports-figures", "/reports/public/figures", ".figures dd"),
    Screen("report-public", "/reports/public?standing=fixed", ".happened", pressing("main .rows a")),
    Screen("report-public-unknown", "/reports/public/00000000-0000-7000-8000-000000000000", ".note"),
    Screen("settings", "/settings", ".choices"),
    Screen("notifications", "/notifications", ".card .button"),
    Screen("following-nobody", "/notifications/following", ".note .button"),
    Screen("emergency", "/emergency", ".call"),
    Screen("warnings-none", "/warnings", ".note.good"),
    Screen("warnings", "/warnings", ".warning-row.grade-2", coming_back_until(".warning-row.grade-2")),
    Screen("warning", "/warnings", ".warning-map .struck", pressing(".warning-row.grade-3")),
    Screen("warned", "/about", ".warned-one"),
    Screen("install", "/install", ".guide"),
    Screen("about", "/about", ".section"),
    Screen("design", "/design", ".swatches"),
    Screen("not-found", "/khong-co-trang-nay", ".empty"),
    Screen("account-nobody", "/account", ".empty"),
    Screen("account-ended", "/account?ended", ".empty"),
    Screen("lost-phone", "/lost-phone", ".numbered"),
    Screen("lost-phone-short", "/lost-phone", ".said:not(:empty)", pressing("main [type=submit]")),
    Screen("lost-phone-number", "/lost-phone", "#phone", _desk_code),
    Screen("sign-in", "/sign-in", "#phone"),
    Screen("sign-in-short", "/sign-in", ".said:not(:empty)", _short_number),
    Screen("sign-in-code", "/sign-in?next=/account", ".shown-code", _ask_for_code),
    # The next two begin where a reload leaves off.
    Screen("sign-in-wrong", "/sign-in?next=/account", ".said:not(:empty)", _wrong_code),
    Screen("account", "/sign-in?next=/account", ".me + .note", _right_code),
    Screen("account-sign-out", "/account", "dialog .choice", pressing("main > div > .button:not(.bare)")),
    Screen("profile", "/account/profile", ".chosen"),
    Screen("profile-commune", "/account/profile", "dialog .row", pressing(".chosen")),
    Screen("profile-saved", "/account/profile", ".note.good", _save_name),
    Screen("profile-changed", "/account/profile", ".both", _save_twice),
    Screen("door", "/account/profile", "dialog #phone", _lapse),
    Screen("national-id", "/account/national-id", ".said:not(:empty)", _short_national_id),
    Screen("devices", "/account/devices", ".device"),
    Screen("passkeys-none", "/account/passkeys", ".button.main"),
    Screen("passkeys", "/account/passkeys", ".device"),
    Screen("passkey-name", "/account/passkeys", "#passkey-name", pressing(".device .button")),
    Screen("passkey-remove", "/account/passkeys", "dialog .button.main", pressing(".device .button.bad")),
    Screen("proof", "/account/national-id", "dialog .button.main", _proof),
    Screen("privacy", "/account/privacy", ".consents input"),
    Screen("looks-empty", "/account/looks", ".empty"),
    Screen("looks", "/account/looks", ".looks > li:nth-child(2)"),
    Screen("my-data", "/account/data", "#note"),
    Screen("my-data-erase", "/account/data", "dialog .button.main", _erase),
    Screen("inbox-empty", "/inbox", ".empty"),
    Screen("notifications-how", "/notifications/how", ".levels"),
    Screen("following", "/notifications/following", ".note.good", _follow),
    Screen("inbox-unknown", "/inbox/00000000-0000-7000-8000-000000000000", ".empty a[href='/inbox']"),
    Screen("dossiers-mine", "/dossiers", ".section .hint"),
    Screen("payments", "/payments", ".section .hint"),
    # Bills have come meanwhile.
    Screen("payments-due", "/payments", ".tag.bad"),
    Screen("payment", "/payments", "button.row", pressing(_DUE)),
    Screen("payment-qr", "/payments", ".qr", _by_transfer),
    Screen("payment-vnpay", "/payments", "a.button.main", _by_vnpay),
    Screen("payment-claimed", "/payments", ".note.warn", _claim),
    Screen("payment-paid", "/payments", ".note.good", pressing(_PAID)),
    Screen("payment-unknown", "/payments/TT0000000000000", ".note"),
    Screen("payment-find", "/payments/find", "#code"),
    Screen("payment-short", "/payments/find", ".said:not(:empty)", pressing("main [type=submit]")),
    Screen("payment-return", "/payments/return", ".note.warn", _come_back),
    Screen("home-signed-in", "/", "a[href='/account']"),
    Screen("search-offline", f"/search?q={quote('chứng thực')}", ".note.warn"),
    # Never opened on this phone: the newest are there whole.
    Screen("article-offline", "/news", ".article-text", pressing("li:nth-child(3) .news-card")),
    Screen("dossier-offline", "/dossiers", ".way", pressing(".rows .row")),
    # Two taps from any screen: this one, and the number.
    Screen("emergency-offline", "/places/32002", "a.call[href='tel:114']", pressing(".sos")),
    Screen("procedure-offline", f"/procedures/{NEVER_OPENED}", ".empty[role=alert]"),
)


async def walk(visitor: Visitor, wire: Wire, office: Office) -> AsyncIterator[Screen]:
    """Through all of them with one phone; the line is cut before the last ones."""
    await office.all_quiet()
    # The unknown procedure and commune, the wrong code; and what is asked for without a line.
    visitor.forgive(r"Failed to load resource.*(400|401|404|412|net::ERR)")
    await unlocking(visitor.page, in_fields=False)
    for screen in SCREENS:
        if screen.name == "search-offline":
            await until_ready_for_offline(visitor.page)
            await until_kept(visitor.page, "/api/news/latest")
            wire.cut()
        if screen.name == "report-still-fixed":
            await office.asks_again()
        if screen.name == "warnings":
            await office.warns()
            await office.warns("Giả danh công an", kind=AlertKind.SCAM, level=2, everywhere=True, km=None)
        if screen.name == "install":
            await office.all_quiet()
        if screen.name == "payments-due":
            await office.bills(_numbers[-1], "Học phí tháng 10", paid=True)
            await office.bills(_numbers[-1], due=-2)
        if screen.name == "looks":
            await office.looks(await office.resident_of(_numbers[-1]), times=2)
        if screen.name == "passkeys":
            await add_passkey(visitor.page, wire.leads_to)
        await visitor.open(screen.path.format(new=uuid4()))
        if screen.act:
            await screen.act(visitor.page)
        await expect(visitor.page.locator(screen.shows).first).to_be_attached()
        yield screen


async def comes_to(where: Page | Locator, expression: str, wanted: Any) -> None:
    """What a script reads of it is this soon: an effect of the screen comes a moment after what is seen.

    `wait_for_function` does an eval when it asks a second time, which our own policy forbids.
    """
    end = time.monotonic() + 60
    while (found := await where.evaluate(expression)) != wanted and time.monotonic() < end:
        await asyncio.sleep(0.05)
    assert found == wanted


async def until_ready_for_offline(page: Page) -> None:
    """The worker is in charge and has fetched what is always there; this is the last of it."""
    await until_kept(page, "/api/feedback/categories")


async def until_kept(page: Page, *addresses: str) -> None:
    """The worker is in charge, and has these for when there is no line."""
    await page.evaluate(
        """async addresses => {
            const end = Date.now() + 60_000
            const all = async () => (await Promise.all(addresses.map(one => caches.match(one)))).every(Boolean)
            while (!navigator.serviceWorker.controller || !await all()) {
                if (Date.now() > end) throw new Error('the worker has not fetched what it should')
                await new Promise(done => setTimeout(done, 50))
            }
        }""",
        [*addresses],
    )
