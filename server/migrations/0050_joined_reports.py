"""What was joined into a report is found by it: nothing that others lead to is deleted (models.py of feedback)."""

from alembic import op

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    op.create_index(
        "ix_feedback_report_merged", "feedback_report", ["merged_into"], postgresql_where="merged_into IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_index("ix_feedback_report_merged", table_name="feedback_report")
