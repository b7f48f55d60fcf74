"""What people asked about their data: consents, requests, and the files that answer them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "privacy_consent",
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("text_version", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_consent")),
    )
    op.create_index(op.f("ix_privacy_consent_resident_id"), "privacy_consent", ["resident_id"], unique=False)
    op.create_index(
        "uq_privacy_consent_living",
        "privacy_consent",
        ["resident_id", "purpose"],
        unique=True,
        postgresql_where="withdrawn_at IS NULL",
    )
    op.create_table(
        "privacy_request",
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("copy", "correction", "stop", "erasure", name="kind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum("open", "done", "refused", "withdrawn", name="state", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_request")),
    )
    op.create_index(op.f("ix_privacy_request_resident_id"), "privacy_request", ["resident_id"], unique=False)
    op.create_index("ix_privacy_request_state_due", "privacy_request", ["state", "due_at"], unique=False)
    op.create_index(
        "uq_privacy_request_open",
        "privacy_request",
        ["resident_id", "kind"],
        unique=True,
        postgresql_where="state = 'open'",
    )
    op.create_table(
        "privacy_package",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["privacy_request.id"], name=op.f("fk_privacy_package_request_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_package")),
        sa.UniqueConstraint("request_id", name=op.f("uq_privacy_package_request_id")),
    )
    op.create_index(op.f("ix_privacy_package_expires_at"), "privacy_package", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_privacy_package_expires_at"), table_name="privacy_package")
    op.drop_table("privacy_package")
    op.drop_index("uq_privacy_request_open", table_name="privacy_request", postgresql_where="state = 'open'")
    op.drop_index("ix_privacy_request_state_due", table_name="privacy_request")
    op.drop_index(op.f("ix_privacy_request_resident_id"), table_name="privacy_request")
    op.drop_table("privacy_request")
    op.drop_index("uq_privacy_consent_living", table_name="privacy_consent", postgresql_where="withdrawn_at IS NULL")
    op.drop_index(op.f("ix_privacy_consent_resident_id"), table_name="privacy_consent")
    op.drop_table("privacy_consent")
