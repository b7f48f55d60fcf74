"""What is announced to many stands in the inbox of each it fits, though nobody has a row of it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import text

from server.core.database import Database
from server.core.events import Events
from server.core.settings import Settings
from server.core.words import Words
from server.modules.notifications.public import AnnouncementNotFound, notify
from server.modules.notifications.service.remembered import Remembered
from tests.modules.identity.conftest import (
    Browser,
    NewBrowser,
    NewPhone,
    browser,
    new_browser,
    new_phone,
    nothing_counted,
    phone,
)
from tests.modules.notifications.announcements import Desk, announcement, commune, communes, desk, follow, to
from tests.modules.notifications.test_inbox import inbox, notice

__all__ = ["browser", "commune", "desk", "new_browser", "new_phone", "nothing_counted", "phone"]

pytestmark = pytest.mark.usefixtures("nothing_left_over")

NewResident = Callable[[], Awaitable[Browser]]


@pytest.fixture
def resident(new_browser: NewBrowser, new_phone: NewPhone) -> NewResident:
    async def make() -> Browser:
        one = new_browser()
        one.headers["If-Caller"] = (await one.sign_in(new_phone()))["id"]
        return one

    return make


def id_of(browser: Browser) -> UUID:
    return UUID(browser.headers["If-Caller"])


async def titles(browser: Browser, **asked: object) -> list[str]:
    return [it["title"] for it in (await inbox(browser, **asked))["items"]]


class TestWhoItReaches:
    async def test_everybody_who_is_there_already(self, resident: NewResident, desk: Desk) -> None:
        one, other = await resident(), await resident()
        await desk.announce(announcement())
        later = await resident()
        assert await titles(one) == await titles(other) == ["Cúp điện thứ Bảy"]
        assert await titles(later) == []

    async def test_told_twice_it_stands_there_once(self, resident: NewResident, desk: Desk) -> None:
        one = await resident()
        it = announcement()
        await desk.announce(it)
        await desk.announce(it)
        assert (await inbox(one))["unread"] == 1

    @pytest.mark.parametrize(
        ("follows", "meant", "told"),
        [
            ([0], [0], True),
            ([1], [0], False),
            ([], [0], False),
            ([0, 1], [1, 2], True),
            ([0], [], True),
        ],
    )
    async def test_by_commune(
        self,
        resident: NewResident,
        desk: Desk,
        database: Database,
        follows: list[int],
        meant: list[int],
        told: bool,
    ) -> None:
        codes = await communes(database, 3)
        one = await resident()
        if follows:
            await follow(one, [codes[it] for it in follows])
        audience = to(*(codes[it] for it in meant))
        counted = (await desk.reach(audience)).inboxes
        await desk.announce(announcement(audience=audience))
        assert bool(await titles(one)) is told
        if meant:
            assert counted == int(told)

    async def test_by_topic_and_both_together(self, resident: NewResident, desk: Desk, commune: str) -> None:
        one = await resident()
        await follow(one, [], ("salinity",))
        await desk.announce(announcement(audience=to(topics=("salinity", "health"))))
        assert len(await titles(one)) == 1
        both = to(commune, topics=("salinity",))
        await desk.announce(announcement(audience=both))
        assert len(await titles(one)) == 1
        assert (await desk.reach(both)).inboxes == 0
        await follow(one, [commune], ("salinity",))
        assert (await desk.reach(both)).inboxes == 1
        await desk.announce(announcement(audience=both))
        assert len(await titles(one)) == 2

    async def test_the_commune_they_live_in_without_choosing(
        self, resident: NewResident, desk: Desk, commune: str, events: Events
    ) -> None:
        one = await resident()
        profile = (await one.get("/api/identity/profile")).json()
        about = {"name": "Người Thử", "commune_code": commune, "language": "vi"}
        match = {"If-Match": f'"{profile["version"]}"'}
        assert (await one.put("/api/identity/profile", json=about, headers=match)).is_success
        await events.run_waiting()
        assert (await one.get("/api/notifications/following")).json()["home"] == commune
        await desk.announce(announcement(audience=to(commune)))
        assert len(await titles(one)) == 1

    async def test_who_follows_later_is_not_told_what_was(
        self, resident: NewResident, desk: Desk, commune: str
    ) -> None:
        one = await resident()
        await follow(one, [commune])
        await desk.announce(announcement(audience=to(commune)))
        [entry] = (await inbox(one))["items"]
        # What somebody has opened stays theirs; what they have not is no more of their concern.
        await desk.announce(announcement(audience=to(commune), title=Words("Khác", "Another", "ផ្សេង")))
        await one.put(f"/api/notifications/{entry['id']}/read", json={"read": True})
        await follow(one, [])
        assert await titles(one) == ["Cúp điện thứ Bảy"]
        await follow(one, [commune])
        assert await titles(one) == ["Cúp điện thứ Bảy"]

    async def test_who_wants_no_news_is_still_warned(self, resident: NewResident, desk: Desk) -> None:
        one = await resident()
        before = (await desk.reach(to())).inboxes
        body = {"private": True, "quiet": None, "topics": {"news": "off"}, "fields": {}, "channels": []}
        assert (
            await one.put("/api/notifications/preferences", json=body, headers={"If-Match": '"0"'})
        ).status_code == 200
        assert (await desk.reach(to())).inboxes == before - 1
        assert (await desk.reach(to(), urgent=True)).inboxes == before
        await desk.announce(announcement())
        await desk.announce(announcement(urgent=True, title=Words("Bão số 9", "Storm 9", "ព្យុះ")))
        assert await titles(one) == ["Bão số 9"]


class TestInTheInbox:
    async def test_it_lies_among_ones_own_letters(self, resident: NewResident, desk: Desk, database: Database) -> None:
        one = await resident()
        for number in range(6):
            if number % 2:
                await desk.announce(announcement(title=Words(*[f"Chung {number}"] * 3)))
            else:
                async with database.transaction() as session:
                    await notify(session, [notice(str(id_of(one)), title=Words(*[f"Riêng {number}"] * 3))])
        expected = ["Chung 5", "Riêng 4", "Chung 3", "Riêng 2", "Chung 1", "Riêng 0"]
        assert await titles(one) == expected
        seen: list[str] = []
        page = await inbox(one, limit=2)
        while True:
            seen += [it["title"] for it in page["items"]]
            if not page["next_cursor"]:
                break
            page = await inbox(one, limit=2, cursor=page["next_cursor"])
        assert seen == expected
        assert await titles(one, q="chung") == ["Chung 5", "Chung 3", "Chung 1"]
        assert (await inbox(one))["unread"] == 6

    async def test_read_laid_aside_and_taken_out_again(self, resident: NewResident, desk: Desk) -> None:
        one, other = await resident(), await resident()
        for _ in range(3):
            await desk.announce(announcement())
        third, second, first = (await inbox(one))["items"]
        path = f"/api/notifications/{second['id']}"
        assert (await one.put(f"{path}/read", json={"read": True})).status_code == 204
        assert (await inbox(one))["unread"] == 2
        assert (await one.put(f"{path}/archived", json={"archived": True})).status_code == 204
        assert [it["id"] for it in (await inbox(one))["items"]] == [third["id"], first["id"]]
        assert [it["id"] for it in (await inbox(one, archived=True))["items"]] == [second["id"]]
        assert (await one.put(f"{path}/archived", json={"archived": False})).status_code == 204
        assert (await one.put(f"{path}/read", json={"read": False})).status_code == 204
        assert (await inbox(one))["unread"] == 3
        await one.post("/api/notifications/read", json={"until": second["at"]})
        assert [it["read_at"] is None for it in (await inbox(one))["items"]] == [True, False, False]
        assert (await inbox(other))["unread"] == 3

    async def test_a_link_to_it_opens_for_whom_it_is(self, resident: NewResident, desk: Desk, commune: str) -> None:
        one, stranger = await resident(), await resident()
        await follow(one, [commune])
        await desk.announce(announcement(audience=to(commune)))
        [entry] = (await inbox(one))["items"]
        detail = (await one.get(f"/api/notifications/{entry['id']}")).json()
        assert (detail["entry"]["path"], detail["bell"], detail["deliveries"]) == ("/news/1", "many", [])
        for call in (
            stranger.get(f"/api/notifications/{entry['id']}"),
            stranger.put(f"/api/notifications/{entry['id']}/read", json={"read": True}),
        ):
            reply = await call
            assert (reply.status_code, reply.json()["type"]) == (404, "entry-not-found")

    async def test_whoever_asks_is_shown_it_and_whoever_leaves_leaves_nothing(
        self, resident: NewResident, desk: Desk, commune: str, database: Database, settings: Settings
    ) -> None:
        one = await resident()
        await follow(one, [commune], ("health",))
        await desk.announce(announcement(audience=to(commune)))
        await one.post("/api/notifications/read", json={"until": datetime.now(UTC).isoformat()})
        async with database.transaction() as session:
            held = await Remembered(session, settings).everything_about(id_of(one))
            followed = held["theo dõi"]
            codes = [[it.code for it in followed[name]] for name in ("xã, phường", "chủ đề")]
            assert (followed["nơi ở"], codes) == (None, [[commune], ["health"]])
            assert [it["tiêu đề"].vi for it in held["tin gửi chung"]] == ["Cúp điện thứ Bảy"]
            await Remembered(session, settings).forget(id_of(one))
        async with database.reading() as connection:
            for table in ("mark", "follower"):
                left = text(f"SELECT count(*) FROM notifications_{table} WHERE resident_id = :id")
                assert await connection.scalar(left, {"id": id_of(one)}) == 0


class TestCorrectedAndWithdrawn:
    async def test_a_correction_takes_its_place_for_those_who_had_it(
        self, resident: NewResident, desk: Desk, commune: str
    ) -> None:
        had, not_yet = await resident(), await resident()
        await follow(had, [commune])
        first = announcement(audience=to(commune))
        await desk.announce(first)
        await desk.announce(announcement(title=Words("Mới hơn", "Newer", "ថ្មីជាង")))
        entry = (await inbox(had))["items"][1]
        await had.put(f"/api/notifications/{entry['id']}/archived", json={"archived": True})
        await follow(not_yet, [commune])
        correction = announcement(title=Words("Đính chính", "Corrected", "កែ"), path="/news/2")
        await desk.replace(first.key, correction)
        await desk.replace(first.key, correction)
        now = (await inbox(had))["items"]
        assert [it["title"] for it in now] == ["Đính chính", "Mới hơn"]
        assert (now[0]["id"], now[0]["read_at"], now[0]["path"]) == (entry["id"], None, "/news/2")
        assert await titles(not_yet) == ["Mới hơn"]
        # By the key of the correction it can be corrected again.
        await desk.replace(correction.key, announcement(title=Words("Lần nữa", "Again", "ម្តងទៀត")))
        assert await titles(had) == ["Lần nữa", "Mới hơn"]

    async def test_withdrawn_it_is_gone_from_every_inbox(self, resident: NewResident, desk: Desk) -> None:
        one = await resident()
        it = announcement()
        await desk.announce(it)
        [entry] = (await inbox(one))["items"]
        await one.put(f"/api/notifications/{entry['id']}/read", json={"read": True})
        await desk.retract(it.key)
        await desk.retract(it.key)
        assert await inbox(one) == {"items": [], "next_cursor": None, "unread": 0}
        assert (await one.get(f"/api/notifications/{entry['id']}")).status_code == 404
        with pytest.raises(AnnouncementNotFound):
            await desk.replace(it.key, announcement())

    @pytest.mark.parametrize("verb", ["pause", "resume", "cancel", "retract"])
    async def test_what_nobody_announced(self, desk: Desk, verb: str) -> None:
        with pytest.raises(AnnouncementNotFound):
            await getattr(desk, verb)("news/nothing")
        assert await desk.progress(["news/nothing"]) == {}
