"""A flash crowd on what is public, against the floor; and whoever signs in and writes in the middle of it."""

import asyncio
import itertools
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median, quantiles
from typing import Any

import httpx
import msgspec

from benchmarks.figures import Contest, print_table, run_rounds
from benchmarks.load import Server
from benchmarks.stage import Stage

IN_FLIGHT = 64
PEOPLE = 8
"""So many at once sign in and write, each with a second of thinking between two requests, about."""
NEWS = "/api/news/articles"
GOALS = {"floor": 0.8}
_PATIENCE_MS = 500
_numbers = itertools.count(1)


def measure(stage: Stage, rounds: int, seconds: int) -> None:
    with _serving(stage) as (server, floor, paths):
        contest = Contest({"ours": (server, paths), "floor": (floor, ["/api/list", "/api/one"])}, IN_FLIGHT)
        print_table(f"News, {IN_FLIGHT} in flight", run_rounds(stage.load, contest, rounds, seconds), GOALS)
        asyncio.run(_meanwhile(stage, server, paths, rounds * seconds))


@contextmanager
def _serving(stage: Stage) -> Iterator[tuple[Server, Server, list[str]]]:
    """Our server, the floor with the same bytes, and what the crowd asks for."""
    # Those who sign in come from networks of their own.
    stage.environment["TRUSTED_PROXIES"] = "127.0.0.1"
    with stage.serving("crowd", [sys.executable, "-m", "server", "web"], "/health/ready", url=stage.database) as server:
        first = msgspec.json.decode(listed := _fetch(server, NEWS))["items"][0]["id"]
        (stage.folder / "list.json").write_bytes(listed)
        (stage.folder / "one.json").write_bytes(_fetch(server, f"{NEWS}/{first}"))
        floor = [sys.executable, "-m", "benchmarks.peers.floor", str(stage.folder)]
        with stage.serving("crowd-floor", floor, "/api/list", url=stage.database) as fixed:
            yield server, fixed, [NEWS, f"{NEWS}/{first}"]


def _fetch(server: Server, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=10) as reply:
        return bytes(reply.read())


async def _meanwhile(stage: Stage, server: Server, paths: list[str], seconds: int) -> None:
    """The crowd asks all the time; nobody of the others shall wait for it."""
    times: dict[str, list[float]] = {"asking for a code": [], "signing in": [], "writing": []}
    over = asyncio.Event()
    people = [asyncio.create_task(_somebody(server, times, over)) for _ in range(PEOPLE)]
    figures = await asyncio.to_thread(stage.load.send, server, paths, IN_FLIGHT, seconds)
    over.set()
    await asyncio.gather(*people)
    print(f"\n### Meanwhile: {figures.rate:,.0f} reads/s of the crowd, {figures.failed} failed\n")
    print("| | requests | p50 ms | p99 ms | longest | goal |\n|---|---|---|---|---|---|")
    for what, took in times.items():
        p99 = quantiles(took, n=100)[98]
        verdict = "reached" if p99 <= _PATIENCE_MS else "MISSED"
        print(
            f"| {what} | {len(took):,} | {median(took):.0f} | {p99:.0f} | {max(took):.0f}"
            f" | p99 ≤ {_PATIENCE_MS}: {verdict} |"
        )


async def _somebody(server: Server, times: dict[str, list[float]], over: asyncio.Event) -> None:
    """One after the other, each with a phone of their own: a code, in, a name written down. Raises on any refusal."""

    async def ask(client: httpx.AsyncClient, what: str, method: str, path: str, **sent: Any) -> dict[str, Any]:
        began = time.perf_counter()
        reply = await client.request(method, path, **sent)
        reply.raise_for_status()
        # What http.cookiejar does not do: localhost is as safe as https.
        client.headers["Cookie"] = "; ".join(f"{it.name}={it.value}" for it in client.cookies.jar)
        times[what].append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.5)
        said: dict[str, Any] = reply.json()
        return said

    while not over.is_set():
        number = next(_numbers)
        origin = f"http://localhost:{server.port}"
        headers = {"Origin": origin, "X-Forwarded-For": f"203.{number >> 8 & 255}.{number & 255}.7"}
        async with httpx.AsyncClient(base_url=origin, headers=headers, timeout=30) as client:
            phone = f"+8498{2_000_000 + number}"
            asked = await ask(
                client, "asking for a code", "POST", "/api/identity/codes", json={"phone": phone, "language": "vi"}
            )
            path = f"/api/identity/codes/{asked['id']}/sign-in"
            await ask(client, "signing in", "POST", path, json={"digits": asked["shown"], "shared": False})
            for version, name in ((1, "Người Thử"), (2, "Người Thử Nghiệm")):
                body = {"name": name, "commune_code": None, "language": "vi"}
                match = {"If-Match": str(version)}
                await ask(client, "writing", "PUT", "/api/identity/profile", json=body, headers=match)
