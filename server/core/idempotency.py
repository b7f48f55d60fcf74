"""Creating POSTs that may be sent twice: the header `Idempotency-Key` (IETF draft-ietf-httpapi-idempotency-key-header).

Same key and same body: the first reply again. Same key, other body: 422. Still running: 409. The reply is saved in
the transaction of the change, sealed with the key itself: without it nobody can read it, not even from a dump.
"""

import functools
import hashlib
from datetime import timedelta
from typing import Any

import msgspec
from litestar import Request, Response, post
from litestar.response.base import ASGIResponse
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from server.core.database import Table, alone
from server.core.problems import Problem
from server.core.retention import Keep
from server.core.sealing import Seal
from server.core.words import Words

KEPT = timedelta(hours=48)


class KeyRefused(Problem):
    status = 400
    title = Words("Mã chống gửi trùng không hợp lệ", "The Idempotency-Key is not valid", "Idempotency-Key មិនត្រឹមត្រូវ")


class KeyUsedForAnother(Problem):
    status = 422
    title = Words(
        "Mã chống gửi trùng đã dùng cho nội dung khác",
        "This Idempotency-Key was used with another body",
        "Idempotency-Key នេះបានប្រើសម្រាប់ខ្លឹមសារផ្សេង",
    )


class StillRunning(Problem):
    status = 409
    title = Words("Yêu cầu trước đang được xử lý", "The first request is still running", "សំណើមុនកំពុងដំណើរការនៅឡើយ")


class FirstReply(Table):
    """The reply to the first request with a key; only whoever has the key can open it."""

    __tablename__ = "core_first_reply"

    key_hash: Mapped[str] = mapped_column(unique=True)
    body_hash: Mapped[str]
    status: Mapped[int]
    sealed: Mapped[bytes]


class Replay(Exception):
    """Not an error: the request was answered before, and this is the answer."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status, self.body = status, body


class _Claim(msgspec.Struct):
    key: str
    key_hash: str
    body_hash: str
    status: int = 0
    body: bytes = b""


async def claim(session: AsyncSession, request: Request[Any, Any, Any]) -> None:
    """At the start of a request's transaction: take its key, or answer as the first time."""
    key = request.headers.get("idempotency-key", "").strip('"')
    if not key or request.method != "POST":
        return
    if not 16 <= len(key) <= 200 or not key.isascii() or not key.isprintable():
        raise KeyRefused
    caller = request.scope.get("user")
    scope = f"{caller.id if caller else ''}|{request.scope['path']}|{key}"
    key_hash = hashlib.sha256(scope.encode()).hexdigest()
    body_hash = hashlib.sha256(await request.body()).hexdigest()
    if not await alone(session, key_hash):
        raise StillRunning
    first = await session.scalar(select(FirstReply).where(FirstReply.key_hash == key_hash))
    if first is None:
        request.scope["claim"] = _Claim(key, key_hash, body_hash)  # type: ignore[typeddict-unknown-key]
    elif first.body_hash != body_hash:
        raise KeyUsedForAnother
    else:
        raise Replay(first.status, Seal(key, "idempotency").open(first.sealed, key_hash))


class KeptReply(Response[Any]):
    """A response that lets its transaction know what it says, before the transaction ends."""

    def to_asgi_response(self, app: Any = None, request: Any = None, **options: Any) -> ASGIResponse:
        rendered = super().to_asgi_response(app, request, **options)
        if first := request.scope.get("claim"):
            first.status, first.body = rendered.status_code, rendered.body
        return rendered


create = functools.partial(post, response_class=KeptReply)
"""`@create(…)` instead of `@post(…)`: a route whose first reply is given again to the same Idempotency-Key."""


def remember(session: AsyncSession, request: Request[Any, Any, Any]) -> None:
    """At the end of a request's transaction: keep the reply for whoever asks again."""
    first: _Claim | None = request.scope.get("claim")  # type: ignore[assignment]
    if first is not None and first.status:
        sealed = Seal(first.key, "idempotency").close(first.body, first.key_hash)
        session.add(FirstReply(key_hash=first.key_hash, body_hash=first.body_hash, status=first.status, sealed=sealed))


def on_replay(_request: Request[Any, Any, Any], replay: Replay) -> Response[bytes]:
    return Response(
        replay.body,
        status_code=replay.status,
        media_type="application/json",
        headers={"Idempotent-Replayed": "true", "Cache-Control": "no-store"},
    )


KEEP = Keep(FirstReply, "48 hours", lambda now: FirstReply.created_at < now - KEPT)
