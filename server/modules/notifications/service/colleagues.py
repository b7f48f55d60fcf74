"""What members of staff are told for their work, and the browsers that ring for it."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller
from server.core.settings import Settings
from server.modules.notifications.models import Device, Entry
from server.modules.notifications.rules.inbox import Told
from server.modules.notifications.service.devices import DeviceNotFound, Devices
from server.modules.notifications.service.inbox import EntryNotFound
from server.modules.notifications.service.telling import Telling

_SHOWN = 50


class Call(NamedTuple):
    """One thing a member of staff was told."""

    entry: Entry
    told: Told


class Colleagues:
    """Nobody is told anything here that is not their work."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._telling = Telling(session, settings)

    async def calls(self, caller: Caller) -> tuple[list[Call], int]:
        """The newest fifty, and how many are unread."""
        own = Entry.resident_id == caller.id
        rows = await self._session.scalars(select(Entry).where(own).order_by(Entry.id.desc()).limit(_SHOWN))
        unread = await self._session.scalar(select(func.count()).where(own, Entry.read_at.is_(None))) or 0
        return [Call(it, self._telling.open(it)) for it in rows], unread

    async def read(self, caller: Caller, entry_id: UUID) -> Call:
        """Raises EntryNotFound, also for somebody else's."""
        owned = Entry.id == entry_id, Entry.resident_id == caller.id
        entry = await self._session.scalar(select(Entry).where(*owned).with_for_update())
        if entry is None:
            raise EntryNotFound
        entry.read_at = entry.read_at or datetime.now(UTC)
        await self._session.flush()
        return Call(entry, self._telling.open(entry))

    async def devices(self, caller: Caller) -> Sequence[Device]:
        """Those that ring for the caller."""
        ringing = Device.staff_id == caller.id, Device.subscription.is_not(None)
        return (await self._session.scalars(select(Device).where(*ringing).order_by(Device.id))).all()

    async def bind(self, caller: Caller, device_id: UUID, secret: str, name: str) -> None:
        """It rings for the caller from now on, signed in or not: who is on duty sleeps. Raises DeviceNotFound."""
        device = await Devices(self._session, self._settings).find(device_id, secret)
        device.staff_id, device.name = caller.id, device.name or name
        await self._session.flush()

    async def loosen(self, caller: Caller, device_id: UUID) -> None:
        """It rings for them no longer. Raises DeviceNotFound."""
        theirs = update(Device).where(Device.id == device_id, Device.staff_id == caller.id)
        if await self._session.scalar(theirs.values(staff_id=None).returning(Device.id)) is None:
            raise DeviceNotFound

    async def reachable(self, staff_ids: Collection[UUID]) -> set[UUID]:
        """Those of them for whom some device rings."""
        ringing = Device.staff_id.in_(staff_ids), Device.subscription.is_not(None)
        return {it for it in await self._session.scalars(select(Device.staff_id).where(*ringing)) if it}
