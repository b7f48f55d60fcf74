"""A warning remembers what the communes it names are called, for the day one of them is no more."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    op.add_column(
        "news_alert",
        sa.Column("places", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
    )
    op.execute(
        "UPDATE news_alert AS alert SET places = named.places"
        " FROM (SELECT alert.id, jsonb_object_agg(unit.code, unit.name) AS places FROM news_alert AS alert"
        " JOIN places_unit AS unit ON jsonb_exists(alert.draft->'communes', unit.code) GROUP BY alert.id) AS named"
        " WHERE named.id = alert.id"
    )


def downgrade() -> None:
    op.drop_column("news_alert", "places")
