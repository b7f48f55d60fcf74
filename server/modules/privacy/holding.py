"""What privacy itself holds about a person: consents, requests, and who looked at their record."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.holding import Coded, Holding, called
from server.core.words import Words
from server.modules.privacy.rules.held import KINDS, NAMES, REASONS, STATES, TITLE
from server.modules.privacy.rules.purposes import PURPOSES
from server.modules.privacy.service.consents import Consents
from server.modules.privacy.service.journal import Journal
from server.modules.privacy.service.requests import Requests

_MOST = 10_000


async def gather(session: AsyncSession, resident_id: UUID) -> dict[str, Any]:
    requests = Requests(session, session.info["settings"])
    looks, _ = await Journal(session).looks_at(resident_id, _MOST, None)
    return {
        "đồng ý": [
            {
                "mục đích": _purpose(it.purpose),
                "bản": it.text_version,
                "lúc": it.created_at,
                "rút lại lúc": it.withdrawn_at,
            }
            for it in await Consents(session).ever_of(resident_id)
        ],
        "yêu cầu": [
            {
                "loại": Coded(it.kind.value, KINDS[it.kind]),
                "trạng thái": Coded(it.state.value, STATES[it.state]),
                "lúc": it.created_at,
                "ghi chú": requests.note_of(it),
                "trả lời": requests.answer_of(it),
                "trả lời lúc": it.decided_at,
            }
            for it in await requests.of(resident_id)
        ],
        "ai đã xem": [
            {
                "lúc": it.at,
                "cơ quan": called(it.unit, {it.unit: it.place}),
                "việc": it.as_what,
                "lý do": Coded(it.why.value, REASONS[it.why]),
            }
            for it in looks
        ],
    }


def _purpose(name: str) -> Coded | str:
    """As it is asked for today; one that is asked for no more, as it was noted."""
    return Coded(name, Words(*PURPOSES[name].title)) if name in PURPOSES else name


async def erase(session: AsyncSession, resident_id: UUID) -> None:
    await Requests(session, session.info["settings"]).forget_words_of(resident_id)


holding = Holding(title=TITLE, names=NAMES, gather=gather, erase=erase)
