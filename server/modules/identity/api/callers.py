"""Who calls: a person by the session cookie, another system by its token."""

from urllib.parse import parse_qsl

from litestar import Request

from server.core.access import STANDARD, Caller, Connection
from server.modules.identity.api.cookies import SESSION
from server.modules.identity.service.partners import recognise_key, recognise_partner
from server.modules.identity.service.recognition import recognise

BY_ITSELF = "by-itself"
"""A page sends `By-Itself: 1` with what it asks unless somebody has just touched it: that is no use of a session."""


async def recognise_caller(connection: Connection) -> Caller | None:
    """The caller, or None for a stranger. A token goes before a cookie: no browser sends one by itself."""
    state = connection.app.state
    kind, _, token = connection.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and token:
        return await recognise_partner(state.database, state.settings, token)
    if connection.scope["path"].startswith(STANDARD):
        key = await _api_key(connection)
        return await recognise_key(state.database, key) if key else None
    sid = connection.cookies.get(SESSION)
    return await recognise(state.database, sid, used=BY_ITSELF not in connection.headers) if sid else None


async def _api_key(connection: Connection) -> str:
    """`api_key`, in the address or in the form that is sent; empty without any."""
    if key := connection.query_params.get("api_key"):
        return str(key)
    if not isinstance(connection, Request) or connection.method != "POST":
        return ""
    fields = parse_qsl((await connection.body()).decode(errors="replace"))
    return next((value for name, value in fields if name == "api_key"), "")
