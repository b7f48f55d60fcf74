"""The owner reads which papers were asked for and why, by when, and what silence would mean."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from server.core.clock import HERE as HERE_CLOCK
from server.core.database import Database
from server.core.events import Events
from server.modules.dossiers.rules.reports import note_for_the_owner
from server.modules.dossiers.rules.silence import BEFORE, marks
from server.modules.dossiers.rules.statuses import Status
from server.modules.dossiers.service.telling import Telling
from tests.modules.dossiers.conftest import LookUp, System, event, look_up
from tests.modules.dossiers.office import HERE, Hire, Officer, hire, officer
from tests.modules.dossiers.test_results import whole
from tests.modules.identity.conftest import Browser, NewBrowser, NewPhone
from tests.modules.notifications.conftest import nothing_left_over

__all__ = ["hire", "look_up", "nothing_left_over", "officer"]

pytestmark = pytest.mark.usefixtures("nothing_left_over")


def in_hours(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


class TestWhatIsAsked:
    async def test_which_papers_and_why_and_by_when_and_where(
        self, browser: Browser, phone: str, officer: Officer, look_up: LookUp
    ) -> None:
        await browser.sign_in(phone)
        dossier = await officer.register(phone=phone)
        by = in_hours(48)
        asked = {
            "papers": ["Giấy chứng sinh (bản chính)"],
            "reason": "Bản nộp đã mờ",
            "guidance": "Xin bản sao ở bệnh viện",
        }
        assert (await officer.act(dossier, "ask-papers", answer_by=by, **asked)).status_code == 200
        found = await whole(browser, dossier["code"])
        duty = found["duty"]
        assert {name: duty[name] for name in asked} == asked
        assert (duty["go"], duty["place"], duty["silence"]) == ("place", HERE, False)
        assert datetime.fromisoformat(duty["by"]) == datetime.fromisoformat(by)
        assert found["happened"][-1]["papers"] == asked["papers"]
        # Whoever only has code and digits still reads no paper, and no reason.
        stranger = (await look_up(dossier["code"], phone[-4:])).text
        assert "mờ" not in stranger
        assert "chứng sinh" not in stranger

    async def test_a_second_request_counts_and_both_stand_in_the_way(
        self, browser: Browser, phone: str, officer: Officer
    ) -> None:
        await browser.sign_in(phone)
        dossier = await officer.register(phone=phone)
        first = await officer.act(dossier, "ask-papers", papers=["Một"], reason="Vì một")
        again = await officer.acts(first.json(), "take-up")
        await officer.act(again, "ask-papers", papers=["Hai"], reason="Vì hai")
        found = await whole(browser, dossier["code"])
        assert found["duty"]["papers"] == ["Hai"]
        assert [it["reason"] for it in found["happened"] if it["reason"]] == ["Vì một", "Vì hai"]

    async def test_what_another_system_wrote_for_the_owner_and_not_for_itself(
        self, browser: Browser, phone: str, system: System, code: str
    ) -> None:
        await browser.sign_in(phone)
        await system.report(
            event(code, 4, 3, owner_phone=phone, note="Trình anh Ba ký"),
            event(code, 5, 2, owner_phone=phone, note="Thiếu sơ đồ thửa đất. Gọi 0901 234 567"),
        )
        found = await whole(browser, code)
        assert "anh Ba" not in str(found)
        assert found["duty"]["reason"] == "Thiếu sơ đồ thửa đất. Gọi …"
        assert found["duty"]["go"] == "portal"

    async def test_what_must_be_paid(self, browser: Browser, phone: str, officer: Officer) -> None:
        await browser.sign_in(phone)
        dossier = await officer.acts(await officer.register(phone=phone), "ask-payment")
        duty = (await whole(browser, dossier["code"]))["duty"]
        assert (duty["amount"], duty["reason"]) == (8000, "Lệ phí theo nghị quyết")
        assert (duty["go"], duty["place"]) == ("pay", HERE)

    async def test_what_came_online_is_paid_here_too(self, browser: Browser, phone: str, officer: Officer) -> None:
        await browser.sign_in(phone)
        dossier = await officer.acts(await officer.register(phone=phone, channel="online"), "ask-payment")
        assert (await whole(browser, dossier["code"]))["duty"]["go"] == "pay"
        # Papers are added where it was filed.
        await officer.acts(dossier, "take-up", "ask-papers")
        assert (await whole(browser, dossier["code"]))["duty"]["go"] == "portal"

    async def test_what_another_system_wants_paid_is_paid_there(
        self, browser: Browser, phone: str, system: System, code: str
    ) -> None:
        await browser.sign_in(phone)
        await system.report(event(code, 6, 1, owner_phone=phone, fee_due=8000))
        duty = (await whole(browser, code))["duty"]
        assert (duty["go"], duty["amount"]) == ("portal", 8000)

    async def test_a_department_has_no_page_of_its_own_and_there_is_a_button_all_the_same(
        self, browser: Browser, phone: str, officer: Officer, hire: Hire, database: Database
    ) -> None:
        await browser.sign_in(phone)
        slug = "so-tai-chinh"
        head = await hire("dossiers:offices")
        await head.browser.put(
            f"/api/dossiers/offices/{slug}",
            json={"code": "H12.907", "hours": "office", "address": ""},
            headers={"If-Match": '"0"'},
        )
        clerk = await hire(unit=slug)
        dossier = await clerk.acts(await clerk.register(phone=phone, handling_place=slug), "ask-papers")
        duty = (await whole(browser, dossier["code"]))["duty"]
        assert (duty["go"], duty["office"], duty["place"]) == ("office", "Sở Tài chính", None)
        await clerk.acts(dossier, "take-up", "finish")
        done = await whole(browser, dossier["code"])
        assert (done["duty"]["go"], done["result"]["collect"]["office"]) == ("result", "Sở Tài chính")

    @pytest.mark.parametrize("answer_by", [-1, 24 * 400])
    async def test_a_time_that_is_over_or_too_far_is_refused(
        self, phone: str, officer: Officer, answer_by: float
    ) -> None:
        dossier = await officer.register(phone=phone)
        reply = await officer.act(dossier, "ask-papers", papers=["Một"], reason="Vì", answer_by=in_hours(answer_by))
        assert reply.json()["type"] == "answer-by-refused"


class TestADeadline:
    async def test_is_told_and_reminded_of_before_it_passes(
        self, browser: Browser, phone: str, officer: Officer, events: Events, database: Database
    ) -> None:
        await browser.sign_in(phone)
        dossier = await officer.acts(await officer.register(phone=phone), "take-up")
        by = datetime.now(UTC) + timedelta(days=10)
        said = {"papers": ["Một"], "reason": "Vì", "answer_by": by.isoformat()}
        assert (await officer.act(dossier, "ask-papers", **said)).status_code == 200
        await events.run_waiting()
        when = f"{by.astimezone(HERE_CLOCK):%H:%M %d/%m/%Y}"

        async def letters() -> list[dict[str, Any]]:
            items: list[dict[str, Any]] = (await browser.get("/api/notifications")).json()["items"]
            return items

        first = await letters()
        assert f"Hạn của bạn: {when}." in first[0]["body"]

        async def told_at(before: timedelta) -> int:
            for _ in range(2):
                async with database.transaction() as session:
                    await Telling(session).remind_of_answers(by - before)
            return len(await letters()) - len(first)

        assert [await told_at(timedelta(days=days)) for days in (4, 3, 2, 1, 0.5, -1)] == [0, 1, 1, 2, 2, 2]
        last = (await letters())[0]
        assert (last["topic"], last["title"][: len(when) + 15]) == ("duties", f"Cần làm trước {when}:")
        assert f"Hạn của bạn: {when}." in last["body"]


class TestSlips:
    async def test_each_comes_home_to_its_owner_and_to_nobody_else(
        self, browser: Browser, phone: str, officer: Officer, new_browser: NewBrowser, new_phone: NewPhone
    ) -> None:
        await browser.sign_in(phone)
        dossier = await officer.register(phone=phone)
        dossier = (await officer.act(dossier, "ask-papers", papers=["Một"], reason="Vì một")).json()
        code, happened = dossier["code"], (await whole(browser, dossier["code"]))["happened"]
        slips = [it["slip"] for it in happened if it["slip"]]
        assert [it["form"] for it in slips] == [1, 2]
        path = f"/api/dossiers/{code}/slips/"
        receipt = await browser.get(path + slips[0]["id"])
        assert receipt.content.startswith(b"%PDF-")
        assert receipt.headers["content-disposition"] == f'attachment; filename="{code}-01.pdf"'
        desk = await officer.browser.get(f"/api/dossiers/desk/{dossier['id']}/slips/{slips[0]['id']}")
        assert desk.content == receipt.content
        assert (await browser.get(path + str(uuid4()))).json()["type"] == "slip-unknown"
        stranger = new_browser()
        await stranger.sign_in(new_phone())
        assert (await stranger.get(path + slips[0]["id"])).json()["type"] == "not-your-dossier"


class TestSilence:
    async def test_it_is_said_with_its_date_and_rings_in_the_quiet_time(
        self, browser: Browser, phone: str, officer: Officer, events: Events, look_up: LookUp
    ) -> None:
        await browser.sign_in(phone)
        dossier = await officer.acts(await officer.register(phone=phone), "take-up")
        assert "note-answer" not in dossier["acts"]
        incomplete = await officer.act(dossier, "ask-confirmation", reason="Xem bản dự thảo")
        assert incomplete.json()["needs"] == ["answer-by"]
        by = datetime(2027, 3, 10, 9, 30, tzinfo=UTC)
        asked = await officer.act(dossier, "ask-confirmation", reason="Xem bản dự thảo", answer_by=by.isoformat())
        assert (asked.status_code, asked.json()["silence"]) == (200, True)
        assert "note-answer" in asked.json()["acts"]
        await events.run_waiting()
        says = "Hãy xem và trả lời trước 16:30 10/03/2027. Nếu bạn không trả lời, cơ quan coi như bạn đồng ý."
        found = await whole(browser, dossier["code"])
        assert (found["standing"]["yours"], found["duty"]["silence"]) == (says, True)
        assert found["duty"]["reason"] == "Xem bản dự thảo"
        assert (await look_up(dossier["code"], phone[-4:])).json()["yours"] == says
        [entry, *_] = (await browser.get("/api/notifications")).json()["items"]
        assert entry["title"].startswith("Cần bạn trả lời trước 16:30 10/03/2027: ")
        assert (entry["body"], entry["topic"]) == (says, "duties")
        answered = await officer.act(asked.json(), "note-answer")
        assert (answered.json()["silence"], answered.json()["answer_by"]) == (False, None)
        assert (await whole(browser, dossier["code"]))["duty"] is None

    async def test_its_end_is_reminded_of_again_and_again_each_time_once(
        self, browser: Browser, phone: str, system: System, events: Events, database: Database, code: str
    ) -> None:
        await browser.sign_in(phone)
        by = datetime.now(UTC) + timedelta(hours=30)
        await system.report(
            event(code, 4, 1, owner_phone=phone, answer_by=by.isoformat(), silence_consents=True, note="Xem dự thảo")
        )
        await events.run_waiting()

        async def told_at(before: timedelta) -> int:
            for _ in range(2):
                async with database.transaction() as session:
                    await Telling(session).remind_of_answers(by - before)
            items: list[dict[str, Any]] = (await browser.get("/api/notifications")).json()["items"]
            return len(items)

        counted = [await told_at(timedelta(hours=hours)) for hours in (29, 24, 23.5, 6, 2, 1, -1)]
        assert counted == [1, 2, 2, 3, 4, 4, 4]

    async def test_silence_without_a_date_is_refused_by_its_field(self, system: System, code: str) -> None:
        [refused] = await system.report(event(code, 4, silence_consents=True))
        assert (refused["result"], refused["problem"]["field"]) == ("refused", "answer_by")

    async def test_the_next_status_ends_it(self, browser: Browser, phone: str, system: System, code: str) -> None:
        await browser.sign_in(phone)
        await system.report(event(code, 4, 2, owner_phone=phone, answer_by=in_hours(5), silence_consents=True))
        assert (await whole(browser, code))["standing"]["silence"]
        # What comes later and says nothing new of it leaves it as it is.
        await system.report(event(code, 4, 1.5, owner_phone=phone, handling_unit="Phòng khác"))
        assert (await whole(browser, code))["standing"]["silence"]
        await system.report(event(code, 9, 1, owner_phone=phone))
        standing = (await whole(browser, code))["standing"]
        assert (standing["silence"], standing["answer_by"]) == (False, None)


@pytest.mark.parametrize(
    ("asked", "hours", "expected"),
    [
        (60, 50, []),
        (60, 48, [48]),
        (60, 30, [48]),
        (60, 5, [6]),
        (60, 1, [2]),
        (60, 0, []),
        (30, 25, []),
        (30, 3, [6]),
        (5, 3, []),
        (5, 1, [2]),
    ],
)
def test_reminders_lie_between_the_question_and_its_end(asked: float, hours: float, expected: list[int]) -> None:
    by = datetime(2026, 11, 26, tzinfo=UTC)
    found = marks(by - timedelta(hours=asked), by, by - timedelta(hours=hours))
    assert [it.total_seconds() / 3600 for it in found] == expected
    assert set(found) <= set(BEFORE)


@pytest.mark.parametrize(
    ("note", "shown"),
    [
        ("Gọi +84 901 234 567 nhé", "Gọi … nhé"),
        ("Thửa 0123 tờ 45", "Thửa 0123 tờ 45"),
    ],
)
def test_nobody_is_given_an_officers_number(note: str, shown: str) -> None:
    assert note_for_the_owner(Status.PAPERS_NEEDED, note, asks=False) == shown
    assert note_for_the_owner(Status.IN_HAND, note, asks=False) == ""
