"""The history of the tables: it goes up, down and up again, and ends where the models are."""

import re
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

import server.app  # every table
from server.core.database import Table
from server.migrations import HERE, configuration, migrate, ours

STEPS = sorted(HERE.glob("[0-9]*.py"))


def tables(url: str) -> set[str]:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        return set(inspect(engine).get_table_names()) - {"alembic_version"}
    finally:
        engine.dispose()


def test_up_down_and_up_again(clone: Callable[[], str]) -> None:
    url = clone()
    there = tables(url)
    command.downgrade(configuration(url), "base")
    assert tables(url) == set()
    migrate(url)
    assert tables(url) == there


def test_what_is_no_address_of_the_portal_goes_and_every_other_stays(clone: Callable[[], str]) -> None:
    url = clone()
    command.downgrade(configuration(url), "0054")
    count = "SELECT count(*) FROM catalogue_procedure WHERE facts->>'portal_url' LIKE 'https://%'"
    note = """UPDATE catalogue_procedure SET facts = facts || '{"portal_url": "gh-text:1"}' WHERE code = '1.001193'"""
    with psycopg.connect(url) as connection:
        connection.execute(note)
        before = connection.execute(count).fetchone()
    migrate(url)
    with psycopg.connect(url) as connection:
        assert connection.execute(count).fetchone() == before
        kept = "SELECT facts->'portal_url' FROM catalogue_procedure WHERE code = '1.001193'"
        assert connection.execute(kept).fetchone() == (None,)


def test_the_tables_are_what_the_models_say(clone: Callable[[], str]) -> None:
    assert server.app.MODULES
    engine = create_engine(clone().replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours, "compare_type": True})
        drift = compare_metadata(context, Table.metadata)
    engine.dispose()
    assert drift == []


def test_one_line_of_history() -> None:
    numbers = [path.name[:4] for path in STEPS]
    assert numbers == [f"{number:04}" for number in range(1, len(STEPS) + 1)]


@pytest.mark.parametrize("path", STEPS, ids=lambda path: path.stem)
def test_a_step_follows_the_one_before(path: Path) -> None:
    number = int(path.name[:4])
    text = path.read_text()
    assert re.search(rf'^revision = "{number:04}"$', text, re.MULTILINE)
    before = f'"{number - 1:04}"' if number > 1 else "None"
    assert re.search(rf"^down_revision = {before}$", text, re.MULTILINE)
    assert "def downgrade() -> None:\n    pass" not in text


def test_a_step_never_waits_long_for_a_lock() -> None:
    assert "SET lock_timeout" in (HERE / "alembic" / "env.py").read_text()
