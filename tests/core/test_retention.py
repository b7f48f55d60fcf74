"""What is over goes, what is not stays, and both are told: beforehand by the command, afterwards by the audit log."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from server.app import MODULES, events_of
from server.core import retention
from server.core.database import Database
from server.core.settings import ROOT, Settings


@pytest.fixture
async def own(fresh: Settings) -> Database:
    database = Database(fresh)
    events_of(database)
    async with database.reading() as connection:
        await connection.execute(
            text("""INSERT INTO core_count (id, key, counted, until)
                    VALUES (gen_random_uuid(), 'old', 1, now() - interval '2 hours'),
                           (gen_random_uuid(), 'new', 1, now() + interval '2 hours')""")
        )
    return database


async def test_only_what_is_over_goes_and_a_second_run_finds_nothing(own: Database) -> None:
    for _ in range(2):
        async with own.transaction() as session:
            await retention.forget(session, datetime.now(UTC))
    async with own.reading() as connection:
        left = (await connection.execute(text("SELECT key FROM core_count"))).scalars().all()
        told = (
            (await connection.execute(text("SELECT detail FROM core_audit WHERE act = 'core:forget'"))).scalars().all()
        )
    await own.close()
    assert left == ["new"]
    assert told == [{"rows": {"core_count": 1}}]


async def test_the_command_tells_and_deletes_nothing(own: Database, fresh: Settings) -> None:
    said = subprocess.run(  # noqa: ASYNC221 (nothing else waits here)
        [sys.executable, "-m", "server", "retention"],
        cwd=ROOT,
        env={"DATABASE_URL": fresh.database_url, "SECRET_KEY": fresh.secret_key, "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    async with own.reading() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM core_count")) == 2
    await own.close()
    assert [line.split()[1] for line in said.splitlines() if "core_count" in line] == ["1"]


async def test_everything_that_expires_is_in_the_list() -> None:
    """A table whose rows come to an end, and which nobody deletes, would grow for ever."""
    from server.core.database import Table

    kept = {keep.table for module in MODULES for keep in module.keeps}
    ends = {"expires_at", "forget_at", "decided_at"}
    expiring = {it.class_ for it in Table.registry.mappers if ends & set(it.columns.keys())}
    # Money given back is of the accounts, which stay (server/modules/payments/module.py).
    assert {table.__tablename__ for table in expiring - kept} == {"payments_refund"}


async def test_a_count_is_kept_through_its_window(own: Database) -> None:
    async with own.transaction() as session:
        await retention.forget(session, datetime.now(UTC) + timedelta(hours=2, minutes=59))
    async with own.reading() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM core_count")) == 1
    await own.close()
