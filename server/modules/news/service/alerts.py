"""Warnings at the desk: written, put in force by a second person or the leader on duty, brought up to date, ended."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller
from server.core.audit import record
from server.core.snapshot import touch
from server.core.versions import ChangedMeanwhile
from server.modules.identity.public import refuse_own_work
from server.modules.news.models import Alert, AlertMessage, AlertStep
from server.modules.news.rules.alerts import SHOWN_AFTER, AlertAct, AlertState, Lack, Warn, lacks_of, next_state
from server.modules.news.schemas.alerts import LackReply
from server.modules.news.service.issuing import Issuing, push_words
from server.modules.news.service.warning_refusals import AlertCannotMove, AlertIncomplete, AlertNotFound
from server.modules.notifications.public import ring_own_device
from server.modules.places.public import named_communes, successors_of

SNAPSHOT = "alerts"

Offer = tuple[str, str]
"""A commune's code and name."""


class Missing(NamedTuple):
    """What keeps it from going out; `gone`: an area that is no more, and `offers`: what became of it."""

    lack: Lack
    gone: Offer | None
    offers: Sequence[Offer]


def warn_of(alert: Alert) -> Warn:
    return msgspec.convert(alert.draft, Warn)


class Alerts:
    """What staff do with warnings."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def begin(self, caller: Caller, warn: Warn) -> Alert:
        alert = Alert(
            state=AlertState.DRAFT, draft={}, places={}, version=0, writers=[], number=0, ends_at=None, told=[]
        )
        self._session.add(alert)
        await self._write(alert, caller, warn)
        await self._note(alert, AlertAct.WRITE, caller)
        await record(self._session, act="news:write-warning", actor=caller, subject=("alert", alert.id))
        return alert

    async def find(self, alert_id: UUID, *, lock: bool = False) -> Alert:
        asked = select(Alert).where(Alert.id == alert_id)
        alert = await self._session.scalar(asked.with_for_update() if lock else asked)
        if alert is None:
            raise AlertNotFound
        return alert

    async def save(self, caller: Caller, alert_id: UUID, version: int, warn: Warn) -> Alert:
        """Put the draft that was read as `version` into a new one; what is in force stays. Raises ChangedMeanwhile,
        AlertCannotMove.
        """
        alert = await self._at(alert_id, version)
        if next_state(AlertAct.WRITE, alert.state) is None:
            raise AlertCannotMove
        if warn != warn_of(alert):
            await self._write(alert, caller, warn)
        return alert

    async def put_in_force(self, caller: Caller, alert_id: UUID, version: int, *, alone: bool) -> Alert:
        """Send what the draft says: the warning, its update or its all-clear. Only `alone` may a writer do so.

        Raises ChangedMeanwhile, AlertCannotMove, OwnWork, AlertIncomplete.
        """
        alert = await self._at(alert_id, version)
        warn = warn_of(alert)
        act = act_of(alert, warn)
        there = next_state(act, alert.state)
        if there is None or (act is not AlertAct.WARN and not alert.writers):
            raise AlertCannotMove
        if not alone:
            refuse_own_work(caller, *(UUID(it) for it in alert.writers))
        now = datetime.now(UTC)
        if lacks := await self.lacks(alert, warn, now):
            raise AlertIncomplete([msgspec.to_builtins(LackReply.of(*it)) for it in lacks])
        alert.state, alert.number = there, alert.number + 1
        alert.ends_at = now + SHOWN_AFTER if act is AlertAct.CLEAR else warn.ends_at
        await Issuing(self._session).issue(alert, warn, act, now)
        alert.version += 1
        alert.writers = []
        await self._note(alert, act, caller, alone=alone)
        await record(
            self._session,
            act=f"news:{act}",
            actor=caller,
            subject=("alert", alert.id),
            number=alert.number,
            alone=alone,
        )
        await touch(self._session, SNAPSHOT)
        await self._session.flush()
        return alert

    async def test(self, alert_id: UUID, device_id: UUID, secret: str) -> None:
        """Show what the draft says on the caller's own phone, as it would come.

        Raises AlertNotFound, DeviceNotFound, TooManyRequests.
        """
        alert = await self.find(alert_id)
        warn = warn_of(alert)
        title, body = push_words(warn, act_of(alert, warn))
        await ring_own_device(
            self._session, device_id, secret, title=title, body=body, path=f"/staff/warnings/{alert.id}"
        )

    async def discard(self, caller: Caller, alert_id: UUID, version: int) -> Alert:
        """Throw a draft away that never went out. Raises ChangedMeanwhile, AlertCannotMove."""
        alert = await self._at(alert_id, version)
        there = next_state(AlertAct.DISCARD, alert.state)
        if there is None:
            raise AlertCannotMove
        alert.state = there
        alert.version += 1
        await self._note(alert, AlertAct.DISCARD, caller)
        await record(self._session, act="news:discard-warning", actor=caller, subject=("alert", alert.id))
        await self._session.flush()
        return alert

    async def expire(self, now: datetime) -> None:
        """End those whose time is over, and put away the all-clears that were shown long enough."""
        over = select(Alert).where(Alert.ends_at <= now).with_for_update(skip_locked=True)
        for alert in (await self._session.scalars(over)).all():
            alert.ends_at = None
            await touch(self._session, SNAPSHOT)
            if there := next_state(AlertAct.EXPIRE, alert.state):
                alert.state = there
                alert.version += 1
                await self._note(alert, AlertAct.EXPIRE, None)
                await record(self._session, act="news:expire-warning", actor=None, subject=("alert", alert.id))

    async def lacks(self, alert: Alert, warn: Warn, now: datetime) -> list[Missing]:
        """What keeps it from going out; for the first area that is no more, what became of it."""
        units = await named_communes(self._session)
        found = []
        for it in lacks_of(warn, frozenset(units), now):
            code = next((code for code in warn.communes if code not in units), "") if it.why == "gone" else ""
            name = str(alert.places.get(code, code))
            offers = await successors_of(self._session, name) if code else []
            found.append(Missing(it, (code, name) if code else None, offers))
        return found

    async def steps(self, alert_id: UUID) -> Sequence[AlertStep]:
        """All that was done with it, the last first."""
        asked = select(AlertStep).where(AlertStep.alert_id == alert_id).order_by(AlertStep.id.desc())
        return (await self._session.scalars(asked)).all()

    async def messages(self, alert_id: UUID) -> Sequence[AlertMessage]:
        """All that went out, the last first."""
        asked = select(AlertMessage).where(AlertMessage.alert_id == alert_id).order_by(AlertMessage.number.desc())
        return (await self._session.scalars(asked)).all()

    async def _at(self, alert_id: UUID, version: int) -> Alert:
        alert = await self.find(alert_id, lock=True)
        if alert.version != version:
            raise ChangedMeanwhile
        return alert

    async def _write(self, alert: Alert, caller: Caller, warn: Warn) -> None:
        alert.version += 1
        alert.draft = msgspec.to_builtins(warn)
        # While they are there: a code alone says nothing once its commune is gone.
        units = await named_communes(self._session)
        alert.places = alert.places | {code: units[code] for code in warn.communes if code in units}
        if str(caller.id) not in alert.writers:
            alert.writers = [*alert.writers, str(caller.id)]
        await self._session.flush()

    async def _note(self, alert: Alert, act: AlertAct, caller: Caller | None, *, alone: bool = False) -> None:
        self._session.add(AlertStep(alert_id=alert.id, act=act, by=caller.id if caller else None, alone=alone))


def act_of(alert: Alert, warn: Warn) -> AlertAct:
    """What putting the draft in force would be."""
    if alert.state is AlertState.DRAFT:
        return AlertAct.WARN
    return AlertAct.CLEAR if warn.clears else AlertAct.UPDATE
