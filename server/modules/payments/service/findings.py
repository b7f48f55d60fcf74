"""What a person must look at: written once for each thing it is about."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.audit import record
from server.core.clock import HERE
from server.modules.payments.models import Finding, FindingKind

log = structlog.get_logger()

MOST_FROM_OUTSIDE = 100
"""Of each kind whose names others choose, so many are listed in 24 hours, and one that says that there are more."""


async def find(
    session: AsyncSession,
    kind: FindingKind,
    about: str,
    charge_id: UUID | None = None,
    *,
    anew: bool = False,
    **detail: Any,
) -> None:
    """Put it on the list, and into the log as an alarm. A second time changes nothing, unless it is asked `anew`, as
    each night: what is still so comes back, though somebody has looked.
    """
    row = insert(Finding).values(
        id=uuid7(), kind=kind, about=f"{kind}/{about}", charge_id=charge_id, detail=detail, at=datetime.now(UTC)
    )
    if anew:
        again = {"updated_at": func.now(), "closed_at": None, "closed_by": None}
        row = row.on_conflict_do_update(index_elements=["about"], set_=again)
    else:
        row = row.on_conflict_do_nothing(index_elements=["about"])
    if await session.scalar(row.returning(Finding.id)) is not None:
        log.error("money differs", kind=kind.value, about=about)


async def find_from_outside(
    session: AsyncSession,
    kind: FindingKind,
    about: str,
    charge_id: UUID | None = None,
    **detail: Any,
) -> None:
    """The same of what others name as they like: however much they send, the list stays one that people can read."""
    there = select(Finding.id).where(Finding.about == f"{kind}/{about}")
    if await session.scalar(there) is not None:
        return
    now = datetime.now(UTC)
    lately = select(func.count()).where(Finding.kind == kind, Finding.at > now - timedelta(days=1))
    if (await session.scalar(lately) or 0) < MOST_FROM_OUTSIDE:
        await find(session, kind, about, charge_id, **detail)
    else:
        log.error("money differs", kind=kind.value, about=about)
        await find(session, kind, f"more/{now.astimezone(HERE).date()}")


async def close(session: AsyncSession, caller: Caller, finding: Finding) -> None:
    """Somebody has looked into it."""
    finding.closed_at, finding.closed_by = datetime.now(UTC), caller.id
    await record(
        session, act="payments:close-finding", actor=caller, subject=("finding", finding.id), kind=finding.kind
    )
    await session.flush()
