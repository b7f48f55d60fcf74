"""The dossiers of one person, by the phone their account has proved."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.events import publish
from server.core.holding import Coded, called
from server.core.settings import Settings
from server.modules.catalogue.public import Named, names_of_procedures
from server.modules.dossiers.events import ResultRemoved
from server.modules.dossiers.models import (
    Contact,
    ContactKind,
    Deed,
    Dossier,
    Filing,
    Follower,
    Happening,
    Result,
    SlipText,
)
from server.modules.dossiers.rules.held import FOLLOWING
from server.modules.dossiers.rules.reports import Flag, Step, national_code, received_at, way
from server.modules.dossiers.rules.statuses import MEANING, OPEN
from server.modules.dossiers.service.contacts import Contacts
from server.modules.identity.public import number_of_resident, residents_by_trace, traces_of_resident
from server.modules.places.public import names_of_workplaces

_FOR_GOOD = datetime(9999, 1, 1, tzinfo=UTC)


async def owners_of(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """The residents who have proved a phone or a personal number that was given for these dossiers."""
    given = select(Contact.dossier_id, Contact.owner_index).where(
        Contact.dossier_id.in_(ids), Contact.owner_index.is_not(None)
    )
    rows = [(row.dossier_id, row.owner_index) for row in await session.execute(given)]
    residents = await residents_by_trace(session, {trace for _, trace in rows})
    owners: dict[UUID, list[UUID]] = {}
    for dossier_id, trace in rows:
        # By phone and by number it is the same person.
        if trace in residents and residents[trace] not in owners.get(dossier_id, []):
            owners.setdefault(dossier_id, []).append(residents[trace])
    return owners


async def names_of(session: AsyncSession, dossiers: Sequence[Dossier]) -> dict[UUID, Named]:
    """What the procedure of each is called: as on the day of receipt, which our desk pinned, or which follows from what
    was reported; as today where nothing is known of that day.
    """
    filed = select(Filing.dossier_id, Filing.title).where(Filing.dossier_id.in_([it.id for it in dossiers]))
    pinned = {row.dossier_id: row.title for row in await session.execute(filed)}
    named = await names_of_procedures(session, {national_code(it.procedure) for it in dossiers})
    today = {it.id: name for it in dossiers if (name := named.get(national_code(it.procedure)))}
    reported = {row: name for row, name in today.items() if row not in pinned and name.earlier}
    then = {**pinned, **await _titles_then(session, reported)}
    return {row: name._replace(title=then.get(row, name.title)) for row, name in today.items()}


async def _titles_then(session: AsyncSession, renamed: Mapping[UUID, Named]) -> dict[UUID, str]:
    """What the procedure of each was called when it was received."""
    if not renamed:
        return {}
    said = defaultdict(list)
    asked = select(Happening.dossier_id, Happening.at, Happening.status).where(
        Happening.dossier_id.in_(renamed), ~Happening.flags.has_key(Flag.SECOND_SOURCE.value)
    )
    for row in await session.execute(asked):
        said[row.dossier_id].append(Step(row.at, row.status))
    return {dossier_id: renamed[dossier_id].at(received_at(way(them))) for dossier_id, them in said.items()}


class Owners:
    """Whom dossiers belong to."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._contacts = Contacts(settings)

    async def _traces(self, resident_id: UUID) -> list[bytes]:
        return [it for it in await traces_of_resident(self._session, resident_id) if it]

    async def _contacts_of(self, resident_id: UUID) -> Sequence[Contact]:
        traces = await self._traces(resident_id)
        return (await self._session.scalars(select(Contact).where(Contact.owner_index.in_(traces)))).all()

    async def _followings(self, resident_id: UUID, theirs: Collection[UUID]) -> ColumnElement[bool]:
        """What they follow of others or were invited to by their phone, and who follows theirs."""
        return or_(
            Follower.resident_id == resident_id,
            Follower.phone_index.in_(await self._traces(resident_id)),
            Follower.dossier_id.in_(theirs),
        )

    async def dossiers_of(self, resident_id: UUID) -> Sequence[Dossier]:
        theirs = {contact.dossier_id for contact in await self._contacts_of(resident_id)}
        return (await self._session.scalars(select(Dossier).where(Dossier.id.in_(theirs)).order_by(Dossier.code))).all()

    async def everything_about(self, resident_id: UUID) -> dict[str, Any]:
        contacts = await self._contacts_of(resident_id)
        theirs = {contact.dossier_id for contact in contacts}
        own = select(Dossier).where(Dossier.id.in_(theirs)).order_by(Dossier.code)
        dossiers = (await self._session.scalars(own)).all()
        titles = {row: name.title for row, name in (await names_of(self._session, dossiers)).items()}
        filed = {
            it.dossier_id: it for it in await self._session.scalars(select(Filing).where(Filing.dossier_id.in_(theirs)))
        }
        happened: dict[UUID, list[Happening]] = {}
        reported = select(Happening).where(Happening.dossier_id.in_(theirs)).order_by(Happening.at)
        for row in await self._session.scalars(reported):
            happened.setdefault(row.dossier_id, []).append(row)
        steps = [row for rows in happened.values() for row in rows]
        places = await names_of_workplaces(self._session, {unit for row in steps if (unit := _unit_of(row))})
        texted: dict[UUID, list[datetime]] = {}
        sent = select(Deed.dossier_id, SlipText.sent_at).join(SlipText, SlipText.deed_id == Deed.id)
        for dossier_id, at in await self._session.execute(sent.where(Deed.dossier_id.in_(theirs))):
            if at:
                texted.setdefault(dossier_id, []).append(at)
        return {
            "theo dõi cùng": await self._following(resident_id, theirs),
            "hồ sơ": [
                {
                    "mã": dossier.code,
                    "thủ tục": called(dossier.procedure, {dossier.procedure: titles.get(dossier.id, "")}),
                    "trạng thái": MEANING[dossier.status].name,
                    "hẹn trả": dossier.due_at,
                    "liên hệ": [
                        self._contacts.open(it.kind, it.dossier_id, it.sealed)
                        for it in contacts
                        if it.dossier_id == dossier.id
                    ],
                    **self._filing(filed.get(dossier.id)),
                    "phiếu gửi qua tin nhắn": texted.get(dossier.id, []),
                    "các bước": [self._step(row, places) for row in happened.get(dossier.id, [])],
                }
                for dossier in dossiers
            ],
        }

    async def _following(self, resident_id: UUID, theirs: set[UUID]) -> list[dict[str, Any]]:
        """What they follow of others, and who follows theirs or was invited to."""
        asked = (
            select(Follower, Dossier.code)
            .join(Dossier, Dossier.id == Follower.dossier_id)
            .where(await self._followings(resident_id, theirs))
            .order_by(Follower.id)
        )
        return [
            {
                "mã": code,
                "của tôi": row.dossier_id in theirs,
                "tên ghi": self._contacts.open_follower(row.id, row.name) if row.name else None,
                "trạng thái": Coded(row.state, FOLLOWING[row.state]),
                "từ": row.since,
                "đến": row.ended_at,
            }
            for row, code in await self._session.execute(asked)
        ]

    def _filing(self, row: Filing | None) -> dict[str, Any]:
        """What was written down at the desk."""
        if row is None:
            return {}
        return {
            "người nộp": self._contacts.open_name(row.dossier_id, row.name) if row.name else None,
            "trường hợp": row.case,
            "giấy tờ đã nộp": [paper["name"] for paper in row.papers],
        }

    def _step(self, row: Happening, places: dict[str, str]) -> dict[str, Any]:
        return {
            "lúc": row.at,
            "trạng thái": MEANING[row.status].name,
            "cơ quan": called(_unit_of(row), places),
            "ghi chú": self._contacts.open_note(row.id, row.note) if row.note else None,
            "kết quả": row.result_link,
            "phải nộp": row.fee_due,
        }

    async def under_way(self, resident_id: UUID) -> bool:
        """Whether one of their dossiers is not over."""
        theirs = {contact.dossier_id for contact in await self._contacts_of(resident_id)}
        asked = select(Dossier.id).where(Dossier.id.in_(theirs), Dossier.status.in_(OPEN)).limit(1)
        return await self._session.scalar(asked) is not None

    async def follow(self, resident_id: UUID, was: bytes, at: datetime) -> None:
        """They have another phone: what was theirs by the old one until then stays theirs, and is nobody's who has that
        number next. Twice changes nothing.
        """
        if (number := await number_of_resident(self._session, resident_id)) is None:
            return
        theirs = select(Contact, Dossier.code).join(Dossier, Dossier.id == Contact.dossier_id)
        theirs = theirs.where(Contact.kind == ContactKind.PHONE, Contact.owner_index == was, Contact.created_at <= at)
        for it, code in await self._session.execute(theirs.order_by(Contact.id).with_for_update(of=Contact)):
            it.sealed = self._contacts.close(it.kind, it.dossier_id, number)
            it.owner_index = self._contacts.owner_index(it.kind, number)
            it.lookup_index = self._contacts.lookup_index(code, number[-4:])
            it.digits_index = self._contacts.digits_index(number[-4:]) if it.digits_index else None
            # Whoever reports the dossier goes on saying the old one: the desk that saw the papers knows better.
            it.said_at = _FOR_GOOD
        trace = self._contacts.owner_index(ContactKind.PHONE, number)
        invited = select(Follower).where(Follower.phone_index == was, Follower.created_at <= at)
        for row in await self._session.scalars(invited.order_by(Follower.id).with_for_update()):
            other = select(Follower.id).where(
                Follower.dossier_id == row.dossier_id,
                or_(Follower.phone_index == trace, Follower.resident_id == resident_id),
                Follower.ended_at.is_(None),
            )
            if await self._session.scalar(other):
                await self._session.delete(row)
                continue
            row.phone, row.phone_index = self._contacts.close_follower(row.id, number), trace
        await self._session.flush()

    async def forget(self, resident_id: UUID) -> None:
        """Nothing leads from the person to a dossier any more, nor says anything about them. Twice changes nothing."""
        contacts = await self._contacts_of(resident_id)
        theirs = {contact.dossier_id for contact in contacts}
        await self._session.execute(delete(Follower).where(await self._followings(resident_id, theirs)))
        await self._session.execute(update(Happening).where(Happening.dossier_id.in_(theirs)).values(note=None))
        await self._session.execute(update(Filing).where(Filing.dossier_id.in_(theirs)).values(name=None))
        gone = delete(Result).where(Result.dossier_id.in_(theirs)).returning(Result.id)
        for row in await self._session.scalars(gone):
            publish(self._session, ResultRemoved(result_id=row))
        deeds = select(Deed.id).where(Deed.dossier_id.in_(theirs))
        await self._session.execute(delete(SlipText).where(SlipText.deed_id.in_(deeds)))
        await self._session.execute(update(Deed).where(Deed.dossier_id.in_(theirs)).values(said=None))
        await self._session.execute(delete(Contact).where(Contact.dossier_id.in_(theirs)))


def _unit_of(row: Happening) -> str | None:
    """Who had it then."""
    return row.handling_unit or row.receiving_unit
