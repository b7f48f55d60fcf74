"""What an office asks to be paid becomes a charge, and a dossier that waited for money goes on when it is paid."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.audit import record
from server.core.clock import HERE
from server.core.events import publish
from server.core.settings import Settings
from server.modules.dossiers.events import DossiersMoved, Move
from server.modules.dossiers.models import Contact, ContactKind, Dossier, Filing, Happening
from server.modules.dossiers.rules.statuses import Status
from server.modules.dossiers.rules.working_time import put_off
from server.modules.dossiers.service.calendars import calendar_of
from server.modules.dossiers.service.contacts import Contacts
from server.modules.dossiers.service.filings import Journalist
from server.modules.dossiers.service.intake import reports_of
from server.modules.dossiers.service.offices import Offices
from server.modules.payments.public import Demand, Exemption, Purpose, ask_for, take_note, withdraw
from server.modules.places.public import names_of_workplaces


class Fees:
    """Of dossiers of our own desks. What another system handles is paid where that system says."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._contacts = Contacts(settings)

    async def moved(self, moves: Sequence[Move]) -> None:
        """Ask for what is due now, and no more for what is not. A second time changes nothing."""
        ids = {move.dossier_id for move in moves}
        asked = select(Dossier, Filing).join(Filing, Filing.dossier_id == Dossier.id).where(Dossier.id.in_(ids))
        # Held to the end: what is asked for here is there for whoever moves the dossier on meanwhile.
        held = asked.order_by(Dossier.id).with_for_update(of=Dossier)
        found = [(row[0], row[1]) for row in await self._session.execute(held)]
        asks = await self._asks([dossier.id for dossier, _ in found])
        for dossier, filing in found:
            mine = asks.get(dossier.id, [])
            now = mine[-1] if mine and dossier.status is Status.PAYMENT_NEEDED else None
            before = [_reference(it) for it in mine if it is not now]
            if before:
                await withdraw(self._session, before)
            if now:
                await ask_for(self._session, await self._demand(dossier, filing, now))

    async def exempt(self, dossier_id: UUID, happening_id: UUID, exemption: Exemption) -> None:
        """Nothing is to be paid: a charge of 0 says why, and is settled as it is made. A second time changes nothing.

        What was asked for before is withdrawn as the dossier moves on.
        """
        asked = (
            select(Dossier, Filing, Happening)
            .join(Filing, Filing.dossier_id == Dossier.id)
            .join(Happening, Happening.dossier_id == Dossier.id)
            .where(Dossier.id == dossier_id, Happening.id == happening_id)
        )
        row = (await self._session.execute(asked)).one_or_none()
        if row is not None:
            await ask_for(self._session, (await self._demand(row[0], row[1], row[2]))._replace(exemption=exemption))

    async def settled(self, code: str, reference: str) -> None:
        """What we asked for by this name is paid. If it is what the dossier waits for, its work and its time go on."""
        asked = select(Dossier, Filing).join(Filing, Filing.dossier_id == Dossier.id).where(Dossier.code == code)
        row = (await self._session.execute(asked.with_for_update())).one_or_none()
        if row is None:
            return
        dossier, filing = row[0], row[1]
        mine = (await self._asks([dossier.id])).get(dossier.id, [])
        awaited = dossier.status is Status.PAYMENT_NEEDED and mine and _reference(mine[-1]) == reference
        if awaited and filing.accepted_at is not None:
            now = datetime.now(UTC)
            due_at = dossier.due_at
            if due_at:
                calendar, week = (
                    await calendar_of(self._session),
                    await Offices(self._session).week(filing.handling_place),
                )
                with suppress(ValueError):  # the office works no more; what is paid is noted all the same
                    due_at = put_off(due_at, dossier.status_at, now, filing.limit_unit, calendar, week)
            known = (await reports_of(self._session, [dossier.id])).get(dossier.id, [])
            journalist = Journalist(self._session, self._settings)
            move = journalist.move_by_itself(dossier, known, Status.IN_HAND, due_at)
            dossier.version += 1
            await record(self._session, act="dossiers:go-on-paid", actor=None, subject=("dossier", dossier.id))
            if move:
                publish(self._session, DossiersMoved(moves=[move]))
            await self._session.flush()
        await take_note(self._session, [reference])

    async def _asks(self, ids: Collection[UUID]) -> dict[UUID, list[Happening]]:
        """Whenever money was asked for, the latest last."""
        asked = select(Happening).where(
            Happening.dossier_id.in_(ids), Happening.status == Status.PAYMENT_NEEDED, Happening.fee_due > 0
        )
        found: dict[UUID, list[Happening]] = {}
        for it in await self._session.scalars(asked.order_by(Happening.at)):
            found.setdefault(it.dossier_id, []).append(it)
        return found

    async def _demand(self, dossier: Dossier, filing: Filing, it: Happening) -> Demand:
        phone = await self._session.scalar(
            select(Contact).where(Contact.dossier_id == dossier.id, Contact.kind == ContactKind.PHONE)
        )
        names = await names_of_workplaces(self._session, {filing.receiving_place})
        return Demand(
            reference=_reference(it),
            payee=filing.receiving_place,
            payee_name=names.get(filing.receiving_place, dossier.receiving_unit or filing.receiving_place),
            purpose=Purpose.DOSSIER_FEE,
            subject=dossier.code,
            amount=it.fee_due or 0,
            due_on=it.answer_by.astimezone(HERE).date() if it.answer_by else None,
            what=filing.title[:300],
            for_whom=self._contacts.open_name(dossier.id, filing.name) if filing.name else "",
            phone=self._contacts.open(phone.kind, dossier.id, phone.sealed) if phone else "",
            place=filing.receiving_place,
        )


def _reference(it: Happening) -> str:
    return f"dossier/{it.id}"
