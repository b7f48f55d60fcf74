"""The figures a unit is scored by, by table; a month over HTTP; how sure a date is, told to whoever waits."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from server.core.database import Database
from server.modules.dossiers.rules.figures import DEFINITIONS, FEWEST, Counted, Kind, count, kept, percent
from server.modules.dossiers.rules.statuses import Status
from server.modules.dossiers.service.figures import tally_punctuality
from tests.modules.dossiers.conftest import LookUp, System, event, new_code
from tests.modules.dossiers.office import Hire, Officer, hire, officer
from tests.modules.identity.conftest import age

__all__ = ["hire", "officer"]

DAY = datetime(2026, 11, 1, tzinfo=UTC)


def on(day: int) -> datetime:
    return DAY + timedelta(days=day - 1)


def one(
    status: Status, *, at: int = 1, due: int | None = 10, ended: int | None = None, supplements: int = 0
) -> Counted:
    return Counted(
        status, on(at), on(due) if due else None, on(ended) if ended else None, supplements, False, False, False
    )


@pytest.mark.parametrize(
    ("it", "in_time"),
    [
        (one(Status.DONE, ended=10), True),
        (one(Status.DONE, ended=11), False),
        # Handed over later than it was done: the first of them counts.
        (one(Status.HANDED_OVER, at=20, ended=9), True),
        (one(Status.STOPPED, ended=9), True),
        (one(Status.NOT_ACCEPTED, due=None, ended=20), True),
        # Not over: as if it ended with the month.
        (one(Status.IN_HAND, due=29), False),
        (one(Status.IN_HAND, due=31), True),
        (one(Status.REGISTERED, due=None), True),
        # One request for papers is open: its date is the end. More than one: late, whatever the dates say.
        (one(Status.PAPERS_NEEDED, at=9, supplements=1), True),
        (one(Status.PAPERS_NEEDED, at=11, supplements=1), False),
        (one(Status.PAPERS_NEEDED, at=9, supplements=2), False),
        # An open demand for money has no such end.
        (one(Status.PAYMENT_NEEDED, at=9), False),
        (one(Status.DONE, ended=9, supplements=2), False),
        (one(Status.DONE, ended=9, supplements=1), True),
    ],
)
def test_what_is_in_time(it: Counted, in_time: bool) -> None:
    assert kept(it, on(30)) is in_time


def test_each_counts_for_itself() -> None:
    online = one(Status.DONE, ended=9)._replace(online=True)
    rows = [online, online._replace(electronic_result=True), online._replace(electronic_paper=True, online=False)]
    found = count([*rows, one(Status.IN_HAND, supplements=2)], on(30))
    assert found == {Kind.ON_TIME: 3, Kind.ONLINE: 1, Kind.DIGITISED: 1, Kind.ASKED_TWICE: 1}


@pytest.mark.parametrize(
    ("part", "whole", "share"), [(0, 0, None), (0, 3, 0), (2, 3, 66), (999, 1000, 99), (3, 3, 100)]
)
def test_nothing_looks_better_than_it_is(part: int, whole: int, share: int | None) -> None:
    assert percent(part, whole) == share


def test_every_figure_says_what_it_counts_in_three_languages() -> None:
    for definition in DEFINITIONS.values():
        assert len(set(definition.says)) == len(set(definition.name)) == 3
    # The running month is counted until now (service/figures), and says so.
    assert ["lúc này" in DEFINITIONS[Kind.ON_TIME].says.vi, "now" in DEFINITIONS[Kind.ON_TIME].says.en] == [True, True]


class TestAMonth:
    async def ask(self, officer: Officer, month: str) -> httpx.Response:
        return await officer.browser.get("/api/dossiers/desk/figures", params={"month": month})

    async def test_counts_what_the_unit_received_in_it(self, hire: Hire, database: Database) -> None:
        """Of a month in which nobody else registers here."""
        officer = await hire()
        made = [
            await officer.register(),
            await officer.register(papers=[{"name": "Đơn", "kind": "electronic", "count": 1}]),
            await officer.acts(await officer.register(channel="online"), "take-up"),
        ]
        link = "https://dichvucong.example.vn/kq.pdf"
        await officer.act(made[2], "finish", result_link=link)
        waiting = await officer.acts(await officer.register(), "ask-papers", "take-up", "ask-papers")
        for it in (*made, waiting):
            # As if it had been in the middle of a month gone by.
            await age(
                database, "UPDATE dossiers_filing SET filed_at = '2026-03-15' WHERE dossier_id = :id", id=it["id"]
            )
        month = (await self.ask(officer, "2026-03")).json()
        assert (month["unit"], month["received"], month["ended"]) == ("Phường An Xuyên", 4, 1)
        assert {it["kind"]: it["count"] for it in month["items"]} == {
            "on-time": 3,
            "online": 1,
            "digitised": 1,
            "asked-twice": 1,
        }
        assert {it["of"] for it in month["items"]} == {4}
        assert all(len(it["definition"]) > 40 for it in month["items"])
        # The neighbour received none of them.
        neighbour = await hire(unit="31849")
        assert (await self.ask(neighbour, "2026-03")).json()["received"] == 0

    @pytest.mark.parametrize("month", ["2026", "2026-13", "2026-1", "tháng 3", "1999-01", "2999-01"])
    async def test_that_is_none_is_refused(self, month: str, officer: Officer) -> None:
        reply = await self.ask(officer, month)
        assert (reply.status_code, reply.json()["type"]) == (400, "month-refused")

    async def test_begins_at_our_own_midnight(self, officer: Officer, database: Database) -> None:
        made = await officer.register()
        moved = "UPDATE dossiers_filing SET filed_at = CAST(:at AS timestamptz) WHERE dossier_id = :id"
        for at, received in (("2026-01-31T17:00:00Z", (0, 1)), ("2026-01-31T16:59:59Z", (1, 0))):
            await age(database, moved, at=at, id=made["id"])
            assert (
                tuple([(await self.ask(officer, it)).json()["received"] for it in ("2026-01", "2026-02")]) == received
            )


async def test_how_sure_a_date_is(system: System, look_up: LookUp, database: Database) -> None:
    """Of a procedure nobody else reports: told once enough of its dossiers ended, and counted every night."""
    procedure, now = "1.000999", datetime.now(UTC)

    async def said() -> Any:
        async with database.transaction() as session:
            await tally_punctuality(session, now)
        found = (await look_up(waiting)).json()
        return found["on_time_percent"]

    waiting = new_code()
    await system.report(event(waiting, 2, procedure=f"{procedure}.000.00.00.H12"))
    due = {"in time": (now + timedelta(days=1)).isoformat(), "late": (now - timedelta(days=1)).isoformat()}
    ended = [event(new_code(), 9, procedure=procedure, due_at=due["in time"]) for _ in range(FEWEST - 1)]
    await system.report(*ended)
    assert await said() is None
    late = [event(new_code(), 9, procedure=f"{procedure}.000.00.00.H12", due_at=due["late"]) for _ in range(1)]
    await system.report(*late)
    assert await said() == 95
    # One that was asked for papers twice is late, and one without a date says nothing.
    twice = new_code()
    await system.report(
        *(
            event(twice, status, hours, procedure=procedure, due_at=due["in time"])
            for status, hours in ((5, 9), (4, 8), (5, 7), (4, 6), (9, 5))
        ),
        event(new_code(), 9, procedure=procedure),
    )
    assert await said() == 90


async def test_papers_are_asked_for_once_whatever_is_reported_while_they_are_missing(
    system: System, look_up: LookUp, database: Database
) -> None:
    """Another office, another date, and what a second source says of it: no request of its own."""
    procedure, now = "1.000998", datetime.now(UTC)
    due = {"procedure": procedure, "due_at": (now + timedelta(days=1)).isoformat()}
    for _ in range(FEWEST):
        code = new_code()
        await system.report(
            event(code, 2, 9, **due),
            event(code, 5, 8, **due),
            event(code, 5, 7, handling_unit="Phòng khác", **due),
            event(code, 5, 6, note="Đã gọi", **due),
            event(code, 5, 5, source="hệ thống khác", **due),
            # As if it had been asked for twice, and as if it had been done late.
            event(code, 4, 4, **due),
            event(code, 5, 3, source="hệ thống khác", **due),
            event(code, 9, 2, **due),
        )
    waiting = new_code()
    await system.report(event(waiting, 2, procedure=procedure))
    async with database.transaction() as session:
        await tally_punctuality(session, now)
    assert (await look_up(waiting)).json()["on_time_percent"] == 100
