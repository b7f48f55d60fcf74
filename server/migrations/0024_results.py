"""Results of dossiers as files, until when residents must answer, and where offices are found."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "dossiers_result",
        sa.Column("dossier_id", sa.Uuid(), sa.ForeignKey("dossiers_dossier.id", ondelete="CASCADE"), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("verdict", sa.String(40)),
        sa.Column("signatures", sa.LargeBinary()),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.UniqueConstraint("dossier_id", "digest", name="uq_dossiers_result_dossier_id"),
    )
    op.add_column("dossiers_office_code", sa.Column("address", sa.Text()))
    for table in ("dossiers_dossier", "dossiers_happening"):
        op.add_column(table, sa.Column("answer_by", sa.DateTime(timezone=True)))
        op.add_column(table, sa.Column("silence", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "ix_dossiers_dossier_answer_by",
        "dossiers_dossier",
        ["answer_by"],
        postgresql_where=sa.text("answer_by IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_dossiers_dossier_answer_by", table_name="dossiers_dossier")
    for table in ("dossiers_happening", "dossiers_dossier"):
        op.drop_column(table, "silence")
        op.drop_column(table, "answer_by")
    op.drop_column("dossiers_office_code", "address")
    op.drop_table("dossiers_result")
