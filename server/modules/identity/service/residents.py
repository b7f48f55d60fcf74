"""Residents: made by their first sign-in, described by themselves."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import case, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.database import one_at_a_time
from server.core.events import publish
from server.core.holding import Coded, called
from server.core.problems import Problem
from server.core.settings import Settings
from server.core.versions import ChangedMeanwhile
from server.core.words import Language, Words
from server.modules.identity.events import ResidentMoved
from server.modules.identity.gateways.sms import sender_of
from server.modules.identity.models import ExternalAccount, OneTimeCode, Passkey, PhoneCode, Resident, Session
from server.modules.identity.rules.held import METHODS, TONGUES
from server.modules.identity.rules.person import name_of, national_id_of, searched
from server.modules.identity.service.identifiers import Identifiers
from server.modules.identity.service.sessions import Sessions
from server.modules.places.public import named_communes, unit_exists

log = structlog.get_logger()


class ResidentNotFound(Problem):
    status = 404
    title = Words("Không tìm thấy người này", "There is no such person", "រកមិនឃើញបុគ្គលនេះទេ")


class NameRefused(Problem):
    status = 400
    title = Words(
        "Họ tên chỉ gồm chữ cái, dài nhất 100 ký tự",
        "A name has letters only, 100 at most",
        "ឈ្មោះមានតែអក្សរ យ៉ាងច្រើន ១០០ តួ",
    )


class CommuneRefused(Problem):
    status = 400
    title = Words(
        "Không có xã, phường nào mang mã này",
        "No commune or ward has this code",
        "គ្មានឃុំ សង្កាត់ណាមានលេខកូដនេះទេ",
    )


class NationalIdRefused(Problem):
    status = 400
    title = Words(
        "Số định danh cá nhân gồm đúng 12 chữ số",
        "A personal identification number has exactly 12 digits",
        "លេខអត្តសញ្ញាណមាន ១២ ខ្ទង់",
    )


PROVED = Resident.national_id_proved_at.is_not(None)
"""An identity provider has vouched for the personal number; else it is only typed."""


class Residents:
    """The people who use the service."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._identifiers = Identifiers(settings)

    async def find(self, resident_id: UUID) -> Resident:
        """Raises ResidentNotFound, also for somebody who was erased."""
        living = select(Resident).where(Resident.id == resident_id, Resident.erased_at.is_(None))
        resident = await self._session.scalar(living)
        if resident is None:
            raise ResidentNotFound
        return resident

    async def by_phone(self, phone: str, language: Language) -> Resident:
        """The owner of this number (E.164), made now if it is their first time; two at once make one."""
        row = uuid7()
        index = self._identifiers.index("phone", phone)
        new = insert(Resident).values(
            id=row,
            phone=self._identifiers.close("phone", row, phone),
            phone_index=index,
            language=language,
            name="",
            name_folded="",
            version=1,
        )
        # A change to what it is already: so the row is given back, and held, whoever else is about to change it.
        same = new.on_conflict_do_update(index_elements=["phone_index"], set_={"phone_index": index})
        return (await self._session.scalars(same.returning(Resident))).one()

    def phone_of(self, resident: Resident) -> str | None:
        return self._identifiers.open("phone", resident.id, resident.phone) if resident.phone else None

    def national_id_of(self, resident: Resident) -> str | None:
        sealed = resident.national_id
        return self._identifiers.open("national-id", resident.id, sealed) if sealed else None

    async def names_of(self, resident_ids: Collection[UUID]) -> dict[UUID, str]:
        """What each of them is called; empty when they have not said, or were erased."""
        found = select(Resident.id, Resident.name).where(Resident.id.in_(resident_ids))
        return {row.id: row.name for row in await self._session.execute(found)}

    async def by_traces(self, traces: Collection[bytes]) -> dict[bytes, UUID]:
        """Who has proved the phones, or the personal numbers, with these keyed indexes."""
        phones = select(Resident.phone_index, Resident.id).where(Resident.phone_index.in_(traces))
        numbers = select(Resident.national_id_index, Resident.id).where(Resident.national_id_index.in_(traces), PROVED)
        found = await self._session.execute(phones.union_all(numbers))
        return {row[0]: row[1] for row in found if row[0]}

    async def languages_of(self, resident_ids: Collection[UUID]) -> dict[UUID, Language]:
        """What each of them reads."""
        found = select(Resident.id, Resident.language).where(Resident.id.in_(resident_ids))
        return {row.id: row.language for row in await self._session.execute(found)}

    async def text(self, resident_id: UUID, words: Words, settings: Settings) -> str | None:
        """A short text to the phone they have proved, in their language. Who took it; None when there is no way.

        Raises CannotSend.
        """
        resident, sender = await self.find(resident_id), sender_of(settings)
        phone = self.phone_of(resident)
        if phone is None or sender is None:
            return None
        return (await sender.send(phone, words.for_(resident.language), resident.language)).provider

    async def traces_of(self, resident_id: UUID) -> tuple[bytes | None, bytes | None]:
        """The keyed indexes of their phone and of their personal number, as far as each was proved."""
        number = case((PROVED, Resident.national_id_index))
        row = (
            await self._session.execute(select(Resident.phone_index, number).where(Resident.id == resident_id))
        ).first()
        return (row[0], row[1]) if row else (None, None)

    async def of_trace(self, index: bytes) -> UUID | None:
        """Who has proved the phone, or the personal number, with this keyed index."""
        return (await self.by_traces([index])).get(index)

    async def everything_about(self, resident_id: UUID) -> dict[str, Any]:
        """What we hold, by the names of `rules/held.py`."""
        resident = await self.find(resident_id)
        sessions = await self._session.scalars(select(Session).where(Session.resident_id == resident_id))
        passkeys = await self._session.scalars(select(Passkey).where(Passkey.resident_id == resident_id))
        providers = select(ExternalAccount.issuer).where(ExternalAccount.resident_id == resident_id)
        return {
            "họ tên": resident.name,
            "số điện thoại": self.phone_of(resident),
            "số định danh": self.national_id_of(resident),
            "mã xã, phường": called(resident.commune_code, await named_communes(self._session)),
            "ngôn ngữ": Coded(resident.language, TONGUES[resident.language]),
            "tham gia từ": resident.created_at,
            "thiết bị đang đăng nhập": [
                {
                    "thiết bị": it.device,
                    "cách": Coded(it.method.value, METHODS[it.method.value]),
                    "từ": it.created_at,
                    "lần cuối": it.seen_at,
                }
                for it in sessions
            ],
            "khóa truy cập": [{"thiết bị": it.device, "từ": it.created_at} for it in passkeys],
            "đăng nhập qua": list(await self._session.scalars(providers)),
        }

    async def count(self) -> int:
        """How many there are."""
        return await self._session.scalar(select(func.count()).where(Resident.erased_at.is_(None))) or 0

    async def erase(self, resident_id: UUID) -> None:
        """Nothing that tells who it was stays; the empty row does, for what points to it. Twice changes nothing."""
        resident = await self._session.scalar(select(Resident).where(Resident.id == resident_id))
        if resident is None:
            return
        if resident.phone_index:
            await self._session.execute(delete(PhoneCode).where(PhoneCode.phone_index == resident.phone_index))
        await Sessions(self._session).end_all_of(resident)
        for table in (Passkey, ExternalAccount, OneTimeCode):
            await self._session.execute(delete(table).where(table.resident_id == resident_id))
        resident.phone = resident.phone_index = resident.national_id = resident.national_id_index = None
        resident.national_id_proved_at = None
        resident.name = resident.name_folded = ""
        resident.commune_code = None
        resident.erased_at = datetime.now(UTC)
        await self._session.flush()

    async def describe(
        self, resident_id: UUID, version: int, *, name: str, commune_code: str | None, language: Language
    ) -> Resident:
        """What residents say of themselves. Raises NameRefused, CommuneRefused, ChangedMeanwhile."""
        resident = await self._changing(resident_id, version)
        if name and name_of(name) is None:
            raise NameRefused
        if commune_code is not None and not await unit_exists(self._session, commune_code):
            raise CommuneRefused
        resident.name = (name_of(name) or "") if name else ""
        resident.name_folded = searched(resident.name)
        if commune_code != resident.commune_code:
            publish(self._session, ResidentMoved(resident_id=resident_id, commune_code=commune_code))
        resident.commune_code, resident.language = commune_code, language
        await self._session.flush()
        return resident

    async def set_national_id(self, resident_id: UUID, version: int, number: str | None) -> Resident:
        """Give or take back the personal number. Raises NationalIdRefused, ChangedMeanwhile.

        Whether somebody else has given or proved the same number is not told: typed, it opens nothing.
        """
        resident = await self._changing(resident_id, version)
        if number is None:
            resident.national_id = resident.national_id_index = resident.national_id_proved_at = None
        else:
            digits = national_id_of(number)
            if digits is None:
                raise NationalIdRefused
            index = self._identifiers.index("national-id", digits)
            if resident.national_id_index != index:
                resident.national_id_proved_at = None
            resident.national_id_index = index
            resident.national_id = self._identifiers.close("national-id", resident.id, digits)
        await self._session.flush()
        return resident

    async def prove_national_id(self, resident: Resident, digits: str) -> None:
        """An identity provider vouches for it. Whoever has proved the same number keeps it, alone.

        A number that was proved is never replaced by another one: a desk looks into that, with papers.
        """
        index = self._identifiers.index("national-id", digits)
        if resident.national_id_proved_at is not None:
            if resident.national_id_index != index:
                log.warning("another personal number vouched for", resident=str(resident.id))
            return
        await one_at_a_time(self._session, f"national-id|{index.hex()}")
        if await self._session.scalar(select(Resident.id).where(Resident.national_id_index == index, PROVED)):
            return
        resident.national_id = self._identifiers.close("national-id", resident.id, digits)
        resident.national_id_index = index
        resident.national_id_proved_at = datetime.now(UTC)
        resident.version += 1
        await self._session.flush()

    async def _changing(self, resident_id: UUID, version: int) -> Resident:
        await self._session.execute(select(Resident.id).where(Resident.id == resident_id).with_for_update())
        resident = await self.find(resident_id)
        if resident.version != version:
            raise ChangedMeanwhile
        resident.version += 1
        return resident
