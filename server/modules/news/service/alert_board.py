"""The warnings as the public reads them: only what has gone out is in here, and so no draft can leak."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.core.clock import HERE
from server.core.paging import page
from server.core.words import Language, Words
from server.modules.news.models import Alert, AlertMessage
from server.modules.news.rules.alerts import AlertAct, AlertState, Warn
from server.modules.news.rules.feeds import Entry, Feed, atom_of, json_of
from server.modules.news.rules.kinds import KINDS
from server.modules.news.schemas.alerts import AlertPage, AlertReply, AlertsNow, Place, Sent
from server.modules.news.service.alert_views import aloud_of, names_of, said_of
from server.modules.news.service.issuing import identifier_of, push_words
from server.modules.news.service.warning_refusals import AlertNotFound

_TITLE = Words("Cảnh báo của tỉnh", "Warnings of the province", "ការព្រមានរបស់ខេត្ត")
_LEVEL = Words("Mức: {}", "Level: {}", "កម្រិត៖ {}")
_AREA = Words("Khu vực: {}", "Area: {}", "តំបន់៖ {}")
_TIME = Words("Thời gian: từ {} đến {}", "Time: from {} until {}", "ពេលវេលា៖ ពី {} ដល់ {}")
_SOURCE = Words("Theo {}", "According to {}", "តាម {}")
_BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
"""Of a feed in which nothing ever stood."""


async def load(connection: AsyncConnection) -> list[Row[Any]]:
    """Every message of every warning that is out, the oldest first."""
    columns = (
        AlertMessage.alert_id,
        AlertMessage.number,
        AlertMessage.sent_at,
        AlertMessage.said,
        AlertMessage.cap,
        Alert.state,
        Alert.ends_at,
    )
    asked = select(*columns).join(Alert, Alert.id == AlertMessage.alert_id)
    return list((await connection.execute(asked.order_by(AlertMessage.sent_at, AlertMessage.number))).all())


class _Standing(NamedTuple):
    """A warning with its last message. `now`: in force, or cleared so lately that people should still see it."""

    reply: AlertReply
    warn: Warn
    province: str
    cap: str
    topic: str
    now: bool

    def concerns(self, commune: str | None, topic: str | None) -> bool:
        codes = [it.code for it in self.reply.communes]
        return (commune is None or not codes or commune in codes) and (topic is None or topic == self.topic)


class Board:
    """All that has gone out."""

    def __init__(self, rows: Sequence[Row[Any]]) -> None:
        self._messages = {identifier_of(it.alert_id, it.number): (it.cap.encode(), it.sent_at) for it in rows}
        self._said = {identifier_of(it.alert_id, it.number): it.said for it in rows}
        first: dict[UUID, datetime] = {}
        last: dict[UUID, Row[Any]] = {}
        for row in rows:
            first.setdefault(row.alert_id, row.sent_at)
            last[row.alert_id] = row
        standing = [_standing(row, first[row.alert_id]) for row in last.values()]
        standing.sort(key=lambda it: it.reply.sent_at, reverse=True)
        self._all = {str(it.reply.id): it for it in standing}
        # The gravest in force first; of equally grave ones the newest.
        now = [it for it in standing if it.now]
        self._now = sorted(now, key=lambda it: (it.reply.state is not AlertState.IN_FORCE, -it.reply.level))
        self.now = msgspec.json.encode(AlertsNow(items=[it.reply for it in self._now]))
        self.quiet = not now
        self._author = msgspec.convert(rows[-1].said, Sent).province if rows else ""
        self.modified = max((row.sent_at for row in rows), default=_BEGUN)

    def one(self, alert_id: UUID) -> bytes:
        """Raises AlertNotFound."""
        if found := self._all.get(str(alert_id)):
            return msgspec.json.encode(found.reply)
        raise AlertNotFound

    def past(self, limit: int, cursor: str | None) -> bytes:
        """Those that are over, the newest first. Raises CursorRefused."""
        over = [key for key, it in self._all.items() if it.reply.state is not AlertState.IN_FORCE]
        shown, following = page(over, limit, cursor)
        return msgspec.json.encode(AlertPage(items=[self._all[key].reply for key in shown], next_cursor=following))

    def message(self, identifier: str) -> tuple[bytes, datetime]:
        """One message as it was sent, and when. Raises AlertNotFound."""
        if identifier not in self._messages:
            raise AlertNotFound
        return self._messages[identifier]

    def aloud(self, identifier: str, lang: Language) -> tuple[bytes, datetime]:
        """One message as it is read out over loudspeakers, and when it was sent. Raises AlertNotFound."""
        _, sent_at = self.message(identifier)
        sent = msgspec.convert(self._said[identifier], Sent)
        said = aloud_of(sent.warn, [name for _, name in sent.places] or [sent.province])
        return said.get(lang, said["vi"]).encode(), sent_at

    def feed(
        self, kind: str, origin: str, address: str, commune: str | None, topic: str | None, lang: Language
    ) -> bytes:
        """`kind`: cap, atom or json. `address`: the feed's own, with what was asked for."""
        entries = [_entry(it, origin, lang) for it in self._now if it.concerns(commune, topic)]
        feed = Feed(
            title=_TITLE.for_(lang),
            author=self._author or origin,
            url=f"{origin}{address}",
            home=f"{origin}/warnings",
            language=lang,
            updated=max((it.updated for it in entries), default=_BEGUN),
            entries=entries,
        )
        return json_of(feed) if kind == "json" else atom_of(feed, whole=kind == "cap")


def _standing(row: Row[Any], issued_at: datetime) -> _Standing:
    sent = msgspec.convert(row.said, Sent)
    about = KINDS[sent.warn.kind]
    reply = AlertReply(
        id=row.alert_id,
        identifier=identifier_of(row.alert_id, row.number),
        number=row.number,
        state=row.state,
        kind=sent.warn.kind,
        scale=about.scale,
        level=sent.warn.level,
        communes=[Place(code=code, name=name) for code, name in sent.places],
        begins_at=sent.warn.begins_at,
        ends_at=sent.warn.ends_at,
        issued_at=issued_at,
        sent_at=row.sent_at,
        names=names_of(sent.warn),
        texts=said_of(sent.warn),
        source=sent.warn.source,
    )
    return _Standing(reply, sent.warn, sent.province, row.cap, about.topic, now=row.ends_at is not None)


def _entry(it: _Standing, origin: str, wished: Language) -> Entry:
    reply = it.reply
    lang = wished if wished in reply.texts else "vi"
    said = reply.texts[lang]
    return Entry(
        identifier=reply.identifier,
        language=lang,
        # What is over must not read as another warning, whatever its line says.
        title=push_words(it.warn, AlertAct.CLEAR)[0].for_(lang) if it.warn.clears else said.headline,
        text="\n".join(_lines(it, lang)),
        page=f"{origin}/warnings/{reply.id}",
        cap_url=f"{origin}/feeds/alerts/{reply.identifier}.cap",
        published=reply.issued_at,
        updated=reply.sent_at,
        category=reply.kind,
        label=reply.names[lang].kind,
        cap=it.cap,
    )


def _lines(it: _Standing, lang: Language) -> list[str]:
    """All that the screen says of it, as lines of text."""
    reply = it.reply
    said, area = reply.texts[lang], ", ".join(place.name for place in reply.communes) or it.province
    lines = [said.headline] if it.warn.clears else [_LEVEL.for_(lang).format(reply.names[lang].grade)]
    lines.append(_AREA.for_(lang).format(area))
    if reply.begins_at and reply.ends_at and not it.warn.clears:
        begins, ends = (f"{at.astimezone(HERE):%H:%M %d/%m/%Y}" for at in (reply.begins_at, reply.ends_at))
        lines.append(_TIME.for_(lang).format(begins, ends))
    lines += [said.what, *said.steps]
    return [*lines, _SOURCE.for_(lang).format(reply.source)] if reply.source else lines
