"""What `run` keeps in memory when nobody asks anything: every process of its tree, PostgreSQL included."""

import re
import sys
import time
from pathlib import Path

from benchmarks.load import tree
from benchmarks.stage import LINUX, Stage

GOAL_MB = 350
REST = 10


def measure(stage: Stage) -> None:
    if not LINUX:
        print("\nMemory is read from /proc: on Linux only.")
        return
    stage_var = stage.folder / "run"
    command = ["env", f"VAR={stage_var}", sys.executable, "-m", "server", "run"]
    with stage.serving("run", command, "/health/ready", pin=False, patience=180) as server:
        time.sleep(REST)
        # PostgreSQL is started by pg_ctl, which leaves: its first process is a child of nobody, named by its file.
        postmaster = int((stage_var / "postgres" / "postmaster.pid").read_text().split()[0])
        found = [(name_of(it), *sizes_of(it)) for root in (server.pid, postmaster) for it in tree(root)]
    print(f"\n### Memory of `run` after {REST} s of rest, MB\n\n| process | PSS | RSS |\n|---|---|---|")
    for name, pss, rss in found:
        print(f"| {name} | {pss:.1f} | {rss:.1f} |")
    pss, rss = sum(it[1] for it in found), sum(it[2] for it in found)
    print(f"| **all** (shared pages once in PSS, in RSS each time) | **{pss:.0f}** | {rss:.0f} |")
    print(f"\nGoal: ≤ {GOAL_MB} MB: {'reached' if pss <= GOAL_MB else 'MISSED'}.")


def name_of(pid: int) -> str:
    """The command without its paths."""
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").replace("\0", " ").strip()
    return re.sub(r"\S*/", "", words)[:60]


def pss_of_tree(root: int) -> float:
    """Of a process and all below it, in MB."""
    return sum(sizes_of(pid)[0] for pid in tree(root))


def sizes_of(pid: int) -> tuple[float, float]:
    """PSS and RSS in MB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text()
    pss, rss = (re.search(rf"^{name}:\s+(\d+) kB", lines, re.MULTILINE) for name in ("Pss", "Rss"))
    assert pss and rss
    return int(pss[1]) / 1000, int(rss[1]) / 1000
