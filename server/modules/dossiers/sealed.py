"""What SECRET_KEY has made in the tables of the dossiers, and how another one makes it again."""

from typing import Any

from sqlalchemy import Row, select

from server.core.rotation import Sealed
from server.core.settings import Settings
from server.modules.dossiers.models import Contact, ContactKind, Dossier, Happening
from server.modules.dossiers.service.contacts import Contacts
from server.modules.identity.public import trace_with


def _happening(row: Row[Any], old: Settings, new: Settings) -> dict[str, Any]:
    note = Contacts(old).open_note(row.id, row.note) if row.note else None
    return {"note": Contacts(new).close_note(row.id, note) if note else None}


def _contact(row: Row[Any], old: Settings, new: Settings) -> dict[str, Any]:
    after, number = Contacts(new), Contacts(old).open(row.kind, row.dossier_id, row.sealed)
    return {
        "sealed": after.close(row.kind, row.dossier_id, number),
        "owner_index": trace_with(new, number) if row.kind is ContactKind.PHONE else None,
        "lookup_index": after.lookup_index(row.code, number[-4:]),
    }


# A contact is found by its dossier's code, too.
_CONTACTS = select(Contact.__table__, Dossier.code).join(Dossier, Dossier.id == Contact.dossier_id)

SEALED = [
    Sealed(Happening, ("note",), _happening),
    Sealed(Contact, ("sealed", "owner_index", "lookup_index"), _contact, _CONTACTS),
]
