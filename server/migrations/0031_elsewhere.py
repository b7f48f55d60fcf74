"""Open dossiers are found by the office that has them, as other systems call it."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

_OPEN = sa.text("status NOT IN ('not-accepted', 'stopped', 'done', 'handed-over')")


def upgrade() -> None:
    for unit in ("receiving", "handling"):
        op.create_index(
            f"ix_dossiers_dossier_{unit}", "dossiers_dossier", [f"{unit}_unit", "status_at"], postgresql_where=_OPEN
        )


def downgrade() -> None:
    for unit in ("handling", "receiving"):
        op.drop_index(f"ix_dossiers_dossier_{unit}", table_name="dossiers_dossier")
