"""Everything we hold about one person, from every module: shown to them whole, told who looked at it, and forgotten."""

import io
import json
import zipfile
from contextlib import suppress
from secrets import choice, randbelow
from string import ascii_lowercase
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select, text

from server.app import MODULES, SEALED
from server.core.database import Database
from server.core.events import Events
from server.core.files import FileMissing, files_at
from server.core.holding import COMMON
from server.core.rotation import Sealed
from server.core.sealing import CannotOpen, Seal
from server.core.settings import Settings
from server.modules.feedback.models import Photo, Report
from server.modules.identity.public import number_trace_with, trace_with
from server.modules.privacy.service import requests
from tests import canaries
from tests.modules.dossiers.conftest import System, event, new_code, new_system
from tests.modules.dossiers.office import Hire, hire
from tests.modules.dossiers.office import Officer as Desk
from tests.modules.dossiers.papers import plain
from tests.modules.feedback.conftest import UNIT, Officer, done, photo, report
from tests.modules.identity.authenticator import Authenticator
from tests.modules.identity.conftest import Browser, NewBrowser, NewPhone, StaffBrowser
from tests.modules.identity.test_passkeys import register
from tests.modules.payments.conftest import (
    NewPartner,
    Partner,
    balanced,
    bill,
    client,
    credit,
    new_browser,
    new_partner,
    new_phone,
    nothing_counted,
    paying,
    staff_browser,
    wired_as_before,
)
from tests.modules.payments.test_desk import UNIT as TILL
from tests.modules.payments.test_desk import NewClerk, new_clerk
from tests.pushservice import Phone, PushService

__all__ = [
    "balanced",
    "client",
    "hire",
    "new_browser",
    "new_clerk",
    "new_partner",
    "new_phone",
    "new_system",
    "nothing_counted",
    "paying",
    "staff_browser",
    "wired_as_before",
]

RESULT = plain("Of one person alone")


class Typed(NamedTuple):
    """What is typed by and about one person, and by nobody else."""

    name: str
    national_id: str
    email: str
    device: str
    note: str
    billed: str
    for_whom: str
    transferred: str
    reported: str
    asked: str


def typed() -> Typed:
    mark = f"{randbelow(10**9):09}"
    return Typed(
        f"Lâm Thị {''.join(choice(ascii_lowercase) for _ in range(9)).title()}",
        canaries.wear("number", f"096{mark}"),
        f"ba.{mark}@example.vn",
        f"Điện thoại của má {mark}",
        f"Gặp lại ở quầy {mark}",
        f"Học phí {mark}",
        f"Lâm Văn Con {mark}",
        f"Má chuyển cho con {mark}",
        f"Cầu trước nhà tôi gãy {mark}",
        f"Tôi chuyển đi tỉnh khác {mark}",
    )


class Life(NamedTuple):
    id: str
    phone: str
    said: Typed
    browser: Browser
    desk: Desk
    dossier: dict[str, Any]
    system: System
    elsewhere: str
    bank: Partner
    paid: str
    due: str
    report: str


@pytest.fixture
async def life(
    new_browser: NewBrowser,
    new_phone: NewPhone,
    hire: Hire,
    staff_browser: StaffBrowser,
    new_system: Any,
    new_partner: NewPartner,
    push_service: PushService,
    paying: Settings,
    database: Database,
    events: Events,
) -> Life:
    """Somebody who has used everything there is."""
    browser, phone, said = new_browser(), new_phone(), typed()
    me = await browser.sign_in(phone)
    about = {"name": said.name, "commune_code": UNIT, "language": "vi"}
    assert (await browser.put("/api/identity/profile", json=about, headers={"If-Match": "1"})).status_code == 200
    number = {"number": said.national_id}
    given = await browser.put("/api/identity/profile/national-id", json=number, headers={"If-Match": "2"})
    assert given.status_code == 200, given.text
    passkey = await register(browser, Authenticator(paying.origin))
    named = await browser.put(f"/api/identity/passkeys/{passkey['id']}", json={"device": said.device})
    assert named.is_success, named.text
    assert (await browser.put("/api/notifications/email", json={"address": said.email})).status_code == 200
    for purpose in ("sms", "email"):
        assert (await browser.put(f"/api/privacy/consents/{purpose}", json={"version": 1})).status_code == 204
    rung = Phone(push_service, (await browser.get("/api/notifications/key")).json()["key"])
    await done(
        browser.post(
            "/api/notifications/devices", json={"endpoint": rung.endpoint, "keys": rung.keys, "language": "vi"}
        )
    )

    # At the desk: a dossier of theirs with its result, one that another system reports, and one they follow.
    desk = await hire()
    dossier = await desk.register(phone=phone, name=said.name)
    added = await desk.browser.post(
        f"/api/dossiers/desk/{dossier['id']}/results", content=RESULT, headers={"Content-Type": "application/pdf"}
    )
    assert added.status_code == 201, added.text
    system, elsewhere = await new_system("dossiers:intake"), new_code()
    await system.report(event(elsewhere, 4, 5, owner_phone=phone, note=said.note))

    # Two bills, one of which comes by transfer.
    biller, bank = await new_partner("payments:bill"), await new_partner("payments:statement")
    about_it = {"payer_phone": phone, "what": said.billed, "for_whom": said.for_whom, "place": TILL}
    paid, due = await biller.bill(bill(**about_it), bill(**about_it))
    assert await bank.credit(credit(f"{paid['code']} {said.transferred}")) == ["matched"]

    # A report with a photo.
    operation, shown = str(uuid4()), photo(color="purple")
    sent = await done(browser.put(f"/api/feedback/reports/{operation}", json=report(text=said.reported, photos=1)))
    path = f"/api/feedback/reports/{operation}/photos/1"
    await done(browser.put(path, content=shown, headers={"Content-Type": "image/jpeg"}))
    await events.run_waiting()
    return Life(
        id=me["id"],
        phone=phone,
        said=said,
        browser=browser,
        desk=desk,
        dossier=dossier,
        system=system,
        elsewhere=elsewhere,
        bank=bank,
        paid=paid["code"],
        due=due["code"],
        report=sent["code"],
    )


async def ask(life: Life, kind: str, note: str = "") -> str:
    asked = await life.browser.post("/api/privacy/requests", json={"kind": kind, "note": note})
    assert asked.status_code == 201, asked.text
    return str(asked.json()["id"])


async def decide(officer: Browser, request: str) -> httpx.Response:
    path = f"/api/privacy/desk/requests/{request}"
    version = (await officer.get(path)).json()["version"]
    body = {"grant": True, "answer": ""}
    return await officer.post(f"{path}/decision", json=body, headers={"If-Match": str(version)})


_CODES = """
SELECT code FROM places_unit UNION SELECT slug FROM places_office UNION SELECT slug FROM feedback_category
UNION SELECT code FROM catalogue_procedure UNION SELECT unnest(ARRAY['vi', 'en', 'km'])
"""
"""All that stands for a place, a category, a procedure or a language."""


def names_in(held: object) -> set[str]:
    if isinstance(held, list):
        return {name for value in held for name in names_in(value)}
    return {*held, *names_in([*held.values()])} if isinstance(held, dict) else set()


async def test_a_copy_holds_what_every_module_holds(life: Life, events: Events, database: Database) -> None:
    await life.desk.acts((await life.desk.read(life.dossier["id"])).json(), "take-up", "finish")
    topic = (await life.browser.get("/api/notifications/topics")).json()["items"][0]
    followed = (await life.browser.get("/api/notifications/following")).json()
    chosen = {"communes": ["32002"], "topics": [topic["code"]]}
    headers = {"If-Match": str(followed["version"])}
    await done(life.browser.put("/api/notifications/following", json=chosen, headers=headers))
    request = await ask(life, "copy")
    await events.run_waiting()
    file = await life.browser.get(f"/api/privacy/requests/{request}/file")
    with zipfile.ZipFile(io.BytesIO(file.content)) as package:
        held, said = json.loads(package.read("du-lieu.json")), package.read("du-lieu.txt").decode()
        files = {it: package.read(it) for it in package.namelist() if "/" in it}
    holdings = {module.name: module.holding for module in MODULES if module.holding}
    # Each name has its heading in every language.
    assert {name for module, it in holdings.items() for name in names_in(held[module]) - {*COMMON, *it.names}} == set()
    everything = json.dumps(held, ensure_ascii=False)
    theirs = {f"+84{life.phone[1:]}", life.dossier["code"], life.elsewhere, life.paid, life.due, life.report}
    theirs |= {*life.said} - {life.said.transferred, life.said.asked}
    assert {it for it in theirs if it not in everything or it not in said} == set()
    # A person reads names where a machine reads codes.
    async with database.reading() as connection:
        codes = set(await connection.scalars(text(_CODES))) | {topic["code"]}
    told = {line.strip().partition(": ")[2] or line.strip() for line in said.splitlines()}
    assert told & codes == set()
    assert {"Tiếng Việt", topic["name"]} <= told
    assert (held["identity"]["mã xã, phường"], held["identity"]["ngôn ngữ"]) == (UNIT, "vi")
    following = held["notifications"]["theo dõi"]
    assert (following["xã, phường"], following["chủ đề"]) == (["32002"], [topic["code"]])
    assert {it["thủ tục"] for it in held["dossiers"]["hồ sơ"]} <= codes
    assert held["feedback"]["phản ánh"][0]["lĩnh vực"] in codes
    assert {it["cơ quan"] for it in held["privacy"]["ai đã xem"]} <= codes
    assert held["tệp"] == {"kèm theo": list(files), "không kèm theo, xem trong ứng dụng": []}
    assert files[f"ho-so/{life.dossier['code']}/ket-qua-1.pdf"] == RESULT
    assert files[f"phan-anh/{life.report}/anh-1.jpg"].startswith(b"\xff\xd8\xff")


async def test_files_that_do_not_fit_are_named(life: Life, events: Events, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "MOST_OF_FILES", 10)
    request = await ask(life, "copy")
    await events.run_waiting()
    file = await life.browser.get(f"/api/privacy/requests/{request}/file")
    with zipfile.ZipFile(io.BytesIO(file.content)) as package:
        assert package.namelist() == ["du-lieu.json", "du-lieu.txt"]
        assert f"phan-anh/{life.report}/anh-1.jpg" in package.read("du-lieu.txt").decode()


async def test_who_looked_is_told_whatever_they_looked_at(
    life: Life, staff_browser: StaffBrowser, new_clerk: NewClerk
) -> None:
    asked = await ask(life, "correction", life.said.asked)
    # Who has acted on it has seen it, too.
    [acted] = (await life.browser.get("/api/privacy/looks")).json()["items"]
    assert (acted["unit"], acted["why"]) == ("32002", "work")
    hub = Officer(await staff_browser("feedback:handle", "feedback:triage", unit="31840"))
    found = await (await staff_browser("identity:recover", unit="32011")).post(
        "/api/identity/recovery/find", json={"name": life.said.name, "known_by": life.phone}
    )
    assert found.status_code == 200, found.text
    await life.desk.read(life.dossier["id"])
    await (await new_clerk()).see(life.paid)
    await hub.find(life.report)
    privacy = await staff_browser("privacy:decide", unit="31843")
    assert (await privacy.get(f"/api/privacy/desk/requests/{asked}")).status_code == 200
    looks = (await life.browser.get("/api/privacy/looks", params={"limit": 100})).json()["items"]
    assert {(it["unit"], it["why"]) for it in looks} == {
        ("32011", "desk"),
        ("32002", "work"),
        (TILL, "work"),
        ("31840", "work"),
        ("31843", "rights"),
    }
    assert [it["unit"] for it in looks].count("32002") == 2
    # In words: as what they looked, and not by which word of ours.
    assert len({it["as_what"] for it in looks}) == 5
    assert [it["as_what"] for it in looks if " " not in it["as_what"]] == []


LEFT = {
    "core_audit": "what was done, and about whom: the row that only grows",
    "identity_resident": "the empty row that what was done points to",
    "privacy_consent": "that something was agreed to and taken back, as proof",
    "privacy_request": "that it was asked and answered, as proof",
}
"""Where the number of an erased account may still stand."""


async def test_whoever_is_erased_is_nowhere_any_more(
    life: Life,
    staff_browser: StaffBrowser,
    events: Events,
    database: Database,
    paying: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    request = await ask(life, "erasure", life.said.asked)
    officer = await staff_browser("privacy:decide")
    # Of two reasons to keep it each module tells its own.
    refused = await decide(officer, request)
    assert (refused.status_code, refused.json()["type"], len(refused.json()["reasons"])) == (409, "must-be-kept", 2)
    async with database.reading() as connection:
        photos = list(
            await connection.scalars(
                select(Photo.id).join(Report, Report.id == Photo.report_id).where(Report.code == life.report)
            )
        )
    shelf = files_at(paying)
    assert await shelf.get(f"feedback/large/{photos[0]}")

    await life.desk.acts((await life.desk.read(life.dossier["id"])).json(), "take-up", "finish", "hand-over")
    await life.system.report(event(life.elsewhere, 9, 1, owner_phone=None))
    assert await life.bank.credit(credit(f"{life.due} {life.said.transferred}")) == ["matched"]
    hub = Officer(await staff_browser("feedback:handle", "feedback:triage", unit=UNIT))
    given = await hub.act("assign", await hub.find(life.report), unit=UNIT)
    await hub.act("fix", await hub.act("answer", given, text="Mai làm."), text="Đã xong.")
    await events.run_waiting()
    before = await everything_that_opens(database, paying, monkeypatch)
    sealed = {*life.said} - {life.said.name, life.said.device}
    assert {it for it in sealed if not any(it in said for said in before)} == set()

    granted = await decide(officer, request)
    assert granted.status_code == 200, granted.text
    await events.run_waiting()

    assert (await life.browser.get("/api/identity/profile")).status_code == 401
    after = await everything_that_opens(database, paying, monkeypatch)
    theirs = {*life.said, life.phone[1:]}
    assert {it for it in theirs if any(it in said for said in after)} == set()
    clear, places = await everything_in_clear(database, life.id)
    traces = trace_with(paying, life.phone), number_trace_with(paying, life.said.national_id)
    indexes = [it.hex() for it in traces if it]
    assert len(indexes) == 2
    assert {it for it in [*theirs, *indexes] if it in clear} == set()
    assert places - LEFT.keys() == set()
    with pytest.raises(FileMissing):
        await shelf.get(f"feedback/large/{photos[0]}")
    async with database.reading() as connection:
        acts = set(await connection.scalars(text("SELECT act FROM core_audit WHERE subject_id = :id"), {"id": life.id}))
    assert "privacy:erase" in acts


async def everything_that_opens(database: Database, settings: Settings, patch: pytest.MonkeyPatch) -> list[str]:
    """What SECRET_KEY still opens, of every row of every table."""
    opened: list[str] = []
    open_ = Seal.open

    def listening(self: Seal, sealed: bytes, bound_to: str) -> bytes:
        said = open_(self, sealed, bound_to)
        opened.append(said.decode(errors="replace"))
        return said

    with patch.context() as hearing:
        hearing.setattr(Seal, "open", listening)
        async with database.reading() as connection:
            for it in [it for it in SEALED if isinstance(it, Sealed)]:
                for row in await connection.execute(select(it.table.__table__) if it.rows is None else it.rows):
                    with suppress(CannotOpen):  # broken on purpose by another test
                        it.again(row, settings, settings)
    return opened


async def everything_in_clear(database: Database, resident_id: str) -> tuple[str, set[str]]:
    """All tables as text, and those in which this number stands."""
    clear, places = "", set()
    async with database.reading() as connection:
        names = await connection.scalars(
            text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        )
        for name in names.all():
            rows = (await connection.execute(text(f'SELECT it::text FROM "{name}" it'))).scalars().all()
            said = "\n".join(rows)
            clear += said
            if resident_id in said:
                places.add(name)
    return clear, places
