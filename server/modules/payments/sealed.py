"""What SECRET_KEY has made in the tables of the payments, and how another one makes it again."""

from typing import Any

from sqlalchemy import Row

from server.core.rotation import Sealed
from server.core.settings import Settings
from server.modules.identity.public import trace_with
from server.modules.payments.models import Charge, StatementLine
from server.modules.payments.service.personal import Personal


def _charge(row: Row[Any], old: Settings, new: Settings) -> dict[str, Any]:
    before, after = Personal(old), Personal(new)
    phone = before.open_phone(row.id, row.phone) if row.phone else None
    billed = before.open_billed(row.id, row.phone) if row.phone else ""
    return {
        "said": after.close_words(row.id, before.open_words(row.id, row.said)) if row.said else None,
        "phone": after.close_phone(row.id, phone, billed=billed) if phone else None,
        "owner_index": trace_with(new, phone) if phone else None,
        "lookup_index": after.lookup_index(row.code, phone[-4:]) if phone else None,
    }


def _line(row: Row[Any], old: Settings, new: Settings) -> dict[str, Any]:
    text = Personal(old).open_line(row.id, row.said)
    return {"said": Personal(new).close_line(row.id, text) if row.said else None}


SEALED = [
    Sealed(Charge, ("said", "phone", "owner_index", "lookup_index"), _charge),
    Sealed(StatementLine, ("said",), _line),
]
