"""When something happened, as other systems and spreadsheets write it."""

import re
from datetime import datetime

from server.core.clock import HERE

_DAY_FIRST = re.compile(
    r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})"
    r"(?:[ T,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?)?",
    re.ASCII,
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2}))?", re.ASCII
)


def instant_of(given: object) -> datetime | None:
    """The instant, with its zone; None when it cannot be read.

    RFC 3339, `24/11/2026 14:30`, `20261124143000`, or a cell of a spreadsheet. What names no zone is meant as people
    here read their clocks (UTC+7); a day without an hour begins at midnight.
    """
    if isinstance(given, datetime):
        return given if given.tzinfo else given.replace(tzinfo=HERE)
    text = str(given).strip()
    found = _COMPACT.fullmatch(text) or _DAY_FIRST.fullmatch(text)
    try:
        if found:
            read = datetime(**{name: int(number or 0) for name, number in found.groupdict().items()})  # type: ignore[arg-type]
        else:
            read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=HERE)
