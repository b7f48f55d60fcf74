"""A push service that takes everything: what every contender sends to, over TLS, HTTP/2 for whoever speaks it."""

import json
from collections import Counter
from typing import Any

_taken = 0
_topics: Counter[str] = Counter()


async def app(scope: Any, protocol: Any) -> None:
    """RSGI, the shortest way through Granian. `GET /taken` says how many messages have come, `/topics` of which."""
    global _taken
    if scope.method == "GET":
        protocol.response_str(200, [], json.dumps(_topics) if scope.path == "/topics" else str(_taken))
        return
    await protocol()
    _taken += 1
    if topic := scope.headers.get("topic"):
        _topics[topic] += 1
    protocol.response_empty(201, [("ttl", "60")])
