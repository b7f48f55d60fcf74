"""Staff are found by name and count their days without use anew; a passkey remembers how well its owner was known."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    # No staff and no passkey can be there yet: what opens a session for them comes with this step.
    op.add_column("identity_staff", sa.Column("searched", sa.Text(), nullable=False, server_default=""))
    op.alter_column("identity_staff", "searched", server_default=None)
    op.add_column("identity_staff", sa.Column("enabled_at", sa.DateTime(timezone=True), nullable=True))
    op.create_unique_constraint(op.f("uq_identity_staff_role_staff_id"), "identity_staff_role", ["staff_id", "role_id"])
    op.add_column("identity_passkey", sa.Column("assurance", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("identity_passkey", "assurance", server_default=None)


def downgrade() -> None:
    op.drop_column("identity_passkey", "assurance")
    op.drop_constraint(op.f("uq_identity_staff_role_staff_id"), "identity_staff_role")
    op.drop_column("identity_staff", "enabled_at")
    op.drop_column("identity_staff", "searched")
