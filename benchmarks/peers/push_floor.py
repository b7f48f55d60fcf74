"""`push_floor.py SECONDS`: the encryption alone (RFC 8291), on one core."""

import json
import os
import sys
import time

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.modules.notifications.gateways.encryption import encrypt


def say(count: int, seconds: float) -> None:
    print(json.dumps({"count": count, "seconds": seconds, "cpu": time.process_time()}))


def main() -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    point, auth = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint), os.urandom(16)
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < float(sys.argv[1]):
        encrypt(b"x" * 300, point, auth)
        count += 1
    say(count, time.perf_counter() - started)


if __name__ == "__main__":
    main()
