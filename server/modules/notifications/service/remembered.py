"""Everything the notifications hold about one person, to be shown to them or forgotten."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.holding import Coded, called
from server.core.settings import Settings
from server.modules.notifications.models import Broadcast, Device, Entry, Follower, Mark, Message, Preference
from server.modules.notifications.rules.held import CHANNELS, LEVELS
from server.modules.notifications.service.addresses import Addresses
from server.modules.notifications.service.broadcasts import announced_to, eyes_of, told_of
from server.modules.notifications.service.following import NOTHING, Following
from server.modules.notifications.service.preferences import Preferences
from server.modules.notifications.service.telling import Telling
from server.modules.notifications.service.topics import topics_of
from server.modules.places.public import named_communes


class Remembered:
    """What is left of a person in this module."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._telling = Telling(session, settings)
        self._preferences = Preferences(session)

    async def everything_about(self, resident_id: UUID) -> dict[str, Any]:
        entries = select(Entry).where(Entry.resident_id == resident_id).order_by(Entry.id)
        devices = select(Device).where(Device.resident_id == resident_id).order_by(Device.id)
        sent = select(Message, Device.name).join(Device).where(Device.resident_id == resident_id)
        choice = await self._preferences.of(resident_id)
        told = [(entry, self._telling.open(entry)) for entry in await self._session.scalars(entries)]
        announced = announced_to(await eyes_of(self._session, resident_id)).order_by(Broadcast.place)
        follower = await Following(self._session, self._settings).of(resident_id)
        communes, topics = await named_communes(self._session), topics_of(self._settings)
        return {
            "hộp thư": [
                {
                    "lúc": entry.created_at,
                    "tiêu đề": it.title,
                    "nội dung": it.body,
                    "đã đọc": entry.read_at,
                    "đã cất": entry.archived_at,
                }
                for entry, it in told
            ],
            "tin gửi chung": [
                {
                    "lúc": it.told_at,
                    "tiêu đề": told_of(it.told).title,
                    "đã đọc": it.read_at,
                    "đã cất": it.archived_at,
                }
                for it in await self._session.execute(announced)
            ],
            "e-mail": (await Addresses(self._session, self._settings).of(resident_id) or (None,))[0],
            "theo dõi": {
                "nơi ở": called(follower.home, communes),
                "xã, phường": [called(it, communes) for it in follower.chosen],
                "chủ đề": [Coded(it, topics[it]) if it in topics else it for it in follower.topics],
            },
            "máy nhận thông báo": [
                {"tên": it.name, "từ": it.created_at, "gần nhất": it.last_accepted_at}
                for it in await self._session.scalars(devices)
            ],
            "đã gửi đến máy": [
                {"máy": name, "gửi": it.sent_at, "nhận": it.accepted_at, "hiện": it.shown_at, "mở": it.opened_at}
                for it, name in await self._session.execute(sent.order_by(Message.created_at))
            ],
            "cách báo": {
                "kín đáo": choice.private,
                "giờ yên lặng": [f"{it:%H:%M}" for it in choice.quiet] if choice.quiet else None,
                "theo loại tin": {name: Coded(it, LEVELS[it]) for name, it in choice.topics.items()},
                "theo lĩnh vực": {name: Coded(it, LEVELS[it]) for name, it in choice.fields.items()},
                "kênh khác": [Coded(it, CHANNELS[it]) for it in choice.channels],
            },
        }

    async def forget(self, resident_id: UUID) -> None:
        """Nothing of it is left; a second time changes nothing."""
        # With the devices go their messages, and so what is still on its way.
        await Addresses(self._session, self._settings).remove(resident_id)
        theirs = Device.resident_id == resident_id
        await self._session.execute(delete(Device).where(theirs, Device.staff_id.is_(None)))
        # The same phone calls somebody to their work: it stays for that, and for nothing else.
        work = update(Device).where(theirs).values(resident_id=None, session_id=None, **NOTHING)
        await self._session.execute(work)
        await self._session.execute(delete(Entry).where(Entry.resident_id == resident_id))
        for table in (Mark, Follower):
            await self._session.execute(delete(table).where(table.resident_id == resident_id))
        await self._session.execute(delete(Preference).where(Preference.resident_id == resident_id))
