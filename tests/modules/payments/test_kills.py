"""The web process is killed (-9) while people pay: what was acknowledged is booked, once.

`python -m benchmarks payments-crashes --kills 100` does it often, with the worker and PostgreSQL, too.
"""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import psycopg

from benchmarks.payments_crashes import Town, admit, send_the_rest, wrong_of
from server.core.database import Database
from server.core.settings import Settings
from server.modules.payments.service.attempts import Attempts
from server.sandbox.bank import Bank, serving
from tests.app import free_port, is_ready, started

LIVES, PAYERS, BETWEEN = 3, 3, 20


async def test_what_was_acknowledged_outlives_a_kill(settings: Settings, database: Database) -> None:
    bank, port = Bank(""), free_port()
    token, desk, households = await admit(msgspec.structs.replace(settings, port=port), PAYERS * 5)
    given = {"DATABASE_URL": settings.database_url, "SECRET_KEY": settings.secret_key, "DEMO": "1", "PORT": str(port)}
    with serving(bank) as address:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as http:
            town = Town(http, bank, token, desk)
            load: list[asyncio.Task[None]] = []
            for life in range(1, LIVES + 1):
                async with started("web", **(given | address.settings())) as (process, _):
                    assert await is_ready(port, process)
                    load = load or [asyncio.create_task(town.live(households[it::PAYERS])) for it in range(PAYERS)]
                    async with asyncio.timeout(100):
                        while town.tally.answers["200"] < BETWEEN * life:
                            assert not any(it.done() for it in load)
                            await asyncio.sleep(0.01)
                    if life < LIVES:
                        process.kill()
                        continue
                    town.over.set()
                    async with asyncio.timeout(100):
                        await asyncio.gather(*load)
        ours = {name.lower(): value for name, value in address.settings().items()}
        asking = Database(msgspec.structs.replace(settings, **ours))
        await send_the_rest(asking, town.tally)
        await asking.close()
    assert town.tally.orders
    assert town.tally.lines
    async with database.transaction() as session:
        await Attempts(session, settings).expire(datetime.now(UTC) + timedelta(days=2))
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        wrong = wrong_of(town.tally, connection)
        assert not any(wrong.values()), wrong
        open_ones = connection.execute("SELECT count(*) FROM payments_attempt WHERE state = 'begun'").fetchone()
        assert open_ones == (0,)
