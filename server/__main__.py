"""The commands: `python -m server COMMAND`. The Makefile calls them; operators may call them too."""

import sys
from pathlib import Path
from types import ModuleType
from typing import cast

import click

from server.core.settings import WrongSetting, read_settings


def _without_rich() -> None:
    """structlog loads it where it is there, for tracebacks in colours: 7 MB of a process whose log nobody sees so."""
    sys.modules["rich"] = cast(ModuleType, None)  # as if it were not there (importlib)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """The citizen app of a province."""


@main.command()
@click.option("--reload", is_flag=True, help="Start web and worker again when the code changes; serve the PWA by Vite.")
def run(reload: bool) -> None:
    """Everything on one machine: database, tables, sample data, web and worker."""
    from server.supervisor import supervise  # each command loads what it needs, and no more

    raise SystemExit(supervise(read_settings(), reload=reload))


@main.command()
def web() -> None:
    """The web server alone; needs DATABASE_URL."""
    _without_rich()
    from server.processes import serve_web

    serve_web(read_settings())


@main.command()
def worker() -> None:
    """A worker alone: what happens after a request; needs DATABASE_URL."""
    _without_rich()
    from server.processes import work

    work(read_settings())


@main.command()
def migrate() -> None:
    """Bring the tables to the newest step."""
    from server.tables import migrated

    with migrated(read_settings()):
        click.echo("Tables are at the newest step.")


@main.command()
def seed() -> None:
    """Put in the province's data and, in a demo, sample data. A second time changes nothing."""
    from server.tables import plant

    plant(read_settings())


@main.command("new-migration")
@click.argument("message")
def new_migration(message: str) -> None:
    """Write the next migration from what the models say; read it before you keep it."""
    from server.tables import write_migration

    write_migration(read_settings(), message)


@main.command("api")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when the committed document is stale.")
def api(check: bool) -> None:
    """Write the OpenAPI document the PWA's client is made from."""
    from server.document import write_document

    write_document(check=check)


@main.command()
def doctor() -> None:
    """Look at the settings, the database, the jobs and the machine, and say what is wrong."""
    from server.doctor import examine

    raise SystemExit(examine())


@main.command("retention")
def retention() -> None:
    """Say how long each class of data is kept, and how many rows the next run would delete; delete nothing."""
    from server.tables import say_what_is_over

    say_what_is_over(read_settings())


@main.command("rotate-key")
def rotate_key() -> None:
    """Seal with NEW_SECRET_KEY all that SECRET_KEY has sealed, or nothing. Stop web and worker first."""
    from server.tables import rotate_key

    rotate_key(read_settings())


@main.command("backup")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def backup(folder: Path) -> None:
    """Copy the database and all files into an empty FOLDER; the app may go on working meanwhile."""
    from server.backup import back_up

    back_up(read_settings(), folder)


@main.command("restore")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
def restore(folder: Path) -> None:
    """Put a backup into an empty database and its place for files."""
    from server.backup import restore

    restore(read_settings(), folder)


@main.group()
def audit() -> None:
    """The audit log: is it whole, and what signs it."""


@audit.command("verify")
@click.option("--key", "keys", multiple=True, help="Trust this public key instead of our own; may be given again.")
def verify_audit(keys: tuple[str, ...]) -> None:
    """Walk the whole log, hold it against its anchors, and name the first bad row."""
    from server.auditor import print_verdict

    raise SystemExit(print_verdict(read_settings(), keys))


@audit.command("anchor")
def anchor_audit() -> None:
    """Sign the newest row and write it to AUDIT_ANCHORS now; the worker does it every hour."""
    from server.auditor import anchor_now

    written = anchor_now(read_settings())
    click.echo(f"Row {written.sequence} is anchored." if written else "Nothing was recorded yet.")


@audit.command("key")
def audit_key() -> None:
    """Print the public key our anchors are verified with; keep it where nobody here can change it."""
    from server.core.anchors import public_key

    click.echo(public_key(read_settings()))


def start() -> None:
    """The commands of the modules stand beside ours; loaded only when one of them is asked for."""
    wire = None
    wanted = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
    if wanted not in main.commands:
        from server.app import MODULES, events_of

        wire = events_of
        for module in MODULES:
            for command in module.commands:
                main.add_command(command)
    try:
        main(prog_name="python -m server", obj=wire)
    except WrongSetting as error:
        click.echo(f"Error: wrong setting {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        pass


if __name__ == "__main__":
    start()
