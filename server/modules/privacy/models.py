"""The tables of privacy: consents, requests, and the files that answer them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.core.database import Table
from server.modules.privacy.rules.requests import Kind, State


class Consent(Table):
    """That a person agreed to one purpose, to which words, when and on what device; and when they took it back."""

    __tablename__ = "privacy_consent"
    __table_args__ = (
        # One living consent for each person and purpose; what was taken back stays as proof.
        Index(
            "uq_privacy_consent_living",
            "resident_id",
            "purpose",
            unique=True,
            postgresql_where="withdrawn_at IS NULL",
        ),
    )

    resident_id: Mapped[UUID] = mapped_column(index=True)
    purpose: Mapped[str]
    text_version: Mapped[int]
    session_id: Mapped[UUID]
    withdrawn_at: Mapped[datetime | None]


class Request(Table):
    """What a person asked about their data, and what became of it."""

    __tablename__ = "privacy_request"
    __table_args__ = (
        Index("uq_privacy_request_open", "resident_id", "kind", unique=True, postgresql_where="state = 'open'"),
        Index("ix_privacy_request_state_due", "state", "due_at"),
    )

    resident_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[Kind]
    state: Mapped[State] = mapped_column(default=State.OPEN)
    # What the person wrote, sealed and bound to the row: it may say anything about them.
    note: Mapped[bytes | None]
    due_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    # Why it was refused, written for the person who asked; sealed for the same reason.
    answer: Mapped[bytes | None]
    version: Mapped[int] = mapped_column(default=1)


class Package(Table):
    """The file that answers a request for a copy, sealed; gone a week after it was made."""

    __tablename__ = "privacy_package"

    request_id: Mapped[UUID] = mapped_column(ForeignKey("privacy_request.id", ondelete="CASCADE"), unique=True)
    sealed: Mapped[bytes]
    expires_at: Mapped[datetime] = mapped_column(index=True)
