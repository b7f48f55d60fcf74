"""The tables of the notifications: what residents are told, devices, messages to them, our key, and pauses."""

from datetime import datetime, time
from enum import Enum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Text, UniqueConstraint, false, text, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as UUIDType
from sqlalchemy.orm import Mapped, mapped_column

from server.core.database import Table
from server.core.words import Language
from server.modules.notifications.rules.announcing import WaveState, Why
from server.modules.notifications.rules.inbox import Channel, Topic

Codes = ARRAY(Text)


class MessageState(Enum):
    """WAITING until the push service takes it; GONE when the device is no more, or not theirs, or they agree no
    longer; REPLACED when a newer one of the same matter went before it; FAILED when given up.
    """

    WAITING = "waiting"
    ACCEPTED = "accepted"
    GONE = "gone"
    REPLACED = "replaced"
    FAILED = "failed"


class Bell(Enum):
    """Whether an entry rang on a device, and if not, why. MANY: told to very many, and not noted for each device."""

    RUNG = "rung"
    SWITCHED_OFF = "switched-off"
    NO_CONSENT = "no-consent"
    NO_DEVICE = "no-device"
    OLD = "old"
    MANY = "many"


class Entry(Table):
    """One thing a resident was told: the inbox is the truth, whatever became of the bell."""

    __tablename__ = "notifications_entry"
    __table_args__ = (
        UniqueConstraint("resident_id", "event"),
        # A page of the inbox, newest first: ids are in order of time.
        Index("ix_notifications_entry_inbox", "resident_id", "id"),
        Index(
            "ix_notifications_entry_unread",
            "resident_id",
            postgresql_where="read_at IS NULL AND archived_at IS NULL",
        ),
    )

    resident_id: Mapped[UUID]
    # What happened, so that a second run tells nothing twice.
    event: Mapped[str]
    topic: Mapped[Topic]
    # rules.inbox.Told, sealed and bound to the id: it says which procedure a person has begun, and where.
    sealed: Mapped[bytes]
    bell: Mapped[Bell]
    read_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]


class Preference(Table):
    """How a resident wants to be told; without a row, as rules.inbox says."""

    __tablename__ = "notifications_preference"

    resident_id: Mapped[UUID] = mapped_column(unique=True)
    # The lock screen says only that there is news.
    private: Mapped[bool]
    quiet_since: Mapped[time | None]
    quiet_until: Mapped[time | None]
    # rules.inbox.Level by topic, and by field of the procedure; what is not there is the loudest.
    topics: Mapped[dict[str, Any]]
    fields: Mapped[dict[str, Any]]
    # Which other channels may be used when no device can be rung.
    channels: Mapped[list[str]]
    version: Mapped[int]


class Device(Table):
    """A browser that may be rung. It belongs to whoever holds the secret, of which only the hash is kept.

    `resident_id`: who is signed in there by `session_id`, and is told there what is theirs; None for nobody.

    When its push service says that it is gone, the address is wiped; the row stays as long as its messages do, so
    that the owner can still read what became of them.
    """

    __tablename__ = "notifications_device"
    __table_args__ = (
        Index("ix_notifications_device_communes", "communes", postgresql_using="gin"),
        Index("ix_notifications_device_topics", "topics", postgresql_using="gin"),
        # Everybody, in the order in which a wave goes, without looking into the rows.
        Index("ix_notifications_device_news", "id", postgresql_where="subscription IS NOT NULL AND rings_news"),
        Index("ix_notifications_device_warnings", "id", postgresql_where="subscription IS NOT NULL AND rings_warnings"),
    )

    secret_hash: Mapped[bytes]
    language: Mapped[Language] = mapped_column(Text)
    # rules.Subscription, sealed and bound to the id: whoever has an endpoint and its keys can ring the phone.
    subscription: Mapped[bytes | None]
    # Keyed, so that a copy of the table does not tell which endpoints are in it.
    endpoint_hash: Mapped[str | None] = mapped_column(unique=True)
    last_accepted_at: Mapped[datetime | None]
    resident_id: Mapped[UUID | None] = mapped_column(index=True)
    session_id: Mapped[UUID | None] = mapped_column(index=True)
    # Which member of staff it rings for, whether they are signed in there or not; the same phone may be a resident's.
    staff_id: Mapped[UUID | None] = mapped_column(index=True)
    # When its owner was last there.
    seen_at: Mapped[datetime | None]
    # A browser and a system, "Chrome · Android", for its owner to know it by.
    name: Mapped[str] = mapped_column(server_default="", default="")
    # What is announced to many is told here if it fits: chosen on the device while it is nobody's, else its owner's.
    communes: Mapped[list[str]] = mapped_column(Codes, server_default="{}", default=list)
    topics: Mapped[list[str]] = mapped_column(Codes, server_default="{}", default=list)
    rings_news: Mapped[bool] = mapped_column(server_default=true(), default=True)
    rings_warnings: Mapped[bool] = mapped_column(server_default=true(), default=True)


class Message(Table):
    """What one device is told. The id is random, not ordered: it is the only thing the phone shows us back."""

    __tablename__ = "notifications_message"
    __table_args__ = (Index("ix_notifications_message_device", "device_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    created_at: Mapped[datetime] = mapped_column(index=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("notifications_device.id", ondelete="CASCADE"))
    # What in the inbox it rings for; None for a test.
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("notifications_entry.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]
    body: Mapped[str]
    # Its owner wants to read the entry itself on the lock screen: the words are taken from there when it is sent.
    whole: Mapped[bool] = mapped_column(server_default=false(), default=False)
    language: Mapped[Language] = mapped_column(Text)
    # Where a tap leads: a path of ours.
    path: Mapped[str]
    # A newer message with the same tag takes the older one's place, on its way and on the screen.
    tag: Mapped[str]
    urgency: Mapped[str]
    state: Mapped[MessageState]
    attempts: Mapped[int]
    # The event that takes it up again, once it was put off: an older job for it that runs again leaves it alone.
    batch: Mapped[UUID | None]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    shown_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]


class Dispatch(Table):
    """An entry that goes another way, because no device could be rung for it."""

    __tablename__ = "notifications_dispatch"
    __table_args__ = (UniqueConstraint("entry_id", "channel"),)

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("notifications_entry.id", ondelete="CASCADE"))
    channel: Mapped[Channel]
    accepted_at: Mapped[datetime | None]
    # Who carries it: the first provider that took it.
    provider: Mapped[str | None]


class Address(Table):
    """Where a resident reads mail; used once they have sent back the code that went there."""

    __tablename__ = "notifications_address"

    resident_id: Mapped[UUID] = mapped_column(unique=True)
    # Sealed and bound to the row.
    sealed: Mapped[bytes]
    # On its way, sealed; None once it was sent. And what it is compared with.
    code: Mapped[bytes | None]
    mac: Mapped[bytes]
    attempts: Mapped[int]
    expires_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    language: Mapped[Language] = mapped_column(Text)


class Key(Table):
    """Our VAPID key pair (RFC 8292), made once: a browser subscribes to exactly this key."""

    __tablename__ = "notifications_key"

    name: Mapped[str] = mapped_column(unique=True)
    public: Mapped[str]
    sealed: Mapped[bytes]


class Pause(Table):
    """A push service that answered 429, left alone until then."""

    __tablename__ = "notifications_pause"

    service: Mapped[str] = mapped_column(unique=True)
    until: Mapped[datetime]
    # Waves leave it alone until then: it answered nobody, so often one after the other.
    silent_until: Mapped[datetime | None]
    trials: Mapped[int] = mapped_column(server_default=text("0"), default=0)


class Follower(Table):
    """What a resident follows, and since when: older announcements are not theirs."""

    __tablename__ = "notifications_follower"
    __table_args__ = (
        Index("ix_notifications_follower_communes", "communes", postgresql_using="gin"),
        Index("ix_notifications_follower_topics", "topics", postgresql_using="gin"),
    )

    resident_id: Mapped[UUID] = mapped_column(unique=True)
    home: Mapped[str | None]
    chosen: Mapped[list[str]] = mapped_column(Codes)
    # The chosen ones and the home.
    communes: Mapped[list[str]] = mapped_column(Codes)
    topics: Mapped[list[str]] = mapped_column(Codes)
    # The instant by code, of communes and of topics.
    since: Mapped[dict[str, Any]]
    version: Mapped[int]


class Broadcast(Table):
    """One announcement as it stands in the inboxes of all it fits, of which none has a row of it."""

    __tablename__ = "notifications_broadcast"
    __table_args__ = (Index("ix_notifications_broadcast_inbox", "place", postgresql_where="withdrawn_at IS NULL"),)

    topic: Mapped[Topic]
    subject: Mapped[str] = mapped_column(index=True)
    # What stands for the subject outside the house: random.
    tag: Mapped[str]
    # rules.inbox.Told, and the words of a lock screen; not sealed, for everybody may know them.
    told: Mapped[dict[str, Any]]
    plain: Mapped[list[str]]
    communes: Mapped[list[str]] = mapped_column(Codes)
    topics: Mapped[list[str]] = mapped_column(Codes)
    # Where it stands among the entries, whose ids are in order of time: its id, until it is corrected.
    place: Mapped[UUID]
    told_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    # An older one about the same subject stands: whoever has that one is not told by this one.
    joins: Mapped[bool] = mapped_column(server_default=false(), default=False)


class Mark(Table):
    """What one resident did with an announcement; counts only if it is later than the last correction."""

    __tablename__ = "notifications_mark"
    __table_args__ = (UniqueConstraint("resident_id", "broadcast_id"),)

    resident_id: Mapped[UUID]
    broadcast_id: Mapped[UUID] = mapped_column(ForeignKey("notifications_broadcast.id", ondelete="CASCADE"), index=True)
    read_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]


class Wave(Table):
    """One ringing for an announcement, or for a correction of it, device after device."""

    __tablename__ = "notifications_wave"

    key: Mapped[str] = mapped_column(unique=True)
    broadcast_id: Mapped[UUID] = mapped_column(ForeignKey("notifications_broadcast.id", ondelete="CASCADE"), index=True)
    # It reaches those who had the announcement before, and the rest of those who were about to have it.
    corrects: Mapped[bool]
    urgent: Mapped[bool]
    pace: Mapped[int | None]
    expires_at: Mapped[datetime]
    # No end was asked for: while it is paused its time stands still.
    patient: Mapped[bool] = mapped_column(server_default=false(), default=False)
    paused_at: Mapped[datetime | None]
    state: Mapped[WaveState]
    # Raised whenever it is stopped: jobs of an earlier round change nothing.
    round: Mapped[int]
    # When the next range may go, by the pace.
    next_at: Mapped[datetime | None]
    # A correction takes over the ranges of the waves before it, and then goes on where the last one was.
    adopting: Mapped[bool]
    # Up to which device the ranges are made; and whether all are.
    planned_to: Mapped[UUID | None]
    planned: Mapped[bool]


class WaveRange(Table):
    """Some devices of a wave: one job, one transaction. `due` less `moved` are `sent`, `failed`, `gone`, or wait."""

    __tablename__ = "notifications_range"
    __table_args__ = (
        Index("ix_notifications_range_wave", "wave_id", "number"),
        Index("ix_notifications_range_waiting", "wave_id", "due_at", postgresql_where="done_at IS NULL"),
    )

    # Told to the phones, which say it back (rules.announcing.ticket).
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    wave_id: Mapped[UUID] = mapped_column(ForeignKey("notifications_wave.id", ondelete="CASCADE"))
    ids: Mapped[list[UUID]] = mapped_column(ARRAY(UUIDType))
    # A bit for each id: had the announcement in some wording; has shown it; was tapped.
    had: Mapped[bytes]
    shown: Mapped[bytes]
    opened: Mapped[bytes]
    due: Mapped[int]
    sent: Mapped[int]
    failed: Mapped[int]
    gone: Mapped[int]
    # Put off into another range, or taken over by a correction.
    moved: Mapped[int]
    # A correction has taken over who is in it.
    adopted: Mapped[bool]
    attempts: Mapped[int]
    due_at: Mapped[datetime]
    why: Mapped[Why | None]
    # The push service all of them belong to, once that is known.
    service: Mapped[str | None]
    done_at: Mapped[datetime | None]
