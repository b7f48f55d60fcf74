"""Beginning to pay, of the many who do so at once: bills of a whole school are due on one day."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.database import Database
from server.core.limits import Limits
from server.core.problems import Problem
from server.core.settings import Settings
from server.core.together import Together
from server.modules.identity.public import phone_traces
from server.modules.payments.models import Attempt, Charge
from server.modules.payments.rules.bill_codes import code_of
from server.modules.payments.rules.states import Way
from server.modules.payments.service.attempts import Attempts
from server.modules.payments.service.refusals import ChargeNotFound
from server.modules.payments.service.settling import lock_all
from server.modules.payments.service.views import Moves, moves_of

BEGINNINGS = 60
"""How often somebody may begin to pay in an hour."""


class Wish(NamedTuple):
    """A resident wants to pay the bill with this code, this way."""

    resident_id: UUID
    code: str
    way: Way


class Begun(NamedTuple):
    """Their bill, and everything that was tried and moved."""

    charge: Charge
    attempts: list[Attempt]
    moves: Moves


class Beginning:
    def __init__(self, database: Database, settings: Settings) -> None:
        self._settings = settings
        self._limits = Limits(database, settings)
        self._together = Together(database, self._begin)

    async def begin(self, wish: Wish) -> Begun:
        """Raises TooManyRequests, ChargeNotFound (also when it is somebody else's), ChargeNotPayable, WayNotOffered.

        Counted by person: behind one address of a mobile network stand thousands, and bills are due on one day.
        """
        await self._limits.spend("begin-to-pay", str(wish.resident_id), times=BEGINNINGS, per=3600)
        return await self._together.ask(wish)

    async def _begin(
        self, session: AsyncSession, wishes: Sequence[Wish], patient: bool
    ) -> list[Begun | Problem | None]:
        traces = await phone_traces(session, {it.resident_id for it in wishes})
        codes = [code_of(it.code) for it in wishes]
        theirs = (Charge.code.in_(codes), Charge.owner_index.in_(traces.values()))
        held = {(it.code, it.owner_index): it for it in await lock_all(session, *theirs, patient=patient)}
        found = [held.get((code or "", traces.get(it.resident_id))) for it, code in zip(wishes, codes, strict=True)]
        begun = iter(
            await Attempts(session, self._settings).begin_all(
                [(charge, it.way) for it, charge in zip(wishes, found, strict=True) if charge is not None]
            )
        )
        moves = await moves_of(session, [charge.id for charge in held.values()])
        outcomes: list[Begun | Problem | None] = []
        for charge in found:
            if charge is None:
                outcomes.append(ChargeNotFound() if patient else None)
            else:
                tried = next(begun)
                outcomes.append(tried if isinstance(tried, Problem) else Begun(charge, tried, moves.get(charge.id, [])))
        return outcomes
