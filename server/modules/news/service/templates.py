"""Things to begin with."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.audit import record
from server.modules.news.models import Template
from server.modules.news.rules.content import Content


class Templates:
    """The templates of the desk, shared by all who write."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> Sequence[Template]:
        return (await self._session.scalars(select(Template).order_by(Template.name))).all()

    async def keep(self, caller: Caller | None, name: str, content: Content) -> None:
        """Under this name, in the place of what was kept under it before."""
        row = insert(Template).values(id=uuid7(), name=name, content=msgspec.to_builtins(content))
        put = row.on_conflict_do_update(index_elements=["name"], set_={"content": row.excluded.content})
        row_id = await self._session.scalar(put.returning(Template.id))
        await record(self._session, act="news:keep-template", actor=caller, subject=("template", str(row_id)))

    async def forget(self, caller: Caller, name: str) -> None:
        """Nothing is said of a name nobody knows."""
        row_id = await self._session.scalar(delete(Template).where(Template.name == name).returning(Template.id))
        if row_id is not None:
            await record(self._session, act="news:forget-template", actor=caller, subject=("template", str(row_id)))
