"""What SECRET_KEY has made in the tables of the dossiers, and how another one makes it again."""

from typing import Any

from sqlalchemy import Row, select

from server.core.rotation import Ending, Sealed
from server.core.settings import Settings
from server.modules.dossiers.models import (
    Contact,
    Deed,
    Dossier,
    Filing,
    Follower,
    Happening,
    RefusedEvent,
    Result,
    SlipText,
)
from server.modules.dossiers.service.contacts import Contacts
from server.modules.identity.public import trace_with


def _happening(row: Row[Any], old: Settings, new: Settings) -> dict[str, Any]:
    note = Contacts(old).open_note(row.id, row.note) if row.note else None
    return {"note": Contacts(new).close_note(row.id, note) if note else None}


def _contact(row: Row[Any], old: Settings, new: Settings) -> dict[str, Any]:
    after, number = Contacts(new), Contacts(old).open(row.kind, row.dossier_id, row.sealed)
    return {
        "sealed": after.close(row.kind, row.dossier_id, number),
        "owner_index": after.owner_index(row.kind, number),
        "lookup_index": after.lookup_index(row.code, number[-4:]),
        "digits_index": after.digits_index(number[-4:]) if row.digits_index else None,
    }


def _filing(row: Row[Any], old: Settings, new: Settings) -> dict[str, Any]:
    before, after = Contacts(old), Contacts(new)
    name = before.open_name(row.dossier_id, row.name) if row.name else None
    reason = before.open_reason(row.dossier_id, row.limit_reason) if row.limit_reason else None
    return {
        "name": after.close_name(row.dossier_id, name) if name is not None else None,
        "limit_reason": after.close_reason(row.dossier_id, reason) if reason is not None else None,
    }


def _deed(row: Row[Any], old: Settings, new: Settings) -> dict[str, Any]:
    said = Contacts(old).open_said(row.id, row.said) if row.said else None
    return {"said": Contacts(new).close_said(row.id, said) if said is not None else None}


def _result(row: Row[Any], old: Settings, new: Settings) -> dict[str, Any]:
    before, after = Contacts(old), Contacts(new)
    return {
        "key": after.close_key(row.id, before.open_key(row.id, row.key)),
        "signatures": after.close_signatures(row.id, before.open_signatures(row.id, row.signatures))
        if row.signatures
        else None,
    }


def _follower(row: Row[Any], old: Settings, new: Settings) -> dict[str, Any]:
    before, after = Contacts(old), Contacts(new)
    opened = {
        name: before.open_follower(row.id, sealed) if (sealed := getattr(row, name)) else None
        for name in ("phone", "name", "document")
    }
    phone = opened["phone"]
    closed = {name: after.close_follower(row.id, value) if value else None for name, value in opened.items()}
    return closed | {"phone_index": trace_with(new, phone) if phone else None}


def _refused(row: Row[Any], old: Settings, new: Settings) -> dict[str, Any]:
    before, after = Contacts(old), Contacts(new)
    return {
        name: after.close_refused(row.id, before.open_refused(row.id, sealed))
        if (sealed := getattr(row, name))
        else None
        for name in ("item", "reason")
    }


# A contact is found by its dossier's code, too.
_CONTACTS = select(Contact.__table__, Dossier.code).join(Dossier, Dossier.id == Contact.dossier_id)

SEALED: list[Sealed | Ending] = [
    Sealed(Happening, ("note",), _happening),
    Sealed(Contact, ("sealed", "owner_index", "lookup_index", "digits_index"), _contact, _CONTACTS),
    Sealed(Filing, ("name", "limit_reason"), _filing),
    Sealed(Deed, ("said",), _deed),
    Sealed(Follower, ("phone", "phone_index", "name", "document"), _follower),
    Sealed(RefusedEvent, ("item", "reason"), _refused),
    Sealed(Result, ("key", "signatures"), _result),
    # The phone itself may be another one by now.
    Ending(SlipText, ("phone_index",), "notes of which slips went as texts, which may be sent again"),
]
