"""Devices that may be rung, messages to them, our VAPID key, push services that asked for a pause."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    for name, columns in _TABLES.items():
        op.create_table(
            name,
            *columns,
            sa.Column("id", sa.Uuid(), primary_key=True),
            sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
            sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        )
    op.create_index("ix_notifications_message_created_at", "notifications_message", ["created_at"])
    op.create_index("ix_notifications_message_device", "notifications_message", ["device_id", "created_at"])


def downgrade() -> None:
    for name in reversed(_TABLES):
        op.drop_table(name)


_TABLES: dict[str, list[sa.schema.SchemaItem]] = {
    "notifications_device": [
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("subscription", sa.LargeBinary()),
        sa.Column("endpoint_hash", sa.Text(), unique=True),
        sa.Column("last_accepted_at", sa.DateTime(timezone=True)),
    ],
    "notifications_message": [
        sa.Column("device_id", sa.Uuid(), sa.ForeignKey("notifications_device.id", ondelete="CASCADE"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("accepted_at", sa.DateTime(timezone=True)),
        sa.Column("shown_at", sa.DateTime(timezone=True)),
        sa.Column("opened_at", sa.DateTime(timezone=True)),
    ],
    "notifications_key": [
        sa.Column("name", sa.Text(), nullable=False, unique=True),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    ],
    "notifications_pause": [
        sa.Column("service", sa.Text(), nullable=False, unique=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    ],
}
