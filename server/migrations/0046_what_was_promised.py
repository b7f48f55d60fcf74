"""Whom something was promised is found every minute."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    op.create_index(
        "ix_payments_attempt_claimed",
        "payments_attempt",
        ["claimed_at"],
        postgresql_where=sa.text("claimed_at IS NOT NULL AND state <> 'succeeded'"),
    )


def downgrade() -> None:
    op.drop_index("ix_payments_attempt_claimed", "payments_attempt")
