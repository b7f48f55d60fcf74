"""The tables of the dossiers: where each stands, what was reported, whom it belongs to, and the days offices work."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from server.core.database import Table
from server.modules.dossiers.rules.statuses import Status


class ContactKind(StrEnum):
    PHONE = "phone"
    NATIONAL_ID = "national-id"


class DayKind(StrEnum):
    OFF = "off"
    WORK = "work"


class Dossier(Table):
    """A resident's request to an office, as far as other systems told us."""

    __tablename__ = "dossiers_dossier"

    code: Mapped[str] = mapped_column(unique=True)
    procedure: Mapped[str]
    status: Mapped[Status]
    status_at: Mapped[datetime]
    receiving_unit: Mapped[str | None]
    handling_unit: Mapped[str | None]
    due_at: Mapped[datetime | None]
    # When an ended dossier goes; None: not ended, or nobody has said how long it is kept.
    forget_at: Mapped[datetime | None] = mapped_column(index=True)


class Happening(Table):
    """One report of another system about one dossier, kept as it came."""

    __tablename__ = "dossiers_happening"
    __table_args__ = (
        UniqueConstraint("partner_id", "source", "event_id"),
        Index("ix_dossiers_happening_dossier", "dossier_id", "at"),
    )

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers_dossier.id", ondelete="CASCADE"))
    partner_id: Mapped[UUID]
    source: Mapped[str]
    event_id: Mapped[str]
    status: Mapped[Status]
    at: Mapped[datetime]
    receiving_unit: Mapped[str | None]
    handling_unit: Mapped[str | None]
    due_at: Mapped[datetime | None]
    # What an officer wrote, sealed and bound to the row: it may say anything about a person.
    note: Mapped[bytes | None]
    result_link: Mapped[str | None]
    fee_due: Mapped[int | None] = mapped_column(BigInteger)
    flags: Mapped[list[str]]


class Contact(Table):
    """Whom a dossier belongs to: a number given at the desk, sealed and bound to the dossier."""

    __tablename__ = "dossiers_contact"
    __table_args__ = (UniqueConstraint("dossier_id", "kind"),)

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers_dossier.id", ondelete="CASCADE"))
    kind: Mapped[ContactKind]
    sealed: Mapped[bytes]
    # By which identity finds the account of this phone; None for a number no account can have proved.
    owner_index: Mapped[bytes | None] = mapped_column(index=True)
    # Keyed index of the code and the last four digits together: neither can be found without the other.
    lookup_index: Mapped[bytes] = mapped_column(index=True)


class CalendarDay(Table):
    """A day that differs from its weekday; staff correct what the release brought."""

    __tablename__ = "dossiers_calendar_day"

    day: Mapped[date] = mapped_column(Date, unique=True)
    kind: Mapped[DayKind]
    name: Mapped[str]
    document: Mapped[str | None] = mapped_column(Text)
    entered_by: Mapped[UUID | None]


class Feed(Table):
    """A system we ask ourselves: how far we are, and since when it does not answer."""

    __tablename__ = "dossiers_feed"

    name: Mapped[str] = mapped_column(unique=True)
    cursor: Mapped[str | None]
    asked_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    # When everything that was there before us had been read; None: still reading.
    caught_up_at: Mapped[datetime | None]
    trouble: Mapped[str | None]
    trouble_since: Mapped[datetime | None]


class RefusedEvent(Table):
    """An event of a system we ask that could not be taken: which, and why. Not what it said of a person."""

    __tablename__ = "dossiers_refused_event"

    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    source: Mapped[str]
    event_id: Mapped[str | None]
    problem: Mapped[str]
    field: Mapped[str]
