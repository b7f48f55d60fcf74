"""What other modules may ask of the notifications."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from server.modules.notifications.rules.inbox import Topic
from server.modules.notifications.service.telling import Notice, Telling

__all__ = ["Notice", "Topic", "notify"]


async def notify(session: AsyncSession, notices: Sequence[Notice]) -> None:
    """Tell residents something: in their inbox, and on the devices they want to be rung on."""
    await Telling(session, session.info["settings"]).notify(notices)
