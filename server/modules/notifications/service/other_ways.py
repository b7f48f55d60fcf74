"""Reaching residents whom no device can be rung for, and finding devices that are no more."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import case, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.settings import Settings
from server.core.words import Words
from server.modules.identity.public import language_of_resident, phone_of_resident, text_to_resident
from server.modules.notifications.gateways import mail, zalo
from server.modules.notifications.models import Device, Dispatch, Entry, Message, MessageState
from server.modules.notifications.rules.inbox import Channel, Topic
from server.modules.notifications.rules.other_ways import CONSENTS, SUBJECT, TEXT
from server.modules.notifications.service.addresses import Addresses
from server.modules.notifications.service.preferences import Preferences
from server.modules.notifications.service.telling import Notice, Telling
from server.modules.privacy.public import consented

QUIET = timedelta(days=30)
UNSEEN = 3
"""A device that took so many messages in so long a time, showed none of them and was not visited, is no more."""
_LONG_QUIET = timedelta(days=180)
"""Whoever has no account there cannot be told that it rings no more: not visited for so long."""

# Told to very many, and not noted for each: the ranges know which of their devices had it, and which showed it.
_SILENT = text(
    "UPDATE notifications_device SET subscription = NULL, endpoint_hash = NULL, updated_at = now() WHERE id IN ("
    "SELECT device.id FROM notifications_range AS range"
    " CROSS JOIN LATERAL unnest(range.ids) WITH ORDINALITY AS it (id, place)"
    " JOIN notifications_device AS device ON device.id = it.id"
    " WHERE range.done_at IS NOT NULL AND range.created_at > :since AND device.subscription IS NOT NULL"
    " AND coalesce(device.seen_at, device.created_at)"
    " < CASE WHEN device.resident_id IS NULL THEN CAST(:long_ago AS timestamptz) ELSE :since END"
    " AND NOT EXISTS (SELECT FROM notifications_message AS message"
    " WHERE message.device_id = device.id AND message.created_at > :since AND message.shown_at IS NOT NULL)"
    " GROUP BY device.id HAVING sum(get_bit(range.had, it.place::int - 1)) >= :unseen"
    " AND sum(get_bit(range.shown, it.place::int - 1)) = 0)"
)

_LOST = Words(
    "Không còn máy nào của bạn nhận thông báo",
    "None of your devices receives notifications any more",
    "គ្មានទូរស័ព្ទណារបស់អ្នកទទួលការជូនដំណឹងទៀតទេ",
)
_LOST_BODY = Words(
    "Máy nhận thông báo gần nhất đã ngừng nhận. Mở mục Thông báo trên máy bạn đang dùng và bật lại.",
    "The last one has stopped receiving. Open Notifications on the device you use now, and turn them on again.",
    "ទូរស័ព្ទចុងក្រោយបានឈប់ទទួល។ បើកផ្នែកការជូនដំណឹងលើទូរស័ព្ទដែលអ្នកប្រើ ហើយបើកវាឡើងវិញ។",
)


class OtherWays:
    """What is done when the bell does not reach somebody."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings

    async def text(self, dispatch_id: UUID) -> None:
        """A short text, a word over Zalo or a mail, unless it has gone already. It goes at least once."""
        waiting = (
            select(Dispatch, Entry.resident_id)
            .join(Entry)
            .where(Dispatch.id == dispatch_id, Dispatch.accepted_at.is_(None))
            .with_for_update(of=Dispatch)
        )
        if row := (await self._session.execute(waiting)).one_or_none():
            dispatch, resident_id = row
            if not await self._wanted(dispatch.channel, resident_id):
                # They chose otherwise while it waited: it goes no more, and nothing says that it will.
                await self._session.delete(dispatch)
                await self._session.flush()
                return
            dispatch.provider = await self._carry(dispatch, resident_id)
            if dispatch.provider is not None:
                dispatch.accepted_at = datetime.now(UTC)
        await self._session.flush()

    async def _wanted(self, channel: Channel, resident_id: UUID) -> bool:
        choice = await Preferences(self._session).of(resident_id)
        return channel in choice.channels and await consented(self._session, resident_id, CONSENTS[channel])

    async def _carry(self, dispatch: Dispatch, resident_id: UUID) -> str | None:
        """Who took it; None when there is no such way to this person. Fails when nobody took it now."""
        if dispatch.channel is Channel.SMS:
            return await text_to_resident(self._session, resident_id, TEXT)
        if dispatch.channel is Channel.ZALO:
            phone = await phone_of_resident(self._session, resident_id)
            return await zalo.send(self._settings, phone, dispatch.id) if phone else None
        address = await Addresses(self._session, self._settings).confirmed(resident_id)
        if address is None:
            return None
        language = await language_of_resident(self._session, resident_id)
        return await mail.send(self._settings, address, SUBJECT.for_(language), TEXT.for_(language), dispatch.id)

    async def look_after_devices(self, now: datetime) -> None:
        """Devices that went quiet are removed; whoever has lost all of theirs is told, once."""
        await self._remove_quiet(now)
        gone = select(Device).where(Device.resident_id.is_not(None), Device.subscription.is_(None)).order_by(Device.id)
        lost = {device.resident_id: device.id for device in await self._session.scalars(gone) if device.resident_id}
        if not lost:
            return
        rung = select(Device.resident_id).where(Device.resident_id.in_(lost), Device.subscription.is_not(None))
        still = set(await self._session.scalars(rung))
        await Telling(self._session, self._settings).notify(
            [
                Notice(
                    key=f"devices-lost/{device_id}",
                    resident_id=resident_id,
                    topic=Topic.ACCOUNT,
                    subject="devices",
                    title=_LOST,
                    body=_LOST_BODY,
                    plain=_LOST,
                    path="/notifications",
                )
                for resident_id, device_id in lost.items()
                if resident_id not in still
            ]
        )
        told = update(Device).where(Device.resident_id.in_(lost), Device.subscription.is_(None))
        await self._session.execute(told.values(resident_id=None, session_id=None))

    async def _remove_quiet(self, now: datetime) -> None:
        since = now - QUIET
        taken = (
            select(Message.device_id)
            .where(Message.state == MessageState.ACCEPTED, Message.created_at > since)
            .group_by(Message.device_id)
            .having(func.count() >= UNSEEN, func.count(Message.shown_at) == 0)
        )
        visited = func.coalesce(Device.seen_at, Device.created_at)
        quiet = update(Device).where(
            Device.subscription.is_not(None),
            Device.id.in_(taken),
            visited < case((Device.resident_id.is_(None), now - _LONG_QUIET), else_=since),
        )
        await self._session.execute(quiet.values(subscription=None, endpoint_hash=None))

    async def remove_silent(self, now: datetime) -> None:
        """Devices that went quiet and are told nothing but announcements. Once a night: it looks through a month."""
        since = {"since": now - QUIET, "long_ago": now - _LONG_QUIET, "unseen": UNSEEN}
        await self._session.execute(_SILENT, since)
