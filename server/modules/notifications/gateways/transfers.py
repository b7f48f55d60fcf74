"""POST requests by the thousand: libcurl, in a thread of its own beside the event loop.

Encryption and HTTP take most of what a push costs, and would keep everybody else in the loop waiting. Urgent requests
overtake the others, which may never take all the places.
"""

import queue
import socket
import threading
from collections import deque
from datetime import UTC, datetime
from functools import partial

import pycurl
import structlog

from server.modules.notifications.gateways.batch import Batch, Request
from server.modules.notifications.rules.push import may_connect

log = structlog.get_logger()

_LONGEST_ANSWER = 64 * 1024
_KEPT_IDLE = 30  # seconds
_AT_A_TIME = 32  # requests begun before the connections are looked after again
_LOOK = 0.003  # seconds until new requests are noticed while others are on their way


class _Lane:
    """What waits for one push service, and how much is on its way to it."""

    def __init__(self) -> None:
        self.urgent: deque[Request] = deque()
        self.others: deque[Request] = deque()
        self.urgent_going = 0
        self.others_going = 0


class Transfers(threading.Thread):
    """Sends what is handed to `submit`, at most `at_once` requests to one push service at a time.

    No redirect is followed, no proxy asked, little is read, and no connection is opened to an address that no push
    service has, whatever a name led to.
    """

    def __init__(self, *, at_once: int, timeout: float, certificates: str) -> None:
        super().__init__(name="push", daemon=True)
        self._at_once = at_once
        self._for_others = max(1, at_once * 3 // 4)
        self._timeout = timeout
        self._certificates = certificates
        self._inbox: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._lanes: dict[str, _Lane] = {}
        self._idle: list[pycurl.Curl] = []
        self._going: dict[pycurl.Curl, Request] = {}
        # What libcurl keeps from one request to the next.
        self._told: dict[pycurl.Curl, tuple[bool, list[str]]] = {}
        self._pinned: dict[str, str] = {}
        self._open: set[Batch] = set()
        self._closing = False

    def submit(self, batch: Batch) -> None:
        self._inbox.put(batch)

    def close(self) -> None:
        """What is on its way is left. The thread ends soon."""
        self._inbox.put(None)

    def run(self) -> None:
        self._multi = pycurl.CurlMulti()
        try:
            while True:
                waiting = self._take_in()
                if self._closing:
                    break
                begun = waiting and self._begin_some()
                self._multi.perform()
                if not self._end_some() and not begun and self._going:
                    self._multi.select(_LOOK)
        except Exception as error:  # whoever waits must be told, whatever it was
            log.error("push thread ends", exc_info=error)
            for batch in self._open:
                batch.fail(error)
        finally:
            for curl in self._going:
                self._multi.remove_handle(curl)
                curl.close()
            for curl in self._idle:
                curl.close()
            self._multi.close()

    def _take_in(self) -> bool:
        """New batches, waiting for one when there is nothing else to do; whether any request waits for its turn."""
        waiting = any(lane.urgent or lane.others for lane in self._lanes.values())
        try:
            while True:
                batch = self._inbox.get(block=not waiting and not self._going)
                if batch is None:
                    self._closing = True
                    return False
                self._open = {it for it in self._open if None in it.answers} | {batch}
                for request in batch.requests:
                    lane = self._lanes.setdefault(request.service.origin, _Lane())
                    (lane.urgent if batch.urgent else lane.others).append(request)
                waiting = True
        except queue.Empty:
            return waiting

    def _begin_some(self) -> int:
        begun = 0
        for lane in self._lanes.values():
            while begun < _AT_A_TIME and lane.urgent and lane.urgent_going + lane.others_going < self._at_once:
                lane.urgent_going += self._begin(lane.urgent.popleft())
                begun += 1
            while begun < _AT_A_TIME and lane.others and lane.urgent_going + lane.others_going < self._for_others:
                lane.others_going += self._begin(lane.others.popleft())
                begun += 1
        return begun

    def _begin(self, request: Request) -> bool:
        if request.batch.unwanted:
            request.batch.answer(request, None)
            return False
        try:
            body = request.body()
        except ValueError:
            request.batch.answer(request, None)
            return False
        curl = self._idle.pop() if self._idle else self._new()
        service = request.service
        if self._pinned.get(service.origin) != service.addresses:
            curl.setopt(pycurl.RESOLVE, [service.addresses])
            self._pinned[service.origin] = service.addresses
        if self._told.get(curl) != (service.loopback, request.headers):
            curl.setopt(pycurl.OPENSOCKETFUNCTION, _OPEN[service.loopback])
            curl.setopt(pycurl.HTTPHEADER, request.headers)
            self._told[curl] = service.loopback, request.headers
        curl.setopt(pycurl.URL, request.url)
        curl.setopt(pycurl.POSTFIELDS, body)
        request.sent_at = datetime.now(UTC)
        self._multi.add_handle(curl)
        self._going[curl] = request
        return True

    def _new(self) -> pycurl.Curl:
        curl = pycurl.Curl()
        for option, value in (
            (pycurl.POST, 1),
            (pycurl.NOSIGNAL, 1),
            (pycurl.FOLLOWLOCATION, 0),
            (pycurl.NOPROXY, "*"),
            # As it was checked: a path that is tidied up may become another one.
            (pycurl.PATH_AS_IS, 1),
            (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS),
            (pycurl.PIPEWAIT, 1),
            (pycurl.CAINFO, self._certificates),
            (pycurl.TIMEOUT_MS, int(self._timeout * 1000)),
            # Idle for longer, the other side may close it just when it is used again.
            (pycurl.MAXAGE_CONN, _KEPT_IDLE),
            (pycurl.MAXFILESIZE, _LONGEST_ANSWER),
            (pycurl.WRITEFUNCTION, len),
        ):
            curl.setopt(option, value)
        return curl

    def _end_some(self) -> int:
        ended = 0
        while True:
            left, done, failed = self._multi.info_read()
            for curl in done:
                self._end(curl)
            for curl, code, why in failed:
                log.warning("push not answered", code=code, why=why)  # names the service at most, never the address
                self._end(curl)
            ended += len(done) + len(failed)
            if not left:
                return ended

    def _end(self, curl: pycurl.Curl) -> None:
        request = self._going.pop(curl)
        self._multi.remove_handle(curl)
        self._idle.append(curl)
        lane = self._lanes[request.service.origin]
        if request.batch.urgent:
            lane.urgent_going -= 1
        else:
            lane.others_going -= 1
        # The answer counts from its first line on, even when the rest is too long or never ends.
        status = curl.getinfo(pycurl.RESPONSE_CODE) or None
        retry_after = curl.getinfo(pycurl.RETRY_AFTER) or None if status in (429, 503) else None
        request.batch.answer(request, status, retry_after)
        if status == 429:
            # Nothing more for this service: what waits for it has its answer already.
            for waiting in (lane.urgent, lane.others):
                while waiting:
                    other = waiting.popleft()
                    other.batch.answer(other, 429, retry_after)


class _Socket(socket.socket):
    """libcurl keeps a copy, and this one is left to the collector."""

    def __del__(self) -> None:
        self.close()


def _open(purpose: int, address: tuple[int, int, int, tuple[str, int]], *, loopback: bool) -> socket.socket | int:
    family, kind, protocol, (host, *_) = address
    if not may_connect(host, loopback=loopback):
        return int(pycurl.SOCKET_BAD)
    return _Socket(family, kind, protocol)


_OPEN = {loopback: partial(_open, loopback=loopback) for loopback in (False, True)}
