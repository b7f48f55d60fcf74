"""`doctor`: what is in force, what is wrong, and what to do about it."""

import platform
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime

import click
import msgspec
import psycopg
from alembic.script import ScriptDirectory

from server.app import misfits, wrong_data
from server.core.anchors import in_time, newest_at
from server.core.embedded import postgres
from server.core.settings import Settings, WrongSetting, read_settings
from server.migrations import configuration

Finding = tuple[bool, str, str]

# By the name, so that a setting that is added tomorrow is none that is printed.
_SECRET = ("_key", "_secret", "_token", "_tokens", "mail_url")

# What is not there while nothing is set.
_OFF = {
    "sms_urls": "nobody signs in by phone, no texts",
    "oidc_issuer": "nobody signs in by VNeID",
    "zalo_url": "no Zalo",
    "mail_url": "no mail",
    "lgsp_url": "no exchange bus",
    "bank_account": "nobody pays by transfer",
    "vnpay_url": "nobody pays by VNPay",
    "signature_roots": "not said who signed a result",
    "map_tiles": "maps show outlines alone",
}


def examine() -> int:
    """Print the findings; 1 when one of them is bad."""
    try:
        settings = read_settings()
    except WrongSetting as error:
        click.echo(f"✗ setting {error}")
        return 1
    bad = 0
    for good, name, finding in _findings(settings):
        click.echo(f"{'✓' if good else '✗'} {name:<12} {finding}")
        bad += not good
    return 1 if bad else 0


def _findings(settings: Settings) -> Iterator[Finding]:
    yield True, "python", platform.python_version()
    yield True, "node", _version("node") or "none on the PATH; `make` takes it from a Python package"
    yield (settings.pwa / "index.html").is_file(), "pwa", f"{settings.pwa} (missing: `make pwa` builds it)"
    wrong = [str(it).removeprefix("DATA: ") for it in wrong_data(settings)]
    yield not wrong, "data", "; ".join(wrong) or f"the province's files in {settings.data} can be read"
    free = shutil.disk_usage(settings.var if settings.var.exists() else settings.var.parent).free
    yield free > 1 << 30, "disk", f"{free / 1e9:.1f} GB free for {settings.var}"
    for browser in ("chromium", "firefox-esr"):
        yield True, browser, _version(browser) or "not here; `make test` installs it where it can"
    for field in msgspec.structs.fields(Settings):
        value = getattr(settings, field.name)
        shown = "set" if field.name.endswith(_SECRET) and value else _without_password(value)
        yield True, field.name.upper(), shown
    if not settings.demo:
        off = [f"{name.upper()} ({without})" for name, without in _OFF.items() if not getattr(settings, name)]
        yield True, "off", ", ".join(off) or "nothing"
        example = settings.push_contact == Settings().push_contact
        whom = "PUSH_CONTACT is an example; set whom a push service may tell of trouble"
        yield not example, "contact", whom if example else settings.push_contact
    yield from _database(settings)


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        with postgres(settings) as url, psycopg.connect(url, connect_timeout=5) as connection:
            (version,) = connection.execute("SHOW server_version").fetchone() or ("?",)
            yield True, "database", f"PostgreSQL {version}"
            newest = ScriptDirectory.from_config(configuration(url)).get_current_head()
            there = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
            if not there or there[0] is None:
                yield False, "tables", "none yet: `python -m server migrate`"
                return
            (step,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("none",)
            yield step == newest, "tables", f"at step {step}, newest is {newest}"
            yield from _jobs(connection)
            if step == newest:
                yield _audit(connection, settings)
                found = misfits(msgspec.structs.replace(settings, database_url=url))
                yield not found, "settings", "; ".join(map(str, found)) or "fit what stands in the database"
    except WrongSetting as error:
        yield False, "database", str(error)
    except (psycopg.Error, OSError) as error:
        yield False, "database", f"cannot be reached: {type(error).__name__}"


def _jobs(connection: psycopg.Connection) -> Iterator[Finding]:
    failed = connection.execute(
        "SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'failed' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    (waiting,) = connection.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'").fetchone() or (0,)
    names = ", ".join(f"{count} × {name}" for name, count in failed)
    yield not failed, "jobs", f"{waiting} waiting; {'none failed' if not failed else 'failed: ' + names}"


def _audit(connection: psycopg.Connection, settings: Settings) -> Finding:
    oldest, rows = connection.execute("SELECT min(at), count(*) FROM core_audit").fetchone() or (None, 0)
    at = newest_at(settings.anchors)
    anchored = f"newest anchor of {at.isoformat(timespec='seconds')}" if at else "no anchor yet"
    good = in_time(settings.anchors, oldest, datetime.now(UTC))
    remedy = "" if good else " (does a worker run? `python -m server audit anchor` writes one now)"
    return good, "audit", f"{rows} rows; {anchored} in {settings.anchors}{remedy}"


def _version(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        return ""
    try:
        return subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return "does not start"


def _without_password(value: object) -> str:
    text = ", ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
    scheme, separator, rest = text.partition("://")
    if separator and "@" in rest:
        user, _, host = rest.rpartition("@")
        return f"{scheme}://{user.partition(':')[0]}@{host}"
    return text
