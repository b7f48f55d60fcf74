"""Fetching from the exchange bus what happened to dossiers, from where we stopped."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.database import one_at_a_time
from server.core.events import publish
from server.core.settings import Settings
from server.core.wire import Twice
from server.modules.dossiers.events import MoreToPull
from server.modules.dossiers.gateways.exchange import PAGE, ExchangeAway, exchange_of
from server.modules.dossiers.models import Feed, RefusedEvent
from server.modules.dossiers.rules.exchange import SOURCE
from server.modules.dossiers.rules.reports import THE_BUS
from server.modules.dossiers.schemas import ReportedEvent
from server.modules.dossiers.service.contacts import Contacts
from server.modules.dossiers.service.feeds import event_from
from server.modules.dossiers.service.intake import EventRefused, Intake, Outcome

log = structlog.get_logger()


class Pulling:
    """The bus as a source. What it says is treated as a partner's report is."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings

    async def pull(self) -> None:
        """One page, and the next one as a job of its own. A bus that is away is noted, and asked again by the clock.

        What was there before the first time we caught up is told to nobody: it is no news.
        """
        bus = exchange_of(self._settings)
        if bus is None:
            return
        await one_at_a_time(self._session, "dossiers-pull")
        feed = await self._session.scalar(select(Feed).where(Feed.name == SOURCE))
        if feed is None:
            self._session.add(feed := Feed(name=SOURCE))
        feed.asked_at = datetime.now(UTC)
        try:
            page = await bus.after(feed.cursor)
            if page.items and page.cursor == feed.cursor:
                raise ExchangeAway("it gives the same page again and again")
        except ExchangeAway as away:
            feed.trouble = str(away)
            feed.trouble_since = feed.trouble_since or feed.asked_at
            log.warning("exchange bus is away", reason=str(away))
            return
        events = [event_from(self._settings, item) for item in page.items]
        outcomes = await Intake(self._session, self._settings).take(THE_BUS, events, tell=feed.caught_up_at is not None)
        await self._keep_refused(page.items, events, outcomes)
        feed.cursor, feed.answered_at = page.cursor, feed.asked_at
        feed.trouble = feed.trouble_since = None
        if len(page.items) >= PAGE:
            publish(self._session, MoreToPull())
        elif feed.caught_up_at is None:
            feed.caught_up_at = feed.asked_at

    async def _keep_refused(
        self,
        items: Sequence[Any],
        events: Sequence[ReportedEvent | EventRefused],
        outcomes: Sequence[Outcome],
    ) -> None:
        """Nobody reads our answer there, so that what we could not take is kept for a person here."""
        contacts = Contacts(self._settings)
        rows = [
            {
                "id": (row := uuid7()),
                # One that says a thing twice would be taken by the last word when it is tried again.
                "item": None if isinstance(item, Twice) else contacts.close_refused(row, json.dumps(item).encode()),
                "source": SOURCE,
                "event_id": event.event_id if isinstance(event, ReportedEvent) else None,
                "problem": outcome.refusal.type(),
                "field": outcome.refusal.field,
            }
            for item, event, outcome in zip(items, events, outcomes, strict=True)
            if outcome.refusal
        ]
        if rows:
            await self._session.execute(insert(RefusedEvent), rows)
