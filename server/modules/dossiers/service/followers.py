"""Following somebody else's dossier, a parent's or a child's, as long as both want it."""

from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.audit import record
from server.core.looks import Why, looked
from server.core.problems import Problem
from server.core.settings import Settings
from server.core.words import Words
from server.modules.dossiers.models import Contact, Dossier, Follower, FollowState, FollowWay
from server.modules.dossiers.rules import following as words
from server.modules.dossiers.rules.reports import phone_digits
from server.modules.dossiers.schemas.following import FollowerReply
from server.modules.dossiers.service.contacts import Contacts
from server.modules.dossiers.service.desk import DossierUnknown
from server.modules.dossiers.service.filings import find
from server.modules.dossiers.service.mine import owned_by, traces_of
from server.modules.dossiers.service.owners import owners_of
from server.modules.dossiers.service.registry import PhoneNumberRefused
from server.modules.identity.public import name_of_resident, names_of_residents, residents_by_trace, trace_of
from server.modules.notifications.public import Notice, Topic, notify

MOST = 10


class FollowerUnknown(Problem):
    """There is none, it has ended, or it concerns other people."""

    status = 404
    title = Words(
        "Không còn lời mời hay việc theo dõi này",
        "There is no such invitation, or it has ended",
        "គ្មានការអញ្ជើញ ឬការតាមដាននេះទៀតទេ",
    )


class TooManyFollowers(Problem):
    title = Words(
        "Mỗi hồ sơ có nhiều nhất 10 người theo dõi cùng",
        "A dossier has ten followers at most",
        "សំណុំឯកសារមួយមានអ្នកតាមដានច្រើនបំផុត ១០ នាក់",
    )


class OneOfTheirOwn(Problem):
    title = Words(
        "Người này là chủ hồ sơ hoặc đã có trong danh sách",
        "This person owns the dossier, or is on the list already",
        "បុគ្គលនេះជាម្ចាស់សំណុំឯកសារ ឬមានក្នុងបញ្ជីរួចហើយ",
    )


class ConsentPaperNeeded(Problem):
    status = 400
    title = Words(
        "Hãy ghi giấy đồng ý của chủ hồ sơ: ngày nào, lưu ở đâu",
        "Say which consent of the owner there is on paper: its day, and where it is kept",
        "សូមបញ្ជាក់លិខិតយល់ព្រមរបស់ម្ចាស់៖ ថ្ងៃណា រក្សាទុកនៅឯណា",
    )


class Followed(NamedTuple):
    """One row as one of both sides reads it; `by`: who owns the dossier, empty where no account does."""

    row: Follower
    code: str
    name: str
    by: str


class Followers:
    """Who may follow a dossier beside its owner."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._contacts = Contacts(settings)

    async def invite(self, caller: Caller, dossier: Dossier, phone: str, name: str) -> None:
        """By the owner. Whether anybody has an account with this phone is not said.

        Raises PhoneNumberRefused, OneOfTheirOwn, TooManyFollowers.
        """
        await self._by_phone(dossier, phone, name, FollowWay.INVITED)
        await self._noted(caller, "dossiers:invite", dossier)

    async def ask(self, caller: Caller, dossier: Dossier) -> None:
        """By whoever knows the code and the digits; the owner decides. Asking again changes nothing."""
        if await self._session.scalar(owned_by(await traces_of(self._session, caller), dossier.id)):
            raise OneOfTheirOwn
        there = select(Follower.id).where(_of(dossier), Follower.resident_id == caller.id, _LASTS)
        if await self._session.scalar(there):
            return
        await self._room(dossier)
        row = Follower(
            dossier_id=dossier.id, resident_id=caller.id, way=FollowWay.ASKED, state=FollowState.ASKED, since=_now()
        )
        await self._add(row)
        await self._noted(caller, "dossiers:ask-to-follow", dossier)
        who = await name_of_resident(self._session, caller.id)
        await self._tell_owners(row, dossier, words.ASKED, who)

    async def confirm(self, caller: Caller, dossier: Dossier, row_id: UUID) -> None:
        """By the owner, on their own phone. Raises FollowerUnknown."""
        row = await self._one(select(Follower).where(_of(dossier), Follower.state == FollowState.ASKED), row_id)
        row.state, row.since = FollowState.FOLLOWING, _now()
        await self._noted(caller, "dossiers:let-follow", dossier)
        assert row.resident_id
        await self._tell(row, row.resident_id, dossier, words.LET)
        await self._session.flush()

    async def accept(self, caller: Caller, row_id: UUID) -> None:
        """By whoever was invited, with the phone they have proved. Raises FollowerUnknown, OneOfTheirOwn."""
        row = await self._one(await self._invitations(caller), row_id)
        dossier = await self._session.get_one(Dossier, row.dossier_id)
        row.resident_id, row.state, row.since = caller.id, FollowState.FOLLOWING, _now()
        # Who it is tells the account now.
        row.phone = row.phone_index = None
        try:
            async with self._session.begin_nested():
                await self._session.flush()
        except IntegrityError:
            raise OneOfTheirOwn from None
        await self._noted(caller, "dossiers:follow", dossier)
        who = await name_of_resident(self._session, caller.id)
        await self._tell_owners(row, dossier, words.ACCEPTED, who)

    async def end(self, caller: Caller, row_id: UUID) -> None:
        """By either of both, at any time, also before it began. Raises FollowerUnknown."""
        traces = await traces_of(self._session, caller)
        mine = select(Contact.dossier_id).where(Contact.owner_index.in_(traces))
        ways: list[ColumnElement[bool]] = [
            Follower.resident_id == caller.id,
            Follower.phone_index.in_(traces),
            Follower.dossier_id.in_(mine),
        ]
        row = await self._one(select(Follower).where(or_(*ways), _LASTS), row_id)
        await self._end(caller, row)

    async def of(self, dossier: Dossier) -> list[Followed]:
        """Those who follow, were invited or ask to."""
        asked = select(Follower).where(_of(dossier), _LASTS).order_by(Follower.id)
        rows = (await self._session.scalars(asked)).all()
        names = await names_of_residents(self._session, {row.resident_id for row in rows if row.resident_id})
        return [Followed(row, dossier.code, self._name(row, names), "") for row in rows]

    async def mine(self, caller: Caller) -> list[Followed]:
        """What this person follows, has asked for, or was invited to."""
        ways = or_(Follower.resident_id == caller.id, Follower.phone_index.in_(await traces_of(self._session, caller)))
        asked = select(Follower, Dossier.code).join(Dossier, Dossier.id == Follower.dossier_id).where(ways, _LASTS)
        rows = (await self._session.execute(asked.order_by(Follower.id.desc()).limit(100))).all()
        owners = await owners_of(self._session, [row.dossier_id for row, _ in rows])
        names = await names_of_residents(self._session, {its[0] for its in owners.values()})
        by = {row: names.get(its[0], "") for row, its in owners.items()}
        # Whom it belongs to is not told to somebody who only asks.
        return [
            Followed(row, code, "", "" if row.state is FollowState.ASKED else by.get(row.dossier_id, ""))
            for row, code in rows
        ]

    async def note_look(self, caller: Caller, dossier: Dossier) -> None:
        """The owner reads who has looked, a follower too."""
        for owner in (await owners_of(self._session, [dossier.id])).get(dossier.id, []):
            await looked(self._session, caller, owner, permission=words.PERMISSION, why=Why.CONSENT)

    async def record_paper(self, caller: Caller, dossier_id: UUID, phone: str, name: str, document: str) -> None:
        """At the desk, for an owner without a phone: the consent is on paper, the follower accepts on their own phone.

        Raises DossierUnknown, ConsentPaperNeeded, PhoneNumberRefused, OneOfTheirOwn, TooManyFollowers.
        """
        dossier = await self._of_desk(caller, dossier_id)
        if not document:
            raise ConsentPaperNeeded
        await self._by_phone(dossier, phone, name, FollowWay.PAPER, document)
        await self._noted(caller, "dossiers:record-consent", dossier)

    async def end_at_desk(self, caller: Caller, dossier_id: UUID, row_id: UUID) -> None:
        """The owner has come and takes it back. Raises DossierUnknown, FollowerUnknown."""
        dossier = await self._of_desk(caller, dossier_id)
        await self._end(caller, await self._one(select(Follower).where(_of(dossier), _LASTS), row_id))

    async def _of_desk(self, caller: Caller, dossier_id: UUID) -> Dossier:
        found = await find(self._session, caller, dossier_id)
        if found is None:
            raise DossierUnknown
        return found[0]

    async def _by_phone(self, dossier: Dossier, phone: str, name: str, way: FollowWay, document: str = "") -> None:
        digits = phone_digits(phone)
        trace = trace_of(self._session, digits) if digits else None
        if digits is None or trace is None:
            raise PhoneNumberRefused
        if await self._session.scalar(owned_by([trace], dossier.id)):
            raise OneOfTheirOwn
        resident = (await residents_by_trace(self._session, {trace})).get(trace)
        same = [Follower.phone_index == trace, *([Follower.resident_id == resident] if resident else [])]
        if await self._session.scalar(select(Follower.id).where(_of(dossier), or_(*same), _LASTS)):
            raise OneOfTheirOwn
        await self._room(dossier)
        row = uuid7()
        follower = Follower(
            id=row,
            dossier_id=dossier.id,
            phone=self._contacts.close_follower(row, digits),
            phone_index=trace,
            name=self._contacts.close_follower(row, name) if name else None,
            document=self._contacts.close_follower(row, document) if document else None,
            way=way,
            state=FollowState.INVITED,
            since=_now(),
        )
        await self._add(follower)
        if resident:
            await self._tell(follower, resident, dossier, words.INVITED)

    async def _room(self, dossier: Dossier) -> None:
        # Held, so that two at once do not both take the last place, nor invite one person twice.
        await self._session.execute(select(Dossier.id).where(Dossier.id == dossier.id).with_for_update())
        counted = select(func.count()).select_from(Follower).where(_of(dossier), _LASTS)
        if (await self._session.scalar(counted) or 0) >= MOST:
            raise TooManyFollowers

    async def _add(self, row: Follower) -> None:
        try:
            async with self._session.begin_nested():
                self._session.add(row)
                await self._session.flush()
        except IntegrityError:
            raise OneOfTheirOwn from None

    async def _invitations(self, caller: Caller) -> Select[Follower]:
        traces = await traces_of(self._session, caller)
        return select(Follower).where(Follower.phone_index.in_(traces), Follower.state == FollowState.INVITED)

    async def _one(self, which: Select[Follower], row_id: UUID) -> Follower:
        row = await self._session.scalar(which.where(Follower.id == row_id).with_for_update())
        if row is None:
            raise FollowerUnknown
        return row

    async def _end(self, caller: Caller, row: Follower) -> None:
        dossier = await self._session.get_one(Dossier, row.dossier_id)
        followed = row.state is FollowState.FOLLOWING
        row.state, row.ended_at = FollowState.ENDED, _now()
        row.phone = row.phone_index = row.name = row.document = None
        await self._noted(caller, "dossiers:end-following", dossier)
        await self._session.flush()
        if not followed or row.resident_id is None:
            return
        if caller.id == row.resident_id:
            who = await name_of_resident(self._session, caller.id)
            await self._tell_owners(row, dossier, words.LEFT, who)
        else:
            await self._tell(row, row.resident_id, dossier, words.ENDED, path="/dossiers")

    def _name(self, row: Follower, names: dict[UUID, str]) -> str:
        """What the owner calls them; else what they call themselves."""
        if row.name:
            return self._contacts.open_follower(row.id, row.name)
        return names.get(row.resident_id, "") if row.resident_id else ""

    async def _tell_owners(self, row: Follower, dossier: Dossier, said: words.Said, who: str) -> None:
        for owner in (await owners_of(self._session, [dossier.id])).get(dossier.id, []):
            await self._tell(row, owner, dossier, said, who, path=f"/dossiers/{dossier.code}/followers")

    async def _tell(
        self, row: Follower, resident: UUID, dossier: Dossier, said: words.Said, who: str = "", path: str = ""
    ) -> None:
        notice = Notice(
            key=f"follower/{row.id}/{row.state}",
            resident_id=resident,
            topic=Topic.ACCOUNT,
            subject=f"follower/{row.id}",
            title=words.put(said.title, dossier.code, who),
            body=words.put(said.body, dossier.code, who),
            plain=words.PLAIN,
            path=path or ("/dossiers" if row.state is FollowState.INVITED else f"/dossiers/{dossier.code}"),
        )
        await notify(self._session, [notice])

    async def _noted(self, caller: Caller, act: str, dossier: Dossier) -> None:
        at = {"unit": caller.unit} if caller.unit else {}
        await record(self._session, act=act, actor=caller, subject=("dossier", dossier.id), **at)


def follower_reply(it: Followed) -> FollowerReply:
    return FollowerReply(id=it.row.id, name=it.name, way=it.row.way, state=it.row.state, since=it.row.since)


_LASTS = Follower.state != FollowState.ENDED


def _of(dossier: Dossier) -> ColumnElement[bool]:
    return Follower.dossier_id == dossier.id


def _now() -> datetime:
    return datetime.now(UTC)
