"""What other modules may ask of identity."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import BindParameter, ScalarSelect, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.limits import Limits
from server.core.settings import Settings
from server.core.words import Language, Words
from server.modules.identity.gateways.sms import CannotSend, sender_of
from server.modules.identity.models import Resident
from server.modules.identity.rules.person import national_id_of
from server.modules.identity.rules.phone import mobile_of
from server.modules.identity.rules.sessions import device_of
from server.modules.identity.service.codes import spend_budget
from server.modules.identity.service.duties import OwnWork, refuse_own_work
from server.modules.identity.service.identifiers import Identifiers
from server.modules.identity.service.partners import Partners
from server.modules.identity.service.residents import PROVED, Residents
from server.modules.identity.service.sessions import Sessions
from server.modules.identity.service.staff import StaffAccounts

__all__ = [
    "CannotSend",
    "OwnWork",
    "count_residents",
    "demo_partner",
    "device_of",
    "is_shared",
    "language_of_resident",
    "living_sessions",
    "name_of_resident",
    "names_of_residents",
    "names_of_staff",
    "number_of_resident",
    "number_trace",
    "number_trace_with",
    "phone_of_resident",
    "phone_trace",
    "phone_traces",
    "refuse_own_work",
    "resident_of_trace",
    "residents_by_trace",
    "spend_text",
    "staff_at_work",
    "staff_who_may",
    "staff_with_login",
    "text_to_phone",
    "text_to_resident",
    "texts_are_carried",
    "trace_of",
    "trace_with",
    "traces_of_resident",
]


async def count_residents(session: AsyncSession) -> int:
    """How many people have an account."""
    return await Residents(session, session.info["settings"]).count()


async def demo_partner(session: AsyncSession, name: str, permissions: frozenset[str]) -> tuple[UUID, str]:
    """A system of a demonstration and a new secret for it, made when it is not there."""
    return await Partners(session, session.info["settings"]).of_demonstration(name, permissions)


async def name_of_resident(session: AsyncSession, resident_id: UUID) -> str:
    """The name a resident gave; empty when none, or when the person was erased."""
    return (await names_of_residents(session, [resident_id])).get(resident_id, "")


async def names_of_residents(session: AsyncSession, resident_ids: Collection[UUID]) -> dict[UUID, str]:
    """The same of each of them."""
    return await Residents(session, session.info["settings"]).names_of(resident_ids)


def trace_of(session: AsyncSession, phone: str) -> bytes | None:
    """The keyed index by which an account with this number is found; None for a number no account can have."""
    return trace_with(session.info["settings"], phone)


def trace_with(settings: Settings, phone: str) -> bytes | None:
    """The same, made with the key of these settings."""
    mobile = mobile_of(phone)
    return Identifiers(settings).index("phone", mobile) if mobile else None


def number_trace_with(settings: Settings, digits: str) -> bytes | None:
    """The keyed index by which whoever has proved this personal number is found; None for an old card's nine digits."""
    number = national_id_of(digits)
    return Identifiers(settings).index("national-id", number) if number else None


async def traces_of_resident(session: AsyncSession, resident_id: UUID) -> tuple[bytes | None, bytes | None]:
    """The same of the phone a resident has proved, and of the personal number an identity provider vouched for. One
    they have only typed is not among them.
    """
    return await Residents(session, session.info["settings"]).traces_of(resident_id)


def phone_trace(resident_id: UUID | BindParameter[UUID]) -> ScalarSelect[bytes | None]:
    """The first of these, to be compared with inside a query: one way to the database less."""
    return select(Resident.phone_index).where(Resident.id == resident_id).scalar_subquery()


def number_trace(resident_id: UUID | BindParameter[UUID]) -> ScalarSelect[bytes | None]:
    """The second of these, in the same way."""
    return select(Resident.national_id_index).where(Resident.id == resident_id, PROVED).scalar_subquery()


async def phone_traces(session: AsyncSession, resident_ids: Collection[UUID]) -> dict[UUID, bytes]:
    """The same of several, of those who have proved one."""
    asked = select(Resident.id, Resident.phone_index).where(Resident.id.in_(resident_ids))
    return {row.id: row.phone_index for row in await session.execute(asked) if row.phone_index}


async def residents_by_trace(session: AsyncSession, traces: Collection[bytes]) -> dict[bytes, UUID]:
    """Who has proved the phones or personal numbers with these keyed indexes; nobody for the others."""
    return await Residents(session, session.info["settings"]).by_traces(traces)


async def text_to_resident(session: AsyncSession, resident_id: UUID, words: Words) -> str | None:
    """A short text to their phone; who took it, None when nobody carries any. Fails when nobody took it."""
    settings = session.info["settings"]
    return await Residents(session, settings).text(resident_id, words, settings)


def texts_are_carried(settings: Settings) -> bool:
    """Whether anybody carries texts to phones."""
    return sender_of(settings) is not None


async def spend_text(session: AsyncSession) -> None:
    """One text of the hour's budget of the province, counted whatever becomes of the request.

    Raises TooManyRequests once it is spent.
    """
    await spend_budget(Limits(session.info["database"], session.info["settings"]), session.info["settings"])


async def text_to_phone(session: AsyncSession, phone: str, text: str, language: Language) -> str | None:
    """A short text to whoever has no account: the number as it was typed. Who took it; None when there is no way.

    Raises CannotSend.
    """
    mobile, sender = mobile_of(phone), sender_of(session.info["settings"])
    if mobile is None or sender is None:
        return None
    return (await sender.send(mobile, text, language)).provider


async def phone_of_resident(session: AsyncSession, resident_id: UUID) -> str | None:
    """The phone they have proved, in E.164, for whoever carries a message there."""
    residents = Residents(session, session.info["settings"])
    return residents.phone_of(await residents.find(resident_id))


async def number_of_resident(session: AsyncSession, resident_id: UUID) -> str | None:
    """The same as it is dialled at home; None for whoever has none, and for whoever was erased."""
    sealed = await session.scalar(select(Resident.phone).where(Resident.id == resident_id))
    phone = Identifiers(session.info["settings"]).open("phone", resident_id, sealed) if sealed else None
    return phone.replace("+84", "0", 1) if phone else None


async def language_of_resident(session: AsyncSession, resident_id: UUID) -> Language:
    """What they read."""
    residents = Residents(session, session.info["settings"])
    return (await residents.languages_of([resident_id])).get(resident_id, "vi")


async def is_shared(session: AsyncSession, session_id: UUID) -> bool:
    """Whether somebody is signed in by this session on a device that many use."""
    return await Sessions(session).is_shared(session_id)


async def living_sessions(session: AsyncSession, session_ids: Collection[UUID]) -> set[UUID]:
    """Those of these sessions that have not ended. Asking does not make them last longer."""
    return await Sessions(session).living(session_ids)


async def resident_of_trace(session: AsyncSession, trace: bytes) -> UUID | None:
    """Whose account has proved the phone or the personal number of this index."""
    return await Residents(session, session.info["settings"]).of_trace(trace)


async def staff_with_login(session: AsyncSession, login: str) -> tuple[UUID, str] | None:
    """Their id and where they work; None when nobody has this login."""
    return await StaffAccounts(session, session.info["settings"]).with_login(login)


async def staff_at_work(session: AsyncSession, staff_ids: Collection[UUID]) -> set[UUID]:
    """Those of them whose account lets them in."""
    return await StaffAccounts(session, session.info["settings"]).at_work(staff_ids)


async def staff_who_may(session: AsyncSession, permission: str, unit: str | None = None) -> set[UUID]:
    """Those who may do it and whose account lets them in: of one unit, or wherever they work."""
    return await StaffAccounts(session, session.info["settings"]).who_may(permission, unit)


async def names_of_staff(session: AsyncSession, staff_ids: Collection[UUID]) -> dict[UUID, str]:
    """What colleagues are called, for their own colleagues and for what they sign."""
    return await StaffAccounts(session, session.info["settings"]).names_of(staff_ids)
