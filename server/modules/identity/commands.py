"""`staff`: accounts from the terminal, above all the first administrator's; `demo-accounts`: who they are."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import click
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.database import Database
from server.core.settings import Settings, read_settings
from server.core.terminal import on_the_database
from server.modules.identity.rules.demo import PASSWORD, RESIDENTS, STAFF
from server.modules.identity.rules.phone import shown
from server.modules.identity.service.demonstration import Demonstration
from server.modules.identity.service.links import Link
from server.modules.identity.service.roles import Roles
from server.modules.identity.service.staff import StaffAccounts

T = TypeVar("T")


@click.group()
def staff() -> None:
    """Accounts of staff."""


@staff.command()
@click.argument("login")
@click.option("--name", required=True, help="The person's name.")
@click.option("--unit", required=True, help="Where they work: a commune's code or an office's slug.")
@click.option("--role", "roles", multiple=True, help="A role by its name; may be given several times.")
def add(login: str, name: str, unit: str, roles: tuple[str, ...]) -> None:
    """Make an account for LOGIN and print the one-time link to its first password."""

    async def run(session: AsyncSession, settings: Settings) -> Link:
        there = {role.name.lower(): role.id for role, _ in await Roles(session).all()}
        unknown = [role for role in roles if role.lower() not in there]
        if unknown:
            names = ", ".join(role.name for role, _ in await Roles(session).all())
            raise click.ClickException(f"no role {unknown[0]!r}; there are: {names}")
        role_ids = [there[role.lower()] for role in roles]
        accounts = StaffAccounts(session, settings)
        _, link = await accounts.add(None, login=login, name=name, unit=unit, role_ids=role_ids)
        return link

    _print(_in_one_transaction(run))


@staff.command()
@click.argument("login")
@click.option("--reset", is_flag=True, help="Take the second factor away too: the authenticator and the passkeys.")
def link(login: str, reset: bool) -> None:
    """End LOGIN's password and print a one-time link to a new one."""

    async def run(session: AsyncSession, settings: Settings) -> Link:
        accounts = StaffAccounts(session, settings)
        member = await accounts.named(login)
        return await (accounts.reset if reset else accounts.new_link)(None, member.id)

    _print(_in_one_transaction(run))


@staff.command()
@click.argument("login")
@click.option("--because", required=True, help="The reason, which administrators read.")
def disable(login: str, because: str) -> None:
    """Disable LOGIN's account: out with the next request."""

    async def run(session: AsyncSession, settings: Settings) -> None:
        accounts = StaffAccounts(session, settings)
        await accounts.disable(None, (await accounts.named(login)).id, None, because)

    _in_one_transaction(run)
    click.echo(f"{login} is disabled.")


@click.command("demo-accounts")
@click.option("--end", is_flag=True, help="Disable the staff among them and forget the residents, for DEMO=0.")
def demo_accounts(end: bool) -> None:
    """Print the people of a demonstration and how they sign in."""
    if end:
        ended = _in_one_transaction(lambda session, settings: Demonstration(session, settings).end())
        click.echo(f"{ended} accounts of a demonstration are ended.")
        return
    if not read_settings().demo:
        raise click.ClickException("this is no demonstration (DEMO=0)")
    click.echo("  Residents sign in with a phone; the code is shown on the screen:")
    for resident in RESIDENTS:
        click.echo(f"    {shown(resident.phone)}   {resident.name}")
    click.echo(f"  Staff sign in below /staff with the password {PASSWORD}; the code is shown too:")
    for member in STAFF:
        click.echo(f"    {member.login:<12}   {member.name} ({', '.join(member.roles)})")


def _print(made: Link) -> None:
    click.echo(f"{made.url}\nGood once, until {made.expires_at:%Y-%m-%d %H:%M} UTC. Give it to its owner alone.")


def _in_one_transaction(run: Callable[[AsyncSession, Settings], Awaitable[T]]) -> T:
    async def running(database: Database, settings: Settings) -> T:
        async with database.transaction() as session:
            return await run(session, settings)

    return on_the_database(running)
