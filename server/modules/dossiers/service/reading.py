"""One event as it was given: read, or refused by the field that is wrong."""

from collections.abc import Mapping
from typing import Any

import msgspec

from server.modules.dossiers.schemas import ReportedEvent
from server.modules.dossiers.service.intake import EventRefused, EventUnreadable


def event_of(given: Mapping[str, Any], *, strict: bool = True) -> ReportedEvent | EventRefused:
    """`strict=False` takes "4" for 4: in a spreadsheet everything is text."""
    try:
        return msgspec.convert(given, ReportedEvent, strict=strict)
    except msgspec.ValidationError as error:
        # "… - at `$.status`"; a missing or unknown field is named in the sentence itself.
        sentence, _, path = str(error).partition(" - at `$.")
        named = path.rstrip("`") or (sentence.split("`")[1] if "`" in sentence else "")
        return EventUnreadable(named[:60])
