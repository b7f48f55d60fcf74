"""What privacy does later: pack copies, carry out erasures."""

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.events import Reaction
from server.modules.privacy.events import CopyRequested, ErasureGranted
from server.modules.privacy.service.requests import Requests


async def pack_copy(session: AsyncSession, event: CopyRequested) -> None:
    await Requests(session, session.info["settings"]).pack(event.request_id, event.language)


async def erase_person(session: AsyncSession, event: ErasureGranted) -> None:
    await Requests(session, session.info["settings"]).erase(event.request_id)


reactions = [Reaction(CopyRequested, pack_copy), Reaction(ErasureGranted, erase_person)]
