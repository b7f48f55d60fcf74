"""What others send as JSON, before anybody judges it."""

import json
from typing import Any

from server.core.wire import each_once


def read(body: bytes) -> Any:
    """By Python's reader: half a character or an endless number in one event keeps no other one away.

    Raises ValueError when it is no JSON, RecursionError.
    """
    return json.loads(body, object_pairs_hook=each_once, parse_constant=_no_json)


def _no_json(word: str) -> None:
    raise ValueError(word)
