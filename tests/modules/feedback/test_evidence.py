"""What residents show of a report afterwards: that it is not done, and what was asked for; each once."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import select, text

from server.core.database import Database, one_at_a_time
from server.core.settings import Settings
from server.modules.feedback.holding import erase, files
from server.modules.feedback.models import Photo
from server.modules.feedback.reactions import drop_unsaid_photos
from server.modules.feedback.service.photos import Photos
from tests.modules.feedback.conftest import NewResident, Officer, Phone, done, photo, refused

_SOMEBODY_WAITS = text(
    "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
    " WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
)


async def try_to_add(phone: Phone, key: str, content: bytes, photo_id: str = "") -> httpx.Response:
    return await phone.browser.put(
        f"/api/feedback/reports/{key}/evidence/{photo_id or uuid4()}",
        content=content,
        headers={"Content-Type": "image/jpeg", "Accept-Language": "en"},
    )


async def try_to_reopen(phone: Phone, key: str, reopening: str, said: str, *photos: str) -> httpx.Response:
    path = f"/api/feedback/reports/{key}/reopenings/{reopening}"
    return await phone.browser.put(path, json={"text": said, "photos": photos}, headers={"Accept-Language": "en"})


async def follow(phone: Phone, report: dict[str, Any]) -> str:
    """The key by which they ask for it."""
    assert (await phone.browser.put(f"/api/feedback/follows/{report['id']}")).status_code == 204
    return str(report["id"])


async def left(database: Database, *ids: str) -> set[str]:
    async with database.reading() as connection:
        return {str(row.id) for row in await connection.execute(select(Photo.id).where(Photo.id.in_(ids)))}


async def test_whoever_follows_shows_that_it_is_not_done(
    resident: Phone, new_resident: NewResident, hub: Officer, database: Database
) -> None:
    sent = await resident.send()
    fixed = await hub.act("fix", await hub.find(sent["code"]), text="Đã thay nắp")
    follower, other = await new_resident(), await new_resident()
    key, _ = await follow(follower, fixed), await follow(other, fixed)
    shown, unchosen, reopening = str(uuid4()), str(uuid4()), str(uuid4())
    first = await done(try_to_add(follower, key, photo(), shown))
    assert first == await done(try_to_add(follower, key, photo(), shown))
    assert refused(await try_to_add(follower, key, photo(color="red"), shown)) == (422, "photo-differs")
    assert refused(await try_to_add(other, key, photo(), shown)) == (422, "photo-differs")
    await done(try_to_add(follower, key, photo(color="blue"), unchosen))
    # Before it is said it is nobody's to see, nor another's to say.
    assert (await hub.find(sent["code"]))["pictures"] == []
    assert (await resident.look(sent["operation"]))["photos"] == []
    nothing = (404, "photo-not-found", "There is no such photo")
    for nobodys, phone, at in ((shown, other, key), (shown, resident, sent["operation"]), (str(uuid4()), other, key)):
        reply = await try_to_reopen(phone, at, str(uuid4()), "Hở", nobodys)
        assert (*refused(reply), reply.json()["detail"]) == nothing
    assert (await resident.look(sent["operation"]))["state"] == "fixed"

    opened = await done(try_to_reopen(follower, key, reopening, "Nắp lại vỡ", shown))
    assert (opened["state"], opened["steps"][0]["kind"]) == ("new", "reopened")
    # The hub sees it with its step, and so does the reporter; whoever follows what is let out.
    seen = await hub.find(sent["code"])
    assert (seen["steps"][0]["photos"], [it["number"] for it in seen["pictures"]]) == ([101], [101])
    own = await resident.look(sent["operation"])
    assert (own["photos"], own["steps"][0]["photos"], own["steps"][0]["said"]) == ([], [101], "Nắp lại vỡ")
    assert (await other.look(key))["steps"][0]["photos"] == []
    hidden = await other.browser.get(f"/api/feedback/reports/{key}/photos/101")
    assert refused(hidden) == (404, "photo-not-found")
    seen = await hub.let_see(seen, 101, True)
    assert (await other.look(key))["steps"][0]["photos"] == [101]
    assert (await other.browser.get(f"/api/feedback/reports/{key}/photos/101")).is_success
    assert await left(database, shown, unchosen) == {shown}

    # The reply was lost: the same again opens nothing, also once it is fixed again.
    for _ in range(2):
        await done(try_to_reopen(follower, key, reopening, "Nắp lại vỡ", shown))
        await done(try_to_add(follower, key, photo(), shown))
        seen = await hub.find(sent["code"])
        assert seen["reopened"] == 1
        if seen["closed_at"] is None:
            await hub.act("fix", seen, text="Đã thay nắp khác")
    assert seen["state"] == "fixed"


async def test_what_may_not_be_shown_is_said_in_a_sentence(
    resident: Phone, new_resident: NewResident, hub: Officer, stranger: Phone
) -> None:
    sent = await resident.send()
    operation, reopening = sent["operation"], str(uuid4())
    assert refused(await try_to_add(resident, operation, photo())) == (422, "photos-closed")
    assert refused(await try_to_reopen(resident, operation, reopening, "")) == (409, "cannot-reopen")
    fixed = await hub.act("fix", await hub.find(sent["code"]), text="Xong")
    for nobody in (stranger, await new_resident()):
        for key in (operation, fixed["id"]):
            assert refused(await try_to_add(nobody, key, photo())) == (404, "report-not-found")
            assert refused(await try_to_reopen(nobody, key, reopening, "")) == (404, "report-not-found")
    assert refused(await try_to_add(resident, operation, b"GIF89a")) == (422, "photo-refused")
    six = [str(uuid4()) for _ in range(6)]
    for photo_id in six:
        await done(try_to_add(resident, operation, photo(), photo_id))
    assert refused(await try_to_reopen(resident, operation, reopening, "", *six)) == (422, "too-many-photos")
    for _ in range(4):
        await done(try_to_add(resident, operation, photo()))
    assert refused(await try_to_add(resident, operation, photo())) == (422, "too-many-photos")
    long = await try_to_reopen(resident, operation, reopening, "a" * 10_000)
    assert refused(long) == (422, "report-too-long")
    path = f"/api/feedback/reports/{operation}/rating"
    rated = await resident.browser.put(path, json={"rating": 1, "text": "a" * 10_000})
    assert refused(rated) == (422, "report-too-long")
    assert (await hub.find(sent["code"]))["reopened"] == 0
    await done(try_to_reopen(resident, operation, reopening, "", *six[:5]))
    assert (await resident.look(operation))["steps"][0]["photos"] == [101, 102, 103, 104, 105]


async def test_what_was_asked_for_is_shown_once_by_a_phone_of_no_account(stranger: Phone, hub: Officer) -> None:
    sent = await stranger.send(photos=1)
    operation = sent["operation"]
    await done(stranger.try_to_show(operation, 1, photo()))
    await hub.act("ask", await hub.find(sent["code"]), text="Cho xem gần hơn?")
    photo_id, path = str(uuid4()), f"/api/feedback/reports/{operation}/more/{uuid4()}"
    await done(try_to_add(stranger, operation, photo(color="navy"), photo_id))
    assert refused(await stranger.browser.put(path, json={"text": ""})) == (422, "report-says-nothing")
    theirs = {"text": "", "photos": [photo_id]}
    other = await stranger.send()
    await hub.act("ask", await hub.find(other["code"]), text="Ở đâu?")
    elsewhere = f"/api/feedback/reports/{other['operation']}/more/{uuid4()}"
    for body in (theirs, {"text": "", "photos": [str(uuid4())]}):
        assert refused(await stranger.browser.put(elsewhere, json=body)) == (404, "photo-not-found")
    for _ in range(2):
        seen = await done(stranger.browser.put(path, json=theirs))
        assert (seen["photos"], seen["steps"][0]["kind"], seen["steps"][0]["photos"]) == ([1], "replied", [101])
        await done(try_to_add(stranger, operation, photo(color="navy"), photo_id))
    assert [it["number"] for it in (await hub.find(sent["code"]))["pictures"]] == [1, 101]


async def test_what_is_said_under_one_id_is_said_once_also_at_once_and_never_in_other_words(
    resident: Phone, stranger: Phone, hub: Officer
) -> None:
    spent = (422, "operation-used-for-another")
    sent = await resident.send()
    await hub.act("fix", await hub.find(sent["code"]), text="Xong")
    operation, reopening, shown, other = sent["operation"], *(str(uuid4()) for _ in range(3))
    for photo_id in (shown, other):
        await done(try_to_add(resident, operation, photo(), photo_id))
    at_once = [try_to_reopen(resident, operation, reopening, "Vẫn hở", shown) for _ in range(6)]
    assert {reply.status_code for reply in await asyncio.gather(*at_once)} == {200}
    seen = await hub.find(sent["code"])
    assert (seen["reopened"], [it["number"] for it in seen["pictures"]]) == (1, [101])
    # Also once it is closed again, when it might be opened again under another id.
    await hub.act("fix", seen, text="Xong lần nữa")
    await done(try_to_add(resident, operation, photo(), other))
    for text_, photos in (("Vẫn hở nữa", [shown]), ("", [shown]), ("Vẫn hở", []), ("Vẫn hở", [shown, other])):
        assert refused(await try_to_reopen(resident, operation, reopening, text_, *photos)) == spent
    await done(try_to_reopen(resident, operation, reopening, "Vẫn hở", shown))
    seen = await hub.find(sent["code"])
    assert (seen["reopened"], seen["state"]) == (1, "fixed")

    asked = await stranger.send()
    path = f"/api/feedback/reports/{asked['operation']}/more/{uuid4()}"
    await hub.act("ask", await hub.find(asked["code"]), text="Ở đâu?")
    for body, reply in (("Sau chợ", 200), ("Sau chợ", 200), ("Trước chợ", 422)):
        assert (await stranger.browser.put(path, json={"text": body})).status_code == reply
    assert [it["said"] for it in (await hub.find(asked["code"]))["steps"] if it["kind"] == "replied"] == ["Sau chợ"]


async def test_staff_and_residents_show_something_at_the_same_moment(
    stranger: Phone, hub: Officer, database: Database, settings: Settings
) -> None:
    sent = await stranger.send()
    asked = await hub.act("ask", await hub.find(sent["code"]), text="Ở đâu?")
    path = f"/api/feedback/desk/{asked['id']}/answer-photos/{uuid4()}"
    async with asyncio.timeout(60), asyncio.TaskGroup() as at_once:
        async with database.transaction() as session:
            await one_at_a_time(session, f"feedback photos {asked['id']}")
            given = at_once.create_task(hub.browser.put(path, content=photo()))
            while not await session.scalar(_SOMEBODY_WAITS):
                await asyncio.sleep(0.02)
            photos, operation = Photos(session, settings), UUID(sent["operation"])
            first = (await photos.keep_evidence(None, operation, uuid4(), photo(color="navy"))).number
        assert (first, (await done(given))["number"]) == (101, 102)


async def test_what_was_shown_goes_with_whoever_has_shown_it_and_what_was_never_said_after_a_week(
    resident: Phone, new_resident: NewResident, hub: Officer, database: Database, settings: Settings
) -> None:
    sent = await resident.send()
    fixed = await hub.act("fix", await hub.find(sent["code"]), text="Xong")
    follower = await new_resident()
    key, me, said, unsaid, own = await follow(follower, fixed), follower.browser.me, *(str(uuid4()) for _ in range(3))  # type: ignore[attr-defined]
    for photo_id in (said, unsaid):
        await done(try_to_add(follower, key, photo(), photo_id))
    await done(try_to_add(resident, sent["operation"], photo(), own))
    await done(try_to_reopen(follower, key, str(uuid4()), "Chưa xong", said))
    await hub.act("fix", await hub.find(sent["code"]), text="Xong")
    await done(try_to_add(follower, key, photo(), unsaid))
    async with database.transaction() as session:
        for whose, numbers in ((me, (101, 104)), (resident.browser.me, (103,))):  # type: ignore[attr-defined]
            held = [f"phan-anh/{sent['code']}/anh-{number}.jpg" for number in numbers]
            theirs = await files(session, whose)
            assert [it.name for it in theirs] == held
            assert {(await it.read())[:2] for it in theirs} == {b"\xff\xd8"}
        await erase(session, me)
    assert await left(database, said, unsaid, own) == {own}
    for days, stays in ((6, {own}), (8, set())):
        async with database.transaction() as session:
            await drop_unsaid_photos(session, datetime.now(UTC) + timedelta(days=days))
        assert await left(database, own) == stays
