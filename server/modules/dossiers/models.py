"""The tables of the dossiers: where each stands, what was reported, whom it belongs to, and the days offices work."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Text, UniqueConstraint, false, func, text
from sqlalchemy.orm import Mapped, mapped_column

from server.core.database import Table
from server.core.words import Language
from server.modules.dossiers.rules.acts import Act
from server.modules.dossiers.rules.statuses import Status
from server.modules.dossiers.rules.verdicts import Verdict
from server.modules.dossiers.rules.working_time import Unit

_OPEN = "status NOT IN ('not-accepted', 'stopped', 'done', 'handed-over')"


class ContactKind(StrEnum):
    PHONE = "phone"
    NATIONAL_ID = "national-id"


class DayKind(StrEnum):
    OFF = "off"
    WORK = "work"


class Channel(StrEnum):
    """How a dossier came: at the desk, over the portal, by the public post."""

    DIRECT = "direct"
    ONLINE = "online"
    POST = "post"


class Returning(StrEnum):
    """How the result goes to the resident."""

    DESK = "desk"
    POST = "post"
    ONLINE = "online"


class Hours(StrEnum):
    """Which hours an office works (rules/working_time)."""

    OFFICE = "office"
    COMMUNE_POLICE = "commune-police"


class Settled(StrEnum):
    """What became of an event that was refused at first."""

    TAKEN = "taken"
    SET_ASIDE = "set-aside"


class FollowWay(StrEnum):
    """How it came about: the owner invited, the other one asked, or a consent on paper lies at the desk."""

    INVITED = "invited"
    ASKED = "asked"
    PAPER = "paper"


class FollowState(StrEnum):
    INVITED = "invited"
    ASKED = "asked"
    FOLLOWING = "following"
    ENDED = "ended"


class Dossier(Table):
    """A resident's request to an office, registered at our desk or told by another system."""

    __tablename__ = "dossiers_dossier"
    __table_args__ = (
        Index("ix_dossiers_dossier_due_at", "due_at"),
        Index("ix_dossiers_dossier_receiving", "receiving_unit", "status_at", postgresql_where=text(_OPEN)),
        Index("ix_dossiers_dossier_handling", "handling_unit", "status_at", postgresql_where=text(_OPEN)),
        Index("ix_dossiers_dossier_answer_by", "answer_by", postgresql_where=text("answer_by IS NOT NULL")),
    )

    code: Mapped[str] = mapped_column(unique=True)
    procedure: Mapped[str]
    status: Mapped[Status]
    status_at: Mapped[datetime]
    # What officers send back as If-Match; whoever moves the dossier counts it up.
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    receiving_unit: Mapped[str | None]
    handling_unit: Mapped[str | None]
    due_at: Mapped[datetime | None]
    # By when the resident must answer what was asked last; whether silence counts as agreement then.
    answer_by: Mapped[datetime | None]
    silence: Mapped[bool] = mapped_column(server_default=false(), default=False)
    # When an ended dossier goes; None: not ended, or nobody has said how long it is kept.
    forget_at: Mapped[datetime | None] = mapped_column(index=True)


class Happening(Table):
    """One thing that happened to a dossier: reported by another system and kept as it came, or done here."""

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
    answer_by: Mapped[datetime | None]
    silence: Mapped[bool] = mapped_column(server_default=false(), default=False)
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
    # Keyed index of the last four digits alone, by which the desk that registered it finds it again.
    digits_index: Mapped[bytes | None] = mapped_column(index=True)
    # When whoever reported it says that it was so: what is reported late does not bring back an older number. None: it
    # was written before that was kept.
    said_at: Mapped[datetime | None]


class CalendarDay(Table):
    """A day that differs from its weekday; staff correct what the release brought."""

    __tablename__ = "dossiers_calendar_day"

    day: Mapped[date] = mapped_column(Date, unique=True)
    kind: Mapped[DayKind]
    name: Mapped[str]
    document: Mapped[str | None] = mapped_column(Text)
    # The member of staff who confirmed the year; None: as a release brought it.
    entered_by: Mapped[UUID | None]
    # Of its year: all its days are changed at once.
    version: Mapped[int] = mapped_column(default=1, server_default="1")


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
    """An event of a system we ask that could not be taken: which, why, and what somebody decided about it."""

    __tablename__ = "dossiers_refused_event"

    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    source: Mapped[str]
    event_id: Mapped[str | None]
    problem: Mapped[str]
    field: Mapped[str]
    # What it said, sealed and bound to the row, to be tried again; None once somebody has dealt with it.
    item: Mapped[bytes | None]
    settled: Mapped[Settled | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None]
    # Why it was set aside; sealed, for an officer may write anything about a person.
    reason: Mapped[bytes | None]


class Follower(Table):
    """Somebody who follows a dossier that is not theirs, was invited to, or asks to; both sides may end it."""

    __tablename__ = "dossiers_follower"
    __table_args__ = (
        Index(
            "uq_dossiers_follower_resident",
            "dossier_id",
            "resident_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "uq_dossiers_follower_phone",
            "dossier_id",
            "phone_index",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers_dossier.id", ondelete="CASCADE"))
    # None until whoever was invited accepts; until then the phone they were invited by, sealed, and its keyed index.
    resident_id: Mapped[UUID | None] = mapped_column(index=True)
    phone: Mapped[bytes | None]
    phone_index: Mapped[bytes | None] = mapped_column(index=True)
    # What the owner calls them, and which consent there is on paper; sealed and bound to the row.
    name: Mapped[bytes | None]
    document: Mapped[bytes | None]
    way: Mapped[FollowWay]
    state: Mapped[FollowState]
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Filing(Table):
    """What our own desk knows of a dossier it registered: whose it is, what was handed in, who works on it."""

    __tablename__ = "dossiers_filing"
    __table_args__ = (
        Index("ix_dossiers_filing_receiving", "receiving_place", postgresql_where=text("closed_at IS NULL")),
        Index("ix_dossiers_filing_handling", "handling_place", postgresql_where=text("closed_at IS NULL")),
        Index("ix_dossiers_filing_month", "receiving_place", "filed_at"),
    )

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers_dossier.id", ondelete="CASCADE"), unique=True)
    # The procedure as it stood on the day of receipt.
    title: Mapped[str]
    revision: Mapped[int]
    case: Mapped[str | None]
    papers: Mapped[list[dict[str, Any]]]
    # Sealed and bound to the dossier; None once the person was forgotten.
    name: Mapped[bytes | None]
    receiving_place: Mapped[str]
    handling_place: Mapped[str]
    officer_id: Mapped[UUID | None]
    channel: Mapped[Channel]
    returning: Mapped[Returning]
    filed_at: Mapped[datetime]
    # From when its limit runs; None: not accepted yet.
    accepted_at: Mapped[datetime | None]
    limit_value: Mapped[int]
    limit_unit: Mapped[Unit]
    # Why the officer said another limit than the catalogue, or one where it says none; sealed.
    limit_reason: Mapped[bytes | None]
    supplements: Mapped[int] = mapped_column(default=0)
    apologies: Mapped[int] = mapped_column(default=0)
    electronic_result: Mapped[bool] = mapped_column(default=False)
    # When the result was ready, or it was refused or stopped; and when nobody has anything left to do.
    ended_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class Deed(Table):
    """What an officer did to a dossier. It has the id of the happening that came of it, when one did."""

    __tablename__ = "dossiers_deed"
    __table_args__ = (Index("ix_dossiers_deed_dossier", "dossier_id", "at"),)

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers_dossier.id", ondelete="CASCADE"))
    act: Mapped[Act]
    at: Mapped[datetime]
    staff_id: Mapped[UUID]
    place: Mapped[str]
    due_before: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    # What its slip says, sealed and bound to the row.
    said: Mapped[bytes | None]


class SlipText(Table):
    """A slip that went, or is to go, as a text to the phone given at the desk: once for each phone."""

    __tablename__ = "dossiers_slip_text"
    __table_args__ = (UniqueConstraint("deed_id", "phone_index"),)

    deed_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers_deed.id", ondelete="CASCADE"))
    # As Contact.owner_index: another one once the phone is another one.
    phone_index: Mapped[bytes]
    language: Mapped[Language] = mapped_column(Text)
    asked_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    # When nobody took it; it may be asked for again at once.
    failed_at: Mapped[datetime | None]
    provider: Mapped[str | None]


class OfficeCode(Table):
    """What the province calls an office in the codes of its dossiers, and the hours it works."""

    __tablename__ = "dossiers_office_code"

    place: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(unique=True)
    hours: Mapped[Hours]
    # Where residents find it, as staff wrote it; None: as the list of places says.
    address: Mapped[str | None]
    serial: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)


class Punctuality(Table):
    """How many dossiers of a procedure ended, and how many of them in time: counted every night."""

    __tablename__ = "dossiers_punctuality"

    procedure: Mapped[str] = mapped_column(unique=True)
    kept: Mapped[int]
    ended: Mapped[int]


class Result(Table):
    """A document that is the result of a dossier. The file lies elsewhere, as it was given, under a key of its own.

    `key`: what opens it, sealed and bound to the row; without it nobody reads the file, so that to wipe it is enough.
    """

    __tablename__ = "dossiers_result"
    __table_args__ = (UniqueConstraint("dossier_id", "digest"),)

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers_dossier.id", ondelete="CASCADE"))
    added_by: Mapped[UUID]
    size: Mapped[int]
    # SHA-256 of what was given.
    digest: Mapped[bytes]
    key: Mapped[bytes]
    # None: nobody has looked at its signatures yet.
    verdict: Mapped[Verdict | None]
    # rules.verdicts.Signature of each, sealed and bound to the row: they name people.
    signatures: Mapped[bytes | None]
