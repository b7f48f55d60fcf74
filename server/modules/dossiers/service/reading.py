"""One event as it was given: read, or refused by the field that is wrong."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from server.core.text import clean
from server.core.wire import LONGEST_TEXT
from server.modules.dossiers.schemas import ReportedEvent
from server.modules.dossiers.service.intake import EventRefused, EventUnreadable, FieldTwice


class Twice(dict[str, Any]):
    """An object in which a name stood twice: which of both is meant, nobody can tell."""

    field: str


def whole(body: bytes) -> Any:
    """What others sent, before anybody judges it: half a character or an endless number in one event keeps no other one
    away. Raises ValueError when it is no JSON, RecursionError.
    """
    return json.loads(body, object_pairs_hook=_object, parse_constant=_no_json)


def event_of(given: object, *, strict: bool = True) -> ReportedEvent | EventRefused:
    """`strict=False` takes "4" for 4: in a spreadsheet everything is text."""
    if isinstance(given, Twice):
        return FieldTwice(_named(given.field))
    try:
        return msgspec.convert(given, ReportedEvent, strict=strict)
    except UnicodeError:  # half a character in the name of a field
        return EventUnreadable("")
    except msgspec.ValidationError as error:
        # "… - at `$.status`"; a missing or unknown field is named in the sentence itself, what no person types nowhere.
        sentence, _, path = str(error).partition(" - at `$.")
        named = path.rstrip("`") or (sentence.split("`")[1] if "field `" in sentence else "")
        return EventUnreadable(_named(named or _unsayable(given)))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) == len(pairs):
        return read
    names = [name for name, _ in pairs]
    twice = Twice(read)
    twice.field = next(name for name in names if names.count(name) > 1)
    return twice


def _no_json(word: str) -> None:
    raise ValueError(word)


def _unsayable(given: object) -> str:
    for name, value in given.items() if isinstance(given, Mapping) else ():
        try:
            clean(str(value), LONGEST_TEXT)
        except ValueError:
            return str(name)
    return ""


def _named(field: str) -> str:
    return field[:60].encode(errors="replace").decode()
