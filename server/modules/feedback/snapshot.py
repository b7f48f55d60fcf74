"""What reports may be about, as everybody reads it: three replies, encoded once."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.core.snapshot import Snapshot
from server.core.words import LANGUAGES, Language
from server.modules.feedback.models import Category
from server.modules.feedback.rules.names import ELSEWHERE
from server.modules.feedback.schemas.reports import CategoriesReply, CategoryReply, ElsewhereReply
from server.modules.feedback.service.categories import SNAPSHOT


async def load(connection: AsyncConnection) -> Sequence[Row[Any]]:
    offered = select(Category.__table__).where(Category.withdrawn_at.is_(None))
    return (await connection.execute(offered.order_by(Category.position))).all()


class Offer:
    """The categories that are offered, in each language."""

    def __init__(self, rows: Sequence[Row[Any]]) -> None:
        self._replies = {language: _encoded(rows, language) for language in LANGUAGES}

    def categories(self, language: Language) -> bytes:
        return self._replies[language]


def _encoded(rows: Sequence[Row[Any]], language: Language) -> bytes:
    return msgspec.json.encode(
        CategoriesReply(
            items=[
                CategoryReply(
                    slug=row.slug,
                    name=getattr(row, language),
                    anonymous=row.anonymous,
                    resolve_days=row.resolve_days,
                )
                for row in rows
            ],
            elsewhere=[
                ElsewhereReply(
                    kind=kind,
                    title=title.for_(language),
                    text=text.for_(language),
                    href=href,
                    link=link.for_(language),
                )
                for kind, (title, text, href, link) in ELSEWHERE.items()
            ],
        )
    )


feedback_snapshot = Snapshot(SNAPSHOT, load, Offer)
