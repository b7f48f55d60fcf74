"""Logs: one JSON object per line on standard error, UTC, without personal data.

A request is logged by its route (`/api/…/{code}`), never by its path or query, which hold what a person typed.
"""

import logging
import sys

import msgspec
import structlog

from server.core.settings import Settings


def configure(settings: Settings) -> None:
    level = getattr(logging, settings.log_level.upper())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=lambda event, **_: msgspec.json.encode(event, enc_hook=str)),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
    # Libraries speak through `logging`; their URLs and arguments may hold secrets, so only warnings pass.
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, force=True, format="%(levelname)s %(name)s %(message)s"
    )
