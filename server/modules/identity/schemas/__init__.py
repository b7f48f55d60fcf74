"""What identity receives and sends."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from server.core.access import Kind
from server.core.wire import Command, Reply
from server.core.words import Language
from server.modules.identity.models import Method, Partner, Resident, Session
from server.modules.identity.rules.person import masked_id
from server.modules.identity.rules.phone import shown
from server.modules.identity.rules.sessions import ends_at

Digits = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6}$")]


class AskForCode(Command):
    """`phone` as it was typed; spaces, dots and +84 are understood."""

    phone: Annotated[str, msgspec.Meta(max_length=40)]
    language: Language


class UseCode(Command):
    digits: Digits


class SignInWithCode(UseCode):
    """`shared`: the phone or computer belongs to others too; the session is short and leaves nothing behind."""

    shared: bool


class AskedReply(Reply):
    """A code is on its way. `shown` is the code itself, in a demonstration only."""

    id: UUID
    expires_at: datetime
    again_at: datetime
    shown: str | None


class CallerReply(Reply):
    """`assurance`: 1 phone, 2 and 3 VNeID. `ends_at`: when the session ends unless it is used again."""

    id: UUID
    kind: Kind
    name: str
    unit: str
    assurance: int
    permissions: list[str]
    shared: bool
    proved_at: datetime
    ends_at: datetime


class SessionReply(Reply):
    """`caller` is null for whoever is not signed in.

    `ended`: this browser was signed out from another one; it keeps nothing of its owner, and then signs out itself.
    """

    caller: CallerReply | None
    ended: bool


class ProfileReply(Reply):
    """What residents said of themselves. The personal number is masked but for its last four digits."""

    id: UUID
    version: int
    name: str
    phone: str | None
    national_id: str | None
    commune_code: str | None
    language: Language

    @classmethod
    def of(cls, resident: Resident, phone: str | None, national_id: str | None) -> "ProfileReply":
        return cls(
            id=resident.id,
            version=resident.version,
            name=resident.name,
            phone=shown(phone) if phone else None,
            national_id=masked_id(national_id) if national_id else None,
            commune_code=resident.commune_code,
            language=resident.language,
        )


class DescribeYourself(Command):
    name: Annotated[str, msgspec.Meta(max_length=200)]
    commune_code: Annotated[str, msgspec.Meta(max_length=10)] | None
    language: Language


class GiveNationalId(Command):
    """Twelve digits; null takes it back."""

    number: Annotated[str, msgspec.Meta(max_length=40)] | None


class SessionDeviceReply(Reply):
    """A browser that is signed in; `current` is the one that asks."""

    id: UUID
    device: str
    method: Method
    shared: bool
    current: bool
    signed_in_at: datetime
    seen_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, session: Session, current: UUID) -> "SessionDeviceReply":
        return cls(
            id=session.id,
            device=session.device,
            method=session.method,
            shared=session.shared,
            current=session.id == current,
            signed_in_at=session.created_at,
            seen_at=session.seen_at,
            ends_at=ends_at(session.seen_at, session.idle, session.expires_at),
        )


class SessionDevicesReply(Reply):
    items: list[SessionDeviceReply]


class WaysReply(Reply):
    """Which ways of signing in are on."""

    phone: bool
    vneid: bool


class BeginVneid(Command):
    """`next`: the path of ours to end at."""

    next: Annotated[str, msgspec.Meta(max_length=500)]
    shared: bool


class BegunReply(Reply):
    url: str


class AddPartner(Command):
    """`permissions` as the guards of the routes for other systems name them."""

    name: Annotated[str, msgspec.Meta(min_length=2, max_length=80)]
    permissions: Annotated[list[str], msgspec.Meta(max_length=50)]


class ChangePartner(Command):
    permissions: Annotated[list[str], msgspec.Meta(max_length=50)]
    disabled: bool


class PartnerReply(Reply):
    id: UUID
    version: int
    name: str
    permissions: list[str]
    disabled_at: datetime | None
    last_used_at: datetime | None

    @classmethod
    def of(cls, partner: Partner) -> "PartnerReply":
        return cls(
            id=partner.id,
            version=partner.version,
            name=partner.name,
            permissions=partner.permissions,
            disabled_at=partner.disabled_at,
            last_used_at=partner.last_used_at,
        )


class PartnersReply(Reply):
    items: list[PartnerReply]


class PartnerSecretReply(Reply):
    """The only time the secret is told."""

    client_id: UUID
    client_secret: str


class BuyToken(Command):
    client_id: UUID
    client_secret: Annotated[str, msgspec.Meta(max_length=200)]


class TokenReply(Reply):
    """RFC 6749, 5.1: `expires_in` in seconds."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int

    @classmethod
    def of(cls, token: str, life: timedelta) -> "TokenReply":
        return cls(access_token=token, token_type="Bearer", expires_in=int(life.total_seconds()))  # noqa: S106 (a word)


class KeysReply(Reply):
    """A JWK set (RFC 7517)."""

    keys: list[dict[str, str]]
