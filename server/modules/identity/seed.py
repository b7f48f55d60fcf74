"""Demo people, plainly fictional; only in a demonstration, and a second time changes nothing."""

from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.settings import Settings
from server.core.words import Language
from server.modules.identity.rules.person import searched
from server.modules.identity.service.residents import Residents


class DemoResident(NamedTuple):
    phone: str
    name: str
    language: Language


RESIDENTS = [
    DemoResident("+84900000001", "Nguyễn Thị Mẫu", "vi"),
    DemoResident("+84900000002", "Trần Văn Thử", "vi"),
    DemoResident("+84900000003", "ថាច់ សុខា", "km"),
]


async def seed(session: AsyncSession, settings: Settings) -> None:
    if not settings.demo:
        return
    residents = Residents(session, settings)
    for person in RESIDENTS:
        resident = await residents.by_phone(person.phone, person.language)
        if not resident.name:
            resident.name, resident.name_folded = person.name, searched(person.name)
