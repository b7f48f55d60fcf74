"""What the notifications receive and send."""

from datetime import datetime
from uuid import UUID

from server.core.wire import Command, Reply
from server.core.words import Language
from server.modules.notifications.models import Device, Message, MessageState


class PushKeys(Command):
    """As `PushSubscription.toJSON()` gives them: base64url, with or without padding."""

    p256dh: str
    auth: str


class SubscribeDevice(Command):
    """A browser's push subscription, and the language its owner reads."""

    endpoint: str
    keys: PushKeys
    language: Language


class PushKeyReply(Reply):
    """What `pushManager.subscribe` takes as `applicationServerKey`."""

    key: str


class NewDeviceReply(Reply):
    """The only time the secret is told. It goes into the header `Device-Secret`."""

    id: UUID
    secret: str


class DeviceReply(Reply):
    """`last_accepted_at`: when the push service last took a message for it."""

    id: UUID
    language: Language
    created_at: datetime
    last_accepted_at: datetime | None

    @classmethod
    def of(cls, device: Device) -> "DeviceReply":
        return cls(
            id=device.id,
            language=device.language,
            created_at=device.created_at,
            last_accepted_at=device.last_accepted_at,
        )


class SentReply(Reply):
    message_id: UUID


class MessageReply(Reply):
    """Where a message stands. `sent_at` is the last attempt."""

    id: UUID
    state: MessageState
    sent_at: datetime | None
    accepted_at: datetime | None
    shown_at: datetime | None
    opened_at: datetime | None

    @classmethod
    def of(cls, message: Message) -> "MessageReply":
        return cls(
            id=message.id,
            state=message.state,
            sent_at=message.sent_at,
            accepted_at=message.accepted_at,
            shown_at=message.shown_at,
            opened_at=message.opened_at,
        )
