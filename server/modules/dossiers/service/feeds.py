"""The systems we ask ourselves: how they fare, and what of theirs could not be taken, for a person to deal with."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller
from server.core.audit import record
from server.core.paging import cursor_of, id_of
from server.core.problems import Problem
from server.core.settings import Settings
from server.core.wire import Twice
from server.core.words import Words
from server.modules.dossiers.models import Feed, RefusedEvent, Settled
from server.modules.dossiers.rules.exchange import FieldUnreadable, fields_of, names_of
from server.modules.dossiers.rules.reports import THE_BUS
from server.modules.dossiers.schemas import ReportedEvent
from server.modules.dossiers.service.contacts import Contacts
from server.modules.dossiers.service.intake import EventRefused, Intake, TimeRefused
from server.modules.dossiers.service.reading import event_of


class RefusedUnknown(Problem):
    status = 404
    title = Words(
        "Không còn sự kiện này, hoặc đã có người xử lý",
        "There is no such event, or somebody has dealt with it",
        "គ្មានព្រឹត្តិការណ៍នេះទេ ឬមានគេដោះស្រាយរួចហើយ",
    )


class StillRefused(Problem):
    """`problem`: what is wrong with it now; `field`: of which field."""

    title = Words(
        "Sự kiện vẫn chưa nhận được",
        "The event still cannot be taken",
        "ព្រឹត្តិការណ៍នៅតែមិនអាចទទួលបាន",
    )


class SetAsideReasonNeeded(Problem):
    status = 400
    title = Words(
        "Hãy ghi vì sao bỏ qua sự kiện này",
        "Say why this event is set aside",
        "សូមបញ្ជាក់មូលហេតុដែលទុកព្រឹត្តិការណ៍នេះចោល",
    )


class Health(NamedTuple):
    """`waiting`: how many of its events nobody has dealt with."""

    feed: Feed
    waiting: int


class Feeds:
    """What comes from elsewhere because we ask for it."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._contacts = Contacts(settings)

    async def all(self) -> list[Health]:
        counted = select(RefusedEvent.source, func.count()).where(_OPEN).group_by(RefusedEvent.source)
        waiting = {row[0]: row[1] for row in await self._session.execute(counted)}
        feeds = await self._session.scalars(select(Feed).order_by(Feed.name))
        return [Health(feed, waiting.get(feed.name, 0)) for feed in feeds]

    async def refused(self, limit: int, cursor: str | None, *, settled: bool) -> tuple[list[RefusedEvent], str | None]:
        """Those nobody has dealt with, or those somebody has; the newest first. Raises CursorRefused."""
        asked = select(RefusedEvent).where(~_OPEN if settled else _OPEN).order_by(RefusedEvent.id.desc())
        if cursor is not None:
            asked = asked.where(RefusedEvent.id < id_of(cursor))
        rows = list(await self._session.scalars(asked.limit(limit + 1)))
        return rows[:limit], cursor_of(str(rows[limit - 1].id)) if len(rows) > limit else None

    def reason_of(self, row: RefusedEvent) -> str | None:
        return self._contacts.open_refused(row.id, row.reason).decode() if row.reason else None

    async def try_again(self, caller: Caller, row_id: UUID) -> RefusedEvent:
        """Perhaps the settings name its fields now, or a mistake of ours was mended. What it says is news to nobody
        whose dossier has moved on since. Raises RefusedUnknown, StillRefused.
        """
        row = await self._open_one(row_id)
        if row.item is None:
            raise StillRefused(problem=row.problem, field=row.field)
        item = json.loads(self._contacts.open_refused(row.id, row.item))
        [outcome] = await Intake(self._session, self._settings).take(THE_BUS, [event_from(self._settings, item)])
        if outcome.refusal is not None:
            raise StillRefused(problem=outcome.refusal.type(), field=outcome.refusal.field)
        self._settle(caller, row, Settled.TAKEN)
        await self._noted(caller, "dossiers:take-refused", row)
        return row

    async def set_aside(self, caller: Caller, row_id: UUID, reason: str) -> RefusedEvent:
        """It will not be taken, and why. Raises RefusedUnknown, SetAsideReasonNeeded."""
        if not reason:
            raise SetAsideReasonNeeded
        row = await self._open_one(row_id)
        self._settle(caller, row, Settled.SET_ASIDE)
        row.reason = self._contacts.close_refused(row.id, reason.encode())
        await self._noted(caller, "dossiers:set-aside-refused", row)
        return row

    async def _open_one(self, row_id: UUID) -> RefusedEvent:
        row = await self._session.scalar(select(RefusedEvent).where(RefusedEvent.id == row_id, _OPEN).with_for_update())
        if row is None:
            raise RefusedUnknown
        return row

    def _settle(self, caller: Caller, row: RefusedEvent, settled: Settled) -> None:
        # What it said of a person has done its duty.
        row.settled, row.settled_at, row.settled_by, row.item = settled, datetime.now(UTC), caller.id, None

    async def _noted(self, caller: Caller, act: str, row: RefusedEvent) -> None:
        await record(self._session, act=act, actor=caller, subject=("refused-event", row.id), unit=caller.unit)
        await self._session.flush()


_OPEN = RefusedEvent.settled.is_(None)


def event_from(settings: Settings, item: object) -> ReportedEvent | EventRefused:
    """An event of the bus with our names."""
    if isinstance(item, Twice) or not isinstance(item, Mapping):
        return event_of(item)
    try:
        return event_of(fields_of(item, names_of(settings.lgsp_fields)), strict=False)
    except FieldUnreadable as wrong:
        return TimeRefused(wrong.args[0])


def title_of(problem: str) -> Words:
    """What a refusal is called, by its type; the general one for what is called otherwise today."""
    kinds = {kind.type(): kind.title for kind in EventRefused.__subclasses__()}
    return kinds.get(problem, EventRefused.title)
