"""Whoever knows the code and four digits is told where the dossier stands; nobody else learns anything (C-10)."""

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest

from server.core.database import Database
from server.modules.dossiers.rules.demo import DOSSIERS
from tests.modules.dossiers.conftest import NOW, LookUp, System, event, new_code
from tests.modules.identity.conftest import age


def said(reply: httpx.Response) -> tuple[int, object]:
    return reply.status_code, reply.json() | {"request_id": ""}


class TestTheSlip:
    async def test_tells_where_it_stands(self, system: System, code: str, look_up: LookUp) -> None:
        due = NOW + timedelta(days=30)
        await system.report(
            event(code, 1, 50, receiving_unit="Bộ phận một cửa"),
            event(code, 2, 48, due_at=due.isoformat()),
            event(code, 4, 2, handling_unit="Phòng Kinh tế"),
        )
        found = (await look_up(code, language="vi")).json()
        assert (found["code"], found["status"], found["number"], found["name"]) == (code, "in-hand", 4, "Đang xử lý")
        assert (found["office"], found["yours"], found["clock"], found["late"]) == (
            "Phòng Kinh tế",
            None,
            "running",
            False,
        )
        assert [step["number"] for step in found["steps"]] == [1, 2, 4]
        assert datetime.fromisoformat(found["due_at"]) == due
        assert found["days_left"] > 10
        assert (await look_up(code, language="km")).json()["says"] != found["says"]

    async def test_says_nothing_about_the_person(self, system: System, code: str, look_up: LookUp) -> None:
        note = "Bà Lan bị bệnh"
        await system.report(event(code, 4, owner_id="096190004567", note=note, fee_due=8000))
        text = (await look_up(code)).text
        assert [word for word in ("0900000123", "096190004567", note, "1.004194", "8000") if word in text] == []

    @pytest.mark.parametrize(
        "typed", [str.lower, lambda it: it.replace(".", "").replace("-", " "), lambda it: f" {it} "]
    )
    async def test_however_it_is_typed(
        self, typed: Callable[[str], str], system: System, code: str, look_up: LookUp
    ) -> None:
        await system.report(event(code, 1))
        assert (await look_up(typed(code))).status_code == 200

    async def test_by_the_phone_or_by_the_personal_number(self, system: System, code: str, look_up: LookUp) -> None:
        await system.report(event(code, 1, owner_phone="+84 900 000 123", owner_id="096190004567"))
        assert [(await look_up(code, digits)).status_code for digits in ("0123", "4567", "0961")] == [200, 200, 404]

    async def test_what_waits_for_papers_says_so(self, system: System, code: str, look_up: LookUp) -> None:
        due = (NOW + timedelta(days=2)).isoformat()
        await system.report(event(code, 2, 5, due_at=due), event(code, 5, 1))
        found = (await look_up(code)).json()
        assert (found["clock"], found["days_left"], found["yours"] is not None) == ("stopped", None, True)
        await system.report(event(dateless := new_code(), 5, 1))
        assert (await look_up(dateless)).json()["clock"] == "stopped"

    async def test_what_is_late_and_what_is_over(self, system: System, look_up: LookUp) -> None:
        late, done = new_code(), new_code()
        due = (NOW - timedelta(days=14)).isoformat()
        await system.report(event(late, 4, 500, due_at=due), event(done, 9, 1, due_at=due))
        found = (await look_up(late)).json()
        assert (found["clock"], found["late"]) == ("running", True)
        assert found["days_left"] < -5
        found = (await look_up(done)).json()
        assert (found["clock"], found["late"], found["days_left"]) == ("over", False, None)

    async def test_a_year_whose_days_off_nobody_knows(self, system: System, code: str, look_up: LookUp) -> None:
        await system.report(event(code, 4, 1, due_at="2029-03-01T10:00:00+07:00"))
        assert (await look_up(code)).json()["days_left"] is None


class TestNobodyElse:
    async def test_a_wrong_code_and_wrong_digits_are_answered_alike(
        self, system: System, code: str, look_up: LookUp
    ) -> None:
        await system.report(event(code, 1))
        nobodys = said(await look_up(new_code()))
        assert nobodys[0] == 404
        assert said(await look_up(code, "9999")) == nobodys
        assert said(await look_up("không phải mã")) == nobodys

    async def test_after_the_same_work(
        self, system: System, code: str, look_up: LookUp, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The very same statements, one after the other."""
        await system.report(event(code, 1))
        asked: list[str] = []
        execute = psycopg.AsyncCursor.execute

        async def noted(cursor: Any, statement: Any, *given: Any, **how: Any) -> Any:
            asked.append(str(statement))
            return await execute(cursor, statement, *given, **how)

        monkeypatch.setattr(psycopg.AsyncCursor, "execute", noted)
        await look_up(code, "9999")
        wrong_digits, asked[:] = list(asked), []
        await look_up(new_code(), "9999")
        assert asked == wrong_digits
        assert ["core_count" in it for it in asked] == [True, True]  # of this network, and of this code
        assert "dossiers_contact" in asked[-1]

    async def test_a_code_is_closed_after_five_wrong_attempts(
        self, system: System, code: str, look_up: LookUp, database: Database
    ) -> None:
        await system.report(event(code, 1))
        for asked in (code, new_code()):
            answers = []
            for _ in range(6):
                await age(database, "DELETE FROM core_count WHERE until < now() + interval '2 hours'")
                answers.append((await look_up(asked, "9999")).status_code)
            assert answers == [404] * 5 + [429]
        closed = await look_up(code, "0123")
        assert (closed.status_code, closed.json()["type"]) == (429, "too-many-requests")
        assert int(closed.headers["retry-after"]) > 80_000

    async def test_the_right_digits_open_it_again_before_that(self, system: System, code: str, look_up: LookUp) -> None:
        await system.report(event(code, 1))
        answers = [
            (await look_up(code, digits)).status_code for digits in ("1", "9999", "9998", "0123", "9997", "0123")
        ]
        assert answers == [400, 404, 404, 200, 404, 200]

    @pytest.mark.usefixtures("one_window")
    async def test_a_network_may_ask_ten_times_an_hour(self, look_up: LookUp) -> None:
        answers = [(await look_up(new_code())).status_code for _ in range(11)]
        assert answers == [404] * 10 + [429]

    async def test_guessing_ten_thousand_digits_finds_nothing(
        self, system: System, code: str, look_up: LookUp, database: Database
    ) -> None:
        """From as many networks as one likes: the code itself is closed."""
        await system.report(event(code, 1))
        found = []
        for guess in range(30):
            await age(database, "DELETE FROM core_count WHERE until < now() + interval '2 hours'")
            found.append((await look_up(code, f"{guess + 100:04}")).status_code)
        assert found == [404] * 5 + [429] * 25

    async def test_nor_does_guessing_them_at_once(self, system: System, code: str, look_up: LookUp) -> None:
        await system.report(event(code, 1))
        answers = await asyncio.gather(*(look_up(code, f"{guess + 100:04}") for guess in range(20)))
        assert Counter(it.status_code for it in answers) == {404: 5, 429: 15}
        assert (await look_up(code, "0123")).status_code == 429

    @pytest.mark.parametrize("digits", ["", "123", "12345", "abcd", "١٢٣٤", "12 4"])
    async def test_four_digits_are_four_digits(self, digits: str, code: str, look_up: LookUp) -> None:
        reply = await look_up(code, digits)
        assert (reply.status_code, reply.json()["type"]) == (400, "input-refused")

    async def test_the_number_stands_nowhere_in_clear(self, system: System, code: str, database: Database) -> None:
        digits = f"090{secrets.randbelow(10**7):07}"
        await system.report(event(code, 1, owner_phone=digits, note=f"Gọi {digits}"))
        async with database.reading() as connection:
            for table in ("dossiers_dossier", "dossiers_happening", "dossiers_contact"):
                rows = (await connection.exec_driver_sql(f"SELECT t::text FROM {table} t")).scalars().all()
                assert rows
                assert not any(digits in row or digits.encode().hex() in row for row in rows)


@pytest.fixture(autouse=True)
async def _uncounted(nothing_counted: None) -> AsyncIterator[None]:
    yield


async def test_the_demonstration_has_something_to_look_up(look_up: LookUp) -> None:
    found = [(await look_up(it.code, it.phone[-4:])).json() for it in DOSSIERS]
    assert [it["number"] for it in found] == [4, 5, 9, 4]
    assert [it["late"] for it in found] == [False, False, False, True]
    assert all(datetime.fromisoformat(it["since"]) < datetime.now(UTC) for it in found)
