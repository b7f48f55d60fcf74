"""Staff looked at a resident's record: written into the audit log with every view, and shown to the resident."""

from enum import Enum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller
from server.core.audit import record


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


async def looked(session: AsyncSession, caller: Caller, resident_id: UUID, *, permission: str, why: Why) -> None:
    """Note, in the transaction of the view, that this member of staff saw that resident's record.

    `permission` is what allowed it, and is told to the resident as the role the looker acted in.
    """
    await record(
        session,
        act=f"look:{permission.partition(':')[0]}",
        actor=caller,
        subject=("resident", resident_id),
        unit=caller.unit or caller.kind,
        permission=permission,
        why=why.value,
    )
