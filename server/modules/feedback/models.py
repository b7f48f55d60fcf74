"""The tables of the field reports. What people wrote lies sealed; a photo's key lies sealed beside its row."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint, func, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from server.core.database import Table
from server.modules.feedback.rules.content import Disclosure, Elsewhere
from server.modules.feedback.rules.states import Kind, State

_PUBLIC = "released_at IS NOT NULL"


class Category(Table):
    """What a report may be about. One that is withdrawn stays, for the reports that have it."""

    __tablename__ = "feedback_category"

    slug: Mapped[str] = mapped_column(unique=True)
    vi: Mapped[str]
    en: Mapped[str]
    km: Mapped[str]
    position: Mapped[int]
    # Where its reports usually go: an office's slug, or "commune" for the commune where it is; None: the hub decides.
    unit: Mapped[str | None]
    # Plain days within which it should be resolved; None: nobody has set it.
    resolve_days: Mapped[int | None]
    # Whether somebody who has not signed in may report it.
    anonymous: Mapped[bool]
    withdrawn_at: Mapped[datetime | None]
    version: Mapped[int]
    # Staff who changed it last: from then on it is theirs, and no release of the data changes it.
    edited_by: Mapped[UUID | None]


class Report(Table):
    """One thing somebody saw. `operation` is the phone's: sent twice it is still one."""

    __tablename__ = "feedback_report"
    __table_args__ = (
        Index("ix_feedback_report_queue", "next_due_at", "id", postgresql_where="closed_at IS NULL"),
        Index("ix_feedback_report_unit", "unit", "next_due_at"),
        Index("ix_feedback_report_resident", "resident_id", "id"),
        Index("ix_feedback_report_closed", "closed_at"),
        Index("ix_feedback_report_arrived", "arrived_at"),
        Index("ix_feedback_report_merged", "merged_into", postgresql_where="merged_into IS NOT NULL"),
        Index("ix_feedback_report_point", text("point(lon, lat)"), postgresql_using="gist"),
        # Found by how the code begins, or by its last letters, among a million.
        Index("ix_feedback_report_begins", "code", postgresql_ops={"code": "text_pattern_ops"}),
        Index(
            "ix_feedback_report_ends",
            func.reverse(literal_column("code")).label("ends"),
            postgresql_ops={"ends": "text_pattern_ops"},
        ),
        Index("ix_feedback_report_public", "id", postgresql_where=_PUBLIC),
        Index("ix_feedback_report_public_category", "category", "id", postgresql_where=_PUBLIC),
        Index("ix_feedback_report_public_commune", "commune", "id", postgresql_where=_PUBLIC),
        Index(
            "ix_feedback_report_public_point",
            text("point(public_lon, public_lat)"),
            postgresql_using="gist",
            postgresql_where=_PUBLIC,
        ),
    )

    operation: Mapped[UUID] = mapped_column(unique=True)
    # Of everything that was sent with it, and by whom.
    body_hash: Mapped[bytes] = mapped_column(LargeBinary)
    code: Mapped[str] = mapped_column(unique=True)
    # Whose account sent it; None: nobody had signed in, or they were erased.
    resident_id: Mapped[UUID | None]
    # The other application that has filed it, by Open311.
    partner_id: Mapped[UUID | None]
    disclosure: Mapped[Disclosure]
    category: Mapped[str]
    # What the reporter wrote.
    text: Mapped[bytes | None] = mapped_column(LargeBinary)
    # Degrees (WGS 84), and how well the phone knew them in metres.
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    accuracy_m: Mapped[int | None]
    commune: Mapped[str | None]
    elsewhere: Mapped[Elsewhere | None]
    urgent: Mapped[bool]
    # How many photos the phone has announced.
    photos: Mapped[int]
    # By the phone's clock, which may be wrong: nothing is counted by it.
    written_at: Mapped[datetime]
    arrived_at: Mapped[datetime]
    day_off: Mapped[bool]
    state: Mapped[State]
    unit: Mapped[str | None]
    triage_due_at: Mapped[datetime]
    triaged_at: Mapped[datetime | None]
    answer_due_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    resolve_due_at: Mapped[datetime | None]
    # From when the days of resolving it count: since it was opened again, and later by as long as somebody was waited
    # for; None: since it arrived.
    resolve_from: Mapped[datetime | None]
    # Since when its reporter is waited for: no limit runs, and each is later by as much.
    waits_since: Mapped[datetime | None]
    # Of one that was opened again: when it was answered for the very first time, until when that was due, and what its
    # reporter thought of it then.
    first_answered_at: Mapped[datetime | None]
    first_answer_due_at: Mapped[datetime | None]
    rated_before: Mapped[int | None]
    closed_at: Mapped[datetime | None]
    # The limit that runs now, when somebody is warned of it, and whether it was missed.
    next_due_at: Mapped[datetime | None]
    next_warn_at: Mapped[datetime | None] = mapped_column(index=True)
    late: Mapped[bool]
    # How many levels up it has gone.
    level: Mapped[int]
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("feedback_report.id"))
    reopened: Mapped[int]
    rating: Mapped[int | None]
    # Its reporter asked to be forgotten: what they wrote goes as soon as it is closed.
    forgotten: Mapped[bool]
    # Since when everybody may see it; None: not released, or taken back. What they read is what staff let out, where is
    # rounded, and None when only the commune may be known.
    released_at: Mapped[datetime | None]
    public_text: Mapped[str | None]
    public_lat: Mapped[float | None]
    public_lon: Mapped[float | None]
    # Four weeks after it was fixed its people are asked whether it still is; and what its reporter has said.
    asked_again_at: Mapped[datetime | None]
    still_fixed: Mapped[bool | None]
    version: Mapped[int]


class Step(Table):
    """One thing that happened to a report. An internal one never leaves the house. `by`: staff; None otherwise."""

    __tablename__ = "feedback_step"
    __table_args__ = (Index("ix_feedback_step_report", "report_id", "id"),)

    report_id: Mapped[UUID] = mapped_column(ForeignKey("feedback_report.id", ondelete="CASCADE"))
    kind: Mapped[Kind]
    internal: Mapped[bool]
    by: Mapped[UUID | None]
    # Where whoever did it works.
    unit: Mapped[str | None]
    said: Mapped[bytes | None] = mapped_column(LargeBinary)
    # Codes only: {"unit": …}, {"category": …}, {"into": …}, {"clock": …}.
    detail: Mapped[dict[str, Any]]


class Photo(Table):
    """A photo as it was kept: made anew, without what a camera writes into it. The file itself is sealed with `key`."""

    __tablename__ = "feedback_photo"
    __table_args__ = (
        UniqueConstraint("report_id", "number"),
        Index("ix_feedback_photo_resident", "resident_id", postgresql_where="resident_id IS NOT NULL"),
    )

    report_id: Mapped[UUID] = mapped_column(ForeignKey("feedback_report.id", ondelete="CASCADE"))
    number: Mapped[int]
    # SHA-256 of what the phone sent, and of what was kept of it.
    sent_hash: Mapped[bytes] = mapped_column(LargeBinary)
    kept_hash: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    key: Mapped[bytes] = mapped_column(LargeBinary)
    # Staff have looked at it and let the public see it, but for these parts of it (core/pictures.Area).
    shown: Mapped[bool]
    areas: Mapped[list[dict[str, Any]]]
    # Whose it is of staff, and with which step it is shown; None: residents'. As long as residents have not said what
    # they show it with, it has here who may: a follower, or the report's `operation` for whoever sent that.
    by: Mapped[UUID | None]
    step_id: Mapped[UUID | None] = mapped_column(ForeignKey("feedback_step.id", ondelete="CASCADE"))
    # The follower who has shown it; None: staff, or the reporter.
    resident_id: Mapped[UUID | None]


class Video(Table):
    """One short video of a report, as it comes in pieces. `offset`: how many bytes have come, in `pieces` files; from
    `whole_at` on it is one, without what a camera writes into it. All sealed with `key`.
    """

    __tablename__ = "feedback_video"

    report_id: Mapped[UUID] = mapped_column(ForeignKey("feedback_report.id", ondelete="CASCADE"), unique=True)
    length: Mapped[int]
    offset: Mapped[int]
    pieces: Mapped[int]
    whole_at: Mapped[datetime | None]
    # SHA-256 of what the phone sent, and of what was kept of it.
    sent_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    kept_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    key: Mapped[bytes] = mapped_column(LargeBinary)


class Follower(Table):
    """Somebody who sees the same, and wants to hear of it."""

    __tablename__ = "feedback_follower"
    __table_args__ = (UniqueConstraint("report_id", "resident_id"),)

    report_id: Mapped[UUID] = mapped_column(ForeignKey("feedback_report.id", ondelete="CASCADE"))
    resident_id: Mapped[UUID] = mapped_column(index=True)


class Template(Table):
    """An answer to begin with."""

    __tablename__ = "feedback_template"

    name: Mapped[str] = mapped_column(unique=True)
    text: Mapped[str]
    version: Mapped[int]


class Cell(Table):
    """How many released reports of a category lie in one square of the public map. Counted by a trigger, so that no way
    to change a report leaves it out. `lat_sum`, `lon_sum`: of their places, in thousandths of a degree. Square 0, 0 has
    those without a place.
    """

    __tablename__ = "feedback_cell"
    __table_args__ = (UniqueConstraint("y", "x", "category"),)

    y: Mapped[int]
    x: Mapped[int]
    category: Mapped[str]
    open: Mapped[int]
    fixed: Mapped[int]
    closed: Mapped[int]
    lat_sum: Mapped[int] = mapped_column(BigInteger)
    lon_sum: Mapped[int] = mapped_column(BigInteger)


class Figures(Table):
    """The public figures as they were counted last: one row."""

    __tablename__ = "feedback_figures"

    name: Mapped[str] = mapped_column(unique=True)
    said: Mapped[dict[str, Any]]


class Leader(Table):
    """Who is called at once when something is urgent. `unit` empty: for the hub, whatever it is about."""

    __tablename__ = "feedback_leader"

    unit: Mapped[str] = mapped_column(unique=True)
    staff_id: Mapped[UUID]
