"""Asks the exchange bus what happened to dossiers: a token for our client's secret, then page after page.

We ask and it answers: nothing opens a connection inward to us.
"""

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

import msgspec

from server.core.lazy import later
from server.core.settings import Settings
from server.modules.dossiers.rules.given import read

if TYPE_CHECKING:
    import aiohttp
else:
    aiohttp = later("aiohttp")

_TIMEOUT = 20.0  # seconds for one call
_LONGEST_ANSWER = 16 * 1024 * 1024
_RENEWED = 60.0  # seconds before a token ends
PAGE = 500


class ExchangeAway(Exception):
    """It did not answer, or not what was agreed. The message is for the operator; it holds nothing personal."""


class Page(msgspec.Struct, frozen=True):
    """What happened after a position, and the next position."""

    items: list[Any] = msgspec.field(name="DanhSach")
    cursor: str = msgspec.field(name="ConTro")


class _Token(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: float = 300.0


class Exchange:
    """One bus. The token is kept between two questions, as long as it is good."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._token = ""
        self._good_until = 0.0

    async def after(self, cursor: str | None) -> Page:
        """What happened after this position; None: from the beginning. Raises ExchangeAway."""
        async with aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=_TIMEOUT), cookie_jar=aiohttp.DummyCookieJar()
        ) as http:
            status, body = await self._ask(http, cursor)
            if status == 401:
                # It may have forgotten our token, as after a restart: once, with a new one.
                self._token = ""
                status, body = await self._ask(http, cursor)
        if status != 200:
            raise ExchangeAway(f"it answered {status}")
        try:
            return msgspec.convert(read(body), Page)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            raise ExchangeAway("its answer is not of the agreed shape") from None

    async def _ask(self, http: "aiohttp.ClientSession", cursor: str | None) -> tuple[int, bytes]:
        if not self._token or time.monotonic() > self._good_until:
            await self._renew(http)
        asked = {"ConTro": cursor, "SoLuong": PAGE}
        return await _post(
            http, self._settings.lgsp_url, json=asked, headers={"Authorization": f"Bearer {self._token}"}
        )

    async def _renew(self, http: "aiohttp.ClientSession") -> None:
        # RFC 6749, 2.3.1: each part encoded as in a form, before both are joined.
        ours = (quote_plus(part) for part in (self._settings.lgsp_client_id, self._settings.lgsp_client_secret))
        headers = {"Authorization": aiohttp.encode_basic_auth(*ours)}
        status, body = await _post(
            http, self._settings.lgsp_token_url, data={"grant_type": "client_credentials"}, headers=headers
        )
        if status != 200:
            raise ExchangeAway(f"it gave no token: {status}")
        try:
            token = msgspec.json.decode(body, type=_Token, strict=False)
        except msgspec.MsgspecError:
            raise ExchangeAway("its token is not of the agreed shape") from None
        self._token, self._good_until = token.access_token, time.monotonic() + token.expires_in - _RENEWED


async def _post(http: "aiohttp.ClientSession", url: str, **request: Any) -> tuple[int, bytes]:
    try:
        async with http.post(url, allow_redirects=False, **request) as answer:
            body = await answer.content.read(_LONGEST_ANSWER + 1)
            while len(body) <= _LONGEST_ANSWER and (more := await answer.content.read(_LONGEST_ANSWER)):
                body += more
            status = answer.status
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise ExchangeAway(type(error).__name__) from None
    if len(body) > _LONGEST_ANSWER:
        raise ExchangeAway("its answer is longer than was asked for")
    return status, body


_of: dict[Settings, Exchange] = {}


def exchange_of(settings: Settings) -> Exchange | None:
    """The bus of these settings, one for the process; None when none is set."""
    if not settings.lgsp_url:
        return None
    return _of.setdefault(settings, Exchange(settings))
