"""Staff confirm the days offices work; open due dates follow, and whoever has another date is told."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import text

from server.core.clock import HERE
from server.core.database import Database
from server.core.events import Events, Reaction
from server.core.settings import Settings, WrongSetting
from server.modules.dossiers.events import CalendarChanged, DossiersMoved, Move
from server.modules.dossiers.reactions import count_anew
from server.modules.dossiers.rules.statuses import Status
from server.modules.dossiers.rules.telling import title_of
from server.modules.dossiers.seed import seed
from tests.modules.dossiers.conftest import LookUp, System, event
from tests.modules.dossiers.office import HERE as HERE_PLACE
from tests.modules.dossiers.office import Hire, Officer, hire, officer
from tests.modules.identity.conftest import age

__all__ = ["hire", "officer"]

DAYS = "SELECT day, kind, name, document, entered_by, version FROM dossiers_calendar_day"


@pytest.fixture(autouse=True)
async def as_it_was(database: Database) -> AsyncIterator[None]:
    """The other tests count with the calendar of the release."""
    async with database.transaction() as session:
        before = [dict(row._mapping) for row in await session.execute(text(DAYS))]
    yield
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM dossiers_calendar_day"))
        await session.execute(
            text(
                "INSERT INTO dossiers_calendar_day (id, day, kind, name, document, entered_by, version) VALUES"
                " (gen_random_uuid(), :day, :kind, :name, :document, :entered_by, :version)"
            ),
            before,
        )


class Keeper:
    """Whoever keeps the calendar."""

    def __init__(self, officer: Officer) -> None:
        self._browser = officer.browser

    async def get(self, year: int) -> dict[str, Any]:
        reply = await self._browser.get(f"/api/dossiers/calendar/{year}")
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.json()
        return found

    async def put(self, year: int, days: list[dict[str, Any]], version: int | None) -> httpx.Response:
        headers = {"Accept-Language": "vi"} | ({} if version is None else {"If-Match": f'"{version}"'})
        return await self._browser.put(f"/api/dossiers/calendar/{year}", json={"days": days}, headers=headers)


@pytest.fixture
async def keeper(hire: Hire) -> Keeper:
    return Keeper(await hire("dossiers:calendar"))


def off(day: date, name: str = "Nghỉ do bão") -> dict[str, Any]:
    return {"day": day.isoformat(), "kind": "off", "name": name, "document": "Thông báo thử"}


CloseADay = Callable[[], Awaitable[list[Move]]]


@pytest.fixture
def close_a_day(keeper: Keeper, database: Database) -> CloseADay:
    """A storm: the next day anybody would work is taken away. Gives the moves that are announced."""

    async def close() -> list[Move]:
        heard: list[Move] = []

        async def listen(_session: object, moved: DossiersMoved) -> None:
            heard.extend(moved.moves)

        day = datetime.now(HERE).date() + timedelta(days=1)
        year = await keeper.get(day.year)
        closed = {it["day"] for it in year["days"]}
        while day.weekday() > 4 or day.isoformat() in closed:
            day += timedelta(days=1)
        reply = await keeper.put(day.year, [*year["days"], off(day)], year["version"])
        assert reply.status_code == 200, reply.text
        working = Events(database, [Reaction(CalendarChanged, count_anew), Reaction(DossiersMoved, listen)])
        await working.run_waiting()
        return heard

    return close


def due(dossier: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(dossier["due_at"])


class TestAnotherCalendar:
    async def test_moves_the_dates_of_open_dossiers_and_tells_of_them(
        self, officer: Officer, close_a_day: CloseADay, look_up: LookUp
    ) -> None:
        made = await officer.register(phone="0900000123")
        [move] = [it for it in await close_a_day() if str(it.dossier_id) == made["id"]]
        assert move.only_date
        assert move.due_at is not None
        assert move.due_at > due(made)
        now = (await officer.read(made["id"])).json()
        assert (due(now), now["version"]) == (move.due_at, made["version"] + 1)
        assert datetime.fromisoformat((await look_up(made["code"])).json()["due_at"]) == move.due_at
        assert "Ngày hẹn trả mới" in title_of(Status.IN_HAND, "Khai sinh", only_date=True).vi

    async def test_a_stale_screen_does_not_move_it_back(self, officer: Officer, close_a_day: CloseADay) -> None:
        made = await officer.register()
        await close_a_day()
        assert (await officer.act(made, "take-up")).status_code == 412

    async def test_leaves_what_does_not_count_working_days(self, officer: Officer, close_a_day: CloseADay) -> None:
        made = await officer.register(limit={"value": 72, "unit": "hour"})
        assert made["id"] not in {str(it.dossier_id) for it in await close_a_day()}
        assert due((await officer.read(made["id"])).json()) == due(made)

    async def test_leaves_a_date_that_another_system_gave(
        self, officer: Officer, system: System, close_a_day: CloseADay
    ) -> None:
        made = await officer.register()
        theirs = (due(made) + timedelta(days=7)).isoformat()
        await system.report(event(made["code"], 4, 0, at=datetime.now(HERE).isoformat(), due_at=theirs))
        given = (await officer.read(made["id"])).json()
        assert due(given) == datetime.fromisoformat(theirs)
        assert made["id"] not in {str(it.dossier_id) for it in await close_a_day()}
        assert due((await officer.read(made["id"])).json()) == due(given)

    async def test_leaves_a_date_a_person_has_promised(self, officer: Officer, close_a_day: CloseADay) -> None:
        made = await officer.register()
        promised = (due(made) + timedelta(days=7)).isoformat()
        said = (await officer.act(made, "apologise", reason="Chờ xác minh", new_due_at=promised)).json()
        assert made["id"] not in {str(it.dossier_id) for it in await close_a_day()}
        assert due((await officer.read(made["id"])).json()) == due(said)

    async def test_tells_nobody_whose_papers_are_missing_and_counts_all_the_same(
        self, officer: Officer, close_a_day: CloseADay
    ) -> None:
        made = await officer.register()
        waiting = await officer.acts(made, "ask-papers")
        assert made["id"] not in {str(it.dossier_id) for it in await close_a_day()}
        assert due((await officer.read(made["id"])).json()) > due(waiting)

    async def test_does_not_take_back_the_time_that_money_was_waited_for(
        self, officer: Officer, close_a_day: CloseADay, database: Database
    ) -> None:
        made = await officer.acts(await officer.register(), "ask-payment")
        for table, column, key in (
            ("dossiers_happening", "at", "dossier_id"),
            ("dossiers_dossier", "status_at", "id"),
            ("dossiers_dossier", "due_at", "id"),
            ("dossiers_filing", "accepted_at", "dossier_id"),
        ):
            moved = f"UPDATE {table} SET {column} = {column} - interval '14 days' WHERE {key} = :id"
            await age(database, moved, id=made["id"])
        back = await officer.acts(made, "take-up")
        await close_a_day()
        now = (await officer.read(made["id"])).json()
        assert due(now) > datetime.now(HERE) + timedelta(days=4)
        assert due(now) >= due(back)

    async def test_one_that_never_ends_keeps_none_of_the_others_back(
        self, officer: Officer, close_a_day: CloseADay, database: Database
    ) -> None:
        endless, made = await officer.register(), await officer.register()
        await age(database, "UPDATE dossiers_filing SET limit_value = 3650 WHERE dossier_id = :id", id=endless["id"])
        try:
            moved = {str(it.dossier_id) for it in await close_a_day()}
        finally:
            await age(database, "UPDATE dossiers_filing SET limit_value = 5 WHERE dossier_id = :id", id=endless["id"])
        assert (made["id"] in moved, endless["id"] in moved) == (True, False)

    async def test_leaves_what_is_over(self, officer: Officer, close_a_day: CloseADay) -> None:
        made = await officer.register()
        done = await officer.acts(made, "take-up", "finish")
        await close_a_day()
        assert due((await officer.read(made["id"])).json()) == due(done)

    async def test_of_a_release_moves_them_too(
        self, officer: Officer, database: Database, settings: Settings, tmp_path: Path
    ) -> None:
        made = await officer.register()
        day = due(made).date()
        (tmp_path / "calendar.json").write_text(msgspec.json.encode([off(day)]).decode())
        working = Events(database, [Reaction(CalendarChanged, count_anew)])
        async with database.transaction() as session:
            await seed(session, msgspec.structs.replace(settings, data=tmp_path))
        await working.run_waiting()
        assert due((await officer.read(made["id"])).json()) > due(made)

    async def test_that_says_the_same_moves_nothing(self, keeper: Keeper, database: Database) -> None:
        async def waiting() -> Any:
            async with database.reading() as connection:
                jobs = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE '%.count_anew'")
                return await connection.scalar(jobs)

        year, before = await keeper.get(2026), await waiting()
        again = (await keeper.put(2026, year["days"], year["version"])).json()
        assert (again["version"], again["confirmed"]) == (year["version"] + 1, True)
        assert await waiting() == before


async def test_an_office_with_other_hours_has_other_dates(hire: Hire, officer: Officer, database: Database) -> None:
    head = (await hire("dossiers:offices")).browser

    async def works(hours: str) -> None:
        offices = (await head.get("/api/dossiers/offices")).json()["items"]
        [mine] = [it for it in offices if it["place"] == HERE_PLACE]
        reply = await head.put(
            f"/api/dossiers/offices/{HERE_PLACE}",
            json={"code": mine["code"], "hours": hours, "address": ""},
            headers={"If-Match": f'"{mine["version"]}"'},
        )
        assert reply.status_code == 200, reply.text
        await Events(database, [Reaction(CalendarChanged, count_anew)]).run_waiting()

    await works("office")
    made = await officer.register(limit={"value": 20, "unit": "working-day"})
    try:
        await works("commune-police")  # on Saturday mornings too
        sooner = (await officer.read(made["id"])).json()
    finally:
        await works("office")
    assert due(sooner) < due(made)
    assert due((await officer.read(made["id"])).json()) == due(made)


class TestAYear:
    async def test_nobody_confirmed_has_a_proposal(self, keeper: Keeper) -> None:
        year = await keeper.get(2028)
        assert (year["version"], year["confirmed"], year["days"]) == (0, False, [])
        assert {"2028-01-01", "2028-04-30", "2028-09-02", "2028-11-24"} <= {it["day"] for it in year["proposal"]}

    async def test_that_was_confirmed_is_not_filled_up_by_a_release(
        self, keeper: Keeper, database: Database, settings: Settings
    ) -> None:
        year = await keeper.get(2026)
        fewer = [it for it in year["days"] if it["day"] != "2026-11-24"]
        assert len(fewer) == len(year["days"]) - 1
        await keeper.put(2026, fewer, year["version"])
        async with database.transaction() as session:
            await seed(session, settings)
        assert [it["day"] for it in (await keeper.get(2026))["days"]] == [it["day"] for it in fewer]

    async def test_is_not_overwritten_by_whoever_saw_an_older_one(self, keeper: Keeper) -> None:
        year = await keeper.get(2027)
        mine, theirs = off(date(2027, 6, 1)), off(date(2027, 6, 2))
        assert (await keeper.put(2027, [*year["days"], theirs], year["version"])).status_code == 200
        late = await keeper.put(2027, [*year["days"], mine], year["version"])
        assert (late.status_code, late.json()["type"]) == (412, "changed-meanwhile")
        assert theirs["day"] in {it["day"] for it in (await keeper.get(2027))["days"]}
        assert (await keeper.put(2027, [mine], None)).status_code == 428

    @pytest.mark.parametrize(
        ("days", "kind"),
        [
            ([off(date(2028, 1, 1))], "day-refused"),
            ([off(date(2027, 1, 1)), off(date(2027, 1, 1), "Khác")], "day-refused"),
            ([off(date(2027, 1, 1)) | {"day": "2027-02-30"}], "input-refused"),
            ([off(date(2027, 1, 1)) | {"day": "Tết"}], "input-refused"),
            ([off(date(2027, 1, 1)) | {"kind": "half"}], "input-refused"),
            ([off(date(2027, 1, 1), "")], "input-refused"),
            ([off(date(2027, 1, 1))] * 121, "input-refused"),
        ],
    )
    async def test_with_a_wrong_day_is_refused_whole(self, keeper: Keeper, days: list[Any], kind: str) -> None:
        before = await keeper.get(2027)
        reply = await keeper.put(2027, days, before["version"])
        assert (reply.status_code, reply.json()["type"]) == (400, kind)
        assert await keeper.get(2027) == before

    @pytest.mark.parametrize("year", [1, 2024, 2100, 99999])
    async def test_far_away_is_refused(self, keeper: Keeper, year: int) -> None:
        assert (await keeper.put(year, [], 0)).status_code == 400

    async def test_is_nothing_for_whoever_works_at_a_desk(self, officer: Officer) -> None:
        assert (await officer.browser.get("/api/dossiers/calendar/2027")).status_code == 403


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('[{"day": "2027-02-30", "kind": "off", "name": "Tết"}]', "`$[0].day`"),
        ('[{"day": "30/02/2027", "kind": "off", "name": "Tết"}]', "`$[0].day`"),
        ('[{"day": "2027-02-06", "kind": "half", "name": "Tết"}]', "`$[0].kind`"),
        ('[{"day": "2027-02-06", "kind": "off"}]', "`name`"),
        (
            '[{"day": "2027-02-06", "kind": "off", "name": "A"}, {"day": "2027-02-06", "kind": "off", "name": "B"}]',
            "2027-02-06",
        ),
        ("[", "truncated"),
        (None, "calendar.json"),
    ],
)
async def test_a_file_with_a_wrong_day_stops_the_start_and_is_named(
    settings: Settings, database: Database, tmp_path: Path, written: str | None, said: str
) -> None:
    if written is not None:
        (tmp_path / "calendar.json").write_text(written)
    with pytest.raises(WrongSetting, match=r"^DATA: .*calendar\.json") as refused:
        async with database.transaction() as session:
            await seed(session, msgspec.structs.replace(settings, data=tmp_path))
    assert said in str(refused.value)
