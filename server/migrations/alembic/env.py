"""How Alembic runs our migrations: one transaction each, and never waiting long for a lock."""

from alembic import context
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection

from server.core.database import Table
from server.migrations import ours


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        include_name=ours,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        # A migration that cannot have its lock soon gives up, instead of making every request queue behind it.
        connection.execute(text("SET lock_timeout = '5s'"))
        context.run_migrations()


engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "")
with engine.connect() as connection:
    run(connection)
engine.dispose()
