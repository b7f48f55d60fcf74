"""Ringing: one attempt for each message of a batch, and what came of it."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.database import one_at_a_time
from server.core.events import publish
from server.core.settings import Settings
from server.modules.notifications.events import SendingPutOff
from server.modules.notifications.gateways.vapid import vapid_of
from server.modules.notifications.gateways.webpush import Answer, EndpointRefused, push_gateway
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
from server.modules.notifications.service.devices import Devices, key_pair
from server.modules.notifications.service.telling import Telling

log = structlog.get_logger()

_WAITING = Message.state == MessageState.WAITING


class Sending:
    """Takes messages to the push services."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._devices = Devices(session, settings)

    async def deliver(self, message_ids: Sequence[UUID]) -> None:
        """One attempt to ring for each. What came of it stands on the message; what may be repeated is put off."""
        for message_id in message_ids:
            await self._deliver(message_id)

    async def _deliver(self, message_id: UUID) -> None:
        """One attempt to ring. What came of it stands on the message; an attempt that may be repeated is put off.

        Raises TryLater when it is not due yet. Two runs at once do not both send: the second one waits, and then
        finds that nothing is waiting any more.
        """
        await one_at_a_time(self._session, str(message_id))
        waiting = select(Message, Device).join(Device).where(Message.id == message_id, _WAITING)
        if (row := (await self._session.execute(waiting)).first()) is None:
            return
        message, device = row
        now = datetime.now(UTC)
        if message.due_at > now:
            return  # put off meanwhile, and it has a job of its own
        subscription = self._devices.subscription_of(device)
        if subscription is None:
            await self._set(message, state=MessageState.GONE)
        elif message.expires_at <= now:
            await self._set(message, state=MessageState.FAILED)
        elif (service := service_of(subscription.endpoint, self._settings.push_services)) is None:
            # It was on the list when the device subscribed.
            await self._fail(message, "endpoint refused")
        elif until := await self._session.scalar(
            select(Pause.until).where(Pause.service == service, Pause.until > now)
        ):
            await self._put_off(message, until)
        else:
            await self._attempt(message, device, subscription, service)

    async def _attempt(self, message: Message, device: Device, subscription: Subscription, service: str) -> None:
        sent_at = datetime.now(UTC)
        try:
            answer = await self._send(message, subscription, sent_at)
        except EndpointRefused:
            await self._fail(message, "address refused", service=service, sent_at=sent_at)
            return
        now = datetime.now(UTC)
        attempts = message.attempts + 1
        match outcome_of(answer.status):
            case Outcome.ACCEPTED:
                # The device before its messages, as when it is forgotten: no two wait for each other.
                await self._session.execute(update(Device).where(Device.id == device.id).values(last_accepted_at=now))
                await self._set(
                    message, state=MessageState.ACCEPTED, attempts=attempts, sent_at=sent_at, accepted_at=now
                )
            case Outcome.GONE:
                # Only this address: the browser may have brought a new one meanwhile.
                await self._session.execute(
                    update(Device)
                    .where(Device.id == device.id, Device.endpoint_hash == device.endpoint_hash)
                    .values(subscription=None, endpoint_hash=None)
                )
                await self._set(message, state=MessageState.GONE, attempts=attempts, sent_at=sent_at)
            case Outcome.PAUSE:
                until = now + timedelta(seconds=pause_of(answer.retry_after, now))
                pause = insert(Pause).values(service=service, until=until)
                await self._session.execute(
                    pause.on_conflict_do_update(
                        index_elements=["service"], set_={"until": func.greatest(Pause.until, until)}
                    )
                )
                await self._put_off(message, until, sent_at=sent_at)
            case Outcome.RETRY if (wait := next_try(attempts, random.random())) is not None:  # noqa: S311 (jitter)
                await self._put_off(message, now + timedelta(seconds=wait), attempts=attempts, sent_at=sent_at)
            case _:
                await self._fail(
                    message, "not accepted", service=service, status=answer.status, attempts=attempts, sent_at=sent_at
                )

    async def _send(self, message: Message, subscription: Subscription, now: datetime) -> Answer:
        vapid = vapid_of(await key_pair(self._session, self._settings), self._settings.push_contact)
        gateway = await push_gateway(self._settings)
        whole = await Telling(self._session, self._settings).whole_words([message])
        title, body = whole.get(message.id, (message.title, message.body))
        return await gateway.send(
            subscription,
            payload(
                title=title,
                body=body,
                language=message.language,
                tag=message.tag,
                navigate=self._settings.origin + message.path,
                message_id=str(message.id),
            ),
            vapid=vapid,
            ttl=int((message.expires_at - now).total_seconds()),
            urgency=message.urgency,
            topic=message.tag,
        )

    async def _put_off(self, message: Message, until: datetime, **more: object) -> None:
        await self._set(message, due_at=until, **more)
        publish(self._session, SendingPutOff(message_ids=[message.id]), at=until)

    async def _fail(
        self, message: Message, why: str, *, service: str = "", status: int | None = None, **more: object
    ) -> None:
        # Never the endpoint: whoever reads the log could ring the phone.
        log.error("push " + why, service=service, status=status, message=str(message.id))
        await self._set(message, state=MessageState.FAILED, **more)

    async def _set(self, message: Message, **values: object) -> None:
        # A statement and not the object: the owner may have forgotten the device, and its messages, meanwhile.
        await self._session.execute(update(Message).where(Message.id == message.id).values(**values))
