"""The one-stop desk: what it registers, what officers do, what offices are called, how punctual they are."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "dossiers_office_code",
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "hours", sa.Enum("office", "commune-police", name="hours", native_enum=False, length=40), nullable=False
        ),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers_office_code")),
        sa.UniqueConstraint("code", name=op.f("uq_dossiers_office_code_code")),
        sa.UniqueConstraint("place", name=op.f("uq_dossiers_office_code_place")),
    )
    op.create_table(
        "dossiers_deed",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column(
            "act",
            sa.Enum(
                "register",
                "accept",
                "take-up",
                "ask-papers",
                "ask-payment",
                "refuse",
                "note-withdrawal",
                "stop",
                "finish",
                "hand-over",
                "apologise",
                "assign",
                "forward",
                name="act",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("due_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("said", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers_dossier.id"], name=op.f("fk_dossiers_deed_dossier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers_deed")),
    )
    op.create_index("ix_dossiers_deed_dossier", "dossiers_deed", ["dossier_id", "at"], unique=False)
    op.create_table(
        "dossiers_filing",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("case", sa.Text(), nullable=True),
        sa.Column("papers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("receiving_place", sa.Text(), nullable=False),
        sa.Column("handling_place", sa.Text(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column(
            "channel", sa.Enum("direct", "online", "post", name="channel", native_enum=False, length=40), nullable=False
        ),
        sa.Column(
            "returning",
            sa.Enum("desk", "post", "online", name="returning", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("limit_value", sa.Integer(), nullable=False),
        sa.Column(
            "limit_unit",
            sa.Enum("hour", "day", "working-day", name="unit", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("limit_reason", sa.LargeBinary(), nullable=True),
        sa.Column("supplements", sa.Integer(), nullable=False),
        sa.Column("apologies", sa.Integer(), nullable=False),
        sa.Column("electronic_result", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers_dossier.id"], name=op.f("fk_dossiers_filing_dossier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers_filing")),
        sa.UniqueConstraint("dossier_id", name=op.f("uq_dossiers_filing_dossier_id")),
    )
    op.create_index(
        "ix_dossiers_filing_handling",
        "dossiers_filing",
        ["handling_place"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_dossiers_filing_month", "dossiers_filing", ["receiving_place", "filed_at"], unique=False)
    op.create_index(
        "ix_dossiers_filing_receiving",
        "dossiers_filing",
        ["receiving_place"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "dossiers_punctuality",
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers_punctuality")),
        sa.UniqueConstraint("procedure", name=op.f("uq_dossiers_punctuality_procedure")),
    )
    op.add_column("dossiers_contact", sa.Column("digits_index", sa.LargeBinary(), nullable=True))
    op.create_index(op.f("ix_dossiers_contact_digits_index"), "dossiers_contact", ["digits_index"], unique=False)
    op.add_column("dossiers_dossier", sa.Column("version", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    op.drop_index(op.f("ix_dossiers_contact_digits_index"), table_name="dossiers_contact")
    op.drop_column("dossiers_contact", "digits_index")
    op.drop_column("dossiers_dossier", "version")
    op.drop_table("dossiers_punctuality")
    op.drop_index(
        "ix_dossiers_filing_receiving", table_name="dossiers_filing", postgresql_where=sa.text("closed_at IS NULL")
    )
    op.drop_index("ix_dossiers_filing_month", table_name="dossiers_filing")
    op.drop_index(
        "ix_dossiers_filing_handling", table_name="dossiers_filing", postgresql_where=sa.text("closed_at IS NULL")
    )
    op.drop_table("dossiers_filing")
    op.drop_index("ix_dossiers_deed_dossier", table_name="dossiers_deed")
    op.drop_table("dossiers_deed")
    op.drop_table("dossiers_office_code")
