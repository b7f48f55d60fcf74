"""The numbers a dossier is found by: sealed, and indexed with a key."""

import hashlib
import hmac
from uuid import UUID

from server.core.sealing import Seal, derive
from server.core.settings import Settings
from server.modules.dossiers.models import ContactKind
from server.modules.dossiers.rules.codes import typed
from server.modules.identity.public import number_trace_with, trace_with


class Contacts:
    """Seals numbers and notes, and makes the index of code and digits."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._seal = Seal(settings.secret_key, "dossiers")
        self._key = derive(settings.secret_key, "dossiers-lookup")

    def owner_index(self, kind: ContactKind, number: str) -> bytes | None:
        """By which the account is found that has proved this number; None for one that no account can have proved."""
        return (trace_with if kind is ContactKind.PHONE else number_trace_with)(self._settings, number)

    def close(self, kind: ContactKind, dossier_id: UUID, number: str) -> bytes:
        return self._seal.close(number.encode(), f"{kind}:{dossier_id}")

    def open(self, kind: ContactKind, dossier_id: UUID, sealed: bytes) -> str:
        return self._seal.open(sealed, f"{kind}:{dossier_id}").decode()

    def close_note(self, row: UUID, note: str) -> bytes:
        return self._seal.close(note.encode(), f"note:{row}")

    def open_note(self, row: UUID, sealed: bytes) -> str:
        return self._seal.open(sealed, f"note:{row}").decode()

    def close_name(self, dossier_id: UUID, name: str) -> bytes:
        return self._seal.close(name.encode(), f"name:{dossier_id}")

    def open_name(self, dossier_id: UUID, sealed: bytes) -> str:
        return self._seal.open(sealed, f"name:{dossier_id}").decode()

    def close_reason(self, dossier_id: UUID, reason: str) -> bytes:
        return self._seal.close(reason.encode(), f"limit:{dossier_id}")

    def open_reason(self, dossier_id: UUID, sealed: bytes) -> str:
        return self._seal.open(sealed, f"limit:{dossier_id}").decode()

    def close_said(self, row: UUID, said: bytes) -> bytes:
        return self._seal.close(said, f"said:{row}")

    def open_said(self, row: UUID, sealed: bytes) -> bytes:
        return self._seal.open(sealed, f"said:{row}")

    def close_follower(self, row: UUID, text: str) -> bytes:
        return self._seal.close(text.encode(), f"follower:{row}")

    def open_follower(self, row: UUID, sealed: bytes) -> str:
        return self._seal.open(sealed, f"follower:{row}").decode()

    def close_refused(self, row: UUID, said: bytes) -> bytes:
        return self._seal.close(said, f"refused:{row}")

    def open_refused(self, row: UUID, sealed: bytes) -> bytes:
        return self._seal.open(sealed, f"refused:{row}")

    def close_key(self, row: UUID, key: bytes) -> bytes:
        return self._seal.close(key, f"result:{row}")

    def open_key(self, row: UUID, sealed: bytes) -> bytes:
        return self._seal.open(sealed, f"result:{row}")

    def close_signatures(self, row: UUID, signatures: bytes) -> bytes:
        return self._seal.close(signatures, f"signatures:{row}")

    def open_signatures(self, row: UUID, sealed: bytes) -> bytes:
        return self._seal.open(sealed, f"signatures:{row}")

    def digits_index(self, last_digits: str) -> bytes:
        """By which a desk finds what it registered; of no use without its own list."""
        return hmac.digest(self._key, f"desk\0{last_digits}".encode(), hashlib.sha256)[:16]

    def lookup_index(self, code: str, last_digits: str) -> bytes:
        return hmac.digest(self._key, f"{typed(code)}\0{last_digits}".encode(), hashlib.sha256)[:16]
