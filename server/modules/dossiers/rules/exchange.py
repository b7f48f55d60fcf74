"""What the exchange bus (LGSP, NDXP) calls the fields of a dossier's progress, and what we call them.

The names are those in practice between a ministry's system and a province's bus (progress and dossier records); no
published description of the calls was found, so that every one of them can be set (LGSP_FIELDS).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from server.modules.dossiers.rules.instants import instant_of
from server.modules.dossiers.rules.reports import id_digits, phone_digits

SOURCE = "lgsp"

_INSTANTS = ("at", "due_at", "answer_by")


class FieldUnreadable(ValueError):
    """`args[0]`: which of our fields."""


def fields_of(item: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The item with our names, its event made unique by what it says. Raises FieldUnreadable.

    Who handled it (`NguoiXuLy`) is not among them: residents are told the office. An owner's number that is none
    (a tax code, a passport) is left out: it is no reason to lose a step.
    """
    given = {ours: item.get(theirs) for ours, theirs in names.items()}
    said = {ours: value for ours, value in given.items() if value is not None and str(value).strip() != ""}
    for name in _INSTANTS:
        if name in said and (instant := instant_of(said[name])) is None:
            raise FieldUnreadable(name)
        if name in said:
            said[name] = instant
    for name, digits_of in (("owner_phone", phone_digits), ("owner_id", id_digits)):
        if name in said and digits_of(str(said[name])) is None:
            del said[name]
    for name in said.keys() - {*_INSTANTS, "status", "fee_due", "silence_consents"}:
        said[name] = str(said[name]).strip()
    event_id = "/".join(str(said.get(name)) for name in ("code", "status", "at"))[:200]
    return {"source": SOURCE, "event_id": event_id} | said


def names_of(pairs: Iterable[str]) -> dict[str, str]:
    """code=MaHoSo → {"code": "MaHoSo"}"""
    return dict(pair.split("=", 1) for pair in pairs)
