"""Who follows somebody else's dossier, and personal numbers that an identity provider has vouched for."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "dossiers_follower",
        sa.Column("dossier_id", sa.Uuid(), sa.ForeignKey("dossiers_dossier.id", ondelete="CASCADE"), nullable=False),
        sa.Column("resident_id", sa.Uuid()),
        sa.Column("phone", sa.LargeBinary()),
        sa.Column("phone_index", sa.LargeBinary()),
        sa.Column("name", sa.LargeBinary()),
        sa.Column("document", sa.LargeBinary()),
        sa.Column("way", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )
    op.create_index("ix_dossiers_follower_resident_id", "dossiers_follower", ["resident_id"])
    op.create_index("ix_dossiers_follower_phone_index", "dossiers_follower", ["phone_index"])
    for name, column in (("resident", "resident_id"), ("phone", "phone_index")):
        op.create_index(
            f"uq_dossiers_follower_{name}",
            "dossiers_follower",
            ["dossier_id", column],
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
        )
    op.add_column("identity_resident", sa.Column("national_id_proved_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("identity_resident", "national_id_proved_at")
    op.drop_table("dossiers_follower")
