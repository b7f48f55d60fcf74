"""What offices are called in the codes of dossiers: no list of them is public, so that staff enter it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller
from server.core.audit import record
from server.core.clock import HERE
from server.core.events import publish
from server.core.problems import Problem
from server.core.versions import ChangedMeanwhile
from server.core.words import Words
from server.modules.dossiers.events import CalendarChanged
from server.modules.dossiers.models import Hours, OfficeCode
from server.modules.dossiers.rules.codes import is_unit_code, new_code
from server.modules.dossiers.rules.working_time import COMMUNE_POLICE, OFFICE, Week
from server.modules.places.public import workplace_exists


class OfficeCodeMissing(Problem):
    title = Words(
        "Cơ quan của bạn chưa có mã đơn vị để đặt mã hồ sơ. Hãy nhờ quản trị viên nhập mã này",
        "Your office has no unit code yet, and a dossier's code begins with it. Ask an administrator to enter it",
        "ការិយាល័យរបស់អ្នកមិនទាន់មានលេខកូដអង្គភាពសម្រាប់ដាក់លេខកូដសំណុំឯកសារទេ។ សូមឲ្យអ្នកគ្រប់គ្រងបញ្ចូល",
    )


class OfficeCodeRefused(Problem):
    status = 400
    title = Words(
        "Mã đơn vị có dạng như H12.26 hoặc H12.26.3",
        "A unit code looks like H12.26 or H12.26.3",
        "លេខកូដអង្គភាពមានទម្រង់ដូច H12.26 ឬ H12.26.3",
    )


class OfficeCodeTaken(Problem):
    title = Words(
        "Mã đơn vị này đang dùng cho cơ quan khác",
        "Another office has this unit code",
        "លេខកូដអង្គភាពនេះកំពុងប្រើដោយការិយាល័យផ្សេង",
    )


class OfficeUnknown(Problem):
    status = 404
    title = Words(
        "Không có xã, phường hay cơ quan nào mang mã này",
        "No commune, ward or office has this code",
        "គ្មានឃុំ សង្កាត់ ឬស្ថាប័នណាមានលេខកូដនេះទេ",
    )


WEEKS: dict[Hours, Week] = {Hours.OFFICE: OFFICE, Hours.COMMUNE_POLICE: COMMUNE_POLICE}


class Offices:
    """The codes and hours of offices."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> list[OfficeCode]:
        return list(await self._session.scalars(select(OfficeCode).order_by(OfficeCode.code)))

    async def describe(
        self, caller: Caller | None, place: str, version: int, code: str, hours: Hours, address: str = ""
    ) -> OfficeCode:
        """Where the hours are others than before, open due dates are counted anew.

        Raises OfficeUnknown, OfficeCodeRefused, OfficeCodeTaken, ChangedMeanwhile.
        """
        if not await workplace_exists(self._session, place):
            raise OfficeUnknown
        code = code.strip().upper()
        if not is_unit_code(code):
            raise OfficeCodeRefused
        office = await self._session.scalar(select(OfficeCode).where(OfficeCode.place == place).with_for_update())
        if version != (office.version if office else 0):
            raise ChangedMeanwhile
        other = select(OfficeCode.id).where(OfficeCode.code == code, OfficeCode.place != place)
        if await self._session.scalar(other):
            raise OfficeCodeTaken
        if office is None:
            office = OfficeCode(place=place, serial=0, version=0)
            self._session.add(office)
        otherwise = WEEKS[hours] != WEEKS[office.hours or Hours.OFFICE]
        office.code, office.hours, office.version = code, hours, version + 1
        office.address = " ".join(address.split()) or None
        try:
            await self._session.flush()
        except IntegrityError:  # somebody else said it of this office, or gave the code away, this very moment
            raise ChangedMeanwhile from None
        if otherwise:
            publish(self._session, CalendarChanged(place=place))
        await record(self._session, act="dossiers:describe-office", actor=caller, subject=("office", place), code=code)
        return office

    async def next_code(self, place: str, received_at: datetime) -> str:
        """A code nobody has. The serials of one office have no gap as long as nothing is rolled back.

        Raises OfficeCodeMissing. Registrations at one desk wait here for each other.
        """
        counted = update(OfficeCode).where(OfficeCode.place == place).values(serial=OfficeCode.serial + 1)
        row = (await self._session.execute(counted.returning(OfficeCode.code, OfficeCode.serial))).one_or_none()
        if row is None:
            raise OfficeCodeMissing
        return new_code(row.code, received_at.astimezone(HERE).date(), row.serial)

    async def week(self, place: str) -> Week:
        """The hours of an office; those of offices in general where nothing was said."""
        return (await self.weeks({place}))[place]

    async def weeks(self, places: Collection[str]) -> dict[str, Week]:
        """The same of each."""
        asked = select(OfficeCode.place, OfficeCode.hours).where(OfficeCode.place.in_(places))
        said = {row.place: WEEKS[row.hours] for row in await self._session.execute(asked)}
        return dict.fromkeys(places, WEEKS[Hours.OFFICE]) | said
