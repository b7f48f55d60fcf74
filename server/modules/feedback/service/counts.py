"""How many there are of what belongs to each report of a list, in one question."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute


async def count_of(
    session: AsyncSession, report_id: InstrumentedAttribute[UUID], ids: Collection[UUID], *only: ColumnElement[bool]
) -> dict[UUID, int]:
    """Rows by the reports that they name in the column `report_id`; those without any are left out."""
    counted = select(report_id, func.count()).where(report_id.in_(ids), *only).group_by(report_id)
    return {row[0]: row[1] for row in await session.execute(counted)}
