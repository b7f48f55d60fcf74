"""Our VAPID key, made at the first start: from then on SECRET_KEY can be held against it."""

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.settings import Settings
from server.modules.notifications.service.devices import key_pair


async def seed(session: AsyncSession, settings: Settings) -> None:
    await key_pair(session, settings)
