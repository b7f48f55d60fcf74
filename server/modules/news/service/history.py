"""What was written by whom, and who is writing now."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.modules.identity.public import names_of_staff
from server.modules.news.models import Article, Presence, Version
from server.modules.news.rules.differences import NOTHING, Change, changes_between
from server.modules.news.schemas.desk import PresenceReply, SomebodyReply, VersionReply
from server.modules.news.service.refusals import ArticleNotFound

AWAY_AFTER = timedelta(seconds=60)
"""Whoever has an article open says so three times as often."""


class History:
    """The versions of an article, and those who have it open."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def versions(self, article_id: UUID) -> list[VersionReply]:
        """The newest first, each with the fields it changed; no text is read for it. Raises ArticleNotFound."""
        listed = select(Version.number, Version.updated_at, Version.by, Version.fields)
        asked = listed.where(Version.article_id == article_id).order_by(Version.number.desc())
        rows = (await self._session.execute(asked)).all()
        if not rows:
            raise ArticleNotFound
        names = await names_of_staff(self._session, {it.by for it in rows})
        return [VersionReply(it.number, it.updated_at, names.get(it.by), it.fields) for it in rows]

    async def changes(self, article_id: UUID, number: int) -> tuple[Version, list[Change]]:
        """One version, and what it made different from the one before. Raises ArticleNotFound."""
        both = select(Version).where(Version.article_id == article_id, Version.number <= number)
        rows = (await self._session.scalars(both.order_by(Version.number.desc()).limit(2))).all()
        if not rows or rows[0].number != number:
            raise ArticleNotFound
        return rows[0], changes_between(rows[1].content if len(rows) > 1 else NOTHING, rows[0].content)

    async def attend(self, caller: Caller, article_id: UUID, *, typing: bool) -> PresenceReply:
        """The caller has it open; who else has, and at which version it is. Raises ArticleNotFound."""
        version = await self._session.scalar(select(Article.version).where(Article.id == article_id))
        if version is None:
            raise ArticleNotFound
        now = datetime.now(UTC)
        here = {"seen_at": now} | ({"typed_at": now} if typing else {})
        mine = insert(Presence).values(id=uuid7(), article_id=article_id, staff_id=caller.id, **here)
        await self._session.execute(mine.on_conflict_do_update(index_elements=["article_id", "staff_id"], set_=here))
        others = select(Presence).where(
            Presence.article_id == article_id, Presence.staff_id != caller.id, Presence.seen_at > now - AWAY_AFTER
        )
        rows = (await self._session.scalars(others.order_by(Presence.seen_at.desc()))).all()
        names = await names_of_staff(self._session, {it.staff_id for it in rows})
        return PresenceReply(
            version=version,
            others=[
                SomebodyReply(
                    name=names.get(it.staff_id, ""),
                    seen_at=it.seen_at,
                    writing=it.typed_at is not None and it.typed_at > now - AWAY_AFTER,
                )
                for it in rows
            ],
        )
