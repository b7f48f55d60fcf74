"""What is looked for every minute among charges and attempts that only grow: each by an index of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.create_index(
        "ix_payments_charge_untold",
        "payments_charge",
        ["partner_id", "paid_at"],
        postgresql_where=sa.text("state = 'paid' AND told_at IS NULL"),
    )
    op.create_index("ix_payments_charge_due", "payments_charge", ["due_on"], postgresql_where=sa.text("state = 'due'"))
    op.create_index(
        "ix_payments_attempt_vnpay", "payments_attempt", ["begun_at"], postgresql_where=sa.text("way = 'vnpay'")
    )
    op.drop_index("ix_payments_statement_line_open", table_name="payments_statement_line")
    # By its reference a line is found, whoever sent it.
    op.drop_constraint("uq_payments_statement_line_partner_id", "payments_statement_line")
    op.create_unique_constraint(
        "uq_payments_statement_line_bank_ref", "payments_statement_line", ["bank_ref", "partner_id"]
    )


def downgrade() -> None:
    op.drop_constraint("uq_payments_statement_line_bank_ref", "payments_statement_line")
    op.create_unique_constraint(
        "uq_payments_statement_line_partner_id", "payments_statement_line", ["partner_id", "bank_ref"]
    )
    op.create_index(
        "ix_payments_statement_line_open",
        "payments_statement_line",
        ["id"],
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index("ix_payments_attempt_vnpay", table_name="payments_attempt")
    op.drop_index("ix_payments_charge_due", table_name="payments_charge")
    op.drop_index("ix_payments_charge_untold", table_name="payments_charge")
