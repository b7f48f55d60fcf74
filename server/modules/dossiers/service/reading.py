"""One event as it was given: read, or refused by the field that is wrong."""

from collections.abc import Mapping

import msgspec

from server.core.text import clean
from server.core.wire import LONGEST_TEXT, Twice
from server.modules.dossiers.schemas import ReportedEvent
from server.modules.dossiers.service.intake import EventRefused, EventUnreadable, FieldTwice


def event_of(given: object, *, strict: bool = True) -> ReportedEvent | EventRefused:
    """`strict=False` takes "4" for 4: in a spreadsheet everything is text."""
    if isinstance(given, Twice):
        return FieldTwice(_named(given.field))
    try:
        return msgspec.convert(given, ReportedEvent, strict=strict)
    except UnicodeError:  # half a character in the name of a field
        return EventUnreadable("")
    except msgspec.ValidationError as error:
        # "… - at `$.status`"; a missing or unknown field is named in the sentence itself, what no person types nowhere.
        sentence, _, path = str(error).partition(" - at `$.")
        named = path.rstrip("`") or (sentence.split("`")[1] if "field `" in sentence else "")
        return EventUnreadable(_named(named or _unsayable(given)))


def _unsayable(given: object) -> str:
    for name, value in given.items() if isinstance(given, Mapping) else ():
        try:
            clean(str(value), LONGEST_TEXT)
        except ValueError:
            return str(name)
    return ""


def _named(field: str) -> str:
    return field[:60].encode(errors="replace").decode()
