"""`audit`: walks the chain of the audit log and holds it against its anchors. Trusts neither the writers nor triggers.

All it needs is the table `core_audit`, the folder of the anchors and the public key they are signed with.
"""

import asyncio
from collections import deque
from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path

import click
import msgspec
import psycopg

from server.core.anchors import Anchor, anchor, public_key, read_anchors
from server.core.audit import GENESIS, LINKS, Link, hash_of
from server.core.database import Database
from server.core.embedded import postgres
from server.core.settings import Settings

_SHOWN_FAULTS = 20


class Report(msgspec.Struct, kw_only=True):
    """What was found: `rows` that hold together, then the first bad row, if there is one, and what is wrong with it."""

    rows: int
    bad_row: int | None
    damage: str
    anchors: int
    newest: datetime | None
    faults: list[str]
    """A sentence for every line among the anchors that is none."""

    @property
    def good(self) -> bool:
        return self.bad_row is None and not self.faults and (self.anchors > 0 or self.rows == 0)


def verify(connection: psycopg.Connection, folder: Path, keys: Collection[str]) -> Report:
    """Walk the whole chain, a few thousand rows in memory at a time. `keys` are the public keys to trust."""
    # The anchors first: one that is written meanwhile would speak of rows we do not see yet.
    anchors, faults = read_anchors(folder, keys)
    with connection.transaction(), connection.cursor("audit") as cursor:
        cursor.itersize = 2000
        rows, bad_row, damage = _walk(map(Link._make, cursor.execute(LINKS)), anchors)
    newest = max((anchor.at for anchor in anchors), default=None)
    return Report(rows=rows, bad_row=bad_row, damage=damage, anchors=len(anchors), newest=newest, faults=faults)


def _walk(links: Iterable[Link], anchors: Iterable[Anchor]) -> tuple[int, int | None, str]:
    good, last, anchored, ahead = 0, GENESIS, 0, deque(anchors)
    for link in links:
        row = good + 1
        if link.sequence < row:
            return good, link.sequence, "it was put in beside the chain"
        if link.sequence > row:
            return good, row, f"it is missing; the next one there is {link.sequence}"
        if link.hash != hash_of(link):
            return good, row, "it was changed: its hash does not fit what stands in it"
        if link.prev != last:
            # One of the two is not what it was: this one, when an anchor vouches for the one before it.
            bad = row if good == anchored else good
            return bad - 1, bad, f"it was changed: rows {good} and {row} are not of one chain"
        while ahead and ahead[0].sequence <= row:
            if ahead[0].hash != link.hash.hex():
                said = f"anchored at {_shown(ahead[0].at)} was another one"
                return good, row, f"{said}; what was rewritten begins between row {anchored + 1} and this one"
            anchored = ahead.popleft().sequence
        good, last = row, link.hash
    if ahead:
        return good, good + 1, f"it is missing, and all that followed: {ahead[-1].sequence} rows were anchored"
    return good, None, ""


def print_verdict(settings: Settings, keys: Collection[str]) -> int:
    """Verify and print what was found; 1 when something is wrong."""
    keys = keys or [public_key(settings)]
    with postgres(settings) as url, psycopg.connect(url, connect_timeout=5) as connection:
        try:
            report = verify(connection, settings.anchors, keys)
        except psycopg.errors.UndefinedTable:
            raise click.ClickException("there is no audit log yet: `python -m server migrate`") from None
    for fault in report.faults[:_SHOWN_FAULTS]:
        click.echo(f"✗ anchor {fault}")
    if len(report.faults) > _SHOWN_FAULTS:
        click.echo(f"✗ and {len(report.faults) - _SHOWN_FAULTS} more anchors")
    if report.bad_row is not None:
        click.echo(f"✗ row {report.bad_row}: {report.damage}")
        click.echo(f"{report.rows} rows before it hold together.")
    elif report.newest is not None:
        click.echo(
            f"{'✗' if report.faults else '✓'} {report.rows} rows hold together"
            f" and fit {report.anchors} anchors, the newest of {_shown(report.newest)}."
        )
    elif report.rows:
        click.echo(f"✗ {report.rows} rows hold together, but there is no good anchor in {settings.anchors}:")
        click.echo("  rows cut off at the end, or a chain made anew, would not show. Right only in the first hour.")
    else:
        click.echo("✓ nothing was recorded yet.")
    return 0 if report.good else 1


def _shown(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def anchor_now(settings: Settings) -> Anchor | None:
    """Write an anchor without waiting for the hour."""

    async def run(database: Database) -> Anchor | None:
        try:
            async with database.transaction() as session:
                return await anchor(session, settings)
        except OSError as error:
            raise click.ClickException(f"cannot write to {settings.anchors}: {error.strerror}") from None
        finally:
            await database.close()

    with postgres(settings) as url:
        return asyncio.run(run(Database(msgspec.structs.replace(settings, database_url=url))))
