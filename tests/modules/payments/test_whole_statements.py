"""The bank's whole statement of some days against the books: by the console, every night, and by an operator."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from server.app import events_of
from server.core.clock import HERE
from server.core.database import Database
from server.core.settings import Settings
from server.modules.payments.commands import compare_statement
from server.modules.payments.reactions import reconcile
from tests.modules.identity.conftest import age
from tests.modules.payments.conftest import Partner, Payer, booked, credit
from tests.modules.payments.test_desk import Clerk, clerk, new_clerk

__all__ = ["clerk", "new_clerk"]

_DAYS = count(1)
HEAD = "bank_ref;amount;at;text"


@pytest.fixture
def day() -> date:
    """On which no other test has money come in: long before the nightly run's days, unless it is told otherwise."""
    return date(2019, 1, 1) - timedelta(days=next(_DAYS))


def on(day: date, **given: Any) -> dict[str, Any]:
    """A line of that day, of 8.000 đồng for nobody knows what."""
    at = datetime.combine(day, time(9, 30), HERE).isoformat()
    return credit("", at=at) | given


def row(line: dict[str, Any]) -> str:
    at = datetime.fromisoformat(line["at"]).astimezone(HERE)
    return f"{line['bank_ref']};{line['amount']};{at:%d/%m/%Y %H:%M};{line['text']}"


async def bring(clerk: Clerk, day: date, *rows: str, last: date | None = None) -> httpx.Response:
    whole = {"first": day.isoformat(), "last": (last or day).isoformat()}
    return await clerk.post("/tables/statement", {"text": "\n".join([HEAD, *rows]), **whole})


async def about(clerk: Clerk, *refs: str) -> list[tuple[str, str, int | None, int | None]]:
    """What staff are to look at because of these references of the bank."""
    named = [it for it in await clerk.findings() if it["told"] and it["told"].partition(" ")[0] in refs]
    return sorted((it["kind"], it["told"], it["amount"], it["due"]) for it in named)


async def night(database: Database, now: datetime | None = None) -> None:
    async with database.transaction() as session:
        await reconcile(session, now or datetime.now(UTC))


class TestInTheConsole:
    async def test_what_differs_is_said_and_found_once(
        self, payer: Payer, clerk: Clerk, bank: Partner, database: Database, day: date
    ) -> None:
        same, dearer, unstated, never_came = on(day, text=payer.code), on(day), on(day), on(day)
        assert await bank.credit(same, dearer, unstated, never_came) == ["matched", *["kept"] * 3]
        line = await _id(database, never_came)
        assert (await clerk.post(f"/lines/{line}/give-back")).status_code == 200
        fresh = on(day)
        rows = [row(same), row(dearer | {"amount": 9000}), row(fresh), row(fresh)]
        reply = (await bring(clerk, day, *rows)).json()
        assert [(it["line"], it["result"]) for it in reply["items"]] == [
            (2, "known"), (3, "refused"), (4, "kept"), (5, "known"),
        ]  # fmt: skip
        assert reply["compared"] is True
        refs = [it["bank_ref"] for it in (same, dearer, unstated, never_came, fresh)]
        differ = {it["ref"]: (it["ours"], it["theirs"], it["times"]) for it in reply["differences"]}
        assert differ == {refs[1]: (8000, 9000, 1), refs[2]: (8000, None, 0), refs[4]: (None, None, 2)}
        found = sorted([
            ("stated-otherwise", refs[1], 9000, 8000),
            ("not-stated", refs[2], 8000, None),
            ("stated-otherwise", f"{refs[4]} × 2", None, None),
        ])  # fmt: skip
        assert await about(clerk, *refs) == found
        # Neither the same file again nor a night makes anything of it twice.
        assert (await bring(clerk, day, *rows)).json()["differences"] == reply["differences"]
        await night(database, datetime.combine(day + timedelta(days=2), time(), HERE))
        assert await about(clerk, *refs) == found
        assert await booked(database, payer.code) == [("payment", 8000, True)]
        # The bank corrects its statement: nobody need look for that line any more.
        assert (await bring(clerk, day, *rows, row(unstated))).status_code == 200
        assert await about(clerk, refs[2]) == []
        # And takes it back again.
        assert (await bring(clerk, day, *rows)).status_code == 200
        assert await about(clerk, refs[2]) == [("not-stated", refs[2], 8000, None)]

    async def test_wrong_lines_are_named_and_nothing_is_compared(
        self, clerk: Clerk, bank: Partner, database: Database, day: date
    ) -> None:
        unstated, good = on(day), on(day)
        assert await bank.credit(unstated) == ["kept"]
        rows = [row(good), row(on(day)).replace("8000", "8.000"), row(on(day + timedelta(days=1))), "x;1", ""]
        reply = (await bring(clerk, day, *rows)).json()
        assert [(it["line"], it["result"], it["problem"] and it["problem"]["type"]) for it in reply["items"]] == [
            (2, "kept", None),
            (3, "refused", "credit-unreadable"),
            (4, "refused", "credit-outside"),
            (5, "refused", "credit-unreadable"),
        ]
        assert (reply["compared"], reply["differences"]) == (False, [])
        await night(database, datetime.combine(day + timedelta(days=2), time(), HERE))
        assert await about(clerk, unstated["bank_ref"]) == []
        assert [it["result"] for it in (await bring(clerk, day, row(good))).json()["items"]] == ["known"]

    async def test_what_is_no_table_or_of_no_such_days_is_refused_whole(self, clerk: Clerk, day: date) -> None:
        line, today = on(day), datetime.now(HERE).date()
        whole = f"{HEAD}\n{row(line)}"
        for given, problem in (
            ({"text": f'{whole}\n"open'}, "table-unreadable"),
            ({"text": whole, "first": f"{day}"}, "days-refused"),
            ({"text": whole, "last": f"{day}"}, "days-refused"),
            ({"text": whole, "first": f"{day}", "last": f"{day - timedelta(days=1)}"}, "days-refused"),
            ({"text": whole, "first": f"{today}", "last": f"{today}"}, "days-refused"),
            ({"text": whole, "first": f"{day}", "last": f"{day + timedelta(days=31)}"}, "days-refused"),
        ):
            reply = await clerk.post("/tables/statement", given)
            assert (reply.status_code, reply.json()["type"]) == (400, problem), given
        # None of them has left its line behind.
        assert [it["result"] for it in (await bring(clerk, day, row(line))).json()["items"]] == ["kept"]

    async def test_is_for_whoever_reconciles(self, new_clerk: Any, day: date) -> None:
        assert (await bring(await new_clerk("payments:read", "payments:raise"), day)).status_code == 403


class TestAtNight:
    async def test_what_came_in_later_for_a_day_that_was_whole_is_found(
        self, clerk: Clerk, bank: Partner, database: Database, day: date
    ) -> None:
        stated, late, elsewhere = on(day), on(day), on(day - timedelta(days=400))
        assert (await bring(clerk, day, row(stated))).json()["differences"] == []
        assert await bank.credit(late, elsewhere) == ["kept"] * 2
        refs = [it["bank_ref"] for it in (stated, late, elsewhere)]
        too_late = datetime.combine(day + timedelta(days=40), time(), HERE)
        await night(database, too_late)
        assert await about(clerk, *refs) == []
        for _ in range(2):
            await night(database, too_late - timedelta(days=20))
            assert await about(clerk, *refs) == [("not-stated", refs[1], 8000, None)]
        [one] = [it for it in await clerk.findings() if it["told"] == refs[1]]
        assert (await clerk.post(f"/findings/{one['id']}/close")).status_code == 200
        await night(database, too_late - timedelta(days=20))
        assert await about(clerk, *refs) == []

    async def test_lines_and_books_that_differ_are_found_on_either_side(
        self, clerk: Clerk, bank: Partner, database: Database
    ) -> None:
        line = on(datetime.now(HERE).date() - timedelta(days=1))
        assert await bank.credit(line) == ["kept"]
        ref, other = line["bank_ref"], str(uuid4())
        await night(database)
        assert await about(clerk, ref, other) == []
        call = "UPDATE payments_statement_line SET bank_ref = :to WHERE bank_ref = :ref"
        await age(database, call, ref=ref, to=other)
        await night(database)
        await age(database, call, ref=other, to=ref)
        assert await about(clerk, ref, other) == sorted(("not-booked", it, 8000, None) for it in (ref, other))


class TestByAnOperator:
    async def test_what_differs_is_printed_and_is_the_exit_code(
        self, bank: Partner, settings: Settings, day: date, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("server.core.terminal.read_settings", lambda: settings)

        async def run(*lines: str, of: str = "bank") -> Result:
            (path := tmp_path / "statement.csv").write_text("\n".join(["\ufeffbank_ref,amount", *lines]))
            words = [str(path), "--first", f"{day}", "--last", f"{day}", "--of", of]
            return await asyncio.to_thread(CliRunner().invoke, compare_statement, words, obj=events_of)

        same, dearer, unstated = on(day), on(day), on(day)
        assert await bank.credit(same, dearer, unstated) == ["kept"] * 3
        refs = [it["bank_ref"] for it in (same, dearer, unstated)]
        done = await run(f"{refs[0]},8000", f"{refs[1]},9000", "theirs,5", "twice,1", "twice,1")
        assert done.exit_code == 1, done.output
        assert sorted(done.stdout.lstrip("\ufeff").splitlines()) == sorted(
            [
                '"ref","ours","theirs","times"',
                f'"{refs[1]}","8000","9000","1"',
                f'"{refs[2]}","8000","","0"',
                '"theirs","","5","1"',
                *['"twice","","1","1"'] * 2,
                '"twice","","","2"',
            ]
        )
        assert done.stderr.endswith("6 differences\n")
        done = await run(*(f"{ref},8000" for ref in refs))
        assert (done.exit_code, done.stdout.count("\n"), done.stderr) == (0, 1, "0 differences\n")
        # The gateway's statement is another one: of that day it has nothing of ours.
        assert (await run("", of="gateway")).exit_code == 0
        for wrong, why in (("x,8.000", "line 2: amount '8.000'"), ('"open', "")):
            done = await run(wrong)
            assert (done.exit_code, done.stdout.count(refs[0])) == (1, 0)
            assert f"Error: no such table: {why}" in done.stderr


async def _id(database: Database, line: dict[str, Any]) -> str:
    async with database.reading() as connection:
        asked = "SELECT id FROM payments_statement_line WHERE bank_ref = :ref"
        return str(await connection.scalar(text(asked), {"ref": line["bank_ref"]}))
