"""The browsers that may be rung, and the key they subscribe to."""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.database import one_at_a_time
from server.core.problems import Problem
from server.core.sealing import CannotOpen, Seal, derive
from server.core.settings import Settings, WrongSetting
from server.core.words import Language, Words
from server.modules.identity.public import is_shared
from server.modules.notifications.gateways.vapid import KeyPair, new_key_pair
from server.modules.notifications.models import Device, Key, Message, MessageState
from server.modules.notifications.rules.push import Subscription, service_of, subscription_of
from server.modules.notifications.service.following import NOTHING, Following


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


class SharedDeviceNotRung(Problem):
    status = 409
    title = Words(
        "Máy dùng chung không nhận tin riêng của bạn",
        "A device shared with others is not told what is yours",
        "ឧបករណ៍ប្រើរួមគ្នាមិនទទួលដំណឹងផ្ទាល់ខ្លួនរបស់អ្នកទេ",
    )


class DeviceFollowsItsOwner(Problem):
    title = Words(
        "Máy này đang báo tin cho một tài khoản; hãy chọn trong tài khoản đó",
        "This device rings for an account; choose there",
        "ទូរស័ព្ទនេះកំពុងជូនដំណឹងដល់គណនីមួយ សូមជ្រើសរើសក្នុងគណនីនោះ",
    )


_OURS = select(Key).where(Key.name == "vapid")


def vapid_seal_of(settings: Settings) -> Seal:
    return Seal(settings.secret_key, "vapid")


def seal_of(settings: Settings) -> Seal:
    """Of the addresses of devices."""
    return Seal(settings.secret_key, "push-subscription")


def endpoint_hash_of(settings: Settings, endpoint: str) -> str:
    return hmac.digest(derive(settings.secret_key, "push-endpoint"), endpoint.encode(), hashlib.sha256).hex()


async def key_pair(session: AsyncSession, settings: Settings) -> KeyPair:
    """Our VAPID key, made at the first start; processes that ask at once agree on one. Raises CannotOpen."""
    seal = vapid_seal_of(settings)
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
        self._seal = seal_of(settings)

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
        own = select(Device).where(*owned(device_id, secret), Device.subscription.is_not(None))
        device = await self._session.scalar(own)
        if device is None:
            raise DeviceNotFound
        # A sign of life, noted once a day.
        now = datetime.now(UTC)
        if device.seen_at is None or device.seen_at < now - timedelta(days=1):
            device.seen_at = now
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

    async def claim(self, device_id: UUID, secret: str, caller: Caller, name: str) -> None:
        """From now on the caller is told there what is theirs. Raises DeviceNotFound, SharedDeviceNotRung."""
        device = await self.find(device_id, secret)
        if await is_shared(self._session, caller.session_id):
            raise SharedDeviceNotRung
        if (former := device.resident_id) not in (None, caller.id):
            await self._drop_waiting([device.id])
        device.resident_id, device.session_id, device.name = caller.id, caller.session_id, name
        await self._session.flush()
        following = Following(self._session, self._settings)
        if former is None:
            await following.take_over(caller.id, device)
        await following.apply(caller.id)

    async def following(self, device_id: UUID, secret: str) -> Device:
        """A browser nobody is signed in on, with what it follows. Raises DeviceNotFound, DeviceFollowsItsOwner."""
        device = await self.find(device_id, secret)
        if device.resident_id is not None:
            raise DeviceFollowsItsOwner
        return device

    async def follow(
        self, device_id: UUID, secret: str, *, communes: Collection[str], topics: Collection[str], news: bool
    ) -> Device:
        """From the next announcement on. `news` False: it rings for warnings only.

        Raises DeviceNotFound, DeviceFollowsItsOwner, CommuneNotFollowed, TopicNotFollowed.
        """
        device = await self.following(device_id, secret)
        await Following(self._session, self._settings).refuse_unknown(communes, topics)
        device.communes, device.topics, device.rings_news = sorted(communes), sorted(topics), news
        await self._session.flush()
        return device

    async def release(self, session_ids: Collection[UUID]) -> None:
        """Somebody signed out there, or was signed out: nothing of theirs is told there any more."""
        theirs = (
            update(Device)
            .where(Device.session_id.in_(session_ids))
            .values(resident_id=None, session_id=None, **NOTHING)
        )
        await self._drop_waiting((await self._session.scalars(theirs.returning(Device.id))).all())

    async def _drop_waiting(self, device_ids: Collection[UUID]) -> None:
        """What is still to be told there was meant for whoever was there before."""
        waiting = (
            Message.device_id.in_(device_ids),
            Message.state == MessageState.WAITING,
            Message.entry_id.is_not(None),
        )
        await self._session.execute(update(Message).where(*waiting).values(state=MessageState.GONE))

    async def forget(self, device_id: UUID, secret: str) -> None:
        """The owner wants no more: the device goes, with everything it was told."""
        gone = delete(Device).where(*owned(device_id, secret)).returning(Device.id)
        if await self._session.scalar(gone) is None:
            raise DeviceNotFound

    def _checked(self, endpoint: str, p256dh: str, auth: str) -> Subscription:
        if service_of(endpoint, self._settings.push_services) is None:
            raise PushEndpointRefused
        subscription = subscription_of(endpoint, p256dh, auth)
        if subscription is None:
            raise PushKeysRefused
        return subscription

    async def _settle(self, device: Device, subscription: Subscription) -> None:
        """Write the address into the device, alone: of two that subscribe it at once, one waits for the other."""
        endpoint_hash = endpoint_hash_of(self._settings, subscription.endpoint)
        await one_at_a_time(self._session, endpoint_hash)
        await self._session.execute(delete(Device).where(Device.endpoint_hash == endpoint_hash, Device.id != device.id))
        device.endpoint_hash = endpoint_hash
        device.subscription = self._seal.close(msgspec.json.encode(subscription), str(device.id))


def owned(device_id: UUID, secret: str) -> tuple[ColumnElement[bool], ...]:
    """Ownership as part of the question: a wrong secret finds nothing, exactly as if nothing were there."""
    return Device.id == device_id, Device.secret_hash == _hash(secret)


def _hash(secret: str) -> bytes:
    # Plain SHA-256 is enough for 256 random bits: there is nothing to guess.
    return hashlib.sha256(secret.encode()).digest()
