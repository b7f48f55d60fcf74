"""The search over HTTP, with what residents type: over the province's procedures, and over 100,000."""

import json
import random
import sys
from contextlib import ExitStack
from statistics import median
from urllib.parse import quote

from psycopg import connect

from benchmarks.figures import Contest, run_rounds, spread
from benchmarks.stage import Stage
from server.core.settings import ROOT

QUERIES = ROOT / "tests" / "modules" / "catalogue" / "queries.jsonl"
IN_FLIGHT = 10
MANY = 100_000
GOAL_P99 = 30.0
GOAL_GROWTH = 2.0


def measure(stage: Stage, rounds: int, seconds: int) -> None:
    asked = list(dict.fromkeys(json.loads(line)["q"] for line in QUERIES.read_text().splitlines()))
    paths = [f"/api/catalogue/procedures?q={quote(query)}" for query in asked]
    # The same words in another order, so that one word's neighbours in the file are not its neighbours in time.
    random.Random(1).shuffle(paths)
    ours, many = stage.database, stage.another_database("many")
    few = enlarge(many, MANY)
    served = {f"{few:,}": (ours, 1), f"{few:,}, both cores": (ours, 2), f"{MANY:,}": (many, 1)}
    with ExitStack() as running:
        contest = Contest({}, IN_FLIGHT)
        for number, (name, (url, processes)) in enumerate(served.items()):
            command = ["env", f"WEB_PROCESSES={processes}", sys.executable, "-m", "server", "web"]
            print(f"Loading the catalogue: {name} …", flush=True)
            # Two processes share both cores with the load, as they would on a machine of two cores.
            pin = processes == 1
            server = stage.serving(f"search-{number}", command, "/health/ready", url=url, pin=pin, patience=300)
            contest.contenders[name] = (running.enter_context(server), paths)
        figures = run_rounds(stage.load, contest, rounds, seconds)
    print(f"\n### Search, {len(paths)} different queries, {IN_FLIGHT} in flight\n")
    print("| procedures | requests/s | p50 ms | p99 ms | CPU µs each |\n|---|---|---|---|---|")
    for name, them in figures.items():
        rates, p50, p99, cost = ([getattr(it, what) for it in them] for what in ("rate", "p50", "p99", "cost"))
        print(f"| {name} | {spread(rates, 0)} | {spread(p50)} | {spread(p99)} | {spread(cost, 0)} |")
    one, both, large = figures.values()
    for name, them in (("both cores ÷ one", both), (f"{MANY:,} ÷ {few:,}", large)):
        ratios = [
            spread([getattr(b, what) / getattr(a, what) for a, b in zip(one, them, strict=True)], 2)
            for what in ("rate", "p50", "p99", "cost")
        ]
        print(f"| {name} | {' | '.join(f'× {ratio}' for ratio in ratios)} |")
    print()
    for what, them in (("one process on one core", one), ("two processes on both cores", both)):
        slowest = median(it.p99 for it in them)
        print(f"Goal: p99 ≤ {GOAL_P99:g} ms at {few:,}, {what}: {'reached' if slowest <= GOAL_P99 else 'MISSED'}.")
    grown = median(b.p99 / a.p99 for a, b in zip(one, large, strict=True))
    print(f"Goal: p99 grows less than {GOAL_GROWTH:g} ×: {'reached' if grown < GOAL_GROWTH else 'MISSED'}.")


def enlarge(url: str, count: int) -> int:
    """Add procedures until there are so many; how many there were.

    A new title begins as one of ours and ends as another of the same field, so the words and their neighbours stay
    those that residents look for; field, levels, audiences and agencies are the first one's. Papers, fees and texts
    are left out: the search does not read them.
    """
    chance = random.Random(2)
    with connect(url) as connection:
        rows = connection.execute("SELECT code, facts FROM catalogue_procedure ORDER BY code").fetchall()
        codes = {code for code, _ in rows}
        unused = (code for at in range(10**6) if (code := f"9.{at:06}") not in codes)
        by_field: dict[str | None, list[str]] = {}
        for _, facts in rows:
            by_field.setdefault(facts["field"], []).append(facts["title"])
        lists = ("channels", "cases", "steps", "results", "legal_basis", "notes", "aliases")
        bare: dict[str, object] = {name: [] for name in (*lists, "replaced_by", "replaces", "related")}
        bare |= dict.fromkeys(("conditions", "fee_note", "valid_to"))
        into = "COPY catalogue_procedure (id, code, facts, revision) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(into) as copy:
            for _ in range(count - len(rows)):
                _, facts = chance.choice(rows)
                first, last = facts["title"].split(), chance.choice(by_field[facts["field"]]).split()
                title = " ".join(first[: (len(first) + 1) // 2] + last[len(last) // 2 :])
                copy.write_row((new_id(chance), next(unused), json.dumps(facts | bare | {"title": title}), 1))
        connection.execute("ANALYZE catalogue_procedure")
    return len(rows)


def new_id(chance: random.Random) -> str:
    return f"{chance.getrandbits(128):032x}"
