"""A personal number is one person's only when it is proved; what a lost reply was about can be asked for once more."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    op.drop_constraint(op.f("uq_identity_resident_national_id_index"), "identity_resident", type_="unique")
    op.create_index(
        "uq_identity_resident_proved_national_id",
        "identity_resident",
        ["national_id_index"],
        unique=True,
        postgresql_where=sa.text("national_id_proved_at IS NOT NULL"),
    )
    op.add_column("identity_session", sa.Column("former_hash", sa.LargeBinary(), nullable=True))
    op.add_column("identity_session", sa.Column("former_proved_at", sa.DateTime(timezone=True), nullable=True))
    op.create_unique_constraint(op.f("uq_identity_session_former_hash"), "identity_session", ["former_hash"])
    op.add_column("identity_phone_code", sa.Column("session_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("identity_phone_code", "session_id")
    op.drop_column("identity_session", "former_proved_at")
    op.drop_column("identity_session", "former_hash")
    op.drop_index("uq_identity_resident_proved_national_id", "identity_resident")
    # Two may have typed the same number meanwhile: who has proved it keeps it, else nobody does.
    op.execute(
        "UPDATE identity_resident SET national_id = NULL, national_id_index = NULL"
        " WHERE national_id_proved_at IS NULL AND national_id_index IN"
        " (SELECT national_id_index FROM identity_resident GROUP BY 1 HAVING count(*) > 1)"
    )
    op.create_unique_constraint(
        op.f("uq_identity_resident_national_id_index"), "identity_resident", ["national_id_index"]
    )
