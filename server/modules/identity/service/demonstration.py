"""The people of a demonstration, whom none may be left of where it is meant seriously."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.audit import record
from server.core.settings import Settings, WrongSetting
from server.modules.identity.models import Resident, Staff
from server.modules.identity.rules.demo import RESIDENTS
from server.modules.identity.service.identifiers import Identifiers
from server.modules.identity.service.residents import Residents
from server.modules.identity.service.staff import StaffAccounts


class Demonstration:
    """Its accounts, as far as they still let somebody in."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings

    async def refuse(self) -> None:
        """Raises WrongSetting outside a demonstration when some are left."""
        if not self._settings.demo and (await self._staff() or await self._residents()):
            raise WrongSetting(
                "DEMO", "is 0, but accounts of a demonstration are left: python -m server demo-accounts --end"
            )

    async def end(self) -> int:
        """Disable its staff and forget its residents; how many they were."""
        accounts, residents = StaffAccounts(self._session, self._settings), Residents(self._session, self._settings)
        staff, people = await self._staff(), await self._residents()
        for member in staff:
            await accounts.disable(None, member.id, None, "Tài khoản thử nghiệm")
        for person in people:
            await residents.erase(person.id)
            await record(self._session, act="identity:end-demo-account", actor=None, subject=("resident", person.id))
        return len(staff) + len(people)

    async def _staff(self) -> Sequence[Staff]:
        return (await self._session.scalars(select(Staff).where(Staff.demo, Staff.disabled_at.is_(None)))).all()

    async def _residents(self) -> Sequence[Resident]:
        identifiers = Identifiers(self._settings)
        theirs = [identifiers.index("phone", person.phone) for person in RESIDENTS]
        return (await self._session.scalars(select(Resident).where(Resident.phone_index.in_(theirs)))).all()


async def refuse_demonstration(session: AsyncSession, settings: Settings) -> None:
    """Raises WrongSetting."""
    await Demonstration(session, settings).refuse()
