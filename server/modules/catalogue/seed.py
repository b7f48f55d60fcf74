"""The province's catalogue and the everyday words, from data/. A newer release corrects all but the staff's words."""

from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.data import read_data, wrong_data
from server.core.settings import Settings
from server.core.snapshot import touch
from server.modules.catalogue.models import Family, Procedure, Word
from server.modules.catalogue.rules.facts import Line, facts_of, read_line
from server.modules.catalogue.rules.wording import Lexicon
from server.modules.catalogue.service.procedures import SNAPSHOT, Catalogue

# How the lists of search_words.json are named in the table.
_LISTS = ("words", "rewrites", "fillers", "ambiguous", "distant_fields")


class _Family(msgspec.Struct):
    topic: str
    codes: list[str]


class _Families(msgspec.Struct):
    code_families: list[_Family]


async def seed(session: AsyncSession, settings: Settings) -> None:
    if not await session.scalar(select(func.count()).select_from(Procedure)):
        await Catalogue(session).take_over({line.code: facts_of(line) for line in read_procedures(settings)})
    words = read_words(settings)
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
    named = [{"id": uuid7(), "name": it.topic, "codes": it.codes} for it in read_families(settings)]
    family = insert(Family).values(named)
    corrected = family.on_conflict_do_update(
        index_elements=["name"],
        set_={"codes": family.excluded.codes, "updated_at": func.now()},
        where=Family.codes != family.excluded.codes,
    )
    families_changed = (await session.scalars(corrected.returning(Family.id))).all()
    if words_changed or families_changed:
        await touch(session, SNAPSHOT)


def read_procedures(settings: Settings) -> list[Line]:
    """Raises WrongSetting that names the line."""
    name, lines = "catalogue.jsonl", list[Line]()
    try:
        with (settings.data / name).open("rb") as file:
            for number, text in enumerate(file, 1):
                try:
                    lines += [read_line(text)] if text.strip() else []
                except ValueError as error:
                    raise wrong_data(name, f"line {number}: {error}") from None
    except OSError as error:
        raise wrong_data(name, f"cannot be read from {settings.data}: {error.strerror}") from None
    return lines


def read_words(settings: Settings) -> dict[str, Any]:
    """As they stand there, with what the search itself does not read. Raises WrongSetting."""
    name = "search_words.json"
    words = read_data(settings.data, name, dict[str, Any])
    try:
        msgspec.convert(words, Lexicon)
    except msgspec.ValidationError as error:
        raise wrong_data(name, str(error)) from None
    return words


def read_families(settings: Settings) -> list[_Family]:
    return read_data(settings.data, "families.json", _Families).code_families


def _term(value: Any) -> str:
    """What names an entry: its first phrase."""
    if isinstance(value, str):
        return value
    said = value.get("said") or value.get("term")
    return str(said[0] if isinstance(said, list) else said)
