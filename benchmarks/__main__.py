"""`python -m benchmarks [NAME]...`: what docs/benchmarks.md claims; without a name, what takes minutes."""

import os
import platform
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import click

from benchmarks import (
    crashes,
    crowd,
    fanout,
    gate,
    intake,
    lighthouse,
    memory,
    payments,
    payments_check,
    payments_crashes,
    payments_races,
    push,
    push_latency,
    reads,
    reports,
    reports_once,
    reports_spike,
    search,
)
from benchmarks.stage import Stage, stage
from server.core.settings import ROOT

USUAL = ("reads", "gate", "crowd", "search", "push", "latency", "payments-check", "memory", "growth", "lighthouse")
# Millions of rows, thousands of runs, or processes that are killed: from minutes to an hour each, so only by name.
LONG = (
    "intake",
    "crashes",
    "fanout",
    "payments",
    "payments-races",
    "payments-crashes",
    "reports",
    "reports-spike",
    "reports-once",
)
GROWTH = Path(__file__).with_name("search_growth.py")


@click.command()
@click.argument("chosen", nargs=-1, type=click.Choice([*USUAL, *LONG]))
@click.option("--rounds", default=7, show_default=True, help="Rounds, each with every contender once.")
@click.option("--seconds", default=2, show_default=True, help="Seconds of one contender in one round.")
@click.option(
    "--kills", default=50, show_default=True, help="How often web or worker is killed (`…crashes`, `fanout`)."
)
@click.option("--restarts", default=5, show_default=True, help="How often PostgreSQL is stopped dead there.")
@click.option("--devices", default=100_000, show_default=True, help="Devices that are told one thing, in `fanout`.")
@click.option("--workers", default=1, show_default=True, help="Workers that ring them.")
@click.option("--each", default=100, show_default=True, help="Rounds of each race, in `payments-races`.")
@click.option("--payments", "count", default=1000, show_default=True, help="Payments in one round, in `payments`.")
@click.option("--lines", default=1_000_000, show_default=True, help="Lines that are reconciled, in `payments`.")
@click.option(
    "--reports",
    "stored",
    default=1_000_000,
    show_default=True,
    help="Reports stored, in `reports` and `reports-spike`.",
)
@click.option("--runs", default=10_000, show_default=True, help="Reports sent, in `reports-once`.")
def main(
    chosen: tuple[str, ...],
    rounds: int,
    seconds: int,
    kills: int,
    restarts: int,
    devices: int,
    workers: int,
    each: int,
    count: int,
    lines: int,
    stored: int,
    runs: int,
) -> None:
    """Measure against the peers and the goals, and print tables. Starts and stops its own servers on loopback."""
    wanted = chosen or USUAL
    with stage() as ready:
        say_what_with(ready)
        if "reads" in wanted:
            reads.measure(ready, rounds, seconds)
        if "gate" in wanted:
            gate.measure(ready, rounds, seconds)
        if "crowd" in wanted:
            crowd.measure(ready, rounds, seconds)
        if "search" in wanted:
            search.measure(ready, rounds, seconds)
        if "intake" in wanted:
            intake.measure(ready, rounds)
        if "push" in wanted:
            push.measure(ready, rounds, seconds)
        if "latency" in wanted:
            push_latency.measure(ready)
        if "crashes" in wanted:
            crashes.measure(ready, kills, restarts)
        if "fanout" in wanted:
            fanout.measure(ready, devices, kills, workers)
        if "memory" in wanted:
            memory.measure(ready)
        if "payments-check" in wanted:
            payments_check.measure(ready)
        if "payments" in wanted:
            payments.measure(ready, rounds, count, lines)
        if "payments-races" in wanted:
            payments_races.measure(ready, each)
        if "payments-crashes" in wanted:
            payments_crashes.measure(ready, kills, restarts)
        if "reports" in wanted:
            reports.measure(ready, rounds, seconds, stored)
        if "reports-spike" in wanted:
            reports_spike.measure(ready, stored)
        if "reports-once" in wanted:
            reports_once.measure(ready, runs, kills)
        if "lighthouse" in wanted:
            lighthouse.measure(ready, rounds=3)
    if "growth" in wanted and GROWTH.is_file():
        print(flush=True)
        subprocess.run([sys.executable, "-m", "benchmarks.search_growth"], cwd=ROOT, check=True, timeout=900)


def say_what_with(ready: Stage) -> None:
    """Figures mean nothing without what they were measured on."""
    node = shutil.which("node")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout if node else "none"
    # Without the peers, which only `reads` asks, everything else can still be measured.
    installed = {it.name.lower(): it.version for it in metadata.distributions()}
    packages = ("litestar", "granian", "fastapi", "uvicorn", "sqlalchemy")
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores; {ready.pinning}.")
    print(f"Python {platform.python_version()}, Node {version.strip()}, load by {ready.load.name}.")
    print(", ".join(f"{package} {installed.get(package, '–')}" for package in packages), flush=True)


if __name__ == "__main__":
    main()
