"""One short video with a report, which may come in pieces."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    op.create_table(
        "feedback_video",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("offset", sa.Integer(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("whole_at", sa.DateTime(timezone=True)),
        sa.Column("sent_hash", sa.LargeBinary()),
        sa.Column("kept_hash", sa.LargeBinary()),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["feedback_report.id"],
            name="fk_feedback_video_report_id_feedback_report",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("report_id", name="uq_feedback_video_report_id"),
    )


def downgrade() -> None:
    op.drop_table("feedback_video")
