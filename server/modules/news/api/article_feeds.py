"""What is out, for feed readers and for other sites: `/feeds/news.atom`, `/feeds/news.json`."""

from typing import Annotated

from litestar import Controller, Response, get
from litestar.datastructures import State
from litestar.params import QueryParameter

from server.core.access import AnyRequest, anyone
from server.core.words import Lang, Language, language_of
from server.modules.news.snapshot import news_snapshot

Code = Annotated[str | None, QueryParameter(max_length=40)]
_TYPES = {"atom": "application/atom+xml", "json": "application/feed+json"}


class ArticleFeeds(Controller):
    """`?commune=` (a code), `?topic=` (of data/topics.json), `?lang=` where a reader cannot say which it wants."""

    @get("/news.atom", guards=[anyone])
    async def feed_news_atom(
        self, request: AnyRequest, state: State, commune: Code = None, topic: Code = None, lang: Lang = None
    ) -> Response[bytes]:
        """The newest fifty as Atom (RFC 4287)."""
        return _feed(request, state, "atom", commune, topic, lang)

    @get("/news.json", guards=[anyone])
    async def feed_news_json(
        self, request: AnyRequest, state: State, commune: Code = None, topic: Code = None, lang: Lang = None
    ) -> Response[bytes]:
        """The newest fifty as JSON Feed 1.1."""
        return _feed(request, state, "json", commune, topic, lang)


def _feed(
    request: AnyRequest, state: State, kind: str, commune: str | None, topic: str | None, lang: Language | None
) -> Response[bytes]:
    asked = request.url.query
    address = request.url.path + (f"?{asked}" if asked else "")
    body = news_snapshot.value.feed(kind, state.settings.origin, address, commune, topic, lang or language_of(request))
    return news_snapshot.reply(request, body, media_type=_TYPES[kind])
