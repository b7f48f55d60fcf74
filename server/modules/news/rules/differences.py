"""What somebody changed in an article, word by word."""

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any, Literal

import msgspec

NOTHING: Mapping[str, Any] = {"vi": {"title": "", "summary": "", "body": ""}}
"""What an article says before its first version."""

_WORDS = re.compile(r"\s+|[^\s]+")


class Part(msgspec.Struct, frozen=True):
    """A run of text that stayed, came or went."""

    how: Literal["same", "added", "removed"]
    text: str


class Change(msgspec.Struct, frozen=True):
    """One field that differs, by its path (`en.title`)."""

    field: str
    parts: list[Part]


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The fields of two contents that differ, in the order of the form."""
    return [Change(field, _parts(old, new)) for field, old, new in _differing(before, after)]


def fields_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The same without a look at the words, which takes far longer."""
    return [field for field, _, _ in _differing(before, after)]


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    old, new = dict(_flat(before)), dict(_flat(after))
    for field in dict.fromkeys([*new, *old]):
        if (was := old.get(field, "")) != (now := new.get(field, "")):
            yield field, was, now


def _flat(content: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in content.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        elif isinstance(value, list):
            said = (it if isinstance(it, str) else " ".join(str(part) for part in it.values()) for it in value)
            yield f"{above}{name}", "\n".join(said)
        elif value is not None:
            yield f"{above}{name}", str(value)


def _parts(before: str, after: str) -> list[Part]:
    """By lines first: words are compared only where lines differ, or a long text would take minutes."""
    parts: list[Part] = []
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for how, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if how == "equal":
            parts.append(Part("same", "".join(old[a:b])))
        else:
            parts += _words("".join(old[a:b]), "".join(new[c:d]))
    return _joined(parts)


def _words(before: str, after: str) -> Iterator[Part]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    for how, a, b, c, d in SequenceMatcher(None, old, new, autojunk=max(len(old), len(new)) > 2000).get_opcodes():
        if how == "equal":
            yield Part("same", "".join(old[a:b]))
            continue
        if b > a:
            yield Part("removed", "".join(old[a:b]))
        if d > c:
            yield Part("added", "".join(new[c:d]))


def _joined(parts: list[Part]) -> list[Part]:
    said: list[Part] = []
    for part in parts:
        if said and said[-1].how == part.how:
            said[-1] = Part(part.how, said[-1].text + part.text)
        else:
            said.append(part)
    return said
