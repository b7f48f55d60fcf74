"""One copy for machines, whose names never change, and for people, in their own language."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from server.core.clock import HERE
from server.core.holding import COMMON, Coded, Holding
from server.core.words import Language, Words
from server.modules.privacy.rules.held import BESIDE

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+\d\d:\d\d")
YES, NO = Words("Có", "Yes", "បាទ/ចាស"), Words("Không", "No", "ទេ")


def as_data(held: object) -> Any:
    """Plain values (JSON), under the names they were gathered by."""
    match held:
        case Coded():
            return held.code
        case Words():
            return held.vi
        case dict():
            return {name: as_data(value) for name, value in held.items()}
        case list():
            return [as_data(value) for value in held]
    return held


def as_text(held: Mapping[str, Any], holdings: Mapping[str, Holding], language: Language) -> str:
    """One line for each value, deeper ones further in; each module's part under its title."""
    lines = []
    for name, value in held.items():
        holding = holdings.get(name)
        title = holding.title if holding else BESIDE[name]
        names = {**COMMON, **(holding.names if holding else BESIDE)}
        lines += [f"{title.for_(language)}:", *_lines(value, names, language, 1)]
    return "\n".join(lines)


def _lines(held: object, names: Mapping[str, Words], language: Language, depth: int) -> list[str]:
    space = "  " * depth
    if isinstance(held, dict):
        found = []
        for name, value in held.items():
            heading = f"{space}{names[name].for_(language) if name in names else name}:"
            if isinstance(value, dict | list) and value:
                found += [heading, *_lines(value, names, language, depth + 1)]
            else:
                found.append(f"{heading} {_said(value, language)}")
        return found
    if isinstance(held, list):
        return [line for value in held for line in [*_lines(value, names, language, depth), ""]]
    return [f"{space}{_said(held, language)}"]


def _said(value: object, language: Language) -> str:
    match value:
        case Coded():
            return value.words.for_(language)
        case Words():
            return value.for_(language)
        case bool():
            return (YES if value else NO).for_(language)
        case datetime():
            return f"{value.astimezone(HERE):%H:%M %d/%m/%Y}"
        case date():
            return f"{value:%d/%m/%Y}"
        case str() if _INSTANT.fullmatch(value):
            return _said(datetime.fromisoformat(value), language)
    return "–" if value in (None, [], {}, "") else str(value)
