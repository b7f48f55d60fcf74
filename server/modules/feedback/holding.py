"""What the field reports hold about a person: those they sent, and those they follow."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.holding import HeldFile, Holding
from server.modules.feedback.rules.held import NAMES, TITLE
from server.modules.feedback.service.people import People


async def gather(session: AsyncSession, resident_id: UUID) -> dict[str, Any]:
    return await People(session, session.info["settings"]).everything_about(resident_id)


async def files(session: AsyncSession, resident_id: UUID) -> list[HeldFile]:
    return await People(session, session.info["settings"]).files_about(resident_id)


async def erase(session: AsyncSession, resident_id: UUID) -> None:
    await People(session, session.info["settings"]).forget(resident_id)


holding = Holding(title=TITLE, names=NAMES, gather=gather, files=files, erase=erase)
