"""What residents read: public, from memory, the same for everybody."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get
from litestar.params import FromPath, QueryParameter

from server.core.access import AnyRequest, anyone
from server.core.paging import Asked, Cursor, CursorRefused, Limit
from server.core.problems import InputRefused, NotFound, TextRefused, Unavailable, problems, readable
from server.core.snapshot import sends
from server.core.words import language_of
from server.modules.news.rules.content import Category
from server.modules.news.schemas.articles import ArticlePage, ArticleReply, LatestArticles
from server.modules.news.service.refusals import ArticleExpired, ArticleNotFound, ArticleWithdrawn
from server.modules.news.snapshot import news_snapshot

Code = Annotated[str | None, QueryParameter(max_length=40)]


class NewsController(Controller):
    path = "/news"
    tags = ("news",)

    @get(
        "/articles",
        guards=[anyone],
        responses=sends(ArticlePage) | problems(InputRefused, TextRefused, CursorRefused, Unavailable),
    )
    async def list_articles(
        self,
        request: AnyRequest,
        commune: Code = None,
        topic: Code = None,
        category: Annotated[Category | None, QueryParameter()] = None,
        q: Asked = "",
        limit: Limit = 20,
        cursor: Cursor = None,
    ) -> Response[bytes]:
        """What is out, the newest first. `commune`: what concerns it, the whole province's news among it. `q`: words,
        without accents too.
        """
        body = news_snapshot.value.list(
            commune=commune,
            topic=topic,
            category=category,
            q=readable(q),
            limit=limit,
            cursor=cursor,
            language=language_of(request),
        )
        return news_snapshot.reply(request, body, max_age=15)

    @get(
        "/articles/{article_id:uuid}",
        guards=[anyone],
        responses=sends(ArticleReply)
        | problems(ArticleNotFound, NotFound, ArticleWithdrawn, ArticleExpired, Unavailable),
    )
    async def get_article(self, request: AnyRequest, article_id: FromPath[UUID]) -> Response[bytes]:
        """One article in the caller's language, or in Vietnamese. 410 says why one is no longer there."""
        body = news_snapshot.value.article(article_id, language_of(request))
        # What was corrected or taken back is not read once more from anybody's copy: asking costs a 304.
        return news_snapshot.reply(request, body, packed=True, max_age=0)

    @get("/latest", guards=[anyone], responses=sends(LatestArticles) | problems(Unavailable))
    async def list_latest_articles(self, request: AnyRequest) -> Response[bytes]:
        """The newest fifty, whole, in the caller's language: for reading without a line."""
        # As above: what the phone keeps holds nothing that was taken back.
        return news_snapshot.reply(request, news_snapshot.value.latest(language_of(request)), packed=True, max_age=0)
