"""Who calls: a person by the session cookie, another system by its token."""

from server.core.access import Caller, Connection
from server.modules.identity.api.cookies import SESSION
from server.modules.identity.service.partners import recognise_partner
from server.modules.identity.service.recognition import recognise


async def recognise_caller(connection: Connection) -> Caller | None:
    """The caller, or None for a stranger. A token goes before a cookie: no browser sends one by itself."""
    state = connection.app.state
    kind, _, token = connection.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and token:
        return await recognise_partner(state.database, state.settings, token)
    sid = connection.cookies.get(SESSION)
    return await recognise(state.database, sid) if sid else None
