"""What other modules may ask of the catalogue."""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncSession

from server.modules.catalogue.service import Catalogue, Named

__all__ = ["Named", "known_procedures", "names_of_procedures"]


async def known_procedures(session: AsyncSession, codes: Collection[str]) -> set[str]:
    """Which of these national codes the catalogue has, or once had."""
    return await Catalogue(session).known(codes)


async def names_of_procedures(session: AsyncSession, codes: Collection[str]) -> dict[str, Named]:
    """Title and field by national code, of those the catalogue has, or once had."""
    return await Catalogue(session).names(codes)
