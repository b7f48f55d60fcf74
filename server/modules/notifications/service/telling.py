"""Telling residents: an entry in each inbox, and a message to each device that may ring for it."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from uuid_utils.compat import uuid7

from server.core.events import publish
from server.core.sealing import Seal, derive
from server.core.settings import Settings
from server.core.words import Words
from server.modules.notifications.events import MessagesReady, TextReady
from server.modules.notifications.models import Bell, Device, Dispatch, Entry, Message, MessageState, Preference
from server.modules.notifications.rules.inbox import Channel, Choice, Level, Told, Topic, level_of
from server.modules.notifications.rules.other_ways import CONSENTS
from server.modules.notifications.rules.push import A_JOB
from server.modules.notifications.service.live import tell
from server.modules.notifications.service.preferences import Preferences
from server.modules.privacy.public import all_consented

_TTL = timedelta(days=1)

PRIVATE_BODY = Words("Mở ứng dụng để xem.", "Open the app to see.", "បើកកម្មវិធីដើម្បីមើល។")


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What one resident is to be told.

    `key`: of what happened, so that a second run tells nothing twice. `subject`: what it is about; on a screen the
    newest takes the older one's place. `title` and `body` stand in the inbox; `plain` alone on a lock screen, and says
    nothing about anybody. `path` is the screen it leads to, `field` that of the procedure. `rings` False: it is old,
    or its reader knows already.
    """

    key: str
    resident_id: UUID
    topic: Topic
    subject: str
    title: Words
    body: Words
    plain: Words
    path: str
    field: str = ""
    rings: bool = True
    urgent: bool = False
    """It passes the quiet time."""


def inbox_seal_of(settings: Settings) -> Seal:
    return Seal(settings.secret_key, "notifications-inbox")


class Telling:
    """Whom we tell, and how."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._seal = inbox_seal_of(settings)
        self._tag_key = derive(settings.secret_key, "push-topic")

    def open(self, entry: Entry) -> Told:
        """What an entry says."""
        return msgspec.msgpack.decode(self._seal.open(entry.sealed, str(entry.id)), type=Told)

    def tag(self, resident_id: UUID, subject: str) -> str:
        """What stands for a subject outside the house: 32 characters of base64url, for each resident others."""
        digest = hmac.digest(self._tag_key, f"{resident_id}\0{subject}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest)[:32].decode()

    async def whole_words(self, messages: Sequence[Any]) -> dict[str, tuple[str, str]]:
        """Title and body, by message, of the rows that show their entry itself; cut to what a screen shows. None of
        whoever shows nothing on the lock screen by now, whatever they chose when it was written.
        """
        whole = {it.entry_id for it in messages if it.whole}
        if not whole:
            return {}
        chosen = select(Entry).join(Preference, Preference.resident_id == Entry.resident_id)
        entries = await self._session.scalars(chosen.where(Entry.id.in_(whole), Preference.private.is_(False)))
        told = {entry.id: self.open(entry) for entry in entries}
        return {
            it.id: (told[it.entry_id].title.for_(it.language)[:200], told[it.entry_id].body.for_(it.language)[:400])
            for it in messages
            if it.whole and it.entry_id in told
        }

    async def notify(self, notices: Sequence[Notice]) -> None:
        """Tell them. What was told before, by its key, is not told again."""
        if not notices:
            return
        now = datetime.now(UTC)
        people = {it.resident_id for it in notices}
        choices = await Preferences(self._session).of_all(people)
        devices = await self._devices(Device.resident_id, people)
        consented = await all_consented(self._session, people, "push-abroad")
        rows: list[dict[str, Any]] = []
        by_id: dict[UUID, Notice] = {}
        for it in notices:
            choice = choices[it.resident_id]
            level = level_of(it.topic, it.field, choice.topics, choice.fields)
            if level is Level.OFF:
                continue
            row = uuid7()
            by_id[row] = it
            bell = _bell(it, level, it.resident_id in consented, it.resident_id in devices)
            rows.append(self._entry(row, it, bell))
        if not rows:
            return
        written = await self._enter(rows)
        if not written:
            return
        messages: list[dict[str, Any]] = []
        for place, (row, bell) in enumerate(sorted(written, key=lambda it: it[0])):
            if bell is Bell.RUNG:
                it = by_id[row]
                messages += self._messages(it, row, devices[it.resident_id], choices[it.resident_id], now, place)
        await tell(self._session, {by_id[row].resident_id for row, _ in written})
        await self._send(messages)
        unrung = {row: by_id[row] for row, bell in written if bell in (Bell.NO_DEVICE, Bell.NO_CONSENT)}
        for channel, purpose in CONSENTS.items():
            wanted = {row: it for row, it in unrung.items() if channel in choices[it.resident_id].channels}
            await self._text(channel, purpose, wanted, choices, now)

    async def notify_staff(self, notices: Sequence[Notice]) -> None:
        """The same for members of staff, whose work it is: no choice, no quiet time, no consent; once by its key.

        `resident_id` is the account's. The lock screen says `plain`, as everywhere.
        """
        if not notices:
            return
        now = datetime.now(UTC)
        devices = await self._devices(Device.staff_id, {it.resident_id for it in notices})
        by_id = {uuid7(): it for it in notices}
        rows = [
            self._entry(row, it, Bell.RUNG if it.resident_id in devices else Bell.NO_DEVICE)
            for row, it in by_id.items()
        ]
        messages: list[dict[str, Any]] = []
        for row, bell in await self._enter(rows):
            if bell is Bell.RUNG:
                it = by_id[row]
                path = f"/staff/bell?open={row}"
                messages += self._messages(it, row, devices[it.resident_id], Choice(), now, 0, path)
        await self._send(messages)

    async def _devices(
        self, owner: InstrumentedAttribute[UUID | None], people: Iterable[UUID]
    ) -> dict[UUID, list[Device]]:
        """The devices that can be rung, by whose they are."""
        found: dict[UUID, list[Device]] = {}
        can = select(owner, Device).where(owner.in_(people), Device.subscription.is_not(None))
        for whose, device in await self._session.execute(can.order_by(Device.id)):
            if whose:
                found.setdefault(whose, []).append(device)
        return found

    def _entry(self, row: UUID, it: Notice, bell: Bell) -> dict[str, Any]:
        return {
            "id": row,
            "resident_id": it.resident_id,
            "event": it.key,
            "topic": it.topic,
            "sealed": self._seal.close(msgspec.msgpack.encode(Told(it.title, it.body, it.path)), str(row)),
            "bell": bell,
        }

    async def _enter(self, rows: list[dict[str, Any]]) -> Sequence[tuple[UUID, Bell]]:
        """Those that were not told before, by their key."""
        new = insert(Entry).on_conflict_do_nothing(index_elements=["resident_id", "event"])
        return [(row, bell) for row, bell in await self._session.execute(new.returning(Entry.id, Entry.bell), rows)]

    def _messages(
        self,
        it: Notice,
        entry_id: UUID,
        devices: Iterable[Device],
        choice: Choice,
        now: datetime,
        place: int,
        path: str = "",
    ) -> list[dict[str, Any]]:
        """`place`: among those told at once."""
        due = _due(it, choice, now)
        return [
            {
                "id": uuid4(),
                # One after the other, so that of two about the same matter one is the newer.
                "created_at": now + timedelta(microseconds=place),
                "device_id": device.id,
                "entry_id": entry_id,
                "title": it.plain.for_(device.language),
                "body": PRIVATE_BODY.for_(device.language),
                "whole": not choice.private,
                "language": device.language,
                # Of the entry, not of its subject: what lies in this table names nothing.
                "path": path or f"/inbox/{entry_id}?open",
                "tag": self.tag(it.resident_id, it.subject),
                "urgency": "high",
                "state": MessageState.WAITING,
                "attempts": 0,
                "due_at": due,
                "expires_at": due + _TTL,
            }
            for device in devices
        ]

    async def _text(
        self,
        channel: Channel,
        purpose: str,
        entries: Mapping[UUID, Notice],
        choices: Mapping[UUID, Choice],
        now: datetime,
    ) -> None:
        """What has legal effect, to those who agreed to be told so; after their quiet time, as pushes go."""
        firm = {row: it.resident_id for row, it in entries.items() if it.topic.firm}
        agreed = await all_consented(self._session, set(firm.values()), purpose) if firm else set()
        rows: list[dict[str, Any]] = [
            {"id": uuid7(), "entry_id": row, "channel": channel} for row, it in firm.items() if it in agreed
        ]
        if rows:
            await self._session.execute(insert(Dispatch), rows)
            for it in rows:
                notice = entries[it["entry_id"]]
                due = _due(notice, choices[notice.resident_id], now)
                publish(self._session, TextReady(dispatch_id=it["id"]), at=due if due > now else None)

    async def _send(self, messages: Sequence[Mapping[str, Any]]) -> None:
        if not messages:
            return
        await self._session.execute(insert(Message), list(messages))
        by_time: dict[datetime, list[UUID]] = {}
        for it in messages:
            by_time.setdefault(it["due_at"], []).append(it["id"])
        now = datetime.now(UTC)
        for due, ids in by_time.items():
            for begin in range(0, len(ids), A_JOB):
                ready = MessagesReady(message_ids=ids[begin : begin + A_JOB])
                publish(self._session, ready, at=due if due > now else None)


def _due(it: Notice, choice: Choice, now: datetime) -> datetime:
    """When it may ring: what can wait waits for the end of the quiet time."""
    waits = choice.quiet.ends(now) if choice.quiet and not it.urgent else None
    return (waits or now).astimezone(UTC)


def _bell(it: Notice, level: Level, consented: bool, has_device: bool) -> Bell:
    if not it.rings:
        return Bell.OLD
    if level is not Level.RING:
        return Bell.SWITCHED_OFF
    if not has_device:
        return Bell.NO_DEVICE
    return Bell.RUNG if consented else Bell.NO_CONSENT
