"""The audit log: written with the act, chained without a gap, refused to whoever would change it, and verified."""

import asyncio
import random
import resource
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given
from hypothesis import settings as runs
from hypothesis import strategies as st
from psycopg.types.json import Jsonb
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from server.__main__ import main
from server.app import SCHEDULES
from server.auditor import Report, verify
from server.core.access import Caller
from server.core.anchors import anchor, anchor_hourly, append, public_key, read_anchors, sign
from server.core.audit import LINKS, Link, Party, hash_of, read, record
from server.core.database import Database
from server.core.paging import CursorRefused
from server.core.settings import Settings

CLERK = Caller(id=uuid4(), kind="staff", session_id=uuid4(), proved_at=datetime.now(UTC))
RESIDENT = ("resident", uuid4())


@pytest.fixture
def log(fresh: Settings, tmp_path: Path) -> Settings:
    """An empty audit log and an empty folder for its anchors."""
    with psycopg.connect(fresh.database_url, autocommit=True) as connection:
        # What the demonstration's people did while it was seeded; the triggers would keep it.
        connection.execute("SET session_replication_role = replica")
        connection.execute("DELETE FROM core_audit")
    return msgspec.structs.replace(fresh, var=tmp_path, database_pool=10)


@pytest.fixture
async def acts(log: Settings) -> AsyncIterator[Database]:
    database = Database(log)
    yield database
    await database.close()


async def note(session: AsyncSession, number: int = 0, **detail: Any) -> None:
    await record(session, act="identity:look", actor=CLERK, subject=RESIDENT, number=number, **detail)


async def write(database: Database, rows: int) -> None:
    async with database.transaction() as session:
        for number in range(rows):
            await note(session, number)


async def anchored(database: Database, settings: Settings) -> None:
    async with database.transaction() as session:
        assert await anchor(session, settings)


def report(settings: Settings, *keys: str) -> Report:
    with psycopg.connect(settings.database_url) as connection:
        return verify(connection, settings.anchors, keys or [public_key(settings)])


def command(settings: Settings, *arguments: str) -> tuple[int, str]:
    environment = {
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "AUDIT_ANCHORS": str(settings.anchors),
    }
    outcome = CliRunner().invoke(main, ["audit", *arguments], env=environment)
    return outcome.exit_code, outcome.output


@contextmanager
def superuser(settings: Settings) -> Iterator[psycopg.Connection]:
    """Somebody with every right, for whom no trigger fires."""
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


class TestARecord:
    async def test_says_who_did_what_to_whom_and_when(self, acts: Database) -> None:
        before = datetime.now(UTC)
        unit = uuid4()
        async with acts.transaction() as session:
            await record(
                session, act="identity:disable-staff", actor=CLERK, subject=RESIDENT, reason="left", unit=unit, rows=3
            )
        async with acts.reading() as connection:
            [row], cursor = await read(connection)
        assert (row.sequence, row.act, cursor) == (1, "identity:disable-staff", None)
        assert (row.actor_kind, row.actor_id) == ("staff", str(CLERK.id))
        assert (row.subject_kind, row.subject_id) == ("resident", str(RESIDENT[1]))
        assert row.detail == {"reason": "left", "unit": str(unit), "rows": 3}
        assert before <= row.at <= datetime.now(UTC)

    async def test_of_the_system_has_no_id_and_needs_no_subject(self, acts: Database) -> None:
        async with acts.transaction() as session:
            await record(session, act="identity:forget-old", actor=None, subject=None, roles=["editor", "approver"])
        async with acts.reading() as connection:
            [row], _ = await read(connection)
        assert (row.actor_kind, row.actor_id, row.subject_kind, row.subject_id) == ("system", None, None, None)
        assert row.detail == {"roles": ["editor", "approver"]}

    @pytest.mark.parametrize(
        "value",
        [
            "Nguyễn Thị Lan",
            "Lan Anh",
            "lan@example.org",
            "0912345678",
            "0912.345-678",
            "84912345678",
            "+84912345678",
            "096123456789",
            "ấp 3",
            "",
            "line\n",
            ["0912345678"],
            {"phone": "0912345678"},
            1.5,
        ],
    )
    async def test_of_what_could_be_personal_is_refused_without_repeating_it(self, acts: Database, value: Any) -> None:
        with pytest.raises(ValueError, match="recorded") as refused:
            async with acts.transaction() as session:
                await note(session, what=value)
        assert not value or str(value) not in str(refused.value)

    @pytest.mark.parametrize(
        ("value", "kept"),
        [
            (UUID("01234567-8901-4234-8567-890123456789"), "01234567-8901-4234-8567-890123456789"),
            (date(2026, 11, 25), "2026-11-25"),
            (datetime(2026, 11, 25, 7, 30, tzinfo=UTC), "2026-11-25T07:30:00Z"),
            ("1.004884", "1.004884"),
            (True, True),
            (None, None),
            ([1, "editor"], [1, "editor"]),
        ],
    )
    async def test_keeps_words_ids_numbers_and_days(self, acts: Database, value: Any, kept: Any) -> None:
        async with acts.transaction() as session:
            await note(session, what=value)
        async with acts.reading() as connection:
            [row], _ = await read(connection)
        assert row.detail == {"number": 0, "what": kept}

    @pytest.mark.parametrize("act", ["look", "identity:", "Identity:look", "identity:look up", "identity:look:up"])
    async def test_needs_an_act_that_is_a_word_of_a_module(self, acts: Database, act: str) -> None:
        with pytest.raises(ValueError, match="act"):
            async with acts.transaction() as session:
                await record(session, act=act, actor=CLERK, subject=None)

    async def test_of_an_act_that_is_rolled_back_leaves_no_row_and_no_gap(self, acts: Database, log: Settings) -> None:
        await write(acts, 2)
        with pytest.raises(ZeroDivisionError):
            async with acts.transaction() as session:
                await note(session)
                await session.flush()
                _ = 1 / 0
        await write(acts, 1)
        await anchored(acts, log)
        assert (report(log).rows, report(log).good) == (3, True)

    async def test_of_a_part_that_is_rolled_back_leaves_no_row_either(self, acts: Database) -> None:
        async with acts.transaction() as session:
            await note(session, 1)
            with pytest.raises(ZeroDivisionError):
                async with session.begin_nested():
                    await note(session, 2)
                    await session.flush()
                    _ = 1 / 0
            await note(session, 3)
        async with acts.reading() as connection:
            rows, _ = await read(connection)
        assert [(row.sequence, row.detail["number"]) for row in rows] == [(2, 3), (1, 1)]


TEXTS = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=20)
MAYBE = st.none() | TEXTS
NUMBERS = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    NUMBERS | st.booleans() | MAYBE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def chain(clone: Callable[[], str]) -> Iterator[psycopg.Connection]:
    with psycopg.connect(clone(), autocommit=True) as connection:
        yield connection


class TestTheChain:
    async def test_has_no_gap_when_eight_write_at_once(self, acts: Database, log: Settings) -> None:
        async def act(writer: int) -> None:
            async with acts.transaction() as session:
                for number in range(50):
                    await note(session, number, writer=writer)
                    if number % 10 == writer:
                        await session.flush()

        await asyncio.gather(*(act(writer) for writer in range(8)))
        await anchored(acts, log)
        found = report(log)
        assert (found.rows, found.good) == (400, True)
        async with acts.reading() as connection:
            rows = (await connection.execute(text("SELECT sequence, at, detail FROM core_audit ORDER BY 1"))).all()
        assert [row.sequence for row in rows] == list(range(1, 401))
        assert sorted(row.at for row in rows) == [row.at for row in rows]
        # One transaction's rows stand together, in its own order.
        writers = [row.detail["writer"] for row in rows[::50]]
        expected = [(writer, number) for writer in writers for number in range(50)]
        assert [(row.detail["writer"], row.detail["number"]) for row in rows] == expected

    async def test_makes_nobody_wait_for_a_transaction_that_is_not_at_its_end(self, acts: Database) -> None:
        async with asyncio.timeout(60), acts.transaction() as slow:
            await note(slow, 1)
            await slow.flush()
            await write(acts, 1)
        async with acts.reading() as connection:
            rows, _ = await read(connection)
        assert [row.detail["number"] for row in rows] == [1, 0]

    async def test_keeps_no_draft(self, acts: Database) -> None:
        await write(acts, 3)
        async with acts.reading() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM core_audit_draft")) == 0

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE core_audit SET act = 'identity:smile' WHERE sequence = 1",
            "UPDATE core_audit SET act = act WHERE false",
            "DELETE FROM core_audit WHERE sequence = 2",
            "TRUNCATE core_audit",
            "INSERT INTO core_audit SELECT sequence + 2, at, act, actor_kind, actor_id, subject_kind, subject_id, "
            "detail, prev, hash FROM core_audit",
        ],
    )
    async def test_is_refused_to_whoever_would_change_it(self, acts: Database, log: Settings, change: str) -> None:
        await write(acts, 2)
        await anchored(acts, log)
        with (
            psycopg.connect(log.database_url) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege, match="only grows"),
        ):
            connection.execute(change)
        assert (report(log).rows, report(log).good) == (2, True)

    @runs(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(words=st.tuples(TEXTS, TEXTS, MAYBE, MAYBE, MAYBE), detail=JSON)
    def test_is_hashed_alike_here_and_there_whatever_a_row_says(self, chain, words, detail) -> None:
        """Also what `record` would refuse: what somebody writes by hand must not look like damage."""
        chain.execute(
            "INSERT INTO core_audit_draft (id, act, actor_kind, actor_id, subject_kind, subject_id, detail) "
            "VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, %s)",
            [*words, Jsonb({"it": detail})],
        )
        *_, last = map(Link._make, chain.execute(LINKS))
        assert last.hash == hash_of(last)


async def page(database: Database, **asked: Any) -> tuple[list[int], str | None]:
    async with database.reading() as connection:
        rows, cursor = await read(connection, **asked)
    return [row.sequence for row in rows], cursor


class TestReading:
    async def test_goes_from_the_newest_to_the_oldest_page_by_page(self, acts: Database) -> None:
        await write(acts, 5)
        first, cursor = await page(acts, limit=2)
        await write(acts, 1)  # a list that grew neither repeats nor leaves out a row
        second, cursor = await page(acts, limit=2, cursor=cursor)
        third, end = await page(acts, limit=2, cursor=cursor)
        assert (first, second, third, end) == ([5, 4], [3, 2], [1], None)

    async def test_finds_by_act_actor_and_subject(self, acts: Database) -> None:
        other = uuid4()
        async with acts.transaction() as session:
            await record(session, act="identity:look", actor=CLERK, subject=RESIDENT)
            await record(session, act="identity:disable-staff", actor=CLERK, subject=("staff", other))
            await record(session, act="catalogue:import", actor=Party("staff", other), subject=None)
            await record(session, act="identity:edit-role", actor=None, subject=Party("role", "editor"))
        assert (await page(acts, act="identity:"))[0] == [4, 2, 1]
        assert (await page(acts, act="identity:d"))[0] == [2]
        assert (await page(acts, act="identity_"))[0] == []  # no pattern
        assert (await page(acts, actor=CLERK.id))[0] == [2, 1]
        assert (await page(acts, actor=other))[0] == [3]
        assert (await page(acts, subject=other))[0] == [2]
        assert (await page(acts, subject="editor", act="identity:"))[0] == [4]
        assert (await page(acts, subject=uuid4()))[0] == []

    @pytest.mark.parametrize("cursor", ["", "!", "LTE", "MA", "xxxx", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "MS4w"])
    async def test_refuses_a_cursor_of_another_list(self, acts: Database, cursor: str) -> None:
        with pytest.raises(CursorRefused):
            await page(acts, cursor=cursor)


def damaged(settings: Settings, statement: str) -> Report:
    with superuser(settings) as connection:
        assert connection.execute(statement).rowcount
    return report(settings)


class TestTheVerifier:
    @pytest.fixture
    async def twelve(self, acts: Database, log: Settings) -> Settings:
        """Twelve rows, anchored at the fifth and at the last."""
        await write(acts, 5)
        await anchored(acts, log)
        await write(acts, 7)
        await anchored(acts, log)
        found = report(log)
        assert (found.rows, found.anchors, found.good) == (12, 2, True)
        return log

    @pytest.mark.parametrize(
        ("statement", "bad", "words"),
        [
            (
                "UPDATE core_audit SET hash = set_bit(hash, 9, 1 - get_bit(hash, 9)) WHERE sequence = 7",
                7,
                "changed",
            ),
            ("UPDATE core_audit SET prev = set_bit(prev, 9, 1 - get_bit(prev, 9)) WHERE sequence = 7", 7, "changed"),
            ("UPDATE core_audit SET at = at + interval '1 microsecond' WHERE sequence = 12", 12, "changed"),
            ("UPDATE core_audit SET at = 'infinity' WHERE sequence = 12", 12, "changed"),
            ("UPDATE core_audit SET act = 'identity:smile' WHERE sequence = 1", 1, "changed"),
            ("UPDATE core_audit SET actor_id = NULL WHERE sequence = 3", 3, "changed"),
            ("UPDATE core_audit SET subject_id = '' WHERE sequence = 3", 3, "changed"),
            ("UPDATE core_audit SET detail = detail || '{\"number\": 9}' WHERE sequence = 3", 3, "changed"),
            ("UPDATE core_audit SET detail = detail || '{\"more\": null}' WHERE sequence = 3", 3, "changed"),
            ("UPDATE core_audit SET sequence = -3 WHERE sequence = 3", -3, "put in"),
            ("UPDATE core_audit SET sequence = 33 WHERE sequence = 12", 12, "missing"),
            ("DELETE FROM core_audit WHERE sequence = 1", 1, "missing"),
            ("DELETE FROM core_audit WHERE sequence BETWEEN 4 AND 6", 4, "missing"),
            ("DELETE FROM core_audit WHERE sequence = 12", 12, "missing, and all that followed"),
            ("DELETE FROM core_audit WHERE sequence > 2", 3, "missing, and all that followed"),
            ("DELETE FROM core_audit", 1, "missing, and all that followed"),
        ],
    )
    async def test_names_the_first_bad_row(self, twelve: Settings, statement: str, bad: int, words: str) -> None:
        found = damaged(twelve, statement)
        assert (found.bad_row, found.good) == (bad, False)
        assert words in found.damage
        code, output = command(twelve, "verify")
        assert (code, f"✗ row {bad}: " in output) == (1, True)

    async def test_is_not_deceived_by_a_row_that_was_hashed_anew(self, twelve: Settings) -> None:
        assert rewrite(twelve, 7, last=7).bad_row == 7
        with superuser(twelve) as connection:
            connection.execute("DELETE FROM core_audit WHERE sequence > 7")
        assert report(twelve).bad_row == 8

    async def test_believes_an_anchor_more_than_the_row_after_it(self, twelve: Settings) -> None:
        """Row 6 was hashed anew behind a false row 5; row 5 is the anchored one."""
        assert rewrite(twelve, 6, last=6, prev=b"\1" * 32).bad_row == 6

    async def test_is_not_deceived_by_a_chain_that_was_made_anew_to_its_end(self, twelve: Settings) -> None:
        found = rewrite(twelve, 7, last=12)
        assert (found.bad_row, found.good) == (12, False)
        assert "between row 6 and this one" in found.damage

    async def test_sees_that_what_was_cut_off_was_written_again(self, twelve: Settings, acts: Database) -> None:
        with superuser(twelve) as connection:
            connection.execute("DELETE FROM core_audit WHERE sequence > 10")
        await write(acts, 9)
        found = report(twelve)
        assert (found.bad_row, "between row 6 and this one" in found.damage) == (12, True)

    async def test_finds_every_one_of_two_hundred_damages(self, twelve: Settings) -> None:
        chance = random.Random(27)
        with psycopg.connect(twelve.database_url) as connection:
            connection.execute("SET session_replication_role = replica")
            for _ in range(200):
                with connection.transaction(force_rollback=True):
                    change, bad = damage(chance)
                    assert connection.execute(change).rowcount, change
                    found = verify(connection, twelve.anchors, [public_key(twelve)])
                    assert (found.bad_row, found.good) == (bad, False), change
        assert report(twelve).good

    async def test_says_so_when_all_is_well(self, twelve: Settings) -> None:
        code, output = command(twelve, "verify")
        assert (code, output.startswith("✓ 12 rows hold together and fit 2 anchors")) == (0, True)

    async def test_knows_an_empty_log(self, log: Settings) -> None:
        assert command(log, "verify") == (0, "✓ nothing was recorded yet.\n")
        assert await asyncio.to_thread(command, log, "anchor") == (0, "Nothing was recorded yet.\n")

    async def test_does_not_call_a_log_good_that_nothing_anchors(self, acts: Database, log: Settings) -> None:
        await write(acts, 3)
        code, output = command(log, "verify")
        assert (code, "no good anchor" in output) == (1, True)
        assert await asyncio.to_thread(command, log, "anchor") == (0, "Row 3 is anchored.\n")
        assert command(log, "verify")[0] == 0

    async def test_needs_nothing_but_the_table_and_the_folder(self, twelve: Settings, clone) -> None:
        """On another machine, with a copy of both and the public key."""
        copy = msgspec.structs.replace(twelve, database_url=clone(), secret_key="the auditor has another" * 2)
        with superuser(copy) as there, psycopg.connect(twelve.database_url) as here:
            there.execute("DROP FUNCTION core_audit_chain, core_audit_refuse CASCADE")
            there.execute("DELETE FROM core_audit")
            with (
                here.cursor().copy("COPY core_audit TO STDOUT") as rows,
                there.cursor().copy("COPY core_audit FROM STDIN") as table,
            ):
                for part in rows:
                    table.write(part)
        assert report(copy, public_key(twelve)).good
        code, key = command(twelve, "key")
        assert (code, key) == (0, public_key(twelve) + "\n")
        assert command(copy, "verify", "--key", key.strip())[0] == 0
        assert command(copy, "verify")[0] == 1


def rewrite(settings: Settings, first: int, *, last: int, prev: bytes | None = None) -> Report:
    """Somebody who owns the database changes a row and hashes it, and what follows, anew."""
    with superuser(settings) as connection:
        connection.execute("UPDATE core_audit SET act = 'identity:smile' WHERE sequence = %s", [first])
        for link in map(Link._make, connection.execute(LINKS).fetchall()):
            if first <= link.sequence <= last:
                link = link._replace(prev=prev or link.prev)
                prev = hash_of(link)
                connection.execute(
                    "UPDATE core_audit SET prev = %s, hash = %s WHERE sequence = %s", [link.prev, prev, link.sequence]
                )
    return report(settings)


def damage(chance: random.Random) -> tuple[str, int]:
    """One of all the ways to spoil twelve rows, and the first row it spoils."""
    row = chance.randint(1, 12)
    column = chance.choice(["hash", "prev"])
    bit = chance.randrange(256)
    flip = f"{column} = set_bit({column}, {bit}, 1 - get_bit({column}, {bit}))"
    word = chance.choice(["act", "actor_kind", "actor_id", "subject_kind", "subject_id"])
    statement = chance.choice(
        [
            f"DELETE FROM core_audit WHERE sequence = {row}",
            f"DELETE FROM core_audit WHERE sequence >= {row}",
            f"DELETE FROM core_audit WHERE sequence BETWEEN {row} AND {row + chance.randint(0, 3)}",
            f"UPDATE core_audit SET {flip} WHERE sequence = {row}",
            f"UPDATE core_audit SET {flip} WHERE sequence >= {row}",
            f"UPDATE core_audit SET at = at + interval '{chance.randint(1, 10**9)} us' WHERE sequence = {row}",
            f"UPDATE core_audit SET {word} = '{chance.choice(['', 'x', uuid4()])}' WHERE sequence = {row}",
            f"UPDATE core_audit SET subject_kind = actor_kind, actor_kind = subject_kind WHERE sequence = {row}",
            f"UPDATE core_audit SET detail = '{{\"number\": {chance.randint(20, 99)}}}' WHERE sequence = {row}",
            f"UPDATE core_audit SET detail = detail - 'number' WHERE sequence = {row}",
            f"UPDATE core_audit SET sequence = sequence + 100 WHERE sequence = {row}",
        ]
    )
    return statement, row


class TestAnAnchor:
    @pytest.fixture
    async def anchors(self, acts: Database, log: Settings) -> Path:
        """The file with three anchors of three rows."""
        for _ in range(3):
            await write(acts, 1)
            await anchored(acts, log)
        [path] = log.anchors.iterdir()
        return path

    def test_is_one_line_a_head(self, anchors: Path, log: Settings) -> None:
        lines = [msgspec.json.decode(line) for line in anchors.read_bytes().splitlines()]
        assert [line["sequence"] for line in lines] == [1, 2, 3]
        with psycopg.connect(log.database_url) as connection:
            hashes = [row[0].hex() for row in connection.execute("SELECT hash FROM core_audit ORDER BY sequence")]
        assert [line["hash"] for line in lines] == hashes
        assert anchors.name == f"{datetime.now(UTC):%Y-%m}.jsonl"

    @pytest.mark.parametrize("field", ["sequence", "hash", "at", "signature", "key"])
    def test_that_lies_is_found(self, anchors: Path, log: Settings, field: str) -> None:
        lies = {
            "sequence": 1,
            "hash": "0" * 64,
            "at": "2026-01-01T00:00:00Z",
            "signature": "A" * 86 + "==",
            "key": public_key(msgspec.structs.replace(log, secret_key="x" * 32)),
        }
        first, second, third = anchors.read_bytes().splitlines()
        lie = msgspec.json.encode(msgspec.json.decode(second) | {field: lies[field]})
        anchors.write_bytes(b"\n".join([first, lie, third, b""]))
        found = report(log)
        assert (found.good, found.bad_row, found.anchors) == (False, None, 2)
        assert found.faults[0].startswith(f"{anchors.name}:2 is not signed by")
        code, output = command(log, "verify")
        assert (code, f"✗ anchor {anchors.name}:2" in output) == (1, True)

    def test_that_is_torn_is_found(self, anchors: Path, log: Settings) -> None:
        anchors.write_bytes(anchors.read_bytes()[:-30])
        assert report(log).faults == [f"{anchors.name}:3 cannot be read"]

    def test_of_another_log_is_damage_even_when_it_is_ours(self, anchors: Path, log: Settings) -> None:
        append(log.anchors, sign(log, 2, b"\2" * 32, datetime.now(UTC)))
        append(log.anchors, sign(log, 4, b"\2" * 32, datetime.now(UTC)))
        found = report(log)
        assert (found.bad_row, found.rows) == (2, 1)

    async def test_signed_before_the_secret_changed_is_good_for_whoever_trusts_the_former_key(
        self, anchors: Path, log: Settings, acts: Database
    ) -> None:
        changed = msgspec.structs.replace(log, secret_key="y" * 32)
        await anchored(acts, changed)
        assert len(report(changed).faults) == 3
        assert report(log, public_key(changed), public_key(log)).good

    def test_is_whole_or_not_there_when_the_disk_is_full(self, anchors: Path, log: Settings) -> None:
        before = anchors.read_bytes()
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 10, hard))
        try:
            with pytest.raises(OSError, match="No space"):
                append(log.anchors, sign(log, 4, bytes(32), datetime.now(UTC)))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert anchors.read_bytes() == before

    async def test_is_written_every_hour(self, acts: Database, log: Settings) -> None:
        assert [schedule.cron for schedule in SCHEDULES if schedule.run is anchor_hourly] == ["7 * * * *"]
        await write(acts, 1)
        async with acts.transaction() as session:
            await anchor_hourly(session, datetime.now(UTC))
        anchors, faults = read_anchors(log.anchors, [public_key(log)])
        assert ([anchor.sequence for anchor in anchors], faults) == ([1], [])


class TestReadiness:
    async def test_says_when_the_newest_anchor_is_two_hours_old(self, acts: Database, log: Settings, start) -> None:
        async def is_anchored() -> bool:
            reply = await client.get("/health/ready")
            assert reply.status_code == 200
            return reply.json()["audit_anchored"]

        async with start(log) as client:
            assert await is_anchored()
            await write(acts, 1)
            assert await is_anchored()
            with superuser(log) as connection:
                connection.execute("UPDATE core_audit SET at = at - interval '121 minutes'")
            assert not await is_anchored()
            for minutes, young in ((121, False), (119, True)):
                append(log.anchors, sign(log, 1, bytes(32), datetime.now(UTC) - timedelta(minutes=minutes)))
                assert await is_anchored() is young
