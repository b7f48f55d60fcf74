"""What the notifications hold about a person: what they were told, how they want to be told, and where."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.holding import Holding
from server.modules.notifications.rules.held import NAMES, TITLE
from server.modules.notifications.service.remembered import Remembered


async def gather(session: AsyncSession, resident_id: UUID) -> dict[str, Any]:
    return await Remembered(session, session.info["settings"]).everything_about(resident_id)


async def erase(session: AsyncSession, resident_id: UUID) -> None:
    await Remembered(session, session.info["settings"]).forget(resident_id)


holding = Holding(title=TITLE, names=NAMES, gather=gather, erase=erase)
