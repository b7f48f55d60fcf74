"""The catalogue as the public reads it: every reply encoded once, and the index that finds them."""

import base64
import binascii
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

import msgspec
from rapidfuzz import process
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.core.problems import Problem
from server.core.snapshot import Snapshot
from server.core.words import Words
from server.modules.catalogue.models import Family, Opening, Procedure, Word
from server.modules.catalogue.rules import search
from server.modules.catalogue.rules.facts import (
    CODE,
    Channel,
    Facts,
    Level,
    clear_fee,
    clear_time,
    in_force,
    normalise_code,
)
from server.modules.catalogue.schemas import (
    Counted,
    FamilyReply,
    Filters,
    Outline,
    ProcedureLink,
    ProcedureReply,
    ProcedureSummary,
)
from server.modules.catalogue.service import HERE, SNAPSHOT, ProcedureNotFound

RECENT = timedelta(days=90)


class CursorRefused(Problem):
    status: ClassVar[int] = 400
    title = Words(
        "Trang kế tiếp không còn đúng, hãy tìm lại từ đầu",
        "The next page is no longer valid; search again",
        "ទំព័របន្ទាប់មិនត្រឹមត្រូវទៀតទេ សូមស្វែងរកម្តងទៀត",
    )


class Rows(msgspec.Struct):
    """What the snapshot is made of, as read from the tables."""

    procedures: list[tuple[str, dict[str, Any], int, datetime]]
    words: list[tuple[str, str, dict[str, Any]]]
    families: list[tuple[str, list[str]]]
    opened: dict[str, int]


async def load(connection: AsyncConnection) -> Rows:
    columns = (Procedure.code, Procedure.facts, Procedure.revision, Procedure.updated_at)
    recent = select(Opening.code, func.sum(Opening.times)).where(Opening.day >= date.today() - RECENT)
    return Rows(
        procedures=[tuple(row) for row in await connection.execute(select(*columns).order_by(Procedure.code))],
        words=[tuple(row) for row in await connection.execute(select(Word.term, Word.kind, Word.content))],
        families=[tuple(row) for row in await connection.execute(select(Family.name, Family.codes))],
        opened={code: int(times) for code, times in await connection.execute(recent.group_by(Opening.code))},
    )


class Shelf:
    """Every published procedure, ready to be sent and to be found."""

    def __init__(self, rows: Rows) -> None:
        today = datetime.now(HERE).date()
        facts = {code: msgspec.convert(content, Facts) for code, content, _, _ in rows.procedures}
        self._titles = {code: it.title for code, it in facts.items()}
        self._successors = {old: code for code, it in facts.items() for old in it.replaces if old not in facts}
        self._members = {code: name for name, codes in reversed(rows.families) for code in codes if code in facts}
        self._families = {name: [c for c in codes if c in facts] for name, codes in rows.families}
        self.current = {code for code, it in facts.items() if in_force(it, today)}
        self.pages = {
            code: msgspec.json.encode(self._page(code, facts[code], revision, updated_at))
            for code, _, revision, updated_at in rows.procedures
        }
        self.index = search.Index(self._entries(facts, rows), *search.read_words(rows.words), self._families)
        self.summaries = {code: msgspec.json.encode(self._summary(code, it)) for code, it in facts.items()}
        self.everything = self.index.ranked()
        self.filters = msgspec.json.encode(self._filters(facts))
        self._groups = _groups(facts)
        self.outline = b""

    def _entries(self, facts: dict[str, Facts], rows: Rows) -> Iterable[search.Entry]:
        for code, it in facts.items():
            yield search.Entry(
                code=code,
                title=it.title,
                field=it.field,
                levels=it.levels,
                audiences=it.audiences,
                agencies=it.agencies,
                aliases=it.aliases,
                in_force=code in self.current,
                replaced_by=it.replaced_by,
                opened=rows.opened.get(code, 0),
            )
