"""What each version of an article changed, beside the version: its list reads no texts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0052"
down_revision = "0051"

# As `rules/differences.py` has it: the parts of a text each by their path; what is empty is as good as not there.
_FILL = """
WITH said AS (
    SELECT v.id, v.article_id, v.number, path, value
    FROM news_version v
    CROSS JOIN LATERAL (
        SELECT above.key AS path, above.value FROM jsonb_each(v.content) above
        WHERE jsonb_typeof(above.value) <> 'object'
        UNION ALL
        SELECT above.key || '.' || below.key, below.value
        FROM jsonb_each(v.content) above
        CROSS JOIN LATERAL jsonb_each(CASE jsonb_typeof(above.value) WHEN 'object' THEN above.value ELSE '{}' END) below
    ) flat
    WHERE value NOT IN ('null', '""', '[]')
), pair AS (
    SELECT id, article_id, lag(id) OVER (PARTITION BY article_id ORDER BY number) AS before FROM news_version
)
UPDATE news_version v SET fields = coalesce((
    SELECT jsonb_agg(path ORDER BY path)
    FROM (SELECT path, value FROM said WHERE said.id = pair.id) now
    FULL JOIN (SELECT path, value FROM said WHERE said.id = pair.before) former USING (path)
    WHERE now.value IS DISTINCT FROM former.value
), '[]')
FROM pair WHERE pair.id = v.id
"""


def upgrade() -> None:
    op.add_column("news_version", sa.Column("fields", postgresql.JSONB(), nullable=True))
    op.execute(_FILL)
    op.alter_column("news_version", "fields", nullable=False)


def downgrade() -> None:
    op.drop_column("news_version", "fields")
