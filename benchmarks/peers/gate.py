"""The same read twice: for anyone, and for whoever is signed in. What lies between them is what recognising costs.

The cookie is put in here and not by the load, so that both requests are the same on the wire.
"""

from typing import Any
from unittest.mock import patch

from litestar import Litestar, get
from litestar.di import NamedDependency
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.residents import sign_in
from server import processes
from server.app import create_app
from server.core import logs
from server.core.access import anyone, signed_in
from server.core.settings import Settings, read_settings
from server.core.web import Frame

_READ = text("SELECT name, district, province FROM places_old_name ORDER BY name LIMIT 20")


async def _rows(session: AsyncSession) -> list[dict[str, Any]]:
    return [dict(row) for row in (await session.execute(_READ)).mappings()]


@get("/api/gate/open", guards=[anyone])
async def read_open(session: NamedDependency[AsyncSession]) -> list[dict[str, Any]]:
    """Twenty rows for anyone."""
    return await _rows(session)


@get("/api/gate/own", guards=[signed_in])
async def read_own(session: NamedDependency[AsyncSession]) -> list[dict[str, Any]]:
    """The same twenty for whoever is signed in."""
    return await _rows(session)


class _SignedIn:
    """Lays a session's cookie into every request for `own` that brings none."""

    def __init__(self, app: Frame, inner: Litestar, settings: Settings) -> None:
        self._app, self._inner, self._settings = app, inner, settings
        self._cookie = b""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        own = scope["type"] == "http" and scope["path"] == "/api/gate/own"
        if own and not any(name == b"cookie" for name, _ in scope["headers"]):
            self._cookie = self._cookie or await self._sign_in()
            scope["headers"] = [*scope["headers"], (b"cookie", self._cookie)]
        await self._app(scope, receive, send)

    async def _sign_in(self) -> bytes:
        async with self._inner.state.database.transaction() as session:
            _, _, token = await sign_in(session, self._settings, "0900000001")
        return f"__Host-sid={token}".encode()


def main() -> None:
    settings = read_settings()
    logs.configure(settings)
    app = create_app(settings)
    for handler in (read_open, read_own):
        app.register(handler)
    gate = _SignedIn(Frame(app, settings), app, settings)
    with patch.object(processes, "serve", lambda: gate):
        processes.serve_web(settings)


if __name__ == "__main__":
    main()
