"""The app as `make run` starts it, on a port of its own, for as long as somebody looks at it."""

import asyncio
import os
import secrets
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import httpx
import psycopg

from server.core.settings import ROOT
from tests import canaries


@asynccontextmanager
async def running(command: str = "run", **settings: str) -> AsyncIterator[str]:
    """`python -m server COMMAND` with these settings; its origin, once it is ready."""
    port = free_port()
    async with started(command, PORT=str(port), **settings) as (process, said):
        if not await is_ready(port, process):
            said.seek(0)
            raise NotStarted(said.read().decode(errors="replace"))
        yield f"http://localhost:{port}"


@asynccontextmanager
async def working(origin: str, **settings: str) -> AsyncIterator[None]:
    """The worker beside a web process, once it takes up work: a page asks only for a while what came of something."""
    before = await _newest_worker(settings["DATABASE_URL"])
    async with started("worker", BASE_URL=origin, **settings) as (process, said):
        async with asyncio.timeout(120):
            while await _newest_worker(settings["DATABASE_URL"]) <= before:
                if process.returncode is not None:
                    said.seek(0)
                    raise NotStarted(said.read().decode(errors="replace"))
                await asyncio.sleep(0.1)
        yield


async def _newest_worker(database_url: str) -> int:
    async with await psycopg.AsyncConnection.connect(database_url) as connection:
        rows = await connection.execute("SELECT coalesce(max(id), 0) FROM procrastinate_workers")
        return int((await rows.fetchone() or (0,))[0])


@asynccontextmanager
async def started(command: str, **settings: str) -> AsyncIterator[tuple[Process, BinaryIO]]:
    with _folder() as folder, (folder / "said").open("w+b") as said:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "server", command),
            cwd=ROOT,
            env=os.environ | {"VAR": str(folder)} | settings,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
        try:
            yield process, said
        finally:
            if process.returncode is None:
                process.terminate()
            await ended(process)
        said.seek(0)
        logs = [said.read(), *(log.read_bytes() for log in folder.glob("log/*.log"))]
        found = canaries.in_log(b"".join(logs).decode(errors="replace"))
        assert not found, f"of somebody, in clear in the log: {', '.join(sorted(found))}"


async def ended(process: Process) -> None:
    """Waits for one that was asked to end. Raises DidNotEnd, and ends it."""
    try:
        await asyncio.wait_for(process.wait(), 60)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise DidNotEnd from None


class DidNotEnd(Exception):
    pass


class NotStarted(Exception):
    pass


@contextmanager
def _folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="citizen-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)  # the embedded PostgreSQL of a root user runs as another user, who must get in
        yield folder


def free_port() -> int:
    """Below those that a system gives to whoever asks for any: nobody else has it before it is used."""
    while True:
        port = 10_000 + secrets.randbelow(20_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


async def is_ready(port: int, process: Process) -> bool:
    async with asyncio.timeout(120), httpx.AsyncClient() as client:
        while process.returncode is None:
            try:
                if (await client.get(f"http://127.0.0.1:{port}/health/ready")).is_success:
                    return True
            except httpx.TransportError:
                pass  # not listening yet
            await asyncio.sleep(0.1)
    return False
