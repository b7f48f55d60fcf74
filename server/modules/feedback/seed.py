"""The categories of the province, from data/feedback.json. What staff have changed is theirs."""

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.settings import Settings
from server.core.snapshot import touch
from server.modules.feedback.models import Category
from server.modules.feedback.service.categories import SNAPSHOT


async def seed(session: AsyncSession, settings: Settings) -> None:
    given = msgspec.json.decode((settings.data / "feedback.json").read_bytes())
    present = {it.slug: it for it in await session.scalars(select(Category))}
    for position, it in enumerate(given["categories"], 1):
        found = present.get(it["slug"])
        if found is None:
            found = Category(slug=it["slug"], version=1, anonymous=True)
            session.add(found)
        elif found.edited_by is not None:
            continue
        found.vi, found.en, found.km = it["vi"], it["en"], it["km"]
        found.position, found.unit, found.resolve_days = position, it["unit"], it["resolve_days"]
    if session.new or any(session.is_modified(it) for it in present.values()):
        await touch(session, SNAPSHOT)
    await session.flush()
