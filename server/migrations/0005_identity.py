"""People: residents, staff, their roles, sessions, passkeys; codes and ceremonies of a sign-in; partners."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "identity_ceremony",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_ceremony")),
    )
    op.create_index(op.f("ix_identity_ceremony_expires_at"), "identity_ceremony", ["expires_at"], unique=False)
    op.create_table(
        "identity_partner",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("permissions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_partner")),
        sa.UniqueConstraint("name", name=op.f("uq_identity_partner_name")),
    )
    op.create_table(
        "identity_phone_code",
        sa.Column(
            "purpose",
            sa.Enum("sign-in", "prove", "change-phone", name="purpose", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.Column("code", sa.LargeBinary(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_phone_code")),
    )
    op.create_index(op.f("ix_identity_phone_code_expires_at"), "identity_phone_code", ["expires_at"], unique=False)
    op.create_table(
        "identity_resident",
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("national_id", sa.LargeBinary(), nullable=True),
        sa.Column("national_id_index", sa.LargeBinary(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("commune_code", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_resident")),
        sa.UniqueConstraint("national_id_index", name=op.f("uq_identity_resident_national_id_index")),
        sa.UniqueConstraint("phone_index", name=op.f("uq_identity_resident_phone_index")),
    )
    op.create_index(op.f("ix_identity_resident_name_folded"), "identity_resident", ["name_folded"], unique=False)
    op.create_table(
        "identity_role",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("permissions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_role")),
        sa.UniqueConstraint("name", name=op.f("uq_identity_role_name")),
    )
    op.create_table(
        "identity_signing_key",
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("signs_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_signing_key")),
        sa.UniqueConstraint("kid", name=op.f("uq_identity_signing_key_kid")),
    )
    op.create_table(
        "identity_staff",
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_because", sa.Text(), nullable=True),
        sa.Column("last_signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_staff")),
        sa.UniqueConstraint("login", name=op.f("uq_identity_staff_login")),
    )
    op.create_table(
        "identity_external_account",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject_index", sa.LargeBinary(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["identity_resident.id"],
            name=op.f("fk_identity_external_account_resident_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_external_account")),
        sa.UniqueConstraint("subject_index", name=op.f("uq_identity_external_account_subject_index")),
    )
    op.create_index(
        op.f("ix_identity_external_account_resident_id"), "identity_external_account", ["resident_id"], unique=False
    )
    op.create_table(
        "identity_one_time_code",
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("num_nonnulls(resident_id, staff_id) = 1", name=op.f("ck_identity_one_time_code_one_owner")),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["identity_resident.id"],
            name=op.f("fk_identity_one_time_code_resident_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["identity_staff.id"], name=op.f("fk_identity_one_time_code_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_one_time_code")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_identity_one_time_code_secret_hash")),
    )
    op.create_index(
        op.f("ix_identity_one_time_code_expires_at"), "identity_one_time_code", ["expires_at"], unique=False
    )
    op.create_index(
        op.f("ix_identity_one_time_code_resident_id"), "identity_one_time_code", ["resident_id"], unique=False
    )
    op.create_index(op.f("ix_identity_one_time_code_staff_id"), "identity_one_time_code", ["staff_id"], unique=False)
    op.create_table(
        "identity_passkey",
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("num_nonnulls(resident_id, staff_id) = 1", name=op.f("ck_identity_passkey_one_owner")),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["identity_resident.id"], name=op.f("fk_identity_passkey_resident_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["identity_staff.id"], name=op.f("fk_identity_passkey_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_identity_passkey_credential_id")),
    )
    op.create_index(op.f("ix_identity_passkey_resident_id"), "identity_passkey", ["resident_id"], unique=False)
    op.create_index(op.f("ix_identity_passkey_staff_id"), "identity_passkey", ["staff_id"], unique=False)
    op.create_table(
        "identity_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column(
            "method",
            sa.Enum("phone", "vneid", "passkey", "password", "desk", name="method", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("assurance", sa.Integer(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idle", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("num_nonnulls(resident_id, staff_id) = 1", name=op.f("ck_identity_session_one_owner")),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["identity_resident.id"], name=op.f("fk_identity_session_resident_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["identity_staff.id"], name=op.f("fk_identity_session_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_identity_session_token_hash")),
    )
    op.create_index(op.f("ix_identity_session_expires_at"), "identity_session", ["expires_at"], unique=False)
    op.create_index(op.f("ix_identity_session_resident_id"), "identity_session", ["resident_id"], unique=False)
    op.create_index(op.f("ix_identity_session_staff_id"), "identity_session", ["staff_id"], unique=False)
    op.create_table(
        "identity_staff_role",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["role_id"], ["identity_role.id"], name=op.f("fk_identity_staff_role_role_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["identity_staff.id"], name=op.f("fk_identity_staff_role_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_staff_role")),
    )
    op.create_index(op.f("ix_identity_staff_role_role_id"), "identity_staff_role", ["role_id"], unique=False)
    op.create_index(op.f("ix_identity_staff_role_staff_id"), "identity_staff_role", ["staff_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_identity_staff_role_staff_id"), table_name="identity_staff_role")
    op.drop_index(op.f("ix_identity_staff_role_role_id"), table_name="identity_staff_role")
    op.drop_table("identity_staff_role")
    op.drop_index(op.f("ix_identity_session_staff_id"), table_name="identity_session")
    op.drop_index(op.f("ix_identity_session_resident_id"), table_name="identity_session")
    op.drop_index(op.f("ix_identity_session_expires_at"), table_name="identity_session")
    op.drop_table("identity_session")
    op.drop_index(op.f("ix_identity_passkey_staff_id"), table_name="identity_passkey")
    op.drop_index(op.f("ix_identity_passkey_resident_id"), table_name="identity_passkey")
    op.drop_table("identity_passkey")
    op.drop_index(op.f("ix_identity_one_time_code_staff_id"), table_name="identity_one_time_code")
    op.drop_index(op.f("ix_identity_one_time_code_resident_id"), table_name="identity_one_time_code")
    op.drop_index(op.f("ix_identity_one_time_code_expires_at"), table_name="identity_one_time_code")
    op.drop_table("identity_one_time_code")
    op.drop_index(op.f("ix_identity_external_account_resident_id"), table_name="identity_external_account")
    op.drop_table("identity_external_account")
    op.drop_table("identity_staff")
    op.drop_table("identity_signing_key")
    op.drop_table("identity_role")
    op.drop_index(op.f("ix_identity_resident_name_folded"), table_name="identity_resident")
    op.drop_table("identity_resident")
    op.drop_index(op.f("ix_identity_phone_code_expires_at"), table_name="identity_phone_code")
    op.drop_table("identity_phone_code")
    op.drop_table("identity_partner")
    op.drop_index(op.f("ix_identity_ceremony_expires_at"), table_name="identity_ceremony")
    op.drop_table("identity_ceremony")
