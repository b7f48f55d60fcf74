"""What the dossiers hold about a person: told when they ask, kept while it is needed, forgotten afterwards."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import text

from server.core.database import Database
from server.core.events import Events
from server.core.retention import forget
from server.core.settings import Settings
from server.modules.dossiers.schemas import ReportedEvent
from server.modules.dossiers.service.intake import Intake
from tests.modules.dossiers.conftest import LookUp, System, event, new_code
from tests.modules.identity.conftest import Browser, NewBrowser, NewPhone, StaffBrowser, age
from tests.modules.identity.test_recovery import Loser, desk, loser, recover

__all__ = ["desk", "loser"]


async def ask(browser: Browser, kind: str) -> str:
    reply = await browser.post("/api/privacy/requests", json={"kind": kind, "note": ""})
    assert reply.status_code == 201, reply.text
    return str(reply.json()["id"])


async def test_a_copy_holds_them(browser: Browser, phone: str, system: System, events: Events) -> None:
    await browser.sign_in(phone)
    mine, others = new_code(), new_code()
    await system.report(event(mine, 4, owner_phone=phone, note="Thiếu giấy khai sinh"), event(others, 4))
    asked = await ask(browser, "copy")
    await events.run_waiting()
    file = await browser.get(f"/api/privacy/requests/{asked}/file")
    with zipfile.ZipFile(io.BytesIO(file.content)) as package:
        [held] = json.loads(package.read("du-lieu.json"))["dossiers"]["hồ sơ"]
    assert (held["mã"], held["trạng thái"], held["liên hệ"]) == (mine, "Đang xử lý", [phone])
    assert held["các bước"][0]["ghi chú"] == "Thiếu giấy khai sinh"


async def test_a_number_only_typed_opens_nothing(
    browser: Browser, phone: str, system: System, events: Events, code: str
) -> None:
    """A personal number is typed by its owner, or by somebody else: it proves nothing."""
    await browser.sign_in(phone)
    await system.report(event(code, 4, owner_id="096190004567"))
    version = str((await browser.get("/api/identity/profile")).json()["version"])
    typed = await browser.put(
        "/api/identity/profile/national-id", json={"number": "096190004567"}, headers={"If-Match": version}
    )
    assert typed.status_code == 200, typed.text
    asked = await ask(browser, "copy")
    await events.run_waiting()
    file = await browser.get(f"/api/privacy/requests/{asked}/file")
    with zipfile.ZipFile(io.BytesIO(file.content)) as package:
        assert json.loads(package.read("du-lieu.json"))["dossiers"]["hồ sơ"] == []


async def test_with_another_phone_they_stay_theirs_and_are_nobodys_who_has_the_old_number_next(
    desk: Browser,
    loser: Loser,
    new_browser: NewBrowser,
    new_phone: NewPhone,
    system: System,
    code: str,
    look_up: LookUp,
    events: Events,
    database: Database,
) -> None:
    await system.report(event(code, 2, 9, owner_phone=loser.phone))
    own, stranger, parent, phone, parents = new_browser(), new_browser(), new_browser(), new_phone(), new_phone()
    await parent.sign_in(parents)
    await system.report(event(followed := new_code(), 2, 9, owner_phone=parents))
    invitation = {"phone": loser.phone, "name": "Con út"}
    assert (await parent.post(f"/api/dossiers/{followed}/followers", json=invitation)).status_code == 201
    await recover(desk, loser, own, phone)
    await events.run_waiting()
    # Whoever reports it knows the old number alone.
    await system.report(event(code, 4, owner_phone=loser.phone))
    await age(database, "DELETE FROM core_count")
    await stranger.sign_in(loser.phone)
    await system.report(event(later := new_code(), 4, owner_phone=loser.phone))
    seen = [
        [it["standing"]["code"] for it in (await who.get("/api/dossiers")).json()["items"]] for who in (own, stranger)
    ]
    assert seen == [[code], [later]]
    invited = [
        [it["code"] for it in (await who.get("/api/dossiers/following")).json()["items"]] for who in (own, stranger)
    ]
    assert invited == [[followed], []]
    found = [(await look_up(code, digits[-4:])).status_code for digits in (phone, loser.phone)]
    assert found == [200, 404]


async def test_one_under_way_forbids_to_forget_and_one_that_is_over_does_not(
    browser: Browser,
    phone: str,
    system: System,
    staff_browser: StaffBrowser,
    events: Events,
    look_up: LookUp,
    code: str,
    database: Database,
) -> None:
    await browser.sign_in(phone)
    await system.report(event(code, 4, 5, owner_phone=phone, note="Gặp lại ở quầy"))
    asked = await ask(browser, "erasure")
    desk = await staff_browser("privacy:decide")
    path, grant = f"/api/privacy/desk/requests/{asked}/decision", {"grant": True, "answer": ""}
    refused = await desk.post(path, json=grant, headers={"If-Match": "1"})
    assert (refused.status_code, refused.json()["type"]) == (409, "must-be-kept")
    assert refused.json()["reasons"][0].startswith("Có hồ sơ đang giải quyết")

    await system.report(event(code, 9, 1, owner_phone=None))
    granted = await desk.post(path, json=grant, headers={"If-Match": "1"})
    assert granted.status_code == 200, granted.text
    await events.run_waiting()
    assert (await look_up(code, phone[-4:])).status_code == 404
    async with database.reading() as connection:
        left = await connection.scalar(
            text(
                "SELECT count(*) FROM dossiers_happening h JOIN dossiers_dossier d ON d.id = h.dossier_id "
                "WHERE d.code = :code AND h.note IS NOT NULL"
            ),
            {"code": code},
        )
    assert left == 0


async def test_an_ended_one_goes_when_somebody_has_said_when(
    settings: Settings, database: Database, events: Events
) -> None:
    assert events
    kept, over, under_way = new_code(), new_code(), new_code()
    for code, status, days in ((kept, 9, 0), (over, 9, 30), (under_way, 4, 30)):
        async with database.transaction() as session:
            report = msgspec.convert(event(code, status, 24 * 40), ReportedEvent)
            # The administrator's setting, and a partner of no name.
            intake = Intake(session, msgspec.structs.replace(settings, dossier_days=days))
            await intake.take(UUID(int=1), [report])
    async with database.transaction() as session:
        await forget(session, datetime.now(UTC) + timedelta(hours=1))
    async with database.reading() as connection:
        left = await connection.scalars(
            text("SELECT code FROM dossiers_dossier WHERE code = ANY(:codes)"), {"codes": [kept, over, under_way]}
        )
        assert set(left) == {kept, under_way}
