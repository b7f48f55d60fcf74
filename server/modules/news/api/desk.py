"""The news desk over HTTP: whoever may write or review sees all articles of the province."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter

from server.core.access import AnyRequest, CallerChanged, NotAllowed, SignInNeeded, may
from server.core.idempotency import KeyRefused, KeyUsedForAnother, StillRunning, create
from server.core.paging import Asked, Cursor, CursorRefused, Limit
from server.core.problems import InputRefused, NotFound, TextRefused, TooManyRequests, Unavailable, problems, readable
from server.core.versions import ChangedMeanwhile, IfMatch, VersionNeeded, version_of
from server.core.words import Language
from server.modules.identity.public import OwnWork
from server.modules.news.rules.content import Content, Sending
from server.modules.news.schemas.articles import ArticleReply
from server.modules.news.schemas.desk import (
    ActOnArticle,
    ChangesReply,
    ChooseSending,
    DeskArticle,
    DeskArticles,
    DriveSending,
    KeepTemplate,
    PresenceReply,
    ReachReply,
    SayPresence,
    SendingReply,
    ShowOnDevice,
    TemplateReply,
    TemplatesReply,
    VersionsReply,
    WriteArticle,
)
from server.modules.news.service.articles import Articles
from server.modules.news.service.history import History
from server.modules.news.service.reading import Desk, Which
from server.modules.news.service.refusals import (
    ArticleCannotMove,
    ArticleIncomplete,
    ArticleNotFound,
    ArticleNotOpen,
    MoveReasonNeeded,
    PublishAtRefused,
)
from server.modules.news.service.sending import AudienceEmpty, CountNeeded, NothingSent, SendingArticles
from server.modules.news.service.templates import Templates
from server.modules.notifications.public import DeviceNotFound

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

    @get("/templates", guards=[may("news:read")], responses=problems(*_STAFF))
    async def list_templates(self, templates: NamedDependency[Templates]) -> TemplatesReply:
        """What an article can begin with."""
        rows = await templates.all()
        return TemplatesReply(
            items=[TemplateReply(name=it.name, content=msgspec.convert(it.content, Content)) for it in rows]
        )

    @put("/templates", status_code=204, guards=[may("news:write")], responses=problems(InputRefused, *_STAFF))
    async def keep_template(
        self, request: AnyRequest, data: JSONBody[KeepTemplate], templates: NamedDependency[Templates]
    ) -> None:
        """Keep this to begin with, in the place of what had the same name."""
        await templates.keep(request.user, data.name, data.content.content())

    @delete("/templates", guards=[may("news:write")], responses=problems(InputRefused, *_STAFF))
    async def forget_template(
        self,
        request: AnyRequest,
        templates: NamedDependency[Templates],
        name: Annotated[str, QueryParameter(max_length=80)],
    ) -> None:
        """Nobody needs it any more."""
        await templates.forget(request.user, name)

    @post("/preview", status_code=200, guards=[may("news:read")], responses=problems(InputRefused, *_STAFF))
    async def preview_article(
        self,
        data: JSONBody[WriteArticle],
        news_desk: NamedDependency[Desk],
        lang: Annotated[Language, QueryParameter()] = "vi",
    ) -> ArticleReply:
        """What a phone would be sent if this were out, in one of its languages."""
        return await news_desk.preview(data.content(), lang)

    @post("/reach", status_code=200, guards=[may("news:read")], responses=problems(InputRefused, *_STAFF))
    async def count_reach(
        self, data: JSONBody[ChooseSending], sending_articles: NamedDependency[SendingArticles]
    ) -> ReachReply:
        """How many devices and inboxes this would reach now."""
        return await sending_articles.reach(msgspec.convert(msgspec.to_builtins(data), Sending))

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
            MoveReasonNeeded,
            AudienceEmpty,
            CountNeeded,
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

    @get(
        "/{article_id:uuid}/versions", guards=[may("news:read")], responses=problems(ArticleNotFound, NotFound, *_STAFF)
    )
    async def list_article_versions(
        self, article_id: FromPath[UUID], history: NamedDependency[History]
    ) -> VersionsReply:
        """Who changed what, the newest first; what one person saved within ten minutes is one version."""
        return VersionsReply(items=await history.versions(article_id))

    @get(
        "/{article_id:uuid}/versions/{number:int}",
        guards=[may("news:read")],
        responses=problems(ArticleNotFound, NotFound, *_STAFF),
    )
    async def get_article_version(
        self, article_id: FromPath[UUID], number: FromPath[int], history: NamedDependency[History]
    ) -> ChangesReply:
        """One version whole, and word by word what it made different."""
        version, changes = await history.changes(article_id, number)
        return ChangesReply(
            number=version.number,
            at=version.updated_at,
            content=msgspec.convert(version.content, Content),
            changes=changes,
        )

    @put(
        "/{article_id:uuid}/presence",
        guards=[may("news:read")],
        responses=problems(InputRefused, ArticleNotFound, NotFound, *_STAFF),
    )
    async def attend_article(
        self,
        request: AnyRequest,
        article_id: FromPath[UUID],
        data: JSONBody[SayPresence],
        history: NamedDependency[History],
    ) -> PresenceReply:
        """Say, every twenty seconds, that the caller has it open; and hear who else has, and at which version it is."""
        return await history.attend(request.user, article_id, typing=data.typing)

    @get(
        "/{article_id:uuid}/sending",
        guards=[may("news:read")],
        responses=problems(ArticleNotFound, NotFound, NothingSent, *_STAFF),
    )
    async def get_article_sending(
        self,
        article_id: FromPath[UUID],
        articles: NamedDependency[Articles],
        sending_articles: NamedDependency[SendingArticles],
    ) -> SendingReply:
        """How far its pushes are, how many phones have shown and opened it."""
        return await sending_articles.progress(await articles.find(article_id))

    @post(
        "/{article_id:uuid}/sending",
        status_code=200,
        guards=[may("news:review")],
        responses=problems(InputRefused, ArticleNotFound, NotFound, NothingSent, *_STAFF),
    )
    async def drive_article_sending(
        self,
        request: AnyRequest,
        article_id: FromPath[UUID],
        data: JSONBody[DriveSending],
        articles: NamedDependency[Articles],
        sending_articles: NamedDependency[SendingArticles],
    ) -> SendingReply:
        """Pause it, go on, or stop for good; what has rung has rung."""
        article = await articles.find(article_id)
        await sending_articles.drive(request.user, article, data.do)
        return await sending_articles.progress(article)

    @post(
        "/{article_id:uuid}/test",
        status_code=204,
        guards=[may("news:read")],
        responses=problems(InputRefused, ArticleNotFound, NotFound, DeviceNotFound, TooManyRequests, *_STAFF),
    )
    async def try_article_out(
        self,
        article_id: FromPath[UUID],
        data: JSONBody[ShowOnDevice],
        device_secret: Annotated[str, HeaderParameter(name="Device-Secret", max_length=200)],
        articles: NamedDependency[Articles],
        sending_articles: NamedDependency[SendingArticles],
    ) -> None:
        """Ring the caller's own phone with it, as it would come; whether it is out or not."""
        await sending_articles.test(await articles.find(article_id), data.device_id, device_secret)
