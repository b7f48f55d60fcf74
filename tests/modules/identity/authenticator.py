"""An authenticator in software: real keys, real signatures, and every lie a test wants it to tell."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def b64(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")


def unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Authenticator:
    """One discoverable passkey (ES256) for one site, as a phone keeps it."""

    def __init__(self, origin: str, *, counts: bool = True) -> None:
        self.origin = origin
        self.key: EllipticCurvePrivateKey = generate_private_key(SECP256R1())
        self.credential_id = secrets.token_bytes(32)
        self.count = 0
        self.user_handle = b""
        self.flags = PRESENT | VERIFIED
        self._counts = counts

    def create(self, options: dict[str, Any], **lies: Any) -> dict[str, Any]:
        """What `navigator.credentials.create()` gives for these options, as JSON."""
        self.user_handle = unb64(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        point = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + cbor2.dumps(point)
        data = self._data(lies.get("site", options["rp"]["id"]), ATTESTED) + attested
        return self._credential(
            {
                "clientDataJSON": self._client_data("webauthn.create", options, **lies),
                "attestationObject": b64(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
                "transports": ["internal"],
                "publicKeyAlgorithm": -7,
            }
        )

    def get(self, options: dict[str, Any], **lies: Any) -> dict[str, Any]:
        """What `navigator.credentials.get()` gives."""
        data = self._data(lies.get("site", options["rpId"]))
        client_data = self._client_data("webauthn.get", options, **lies)
        signature = self.key.sign(data + hashlib.sha256(unb64(client_data)).digest(), ECDSA(SHA256()))
        return self._credential(
            {
                "clientDataJSON": client_data,
                "authenticatorData": b64(data),
                "signature": b64(signature),
                "userHandle": b64(lies.get("user_handle", self.user_handle)),
            }
        )

    def _data(self, site: str, more: int = 0) -> bytes:
        self.count += self._counts
        return hashlib.sha256(site.encode()).digest() + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def _client_data(self, kind: str, options: dict[str, Any], **lies: Any) -> str:
        said = {
            "type": kind,
            "challenge": lies.get("challenge", options["challenge"]),
            "origin": lies.get("origin", self.origin),
            "crossOrigin": False,
        }
        return b64(json.dumps(said).encode())

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": b64(self.credential_id),
            "rawId": b64(self.credential_id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        }
