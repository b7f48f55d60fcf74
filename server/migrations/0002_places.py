"""The places: the province, its communes and wards, their old names, the offices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for name, columns in _TABLES.items():
        op.create_table(
            name,
            *columns,
            sa.Column("id", sa.Uuid(), primary_key=True),
            sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
            sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        )


def downgrade() -> None:
    for name in _TABLES:
        op.drop_table(name)


_TABLES: dict[str, list[sa.schema.SchemaItem]] = {
    "places_province": [
        sa.Column("code", sa.Text(), nullable=False, unique=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("identifier_code", sa.Text()),
    ],
    "places_unit": [
        sa.Column("code", sa.Text(), nullable=False, unique=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("former_province", sa.Text()),
        sa.Column("boundary", JSONB(), nullable=False),
        sa.Column("outline", JSONB(), nullable=False),
    ],
    "places_old_name": [
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("district", sa.Text()),
        sa.Column("province", sa.Text()),
        sa.Column("successors", JSONB(), nullable=False),
        sa.UniqueConstraint("name", "district", postgresql_nulls_not_distinct=True),
    ],
    "places_office": [
        sa.Column("slug", sa.Text(), nullable=False, unique=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text()),
        sa.Column("address", sa.Text()),
        sa.Column("phone", sa.Text()),
        sa.Column("hours", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("fields", JSONB(), nullable=False),
        sa.Column("lat", sa.Float()),
        sa.Column("lon", sa.Float()),
    ],
}
