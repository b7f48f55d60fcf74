"""Letting an article out: what residents read is made once, here, and stays as it was let out."""

from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.audit import record
from server.core.clock import HERE
from server.core.snapshot import touch
from server.modules.catalogue.public import names_of_procedures
from server.modules.news.models import Article, File, Step
from server.modules.news.rules.content import Content, Text
from server.modules.news.rules.markdown import pieces_of
from server.modules.news.rules.states import Act, State, next_state
from server.modules.news.schemas.articles import Cover, Document, Named, Place, ProcedureLink, Published, Said
from server.modules.news.service.checking import gone_places
from server.modules.news.service.sending import SendingArticles
from server.modules.notifications.public import topics
from server.modules.places.public import names_of_workplaces

SNAPSHOT = "news"
_GONE = "Đến giờ đăng thì nơi này không còn nữa: {names}. Hãy chọn nơi thay thế rồi gửi duyệt lại."
_OVER = "Hết hạn đọc lúc {at}, như đã chọn khi viết"
"""Reasons of the clock, in the language of the desk, as those that people write."""


async def published_of(session: AsyncSession, content: Content, correction: str | None = None) -> Published:
    """What residents read, or will: in a preview the same as later on the phone."""
    followed = topics(session)
    communes = await names_of_workplaces(session, content.communes)
    procedures = await names_of_procedures(session, content.procedures)
    names = [it.file for it in content.attachments]
    files = {it.name: it for it in await session.scalars(select(File).where(File.name.in_(names)))}
    return Published(
        texts={
            language: _said(text)
            for language, text in (("vi", content.vi), ("en", content.en), ("km", content.km))
            if text is not None
        },
        category=content.category,
        topics=[Named(code, followed[code]) for code in content.topics if code in followed],
        communes=[Place(code, communes[code]) for code in content.communes if code in communes],
        source=content.source,
        source_link=content.source_link,
        starts_at=content.starts_at,
        ends_at=content.ends_at,
        expires_at=content.expires_at,
        cover=Cover(content.cover.file, content.cover.alt) if content.cover else None,
        documents=[
            Document(it.file, it.title, files[it.file].media_type, files[it.file].size)
            for it in content.attachments
            if it.file in files
        ],
        procedures=[ProcedureLink(code, procedures[code].title) for code in content.procedures if code in procedures],
        correction=correction,
    )


def _said(text: Text) -> Said:
    return Said(text.title, text.summary, pieces_of(text.body))


class Publishing:
    """What happens to an article when it goes out, and when its time is over."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def publish(self, article: Article, now: datetime) -> None:
        """It is out from now on. A second time it is a correction, and keeps the day it first went out."""
        content = msgspec.convert(article.content, Content)
        published = await published_of(self._session, content, article.correction)
        article.public = msgspec.to_builtins(published)
        article.released, article.state = article.content, State.PUBLISHED
        article.revision += 1
        if article.published_at is None:
            article.published_at = now
        else:
            article.corrected_at = now
        article.expires_at, article.publish_at = content.expires_at, None
        article.withdrawn_at = article.withdrawn_reason = article.expired_at = None
        await self._note(article, Act.PUBLISH)
        await SendingArticles(self._session, self._session.info["settings"]).tell(article, content, published, now)
        await touch(self._session, SNAPSHOT)

    async def publish_due(self, now: datetime) -> None:
        """Those whose time has come."""
        due = select(Article).where(Article.state == State.SCHEDULED, Article.publish_at <= now)
        for article in await self._session.scalars(due.order_by(Article.publish_at).with_for_update(skip_locked=True)):
            content = msgspec.convert(article.content, Content)
            if gone := await gone_places(self._session, article, content):
                # What was meant for one commune must not become news for all.
                names = ", ".join(it.name for it in gone)
                article.state, article.publish_at = State.DRAFT, None
                await self._note(article, Act.RETURN, _GONE.format(names=names))
            else:
                await self.publish(article, now)
            article.version += 1

    async def expire_due(self, now: datetime) -> None:
        """Those whose time is over; what is written as a correction of one stays as it is."""
        live = (Article.public.is_not(None), Article.withdrawn_at.is_(None), Article.expired_at.is_(None))
        over = select(Article).where(*live, Article.expires_at <= now)
        for article in await self._session.scalars(over.with_for_update(skip_locked=True)):
            at, article.expired_at = article.expires_at or now, now
            if there := next_state(Act.EXPIRE, article.state, live=True):
                article.state = there
                article.version += 1
            await self._note(article, Act.EXPIRE, _OVER.format(at=f"{at.astimezone(HERE):%H:%M %d/%m/%Y}"))
            await touch(self._session, SNAPSHOT)

    async def _note(self, article: Article, act: Act, reason: str | None = None) -> None:
        self._session.add(Step(article_id=article.id, act=act, by=None, reason=reason, version=article.version))
        await record(
            self._session, act=f"news:{act}", actor=None, subject=("article", article.id), revision=article.revision
        )
