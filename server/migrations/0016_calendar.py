"""The days of a year are confirmed all at once, and two people never overwrite each other."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("dossiers_calendar_day", sa.Column("version", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    op.drop_column("dossiers_calendar_day", "version")
