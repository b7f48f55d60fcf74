"""The audit log: a chain of rows that only grows, and the drafts that become its rows at the commit."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "core_audit",
        sa.Column("sequence", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *_what_happened(),
        sa.Column("prev", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_core_audit_actor", "core_audit", ["actor_id", "sequence"])
    op.create_index("ix_core_audit_subject", "core_audit", ["subject_id", "sequence"])
    op.create_table(
        "core_audit_draft",
        *_what_happened(),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        prefixes=["UNLOGGED"],  # no draft outlives its transaction, so a crash has none to lose
    )
    op.execute(_CHAIN)
    op.execute(_REFUSE)


def downgrade() -> None:
    op.drop_table("core_audit_draft")
    op.drop_table("core_audit")
    op.execute("DROP FUNCTION core_audit_chain")
    op.execute("DROP FUNCTION core_audit_refuse")


def _what_happened() -> list[sa.Column[Any]]:
    return [
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text()),
        sa.Column("subject_kind", sa.Text()),
        sa.Column("subject_id", sa.Text()),
        sa.Column("detail", JSONB(), nullable=False),
    ]


# Deferred: runs inside COMMIT, when the client has nothing more to say. The lock, numbered like the table, is held
# until that commit is on the disk. Each statement of a plpgsql function sees what was committed before it began, so
# that whoever waited for the lock finds the row of whoever had it.
# The canonical row is a JSON array in the words of jsonb; server/core/audit.py (hash_of) makes the same text.
_CHAIN = """
CREATE FUNCTION core_audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  last core_audit;
  next core_audit;
BEGIN
  PERFORM pg_advisory_xact_lock('core_audit'::regclass::oid::bigint);
  SELECT * INTO last FROM core_audit ORDER BY sequence DESC LIMIT 1;
  next.sequence = coalesce(last.sequence, 0) + 1;
  next.at = clock_timestamp();
  next.act = NEW.act;
  next.actor_kind = NEW.actor_kind;
  next.actor_id = NEW.actor_id;
  next.subject_kind = NEW.subject_kind;
  next.subject_id = NEW.subject_id;
  next.detail = NEW.detail;
  next.prev = coalesce(last.hash, decode(repeat('00', 32), 'hex'));
  next.hash = sha256(next.prev || convert_to(jsonb_build_array(
    next.sequence, to_char(next.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    next.act, next.actor_kind, next.actor_id, next.subject_kind, next.subject_id, next.detail
  )::text, 'UTF8'));
  INSERT INTO core_audit SELECT next.*;
  DELETE FROM core_audit_draft WHERE id = NEW.id;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER core_audit_chain AFTER INSERT ON core_audit_draft
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION core_audit_chain();
"""

_REFUSE = """
CREATE FUNCTION core_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'core_audit only grows, and only by drafts' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER core_audit_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON core_audit
  FOR EACH STATEMENT EXECUTE FUNCTION core_audit_refuse();

CREATE TRIGGER core_audit_only_by_drafts BEFORE INSERT ON core_audit
  FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION core_audit_refuse();
"""
