"""Photos that residents show with what they say after their report."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    op.add_column("feedback_photo", sa.Column("resident_id", sa.Uuid()))
    op.create_index(
        "ix_feedback_photo_resident",
        "feedback_photo",
        ["resident_id"],
        postgresql_where=sa.text("resident_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_column("feedback_photo", "resident_id")
