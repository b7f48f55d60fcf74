"""Field reports sent over a line that loses replies, from tabs that die, twice at once, to a server that is killed.

A phone is whatever `kept.ts` and `send.ts` promise: it remembers what it was told, and sends the rest again under the
same ids. In the end the server has each report once, with every photo as it was sent.
"""

import asyncio
import hashlib
import io
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import psycopg
from PIL import Image

from benchmarks.reports import report_of, stranger
from benchmarks.stage import Stage, free_port, killable

PHONES = 6
_PATIENCE = 600  # seconds for one phone; a run that takes longer is lost


class Phone:
    """One report with its photos, on a phone: what it was told, and nothing else, is known there."""

    def __init__(self, chance: random.Random) -> None:
        self.operation = str(uuid4())
        self.pictures = [_picture(chance) for _ in range(chance.choice((0, 1, 1, 2, 3)))]
        self.body = report_of(chance, photos=len(self.pictures))
        self.code = ""
        self.kept: set[int] = set()
        self.happened: Counter[str] = Counter()
        self._chance = chance
        self._from = stranger(chance)

    @property
    def done(self) -> bool:
        return bool(self.code) and len(self.kept) == len(self.pictures)

    async def send(self, http: httpx.AsyncClient) -> None:
        """One attempt, from the first thing that was not told; it may end anywhere."""
        path = f"/api/feedback/reports/{self.operation}"
        if not self.code:
            said = await self._put(partial(http.put, path, json=self.body, headers=self._from))
            if said is None:
                return
            self.code = said["code"]
        for number, picture in enumerate(self.pictures, 1):
            if number in self.kept:
                continue
            headers = self._from | {"Content-Type": "image/jpeg"}
            send = partial(http.put, f"{path}/photos/{number}", content=picture, headers=headers)
            said = await self._put(send)
            if said is None:
                return
            if said["sent"] != hashlib.sha256(picture).hexdigest():
                raise RuntimeError(f"{self.operation}: photo {number} is another one")
            self.kept.add(number)

    async def _put(self, put: Any) -> dict[str, Any] | None:
        """What the server said; None when the line, the tab or the server did not live to hear it."""
        fate = self._chance.random()
        if fate < 0.15:
            # The reply is lost: perhaps the server has it, perhaps not.
            self.happened["lost"] += 1
            task = asyncio.ensure_future(put())
            await asyncio.wait([task], timeout=self._chance.random() * 0.05)
            task.cancel()
            with suppress(asyncio.CancelledError, httpx.HTTPError):
                await task
            return None
        if fate < 0.3:
            # Two tabs at once: both are told the same.
            self.happened["doubled"] += 1
            both = await asyncio.gather(put(), put(), return_exceptions=True)
            told = [_told(it) for it in both]
            heard = [it for it in told if it is not None]
            if len(heard) == 2 and heard[0] != heard[1]:
                raise RuntimeError(f"{self.operation}: two answers, {heard}")
            return heard[0] if heard else None
        try:
            reply = await put()
        except httpx.HTTPError as error:
            self.happened[type(error).__name__] += 1
            return None
        if fate < 0.35:
            # The tab dies with the reply in hand: the phone has not written it down.
            self.happened["forgotten"] += 1
            _told(reply)
            return None
        return _told(reply)


def _told(reply: Any) -> dict[str, Any] | None:
    if isinstance(reply, httpx.HTTPError):
        return None
    if isinstance(reply, BaseException):
        raise reply
    if reply.status_code in (429, 500, 502, 503, 504):
        if reply.status_code == 500:
            raise RuntimeError(f"500: {reply.text}")
        return None
    said: dict[str, Any] = reply.raise_for_status().json()
    return said


def _picture(chance: random.Random) -> bytes:
    out = io.BytesIO()
    Image.frombytes("RGB", (64, 48), chance.randbytes(64 * 48 * 3)).save(out, "JPEG")
    return out.getvalue()


Line = Callable[[], AbstractAsyncContextManager[httpx.AsyncClient]]


def line_to(origin: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=origin, timeout=20, headers={"Origin": origin}, verify=False)


async def send_all(line: Line, phones: list[Phone]) -> None:
    """A few phones at a time, each until it was told everything. Raises TimeoutError.

    Each has lines of its own: a pool of them loses one with every request that is given up (httpx).
    """
    waiting = iter(phones)

    async def one_after_the_other() -> None:
        for phone in waiting:
            async with asyncio.timeout(_PATIENCE), line() as http:
                while not phone.done:
                    await phone.send(http)
                    if not phone.done:
                        await asyncio.sleep(0.05)

    async with asyncio.TaskGroup() as group:
        for _ in range(PHONES):
            group.create_task(one_after_the_other())


class Verdict(dict[str, int]):
    """Counts of what must be 0, and of what there was."""


def judge(url: str, phones: list[Phone]) -> Verdict:
    """By the tables themselves: each report once, each photo once and as it was sent."""
    operations = [phone.operation for phone in phones]
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT operation::text, code FROM feedback_report WHERE operation = ANY(%s::uuid[])", (operations,)
        ).fetchall()
        photos = connection.execute(
            "SELECT r.operation::text, p.number, p.sent_hash FROM feedback_photo p"
            " JOIN feedback_report r ON r.id = p.report_id WHERE r.operation = ANY(%s::uuid[])",
            (operations,),
        ).fetchall()
        steps = connection.execute(
            "SELECT count(*) FROM feedback_step s JOIN feedback_report r ON r.id = s.report_id"
            " WHERE s.kind = 'arrived' AND r.operation = ANY(%s::uuid[])",
            (operations,),
        ).fetchall()
    codes = dict(rows)
    there = {(operation, number): bytes(digest) for operation, number, digest in photos}
    wanted = {
        (phone.operation, number): hashlib.sha256(picture).digest()
        for phone in phones
        for number, picture in enumerate(phone.pictures, 1)
    }
    return Verdict(
        lost=sum(phone.operation not in codes for phone in phones),
        doubled=len(rows) - len(codes) + len(photos) - len(there) + max(0, steps[0][0] - len(rows)),
        renamed=sum(codes.get(phone.operation) != phone.code for phone in phones),
        photos_lost=len(wanted.keys() - there.keys()),
        photos_wrong=sum(there[key] != digest for key, digest in wanted.items() if key in there),
        photos_more=len(there.keys() - wanted.keys()),
        photos=len(wanted),
    )


def measure(stage: Stage, runs: int, kills: int) -> None:
    asyncio.run(_measure(stage, runs, kills))


async def _measure(stage: Stage, runs: int, kills: int) -> None:
    chance = random.Random()
    port, url = free_port(), stage.database
    environment = stage.environment | {"PORT": str(port), "DATABASE_URL": url, "TRUSTED_PROXIES": "127.0.0.1"}
    ready = f"http://127.0.0.1:{port}/health/ready"
    phones = [Phone(chance) for _ in range(runs)]
    killed = 0
    print(f"\n{runs:,} reports over a bad line, the web server killed up to {kills} times …", flush=True)
    with killable(stage, environment, "web") as processes:
        web = processes["web"]
        web.wait_until_ready(ready)
        origin = f"http://127.0.0.1:{port}"
        began = time.monotonic()
        sending = asyncio.create_task(send_all(partial(line_to, origin), phones))
        while not sending.done() and killed < kills:
            # Evenly over the whole, by how many are done and not by the clock.
            until = (killed + 1) * runs // (kills + 1)
            while not sending.done() and sum(phone.done for phone in phones) < until:
                await asyncio.sleep(0.2)
            if sending.done():
                break
            await asyncio.to_thread(web.end, signal.SIGKILL)
            killed += 1
            web.start()
            await asyncio.to_thread(web.wait_until_ready, ready)
            print(f"{sum(phone.done for phone in phones):,} told, {killed} × killed", flush=True)
        await sending
        took = time.monotonic() - began
    show(judge(url, phones), phones, killed, took)


def show(found: Verdict, phones: list[Phone], killed: int, took: float) -> None:
    happened = sum((phone.happened for phone in phones), Counter[str]())
    print(f"\n### Exactly once: {len(phones):,} reports with {found['photos']:,} photos, {took:.0f} s\n")
    print(f"{killed} × kill -9; " + ", ".join(f"{count:,} × {what}" for what, count in happened.most_common()) + ".\n")
    print("| lost | doubled | under another code | photos lost | photos wrong | photos nobody sent |")
    print("|---|---|---|---|---|---|")
    columns = ("lost", "doubled", "renamed", "photos_lost", "photos_wrong", "photos_more")
    print(f"| {' | '.join(str(found[name]) for name in columns)} |\n")
    good = not any(found[name] for name in columns)
    print(f"Goal: 0 lost, 0 doubled, photos complete: {'reached' if good else 'MISSED'}.")
    if not good:
        sys.exit(1)
