"""What it costs to know who asks: a read of whoever is signed in against the same read of anyone."""

import sys

from benchmarks.figures import Contest, print_table, run_rounds
from benchmarks.stage import Stage

IN_FLIGHT = 16
OPEN, OWN = "/api/gate/open", "/api/gate/own"


def measure(stage: Stage, rounds: int, seconds: int) -> None:
    command = [sys.executable, "-m", "benchmarks.peers.gate"]
    with stage.serving("gate", command, "/health/ready", url=stage.database) as server:
        contest = Contest({"ours": (server, [OWN]), "anyone": (server, [OPEN])}, IN_FLIGHT)
        figures = run_rounds(stage.load, contest, rounds, seconds)
        print_table(f"A read of twenty rows, signed in (ours) and not, {IN_FLIGHT} in flight", figures, {"anyone": 0.7})
