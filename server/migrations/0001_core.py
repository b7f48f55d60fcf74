"""What the core keeps: the job queue, versions of snapshots, counts of the rate limiter, first replies."""

from importlib import resources
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    # The schema comes with the pinned version of Procrastinate. When that is raised, a new migration applies the
    # files its release notes name (procrastinate/sql/migrations).
    schema = resources.files("procrastinate.sql").joinpath("schema.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(schema.replace("%", "%%"))
    for name, columns in _TABLES.items():
        op.create_table(
            name,
            *columns,
            sa.Column("id", sa.Uuid(), primary_key=True),
            sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
            sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        )
    op.create_index("ix_core_count_until", "core_count", ["until"])


def downgrade() -> None:
    for name in _TABLES:
        op.drop_table(name)
    op.execute(_DROP_QUEUE)


_TABLES: dict[str, list[Any]] = {
    "core_version": [
        sa.Column("name", sa.Text(), nullable=False, unique=True),
        sa.Column("version", sa.Text(), nullable=False),
    ],
    "core_count": [
        sa.Column("key", sa.Text(), nullable=False, unique=True),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    ],
    "core_first_reply": [
        sa.Column("key_hash", sa.Text(), nullable=False, unique=True),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    ],
}

_DROP_QUEUE = """
DO $$
DECLARE it record;
BEGIN
  FOR it IN SELECT oid::regclass AS name FROM pg_class WHERE relname LIKE 'procrastinate\\_%' AND relkind = 'r' LOOP
    EXECUTE format('DROP TABLE IF EXISTS %s CASCADE', it.name);
  END LOOP;
  FOR it IN SELECT oid::regprocedure AS name FROM pg_proc WHERE proname LIKE 'procrastinate\\_%' LOOP
    EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', it.name);
  END LOOP;
  FOR it IN SELECT oid::regtype AS name FROM pg_type
            WHERE typname LIKE 'procrastinate\\_%' AND typtype IN ('e', 'c') LOOP
    EXECUTE format('DROP TYPE IF EXISTS %s CASCADE', it.name);
  END LOOP;
END $$;
"""
