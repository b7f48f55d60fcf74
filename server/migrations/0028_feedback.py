"""Field reports: categories, reports with their steps and photos, who follows them, prepared answers."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.create_table(
        "feedback_category",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("vi", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("km", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("resolve_days", sa.Integer(), nullable=True),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_by", sa.Uuid(), nullable=True),
        *_every_row(),
        sa.UniqueConstraint("slug", name="uq_feedback_category_slug"),
    )
    op.create_table(
        "feedback_report",
        sa.Column("operation", sa.Uuid(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        sa.Column("disclosure", sa.String(40), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("accuracy_m", sa.Integer(), nullable=True),
        sa.Column("commune", sa.Text(), nullable=True),
        sa.Column("elsewhere", sa.String(40), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("photos", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day_off", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("triage_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("triaged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolve_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_warn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("forgotten", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *_every_row(),
        sa.ForeignKeyConstraint(["merged_into"], ["feedback_report.id"], name="fk_feedback_report_merged_into"),
        sa.UniqueConstraint("code", name="uq_feedback_report_code"),
        sa.UniqueConstraint("operation", name="uq_feedback_report_operation"),
    )
    op.create_index("ix_feedback_report_closed", "feedback_report", ["closed_at"])
    op.create_index("ix_feedback_report_next_warn_at", "feedback_report", ["next_warn_at"])
    op.create_index(
        "ix_feedback_report_point", "feedback_report", [sa.literal_column("point(lon, lat)")], postgresql_using="gist"
    )
    op.create_index(
        "ix_feedback_report_queue", "feedback_report", ["next_due_at", "id"], postgresql_where="closed_at IS NULL"
    )
    op.create_index("ix_feedback_report_resident", "feedback_report", ["resident_id", "id"])
    op.create_index("ix_feedback_report_unit", "feedback_report", ["unit", "next_due_at"])
    op.create_table(
        "feedback_template",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *_every_row(),
        sa.UniqueConstraint("name", name="uq_feedback_template_name"),
    )
    op.create_table(
        "feedback_follower",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        *_every_row(),
        sa.ForeignKeyConstraint(
            ["report_id"], ["feedback_report.id"], name="fk_feedback_follower_report_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("report_id", "resident_id", name="uq_feedback_follower_report_id"),
    )
    op.create_index("ix_feedback_follower_resident_id", "feedback_follower", ["resident_id"])
    op.create_table(
        "feedback_photo",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sent_hash", sa.LargeBinary(), nullable=False),
        sa.Column("kept_hash", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        *_every_row(),
        sa.ForeignKeyConstraint(
            ["report_id"], ["feedback_report.id"], name="fk_feedback_photo_report_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("report_id", "number", name="uq_feedback_photo_report_id"),
    )
    op.create_table(
        "feedback_step",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("said", sa.LargeBinary(), nullable=True),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        *_every_row(),
        sa.ForeignKeyConstraint(
            ["report_id"], ["feedback_report.id"], name="fk_feedback_step_report_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_feedback_step_report", "feedback_step", ["report_id", "id"])


def _every_row() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )


def downgrade() -> None:
    for name in ("step", "photo", "follower", "template", "report", "category"):
        op.drop_table(f"feedback_{name}")
