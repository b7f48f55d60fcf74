"""What the communes of an article are called, for when one of them is no more."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("news_article", sa.Column("places", postgresql.JSONB(), server_default="{}", nullable=False))
    op.alter_column("news_article", "places", server_default=None)


def downgrade() -> None:
    op.drop_column("news_article", "places")
