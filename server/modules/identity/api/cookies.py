"""The cookies: a session's token, and marks of the browser that codes and ceremonies are bound to.

All are `__Host-`: Secure, for this host alone, for all paths. Browsers take Secure cookies from http://localhost too.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from litestar import Response
from litestar.datastructures import Cookie

from server.core.access import AnyRequest, Caller
from server.core.problems import Problem
from server.modules.identity.models import Session
from server.modules.identity.rules.sessions import device_of, ends_at
from server.modules.identity.schemas import AskedReply, CallerReply, SessionReply
from server.modules.identity.service.codes import Asked

SESSION = "__Host-sid"
BROWSER = "__Host-browser"
# A page offers passkeys by itself while somebody types. Were their mark the same, two first requests of a new browser
# would each be given one, and the later reply would take the code away that the earlier was bound to.
PASSKEYS = "__Host-passkeys"
_YEAR = 365 * 24 * 3600


def browser_of(request: AnyRequest, cookie: str = BROWSER) -> str:
    """The browser's mark, new when it has none; `marked` sends it."""
    mark = request.cookies.get(cookie, "")
    return mark if 20 <= len(mark) <= 100 else secrets.token_urlsafe(24)


def device_name(request: AnyRequest) -> str:
    return device_of(request.headers.get("user-agent", "")[:500])


def marked(reply: Any, browser: str, cookie: str = BROWSER, *, status_code: int = 200) -> Response[Any]:
    """A reply that lets the browser keep its mark."""
    return Response(reply, status_code=status_code, cookies=[_cookie(cookie, browser, _YEAR)])


def asked_reply(asked: Asked, browser: str) -> Response[AskedReply]:
    """A code is on its way, for the browser that asked for it alone."""
    reply = AskedReply(id=asked.id, expires_at=asked.expires_at, again_at=asked.again_at, shown=asked.shown)
    return marked(reply, browser, status_code=202)


@contextmanager
def keeping_mark(browser: str) -> Iterator[None]:
    """Lets the browser keep its mark when it is refused too, so that its next attempt is known as its own."""
    try:
        yield
    except Problem as refusal:
        refusal.headers["Set-Cookie"] = _cookie(BROWSER, browser, _YEAR).to_header(header="")
        raise


def signed_in_reply(session: Session, token: str, caller: Caller) -> Response[SessionReply]:
    """The reply to a sign-in, with the cookie of the new session."""
    return Response(session_reply(session, caller), cookies=[session_cookie(session, token)])


def session_cookie(session: Session, token: str) -> Cookie:
    # On a shared device it is gone with the browser.
    lasting = None if session.shared else int((session.expires_at - session.proved_at).total_seconds())
    return _cookie(SESSION, token, lasting)


def redirected(path: str, *cookies: Cookie) -> Response[None]:
    """On to a path of ours."""
    return Response(None, status_code=302, headers={"Location": path}, cookies=list(cookies))


def signed_out_reply(*, shared: bool) -> Response[SessionReply]:
    """The cookie goes; on a shared device everything this site keeps in the browser goes with it."""
    wipe = {"Clear-Site-Data": '"cache", "storage"'} if shared else {}
    return Response(SessionReply(caller=None, ended=False), cookies=[_cookie(SESSION, "", 0)], headers=wipe)


def session_reply(session: Session, caller: Caller) -> SessionReply:
    return SessionReply(
        caller=CallerReply(
            id=caller.id,
            kind=caller.kind,
            name=caller.name,
            unit=caller.unit,
            assurance=session.assurance,
            permissions=sorted(caller.permissions),
            shared=session.shared,
            proved_at=caller.proved_at,
            ends_at=ends_at(session.seen_at, session.idle, session.expires_at),
        ),
        ended=False,
    )


def _cookie(name: str, value: str, max_age: int | None) -> Cookie:
    # Lax and not Strict: who comes back from the provider or from a link in a message is still signed in.
    return Cookie(key=name, value=value, max_age=max_age, path="/", secure=True, httponly=True, samesite="lax")
