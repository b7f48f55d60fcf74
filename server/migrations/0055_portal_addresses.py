"""A note of where a text is from is no address of the portal."""

from alembic import op

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    op.execute(
        "UPDATE catalogue_procedure SET facts = jsonb_set(facts, '{portal_url}', 'null') "
        "WHERE facts->>'portal_url' !~ '^https://[A-Za-z0-9.-]+(:[0-9]+)?(/\\S*)?$'"
    )


def downgrade() -> None:
    """The notes stand in the published list."""
