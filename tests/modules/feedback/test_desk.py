"""What becomes of a report: sorted, given to a unit, answered in time, and its reporter told of every step."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from server.core.clock import HERE
from server.core.database import Database
from server.core.events import Events
from server.core.settings import Settings
from server.core.snapshot import Version
from server.modules.dossiers.public import is_day_off
from server.modules.feedback.reactions import mind_the_clocks
from server.modules.feedback.seed import seed
from tests.modules.feedback.conftest import UNIT, NewResident, Officer, Phone, done, photo, refused
from tests.modules.identity.test_phone_sign_in import statements


async def inbox(of: Phone) -> list[tuple[str, str]]:
    page = await done(of.browser.get("/api/notifications", headers={"Accept-Language": "en"}))
    return [(it["title"], it["body"]) for it in page["items"]]


async def test_from_the_street_to_fixed(
    resident: Phone, hub: Officer, unit: Officer, other_unit: Officer, events: Events
) -> None:
    sent = await resident.send(photos=1)
    await done(resident.try_to_show(sent["operation"], 1, photo()))
    new = await hub.find(sent["code"])
    assert (new["state"], new["unit"], new["photos"]) == ("new", None, 1)
    assert refused(await unit.browser.get(f"/api/feedback/desk/{new['id']}")) == (404, "report-not-found")

    given = await hub.act("assign", new, unit=UNIT)
    assert given["state"] == "assigned"
    assert refused(await other_unit.browser.get(f"/api/feedback/desk/{new['id']}"))[0] == 404
    assert await other_unit.queue(q=sent["code"]) == []
    assert refused(await other_unit.browser.get(f"/api/feedback/desk/{new['id']}/photos/1"))[0] == 404
    assert (await unit.browser.get(f"/api/feedback/desk/{new['id']}/photos/1?small=true")).status_code == 200

    noted = await unit.act("note", await unit.find(sent["code"]), text="Anh Hai lo vụ này, số nhà 12")
    asked = await unit.act("ask", noted, text="Nắp cống ở bên nào của chợ?")
    assert asked["due_at"] is None
    await done(
        resident.browser.put(
            f"/api/feedback/reports/{sent['operation']}/more/{asked['id']}", json={"text": "Bên bờ sông"}
        )
    )
    answered = await unit.act("answer", await unit.find(sent["code"]), text="Mai đội sẽ thay nắp mới.")
    fixed = await unit.act("fix", answered, text="Đã thay nắp cống.")
    assert (fixed["state"], fixed["due_at"]) == ("fixed", None)
    assert refused(await unit.try_to("answer", fixed, text="Thêm")) == (409, "report-cannot-move")

    seen = await resident.look(sent["operation"])
    assert [it["kind"] for it in seen["steps"]] == [
        "fixed",
        "answered",
        "replied",
        "asked",
        "assigned",
        "arrived",
    ]
    assert seen["steps"][0]["said"] == "Đã thay nắp cống."
    assert "Anh Hai" not in str(seen)  # what is noted among staff never leaves
    assert "Cán bộ" not in str(seen)  # nor who of them it was

    await events.run_waiting()
    told = await inbox(resident)
    assert [title for title, _ in told] == [
        "It has been fixed",
        "The office has answered",
        "You are asked for more",
        "Passed to the office that handles it",
        "Your report has arrived",
    ]
    assert told[0][1] == f"Report {sent['code']}. Đã thay nắp cống."
    await events.run_waiting()
    assert len(await inbox(resident)) == 5


async def test_a_unit_sees_nothing_of_others_and_sorts_nothing(resident: Phone, hub: Officer, unit: Officer) -> None:
    sent = await resident.send()
    given = await hub.act("assign", await hub.find(sent["code"]), unit=UNIT)
    assert set(given["acts"]) > set((await unit.find(sent["code"]))["acts"])
    for act, more in (("dismiss", {"text": "Không phải"}), ("merge", {"into": "PA-1"}), ("mark-urgent", {})):
        assert refused(await unit.try_to(act, given, **more)) == (409, "report-cannot-move")
    # What was given to it by mistake it hands on, without anybody typing it again.
    moved = await hub.browser.get(f"/api/feedback/desk/{given['id']}")
    assert refused(await unit.try_to("assign", moved.json(), unit="nowhere")) == (422, "unit-unknown")
    assert refused(await unit.try_to("assign", moved.json())) == (422, "step-incomplete")
    await unit.try_to("assign", moved.json(), unit="31843")
    assert await unit.queue(q=sent["code"]) == []


async def test_two_who_act_at_once_do_not_overwrite_each_other(resident: Phone, hub: Officer) -> None:
    new = await hub.find((await resident.send())["code"])
    await hub.act("mark-urgent", new)
    assert refused(await hub.try_to("assign", new, unit=UNIT)) == (412, "changed-meanwhile")
    bare = await hub.browser.post(f"/api/feedback/desk/{new['id']}/acts", json={"act": "mark-urgent"})
    assert refused(bare) == (428, "version-needed")


@pytest.mark.parametrize(
    ("disclosure", "hub_reads", "unit_reads"),
    [("nobody", "secret", "secret"), ("hub", "named", "secret"), ("handler", "named", "named")],
)
async def test_a_name_leaves_the_hub_only_with_consent(
    resident: Phone, hub: Officer, unit: Officer, disclosure: str, hub_reads: str, unit_reads: str
) -> None:
    me = await done(resident.browser.get("/api/identity/profile"))
    body = {"name": "Lý Thị Kín", "commune_code": None, "language": "vi"}
    reply = await resident.browser.put("/api/identity/profile", json=body, headers={"If-Match": f'"{me["version"]}"'})
    assert reply.is_success, reply.text
    sent = await resident.send(disclosure=disclosure)
    at_hub = await hub.act("assign", await hub.find(sent["code"]), unit=UNIT)
    at_unit = await unit.find(sent["code"])
    assert (at_hub["reporter_kind"], at_unit["reporter_kind"]) == (hub_reads, unit_reads)
    assert ("Lý Thị Kín" in str(at_hub), "Lý Thị Kín" in str(at_unit)) == (hub_reads == "named", unit_reads == "named")


async def test_the_reporter_sees_who_looked(resident: Phone, hub: Officer) -> None:
    await hub.find((await resident.send())["code"])
    looks = await done(resident.browser.get("/api/privacy/looks"))
    assert len(looks["items"]) == 1


@pytest.mark.parametrize("what", ["photo", "act"])
async def test_what_is_seen_beside_the_report_is_a_look_too(resident: Phone, hub: Officer, what: str) -> None:
    """By who has its address, without opening it."""
    sent = await resident.send(photos=1)
    await done(resident.try_to_show(sent["operation"], 1, photo()))
    [row] = await hub.queue(q=sent["code"])
    path = f"/api/feedback/desk/{row['id']}"
    if what == "photo":
        assert (await hub.browser.get(f"{path}/photos/1")).status_code == 200
        assert (await hub.browser.get(f"{path}/photos/1?small=true")).status_code == 200
    else:
        body = {"act": "mark-urgent"}
        assert (await hub.browser.post(f"{path}/acts", json=body, headers={"If-Match": '"1"'})).status_code == 200
    assert len((await done(resident.browser.get("/api/privacy/looks")))["items"]) == 1


@pytest.mark.parametrize(
    ("day", "off"),
    [
        (date(2026, 11, 24), True),  # the new holiday of 2026, which no library has
        (date(2026, 11, 25), False),
        (date(2026, 11, 28), True),  # a Saturday
        (date(2031, 1, 1), True),  # a year nobody has filled in
        (date(2031, 1, 2), False),
    ],
)
async def test_the_kind_of_day_is_that_of_the_confirmed_calendar(database: Database, day: date, off: bool) -> None:
    async with database.transaction() as session:
        assert await is_day_off(session, day) is off


async def test_the_limits_are_those_of_the_day_it_arrived_on(resident: Phone, hub: Officer, database: Database) -> None:
    sent = await resident.send()
    new = await hub.find(sent["code"])
    async with database.transaction() as session:
        off = await is_day_off(session, datetime.now(UTC).astimezone(HERE).date())
    arrived, triage = (datetime.fromisoformat(new[name]) for name in ("arrived_at", "triage_due_at"))
    assert new["day_off"] is off
    assert triage - arrived == timedelta(hours=12 if off else 2)
    assert new["due_at"] == new["triage_due_at"]
    given = await hub.act("assign", new, unit=UNIT)
    answer = datetime.fromisoformat(given["answer_due_at"]) - datetime.fromisoformat(given["triaged_at"])
    assert answer == timedelta(hours=24 if off else 4)
    # Moving it on gives nobody more time.
    moved = await hub.act("assign", given, unit="31843")
    assert moved["answer_due_at"] == given["answer_due_at"] == moved["due_at"]


async def test_by_the_clock_it_warns_then_goes_up_and_tells(
    resident: Phone, hub: Officer, database: Database, events: Events
) -> None:
    sent = await resident.send()
    new = await hub.find(sent["code"])
    due = datetime.fromisoformat(new["due_at"])
    span = due - datetime.fromisoformat(new["arrived_at"])

    async def mind(at: datetime) -> dict[str, Any]:
        async with database.transaction() as session:
            await mind_the_clocks(session, at)
        return await hub.find(sent["code"])

    early = await mind(due - span * 0.21)
    assert [it["kind"] for it in early["steps"]] == ["arrived"]
    for _ in range(2):
        warned = await mind(due - span * 0.19)
    assert [it["kind"] for it in warned["steps"]] == ["warned", "arrived"]
    assert (warned["late"], warned["level"]) == (False, 0)
    for _ in range(2):
        late = await mind(due)
    assert [it["kind"] for it in late["steps"]] == ["late", "warned", "arrived"]
    assert (late["late"], late["level"]) == (True, 1)
    assert sent["code"] in {it["code"] for it in await hub.queue(which="late")}
    # The resident is told that it is late, and nothing of the warning among staff.
    await events.run_waiting()
    assert (await inbox(resident))[0][0] == "It is late and was passed to the next level"
    assert [it["kind"] for it in (await resident.look(sent["operation"]))["steps"]] == ["late", "arrived"]
    # The next limit is another chance to be in time.
    given = await hub.act("assign", late, unit=UNIT)
    assert given["late"] is False


async def told_more(phone: Phone, sent: dict[str, Any]) -> None:
    path = f"/api/feedback/reports/{sent['operation']}/more/{uuid4()}"
    await done(phone.browser.put(path, json={"text": "Trước cổng chợ"}))


def moments(of: dict[str, Any], *names: str) -> list[datetime]:
    return [datetime.fromisoformat(of[name]) for name in names]


async def earlier(database: Database, code: str, days: int, *columns: str) -> None:
    """Time passes: these moments of a report lie further back."""
    moved = ", ".join(f"{name} = {name} - interval '{days} days'" for name in columns)
    async with database.transaction() as session:
        await session.execute(text(f"UPDATE feedback_report SET {moved} WHERE code = :c"), {"c": code})


async def test_a_question_of_the_hub_sorts_and_answers_nothing(
    resident: Phone, hub: Officer, unit: Officer, database: Database
) -> None:
    sent = await resident.send()
    new = await hub.find(sent["code"])
    asked = await hub.act("ask", new, text="Ở đâu?")
    assert (asked["triaged_at"], asked["answered_at"], asked["due_at"]) == (None, None, None)
    await earlier(database, sent["code"], 10, "waits_since")
    await told_more(resident, sent)
    # It waits to be sorted as before, by as long as nobody could: warned and late, if nobody does.
    again = await hub.find(sent["code"])
    (due,), (was,) = moments(again, "due_at"), moments(new, "due_at")
    assert (again["state"], again["late"], again["due_at"]) == ("new", False, again["triage_due_at"])
    assert timedelta(days=10) < due - was < timedelta(days=10, minutes=2)
    async with database.transaction() as session:
        await mind_the_clocks(session, due - timedelta(minutes=1))
    assert [it["kind"] for it in (await hub.find(sent["code"]))["steps"]] == ["warned", "replied", "asked", "arrived"]
    # The unit has its whole limit, and the question of the unit itself is its first answer.
    given = await hub.act("assign", await hub.find(sent["code"]), unit=UNIT)
    triaged, answer_due, due = moments(given, "triaged_at", "answer_due_at", "due_at")
    assert due == answer_due == triaged + timedelta(hours=24 if given["day_off"] else 4)
    asked = await hub.act("ask", given, text="Bên nào?")
    assert (asked["answered_at"], asked["due_at"]) == (None, None)
    await earlier(database, sent["code"], 3, "waits_since")
    await told_more(resident, sent)
    again = await unit.find(sent["code"])
    (later,) = moments(again, "due_at")
    assert timedelta(days=3) < later - due < timedelta(days=3, minutes=2)
    asked = await unit.act("ask", again, text="Cao bao nhiêu?")
    assert asked["answered_at"]


async def test_the_day_of_resolving_waits_too_and_begins_anew_when_it_is_opened_again(
    resident: Phone, hub: Officer, database: Database
) -> None:
    async def days(number: str) -> None:
        async with database.transaction() as session:
            changed = f"UPDATE feedback_category SET resolve_days = {number} WHERE slug = 'ha-tang-do-thi'"
            await session.execute(text(changed))

    await days("2")
    try:
        sent = await resident.send()
        answered = await hub.act("answer", await hub.find(sent["code"]), text="Mai đến xem.")
        arrived, due = moments(answered, "arrived_at", "due_at")
        (warns,) = moments(answered, "warn_at")
        assert (due, warns) == (arrived + timedelta(days=2), arrived + timedelta(days=1.6))
        await hub.act("ask", answered, text="Ở đâu?")
        await earlier(database, sent["code"], 5, "waits_since", "resolve_due_at")
        await earlier(database, sent["code"], 5, "arrived_at")
        await told_more(resident, sent)
        waited = await hub.find(sent["code"])
        (later,) = moments(waited, "resolve_due_at")
        assert (waited["state"], waited["late"], waited["due_at"]) == ("new", False, waited["resolve_due_at"])
        assert abs(later - due) < timedelta(minutes=2)
        # Another field counts its days from the same moment.
        moved = await hub.act("categorise", waited, category="linh-vuc-khac")
        assert moved["resolve_due_at"] is None
        moved = await hub.act("categorise", moved, category="ha-tang-do-thi")
        assert moments(moved, "resolve_due_at") == [later]

        await hub.act("fix", moved, text="Đã sửa")
        await earlier(database, sent["code"], 9, "arrived_at", "resolve_due_at", "closed_at")
        path = f"/api/feedback/reports/{sent['operation']}/reopenings/{uuid4()}"
        await done(resident.browser.put(path, json={"text": "Vẫn hỏng"}))
        again = await hub.act("answer", await hub.find(sent["code"]), text="Mai đến lại.")
        (due,) = moments(again, "due_at")
        assert (again["resolve_due_at"], again["late"]) == (again["due_at"], False)
        assert timedelta(days=1, hours=23) < due - datetime.now(UTC) < timedelta(days=2)
    finally:
        await days("NULL")


async def test_what_was_late_before_a_question_is_not_late_twice(
    resident: Phone, hub: Officer, database: Database
) -> None:
    sent = await resident.send()
    (due,) = moments(await hub.find(sent["code"]), "due_at")
    async with database.transaction() as session:
        await mind_the_clocks(session, due)
    await earlier(database, sent["code"], 1, "triage_due_at", "next_due_at")
    await hub.act("ask", await hub.find(sent["code"]), text="Ở đâu?")
    await told_more(resident, sent)
    async with database.transaction() as session:
        await mind_the_clocks(session, due + timedelta(minutes=5))
    late = await hub.find(sent["code"])
    assert (late["late"], late["level"]) == (True, 1)
    assert [it["kind"] for it in late["steps"]].count("late") == 1


async def test_what_breaches_next_stands_first(resident: Phone, hub: Officer, database: Database) -> None:
    first, second = await resident.send(), await resident.send()
    async with database.transaction() as session:
        await session.execute(
            text("UPDATE feedback_report SET next_due_at = now() - interval '9 days' WHERE code = :c"),
            {"c": second["code"]},
        )
    codes = [it["code"] for it in await hub.queue()]
    assert codes.index(second["code"]) < codes.index(first["code"])
    # Page after page, none twice and none left out.
    seen: list[str] = []
    cursor: str | None = None
    while True:
        asked = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = await done(hub.browser.get("/api/feedback/desk", params=asked))
        seen += [it["code"] for it in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == codes


async def test_me_too_follows_instead_of_filing_again(
    resident: Phone, new_resident: NewResident, hub: Officer, events: Events
) -> None:
    place = {"lat": 9.037, "lon": 105.1}
    sent = await resident.send(**place)
    near = {"category": "ha-tang-do-thi", "lat": place["lat"] + 0.002, "lon": 105.1}
    other = await new_resident()
    found = (await done(other.browser.get("/api/feedback/similar", params=near)))["items"]
    (one,) = [it for it in found if it["distance_m"] in range(210, 241)]
    assert {"text", "lat", "lon", "code"}.isdisjoint(one)
    for elsewhere in ({"lat": near["lat"] + 0.001}, {"category": "y-te-suc-khoe"}):
        items = (await done(other.browser.get("/api/feedback/similar", params=near | elsewhere)))["items"]
        assert one["id"] not in {it["id"] for it in items}

    for _ in range(2):
        assert (await other.browser.put(f"/api/feedback/follows/{one['id']}")).status_code == 204
    seen = await other.look(one["id"])
    assert (seen["mine"], seen["text"], seen["lat"], seen["followers"]) == (False, "", None, 1)
    assert (await done(other.browser.get("/api/feedback/reports")))["items"][0]["key"] == one["id"]
    await hub.act("answer", await hub.find(sent["code"]), text="Đang sửa")
    await events.run_waiting()
    assert [title for title, _ in await inbox(other)] == ["The office has answered"]
    assert (await other.browser.delete(f"/api/feedback/follows/{one['id']}")).status_code == 204
    assert refused(await other.browser.get(f"/api/feedback/reports/{one['id']}"))[0] == 404


async def test_whoever_follows_a_report_of_no_account_is_not_its_reporter(
    stranger: Phone, resident: Phone, hub: Officer
) -> None:
    place = {"lat": 9.1 + hash(resident) % 1000 / 1e4, "lon": 105.2}
    sent = await stranger.send(text="Nhà ông Bảy đổ rác xuống kênh", photos=1, disclosure="nobody", **place)
    await done(stranger.try_to_show(sent["operation"], 1, photo()))
    report_id = (await hub.find(sent["code"]))["id"]
    assert (await resident.browser.put(f"/api/feedback/follows/{report_id}")).status_code == 204
    (listed,) = (await done(resident.browser.get("/api/feedback/reports")))["items"]
    for seen in (listed, await resident.look(report_id)):
        assert (seen["key"], seen["mine"], seen["photos"]) == (report_id, False, [])
        assert "ông Bảy" not in str(seen)
        assert sent["operation"] not in str(seen)
    assert (await resident.look(report_id))["lat"] is None
    unseen = await resident.browser.get(f"/api/feedback/reports/{report_id}/photos/1")
    assert refused(unseen) == (404, "photo-not-found")
    await hub.act("fix", await hub.find(sent["code"]), text="Đã dọn rác")
    path = f"/api/feedback/reports/{sent['operation']}/reopenings/{uuid4()}"
    await done(stranger.browser.put(path, json={"text": "Nhà ông Bảy lại đổ"}))
    steps = (await resident.look(report_id))["steps"]
    assert [(it["kind"], it["said"]) for it in steps[:2]] == [("reopened", ""), ("fixed", "Đã dọn rác")]
    # Its own phone reads all of it, whoever is signed in there by now.
    for phone in (stranger, resident):
        own = await phone.look(sent["operation"])
        assert (own["mine"], own["photos"], own["lat"]) == (True, [1], place["lat"])


async def test_a_duplicate_leaves_its_people_with_the_other_one(
    resident: Phone, new_resident: NewResident, hub: Officer, events: Events
) -> None:
    first, again = await resident.send(), await (other := await new_resident()).send()
    double = await hub.find(again["code"])
    for into in (again["code"], "PA-000000-XXXXXXX", ""):
        assert refused(await hub.try_to("merge", double, into=into)) == (422, "merge-refused")
    merged = await hub.act("merge", double, into=first["code"].lower())
    assert (merged["state"], merged["merged_into"]) == ("merged", first["code"])
    await hub.act("fix", await hub.find(first["code"]), text="Đã sửa xong")
    await events.run_waiting()
    assert [title for title, _ in await inbox(other)][:2] == ["It has been fixed", "Joined with a report of the same"]


async def test_whoever_has_no_account_reads_how_the_other_one_stands(
    resident: Phone, stranger: Phone, hub: Officer
) -> None:
    """Nobody can tell them; and nothing is joined with what nothing will become of."""
    middle, sent, dismissed = await resident.send(), await stranger.send(), await resident.send()
    first = await resident.send()
    await hub.act("merge", await hub.find(sent["code"]), into=middle["code"])
    await hub.act("merge", await hub.find(middle["code"]), into=first["code"])

    async def joined() -> str:
        steps = (await stranger.look(sent["operation"]))["steps"]
        return next(it["said"] for it in steps if it["kind"] == "merged")

    assert await joined() == f"{first['code']}: Received"
    await hub.act("fix", await hub.find(first["code"]), text="Đã thay nắp")
    assert await joined() == f"{first['code']}: Fixed"
    await hub.act("dismiss", await hub.find(dismissed["code"]), text="Thử máy")
    late = await hub.find((await stranger.send())["code"])
    assert refused(await hub.try_to("merge", late, into=dismissed["code"])) == (422, "merge-refused")


async def test_fixed_can_be_rated_and_opened_again_within_its_window(
    resident: Phone, hub: Officer, database: Database, events: Events
) -> None:
    sent = await resident.send()
    path = f"/api/feedback/reports/{sent['operation']}"
    early = await resident.browser.put(f"{path}/rating", json={"rating": 5, "text": ""})
    assert refused(early) == (409, "cannot-rate")
    given = await hub.act("assign", await hub.find(sent["code"]), unit=UNIT)
    await hub.act("fix", given, text="Đã sửa")
    rated = await done(resident.browser.put(f"{path}/rating", json={"rating": 2, "text": "Còn lún"}))
    assert rated["rating"] == 2
    opened = await done(resident.browser.put(f"{path}/reopenings/{uuid4()}", json={"text": "Vẫn còn hỏng"}))
    assert (opened["state"], opened["closed_at"], opened["rating"]) == ("assigned", None, None)
    again = await hub.find(sent["code"])
    assert again["reopened"] == 1
    assert again["due_at"] > again["answered_at"] if again["answered_at"] else again["due_at"]
    await hub.act("fix", again, text="Đã sửa lại")
    async with database.transaction() as session:
        await session.execute(
            text("UPDATE feedback_report SET closed_at = now() - interval '14 days 1 second' WHERE code = :c"),
            {"c": sent["code"]},
        )
    late = await resident.browser.put(f"{path}/reopenings/{uuid4()}", json={"text": "Lại hỏng"})
    assert refused(late) == (409, "cannot-reopen")
    assert late.json()["until"]


async def test_each_step_that_its_reporter_sees_is_told(resident: Phone, hub: Officer, events: Events) -> None:
    sent = await resident.send()
    report = await hub.find(sent["code"])
    for act, more in (("mark-urgent", {}), ("categorise", {"category": "linh-vuc-khac"}), ("unmark-urgent", {})):
        report = await hub.act(act, report, **more)
    await events.run_waiting()
    titles = [it["title"] for it in (await resident.look(sent["operation"]))["steps"]]
    assert titles == ["Moved to another field", "Treated as urgent", "Your report has arrived"]
    assert [title for title, _ in await inbox(resident)] == titles


async def test_no_job_is_put_where_nobody_is_to_be_told(
    stranger: Phone, resident: Phone, hub: Officer, database: Database
) -> None:
    async def jobs() -> int:
        asked = text("SELECT count(*) FROM procrastinate_jobs WHERE args::text LIKE :named")
        async with database.reading() as connection:
            return (await connection.execute(asked, {"named": f"%{report_id}%"})).scalar_one()

    sent = await stranger.send()
    report_id = (await hub.find(sent["code"]))["id"]
    given = await hub.act("assign", await hub.find(sent["code"]), unit=UNIT)
    assert await jobs() == 0
    assert (await resident.browser.put(f"/api/feedback/follows/{report_id}")).status_code == 204
    # What the reporter alone is asked concerns no follower.
    asked = await hub.act("ask", given, text="Ở đâu?")
    assert await jobs() == 0
    await hub.act("fix", asked, text="Xong.")
    assert await jobs() == 1


async def test_what_is_no_report_is_not_opened_again(resident: Phone, hub: Officer) -> None:
    sent = await resident.send(text="Tôi muốn tố cáo một người")
    new = await hub.find(sent["code"])
    assert new["elsewhere"] == "complaint"
    await hub.act("dismiss", new, text="Mời bạn gửi đơn đến Ban Tiếp công dân tỉnh.")
    reply = await resident.browser.put(
        f"/api/feedback/reports/{sent['operation']}/reopenings/{uuid4()}", json={"text": "Hả?"}
    )
    assert refused(reply) == (409, "cannot-reopen")


async def test_more_is_told_once_and_only_when_asked(resident: Phone, hub: Officer) -> None:
    sent = await resident.send()
    new = await hub.find(sent["code"])
    path = f"/api/feedback/reports/{sent['operation']}/more/{new['id']}"
    assert refused(await resident.browser.put(path, json={"text": "Thêm"})) == (409, "report-not-asked")
    await hub.act("ask", new, text="Ở đâu?")
    for _ in range(2):
        seen = await done(resident.browser.put(path, json={"text": "Trước cổng chợ"}))
    assert [it["kind"] for it in seen["steps"]] == ["replied", "asked", "arrived"]
    # And a photo beyond those that were announced.
    await done(resident.try_to_show(sent["operation"], 1, photo()))


async def test_whoever_is_forgotten_leaves_no_word_behind(
    resident: Phone, hub: Officer, database: Database, settings: Settings, events: Events
) -> None:
    from server.modules.feedback.holding import erase, gather

    me = resident.browser.me  # type: ignore[attr-defined]
    over, open_ = await resident.send(text="Chuyện đã xong"), await resident.send(text="Chuyện còn dở")
    await done(resident.try_to_show((await resident.send(photos=1))["operation"], 1, photo()))
    await hub.act("fix", await hub.find(over["code"]), text="Xong")
    path = f"/api/feedback/reports/{over['operation']}/reopenings/{uuid4()}"
    await done(resident.browser.put(path, json={"text": "Nhà tôi vẫn ngập"}))
    await hub.act("fix", await hub.find(over["code"]), text="Xong")
    async with database.transaction() as session:
        held = await gather(session, me)
        assert {"Chuyện đã xong", "Chuyện còn dở"} <= {it["nội dung"] for it in held["phản ánh"]}
    for _ in range(2):
        async with database.transaction() as session:
            await erase(session, me)
    gone = await hub.find(over["code"])
    assert gone["text"] == ""
    assert "vẫn ngập" not in str(gone)
    still = await hub.find(open_["code"])
    assert (still["text"], still["reporter_kind"]) == ("Chuyện còn dở", "unknown")
    assert (await hub.act("fix", still, text="Xong"))["text"] == ""
    async with database.transaction() as session:
        assert await gather(session, me) == {"phản ánh": [], "đang theo dõi": []}


async def test_all_that_is_held_is_gathered_by_as_few_questions_for_many_reports_as_for_one(
    resident: Phone, database: Database
) -> None:
    from server.modules.feedback.holding import gather

    async def asked() -> int:
        async with database.transaction() as session:
            with statements() as ran:
                held = await gather(session, resident.browser.me)  # type: ignore[attr-defined]
        assert all([step["việc"].code for step in it["các bước"]] == ["arrived"] for it in held["phản ánh"])
        return len(ran)

    await resident.send()
    await asked()  # the first time a connection learns what it will know
    one = await asked()
    for _ in range(3):
        await resident.send()
    assert await asked() == one


async def test_whoever_is_forgotten_while_it_is_closed_leaves_no_word_behind(
    resident: Phone, hub: Officer, database: Database
) -> None:
    from server.modules.feedback.holding import erase

    sent = await resident.send(text="Chuyện đang khép lại")
    close = text("UPDATE feedback_report SET state = 'fixed', closed_at = now() WHERE code = :c")

    async def forget() -> None:
        async with database.transaction() as session:
            await erase(session, resident.browser.me)  # type: ignore[attr-defined]

    async with database.transaction() as session:
        await session.execute(close, {"c": sent["code"]})
        forgetting = asyncio.create_task(forget())
        await asyncio.sleep(0.3)
    await forgetting
    assert (await hub.find(sent["code"]))["text"] == ""


async def test_the_public_list_of_categories(client: Any, hub: Officer) -> None:
    reply = await client.get("/api/feedback/categories", headers={"Accept-Language": "km"})
    body = reply.json()
    assert [it["slug"] for it in body["items"]][:3] == ["an-ninh-trat-tu", "ha-tang-do-thi", "ve-sinh-moi-truong"]
    assert {it["kind"] for it in body["elsewhere"]} == {"procedure", "complaint"}
    assert reply.headers["etag"]
    mine = await done(hub.browser.get("/api/feedback/desk/categories"))
    assert all(it["unit"] is None and it["resolve_days"] is None for it in mine["items"][:10])


async def test_prepared_answers(hub: Officer, unit: Officer) -> None:
    row = "0199a1b2-0000-7000-8000-000000000001"
    path, body = f"/api/feedback/desk/answers/{row}", {"name": "Đã nhận", "text": "Cảm ơn bạn.\nChúng tôi đang xem."}
    assert refused(await unit.browser.put(path, json=body, headers={"If-Match": '"0"'})) == (403, "not-allowed")
    await done(hub.browser.put(path, json=body, headers={"If-Match": '"0"'}))
    assert (await done(unit.browser.get("/api/feedback/desk/answers")))["items"][0]["text"] == body["text"]
    other = await hub.browser.put(path[:-1] + "2", json=body, headers={"If-Match": '"0"'})
    assert refused(other) == (409, "answer-name-taken")
    await done(hub.browser.put(path, json=body | {"text": "Cảm ơn."}, headers={"If-Match": '"1"'}))
    assert (await hub.browser.delete(path)).status_code == 204


async def test_the_categories_are_planted_once(database: Database, settings: Settings) -> None:
    async def version() -> str | None:
        async with database.transaction() as session:
            await seed(session, settings)
        async with database.reading() as connection:
            return await connection.scalar(select(Version.version).where(Version.name == "feedback"))

    assert await version() == await version()


async def test_the_map_of_a_list_shows_a_unit_its_own(
    resident: Phone, hub: Officer, unit: Officer, other_unit: Officer
) -> None:
    sent = await resident.send(lat=9.21234, lon=105.21234, category="giao-duc-dao-tao")
    await hub.act("assign", await hub.find(sent["code"]), unit=UNIT)
    path = "/api/feedback/desk/map"
    for officer, there in ((hub, True), (unit, True), (other_unit, False)):
        seen = await done(officer.browser.get(path, params={"category": "giao-duc-dao-tao"}))
        assert ((9.21234, 105.21234) in zip(seen["lat"], seen["lon"], strict=True)) is there
    await hub.act("fix", await hub.find(sent["code"]), text="Đã sửa.")
    for which, is_open in (("open", []), ("closed", [False])):
        seen = await done(hub.browser.get(path, params={"which": which, "category": "giao-duc-dao-tao"}))
        at = [n for n, lat in enumerate(seen["lat"]) if lat == 9.21234]
        assert [seen["open"][n] for n in at] == is_open


async def test_a_place_on_the_map_leads_to_its_reports(
    resident: Phone, hub: Officer, unit: Officer, other_unit: Officer
) -> None:
    places = [(9.11111, 105.31111), (9.11121, 105.31121), (9.2, 105.31111)]
    codes = [(await resident.send(lat=lat, lon=lon))["code"] for lat, lon in places]
    for code in codes:
        await hub.act("assign", await hub.find(code), unit=UNIT)
    around = "9.1111,105.3111,9.1113,105.3113"
    for officer, there in ((hub, set(codes[:2])), (unit, set(codes[:2])), (other_unit, set())):
        assert {it["code"] for it in await officer.queue(box=around)} == there
    assert await hub.queue(box=around, category="y-te-suc-khoe") == []
    for wrong in ("9,105", "a,b,c,d", "9.1,105.3,9.2,1e9", "9;105;9;105", "9.1,105.3,9.2,105.4,1"):
        reply = await hub.browser.get("/api/feedback/desk", params={"box": wrong})
        assert refused(reply) == (400, "input-refused")


async def test_found_by_any_part_of_its_code_that_says_something(resident: Phone, hub: Officer) -> None:
    code = (await resident.send())["code"]
    for part in (code, code.lower(), code[3:], code[3:12], code[-7:], code[-3:]):
        assert code in {it["code"] for it in await hub.queue(q=part)}
    for nothing in ("PA-", "PA-2", "%%%", "___", code[5:9] + "X"):
        assert code not in {it["code"] for it in await hub.queue(q=nothing)}
