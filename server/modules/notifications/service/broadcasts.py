"""What was announced to many, as one resident sees it: no row says that it is theirs, the question does."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import aliased

from server.modules.notifications.models import Broadcast, Follower, Mark, Preference
from server.modules.notifications.rules.inbox import Level, Told, Topic

READ_AT = case((Mark.read_at >= Broadcast.told_at, Mark.read_at))
ARCHIVED_AT = case((Mark.archived_at >= Broadcast.told_at, Mark.archived_at))
"""What was done with an older wording does not count."""


class Eyes(NamedTuple):
    """Whose inbox it is, what they follow since when, and whether they want any news at all."""

    resident_id: UUID
    communes: dict[str, datetime]
    topics: dict[str, datetime]
    news: bool


async def eyes_of(session: AsyncSession | AsyncConnection, resident_id: UUID) -> Eyes:
    me = select(literal(resident_id).label("id")).subquery()
    asked = (
        select(Follower.communes, Follower.topics, Follower.since, Preference.topics.label("levels"))
        .select_from(me)
        .outerjoin(Follower, Follower.resident_id == me.c.id)
        .outerjoin(Preference, Preference.resident_id == me.c.id)
    )
    row = (await session.execute(asked)).one()
    since = {code: datetime.fromisoformat(at) for code, at in (row.since or {}).items()}
    return Eyes(
        resident_id,
        {code: since[code] for code in row.communes or ()},
        {code: since[code] for code in row.topics or ()},
        (row.levels or {}).get(Topic.NEWS.value) != Level.OFF.value,
    )


def seen_by(eyes: Eyes, *columns: Any) -> Select[Any]:
    """These columns of what is in their inbox.

    Published after they joined (ids are in order of time) and after they began to follow what it is for; or opened or
    laid aside before they ceased to. Of several about one subject they have the one that came first.
    """
    mine = and_(Mark.broadcast_id == Broadcast.id, Mark.resident_id == eyes.resident_id)
    older = aliased(Broadcast)
    marked = exists().where(Mark.broadcast_id == older.id, Mark.resident_id == eyes.resident_id)
    had = exists().where(
        older.subject == Broadcast.subject,
        older.id < Broadcast.id,
        older.withdrawn_at.is_(None),
        or_(marked, _told(older, eyes)),
    )
    told = and_(_told(Broadcast, eyes), or_(~Broadcast.joins, ~had))
    return (
        select(*columns)
        .select_from(Broadcast)
        .outerjoin(Mark, mine)
        .where(Broadcast.withdrawn_at.is_(None), or_(Mark.id.is_not(None), told))
    )


def _told(it: type[Broadcast], eyes: Eyes) -> ColumnElement[bool]:
    return and_(
        it.id > eyes.resident_id,
        literal(True) if eyes.news else it.topic == Topic.WARNINGS,
        _follows(it, it.communes, eyes.communes),
        _follows(it, it.topics, eyes.topics),
    )


def _follows(it: type[Broadcast], column: Any, since: dict[str, datetime]) -> ColumnElement[bool]:
    by_time: dict[datetime, list[str]] = {}
    for code, at in since.items():
        by_time.setdefault(at, []).append(code)
    chosen = [and_(column.overlap(codes), it.created_at >= at) for at, codes in by_time.items()]
    return or_(func.cardinality(column) == 0, *chosen)


def unread_by(eyes: Eyes) -> Select[Any]:
    return seen_by(eyes, func.count()).where(READ_AT.is_(None), ARCHIVED_AT.is_(None))


def announced_to(eyes: Eyes) -> Select[Any]:
    """What was announced to them, and what they did with it."""
    read_at, archived_at = READ_AT.label("read_at"), ARCHIVED_AT.label("archived_at")
    columns = (Broadcast.id, Broadcast.place, Broadcast.topic, Broadcast.told, Broadcast.told_at)
    return seen_by(eyes, *columns, read_at, archived_at)


class Marks:
    """What residents do with what was announced to many."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def mark(self, resident_id: UUID, broadcast_ids: Sequence[UUID], **values: datetime | None) -> None:
        """Set `read_at`, `archived_at`; a time that stands there already and still counts stays."""
        if not broadcast_ids:
            return
        rows = [{"resident_id": resident_id, "broadcast_id": it, **values} for it in broadcast_ids]
        new = insert(Mark)
        kept = {name: new.excluded[name] for name in values}
        again = new.on_conflict_do_update(index_elements=["resident_id", "broadcast_id"], set_=kept)
        await self._session.execute(again, rows)


def told_of(row: dict[str, Any]) -> Told:
    return msgspec.convert(row, Told)
