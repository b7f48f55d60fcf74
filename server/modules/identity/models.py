"""The tables of identity: people, their sessions, and the short-lived things a sign-in needs."""

from datetime import datetime
from enum import Enum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.core.database import Table
from server.core.words import Language


class Method(Enum):
    """How a session was opened."""

    PHONE = "phone"
    VNEID = "vneid"
    PASSKEY = "passkey"
    PASSWORD = "password"  # noqa: S105 (a word, no secret)
    DESK = "desk"


class Resident(Table):
    """A person who uses the service. What tells who they are is sealed, and found by keyed indexes only."""

    __tablename__ = "identity_resident"
    # One person has proved a number; whoever merely types it takes it from nobody, and learns nothing of others.
    __table_args__ = (
        Index(
            "uq_identity_resident_proved_national_id",
            "national_id_index",
            unique=True,
            postgresql_where=text("national_id_proved_at IS NOT NULL"),
        ),
    )

    # E.164 and the 12 digits of the personal number, each sealed and bound to the row; see service/secrets.py.
    phone: Mapped[bytes | None]
    phone_index: Mapped[bytes | None] = mapped_column(unique=True)
    national_id: Mapped[bytes | None]
    national_id_index: Mapped[bytes | None]
    # When an identity provider vouched for the personal number; None: it was only typed, and opens nothing.
    national_id_proved_at: Mapped[datetime | None]
    name: Mapped[str] = mapped_column(default="")
    # rules/person.searched of the name: found with and without accents.
    name_folded: Mapped[str] = mapped_column(default="", index=True)
    commune_code: Mapped[str | None]
    language: Mapped[Language] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    # The person is gone; the row stays, empty, so that nothing that points to it dangles.
    erased_at: Mapped[datetime | None]


class ExternalAccount(Table):
    """A resident as an identity provider knows them: issuer and subject, never the phone or the personal number."""

    __tablename__ = "identity_external_account"

    issuer: Mapped[str]
    # The subject is personal: sealed, and found by a keyed index of issuer and subject.
    subject: Mapped[bytes | None]
    subject_index: Mapped[bytes] = mapped_column(unique=True)
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("identity_resident.id", ondelete="CASCADE"), index=True)


class Staff(Table):
    """A person who works for the province. `unit` is a commune's code or an office's slug (module places)."""

    __tablename__ = "identity_staff"

    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    unit: Mapped[str]
    # rules/person.searched of login and name: found with and without accents.
    searched: Mapped[str] = mapped_column(default="")
    # argon2id; None until the first one is chosen through a one-time link.
    password_hash: Mapped[str | None]
    totp_secret: Mapped[bytes | None]
    # The 30-second step of the last code taken: a code works once (RFC 6238, 5.2).
    totp_step: Mapped[int] = mapped_column(default=0)
    disabled_at: Mapped[datetime | None]
    disabled_because: Mapped[str | None]
    # After being disabled: the days without use are counted from here.
    enabled_at: Mapped[datetime | None]
    last_signed_in_at: Mapped[datetime | None]
    demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)


class Role(Table):
    """A named set of permissions, `<module>:<verb>` each."""

    __tablename__ = "identity_role"

    name: Mapped[str] = mapped_column(unique=True)
    permissions: Mapped[list[str]]
    version: Mapped[int] = mapped_column(default=1)


class StaffRole(Table):
    """Who has which role."""

    __tablename__ = "identity_staff_role"
    __table_args__ = (UniqueConstraint("staff_id", "role_id"),)

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity_staff.id", ondelete="CASCADE"), index=True)
    role_id: Mapped[UUID] = mapped_column(ForeignKey("identity_role.id", ondelete="CASCADE"), index=True)


class Session(Table):
    """One signed-in browser. Only the hash of its token is kept; permissions are read live, never kept here."""

    __tablename__ = "identity_session"
    __table_args__ = (CheckConstraint("num_nonnulls(resident_id, staff_id) = 1", name="one_owner"),)

    token_hash: Mapped[bytes] = mapped_column(unique=True)
    # Until the new token comes back for the first time: the one before it, for the reply may have been lost, and since
    # when the session was proved under that one.
    former_hash: Mapped[bytes | None] = mapped_column(unique=True)
    former_proved_at: Mapped[datetime | None]
    resident_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_resident.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_staff.id", ondelete="CASCADE"), index=True)
    method: Mapped[Method]
    assurance: Mapped[int]
    shared: Mapped[bool]
    # A browser and a system, "Chrome · Android": nothing that follows a person elsewhere.
    device: Mapped[str]
    proved_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    # Seconds without a request after which it ends, and the instant when it ends in any case.
    idle: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class EndedSession(Table):
    """A browser that was signed out from another one: it is told, so that it keeps nothing of its owner."""

    __tablename__ = "identity_ended_session"

    token_hash: Mapped[bytes] = mapped_column(unique=True)
    # As long as the session would have lasted at most.
    until: Mapped[datetime] = mapped_column(index=True)


class Purpose(Enum):
    """What a code that is sent to a phone is for."""

    SIGN_IN = "sign-in"
    PROVE = "prove"
    CHANGE_PHONE = "change-phone"


class PhoneCode(Table):
    """A code sent to a phone: six digits, three minutes, five attempts, for the browser that asked."""

    __tablename__ = "identity_phone_code"

    purpose: Mapped[Purpose]
    browser_hash: Mapped[bytes]
    phone: Mapped[bytes]
    phone_index: Mapped[bytes]
    language: Mapped[Language] = mapped_column(Text)
    mac: Mapped[bytes]
    # Sealed, and only until it is sent.
    code: Mapped[bytes | None]
    attempts: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    # The session it opened, or proved: whoever lost that reply may send the same digits again, as long as it lasts.
    session_id: Mapped[UUID | None]
    sent_at: Mapped[datetime | None]
    # Which provider took it, and what it calls the message.
    provider: Mapped[str | None]
    reference: Mapped[str | None]
    failed_at: Mapped[datetime | None]


class Ceremony(Table):
    """What the server must remember between the two halves of a passkey's or a provider's sign-in."""

    __tablename__ = "identity_ceremony"

    kind: Mapped[str]
    browser_hash: Mapped[bytes]
    # Challenge, state, nonce, verifier: sealed, for one use.
    sealed: Mapped[bytes]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Passkey(Table):
    """A passkey (WebAuthn) of a resident or of staff."""

    __tablename__ = "identity_passkey"
    __table_args__ = (CheckConstraint("num_nonnulls(resident_id, staff_id) = 1", name="one_owner"),)

    resident_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_resident.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_staff.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    # How well the resident was known when it was made; 0 for staff.
    assurance: Mapped[int] = mapped_column(default=0)
    device: Mapped[str]
    last_used_at: Mapped[datetime | None]


class OneTimeCode(Table):
    """A secret handed over by a person: the link to a first password, the code of a desk for a lost phone."""

    __tablename__ = "identity_one_time_code"
    __table_args__ = (CheckConstraint("num_nonnulls(resident_id, staff_id) = 1", name="one_owner"),)

    secret_hash: Mapped[bytes] = mapped_column(unique=True)
    resident_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_resident.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_staff.id", ondelete="CASCADE"), index=True)
    # Staff who made it; None for the command line.
    made_by: Mapped[UUID | None]
    attempts: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class Partner(Table):
    """Another system that calls us. Its secret is random, so a plain hash keeps it."""

    __tablename__ = "identity_partner"

    name: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[bytes]
    permissions: Mapped[list[str]]
    disabled_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class SigningKey(Table):
    """An Ed25519 key that signs partner tokens. Two are published: the current one and the next, or the last."""

    __tablename__ = "identity_signing_key"

    kid: Mapped[str] = mapped_column(unique=True)
    public: Mapped[bytes]
    sealed: Mapped[bytes]
    signs_from: Mapped[datetime]
    retires_at: Mapped[datetime]
