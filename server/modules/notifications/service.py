"""The desk's verbs: let a device be rung, ring it, say what became of it."""

import hashlib
import hmac
import random
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.database import one_at_a_time
from server.core.events import TryLater, publish
from server.core.limits import TOO_OFTEN
from server.core.problems import Problem, TooManyRequests
from server.core.retention import Keep
from server.core.sealing import CannotOpen, Seal, derive
from server.core.settings import Settings, WrongSetting
from server.core.words import Language, Words
from server.modules.notifications.events import SendingPutOff, TestRequested
from server.modules.notifications.gateways.vapid import KeyPair, new_key_pair, vapid_of
from server.modules.notifications.gateways.webpush import Answer, EndpointRefused, push_gateway
from server.modules.notifications.models import Device, Key, Message, MessageState, Pause
from server.modules.notifications.rules import (
    Outcome,
    Subscription,
    next_try,
    outcome_of,
    pause_of,
    payload,
    service_of,
    subscription_of,
)

log = structlog.get_logger()

TESTS_PER_HOUR = 5
"""For each device; many of them share one network (mobile carriers, a commune office)."""

_TEST_TTL = timedelta(hours=1)
_MESSAGES_KEPT = timedelta(days=30)

_TEST_TITLE = Words("Thông báo thử", "Test notification", "ការជូនដំណឹងសាកល្បង")
_TEST_BODY = Words(
    "Thiết bị này nhận được thông báo.", "This device receives notifications.", "ឧបករណ៍នេះទទួលបានការជូនដំណឹង។"
)


class PushEndpointRefused(Problem):
    status = 400
    title = Words(
        "Địa chỉ nhận thông báo của trình duyệt này không được chấp nhận",
        "The push address of this browser is not accepted",
        "អាសយដ្ឋានទទួលការជូនដំណឹងរបស់កម្មវិធីរុករកនេះមិនត្រូវបានទទួលយកទេ",
    )


class PushKeysRefused(Problem):
    status = 400
    title = Words(
        "Khóa nhận thông báo của trình duyệt không đúng",
        "The push keys of the browser are not valid",
        "សោទទួលការជូនដំណឹងរបស់កម្មវិធីរុករកមិនត្រឹមត្រូវទេ",
    )


class DeviceNotFound(Problem):
    status = 404
    title = Words(
        "Thiết bị này chưa bật nhận thông báo",
        "This device is not set up for notifications",
        "ឧបករណ៍នេះមិនទាន់បានបើកទទួលការជូនដំណឹងទេ",
    )


class MessageNotFound(Problem):
    status = 404
    title = Words("Không tìm thấy thông báo này", "There is no such notification", "រកមិនឃើញការជូនដំណឹងនេះទេ")


_OURS = select(Key).where(Key.name == "vapid")


async def key_pair(session: AsyncSession, settings: Settings) -> KeyPair:
    """Our VAPID key, made at the first start; processes that ask at once agree on one. Raises CannotOpen."""
    seal = Seal(settings.secret_key, "vapid")
    if (key := await session.scalar(_OURS)) is None:
        fresh = new_key_pair()
        sealed = seal.close(fresh.private, fresh.public)
        # The second of two waits here for the first one's commit, and then keeps what the first one wrote.
        await session.execute(
            insert(Key).values(name="vapid", public=fresh.public, sealed=sealed).on_conflict_do_nothing()
        )
        key = (await session.scalars(_OURS)).one()
    return KeyPair(key.public, seal.open(key.sealed, key.public))


async def opens(session: AsyncSession, settings: Settings) -> None:
    """Raises WrongSetting when our VAPID key, if there is one yet, was sealed with another SECRET_KEY."""
    try:
        if await session.scalar(_OURS):
            await key_pair(session, settings)
    except CannotOpen:
        raise WrongSetting(
            "SECRET_KEY", "is not the one this database was sealed with; set that one again (see SECURITY.md)"
        ) from None


class Devices:
    """The browsers that may be rung. No account: a device belongs to whoever holds its secret."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._seal = Seal(settings.secret_key, "push-subscription")

    async def key(self) -> str:
        """The public key a browser subscribes to."""
        return (await key_pair(self._session, self._settings)).public

    async def subscribe(self, endpoint: str, p256dh: str, auth: str, language: Language) -> tuple[Device, str]:
        """A new device and its secret, which is told this once. An older device with this endpoint makes room."""
        subscription = self._checked(endpoint, p256dh, auth)
        secret = secrets.token_urlsafe(32)
        device = Device(id=uuid7(), secret_hash=_hash(secret), language=language)
        await self._settle(device, subscription)
        self._session.add(device)
        await self._session.flush()
        return device, secret

    async def find(self, device_id: UUID, secret: str) -> Device:
        """The caller's own device. Raises DeviceNotFound, also when it is somebody else's or gone."""
        own = select(Device).where(*_owned(device_id, secret), Device.subscription.is_not(None))
        device = await self._session.scalar(own)
        if device is None:
            raise DeviceNotFound
        return device

    async def renew(
        self, device_id: UUID, secret: str, endpoint: str, p256dh: str, auth: str, language: Language
    ) -> Device:
        """The browser has another subscription now, or its owner another language."""
        device = await self.find(device_id, secret)
        await self._settle(device, self._checked(endpoint, p256dh, auth))
        device.language = language
        await self._session.flush()
        return device

    async def forget(self, device_id: UUID, secret: str) -> None:
        """The owner wants no more: the device goes, with everything it was told."""
        gone = delete(Device).where(*_owned(device_id, secret)).returning(Device.id)
        if await self._session.scalar(gone) is None:
            raise DeviceNotFound

    def subscription_of(self, device: Device) -> Subscription | None:
        """The device's address; None once it is gone."""
        if device.subscription is None:
            return None
        return msgspec.json.decode(self._seal.open(device.subscription, str(device.id)), type=Subscription)

    def _checked(self, endpoint: str, p256dh: str, auth: str) -> Subscription:
        if service_of(endpoint, self._settings.push_services) is None:
            raise PushEndpointRefused
        subscription = subscription_of(endpoint, p256dh, auth)
        if subscription is None:
            raise PushKeysRefused
        return subscription

    async def _settle(self, device: Device, subscription: Subscription) -> None:
        """Write the address into the device, alone: of two that subscribe it at once, one waits for the other."""
        key = derive(self._settings.secret_key, "push-endpoint")
        endpoint_hash = hmac.digest(key, subscription.endpoint.encode(), hashlib.sha256).hex()
        await one_at_a_time(self._session, endpoint_hash)
        await self._session.execute(delete(Device).where(Device.endpoint_hash == endpoint_hash, Device.id != device.id))
        device.endpoint_hash = endpoint_hash
        device.subscription = self._seal.close(msgspec.json.encode(subscription), str(device.id))


class Messages:
    """What devices are told, and what became of it."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._devices = Devices(session, settings)

    async def test(self, device_id: UUID, secret: str) -> Message:
        """Ring the caller's own device. Raises DeviceNotFound, TooManyRequests."""
        device = await self._devices.find(device_id, secret)
        now = datetime.now(UTC)
        await self._refuse_too_often(device, now)
        message = Message(
            created_at=now,
            device_id=device.id,
            title=_TEST_TITLE.for_(device.language),
            body=_TEST_BODY.for_(device.language),
            language=device.language,
            path="/notifications",
            tag="test",
            urgency="high",
            state=MessageState.WAITING,
            attempts=0,
            due_at=now,
            expires_at=now + _TEST_TTL,
        )
        self._session.add(message)
        await self._session.flush()
        publish(self._session, TestRequested(message_id=message.id))
        return message

    async def _refuse_too_often(self, device: Device, now: datetime) -> None:
        hour = timedelta(hours=1)
        lately = select(Message.created_at).where(Message.device_id == device.id, Message.created_at > now - hour)
        times = (await self._session.scalars(lately.order_by(Message.created_at))).all()
        if len(times) >= TESTS_PER_HOUR:
            left = int((times[-TESTS_PER_HOUR] + hour - now).total_seconds()) + 1
            raise TooManyRequests(TOO_OFTEN.fill(minutes=-(-left // 60)), headers={"Retry-After": str(left)})

    async def find(self, device_id: UUID, secret: str, message_id: UUID) -> Message:
        """One message of the caller's own device, even of one that is gone. Raises MessageNotFound."""
        own = select(Message).join(Device).where(*_owned(device_id, secret), Message.id == message_id)
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
        noted = update(Message).where(Message.id == message_id).values(**times).returning(Message.id)
        if await self._session.scalar(noted) is None:
            raise MessageNotFound

    async def deliver(self, message_id: UUID) -> None:
        """One attempt to ring. What came of it stands on the message; an attempt that may be repeated is put off.

        Raises TryLater when it is not due yet. Two runs at once do not both send: the second one waits, and then
        finds that nothing is waiting any more.
        """
        await one_at_a_time(self._session, str(message_id))
        waiting = select(Message, Device).join(Device).where(Message.id == message_id, _WAITING)
        if (row := (await self._session.execute(waiting)).first()) is None:
            return
        message, device = row
        now = datetime.now(UTC)
        if message.due_at > now:
            raise TryLater((message.due_at - now).total_seconds())
        subscription = self._devices.subscription_of(device)
        if subscription is None:
            await self._set(message, state=MessageState.GONE)
        elif message.expires_at <= now:
            await self._set(message, state=MessageState.FAILED)
        elif (service := service_of(subscription.endpoint, self._settings.push_services)) is None:
            # It was on the list when the device subscribed.
            await self._fail(message, "endpoint refused")
        elif until := await self._session.scalar(
            select(Pause.until).where(Pause.service == service, Pause.until > now)
        ):
            await self._put_off(message, until)
        else:
            await self._attempt(message, device, subscription, service)

    async def _attempt(self, message: Message, device: Device, subscription: Subscription, service: str) -> None:
        sent_at = datetime.now(UTC)
        try:
            answer = await self._send(message, subscription, sent_at)
        except EndpointRefused:
            await self._fail(message, "address refused", service=service, sent_at=sent_at)
            return
        now = datetime.now(UTC)
        attempts = message.attempts + 1
        match outcome_of(answer.status):
            case Outcome.ACCEPTED:
                # The device before its messages, as when it is forgotten: no two wait for each other.
                await self._session.execute(update(Device).where(Device.id == device.id).values(last_accepted_at=now))
                await self._set(
                    message, state=MessageState.ACCEPTED, attempts=attempts, sent_at=sent_at, accepted_at=now
                )
            case Outcome.GONE:
                # Only this address: the browser may have brought a new one meanwhile.
                await self._session.execute(
                    update(Device)
                    .where(Device.id == device.id, Device.endpoint_hash == device.endpoint_hash)
                    .values(subscription=None, endpoint_hash=None)
                )
                await self._set(message, state=MessageState.GONE, attempts=attempts, sent_at=sent_at)
            case Outcome.PAUSE:
                until = now + timedelta(seconds=pause_of(answer.retry_after, now))
                pause = insert(Pause).values(service=service, until=until)
                await self._session.execute(
                    pause.on_conflict_do_update(
                        index_elements=["service"], set_={"until": func.greatest(Pause.until, until)}
                    )
                )
                await self._put_off(message, until, sent_at=sent_at)
            case Outcome.RETRY if (wait := next_try(attempts, random.random())) is not None:  # noqa: S311 (jitter)
                await self._put_off(message, now + timedelta(seconds=wait), attempts=attempts, sent_at=sent_at)
            case _:
                await self._fail(
                    message, "not accepted", service=service, status=answer.status, attempts=attempts, sent_at=sent_at
                )

    async def _send(self, message: Message, subscription: Subscription, now: datetime) -> Answer:
        vapid = vapid_of(await key_pair(self._session, self._settings), self._settings.push_contact)
        gateway = await push_gateway(self._settings)
        return await gateway.send(
            subscription,
            payload(
                title=message.title,
                body=message.body,
                language=message.language,
                tag=message.tag,
                navigate=self._settings.origin + message.path,
                message_id=str(message.id),
            ),
            vapid=vapid,
            ttl=int((message.expires_at - now).total_seconds()),
            urgency=message.urgency,
            topic=message.tag,
        )

    async def _put_off(self, message: Message, until: datetime, **more: object) -> None:
        await self._set(message, due_at=until, **more)
        publish(self._session, SendingPutOff(message_id=message.id))

    async def _fail(
        self, message: Message, why: str, *, service: str = "", status: int | None = None, **more: object
    ) -> None:
        # Never the endpoint: whoever reads the log could ring the phone.
        log.error("push " + why, service=service, status=status, message=str(message.id))
        await self._set(message, state=MessageState.FAILED, **more)

    async def _set(self, message: Message, **values: object) -> None:
        # A statement and not the object: the owner may have forgotten the device, and its messages, meanwhile.
        await self._session.execute(update(Message).where(Message.id == message.id).values(**values))

    async def give_up_late(self, now: datetime) -> None:
        """Nothing waits for ever: not even a message whose job was lost."""
        await self._session.execute(
            update(Message).where(_WAITING, Message.expires_at < now).values(state=MessageState.FAILED)
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


_WAITING = Message.state == MessageState.WAITING


def _owned(device_id: UUID, secret: str) -> tuple[ColumnElement[bool], ...]:
    """Ownership as part of the question: a wrong secret finds nothing, exactly as if nothing were there."""
    return Device.id == device_id, Device.secret_hash == _hash(secret)


def _hash(secret: str) -> bytes:
    # Plain SHA-256 is enough for 256 random bits: there is nothing to guess.
    return hashlib.sha256(secret.encode()).digest()
