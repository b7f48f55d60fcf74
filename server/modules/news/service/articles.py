"""Articles at the desk: written, sent to a second person, let out, corrected, taken back."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller, NotAllowed
from server.core.audit import record
from server.core.snapshot import touch
from server.core.text import fold
from server.core.versions import ChangedMeanwhile
from server.modules.identity.public import OwnWork, refuse_own_work
from server.modules.news.models import Article, Step, Version
from server.modules.news.rules.content import EMPTY, Content
from server.modules.news.rules.differences import NOTHING, fields_changed
from server.modules.news.rules.states import BY_CLOCK, REVIEWING, WITH_REASON, Act, State, next_state
from server.modules.news.schemas.desk import ActOnArticle
from server.modules.news.service.checking import lacks, name_places
from server.modules.news.service.publishing import Publishing
from server.modules.news.service.refusals import (
    ArticleCannotMove,
    ArticleIncomplete,
    ArticleNotFound,
    ArticleNotOpen,
    MoveReasonNeeded,
    PublishAtRefused,
)
from server.modules.news.service.sending import SendingArticles

SNAPSHOT = "news"
ONE_SITTING = timedelta(minutes=10)
"""Saves of one person within this time are one version in the history."""
_FARTHEST = timedelta(days=366)

WRITE, REVIEW = "news:write", "news:review"


def is_live(article: Article) -> bool:
    """Whether residents can read it."""
    return article.public is not None and article.withdrawn_at is None and article.expired_at is None


def content_of(article: Article) -> Content:
    return msgspec.convert(article.content, Content)


class Articles:
    """What staff do with articles."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._publishing = Publishing(session)
        self._sending = SendingArticles(session, session.info["settings"])

    async def begin(self, caller: Caller, content: Content = EMPTY) -> Article:
        article = Article(
            content={}, version=0, state=State.DRAFT, searched="", places={}, writers=[], unit=caller.unit, revision=0
        )
        self._session.add(article)
        await self._session.flush()
        await self._write(article, caller, content)
        await self._note(article, Act.WRITE, caller, None)
        await record(self._session, act="news:write", actor=caller, subject=("article", article.id))
        return article

    async def find(self, article_id: UUID, *, lock: bool = False) -> Article:
        asked = select(Article).where(Article.id == article_id)
        article = await self._session.scalar(asked.with_for_update() if lock else asked)
        if article is None:
            raise ArticleNotFound
        return article

    async def save(self, caller: Caller, article_id: UUID, version: int, content: Content) -> Article:
        """Put the text that was read as `version` into a new one. Raises ChangedMeanwhile, ArticleNotOpen."""
        article = await self.find(article_id, lock=True)
        if article.version != version:
            raise ChangedMeanwhile
        if article.state is not State.DRAFT:
            raise ArticleNotOpen
        if content != content_of(article):
            await self._write(article, caller, content)
        return article

    async def _write(self, article: Article, caller: Caller, content: Content) -> None:
        now = datetime.now(UTC)
        written = select(Version).where(Version.article_id == article.id).order_by(Version.number.desc())
        rows = (await self._session.scalars(written.limit(2))).all()
        last = rows[0] if rows else None
        article.version += 1
        article.content = msgspec.to_builtins(content)
        article.searched = fold(content.vi.title)
        await name_places(self._session, article, content)
        if str(caller.id) not in article.writers:
            article.writers = [*article.writers, str(caller.id)]
        same_sitting = (
            last is not None
            and last.by == caller.id
            and now - last.created_at < ONE_SITTING
            # What somebody has decided about stays as it was.
            and not await self._session.scalar(
                select(Step.id).where(Step.article_id == article.id, Step.version >= last.number, Step.act != Act.WRITE)
            )
        )
        before = rows[1:] if same_sitting else rows[:1]
        fields = fields_changed(before[0].content if before else NOTHING, article.content)
        if same_sitting and last is not None:
            last.number, last.content, last.fields = article.version, article.content, fields
        else:
            self._session.add(
                Version(
                    article_id=article.id,
                    number=article.version,
                    content=article.content,
                    fields=fields,
                    by=caller.id,
                )
            )
        await self._session.flush()

    async def act(self, caller: Caller, article_id: UUID, version: int, given: ActOnArticle) -> Article:
        """One move. Raises ChangedMeanwhile, ArticleCannotMove, NotAllowed, OwnWork, MoveReasonNeeded,
        ArticleIncomplete, PublishAtRefused, AudienceEmpty, CountNeeded.
        """
        article = await self.find(article_id, lock=True)
        if article.version != version:
            raise ChangedMeanwhile
        there = next_state(given.act, article.state, live=is_live(article))
        if there is None or given.act in BY_CLOCK:
            raise ArticleCannotMove
        if (REVIEW if given.act in REVIEWING else WRITE) not in caller.permissions:
            raise NotAllowed
        if given.act in WITH_REASON and not given.reason:
            raise MoveReasonNeeded
        now = datetime.now(UTC)
        if given.act in (Act.SUBMIT, Act.APPROVE):
            found = await lacks(self._session, content_of(article), max(now, given.publish_at or now))
            if found:
                raise ArticleIncomplete(lacks=[it._asdict() for it in found])
        if given.act is Act.APPROVE:
            refuse_own_work(caller, *(UUID(it) for it in article.writers))
            if given.publish_at is not None and not now < given.publish_at < now + _FARTHEST:
                raise PublishAtRefused
            await self._sending.refuse_unseen(article, content_of(article).sending, given.count)
        await self._move(article, caller, given, there, now)
        return article

    async def _move(self, article: Article, caller: Caller, given: ActOnArticle, there: State, now: datetime) -> None:
        article.state = there
        await self._note(article, given.act, caller, given.reason or None)
        match given.act:
            case Act.APPROVE:
                article.publish_at = given.publish_at
                if given.publish_at is None:
                    await self._publishing.publish(article, now)
            case Act.TAKE_BACK | Act.RETURN:
                article.publish_at = None
            case Act.CORRECT | Act.DROP_CORRECTION:
                # What nobody has let out is thrown away, also what a withdrawal has left; the history has it.
                if article.content != article.released:
                    await self._write(article, caller, msgspec.convert(article.released, Content))
                article.correction = given.reason if given.act is Act.CORRECT else None
                # Whoever opens it says why, which residents read: another one lets it out, whatever else is changed.
                article.writers = [str(caller.id)] if given.act is Act.CORRECT else []
            case Act.WITHDRAW:
                article.withdrawn_at, article.withdrawn_reason, article.publish_at = now, given.reason, None
                await self._sending.take_back(article)
                await touch(self._session, SNAPSHOT)
        article.version += 1
        await record(
            self._session,
            act=f"news:{given.act}",
            actor=caller,
            subject=("article", article.id),
            version=article.version,
        )
        await self._session.flush()

    async def _note(self, article: Article, act: Act, caller: Caller | None, reason: str | None) -> None:
        by = caller.id if caller else None
        self._session.add(Step(article_id=article.id, act=act, by=by, reason=reason, version=article.version))

    async def steps(self, article_id: UUID) -> Sequence[Step]:
        """All of its moves, the last one first."""
        asked = select(Step).where(Step.article_id == article_id).order_by(Step.id.desc())
        return (await self._session.scalars(asked)).all()


def acts_for(caller: Caller, article: Article) -> list[Act]:
    """What this person may do with it now, as far as their roles and their own part in it say."""
    possible = [act for act in Act if act not in BY_CLOCK and next_state(act, article.state, live=is_live(article))]
    mine = [act for act in possible if (REVIEW if act in REVIEWING else WRITE) in caller.permissions]
    try:
        refuse_own_work(caller, *(UUID(it) for it in article.writers))
    except OwnWork:
        mine = [act for act in mine if act is not Act.APPROVE]
    return mine
