"""How often something may be done: counted by one atomic statement, shared by all processes.

The count stands outside the request's transaction, so that a refused request counts too. A limiter that cannot
count lets nobody in (503): a full disk must not open the door.
"""

import hashlib
import hmac
import time
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, NamedTuple

from litestar.handlers import BaseRouteHandler
from sqlalchemy import CTE, Exists, Row, and_, bindparam, case, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from server.core.access import Connection
from server.core.database import Database, Table
from server.core.problems import TooManyRequests
from server.core.retention import Keep
from server.core.rotation import Ending
from server.core.sealing import derive
from server.core.settings import Settings
from server.core.words import Words


class Count(Table):
    """How often one subject did one thing in one window. The subject is keyed and hashed: no address is stored."""

    __tablename__ = "core_count"

    key: Mapped[str] = mapped_column(unique=True)
    counted: Mapped[int]
    until: Mapped[datetime] = mapped_column(index=True)


_COUNT = """
INSERT INTO core_count AS c (id, key, counted, until) VALUES (%(id)s, %(key)s, 1, %(until)s)
ON CONFLICT (key) DO UPDATE SET counted = c.counted + 1 RETURNING counted
"""
# In the order of the keys: of two that count the same, none waits for the other in a circle.
_COUNT_EACH = """
INSERT INTO core_count AS c (id, key, counted, until)
SELECT id, key, 1, until FROM unnest(%(ids)s::uuid[], %(keys)s::text[], %(untils)s::timestamptz[]) AS t (id, key, until)
ORDER BY key
ON CONFLICT (key) DO UPDATE SET counted = c.counted + 1 RETURNING key, counted
"""
_GIVE_BACK = """
WITH theirs AS (SELECT id FROM core_count WHERE key = ANY(%s) ORDER BY key FOR UPDATE)
UPDATE core_count SET counted = counted - 1 FROM theirs WHERE core_count.id = theirs.id
"""
_ATTEMPT = """
INSERT INTO core_count AS c (id, key, counted, until) VALUES (%(id)s, %(key)s, 1, %(later)s)
ON CONFLICT (key) DO UPDATE SET
  counted = CASE WHEN c.until <= %(now)s THEN 1 ELSE c.counted + 1 END,
  until = CASE WHEN c.until <= %(now)s OR c.counted < %(times)s THEN %(later)s ELSE c.until END
RETURNING counted, until
"""


class Spent(NamedTuple):
    """A rule, whom it counts, and at most how often in a window of `per` seconds."""

    rule: str
    subject: str
    times: int
    per: int


class Limits:
    """Counts for rules whose subject the network does not tell: a phone number, an account, a device."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._key = derive(settings.secret_key, "limits")

    async def spend(self, rule: str, subject: str, *, times: int, per: int) -> None:
        """Count once. Raises TooManyRequests when it is more than `times` in this window of `per` seconds."""
        counted, until = await self.count(rule, subject, per=per)
        if counted > times:
            raise _too_often(rule, times, per, until)

    async def spend_each(self, *rules: Spent) -> None:
        """Count once for each of several rules, together. Raises TooManyRequests by the first that it is too much for.

        As if they were asked one after the other: those behind the one that refuses get back what was counted.
        """
        windows = [_window(it.per) for it in rules]
        keys = [self._spent(it.rule, it.subject, window) for it, (window, _) in zip(rules, windows, strict=True)]
        once = {"ids": [uuid7() for _ in rules], "keys": keys, "untils": [until for _, until in windows]}
        async with self._database.glance() as connection:
            counted = dict(await (await connection.execute(_COUNT_EACH, once, prepare=True)).fetchall())
            for place, (it, key, (_, until)) in enumerate(zip(rules, keys, windows, strict=True), 1):
                if counted[key] > it.times:
                    await connection.execute(_GIVE_BACK, [keys[place:]])
                    raise _too_often(it.rule, it.times, it.per, until)

    async def count(self, rule: str, subject: str, *, per: int) -> tuple[int, datetime]:
        """Count once, without a limit: how often it is now in this window of `per` seconds, and when that ends."""
        window, until = _window(per)
        once = {"id": uuid7(), "key": self._spent(rule, subject, window), "until": until}
        async with self._database.glance() as connection:
            row = await (await connection.execute(_COUNT, once, prepare=True)).fetchone()
        assert row  # who cannot be counted is not let in
        return row[0], until

    async def give_back(self, rule: str, subject: str, *, per: int) -> None:
        """What was counted last turned out to be nothing that is limited."""
        async with self._database.glance() as connection:
            await connection.execute(_GIVE_BACK, [[self._spent(rule, subject, _window(per)[0])]])

    async def counted(self, rule: str, subjects: Collection[str], *, per: int, at: datetime) -> dict[str, int]:
        """How often each of these did it in the window of that instant, which is kept for an hour; 0 is left out."""
        window = int(at.timestamp()) // per
        keys = {self._spent(rule, subject, window): subject for subject in subjects}
        async with self._database.reading() as connection:
            rows = await connection.execute(select(Count.key, Count.counted).where(Count.key.in_(keys)))
            return {keys[row.key]: row.counted for row in rows}

    async def attempt(self, rule: str, subject: str, *, times: int, pause: int) -> None:
        """Count an attempt at a secret, before it is looked at; `forget` when it was right.

        Raises TooManyRequests after `times` of them, until `pause` seconds after the last one that was counted.
        """
        now = datetime.now(UTC)
        once = {"id": uuid7(), "key": self._attempted(rule, subject), "now": now, "times": times}
        once["later"] = now + timedelta(seconds=pause)
        async with self._database.glance() as connection:
            row = await (await connection.execute(_ATTEMPT, once, prepare=True)).fetchone()
        assert row
        counted, until = row
        if counted > times:
            raise _too_often(rule, times, pause, until)

    async def forget(self, rule: str, subject: str) -> None:
        """What was attempted was right: the next attempt is a first one again."""
        async with self._database.glance() as connection:
            await connection.execute("DELETE FROM core_count WHERE key = %s", [self._attempted(rule, subject)])

    def _spent(self, rule: str, subject: str, window: int) -> str:
        return self._attempted(rule, f"{subject}|{window}")

    def _attempted(self, rule: str, subject: str) -> str:
        return _keyed(self._key, rule, subject)


def _keyed(key: bytes, rule: str, subject: str) -> str:
    return hmac.new(key, f"{rule}|{subject}".encode(), hashlib.sha256).hexdigest()


class Guesses:
    """Attempts at a secret, counted by the very statement that looks for what is right: one way to the database, where
    `attempt` and `forget` around a look are three. After `times` wrong ones a right one is refused as well, until
    `pause` seconds after the last that was counted.
    """

    def __init__(self, rule: str, *, times: int, pause: int) -> None:
        self._rule, self._times, self._pause = rule, times, pause

    def counted(self, right: Exists) -> CTE:
        """One row of `counted` and `until`, for `refuse`; `counted` is 0 for a right one alone, which is let in.

        The statement is to be given `given`. It waits at the row of its subject: of a thousand guesses at once each is
        counted before it is told from a right one.
        """
        now, times = bindparam("guess_now", type_=Count.until.type), self._times
        once = insert(Count).values(
            id=bindparam("guess_id", type_=Count.id.type),
            key=bindparam("guess_key", type_=Count.key.type),
            counted=case((right, 0), else_=1),
            until=bindparam("guess_later", type_=Count.until.type),
        )
        closed = and_(Count.counted >= times, Count.until > now)
        counts = once.on_conflict_do_update(
            index_elements=[Count.key],
            set_={
                "counted": case(
                    (closed, Count.counted + 1),
                    (once.excluded.counted == 0, 0),
                    (Count.until <= now, 1),
                    else_=Count.counted + 1,
                ),
                "until": case((closed, Count.until), else_=once.excluded.until),
            },
        )
        # As with the other counts nobody waits for the disk; it holds for this one statement.
        hasty = func.set_config("synchronous_commit", "off", True)
        return counts.returning(Count.counted, Count.until, hasty.label("hasty")).cte("guess")

    def given(self, settings: Settings, subject: str) -> dict[str, Any]:
        now = datetime.now(UTC)
        return {
            "guess_id": uuid7(),
            "guess_key": _keyed(derive(settings.secret_key, "limits"), self._rule, subject),
            "guess_now": now,
            "guess_later": now + timedelta(seconds=self._pause),
        }

    def refuse(self, row: Row[Any]) -> None:
        """Raises TooManyRequests when it was one too many."""
        if row.counted > self._times:
            raise _too_often(self._rule, self._times, self._pause, row.until)


def _window(per: int) -> tuple[int, datetime]:
    """The window of `per` seconds that is now, and when it ends."""
    window = int(time.time()) // per
    return window, datetime.fromtimestamp((window + 1) * per, UTC)


def _too_often(rule: str, times: int, per: int, until: datetime) -> TooManyRequests:
    left = max(1, int(until.timestamp() - time.time()))
    return TooManyRequests(
        TOO_OFTEN.fill(minutes=-(-left // 60)) if left <= _LONG else FOR_LONG.fill(hours=-(-left // 3600)),
        headers={
            "Retry-After": str(left),
            "RateLimit": f'"{rule}";r=0;t={left}',
            "RateLimit-Policy": f'"{rule}";q={times};w={per}',
        },
    )


class at_most:
    """A guard: at most `times` in `per` seconds for each network (IPv4 /24, IPv6 /56), and `in_all` for everybody.

    `times` may be the name of a setting, which is taken `fold` times. `each_caller`: counted by person instead, behind
    a guard that knows who calls: a mobile carrier's network is thousands of people, and none answers for the others.
    """

    def __init__(
        self,
        times: int | str,
        *,
        per: int,
        rule: str,
        fold: int = 1,
        in_all: int | None = None,
        each_caller: bool = False,
    ) -> None:
        self.times, self.per, self.rule, self.fold, self.in_all = times, per, rule, fold, in_all
        self.each_caller = each_caller

    async def __call__(self, connection: Connection, _handler: BaseRouteHandler) -> None:
        limits = Limits(connection.app.state.database, connection.app.state.settings)
        times = self.times
        if isinstance(times, str):
            times = int(getattr(connection.app.state.settings, times))
        subject = str(connection.user.id) if self.each_caller else network_of(connection)
        await limits.spend(self.rule, subject, times=times * self.fold, per=self.per)
        if self.in_all is not None:
            await limits.spend(self.rule, "everybody", times=self.in_all, per=self.per)


TOO_OFTEN = Words(
    "Bạn đã làm việc này quá nhiều lần. Hãy thử lại sau {minutes} phút.",
    "You have done this too often. Try again in {minutes} min.",
    "អ្នកបានធ្វើការនេះច្រើនដងពេក។ សូមព្យាយាមម្តងទៀតក្នុង {minutes} នាទី។",
)
FOR_LONG = Words(
    "Bạn đã làm việc này quá nhiều lần. Hãy thử lại sau {hours} giờ.",
    "You have done this too often. Try again in {hours} hours.",
    "អ្នកបានធ្វើការនេះច្រើនដងពេក។ សូមព្យាយាមម្តងទៀតក្នុង {hours} ម៉ោង។",
)
_LONG = 5400
"""Seconds: more of them are said in hours, for nobody counts 1440 minutes."""


def network_of(connection: Connection) -> str:
    """The caller's network rather than the address: one phone changes its address, a household shares one."""
    host = connection.client.host if connection.client else ""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:  # a socket file has no network
        return ""
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    return str(ip_network(f"{address}/{24 if address.version == 4 else 56}", strict=False))


SEALED = [Ending(Count, ("key",), "counts of how often something was done, which begin again")]

KEEP = Keep(Count, "an hour after its window", lambda now: Count.until < now - timedelta(hours=1))
