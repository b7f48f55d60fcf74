"""Field reports that come in bursts: DIGIT's spikes and valleys, ten minutes long, among a million stored ones.

Lifecycles begin at a given rate whether or not earlier ones are over, and people think 1 to 3 seconds between two steps
(egovernments/Citizen-Complaint-Resolution-System, performance: "variable throughput"; there 57 % of the requests fail
on 16 cores, and the system does not recover).
"""

import asyncio
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from statistics import median, quantiles
from typing import Any, NamedTuple
from uuid import uuid4

import msgspec

from benchmarks.load import Line, Server
from benchmarks.reports import admit, fill, report_of, stranger
from benchmarks.stage import Stage
from server.core.settings import read_settings

GOAL_ERRORS, GOAL_P95, GOAL_NORMAL = 0.001, 500.0, 60.0
_TICK = 0.01  # seconds
RISING = ("warm-up", "spike")
_WINDOW = 5  # seconds that are looked at together to say whether all is as before


class Phase(NamedTuple):
    """From the rate before to this one, in lifecycles a second, within so many seconds."""

    name: str
    rate: float
    seconds: float


PHASES = (
    Phase("warm-up", 1, 60),
    Phase("spike 1", 15, 30),
    Phase("valley 1", 1, 120),
    Phase("spike 2", 25, 30),
    Phase("valley 2", 2, 120),
    Phase("spike 3", 35, 30),
    Phase("sustained", 10, 180),
    Phase("cool-down", 0, 30),
)


class Asked(NamedTuple):
    """One request: when, in seconds of the pattern; how long, in ms; and whether it was answered well."""

    at: float
    ms: float
    well: bool


def arrivals(phases: Sequence[Phase]) -> Iterator[float]:
    """When lifecycles begin, in seconds: the rate changes evenly within each phase."""
    began, rate, due = 0.0, phases[0].rate, 0.0
    for phase in phases:
        slope = (phase.rate - rate) / phase.seconds
        for tick in (number * _TICK for number in range(round(phase.seconds / _TICK))):
            due += (rate + slope * tick) * _TICK
            while due >= 1:
                due -= 1
                yield began + tick
        began, rate = began + phase.seconds, phase.rate


def measure(stage: Stage, count: int) -> None:
    settings = read_settings({"VAR": stage.environment["VAR"]})
    url = stage.database
    print(f"Writing {count:,} field reports …", flush=True)
    fill(url, count)
    web = ["env", "TRUSTED_PROXIES=127.0.0.1", "WEB_PROCESSES=2", sys.executable, "-m", "server", "web"]
    worker = [sys.executable, "-m", "server", "worker"]
    with stage.serving("spike", web, "/health/ready", url=url, pin=False, patience=300) as server:
        # What follows from a report is done meanwhile, on the same two cores.
        environment = stage.environment | {"DATABASE_URL": url, "PORT": str(server.port)}
        with stage.running("spike-worker", worker, environment, pin=False):
            cookie = asyncio.run(admit(msgspec.structs.replace(settings, database_url=url, port=server.port)))
            print(f"{sum(it.seconds for it in PHASES) / 60:.0f} minutes of spikes and valleys …", flush=True)
            asked, whole, begun = asyncio.run(pattern(server, cookie))
    show(asked, whole, begun, count)


async def pattern(server: Server, cookie: str) -> tuple[list[Asked], int, int]:
    """All requests; how many lifecycles ended well, and how many began."""
    asked: list[Asked] = []
    zero = time.perf_counter()

    async def lifecycle() -> bool:
        chance, line = random.Random(), await Line.open(server.port)

        async def ask(*what: Any, **headers: str) -> Any:
            await asyncio.sleep(1 + 2 * chance.random())
            began, well = time.perf_counter(), False
            try:
                said = await line.ask(*what, **headers)
                well = True
                return said
            finally:
                asked.append(Asked(began - zero, (time.perf_counter() - began) * 1000, well))

        staff = f"__Host-sid={cookie}"
        try:
            sent = await ask("PUT", f"/api/feedback/reports/{uuid4()}", report_of(chance), **stranger(chance))
            (row,) = (await ask("GET", f"/api/feedback/desk?q={sent['code']}", None, staff))["items"]
            acts = f"/api/feedback/desk/{row['id']}/acts"
            for version, act in enumerate(({"act": "assign", "unit": "31834"}, {"act": "fix", "text": "Đã sửa."}), 1):
                await ask("POST", acts, act, staff, **{"If-Match": f'"{version}"'})
            return True
        except (RuntimeError, OSError, EOFError, ValueError) as cause:
            print(f"{time.perf_counter() - zero:.0f} s: {cause}", flush=True)
            return False
        finally:
            line.close()

    going = []
    for at in arrivals(PHASES):
        await asyncio.sleep(max(0.0, zero + at - time.perf_counter()))
        going.append(asyncio.create_task(lifecycle()))
    ended = await asyncio.gather(*going)
    return asked, sum(ended), len(ended)


def p95(asked: Sequence[Asked]) -> float:
    return quantiles((it.ms for it in asked), n=20, method="inclusive")[18] if len(asked) > 1 else 0.0


class Usual:
    """How long requests take while so many come, on the ways up to the spikes.

    A service that answers 17 lifecycles a second more slowly than one is not ill; one that answers 17 more slowly after
    a spike than before it is.
    """

    def __init__(self, asked: Sequence[Asked], names: tuple[str, ...]) -> None:
        """`names`: with which the phases begin that are looked at."""
        self._windows, began = [], 0.0
        for phase in PHASES:
            if phase.name.startswith(names):
                self._windows += [window(asked, began + it) for it in range(0, int(phase.seconds), _WINDOW)]
            began += phase.seconds

    def p95(self, count: int) -> float:
        """In ms, of the half minute, all told, in which the requests were nearest to so many in a window."""
        nearest = sorted(self._windows, key=lambda mine: abs(len(mine) - count))[: 30 // _WINDOW]
        return p95([it for mine in nearest for it in mine])


def window(asked: Sequence[Asked], start: float) -> list[Asked]:
    return [it for it in asked if start <= it.at < start + _WINDOW]


def normal_after(asked: Sequence[Asked], end: float, until: float, usual: Callable[[int], float]) -> float:
    """Seconds after which every window of the phase is as usual: all is answered, within twice the usual time."""
    slow = end
    for start in range(int(end), int(until), _WINDOW):
        mine = window(asked, start)
        if not all(it.well for it in mine) or p95(mine) > 2 * usual(len(mine)):
            slow = start + _WINDOW
    return slow - end


def show(asked: list[Asked], whole: int, begun: int, count: int) -> None:
    print(f"\n### Spikes and valleys: {count:,} reports stored, {begun:,} lifecycles begun, {whole:,} ended well\n")
    print("As usual: within twice the p95 of as many requests on the ways up, or (stricter) of the warm-up's few.\n")
    print(
        "| phase | to, lifecycles/s | requests | failed | p50 ms | p95 ms | longest | as usual after | as warming up |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    usual, quiet = Usual(asked, RISING), Usual(asked, RISING[:1])
    began, recoveries, stricter = 0.0, [], []
    for phase in PHASES:
        end = began + phase.seconds
        mine = [it for it in asked if began <= it.at < end]
        again = "– | –"
        if not phase.name.startswith(RISING):
            recoveries.append(normal_after(asked, began, end, usual.p95))
            stricter.append(normal_after(asked, began, end, quiet.p95))
            again = f"{recoveries[-1]:.0f} s | {stricter[-1]:.0f} s"
        failed = sum(not it.well for it in mine)
        print(
            f"| {phase.name} | {phase.rate:g} | {len(mine):,} | {failed} | {median(it.ms for it in mine):.0f}"
            f" | {p95(mine):.0f} | {max(it.ms for it in mine):.0f} | {again} |"
        )
        began = end
    errors, all_p95 = sum(not it.well for it in asked) / len(asked), p95(asked)
    print()
    for what, found, goal in (
        ("errors", errors, GOAL_ERRORS),
        ("p95 ms of all requests", all_p95, GOAL_P95),
        ("normal again after, s", max(recoveries), GOAL_NORMAL),
        ("the same, as in the warm-up", max(stricter), GOAL_NORMAL),
        ("lifecycles lost", begun - whole, 0),
    ):
        print(f"Goal: {what} {goal:g}: {found:,.3g}, {'reached' if found <= goal else 'MISSED'}.")
