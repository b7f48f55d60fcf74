"""One line of history of the tables; each step is a file 0001_….py in this folder."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config

HERE = Path(__file__).parent


def configuration(database_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE / "alembic"))
    config.set_main_option("version_locations", str(HERE))
    config.set_main_option("path_separator", "os")
    url = database_url.replace("postgres://", "postgresql://", 1).replace("postgresql://", "postgresql+psycopg://", 1)
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def migrate(database_url: str) -> None:
    """Bring the tables to the newest step."""
    command.upgrade(configuration(database_url), "head")


def ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Procrastinate's tables are its own."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))
