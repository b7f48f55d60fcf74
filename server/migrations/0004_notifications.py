"""Devices that may be rung, messages to them, our VAPID key, push services that asked for a pause."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def _instant(name: str, nullable: bool = True) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of_every_row() -> list[sa.Column[sa.Uuid] | sa.Column[sa.DateTime]]:
    now = sa.func.now()
    return [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "notifications_device",
        *_of_every_row(),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("subscription", sa.LargeBinary()),
        sa.Column("endpoint_hash", sa.Text(), unique=True),
        _instant("last_accepted_at"),
    )
    op.create_table(
        "notifications_message",
        *_of_every_row(),
        sa.Column("device_id", sa.Uuid(), sa.ForeignKey("notifications_device.id", ondelete="CASCADE"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _instant("due_at", nullable=False),
        _instant("expires_at", nullable=False),
        _instant("sent_at"),
        _instant("accepted_at"),
        _instant("shown_at"),
        _instant("opened_at"),
    )
    op.create_index("ix_notifications_message_created_at", "notifications_message", ["created_at"])
    op.create_index("ix_notifications_message_device", "notifications_message", ["device_id", "created_at"])
    op.create_table(
        "notifications_key",
        *_of_every_row(),
        sa.Column("name", sa.Text(), nullable=False, unique=True),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "notifications_pause",
        *_of_every_row(),
        sa.Column("service", sa.Text(), nullable=False, unique=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    for name in ("pause", "key", "message", "device"):
        op.drop_table(f"notifications_{name}")
