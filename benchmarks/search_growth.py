"""`python -m benchmarks.search_growth`: the search alone, over the province's procedures and over 100,000.

Processor time is counted, so that other work on the machine does not pass for growth.
"""

import gc
import random
from collections import defaultdict
from statistics import mean, median, quantiles
from time import thread_time

from msgspec.structs import replace

from benchmarks.figures import spread
from server.modules.catalogue.rules.search import Entry, Index
from tests.modules.catalogue.sample import entries, families, lexicon, queries

MANY = 100_000
ROUNDS = 7
GOAL_GROWTH = 2.0


def main() -> None:
    """Ask both for the same, in turn, so that what else the machine does meets both."""
    asked = [query["q"] for query in queries()]
    started = thread_time()
    small = Index(entries(), lexicon(), families())
    built = thread_time() - started
    sizes = {len(entries()): small, MANY: Index(enlarged(entries(), MANY), lexicon(), families())}
    gc.freeze()
    taken: dict[int, list[list[float]]] = {size: [[] for _ in range(ROUNDS)] for size in sizes}
    for turn in range(-1, ROUNDS):
        for query in asked:
            for size, index in sizes.items():
                started = thread_time()
                index.find(query)
                if turn >= 0:
                    taken[size][turn].append((thread_time() - started) * 1000)
    print(f"\n### Search without HTTP, {len(asked)} queries, {ROUNDS} rounds; built in {built:.2f} s\n")
    print("| procedures | mean ms | p50 ms | p99 ms |\n|---|---|---|---|")
    for size, rounds in taken.items():
        figures = [[measure(them) for them in rounds] for measure in (mean, median, p99)]
        print(f"| {size:,} | {' | '.join(spread(values, 2) for values in figures)} |")
    few, many = taken.values()
    grown = [p99(b) / p99(a) for a, b in zip(few, many, strict=True)]
    verdict = "reached" if median(grown) < GOAL_GROWTH else "MISSED"
    print(f"\np99 grows × {spread(grown, 2)}; goal < {GOAL_GROWTH:g}: {verdict}.")


def enlarged(known: list[Entry], count: int) -> list[Entry]:
    """So many: a new title begins as one of ours and ends as another of the same field."""
    chance = random.Random(1)
    fields: defaultdict[str | None, list[Entry]] = defaultdict(list)
    for entry in known:
        fields[entry.field].append(entry)
    more = list(known)
    for number in range(count - len(known)):
        first = known[number % len(known)]
        second = chance.choice(fields[first.field])
        head, tail = first.title.split(), second.title.split()
        title = " ".join((*head[: chance.randint(1, len(head))], *tail[chance.randrange(len(tail)) :]))
        more.append(replace(first, code=f"9.{number:06}", title=title, aliases=[], replaced_by=[], curated=False))
    return more


def p99(values: list[float]) -> float:
    return quantiles(values, n=100)[98]


if __name__ == "__main__":
    main()
