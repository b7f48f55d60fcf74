"""What a refused event said, so that it can be tried again, and what somebody decided about it."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    for column in (
        sa.Column("item", sa.LargeBinary()),
        sa.Column("settled", sa.String(40)),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("settled_by", sa.Uuid()),
        sa.Column("reason", sa.LargeBinary()),
    ):
        op.add_column("dossiers_refused_event", column)


def downgrade() -> None:
    for name in ("reason", "settled_by", "settled_at", "settled", "item"):
        op.drop_column("dossiers_refused_event", name)
