"""Money that goes back: one asks, another one decides, and never more than is left."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import structlog
from sqlalchemy import Select, String, and_, cast, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from uuid_utils.compat import uuid7

from server.core.access import Caller, NotAllowed
from server.core.audit import record
from server.core.events import publish
from server.core.settings import Settings
from server.core.versions import ChangedMeanwhile
from server.modules.identity.public import refuse_own_work
from server.modules.payments.events import RefundDecided, RefundMoved
from server.modules.payments.gateways.vnpay import GatewayAway, OrderNotAnswered, ask, give_back
from server.modules.payments.models import Attempt, Charge, Finding, FindingKind, Refund, Transaction
from server.modules.payments.rules import vnpay
from server.modules.payments.rules.ledger import Kind
from server.modules.payments.rules.states import ChargeState, RefundReason, RefundState, refund_may
from server.modules.payments.service.days import drawer, open_drawer
from server.modules.payments.service.findings import find
from server.modules.payments.service.ledger import book
from server.modules.payments.service.refusals import (
    DecidedBefore,
    NotPaidYet,
    PaidRefNeeded,
    RefundNotFound,
    RefundTooMuch,
    RemainingDiffers,
)
from server.modules.payments.service.settling import lock

log = structlog.get_logger()

_A_WHILE, _SOON, _STUCK = timedelta(minutes=5), timedelta(hours=1), timedelta(days=1)
_AT_ONCE = 20


class _Answer(NamedTuple):
    """What the gateway said of a refund; `calls_it`: its name for it, once it has it in hand."""

    refund: Refund
    of: Transaction
    order: Attempt
    giving: vnpay.Giving
    calls_it: str | None


class Untold(NamedTuple):
    """A refund that whoever asked for the money has not heard of."""

    id: UUID
    reference: str
    code: str
    amount: int
    refunded_at: datetime


class Refunds:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def ask(
        self,
        caller: Caller,
        charge: Charge,
        amount: int,
        expected: int,
        reason: RefundReason,
        *,
        movement: UUID | None = None,
    ) -> Refund:
        """Part or all of what paid this charge; or (`movement`) of money that was too much, when a refund of it was
        refused. `expected`: what whoever asks believes is left.

        Raises NotPaidYet, RemainingDiffers, RefundTooMuch.
        """
        charge = await lock(self._session, charge.id)
        if movement is None:
            paid = await paying(self._session, charge)
            if charge.state is not ChargeState.PAID or paid is None:
                raise NotPaidYet
            left = remaining(paid, await refunds_of(self._session, charge.id))
        else:
            mine = select(Transaction).where(Transaction.id == movement, Transaction.charge_id == charge.id)
            paid, reason = await self._session.scalar(mine), RefundReason.SURPLUS
            if paid is None:
                raise NotPaidYet
            left = surplus_left(paid, await refunds_of(self._session, charge.id))
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

    async def untold(self, partner_id: UUID) -> list[Untold]:
        """What went back of what had paid this partner's bills, the oldest first. Of a surplus they never heard."""
        given = aliased(Transaction)
        asked = (
            select(Refund.id, Charge.reference, Charge.code, Refund.amount, given.at)
            .join(Charge, Charge.id == Refund.charge_id)
            .join(Transaction, Transaction.id == Refund.transaction_id)
            .join(
                given,
                and_(
                    given.charge_id == Refund.charge_id,
                    given.kind == Kind.REFUND,
                    given.source_ref == cast(Refund.id, String),
                ),
            )
            .where(Charge.partner_id == partner_id, Transaction.pays, Refund.told_at.is_(None))
            .order_by(given.at, Refund.id)
            .limit(500)
        )
        return [Untold(*row) for row in await self._session.execute(asked)]

    async def note(self, partner_id: UUID, ids: Collection[UUID]) -> list[UUID]:
        """They have heard that these went back. Those it is true of, now or before."""
        asked = (
            select(Refund)
            .join(Charge, Charge.id == Refund.charge_id)
            .where(Charge.partner_id == partner_id, Refund.id.in_(ids), Refund.state == RefundState.DONE)
        )
        rows = (await self._session.scalars(asked.order_by(Refund.id).with_for_update(of=Refund))).all()
        for it in rows:
            it.told_at = it.told_at or datetime.now(UTC)
        await self._session.flush()
        return [it.id for it in rows]

    async def decide(
        self, caller: Caller, refund_id: UUID, version: int, *, give: bool, paid_ref: str, cash: bool = False
    ) -> Refund:
        """Another one than who asked. `paid_ref`: the bank's name of the transfer back, when it is given; `cash`: out
        of the drawer of the caller's desk; without either the gateway gives it that has the money.

        Raises RefundNotFound, OwnWork, ChangedMeanwhile, DecidedBefore, PaidRefNeeded, NotAllowed, DayClosed.
        """
        refund = await self._session.scalar(select(Refund).where(Refund.id == refund_id))
        if refund is None:
            raise RefundNotFound
        charge = await lock(self._session, refund.charge_id)
        await self._session.refresh(refund, with_for_update=True)
        refuse_own_work(caller, refund.asked_by)
        now = datetime.now(UTC)
        stuck = is_stuck(refund, now)
        if not stuck and not refund_may(refund.state, RefundState.REFUSED):
            raise DecidedBefore
        if refund.version != version:
            raise ChangedMeanwhile
        of = await self._session.get_one(Transaction, refund.transaction_id)
        sends = give and not stuck and not cash and not paid_ref and by_gateway(self._session.info["settings"], of)
        if give and not sends and not paid_ref and (stuck or not cash):
            raise PaidRefNeeded
        refund.decided_by, refund.decided_at = caller.id, now
        if sends:
            refund.state, refund.version = RefundState.SENDING, refund.version + 1
            publish(self._session, RefundDecided(refund_id=refund.id))
        elif give:
            held_at = of.source if stuck else "bank"  # of what is stuck people have asked the gateway, and it did
            if cash and not stuck:
                if "payments:cash" not in caller.permissions:
                    raise NotAllowed
                held_at, now = drawer(caller.unit), await open_drawer(self._session, caller.unit)
            self._given(refund, charge, of, paid_ref or "cash", held_at=held_at, at=now)
        elif stuck:
            self._not_given(refund)
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

    def _given(
        self, refund: Refund, charge: Charge, of: Transaction, paid_ref: str, *, held_at: str, at: datetime
    ) -> None:
        """`held_at`: where the money was that went back, which may be elsewhere than where it came in."""
        refund.state, refund.version = RefundState.DONE, refund.version + 1
        book(
            self._session,
            Kind.REFUND,
            refund.amount,
            source=f"refund/{paid_ref}",
            source_ref=str(refund.id),
            payee=charge.payee if of.pays else "",
            at=at,
            charge_id=charge.id,
            staff_id=refund.decided_by,
            held_at=held_at,
        )

    async def send(self, refund_id: UUID) -> None:
        """Ask the gateway for what was decided. Asked twice it gives once; away, it is asked again later."""
        await self._send(select(Refund).where(Refund.id == refund_id))

    async def send_all(self, now: datetime) -> None:
        """What was decided a while ago and is not given yet. Banks take days: those are asked about once an hour."""
        soon = (Refund.decided_at > now - _SOON) & (Refund.asked_at <= now - _A_WHILE)
        due = select(Refund).where(
            Refund.decided_at < now - _A_WHILE, or_(Refund.asked_at.is_(None), Refund.asked_at <= now - _SOON, soon)
        )
        await self._send(due.order_by(Refund.asked_at.nulls_first(), Refund.id).limit(_AT_ONCE))
        slow = select(Refund).where(Refund.state == RefundState.SENDING, Refund.decided_at < now - _STUCK)
        about = func.concat(f"{FindingKind.REFUND_SLOW}/", cast(Refund.id, String), "/", Refund.version)
        fresh = slow.where(~select(Finding.id).where(Finding.about == about).exists())
        for it in (await self._session.scalars(fresh)).all():
            await find(self._session, FindingKind.REFUND_SLOW, f"{it.id}/{it.version}", it.charge_id, amount=it.amount)

    async def _send(self, which: Select[Refund]) -> None:
        answers: list[_Answer] = []
        silent: list[UUID] = []
        in_hand = set(
            await self._session.scalars(
                select(Refund.transaction_id).where(Refund.state == RefundState.SENDING, Refund.sent_at.is_not(None))
            )
        )
        for refund in (await self._session.scalars(which.where(Refund.state == RefundState.SENDING))).all():
            of = await self._session.get_one(Transaction, refund.transaction_id)
            order = (await self._session.scalars(select(Attempt).where(Attempt.reference == of.source_ref))).one()
            # Of one order it has one in hand at a time: its answers say which order, and not which refund.
            if refund.sent_at is None and of.id in in_hand:
                continue
            try:
                answers.append(await self._asked(refund, of, order))
                in_hand.add(of.id)
            except OrderNotAnswered as says_nothing:
                log.warning("payment gateway says nothing", why=str(says_nothing))
                silent.append(refund.id)
            except GatewayAway as away:
                log.warning("payment gateway away", why=str(away))
        # Nothing is locked while the gateway thinks; and charges in the order in which a statement locks them.
        for answer in sorted(answers, key=lambda it: it.refund.charge_id):
            await self._answered(answer)
        if silent:
            await self._session.execute(update(Refund).where(Refund.id.in_(silent)).values(asked_at=datetime.now(UTC)))

    async def _asked(self, refund: Refund, of: Transaction, order: Attempt) -> _Answer:
        """It is asked to give once; when it has the request in hand, what has become of it."""
        settings = self._session.info["settings"]
        if refund.sent_at is not None:
            fields = await ask(settings, order.reference, order.begun_at)
            return _Answer(refund, of, order, vnpay.gave_back(fields, refund.amount, refund.gateway_ref), None)
        fields = await give_back(
            settings, order.reference, order.gateway_ref or "", order.begun_at, of.amount, refund.amount, refund.id
        )
        calls_it = fields.get("vnp_TransactionNo", "")[:40] if fields.get("vnp_ResponseCode") == "00" else ""
        return _Answer(refund, of, order, vnpay.gives_back(fields), calls_it or None)

    async def _answered(self, it: _Answer) -> None:
        charge = await lock(self._session, it.refund.charge_id)
        refund = it.refund
        await self._session.refresh(refund, with_for_update=True)
        if refund.state is not RefundState.SENDING:
            return  # two asked at once, and the other one has the answer, too
        now = datetime.now(UTC)
        refund.asked_at = now
        if it.giving == "given":
            self._given(refund, charge, it.of, it.order.reference, held_at=it.of.source, at=now)
            publish(self._session, RefundMoved(refund_id=refund.id))
        elif it.giving == "under-way":
            refund.sent_at = refund.sent_at or now
            refund.gateway_ref = refund.gateway_ref or it.calls_it
        else:
            self._not_given(refund)
            about = f"{refund.id}/{refund.version}"
            await find(self._session, FindingKind.REFUND_REFUSED, about, charge.id, amount=refund.amount)
        await self._session.flush()

    def _not_given(self, refund: Refund) -> None:
        """It is for people again."""
        refund.state, refund.version = RefundState.REQUESTED, refund.version + 1
        refund.decided_by = refund.decided_at = refund.sent_at = refund.gateway_ref = refund.asked_at = None


def is_stuck(refund: Refund, now: datetime) -> bool:
    """Whether the gateway has it in hand for so long that people ask it themselves, and say what became of it."""
    at = refund.decided_at
    return refund.state is RefundState.SENDING and at is not None and at < now - _STUCK


def by_gateway(settings: Settings, of: Transaction) -> bool:
    """Whether the gateway can give this money back itself."""
    return of.source == "vnpay" and bool(settings.vnpay_api_url)


async def paying(session: AsyncSession, charge: Charge) -> Transaction | None:
    """What made this charge paid."""
    asked = select(Transaction).where(Transaction.charge_id == charge.id, Transaction.pays)
    return await session.scalar(asked)


async def refunds_of(session: AsyncSession, charge_id: UUID) -> Sequence[Refund]:
    """All refunds of a charge, as they are now, the oldest first."""
    asked = select(Refund).where(Refund.charge_id == charge_id).order_by(Refund.id)
    return (await session.scalars(asked.execution_options(populate_existing=True))).all()


def remaining(came: Transaction, refunds: Sequence[Refund]) -> int:
    """What of this money has neither gone back nor is asked back. `refunds`: all of its charge."""
    asked = (it.amount for it in refunds if it.transaction_id == came.id and it.state is not RefundState.REFUSED)
    return came.amount - sum(asked)


def surplus_left(came: Transaction, refunds: Sequence[Refund]) -> int:
    """The same of money that was too much; 0 of what was not."""
    return 0 if came.pays or came.kind not in (Kind.SURPLUS, Kind.ASSIGNED) else remaining(came, refunds)
