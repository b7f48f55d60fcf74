"""Encryption in a process of its own: it is half of what a push costs, and Python computes on one core at a time.

Begun with the first large batch and ended when none has come for a minute, so that it takes no memory at rest.
"""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress

import msgspec
import structlog

from server.core.settings import ROOT
from server.modules.notifications.gateways import encrypter
from server.modules.notifications.gateways.encryption import Plain

log = structlog.get_logger()

_PATIENCE = 30.0  # seconds for one batch; 500 messages take a tenth of one
_IDLE = 60.0  # seconds; longer than any batch


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Aside:
    """The other process, as far as it is needed."""

    def __init__(self, *, idle: float = _IDLE) -> None:
        self._idle = idle
        self._process: Process | None = None
        self._asking, self._hearing = asyncio.Lock(), asyncio.Lock()
        self._leave: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def encrypt(self, batch: Sequence[Plain]) -> list[bytes | None] | None:
        """The bodies; None for one that is longer than a push can carry, None for all when the process is lost."""
        self._stay()
        process = None
        try:
            async with asyncio.timeout(_PATIENCE):
                # The next batch is there when this one is done; the answers come in the same order.
                async with self._asking:
                    process = self._process = self._process or await _begin()
                    await _ask(process, batch)
                async with self._hearing:
                    return await _hear(process)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            log.warning("the process that encrypts pushes is lost", error=type(error).__name__)
            self._end(process)
            return None
        except asyncio.CancelledError:
            self._end(process)  # what it has not said yet would be taken for the answer to another batch
            raise
        finally:
            self._stay()
            self._leave = asyncio.get_running_loop().call_later(self._idle, self._end, process)

    async def close(self) -> None:
        self._stay()
        if process := self._process:
            self._end(process)
            await process.wait()

    def _stay(self) -> None:
        if self._leave:
            self._leave.cancel()

    def _end(self, process: Process | None) -> None:
        if process is self._process:
            self._process = None
        if process:
            with suppress(ProcessLookupError):
                process.kill()


async def _begin() -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", encrypter.__name__, stdin=PIPE, stdout=PIPE, cwd=ROOT
    )


async def _ask(process: Process, batch: Sequence[Plain]) -> None:
    assert process.stdin
    process.stdin.write(encrypter.sized(msgspec.msgpack.encode(batch)))
    await process.stdin.drain()


async def _hear(process: Process) -> list[bytes | None]:
    assert process.stdout
    size = int.from_bytes(await process.stdout.readexactly(encrypter.SIZE))
    return msgspec.msgpack.decode(await process.stdout.readexactly(size), type=list[bytes | None])
