"""What the notifications receive and send."""

from datetime import datetime, time
from typing import Annotated
from uuid import UUID

import msgspec

from server.core.wire import Command, Reply
from server.core.words import Language
from server.modules.notifications.models import Bell, Device, Follower, Message, MessageState
from server.modules.notifications.rules.inbox import Channel, Choice, Level, Quiet, Topic


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
    """`last_accepted_at`: when the push service last took a message for it. `claimed`: whether somebody is told there
    what is theirs.
    """

    id: UUID
    language: Language
    claimed: bool
    created_at: datetime
    last_accepted_at: datetime | None

    @classmethod
    def of(cls, device: Device) -> "DeviceReply":
        return cls(
            id=device.id,
            language=device.language,
            claimed=device.resident_id is not None,
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


class MarkRead(Command):
    read: bool


class Archive(Command):
    archived: bool


class MarkAllRead(Command):
    """`until`: the `at` of the newest entry that was seen."""

    until: Annotated[datetime, msgspec.Meta(tz=True)]


class EntryReply(Reply):
    """One thing the caller was told. `path`: the screen it leads to. `read_at`, `archived_at`: null until then."""

    id: UUID
    topic: Topic
    title: str
    body: str
    path: str
    at: datetime
    read_at: datetime | None
    archived_at: datetime | None


class InboxReply(Reply):
    """The newest first. `unread` counts all, not only this page."""

    items: list[EntryReply]
    next_cursor: str | None
    unread: int


class WorkDevice(Reply):
    id: UUID
    name: str


class WorkReply(Reply):
    """What a member of staff was told for their work. `devices`: those that ring for it."""

    items: list[EntryReply]
    unread: int
    devices: list[WorkDevice]


class DeliveryReply(Reply):
    """What became of it on one device. `device` is a browser and a system; `due_at` later than now: it waits."""

    device: str
    state: MessageState
    due_at: datetime
    sent_at: datetime | None
    accepted_at: datetime | None
    shown_at: datetime | None
    opened_at: datetime | None


class DispatchReply(Reply):
    """Another way it went. `accepted_at`: when a carrier took it; null until then."""

    channel: Channel
    accepted_at: datetime | None


class EntryDetailReply(Reply):
    """An entry with its ledger. `bell`: whether it rang, or why not; deliveries are kept 30 days."""

    entry: EntryReply
    bell: Bell
    others: list[DispatchReply]
    deliveries: list[DeliveryReply]


Code = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Codes = Annotated[list[Code], msgspec.Meta(max_length=100)]


class TopicToFollowReply(Reply):
    """`name` in the caller's language."""

    code: str
    name: str


class TopicsToFollowReply(Reply):
    items: list[TopicToFollowReply]


class Follow(Command):
    """All of it at once: codes of communes (module places) and of topics."""

    communes: Codes
    topics: Codes


class FollowOnDevice(Command):
    """The same for a browser nobody is signed in on. `news` false: it rings for warnings only."""

    communes: Codes
    topics: Codes
    news: bool


class FollowingReply(Reply):
    """What the caller follows. `home`: the commune they live in, followed without being chosen."""

    communes: list[str]
    topics: list[str]
    home: str | None
    version: int

    @classmethod
    def of(cls, it: Follower) -> "FollowingReply":
        return cls(communes=it.chosen, topics=it.topics, home=it.home, version=it.version)


class DeviceFollowingReply(Reply):
    """What a browser follows on which nobody is signed in."""

    communes: list[str]
    topics: list[str]
    news: bool

    @classmethod
    def of(cls, it: Device) -> "DeviceFollowingReply":
        return cls(communes=it.communes, topics=it.topics, news=it.rings_news)


Clock = Annotated[str, msgspec.Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
FieldName = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class QuietHours(Command):
    """`HH:MM` by the clock here; over midnight when it ends before it begins."""

    since: Clock
    until: Clock

    def quiet(self) -> Quiet:
        return Quiet(time.fromisoformat(self.since), time.fromisoformat(self.until))


class ChoosePreferences(Command):
    """All of it at once. What is not named rings."""

    private: bool
    quiet: QuietHours | None
    topics: dict[Topic, Level]
    fields: Annotated[dict[FieldName, Level], msgspec.Meta(max_length=100)]
    channels: Annotated[list[Channel], msgspec.Meta(max_length=10)]


class GiveAddress(Command):
    """An e-mail address of one's own."""

    address: Annotated[str, msgspec.Meta(min_length=3, max_length=254)]


class ConfirmAddress(Command):
    """The six digits that came there."""

    digits: Annotated[str, msgspec.Meta(pattern="^[0-9]{6}$")]


class AddressReply(Reply):
    """Null when none was given. Nothing but a code goes to one that is not `confirmed`."""

    address: str | None
    confirmed: bool

    @classmethod
    def of(cls, it: tuple[str, bool] | None) -> "AddressReply":
        return cls(address=it[0] if it else None, confirmed=bool(it and it[1]))


class QuietHoursReply(Reply):
    since: str
    until: str


class TopicReply(Reply):
    """`firm`: it has legal effect or costs money, and always reaches the inbox."""

    topic: Topic
    firm: bool
    level: Level


class PreferencesReply(Reply):
    """How the caller wants to be told. `private`: the lock screen says only that there is news."""

    private: bool
    quiet: QuietHoursReply | None
    topics: list[TopicReply]
    fields: dict[str, Level]
    channels: list[Channel]
    version: int

    @classmethod
    def of(cls, it: Choice) -> "PreferencesReply":
        quiet = QuietHoursReply(since=f"{it.quiet.since:%H:%M}", until=f"{it.quiet.until:%H:%M}") if it.quiet else None
        return cls(
            private=it.private,
            quiet=quiet,
            topics=[
                TopicReply(topic=topic, firm=topic.firm, level=Level(it.topics.get(topic, Level.RING)))
                for topic in Topic
            ],
            fields={field: Level(level) for field, level in it.fields.items()},
            channels=[Channel(it) for it in it.channels],
            version=it.version,
        )
