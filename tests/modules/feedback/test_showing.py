"""Photos that go out with an answer, what of a photo nobody else sees, and the list that staff take away."""

import csv
import io
from typing import Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from server.core.database import Database
from server.core.files import FileMissing, Files
from server.core.settings import Settings
from server.modules.feedback.events import PhotosGone
from server.modules.feedback.models import Photo
from server.modules.feedback.reactions import wipe_photos
from server.modules.feedback.service.photos import named
from tests.modules.feedback.conftest import UNIT, NewResident, Officer, Phone, done, photo, refused

WHOLE = {"x": 0, "y": 0, "width": 50, "height": 100}


async def give(officer: Officer, report: dict[str, Any], content: bytes, photo_id: str = "") -> httpx.Response:
    return await officer.browser.put(
        f"/api/feedback/desk/{report['id']}/answer-photos/{photo_id or uuid4()}",
        content=content,
        headers={"Content-Type": "image/jpeg", "Accept-Language": "en"},
    )


def striped() -> bytes:
    """Black and white in turns: what a blur would still show."""
    picture = Image.effect_noise((800, 600), 200).convert("RGB")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95)
    return out.getvalue()


def spread(content: bytes, left: float, right: float) -> int:
    """How far the darkest and the lightest of a part are from each other, without its edge."""
    with Image.open(io.BytesIO(content)) as read:
        part = read.convert("L").crop((round(left * read.width), 0, round(right * read.width), read.height))
        low, high = part.getextrema()
        return int(high - low)  # type: ignore[operator]


async def test_an_answer_is_seen_with_its_photos(
    resident: Phone, new_resident: NewResident, hub: Officer, unit: Officer, other_unit: Officer, stranger: Phone
) -> None:
    sent = await resident.send(photos=1)
    await done(resident.try_to_show(sent["operation"], 1, photo()))
    given = await hub.act("assign", await hub.find(sent["code"]), unit=UNIT)
    follower = await new_resident()
    await follower.browser.put(f"/api/feedback/follows/{given['id']}")

    photo_id = str(uuid4())
    taken = striped()
    first = await done(give(unit, given, taken, photo_id))
    assert first == await done(give(unit, given, taken, photo_id))
    assert refused(await give(unit, given, photo(color="red"), photo_id)) == (422, "photo-differs")
    assert refused(await give(unit, given, b"GIF89a")) == (422, "photo-refused")
    assert refused(await give(other_unit, given, photo())) == (404, "report-not-found")
    other = await done(give(unit, given, photo(color="blue")))
    path = f"/api/feedback/reports/{sent['operation']}/photos/{first['number']}"
    theirs = f"/api/feedback/reports/{given['id']}/photos/{first['number']}"
    # Before it is said, nobody who follows sees it, and it is none of the reporter's.
    for reader, address in (
        (follower, theirs),
        (resident, path),
        (hub, f"/api/feedback/desk/{given['id']}/photos/{first['number']}"),
    ):
        assert refused(await reader.browser.get(address)) == (404, "photo-not-found")
    assert (await resident.look(sent["operation"]))["photos"] == [1]
    assert refused(await unit.try_to("note", given, text="Nhớ", photos=[photo_id])) == (422, "step-incomplete")
    assert refused(await hub.try_to("fix", given, text="Xong", photos=[photo_id])) == (404, "photo-not-found")

    fixed = await unit.act("fix", await unit.find(sent["code"]), text="Đã thay nắp", photos=[photo_id])
    assert [it["photos"] for it in fixed["steps"] if it["kind"] == "fixed"] == [[first["number"]]]
    assert [(it["number"], it["of_staff"]) for it in fixed["pictures"]] == [(1, False), (first["number"], True)]
    assert (fixed["photos"], fixed["photos_awaited"]) == (1, 0)
    seen = await resident.look(sent["operation"])
    assert (seen["photos"], seen["steps"][0]["photos"]) == ([1], [first["number"]])
    assert (await resident.browser.get(path)).headers["content-type"] == "image/jpeg"
    # Whoever follows it might be anybody: they see it when the hub has looked at it, and what is covered stays so.
    assert (await follower.look(given["id"]))["steps"][0]["photos"] == []
    assert refused(await follower.browser.get(theirs)) == (404, "photo-not-found")
    await hub.let_see(await hub.find(sent["code"]), first["number"], True, WHOLE)
    assert (await follower.look(given["id"]))["steps"][0]["photos"] == [first["number"]]
    assert spread((await follower.browser.get(theirs)).content, 0, 0.45) < 12
    assert spread((await resident.browser.get(path)).content, 0, 0.45) > 100
    assert refused(await stranger.browser.get(theirs))[0] == 404
    # What was not chosen waits for what else was begun, until whoever sent it takes it away; what is said stays.
    unsaid = f"/api/feedback/desk/{given['id']}/photos/{other['number']}"
    assert (await unit.browser.get(unsaid)).status_code == 200
    for _ in range(2):
        for one in (first, other):
            gone = await unit.browser.delete(f"/api/feedback/desk/{given['id']}/answer-photos/{one['id']}")
            assert gone.status_code == 204
    assert refused(await unit.browser.get(unsaid)) == (404, "photo-not-found")
    assert (await resident.browser.get(path)).headers["content-type"] == "image/jpeg"


async def test_an_answer_begun_before_another_keeps_its_photos(resident: Phone, hub: Officer, unit: Officer) -> None:
    sent = await resident.send()
    given = await hub.act("assign", await hub.find(sent["code"]), unit=UNIT)
    photo_id, other_id = str(uuid4()), str(uuid4())
    number = (await done(give(unit, given, photo(), photo_id)))["number"]
    await done(give(unit, given, photo(), other_id))
    answered = await unit.act("answer", given, text="Mai đến xem", photos=[other_id])
    fixed = await unit.act("fix", answered, text="Đã thay nắp", photos=[photo_id])
    assert fixed["steps"][0]["photos"] == [number]


async def test_what_the_reporter_alone_is_asked_nobody_else_reads(
    resident: Phone, new_resident: NewResident, hub: Officer, unit: Officer, stranger: Phone
) -> None:
    sent = await resident.send()
    given = await hub.act("assign", await hub.find(sent["code"]), unit=UNIT)
    follower = await new_resident()
    await follower.browser.put(f"/api/feedback/follows/{given['id']}")
    photo_id = str(uuid4())
    number = (await done(give(unit, given, photo(), photo_id)))["number"]
    asked = await unit.act("ask", given, text="Nhà anh A số mấy?", photos=[photo_id])
    await done(
        hub.browser.put(
            f"/api/feedback/desk/{given['id']}/released",
            json={"released": True, "text": "Cống vỡ.", "place": True},
            headers={"If-Match": f'"{asked["version"]}"'},
        )
    )
    own = (await resident.look(sent["operation"]))["steps"][0]
    assert (own["kind"], own["said"], own["photos"]) == ("asked", "Nhà anh A số mấy?", [number])
    # That something was asked they may know; what, and what was shown with it, not: no more than everybody else.
    theirs = (await follower.look(given["id"]))["steps"][0]
    assert (theirs["kind"], theirs["said"], theirs["photos"]) == ("asked", "", [])
    assert refused(await hub.try_to_let_see(await hub.find(sent["code"]), number, True)) == (404, "photo-not-found")
    assert (await hub.find(sent["code"]))["pictures"] == []
    assert (await done(stranger.browser.get(f"/api/feedback/public/{given['id']}")))["photos"] == []
    for reader, path in (
        (follower, f"reports/{given['id']}/photos/{number}"),
        (stranger, f"public/{given['id']}/photos/{number}"),
        (stranger, f"similar/{given['id']}/photo"),
    ):
        assert refused(await reader.browser.get(f"/api/feedback/{path}")) == (404, "photo-not-found")


@pytest.mark.parametrize("way", ["take back", "dismiss", "merge", "fix"])
async def test_what_is_taken_back_is_seen_no_longer(
    resident: Phone, new_resident: NewResident, hub: Officer, stranger: Phone, way: str
) -> None:
    sent = await resident.send(photos=1)
    await done(resident.try_to_show(sent["operation"], 1, photo()))
    report = await hub.find(sent["code"])
    follower = await new_resident()
    await follower.browser.put(f"/api/feedback/follows/{report['id']}")
    report = await hub.let_see(report, 1, True, WHOLE)
    seen = [
        (stranger, f"/api/feedback/similar/{report['id']}/photo"),
        (follower, f"/api/feedback/reports/{report['id']}/photos/1"),
    ]
    for reader, path in seen:
        assert (await reader.browser.get(path)).headers["content-type"] == "image/jpeg"
    if way == "take back":
        await done(
            hub.browser.put(
                f"/api/feedback/desk/{report['id']}/released",
                json={"released": False, "text": "", "place": False},
                headers={"If-Match": f'"{report["version"]}"'},
            )
        )
    elif way == "merge":
        await hub.act("merge", report, into=(await resident.send())["code"])
    else:
        await hub.act(way, report, text="Lý do.")
    # What is over and was never released is nobody's to look for; whoever follows it saw it before it was.
    for reader, path in seen[:1] if way == "fix" else seen:
        assert refused(await reader.browser.get(path)) == (404, "photo-not-found")
    # What was covered is covered still, when it is let out again.
    assert [(it["shown"], it["areas"]) for it in (await hub.find(sent["code"]))["pictures"]] == [
        (way == "fix", [WHOLE])
    ]


async def test_staffs_own_photos_are_no_photos_of_what_is_similar(
    resident: Phone, hub: Officer, unit: Officer, stranger: Phone
) -> None:
    sent = await resident.send(lat=9.0213, lon=105.0913)
    given = await hub.act("assign", await hub.find(sent["code"]), unit=UNIT)
    photo_id = str(uuid4())
    number = (await done(give(unit, given, photo(), photo_id)))["number"]
    answered = await unit.act("answer", given, text="Mai thay.", photos=[photo_id])
    await hub.let_see(answered, number, True)
    near = {"category": "ha-tang-do-thi", "lat": 9.0213, "lon": 105.0913}
    (one,) = (await done(stranger.browser.get("/api/feedback/similar", params=near)))["items"]
    assert (one["id"], one["photo"]) == (given["id"], False)
    unseen = await stranger.browser.get(f"/api/feedback/similar/{given['id']}/photo")
    assert refused(unseen) == (404, "photo-not-found")


async def test_a_stale_page_does_not_uncover_what_a_colleague_has_covered(resident: Phone, hub: Officer) -> None:
    sent = await resident.send(photos=1)
    await done(resident.try_to_show(sent["operation"], 1, photo()))
    stale = await hub.find(sent["code"])
    await hub.let_see(stale, 1, True, WHOLE)
    assert refused(await hub.try_to_let_see(stale, 1, True)) == (412, "changed-meanwhile")
    bare = await hub.browser.put(f"/api/feedback/desk/{stale['id']}/photos/1/shown", json={"shown": True})
    assert refused(bare) == (428, "version-needed")
    assert (await hub.find(sent["code"]))["pictures"][0]["areas"] == [WHOLE]


async def test_nobody_else_sees_what_is_covered(
    resident: Phone, new_resident: NewResident, hub: Officer, database: Database, settings: Settings
) -> None:
    sent = await resident.send(photos=1)
    await done(resident.try_to_show(sent["operation"], 1, striped()))
    new = await hub.find(sent["code"])
    follower = await new_resident()
    await follower.browser.put(f"/api/feedback/follows/{new['id']}")
    theirs = f"/api/feedback/reports/{new['id']}/photos/1"
    shown = await hub.let_see(new, 1, True, WHOLE)
    assert shown["pictures"][0]["areas"] == [WHOLE]
    for address in (theirs, f"{theirs}?small=true", f"/api/feedback/similar/{new['id']}/photo"):
        public = (await follower.browser.get(address)).content
        assert spread(public, 0, 0.45) < 12
        assert spread(public, 0.55, 1) > 100
        with Image.open(io.BytesIO(public)) as read:
            assert not read.getexif()
    for whole in (
        await resident.browser.get(f"/api/feedback/reports/{sent['operation']}/photos/1"),
        await hub.browser.get(f"/api/feedback/desk/{new['id']}/photos/1"),
    ):
        assert spread(whole.content, 0, 0.45) > 100

    # Another cover is made from the original, and hidden is hidden.
    shown = await hub.let_see(shown, 1, True, WHOLE | {"x": 50})
    assert spread((await follower.browser.get(theirs)).content, 0, 0.45) > 100
    hidden = await hub.let_see(shown, 1, False)
    assert refused(await follower.browser.get(theirs)) == (404, "photo-not-found")
    wrong = [WHOLE | {"x": -1}, WHOLE | {"width": 0}, WHOLE | {"y": 101}, WHOLE | {"more": 1}]
    for area in wrong:
        reply = await hub.try_to_let_see(hidden, 1, True, area)
        assert refused(reply) == (400, "input-refused")

    async with database.reading() as connection:
        row = await connection.scalar(select(Photo.id).where(Photo.report_id == new["id"]))
    assert row
    # At night what no row names is swept away: what others see of it is named as long as a part is covered.
    covered = [f"feedback/public-{size}/{row}" for size in ("large", "small")]
    async with database.transaction() as session:
        assert not set(covered) & await named(session, covered)
    await hub.let_see(hidden, 1, True, WHOLE)
    async with database.transaction() as session:
        assert set(covered) <= await named(session, covered)
    async with database.transaction() as session:
        await wipe_photos(session, PhotosGone(photo_ids=[row]))
    for size in ("large", "small", "public-large", "public-small"):
        try:
            await Files(settings).get(f"feedback/{size}/{row}")
        except FileMissing:
            continue
        raise AssertionError(size)


async def test_staff_take_a_list_away_that_does_nothing(resident: Phone, hub: Officer, unit: Officer) -> None:
    said = '=HYPERLINK("http://other.example";"Nắp cống vỡ")'
    sent = await resident.send(text=said)
    await hub.act("assign", await hub.find(sent["code"]), unit=UNIT)
    theirs = await resident.send(text="Đèn của đơn vị khác")
    path = "/api/feedback/desk/export"
    reply = await hub.browser.get(path, params={"which": "open"}, headers={"Accept-Language": "vi"})
    assert reply.headers["content-disposition"] == 'attachment; filename="reports-open.csv"'
    titles, *rows = csv.reader(io.StringIO(reply.content.decode("utf-8-sig"), newline=""))
    assert (titles[0], titles[2]) == ("Mã", "Nội dung")
    assert {row[0]: row[2] for row in rows}[sent["code"]] == f"'{said}"
    sheet = await hub.browser.get(path, params={"sheet": "xlsx"})
    read = CalamineWorkbook.from_filelike(io.BytesIO(sheet.content)).get_sheet_by_index(0).to_python()
    assert {row[0]: row[2] for row in read}[sent["code"]] == said
    own = (await unit.browser.get(path)).text
    assert sent["code"] in own
    assert theirs["code"] not in own
    assert refused(await resident.browser.get(path)) == (403, "not-allowed")
