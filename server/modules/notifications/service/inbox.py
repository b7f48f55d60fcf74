"""The inbox of one resident: read, laid aside, searched; and what became of each entry's bell.

What somebody was told alone has a row of its own (Entry); what was announced to many has one for all (Broadcast). They
lie in one order, that of their ids.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from server.core.database import Database
from server.core.paging import cursor_of, id_of
from server.core.problems import Problem
from server.core.retention import Keep
from server.core.settings import Settings
from server.core.words import Language, Words
from server.modules.notifications.models import Bell, Broadcast, Device, Dispatch, Entry, Message
from server.modules.notifications.rules.inbox import Told, Topic
from server.modules.notifications.service.broadcasts import (
    ARCHIVED_AT,
    READ_AT,
    Eyes,
    Marks,
    announced_to,
    eyes_of,
    seen_by,
    told_of,
    unread_by,
)
from server.modules.notifications.service.live import tell
from server.modules.notifications.service.telling import Telling

_SEARCHED = 2_000
"""So many of the newest entries are opened to be searched: they lie sealed, and no index knows their words."""


class EntryNotFound(Problem):
    status = 404
    title = Words("Không tìm thấy tin này trong hộp thư", "There is no such message", "រកមិនឃើញសារនេះក្នុងប្រអប់ទេ")


class Letter(NamedTuple):
    """One thing in the inbox and what it says. `place`: where it stands in the order of time."""

    id: UUID
    place: UUID
    topic: Topic
    told: Told
    at: datetime
    read_at: datetime | None
    archived_at: datetime | None
    bell: Bell


class Page(NamedTuple):
    """The cursor of the next page, None when this is the last; and how many letters are unread, on all pages."""

    letters: list[Letter]
    following: str | None
    unread: int


class Delivery(NamedTuple):
    """One message of an entry, and what its device is called."""

    message: Message
    device: str


class Inbox:
    """What somebody was told."""

    def __init__(self, session: AsyncSession, settings: Settings, database: Database) -> None:
        self._session = session
        self._database = database
        self._telling = Telling(session, settings)
        self._marks = Marks(session)

    async def page(
        self, resident_id: UUID, *, archived: bool, words: str, language: Language, limit: int, cursor: str | None
    ) -> Page:
        """The newest first. Raises CursorRefused."""
        behind = None if cursor is None else id_of(cursor)
        # Everybody looks here when many were told at once: it only looks, and asks as little as it can.
        async with self._database.looking() as session:
            eyes = await eyes_of(session, resident_id)
            wanted = _SEARCHED if words else limit + 1
            entries = await session.scalars(_entries(resident_id, archived=archived, behind=behind).limit(wanted))
            announced = await session.execute(_announced(eyes, archived=archived, behind=behind).limit(wanted))
            unread = await session.scalar(select(_unread(eyes)))
        found = [*map(self._letter, entries), *map(_announcement, announced)]
        found.sort(key=lambda it: it.place, reverse=True)
        if words:
            found = [it for it in found if it.told.fits(words, language)]
        shown = found[:limit]
        return Page(shown, cursor_of(str(shown[-1].place)) if len(found) > limit else None, unread or 0)

    def _letter(self, entry: Entry) -> Letter:
        told = self._telling.open(entry)
        at, read_at, archived_at = entry.created_at, entry.read_at, entry.archived_at
        return Letter(entry.id, entry.id, entry.topic, told, at, read_at, archived_at, entry.bell)

    async def find(self, resident_id: UUID, entry_id: UUID) -> Letter:
        """Raises EntryNotFound, also when it is somebody else's."""
        if entry := await self._session.scalar(select(Entry).where(*_owned(resident_id, entry_id))):
            return self._letter(entry)
        asked = announced_to(await eyes_of(self._session, resident_id)).where(Broadcast.id == entry_id)
        if row := (await self._session.execute(asked)).one_or_none():
            return _announcement(row)
        raise EntryNotFound

    async def deliveries(self, entry_id: UUID) -> Sequence[Delivery]:
        """Where it was sent to, and what came of it; empty again after 30 days, and for what was told to many."""
        sent = (
            select(Message, Device.name).join(Device).where(Message.entry_id == entry_id).order_by(Message.created_at)
        )
        return [Delivery(message, name) for message, name in await self._session.execute(sent)]

    async def dispatches(self, entry_id: UUID) -> Sequence[Dispatch]:
        """The other ways it went."""
        return (await self._session.scalars(select(Dispatch).where(Dispatch.entry_id == entry_id))).all()

    async def mark(self, resident_id: UUID, entry_id: UUID, *, read: bool) -> None:
        """Raises EntryNotFound."""
        seen = func.coalesce(Entry.read_at, func.now()) if read else None
        if not await self._change(resident_id, entry_id, read_at=seen):
            await self._mark(resident_id, entry_id, read_at=datetime.now(UTC) if read else None)
        # The person's other devices.
        await tell(self._session, [resident_id])

    async def archive(self, resident_id: UUID, entry_id: UUID, *, archived: bool) -> None:
        """Lay aside, or take out again; whoever lays it aside has seen it. Raises EntryNotFound."""
        if archived:
            now = datetime.now(UTC)
            seen, aside = (func.coalesce(column, func.now()) for column in (Entry.read_at, Entry.archived_at))
            if not await self._change(resident_id, entry_id, read_at=seen, archived_at=aside):
                await self._mark(resident_id, entry_id, read_at=now, archived_at=now)
        elif not await self._change(resident_id, entry_id, archived_at=None):
            await self._mark(resident_id, entry_id, archived_at=None)
        await tell(self._session, [resident_id])

    async def _change(self, resident_id: UUID, entry_id: UUID, **values: ColumnElement[datetime] | None) -> bool:
        changed = update(Entry).where(*_owned(resident_id, entry_id)).values(**values).returning(Entry.id)
        return await self._session.scalar(changed) is not None

    async def _mark(self, resident_id: UUID, broadcast_id: UUID, **values: datetime | None) -> None:
        await self.find(resident_id, broadcast_id)
        await self._marks.mark(resident_id, [broadcast_id], **values)

    async def mark_all(self, resident_id: UUID, until: datetime) -> None:
        """All that came until then: what came later has not been seen."""
        now = datetime.now(UTC)
        unread = update(Entry).where(
            Entry.resident_id == resident_id, Entry.read_at.is_(None), Entry.created_at <= until
        )
        await self._session.execute(unread.values(read_at=now))
        announced = seen_by(await eyes_of(self._session, resident_id), Broadcast.id)
        announced = announced.where(READ_AT.is_(None), ARCHIVED_AT.is_(None), Broadcast.told_at <= until)
        await self._marks.mark(resident_id, (await self._session.scalars(announced)).all(), read_at=now)
        await tell(self._session, [resident_id])


def _entries(resident_id: UUID, *, archived: bool, behind: UUID | None) -> Select[Entry]:
    laid_aside = Entry.archived_at.is_not(None) if archived else Entry.archived_at.is_(None)
    asked = select(Entry).where(Entry.resident_id == resident_id, laid_aside).order_by(Entry.id.desc())
    return asked if behind is None else asked.where(Entry.id < behind)


def _announced(eyes: Eyes, *, archived: bool, behind: UUID | None) -> Select[Any]:
    laid_aside = ARCHIVED_AT.is_not(None) if archived else ARCHIVED_AT.is_(None)
    asked = announced_to(eyes).where(laid_aside).order_by(Broadcast.place.desc())
    return asked if behind is None else asked.where(Broadcast.place < behind)


def _unread(eyes: Eyes) -> ColumnElement[int]:
    own = select(func.count()).where(
        Entry.resident_id == eyes.resident_id, Entry.read_at.is_(None), Entry.archived_at.is_(None)
    )
    return own.scalar_subquery() + unread_by(eyes).scalar_subquery()


async def state_of(session: AsyncSession | AsyncConnection, resident_id: UUID) -> tuple[str, int]:
    """Where the newest letter stands, and how many are unread."""
    eyes = await eyes_of(session, resident_id)
    own = Entry.resident_id == resident_id
    asked = select(
        select(Entry.id).where(own).order_by(Entry.id.desc()).limit(1).scalar_subquery().label("entry"),
        seen_by(eyes, Broadcast.place).order_by(Broadcast.place.desc()).limit(1).scalar_subquery().label("announced"),
        _unread(eyes).label("unread"),
    )
    row = (await session.execute(asked)).one()
    newest = max((it for it in (row.entry, row.announced) if it), default=None)
    return str(newest or "none"), row.unread


def _announcement(row: Any) -> Letter:
    told = told_of(row.told)
    return Letter(row.id, row.place, row.topic, told, row.told_at, row.read_at, row.archived_at, Bell.MANY)


def _owned(resident_id: UUID, entry_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return Entry.id == entry_id, Entry.resident_id == resident_id


KEEP = Keep(Entry, "two years", lambda now: Entry.created_at < now - func.make_interval(2))
