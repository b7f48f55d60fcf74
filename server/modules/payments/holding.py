"""What the payments hold about a person: what they were asked to pay, and what they paid."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.holding import Holding
from server.core.words import Words
from server.modules.payments.rules.held import NAMES, TITLE
from server.modules.payments.service.owners import Owners

OPEN = Words(
    "Còn khoản phải trả hoặc tiền đang chờ hoàn lại cho bạn.",
    "Something is still to be paid, or to be given back to you.",
    "នៅមានចំនួនត្រូវបង់ ឬប្រាក់ត្រូវសងអ្នកវិញ។",
)


async def gather(session: AsyncSession, resident_id: UUID) -> dict[str, Any]:
    return await Owners(session, session.info["settings"]).everything_about(resident_id)


async def erase(session: AsyncSession, resident_id: UUID) -> None:
    await Owners(session, session.info["settings"]).forget(resident_id)


async def keeps(session: AsyncSession, resident_id: UUID) -> list[Words]:
    return [OPEN] if await Owners(session, session.info["settings"]).open(resident_id) else []


holding = Holding(title=TITLE, names=NAMES, gather=gather, erase=erase, keeps=keeps)
