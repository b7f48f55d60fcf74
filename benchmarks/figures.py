"""Rounds of contenders in turn, and what they say: medians, ratios of the same round, and their spread."""

from collections.abc import Mapping, Sequence
from statistics import median

import msgspec

from benchmarks.load import Figures, Load, Server


class Contest(msgspec.Struct):
    """Who is asked for what: server and paths by name, ours first; so many requests in flight."""

    contenders: dict[str, tuple[Server, Sequence[str]]]
    in_flight: int


def run_rounds(load: Load, contest: Contest, rounds: int, seconds: int) -> dict[str, list[Figures]]:
    """Warm up, then let them take turns, so that what else the machine does meets all of them."""
    measured: dict[str, list[Figures]] = {name: [] for name in contest.contenders}
    for number in range(-1, rounds):
        for name, (server, paths) in contest.contenders.items():
            figures = load.send(server, paths, contest.in_flight, seconds)
            if number >= 0:
                measured[name].append(figures)
    return measured


def spread(values: Sequence[float], digits: int = 1) -> str:
    """The median with the least and the greatest."""
    return f"{median(values):,.{digits}f} ({min(values):,.{digits}f}–{max(values):,.{digits}f})"


def print_table(title: str, figures: Mapping[str, Sequence[Figures]], goals: Mapping[str, float]) -> None:
    """Markdown, so that it can be kept. Ratios are ours to theirs within a round."""
    ours = figures["ours"]
    print(f"\n### {title}\n")
    print("| | requests/s | p50 ms | p99 ms | CPU µs each | ours ÷ theirs | by CPU | goal |")
    print("|---|---|---|---|---|---|---|---|")
    for name, theirs in figures.items():
        rates, p50, p99, cost = ([getattr(it, what) for it in theirs] for what in ("rate", "p50", "p99", "cost"))
        ratios = [mine.rate / their.rate for mine, their in zip(ours, theirs, strict=True)]
        by_cost = [their.cost / mine.cost for mine, their in zip(ours, theirs, strict=True) if mine.cost]
        compared = f"{spread(ratios, 2)} | {spread(by_cost, 2) if by_cost else '–'}" if name != "ours" else "– | –"
        measured = f"{spread(rates, 0)} | {spread(p50)} | {spread(p99)} | {spread(cost, 0)}"
        print(f"| {name} | {measured} | {compared} | {_verdict(ratios, goals.get(name))} |")


def _verdict(ratios: Sequence[float], goal: float | None) -> str:
    if goal is None:
        return "–"
    return f"≥ {goal:g}: {'reached' if median(ratios) >= goal else 'MISSED'}"
