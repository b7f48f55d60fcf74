"""SECRET_KEY is changed while the house is closed: everything opens with the new one then, nothing with the old."""

import asyncio
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import msgspec
import psycopg
import pytest
from sqlalchemy import select
from uuid_utils.compat import uuid7

from server.app import SEALED, events_of, refuse_misfits
from server.auditor import verify
from server.core.anchors import public_key
from server.core.database import Database
from server.core.rotation import Sealed
from server.core.sealing import CannotOpen
from server.core.settings import Settings, WrongSetting
from server.modules.dossiers.models import Dossier, Follower, FollowState, FollowWay, RefusedEvent, Result
from server.modules.dossiers.schemas import ReportedEvent
from server.modules.dossiers.service.contacts import Contacts
from server.modules.dossiers.service.intake import Intake
from server.modules.feedback.models import Report, Step, Video
from server.modules.feedback.rules.states import Kind
from server.modules.feedback.service.seals import Seals
from server.modules.identity.models import ExternalAccount, Resident
from server.modules.identity.public import trace_with
from server.modules.identity.rules.demo import PASSWORD
from server.modules.identity.service.identifiers import Identifiers, subject_of
from server.modules.identity.service.partners import Partners, recognise_partner
from server.modules.payments.models import LineState, StatementLine
from server.modules.payments.service.personal import Personal
from server.tables import rotate_key
from tests.conftest import Start
from tests.modules.dossiers.conftest import event
from tests.modules.feedback.conftest import photo, report
from tests.modules.identity.conftest import Browser
from tests.modules.identity.test_staff_sign_in import give_code, give_password
from tests.pushservice import Phone, PushService

PHONE, OTHER_PHONE, NATIONAL_ID, NOTE = "0908642011", "0908642012", "096190086422", "Ghi chú chỉ mình tôi được đọc 8264"
SLIP = {"code": "H12.999-20261101-0000002", "last_digits": "0001"}
ISSUER, SUBJECT = "https://id.example.org", "khoa-1978"
NEW = "Qe0Zt3vN9sYx2LwPb5RfJdHuAa8MgC-and-more"


@pytest.fixture
def closed(fresh: Settings, tmp_path: Path) -> Settings:
    """A house in which nobody works, with a folder of its own."""
    return msgspec.structs.replace(fresh, var=tmp_path, new_secret_key=NEW)


@pytest.fixture
def reopened(closed: Settings) -> Settings:
    return msgspec.structs.replace(closed, secret_key=NEW, new_secret_key="")


class Filled(msgspec.Struct):
    """Who was there before: a browser of a resident, their request, a phone, a partner's token."""

    session: str
    version: int
    copy: str
    device: str
    device_secret: str
    phone: Phone
    key: str
    token: str


async def fill(settings: Settings, start: Start, push_service: PushService) -> Filled:
    async with start(settings) as client, Browser(client.app, settings) as browser:  # type: ignore[attr-defined]
        await browser.sign_in(PHONE)
        profile = await browser.put(
            "/api/identity/profile/national-id", json={"number": NATIONAL_ID}, headers={"If-Match": "1"}
        )
        assert profile.status_code == 200, profile.text
        asked = [
            await browser.post("/api/privacy/requests", json={"kind": kind, "note": NOTE})
            for kind in ("copy", "erasure")
        ]
        assert [reply.status_code for reply in asked] == [201, 201]
        key = (await client.get("/api/notifications/key")).json()["key"]
        phone = Phone(push_service, key)
        body = {"endpoint": phone.endpoint, "keys": phone.keys, "language": "vi"}
        device = (await client.post("/api/notifications/devices", json=body)).json()
        assert (await client.post("/api/dossiers/lookup", json=SLIP)).status_code == 200
        assert (await browser.put("/api/notifications/email", json={"address": "ba@example.vn"})).status_code == 200
        operation = uuid4()
        sent = await browser.put(f"/api/feedback/reports/{operation}", json=report(photos=1))
        shown = await browser.put(
            f"/api/feedback/reports/{operation}/photos/1", content=photo(), headers={"Content-Type": "image/jpeg"}
        )
        assert (sent.is_success, shown.is_success) == (True, True), sent.text + shown.text
        session = browser.cookies["__Host-sid"]
    database = Database(settings)
    await events_of(database).run_waiting()
    async with database.transaction() as work:
        resident_id = await work.scalar(select(Resident.id).where(Resident.national_id.is_not(None)))
        identifiers, row = Identifiers(settings), uuid7()
        index = identifiers.index("subject", subject_of(ISSUER, SUBJECT))
        sealed = identifiers.close("subject", row, SUBJECT)
        work.add_all(
            [
                ExternalAccount(id=row, issuer=ISSUER, subject=sealed, subject_index=index, resident_id=resident_id),
                ExternalAccount(
                    id=uuid7(), issuer=ISSUER, subject=None, subject_index=b"0" * 16, resident_id=resident_id
                ),
            ]
        )
        partners = Partners(work, settings)
        partner, secret = await partners.add(None, "Hệ thống một cửa", frozenset({"dossiers:intake"}))
        token = await partners.token(partner.id, secret)
        moved = event("H12.999-20261101-0000001", 4, note=NOTE, owner_phone=PHONE)
        await Intake(work, settings).take(partner.id, [msgspec.convert(moved, ReportedEvent)])
        dossier = await work.scalar(select(Dossier.id).where(Dossier.code == moved["code"]))
        assert dossier is not None
        reported = await work.scalar(select(Report.id).where(Report.operation == operation))
        contacts, follower, result, refused = Contacts(settings), uuid7(), uuid7(), uuid7()
        line, step, video, nobody = uuid7(), uuid7(), uuid7(), uuid7()
        given = {"dossier_id": dossier, "state": FollowState.INVITED, "since": datetime.now(UTC)}
        phone_of_theirs = contacts.close_follower(follower, OTHER_PHONE)
        index = trace_with(settings, OTHER_PHONE)
        work.add_all(
            [
                Follower(id=follower, way=FollowWay.PAPER, phone=phone_of_theirs, phone_index=index, **given),
                RefusedEvent(
                    id=refused, source="lgsp", problem="x", field="", item=contacts.close_refused(refused, b"{}")
                ),
                Step(
                    id=step,
                    report_id=reported,
                    kind=Kind.NOTED,
                    internal=True,
                    said=Seals(settings).close_said(step, NOTE),
                    detail={},
                ),
                Video(
                    id=video,
                    report_id=reported,
                    length=1,
                    offset=0,
                    pieces=0,
                    key=Seals(settings).close_key(video, b"0" * 32),
                ),
                StatementLine(
                    id=line,
                    partner_id=nobody,
                    bank_ref="1",
                    amount=1,
                    at=datetime.now(UTC),
                    said=Personal(settings).close_line(line, NOTE),
                    state=LineState.OPEN,
                ),
                Result(
                    id=result,
                    dossier_id=dossier,
                    added_by=result,
                    size=1,
                    digest=b"0" * 32,
                    key=contacts.close_key(result, b"0" * 32),
                ),
            ]
        )
    await database.close()
    return Filled(
        session, profile.json()["version"], asked[0].json()["id"], device["id"], device["secret"], phone, key, token
    )


@pytest.fixture
async def filled(closed: Settings, start: Start, push_service: PushService) -> Filled:
    return await fill(closed, start, push_service)


async def opened_by(settings: Settings, other: Settings) -> dict[str, tuple[int, int]]:
    """For each table, how many rows there are, and how many of them this key opens."""
    database, found = Database(settings), {}
    async with database.reading() as connection:
        for it in [it for it in SEALED if isinstance(it, Sealed)]:
            rows = (await connection.execute(select(it.table.__table__) if it.rows is None else it.rows)).all()
            opened = 0
            for row in rows:
                try:
                    it.again(row, settings, other)
                    opened += any(getattr(row, column) is not None for column in it.columns)
                except CannotOpen:
                    pass
            something = sum(any(getattr(row, column) is not None for column in it.columns) for row in rows)
            found[it.table.__tablename__] = (something, opened)
    await database.close()
    return found


async def test_everything_opens_with_the_new_key_and_nothing_with_the_old(
    filled: Filled,
    closed: Settings,
    reopened: Settings,
    start: Start,
    push_service: PushService,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = await opened_by(closed, reopened)
    # Every table has something in it.
    assert {name: it for name, it in before.items() if not it[0] == it[1] > 0} == {}
    await asyncio.to_thread(rotate_key, closed)
    said = capsys.readouterr().out
    assert "identity_resident: 4 sealed anew" in said
    assert "come back as new residents: 1 ended" in said
    assert await opened_by(reopened, closed) == before
    assert {opened for _, opened in (await opened_by(closed, reopened)).values()} == {0}
    with pytest.raises(WrongSetting, match="SECRET_KEY: is not the one"):
        await asyncio.to_thread(refuse_misfits, closed)
    await asyncio.to_thread(refuse_misfits, reopened)

    with psycopg.connect(closed.database_url) as connection:
        keys = [public_key(closed), public_key(reopened)]
        assert verify(connection, closed.anchors, keys).good
        assert not verify(connection, closed.anchors, keys[:1]).good  # the last anchor is the new key's
    await works(filled, reopened, start, push_service)


async def works(filled: Filled, settings: Settings, start: Start, push_service: PushService) -> None:
    """As if nothing had happened, for everybody who was there."""
    async with start(settings) as client, Browser(client.app, settings) as browser:  # type: ignore[attr-defined]
        # Whoever was signed in still is, has what they gave, and finds the file they asked for.
        browser.cookies.set("__Host-sid", filled.session)
        profile = (await browser.get("/api/identity/profile")).json()
        assert profile["national_id"].endswith(NATIONAL_ID[-3:]), profile
        mine = (await browser.get("/api/privacy/requests")).json()["items"]
        assert {it["note"] for it in mine} == {NOTE}
        file = await browser.get(f"/api/privacy/requests/{filled.copy}/file")
        with zipfile.ZipFile(io.BytesIO(file.content)) as package:
            assert NATIONAL_ID in package.read("du-lieu.txt").decode()
        # A proof, and a new sign-in: the same person; another number is another one.
        asked = (await browser.post("/api/identity/prove/codes")).json()
        proved = await browser.post(f"/api/identity/prove/codes/{asked['id']}", json={"digits": asked["shown"]})
        assert proved.status_code == 200, proved.text
        who = (await browser.get("/api/identity/session")).json()["caller"]["id"]
        async with Browser(client.app, settings) as other:  # type: ignore[attr-defined]
            assert (await other.sign_in(OTHER_PHONE))["id"] != who
        async with client.app.state.database.reading() as connection:  # type: ignore[attr-defined]
            index = Identifiers(settings).index("subject", subject_of(ISSUER, SUBJECT))
            linked = select(ExternalAccount.resident_id).where(ExternalAccount.subject_index == index)
            assert str(await connection.scalar(linked)) == who
            phone_index = Identifiers(settings).index("phone", f"+84{PHONE[1:]}")
            assert str(await connection.scalar(select(Resident.id).where(Resident.phone_index == phone_index))) == who
        # Staff with password and code; the slip; the phone that is rung; the partner.
        async with Browser(client.app, settings) as desk:  # type: ignore[attr-defined]
            step = await give_password(desk, "motcua", PASSWORD)
            assert (await give_code(desk, step.json()["shown"])).status_code == 200
        assert (await client.post("/api/dossiers/lookup", json=SLIP)).status_code == 200
        headers = {"Device-Secret": filled.device_secret}
        path = f"/api/notifications/devices/{filled.device}"
        assert (await client.get("/api/notifications/key")).json()["key"] == filled.key
        told = await client.post(f"{path}/test", headers=headers)
        await events_of(client.app.state.database).run_waiting()  # type: ignore[attr-defined]
        message = await client.get(f"{path}/messages/{told.json()['message_id']}", headers=headers)
        assert message.json()["state"] == "accepted", message.text
        body = {"endpoint": filled.phone.endpoint, "keys": filled.phone.keys, "language": "vi"}
        assert (await client.post("/api/notifications/devices", json=body)).status_code == 201
        assert (await client.get(path, headers=headers)).status_code == 404  # the same address: the older one made room
        assert await recognise_partner(client.app.state.database, settings, filled.token)  # type: ignore[attr-defined]


class TestRefused:
    """And then nothing is changed."""

    async def unchanged(self, closed: Settings, match: str) -> None:
        dump = (
            "SELECT id, phone, phone_index FROM identity_resident UNION SELECT id, sealed, NULL FROM notifications_key"
        )
        with psycopg.connect(closed.database_url) as connection:
            before = set(connection.execute(dump))
        with pytest.raises(WrongSetting, match=match):
            await asyncio.to_thread(rotate_key, closed)
        with psycopg.connect(closed.database_url) as connection:
            assert set(connection.execute(dump)) == before

    async def test_while_somebody_works(self, closed: Settings) -> None:
        with psycopg.connect(closed.database_url):
            await self.unchanged(closed, "DATABASE_URL: is used by 1 other connections")

    async def test_with_a_key_that_is_not_the_one(self, closed: Settings) -> None:
        await self.unchanged(
            msgspec.structs.replace(closed, secret_key="quite another key, of no use either"), "not the one"
        )

    @pytest.mark.parametrize("new", ["", "the same"])
    async def test_without_a_new_one(self, closed: Settings, new: str) -> None:
        new = new and closed.secret_key
        await self.unchanged(msgspec.structs.replace(closed, new_secret_key=new), "NEW_SECRET_KEY: is missing")

    async def test_when_one_row_does_not_open(self, closed: Settings) -> None:
        with psycopg.connect(closed.database_url) as connection:
            connection.execute("UPDATE identity_staff SET totp_secret = 'nothing that opens' WHERE login = 'quantri'")
        await self.unchanged(closed, "does not open a row of identity_staff")


async def test_a_second_time_says_so(closed: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """It was cut off after the change and before the last word, say."""
    (closed.var / "secret_key").write_text(closed.secret_key)
    await asyncio.to_thread(rotate_key, closed)
    assert (closed.var / "secret_key").read_text() == NEW
    (closed.var / "secret_key").write_text(closed.secret_key)
    await asyncio.to_thread(rotate_key, closed)
    assert "sealed with NEW_SECRET_KEY already" in capsys.readouterr().out
    assert (closed.var / "secret_key").read_text() == NEW
