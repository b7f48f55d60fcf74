"""Money came in: the one place that decides what it pays, under the lock of its charge."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.audit import record
from server.core.events import publish
from server.modules.payments.events import ChargesPaid, PaymentSettled, RefundMoved
from server.modules.payments.models import OURSELVES, Attempt, Charge, Refund
from server.modules.payments.rules.ledger import Kind
from server.modules.payments.rules.states import (
    AttemptState,
    ChargeState,
    RefundReason,
    RefundState,
    attempt_may,
    charge_may,
)
from server.modules.payments.service.charges import is_office
from server.modules.payments.service.ledger import already, book


class Money(NamedTuple):
    """Money that is there, as somebody who must know says: `source` and `ref` name it once for ever."""

    source: str
    ref: str
    amount: int
    at: datetime
    staff_id: UUID | None = None
    assigned: bool = False
    """It lay among what nobody knew; `held_at` says where."""
    held_at: str = ""


async def lock(session: AsyncSession, charge_id: UUID) -> Charge:
    """Whatever moves the money of a charge holds this first: two at once are one after the other."""
    [charge] = await lock_all(session, Charge.id == charge_id)
    return charge


async def lock_all(session: AsyncSession, *which: ColumnElement[bool], patient: bool = True) -> Sequence[Charge]:
    """Several, in the one order in which everybody takes them; with `patient` False those that nobody holds."""
    asked = select(Charge).where(*which).order_by(Charge.id).with_for_update(skip_locked=not patient)
    return (await session.scalars(asked.execution_options(populate_existing=True))).all()


async def attempts_of(session: AsyncSession, *charge_ids: UUID) -> Sequence[Attempt]:
    asked = select(Attempt).where(Attempt.charge_id.in_(charge_ids)).order_by(Attempt.id).with_for_update()
    return (await session.scalars(asked.execution_options(populate_existing=True))).all()


async def settle(session: AsyncSession, charge: Charge, money: Money, attempt: Attempt | None = None) -> None:
    """Book it, once. The charge is paid by the first money that is exactly what is due; all other money is a surplus,
    for which a refund is asked at once. Whoever calls holds the lock of the charge.
    """
    if not money.assigned and await already(session, money.source, money.ref):
        return
    others = await attempts_of(session, charge.id)
    if await take(session, charge, money, attempt, others):
        publish(session, ChargesPaid(charge_ids=[charge.id]))
    await session.flush()


async def take(
    session: AsyncSession, charge: Charge, money: Money, attempt: Attempt | None, attempts: Sequence[Attempt]
) -> bool:
    """The same of money that was not booked before; whether it pays. `attempts`: all of the charge, locked.

    What is written by the next flush, of many at once. Whoever calls announces ChargesPaid.
    """
    pays = charge_may(charge.state, ChargeState.PAID) and money.amount == charge.amount
    kind = Kind.ASSIGNED if money.assigned else Kind.PAYMENT if pays else Kind.SURPLUS
    booked = book(
        session,
        kind,
        money.amount,
        source=money.source,
        source_ref=money.ref,
        payee=charge.payee if pays else "",
        at=money.at,
        charge_id=charge.id,
        attempt_id=attempt.id if attempt else None,
        pays=pays,
        staff_id=money.staff_id,
        held_at=money.held_at,
    )
    if attempt and attempt_may(attempt.state, AttemptState.SUCCEEDED):
        attempt.state, attempt.ended_at = AttemptState.SUCCEEDED, money.at
    await record(
        session,
        act="payments:receive",
        actor=None,
        subject=("charge", charge.id),
        source=money.source,
        amount=money.amount,
        kind=kind.value,
        pays=pays,
    )
    if pays:
        charge.state, charge.paid_at, charge.version = ChargeState.PAID, money.at, charge.version + 1
        if is_office(charge.partner_id):
            charge.told_at = money.at
        for other in attempts:
            if other is not attempt and other.state is AttemptState.BEGUN:
                other.state, other.ended_at = AttemptState.CANCELLED, money.at
        if charge.partner_id == OURSELVES:
            publish(
                session,
                PaymentSettled(
                    charge_id=charge.id,
                    purpose=charge.purpose,
                    subject=charge.subject,
                    amount=charge.amount,
                    reference=charge.reference,
                ),
            )
    else:
        await session.flush()  # what a refund gives back of is there first
        refund = Refund(
            id=uuid7(),
            charge_id=charge.id,
            transaction_id=booked.id,
            amount=money.amount,
            reason=RefundReason.SURPLUS,
            state=RefundState.REQUESTED,
            version=1,
            # Whoever said which bill it was for has asked for this, and does not decide it.
            asked_by=money.staff_id,
        )
        session.add(refund)
        publish(session, RefundMoved(refund_id=refund.id))
    return pays
