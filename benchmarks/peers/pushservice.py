"""A push service that takes everything: what every contender sends to, over TLS, HTTP/2 for whoever speaks it."""

import json
import time
from collections import Counter
from typing import Any

_taken = 0
_topics: Counter[str] = Counter()
# By topic: its urgency, how often each device had it (by the number its address ends with), and when each came.
_by_topic: dict[str, tuple[str, bytearray, list[float]]] = {}


async def app(scope: Any, protocol: Any) -> None:
    """RSGI, the shortest way through Granian. `GET /taken` says how many messages have come, `/topics` of which.

    `/heard/{urgency}` says of the newest topic of this urgency how many devices had it, how often in all, and when.
    """
    global _taken
    if scope.method == "GET":
        if scope.path.startswith("/heard/"):
            protocol.response_str(200, [], json.dumps(_heard(scope.path.rpartition("/")[2])))
            return
        protocol.response_str(200, [], json.dumps(_topics) if scope.path == "/topics" else str(_taken))
        return
    await protocol()
    _taken += 1
    if topic := scope.headers.get("topic"):
        _topics[topic] += 1
        _note(topic, scope.headers.get("urgency") or "", scope.path.rpartition("/")[2])
    protocol.response_empty(201, [("ttl", "60")])


def _note(topic: str, urgency: str, device: str) -> None:
    if not device.isdigit():
        return
    if topic not in _by_topic:
        _by_topic[topic] = urgency, bytearray(), []
    _, devices, times = _by_topic[topic]
    number = int(device)
    if number >= len(devices):
        devices.extend(bytes(number + 1 - len(devices) + 65_536))
    devices[number] = min(255, devices[number] + 1)
    times.append(time.time())


def _heard(wanted: str) -> dict[str, Any]:
    found = [it for it in _by_topic.values() if it[0] == wanted]
    if not found:
        return {"devices": 0, "pushes": 0, "times": []}
    _, devices, times = found[-1]
    return {"devices": len(devices) - devices.count(0), "pushes": sum(devices), "times": times}
