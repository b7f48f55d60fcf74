"""The load: `wrk` when it is there, else a client of our own, which is slower and says so."""

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from statistics import quantiles
from typing import Any, NamedTuple

import msgspec

SCRIPT = Path(__file__).with_name("requests.lua")


class Server(NamedTuple):
    """Where it listens, and which process it is."""

    port: int
    pid: int

    def cpu(self) -> float:
        """Seconds of processor time it and its children have used; 0 where the system does not say."""
        with suppress(OSError):
            return sum(map(_used, tree(self.pid)))
        return 0.0


class Line:
    """One keep-alive connection: what a client costs is not what is measured."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> "Line":
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=2**22))

    async def ask(self, verb: str, path: str, body: object = None, cookie: str = "", **headers: str) -> Any:
        """What is answered in JSON. Raises RuntimeError when it is not answered well."""
        sent = b"" if body is None else msgspec.json.encode(body)
        head = f"{verb} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(sent)}\r\n"
        head += "Content-Type: application/json\r\n" if sent else ""
        head += f"Cookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\n" if cookie else ""
        head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._writer.write(f"{head}\r\n".encode() + sent)
        answer = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = int(answer.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])
        said = await self._reader.readexactly(length)
        if not answer.startswith(b"http/1.1 200"):
            raise RuntimeError(f"{verb} {path}: {said[:300]!r}")
        return msgspec.json.decode(said)

    def close(self) -> None:
        self._writer.close()


class Figures(msgspec.Struct):
    """One round of one contender. Times in milliseconds; `failed` counts what was not answered with 2xx."""

    requests: int
    seconds: float
    p50: float
    p99: float
    failed: int
    cpu: float = 0.0

    @property
    def rate(self) -> float:
        return self.requests / self.seconds

    @property
    def cost(self) -> float:
        """Microseconds of the server's processor time per request: hardly moved by what else the machine does."""
        return self.cpu / self.requests * 1e6


def tree(root: int) -> Iterator[int]:
    """A process and all below it."""
    yield root
    for task in Path(f"/proc/{root}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from tree(int(child))


def postmaster_of(var: Path) -> Server:
    """PostgreSQL with all that works for it."""
    return Server(0, int((var / "postgres" / "postmaster.pid").read_text().split()[0]))


def _used(pid: int) -> float:
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def find_wrk() -> str | None:
    """The path of wrk; installed first where we may."""
    if not shutil.which("wrk") and shutil.which("apt-get") and os.geteuid() == 0:
        print("Installing wrk …", flush=True)
        subprocess.run(["apt-get", "install", "-qq", "-y", "wrk"], stdout=subprocess.DEVNULL, timeout=300, check=False)
    return shutil.which("wrk")


class Load:
    """Keeps so many requests in flight, over as many connections, from the core this process runs on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._wrk = find_wrk()
        self._files: dict[tuple[str, ...], Path] = {}
        self.name = "our own client in Python: all rates are too low; `apt-get install wrk` measures better"
        if self._wrk:
            said = subprocess.run([self._wrk, "-v"], capture_output=True, text=True, check=False).stdout
            self.name = " ".join(said.split()[:2])

    def send(self, server: Server, paths: Sequence[str], in_flight: int, seconds: float) -> Figures:
        """Ask for the paths in turn. Raises RuntimeError when anything was not answered well."""
        used = server.cpu()
        if self._wrk:
            figures = self._send_by_wrk(server.port, paths, in_flight, seconds)
        else:
            figures = asyncio.run(_send(server.port, paths, in_flight, seconds))
        if figures.failed or not figures.requests:
            raise RuntimeError(f"{figures.failed} requests failed, {figures.requests} were answered: {paths[0]} …")
        figures.cpu = server.cpu() - used
        return figures

    def _send_by_wrk(self, port: int, paths: Sequence[str], in_flight: int, seconds: float) -> Figures:
        assert self._wrk
        file = self._files.setdefault(tuple(paths), self._folder / f"paths-{len(self._files)}.txt")
        if not file.exists():
            file.write_text("\n".join(paths) + "\n")
        url = f"http://127.0.0.1:{port}"
        arguments = ["-t1", f"-c{in_flight}", f"-d{max(1, round(seconds))}s", "-s", str(SCRIPT), url, "--", str(file)]
        done = subprocess.run([self._wrk, *arguments], capture_output=True, text=True, timeout=seconds + 30, check=True)
        return msgspec.json.decode(done.stdout.rsplit("\n{", 1)[1].join(["{", ""]), type=Figures)


async def _send(port: int, paths: Sequence[str], in_flight: int, seconds: float) -> Figures:
    """The same without wrk: keep-alive connections that each ask again when they are answered."""
    times: list[float] = []
    failed = 0
    waiting = cycle([f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode() for path in paths])
    started = time.perf_counter()

    async def ask() -> None:
        nonlocal failed
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
        try:
            while (begun := time.perf_counter()) < started + seconds:
                writer.write(next(waiting))
                head = await reader.readuntil(b"\r\n\r\n")
                length = head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
                await reader.readexactly(int(length))
                times.append(time.perf_counter() - begun)
                failed += not head.startswith(b"HTTP/1.1 2")
        except (OSError, asyncio.IncompleteReadError):
            failed += 1
        finally:
            writer.close()

    await asyncio.gather(*(ask() for _ in range(in_flight)))
    cuts = quantiles(times, n=100) if len(times) > 1 else [0.0] * 99
    return Figures(len(times), time.perf_counter() - started, cuts[49] * 1000, cuts[98] * 1000, failed)
