"""A push service that takes everything: what every contender sends to, over TLS, HTTP/2 for whoever speaks it."""

from typing import Any

_taken = 0


async def app(scope: Any, protocol: Any) -> None:
    """RSGI, the shortest way through Granian. `GET /taken` says how many messages have come."""
    global _taken
    if scope.method == "GET":
        protocol.response_str(200, [], str(_taken))
        return
    await protocol()
    _taken += 1
    protocol.response_empty(201, [("ttl", "60")])
