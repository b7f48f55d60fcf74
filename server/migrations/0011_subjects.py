"""What an identity provider calls a resident is kept, sealed: with another SECRET_KEY its index is made again."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    # Nobody knows it of those who are there already: they are given theirs when they sign in next.
    op.add_column("identity_external_account", sa.Column("subject", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("identity_external_account", "subject")
