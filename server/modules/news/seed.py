"""Articles of a demonstration, plainly fictional, and things to begin with. A second time changes nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.settings import Settings
from server.core.snapshot import touch
from server.core.text import fold
from server.modules.identity.public import staff_with_login
from server.modules.news.models import Article, Step, Template, Version
from server.modules.news.rules.content import EMPTY, Content
from server.modules.news.rules.differences import NOTHING, fields_changed
from server.modules.news.rules.states import Act, State
from server.modules.news.service.articles import SNAPSHOT
from server.modules.news.service.publishing import published_of

_WRITER, _REVIEWER = "bientap", "duyettin"
_BEGINNINGS = {
    "Cúp điện, cúp nước": (
        "Tạm ngừng cấp … tại …",
        "Từ … giờ đến … giờ, ngày …",
        "Lý do: …\n\n## Bà con nên làm gì\n\n- …\n\nHỏi thêm: …",
    ),
    "Mời họp dân": ("Mời bà con họp …", "Lúc … giờ, tại …", "Nội dung họp:\n\n1. …\n2. …\n\nMang theo: …"),
    "Tiêm chủng": (
        "Tiêm chủng cho …",
        "Từ … giờ đến … giờ, tại …",
        "- Mang theo: …\n- Không tiêm khi: …\n\nHỏi thêm: …",
    ),
}


async def seed(session: AsyncSession, settings: Settings) -> None:
    if not await session.scalar(select(func.count()).select_from(Template)):
        session.add_all(
            Template(name=name, content=_content({"vi": {"title": title, "summary": summary, "body": body}}))
            for name, (title, summary, body) in _BEGINNINGS.items()
        )
    writer, reviewer = [await staff_with_login(session, login) for login in (_WRITER, _REVIEWER)]
    articles = await session.scalar(select(func.count()).select_from(Article))
    if not settings.demo or articles or not writer or not reviewer:
        return
    now = datetime.now(UTC)
    for given in msgspec.json.decode((settings.data / "news.json").read_bytes()):
        content = msgspec.convert(_content(given), Content)
        at = now - timedelta(hours=given["hours_ago"])
        article = Article(
            id=uuid7(),
            content=msgspec.to_builtins(content),
            released=msgspec.to_builtins(content),
            public=msgspec.to_builtins(await published_of(session, content)),
            version=3,
            state=State.PUBLISHED,
            searched=fold(content.vi.title),
            places={},
            writers=[str(writer[0])],
            unit=writer[1],
            revision=1,
            published_at=at,
        )
        session.add(article)
        await session.flush()
        fields = fields_changed(NOTHING, article.content)
        session.add(
            Version(
                article_id=article.id, number=1, content=article.content, fields=fields, by=writer[0], created_at=at
            )
        )
        for act, by in (
            (Act.WRITE, writer[0]),
            (Act.SUBMIT, writer[0]),
            (Act.APPROVE, reviewer[0]),
            (Act.PUBLISH, None),
        ):
            session.add(Step(id=uuid7(), article_id=article.id, act=act, by=by, version=1, created_at=at))
    await touch(session, SNAPSHOT)


def _content(given: dict[str, Any]) -> dict[str, Any]:
    empty: dict[str, Any] = msgspec.to_builtins(EMPTY)
    return empty | {name: value for name, value in given.items() if name in empty}
