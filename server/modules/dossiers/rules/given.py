"""What others send as JSON, before anybody judges it."""

import json
from typing import Any


class Twice(dict[str, Any]):
    """An object in which a name stood twice: which of both is meant, nobody can tell."""

    field: str


def read(body: bytes) -> Any:
    """By Python's reader: half a character or an endless number in one event keeps no other one away.

    Raises ValueError when it is no JSON, RecursionError.
    """
    return json.loads(body, object_pairs_hook=_object, parse_constant=_no_json)


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
