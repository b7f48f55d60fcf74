"""Money is read strictly: 5 is five đồng, while 5.0, 5e0, "5", true, or a name that stands twice are refused.

The framework's own decoder is kind to clients and takes them all for 5 (security.md T9).
"""

import json
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from server.core.wire import Twice, each_once

T = TypeVar("T")
R = TypeVar("R")


def whole(body: bytes) -> Any:
    """The JSON of a body, as it stands there. ValueError when it is none."""
    return json.loads(body, object_pairs_hook=each_once)


def strictly(given: Any, kind: type[T]) -> T:
    """Raises msgspec.ValidationError, which names the field."""
    if isinstance(given, Twice):
        raise msgspec.ValidationError(f"`{given.field}` stands twice")
    return msgspec.convert(given, kind)


def strictly_or(refusal: Callable[[str], R], given: Any, kind: type[T]) -> T | R:
    """One of a batch: the others do not wait for it, so that its refusal, by the field, stands in its place."""
    try:
        return strictly(given, kind)
    except msgspec.ValidationError as error:
        return refusal(field_of(error))


def field_of(error: msgspec.ValidationError) -> str:
    """Which field an error is about."""
    sentence, _, path = str(error).partition(" - at `$.")
    return (path.rstrip("`") or (sentence.split("`")[1] if "`" in sentence else ""))[:60]
