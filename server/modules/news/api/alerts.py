"""Warnings as anyone reads them: residents in the app, other programs by the feeds."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Controller, Response, get
from litestar.datastructures import State
from litestar.params import FromPath, QueryParameter

from server.core.access import AnyRequest, anyone
from server.core.paging import Cursor, CursorRefused, Limit
from server.core.problems import InputRefused, NotFound, Unavailable, problems
from server.core.snapshot import sends
from server.core.words import Lang, Language, language_of
from server.modules.news.rules.cap import MEDIA_TYPE
from server.modules.news.schemas.alerts import AlertPage, AlertReply, AlertsNow
from server.modules.news.service.warning_refusals import AlertNotFound
from server.modules.news.snapshot import alerts_snapshot

_SECONDS = 15
"""How old a warning may be where somebody between us and the reader keeps copies."""
Commune = Annotated[str | None, QueryParameter(max_length=40)]
Topic = Annotated[str | None, QueryParameter(max_length=40)]
_TYPES: dict[str, str] = {
    "cap": "application/atom+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}


class AlertController(Controller):
    path = "/news/alerts"
    tags = ("news",)

    @get("/", guards=[anyone], responses=sends(AlertsNow) | problems(Unavailable))
    async def list_alerts(self, request: AnyRequest) -> Response[bytes]:
        """Warnings in force, the gravest first, and those cleared within a day; for all communes, in all languages."""
        return alerts_snapshot.reply(request, alerts_snapshot.value.now, max_age=5)

    @get("/past", guards=[anyone], responses=sends(AlertPage) | problems(InputRefused, CursorRefused, Unavailable))
    async def list_past_alerts(self, request: AnyRequest, limit: Limit = 20, cursor: Cursor = None) -> Response[bytes]:
        """Warnings that were cleared or have run out, the newest first."""
        return alerts_snapshot.reply(request, alerts_snapshot.value.past(limit, cursor), max_age=_SECONDS)

    @get(
        "/{alert_id:uuid}",
        guards=[anyone],
        responses=sends(AlertReply) | problems(AlertNotFound, NotFound, Unavailable),
    )
    async def get_alert(self, request: AnyRequest, alert_id: FromPath[UUID]) -> Response[bytes]:
        """One warning as it stands now, in force or over."""
        return alerts_snapshot.reply(request, alerts_snapshot.value.one(alert_id), max_age=_SECONDS)


class AlertFeeds(Controller):
    path = "/alerts"

    @get("/{name:str}", guards=[anyone])
    async def get_alert_message(self, request: AnyRequest, name: FromPath[str], lang: Lang = None) -> Response[bytes]:
        """`<identifier>.cap`: one message as CAP 1.2, as it was sent; `.txt`: as it is read out over loudspeakers, in
        `lang` if it was written in that (vi, km).
        """
        identifier, _, kind = name.rpartition(".")
        if kind == "cap":
            body, sent_at = alerts_snapshot.value.message(identifier)
        elif kind == "txt":
            body, sent_at = alerts_snapshot.value.aloud(identifier, lang or language_of(request))
        else:
            raise AlertNotFound
        media_type = MEDIA_TYPE if kind == "cap" else "text/plain; charset=utf-8"
        return alerts_snapshot.reply(request, body, media_type=media_type, modified=sent_at, max_age=_SECONDS)


class AlertFeedFiles(Controller):
    """`/feeds/alerts.cap`, `.atom`, `.json`; `?commune=` (a code), `?topic=` (of data/topics.json), `?lang=` where a
    reader cannot say which it wants."""

    @get("/alerts.cap", guards=[anyone])
    async def feed_alerts_cap(
        self, request: AnyRequest, state: State, commune: Commune = None, topic: Topic = None, lang: Lang = None
    ) -> Response[bytes]:
        """An Atom feed whose entries are CAP 1.2 messages, whole."""
        return _feed(request, state, "cap", commune, topic, lang)

    @get("/alerts.atom", guards=[anyone])
    async def feed_alerts_atom(
        self, request: AnyRequest, state: State, commune: Commune = None, topic: Topic = None, lang: Lang = None
    ) -> Response[bytes]:
        """Warnings in force as Atom (RFC 4287)."""
        return _feed(request, state, "atom", commune, topic, lang)

    @get("/alerts.json", guards=[anyone])
    async def feed_alerts_json(
        self, request: AnyRequest, state: State, commune: Commune = None, topic: Topic = None, lang: Lang = None
    ) -> Response[bytes]:
        """Warnings in force as JSON Feed 1.1."""
        return _feed(request, state, "json", commune, topic, lang)


def _feed(
    request: AnyRequest,
    state: State,
    kind: Literal["cap", "atom", "json"],
    commune: str | None,
    topic: str | None,
    lang: Language | None,
) -> Response[bytes]:
    board, asked = alerts_snapshot.value, request.url.query
    address = request.url.path + (f"?{asked}" if asked else "")
    body = board.feed(kind, state.settings.origin, address, commune, topic, lang or language_of(request))
    return alerts_snapshot.reply(request, body, media_type=_TYPES[kind], modified=board.modified, max_age=_SECONDS)
