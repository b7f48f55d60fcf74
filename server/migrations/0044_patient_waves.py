"""A paused wave does not run out of time; those under way have the day they were given."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    op.add_column(
        "notifications_wave", sa.Column("patient", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("notifications_wave", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("notifications_wave", "paused_at")
    op.drop_column("notifications_wave", "patient")
