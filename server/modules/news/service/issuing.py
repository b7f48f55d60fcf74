"""A warning goes out: kept as it was sent, as CAP, and told to phones. One object, whoever reads it."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.clock import HERE
from server.core.settings import Settings
from server.core.words import Words
from server.modules.news.models import Alert, AlertMessage
from server.modules.news.rules.alerts import SHOWN_AFTER, AlertAct, Warn
from server.modules.news.rules.cap import Area, Message, cap_of
from server.modules.news.rules.kinds import KINDS, grade
from server.modules.news.schemas.alerts import Sent
from server.modules.notifications.public import Announcement, Audience, announce, replace
from server.modules.places.public import areas_of, named_communes, province_of

_CAP_KINDS = {AlertAct.WARN: "Alert", AlertAct.UPDATE: "Update", AlertAct.CLEAR: "Cancel"}
_WARNING = Words("Cảnh báo: {kind}, {grade}", "Warning: {kind}, {grade}", "ព្រមាន៖ {kind} {grade}")
_UPDATED = Words("Cập nhật: {kind}, {grade}", "Update: {kind}, {grade}", "ព័ត៌មានថ្មី៖ {kind} {grade}")
_CLEARED = Words("Đã hết cảnh báo: {kind}", "All clear: {kind}", "រួចផុតគ្រោះ៖ {kind}")
_TITLES = {AlertAct.WARN: _WARNING, AlertAct.UPDATE: _UPDATED, AlertAct.CLEAR: _CLEARED}


def identifier_of(alert_id: UUID, number: int) -> str:
    """Of one message, the same in CAP, in every feed and in the app."""
    return f"{alert_id}-{number}"


def push_words(warn: Warn, act: AlertAct) -> tuple[Words, Words]:
    """Title and body on a lock screen; a language it was not written in has the Vietnamese body."""
    name, level = KINDS[warn.kind].name, grade(warn.kind, warn.level)
    title = Words(*(form.format(kind=kind, grade=of) for form, kind, of in zip(_TITLES[act], name, level, strict=True)))
    said = warn.texts
    return title, Words(*((said.get(code) or warn.vi).headline for code in ("vi", "en", "km")))


class Issuing:
    """The moment at which a warning becomes public."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._settings: Settings = session.info["settings"]

    async def issue(self, alert: Alert, warn: Warn, act: AlertAct, now: datetime) -> None:
        """`alert.number` is already that of this message."""
        units = await named_communes(self._session)
        places = [] if warn.everywhere else [(code, units[code]) for code in warn.communes]
        code, province = await province_of(self._session)
        earlier = await self._earlier(alert.id)
        self._session.add(
            AlertMessage(
                alert_id=alert.id,
                number=alert.number,
                act=act,
                sent_at=now,
                said=msgspec.to_builtins(Sent(warn, places, province)),
                cap=await self._cap(alert, warn, act, now, earlier, Area(province, code, [])),
            )
        )
        await self._tell(alert, warn, act, now)

    async def _earlier(self, alert_id: UUID) -> Sequence[AlertMessage]:
        asked = select(AlertMessage).where(AlertMessage.alert_id == alert_id).order_by(AlertMessage.number)
        return (await self._session.scalars(asked)).all()

    async def _cap(
        self,
        alert: Alert,
        warn: Warn,
        act: AlertAct,
        now: datetime,
        earlier: Sequence[AlertMessage],
        province: Area,
    ) -> str:
        outlines = await areas_of(self._session, None if warn.everywhere else warn.communes)
        areas = [Area(it.name, it.code, it.rings) for it in outlines]
        if warn.everywhere:
            areas = [province._replace(rings=[ring for it in areas for ring in it.rings])]
        message = Message(
            identifier=identifier_of(alert.id, alert.number),
            sender=urlsplit(self._settings.origin).netloc,
            sender_name=province.name,
            sent=now.astimezone(HERE),
            kind=_CAP_KINDS[act],
            test=self._settings.demo,
            web=f"{self._settings.origin}/warnings/{alert.id}",
            references=[(identifier_of(alert.id, it.number), it.sent_at.astimezone(HERE)) for it in earlier],
        )
        return cap_of(warn, message, areas).decode()

    async def _tell(self, alert: Alert, warn: Warn, act: AlertAct, now: datetime) -> None:
        """Whoever had the message before gets this one in its place; who is new to it, for the first time: a commune
        that joins, and whoever has come, or has begun to follow one, since.
        """
        told = []
        for part, key in enumerate(alert.told):
            told.append(f"alert/{alert.id}/{alert.number}/{part}")
            await replace(self._session, key, self._announcement(alert, warn, act, now, told[-1]))
        if (audience := _whom(warn, act)) is not None:
            told.append(f"alert/{alert.id}/{alert.number}/new")
            await announce(self._session, self._announcement(alert, warn, act, now, told[-1], audience))
        alert.told = told

    def _announcement(
        self, alert: Alert, warn: Warn, act: AlertAct, now: datetime, key: str, audience: Audience | None = None
    ) -> Announcement:
        title, body = push_words(warn, act)
        return Announcement(
            key=key,
            subject=f"alert/{alert.id}",
            title=title,
            body=body,
            plain=body,
            path=f"/warnings/{alert.id}",
            audience=audience or Audience(),
            urgent=True,
            until=now + SHOWN_AFTER if act is AlertAct.CLEAR else warn.ends_at,
        )


def _whom(warn: Warn, act: AlertAct) -> Audience | None:
    """Whom a message is meant for, whether they had one before or not; None when that is of no use to who had none."""
    if act is AlertAct.CLEAR:
        return None
    return Audience(communes=frozenset() if warn.everywhere else frozenset(warn.communes))
