"""What other modules may ask of the catalogue."""

from collections.abc import Collection
from datetime import datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.clock import HERE
from server.modules.catalogue.rules.facts import Facts, Limit, clear_time, in_force
from server.modules.catalogue.service.procedures import Catalogue, Named, named, naming

__all__ = [
    "Named",
    "ProcedureThen",
    "known_procedures",
    "named",
    "names_of_procedures",
    "naming",
    "procedure_then",
]


class ProcedureThen(msgspec.Struct, frozen=True):
    """A procedure as it stood on a day, under its revision."""

    code: str
    revision: int
    title: str
    in_force: bool
    _facts: Facts

    def limit(self, channel: str) -> Limit | None:
        """The time limit of a channel (direct, online, post); None where the source is silent or says several."""
        return clear_time([way for way in self._facts.channels if way.channel == channel])


async def procedure_then(session: AsyncSession, code: str, moment: datetime) -> ProcedureThen | None:
    """What was published about a procedure at this moment; None for a code nobody knows."""
    found = await Catalogue(session).as_of(code, moment)
    if found is None:
        return None
    revision, facts = found
    return ProcedureThen(code, revision, facts.title, in_force(facts, moment.astimezone(HERE).date()), facts)


async def known_procedures(session: AsyncSession, codes: Collection[str]) -> set[str]:
    """Which of these national codes the catalogue has, or once had."""
    return await Catalogue(session).known(codes)


async def names_of_procedures(session: AsyncSession, codes: Collection[str]) -> dict[str, Named]:
    """Title, also earlier ones, and field by national code, of those the catalogue has, or once had."""
    return await Catalogue(session).names(codes)
