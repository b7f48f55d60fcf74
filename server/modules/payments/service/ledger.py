"""Writes the ledger, and reads what it says."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.modules.payments.models import Entry, Transaction
from server.modules.payments.rules.ledger import Kind, balanced, lines


class Balance(NamedTuple):
    account: str
    amount: int


class Booked(NamedTuple):
    """An entry with the balance of its account after it."""

    entry: Entry
    transaction: Transaction
    balance: int


def book(
    session: AsyncSession,
    kind: Kind,
    amount: int,
    *,
    source: str,
    source_ref: str,
    payee: str,
    at: datetime,
    charge_id: UUID | None = None,
    attempt_id: UUID | None = None,
    pays: bool = False,
    staff_id: UUID | None = None,
    held_at: str = "",
) -> Transaction:
    """One transaction with its two sides, of what is written next. `held_at`: where the money lies, unless where the
    notice is from.
    """
    sides = lines(kind, amount, source=held_at or source, payee=payee)
    assert balanced(sides)
    made = Transaction(
        id=uuid7(),
        kind=kind,
        charge_id=charge_id,
        attempt_id=attempt_id,
        pays=pays,
        source=source,
        source_ref=source_ref,
        amount=amount,
        at=at,
        staff_id=staff_id,
        entries=[Entry(id=uuid7(), account=it.account, amount=it.amount) for it in sides],
    )
    session.add(made)
    return made


async def already(session: AsyncSession, source: str, source_ref: str) -> Transaction | None:
    """What was booked for this notice of money, whichever kind it was: the newest."""
    incoming = (Kind.PAYMENT, Kind.SURPLUS, Kind.UNKNOWN)
    asked = select(Transaction).where(
        Transaction.source == source, Transaction.source_ref == source_ref, Transaction.kind.in_(incoming)
    )
    return await session.scalar(asked.order_by(Transaction.id.desc()).limit(1))


async def balances(session: AsyncSession) -> Sequence[Balance]:
    asked = select(Entry.account, func.sum(Entry.amount)).group_by(Entry.account).order_by(Entry.account)
    return [Balance(account, int(amount)) for account, amount in await session.execute(asked)]


async def entries(session: AsyncSession, account: str, limit: int, before: UUID | None) -> list[Booked]:
    """Of one account, the newest first, each with the balance after it."""
    running = (
        select(Entry.id, func.sum(Entry.amount).over(order_by=Entry.id).label("balance"))
        .where(Entry.account == account)
        .subquery()
    )
    asked = (
        select(Entry, Transaction, running.c.balance)
        .join(Transaction, Transaction.id == Entry.transaction_id)
        .join(running, running.c.id == Entry.id)
        .order_by(Entry.id.desc())
        .limit(limit)
    )
    if before is not None:
        asked = asked.where(Entry.id < before)
    return [Booked(entry, made, int(balance)) for entry, made, balance in await session.execute(asked)]
