"""The inbox of one resident: read, laid aside, searched; and what became of each entry's bell."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.paging import CursorRefused, cursor_of, key_of
from server.core.problems import Problem
from server.core.retention import Keep
from server.core.settings import Settings
from server.core.words import Language, Words
from server.modules.notifications.models import Device, Dispatch, Entry, Message
from server.modules.notifications.rules.inbox import Told
from server.modules.notifications.service.live import tell
from server.modules.notifications.service.telling import Telling

_SEARCHED = 2_000
"""So many of the newest entries are opened to be searched: they lie sealed, and no index knows their words."""


class EntryNotFound(Problem):
    status = 404
    title = Words("Không tìm thấy tin này trong hộp thư", "There is no such message", "រកមិនឃើញសារនេះក្នុងប្រអប់ទេ")


class Read(NamedTuple):
    """An entry and what it says."""

    entry: Entry
    told: Told


class Delivery(NamedTuple):
    """One message of an entry, and what its device is called."""

    message: Message
    device: str


class Inbox:
    """What somebody was told."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._telling = Telling(session, settings)

    async def page(
        self, resident_id: UUID, *, archived: bool, words: str, language: Language, limit: int, cursor: str | None
    ) -> tuple[list[Read], str | None]:
        """The newest first, and the cursor of the next page. Raises CursorRefused."""
        laid_aside = Entry.archived_at.is_not(None) if archived else Entry.archived_at.is_(None)
        asked = select(Entry).where(Entry.resident_id == resident_id, laid_aside).order_by(Entry.id.desc())
        if cursor is not None:
            asked = asked.where(Entry.id < _id_of(cursor))
        rows = await self._session.scalars(asked.limit(_SEARCHED if words else limit + 1))
        found = [Read(row, self._telling.open(row)) for row in rows]
        if words:
            found = [it for it in found if it.told.fits(words, language)]
        shown = found[:limit]
        return shown, cursor_of(str(shown[-1].entry.id)) if len(found) > limit else None

    async def unread(self, resident_id: UUID) -> int:
        mine = select(func.count()).where(
            Entry.resident_id == resident_id, Entry.read_at.is_(None), Entry.archived_at.is_(None)
        )
        return await self._session.scalar(mine) or 0

    async def find(self, resident_id: UUID, entry_id: UUID) -> Read:
        """Raises EntryNotFound, also when it is somebody else's."""
        entry = await self._session.scalar(select(Entry).where(*_owned(resident_id, entry_id)))
        if entry is None:
            raise EntryNotFound
        return Read(entry, self._telling.open(entry))

    async def deliveries(self, entry: Entry) -> Sequence[Delivery]:
        """Where it was sent to, and what came of it; empty again after 30 days."""
        sent = (
            select(Message, Device.name).join(Device).where(Message.entry_id == entry.id).order_by(Message.created_at)
        )
        return [Delivery(message, name) for message, name in await self._session.execute(sent)]

    async def dispatches(self, entry: Entry) -> Sequence[Dispatch]:
        """The other ways it went."""
        return (await self._session.scalars(select(Dispatch).where(Dispatch.entry_id == entry.id))).all()

    async def mark(self, resident_id: UUID, entry_id: UUID, *, read: bool) -> None:
        """Raises EntryNotFound."""
        await self._change(resident_id, entry_id, read_at=func.coalesce(Entry.read_at, func.now()) if read else None)

    async def archive(self, resident_id: UUID, entry_id: UUID, *, archived: bool) -> None:
        """Lay aside, or take out again; whoever lays it aside has seen it. Raises EntryNotFound."""
        if archived:
            seen, aside = (func.coalesce(column, func.now()) for column in (Entry.read_at, Entry.archived_at))
            await self._change(resident_id, entry_id, read_at=seen, archived_at=aside)
        else:
            await self._change(resident_id, entry_id, archived_at=None)

    async def _change(self, resident_id: UUID, entry_id: UUID, **values: ColumnElement[datetime] | None) -> None:
        changed = update(Entry).where(*_owned(resident_id, entry_id)).values(**values).returning(Entry.id)
        if await self._session.scalar(changed) is None:
            raise EntryNotFound
        # The person's other devices.
        await tell(self._session, [resident_id])

    async def mark_all(self, resident_id: UUID, until: datetime) -> None:
        """All that came until then: what came later has not been seen."""
        unread = update(Entry).where(
            Entry.resident_id == resident_id, Entry.read_at.is_(None), Entry.created_at <= until
        )
        await self._session.execute(unread.values(read_at=datetime.now(UTC)))
        await tell(self._session, [resident_id])


def _owned(resident_id: UUID, entry_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return Entry.id == entry_id, Entry.resident_id == resident_id


def _id_of(cursor: str) -> UUID:
    try:
        return UUID(key_of(cursor))
    except ValueError:
        raise CursorRefused from None


KEEP = Keep(Entry, "two years", lambda now: Entry.created_at < now - func.make_interval(2))
