"""Written once, sent as often as the line wants: one report, with all it showed, or a sentence that says why not."""

import asyncio
import hashlib
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zlib import crc32

import pytest
from PIL import Image
from sqlalchemy import select, text

from server.core.database import Database
from server.core.files import Files
from server.core.settings import Settings
from server.modules.feedback.models import Photo, Report
from server.modules.feedback.service.photos import named
from tests.modules.feedback.conftest import NewResident, Officer, Phone, done, photo, refused, report


async def test_a_report_sent_many_times_at_once_is_one(resident: Phone, database: Database) -> None:
    operation, said = str(uuid4()), report(photos=1)
    replies = await asyncio.gather(*(resident.try_to_send(said, operation) for _ in range(6)))
    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.text for reply in replies}) == 1
    async with database.reading() as connection:
        rows = await connection.execute(select(Report.id).where(Report.operation == operation))
    assert len(rows.all()) == 1


async def test_another_body_under_the_same_id_is_refused(resident: Phone) -> None:
    operation = str(uuid4())
    await done(resident.try_to_send(report(), operation))
    other = await resident.try_to_send(report(text="Đèn đường không sáng"), operation)
    assert refused(other) == (422, "operation-used-for-another")


async def test_somebody_elses_id_is_refused_and_says_nothing(resident: Phone, stranger: Phone) -> None:
    operation, said = str(uuid4()), report(text="Chỉ mình tôi biết chuyện này")
    await done(resident.try_to_send(said, operation))
    assert refused(await stranger.try_to_send(said, operation)) == (422, "operation-used-for-another")
    reply = await stranger.browser.get(f"/api/feedback/reports/{operation}")
    assert refused(reply) == (404, "report-not-found")


async def test_what_one_person_wrote_is_not_sent_as_another_nor_as_nobody(
    resident: Phone, new_resident: NewResident, stranger: Phone
) -> None:
    me = resident.browser.me  # type: ignore[attr-defined]
    other = await new_resident()
    assert refused(await other.try_to_send(report(), **{"If-Caller": me})) == (409, "caller-changed")
    assert refused(await stranger.try_to_send(report(), **{"If-Caller": me})) == (401, "sign-in-needed")
    await done(resident.try_to_send(report(), **{"If-Caller": me}))


async def test_without_an_account_it_is_found_by_its_own_id_alone(stranger: Phone, resident: Phone) -> None:
    operation = str(uuid4())
    accepted = await done(stranger.try_to_send(report(disclosure="handler"), operation))
    seen = await stranger.look(operation)
    assert (seen["code"], seen["mine"], seen["disclosure"]) == (accepted["code"], True, "nobody")
    assert (await done(resident.browser.get("/api/feedback/reports")))["items"] == []


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ({"text": "🚧🚧🚧"}, "report-says-nothing"),
        ({"text": "  \n "}, "report-says-nothing"),
        ({"text": "a" * 10_000}, "report-too-long"),
        ({"photos": 6}, "too-many-photos"),
        ({"category": "khong-co"}, "category-withdrawn"),
        ({"lat": 91.0, "lon": 105.0}, "place-refused"),
        ({"lat": None, "lon": 105.0}, "place-refused"),
        ({"commune": "nowhere"}, "place-refused"),
        ({"lat": 21.0285, "lon": 105.8542}, "place-outside-province"),
    ],
)
async def test_bad_input_gets_a_sentence(resident: Phone, wrong: dict[str, Any], kind: str) -> None:
    reply = await resident.try_to_send(report(**wrong))
    assert refused(reply) == (422, kind)
    assert " " in reply.json()["detail"]


@pytest.mark.parametrize("wrong", [{"photos": {}}, {"written_at": "2026-11-26T08:00:00"}, {"text": "a\x00"}])
async def test_what_no_phone_of_ours_sends_is_refused_by_its_field(resident: Phone, wrong: dict[str, Any]) -> None:
    assert refused(await resident.try_to_send(report(**wrong))) == (400, "input-refused")


async def test_a_place_outside_the_province_is_asked_not_refused(resident: Phone) -> None:
    operation, hanoi = str(uuid4()), {"lat": 21.0285, "lon": 105.8542}
    assert refused(await resident.try_to_send(report(**hanoi), operation))[1] == "place-outside-province"
    await done(resident.try_to_send(report(**hanoi, outside_meant=True), operation))
    assert (await resident.look(operation))["lat"] == 21.0285


async def test_exactly_nought_is_no_place(resident: Phone) -> None:
    seen = await resident.look((await resident.send(lat=0.0, lon=0.0, commune="31825"))["operation"])
    assert (seen["lat"], seen["lon"], seen["accuracy_m"], seen["commune"]) == (None, None, None, "31825")


async def test_the_commune_is_the_one_around_the_place(resident: Phone) -> None:
    seen = await resident.look((await resident.send())["operation"])
    located = (await resident.browser.get("/api/places/locate", params={"lat": 9.1769, "lon": 105.1524})).json()
    assert seen["commune"] == located["unit"]["code"]
    assert seen["commune_name"] == located["unit"]["name"]


async def test_a_clock_that_is_a_day_ahead_changes_nothing(resident: Phone, hub: Officer) -> None:
    ahead = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    sent = await resident.send(written_at=ahead)
    seen = await hub.find(sent["code"])
    assert seen["written_at"] <= seen["arrived_at"]


@pytest.mark.usefixtures("one_window")
async def test_what_a_phone_may_send_has_an_end(stranger: Phone) -> None:
    said = report()
    for _ in range(40):
        await done(stranger.try_to_send(said))
    operation = str(uuid4())
    over = await stranger.try_to_send(said, operation)
    assert refused(over) == (429, "too-many-requests")
    assert int(over.headers["retry-after"]) > 0


async def test_where_a_name_is_needed_nobody_is_refused_without_a_way_out(
    stranger: Phone, resident: Phone, hub: Officer
) -> None:
    slug = f"can-ten-{uuid4().hex[:6]}"
    words = {"vi": "Cần tên", "en": "Named", "km": "ឈ្មោះ", "unit": "", "resolve_days": 7}
    body = words | {"anonymous": False, "withdrawn": False}
    path = f"/api/feedback/desk/categories/{slug}"
    await done(hub.browser.put(path, json=body, headers={"If-Match": '"0"'}))
    assert refused(await stranger.try_to_send(report(category=slug))) == (422, "sign-in-for-category")
    await resident.send(category=slug)
    # It is withdrawn while somebody has no line.
    await done(hub.browser.put(path, json=body | {"withdrawn": True}, headers={"If-Match": '"1"'}))
    assert refused(await resident.try_to_send(report(category=slug))) == (422, "category-withdrawn")
    stale = await hub.browser.put(path, json=body, headers={"If-Match": '"1"'})
    assert refused(stale) == (412, "changed-meanwhile")


async def test_a_photo_sent_twice_is_one_and_holds_nothing_but_what_it_shows(
    resident: Phone, stranger: Phone, new_resident: NewResident, database: Database, settings: Settings
) -> None:
    operation = (await resident.send(photos=2))["operation"]
    exif = Image.Exif()
    exif[0x9C9B] = "nhà tôi".encode("utf-16-le")
    exif.get_ifd(0x8825)[2] = (9.0, 10.0, 36.0)  # where it was taken
    exif[0x0112] = 6  # and that it lies on its side
    taken = photo(3000, 2000, exif=exif)
    first = await done(resident.try_to_show(operation, 1, taken))
    again = await done(resident.try_to_show(operation, 1, taken))
    assert first == again
    assert first["sent"] == hashlib.sha256(taken).hexdigest()
    assert (first["width"], first["height"]) == (1067, 1600)
    assert refused(await resident.try_to_show(operation, 1, photo(color="red"))) == (422, "photo-differs")

    got = await resident.browser.get(f"/api/feedback/reports/{operation}/photos/1")
    assert hashlib.sha256(got.content).hexdigest() == first["kept"]
    kept = Image.open(io.BytesIO(got.content))
    assert not kept.getexif()
    assert not {"exif", "icc_profile", "comment", "photoshop"} & set(kept.info)
    for other in (stranger, await new_resident()):
        theirs = await other.browser.get(f"/api/feedback/reports/{operation}/photos/1")
        assert refused(theirs) == (404, "report-not-found")
    small = await resident.browser.get(f"/api/feedback/reports/{operation}/photos/1?small=true")
    assert max(Image.open(io.BytesIO(small.content)).size) == 320
    assert (await resident.look(operation))["photos_awaited"] == 1

    # What lies on the disk opens for nobody without the key.
    async with database.reading() as connection:
        row = await connection.scalar(select(Photo.id).where(Photo.kept_hash == bytes.fromhex(first["kept"])))
    lying = await Files(settings).get(f"feedback/large/{row}")
    assert b"JFIF" not in lying
    lost = f"feedback/small/{uuid4()}"
    async with database.transaction() as session:
        assert lost not in await named(session, [f"feedback/large/{row}", lost])
        assert f"feedback/large/{row}" in await named(session, [f"feedback/large/{row}", lost])
        assert await named(session, [lost]) == set()


_HEAD = b"IHDR" + (60_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
BOMB = b"\x89PNG\r\n\x1a\n\x00\x00\x00\r" + _HEAD + crc32(_HEAD).to_bytes(4, "big") + b"\x00\x00\x00\x04IDAT"
"""A picture of a few bytes that says it has 3,600 million pixels."""


@pytest.mark.parametrize(
    ("content", "kind", "found"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "photo-refused", "SVG"),
        (b"<!doctype html><script>alert(1)</script>", "photo-refused", "HTML"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40, "photo-refused", "HEIC"),
        (b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 40, "photo-refused", "video"),
        (b"%PDF-1.7\n%%EOF", "photo-refused", "PDF"),
        (photo(format="GIF"), "photo-refused", "GIF"),
        (photo(format="TIFF"), "photo-refused", "TIFF"),
        (photo()[:400], "photo-refused", "JPEG"),
        (b"", "photo-refused", ""),
        (b"\xff\xd8\xff\xe1\xff\xff" + b"Exif\x00\x00" * 4000, "photo-refused", "JPEG"),
        (BOMB, "photo-too-large", None),
    ],
    ids=["svg", "html", "heic", "video", "pdf", "gif", "tiff", "half", "empty", "exif-bomb", "pixel-bomb"],
)
async def test_what_is_no_photo_is_refused_by_what_is_in_it(
    resident: Phone, content: bytes, kind: str, found: str | None
) -> None:
    operation = (await resident.send(photos=1))["operation"]
    reply = await resident.try_to_show(operation, 1, content)
    assert refused(reply) == (422, kind)
    assert reply.json().get("found") == found
    # Its place is still free for a better one, and a PNG and a WebP are good, too.
    await done(resident.try_to_show(operation, 1, photo(format="PNG")))


async def test_photos_that_nobody_announced_or_too_late_are_refused(
    resident: Phone, stranger: Phone, database: Database
) -> None:
    sent = await resident.send(photos=1)
    assert refused(await stranger.try_to_show(sent["operation"], 1, photo())) == (404, "report-not-found")
    assert refused(await resident.try_to_show(sent["operation"], 11, photo())) == (422, "too-many-photos")
    async with database.transaction() as session:
        await session.execute(
            text("UPDATE feedback_report SET arrived_at = now() - interval '15 days', state = 'fixed' WHERE code = :c"),
            {"c": sent["code"]},
        )
    assert refused(await resident.try_to_show(sent["operation"], 1, photo())) == (422, "photos-closed")


async def test_what_lies_open_in_the_database_tells_nothing(resident: Phone, database: Database) -> None:
    await resident.send(text="Ông Nguyễn Văn Bí Mật đổ rác xuống kênh")
    async with database.reading() as connection:
        rows = await connection.execute(text("SELECT encode(text, 'escape') AS shown FROM feedback_report"))
        assert not [row for row in rows if "Bí Mật" in (row.shown or "")]


async def test_what_nobody_had_signed_in_for_stays_nobodys(resident: Phone) -> None:
    """Somebody has signed in on that phone meanwhile; what was written before goes as it was written."""
    operation = str(uuid4())
    sent = await done(resident.try_to_send(report(disclosure="handler"), operation, **{"If-Caller": "nobody"}))
    listed = await done(resident.browser.get("/api/feedback/reports"))
    assert sent["code"] not in {it["code"] for it in listed["items"]}
    assert (await resident.look(operation))["disclosure"] == "nobody"
