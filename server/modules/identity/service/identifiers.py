"""What tells who a person is: sealed with one key, found by another.

An unkeyed hash would not do: all phone numbers of a country are tried in minutes.
"""

import hashlib
import hmac
from uuid import UUID

from server.core.sealing import Seal, derive
from server.core.settings import Settings


class Identifiers:
    """Seals phone numbers and personal numbers, bound to their row, and makes the index they are found by."""

    def __init__(self, settings: Settings) -> None:
        self._seal = Seal(settings.secret_key, "identity")
        self._key = derive(settings.secret_key, "identity-index")

    def close(self, kind: str, row: UUID, value: str) -> bytes:
        return self._seal.close(value.encode(), f"{kind}:{row}")

    def open(self, kind: str, row: UUID, sealed: bytes) -> str:
        return self._seal.open(sealed, f"{kind}:{row}").decode()

    def index(self, kind: str, value: str) -> bytes:
        return hmac.digest(self._key, f"{kind}\0{value}".encode(), hashlib.sha256)[:16]


def subject_of(issuer: str, subject: str) -> str:
    """Who somebody is at an identity provider, as the index takes it."""
    return f"{issuer}\0{subject}"


def hashed(secret: str) -> bytes:
    """Plain SHA-256 is enough for 256 random bits: there is nothing to guess."""
    return hashlib.sha256(secret.encode()).digest()
