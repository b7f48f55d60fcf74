"""The public list and detail against FastAPI, against Fastify, and against the floor."""

import json
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from psycopg import connect
from psycopg.types.json import Jsonb

from benchmarks.figures import Contest, print_table, run_rounds
from benchmarks.load import Server
from benchmarks.stage import Stage

PEERS = Path(__file__).with_name("peers")
FASTIFY = PEERS / "fastify"
LIST = "/api/catalogue/procedures"
IN_FLIGHT = 16
GOALS = {"fastapi": 8.0, "fastify": 2.0, "floor": 0.4}


def measure(stage: Stage, rounds: int, seconds: int) -> None:
    python = sys.executable
    url = stage.database
    with ExitStack() as running:

        def serve(name: str, command: list[str], ready: str) -> Server:
            return running.enter_context(stage.serving(name, command, ready, url=url))

        ours = serve("ours", [python, "-m", "server", "web"], "/health/ready")
        codes = fill(url, ours)
        servers = {"ours": ours}
        uvicorn = "-m uvicorn benchmarks.peers.fastapi_app:app --no-access-log --log-level warning --port {port}"
        servers["fastapi"] = serve("fastapi", [python, *uvicorn.split()], LIST)
        if node := shutil.which("node"):
            install_fastify()
            servers["fastify"] = serve("fastify", [node, str(FASTIFY / "server.js")], LIST)
        else:
            print("Node is not on the PATH: without Fastify.")
        refuse_differences(servers, codes)

        (stage.folder / "list.json").write_bytes(fetch(ours, LIST))
        (stage.folder / "one.json").write_bytes(middle_sized(ours, codes))
        floor = [python, "-m", "benchmarks.peers.floor", str(stage.folder)]
        servers["ours, anew"] = serve("anew", [python, "-m", "benchmarks.peers.anew"], "/health/ready")
        servers["floor"] = serve("floor", floor, "/api/list")
        servers["bare floor"] = serve("bare-floor", [*floor, "--bare"], "/api/list")

        for name, ours_asks, floor_asks in (
            ("list", [LIST], ["/api/list"]),
            ("detail", [f"{LIST}/{code}" for code in codes], ["/api/one"]),
        ):
            contest = Contest(
                {who: (server, floor_asks if "floor" in who else ours_asks) for who, server in servers.items()},
                IN_FLIGHT,
            )
            figures = run_rounds(stage.load, contest, rounds, seconds)
            print_table(f"Public {name}, {IN_FLIGHT} in flight", figures, GOALS)


def fetch(server: Server, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=10) as reply:
        return bytes(reply.read())


def pages(server: Server, limit: int) -> list[dict[str, Any]]:
    """Every page of the list."""
    found = [json.loads(fetch(server, f"{LIST}?limit={limit}"))]
    while cursor := found[-1]["next_cursor"]:
        found.append(json.loads(fetch(server, f"{LIST}?limit={limit}&cursor={cursor}")))
    return found


def fill(url: str, server: Server) -> list[str]:
    """Give the peers a table of what we answer; the codes in the order of the list."""
    summaries = [item for page in pages(server, 100) for item in page["items"]]
    rows = []
    for rank, summary in enumerate(summaries):
        one = json.loads(fetch(server, f"{LIST}/{summary['code']}"))
        only_here = {"rank": rank, "online": summary["online"], "successors": summary["replaced_by"]}
        rows.append((Jsonb(one | only_here),))
    into = "INSERT INTO bench_procedure SELECT * FROM jsonb_populate_record(NULL::bench_procedure, %s)"
    with connect(url) as connection:
        connection.execute((PEERS / "procedures.sql").read_text())
        connection.cursor().executemany(into, rows)
        connection.execute("ANALYZE bench_procedure")
    return [summary["code"] for summary in summaries]


def install_fastify() -> None:
    there, wanted = FASTIFY / "node_modules" / ".package-lock.json", FASTIFY / "package-lock.json"
    if not there.is_file() or there.stat().st_mtime < wanted.stat().st_mtime:
        subprocess.run(["npm", "ci", "--silent"], cwd=FASTIFY, check=True, timeout=300)


def refuse_differences(servers: Mapping[str, Server], codes: list[str]) -> None:
    """Who answers something else is not compared. Raises RuntimeError."""
    cursor = json.loads(fetch(servers["ours"], LIST))["next_cursor"]
    paths = [
        LIST,
        f"{LIST}?cursor={cursor}",
        f"{LIST}?level=commune&limit=50",
        *(f"{LIST}/{code}" for code in codes[::5]),
    ]
    for path in paths:
        right = _meaning(fetch(servers["ours"], path))
        for name, server in servers.items():
            if _meaning(fetch(server, path)) != right:
                raise RuntimeError(f"{name} answers something else than we do to {path}")
    print(f"{' and '.join(name for name in servers if name != 'ours')} give the same {len(paths)} replies as we do.")


def _meaning(body: bytes) -> Any:
    reply = json.loads(body)
    if "updated_at" in reply:
        # JavaScript's dates know milliseconds only.
        reply["updated_at"] = reply["updated_at"][:23].rstrip("Z")
    return reply


def middle_sized(server: Server, codes: list[str]) -> bytes:
    """The reply as long as half of them are at most."""
    return sorted((fetch(server, f"{LIST}/{code}") for code in codes), key=len)[len(codes) // 2]
