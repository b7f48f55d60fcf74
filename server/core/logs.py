"""Logs: one JSON object per line on standard error, UTC, without personal data.

A request is logged by its route (`/api/…/{code}`), never by its path or query, which hold what a person typed.
"""

import logging
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import BinaryIO, cast

import msgspec
import psycopg
import structlog
from structlog.typing import ExcInfo

from server.core.settings import Settings

_encode = msgspec.json.Encoder(enc_hook=str).encode


def configure(settings: Settings) -> None:
    level = getattr(logging, settings.log_level.upper())
    structlog.configure(
        processors=_PROCESSORS,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(cast(BinaryIO, _StandardError())),
        cache_logger_on_first_use=True,
    )
    # Procrastinate prints the arguments of a job that fails; core/events.py logs the failure without them.
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    # Libraries speak through `logging`; their URLs and arguments may hold secrets, so only warnings pass.
    library = logging.StreamHandler(sys.stderr)
    library.setFormatter(_Library())
    logging.basicConfig(level=logging.WARNING, handlers=[library], force=True)


class _StandardError:
    """What standard error was when this was made; when that is closed by now, what it is today. What is logged must
    never let a job or a request fail, also when the disk under it is full.
    """

    def __init__(self) -> None:
        self._file = sys.stderr.buffer

    def write(self, line: bytes) -> int:
        if self._file.closed:
            self._file = sys.stderr.buffer
        with suppress(OSError):
            return self._file.write(line)
        return 0

    def flush(self) -> None:
        with suppress(OSError):
            self._file.flush()


class _Library(logging.Formatter):
    """A library's warning as one of our lines."""

    def format(self, record: logging.LogRecord) -> str:
        said = {"event": record.getMessage(), "logger": record.name, "level": record.levelname.lower()}
        if record.exc_info and record.exc_info[1]:
            said["exception"] = _trace(record.exc_info)
        return _line(None, "", said).decode()


def _line(_logger: object, _method: str, event: structlog.typing.EventDict) -> bytes:
    # Every request waits for this: half the time of structlog's own stamp and renderer.
    event["timestamp"] = datetime.now(UTC)
    return _encode(event)


class RequestLine(msgspec.Struct, kw_only=True):
    """What is written of a request, and nothing else."""

    id: str
    method: str
    route: str
    status: int
    ms: float
    event: str = "request"
    level: str = "info"
    timestamp: datetime


def request_writer(settings: Settings) -> Callable[[RequestLine], None]:
    """Writes the line of a request. Past structlog, which would be a quarter of what a public read costs."""
    if settings.log_level not in ("debug", "info"):
        return lambda _line: None
    out = sys.stderr.buffer

    def write(line: RequestLine) -> None:
        with suppress(OSError):  # a full disk keeps nobody from reading
            out.write(_encode(line) + b"\n")
            out.flush()

    return write


def _trace(exc_info: ExcInfo) -> str:
    """A traceback without what a person gave: PostgreSQL adds the values, at times the whole row, to what it says."""
    text = "".join(traceback.format_exception(*exc_info))
    error: BaseException | None = exc_info[1]
    while error is not None:
        if isinstance(error, psycopg.Error) and error.sqlstate:
            # Class 22, data exceptions, names the value in the very sentence.
            said = error.sqlstate if error.sqlstate.startswith("22") else error.diag.message_primary
            text = text.replace(str(error), said or error.sqlstate)
        error = error.__cause__ or error.__context__
    return text


_PROCESSORS: list[structlog.typing.Processor] = [
    structlog.processors.add_log_level,
    structlog.processors.ExceptionRenderer(_trace),
    _line,
]
"""One list for the life of the process: a logger keeps the one that it first wrote by, and a test hears at that."""
