"""An announcement knows that an older one about the same subject stands, so that nobody has both."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.add_column(
        "notifications_broadcast", sa.Column("joins", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.execute(
        "UPDATE notifications_broadcast AS newer SET joins = true FROM notifications_broadcast AS older"
        " WHERE older.subject = newer.subject AND older.id < newer.id AND older.withdrawn_at IS NULL"
    )


def downgrade() -> None:
    op.drop_column("notifications_broadcast", "joins")
