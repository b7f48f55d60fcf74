"""Whom something urgent calls, on which devices, and whether what was fixed still is."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.add_column("notifications_device", sa.Column("staff_id", sa.Uuid(), nullable=True))
    op.create_index("ix_notifications_device_staff_id", "notifications_device", ["staff_id"])
    op.add_column("feedback_report", sa.Column("asked_again_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("feedback_report", sa.Column("still_fixed", sa.Boolean(), nullable=True))
    op.create_table(
        "feedback_leader",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.UniqueConstraint("unit", name="uq_feedback_leader_unit"),
    )


def downgrade() -> None:
    op.drop_table("feedback_leader")
    op.drop_column("feedback_report", "still_fixed")
    op.drop_column("feedback_report", "asked_again_at")
    op.drop_index("ix_notifications_device_staff_id", table_name="notifications_device")
    op.drop_column("notifications_device", "staff_id")
