"""Which event takes up a message that was put off; room beside the rows that every push changes."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("notifications_message", sa.Column("batch", sa.Uuid(), nullable=True))
    # Each row is changed once or twice soon after it was made: with room on its page no index is touched.
    op.execute("ALTER TABLE notifications_message SET (fillfactor = 60)")
    op.execute("ALTER TABLE notifications_device SET (fillfactor = 80)")


def downgrade() -> None:
    op.execute("ALTER TABLE notifications_device RESET (fillfactor)")
    op.execute("ALTER TABLE notifications_message RESET (fillfactor)")
    op.drop_column("notifications_message", "batch")
