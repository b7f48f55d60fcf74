"""For an operator's terminal."""

import sys
from codecs import BOM_UTF8
from collections.abc import Iterator
from datetime import datetime
from typing import TextIO
from uuid import UUID

import click

from server.core.database import Database
from server.core.settings import Settings
from server.core.sheets import csv_of
from server.core.terminal import on_the_database
from server.modules.identity.public import demo_partner
from server.modules.payments.rules.demo import BANK
from server.modules.payments.rules.tables import NotATable, read
from server.modules.payments.service.comparing import Difference, Of, Stated, compare


@click.command("demo-bank")
def demo_bank() -> None:
    """Let the sandbox of a bank call us: prints its id and a new secret."""

    async def run(database: Database, settings: Settings) -> tuple[UUID, str]:
        if not settings.demo:
            raise click.ClickException("only in a demonstration (DEMO=1)")
        async with database.transaction() as session:
            return await demo_partner(session, BANK, frozenset({"payments:statement"}))

    partner_id, secret = on_the_database(run)
    click.echo(f"{partner_id} {secret}")


@click.command("compare-statement")
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@click.option("--of", type=click.Choice(["bank", "gateway"]), default="bank", help="Whose statement it is.")
@click.option("--first", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Its first day.")
@click.option("--last", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Its last day.")
def compare_statement(file: TextIO, of: Of, first: datetime, last: datetime) -> None:
    """Compare a whole statement (CSV: `bank_ref`, `amount`) with what is booked, and print what differs as CSV.

    `times`: how often the statement has it.
    """

    async def run(database: Database, _: Settings) -> int:
        differ = 0
        click.echo(csv_of([Difference._fields]), nl=False)
        async for it in compare(database, of, _stated(file), first.date(), last.date()):
            differ += 1
            click.echo(csv_of([it]).removeprefix(BOM_UTF8), nl=False)
        return differ

    try:
        differ = on_the_database(run)
    except NotATable as wrong:
        raise click.ClickException(f"no such table: {wrong}") from None
    click.echo(f"{differ} differences", err=True)
    sys.exit(differ > 0)


def _stated(file: TextIO) -> Iterator[Stated]:
    for line, cells in read(file, ["bank_ref", "amount"]):
        amount = cells.get("amount", "")
        if not (amount.isascii() and amount.isdigit()):
            raise NotATable(f"line {line}: amount {amount!r}")
        yield Stated(cells.get("bank_ref", ""), int(amount))
