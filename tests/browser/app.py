"""The app as `make run` starts it, on a port of its own, for as long as somebody looks at it."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from server.core.settings import ROOT


@asynccontextmanager
async def running(command: str = "run", **settings: str) -> AsyncIterator[str]:
    """`python -m server COMMAND` with these settings; its origin, once it is ready."""
    with TemporaryDirectory(prefix="citizen-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # the embedded PostgreSQL of a root user runs as another user, who must get in
        port = free_port()
        said = Path(folder, "said")
        with said.open("wb") as file:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "server", command),
                cwd=ROOT,
                env=os.environ | {"PORT": str(port), "VAR": folder} | settings,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=file,
                stderr=file,
            )
        try:
            await _until_ready(port, process, said)
            yield f"http://localhost:{port}"
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _until_ready(port: int, process: asyncio.subprocess.Process, said: Path) -> None:
    async with asyncio.timeout(120), httpx.AsyncClient() as client:
        while process.returncode is None:
            try:
                if (await client.get(f"http://127.0.0.1:{port}/health/ready")).is_success:
                    return
            except httpx.TransportError:
                pass  # not listening yet
            await asyncio.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{said.read_text(errors='replace')}")
