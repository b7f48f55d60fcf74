"""A copy is packed, erasure is decided and carried out, and every look of an officer is told."""

import asyncio
import io
import json
import re
import zipfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from server.app import MODULES
from server.core.clock import HERE
from server.core.database import Database
from server.core.events import Events
from server.core.holding import COMMON, Holding
from server.core.words import LANGUAGES, Language, Words
from server.modules.places.public import names_of_workplaces
from server.modules.privacy.models import Consent
from server.modules.privacy.rules.held import BESIDE
from tests.modules.identity.conftest import Browser, NewBrowser, NewPhone

OTHER = Words("Khác", "Other", "ផ្សេង")
StaffBrowser = Callable[..., Awaitable[Browser]]


async def ask(browser: Browser, kind: str, note: str = "") -> dict[str, str]:
    reply = await browser.post("/api/privacy/requests", json={"kind": kind, "note": note})
    assert reply.status_code == 201, reply.text
    asked: dict[str, str] = reply.json()
    return asked


@pytest.mark.usefixtures("one_window")
async def test_who_asks_too_often_stops_nobody_else_of_the_same_network(
    new_browser: NewBrowser, new_phone: NewPhone
) -> None:
    """A right that the law gives to each, while a mobile carrier puts thousands behind one address."""
    one, other = new_browser(), new_browser()
    await one.sign_in(new_phone())
    await other.sign_in(new_phone())
    body = {"kind": "no such kind", "note": ""}
    said = [(await one.post("/api/privacy/requests", json=body)).status_code for _ in range(31)]
    assert said == [400] * 30 + [429]
    assert (await other.post("/api/privacy/requests", json=body)).status_code == 400


class TestACopy:
    async def test_holds_everything_and_is_for_its_owner(
        self, new_browser: NewBrowser, new_phone: NewPhone, events: Events
    ) -> None:
        mine, stranger, phone = new_browser(), new_browser(), new_phone()
        await mine.sign_in(phone)
        profile = (await mine.get("/api/identity/profile")).json()
        body = {"name": "Lý Thị Sao Chép", "commune_code": None, "language": "vi"}
        await mine.put("/api/identity/profile", json=body, headers={"If-Match": str(profile["version"])})
        asked = await ask(mine, "copy")
        await events.run_waiting()
        [item] = (await mine.get("/api/privacy/requests")).json()["items"]
        assert (item["state"], item["file_until"] is not None) == ("done", True)
        path = f"/api/privacy/requests/{asked['id']}/file"
        file = await mine.get(path)
        assert file.headers["content-disposition"].startswith("attachment")
        with zipfile.ZipFile(io.BytesIO(file.content)) as package:
            held = json.loads(package.read("du-lieu.json"))
            plain = package.read("du-lieu.txt").decode()
        assert held["identity"]["họ tên"] == "Lý Thị Sao Chép"
        assert held["identity"]["số điện thoại"] == f"+84{phone[1:]}"
        assert "Lý Thị Sao Chép" in plain
        await stranger.sign_in(new_phone())
        assert (await stranger.get(path)).status_code == 404

    async def test_holds_what_was_answered_and_what_was_taken_back(
        self, browser: Browser, phone: str, staff_browser: StaffBrowser, events: Events, database: Database
    ) -> None:
        caller = await browser.sign_in(phone)
        stop = await ask(browser, "stop", "Đừng gửi tin cho tôi nữa.")
        desk = await staff_browser("privacy:decide", unit="32002")
        path = f"/api/privacy/desk/requests/{stop['id']}/decision"
        body = {"grant": True, "answer": "Đã ngừng gửi."}
        assert (await desk.post(path, json=body, headers={"If-Match": "1"})).status_code == 200
        async with database.transaction() as session:
            session.add(
                Consent(
                    id=uuid7(),
                    resident_id=UUID(str(caller["id"])),
                    purpose="before",
                    text_version=1,
                    session_id=uuid7(),
                    withdrawn_at=datetime.now(UTC),
                )
            )
        copy = await ask(browser, "copy")
        await events.run_waiting()
        file = await browser.get(f"/api/privacy/requests/{copy['id']}/file")
        with zipfile.ZipFile(io.BytesIO(file.content)) as package:
            held = json.loads(package.read("du-lieu.json"))["privacy"]
            lines = [line.strip() for line in package.read("du-lieu.txt").decode().splitlines()]
        [consent] = held["đồng ý"]
        assert (consent["mục đích"], consent["rút lại lúc"] is None) == ("before", False)
        answered = next(it for it in held["yêu cầu"] if it["loại"] == "stop")
        assert (answered["trả lời"], answered["trả lời lúc"] is None) == ("Đã ngừng gửi.", False)
        look = held["ai đã xem"][0]
        assert look["lý do"] == "rights"
        # An office has a name for people, and a code for machines.
        async with database.transaction() as session:
            names = await names_of_workplaces(session, [look["cơ quan"]])
        assert f"Cơ quan: {names[look['cơ quan']]}" in lines

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            ("vi", ("Tài khoản:", "Họ tên: –", "Cách: Số điện thoại", "Loại: Bản sao dữ liệu", "Tệp:")),
            ("en", ("Account:", "Name: –", "How: Phone number", "Kind: A copy of the data", "Files:")),
            ("km", ("គណនី:", "ឈ្មោះ: –", "វិធី: លេខទូរសព្ទ", "ប្រភេទ: ច្បាប់ចម្លងទិន្នន័យ", "ឯកសារភ្ជាប់:")),
        ],
    )
    async def test_is_read_in_the_language_it_was_asked_in(
        self, language: Language, said: tuple[str, ...], browser: Browser, phone: str, events: Events
    ) -> None:
        await browser.sign_in(phone)
        browser.headers["Accept-Language"] = language
        asked = await ask(browser, "copy")
        # Whatever is read when it is taken.
        browser.headers["Accept-Language"] = "vi"
        await events.run_waiting()
        file = await browser.get(f"/api/privacy/requests/{asked['id']}/file")
        with zipfile.ZipFile(io.BytesIO(file.content)) as package:
            lines = [line.strip() for line in package.read("du-lieu.txt").decode().splitlines()]
            held = json.loads(package.read("du-lieu.json"))
        assert [it for it in said if it not in lines] == []
        headings = {line.partition(":")[0] for line in lines if line}
        holdings = [module.holding for module in MODULES if module.holding]
        known = [*COMMON.values(), *BESIDE.values()]
        known += [words for it in holdings for words in (it.title, *it.names.values())]
        ours = {words.for_(language) for words in known}
        others = {words.for_(other) for words in known for other in LANGUAGES} - ours
        assert headings & others == set()
        assert {it.title.for_(language) for it in holdings} < headings <= ours
        # Times as here, not as machines write them.
        assert [it for it in lines if re.search(r"\dT\d\d:", it)] == []
        assert re.search(rf"\d\d:\d\d {datetime.now(HERE):%d/%m/%Y}$", "\n".join(lines), re.MULTILINE)
        # What a machine reads has the same names and values in every language.
        assert held["identity"]["thiết bị đang đăng nhập"][0]["cách"] == "phone"
        assert [(it["loại"], it["trạng thái"]) for it in held["privacy"]["yêu cầu"]] == [("copy", "open")]

    async def test_it_is_gone_after_a_week(
        self, browser: Browser, phone: str, events: Events, database: Database
    ) -> None:
        await browser.sign_in(phone)
        asked = await ask(browser, "copy")
        await events.run_waiting()
        async with database.reading() as connection:
            await connection.execute(
                text("UPDATE privacy_package SET expires_at = now() WHERE request_id = :id"), {"id": asked["id"]}
            )
        assert (await browser.get(f"/api/privacy/requests/{asked['id']}/file")).status_code == 404

    async def test_one_at_a_time(self, browser: Browser, phone: str) -> None:
        await browser.sign_in(phone)
        await ask(browser, "correction", "Tên tôi bị viết sai.")
        again = await browser.post("/api/privacy/requests", json={"kind": "correction", "note": ""})
        assert (again.status_code, again.json()["type"]) == (409, "already-asked")

    async def test_of_several_at_once_one_is_taken(self, browser: Browser, phone: str) -> None:
        await browser.sign_in(phone)
        body = {"kind": "correction", "note": "Tên tôi bị viết sai."}
        replies = await asyncio.gather(*[browser.post("/api/privacy/requests", json=body) for _ in range(4)])
        assert sorted(reply.status_code for reply in replies) == [201, 409, 409, 409]


class TestErasure:
    async def test_a_person_is_forgotten(
        self,
        browser: Browser,
        phone: str,
        staff_browser: StaffBrowser,
        events: Events,
        database: Database,
    ) -> None:
        caller = await browser.sign_in(phone)
        asked = await ask(browser, "erasure", "Tôi chuyển đi tỉnh khác.")
        desk = await staff_browser("privacy:decide")
        path = f"/api/privacy/desk/requests/{asked['id']}"
        seen = (await desk.get(path)).json()
        decision = await desk.post(
            f"{path}/decision", json={"grant": True, "answer": ""}, headers={"If-Match": str(seen["version"])}
        )
        assert decision.status_code == 200, decision.text
        await events.run_waiting()
        assert (await browser.get("/api/identity/profile")).status_code == 401
        async with database.reading() as connection:
            row = (
                await connection.execute(
                    text("SELECT phone, phone_index, name, erased_at FROM identity_resident WHERE id = :id"),
                    {"id": caller["id"]},
                )
            ).one()
        assert (row.phone, row.phone_index, row.name) == (None, None, "")
        assert row.erased_at is not None

    async def test_what_the_law_keeps_forbids_it(
        self, browser: Browser, phone: str, staff_browser: StaffBrowser, client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def keeps(_session: object, _resident: UUID) -> list[Words]:
            return [Words("Có hồ sơ đang giải quyết.", "A dossier is under way.", "មានសំណុំរឿងកំពុងដោះស្រាយ។")]

        async def nothing(_session: object, _resident: UUID) -> dict[str, object]:
            return {}

        held = client.app.state.database.info["holdings"]
        monkeypatch.setitem(held, "other", Holding(title=OTHER, gather=nothing, erase=nothing, keeps=keeps))
        await browser.sign_in(phone)
        asked = await ask(browser, "erasure")
        desk = await staff_browser("privacy:decide")
        path = f"/api/privacy/desk/requests/{asked['id']}/decision"
        reply = await desk.post(path, json={"grant": True, "answer": ""}, headers={"If-Match": "1"})
        assert (reply.status_code, reply.json()["type"]) == (409, "must-be-kept")
        assert reply.json()["reasons"] == ["Có hồ sơ đang giải quyết."]
        refused = await desk.post(path, json={"grant": False, "answer": ""}, headers={"If-Match": "1"})
        assert refused.json()["type"] == "reason-needed"
        told = await desk.post(path, json={"grant": False, "answer": "Còn hồ sơ."}, headers={"If-Match": "1"})
        assert told.status_code == 200
        [mine] = (await browser.get("/api/privacy/requests")).json()["items"]
        assert (mine["state"], mine["answer"]) == ("refused", "Còn hồ sơ.")

    async def test_what_was_begun_after_it_was_granted_forbids_it_too(
        self,
        browser: Browser,
        phone: str,
        staff_browser: StaffBrowser,
        client: httpx.AsyncClient,
        events: Events,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        reasons: list[Words] = []

        async def keeps(_session: object, _resident: UUID) -> list[Words]:
            return reasons

        async def nothing(_session: object, _resident: UUID) -> dict[str, object]:
            return {}

        # The web and the worker are two processes.
        for one in (client.app.state.database, database):  # type: ignore[attr-defined]
            monkeypatch.setitem(
                one.info["holdings"], "other", Holding(title=OTHER, gather=nothing, erase=nothing, keeps=keeps)
            )
        await browser.sign_in(phone)
        asked = await ask(browser, "erasure")
        desk = await staff_browser("privacy:decide")
        path = f"/api/privacy/desk/requests/{asked['id']}/decision"
        granted = await desk.post(path, json={"grant": True, "answer": ""}, headers={"If-Match": "1"})
        assert (granted.status_code, granted.json()["state"]) == (200, "done")
        reasons.append(Words("Có hồ sơ đang giải quyết.", "A dossier is under way.", "មានសំណុំរឿងកំពុងដោះស្រាយ។"))
        await events.run_waiting()
        assert (await browser.get("/api/identity/profile")).status_code == 200
        [mine] = (await browser.get("/api/privacy/requests")).json()["items"]
        assert (mine["state"], mine["decided_at"]) == ("open", None)
        # The officer hears of it as of any other open one, and why it cannot be granted.
        again = await desk.post(path, json={"grant": True, "answer": ""}, headers={"If-Match": "3"})
        assert again.json()["type"] == "must-be-kept"

    async def test_the_decision_is_a_look_too(self, browser: Browser, phone: str, staff_browser: StaffBrowser) -> None:
        await browser.sign_in(phone)
        asked = await ask(browser, "stop", "Đừng gửi tin cho tôi nữa.")
        desk = await staff_browser("privacy:decide")
        path = f"/api/privacy/desk/requests/{asked['id']}/decision"
        decided = await desk.post(path, json={"grant": True, "answer": "Đã ngừng."}, headers={"If-Match": "1"})
        assert decided.json()["note"] == "Đừng gửi tin cho tôi nữa."
        [look] = (await browser.get("/api/privacy/looks")).json()["items"]
        assert look

    async def test_two_officers_do_not_overwrite_each_other(
        self, browser: Browser, phone: str, staff_browser: StaffBrowser
    ) -> None:
        await browser.sign_in(phone)
        asked = await ask(browser, "stop", "Đừng gửi tin cho tôi nữa.")
        desk = await staff_browser("privacy:decide")
        path = f"/api/privacy/desk/requests/{asked['id']}/decision"
        body = {"grant": True, "answer": "Đã ngừng."}
        assert (await desk.post(path, json=body)).status_code == 428
        assert (await desk.post(path, json=body, headers={"If-Match": "7"})).status_code == 412
        assert (await desk.post(path, json=body, headers={"If-Match": "1"})).status_code == 200
        late = await desk.post(path, json=body, headers={"If-Match": "1"})
        assert late.json()["type"] == "already-decided"


class TestLooks:
    async def test_the_resident_reads_who_looked(
        self, browser: Browser, phone: str, staff_browser: StaffBrowser
    ) -> None:
        await browser.sign_in(phone)
        asked = await ask(browser, "correction", "Sai ngày sinh.")
        desk = await staff_browser("privacy:decide")
        await desk.get("/api/privacy/desk/requests")  # the list shows nobody
        assert (await browser.get("/api/privacy/looks")).json()["items"] == []
        await desk.get(f"/api/privacy/desk/requests/{asked['id']}")
        [look] = (await browser.get("/api/privacy/looks")).json()["items"]
        assert look["why"] == "rights"
        assert look["as_what"] == "Trả lời yêu cầu của người dân về dữ liệu cá nhân"
        assert look["unit"]
        # By its name, wherever it stands in the list of all offices; 96001 is no commune of ours.
        assert look["place"] == look["unit"] == "96001"

    async def test_the_place_is_called_by_its_name(
        self, browser: Browser, phone: str, staff_browser: StaffBrowser, database: Database
    ) -> None:
        await browser.sign_in(phone)
        asked = await ask(browser, "stop", "Đừng gửi quảng cáo.")
        async with database.reading() as connection:
            office = (await connection.execute(text("SELECT slug, name FROM places_office ORDER BY slug DESC"))).first()
            commune = (await connection.execute(text("SELECT code, name FROM places_unit ORDER BY code DESC"))).first()
        assert office and commune
        for place in (office, commune):
            desk = await staff_browser("privacy:decide", unit=place[0])
            await desk.get(f"/api/privacy/desk/requests/{asked['id']}")
        looks = (await browser.get("/api/privacy/looks")).json()["items"]
        assert [look["place"] for look in looks] == [commune.name, office.name]


async def test_the_days_of_the_law_are_told_before_anything_is_sent(browser: Browser, phone: str) -> None:
    await browser.sign_in(phone)
    said = (await browser.get("/api/privacy/requests")).json()
    assert said == {"items": [], "days": {"copy": 10, "correction": 10, "stop": 15, "erasure": 20}}
