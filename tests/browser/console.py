"""Every screen of the staff console in every state a person can meet; a sister of `screens.py`."""

import io
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple
from uuid import UUID, uuid4

from PIL import Image
from playwright.async_api import Page, expect

from server.modules.dossiers.rules.acts import Act
from server.modules.dossiers.schemas.desk import ActOnDossier
from server.modules.news.rules.states import Act as NewsAct
from server.modules.privacy.rules.requests import Kind
from tests.browser.chromium import Visitor
from tests.browser.office import EVERYTHING, PASSWORD, Member, Office, Resident
from tests.browser.screens import Screen, pressing


class Cast(NamedTuple):
    """Who and what the screens show."""

    chief: Member
    other: Member
    resident: Resident
    request: UUID
    dossier: UUID
    waiting: UUID
    operation: UUID
    report: UUID
    warning: UUID
    draft: UUID
    submitted: UUID
    out: UUID
    due: UUID
    paid: UUID


ARTICLE = {
    "title": "Tạm ngừng cấp điện tại ấp Kinh Mới",
    "summary": "Từ 8 giờ đến 11 giờ thứ Bảy.",
    "body": "Điện lực thay dây.\n\n- ấp Một\n- ấp Hai",
}


async def _wrong_password(page: Page) -> None:
    await _password(page, "bientap", "khong phai mat khau")


async def _password(page: Page, login: str, password: str) -> None:
    await page.locator("[name=username]").fill(login)
    await page.locator("[type=password]").fill(password)
    await page.locator("[type=submit]").click()


async def _short_password(page: Page) -> None:
    await page.locator("[type=password]").fill("ngan qua")


async def _enrol(page: Page) -> None:
    await page.locator("[type=password]").fill(PASSWORD)
    await page.locator("[type=submit]").click()


async def _disable(page: Page) -> None:
    await page.locator(".acts .button.bad").last.click()


async def _changed(page: Page) -> None:
    """Changed meanwhile from elsewhere: by the second half of this very step."""
    field = page.locator("main form input").first
    await field.fill("Trần Thị Tư")
    await page.evaluate(
        """async () => {
            const url = '/api/identity/staff/' + location.pathname.split('/').at(-1)
            const { version, unit, roles } = await (await fetch(url)).json()
            const headers = { 'Content-Type': 'application/json', 'If-Match': `"${version}"` }
            const body = JSON.stringify({ name: 'Trần Thị Ba', unit, role_ids: roles.map(role => role.id) })
            await fetch(url, { method: 'PUT', headers, body })
        }"""
    )
    await page.locator("main [type=submit]").click()


async def _partner(page: Page) -> None:
    await page.locator(".head .button").click()
    await page.locator("dialog input").fill("Cổng thử nghiệm")
    await page.locator("dialog [type=submit]").click()


async def _refuse(page: Page) -> None:
    await page.locator(".choices input").last.check()
    await page.locator("main [type=submit]").click()


async def _begin_warning(page: Page) -> None:
    await page.locator(".head .button").click()
    await page.locator("dialog .buttons .button").nth(2).click()


def _fill(*values: str) -> Callable[[Page], object]:
    async def fill(page: Page) -> None:
        for place, value in enumerate(values):
            await page.locator("main form input.input").nth(place).fill(value)
        await page.locator("main [type=submit]").click()

    return fill


async def _cover(page: Page) -> None:
    await page.locator(".pictures .button").first.click()
    await page.locator("dialog .cover + .buttons .button").first.click()


async def _ask_papers(page: Page) -> None:
    await page.locator("summary").first.click()
    await page.locator(".acts .button").first.click()


async def _forward_nowhere(page: Page) -> None:
    await page.locator("summary").first.click()
    await page.locator(".acts .button").last.click()
    await page.locator("dialog [type=submit]").click()


async def _act_changed(page: Page) -> None:
    """Somebody else was quicker: by the second half of this very step."""
    await _ask_papers(page)
    await page.locator("dialog textarea").nth(0).fill("Giấy chứng sinh (bản chính)")
    await page.locator("dialog textarea").nth(1).fill("Bản nộp đã mờ")
    await page.evaluate(
        """async () => {
            const url = '/api/dossiers/desk/' + location.pathname.split('/').at(-1)
            const { version } = await (await fetch(url)).json()
            const headers = { 'Content-Type': 'application/json', 'If-Match': `"${version}"` }
            const body = JSON.stringify({ act: 'note-withdrawal', reason: 'Người nộp gọi điện xin rút' })
            await fetch(url + '/acts', { method: 'POST', headers, body })
        }"""
    )
    await page.locator("dialog [type=submit]").click()


async def _choose_procedure(page: Page) -> None:
    """A marriage: its limit is printed without a unit, so that the officer must say it."""
    await page.locator("main input[type=search]").fill("1.000894")
    await page.locator("main .rows .row").first.click()


async def _register(page: Page) -> None:
    await page.locator("main .paper-line input").first.check()
    await page.locator("main input[maxlength='200']").fill("ថាច់ សុខា")
    await page.locator("main input[inputmode=tel]").fill("0900000321")
    await page.locator("main input[type=number]").fill("3")
    await page.locator("main textarea").fill("Theo quyết định công bố")
    await page.locator("main [type=submit]").click()


async def _submit_unfinished(page: Page) -> None:
    await expect(page.locator(".phone .article")).to_be_attached()
    await page.locator(".foot .button.main").click()


async def _picture_without_words(page: Page) -> None:
    await page.locator(".tools .button").last.click()
    await page.locator("dialog [type=submit]").click()


async def _approve(page: Page) -> None:
    await expect(page.locator(".phone .article")).to_be_attached()
    await page.locator(".buttons .button.main").first.click()


async def _withdraw(page: Page) -> None:
    await expect(page.locator(".phone .article")).to_be_attached()
    await page.locator(".button.bad").click()


async def _versions(page: Page) -> None:
    await page.locator("summary").last.click()
    await page.locator("details .row").first.click()


async def _ask_back(page: Page) -> None:
    await page.locator("main > .buttons .button").first.click()


async def _decide(page: Page) -> None:
    await page.locator(".panel .button.main").first.click()


async def _bring(page: Page) -> None:
    rows = ("A;a;Trường Thử;tuition;1e3;Học phí", "B;a;Trường Thử;tuition;8000;=1+1")
    table = "\n".join(["reference;payee;payee_name;purpose;amount;what", *rows]).encode()
    file = {"name": "khoan-thu.csv", "mimeType": "text/csv", "buffer": table}
    await page.locator("input[type=file]").first.set_input_files(file)


async def _paste(page: Page) -> None:
    await page.locator("main textarea").fill("XN1|TT0000000000000|8000|2026-11-26|Trường Thử|AAAA")


def screens_before(link: str) -> list[Screen]:
    """Nobody is signed in."""
    return [
        Screen("sign-in", "/staff", "[name=username]"),
        Screen("sign-in-wrong", "/staff/people", ".said:not(:empty)", _wrong_password),
        Screen("link-unknown", "/staff/first-password#unknown", ".said:not(:empty)"),
        Screen("first-password", link, "[type=password]", _short_password),
        Screen("enrol", link, ".qr", _enrol),
    ]


def screens_within(cast: Cast) -> list[Screen]:
    """Somebody is signed in who may do everything."""
    person = f"/staff/people/{cast.other.id}"
    digits = cast.resident.phone.replace("+84", "0")
    return [
        Screen("home", "/staff", ".board .line"),
        Screen("menu", "/staff", ".side-menu a", pressing(".side-top .button")),
        Screen("dossiers", "/staff/dossiers", "main .row, main table"),
        Screen("dossiers-nothing", "/staff/dossiers?q=zzzz", ".nothing"),
        Screen("reports", "/staff/reports", "main .row, main table"),
        Screen("report", f"/staff/reports/{cast.report}", ".passage li"),
        Screen("reports-map", "/staff/reports?view=map", ".pin-map circle"),
        Screen("report-cover", f"/staff/reports/{cast.report}", "dialog .cover button", _cover),
        Screen("report-assign", f"/staff/reports/{cast.report}", "dialog .chosen", pressing(".next-act .button")),
        Screen("report-setup", "/staff/reports/setup", "dialog select", pressing(".acts .button")),
        Screen("dossiers-many", "/staff/dossiers", "main .choice", pressing(".list-head .button")),
        Screen("dossier", f"/staff/dossiers/{cast.waiting}", ".passage .quote"),
        Screen("dossier-acts", f"/staff/dossiers/{cast.dossier}", "details[open] .acts", pressing("summary")),
        Screen("dossier-ask", f"/staff/dossiers/{cast.dossier}", "dialog textarea", _ask_papers),
        Screen("dossier-forward", f"/staff/dossiers/{cast.dossier}", "dialog .said:not(:empty)", _forward_nowhere),
        Screen("dossier-changed", f"/staff/dossiers/{cast.dossier}", ".both", _act_changed),
        Screen("dossier-new", "/staff/dossiers/new", "main .note.warn", _choose_procedure),
        Screen("dossier-made", "/staff/dossiers/new", ".big-code", _register),
        Screen("news", "/staff/news", "main .row, main table"),
        Screen("news-begin", "/staff/news", "dialog .row", pressing(".head .button")),
        Screen("news-lacking", f"/staff/news/{cast.draft}", ".foot .note.warn", _submit_unfinished),
        Screen("news-picture", f"/staff/news/{cast.draft}", "dialog .said:not(:empty)", _picture_without_words),
        Screen("news-review", f"/staff/news/{cast.submitted}", "dialog .input", _approve),
        Screen("news-out", f"/staff/news/{cast.out}", "dialog textarea", _withdraw),
        Screen("news-versions", f"/staff/news/{cast.out}", ".both ins", _versions),
        Screen("words", "/staff/words?q=khai%20sanh", ".acts li"),
        Screen("word", "/staff/words?q=khai%20sanh", "dialog textarea", pressing(".acts .button")),
        Screen("rewrite", "/staff/words/rewrites", "dialog .input", pressing(".acts .button")),
        Screen("question", "/staff/words/questions", "dialog textarea", pressing(".acts .button")),
        Screen("payments", "/staff/payments", "main .row, main table"),
        Screen("payments-nothing", "/staff/payments?code=TT0", ".nothing"),
        Screen("payment", f"/staff/payments/{cast.paid}", "main .row, main table"),
        Screen("payment-back", f"/staff/payments/{cast.paid}", "dialog select", _ask_back),
        Screen("payment-cash", f"/staff/payments/{cast.due}", "dialog [type=submit]", _ask_back),
        Screen("refunds", "/staff/payments/refunds", ".panel .button.main"),
        Screen("refund-give", "/staff/payments/refunds", "dialog .input", _decide),
        Screen("findings", "/staff/payments/findings", ".panel .quote"),
        Screen("finding-assign", "/staff/payments/findings", "dialog .input", _decide),
        Screen("ledger", "/staff/payments/ledger", "main .row, main table"),
        Screen("ledger-account", "/staff/payments/ledger?account=held:bank", "main .row, main table"),
        Screen("payments-day", "/staff/payments/day", "main form .input[required]"),
        Screen("payments-tables", "/staff/payments/tables", ".note.warn", _bring),
        Screen("payment-check", "/staff/payments/check", ".note.bad", _paste),
        Screen("figures", "/staff/figures", ".figures summary"),
        Screen("design", "/staff/design", ".table, .panel.rows"),
        Screen("calendar", "/staff/calendar", ".acts"),
        Screen("calendar-day", "/staff/calendar", "dialog .choice", pressing(".panel .button")),
        Screen("feeds", "/staff/feeds", ".choices"),
        Screen("elsewhere", "/staff/dossiers/elsewhere", "main .panel"),
        Screen("offices", "/staff/offices", ".acts"),
        Screen("office", "/staff/offices", "dialog .choice", pressing(".acts .button")),
        Screen("warnings", "/staff/warnings", "main .row, main table"),
        Screen("warnings-kinds", "/staff/warnings", "dialog .buttons", pressing(".head .button")),
        Screen("warning-new", "/staff/warnings", ".lacks li", _begin_warning),
        Screen("warning", f"/staff/warnings/{cast.warning}", ".loud"),
        Screen("requests", "/staff/requests", "main .row, main table"),
        Screen("request", f"/staff/requests/{cast.request}", ".quote"),
        Screen("request-refuse", f"/staff/requests/{cast.request}", "textarea:invalid", _refuse),
        Screen("recovery", "/staff/recovery", "main form"),
        Screen("recovery-nobody", "/staff/recovery", ".note.warn", _fill("Người Không Có", "0900000999")),
        Screen("recovery-found", "/staff/recovery", "main .choice", _fill(cast.resident.name, digits)),
        Screen("people", "/staff/people", "main .row, main table"),
        Screen("people-nobody", "/staff/people?q=zzzz", ".nothing"),
        Screen("person", person, ".acts"),
        Screen("person-disable", person, "dialog textarea", _disable),
        Screen("person-changed", person, ".both", _changed),
        Screen("person-new", "/staff/people/new", ".choice"),
        Screen("person-workplace", "/staff/people/new", "dialog .row", pressing(".chosen")),
        Screen("roles", "/staff/roles", "main .stack, main table"),
        Screen("role", "/staff/roles", "dialog .choice", pressing(".stack .button, .matrix .button")),
        Screen("review", "/staff/review", "main .row, main table"),
        Screen("partners-none", "/staff/partners", ".nothing"),
        Screen("partners-secret", "/staff/partners", ".once", _partner),
        Screen("audit", "/staff/audit", ".log"),
        Screen("audit-nothing", "/staff/audit?act=identity:remove-role", ".nothing"),
        Screen("account", "/staff/account?welcome", "main .choices"),
        Screen("not-found", "/staff/khong-co-trang-nay", ".empty"),
    ]


async def rehearse(office: Office) -> Cast:
    """Everybody and everything the screens need."""
    await office.disconnect()
    resident = await office.resident()
    await office.asks(resident, Kind.CORRECTION, "Tên tôi bị viết sai dấu.", days_ago=12)
    request = await office.asks(resident, Kind.ERASURE, "Tôi không dùng nữa.")
    chief = await office.hire(*EVERYTHING, name="Võ Thị Chánh")
    writer = await office.hire("news:read", "news:write", name="Lê Thị Viết")
    submitted = await office.writes(writer, vi=ARTICLE)
    await office.moves(writer, submitted, NewsAct.SUBMIT)
    asked = ActOnDossier(act=Act.ASK_PAPERS, papers=["Giấy chứng sinh (bản chính)"], reason="Bản nộp đã mờ")
    paid = await office.bills(resident.phone, paid=True)
    operation = uuid4()
    clerk = await office.hire("payments:refund", name="Trần Thị Hoàn")
    await office.takes_cash(chief, await office.bills(resident.phone))
    await office.is_sent_money("Chuyển tiền học phí của cháu Bé")
    return Cast(
        chief=chief,
        due=await office.charge(await office.bills(resident.phone)),
        paid=await office.asks_money_back(clerk, paid, 3000),
        other=await office.hire("identity:recover", name="Lê Văn Phó"),
        resident=resident,
        request=request,
        dossier=await office.files(chief, resident),
        waiting=await office.files(chief, resident, asked),
        warning=await office.warns(),
        draft=await office.writes(chief, vi=ARTICLE, en={"title": "Half done", "summary": "", "body": ""}),
        submitted=submitted,
        out=await office.publishes(writer, chief, vi=ARTICLE),
        operation=operation,
        report=await office.reported(operation),
    )


async def walk_console(visitor: Visitor, office: Office) -> AsyncIterator[Screen]:
    """Through all of them: nobody signed in, then somebody who may do everything, then somebody who may do nothing."""
    # The wrong password, the unknown link and person, the change of another; what is unanswered when a screen is left.
    visitor.forgive(r"Failed to load resource.*(400|401|404|412|422)")
    cast = await rehearse(office)
    for screen in screens_before(await office.link()):
        yield await _come_to(visitor, screen)
    await cast.chief.enter(visitor.context)
    await _send_photo(visitor, cast.operation)
    for screen in screens_within(cast):
        # Whoever looks at all of them takes longer than a proof holds.
        await office.has_proved(cast.chief)
        yield await _come_to(visitor, screen)
    await office.outdate(cast.chief)
    yield await _come_to(visitor, Screen("proof", f"/staff/people/{cast.other.id}", "dialog .digits", _save_name))
    await office.sign_out(cast.chief)
    yield await _come_to(visitor, Screen("lapsed", "/staff", "[name=username]"))
    # Hired only now: a session that nobody uses has ended by the time that a slow machine comes here.
    await (await office.hire(name="Trần Thị Mới")).enter(visitor.context)
    yield await _come_to(visitor, Screen("nothing-to-do", "/staff", ".nothing"))
    await office.all_quiet()


async def _send_photo(visitor: Visitor, operation: UUID) -> None:
    """From the phone of whoever reported it."""
    photo = io.BytesIO()
    Image.effect_noise((640, 480), 60).save(photo, "JPEG")
    sent = await visitor.context.request.put(
        f"{visitor.origin}/api/feedback/reports/{operation}/photos/1",
        data=photo.getvalue(),
        headers={"Content-Type": "image/jpeg", "Origin": visitor.origin},
    )
    assert sent.ok, await sent.text()


async def _save_name(page: Page) -> None:
    await page.locator("main form input").first.fill("Lê Văn Phó Ban")
    await page.locator("main [type=submit]").click()


async def _come_to(visitor: Visitor, screen: Screen) -> Screen:
    # A link that differs behind the # alone would not be opened anew; an empty page between costs a renderer each time.
    if "#" in screen.path:
        await visitor.page.goto("about:blank")
    await visitor.open(screen.path)
    if screen.act:
        await screen.act(visitor.page)
    await expect(visitor.page.locator(screen.shows).first).to_be_attached()
    return screen
