"""Our encryption beside the reference's: the same phone reads both."""

import base64
import os

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pywebpush import WebPusher

from server.modules.notifications.gateways.encryption import encrypt


def test_the_same_phone_reads_ours_and_that_of_pywebpush() -> None:
    phone, auth = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
    point = phone.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    plain = "Hồ sơ của bạn có tin mới".encode()
    keys = {"p256dh": base64.urlsafe_b64encode(point).decode(), "auth": base64.urlsafe_b64encode(auth).decode()}
    theirs = WebPusher({"endpoint": "https://push.example.org/1", "keys": keys}).encode(plain)["body"]
    for body in (encrypt(plain, point, auth), theirs):
        assert http_ece.decrypt(body, private_key=phone, auth_secret=auth, version="aes128gcm") == plain
