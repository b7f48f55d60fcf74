"""Other applications file reports, and everybody asks for those of a time."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.add_column("feedback_report", sa.Column("partner_id", sa.Uuid()))
    op.create_index("ix_feedback_report_arrived", "feedback_report", ["arrived_at"])


def downgrade() -> None:
    op.drop_index("ix_feedback_report_arrived", table_name="feedback_report")
    op.drop_column("feedback_report", "partner_id")
