"""Which announcement of an article is the newest, and whether it was taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.add_column("news_article", sa.Column("told", sa.Text()))
    op.add_column("news_article", sa.Column("retracted", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.alter_column("news_article", "retracted", server_default=None)


def downgrade() -> None:
    op.drop_column("news_article", "retracted")
    op.drop_column("news_article", "told")
