"""How long one resident's message takes from its commit to the push service: alone, and while many are being told."""

import asyncio
from statistics import quantiles

import psycopg

from benchmarks.push import Post, office
from benchmarks.stage import Stage

QUEUED = 100_000
ASKED = 100
GOALS = {"idle": ("p95", 94, 1.0), f"{QUEUED:,} announcements queued": ("p99", 98, 5.0)}


def measure(stage: Stage) -> None:
    asyncio.run(_measure(stage))


async def _measure(stage: Stage) -> None:
    print("\n### One message, from the commit to the push service, seconds\n")
    print("| | p50 | p95 | p99 | longest | goal |\n|---|---|---|---|---|---|")
    with (
        office(stage) as post,
        psycopg.connect(stage.database, autocommit=True) as connection,
        post.working(stage),
    ):
        await post.fill()
        await ask(post, connection, 5)  # the first push starts the thread
        for what, (name, cut, goal) in GOALS.items():
            if what != "idle":
                await post.post(QUEUED, urgent=False)
            times = await ask(post, connection, ASKED)
            cuts = quantiles(times, n=100)
            left = connection.execute("SELECT count(*) FROM notifications_message WHERE state = 'waiting'").fetchone()
            assert left
            if what != "idle" and not left[0]:
                raise RuntimeError("the announcements were over before the messages were")
            verdict = "reached" if cuts[cut] <= goal else "MISSED"
            figures = f"{cuts[49]:.2f} | {cuts[94]:.2f} | {cuts[98]:.2f} | {max(times):.2f}"
            print(f"| {what} | {figures} | {name} ≤ {goal:g}: {verdict} |", flush=True)
        await post.database.close()


async def ask(post: Post, connection: psycopg.Connection, count: int) -> list[float]:
    """One message after the other, a tenth of a second apart; the seconds each took."""
    committed = {}
    for _ in range(count):
        at, (message,) = await post.post_some(1)
        committed[message] = at
        await asyncio.sleep(0.1)
    times: dict[object, float] = {}
    while len(times) < count:
        await asyncio.sleep(0.1)
        accepted = connection.execute(
            "SELECT id, accepted_at FROM notifications_message WHERE id = ANY(%s) AND state = 'accepted'",
            (list(committed),),
        )
        times = {message: (at - committed[message]).total_seconds() for message, at in accepted}
    return list(times.values())
