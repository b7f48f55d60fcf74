"""Who we are to a push service (VAPID, RFC 8292): a key pair, and a token signed with it for each service."""

import base64
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

# A signature per service and half a day instead of one per message. The token lives an hour longer than it is used,
# and far less than the day it may (RFC 8292, 2), so that clocks that differ do not matter.
_USED = timedelta(hours=12)
_VALID = timedelta(hours=13)


class KeyPair(NamedTuple):
    """`public` is the point in base64url, as browsers want it; `private` its 32 bytes."""

    public: str
    private: bytes


def new_key_pair() -> KeyPair:
    key = ec.generate_private_key(ec.SECP256R1())
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    public = base64.urlsafe_b64encode(point).rstrip(b"=").decode()
    return KeyPair(public, key.private_numbers().private_value.to_bytes(32, "big"))


class Vapid:
    """Signs for one key pair, once per push service and half a day."""

    def __init__(self, keys: KeyPair, contact: str) -> None:
        self._public = keys.public
        self._key = ec.derive_private_key(int.from_bytes(keys.private, "big"), ec.SECP256R1())
        self._contact = contact
        self._signed: dict[str, tuple[str, datetime]] = {}

    def authorization(self, service: str, now: datetime) -> str:
        """The Authorization header for a push service, given by its origin."""
        header, at = self._signed.get(service, ("", now))
        if not header or now - at >= _USED:
            claims = {"aud": service, "exp": int((now + _VALID).timestamp()), "sub": self._contact}
            header = f"vapid t={jwt.encode(claims, self._key, algorithm='ES256')}, k={self._public}"
            self._signed[service] = header, now
        return header


@lru_cache(maxsize=4)
def vapid_of(keys: KeyPair, contact: str) -> Vapid:
    """The one signer of this process for a key pair."""
    return Vapid(keys, contact)
