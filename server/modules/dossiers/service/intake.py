"""Taking in what other systems report: each report once, in the order in which things happened."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.database import one_at_a_time
from server.core.events import publish
from server.core.links import public_link
from server.core.problems import Problem
from server.core.settings import Settings
from server.core.words import Words
from server.modules.catalogue.public import known_procedures
from server.modules.dossiers.events import DossiersMoved, Move
from server.modules.dossiers.models import Contact, ContactKind, Dossier, Filing, Happening
from server.modules.dossiers.rules.codes import code_of
from server.modules.dossiers.rules.reports import (
    CLOCKS_DIFFER,
    NOBODY,
    Flag,
    Report,
    Standing,
    course,
    id_digits,
    is_second_source,
    is_unexpected,
    names_a_phone,
    national_code,
    only_date,
    phone_digits,
    plausible,
    standing,
)
from server.modules.dossiers.rules.statuses import is_over, numbered
from server.modules.dossiers.schemas import ReportedEvent
from server.modules.dossiers.service.contacts import Contacts

_OF_A_NUMBER = ("sealed", "owner_index", "lookup_index", "digits_index", "said_at")


class EventRefused(Problem):
    """One event of a batch is not taken; the others are."""

    status = 400
    title = Words("Sự kiện này không nhận được", "This event is not taken", "ព្រឹត្តិការណ៍នេះមិនអាចទទួលបានទេ")

    def __init__(self, field: str) -> None:
        super().__init__(field=field)
        self.field = field


class EventUnreadable(EventRefused):
    title = Words(
        "Sự kiện thiếu trường, thừa trường hoặc sai kiểu",
        "A field is missing, unknown or of the wrong kind",
        "ព្រឹត្តិការណ៍ខ្វះ លើស ឬខុសប្រភេទវាល",
    )


class FieldTwice(EventRefused):
    title = Words("Một trường có mặt hai lần", "A field stands there twice", "វាលមួយមានពីរដង")


class DossierCodeRefused(EventRefused):
    title = Words("Mã hồ sơ không đúng dạng", "This is no dossier's code", "លេខកូដសំណុំឯកសារមិនត្រឹមត្រូវ")


class StatusUnknown(EventRefused):
    title = Words("Trạng thái phải từ 1 đến 10", "A status is 1 to 10", "ស្ថានភាពត្រូវពី ១ ដល់ ១០")


class EventInTheFuture(EventRefused):
    title = Words("Thời điểm nằm trong tương lai", "It has not happened yet", "ពេលវេលានៅអនាគត")


class TimeRefused(EventRefused):
    title = Words("Thời điểm không hợp lý", "This time cannot be right", "ពេលវេលាមិនសមហេតុផល")


class ContactRefused(EventRefused):
    title = Words(
        "Số điện thoại hoặc số định danh không đúng dạng",
        "This is no phone number, or no personal number",
        "លេខទូរស័ព្ទ ឬលេខអត្តសញ្ញាណមិនត្រឹមត្រូវ",
    )


class UnitNamesAPhone(EventRefused):
    title = Words(
        "Tên cơ quan không được kèm số điện thoại",
        "The name of an office must not carry a phone number",
        "ឈ្មោះការិយាល័យមិនត្រូវមានលេខទូរស័ព្ទទេ",
    )


class Outcome(msgspec.Struct, frozen=True):
    """What became of one event: taken with these flags, known already, or refused."""

    event_id: str | None
    known: bool = False
    flags: tuple[Flag, ...] = ()
    refusal: EventRefused | None = None


class _Item(msgspec.Struct):
    """An event that can be taken, with its place in the batch."""

    place: int
    event: ReportedEvent
    report: Report
    code: str
    contacts: dict[ContactKind, str]
    flags: list[Flag]


def refusal_of(event: ReportedEvent, now: datetime) -> EventRefused | None:
    """What would keep this event out, whatever is known already."""
    try:
        _checked(0, event, NOBODY, now)
    except EventRefused as refusal:
        return refusal
    return None


class Intake:
    """What other systems report."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._contacts = Contacts(settings)

    async def take(
        self, partner_id: UUID, batch: Sequence[ReportedEvent | EventRefused], *, tell: bool = True
    ) -> list[Outcome]:
        """One outcome for each, in the same order. A refused one keeps none of the others away.

        `tell=False` announces nothing: for a past that people know already.
        """
        # A system that sends one event twice at once is answered one after the other.
        await one_at_a_time(self._session, f"dossiers-intake:{partner_id}")
        outcomes: dict[int, Outcome] = {}
        items: list[_Item] = []
        now = datetime.now(UTC)
        for place, event in enumerate(batch):
            try:
                if isinstance(event, EventRefused):
                    raise event
                items.append(_checked(place, event, partner_id, now))
            except EventRefused as refusal:
                event_id = event.event_id if isinstance(event, ReportedEvent) else None
                outcomes[place] = Outcome(event_id, refusal=refusal)
        fresh: list[_Item] = []
        seen = await self._seen(partner_id, items)
        for item in items:
            key = (item.event.source, item.event.event_id)
            if key in seen:
                outcomes[item.place] = Outcome(item.event.event_id, known=True)
            else:
                seen.add(key)
                fresh.append(item)
        if fresh:
            await self._save(fresh, partner_id, tell=tell)
        for item in fresh:
            outcomes[item.place] = Outcome(item.event.event_id, flags=tuple(item.flags))
        return [outcomes[place] for place in range(len(batch))]

    async def _seen(self, partner_id: UUID, items: Iterable[_Item]) -> set[tuple[str, str]]:
        keys = [(item.event.source, item.event.event_id) for item in items]
        if not keys:
            return set()
        found = await self._session.execute(
            select(Happening.source, Happening.event_id).where(
                Happening.partner_id == partner_id, tuple_(Happening.source, Happening.event_id).in_(keys)
            )
        )
        return {(row.source, row.event_id) for row in found}

    async def _save(self, items: list[_Item], partner_id: UUID, *, tell: bool) -> None:
        """In few statements, however many they are. Dossiers are locked in the order of their codes."""
        known = await known_procedures(self._session, {national_code(item.event.procedure) for item in items})
        dossiers = await self._dossiers(items)
        ids = [dossier.id for dossier in dossiers.values()]
        reports = await reports_of(self._session, ids)
        found = await self._session.scalars(select(Contact.dossier_id).where(Contact.dossier_id.in_(ids)))
        with_contact = set(found)
        filed = await self._session.scalars(select(Filing).where(Filing.dossier_id.in_(ids)))
        filings = {it.dossier_id: it for it in filed}
        contacts: dict[tuple[UUID, ContactKind], dict[str, Any]] = {}
        moved: dict[UUID, Standing] = {}
        stood: dict[UUID, Standing | None] = {}
        newest: dict[UUID, datetime] = {}
        unexpected: set[UUID] = set()
        rows: list[dict[str, Any]] = []
        for item in items:
            dossier = dossiers[item.code]
            before = reports.setdefault(dossier.id, [])
            if national_code(item.event.procedure) not in known:
                item.flags.append(Flag.UNKNOWN_PROCEDURE)
            if is_second_source(before, item.report):
                item.report = item.report._replace(counts=False)
                item.flags.append(Flag.SECOND_SOURCE)
            elif is_unexpected(before, item.report):
                item.flags.append(Flag.UNEXPECTED_MOVE)
                unexpected.add(dossier.id)
            was = standing(before)
            before.append(item.report)
            now = standing(before)
            if now is not None and now != was:
                moved[dossier.id] = now
                stood.setdefault(dossier.id, was)
                newest[dossier.id] = max(newest.get(dossier.id, item.report.at), item.report.at)
            if item.report.counts:
                for kind, number in item.contacts.items():
                    with_contact.add(dossier.id)
                    said = contacts.get((dossier.id, kind))
                    if said is None or said["said_at"] <= item.report.at:
                        ours = dossier.id in filings
                        contacts[dossier.id, kind] = self._contact(dossier, kind, number, item.report.at, ours=ours)
            if dossier.id not in with_contact:
                item.flags.append(Flag.NO_CONTACT)
            rows.append(self._row(item, dossier.id, partner_id))
        await self._session.execute(insert(Happening), rows)
        if moved:
            versions = {dossier.id: dossier.version for dossier in dossiers.values()}
            rows_now = [
                {"id": row, "version": versions[row] + 1, **values_of(self._settings, now)}
                for row, now in moved.items()
            ]
            await self._session.execute(update(Dossier), rows_now)
            for row in moved.keys() & filings.keys():
                filing, way = filings[row], course(reports[row])
                filing.ended_at, filing.closed_at, filing.supplements = way
            moves = [
                move_of(row, stood[row], now, newest[row], unexpected=row in unexpected) for row, now in moved.items()
            ]
            if tell:
                publish(self._session, DossiersMoved(moves=moves))
        if contacts:
            given = insert(Contact)
            newer = given.on_conflict_do_update(
                index_elements=["dossier_id", "kind"],
                set_={name: given.excluded[name] for name in _OF_A_NUMBER},
                where=Contact.said_at.is_(None) | (Contact.said_at <= given.excluded.said_at),
            )
            await self._session.execute(newer, list(contacts.values()))

    async def _dossiers(self, items: Iterable[_Item]) -> Mapping[str, Dossier]:
        first: dict[str, _Item] = {}
        for item in items:
            first.setdefault(item.code, item)
        codes = sorted(first)
        new = [
            {
                "id": uuid7(),
                "code": code,
                "procedure": first[code].event.procedure,
                "status": first[code].report.status,
                "status_at": first[code].report.at,
            }
            for code in codes
        ]
        await self._session.execute(insert(Dossier).on_conflict_do_nothing(index_elements=["code"]), new)
        held = select(Dossier).where(Dossier.code.in_(codes)).order_by(Dossier.code).with_for_update()
        return {dossier.code: dossier for dossier in await self._session.scalars(held)}

    def _contact(
        self, dossier: Dossier, kind: ContactKind, number: str, said_at: datetime, *, ours: bool
    ) -> dict[str, Any]:
        """`ours`: our own desk registered it, and finds it by these digits."""
        return {
            "id": uuid7(),
            "dossier_id": dossier.id,
            "kind": kind,
            "sealed": self._contacts.close(kind, dossier.id, number),
            "owner_index": self._contacts.owner_index(kind, number),
            "lookup_index": self._contacts.lookup_index(dossier.code, number[-4:]),
            "digits_index": self._contacts.digits_index(number[-4:]) if ours else None,
            "said_at": said_at,
        }

    def _row(self, item: _Item, dossier_id: UUID, partner_id: UUID) -> dict[str, Any]:
        row, event = uuid7(), item.event
        return {
            "id": row,
            "dossier_id": dossier_id,
            "partner_id": partner_id,
            "source": event.source,
            "event_id": event.event_id,
            "status": item.report.status,
            "at": item.report.at,
            "receiving_unit": item.report.receiving_unit,
            "handling_unit": item.report.handling_unit,
            "due_at": item.report.due_at,
            "answer_by": item.report.answer_by,
            "silence": item.report.silence,
            "note": self._contacts.close_note(row, event.note) if event.note else None,
            "result_link": None if Flag.LINK_REFUSED in item.flags else event.result_link,
            "fee_due": event.fee_due,
            "flags": list(item.flags),
        }


def move_of(
    dossier_id: UUID, before: Standing | None, now: Standing, at: datetime, *, unexpected: bool = False
) -> Move:
    """What is announced when a dossier stands otherwise than before."""
    asked = now.answer_by is not None and (before is None or before.answer_by != now.answer_by)
    return Move(
        dossier_id=dossier_id,
        status=now.status,
        at=at,
        only_date=only_date(before, now),
        due_at=now.due_at,
        unexpected=unexpected,
        answer_by=now.answer_by,
        silence=asked and now.silence,
    )


def values_of(settings: Settings, now: Standing) -> dict[str, Any]:
    """What the row of a dossier says of where it stands now."""
    days = settings.dossier_days
    ends = now.status_at + timedelta(days=days) if days and is_over(now.status) else None
    return {"forget_at": ends, **now._asdict()}


async def reports_of(session: AsyncSession, dossier_ids: Sequence[UUID]) -> dict[UUID, list[Report]]:
    """What was reported of these dossiers, without what was written about people."""
    found: dict[UUID, list[Report]] = {}
    asked = select(
        Happening.dossier_id,
        Happening.at,
        Happening.status,
        Happening.partner_id,
        Happening.source,
        Happening.receiving_unit,
        Happening.handling_unit,
        Happening.due_at,
        Happening.flags,
        Happening.answer_by,
        Happening.silence,
    ).where(Happening.dossier_id.in_(dossier_ids))
    for row in await session.execute(asked):
        found.setdefault(row.dossier_id, []).append(
            Report(
                row.at,
                row.status,
                (row.partner_id, row.source),
                row.receiving_unit,
                row.handling_unit,
                row.due_at,
                Flag.SECOND_SOURCE not in row.flags,
                row.answer_by,
                row.silence,
                Flag.ANSWERED in row.flags,
            )
        )
    return found


def _checked(place: int, event: ReportedEvent, partner_id: UUID, now: datetime) -> _Item:
    """The event in its plain form. Raises EventRefused."""
    code, status = code_of(event.code), numbered(event.status)
    if code is None:
        raise DossierCodeRefused("code")
    if status is None:
        raise StatusUnknown("status")
    if event.at > now + CLOCKS_DIFFER:
        raise EventInTheFuture("at")
    if not plausible(event.at):
        raise TimeRefused("at")
    for moment in ("due_at", "answer_by"):
        if (said := getattr(event, moment)) is not None and not plausible(said):
            raise TimeRefused(moment)
    if event.silence_consents and event.answer_by is None:
        raise EventUnreadable("answer_by")
    for field in ("receiving_unit", "handling_unit"):
        if names_a_phone(getattr(event, field) or ""):
            raise UnitNamesAPhone(field)
    contacts: dict[ContactKind, str] = {}
    for kind, given, digits_of in (
        (ContactKind.PHONE, event.owner_phone, phone_digits),
        (ContactKind.NATIONAL_ID, event.owner_id, id_digits),
    ):
        if given:
            if (digits := digits_of(given)) is None:
                raise ContactRefused("owner_phone" if kind is ContactKind.PHONE else "owner_id")
            contacts[kind] = digits
    report = Report(
        event.at,
        status,
        (partner_id, event.source),
        event.receiving_unit or None,
        event.handling_unit or None,
        event.due_at,
        answer_by=event.answer_by,
        silence=event.silence_consents,
    )
    link = event.result_link
    return _Item(place, event, report, code, contacts, [Flag.LINK_REFUSED] if link and not public_link(link) else [])
