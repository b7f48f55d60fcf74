"""What was refused at the door of staff: counted as it happens, recorded once an hour.

A row of the audit log for every wrong password would let anybody fill it. So a refusal costs two counts, the same for
an account that is there and for one that is not, and an hour leaves one row for each account and one for all others.
"""

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.audit import record
from server.core.database import Database
from server.core.limits import Limits
from server.core.settings import Settings
from server.modules.identity.models import Staff

Kind = Literal["passwords", "codes", "passkeys", "stopped"]
"""A wrong password; a wrong code after the right password; an answer that a passkey of theirs did not give; an attempt
that was not looked at, after too many."""

_KINDS: tuple[Kind, ...] = ("passwords", "codes", "passkeys", "stopped")
_HOUR = 3600
_EVERYBODY = ""


class Refusals:
    def __init__(self, database: Database, settings: Settings) -> None:
        self._limits = Limits(database, settings)

    async def note(self, kind: Kind, login: str) -> None:
        """Outside the transaction, which a refusal rolls back."""
        for subject in (login, _EVERYBODY):
            await self._limits.count(f"staff-{kind}", subject, per=_HOUR)

    async def record_hour_before(self, session: AsyncSession, now: datetime) -> None:
        """Write down what was refused in the hour that is over."""
        hour = now - timedelta(hours=1)
        people = {row.login: row.id for row in await session.execute(select(Staff.login, Staff.id))}
        counted = {
            kind: await self._limits.counted(f"staff-{kind}", [*people, _EVERYBODY], per=_HOUR, at=hour)
            for kind in _KINDS
        }
        for login, staff_id in people.items():
            if times := {kind: counted[kind][login] for kind in _KINDS if login in counted[kind]}:
                await record(session, act="identity:refuse-sign-in", actor=None, subject=("staff", staff_id), **times)
        others = {kind: counted[kind].pop(_EVERYBODY, 0) - sum(counted[kind].values()) for kind in _KINDS}
        if others := {kind: times for kind, times in others.items() if times > 0}:
            await record(session, act="identity:refuse-sign-in", actor=None, subject=None, **others)
