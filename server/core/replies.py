"""Public replies that are ready: nothing is left to be made, and asked for once more they are sent as they are."""

import sys
from collections import OrderedDict
from typing import Any, Protocol

import msgspec
from litestar import Request, Response
from litestar.types import HTTPScope, Message, Receive, Scope, Send

_BYTES = 16 * 2**20
_OVERHEAD = 1000  # bytes of an entry beside the body: key, headers, places in the table
# What somebody typed, and where they stood, is not kept.
_PERSONAL = {"q", "lat", "lon"}

Headers = list[tuple[bytes, bytes]]
Key = tuple[str, bytes, bytes, bytes]


class Source(Protocol):
    """What replies are made from; another `etag` says that it is another now."""

    etag: str


class Ready(Response[bytes]):
    """A reply of which nothing is left to be made: Litestar's own is made twice, a third of a public read."""

    def __init__(self, status: int, headers: Headers, body: bytes) -> None:
        self.size = len(body)
        self._messages: tuple[Message, Message] = (
            {"type": "http.response.start", "status": status, "headers": headers},
            {"type": "http.response.body", "body": body, "more_body": False},
        )

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        return self

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        for message in self._messages:
            await send(message)


class _Kept(msgspec.Struct, frozen=True):
    source: Source
    made_from: str
    etag: bytes
    route: str
    full: Ready
    unchanged: Ready


class Replies:
    """What one application has sent to anyone lately, by what was asked; the longest unasked goes first.

    A public read is asked again and again: half of its time was finding the route and reading the parameters anew
    (`python -m benchmarks reads`).
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._size = 0

    def find(self, scope: HTTPScope) -> Ready | None:
        """The reply to this very request, if its source is still the same."""
        if scope["method"] != "GET" or not self._kept:
            return None
        sent = dict(scope["headers"])
        key = _key(scope, sent)
        kept = self._kept.get(key)
        if kept is None:
            return None
        if kept.source.etag != kept.made_from:
            self._kept.clear()
            self._size = 0
            return None
        self._kept.move_to_end(key)
        scope["path_template"] = kept.route  # for the log
        return kept.unchanged if kept.etag and kept.etag in sent.get(b"if-none-match", b"") else kept.full

    def keep(
        self, request: Request[Any, Any, Any], source: Source, full: Ready, unchanged: Ready, etag: bytes = b""
    ) -> None:
        """Keep a reply, unless its address holds something personal or its route asks something of the caller."""
        scope = request.scope
        if _PERSONAL & request.query_params.keys() or scope["route_handler"].resolve_guards():
            return
        key = _key(scope, dict(scope["headers"]))
        if key in self._kept:  # asked twice at once
            return
        self._kept[key] = _Kept(source, source.etag, etag, sys.intern(scope["path_template"]), full, unchanged)
        self._size += full.size + _OVERHEAD
        while self._size > _BYTES:
            _, oldest = self._kept.popitem(last=False)
            self._size -= oldest.full.size + _OVERHEAD


def _key(scope: HTTPScope, sent: dict[bytes, bytes]) -> Key:
    return (
        scope["path"],
        scope["query_string"],
        sent.get(b"accept-language", b""),
        sent.get(b"accept-encoding", b""),
    )
