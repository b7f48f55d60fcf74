"""The catalogue: procedures, what changed in them, everyday words, look-alikes, openings."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for name, columns in _TABLES.items():
        op.create_table(
            name,
            *columns,
            sa.Column("id", sa.Uuid(), primary_key=True),
            sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
            sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        )
    op.create_index("ix_catalogue_opening_day", "catalogue_opening", ["day"])


def downgrade() -> None:
    for name in _TABLES:
        op.drop_table(name)


_TABLES: dict[str, list[Any]] = {
    "catalogue_procedure": [
        sa.Column("code", sa.Text(), nullable=False, unique=True),
        sa.Column("facts", JSONB(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
    ],
    "catalogue_change": [
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("difference", JSONB(), nullable=False),
        sa.UniqueConstraint("code", "revision", "field"),
    ],
    "catalogue_word": [
        sa.Column("term", sa.Text(), nullable=False, unique=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
    ],
    "catalogue_family": [
        sa.Column("name", sa.Text(), nullable=False, unique=True),
        sa.Column("codes", JSONB(), nullable=False),
    ],
    "catalogue_opening": [
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.UniqueConstraint("code", "day"),
    ],
}
