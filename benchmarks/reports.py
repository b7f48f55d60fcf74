"""Field reports among a million of them: whole lifecycles, what is near, the map of the province, and a large photo.

A lifecycle is what DIGIT measures: create, search, assign, resolve (github.com/egovernments, 6.3 a second on 16 cores).
"""

import asyncio
import io
import random
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import msgspec
from PIL import Image
from psycopg import connect
from uuid_utils.compat import uuid7

from benchmarks.figures import spread
from benchmarks.load import Line, Server, postmaster_of, tree
from benchmarks.stage import Stage
from server.app import events_of
from server.core.database import Database
from server.core.settings import Settings, read_settings
from server.modules.identity.models import Method, Role, Staff, StaffRole
from server.modules.identity.service.sessions import Sessions

IN_FLIGHT = 8
ASKED = 300
GOAL_RATE, GOAL_P95, GOAL_NEAR, GOAL_MAP, GOAL_BYTES = 60.0, 300.0, 25.0, 100.0, 30_000
GOAL_PHOTO, GOAL_MEMORY = 1.5, 300.0
_CATEGORIES = ("ha-tang-do-thi", "dien-chieu-sang", "ve-sinh-moi-truong", "cap-thoat-nuoc", "linh-vuc-khac")

# Two in a hundred are open; six in ten are public; all lie somewhere between the two seas.
_FILL = """
INSERT INTO feedback_report (id, operation, body_hash, code, disclosure, category, lat, lon, accuracy_m, commune,
  urgent, photos, written_at, arrived_at, day_off, state, unit, triage_due_at, triaged_at, answer_due_at, answered_at,
  closed_at, next_due_at, late, level, reopened, forgotten, version, released_at, public_text, public_lat, public_lon)
SELECT gen_random_uuid(), gen_random_uuid(), '\\x00', 'PA-250101-' || upper(lpad(to_hex(n), 7, '0')), 'nobody',
  (%(categories)s::text[])[1 + n %% 5], lat, lon, 12, commune, false, 0, at, at, false,
  CASE WHEN open THEN 'assigned' WHEN n %% 7 = 0 THEN 'not-fixable' ELSE 'fixed' END, commune,
  at + interval '2 hours', at + interval '1 hour', at + interval '6 hours', at + interval '3 hours',
  CASE WHEN open THEN NULL ELSE at + interval '3 days' END,
  CASE WHEN open THEN now() + n * interval '1 second' END, false, 0, 0, false, 1,
  CASE WHEN shown THEN at END, CASE WHEN shown THEN 'Nắp cống trước chợ bị vỡ, xe máy dễ sập.' END,
  CASE WHEN shown THEN round(lat::numeric, 3) END, CASE WHEN shown THEN round(lon::numeric, 3) END
FROM (
  SELECT n, 8.6 + random() * 1.0 AS lat, 104.8 + random() * 0.9 AS lon, n %% 50 = 0 AS open, n %% 10 < 6 AS shown,
    now() - random() * interval '360 days' AS at, communes[1 + n %% array_length(communes, 1)] AS commune
  FROM generate_series(1, %(count)s) AS n, (SELECT array_agg(code) AS communes FROM places_unit) AS places
) AS made
"""
_CELLS = """
INSERT INTO feedback_cell (id, y, x, category, open, fixed, closed, lat_sum, lon_sum)
SELECT gen_random_uuid(), floor(public_lat / 0.03)::int, floor(public_lon / 0.03)::int, category,
  count(*) FILTER (WHERE closed_at IS NULL), count(*) FILTER (WHERE state = 'fixed'),
  count(*) FILTER (WHERE state = 'not-fixable'), sum(round(public_lat * 1000)), sum(round(public_lon * 1000))
FROM feedback_report WHERE released_at IS NOT NULL GROUP BY 2, 3, 4
"""


class Round(NamedTuple):
    """Lifecycles a second, their 95th percentile in ms, what each costs the server and PostgreSQL in ms of processor
    time; 99th percentiles in ms of the rest.
    """

    rate: float
    p95: float
    cost: float
    database: float
    near: float
    map: float


def measure(stage: Stage, rounds: int, seconds: int, count: int) -> None:
    settings = read_settings({"VAR": stage.environment["VAR"]})
    url = stage.database
    print(f"Writing {count:,} field reports …", flush=True)
    fill(url, count)
    # Each reporter calls from a network of their own: the limits are not what is measured.
    command = ["env", "TRUSTED_PROXIES=127.0.0.1", "WEB_PROCESSES=2", sys.executable, "-m", "server", "web"]
    with stage.serving("reports", command, "/health/ready", url=url, pin=False, patience=300) as server:
        cookie = asyncio.run(admit(msgspec.structs.replace(settings, database_url=url, port=server.port)))
        postmaster = postmaster_of(Path(stage.environment["VAR"]))
        measured = [asyncio.run(one_round(server, postmaster, cookie, seconds)) for _ in range(rounds + 1)][1:]
        size = asyncio.run(weigh(server))
        took, peak = asyncio.run(photo(server))
    show(measured, count, size, took, peak)


def fill(url: str, count: int) -> None:
    """As a year leaves them: without the words of people, which their reporters may have taken back."""
    with connect(url, autocommit=True) as connection:
        connection.execute("ALTER TABLE feedback_report DISABLE TRIGGER feedback_count_cell")
        connection.execute(_FILL, {"count": count, "categories": list(_CATEGORIES)})
        connection.execute("ALTER TABLE feedback_report ENABLE TRIGGER feedback_count_cell")
        connection.execute(
            "TRUNCATE feedback_cell"
        )  # of the demonstration's reports, which are counted with the others
        connection.execute(_CELLS)
        connection.execute("VACUUM ANALYZE feedback_report, feedback_cell")


async def admit(settings: Settings) -> str:
    """The session of somebody of the hub."""
    database = Database(settings)
    events_of(database)
    async with database.transaction() as session:
        member = Staff(id=uuid7(), login=f"bench-{uuid7()}", name="Bench", unit="31840")
        role = Role(id=uuid7(), name=f"bench {uuid7()}", permissions=["feedback:handle", "feedback:triage"])
        session.add_all([member, role])
        await session.flush()
        session.add(StaffRole(staff_id=member.id, role_id=role.id))
        await session.flush()
        _, cookie = await Sessions(session).open_for_staff(member, Method.PASSKEY, device="")
    await database.close()
    return cookie


def report_of(chance: random.Random, photos: int = 0) -> dict[str, Any]:
    return {
        "category": chance.choice(_CATEGORIES),
        "text": "Nắp cống trước chợ bị vỡ, xe máy dễ sập.",
        "lat": 9.0 + chance.random() * 0.3,
        "lon": 105.0 + chance.random() * 0.3,
        "accuracy_m": 12,
        "commune": None,
        "outside_meant": True,
        "urgent": False,
        "disclosure": "nobody",
        "photos": photos,
        "written_at": datetime.now(UTC).isoformat(),
    }


async def one_round(server: Server, postmaster: Server, cookie: str, seconds: int) -> Round:
    chance = random.Random()
    staff = f"__Host-sid={cookie}"

    async def lifecycle(line: Line) -> None:
        """Create, search, assign, resolve."""
        sent = await line.ask("PUT", f"/api/feedback/reports/{uuid4()}", report_of(chance), **stranger(chance))
        found = await line.ask("GET", f"/api/feedback/desk?q={sent['code']}", cookie=staff)
        (row,) = found["items"]
        for version, said in enumerate(({"act": "assign", "unit": "31834"}, {"act": "fix", "text": "Đã sửa."}), 1):
            acts = f"/api/feedback/desk/{row['id']}/acts"
            await line.ask("POST", acts, said, staff, **{"If-Match": f'"{version}"'})

    times: list[float] = []
    until = time.perf_counter() + seconds

    async def some() -> None:
        line = await Line.open(server.port)
        while time.perf_counter() < until:
            began = time.perf_counter()
            await lifecycle(line)
            times.append((time.perf_counter() - began) * 1000)
        line.close()

    used, asked, began = server.cpu(), postmaster.cpu(), time.perf_counter()
    await asyncio.gather(*(some() for _ in range(IN_FLIGHT)))
    took, cost, database = time.perf_counter() - began, server.cpu() - used, postmaster.cpu() - asked

    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", timeout=60) as http:

        async def near() -> httpx.Response:
            at = {"lat": 8.7 + chance.random() * 0.7, "lon": 104.9 + chance.random() * 0.6}
            return await http.get("/api/feedback/public/near", params=at, headers=stranger(chance))

        async def whole() -> httpx.Response:
            return await http.get("/api/feedback/public/map", headers=stranger(chance))

        p95 = quantiles(times, n=20)[18]
        each = [total / len(times) * 1000 for total in (cost, database)]
        return Round(len(times) / took, p95, *each, await slowest(near), await slowest(whole))


def stranger(chance: random.Random) -> dict[str, str]:
    """Headers of somebody who calls from a network of their own."""
    return {"X-Forwarded-For": f"2001:db8:{chance.getrandbits(16):x}:{chance.getrandbits(16):x}::1"}


async def slowest(ask: Callable[[], Awaitable[httpx.Response]]) -> float:
    """The 99th percentile in ms, one after the other; the first ones warm up."""
    times: list[float] = []
    for number in range(ASKED + 20):
        began = time.perf_counter()
        (await ask()).raise_for_status()
        if number >= 20:
            times.append((time.perf_counter() - began) * 1000)
    return quantiles(times, n=100)[98]


async def weigh(server: Server) -> int:
    """Bytes of the whole province's map, as they are sent."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", timeout=60) as http:
        return len((await http.get("/api/feedback/public/map")).content)


async def photo(server: Server) -> tuple[float, float]:
    """Processor seconds of a photo of 12 megapixels, the median of five; and the most a process needed, in MB."""
    chance = random.Random(7)
    # As a camera writes it: detail everywhere, and not the same twice.
    grain = Image.frombytes("RGB", (500, 375), chance.randbytes(500 * 375 * 3)).resize((4000, 3000))
    origin = f"http://127.0.0.1:{server.port}"
    costs: list[float] = []
    for pid in tree(server.pid):
        _forget_peak(pid)
    async with httpx.AsyncClient(base_url=origin, timeout=60, headers={"Origin": origin}) as http:
        for quality in (92, 90, 91, 89, 93):
            out = io.BytesIO()
            grain.save(out, "JPEG", quality=quality)
            operation, where = uuid4(), stranger(chance)
            sent = await http.put(f"/api/feedback/reports/{operation}", json=report_of(chance, photos=1), headers=where)
            sent.raise_for_status()
            used = server.cpu()
            kept = await http.put(
                f"/api/feedback/reports/{operation}/photos/1",
                content=out.getvalue(),
                headers=where | {"Content-Type": "image/jpeg"},
            )
            kept.raise_for_status()
            costs.append(server.cpu() - used)
    return median(costs), max(_peak(pid) for pid in tree(server.pid))


def _forget_peak(pid: int) -> None:
    """The most it needs from now on counts: what building the catalogue took is over."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def _peak(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0.0)


def show(rounds: list[Round], count: int, size: int, took: float, peak: float) -> None:
    print(f"\n### Field reports: {count:,} stored, {IN_FLIGHT} lifecycles in flight, both cores\n")
    print(
        "| lifecycles/s | p95 ms | CPU ms each | PostgreSQL's | near me p99 ms | map p99 ms | map bytes "
        "| 12 MP photo CPU s | MB |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    columns = [spread([getattr(it, name) for it in rounds], 1) for name in Round._fields]
    print(f"| {' | '.join(columns)} | {size:,} | {took:.2f} | {peak:.0f} |\n")
    for what, found, goal, good in (
        ("lifecycles/s", median(it.rate for it in rounds), GOAL_RATE, lambda a, b: a >= b),
        ("lifecycle p95 ms", median(it.p95 for it in rounds), GOAL_P95, lambda a, b: a <= b),
        ("near me p99 ms", median(it.near for it in rounds), GOAL_NEAR, lambda a, b: a <= b),
        ("map p99 ms", median(it.map for it in rounds), GOAL_MAP, lambda a, b: a <= b),
        ("map bytes", size, GOAL_BYTES, lambda a, b: a <= b),
        ("photo CPU s", took, GOAL_PHOTO, lambda a, b: a <= b),
        ("process MB", peak, GOAL_MEMORY, lambda a, b: a <= b),
    ):
        print(f"Goal: {what} {goal:g}: {found:,.2f}, {'reached' if good(found, goal) else 'MISSED'}.")
