"""A browser that was signed out from another one learns of it, and keeps nothing of its owner."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "identity_ended_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_ended_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_identity_ended_session_token_hash")),
    )
    op.create_index(op.f("ix_identity_ended_session_until"), "identity_ended_session", ["until"], unique=False)


def downgrade() -> None:
    op.drop_table("identity_ended_session")
