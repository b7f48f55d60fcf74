"""What identity holds about a person."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.holding import Holding
from server.modules.identity.rules.held import NAMES, TITLE
from server.modules.identity.service.residents import Residents


async def gather(session: AsyncSession, resident_id: UUID) -> dict[str, Any]:
    return await Residents(session, session.info["settings"]).everything_about(resident_id)


async def erase(session: AsyncSession, resident_id: UUID) -> None:
    await Residents(session, session.info["settings"]).erase(resident_id)


holding = Holding(title=TITLE, names=NAMES, gather=gather, erase=erase)
