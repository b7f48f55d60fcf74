"""What stands in the tables from the start: days off that staff may correct, and what goes with the demonstration."""

import msgspec
from sqlalchemy import func, select, update

from server.core.database import Database
from server.core.settings import Settings
from server.modules.dossiers.models import CalendarDay, Contact, DayKind, Dossier, Happening
from server.modules.dossiers.rules.demo import DOSSIERS, FILINGS
from server.modules.dossiers.seed import seed


async def counts(database: Database) -> list[int | None]:
    async with database.transaction() as session:
        tables = (Dossier, Happening, Contact, CalendarDay)
        return [await session.scalar(select(func.count()).select_from(table)) for table in tables]


async def test_a_second_time_changes_nothing_and_none_of_it_outlives_the_demonstration(fresh: Settings) -> None:
    database = Database(fresh)
    try:
        first = await counts(database)
        assert first[0] == len(DOSSIERS) + len(FILINGS)
        assert first[3] == 46
        for demo, left in ((True, first), (False, [0, 0, 0, 46]), (False, [0, 0, 0, 46]), (True, first)):
            async with database.transaction() as session:
                await seed(session, msgspec.structs.replace(fresh, demo=demo))
            assert await counts(database) == left
    finally:
        await database.close()


async def test_what_staff_corrected_is_theirs(fresh: Settings) -> None:
    database = Database(fresh)
    try:
        async with database.transaction() as session:
            day = await session.scalar(select(CalendarDay.day).order_by(CalendarDay.day).limit(1))
            corrected = update(CalendarDay).where(CalendarDay.day == day).values(kind=DayKind.WORK, name="Đi làm")
            await session.execute(corrected)
        async with database.transaction() as session:
            await seed(session, fresh)
        async with database.transaction() as session:
            now = await session.scalar(select(CalendarDay.name).where(CalendarDay.day == day))
        assert now == "Đi làm"
    finally:
        await database.close()
