"""Field reports are found by a part of their code, however many there are."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    op.create_index(
        "ix_feedback_report_begins", "feedback_report", ["code"], postgresql_ops={"code": "text_pattern_ops"}
    )
    op.create_index("ix_feedback_report_ends", "feedback_report", [sa.literal_column("reverse(code) text_pattern_ops")])


def downgrade() -> None:
    op.drop_index("ix_feedback_report_ends", table_name="feedback_report")
    op.drop_index("ix_feedback_report_begins", table_name="feedback_report")
