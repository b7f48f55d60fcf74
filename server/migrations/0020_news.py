"""News: articles with their history, who has one open, files, templates."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "news_article",
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.Column("writers", postgresql.JSONB(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("correction", sa.Text(), nullable=True),
        sa.Column("public", postgresql.JSONB(), nullable=True),
        sa.Column("released", postgresql.JSONB(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        *_every_row(),
    )
    op.create_index("ix_news_article_public", "news_article", ["published_at"], postgresql_where="public IS NOT NULL")
    op.create_index("ix_news_article_state", "news_article", ["state", "updated_at"])
    op.create_table(
        "news_file",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        *_every_row(),
        sa.UniqueConstraint("name", name="uq_news_file_name"),
    )
    op.create_table(
        "news_template",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        *_every_row(),
        sa.UniqueConstraint("name", name="uq_news_template_name"),
    )
    op.create_table(
        "news_presence",
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=True),
        *_every_row(),
        sa.ForeignKeyConstraint(
            ["article_id"], ["news_article.id"], name="fk_news_presence_article_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("article_id", "staff_id", name="uq_news_presence_article_id"),
    )
    op.create_index("ix_news_presence_seen_at", "news_presence", ["seen_at"])
    op.create_table(
        "news_step",
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *_every_row(),
        sa.ForeignKeyConstraint(
            ["article_id"], ["news_article.id"], name="fk_news_step_article_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_news_step_article", "news_step", ["article_id", "id"])
    op.create_table(
        "news_version",
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        *_every_row(),
        sa.ForeignKeyConstraint(
            ["article_id"], ["news_article.id"], name="fk_news_version_article_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("article_id", "number", name="uq_news_version_article_id"),
    )


def _every_row() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )


def downgrade() -> None:
    for name in ("version", "step", "presence", "template", "file", "article"):
        op.drop_table(f"news_{name}")
