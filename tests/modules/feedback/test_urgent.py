"""Something urgent calls a named leader at once; and what was fixed is asked about again."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import delete, select, update

from server.core.database import Database
from server.core.events import Events
from server.modules.feedback.events import LimitReached
from server.modules.feedback.models import Leader, Report
from server.modules.feedback.reactions import ask_again, mind_the_clocks, remind_whoever_answers
from server.modules.feedback.service.leaders import HUB, Leaders
from server.modules.identity.models import Staff, StaffRole
from tests.modules.feedback.conftest import UNIT, Officer, Phone, done, refused
from tests.modules.identity.conftest import Browser, StaffBrowser
from tests.modules.notifications.conftest import Subscribe, service, subscribe

__all__ = ["service", "subscribe"]

WORK = "/api/notifications/work"


@pytest.fixture(autouse=True)
async def nobody_named(database: Database, events: Events) -> AsyncIterator[None]:
    # The reports of other tests call nobody here.
    await events.run_waiting()
    async with database.transaction() as session:
        await session.execute(update(Report).values(late=True, next_warn_at=None))
    yield
    async with database.transaction() as session:
        await session.execute(delete(Leader))


async def login_of(database: Database, staff_id: UUID) -> str:
    async with database.transaction() as session:
        found = await session.scalar(select(Staff.login).where(Staff.id == staff_id))
    assert found is not None
    return found


async def name_leader(hub: Officer, unit: str, login: str) -> httpx.Response:
    return await hub.browser.put("/api/feedback/desk/leaders", json={"unit": unit, "login": login})


async def bind(leader: Browser, subscribe: Subscribe) -> Any:
    """The leader's own phone; what rings there."""
    device = await subscribe()
    path = f"{WORK}/devices/{device.path.rsplit('/', 1)[1]}"
    reply = await leader.put(path, headers=device.headers)
    assert reply.status_code == 204, reply.text
    return device.phone


def steps_of(report: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(it["kind"], it["detail"].get("leader")) for it in report["steps"] if "called" in it["kind"]]


async def test_a_leader_is_called_whatever_the_hour(
    stranger: Phone,
    hub: Officer,
    unit: Officer,
    staff_browser: StaffBrowser,
    subscribe: Subscribe,
    database: Database,
    events: Events,
) -> None:
    leader, asleep = await staff_browser(unit=UNIT), await staff_browser(unit="31840")
    for unit_code, who in ((UNIT, leader), (HUB, asleep)):
        named = await done(name_leader(hub, unit_code, await login_of(database, who.staff_id)))
    assert {it["unit"]: it["reachable"] for it in named["items"]} == {UNIT: False, HUB: False}
    phone = await bind(leader, subscribe)

    # Signed out, at home: it rings all the same.
    assert (await leader.delete("/api/identity/session")).is_success
    sent = await stranger.send(urgent=True, text="Dây điện đứt rơi xuống đường.")
    await events.run_waiting()
    # It is not yet given to anybody; the hub's leader has no phone that rings, and the desk reads so.
    assert phone.messages == []
    new = await hub.find(sent["code"])
    assert ("not-called", None) in steps_of(new)
    await hub.act("assign", new, unit=UNIT)
    await events.run_waiting()
    (rung,) = phone.messages
    said = rung["notification"]
    assert sent["code"] not in str(rung)
    assert "đứt" not in str(rung)
    assert said["navigate"].partition("/staff/bell?open=")[2]
    assert ("called", "Cán bộ Thử") in steps_of(await hub.find(sent["code"]))

    # In the console the hub's leader reads it, and nobody else does.
    calls = await done(asleep.get(WORK, headers={"Accept-Language": "en"}))
    assert calls["unread"] == len(calls["items"]) == 2
    first = calls["items"][0]
    assert sent["code"] in first["body"]
    assert first["path"] == f"/staff/reports/{new['id']}"
    assert refused(await unit.browser.put(f"{WORK}/{first['id']}/read")) == (404, "entry-not-found")
    await done(asleep.put(f"{WORK}/{first['id']}/read"))
    assert (await done(asleep.get(WORK)))["unread"] == 1

    # What is marked urgent only later calls as well; what is not, nobody.
    calm = await hub.find((await stranger.send())["code"])
    given = await hub.act("assign", calm, unit=UNIT)
    await events.run_waiting()
    assert len(phone.messages) == 1
    await hub.act("mark-urgent", given)
    await events.run_waiting()
    assert len(phone.messages) == 2


async def test_a_job_that_runs_twice_calls_once(
    stranger: Phone,
    hub: Officer,
    staff_browser: StaffBrowser,
    subscribe: Subscribe,
    database: Database,
    events: Events,
) -> None:
    leader = await staff_browser()
    await done(name_leader(hub, HUB, await login_of(database, leader.staff_id)))
    phone = await bind(leader, subscribe)
    sent = await stranger.send(urgent=True)
    await events.run_waiting()
    report = await hub.find(sent["code"])
    arrived = next(it for it in report["steps"] if it["kind"] == "called")
    async with database.transaction() as session:
        await Leaders(session, session.info["settings"]).call(UUID(report["id"]), UUID(arrived["detail"]["for"]))
    await events.run_waiting()
    assert len(phone.messages) == 1
    assert len(steps_of(await hub.find(sent["code"]))) == len(steps_of(report))


async def test_by_the_clock_a_device_rings(
    stranger: Phone,
    hub: Officer,
    unit: Officer,
    staff_browser: StaffBrowser,
    subscribe: Subscribe,
    database: Database,
    events: Events,
) -> None:
    async def mind(at: datetime) -> None:
        async with database.transaction() as session:
            await mind_the_clocks(session, at)
        await events.run_waiting()

    async def told(of: Browser) -> list[tuple[str, bool]]:
        calls = await done(of.get(WORK, headers={"Accept-Language": "en"}))
        return [(it["title"], sent["code"] in it["body"]) for it in calls["items"]]

    leader, above = await staff_browser(unit=UNIT), await staff_browser(unit="31840")
    for unit_code, who in ((UNIT, leader), (HUB, above)):
        await done(name_leader(hub, unit_code, await login_of(database, who.staff_id)))
    phones = [await bind(who, subscribe) for who in (unit.browser, leader, above)]

    def rung() -> list[int]:
        return [len(it.messages) for it in phones]

    sent = await stranger.send()
    given = await hub.act("assign", await hub.find(sent["code"]), unit=UNIT)
    noted = await unit.act("note", await unit.find(sent["code"]), text="Đang xem")
    since, due = datetime.fromisoformat(given["triaged_at"]), datetime.fromisoformat(noted["due_at"])
    await mind(since + (due - since) * 0.7)
    assert rung() == [0, 0, 0]
    # At 80 % the officer who has it, and their leader; nobody above them yet.
    await mind(since + (due - since) * 0.81)
    assert rung() == [1, 1, 0]
    assert sent["code"] not in str(phones[0].messages)
    assert await told(unit.browser) == await told(leader) == [("A report is nearly late", True)]
    # At 100 % it is one level up: the hub's leader has it on their phone, and the report says so.
    await mind(due)
    assert rung() == [2, 2, 1]
    assert await told(above) == [("A report is late and has moved one level up", True)]
    late = await hub.find(sent["code"])
    assert [it["kind"] for it in late["steps"]][:4] == ["called", "called", "late", "warned"]
    assert ("called", "Cán bộ Thử") in steps_of(late)
    step = next(it for it in late["steps"] if it["kind"] == "called")
    async with database.transaction() as session:
        again = LimitReached(report_id=UUID(late["id"]), step_id=UUID(step["detail"]["for"]))
        await remind_whoever_answers(session, again)
    await events.run_waiting()
    assert rung() == [2, 2, 1]
    assert len(steps_of(await hub.find(sent["code"]))) == 2


async def test_where_no_leader_is_named_those_are_called_who_may(
    stranger: Phone, hub: Officer, unit: Officer, other_unit: Officer, database: Database, events: Events
) -> None:
    async def told(of: Officer) -> list[str]:
        calls = await done(of.browser.get(WORK, headers={"Accept-Language": "en"}))
        return [it["title"] for it in calls["items"] if sent["code"] in it["body"]]

    sent = await stranger.send()
    new = await hub.find(sent["code"])
    # Nobody has sorted it: that is the hub's to do, and no unit's.
    async with database.transaction() as session:
        await mind_the_clocks(session, datetime.fromisoformat(new["warn_at"]))
    await events.run_waiting()
    assert [await told(it) for it in (hub, unit)] == [["A report is nearly late"], []]
    given = await hub.act("assign", await hub.find(sent["code"]), unit=UNIT)
    async with database.transaction() as session:
        await mind_the_clocks(session, datetime.fromisoformat(given["due_at"]))
    await events.run_waiting()
    late = "A report is late and has moved one level up"
    assert [await told(it) for it in (hub, unit, other_unit)] == [[late, "A report is nearly late"], [late], []]
    # No leader was named, nor does anything ring: the desk reads that somebody must telephone.
    assert steps_of(await hub.find(sent["code"])) == [("not-called", None), ("not-called", None)]


@pytest.mark.parametrize("gone", [{"disabled_at": datetime.now(UTC)}, {"unit": "31843"}, {}])
async def test_where_whoever_had_it_may_no_longer_their_colleagues_are_called(
    stranger: Phone,
    hub: Officer,
    unit: Officer,
    staff_browser: StaffBrowser,
    database: Database,
    events: Events,
    gone: dict[str, Any],
) -> None:
    async def told(of: Browser) -> list[str]:
        calls = await done(of.get(WORK, headers={"Accept-Language": "en"}))
        return [it["title"] for it in calls["items"] if sent["code"] in it["body"]]

    before = await staff_browser("feedback:handle", unit=UNIT)
    sent = await stranger.send()
    await hub.act("assign", await hub.find(sent["code"]), unit=UNIT)
    had = Officer(before)
    noted = await had.act("note", await had.find(sent["code"]), text="Đang xem")
    async with database.transaction() as session:
        if gone:
            await session.execute(update(Staff).where(Staff.id == before.staff_id).values(**gone))
        else:
            await session.execute(delete(StaffRole).where(StaffRole.staff_id == before.staff_id))
        await mind_the_clocks(session, datetime.fromisoformat(noted["warn_at"]))
    await events.run_waiting()
    assert await told(unit.browser) == ["A report is nearly late"]
    if "disabled_at" not in gone:
        assert await told(before) == []


async def test_whose_account_is_disabled_is_not_called(
    stranger: Phone,
    hub: Officer,
    staff_browser: StaffBrowser,
    subscribe: Subscribe,
    database: Database,
    events: Events,
) -> None:
    leader = await staff_browser()
    login = await login_of(database, leader.staff_id)
    await done(name_leader(hub, HUB, login))
    phone = await bind(leader, subscribe)
    async with database.transaction() as session:
        gone = update(Staff).where(Staff.id == leader.staff_id)
        await session.execute(gone.values(disabled_at=datetime.now(UTC)))
    sent = await stranger.send(urgent=True)
    await events.run_waiting()
    assert phone.messages == []
    assert {kind for kind, _ in steps_of(await hub.find(sent["code"]))} == {"not-called"}
    for wrong in (login, "khong-co-ai"):
        assert refused(await name_leader(hub, HUB, wrong)) == (422, "leader-unknown")
    assert refused(await name_leader(hub, "khong-co", login)) == (422, "unit-unknown")
    assert (await done(name_leader(hub, HUB, "")))["items"] == []


async def test_a_device_is_bound_by_whoever_holds_it_and_loosened_by_its_own(
    staff_browser: StaffBrowser, subscribe: Subscribe
) -> None:
    mine, other = await staff_browser(), await staff_browser()
    device = await subscribe()
    path = f"{WORK}/devices/{device.path.rsplit('/', 1)[1]}"
    wrong = await mine.put(path, headers={"Device-Secret": "another"})
    assert refused(wrong) == (404, "device-not-found")
    assert (await mine.put(path, headers=device.headers)).status_code == 204
    assert len((await done(mine.get(WORK)))["devices"]) == 1
    assert refused(await other.delete(path)) == (404, "device-not-found")
    assert (await mine.delete(path)).status_code == 204
    assert (await done(mine.get(WORK)))["devices"] == []


async def test_asked_again_after_four_weeks(
    resident: Phone, stranger: Phone, hub: Officer, database: Database, events: Events
) -> None:
    async def fixed(of: Phone) -> tuple[str, str]:
        sent = await of.send()
        await hub.act("fix", await hub.find(sent["code"]), text="Đã sửa.")
        return sent["operation"], sent["code"]

    now = datetime.now(UTC)
    good, broken, young = await fixed(resident), await fixed(stranger), await fixed(resident)
    path = "/api/feedback/reports/{}/still-fixed"
    assert refused(await resident.browser.put(path.format(good[0]))) == (409, "cannot-confirm")
    async with database.transaction() as session:
        for code, days in ((good[1], 29), (broken[1], 29), (young[1], 20)):
            then = update(Report).where(Report.code == code)
            await session.execute(then.values(closed_at=now - timedelta(days=days)))
        await ask_again(session, now)
        await ask_again(session, now)
    await events.run_waiting()
    inbox = await done(resident.browser.get("/api/notifications", headers={"Accept-Language": "en"}))
    asked = [it for it in inbox["items"] if it["title"] == "Is it still fixed?"]
    assert [good[1] in it["body"] for it in asked] == [True]
    assert not (await resident.look(young[0]))["may_confirm"]

    # Yes, said twice, is one yes; the reopening is open again for those who say no.
    seen = await resident.look(good[0])
    assert (seen["may_confirm"], [it["kind"] for it in seen["steps"]].count("asked-again")) == (True, 1)
    for _ in range(2):
        seen = await done(resident.browser.put(path.format(good[0])))
    assert (seen["may_confirm"], [it["kind"] for it in seen["steps"]].count("confirmed")) == (False, 1)
    assert refused(await stranger.browser.put(path.format(good[0])))[0] == 404

    seen = await stranger.look(broken[0])
    assert datetime.fromisoformat(seen["reopen_until"]) > now + timedelta(days=13)
    reply = await stranger.browser.put(
        f"/api/feedback/reports/{broken[0]}/reopenings/{uuid4()}", json={"text": "Lại hỏng"}
    )
    again = await done(stranger.browser.get(f"/api/feedback/reports/{broken[0]}"))
    assert (reply.is_success, again["closed_at"], again["may_confirm"]) == (True, None, False)
