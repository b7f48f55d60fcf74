"""Money that is ours and nobody knows what for: booked as such, and a person is asked."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.modules.payments.models import GATEWAY, Attempt, Finding, FindingKind, LineState, StatementLine
from server.modules.payments.rules.ledger import Kind
from server.modules.payments.service.findings import find
from server.modules.payments.service.ledger import book


async def keep(
    session: AsyncSession, line: StatementLine, kind: FindingKind, charge_id: UUID | None, **detail: Any
) -> None:
    """`charge_id`: it names this one, with another amount or a second time."""
    source, ref = named(line)
    book(session, Kind.UNKNOWN, line.amount, source=source, source_ref=ref, payee="", at=line.at)
    line.charge_id = charge_id
    await find(session, kind, str(line.id), charge_id, line=str(line.id), **detail)


def named(line: StatementLine) -> tuple[str, str]:
    """Where this money lies, and what it is called there: it is booked once under that."""
    return ("vnpay", line.bank_ref) if line.partner_id == GATEWAY else ("bank", f"{line.partner_id}/{line.bank_ref}")


async def finding_of(session: AsyncSession, line: StatementLine) -> Finding:
    """Where a person was asked about it."""
    abouts = [f"{kind}/{line.id}" for kind in (FindingKind.UNKNOWN_MONEY, FindingKind.WRONG_AMOUNT)]
    return (await session.scalars(select(Finding).where(Finding.about.in_(abouts)))).one()


async def is_kept(session: AsyncSession, order: Attempt, amount: int) -> bool:
    """Whether the gateway has told this sum of its order before, which was not what was due; or the bank's line has."""
    told = await session.scalar(_told(order.reference))
    stated = _stated(order.reference).where(Finding.detail["amount"].as_integer() == amount)
    return (told is not None and told.amount == amount) or await session.scalar(stated) is not None


async def went_back(session: AsyncSession, reference: str) -> bool:
    """Whether what the gateway told of its order went back, or never came."""
    told = await session.scalar(_told(reference))
    return told is not None and told.state is LineState.RETURNED


async def take_back(session: AsyncSession, reference: str) -> bool:
    """What was due is told after all: what the gateway told before never was. False when somebody has decided about
    that, or the bank has told the same, or still another sum.
    """
    if await session.scalar(_stated(reference)) is not None:
        return False
    line = await session.scalar(_told(reference).with_for_update().execution_options(populate_existing=True))
    if line is None:
        return True
    carried = select(StatementLine.id).where(StatementLine.carries == reference)
    if line.state is not LineState.OPEN or await session.scalar(carried) is not None:
        return False
    give(session, line)
    line.state, line.version = LineState.RETURNED, line.version + 1
    return True


def give(session: AsyncSession, line: StatementLine, staff_id: UUID | None = None) -> None:
    """It is not ours any more."""
    source, ref = named(line)
    at = datetime.now(UTC)
    book(session, Kind.RETURNED, line.amount, source=source, source_ref=ref, payee="", at=at, staff_id=staff_id)


def _told(reference: str) -> Select[StatementLine]:
    return select(StatementLine).where(StatementLine.partner_id == GATEWAY, StatementLine.bank_ref == reference)


def _stated(reference: str) -> Select[UUID]:
    """Where a person was asked about another sum that the bank's line says of this order."""
    asked = select(Finding.id).where(
        Finding.kind == FindingKind.UNKNOWN_MONEY, Finding.detail["order"].astext == reference
    )
    return asked.limit(1)
