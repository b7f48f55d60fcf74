"""The app as `make run` starts it, on a port of its own, for as long as somebody looks at it."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import httpx

from server.core.settings import ROOT


@asynccontextmanager
async def running(command: str = "run", **settings: str) -> AsyncIterator[str]:
    """`python -m server COMMAND` with these settings; its origin, once it is ready."""
    with _folder() as folder, _said_in(folder) as said:
        port = free_port()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "server", command),
            cwd=ROOT,
            env=os.environ | {"PORT": str(port), "VAR": str(folder)} | settings,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
        try:
            await _until_ready(port, process)
            yield f"http://localhost:{port}"
        except NotStarted:
            said.seek(0)
            raise NotStarted(said.read().decode(errors="replace")) from None
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


class NotStarted(Exception):
    pass


@contextmanager
def _folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="citizen-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)  # the embedded PostgreSQL of a root user runs as another user, who must get in
        yield folder


def _said_in(folder: Path) -> BinaryIO:
    return (folder / "said").open("w+b")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _until_ready(port: int, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(120), httpx.AsyncClient() as client:
        while process.returncode is None:
            try:
                if (await client.get(f"http://127.0.0.1:{port}/health/ready")).is_success:
                    return
            except httpx.TransportError:
                pass  # not listening yet
            await asyncio.sleep(0.1)
    raise NotStarted
