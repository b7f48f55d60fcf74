"""Warnings, what went out of each, and who did what."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "news_alert",
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("draft", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("writers", postgresql.JSONB(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told", postgresql.JSONB(), nullable=False),
        *_every_row(),
    )
    op.create_index("ix_news_alert_state", "news_alert", ["state", "updated_at"])
    op.create_table(
        "news_alert_message",
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said", postgresql.JSONB(), nullable=False),
        sa.Column("cap", sa.Text(), nullable=False),
        *_every_row(),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["news_alert.id"], name="fk_news_alert_message_alert_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("alert_id", "number", name="uq_news_alert_message_alert_id"),
    )
    op.create_table(
        "news_alert_step",
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("alone", sa.Boolean(), nullable=False),
        *_every_row(),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["news_alert.id"], name="fk_news_alert_step_alert_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_news_alert_step_alert", "news_alert_step", ["alert_id", "id"])


def _every_row() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )


def downgrade() -> None:
    for name in ("step", "message"):
        op.drop_table(f"news_alert_{name}")
    op.drop_table("news_alert")
