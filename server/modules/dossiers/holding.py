"""What the dossiers hold about a person: those that carry their phone or personal number."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.holding import HeldFile, Holding
from server.core.words import Words
from server.modules.dossiers.rules.held import NAMES, TITLE
from server.modules.dossiers.service.owners import Owners
from server.modules.dossiers.service.results import Results

UNDER_WAY = Words(
    "Có hồ sơ đang giải quyết: cơ quan cần thông tin liên hệ để trả kết quả cho bạn.",
    "A dossier is under way: the office needs your contact to hand you the result.",
    "មានសំណុំឯកសារកំពុងដោះស្រាយ៖ ការិយាល័យត្រូវការព័ត៌មានទំនាក់ទំនងដើម្បីប្រគល់លទ្ធផលជូនអ្នក។",
)


async def gather(session: AsyncSession, resident_id: UUID) -> dict[str, Any]:
    return await Owners(session, session.info["settings"]).everything_about(resident_id)


async def files(session: AsyncSession, resident_id: UUID) -> list[HeldFile]:
    theirs = await Owners(session, session.info["settings"]).dossiers_of(resident_id)
    return await Results(session, session.info["settings"]).given_to(theirs)


async def erase(session: AsyncSession, resident_id: UUID) -> None:
    await Owners(session, session.info["settings"]).forget(resident_id)


async def keeps(session: AsyncSession, resident_id: UUID) -> list[Words]:
    under_way = await Owners(session, session.info["settings"]).under_way(resident_id)
    return [UNDER_WAY] if under_way else []


holding = Holding(title=TITLE, names=NAMES, gather=gather, files=files, erase=erase, keeps=keeps)
