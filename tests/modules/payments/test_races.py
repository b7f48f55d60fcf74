"""A few rounds of what `python -m benchmarks payments-races` runs a hundred times, and beside an unsafe twin."""

import msgspec
import pytest

from benchmarks.payments_races import GATEWAY, RACES, run
from server.core.database import Database
from server.core.settings import Settings


@pytest.mark.parametrize("name", RACES)
async def test_the_money_moves_once(name: str, settings: Settings) -> None:
    racing = msgspec.structs.replace(settings, **GATEWAY)
    database = Database(racing)
    try:
        assert await run(database, racing, RACES[name], rounds=2) == 0
    finally:
        await database.close()
