"""Shapes on the wire: what comes in refuses what it does not know, what goes out leaves nothing to guess."""

from typing import Any, ClassVar

import msgspec

from server.core.text import clean, clean_lines

LONGEST_TEXT = 4_000
LONGEST_PROSE = 40_000


class Command(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A request body. Unknown fields are refused; text is NFC and free of control characters.

    Text is one line, except in the fields named in `prose`.
    """

    prose: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if type(value) is str:  # a word of an enumeration is a str too, and stays what it is
                prose = name in self.prose
                setattr(self, name, clean_lines(value, LONGEST_PROSE) if prose else clean(value, LONGEST_TEXT))


class Reply(msgspec.Struct, kw_only=True):
    """A reply body. Fields have no defaults, so that the client never wonders whether one is there."""


class Twice(dict[str, Any]):
    """An object in which a name stood twice: which of both is meant, nobody can tell."""

    field: str


def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """For `json.loads(body, object_pairs_hook=each_once)`: no decoder tells it otherwise, the last one would win."""
    read = dict(pairs)
    if len(read) == len(pairs):
        return read
    names = [name for name, _ in pairs]
    twice = Twice(read)
    twice.field = next(name for name in names if names.count(name) > 1)
    return twice
