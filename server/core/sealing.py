"""Values that must not lie open in the database: AES-256-GCM with a key made from SECRET_KEY for each purpose.

A sealed value is `key version (1 byte) · nonce (12 bytes) · ciphertext`. `bound_to` (a row's id, say) is
authenticated with it, so that a value copied into another row does not open.
"""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = b"\x01"


class CannotOpen(Exception):
    """The value was sealed with another key, for another purpose, for another row, or was changed."""


def derive(secret: str, purpose: str) -> bytes:
    """32 bytes for one purpose; HMAC-SHA256 serves as the key derivation, SECRET_KEY being random already."""
    return hmac.digest(secret.encode(), f"citizen-app/{purpose}".encode(), hashlib.sha256)


class Seal:
    """Seals and opens values for one purpose."""

    def __init__(self, secret: str, purpose: str) -> None:
        self._cipher = AESGCM(derive(secret, purpose))

    def close(self, value: bytes, bound_to: str = "") -> bytes:
        nonce = os.urandom(12)
        return _VERSION + nonce + self._cipher.encrypt(nonce, value, bound_to.encode())

    def open(self, sealed: bytes, bound_to: str = "") -> bytes:
        if sealed[:1] != _VERSION:
            raise CannotOpen
        try:
            return self._cipher.decrypt(sealed[1:13], sealed[13:], bound_to.encode())
        except (InvalidTag, ValueError):
            raise CannotOpen from None
