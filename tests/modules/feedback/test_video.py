"""One short video over a bad line: every piece once, nothing of the camera kept, and the large refused at once."""

import asyncio
import hashlib
import struct
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select, text

from server.core.database import Database
from server.core.events import Events
from server.core.files import FileMissing, Files
from server.core.settings import Settings
from server.modules.feedback.models import Video
from server.modules.feedback.reactions import drop_unfinished_videos
from server.modules.feedback.rules.video import LARGEST, NoVideo, clean
from server.modules.feedback.service.videos import named
from tests.modules.feedback.conftest import Officer, Phone, done, photo, refused
from tests.modules.feedback.videos import CANARY, box, full, track, video

PIECE = 256 * 1024


async def put(of: Phone, operation: str, content: bytes, offset: int, length: int = 0, **more: str) -> httpx.Response:
    """The piece of `content` that begins at `offset`; `length`: what is said of the whole."""
    return await of.browser.request(
        "PATCH",
        f"/api/feedback/reports/{operation}/video",
        content=content[offset : offset + PIECE],
        headers={
            "Content-Type": "application/partial-upload",
            "Upload-Offset": str(offset),
            "Upload-Length": str(length or len(content)),
            "Accept-Language": "en",
        }
        | more,
    )


async def send(of: Phone, operation: str, content: bytes) -> httpx.Response:
    reply = await put(of, operation, content, 0)
    while reply.is_success and not reply.json()["whole"]:
        reply = await put(of, operation, content, reply.json()["offset"])
    return reply


async def test_every_piece_is_taken_once_wherever_the_line_broke(
    resident: Phone, stranger: Phone, hub: Officer, events: Events, settings: Settings, database: Database
) -> None:
    sent = await resident.send()
    operation, whole = sent["operation"], video(900_000)
    first = await done(put(resident, operation, whole, 0))
    assert (first["offset"], first["whole"], first["sent"]) == (PIECE, False, None)
    # The answer was lost, and it is sent again; or a later one is sent before its turn.
    for offset in (0, 2 * PIECE):
        reply = await put(resident, operation, whole, offset)
        assert (*refused(reply), reply.json()["offset"]) == (409, "piece-elsewhere", PIECE)
    asked = await resident.browser.get(f"/api/feedback/reports/{operation}/video")
    assert asked.json()["offset"] == PIECE
    # The same piece many times at once.
    replies = await asyncio.gather(*(put(resident, operation, whole, PIECE) for _ in range(5)))
    assert sorted(reply.status_code for reply in replies) == [200, 409, 409, 409, 409]
    at_desk = await hub.find(sent["code"])
    assert at_desk["video"] == {"size": len(whole), "whole": False}
    there = f"/api/feedback/desk/{at_desk['id']}/video"
    assert refused(await hub.browser.get(there)) == (404, "video-not-found")
    assert refused(await put(stranger, operation, whole, 2 * PIECE)) == (404, "report-not-found")

    await done(put(resident, operation, whole, 2 * PIECE))
    digest = b64encode(hashlib.sha256(whole).digest()).decode()
    last = await done(put(resident, operation, whole, 3 * PIECE, **{"Repr-Digest": f"sha-256=:{digest}:"}))
    assert (last["whole"], last["sent"]) == (True, hashlib.sha256(whole).hexdigest())
    # Once it is whole, whatever comes late changes nothing.
    assert await done(put(resident, operation, whole, 0)) == last
    seen = await hub.browser.get(there)
    assert seen.headers["content-type"] == "video/mp4"
    assert hashlib.sha256(seen.content).hexdigest() == last["kept"]
    assert len(seen.content) == len(whole)
    assert CANARY not in seen.content
    assert (await hub.find(sent["code"]))["video"] == {"size": len(whole), "whole": True}

    await events.run_waiting()
    async with database.reading() as connection:
        row = await connection.scalar(select(Video.id).where(Video.report_id == at_desk["id"]))
    with pytest.raises(FileMissing):
        await Files(settings).get(f"videos/piece-0/{row}")
    assert b"ftyp" not in await Files(settings).get(f"videos/whole/{row}")
    # At night what no row names is swept away.
    async with database.transaction() as session:
        there, nowhere = f"videos/whole/{row}", f"videos/whole/{uuid4()}"
        assert await named(session, [there, nowhere]) == {there}


async def test_two_gigabytes_are_refused_before_a_byte_is_read(resident: Phone) -> None:
    operation = (await resident.send())["operation"]
    read = 0

    async def endless() -> object:
        nonlocal read
        for _ in range(4):
            read += 1
            yield bytes(PIECE)

    reply = await resident.browser.request(
        "PATCH",
        f"/api/feedback/reports/{operation}/video",
        content=endless(),
        headers={
            "Content-Type": "application/partial-upload",
            "Content-Length": str(PIECE),
            "Upload-Offset": "0",
            "Upload-Length": str(2 * 1024**3),
        },
    )
    assert (*refused(reply), reply.json()["most"]) == (413, "video-too-large", LARGEST)
    assert refused(await put(resident, operation, video(), 0, LARGEST + 1)) == (413, "video-too-large")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (photo(), "JPEG"),
        (b"<!doctype html><script>alert(1)</script>", "HTML"),
        (b"\x1aE\xdf\xa3" + bytes(60), "video"),
        (box(b"ftyp", b"heic", bytes(8)) + box(b"mdat", bytes(60)), "HEIC"),
        (video()[:-10], "video"),
        (box(b"ftyp", b"isom", bytes(8)) + box(b"mdat", bytes(60)), "video"),
        (video() + b"<script>alert(1)</script>", "video"),
        (video() + video(), "video"),
    ],
    ids=["photo", "page", "webm", "heic", "cut", "no index", "something behind it", "two in one"],
)
async def test_what_is_no_video_is_refused_by_what_is_in_it(resident: Phone, content: bytes, found: str) -> None:
    operation = (await resident.send())["operation"]
    reply = await send(resident, operation, content)
    assert (*refused(reply), reply.json()["found"]) == (422, "video-refused", found)


async def test_another_video_and_a_broken_one_are_refused(resident: Phone, database: Database) -> None:
    operation, whole = (await resident.send())["operation"], video(300_000)
    await done(put(resident, operation, whole, 0))
    assert refused(await put(resident, operation, video(400_000), PIECE)) == (422, "video-differs")
    broken = whole[:-1] + b"x"
    digest = {"Repr-Digest": f"sha-256=:{b64encode(hashlib.sha256(whole).digest()).decode()}:"}
    assert refused(await put(resident, operation, broken, PIECE, **digest)) == (422, "video-differs")
    for wrong in ({"Repr-Digest": "md5"}, {"Upload-Length": "0"}, {"Upload-Offset": "-1"}, {"Upload-Offset": "x"}):
        assert (await put(resident, operation, whole, PIECE, **wrong)).status_code == 400, wrong
    await done(put(resident, operation, whole, PIECE, **digest))


async def test_late_and_unfinished_ones_go(resident: Phone, database: Database, events: Events) -> None:
    sent = await resident.send()
    await done(put(resident, sent["operation"], video(300_000), 0))
    async with database.transaction() as session:
        await drop_unfinished_videos(session, datetime.now(UTC) + timedelta(days=6))
    assert (await resident.browser.get(f"/api/feedback/reports/{sent['operation']}/video")).status_code == 200
    async with database.transaction() as session:
        await drop_unfinished_videos(session, datetime.now(UTC) + timedelta(days=8))
    await events.run_waiting()
    gone = await resident.browser.get(f"/api/feedback/reports/{sent['operation']}/video")
    assert refused(gone) == (404, "video-not-found")
    async with database.transaction() as session:
        await session.execute(
            text("UPDATE feedback_report SET arrived_at = now() - interval '15 days', state = 'fixed' WHERE code = :c"),
            {"c": sent["code"]},
        )
    assert refused(await put(resident, sent["operation"], video(), 0)) == (422, "photos-closed")


@pytest.mark.parametrize("brand", [b"isom", b"mp42", b"qt  ", b"3gp4"])
def test_nothing_of_the_camera_stays_and_nothing_else_moves(brand: bytes) -> None:
    before = video(2000, brand)
    after = bytearray(before)
    clean(after)
    assert len(after) == len(before)
    assert (after.count(CANARY), after.count(b"MAKER"), after.count(b"XMP")) == (0, 0, 0)
    assert after.count(b"trak") == before.count(b"trak") - 1  # the one of places
    assert struct.pack(">I", 3_800_000_000) not in after
    assert after.index(b"mdat") == before.index(b"mdat")
    again = bytearray(after)
    clean(again)
    assert again == after


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        video()[:20],
        box(b"ftyp", b"isom", bytes(8)) + struct.pack(">I", 4) + b"moov",
        box(b"ftyp", b"isom", bytes(8)) + struct.pack(">I", 1) + b"mdat" + bytes(4),
        box(b"ftyp", b"isom", bytes(8)) + struct.pack(">IIQ", 1, 0x6D646174, 2**63) + box(b"moov"),
        box(b"ftyp", b"isom", bytes(8)) + box(b"mdat") + box(b"moov", full(b"mvhd", b"")),
        box(b"ftyp", b"isom", bytes(8)) + box(b"mdat") + box(b"moov", *[track(b"vide")[:-1]]),
        box(b"ftyp", b"isom", bytes(8)) + box(b"mdat") + box(b"moov", *[box(b"free")] * 30_000),
    ],
    ids=["nothing", "cut", "length 4", "no long length", "longer than all", "no date", "cut inside", "too many"],
)
def test_boxes_that_do_not_fit_together_are_no_video(wrong: bytes) -> None:
    with pytest.raises(NoVideo):
        clean(bytearray(wrong))


def test_boxes_in_boxes_have_an_end() -> None:
    deep = box(b"free")
    for _ in range(2000):
        deep = box(b"trak", box(b"mdia", full(b"hdlr", bytes(4) + b"vide" + bytes(12))), deep)
    with pytest.raises(NoVideo):
        clean(bytearray(box(b"ftyp", b"isom", bytes(8)) + box(b"mdat") + box(b"moov", deep)))
