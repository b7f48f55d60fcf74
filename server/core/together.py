"""Many who ask for the same at once are served by one transaction.

Whoever asks while one is under way waits for the next, together with all others who do. What a transaction costs (ways
to PostgreSQL, the sync of the disk, the turn in the chain of the audit log) is then paid once for all of them; who asks
alone waits for nobody.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.database import Database
from server.core.problems import Problem

Asked = TypeVar("Asked")
Told = TypeVar("Told")

_AT_ONCE = 100


class Together(Generic[Asked, Told]):
    """`serve` gives one outcome for each, in the same order: what is told, or the Problem that is raised.

    With `patient` False it waits for no lock, and gives None for whoever must wait: they are served alone, as everybody
    is when the common transaction fails, so that nobody keeps another one away.
    """

    def __init__(
        self,
        database: Database,
        serve: Callable[[AsyncSession, Sequence[Asked], bool], Awaitable[Sequence[Told | Problem | None]]],
    ) -> None:
        self._database, self._serve = database, serve
        self._waiting: list[tuple[Asked, asyncio.Future[Told | Problem | None]]] = []
        self._serving: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Told:
        """What is told is on the disk."""
        answer: asyncio.Future[Told | Problem | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        if self._serving is None:
            self._serving = asyncio.create_task(self._serve_all())
        # Shielded: what others have asked for goes on when one of them hangs up.
        outcome = await asyncio.shield(answer)
        if outcome is None:
            async with self._database.transaction() as session:
                [outcome] = await self._serve(session, [asked], True)
        if isinstance(outcome, Problem):
            raise outcome
        assert outcome is not None
        return outcome

    async def _serve_all(self) -> None:
        try:
            while self._waiting:
                several, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
                outcomes: Sequence[Told | Problem | None] = [None] * len(several)
                try:
                    async with self._database.transaction() as session:
                        outcomes = await self._serve(session, [asked for asked, _ in several], False)
                except Exception:  # alone each of them is told what it was
                    outcomes = [None] * len(several)
                for (_, answer), outcome in zip(several, outcomes, strict=True):
                    answer.set_result(outcome)
        finally:
            self._serving = None
