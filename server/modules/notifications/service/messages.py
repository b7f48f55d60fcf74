"""What devices are told, and what became of it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.events import publish
from server.core.limits import TOO_OFTEN
from server.core.problems import Problem, TooManyRequests
from server.core.retention import Keep
from server.core.settings import Settings
from server.core.words import Words
from server.modules.notifications.events import MessagesReady
from server.modules.notifications.models import Device, Message, MessageState
from server.modules.notifications.service.announcing import Announcing
from server.modules.notifications.service.devices import Devices, owned

TESTS_PER_HOUR = 5
"""For each device; many of them share one network (mobile carriers, a commune office)."""

_TEST_TTL = timedelta(hours=1)
_MESSAGES_KEPT = timedelta(days=30)

_TEST_TITLE = Words("Thông báo thử", "Test notification", "ការជូនដំណឹងសាកល្បង")
_TEST_BODY = Words(
    "Thiết bị này nhận được thông báo.", "This device receives notifications.", "ឧបករណ៍នេះទទួលបានការជូនដំណឹង។"
)


class MessageNotFound(Problem):
    status = 404
    title = Words("Không tìm thấy thông báo này", "There is no such notification", "រកមិនឃើញការជូនដំណឹងនេះទេ")


class Messages:
    """What devices are told, and what became of it."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._devices = Devices(session, settings)

    async def test(
        self,
        device_id: UUID,
        secret: str,
        title: Words = _TEST_TITLE,
        body: Words = _TEST_BODY,
        path: str = "/notifications",
    ) -> Message:
        """Ring the caller's own device. Raises DeviceNotFound, TooManyRequests."""
        device = await self._devices.find(device_id, secret)
        now = datetime.now(UTC)
        await self._refuse_too_often(device, now)
        message = Message(
            created_at=now,
            device_id=device.id,
            title=title.for_(device.language),
            body=body.for_(device.language),
            language=device.language,
            path=path,
            tag="test",
            urgency="high",
            state=MessageState.WAITING,
            attempts=0,
            due_at=now,
            expires_at=now + _TEST_TTL,
        )
        self._session.add(message)
        await self._session.flush()
        publish(self._session, MessagesReady(message_ids=[message.id]))
        return message

    async def _refuse_too_often(self, device: Device, now: datetime) -> None:
        hour = timedelta(hours=1)
        # Tests alone: whoever was told much in this hour may still try whether it rings.
        lately = select(Message.created_at).where(
            Message.device_id == device.id, Message.created_at > now - hour, Message.entry_id.is_(None)
        )
        times = (await self._session.scalars(lately.order_by(Message.created_at))).all()
        if len(times) >= TESTS_PER_HOUR:
            left = int((times[-TESTS_PER_HOUR] + hour - now).total_seconds()) + 1
            raise TooManyRequests(TOO_OFTEN.fill(minutes=-(-left // 60)), headers={"Retry-After": str(left)})

    async def find(self, device_id: UUID, secret: str, message_id: UUID) -> Message:
        """One message of the caller's own device, even of one that is gone. Raises MessageNotFound."""
        own = select(Message).join(Device).where(*owned(device_id, secret), Message.id == message_id)
        message = await self._session.scalar(own)
        if message is None:
            raise MessageNotFound
        return message

    async def note_shown(self, message_id: UUID) -> None:
        """The phone has shown it. Later reports change nothing. Raises MessageNotFound."""
        await self._note(message_id, shown_at=func.coalesce(Message.shown_at, func.now()))

    async def note_opened(self, message_id: UUID) -> None:
        """It was tapped, and so also shown."""
        shown, opened = (func.coalesce(column, func.now()) for column in (Message.shown_at, Message.opened_at))
        await self._note(message_id, shown_at=shown, opened_at=opened)

    async def _note(self, message_id: UUID, **times: ColumnElement[datetime]) -> None:
        if await Announcing(self._session, self._settings).note(message_id, opened="opened_at" in times):
            return
        noted = update(Message).where(Message.id == message_id).values(**times).returning(Message.id)
        if await self._session.scalar(noted) is None:
            raise MessageNotFound

    async def give_up_late(self, now: datetime) -> None:
        """Nothing waits for ever: not even a message whose job was lost."""
        await self._session.execute(
            update(Message)
            .where(Message.state == MessageState.WAITING, Message.expires_at < now)
            .values(state=MessageState.FAILED)
        )


KEEPS = [
    Keep(Message, "30 days", lambda now: Message.created_at < now - _MESSAGES_KEPT),
    # After the messages: a device that is gone stays as long as it has any.
    Keep(
        Device,
        "as long as it has messages, once its push service says that it is gone",
        lambda now: Device.subscription.is_(None) & ~select(Message.id).where(Message.device_id == Device.id).exists(),
    ),
]
