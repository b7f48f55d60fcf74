"""Sends to the push services of the browsers, and to nobody else.

An endpoint is a URL chosen by a stranger (security.md C-21): it must be on the list, all its addresses must be
global, the connection goes to an address that was checked, no redirect is followed, and little is read.
"""

import asyncio
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from server.core.settings import Settings
from server.modules.notifications.gateways.encryption import encrypt
from server.modules.notifications.gateways.vapid import Vapid
from server.modules.notifications.rules.push import Subscription, may_connect, service_of

_TIMEOUT = 10.0  # seconds for everything: finding the address, connecting, sending, reading
_LONGEST_ANSWER = 64 * 1024

LookUp = Callable[[str, int], Awaitable[list[str]]]


class EndpointRefused(Exception):
    """The endpoint is not on the list, or its name leads to an address no push service has."""


class Answer(NamedTuple):
    """What a push service said; `status` is None when it said nothing in time."""

    status: int | None
    retry_after: str | None = None


async def look_up(host: str, port: int) -> list[str]:
    """All addresses the system's resolver gives for a name."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class _CheckedResolver(AbstractResolver):
    """Hands the connector only addresses that were checked, so that a name cannot change its mind in between."""

    def __init__(self, services: Collection[str], look_up: LookUp) -> None:
        # http:// is on the list only in a demo and only for loopback (core/settings.py).
        self._loopback = {urlsplit(service).hostname for service in services if service.startswith("http://")}
        self._look_up = look_up

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        addresses = await self._look_up(host, port)
        # One bad address is enough: a name that mixes them is not an honest one.
        if not all(may_connect(address, loopback=host in self._loopback) for address in addresses):
            raise EndpointRefused(host)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        pass


class PushGateway:
    """Pooled connections to the push services."""

    def __init__(self, services: Collection[str], *, timeout: float = _TIMEOUT, look_up: LookUp = look_up) -> None:
        self._services = services
        self._http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=_CheckedResolver(services, look_up), use_dns_cache=False),
            timeout=aiohttp.ClientTimeout(total=timeout),
            cookie_jar=aiohttp.DummyCookieJar(),
            # A small answer that unpacks to a large one must not be unpacked.
            auto_decompress=False,
        )

    async def send(self, to: Subscription, plain: bytes, *, vapid: Vapid, ttl: int, urgency: str, topic: str) -> Answer:
        """One attempt. `ttl` in seconds; `topic` at most 32 characters of base64url. Raises EndpointRefused."""
        service = service_of(to.endpoint, self._services)
        if service is None:
            raise EndpointRefused
        headers = {
            "Authorization": vapid.authorization(service, datetime.now(UTC)),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(ttl),
            "Urgency": urgency,
            "Topic": topic,
        }
        body = encrypt(plain, to.p256dh, to.auth)
        # As it was checked: a URL that is quoted anew may become another one.
        url = URL(to.endpoint, encoded=True)
        try:
            async with self._http.post(url, data=body, headers=headers, allow_redirects=False) as response:
                answer = Answer(response.status, response.headers.get("Retry-After"))
                # The answer counts from its first line on; the rest is read only to use the connection again.
                with suppress(aiohttp.ClientError, TimeoutError):
                    await _read_little(response.content)
                return answer
        except (aiohttp.ClientError, TimeoutError, OSError):
            return Answer(None)

    async def close(self) -> None:
        await self._http.close()


async def _read_little(content: aiohttp.StreamReader) -> None:
    read = 0
    async for chunk in content.iter_any():
        read += len(chunk)
        if read > _LONGEST_ANSWER:
            return  # what is left makes the connection close


_Life = AsyncGenerator[PushGateway, None]
_open: dict[tuple[asyncio.AbstractEventLoop, Settings], tuple[PushGateway, _Life]] = {}


async def push_gateway(settings: Settings) -> PushGateway:
    """The gateway of this process, made when it is first needed and closed when its event loop ends."""
    key = asyncio.get_running_loop(), settings
    if key not in _open:
        life = _live(settings)
        _open[key] = await anext(life), life
    return _open[key][0]


async def _live(settings: Settings) -> _Life:
    # asyncio closes the generators that have begun when it ends a loop: the one place a worker has for good-byes.
    gateway = PushGateway(settings.push_services)
    try:
        yield gateway
    finally:
        del _open[asyncio.get_running_loop(), settings]
        await gateway.close()
