"""Sends to the push services of the browsers, and to nobody else.

An endpoint is a URL chosen by a stranger (security.md C-21): it must be on the list, all its addresses must be
global, the connection goes to an address that was checked, no redirect is followed, and little is read.
"""

import asyncio
import os
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from server.core.settings import Settings
from server.modules.notifications.gateways.aside import Aside, cores
from server.modules.notifications.gateways.batch import Answer, Batch, Request, Service
from server.modules.notifications.gateways.encryption import Plain, encrypt
from server.modules.notifications.gateways.vapid import Vapid
from server.modules.notifications.rules.push import Subscription, may_connect, service_of

if TYPE_CHECKING:
    from server.modules.notifications.gateways.transfers import Transfers

_TIMEOUT = 10.0  # seconds for connecting, sending and reading, and as much again for finding the address
_KEPT = 60.0  # seconds an address is used before it is looked up and checked again
_MANY = 100  # so many are worth another process

LookUp = Callable[[str, int], Awaitable[list[str]]]


class Push(NamedTuple):
    """One message to one device. `ttl` in seconds; `topic` at most 32 characters of base64url."""

    to: Subscription
    plain: bytes
    ttl: int
    urgency: str
    topic: str


class _Refused(Exception):
    """The name leads to an address no push service has."""


async def look_up(host: str, port: int) -> list[str]:
    """All addresses the system's resolver gives for a name."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class PushGateway:
    """Pooled connections to the push services."""

    def __init__(
        self,
        services: Collection[str],
        *,
        at_once: int = 64,
        timeout: float = _TIMEOUT,
        look_up: LookUp = look_up,
        kept: float = _KEPT,
    ) -> None:
        self._services = services
        # http:// is on the list only in a demo and only for loopback (core/settings.py).
        self._loopback = {urlsplit(service).hostname for service in services if service.startswith("http://")}
        self._at_once = at_once
        self._timeout = timeout
        self._look_up = look_up
        self._kept = kept
        self._found: dict[str, tuple[Service, float]] = {}
        self._transfers: Transfers | None = None
        self._aside = Aside() if cores() > 1 else None

    async def send(self, pushes: Sequence[Push], *, vapid: Vapid, urgent: bool = True) -> list[Answer]:
        """One attempt for each, concurrently; the answers in the same order."""
        loop = asyncio.get_running_loop()
        finished: asyncio.Future[None] = loop.create_future()

        def tell(batch: Batch) -> None:
            loop.call_soon_threadsafe(_finish, finished, batch)

        origins = [service_of(push.to.endpoint, self._services) for push in pushes]
        known = sorted({origin for origin in origins if origin})
        services = dict(zip(known, await asyncio.gather(*map(self._find, known)), strict=True))
        made = await self._made_aside(pushes)
        now = datetime.now(UTC)
        batch = Batch(len(pushes), tell, urgent=urgent)
        for number, (push, origin) in enumerate(zip(pushes, origins, strict=True)):
            service = services[origin] if origin else _Refused()
            if isinstance(service, Exception):
                asked = None if isinstance(service, _Refused) else now
                batch.answers[number] = Answer(None, None, asked, now)
                continue
            headers = [
                "Authorization: " + vapid.authorization(service.origin, now),
                "Content-Encoding: aes128gcm",
                "Content-Type: application/octet-stream",
                f"TTL: {push.ttl}",
                "Urgency: " + push.urgency,
                "Topic: " + push.topic,
                "Expect:",
            ]
            body = partial(_given, made[number]) if made else partial(encrypt, *_plain(push))
            batch.add(Request(batch, number, service, push.to.endpoint, headers, body))
        if batch.requests:
            self._thread().submit(batch)
            try:
                await finished
            finally:
                batch.unwanted = True
        return [answer for answer in batch.answers if answer]

    async def _made_aside(self, pushes: Sequence[Push]) -> list[bytes | None] | None:
        """Their bodies, if they are many and there is another core; else the thread makes each when its turn comes."""
        if self._aside is None or len(pushes) < _MANY:
            return None
        return await self._aside.encrypt([_plain(it) for it in pushes])

    async def _find(self, origin: str) -> Service | Exception:
        """The service with checked addresses; why not, when there are none."""
        found, until = self._found.get(origin, (None, 0.0))
        if found and monotonic() < until:
            return found
        url = urlsplit(origin)
        host, port = url.hostname or "", url.port or {"https": 443, "http": 80}[url.scheme]
        loopback = host in self._loopback
        try:
            addresses = await asyncio.wait_for(self._look_up(host, port), self._timeout)
        except (OSError, TimeoutError) as error:
            return error
        # One bad address is enough: a name that mixes them is not an honest one.
        if not addresses or not all(may_connect(address, loopback=loopback) for address in addresses):
            return _Refused(host)
        pinned = ",".join(f"[{address}]" if ":" in address else address for address in dict.fromkeys(addresses))
        service = Service(origin, f"{host}:{port}:{pinned}", loopback)
        self._found[origin] = service, monotonic() + self._kept
        return service

    def _thread(self) -> "Transfers":
        # Not before there is something to send: until then it would only take memory.
        from server.modules.notifications.gateways.transfers import Transfers

        if self._transfers is None or not self._transfers.is_alive():
            self._transfers = Transfers(at_once=self._at_once, timeout=self._timeout, certificates=_certificates())
            self._transfers.start()
        return self._transfers

    async def close(self) -> None:
        if self._transfers:
            self._transfers.close()
            await asyncio.to_thread(self._transfers.join)
        if self._aside:
            await self._aside.close()


def _plain(push: Push) -> Plain:
    return push.plain, push.to.p256dh, push.to.auth


def _given(body: bytes | None) -> bytes:
    if body is None:
        raise ValueError("longer than a push can carry")
    return body


def _finish(finished: asyncio.Future[None], batch: Batch) -> None:
    if finished.done():
        return
    if batch.failure:
        finished.set_exception(batch.failure)
    else:
        finished.set_result(None)


def _certificates() -> str:
    """Whom we believe: the bundle that comes along, or the one the machine's owner names as for any program."""
    import certifi

    return os.environ.get("SSL_CERT_FILE") or certifi.where()


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
    gateway = PushGateway(settings.push_services, at_once=settings.push_at_once)
    try:
        yield gateway
    finally:
        del _open[asyncio.get_running_loop(), settings]
        await gateway.close()
