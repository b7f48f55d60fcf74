"""Staff looked at a resident's record: written into the audit log with every view, and shown to the resident."""

from datetime import UTC, datetime, timedelta
from enum import Enum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller
from server.core.audit import Entry, record

_LATELY = timedelta(minutes=15)


class Why(Enum):
    """Why somebody looks. Few and fixed, so that the resident reads a reason and not an excuse."""

    DESK = "desk"
    """The resident stands at the desk."""
    WORK = "work"
    """The record is part of a piece of work in hand."""
    RIGHTS = "rights"
    """The resident asked for a copy, a correction or erasure."""
    CONSENT = "consent"
    """No member of staff: somebody whom the resident lets follow what is theirs."""
    SAFETY = "safety"
    """Something is wrong: misuse, a mistake in the data, an attack."""


async def looked(
    session: AsyncSession, caller: Caller, resident_id: UUID, *, permission: str, why: Why, again: bool = True
) -> None:
    """Note, in the transaction of the view, that this member of staff saw that resident's record.

    `permission` is what allowed it, and is told to the resident as the role the looker acted in. `again` False: what
    was seen belongs to a look that may be noted already, as the photos of a report do, or what an act answers with.
    """
    act = f"look:{permission.partition(':')[0]}"
    if not again and await _seen_lately(session, caller, resident_id, act):
        return
    await record(
        session,
        act=act,
        actor=caller,
        subject=("resident", resident_id),
        unit=caller.unit or caller.kind,
        permission=permission,
        why=why.value,
    )


async def _seen_lately(session: AsyncSession, caller: Caller, subject: UUID, act: str) -> bool:
    """Whether this look of theirs is in the log, from the last quarter of an hour."""
    noted = select(Entry.sequence).where(
        Entry.subject_id == str(subject),
        Entry.actor_id == str(caller.id),
        Entry.act == act,
        Entry.at > datetime.now(UTC) - _LATELY,
    )
    return await session.scalar(noted.limit(1)) is not None
