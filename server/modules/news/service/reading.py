"""What the desk sees: one article with all that may be done with it, and the lists."""

from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller
from server.core.paging import cursor_at, place_of
from server.core.text import fold
from server.core.words import Language
from server.modules.identity.public import names_of_staff
from server.modules.news.models import Article
from server.modules.news.rules.content import Content
from server.modules.news.rules.states import State
from server.modules.news.schemas.articles import DESK_FILES, ArticleReply, Dates, reply_of
from server.modules.news.schemas.desk import DeskArticle, DeskArticles, DeskRow, LackReply, StepReply
from server.modules.news.service.articles import Articles, acts_for, content_of, is_live
from server.modules.news.service.checking import gone_places, lacks
from server.modules.news.service.publishing import published_of


class Which(StrEnum):
    """The lists of the desk."""

    ALL = "all"
    MINE = "mine"
    DRAFTS = "drafts"
    REVIEW = "review"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    OVER = "over"


class Desk:
    """What is shown to whoever writes and whoever lets out."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def show(self, caller: Caller, article: Article) -> DeskArticle:
        steps = await Articles(self._session).steps(article.id)
        writers = [UUID(it) for it in article.writers]
        names = await names_of_staff(self._session, {*writers, *(it.by for it in steps if it.by)})
        content = content_of(article)
        missing = await lacks(self._session, content, datetime.now(UTC))
        return DeskArticle(
            id=article.id,
            version=article.version,
            state=article.state,
            live=is_live(article),
            content=content,
            acts=acts_for(caller, article),
            lacks=[LackReply(field=it.field, why=it.why) for it in missing],
            gone=await gone_places(self._session, article, content),
            steps=[
                StepReply(
                    act=it.act,
                    at=it.created_at,
                    by=names.get(it.by) if it.by else None,
                    reason=it.reason,
                    version=it.version,
                )
                for it in steps
            ],
            writers=[names[it] for it in writers if it in names],
            publish_at=article.publish_at,
            published_at=article.published_at,
            corrected_at=article.corrected_at,
            correction=article.correction,
            withdrawn_at=article.withdrawn_at,
            withdrawn_reason=article.withdrawn_reason,
            revision=article.revision,
            told=article.told is not None,
            retracted=article.retracted,
            updated_at=article.updated_at,
        )

    async def preview(self, content: Content, language: Language) -> ArticleReply:
        """As it would be sent to a phone, with its pictures from the desk."""
        dates = Dates(datetime.now(UTC), None)
        published = await published_of(self._session, content)
        return reply_of(UUID(int=0), published, dates, language, files=DESK_FILES)

    async def list(self, caller: Caller, which: Which, q: str, limit: int, cursor: str | None) -> DeskArticles:
        """What was touched last stands first. Raises CursorRefused."""
        asked = select(Article).where(_in(which, caller))
        for word in fold(q).split():
            asked = asked.where(Article.searched.contains(word, autoescape=True))
        if cursor is not None:
            asked = asked.where(tuple_(Article.updated_at, Article.id) < tuple_(*place_of(cursor)))
        newest = asked.order_by(Article.updated_at.desc(), Article.id.desc()).limit(limit + 1)
        found = (await self._session.scalars(newest)).all()
        names = await names_of_staff(self._session, {UUID(it.writers[0]) for it in found if it.writers})
        last = found[limit - 1] if len(found) > limit else None
        return DeskArticles(
            items=[_row(it, names) for it in found[:limit]],
            next_cursor=cursor_at(last.updated_at, last.id) if last else None,
        )


def _in(which: Which, caller: Caller) -> ColumnElement[bool]:
    ways: dict[Which, ColumnElement[bool]] = {
        Which.ALL: true(),
        Which.MINE: Article.writers.contains([str(caller.id)]),
        Which.DRAFTS: Article.state == State.DRAFT,
        Which.REVIEW: Article.state == State.REVIEW,
        Which.SCHEDULED: Article.state == State.SCHEDULED,
        Which.PUBLISHED: Article.state == State.PUBLISHED,
        Which.OVER: Article.state.in_([State.WITHDRAWN, State.EXPIRED]),
    }
    return ways[which]


def _row(it: Article, names: dict[UUID, str]) -> DeskRow:
    content = content_of(it)
    return DeskRow(
        id=it.id,
        title=content.vi.title,
        state=it.state,
        live=is_live(it),
        category=content.category,
        communes=len(content.communes),
        languages=[language for language in ("vi", "en", "km") if getattr(content, language)],
        publish_at=it.publish_at,
        published_at=it.published_at,
        updated_at=it.updated_at,
        writer=names.get(UUID(it.writers[0])) if it.writers else None,
    )
