"""What other modules may ask of the notifications.

One resident, or a few: `notify`. Very many at once: `announce`, which costs one row however many they are, and is
driven by its key: `progress`, `pause`, `resume`, `cancel`, `replace`, `retract`. All of it happens in the caller's
transaction; phones ring after it, by jobs.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.words import Words
from server.modules.notifications.rules.announcing import Announcement, Audience, Progress, Reach, WaveState, Why
from server.modules.notifications.rules.inbox import Topic
from server.modules.notifications.service.announcing import AnnouncementNotFound, Announcing
from server.modules.notifications.service.colleagues import Colleagues
from server.modules.notifications.service.devices import DeviceNotFound
from server.modules.notifications.service.messages import Messages
from server.modules.notifications.service.telling import Notice, Telling
from server.modules.notifications.service.topics import topics_of

__all__ = [
    "Announcement",
    "AnnouncementNotFound",
    "Audience",
    "DeviceNotFound",
    "Notice",
    "Progress",
    "Reach",
    "Topic",
    "WaveState",
    "Why",
    "announce",
    "call_staff",
    "cancel",
    "notify",
    "pause",
    "progress",
    "reach",
    "reachable_staff",
    "replace",
    "resume",
    "retract",
    "ring_own_device",
    "topics",
]


async def notify(session: AsyncSession, notices: Sequence[Notice]) -> None:
    """Tell residents something: in their inbox, and on the devices they want to be rung on."""
    await Telling(session, session.info["settings"]).notify(notices)


async def call_staff(session: AsyncSession, notices: Sequence[Notice]) -> None:
    """Tell members of staff what is their work: in the console, and at once on the devices they have bound to it."""
    await Telling(session, session.info["settings"]).notify_staff(notices)


async def reachable_staff(session: AsyncSession, staff_ids: Collection[UUID]) -> set[UUID]:
    """Those of them for whom some device rings."""
    return await Colleagues(session, session.info["settings"]).reachable(staff_ids)


def topics(session: AsyncSession) -> dict[str, Words]:
    """What residents can follow: names by code, in the order of `data/topics.json`."""
    return topics_of(session.info["settings"])


async def reach(session: AsyncSession, audience: Audience, *, urgent: bool = False) -> Reach:
    """How many it would reach now. Devices: those that would ring, their owners' consent and choice considered."""
    return await _announcing(session).reach(audience, urgent=urgent)


async def announce(session: AsyncSession, it: Announcement) -> None:
    """Tell an audience: in the inboxes as soon as this is committed, on devices wave by wave. A key is told once.

    Whoever has an older announcement about the same subject keeps that one, and is not told by this one too.

    Those who join, or follow a commune or topic, only afterwards are not told. Warnings (`urgent`) pass quiet times,
    ring on another lane than everything else, and reach also whoever has turned the news off.
    """
    await _announcing(session).announce(it)


async def replace(session: AsyncSession, key: str, it: Announcement) -> None:
    """A correction, or an all-clear: `it`, with a key of its own, takes the place of the announcement `key`.

    It reaches exactly those who had that one, in the inbox (unread again, the same link) and on devices (the older one
    vanishes from the screen); its own audience does not count. Whoever was still waiting for the older one gets only
    the newer one. `urgent`, `pace`, `rings` and `until` are those of `it`. Raises AnnouncementNotFound.
    """
    await _announcing(session).replace(key, it)


async def retract(session: AsyncSession, key: str) -> None:
    """Withdrawn, with all its corrections: gone from the inboxes; what has not rung does not. Twice changes nothing.

    Raises AnnouncementNotFound.
    """
    await _announcing(session).retract(key)


async def pause(session: AsyncSession, key: str) -> None:
    """Stop ringing, until `resume`; ranges of up to 500 devices that are being sent end first."""
    await _announcing(session).pause(key)


async def resume(session: AsyncSession, key: str) -> None:
    """Go on where it was, at its pace. Does nothing unless it is paused."""
    await _announcing(session).resume(key)


async def cancel(session: AsyncSession, key: str) -> None:
    """Stop ringing for good. It stays in the inboxes (see `retract`)."""
    await _announcing(session).cancel(key)


async def progress(session: AsyncSession, keys: Collection[str]) -> dict[str, Progress]:
    """How far the waves of these announcements are, by key; without those nobody announced."""
    return await _announcing(session).progress(keys)


async def ring_own_device(
    session: AsyncSession, device_id: UUID, secret: str, *, title: Words, body: Words, path: str
) -> None:
    """Show something on the device whose secret the caller holds, before anybody else is told.

    Raises DeviceNotFound, TooManyRequests.
    """
    await Messages(session, session.info["settings"]).test(device_id, secret, title, body, path)


def _announcing(session: AsyncSession) -> Announcing:
    return Announcing(session, session.info["settings"])
