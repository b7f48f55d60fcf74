"""Reports as a table to take away, for whoever may see them at the desk; never who has sent one."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller
from server.core.audit import record
from server.core.clock import HERE
from server.core.settings import Settings
from server.core.sheets import Cell
from server.core.words import Language, Words
from server.modules.feedback.models import Category, Report
from server.modules.feedback.rules.names import STATES
from server.modules.feedback.service.queue import IN, Which, within
from server.modules.feedback.service.seals import Seals
from server.modules.places.public import names_of_workplaces

MOST = 10_000

_TITLES = (
    Words("Mã", "Code", "លេខកូដ"),
    Words("Lĩnh vực", "Field", "វិស័យ"),
    Words("Nội dung", "What was reported", "ខ្លឹមសារ"),
    Words("Xã, phường", "Commune", "ឃុំ សង្កាត់"),
    Words("Đơn vị xử lý", "Office", "អង្គភាព"),
    Words("Trạng thái", "State", "ស្ថានភាព"),
    Words("Khẩn", "Urgent", "បន្ទាន់"),
    Words("Nhận lúc", "Arrived", "ទទួលនៅ"),
    Words("Hạn phân loại", "To be sorted by", "កំណត់ចាត់ថ្នាក់"),
    Words("Phân loại lúc", "Sorted", "ចាត់ថ្នាក់នៅ"),
    Words("Hạn trả lời", "To be answered by", "កំណត់ឆ្លើយ"),
    Words("Trả lời lúc", "Answered", "ឆ្លើយនៅ"),
    Words("Hạn khắc phục", "To be fixed by", "កំណត់ជួសជុល"),
    Words("Đóng lúc", "Closed", "បិទនៅ"),
    Words("Cấp", "Level", "ថ្នាក់"),
    Words("Số lần mở lại", "Opened again", "ចំនួនបើកឡើងវិញ"),
    Words("Đánh giá", "Rating", "ការវាយតម្លៃ"),
)


class Export:
    """One list of the desk, as a table."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._seals = Seals(settings)

    async def rows(
        self, caller: Caller, which: Which, category: str | None, commune: str | None, language: Language
    ) -> list[list[Cell]]:
        """Titles first, then the newest 10,000; taking them away is noted."""
        asked = select(Report).where(*within(caller, IN[which], category, commune))
        found = (await self._session.scalars(asked.order_by(Report.id.desc()).limit(MOST))).all()
        await record(
            self._session,
            act="feedback:export",
            actor=caller,
            subject=("list", which.value),
            unit=caller.unit,
            rows=len(found),
        )
        categories = {it.slug: getattr(it, language) for it in await self._session.scalars(select(Category))}
        places = {place for it in found for place in (it.commune, it.unit) if place}
        names = await names_of_workplaces(self._session, places)
        titles: list[Cell] = [it.for_(language) for it in _TITLES]
        return [titles, *self._rows(found, categories, names, language)]

    def _rows(
        self, found: Iterable[Report], categories: dict[str, str], names: dict[str, str], language: Language
    ) -> Iterable[list[Cell]]:
        for it in found:
            yield [
                it.code,
                categories[it.category],
                self._seals.open_text(it.id, it.text),
                names.get(it.commune or ""),
                names.get(it.unit or ""),
                STATES[it.state].for_(language),
                int(it.urgent),
                _at(it.arrived_at),
                _at(it.triage_due_at),
                _at(it.triaged_at),
                _at(it.answer_due_at),
                _at(it.answered_at),
                _at(it.resolve_due_at),
                _at(it.closed_at),
                it.level,
                it.reopened,
                it.rating,
            ]


def _at(of: datetime | None) -> str | None:
    return None if of is None else f"{of.astimezone(HERE):%Y-%m-%d %H:%M}"
