"""What SECRET_KEY has made in the tables of identity, and how another one makes it again."""

from typing import Any

from sqlalchemy import Row, select

from server.core.rotation import Ending, Sealed, moved
from server.core.settings import Settings
from server.modules.identity.models import (
    Ceremony,
    ExternalAccount,
    OneTimeCode,
    PhoneCode,
    Resident,
    SigningKey,
    Staff,
)
from server.modules.identity.service import partners, time_codes
from server.modules.identity.service.identifiers import Identifiers, subject_of


def _resident(row: Row[Any], old: Settings, new: Settings) -> dict[str, Any]:
    before, after = Identifiers(old), Identifiers(new)
    made: dict[str, Any] = {}
    for column, kind in (("phone", "phone"), ("national_id", "national-id")):
        sealed = getattr(row, column)
        number = before.open(kind, row.id, sealed) if sealed else None
        made[column] = after.close(kind, row.id, number) if number else None
        made[f"{column}_index"] = after.index(kind, number) if number else None
    return made


def _external(row: Row[Any], old: Settings, new: Settings) -> dict[str, Any]:
    after, subject = Identifiers(new), Identifiers(old).open("subject", row.id, row.subject)
    return {
        "subject": after.close("subject", row.id, subject),
        "subject_index": after.index("subject", subject_of(row.issuer, subject)),
    }


def _staff(row: Row[Any], old: Settings, new: Settings) -> dict[str, Any]:
    seals = time_codes.seal_of(old), time_codes.seal_of(new)
    return {"totp_secret": moved(row.totp_secret, *seals, str(row.id))}


def _signing_key(row: Row[Any], old: Settings, new: Settings) -> dict[str, Any]:
    return {"sealed": moved(row.sealed, partners.seal_of(old), partners.seal_of(new), row.kid)}


_NAMED = select(ExternalAccount.__table__).where(ExternalAccount.subject.is_not(None))

SEALED: list[Sealed | Ending] = [
    Sealed(Resident, ("phone", "phone_index", "national_id", "national_id_index"), _resident),
    Sealed(ExternalAccount, ("subject", "subject_index"), _external, _NAMED),
    Sealed(Staff, ("totp_secret",), _staff),
    Sealed(SigningKey, ("sealed",), _signing_key),
    Ending(PhoneCode, ("phone", "phone_index", "mac", "code"), "codes on their way to phones"),
    Ending(Ceremony, ("sealed",), "sign-ins that were begun"),
    # Those of staff are links, whose plain hash needs no key.
    Ending(OneTimeCode, ("secret_hash",), "desk codes for lost phones", OneTimeCode.resident_id.is_not(None)),
    Ending(
        ExternalAccount,
        ("subject_index",),
        "accounts at VNeID whose names there were never kept; their owners come back as new residents",
        ExternalAccount.subject.is_(None),
    ),
]
