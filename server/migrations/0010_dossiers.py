"""Where dossiers stand: reports, contacts, and the days offices work."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "dossiers_calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Enum("off", "work", name="daykind", native_enum=False, length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers_calendar_day")),
        sa.UniqueConstraint("day", name=op.f("uq_dossiers_calendar_day_day")),
    )
    op.create_table(
        "dossiers_dossier",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "registered",
                "accepted",
                "not-accepted",
                "in-hand",
                "papers-needed",
                "payment-needed",
                "withdrawal-asked",
                "stopped",
                "done",
                "handed-over",
                name="status",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("receiving_unit", sa.Text(), nullable=True),
        sa.Column("handling_unit", sa.Text(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("forget_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers_dossier")),
        sa.UniqueConstraint("code", name=op.f("uq_dossiers_dossier_code")),
    )
    op.create_index(op.f("ix_dossiers_dossier_forget_at"), "dossiers_dossier", ["forget_at"], unique=False)
    op.create_table(
        "dossiers_contact",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind", sa.Enum("phone", "national-id", name="contactkind", native_enum=False, length=40), nullable=False
        ),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("owner_index", sa.LargeBinary(), nullable=True),
        sa.Column("lookup_index", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers_dossier.id"], name=op.f("fk_dossiers_contact_dossier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers_contact")),
        sa.UniqueConstraint("dossier_id", "kind", name=op.f("uq_dossiers_contact_dossier_id")),
    )
    op.create_index(op.f("ix_dossiers_contact_lookup_index"), "dossiers_contact", ["lookup_index"], unique=False)
    op.create_index(op.f("ix_dossiers_contact_owner_index"), "dossiers_contact", ["owner_index"], unique=False)
    op.create_table(
        "dossiers_happening",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "registered",
                "accepted",
                "not-accepted",
                "in-hand",
                "papers-needed",
                "payment-needed",
                "withdrawal-asked",
                "stopped",
                "done",
                "handed-over",
                name="status",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("receiving_unit", sa.Text(), nullable=True),
        sa.Column("handling_unit", sa.Text(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("result_link", sa.Text(), nullable=True),
        sa.Column("fee_due", sa.BigInteger(), nullable=True),
        sa.Column("flags", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers_dossier.id"], name=op.f("fk_dossiers_happening_dossier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers_happening")),
        sa.UniqueConstraint("partner_id", "source", "event_id", name=op.f("uq_dossiers_happening_partner_id")),
    )
    op.create_index("ix_dossiers_happening_dossier", "dossiers_happening", ["dossier_id", "at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_dossiers_happening_dossier", table_name="dossiers_happening")
    op.drop_table("dossiers_happening")
    op.drop_index(op.f("ix_dossiers_contact_owner_index"), table_name="dossiers_contact")
    op.drop_index(op.f("ix_dossiers_contact_lookup_index"), table_name="dossiers_contact")
    op.drop_table("dossiers_contact")
    op.drop_index(op.f("ix_dossiers_dossier_forget_at"), table_name="dossiers_dossier")
    op.drop_table("dossiers_dossier")
    op.drop_table("dossiers_calendar_day")
