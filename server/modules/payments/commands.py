"""For an operator's terminal."""

from uuid import UUID

import click

from server.core.database import Database
from server.core.settings import Settings
from server.core.terminal import on_the_database
from server.modules.identity.public import demo_partner
from server.modules.payments.rules.demo import BANK


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
