"""Whoever is signed in sees their own dossiers and no other, and is told when one moves."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from server.core.database import Database
from server.core.events import Events
from server.modules.dossiers.service.telling import Telling
from tests.modules.dossiers.conftest import NewSystem, System, event, new_code
from tests.modules.dossiers.office import PLAIN, Officer, hire, officer
from tests.modules.identity.conftest import Browser, NewBrowser, age
from tests.modules.notifications.conftest import nothing_left_over

__all__ = ["hire", "nothing_left_over", "officer"]

pytestmark = pytest.mark.usefixtures("nothing_left_over")


async def mine(browser: httpx.AsyncClient, **asked: Any) -> dict[str, Any]:
    reply = await browser.get("/api/dossiers", params=asked)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


@pytest.fixture
async def renamed(database: Database) -> AsyncIterator[str]:
    """What a procedure is called today that had two other titles before; then everything is as it was."""
    titled = "SELECT facts->>'title' FROM catalogue_procedure WHERE code = :code"
    aged = "UPDATE catalogue_procedure SET created_at = created_at {} interval '30 days' WHERE code = :code"
    added = (
        "INSERT INTO catalogue_change (id, code, revision, field, difference, created_at) VALUES"
        " (gen_random_uuid(), :code, :revision, 'title', jsonb_build_object('before', CAST(:before AS text)),"
        " now() - CAST(:ago AS interval))"
    )
    await age(database, aged.format("-"), code=PLAIN)
    await age(database, added, code=PLAIN, revision=9001, before="Tên thứ nhất", ago="20 days")
    await age(database, added, code=PLAIN, revision=9002, before="Tên thứ hai", ago="10 days")
    async with database.reading() as connection:
        title = await connection.scalar(text(titled), {"code": PLAIN})
    assert isinstance(title, str)
    yield title
    await age(database, "DELETE FROM catalogue_change WHERE code = :code AND revision > 9000", code=PLAIN)
    await age(database, aged.format("+"), code=PLAIN)


class TestMyDossiers:
    async def test_those_filed_with_my_phone_the_last_moved_first(
        self, browser: Browser, phone: str, system: System
    ) -> None:
        await browser.sign_in(phone)
        older, newer, others = new_code(), new_code(), new_code()
        await system.report(
            event(older, 2, 9, owner_phone=phone),
            event(newer, 4, 3, owner_phone="+84" + phone[1:], procedure="1.001193.000.00.00.H12"),
            event(others, 4, 1),
        )
        found = (await mine(browser))["items"]
        assert [it["standing"]["code"] for it in found] == [newer, older]
        assert found[0]["procedure_code"] == "1.001193"
        assert "khai sinh" in found[0]["procedure"].lower()
        assert found[0]["standing"]["status"] == "in-hand"

    async def test_a_procedure_is_called_what_it_was_on_the_day_of_receipt(
        self, browser: Browser, phone: str, system: System, officer: Officer, renamed: str
    ) -> None:
        """Known for thirty days, renamed twenty and ten days ago."""
        await browser.sign_in(phone)
        days = {"before the catalogue": 40, "first": 25, "second": 15, "today": 5}
        codes = {name: new_code() for name in days}
        ours = (await officer.register())["handling_unit"]
        await system.report(
            *(event(codes[name], 2, 24 * ago, owner_phone=phone, procedure=PLAIN) for name, ago in days.items()),
            # It came in the first days and was received in the second; what happened later changes nothing.
            event(late := new_code(), 1, 24 * 25, owner_phone=phone, procedure=PLAIN),
            event(late, 2, 24 * 15, owner_phone=phone, procedure=PLAIN),
            event(codes["first"], 4, 2, owner_phone=phone, procedure=PLAIN, handling_unit=ours),
            # Nobody has received it yet.
            event(waits := new_code(), 1, 24 * 25, owner_phone=phone, procedure=f"{PLAIN}.000.00.00.H12"),
        )
        titles = {it["standing"]["code"]: it["procedure"] for it in (await mine(browser))["items"]}
        assert titles == {
            codes["before the catalogue"]: renamed,
            codes["first"]: "Tên thứ nhất",
            codes["second"]: "Tên thứ hai",
            codes["today"]: renamed,
            late: "Tên thứ hai",
            waits: "Tên thứ nhất",
        }
        whole = await browser.get(f"/api/dossiers/{codes['first']}")
        assert whole.json()["procedure"] == "Tên thứ nhất"
        # Nor does the desk where it lies read another name than the one on the slip.
        desk = (await officer.browser.get("/api/dossiers/desk/elsewhere", params={"limit": 100})).json()["items"]
        assert {it["title"] for it in desk if it["code"] == codes["first"]} == {"Tên thứ nhất"}

    async def test_page_by_page_without_a_gap(self, browser: Browser, phone: str, system: System) -> None:
        await browser.sign_in(phone)
        codes = [new_code() for _ in range(5)]
        # Two of them at the same instant.
        await system.report(*(event(code, 4, 1 + place // 2, owner_phone=phone) for place, code in enumerate(codes)))
        seen: list[str] = []
        cursor: str | None = None
        while True:
            page = await mine(browser, limit=2, **({"cursor": cursor} if cursor else {}))
            seen += [it["standing"]["code"] for it in page["items"]]
            if (cursor := page["next_cursor"]) is None:
                break
        assert sorted(seen) == sorted(codes)
        refused = await browser.get("/api/dossiers", params={"cursor": "eA"})
        assert (refused.status_code, refused.json()["type"]) == (400, "cursor-refused")

    async def test_one_by_its_code_and_somebody_elses_not(
        self, browser: Browser, phone: str, system: System, code: str
    ) -> None:
        await browser.sign_in(phone)
        others = new_code()
        await system.report(event(code, 5, owner_phone=phone), event(others, 5))
        found = await browser.get(f"/api/dossiers/{code.lower()}")
        assert found.json()["standing"]["yours"]
        for nobodys in (others, new_code(), "nothing"):
            reply = await browser.get(f"/api/dossiers/{nobodys}")
            assert (reply.status_code, reply.json()["type"]) == (404, "not-your-dossier")


class TestBeingTold:
    async def test_what_happened_who_has_it_by_when_and_what_i_must_do(
        self, browser: Browser, phone: str, system: System, events: Events, code: str
    ) -> None:
        await browser.sign_in(phone)
        await system.report(
            event(
                code,
                5,
                owner_phone=phone,
                procedure="1.001193",
                handling_unit="Phòng {Kinh tế}",
                due_at="2026-12-01T16:30:00+07:00",
            )
        )
        await events.run_waiting()
        [entry] = (await browser.get("/api/notifications")).json()["items"]
        assert entry["title"].startswith("Yêu cầu bổ sung giấy tờ: ")
        assert "khai sinh" in entry["title"].lower()
        for part in ("Bạn cần làm: Bổ sung giấy tờ", "Đang ở: Phòng {Kinh tế}.", "Hẹn trả: 16:30 01/12/2026."):
            assert part in entry["body"]
        assert (entry["topic"], entry["path"]) == ("duties", f"/dossiers/{code}")

    async def test_each_move_once_and_only_to_its_owner(
        self, new_browser: NewBrowser, new_phone: Any, new_system: NewSystem, events: Events, code: str
    ) -> None:
        owner, other = new_browser(), new_browser()
        phone = new_phone()
        await owner.sign_in(phone)
        await other.sign_in(new_phone())
        system = await new_system("dossiers:intake")
        first = event(code, 2, 2, owner_phone=phone)
        await system.report(first)
        await system.report(first, event(code, 4, 1, owner_phone=phone))
        await events.run_waiting()
        told = (await owner.get("/api/notifications")).json()["items"]
        assert [it["title"].partition(":")[0] for it in told] == ["Đang xử lý", "Được tiếp nhận"]
        assert (await other.get("/api/notifications")).json()["items"] == []

    @pytest.mark.parametrize(("days", "told", "bell"), [(1, 1, "no-device"), (10, 1, "old"), (90, 0, None)])
    async def test_what_is_long_over_rings_nobody(
        self,
        browser: Browser,
        phone: str,
        system: System,
        events: Events,
        code: str,
        days: int,
        told: int,
        bell: str | None,
    ) -> None:
        await browser.sign_in(phone)
        await system.report(event(code, 4, 24 * days, owner_phone=phone))
        await events.run_waiting()
        entries = (await browser.get("/api/notifications")).json()["items"]
        assert len(entries) == told
        for entry in entries:
            assert (await browser.get(f"/api/notifications/{entry['id']}")).json()["bell"] == bell


async def test_it_is_called_as_on_the_day_it_came(
    browser: Browser, phone: str, officer: Officer, events: Events, database: Database
) -> None:
    await browser.sign_in(phone)
    made = await officer.register(phone=phone)
    before = "UPDATE dossiers_filing SET title = 'Tên của hôm nhận' WHERE dossier_id = :id"
    await age(database, before, id=made["id"])
    [listed] = (await browser.get("/api/dossiers")).json()["items"]
    one = (await browser.get(f"/api/dossiers/{made['code']}")).json()
    assert listed["procedure"] == one["procedure"] == "Tên của hôm nhận"
    assert one["procedure_code"] == made["procedure"]
    await officer.acts(made, "take-up")
    await events.run_waiting()
    [*_, told] = sorted((await browser.get("/api/notifications")).json()["items"], key=lambda it: it["at"])
    assert told["title"] == "Đang xử lý: Tên của hôm nhận"


class TestItsDate:
    async def test_the_day_before_it_is_due_its_owner_is_reminded_once(
        self, browser: Browser, phone: str, system: System, events: Events, database: Database
    ) -> None:
        await browser.sign_in(phone)
        now = datetime(2027, 3, 9, 1, tzinfo=UTC)  # eight in the morning of a Tuesday here
        due, waiting, other, over = (new_code() for _ in range(4))
        tomorrow = "2027-03-10T16:30:00+07:00"
        await system.report(
            event(due, 4, 90 * 24, owner_phone=phone, due_at=tomorrow),
            event(waiting, 5, 90 * 24, owner_phone=phone, due_at=tomorrow),
            event(other, 4, 90 * 24, owner_phone=phone, due_at="2027-03-11T00:00:00+07:00"),
            event(over, 9, 90 * 24, owner_phone=phone, due_at=tomorrow),
        )
        await events.run_waiting()
        for _ in range(2):
            async with database.transaction() as session:
                await Telling(session).remind(now)
        told = (await browser.get("/api/notifications")).json()["items"]
        assert {(it["topic"], it["path"]) for it in told} == {("dates", f"/dossiers/{it}") for it in (due, waiting)}
        assert len(told) == 2
        by_path = {it["path"]: it["title"] for it in told}
        assert by_path[f"/dossiers/{due}"].startswith("Ngày mai là ngày hẹn: ")
        assert by_path[f"/dossiers/{waiting}"].startswith("Hồ sơ vẫn đang chờ bạn: ")

    async def test_it_goes_into_a_calendar_without_the_procedure(
        self, browser: Browser, phone: str, system: System, code: str
    ) -> None:
        await browser.sign_in(phone)
        others = new_code()
        due = {"due_at": "2026-12-01T16:30:00+07:00", "procedure": "1.001193"}
        await system.report(event(code, 4, owner_phone=phone, **due), event(others, 4, **due))
        file = await browser.get(f"/api/dossiers/{code}/calendar.ics")
        assert file.headers["content-type"].startswith("text/calendar")
        lines = file.text.replace("\r\n ", "").split("\r\n")
        assert "DTSTART:20261201T093000Z" in lines
        assert f"SUMMARY:Hẹn trả kết quả hồ sơ {code}" in lines
        assert all(len(line.encode()) <= 75 for line in file.text.split("\r\n"))
        assert "khai sinh" not in file.text.lower()
        assert (await browser.get(f"/api/dossiers/{others}/calendar.ics")).json()["type"] == "not-your-dossier"
        # While papers are missing its clock stands still; and then it is over.
        for status, ago in ((5, 0.7), (9, 0.5)):
            await system.report(event(code, status, ago, owner_phone=phone))
            assert (await browser.get(f"/api/dossiers/{code}/calendar.ics")).json()["type"] == "no-date-yet"
