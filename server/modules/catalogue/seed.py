"""The province's catalogue and the everyday words, from data/. A newer release corrects all but the staff's words."""

from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.settings import Settings
from server.core.snapshot import touch
from server.modules.catalogue.models import Family, Procedure, Word
from server.modules.catalogue.rules.facts import facts_of, read_line
from server.modules.catalogue.service.procedures import SNAPSHOT, Catalogue

# How the lists of search_words.json are named in the table.
_LISTS = ("words", "rewrites", "fillers", "ambiguous", "distant_fields")


async def seed(session: AsyncSession, settings: Settings) -> None:
    if not await session.scalar(select(func.count()).select_from(Procedure)):
        with (settings.data / "catalogue.jsonl").open("rb") as file:
            lines = [read_line(text) for text in file if text.strip()]
        await Catalogue(session).take_over({line.code: facts_of(line) for line in lines})
    words = msgspec.json.decode((settings.data / "search_words.json").read_bytes())
    rows = [
        {"id": uuid7(), "kind": kind, "term": f"{kind}/{_term(value)}", "content": {"value": value}}
        for kind in _LISTS
        for value in words.get(kind, ())
    ]
    given = insert(Word).values(rows)
    # A newer release may know better, but not than the staff: what they edited is theirs.
    newer = given.on_conflict_do_update(
        index_elements=["term"],
        set_={"content": given.excluded.content, "created_at": func.now(), "updated_at": func.now()},
        where=(Word.content != given.excluded.content) & (Word.created_at == Word.updated_at),
    )
    words_changed = (await session.scalars(newer.returning(Word.id))).all()
    families = msgspec.json.decode((settings.data / "families.json").read_bytes())
    named = [{"id": uuid7(), "name": it["topic"], "codes": it["codes"]} for it in families["code_families"]]
    family = insert(Family).values(named)
    corrected = family.on_conflict_do_update(
        index_elements=["name"],
        set_={"codes": family.excluded.codes, "updated_at": func.now()},
        where=Family.codes != family.excluded.codes,
    )
    families_changed = (await session.scalars(corrected.returning(Family.id))).all()
    if words_changed or families_changed:
        await touch(session, SNAPSHOT)


def _term(value: Any) -> str:
    """What names an entry: its first phrase."""
    if isinstance(value, str):
        return value
    said = value.get("said") or value.get("term")
    return str(said[0] if isinstance(said, list) else said)
