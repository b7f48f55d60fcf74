"""What names are found by has none of the signs of Khmer keyboards that nobody sees (rules/person.py)."""

from alembic import op

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    for table, column in (("identity_resident", "name_folded"), ("identity_staff", "searched")):
        op.execute(
            f"UPDATE {table} SET {column} = btrim(regexp_replace("
            f"translate({column}, U&'\\200B\\200C\\200D', ' '), ' +', ' ', 'g'))"
            f" WHERE {column} ~ U&'[\\200B\\200C\\200D]'"
        )


def downgrade() -> None:
    """The names themselves were not touched: what the former code found, it finds."""
