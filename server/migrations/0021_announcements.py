"""What very many are told at once: announcements, waves of pushes, and who follows what."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0021"
down_revision = "0020"

_CODES = ARRAY(sa.Text())
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for name, columns in _TABLES.items():
        op.create_table(
            name,
            *columns,
            sa.Column("id", sa.Uuid(), primary_key=True),
            sa.Column("created_at", _INSTANT, server_default=sa.func.now(), nullable=False),
            sa.Column("updated_at", _INSTANT, server_default=sa.func.now(), nullable=False),
        )
    for table, column in (("mark", "broadcast_id"), ("wave", "broadcast_id"), ("broadcast", "subject")):
        op.create_index(f"ix_notifications_{table}_{column}", f"notifications_{table}", [column])
    op.create_index(
        "ix_notifications_broadcast_inbox",
        "notifications_broadcast",
        ["place"],
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index("ix_notifications_range_wave", "notifications_range", ["wave_id", "number"])
    op.create_index(
        "ix_notifications_range_waiting",
        "notifications_range",
        ["wave_id", "due_at"],
        postgresql_where=sa.text("done_at IS NULL"),
    )
    for column in ("communes", "topics"):
        op.add_column("notifications_device", sa.Column(column, _CODES, server_default="{}", nullable=False))
        for table in ("device", "follower"):
            op.create_index(
                f"ix_notifications_{table}_{column}", f"notifications_{table}", [column], postgresql_using="gin"
            )
    for what in ("news", "warnings"):
        op.add_column(
            "notifications_device", sa.Column(f"rings_{what}", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
    # Whoever has not agreed to the way abroad is not rung, and those who said where they live follow their commune.
    op.execute(
        "UPDATE notifications_device AS device SET rings_news = false, rings_warnings = false"
        " WHERE resident_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM privacy_consent AS given"
        " WHERE given.resident_id = device.resident_id AND purpose = 'push-abroad' AND withdrawn_at IS NULL)"
    )
    op.execute(
        "INSERT INTO notifications_follower (id, resident_id, home, chosen, communes, topics, since, version)"
        " SELECT gen_random_uuid(), id, commune_code, '{}', ARRAY[commune_code], '{}',"
        " jsonb_build_object(commune_code, now()), 0"
        " FROM identity_resident WHERE commune_code IS NOT NULL AND erased_at IS NULL"
    )
    op.execute(
        "UPDATE notifications_device AS device SET communes = follower.communes"
        " FROM notifications_follower AS follower WHERE follower.resident_id = device.resident_id"
    )
    for what in ("news", "warnings"):
        op.create_index(
            f"ix_notifications_device_{what}",
            "notifications_device",
            ["id"],
            postgresql_where=sa.text(f"subscription IS NOT NULL AND rings_{what}"),
        )
    op.add_column("notifications_pause", sa.Column("silent_until", _INSTANT))
    op.add_column("notifications_pause", sa.Column("trials", sa.Integer(), server_default=sa.text("0"), nullable=False))
    # Bits are set in it until the last phone has said that it showed it.
    op.execute("ALTER TABLE notifications_range SET (fillfactor = 70)")


def downgrade() -> None:
    for column in ("trials", "silent_until"):
        op.drop_column("notifications_pause", column)
    for column in ("rings_warnings", "rings_news", "topics", "communes"):
        op.drop_column("notifications_device", column)
    for name in reversed(_TABLES):
        op.drop_table(name)


def _broadcast() -> sa.Column[object]:
    key = sa.ForeignKey("notifications_broadcast.id", ondelete="CASCADE")
    return sa.Column("broadcast_id", sa.Uuid(), key, nullable=False)


_TABLES: dict[str, list[sa.schema.SchemaItem]] = {
    "notifications_follower": [
        sa.Column("resident_id", sa.Uuid(), nullable=False, unique=True),
        sa.Column("home", sa.Text()),
        sa.Column("chosen", _CODES, nullable=False),
        sa.Column("communes", _CODES, nullable=False),
        sa.Column("topics", _CODES, nullable=False),
        sa.Column("since", JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    ],
    "notifications_broadcast": [
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("told", JSONB(), nullable=False),
        sa.Column("plain", JSONB(), nullable=False),
        sa.Column("communes", _CODES, nullable=False),
        sa.Column("topics", _CODES, nullable=False),
        sa.Column("place", sa.Uuid(), nullable=False),
        sa.Column("told_at", _INSTANT, nullable=False),
        sa.Column("withdrawn_at", _INSTANT),
    ],
    "notifications_mark": [
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        _broadcast(),
        sa.Column("read_at", _INSTANT),
        sa.Column("archived_at", _INSTANT),
        sa.UniqueConstraint("resident_id", "broadcast_id"),
    ],
    "notifications_wave": [
        sa.Column("key", sa.Text(), nullable=False, unique=True),
        _broadcast(),
        sa.Column("corrects", sa.Boolean(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("pace", sa.Integer()),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("next_at", _INSTANT),
        sa.Column("adopting", sa.Boolean(), nullable=False),
        sa.Column("planned_to", sa.Uuid()),
        sa.Column("planned", sa.Boolean(), nullable=False),
    ],
    "notifications_range": [
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False, unique=True),
        sa.Column("wave_id", sa.Uuid(), sa.ForeignKey("notifications_wave.id", ondelete="CASCADE"), nullable=False),
        sa.Column("ids", ARRAY(sa.Uuid()), nullable=False),
        sa.Column("had", sa.LargeBinary(), nullable=False),
        sa.Column("shown", sa.LargeBinary(), nullable=False),
        sa.Column("opened", sa.LargeBinary(), nullable=False),
        sa.Column("due", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("adopted", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("why", sa.String(40)),
        sa.Column("service", sa.Text()),
        sa.Column("done_at", _INSTANT),
    ],
}
