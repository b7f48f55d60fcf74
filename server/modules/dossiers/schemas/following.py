"""Following somebody else's dossier, on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from server.core.wire import Command, Reply
from server.modules.dossiers.models import FollowState, FollowWay

Phone = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Called = Annotated[str, msgspec.Meta(max_length=100)]


class InviteFollower(Command):
    """Whom the owner invites: by a phone, and under a name of their own choice."""

    phone: Phone
    name: Called = ""


class RecordConsent(InviteFollower):
    """The owner has no phone: `document` says which consent on paper there is, of which day, and where it is kept."""

    document: Annotated[str, msgspec.Meta(max_length=500)] = ""


class FollowerReply(Reply):
    """Somebody who follows, was invited or asks to. `name`: as the owner calls them, else as they call themselves."""

    id: UUID
    name: str
    way: FollowWay
    state: FollowState
    since: datetime


class FollowersReply(Reply):
    items: list[FollowerReply]


class FollowingReply(Reply):
    """A dossier the caller follows, asks for, or was invited to; `by`: its owner, empty where that is not told."""

    id: UUID
    code: str
    by: str
    way: FollowWay
    state: FollowState
    since: datetime


class FollowingsReply(Reply):
    items: list[FollowingReply]
