"""An office of the province: staff who are already signed in, or could be, and the residents they deal with."""

import itertools
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import msgspec
import pyotp
from argon2 import PasswordHasher
from playwright.async_api import BrowserContext
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.clock import HERE
from server.core.database import Database
from server.core.limits import Limits
from server.core.looks import Why, looked
from server.core.settings import Settings
from server.core.snapshot import touch
from server.modules.catalogue.models import Procedure
from server.modules.catalogue.rules.facts import Facts
from server.modules.catalogue.service.procedures import Catalogue
from server.modules.dossiers.models import Channel, Hours, OfficeCode, Returning
from server.modules.dossiers.rules.reports import NOBODY
from server.modules.dossiers.schemas import ReportedEvent
from server.modules.dossiers.schemas.desk import ActOnDossier, ReceivedPaper, RegisterDossier
from server.modules.dossiers.service.desk import Desk
from server.modules.dossiers.service.intake import Intake
from server.modules.dossiers.service.offices import Offices
from server.modules.dossiers.service.registry import Registry
from server.modules.feedback.models import Report
from server.modules.feedback.rules.content import STILL_AFTER_DAYS, Disclosure
from server.modules.feedback.rules.states import Act as ReportAct
from server.modules.feedback.schemas.desk import ActOnReport
from server.modules.feedback.schemas.reports import SendReport
from server.modules.feedback.service.clocks import Clocks
from server.modules.feedback.service.desk import Desk as ReportDesk
from server.modules.feedback.service.reports import Reports
from server.modules.identity.models import Method, Partner, Role, Session, Staff, StaffRole
from server.modules.identity.rules.person import searched
from server.modules.identity.service.links import Links
from server.modules.identity.service.residents import Residents
from server.modules.identity.service.sessions import Sessions
from server.modules.identity.service.time_codes import TimeCodes
from server.modules.news.models import Alert
from server.modules.news.rules.alerts import Said, Warn
from server.modules.news.rules.content import EMPTY, Content
from server.modules.news.rules.kinds import Kind as Kinds
from server.modules.news.rules.states import Act as NewsAct
from server.modules.news.schemas.desk import ActOnArticle
from server.modules.news.service.alerts import SNAPSHOT as ALERTS
from server.modules.news.service.alerts import Alerts
from server.modules.news.service.articles import Articles
from server.modules.news.service.templates import Templates
from server.modules.payments.models import OURSELVES, Charge
from server.modules.payments.rules.states import Purpose, RefundReason
from server.modules.payments.schemas.bills import Credit
from server.modules.payments.service.charges import Charges, Demand, Raised
from server.modules.payments.service.desk import PaymentDesk
from server.modules.payments.service.refunds import Refunds
from server.modules.payments.service.settling import Money, lock, settle
from server.modules.payments.service.statements import Statements
from server.modules.privacy.rules.requests import Kind
from server.modules.privacy.service.requests import Requests
from tests.modules.payments.conftest import MERCHANT
from tests.modules.payments.conftest import SECRET as GATEWAY

AT_THE_DESK = ("dossiers:move", "dossiers:read", "dossiers:register")
AT_THE_TILL = ("payments:cash", "payments:raise", "payments:read", "payments:reconcile", "payments:refund")
AT_THE_NEWS = ("news:read", "news:review", "news:write")
EVERYTHING = (
    *AT_THE_DESK,
    *AT_THE_NEWS,
    "catalogue:words",
    "dossiers:calendar",
    "dossiers:feeds",
    "dossiers:offices",
    "feedback:categories",
    "feedback:handle",
    "feedback:triage",
    "identity:administer",
    "identity:recover",
    "news:warn",
    "news:warn-alone",
    "payments:approve",
    *AT_THE_TILL,
    "privacy:audit",
    "privacy:decide",
)
MONEY = {
    "BANK_BIN": "970403",
    "BANK_ACCOUNT": "0011012345678",
    "BANK_NAME": "Ngân hàng Thử",
    "BANK_HOLDER": "KHO BAC THU NGHIEM",
    "VNPAY_URL": "https://pay.example.test/vpcpay.html",
    "VNPAY_TMN_CODE": MERCHANT,
    "VNPAY_SECRET": GATEWAY,
}
"""The settings of processes that take money."""
PASSWORD = "ba cây dừa nước nghiêng"
_HASH = PasswordHasher(memory_cost=19 * 1024, time_cost=2, parallelism=1).hash(PASSWORD)
_numbers = itertools.count(1)


class Member(NamedTuple):
    """Somebody of the staff, with the secret of their authenticator and the token of an open session."""

    id: UUID
    login: str
    name: str
    secret: str
    token: str

    def code(self, steps: int = 0) -> str:
        """What the authenticator app shows; each works once, so a second proof is one of the next step."""
        return pyotp.TOTP(self.secret).generate_otp(int(datetime.now(UTC).timestamp()) // 30 + steps)

    async def enter(self, context: BrowserContext) -> None:
        """Be signed in on this browser."""
        await context.add_cookies(
            [{"name": "__Host-sid", "value": self.token, "domain": "localhost", "path": "/", "secure": True}]
        )


class Resident(NamedTuple):
    id: UUID
    name: str
    phone: str


class Office:
    """Arranges in the database what a test begins with."""

    def __init__(self, database_url: str, secret_key: str) -> None:
        self._settings = Settings(database_url=database_url, secret_key=secret_key)
        self._database = Database(self._settings)

    async def close(self) -> None:
        await self._database.close()

    async def hire(self, *permissions: str, name: str = "Đặng Thị Thử", role: str = "") -> Member:
        """A member with one role that has these permissions, working at the first commune."""
        number = next(_numbers)
        secret = pyotp.random_base32()
        login = f"can-bo-{os.getpid()}-{number}"
        member = Staff(
            id=uuid7(), login=login, name=name, unit="32002", searched=searched(f"{login} {name}"), password_hash=_HASH
        )
        member.totp_secret = TimeCodes.close(self._settings, member.id, secret)
        async with self._database.transaction() as session:
            session.add(member)
            if permissions:
                its = Role(id=uuid7(), name=role or f"Tổ {os.getpid()}-{number}", permissions=list(permissions))
                session.add(its)
                await session.flush()
                session.add(StaffRole(staff_id=member.id, role_id=its.id))
            await session.flush()
            _, token = await Sessions(session).open_for_staff(member, Method.PASSKEY, device="Chrome · Windows")
        return Member(member.id, login, name, secret, token)

    async def link(self, name: str = "Phan Thị Mới") -> str:
        """The way to a first password of somebody new, without our address."""
        async with self._database.transaction() as session:
            login = f"can-bo-{os.getpid()}-{next(_numbers)}"
            member = Staff(id=uuid7(), login=login, name=name, unit="32002", searched=searched(f"{login} {name}"))
            session.add(member)
            await session.flush()
            link = await Links(session, self._settings).make(member, None)
        return link.url.removeprefix(self._settings.origin)

    async def outdate(self, member: Member) -> None:
        """Their last proof is too old for a sensitive act."""
        await self._proved(member, datetime.now(UTC) - timedelta(hours=1))

    async def has_proved(self, member: Member) -> None:
        """Their last proof is of now."""
        await self._proved(member, datetime.now(UTC))

    async def _proved(self, member: Member, at: datetime) -> None:
        async with self._database.transaction() as session:
            await session.execute(update(Session).where(Session.staff_id == member.id).values(proved_at=at))

    async def sign_out(self, member: Member) -> None:
        """Their sessions are over: too long without use, or ended from elsewhere."""
        async with self._database.transaction() as session:
            await session.execute(delete(Session).where(Session.staff_id == member.id))

    async def end_elsewhere(self, member: Member) -> None:
        """Their sessions are ended by somebody, or by themselves on another browser."""
        async with self._database.transaction() as session:
            staff = (await session.scalars(select(Staff).where(Staff.id == member.id))).one()
            await Sessions(session).end_all_of(staff)

    async def warns(self, headline: str = "Triều cường lên 2,15 m", **more: Any) -> UUID:
        """A warning is in force, in Vietnamese and Khmer, for two communes unless said otherwise."""
        now = datetime.now(UTC)
        writer = Caller(id=uuid7(), kind="staff", session_id=uuid7(), proved_at=now)
        warn = Warn(
            kind=Kinds.TIDE,
            level=3,
            everywhere=False,
            communes=["32002", "32248"],
            begins_at=now - timedelta(hours=1),
            ends_at=now + timedelta(hours=12),
            vi=Said(headline, "Nước dâng cao nhất lúc 18h30.", ["Kê cao đồ đạc", "Gọi 112 khi cần giúp"]),
            en=None,
            km=Said("ទឹកជោរ", "ទឹកឡើងខ្ពស់។", ["លើកឥវ៉ាន់"]),
            source="Đài Khí tượng Mẫu",
        )
        async with self._database.transaction() as session:
            alerts = Alerts(session)
            alert = await alerts.begin(writer, msgspec.structs.replace(warn, **more))
            await alerts.put_in_force(writer, alert.id, alert.version, alone=True)
        return alert.id

    async def all_quiet(self) -> None:
        """No warning is in force, and none was lately."""
        async with self._database.transaction() as session:
            await session.execute(delete(Alert))
            await touch(session, ALERTS)

    async def disconnect(self) -> None:
        """No other system is known here."""
        async with self._database.transaction() as session:
            await session.execute(delete(Partner))

    async def publishes_anew(self, code: str, **changed: Any) -> None:
        """The next list of procedures, on which this one is another."""
        async with self._database.transaction() as session:
            rows = await session.execute(select(Procedure.code, Procedure.facts))
            published = {row.code: msgspec.convert(row.facts, Facts) for row in rows}
            published[code] = msgspec.structs.replace(published[code], **changed)
            await Catalogue(session).take_over(published)

    async def opens_a_desk(self) -> None:
        """The first commune has a code for its dossiers."""
        async with self._database.transaction() as session:
            if not await session.scalar(select(OfficeCode.id).where(OfficeCode.place == "32002")):
                await Offices(session).describe(None, "32002", 0, "H12.901", Hours.OFFICE)

    async def files(self, member: Member, resident: Resident, *acts: ActOnDossier) -> UUID:
        """The resident hands something in at this member's desk, who then does this to it."""
        await self.opens_a_desk()
        given = RegisterDossier(
            procedure="1.001193",
            name=resident.name,
            phone=resident.phone.replace("+84", "0"),
            papers=[ReceivedPaper(name="Giấy chứng sinh", kind="original", count=1)],
            handling_place="32002",
            channel=Channel.DIRECT,
            returning=Returning.DESK,
        )
        async with self._database.transaction() as session:
            row = await Registry(session, self._settings).register(_caller(member), given)
            for version, act in enumerate(acts, 1):
                await Desk(session, self._settings).act(_caller(member), row, version, act)
        return row

    async def hears_of(self, code: str, *, owner_id: str, at: str | None = None) -> None:
        """Another system has a dossier that was filed with this personal number, and lies `at` this office."""
        now = datetime.now(UTC).isoformat()
        report = {"source": "một cửa", "event_id": str(uuid4()), "code": code, "procedure": "1.004194", "status": 4}
        given = msgspec.convert(report | {"at": now, "owner_id": owner_id, "handling_unit": at}, ReportedEvent)
        async with self._database.transaction() as session:
            await Intake(session, self._settings).take(NOBODY, [given])

    async def reported(self, operation: UUID, at: tuple[float, float] | None = None) -> UUID:
        """Somebody without an account has reported something, `at` this place or somewhere in a commune, with a photo
        that is still on its way; its id.
        """
        given = SendReport(
            category="ha-tang-do-thi",
            text="Nắp cống trước chợ bị vỡ, xe máy dễ sập.",
            lat=None,
            lon=None,
            accuracy_m=None,
            commune="32002",
            outside_meant=False,
            urgent=True,
            disclosure=Disclosure.NOBODY,
            photos=1,
            written_at=datetime.now(UTC),
        )
        async with self._database.transaction() as session:
            limits = Limits(self._database, self._settings)
            await Reports(session, self._settings).send(None, operation, given, limits, str(operation))
            report = (await session.scalars(select(Report).where(Report.operation == operation))).one()
            report.lat, report.lon = at or (None, None)
            return report.id

    async def asks_again(self) -> None:
        """The newest field report was fixed four weeks ago, and its reporter is asked whether it still is."""
        async with self._database.transaction() as session:
            code = (await session.scalars(select(Report.code).order_by(Report.id.desc()).limit(1))).one()
        await self.fixes_report(code, "Đã thay bóng đèn.")
        async with self._database.transaction() as session:
            await Clocks(session, self._settings).ask_again(datetime.now(UTC) + timedelta(days=STILL_AFTER_DAYS))

    async def fixes_report(self, code: str, text: str, act: ReportAct = ReportAct.FIX) -> None:
        """The hub gives a field report to the first commune, closes it as fixed, or does what `act` says, and says so
        much to its reporter.
        """
        hub = Caller(
            id=uuid7(),
            kind="staff",
            session_id=uuid7(),
            proved_at=datetime.now(UTC),
            unit="32002",
            permissions=frozenset({"feedback:handle", "feedback:triage"}),
        )
        async with self._database.transaction() as session:
            report = (await session.scalars(select(Report).where(Report.code == code))).one()
            desk = ReportDesk(session, self._settings)
            for one in (
                ActOnReport(act=ReportAct.ASSIGN, unit="32002"),
                ActOnReport(act=act, text=text),
            ):
                await desk.act(hub, report.id, report.version, one)

    async def writes(self, member: Member, **said: Any) -> UUID:
        """A draft of this member's; `said` as in a content (rules/content.py)."""
        async with self._database.transaction() as session:
            article = await Articles(session).begin(_caller(member, *AT_THE_NEWS), _content(said))
        return article.id

    async def publishes(self, writer: Member, reviewer: Member, **said: Any) -> UUID:
        """Written by one, let out by the other."""
        article_id = await self.writes(writer, **said)
        for by, act in ((writer, NewsAct.SUBMIT), (reviewer, NewsAct.APPROVE)):
            await self.moves(by, article_id, act)
        return article_id

    async def moves(self, member: Member, article_id: UUID, act: NewsAct, reason: str = "") -> None:
        async with self._database.transaction() as session:
            articles = Articles(session)
            version = (await articles.find(article_id)).version
            await articles.act(_caller(member, *AT_THE_NEWS), article_id, version, ActOnArticle(act=act, reason=reason))

    async def bills(self, phone: str, what: str = "Học phí tháng 11", *, paid: bool = False, due: int = 9) -> str:
        """A school of the first commune asks whoever has this phone for 8.000 đồng, due in so many days; the code."""
        today = datetime.now(HERE).date()
        demand = Demand(
            reference=str(uuid4()),
            payee="truong-thu",
            payee_name="Trường Tiểu học Thử",
            purpose=Purpose.TUITION,
            subject="",
            amount=8000,
            what=what,
            for_whom="Nguyễn Văn Mẫu, lớp 3A",
            due_on=today + timedelta(days=due),
            phone=phone.replace("+84", "0"),
            place="32002",
        )
        async with self._database.transaction() as session:
            [raised] = await Charges(session, self._settings).raise_all(OURSELVES, [demand])
            assert isinstance(raised, Raised)
            if paid:
                charge = await lock(session, await self._charge(session, raised.code))
                await settle(session, charge, Money("bank", str(uuid4()), 8000, datetime.now(UTC)))
        return raised.code

    async def asks_money_back(self, member: Member, code: str, amount: int) -> UUID:
        """This member asks for part of what paid a bill; the charge."""
        async with self._database.transaction() as session:
            charge = await lock(session, await self._charge(session, code))
            await Refunds(session).ask(_caller(member), charge, amount, charge.amount, RefundReason.OTHER)
        return charge.id

    async def is_sent_money(self, text: str, amount: int = 8000) -> None:
        """A line of the bank's statement."""
        line = Credit(bank_ref=str(uuid4()), amount=amount, at=datetime.now(UTC), text=text)
        async with self._database.transaction() as session:
            await Statements(session, self._settings).take(OURSELVES, [line])

    async def takes_cash(self, member: Member, code: str) -> None:
        async with self._database.transaction() as session:
            desk = PaymentDesk(session, self._settings)
            await desk.take_cash(_caller(member), await self._charge(session, code), 8000)

    async def charge(self, code: str) -> UUID:
        async with self._database.transaction() as session:
            return await self._charge(session, code)

    @staticmethod
    async def _charge(session: AsyncSession, code: str) -> UUID:
        return (await session.scalars(select(Charge.id).where(Charge.code == code))).one()

    async def keeps_templates(self, member: Member, names: Sequence[str]) -> None:
        async with self._database.transaction() as session:
            for name in names:
                await Templates(session).keep(_caller(member, *AT_THE_NEWS), name[:80], EMPTY)

    async def forgets_templates(self, member: Member, names: Sequence[str]) -> None:
        async with self._database.transaction() as session:
            for name in names:
                await Templates(session).forget(_caller(member, *AT_THE_NEWS), name[:80])

    async def resident(self, name: str = "Nguyễn Thị Bé Năm") -> Resident:
        phone = f"+8498{os.getpid() % 1000:03}{next(_numbers):04}"
        async with self._database.transaction() as session:
            one = await Residents(session, self._settings).by_phone(phone, "vi")
            one.name, one.name_folded = name, searched(name)
        return Resident(one.id, name, phone)

    async def resident_of(self, phone: str) -> Resident:
        """Whoever has signed in with this number."""
        async with self._database.transaction() as session:
            one = await Residents(session, self._settings).by_phone(phone.replace("0", "+84", 1), "vi")
        return Resident(one.id, one.name, phone)

    async def looks(self, resident: Resident, *, times: int) -> None:
        """An officer opens this resident's record again and again."""
        officer = Caller(id=uuid7(), kind="staff", session_id=uuid7(), proved_at=datetime.now(UTC), unit="32002")
        async with self._database.transaction() as session:
            for _ in range(times):
                await looked(session, officer, resident.id, permission="privacy:decide", why=Why.RIGHTS)

    async def asks(self, resident: Resident, kind: Kind, note: str = "", *, days_ago: int = 0) -> UUID:
        """The resident asks something about their data; so long ago."""
        now = datetime.now(UTC)
        caller = Caller(id=resident.id, kind="resident", session_id=uuid7(), proved_at=now)
        async with self._database.transaction() as session:
            request = await Requests(session, self._settings).ask(caller, kind, note, "vi")
            request.created_at -= timedelta(days=days_ago)
            request.due_at -= timedelta(days=days_ago)
        return request.id


def _caller(member: Member, *permissions: str) -> Caller:
    return Caller(
        id=member.id,
        kind="staff",
        session_id=uuid7(),
        proved_at=datetime.now(UTC),
        permissions=frozenset(permissions),
        unit="32002",
        name=member.name,
    )


def _content(said: dict[str, Any]) -> Content:
    return msgspec.convert(msgspec.to_builtins(EMPTY) | {"source": "Cơ quan Mẫu"} | said, Content)
