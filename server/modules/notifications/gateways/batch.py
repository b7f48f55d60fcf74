"""What is handed to the thread that sends, and what comes back."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple


class Answer(NamedTuple):
    """What a push service said, and when. `status` is None when it said nothing in time; `sent_at` is None when it
    was not asked: it had asked for a pause meanwhile (429), or its address is none for a push service (no status).
    """

    status: int | None
    retry_after: int | None
    sent_at: datetime | None
    at: datetime


class Service(NamedTuple):
    """A push service and the addresses it was found at, as libcurl takes them (`CURLOPT_RESOLVE`)."""

    origin: str
    addresses: str
    loopback: bool


class Request:
    """One POST. `body` is made in the thread; ValueError means that there is nothing to send."""

    __slots__ = ("batch", "body", "headers", "number", "sent_at", "service", "url")

    def __init__(
        self, batch: "Batch", number: int, service: Service, url: str, headers: list[str], body: Callable[[], bytes]
    ) -> None:
        self.batch = batch
        self.number = number
        self.service = service
        self.url = url
        self.headers = headers
        self.body = body
        self.sent_at: datetime | None = None


class Batch:
    """Requests whose answers are wanted together. `done` is called in the thread."""

    def __init__(self, size: int, done: Callable[["Batch"], None], *, urgent: bool) -> None:
        self.requests: list[Request] = []
        self.answers: list[Answer | None] = [None] * size
        self.urgent = urgent
        self.unwanted = False  # whoever waited has left: what has not begun is dropped
        self.failure: Exception | None = None
        self._left = 0
        self._done = done

    def add(self, request: Request) -> None:
        self.requests.append(request)
        self._left += 1

    def answer(self, request: Request, status: int | None, retry_after: int | None = None) -> None:
        self.answers[request.number] = Answer(status, retry_after, request.sent_at, datetime.now(UTC))
        self._left -= 1
        if not self._left:
            self._done(self)

    def fail(self, error: Exception) -> None:
        self.failure = error
        self._done(self)
