"""The news desk over HTTP: whoever may write or review sees all articles of the province."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from server.core.access import AnyRequest, CallerChanged, NotAllowed, SignInNeeded, may
from server.core.idempotency import KeyRefused, KeyUsedForAnother, StillRunning, create
from server.core.paging import Asked, Cursor, CursorRefused, Limit
from server.core.problems import InputRefused, NotFound, TextRefused, Unavailable, problems, readable
from server.core.versions import ChangedMeanwhile, IfMatch, VersionNeeded, version_of
from server.modules.identity.public import OwnWork
from server.modules.news.schemas.desk import ActOnArticle, DeskArticle, DeskArticles, WriteArticle
from server.modules.news.service.articles import Articles
from server.modules.news.service.reading import Desk, Which
from server.modules.news.service.refusals import (
    ArticleCannotMove,
    ArticleIncomplete,
    ArticleNotFound,
    ArticleNotOpen,
    PublishAtRefused,
    ReasonNeeded,
)

_STAFF = (SignInNeeded, NotAllowed, CallerChanged, Unavailable)
_REPEATED = (KeyRefused, KeyUsedForAnother, StillRunning)


class DeskController(Controller):
    path = "/news/desk"
    tags = ("news",)

    @get("", guards=[may("news:read")], responses=problems(InputRefused, TextRefused, CursorRefused, *_STAFF))
    async def list_desk_articles(
        self,
        request: AnyRequest,
        news_desk: NamedDependency[Desk],
        which: Annotated[Which, QueryParameter()] = Which.ALL,
        q: Asked = "",
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> DeskArticles:
        """Articles in every state, what was touched last standing first; `q` finds words of the title."""
        return await news_desk.list(request.user, which, readable(q), limit, cursor)

    @create("", guards=[may("news:write")], responses=problems(InputRefused, *_REPEATED, *_STAFF))
    async def begin_article(
        self,
        request: AnyRequest,
        data: JSONBody[WriteArticle],
        articles: NamedDependency[Articles],
        news_desk: NamedDependency[Desk],
    ) -> DeskArticle:
        """A new draft, which nobody but the desk can see."""
        return await news_desk.show(request.user, await articles.begin(request.user, data.content()))

    @get("/{article_id:uuid}", guards=[may("news:read")], responses=problems(ArticleNotFound, NotFound, *_STAFF))
    async def get_desk_article(
        self,
        request: AnyRequest,
        article_id: FromPath[UUID],
        articles: NamedDependency[Articles],
        news_desk: NamedDependency[Desk],
    ) -> DeskArticle:
        """One article with its history, and what the caller may do with it."""
        return await news_desk.show(request.user, await articles.find(article_id))

    @put(
        "/{article_id:uuid}",
        guards=[may("news:write")],
        responses=problems(
            InputRefused, ArticleNotFound, NotFound, ArticleNotOpen, ChangedMeanwhile, VersionNeeded, *_STAFF
        ),
    )
    async def save_article(
        self,
        request: AnyRequest,
        article_id: FromPath[UUID],
        data: JSONBody[WriteArticle],
        articles: NamedDependency[Articles],
        news_desk: NamedDependency[Desk],
        if_match: IfMatch = None,
    ) -> DeskArticle:
        """Save a draft, whole or half done. It is refused when somebody else has saved since `If-Match` was read."""
        article = await articles.save(request.user, article_id, version_of(if_match), data.content())
        return await news_desk.show(request.user, article)

    @create(
        "/{article_id:uuid}/acts",
        guards=[may("news:read")],
        status_code=200,
        responses=problems(
            InputRefused,
            ArticleNotFound,
            NotFound,
            ArticleCannotMove,
            ArticleIncomplete,
            PublishAtRefused,
            ReasonNeeded,
            OwnWork,
            ChangedMeanwhile,
            VersionNeeded,
            *_REPEATED,
            *_STAFF,
        ),
    )
    async def act_on_article(
        self,
        request: AnyRequest,
        article_id: FromPath[UUID],
        data: JSONBody[ActOnArticle],
        articles: NamedDependency[Articles],
        news_desk: NamedDependency[Desk],
        if_match: IfMatch = None,
    ) -> DeskArticle:
        """One move: send it to a second person, let it out now or later, return it, correct it, take it back."""
        article = await articles.act(request.user, article_id, version_of(if_match), data)
        return await news_desk.show(request.user, article)
