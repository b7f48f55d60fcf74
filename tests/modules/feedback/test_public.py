"""What everybody sees of the reports: what was let out, without who and exactly where; figures that do not flatter."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text, update

from server.core.database import Database
from server.core.settings import Settings
from server.modules.feedback.models import Cell, Figures, Report
from server.modules.feedback.reactions import count_figures
from server.modules.feedback.service.figures import median_of
from server.modules.feedback.service.people import People
from server.modules.feedback.snapshot import Told
from tests.modules.feedback.conftest import HERE, UNIT, Officer, Phone, done, photo, refused

FOREST = {"lat": 8.6012, "lon": 104.7213}
"""Where no other test reports anything."""
THERE = {"lat": "8.601", "lon": "104.721"}


async def release(hub: Officer, of: dict[str, Any], **said: Any) -> dict[str, Any]:
    return await done(
        hub.browser.put(
            f"/api/feedback/desk/{of['id']}/released",
            json={"released": True, "text": "Cống vỡ trước chợ.", "place": True} | said,
            headers={"If-Match": f'"{of["version"]}"'},
        )
    )


async def public(of: Phone, path: str = "", **asked: str) -> dict[str, Any]:
    headers = {"Accept-Language": "en"}
    return await done(of.browser.get(f"/api/feedback/public{path}", params=asked, headers=headers))


async def cells(database: Database) -> list[tuple[int, ...]]:
    async with database.transaction() as session:
        asked = select(Cell.open, Cell.fixed, Cell.closed, Cell.lat_sum, Cell.lon_sum)
        rows = await session.execute(asked.where(Cell.y == 285, Cell.x == 3490))
        return [tuple(row) for row in rows]


async def test_only_what_was_let_out_and_rounded(
    stranger: Phone, resident: Phone, hub: Officer, unit: Officer, database: Database
) -> None:
    sent = await resident.send(**FOREST, text="Tôi là Nguyễn Văn A, nhà số 12, cống vỡ.", photos=2)
    for number in (1, 2):
        await done(resident.try_to_show(sent["operation"], number, photo()))
    new = await hub.find(sent["code"])
    path = f"/{new['id']}"
    assert refused(await stranger.browser.get(f"/api/feedback/public{path}")) == (404, "report-not-found")
    assert [it for it in (await public(stranger, "/near", **THERE))["items"] if it["id"] == new["id"]] == []

    assert new["may_release"]
    out = await release(hub, new)
    assert (out["public_text"], out["public_place"]) == ("Cống vỡ trước chợ.", True)
    await hub.let_see(out, 2, True)
    seen = await public(stranger, path)
    assert (seen["text"], seen["lat"], seen["lon"], seen["photos"]) == ("Cống vỡ trước chợ.", 8.601, 104.721, [2])
    assert "Nguyễn" not in str(seen)
    assert "8.6012" not in str(seen)
    assert (await stranger.browser.get(f"/api/feedback/public{path}/photos/2?small=true")).status_code == 200
    hidden = await stranger.browser.get(f"/api/feedback/public{path}/photos/1")
    assert refused(hidden) == (404, "photo-not-found")

    # What the office answers is read, what it asked its reporter is not.
    given = await hub.act("assign", await hub.find(sent["code"]), unit=UNIT)
    asked = await unit.act("ask", given, text="Nhà anh A số mấy?")
    await unit.act("answer", asked, text="Mai thay nắp.")
    steps = (await public(stranger, path))["steps"]
    said = [(it["kind"], it["said"]) for it in steps]
    assert said == [("answered", "Mai thay nắp."), ("assigned", ""), ("arrived", "")]

    # Somebody's home: only the commune is told, and nothing is nearer to it than to anything else.
    moved = await release(hub, await hub.find(sent["code"]), place=False)
    at_home = await public(stranger, path)
    assert (at_home["lat"], at_home["lon"], bool(at_home["commune_name"])) == (None, None, True)
    assert [it for it in (await public(stranger, "/near", **THERE))["items"] if it["id"] == new["id"]] == []
    assert new["id"] in [it["id"] for it in (await public(stranger, commune=at_home["commune"]))["items"]]

    await hub.act("dismiss", moved, text="Gửi nhầm.")
    assert refused(await stranger.browser.get(f"/api/feedback/public{path}")) == (404, "report-not-found")
    dismissed = await hub.find(sent["code"])
    assert not dismissed["may_release"]
    again = await hub.browser.put(
        f"/api/feedback/desk/{new['id']}/released",
        json={"released": True, "text": "", "place": True},
        headers={"If-Match": f'"{dismissed["version"]}"'},
    )
    assert refused(again) == (409, "report-cannot-move")


async def test_the_map_counts_whatever_changes_a_report(
    stranger: Phone, resident: Phone, hub: Officer, database: Database, settings: Settings
) -> None:
    there = {"lat": 8.5623, "lon": 104.7038}
    assert await cells(database) == []
    first, second = [await hub.find((await resident.send(**there))["code"]) for _ in range(2)]
    assert await cells(database) == []
    for one in (first, second):
        await release(hub, one)
    assert await cells(database) == [(2, 0, 0, 2 * 8562, 2 * 104704)]
    fixed = await hub.act("fix", await hub.find(first["code"]), text="Đã làm.")
    assert await cells(database) == [(1, 1, 0, 2 * 8562, 2 * 104704)]
    shown = await public(stranger, "/map", category="ha-tang-do-thi")
    at = shown["lat"].index(8562)
    assert (shown["lon"][at], shown["open"][at], shown["fixed"][at]) == (104704, 1, 1)
    assert 8562 not in (await public(stranger, "/map", category="giao-duc-dao-tao"))["lat"]
    await hub.act("give-up", await hub.find(second["code"]), text="Chưa có vốn.")
    assert await cells(database) == [(0, 1, 1, 2 * 8562, 2 * 104704)]
    # Whoever is forgotten takes their words along, from the public, too.
    async with database.transaction() as session:
        await People(session, settings).forget(resident.browser.me)  # type: ignore[attr-defined]
    assert await cells(database) == [(0, 0, 0, 0, 0)]
    assert 8562 not in (await public(stranger, "/map"))["lat"]
    assert refused(await stranger.browser.get(f"/api/feedback/public/{fixed['id']}"))[0] == 404


async def test_a_colleague_was_quicker(hub: Officer, resident: Phone) -> None:
    new = await hub.find((await resident.send(**FOREST))["code"])
    await release(hub, new)
    late = await hub.browser.put(
        f"/api/feedback/desk/{new['id']}/released",
        json={"released": False, "text": "", "place": False},
        headers={"If-Match": f'"{new["version"]}"'},
    )
    assert refused(late) == (412, "changed-meanwhile")


async def test_the_nearest_first_and_where_exactly_is_nobodys(stranger: Phone, resident: Phone, hub: Officer) -> None:
    # Two in one square of 110 m, and one beyond it: where in the square one lies changes nothing.
    places = [(8.70012, 104.80012), (8.69988, 104.79988), (8.7042, 104.8)]
    ids = []
    for lat, lon in places:
        one = await hub.find((await resident.send(lat=lat, lon=lon))["code"])
        await release(hub, one)
        ids.append(one["id"])
    near = (await public(stranger, "/near", lat="8.7", lon="104.8"))["items"][:3]
    assert {it["id"] for it in near[:2]} == set(ids[:2])
    assert [it["distance_m"] for it in near] == [0, 0, 450]
    for lat in ("8.7009", "8.7021", "8.7026"):
        asked = {"category": "ha-tang-do-thi", "lat": lat, "lon": "104.8"}
        found = (await done(stranger.browser.get("/api/feedback/similar", params=asked)))["items"]
        away = {it["id"]: it["distance_m"] for it in found}
        assert away.get(ids[0]) == away.get(ids[1])
    # 30 km of sea lie between.
    assert (await public(stranger, "/near", lat="8.4", lon="104.7"))["items"] == []
    wrong = await stranger.browser.get("/api/feedback/public/near", params={"lat": "95", "lon": "200"})
    assert refused(wrong) == (422, "place-refused")


async def test_narrowed_and_page_after_page(stranger: Phone, resident: Phone, hub: Officer) -> None:
    there = {"lat": 8.85, "lon": 104.95}
    ids = []
    for category in ("giao-duc-dao-tao", "y-te-suc-khoe", "giao-duc-dao-tao"):
        one = await hub.find((await resident.send(**there, category=category))["code"])
        await release(hub, one)
        ids.append(one["id"])
    commune = (await public(stranger, f"/{ids[0]}"))["commune"]
    first = await public(stranger, commune=commune, category="giao-duc-dao-tao", limit="1")
    second = await public(
        stranger, commune=commune, category="giao-duc-dao-tao", limit="1", cursor=first["next_cursor"]
    )
    assert [it["id"] for page in (first, second) for it in page["items"]] == [ids[2], ids[0]]
    await hub.act("fix", await hub.find((await public(stranger, f"/{ids[1]}"))["code"]), text="Xong.")
    fixed = await public(stranger, commune=commune, standing="fixed")
    assert [it["id"] for it in fixed["items"]] == [ids[1]]
    assert refused(await stranger.browser.get("/api/feedback/public?cursor=eA"))[0] == 400


async def test_closed_is_not_fixed_and_opened_again_is_subtracted(
    stranger: Phone, resident: Phone, hub: Officer, database: Database
) -> None:
    when = datetime(2031, 5, 1, tzinfo=UTC)
    codes = [(await resident.send(**HERE))["code"] for _ in range(6)]
    for code, act in zip(codes, ("fix", "fix", "fix", "give-up", "dismiss"), strict=False):
        await hub.act(act, await hub.find(code), text="Lý do.")
    own = (await done(resident.browser.get("/api/feedback/reports")))["items"]
    again = next(it["key"] for it in own if it["code"] == codes[0])
    await done(resident.browser.put(f"/api/feedback/reports/{again}/reopenings/{uuid4()}", json={"text": "Vẫn hỏng"}))
    async with database.transaction() as session:
        ours = update(Report).where(Report.code.in_(codes))
        await session.execute(
            ours.values(
                arrived_at=when,
                answered_at=text("CASE WHEN answered_at IS NULL THEN NULL ELSE timestamptz '2031-05-01T03:00Z' END"),
                answer_due_at=when + timedelta(hours=6),
                first_answered_at=text("first_answered_at + (timestamptz '2031-05-01T03:00Z' - first_answered_at)"),
                first_answer_due_at=text("first_answer_due_at + (timestamptz '2031-05-01Z' - arrived_at)"),
            )
        )
        await count_figures(session, when + timedelta(days=30))
        said = await session.scalar(select(Figures.said).where(Figures.name == "public"))
    told = Told(said)
    assert b"closed for other reasons" in told.figures("en").lower()
    assert said is not None
    assert said["all"] == {
        "received": 6,
        "open": 2,
        "fixed": 2,
        "reopened": 1,
        "still_fixed": 0,
        "not_fixable": 1,
        "others": 1,
        # One was never answered, and its time is up; one that was opened again had been.
        "answered_in_time": 83.3,
        "hours_to_answer": 3.0,
        "rating": None,
    }
    (commune,) = said["communes"]
    (category,) = said["categories"]
    assert commune["figures"] == category["figures"] == said["all"]


async def test_the_first_answer_and_a_bad_rating_stay_when_it_is_opened_again(
    resident: Phone, hub: Officer, database: Database
) -> None:
    when = datetime(2035, 5, 1, tzinfo=UTC)
    sent = [await resident.send(**HERE) for _ in range(2)]
    ours = Report.code.in_([it["code"] for it in sent])
    for it in sent:
        await hub.act("fix", await hub.find(it["code"]), text="Xong.")
    async with database.transaction() as session:
        answered = {"answered_at": when + timedelta(hours=3), "answer_due_at": when + timedelta(hours=2)}
        await session.execute(update(Report).where(ours).values(arrived_at=when, **answered))
    path = f"/api/feedback/reports/{sent[0]['operation']}"
    await done(resident.browser.put(f"{path}/rating", json={"rating": 1, "text": ""}))
    await done(resident.browser.put(f"{path}/reopenings/{uuid4()}", json={"text": "Vẫn hỏng"}))
    again = await hub.act("fix", await hub.find(sent[0]["code"]), text="Xong thật.")
    assert (again["state"], again["reopened"]) == ("fixed", 1)
    # Whoever is asked holds up nobody's limit.
    waiting = await resident.send(**HERE)
    await hub.act("ask", await hub.find(waiting["code"]), text="Ở đâu?")
    async with database.transaction() as session:
        asked = update(Report).where(Report.code == waiting["code"])
        due, since = when + timedelta(hours=2), when + timedelta(hours=1)
        await session.execute(asked.values(arrived_at=when, answer_due_at=due, waits_since=since))
        await count_figures(session, when + timedelta(days=30))
        said = await session.scalar(select(Figures.said).where(Figures.name == "public"))
    assert said is not None
    counted = ("received", "open", "fixed", "reopened", "answered_in_time", "hours_to_answer", "rating")
    # Both were first answered after three hours, an hour too late, and one of them is fixed that was opened again.
    assert [said["all"][it] for it in counted] == [3, 1, 1, 1, 0.0, 3.0, 1.0]


@pytest.mark.parametrize("few", [4])
async def test_few_are_not_told_apart(resident: Phone, hub: Officer, database: Database, few: int) -> None:
    when = datetime(2033, 5, 1, tzinfo=UTC)
    codes = [(await resident.send(**HERE))["code"] for _ in range(few)]
    async with database.transaction() as session:
        await session.execute(update(Report).where(Report.code.in_(codes)).values(arrived_at=when))
        await count_figures(session, when + timedelta(days=1))
        said = await session.scalar(select(Figures.said).where(Figures.name == "public"))
    assert said is not None
    (commune,) = said["communes"]
    assert (commune["figures"]["received"], commune["figures"]["open"]) == (few, None)
    assert said["all"]["open"] == few
    # Outside the province, so of no commune: it counts, once.
    async with database.transaction() as session:
        one = {"commune": None, "answered_at": when + timedelta(hours=1)}
        await session.execute(update(Report).where(Report.code == codes[0]).values(**one))
        await count_figures(session, when + timedelta(days=1))
        said = await session.scalar(select(Figures.said).where(Figures.name == "public"))
    assert said is not None
    assert (said["all"]["received"], said["all"]["hours_to_answer"]) == (few, 1.0)
    assert [it["figures"]["received"] for it in said["communes"]] == [few - 1]


async def test_where_nothing_was_reported_that_is_said(database: Database) -> None:
    async with database.transaction() as session:
        await count_figures(session, datetime(2019, 5, 1, tzinfo=UTC))
        said = await session.scalar(select(Figures.said).where(Figures.name == "public"))
    assert said is not None
    assert (said["all"]["received"], said["all"]["open"], said["all"]["hours_to_answer"]) == (0, 0, None)
    assert (said["categories"], said["communes"]) == ([], [])


def test_the_median_is_that_of_all_in_a_row() -> None:
    for took in ([4], [4, 8], [1, 1, 1, 30], [2, 4, 9], [3] * 5 + [7] * 5, list(range(101))):
        assert median_of(Counter(took)) == round(median(took) / 10, 1)
    assert median_of(Counter()) is None
