"""Warnings as the desk sees them: the draft beside the phone, the push and the loudspeaker."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller
from server.core.clock import HERE
from server.core.paging import cursor_of, id_of
from server.core.words import LANGUAGES
from server.modules.identity.public import OwnWork, names_of_staff, refuse_own_work
from server.modules.news.models import Alert, AlertMessage
from server.modules.news.rules.alerts import BLANK, AlertAct, AlertState, Warn, next_state
from server.modules.news.rules.aloud import aloud_km, aloud_vi
from server.modules.news.rules.kinds import KINDS, grade
from server.modules.news.schemas.alerts import (
    AlertMessageReply,
    AlertPreview,
    AlertReply,
    AlertStepReply,
    DeskAlert,
    DeskAlertRow,
    DeskAlerts,
    LackReply,
    NamesReply,
    Place,
    PushReply,
    SaidReply,
)
from server.modules.news.schemas.desk import WaitReply
from server.modules.news.service.alerts import Alerts, act_of, warn_of
from server.modules.news.service.issuing import identifier_of, push_words
from server.modules.notifications.public import Audience, Progress, Why, progress, reach
from server.modules.places.public import named_communes, province_of


def said_of(warn: Warn) -> dict[str, SaidReply]:
    return {
        language: SaidReply(
            headline=said.headline,
            what=said.what,
            steps=[it for it in said.steps if it],
        )
        for language in LANGUAGES
        if (said := warn.texts.get(language)) is not None
    }


def names_of(warn: Warn) -> dict[str, NamesReply]:
    kind, level = KINDS[warn.kind].name, grade(warn.kind, warn.level)
    return {it: NamesReply(kind=kind.for_(it), grade=level.for_(it)) for it in LANGUAGES}


def aloud_of(warn: Warn, places: Sequence[str]) -> dict[str, str]:
    """What is read out over the loudspeakers of these places, in Vietnamese, and in Khmer if it was written."""
    begins, ends = (at.astimezone(HERE) if at else None for at in (warn.begins_at, warn.ends_at))
    khmer = aloud_km(warn, places, begins, ends)
    return {"vi": aloud_vi(warn, places, begins, ends)} | ({"km": khmer} if khmer else {})


def _sums(waves: Sequence[Progress]) -> dict[str, Any]:
    """How far one message is, over all the announcements it went out by."""
    numbers = ("due", "sent", "failed", "gone", "waiting", "shown", "opened", "read")
    waits = {why: sum(it.waits.get(why, 0) for it in waves) for why in Why}
    return {
        **{name: sum(getattr(it, name) for it in waves) for name in numbers},
        "waits": [WaitReply(why=why.value, devices=count) for why, count in waits.items() if count],
        "next_at": min((it.next_at for it in waves if it.next_at), default=None),
    }


class AlertDesk:
    """What is shown at the desk."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._alerts = Alerts(session)

    async def list(self, state: AlertState | None, limit: int, cursor: str | None) -> DeskAlerts:
        """The newest first. Raises CursorRefused."""
        asked = select(Alert).order_by(Alert.id.desc()).limit(limit + 1)
        if state is not None:
            asked = asked.where(Alert.state == state)
        if cursor is not None:
            asked = asked.where(Alert.id < id_of(cursor))
        rows = (await self._session.scalars(asked)).all()
        names = await self._names(UUID(it) for row in rows for it in row.writers[-1:])
        return DeskAlerts(
            items=[self._row(it, names) for it in rows[:limit]],
            next_cursor=cursor_of(str(rows[limit - 1].id)) if len(rows) > limit else None,
        )

    def _row(self, alert: Alert, names: dict[UUID, str]) -> DeskAlertRow:
        warn = warn_of(alert)
        return DeskAlertRow(
            id=alert.id,
            state=alert.state,
            kind=warn.kind,
            scale=KINDS[warn.kind].scale,
            level=warn.level,
            headline=warn.vi.headline,
            everywhere=warn.everywhere,
            communes=len(warn.communes),
            begins_at=warn.begins_at,
            ends_at=warn.ends_at,
            number=alert.number,
            updated_at=alert.updated_at,
            writer=names.get(UUID(alert.writers[-1])) if alert.writers else None,
        )

    async def show(self, caller: Caller, alert: Alert) -> DeskAlert:
        warn = warn_of(alert)
        steps, messages = await self._alerts.steps(alert.id), await self._alerts.messages(alert.id)
        names = await self._names([*(it.by for it in steps if it.by), *(UUID(it) for it in alert.writers)])
        waves = await progress(self._session, [key for it in messages for key in keys_of(alert.id, it.number)])
        counted = {it.number: [waves[key] for key in keys_of(alert.id, it.number) if key in waves] for it in messages}
        return DeskAlert(
            id=alert.id,
            version=alert.version,
            state=alert.state,
            draft=warn,
            acts=_acts(alert, warn),
            needs_second=_is_own(caller, alert),
            steps=[
                AlertStepReply(act=it.act, at=it.created_at, by=names.get(it.by) if it.by else None, alone=it.alone)
                for it in steps
            ],
            messages=[
                AlertMessageReply(
                    number=it.number,
                    act=it.act,
                    identifier=identifier_of(alert.id, it.number),
                    sent_at=it.sent_at,
                    **_sums(counted[it.number]),
                )
                for it in messages
            ],
            writers=[names.get(UUID(it), "") for it in alert.writers],
            preview=await self.preview(alert, warn, *_next(alert, warn, messages)),
        )

    async def preview(self, alert: Alert, warn: Warn, act: AlertAct, alert_id: UUID, number: int) -> AlertPreview:
        """What everyone it reaches meets, or would, were it sent now."""
        now, units = datetime.now(UTC), await named_communes(self._session)
        places = [] if warn.everywhere else [(code, units[code]) for code in warn.communes if code in units]
        _, province = await province_of(self._session)
        # Nowhere chosen yet is not everywhere.
        shown = places or ([] if warn.everywhere else [("", BLANK)])
        names = [name for _, name in shown] or [province]
        title, body = push_words(warn, act)
        heard = Audience(communes=frozenset(code for code, _ in places))
        found = await reach(self._session, heard, urgent=True) if places or warn.everywhere else None
        return AlertPreview(
            lacks=[LackReply.of(*it) for it in await self._alerts.lacks(alert, warn, now)],
            reader=AlertReply(
                id=alert_id,
                identifier=identifier_of(alert_id, number),
                number=number,
                state=AlertState.CLEARED if warn.clears else AlertState.IN_FORCE,
                kind=warn.kind,
                scale=KINDS[warn.kind].scale,
                level=warn.level,
                communes=[Place(code=code, name=name) for code, name in shown],
                begins_at=warn.begins_at,
                ends_at=warn.ends_at,
                issued_at=now,
                sent_at=now,
                names=names_of(warn),
                texts=said_of(warn),
                source=warn.source,
            ),
            push={language: PushReply(title=title.for_(language), body=body.for_(language)) for language in LANGUAGES},
            aloud=aloud_of(warn, names),
            devices=found.devices if found else 0,
            inboxes=found.inboxes if found else 0,
        )

    async def _names(self, ids: Iterable[UUID]) -> dict[UUID, str]:
        return await names_of_staff(self._session, set(ids))


def keys_of(alert_id: UUID, number: int) -> list[str]:
    """The keys under which one message may have been announced."""
    return [f"alert/{alert_id}/{number}/{part}" for part in ("new", *range(number))]


def _next(alert: Alert, warn: Warn, messages: Sequence[AlertMessage]) -> tuple[AlertAct, UUID, int]:
    """The message that would go out; with nothing new to send, the one that has."""
    if messages and not alert.writers:
        return messages[0].act, alert.id, alert.number
    return act_of(alert, warn), alert.id, alert.number + 1


def _acts(alert: Alert, warn: Warn) -> list[AlertAct]:
    out = act_of(alert, warn)
    acts = [act for act in (AlertAct.WRITE, AlertAct.DISCARD) if next_state(act, alert.state)]
    return acts + ([out] if next_state(out, alert.state) and alert.writers else [])


def _is_own(caller: Caller, alert: Alert) -> bool:
    try:
        refuse_own_work(caller, *(UUID(it) for it in alert.writers))
    except OwnWork:
        return True
    return False
