"""Money that goes back: one asks, another one decides, and never more than is left."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.audit import record
from server.core.events import publish
from server.core.settings import Settings
from server.core.versions import ChangedMeanwhile
from server.modules.identity.public import refuse_own_work
from server.modules.payments.events import RefundDecided, RefundMoved
from server.modules.payments.gateways.vnpay import GatewayAway, give_back
from server.modules.payments.models import Attempt, Charge, FindingKind, Refund, Transaction
from server.modules.payments.rules.ledger import Kind
from server.modules.payments.rules.states import ChargeState, RefundReason, RefundState, refund_may
from server.modules.payments.service.findings import find
from server.modules.payments.service.ledger import book
from server.modules.payments.service.refusals import (
    DecidedBefore,
    NotPaidYet,
    RefundNotFound,
    RefundTooMuch,
    RemainingDiffers,
)
from server.modules.payments.service.settling import lock

log = structlog.get_logger()

_A_WHILE = timedelta(minutes=5)
_AT_ONCE = 20


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
        """Another one than who asked. `paid_ref`: the bank's name of the transfer back, when it is given; without one
        the gateway gives it that has the money.

        Raises RefundNotFound, OwnWork, ChangedMeanwhile, DecidedBefore.
        """
        refund = await self._session.scalar(select(Refund).where(Refund.id == refund_id))
        if refund is None:
            raise RefundNotFound
        charge = await lock(self._session, refund.charge_id)
        await self._session.refresh(refund, with_for_update=True)
        refuse_own_work(caller, refund.asked_by)
        if not refund_may(refund.state, RefundState.REFUSED):
            raise DecidedBefore
        if refund.version != version:
            raise ChangedMeanwhile
        now = datetime.now(UTC)
        refund.decided_by, refund.decided_at = caller.id, now
        of = await self._session.get_one(Transaction, refund.transaction_id)
        if give and not paid_ref and by_gateway(self._session.info["settings"], of):
            refund.state, refund.version = RefundState.SENDING, refund.version + 1
            publish(self._session, RefundDecided(refund_id=refund.id))
        elif give:
            await self._given(refund, charge, of, paid_ref)
        else:
            refund.state, refund.version = RefundState.REFUSED, refund.version + 1
        await record(
            self._session,
            act="payments:decide-refund",
            actor=caller,
            subject=("charge", charge.id),
            refund=str(refund.id),
            given=give,
            amount=refund.amount,
        )
        if refund.state is not RefundState.SENDING:
            publish(self._session, RefundMoved(refund_id=refund.id))
        await self._session.flush()
        return refund

    async def _given(self, refund: Refund, charge: Charge, of: Transaction, paid_ref: str) -> None:
        refund.state, refund.version = RefundState.DONE, refund.version + 1
        book(
            self._session,
            Kind.REFUND,
            refund.amount,
            source=f"refund/{paid_ref}",
            source_ref=str(refund.id),
            payee=charge.payee if of.pays else "",
            at=datetime.now(UTC),
            charge_id=charge.id,
            staff_id=refund.decided_by,
            held_at=of.source,
        )

    async def send(self, refund_id: UUID) -> None:
        """Ask the gateway for what was decided. Asked twice it gives once; away, it is asked again later."""
        await self._send(select(Refund).where(Refund.id == refund_id))

    async def send_all(self, now: datetime) -> None:
        """What was decided a while ago and is not given yet."""
        old = select(Refund).where(Refund.decided_at < now - _A_WHILE)
        await self._send(old.order_by(Refund.id).limit(_AT_ONCE))

    async def _send(self, which: Select[Refund]) -> None:
        answers: list[tuple[Refund, Transaction, Attempt, bool]] = []
        for refund in (await self._session.scalars(which.where(Refund.state == RefundState.SENDING))).all():
            of = await self._session.get_one(Transaction, refund.transaction_id)
            order = (await self._session.scalars(select(Attempt).where(Attempt.reference == of.source_ref))).one()
            try:
                gives = await give_back(
                    self._session.info["settings"],
                    order.reference,
                    order.gateway_ref or "",
                    order.begun_at,
                    of.amount,
                    refund.amount,
                    refund.id,
                )
            except GatewayAway as away:
                log.warning("payment gateway away", why=str(away))
            else:
                answers.append((refund, of, order, gives))
        # Nothing is locked while the gateway thinks; and charges in the order in which a statement locks them.
        for refund, of, order, gives in sorted(answers, key=lambda answer: answer[0].charge_id):
            await self._answered(refund, of, order, gives=gives)

    async def _answered(self, refund: Refund, of: Transaction, order: Attempt, *, gives: bool) -> None:
        charge = await lock(self._session, refund.charge_id)
        await self._session.refresh(refund, with_for_update=True)
        if refund.state is not RefundState.SENDING:
            return  # two asked at once, and the other one has the answer, too
        if gives:
            await self._given(refund, charge, of, order.reference)
            publish(self._session, RefundMoved(refund_id=refund.id))
        else:
            refund.state, refund.version = RefundState.REQUESTED, refund.version + 1
            refund.decided_by = refund.decided_at = None
            about = f"{refund.id}/{refund.version}"
            await find(self._session, FindingKind.REFUND_REFUSED, about, charge.id, amount=refund.amount)
        await self._session.flush()


def by_gateway(settings: Settings, of: Transaction) -> bool:
    """Whether the gateway can give this money back itself."""
    return of.source == "vnpay" and bool(settings.vnpay_api_url)


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
