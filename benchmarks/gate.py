"""What it costs to know who asks: a read of whoever is signed in against the same read of anyone, in time and in
queries; and how many sessions of an account that was disabled still open anything.
"""

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import httpx
from psycopg import connect
from psycopg.conninfo import conninfo_to_dict
from uuid_utils.compat import uuid7

from benchmarks.figures import Contest, print_table, run_rounds
from benchmarks.load import Server
from benchmarks.stage import Stage
from server.app import events_of
from server.core.database import Database
from server.core.settings import Settings
from server.modules.identity.models import Method, Role, Staff, StaffRole
from server.modules.identity.service.sessions import Sessions

IN_FLIGHT = 16
OPEN, OWN = "/api/gate/open", "/api/gate/own"
READS, SESSIONS = 480, 500


def measure(stage: Stage, rounds: int, seconds: int) -> None:
    command = [sys.executable, "-m", "benchmarks.peers.gate"]
    with stage.serving("gate", command, "/health/ready", url=stage.database) as server:
        contest = Contest({"ours": (server, [OWN]), "anyone": (server, [OPEN])}, IN_FLIGHT)
        figures = run_rounds(stage.load, contest, rounds, seconds)
        print_table(f"A read of twenty rows, signed in (ours) and not, {IN_FLIGHT} in flight", figures, {"anyone": 0.7})
    # A server of its own: writing down what PostgreSQL is asked would slow the reads above.
    with (
        _written_down(stage) as statements,
        stage.serving("gate-counted", command, "/health/ready", url=stage.database) as server,
    ):
        asyncio.run(_count_queries(server, statements))
        asyncio.run(_disable(server, stage.database))


@contextmanager
def _written_down(stage: Stage) -> Iterator[Callable[[], int]]:
    """PostgreSQL writes every statement into its log; how many there are by now."""
    name = conninfo_to_dict(stage.database)["dbname"]
    with connect(stage.database, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE \"{name}\" SET log_statement = 'all'")
        [(folder,)] = connection.execute("SELECT current_setting('data_directory')").fetchall()
        try:
            yield lambda: _statements(Path(folder) / "log")
        finally:
            connection.execute(f'ALTER DATABASE "{name}" RESET log_statement')


def _statements(log: Path) -> int:
    lines = log.read_text(errors="replace").splitlines()
    return sum(it.partition("LOG:  ")[2].startswith(("execute ", "statement: ")) for it in lines)


async def _count_queries(server: Server, statements: Callable[[], int]) -> None:
    """What is asked of PostgreSQL for a read of whoever is signed in, beyond the same read of anyone."""
    print(f"\n### Queries of a session check, in PostgreSQL's log of statements, {READS} reads each\n")
    print("| | a read of anyone | signed in | a session check | goal |\n|---|---|---|---|---|")
    async with _client(server) as client:
        for at_once in (1, IN_FLIGHT):
            asked = []
            for path in (OPEN, OWN):
                # What is asked once only: to sign in, to prepare, to open a connection.
                await _ask(client, [(path, "")] * IN_FLIGHT, IN_FLIGHT)
                before = statements()
                said = await _ask(client, [(path, "")] * READS, at_once)
                assert said == [200] * READS, said
                asked.append((statements() - before) / READS)
            # Rounded: twice a minute a session is noted as used, which is one more for all the reads between.
            check = round(asked[1] - asked[0], 2)
            verdict = "≤ 1: reached" if check <= 1 else "≤ 1: MISSED"
            print(f"| {at_once} in flight | {asked[0]:.2f} | {asked[1]:.2f} | {check:.2f} | {verdict} |")


async def _disable(server: Server, url: str) -> None:
    """An account with many open sessions is disabled by an administrator, over HTTP; then each is used once."""
    account, tokens, administrator = await _employ(url)
    async with _client(server) as client:
        asked = [(OWN, token) for token in tokens]
        before = await _ask(client, asked, IN_FLIGHT)
        headers = {"Cookie": _cookie(administrator), "If-Match": '"1"', "Origin": str(client.base_url)}
        body = {"because": "left the office"}
        done = await client.post(f"/api/identity/staff/{account}/disable", headers=headers, json=body)
        done.raise_for_status()
        after = await _ask(client, asked, IN_FLIGHT)
    refused = after.count(401)
    verdict = "reached" if before.count(200) == refused == SESSIONS else "MISSED"
    print(f"\n### {SESSIONS} sessions of an account that is disabled, each used once before and once after\n")
    print("| admitted before | refused after | goal |\n|---|---|---|")
    print(f"| {before.count(200)} | {refused} | all {SESSIONS} within one request: {verdict} |")


async def _employ(url: str) -> tuple[UUID, list[str], str]:
    """Somebody with many sessions and the tokens of these, and the token of an administrator."""
    database = Database(Settings(database_url=url))
    events_of(database)
    async with database.transaction() as session:
        many, one = (Staff(id=uuid7(), login=f"bench-{uuid7()}", name="Bench", unit="31840") for _ in range(2))
        role = Role(id=uuid7(), name=f"bench {uuid7()}", permissions=["identity:administer"])
        session.add_all([many, one, role])
        await session.flush()
        session.add(StaffRole(staff_id=one.id, role_id=role.id))
        await session.flush()
        sessions = Sessions(session)
        tokens = [(await sessions.open_for_staff(many, Method.PASSKEY, device=""))[1] for _ in range(SESSIONS)]
        _, administrator = await sessions.open_for_staff(one, Method.PASSKEY, device="")
    await database.close()
    return many.id, tokens, administrator


def _client(server: Server) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"http://localhost:{server.port}", timeout=30)


def _cookie(token: str) -> str:
    return f"__Host-sid={token}"


async def _ask(client: httpx.AsyncClient, asked: Sequence[tuple[str, str]], at_once: int) -> list[int]:
    """Each path with its token, if there is one; the status codes in the same order."""
    said: dict[int, int] = {}
    waiting = iter(enumerate(asked))

    async def work() -> None:
        for at, (path, token) in waiting:
            reply = await client.get(path, headers={"Cookie": _cookie(token)} if token else {})
            said[at] = reply.status_code

    await asyncio.gather(*(work() for _ in range(at_once)))
    return [said[at] for at in range(len(asked))]
