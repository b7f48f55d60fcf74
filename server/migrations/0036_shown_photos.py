"""Photos that staff show with an answer, and parts of photos that nobody else sees."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.add_column(
        "feedback_photo", sa.Column("areas", postgresql.JSONB(), nullable=False, server_default=sa.text("'[]'"))
    )
    op.alter_column("feedback_photo", "areas", server_default=None)
    op.add_column("feedback_photo", sa.Column("by", sa.Uuid()))
    op.add_column("feedback_photo", sa.Column("step_id", sa.Uuid()))
    op.create_foreign_key(
        "fk_feedback_photo_step_id_feedback_step",
        "feedback_photo",
        "feedback_step",
        ["step_id"],
        ["id"],
        ondelete="CASCADE",
    )


def downgrade() -> None:
    for column in ("step_id", "by", "areas"):
        op.drop_column("feedback_photo", column)
