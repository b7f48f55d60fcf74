"""The inbox: what residents are told, how they want to be told, and whose a device is."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "notifications_entry",
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("bell", sa.String(40), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.Column("archived_at", sa.DateTime(timezone=True)),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.UniqueConstraint("resident_id", "event", name="uq_notifications_entry_resident_id"),
    )
    op.create_index("ix_notifications_entry_inbox", "notifications_entry", ["resident_id", "id"])
    op.create_index(
        "ix_notifications_entry_unread",
        "notifications_entry",
        ["resident_id"],
        postgresql_where=sa.text("read_at IS NULL AND archived_at IS NULL"),
    )
    op.create_table(
        "notifications_preference",
        sa.Column("resident_id", sa.Uuid(), nullable=False, unique=True),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("quiet_since", sa.Time()),
        sa.Column("quiet_until", sa.Time()),
        sa.Column("topics", JSONB(), nullable=False),
        sa.Column("fields", JSONB(), nullable=False),
        sa.Column("channels", JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )
    op.add_column("notifications_device", sa.Column("resident_id", sa.Uuid()))
    op.add_column("notifications_device", sa.Column("session_id", sa.Uuid()))
    op.add_column("notifications_device", sa.Column("name", sa.Text(), server_default="", nullable=False))
    op.create_index("ix_notifications_device_resident_id", "notifications_device", ["resident_id"])
    op.create_index("ix_notifications_device_session_id", "notifications_device", ["session_id"])
    op.add_column(
        "notifications_message",
        sa.Column("entry_id", sa.Uuid(), sa.ForeignKey("notifications_entry.id", ondelete="CASCADE")),
    )
    op.create_index("ix_notifications_message_entry_id", "notifications_message", ["entry_id"])


def downgrade() -> None:
    op.drop_column("notifications_message", "entry_id")
    for column in ("name", "session_id", "resident_id"):
        op.drop_column("notifications_device", column)
    op.drop_table("notifications_preference")
    op.drop_table("notifications_entry")
