"""What people are asked to pay: raised once for each reference, withdrawn, found by whom it concerns."""

import re
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from typing import Literal, NamedTuple
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.database import Database, one_at_a_time
from server.core.events import publish
from server.core.limits import Limits
from server.core.paging import cursor_of, id_of
from server.core.settings import Settings
from server.modules.identity.public import phone_trace, trace_of
from server.modules.payments.events import ChargesRaised, ChargesWithdrawn, ReceiptsArrived
from server.modules.payments.models import OURSELVES, Attempt, Charge
from server.modules.payments.rules.bill_codes import code_of, new_code, typed
from server.modules.payments.rules.states import AttemptState, ChargeState, Exemption, Purpose, charge_may
from server.modules.payments.schemas.bills import Bill, Receipt
from server.modules.payments.service.personal import Personal, Words
from server.modules.payments.service.refusals import (
    AmountRefused,
    BillDiffers,
    BillRefused,
    ChargeNotFound,
    NothingPaid,
    PayerPhoneRefused,
)

GUESSES = 20
"""How often somebody of one network may be wrong in an hour."""
WRONG_TIMES = 5
WRONG_PAUSE = 86_400
"""After five wrong attempts at one code nobody may try it for a day, whether there is such a bill or not."""


class Demand(NamedTuple):
    """Somebody is to pay. `reference` is unique for whoever asks; `payee` names an account of theirs."""

    reference: str
    payee: str
    payee_name: str
    purpose: Purpose
    subject: str
    amount: int
    what: str
    for_whom: str = ""
    due_on: date | None = None
    exemption: Exemption | None = None
    phone: str = ""
    place: str | None = None


class Raised(NamedTuple):
    code: str
    known: bool

    @property
    def result(self) -> Literal["taken", "known"]:
        return "known" if self.known else "taken"


class Charges:
    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._personal = Personal(settings)

    async def raise_all(self, partner_id: UUID, demands: Sequence[Demand | BillRefused]) -> list[Raised | BillRefused]:
        """One outcome for each, in the same order. A refused one keeps none of the others away."""
        await one_at_a_time(self._session, f"payments-bills:{partner_id}")
        there = {it.reference: it for it in await self._of_references(partner_id, demands)}
        outcomes: list[Raised | BillRefused] = []
        fresh: list[UUID] = []
        for demand in demands:
            try:
                if isinstance(demand, BillRefused):
                    raise demand
                refuse(demand)
                if charge := there.get(demand.reference):
                    if not self._same(charge, demand):
                        raise BillDiffers("reference")
                    outcomes.append(Raised(charge.code, known=True))
                    continue
                charge = self._row(partner_id, demand)
                self._session.add(charge)
                there[demand.reference] = charge
                if charge.state is ChargeState.DUE:
                    fresh.append(charge.id)
                outcomes.append(Raised(charge.code, known=False))
            except BillRefused as refusal:
                outcomes.append(refusal)
        if fresh:
            publish(self._session, ChargesRaised(charge_ids=fresh))
        await self._session.flush()
        return outcomes

    async def withdraw(self, partner_id: UUID, references: Collection[str]) -> list[str]:
        """Nobody can pay them any more; those that were withdrawn, now or before. What is paid stays paid."""
        asked = select(Charge).where(Charge.partner_id == partner_id, Charge.reference.in_(references))
        held = asked.order_by(Charge.id).with_for_update().execution_options(populate_existing=True)
        charges = (await self._session.scalars(held)).all()
        now_withdrawn = [it for it in charges if charge_may(it.state, ChargeState.CANCELLED)]
        for charge in now_withdrawn:
            charge.state, charge.version = ChargeState.CANCELLED, charge.version + 1
        await self._session.flush()
        await self._session.execute(
            update(Attempt)
            .where(Attempt.charge_id.in_([it.id for it in now_withdrawn]), Attempt.state == AttemptState.BEGUN)
            .values(state=AttemptState.CANCELLED, ended_at=datetime.now(UTC))
        )
        if now_withdrawn:
            publish(self._session, ChargesWithdrawn(charge_ids=[it.id for it in now_withdrawn]))
        return [it.reference for it in charges if it.state is ChargeState.CANCELLED]

    async def settled(self, partner_id: UUID) -> Sequence[Charge]:
        """What is paid and whoever asked has not taken note of, the oldest first."""
        asked = (
            select(Charge)
            .where(Charge.partner_id == partner_id, Charge.state == ChargeState.PAID, Charge.told_at.is_(None))
            .order_by(Charge.paid_at)
            .limit(500)
        )
        return (await self._session.scalars(asked)).all()

    async def note(self, partner_id: UUID, references: Collection[str]) -> list[str]:
        """Whoever asked for the money has heard that it is there. Those it is true of, now or before."""
        asked = select(Charge).where(
            Charge.partner_id == partner_id, Charge.reference.in_(references), Charge.state == ChargeState.PAID
        )
        paid = (await self._session.scalars(asked.order_by(Charge.id).with_for_update())).all()
        for charge in paid:
            charge.told_at = charge.told_at or datetime.now(UTC)
        await self._session.flush()
        return [charge.reference for charge in paid]

    async def receive(
        self, partner_id: UUID, receipts: Sequence[Receipt | BillRefused]
    ) -> list[Literal["taken", "known"] | BillRefused]:
        """Receipts of the biller for what it was paid; one outcome for each. A later one takes the place of another."""
        asked = select(Charge).where(
            Charge.partner_id == partner_id,
            Charge.reference.in_({it.reference for it in receipts if isinstance(it, Receipt)}),
            Charge.state == ChargeState.PAID,
        )
        held = asked.order_by(Charge.id).with_for_update().execution_options(populate_existing=True)
        paid = {it.reference: it for it in await self._session.scalars(held)}
        outcomes: list[Literal["taken", "known"] | BillRefused] = []
        fresh: dict[UUID, None] = {}
        for it in receipts:
            if isinstance(it, BillRefused):
                outcomes.append(it)
            elif (charge := paid.get(it.reference)) is None:
                outcomes.append(NothingPaid("reference"))
            elif attach(charge, it.number, it.link):
                outcomes.append("taken")
                fresh[charge.id] = None
            else:
                outcomes.append("known")
        if fresh:
            publish(self._session, ReceiptsArrived(charge_ids=list(fresh)))
        await self._session.flush()
        return outcomes

    async def _of_references(self, partner_id: UUID, demands: Sequence[Demand | BillRefused]) -> Sequence[Charge]:
        references = {it.reference for it in demands if isinstance(it, Demand)}
        asked = select(Charge).where(Charge.partner_id == partner_id, Charge.reference.in_(references))
        return (await self._session.scalars(asked)).all()

    def _same(self, charge: Charge, demand: Demand) -> bool:
        before = (charge.amount, charge.payee, charge.purpose, charge.subject, charge.due_on, charge.exemption)
        now = (
            demand.amount,
            payee_of(charge.partner_id, demand.payee),
            demand.purpose,
            demand.subject,
            demand.due_on,
            demand.exemption,
        )
        if before != now or charge.said is None:
            return before == now
        # A module of this application asks again as it knows them now; a biller would have corrected something.
        phone = self._personal.open_billed(charge.id, charge.phone) if charge.phone else ""
        names = (charge.payee_name, charge.place, phone)
        if charge.partner_id != OURSELVES and names != (demand.payee_name, demand.place, _digits(demand.phone)):
            return False
        return self._personal.open_words(charge.id, charge.said) == Words(demand.what, demand.for_whom)

    def _row(self, partner_id: UUID, it: Demand) -> Charge:
        row, code = uuid7(), new_code()
        phone = _digits(it.phone)
        return Charge(
            id=row,
            code=code,
            partner_id=partner_id,
            reference=it.reference,
            payee=payee_of(partner_id, it.payee),
            payee_name=it.payee_name,
            purpose=it.purpose,
            subject=it.subject,
            place=it.place,
            amount=it.amount,
            due_on=it.due_on,
            exemption=it.exemption,
            state=ChargeState.DUE if it.amount else ChargeState.EXEMPT,
            version=1,
            said=self._personal.close_words(row, Words(it.what, it.for_whom)),
            phone=self._personal.close_phone(row, phone) if phone else None,
            owner_index=trace_of(self._session, phone) if phone else None,
            lookup_index=self._personal.lookup_index(code, phone[-4:]) if phone else None,
        )


class Mine:
    """The charges of one resident, and those found by the paper."""

    def __init__(self, session: AsyncSession, settings: Settings, database: Database) -> None:
        self._session = session
        self._personal = Personal(settings)
        self._limits = Limits(database, settings)

    async def page(
        self, resident_id: UUID, *, due: bool, limit: int, cursor: str | None
    ) -> tuple[list[Charge], str | None]:
        """What is due, or what is over; the newest first. Raises CursorRefused."""
        is_due = Charge.state == ChargeState.DUE
        asked = select(Charge).where(Charge.owner_index == phone_trace(resident_id), is_due if due else ~is_due)
        if cursor is not None:
            asked = asked.where(tuple_(Charge.id) < tuple_(id_of(cursor)))
        rows = list(await self._session.scalars(asked.order_by(Charge.id.desc()).limit(limit + 1)))
        shown = rows[:limit]
        return shown, cursor_of(str(shown[-1].id)) if len(rows) > limit else None

    async def find(self, resident_id: UUID, code: str, *, hold: bool = False) -> Charge:
        """`hold`: locked, for whatever moves it. Raises ChargeNotFound, also when it is somebody else's."""
        return await self._one(Charge.code == code_of(code), Charge.owner_index == phone_trace(resident_id), hold=hold)

    async def _one(self, *which: ColumnElement[bool], hold: bool) -> Charge:
        asked = select(Charge).where(*which).limit(1)
        charge = await self._session.scalar(asked.with_for_update() if hold else asked)
        if charge is None:
            raise ChargeNotFound
        return charge

    async def look_up(self, code: str, last_digits: str, network: str, *, hold: bool = False) -> Charge:
        """By what stands on the paper. Who guesses is stopped soon; who looks again at what they have found is not.

        Raises ChargeNotFound, TooManyRequests.
        """
        spelled = typed(code)
        # Before it is looked at, or many at once would all be the last that is allowed.
        await self._limits.spend("payment-lookup", network, times=GUESSES, per=3600)
        await self._limits.attempt("payment-code", spelled, times=WRONG_TIMES, pause=WRONG_PAUSE)
        # Code and digits are one key: a right code with wrong digits is nowhere, like a code that nobody has.
        index = self._personal.lookup_index(spelled, last_digits)
        charge = await self._one(Charge.lookup_index == index, hold=hold)
        await self._limits.forget("payment-code", spelled)
        await self._limits.give_back("payment-lookup", network, per=3600)
        return charge


async def attempts_seen(session: AsyncSession, charge_ids: Collection[UUID]) -> dict[UUID, list[Attempt]]:
    """Every attempt at these charges, the oldest first."""
    found: dict[UUID, list[Attempt]] = {}
    for it in await session.scalars(select(Attempt).where(Attempt.charge_id.in_(charge_ids)).order_by(Attempt.id)):
        found.setdefault(it.charge_id, []).append(it)
    return found


def attach(charge: Charge, number: str, link: str) -> bool:
    """The agency's electronic receipt; whether it is another than before."""
    before = charge.receipt_number, charge.receipt_link
    charge.receipt_number, charge.receipt_link = number, link or None
    return before != (charge.receipt_number, charge.receipt_link)


def _digits(phone: str) -> str:
    return re.sub(r"[^0-9]", "", phone)


def office(unit: str) -> UUID:
    """Who asks when staff of this unit do: its references and its accounts are its own, as a partner's are."""
    return uuid5(OURSELVES, unit)


def is_office(partner_id: UUID) -> bool:
    """Its staff see in this application what is paid: nobody has to be told."""
    return partner_id.version == 5


def payee_of(partner_id: UUID, payee: str) -> str:
    """An account nobody else can name: a biller collects for its own payees only."""
    return payee if partner_id == OURSELVES else f"{partner_id}/{payee}"


def refuse(it: Demand) -> None:
    """Raises BillRefused for what cannot be asked."""
    if (it.amount == 0) != (it.exemption is not None):
        raise AmountRefused("exemption" if it.amount else "amount")
    if it.phone and not 8 <= len(_digits(it.phone)) <= 15:
        raise PayerPhoneRefused("payer_phone")


def demand_of(it: Bill) -> Demand:
    return Demand(
        reference=it.reference,
        payee=it.payee,
        payee_name=it.payee_name,
        purpose=it.purpose,
        subject=it.subject,
        amount=it.amount,
        what=it.what,
        for_whom=it.for_whom,
        due_on=it.due_on,
        exemption=it.exemption,
        phone=it.payer_phone,
        place=it.place,
    )
