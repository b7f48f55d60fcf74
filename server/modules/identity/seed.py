"""The roles an installation begins with and, in a demonstration, demo people. A second time changes nothing."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.settings import Settings
from server.modules.identity.models import Role, Staff, StaffRole
from server.modules.identity.rules.demo import PASSWORD, RESIDENTS, STAFF, STARTING_ROLES
from server.modules.identity.rules.person import searched
from server.modules.identity.service import passwords
from server.modules.identity.service.residents import Residents
from server.modules.identity.service.time_codes import TimeCodes, new_secret
from server.modules.places.public import first_workplaces


async def seed(session: AsyncSession, settings: Settings) -> None:
    await _roles(session)
    if settings.demo:
        await _residents(session, settings)
        await _staff(session, settings)


async def _roles(session: AsyncSession) -> None:
    # Only when there is none: a role that was renamed or removed does not come back.
    if await session.scalar(select(Role.id).limit(1)) is None:
        session.add_all(
            Role(id=uuid7(), name=name, permissions=sorted(permissions)) for name, permissions in STARTING_ROLES.items()
        )
        await session.flush()


async def _residents(session: AsyncSession, settings: Settings) -> None:
    residents = Residents(session, settings)
    for person in RESIDENTS:
        resident = await residents.by_phone(person.phone, person.language)
        if not resident.name:
            resident.name, resident.name_folded = person.name, searched(person.name)


async def _staff(session: AsyncSession, settings: Settings) -> None:
    commune, office = await first_workplaces(session)
    roles = {role.name: role.id for role in await session.scalars(select(Role))}
    there = set(await session.scalars(select(Staff.login)))
    for person in STAFF:
        if person.login in there:
            continue
        member = Staff(
            id=uuid7(),
            login=person.login,
            name=person.name,
            unit=commune if person.at_commune else office,
            searched=searched(f"{person.login} {person.name}"),
            password_hash=await passwords.hash_of(PASSWORD),
            demo=True,
        )
        member.totp_secret = TimeCodes.close(settings, member.id, new_secret())
        session.add(member)
        await session.flush()
        session.add_all(
            StaffRole(id=uuid7(), staff_id=member.id, role_id=roles[name]) for name in person.roles if name in roles
        )
