"""What payments hold about people: sealed, and indexed with a key."""

import hashlib
import hmac
from uuid import UUID

import msgspec

from server.core.sealing import Seal, derive
from server.core.settings import Settings


class Words(msgspec.Struct, omit_defaults=True):
    """What a charge is for, and for whom, as whoever asks for the money wrote it."""

    what: str = ""
    for_whom: str = ""


class Personal:
    def __init__(self, settings: Settings) -> None:
        self._seal = Seal(settings.secret_key, "payments")
        self._key = derive(settings.secret_key, "payments-lookup")

    def close_words(self, charge_id: UUID, words: Words) -> bytes:
        return self._seal.close(msgspec.json.encode(words), f"charge:{charge_id}")

    def open_words(self, charge_id: UUID, sealed: bytes | None) -> Words:
        """Empty once the person was forgotten."""
        if sealed is None:
            return Words()
        return msgspec.json.decode(self._seal.open(sealed, f"charge:{charge_id}"), type=Words)

    def close_phone(self, charge_id: UUID, phone: str, *, billed: str = "") -> bytes:
        """`billed`: what whoever asks for the money wrote, when the person has another number since."""
        both = phone if billed in ("", phone) else f"{phone} {billed}"
        return self._seal.close(both.encode(), f"phone:{charge_id}")

    def open_phone(self, charge_id: UUID, sealed: bytes) -> str:
        return self._seal.open(sealed, f"phone:{charge_id}").decode().partition(" ")[0]

    def open_billed(self, charge_id: UUID, sealed: bytes) -> str:
        return self._seal.open(sealed, f"phone:{charge_id}").decode().rpartition(" ")[2]

    def close_line(self, line_id: UUID, text: str) -> bytes:
        return self._seal.close(text.encode(), f"line:{line_id}")

    def open_line(self, line_id: UUID, sealed: bytes | None) -> str:
        return self._seal.open(sealed, f"line:{line_id}").decode() if sealed else ""

    def lookup_index(self, code: str, last_digits: str) -> bytes:
        return hmac.digest(self._key, f"{code}\0{last_digits}".encode(), hashlib.sha256)[:16]
