"""The reports of a demonstration: seen by everybody, made once, and gone where it is meant seriously."""

import msgspec
from sqlalchemy import func, select, text

from server.app import events_of
from server.core.database import Database
from server.core.settings import Settings
from server.modules.feedback.models import Cell, Figures, Report, Step
from server.modules.feedback.rules.demo import REPORTS
from server.modules.feedback.rules.states import State
from server.modules.feedback.seed import seed
from server.modules.places.public import named_communes


async def counts(database: Database) -> list[int | None]:
    async with database.transaction() as session:
        shown = select(func.count()).select_from(Report).where(Report.public_lat.is_not(None))
        rows = [await session.scalar(select(func.count()).select_from(table)) for table in (Report, Step)]
        return [*rows, await session.scalar(shown), await session.scalar(select(func.sum(Cell.open + Cell.fixed)))]


async def test_a_second_time_changes_nothing_and_none_of_it_outlives_the_demonstration(fresh: Settings) -> None:
    database = Database(fresh)
    events_of(database)
    try:
        first = await counts(database)
        assert first[0] == len(REPORTS)
        async with database.transaction() as session:
            states = set(await session.scalars(select(Report.state)))
            rated = set(await session.scalars(select(Report.rating).where(Report.rating.is_not(None))))
            lie = {it.operation: it.commune for it in await session.scalars(select(Report))}
            communes = sorted(await named_communes(session))
            told = await session.scalar(select(Figures.said))
            waiting = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE 'feedback.%'")
            assert await session.scalar(waiting) == 0
        assert states == set(State) - {State.NOT_A_REPORT}
        assert rated == {4, 5}
        assert lie == {it.operation: communes[it.place] for it in REPORTS}
        assert told is not None
        assert told["all"]["received"] == len(REPORTS)
        for demo, left in ((True, first), (False, [0, 0, 0, 0]), (False, [0, 0, 0, 0]), (True, first)):
            async with database.transaction() as session:
                await seed(session, msgspec.structs.replace(fresh, demo=demo))
            assert await counts(database) == left
    finally:
        await database.close()
