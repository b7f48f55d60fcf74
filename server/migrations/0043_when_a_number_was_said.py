"""A number reported late does not take the place of a newer one."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    op.add_column("dossiers_contact", sa.Column("said_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("dossiers_contact", "said_at")
