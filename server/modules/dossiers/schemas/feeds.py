"""The systems we ask, and what of theirs was refused, on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from server.core.wire import Command, Reply
from server.modules.dossiers.models import Settled


class SetAside(Command):
    """Why an event will not be taken."""

    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class FeedReply(Reply):
    """A system we ask. `caught_up_at`: when all that was there before had been read; null: still reading.

    `position`: where we are with it, as it calls it; `trouble`: what is wrong since `trouble_since`; `waiting`: how
    many of its events nobody has dealt with.
    """

    name: str
    asked_at: datetime | None
    answered_at: datetime | None
    caught_up_at: datetime | None
    position: str | None
    trouble: str | None
    trouble_since: datetime | None
    waiting: int


class FeedsReply(Reply):
    items: list[FeedReply]


class RefusedReply(Reply):
    """An event that could not be taken: which, why, of which field. `can_retry`: what it said is still there."""

    id: UUID
    at: datetime
    source: str
    event_id: str | None
    problem: str
    says: str
    field: str
    can_retry: bool
    settled: Settled | None
    settled_at: datetime | None
    by: str | None
    reason: str | None


class RefusedPage(Reply):
    items: list[RefusedReply]
    next_cursor: str | None
