"""What was asked and answered goes when its time is over; that it was answered in time stays provable."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import select

from server.core.audit import Entry
from server.core.clock import HERE
from server.core.database import Database
from server.core.retention import count_over, forget_one
from server.core.settings import Settings
from server.modules.privacy.models import Request
from server.modules.privacy.rules.requests import DAYS, Kind
from server.modules.privacy.service.requests import KEEPS
from tests.modules.identity.conftest import Browser, StaffBrowser, age
from tests.modules.privacy.test_requests import ask

[KEEP] = [keep for keep in KEEPS if keep.table is Request]
YEARS = timedelta(days=730)


async def decide(desk: Browser, request: str) -> None:
    body = {"grant": False, "answer": "Giấy tờ ghi đúng như hiện nay."}
    path = f"/api/privacy/desk/requests/{request}/decision"
    assert (await desk.post(path, json=body, headers={"If-Match": "1"})).status_code == 200


async def asked_by(browser: Browser) -> list[str]:
    return [it["id"] for it in (await browser.get("/api/privacy/requests")).json()["items"]]


async def forget(database: Database, after: timedelta) -> None:
    async with database.transaction() as session:
        await forget_one(session, KEEP, datetime.now(UTC) + after)


async def test_two_years_after_the_answer_the_words_are_gone_and_the_proof_stays(
    browser: Browser, phone: str, staff_browser: StaffBrowser, database: Database
) -> None:
    caller = await browser.sign_in(phone)
    asked = (await ask(browser, "correction", "Tên tôi bị viết sai."))["id"]
    await decide(await staff_browser("privacy:decide"), asked)
    await forget(database, YEARS - timedelta(hours=1))
    assert await asked_by(browser) == [asked]
    await forget(database, YEARS + timedelta(hours=1))
    assert await asked_by(browser) == []
    async with database.transaction() as session:
        assert await session.get(Request, UUID(asked)) is None
        rows = await session.scalars(
            select(Entry)
            .where(Entry.subject_id == str(caller["id"]), Entry.act.startswith("privacy:"))
            .order_by(Entry.sequence)
        )
        told = {it.act: it for it in rows if it.detail.get("request") == asked}
    assert list(told) == ["privacy:ask-correction", "privacy:decide-request"]
    answered = told["privacy:decide-request"]
    assert answered.detail["state"] == "refused"
    received = told["privacy:ask-correction"].at.astimezone(HERE).date()
    assert date.fromisoformat(answered.detail["last_day"]) == received + timedelta(days=DAYS[Kind.CORRECTION])


async def test_what_waits_is_kept_and_with_it_what_the_same_person_was_answered_before(
    browser: Browser, phone: str, staff_browser: StaffBrowser, database: Database
) -> None:
    await browser.sign_in(phone)
    answered = (await ask(browser, "correction", "Tên tôi bị viết sai."))["id"]
    await decide(await staff_browser("privacy:decide"), answered)
    waits = (await ask(browser, "stop", "Đừng gửi tin nữa."))["id"]
    await forget(database, YEARS * 2)
    assert await asked_by(browser) == [waits, answered]
    assert (await browser.delete(f"/api/privacy/requests/{waits}")).status_code == 204
    await forget(database, YEARS * 2)
    assert await asked_by(browser) == []


async def test_what_ended_without_a_decision_goes_after_its_deadline(
    browser: Browser, phone: str, database: Database
) -> None:
    await browser.sign_in(phone)
    asked = (await ask(browser, "stop", "Đừng gửi tin nữa."))["id"]
    await age(database, "UPDATE privacy_request SET state = 'withdrawn' WHERE id = :id", id=asked)
    await forget(database, YEARS + timedelta(days=DAYS[Kind.STOP] - 1))
    assert await asked_by(browser) == [asked]
    await forget(database, YEARS + timedelta(days=DAYS[Kind.STOP] + 1))
    assert await asked_by(browser) == []


async def test_the_setting_says_how_long_and_the_report_counts_by_it(
    browser: Browser, phone: str, staff_browser: StaffBrowser, database: Database, settings: Settings
) -> None:
    await browser.sign_in(phone)
    asked = (await ask(browser, "correction", "Tên tôi bị viết sai."))["id"]
    await decide(await staff_browser("privacy:decide"), asked)
    later = datetime.now(UTC) + timedelta(days=31)

    async def over(days: int) -> int:
        async with database.transaction() as session:
            session.info["settings"] = msgspec.structs.replace(settings, privacy_request_days=days)
            session.info["keeps"] = [KEEP]
            [(_, rows)] = await count_over(session, later)
            return rows

    assert await over(30) > await over(32)
    assert await asked_by(browser) == [asked]
