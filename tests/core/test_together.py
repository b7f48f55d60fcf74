"""Many who ask at once are served by one transaction, and nobody keeps another one away."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.database import Database
from server.core.problems import NotFound, Problem
from server.core.together import Together


class Desk:
    """Gives back what it is asked, and counts the transactions in which it did."""

    def __init__(self, database: Database) -> None:
        self.together = Together(database, self.serve)
        self.served: list[list[str]] = []

    async def serve(self, session: AsyncSession, asked: Sequence[str], patient: bool) -> list[str | Problem | None]:
        # Of PostgreSQL, so that others come meanwhile.
        await session.execute(text("SELECT 1"))
        self.served.append(list(asked))
        if "broken" in asked:
            await session.execute(text("SELECT 1 / 0"))
        given: dict[str, str | Problem | None] = {"refused": NotFound(), "held": "held" if patient else None}
        return [given.get(it, it) for it in asked]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_whoever_comes_meanwhile_shares_the_next_transaction(desk: Desk) -> None:
    asked = [str(number) for number in range(50)]
    assert await asyncio.gather(*map(desk.together.ask, asked)) == asked
    assert len(desk.served) <= 2


async def test_a_refusal_is_for_whoever_was_refused(desk: Desk) -> None:
    one, refused, other = await asyncio.gather(
        *map(desk.together.ask, ("one", "refused", "other")), return_exceptions=True
    )
    assert (one, other) == ("one", "other")
    assert isinstance(refused, NotFound)
    assert len(desk.served) == 1


async def test_one_that_breaks_breaks_no_other(desk: Desk) -> None:
    one, broken, other = await asyncio.gather(
        *map(desk.together.ask, ("one", "broken", "other")), return_exceptions=True
    )
    assert (one, other) == ("one", "other")
    assert isinstance(broken, Exception)
    assert await desk.together.ask("later") == "later"


async def test_who_must_wait_for_a_lock_waits_alone(desk: Desk) -> None:
    assert await asyncio.gather(*map(desk.together.ask, ("held", "one"))) == ["held", "one"]
    assert desk.served == [["held", "one"], ["held"]]


async def test_one_who_hangs_up_takes_no_answer_from_others(desk: Desk) -> None:
    gone, here = asyncio.create_task(desk.together.ask("gone")), asyncio.create_task(desk.together.ask("here"))
    await asyncio.sleep(0)
    gone.cancel()
    assert await here == "here"
    with pytest.raises(asyncio.CancelledError):
        await gone
