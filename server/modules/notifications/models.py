"""The tables of the notifications: devices, messages to them, our key, and push services that asked for a pause."""

from datetime import datetime
from enum import Enum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.core.database import Table
from server.core.words import Language


class MessageState(Enum):
    """WAITING until the push service takes it; GONE when the device is no more; FAILED when given up."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    GONE = "gone"
    FAILED = "failed"


class Device(Table):
    """A browser that may be rung. It belongs to whoever holds the secret, of which only the hash is kept.

    When its push service says that it is gone, the address is wiped; the row stays as long as its messages do, so
    that the owner can still read what became of them.
    """

    __tablename__ = "notifications_device"

    secret_hash: Mapped[bytes]
    language: Mapped[Language] = mapped_column(Text)
    # rules.Subscription, sealed and bound to the id: whoever has an endpoint and its keys can ring the phone.
    subscription: Mapped[bytes | None]
    # Keyed, so that a copy of the table does not tell which endpoints are in it.
    endpoint_hash: Mapped[str | None] = mapped_column(unique=True)
    last_accepted_at: Mapped[datetime | None]


class Message(Table):
    """What one device is told. The id is random, not ordered: it is the only thing the phone shows us back."""

    __tablename__ = "notifications_message"
    __table_args__ = (Index("ix_notifications_message_device", "device_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    created_at: Mapped[datetime] = mapped_column(index=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("notifications_device.id", ondelete="CASCADE"))
    title: Mapped[str]
    body: Mapped[str]
    language: Mapped[Language] = mapped_column(Text)
    # Where a tap leads: a path of ours.
    path: Mapped[str]
    # A newer message with the same tag takes the older one's place, on its way and on the screen.
    tag: Mapped[str]
    urgency: Mapped[str]
    state: Mapped[MessageState]
    attempts: Mapped[int]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    shown_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]


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
