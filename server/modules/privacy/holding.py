"""What privacy itself holds about a person: consents, requests, and who looked at their record."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.holding import Holding
from server.modules.privacy.service.consents import Consents
from server.modules.privacy.service.journal import Journal
from server.modules.privacy.service.requests import Requests

_MOST = 10_000


async def gather(session: AsyncSession, resident_id: UUID) -> dict[str, Any]:
    requests = Requests(session, session.info["settings"])
    looks, _ = await Journal(session).looks_at(resident_id, "vi", _MOST, None)
    return {
        "đồng ý": [
            {"mục đích": it.purpose, "bản": it.text_version, "lúc": it.created_at, "rút lại lúc": it.withdrawn_at}
            for it in await Consents(session).ever_of(resident_id)
        ],
        "yêu cầu": [
            {
                "loại": it.kind.value,
                "trạng thái": it.state.value,
                "lúc": it.created_at,
                "ghi chú": requests.note_of(it),
                "trả lời": requests.answer_of(it),
                "trả lời lúc": it.decided_at,
            }
            for it in await requests.of(resident_id)
        ],
        "ai đã xem": [{"lúc": it.at, "cơ quan": it.unit, "việc": it.as_what, "lý do": it.why.value} for it in looks],
    }


async def erase(session: AsyncSession, resident_id: UUID) -> None:
    await Requests(session, session.info["settings"]).forget_words_of(resident_id)


holding = Holding(gather=gather, erase=erase)
