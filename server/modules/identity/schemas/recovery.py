"""A lost phone: what the officer at the desk and the resident send and see."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from server.core.wire import Command, Reply
from server.core.words import Language
from server.modules.identity.models import Resident
from server.modules.identity.rules.phone import masked
from server.modules.identity.schemas import Digits

KnownBy = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class FindResident(Command):
    """`known_by`: the phone number of the account, or the personal number."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    known_by: KnownBy


class FoundResidentReply(Reply):
    """Enough to compare with a document; the phone is masked."""

    id: UUID
    name: str
    phone: str | None
    commune_code: str | None

    @classmethod
    def of(cls, resident: Resident, phone: str | None) -> "FoundResidentReply":
        return cls(
            id=resident.id,
            name=resident.name,
            phone=masked(phone) if phone else None,
            commune_code=resident.commune_code,
        )


class MakeDeskCode(Command):
    resident_id: UUID


class DeskCodeReply(Reply):
    """Eight digits to tell the person at the desk, this once."""

    digits: str
    expires_at: datetime


class AskForNewPhone(Command):
    """`phone`: the new number."""

    phone: Annotated[str, msgspec.Meta(max_length=40)]
    language: Language


class MoveToNewPhone(Command):
    """`digits` came to the new phone, `desk_digits` from the desk; `known_by` is the old number or the personal one."""

    digits: Digits
    desk_digits: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{8}$")]
    known_by: KnownBy
    shared: bool
