"""What reports may be about, and the figures about them, as everybody reads it: encoded once in each language."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.core.snapshot import Snapshot
from server.core.words import LANGUAGES, Language
from server.modules.feedback.models import Category, Figures
from server.modules.feedback.rules.names import ELSEWHERE
from server.modules.feedback.rules.public import FIGURES
from server.modules.feedback.schemas.public import Meaning, Measured, MeasuredRow, PublicFigures
from server.modules.feedback.schemas.reports import CategoriesReply, CategoryReply, ElsewhereReply
from server.modules.feedback.service import figures
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


async def load_figures(connection: AsyncConnection) -> dict[str, Any] | None:
    said: dict[str, Any] | None = await connection.scalar(select(Figures.said).where(Figures.name == "public"))
    return said


class Told:
    """The figures with what each of them means, in each language."""

    def __init__(self, said: dict[str, Any] | None) -> None:
        self._replies = {language: msgspec.json.encode(_told(said or {}, language)) for language in LANGUAGES}

    def figures(self, language: Language) -> bytes:
        return self._replies[language]


def _told(said: dict[str, Any], language: Language) -> PublicFigures:
    def rows(kind: str) -> list[MeasuredRow]:
        return [
            MeasuredRow(
                key=it["key"],
                name=it["name"] if isinstance(it["name"], str) else it["name"][language],
                figures=Measured(**it["figures"]),
            )
            for it in said.get(kind, [])
        ]

    return PublicFigures(
        since=said.get("since"),
        until=said.get("until"),
        all=Measured(**said["all"]) if said.get("all") else None,
        categories=rows("categories"),
        communes=rows("communes"),
        meanings=[
            Meaning(figure=key, name=it.name.for_(language), meaning=it.meaning.for_(language))
            for key, it in FIGURES.items()
        ],
    )


figures_snapshot = Snapshot(figures.SNAPSHOT, load_figures, Told)
