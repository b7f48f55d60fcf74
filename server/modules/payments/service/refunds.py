"""Money that goes back: one asks, another one decides, and never more than is left."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.audit import record
from server.core.events import publish
from server.core.versions import ChangedMeanwhile
from server.modules.identity.public import refuse_own_work
from server.modules.payments.events import RefundMoved
from server.modules.payments.models import Charge, Refund, Transaction
from server.modules.payments.rules.ledger import Kind
from server.modules.payments.rules.states import ChargeState, RefundReason, RefundState, refund_may
from server.modules.payments.service.ledger import book
from server.modules.payments.service.refusals import (
    DecidedBefore,
    NotPaidYet,
    RefundNotFound,
    RefundTooMuch,
    RemainingDiffers,
)
from server.modules.payments.service.settling import lock


class Refunds:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def ask(self, caller: Caller, charge: Charge, amount: int, expected: int, reason: RefundReason) -> Refund:
        """Part or all of what paid this charge. `expected`: what whoever asks believes is left.

        Raises NotPaidYet, RemainingDiffers, RefundTooMuch.
        """
        charge = await lock(self._session, charge.id)
        paid = await paying(self._session, charge)
        if charge.state is not ChargeState.PAID or paid is None:
            raise NotPaidYet
        left = await remaining(self._session, paid)
        if left != expected:
            raise RemainingDiffers(remaining=left)
        if amount > left:
            raise RefundTooMuch
        refund = Refund(
            id=uuid7(),
            charge_id=charge.id,
            transaction_id=paid.id,
            amount=amount,
            reason=reason,
            state=RefundState.REQUESTED,
            version=1,
            asked_by=caller.id,
            asked_place=caller.unit,
        )
        self._session.add(refund)
        await record(
            self._session, act="payments:ask-refund", actor=caller, subject=("charge", charge.id), amount=amount
        )
        publish(self._session, RefundMoved(refund_id=refund.id))
        await self._session.flush()
        return refund

    async def decide(self, caller: Caller, refund_id: UUID, version: int, *, give: bool, paid_ref: str) -> Refund:
        """Another one than who asked. `paid_ref`: the bank's name of the transfer back, when it is given.

        Raises RefundNotFound, OwnWork, ChangedMeanwhile, DecidedBefore.
        """
        refund = await self._session.scalar(select(Refund).where(Refund.id == refund_id))
        if refund is None:
            raise RefundNotFound
        charge = await lock(self._session, refund.charge_id)
        await self._session.refresh(refund, with_for_update=True)
        refuse_own_work(caller, refund.asked_by)
        there = RefundState.DONE if give else RefundState.REFUSED
        if not refund_may(refund.state, there):
            raise DecidedBefore
        if refund.version != version:
            raise ChangedMeanwhile
        now = datetime.now(UTC)
        refund.state, refund.version = there, refund.version + 1
        refund.decided_by, refund.decided_at = caller.id, now
        if give:
            of = (await self._session.scalars(select(Transaction).where(Transaction.id == refund.transaction_id))).one()
            await book(
                self._session,
                Kind.REFUND,
                refund.amount,
                source=f"refund/{paid_ref}",
                source_ref=str(refund.id),
                payee=charge.payee if of.pays else "",
                at=now,
                charge_id=charge.id,
                staff_id=caller.id,
                held_at=of.source,
            )
        await record(
            self._session,
            act="payments:decide-refund",
            actor=caller,
            subject=("charge", charge.id),
            refund=str(refund.id),
            given=give,
            amount=refund.amount,
        )
        publish(self._session, RefundMoved(refund_id=refund.id))
        await self._session.flush()
        return refund


async def paying(session: AsyncSession, charge: Charge) -> Transaction | None:
    """What made this charge paid."""
    asked = select(Transaction).where(Transaction.charge_id == charge.id, Transaction.pays)
    return await session.scalar(asked)


async def remaining(session: AsyncSession, paid: Transaction) -> int:
    """What of this money has neither gone back nor is asked back."""
    asked = select(func.coalesce(func.sum(Refund.amount), 0)).where(
        Refund.transaction_id == paid.id, Refund.state != RefundState.REFUSED
    )
    return paid.amount - int(await session.scalar(asked) or 0)


async def refunds_of(session: AsyncSession, charge_id: UUID) -> Sequence[Refund]:
    return (await session.scalars(select(Refund).where(Refund.charge_id == charge_id).order_by(Refund.id))).all()
