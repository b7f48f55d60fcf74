"""What other modules may ask of the places."""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.database import Database
from server.modules.places.rules import METRES_PER_DEGREE as METRES_PER_DEGREE
from server.modules.places.rules import Outlined
from server.modules.places.rules import metres_between as metres_between
from server.modules.places.service import Counter as Counter
from server.modules.places.service import OutsideTheProvince, Places
from server.modules.places.snapshot import places_snapshot


async def unit_exists(session: AsyncSession, code: str) -> bool:
    """Whether a commune or ward of today has this code."""
    return await Places(session).unit_exists(code)


async def workplace_exists(session: AsyncSession, place: str) -> bool:
    """Whether staff can work there: a commune's code or an office's slug."""
    return await Places(session).workplace_exists(place)


async def names_of_workplaces(session: AsyncSession, places: Collection[str]) -> dict[str, str]:
    """What places where staff work are called, by code or slug; one that is no more is left out."""
    return await Places(session).names_of(places)


async def counter_of(session: AsyncSession, place: str) -> Counter | None:
    """Where people are received who go to a place where staff work; None for one that is no more."""
    return await Places(session).counter_of(place)


async def names_of_places(session: AsyncSession) -> list[str]:
    """The province and its communes and wards of today, as people write them."""
    return await Places(session).names()


async def first_workplaces(session: AsyncSession) -> tuple[str, str]:
    """A commune's code and a department's slug, whichever comes first: where demo staff work. Empty without any."""
    return await Places(session).first_workplaces()


async def successors_of(session: AsyncSession, name: str) -> list[tuple[str, str]]:
    """Code and name of the communes of today that took over one of the past; empty for a name nobody knows."""
    return await Places(session).successors_of(name)


async def named_communes(session: AsyncSession) -> dict[str, str]:
    """Names of all communes and wards of today, by code."""
    return await Places(session).communes()


async def province_of(session: AsyncSession) -> tuple[str, str]:
    """Code and name of the province; empty before there is any."""
    return await Places(session).province()


async def areas_of(session: AsyncSession, codes: Collection[str] | None) -> list[Outlined]:
    """Communes with their outer rings, drawn to about 350 m; None: all of them."""
    return await Places(session).outlined(codes)


async def read_places(database: Database) -> None:
    """For `commune_around`, in a process that does not serve: one that does reads them by itself."""
    await places_snapshot.refresh(database)


def point_in(code: str) -> tuple[float, float]:
    """A (latitude, longitude) inside a commune of today, once the process has read the places."""
    return places_snapshot.value.point_in(code)


def commune_around(lat: float, lon: float) -> str | None:
    """The code of the commune or ward a position lies in, or nearest to; None far outside the province.

    Raises PositionRefused, and Unavailable while the process has not read the places yet.
    """
    try:
        return places_snapshot.value.locate(lat, lon).unit.code
    except OutsideTheProvince:
        return None
