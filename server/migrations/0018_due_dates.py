"""Dossiers are found by the date they are due, to remind of it."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_index("ix_dossiers_dossier_due_at", "dossiers_dossier", ["due_at"])


def downgrade() -> None:
    op.drop_index("ix_dossiers_dossier_due_at", table_name="dossiers_dossier")
