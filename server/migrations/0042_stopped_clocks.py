"""Limits stand still while a reporter is waited for; what was opened again keeps its first answer and its rating."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"

_COLUMNS: dict[str, sa.types.TypeEngine[Any]] = {
    "resolve_from": sa.DateTime(timezone=True),
    "waits_since": sa.DateTime(timezone=True),
    "first_answered_at": sa.DateTime(timezone=True),
    "first_answer_due_at": sa.DateTime(timezone=True),
    "rated_before": sa.Integer(),
}


def upgrade() -> None:
    for name, kind in _COLUMNS.items():
        op.add_column("feedback_report", sa.Column(name, kind, nullable=True))
    op.execute(
        "UPDATE feedback_report SET waits_since = (SELECT max(step.created_at) FROM feedback_step step"
        " WHERE step.report_id = feedback_report.id AND step.kind = 'asked') WHERE state = 'asked'"
    )
    # A question of the hub has sorted nothing and answered nothing: what it was asked about waits to be sorted.
    op.execute(
        "UPDATE feedback_report SET triaged_at = NULL, answered_at = NULL,"
        " next_due_at = CASE WHEN state = 'new' THEN triage_due_at END"
        " WHERE state IN ('new', 'asked') AND unit IS NULL AND triaged_at IS NOT NULL"
    )


def downgrade() -> None:
    for name in reversed(_COLUMNS):
        op.drop_column("feedback_report", name)
