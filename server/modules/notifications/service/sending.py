"""Ringing: one attempt for each message of a batch, and what came of it."""

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import Text, bindparam, cast, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.dialects.postgresql import UUID as UUIDType
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.database import one_at_a_time
from server.core.events import publish
from server.core.sealing import CannotOpen
from server.core.settings import Settings
from server.modules.notifications.events import AnnouncementsReady, SendingPutOff
from server.modules.notifications.gateways.batch import Answer
from server.modules.notifications.gateways.vapid import vapid_of
from server.modules.notifications.gateways.webpush import Push, push_gateway
from server.modules.notifications.models import Device, Message, MessageState, Pause
from server.modules.notifications.rules.push import (
    Outcome,
    Subscription,
    next_try,
    outcome_of,
    pause_of,
    payload,
    service_of,
)
from server.modules.notifications.service.devices import key_pair, seal_of
from server.modules.notifications.service.telling import Telling
from server.modules.privacy.public import all_consented

log = structlog.get_logger()


class _Fate(msgspec.Struct):
    """What is written into a message after the attempt; a row of `_WRITE`."""

    id: str
    state: str
    attempts: int
    due_at: datetime
    sent_at: datetime | None
    accepted_at: datetime | None = None
    batch: UUID | None = None


_M, _D = Message.__table__.c, Device.__table__.c
# Of the tables, with ids as text: rows of mapped classes, and ids that become objects and text again, take a third of
# what is done here for each message.
_READ = (
    select(
        cast(_M.id, Text).label("id"),
        _M.title,
        _M.body,
        _M.whole,
        _M.entry_id,
        _M.language,
        _M.path,
        _M.tag,
        _M.urgency,
        _M.attempts,
        _M.due_at,
        _M.expires_at,
        _M.sent_at,
        cast(_M.device_id, Text).label("device_id"),
        _D.subscription,
        _D.endpoint_hash,
        func.now().label("now"),
    )
    .join_from(Message.__table__, Device.__table__)
    .where(
        _M.id == func.any(cast(bindparam("ids", type_=Text), ARRAY(UUIDType))),
        _M.state == MessageState.WAITING,
        _M.batch.is_(None) | (_M.batch == bindparam("batch", type_=UUIDType)),
    )
)

# Of those that ring for an entry: what may have changed since they were written. A newer one counts when it is there
# already or goes now: one that still waits for the morning shall not keep an older, urgent one away.
_STANDS = text(
    "SELECT CAST(message.id AS text) AS id, entry.resident_id AS owner,"
    " entry.resident_id IS NOT DISTINCT FROM device.resident_id AS theirs,"
    " entry.resident_id IS NOT DISTINCT FROM device.staff_id AS work,"
    " EXISTS (SELECT FROM notifications_message AS newer WHERE newer.device_id = message.device_id"
    " AND newer.created_at > message.created_at AND newer.tag = message.tag"
    " AND (newer.state = 'accepted' OR newer.state = 'waiting' AND newer.due_at <= now())) AS replaced"
    " FROM notifications_message AS message"
    " JOIN notifications_entry AS entry ON entry.id = message.entry_id"
    " JOIN notifications_device AS device ON device.id = message.device_id"
    " WHERE message.id = ANY(CAST(:ids AS uuid[]))"
)

# Before any message is written, as when a device is forgotten: so no two wait for each other.
LOCK = text(
    "SELECT count(*) FROM"
    " (SELECT 1 FROM notifications_device WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR NO KEY UPDATE) AS locked"
)
_RANG = text(
    "UPDATE notifications_device SET last_accepted_at = :at, updated_at = now() WHERE id = ANY(CAST(:ids AS uuid[]))"
)
# Only this address: the browser may have brought a new one meanwhile.
WIPE = text(
    "UPDATE notifications_device SET subscription = NULL, endpoint_hash = NULL, updated_at = now()"
    " WHERE id = ANY(CAST(:ids AS uuid[])) AND endpoint_hash = ANY(:hashes)"
)
_WRITE = text(
    "UPDATE notifications_message AS message SET state = fate.state, attempts = fate.attempts, due_at = fate.due_at,"
    " sent_at = fate.sent_at, accepted_at = fate.accepted_at, batch = fate.batch, updated_at = now()"
    " FROM json_to_recordset(:fates) AS fate (id uuid, state text, attempts int, due_at timestamptz,"
    " sent_at timestamptz, accepted_at timestamptz, batch uuid)"
    " WHERE message.id = fate.id AND message.state = 'waiting'"
)


def listed(ids: Iterable[UUID | str]) -> str:
    """A `uuid[]` as PostgreSQL reads it: the driver's own array asks a pattern for each of a thousand ids."""
    return "{" + ",".join(map(str, ids)) + "}"


class Sending:
    """Takes the messages of one event to the push services.

    Whoever has the event's lock sends, and keeps it until what came of it is committed: a second run of the same job
    waits, and then finds nothing to send. A message that is put off belongs to another event from then on (`batch`).
    """

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._fates: list[_Fate] = []
        self._rang: dict[str, datetime] = {}
        self._gone: list[str] = []
        self._pauses: dict[str, datetime] = {}
        self._later: dict[datetime, SendingPutOff | AnnouncementsReady] = {}
        self._again: type[SendingPutOff | AnnouncementsReady] = SendingPutOff
        self._complaints: dict[tuple[str, str, int | None], list[str]] = {}

    async def deliver(self, batch: UUID, message_ids: Sequence[UUID], *, urgent: bool = True) -> None:
        """One attempt to ring for each that still waits. What came of it stands on the message; what may be repeated
        is put off. `batch` is the id of the event.
        """
        self._again = SendingPutOff if urgent else AnnouncementsReady
        await one_at_a_time(self._session, str(batch))
        rows = (await self._session.execute(_READ, {"ids": listed(message_ids), "batch": batch})).all()
        if not rows:
            return
        now: datetime = rows[0].now
        to_send = await self._choose(rows, now)
        if to_send:
            keys = await key_pair(self._session, self._settings)
            gateway = await push_gateway(self._settings)
            whole = await Telling(self._session, self._settings).whole_words([row for row, _, _ in to_send])
            origin = self._settings.origin
            answers = await gateway.send(
                [_push(row, whole.get(row.id) or (row.title, row.body), to, origin, now) for row, to, _ in to_send],
                vapid=vapid_of(keys, self._settings.push_contact),
                urgent=urgent,
            )
            # One for all, and counted from the same moment, so that they stay one job.
            jitter = random.random()  # noqa: S311 (no secret)
            over = max(answer.at for answer in answers)
            for (row, _, service), answer in zip(to_send, answers, strict=True):
                self._judge(row, service, answer, jitter, over)
        self._complain()
        await self._write(list({row.device_id for row in rows}))

    async def _choose(self, rows: Sequence[Any], now: datetime) -> list[tuple[Any, Subscription, str]]:
        """What can be sent now, and to which service; what came of the others."""
        paused = select(Pause).where(Pause.until > func.now())
        pauses = {pause.service: pause.until for pause in await self._session.scalars(paused)}
        unwanted = await self._unwanted(rows)
        seal = seal_of(self._settings)
        to_send = []
        for row in rows:
            if row.subscription is None:
                self._end(row, MessageState.GONE)
            elif row.expires_at <= now:
                self._end(row, MessageState.FAILED)
            elif state := unwanted.get(row.id):
                self._end(row, state)
            elif row.due_at > now:
                self._put_off(row, row.due_at)
            else:
                try:
                    sealed = seal.open(row.subscription, row.device_id)
                except CannotOpen:
                    self._fail(row, "address unreadable")
                    continue
                to = msgspec.json.decode(sealed, type=Subscription)
                service = service_of(to.endpoint, self._settings.push_services)
                if service is None:  # it was on the list when the device subscribed
                    self._fail(row, "endpoint refused")
                elif service in pauses:
                    self._put_off(row, pauses[service])
                else:
                    to_send.append((row, to, service))
        return to_send

    async def _unwanted(self, rows: Sequence[Any]) -> dict[str, MessageState]:
        """Those that ring for an entry and are not to be sent any more, with what becomes of them."""
        ids = [row.id for row in rows if row.entry_id is not None]
        if not ids:
            return {}
        stands = (await self._session.execute(_STANDS, {"ids": listed(ids)})).all()
        agreed = await all_consented(self._session, {it.owner for it in stands if it.theirs}, "push-abroad")
        found = {it.id: MessageState.REPLACED for it in stands if it.replaced}
        wanted = {it.id for it in stands if it.work or (it.theirs and it.owner in agreed)}
        return found | {it.id: MessageState.GONE for it in stands if it.id not in wanted}

    def _judge(self, row: Any, service: str, answer: Answer, jitter: float, over: datetime) -> None:
        attempts = row.attempts + 1
        if answer.status is None and answer.sent_at is None:
            self._fail(row, "refused here", service=service)
            return
        match outcome_of(answer.status):
            case Outcome.ACCEPTED:
                self._rang[row.device_id] = answer.at
                self._end(row, MessageState.ACCEPTED, answer, attempts=attempts)
            case Outcome.GONE:
                self._gone.append(row.endpoint_hash)
                self._end(row, MessageState.GONE, answer, attempts=attempts)
            case Outcome.PAUSE:
                until = self._pauses.get(service)
                if until is None:
                    until = self._pauses[service] = answer.at + timedelta(seconds=pause_of(answer.retry_after))
                self._put_off(row, until, answer)
            case Outcome.RETRY if (wait := next_try(attempts, jitter, answer.retry_after)) is not None:
                # By the whole second, so that what waits alike stays together.
                self._put_off(row, over + timedelta(seconds=int(wait) + 1), answer, attempts=attempts)
            case _:
                self._fail(row, "not accepted", answer, service=service, attempts=attempts)

    def _put_off(self, row: Any, until: datetime, answer: Answer | None = None, *, attempts: int | None = None) -> None:
        event = self._later.get(until)
        if event is None:
            event = self._later[until] = self._again(message_ids=[])
        event.message_ids.append(UUID(row.id))
        self._end(row, MessageState.WAITING, answer, attempts=attempts, due_at=until, batch=event.id)

    def _fail(
        self, row: Any, why: str, answer: Answer | None = None, *, service: str = "", attempts: int | None = None
    ) -> None:
        self._complaints.setdefault((why, service, answer and answer.status), []).append(row.id)
        self._end(row, MessageState.FAILED, answer, attempts=attempts)

    def _end(
        self,
        row: Any,
        state: MessageState,
        answer: Answer | None = None,
        *,
        attempts: int | None = None,
        due_at: datetime | None = None,
        batch: UUID | None = None,
    ) -> None:
        self._fates.append(
            _Fate(
                id=row.id,
                state=state.value,
                attempts=row.attempts if attempts is None else attempts,
                due_at=due_at or row.due_at,
                sent_at=(answer and answer.sent_at) or row.sent_at,
                accepted_at=answer.at if answer and state is MessageState.ACCEPTED else None,
                batch=batch,
            )
        )

    def _complain(self) -> None:
        for (why, service, status), messages in self._complaints.items():
            # Never the endpoint: whoever reads the log could ring the phone.
            log.error("push " + why, service=service, status=status, count=len(messages), message=messages[0])

    async def _write(self, devices: list[str]) -> None:
        ids = listed(devices)
        await self._session.execute(LOCK, {"ids": ids})
        if self._rang:
            await self._session.execute(_RANG, {"ids": listed(self._rang), "at": max(self._rang.values())})
        if self._gone:
            await self._session.execute(WIPE, {"ids": ids, "hashes": self._gone})
        await self._session.execute(_WRITE, {"fates": msgspec.json.encode(self._fates).decode()})
        await note_pauses(self._session, self._pauses)
        for at, event in self._later.items():
            publish(self._session, event, at=at)


def _push(row: Any, words: tuple[str, str], to: Subscription, origin: str, now: datetime) -> Push:
    title, body = words
    plain = payload(
        title=title,
        body=body,
        language=row.language,
        tag=row.tag,
        navigate=origin + row.path,
        message_id=row.id,
    )
    return Push(to, plain, int((row.expires_at - now).total_seconds()), row.urgency, row.tag)


async def note_pauses(session: AsyncSession, pauses: Mapping[str, datetime]) -> None:
    """These services asked to be left alone until then."""
    for service, until in sorted(pauses.items()):
        pause = insert(Pause).values(service=service, until=until)
        longest = {"until": func.greatest(Pause.until, until)}
        await session.execute(pause.on_conflict_do_update(index_elements=["service"], set_=longest))
