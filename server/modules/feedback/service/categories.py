"""What reports may be about, and the answers to begin with: both are staff's to change."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller
from server.core.audit import record
from server.core.database import one_at_a_time
from server.core.problems import NotFound
from server.core.snapshot import touch
from server.core.versions import ChangedMeanwhile
from server.modules.feedback.models import Category, Template
from server.modules.feedback.schemas.desk import WriteAnswer, WriteCategory
from server.modules.feedback.service.refusals import AnswerNameTaken, CategoryWithdrawn, UnitUnknown
from server.modules.places.public import workplace_exists

SNAPSHOT = "feedback"
COMMUNE = "commune"


class Categories:
    """The ten of the province, as far as staff have not made them others."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> Sequence[Category]:
        return (await self._session.scalars(select(Category).order_by(Category.position, Category.slug))).all()

    async def write(self, caller: Caller, slug: str, version: int, given: WriteCategory) -> Category:
        """One as it is from now on; version 0 makes a new one. Raises ChangedMeanwhile, UnitUnknown."""
        await one_at_a_time(self._session, "feedback-categories")
        found = await self._session.scalar(select(Category).where(Category.slug == slug))
        if (found.version if found else 0) != version:
            raise ChangedMeanwhile
        if given.unit not in ("", COMMUNE) and not await workplace_exists(self._session, given.unit):
            raise UnitUnknown
        if found is None:
            last = await self._session.scalar(select(func.max(Category.position))) or 0
            found = Category(slug=slug, position=last + 1, version=0)
            self._session.add(found)
        found.vi, found.en, found.km = given.vi, given.en, given.km
        found.unit, found.resolve_days, found.anonymous = given.unit or None, given.resolve_days, given.anonymous
        if given.withdrawn != (found.withdrawn_at is not None):
            found.withdrawn_at = datetime.now(UTC) if given.withdrawn else None
        found.version, found.edited_by = version + 1, caller.id
        await record(
            self._session, act="feedback:write-category", actor=caller, subject=("category", slug), version=version + 1
        )
        await touch(self._session, SNAPSHOT)
        await self._session.flush()
        return found


_OFFERED = select(Category).where(Category.slug == bindparam("slug"), Category.withdrawn_at.is_(None))


async def offered(session: AsyncSession, slug: str) -> Category:
    """Raises CategoryWithdrawn."""
    found = await session.scalar(_OFFERED, {"slug": slug})
    if found is None:
        raise CategoryWithdrawn
    return found


def usual_unit(category_unit: str | None, commune: str | None) -> str | None:
    """Where the reports of a category usually go; None where the hub decides."""
    return commune if category_unit == COMMUNE else category_unit


class Templates:
    """Answers to begin with."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> Sequence[Template]:
        return (await self._session.scalars(select(Template).order_by(Template.name))).all()

    async def write(self, caller: Caller, template_id: UUID, version: int, given: WriteAnswer) -> Template:
        """Version 0 makes a new one. Raises ChangedMeanwhile, AnswerNameTaken."""
        await one_at_a_time(self._session, "feedback-templates")
        found = await self._session.get(Template, template_id)
        if (found.version if found else 0) != version:
            raise ChangedMeanwhile
        if await self._session.scalar(
            select(Template.id).where(Template.name == given.name, Template.id != template_id)
        ):
            raise AnswerNameTaken
        if found is None:
            found = Template(id=template_id, version=0)
            self._session.add(found)
        found.name, found.text, found.version = given.name, given.text, version + 1
        await record(self._session, act="feedback:write-template", actor=caller, subject=("template", template_id))
        await self._session.flush()
        return found

    async def remove(self, caller: Caller, template_id: UUID) -> None:
        """Raises NotFound."""
        found = await self._session.get(Template, template_id)
        if found is None:
            raise NotFound
        await self._session.delete(found)
        await record(self._session, act="feedback:remove-template", actor=caller, subject=("template", template_id))
