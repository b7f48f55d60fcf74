"""What the gateway has in hand is asked about until it is given; a line of a statement carries one order."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    op.add_column("payments_refund", sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("payments_refund", sa.Column("gateway_ref", sa.Text(), nullable=True))
    op.add_column("payments_refund", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("payments_statement_line", sa.Column("carries", sa.Text(), nullable=True))
    op.create_unique_constraint(op.f("uq_payments_statement_line_carries"), "payments_statement_line", ["carries"])


def downgrade() -> None:
    op.drop_constraint(op.f("uq_payments_statement_line_carries"), "payments_statement_line", type_="unique")
    op.drop_column("payments_statement_line", "carries")
    op.drop_column("payments_refund", "asked_at")
    op.drop_column("payments_refund", "gateway_ref")
    op.drop_column("payments_refund", "sent_at")
