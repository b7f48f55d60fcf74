"""The numbers a dossier is found by: sealed, and indexed with a key."""

import hashlib
import hmac
from uuid import UUID

from server.core.sealing import Seal, derive
from server.core.settings import Settings
from server.modules.dossiers.models import ContactKind
from server.modules.dossiers.rules.codes import typed


class Contacts:
    """Seals numbers and notes, and makes the index of code and digits."""

    def __init__(self, settings: Settings) -> None:
        self._seal = Seal(settings.secret_key, "dossiers")
        self._key = derive(settings.secret_key, "dossiers-lookup")

    def close(self, kind: ContactKind, dossier_id: UUID, number: str) -> bytes:
        return self._seal.close(number.encode(), f"{kind}:{dossier_id}")

    def open(self, kind: ContactKind, dossier_id: UUID, sealed: bytes) -> str:
        return self._seal.open(sealed, f"{kind}:{dossier_id}").decode()

    def close_note(self, row: UUID, note: str) -> bytes:
        return self._seal.close(note.encode(), f"note:{row}")

    def open_note(self, row: UUID, sealed: bytes) -> str:
        return self._seal.open(sealed, f"note:{row}").decode()

    def lookup_index(self, code: str, last_digits: str) -> bytes:
        return hmac.digest(self._key, f"{typed(code)}\0{last_digits}".encode(), hashlib.sha256)[:16]
