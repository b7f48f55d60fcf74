"""The program that encrypts batches of pushes for whoever began it (`aside.py`), and nothing else: it stays small.

A batch and its answer are MessagePack with its size before it. It ends when its input does, however whoever asked has
ended.
"""

import signal
import sys
from contextlib import suppress
from typing import BinaryIO

import msgspec

from server.modules.notifications.gateways.encryption import Plain, encrypt

SIZE = 4
"""Bytes for the size of a batch, or of its answer."""


def sized(message: bytes) -> bytes:
    return len(message).to_bytes(SIZE) + message


def main(asks: BinaryIO, answers: BinaryIO) -> None:
    """Answer each list of `Plain` with a list of bodies, None for one that is longer than LONGEST."""
    while len(size := asks.read(SIZE)) == SIZE:
        asked = asks.read(int.from_bytes(size))
        with suppress(msgspec.DecodeError):  # whoever asked has ended in the middle
            batch = msgspec.msgpack.decode(asked, type=list[Plain])
            answers.write(sized(msgspec.msgpack.encode([_body(it) for it in batch])))
            answers.flush()


def _body(it: Plain) -> bytes | None:
    try:
        return encrypt(*it)
    except ValueError:
        return None


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is meant for whoever asks
    with suppress(BrokenPipeError):
        main(sys.stdin.buffer, sys.stdout.buffer)
