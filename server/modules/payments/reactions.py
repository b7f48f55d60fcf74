"""What is done when told, or by the clock."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.events import Reaction, Schedule
from server.modules.identity.events import PhoneChanged
from server.modules.payments.events import (
    AttemptEnded,
    ChargesPaid,
    ChargesRaised,
    ChargesWithdrawn,
    MoreFreshToAsk,
    MoreToAsk,
    ReceiptsArrived,
    RefundDecided,
    RefundMoved,
)
from server.modules.payments.service.attempts import Attempts
from server.modules.payments.service.owners import Owners
from server.modules.payments.service.reconciling import Reconciling
from server.modules.payments.service.refunds import Refunds
from server.modules.payments.service.stated import StatedDays
from server.modules.payments.service.telling import Telling


async def tell_of_charges(session: AsyncSession, event: ChargesRaised) -> None:
    await Telling(session).raised(event.charge_ids)


async def tell_it_is_withdrawn(session: AsyncSession, event: ChargesWithdrawn) -> None:
    await Telling(session).withdrawn(event.charge_ids)


async def tell_it_is_paid(session: AsyncSession, event: ChargesPaid) -> None:
    await Telling(session).settled(event.charge_ids)


async def tell_of_receipts(session: AsyncSession, event: ReceiptsArrived) -> None:
    await Telling(session).receipts(event.charge_ids)


async def tell_it_failed(session: AsyncSession, event: AttemptEnded) -> None:
    await Telling(session).ended(event.attempt_id)


async def tell_of_refund(session: AsyncSession, event: RefundMoved) -> None:
    await Telling(session).refund(event.refund_id)


async def send_refund(session: AsyncSession, event: RefundDecided) -> None:
    await Refunds(session).send(event.refund_id)


async def send_refunds(session: AsyncSession, now: datetime) -> None:
    await Refunds(session).send_all(now)


async def expire(session: AsyncSession, now: datetime) -> None:
    await Attempts(session, session.info["settings"]).expire(now)


async def ask_fresh(session: AsyncSession, now: datetime) -> None:
    await Reconciling(session, session.info["settings"]).ask_fresh(now)


async def reconcile(session: AsyncSession, now: datetime) -> None:
    reconciling = Reconciling(session, session.info["settings"])
    await reconciling.ask_all(now)
    await reconciling.check_ledger()
    await StatedDays(session).check(now - timedelta(days=session.info["settings"].reconcile_days))


async def ask_fresh_on(session: AsyncSession, event: MoreFreshToAsk) -> None:
    await ask_fresh(session, datetime.now(UTC))


async def ask_on(session: AsyncSession, event: MoreToAsk) -> None:
    await Reconciling(session, session.info["settings"]).ask_all(event.night, event.after)


async def remind_of_charges(session: AsyncSession, now: datetime) -> None:
    await Telling(session).remind(now)


async def follow_the_person(session: AsyncSession, event: PhoneChanged) -> None:
    await Owners(session, session.info["settings"]).follow(event.resident_id, bytes.fromhex(event.was), event.at)


reactions = [
    Reaction(ChargesRaised, tell_of_charges),
    Reaction(ChargesWithdrawn, tell_it_is_withdrawn),
    Reaction(ChargesPaid, tell_it_is_paid, "urgent"),
    Reaction(ReceiptsArrived, tell_of_receipts),
    Reaction(AttemptEnded, tell_it_failed, "urgent"),
    Reaction(RefundMoved, tell_of_refund),
    Reaction(RefundDecided, send_refund),
    Reaction(MoreFreshToAsk, ask_fresh_on, "urgent"),
    Reaction(MoreToAsk, ask_on),
    Reaction(PhoneChanged, follow_the_person, "urgent"),
]
schedules = [
    Schedule("* * * * *", expire),
    Schedule("* * * * *", ask_fresh, "urgent"),
    Schedule("*/5 * * * *", send_refunds),
    Schedule("40 18 * * *", reconcile),  # at night here
    Schedule("30 1 * * *", remind_of_charges),  # in the morning here
]
