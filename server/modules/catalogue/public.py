"""What other modules may ask of the catalogue."""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncSession

from server.modules.catalogue.service import Catalogue


async def known_procedures(session: AsyncSession, codes: Collection[str]) -> set[str]:
    """Which of these national codes the catalogue has, or once had."""
    return await Catalogue(session).known(codes)
