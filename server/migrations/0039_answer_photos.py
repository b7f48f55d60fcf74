"""Photos that staff answer with are looked at before everybody sees them: none of the older ones was."""

from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.execute("UPDATE feedback_photo SET shown = false WHERE shown AND by IS NOT NULL")
    # What was taken back, dismissed or joined is seen no longer, its photos neither.
    op.execute(
        "UPDATE feedback_photo SET shown = false FROM feedback_report report WHERE shown AND report.id = report_id"
        " AND report.released_at IS NULL AND report.closed_at IS NOT NULL"
    )


def downgrade() -> None:
    # Which of them had been seen is not known any more; unseen is the safe side.
    op.execute("SELECT 1")
