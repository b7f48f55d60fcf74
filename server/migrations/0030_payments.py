"""Payments: what is due, attempts to pay it, a ledger that only grows, refunds, statements, and what differs."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    _create(
        "payments_charge",
        sa.Column("code", sa.Text(), nullable=False, unique=True),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("payee", sa.Text(), nullable=False),
        sa.Column("payee_name", sa.Text(), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("place", sa.Text()),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("exemption", sa.String(40)),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _instant("paid_at"),
        _instant("told_at"),
        sa.Column("said", sa.LargeBinary()),
        sa.Column("phone", sa.LargeBinary()),
        sa.Column("owner_index", sa.LargeBinary()),
        sa.Column("lookup_index", sa.LargeBinary(), index=True),
        sa.Column("receipt_number", sa.Text()),
        sa.Column("receipt_link", sa.Text()),
        sa.UniqueConstraint("partner_id", "reference", name="uq_payments_charge_partner_id"),
        sa.CheckConstraint("amount BETWEEN 0 AND 1000000000000", name="amount"),
        sa.CheckConstraint("(amount = 0) = (state = 'exempt')", name="exempt"),
        sa.CheckConstraint("(state = 'paid') = (paid_at IS NOT NULL)", name="paid"),
    )
    op.create_index("ix_payments_charge_subject", "payments_charge", ["purpose", "subject"])
    op.create_index("ix_payments_charge_place", "payments_charge", ["place", "state", "id"])
    op.create_index("ix_payments_charge_owner", "payments_charge", ["owner_index", "state", "id"])
    _create(
        "payments_attempt",
        _key("charge_id", "payments_charge.id", index=True, nullable=False, ondelete="CASCADE"),
        sa.Column("way", sa.String(40), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False, unique=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        _instant("begun_at", nullable=False),
        _instant("expires_at", nullable=False),
        _instant("claimed_at"),
        _instant("asked_at"),
        _instant("ended_at"),
        sa.Column("gateway_ref", sa.Text()),
        sa.Column("response", sa.Text()),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000000000", name="amount"),
    )
    begun = sa.text("state = 'begun'")
    op.create_index(
        "uq_payments_attempt_begun", "payments_attempt", ["charge_id", "way"], unique=True, postgresql_where=begun
    )
    op.create_index("ix_payments_attempt_expires", "payments_attempt", ["expires_at"], postgresql_where=begun)
    _create(
        "payments_transaction",
        sa.Column("kind", sa.String(40), nullable=False),
        _key("charge_id", "payments_charge.id", index=True),
        _key("attempt_id", "payments_attempt.id"),
        sa.Column("pays", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_ref", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        _instant("at", nullable=False, index=True),
        sa.Column("staff_id", sa.Uuid()),
        sa.UniqueConstraint("source", "source_ref", "kind", name="uq_payments_transaction_source"),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000000000", name="amount"),
    )
    op.create_index(
        "uq_payments_transaction_paid",
        "payments_transaction",
        ["charge_id"],
        unique=True,
        postgresql_where=sa.text("pays"),
    )
    _create(
        "payments_entry",
        _key("transaction_id", "payments_transaction.id", index=True, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name="amount"),
    )
    op.create_index("ix_payments_entry_account", "payments_entry", ["account", "id"])
    _create(
        "payments_refund",
        _key("charge_id", "payments_charge.id", index=True, nullable=False),
        _key("transaction_id", "payments_transaction.id", nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False, index=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Uuid()),
        sa.Column("asked_place", sa.Text()),
        sa.Column("decided_by", sa.Uuid()),
        _instant("decided_at"),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000000000", name="amount"),
    )
    _create(
        "payments_statement_line",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("bank_ref", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        _instant("at", nullable=False),
        sa.Column("said", sa.LargeBinary()),
        sa.Column("state", sa.String(40), nullable=False),
        _key("charge_id", "payments_charge.id"),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("partner_id", "bank_ref", name="uq_payments_statement_line_partner_id"),
    )
    op.create_index(
        "ix_payments_statement_line_open",
        "payments_statement_line",
        ["id"],
        postgresql_where=sa.text("state = 'open'"),
    )
    _create(
        "payments_finding",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("about", sa.Text(), nullable=False, unique=True),
        _key("charge_id", "payments_charge.id"),
        sa.Column("detail", JSONB(), nullable=False),
        _instant("at", nullable=False),
        _instant("closed_at"),
        sa.Column("closed_by", sa.Uuid()),
    )
    op.create_index(
        "ix_payments_finding_open", "payments_finding", ["id"], postgresql_where=sa.text("closed_at IS NULL")
    )
    _create(
        "payments_closing",
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("booked", sa.BigInteger(), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.UniqueConstraint("place", "day", name="uq_payments_closing_place"),
    )
    op.execute(_ONLY_GROWS)
    op.execute(_BALANCED)
    op.execute(_PAID)


def downgrade() -> None:
    for table in (
        "closing",
        "finding",
        "statement_line",
        "refund",
        "entry",
        "transaction",
        "attempt",
        "charge",
    ):
        op.drop_table(f"payments_{table}")
    for function in ("only_grows", "balanced", "paid_is_booked"):
        op.execute(f"DROP FUNCTION payments_{function}")


def _instant(name: str, *, nullable: bool = True, index: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, index=index)


def _key(
    name: str, there: str, *, nullable: bool = True, index: bool = False, ondelete: str | None = None
) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(there, ondelete=ondelete), nullable=nullable, index=index)


def _create(name: str, *parts: Any) -> None:
    op.create_table(
        name,
        *parts,
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )


_ONLY_GROWS = """
CREATE FUNCTION payments_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger only grows' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER payments_transaction_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON payments_transaction
  FOR EACH STATEMENT EXECUTE FUNCTION payments_only_grows();
CREATE TRIGGER payments_entry_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON payments_entry
  FOR EACH STATEMENT EXECUTE FUNCTION payments_only_grows();
"""

# Deferred: a transaction is written row by row, and is whole at the commit.
_BALANCED = """
CREATE FUNCTION payments_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  it uuid;
  sides bigint;
  total numeric;
  debit numeric;
  said bigint;
BEGIN
  IF TG_TABLE_NAME = 'payments_entry' THEN it = NEW.transaction_id; ELSE it = NEW.id; END IF;
  SELECT count(*), coalesce(sum(amount), 0), coalesce(sum(amount) FILTER (WHERE amount > 0), 0)
    INTO sides, total, debit FROM payments_entry WHERE transaction_id = it;
  SELECT amount INTO said FROM payments_transaction WHERE id = it;
  IF sides < 2 OR total <> 0 OR debit <> said THEN
    RAISE EXCEPTION 'a transaction of the ledger does not sum to zero' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER payments_transaction_balanced AFTER INSERT ON payments_transaction
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_balanced();
CREATE CONSTRAINT TRIGGER payments_entry_balanced AFTER INSERT ON payments_entry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_balanced();
"""

# Paid exactly when the ledger says so, whichever of both is written first.
_PAID = """
CREATE FUNCTION payments_paid_is_booked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  it uuid;
  paid boolean;
  booked boolean;
BEGIN
  IF TG_TABLE_NAME = 'payments_charge' THEN it = NEW.id; ELSE it = NEW.charge_id; END IF;
  SELECT state = 'paid' INTO paid FROM payments_charge WHERE id = it;
  SELECT EXISTS (SELECT FROM payments_transaction t JOIN payments_charge c ON c.id = t.charge_id
    WHERE t.charge_id = it AND t.pays AND t.amount = c.amount) INTO booked;
  IF paid IS DISTINCT FROM booked THEN
    RAISE EXCEPTION 'a charge is paid exactly when the ledger says so' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER payments_charge_is_booked AFTER INSERT OR UPDATE OF state ON payments_charge
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_paid_is_booked();
CREATE CONSTRAINT TRIGGER payments_transaction_is_paid AFTER INSERT ON payments_transaction
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.charge_id IS NOT NULL)
  EXECUTE FUNCTION payments_paid_is_booked();
"""
