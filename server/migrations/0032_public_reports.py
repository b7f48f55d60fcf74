"""What the public may see of field reports: words and places that staff let out, counted on the map by the database."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"

_PUBLIC = sa.text("released_at IS NOT NULL")

# One statement for the square it leaves and the one it comes to, in one order: two that swap wait for nobody.
_COUNT = """
CREATE FUNCTION feedback_count_cell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (OLD.released_at IS NULL AND NEW.released_at IS NULL)
      OR (OLD.released_at IS NULL, OLD.public_lat, OLD.public_lon, OLD.state, OLD.category)
        IS NOT DISTINCT FROM (NEW.released_at IS NULL, NEW.public_lat, NEW.public_lon, NEW.state, NEW.category)
    THEN
      RETURN NULL;
    END IF;
  END IF;
  INSERT INTO feedback_cell (id, y, x, category, open, fixed, closed, lat_sum, lon_sum)
  SELECT gen_random_uuid(), coalesce(floor(lat / 0.03), 0)::int AS y, coalesce(floor(lon / 0.03), 0)::int AS x,
    category,
    sum(CASE WHEN state IN ('new', 'assigned', 'asked', 'answered') THEN sign ELSE 0 END),
    sum(CASE WHEN state = 'fixed' THEN sign ELSE 0 END),
    sum(CASE WHEN state IN ('not-fixable', 'not-a-report', 'merged') THEN sign ELSE 0 END),
    sum(sign * coalesce(round(lat * 1000), 0)), sum(sign * coalesce(round(lon * 1000), 0))
  FROM (
    SELECT OLD.public_lat AS lat, OLD.public_lon AS lon, OLD.category AS category, OLD.state AS state, -1 AS sign
    WHERE TG_OP <> 'INSERT' AND OLD.released_at IS NOT NULL
    UNION ALL
    SELECT NEW.public_lat, NEW.public_lon, NEW.category, NEW.state, 1
    WHERE TG_OP <> 'DELETE' AND NEW.released_at IS NOT NULL
  ) AS both_sides
  GROUP BY 2, 3, 4 ORDER BY 2, 3, 4
  ON CONFLICT (y, x, category) DO UPDATE SET
    open = feedback_cell.open + excluded.open,
    fixed = feedback_cell.fixed + excluded.fixed,
    closed = feedback_cell.closed + excluded.closed,
    lat_sum = feedback_cell.lat_sum + excluded.lat_sum,
    lon_sum = feedback_cell.lon_sum + excluded.lon_sum;
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.add_column("feedback_report", sa.Column("released_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("feedback_report", sa.Column("public_text", sa.Text(), nullable=True))
    op.add_column("feedback_report", sa.Column("public_lat", sa.Double(), nullable=True))
    op.add_column("feedback_report", sa.Column("public_lon", sa.Double(), nullable=True))
    for name, columns in (("public", []), ("public_category", ["category"]), ("public_commune", ["commune"])):
        op.create_index(f"ix_feedback_report_{name}", "feedback_report", [*columns, "id"], postgresql_where=_PUBLIC)
    op.create_index(
        "ix_feedback_report_public_point",
        "feedback_report",
        [sa.literal_column("point(public_lon, public_lat)")],
        postgresql_using="gist",
        postgresql_where=_PUBLIC,
    )
    op.create_table(
        "feedback_cell",
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("open", sa.Integer(), nullable=False),
        sa.Column("fixed", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.Column("lat_sum", sa.BigInteger(), nullable=False),
        sa.Column("lon_sum", sa.BigInteger(), nullable=False),
        *_every_row(),
        sa.UniqueConstraint("y", "x", "category", name="uq_feedback_cell_y"),
    )
    op.create_table(
        "feedback_figures",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("said", postgresql.JSONB(), nullable=False),
        *_every_row(),
        sa.UniqueConstraint("name", name="uq_feedback_figures_name"),
    )
    op.execute(_COUNT)
    op.execute(
        "CREATE TRIGGER feedback_count_cell AFTER INSERT OR DELETE OR UPDATE"
        " ON feedback_report FOR EACH ROW EXECUTE FUNCTION feedback_count_cell()"
    )


def _every_row() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER feedback_count_cell ON feedback_report")
    op.execute("DROP FUNCTION feedback_count_cell()")
    op.drop_table("feedback_figures")
    op.drop_table("feedback_cell")
    for name in ("public_point", "public_commune", "public_category", "public"):
        op.drop_index(f"ix_feedback_report_{name}", table_name="feedback_report")
    for name in ("public_lon", "public_lat", "public_text", "released_at"):
        op.drop_column("feedback_report", name)
