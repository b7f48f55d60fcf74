"""Other ways to somebody whom no device can be rung for, and when somebody was last at a device."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "notifications_dispatch",
        sa.Column("entry_id", sa.Uuid(), sa.ForeignKey("notifications_entry.id", ondelete="CASCADE"), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True)),
        sa.Column("provider", sa.Text()),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.UniqueConstraint("entry_id", "channel", name="uq_notifications_dispatch_entry_id"),
    )
    op.add_column("notifications_device", sa.Column("seen_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("notifications_device", "seen_at")
    op.drop_table("notifications_dispatch")
