"""For an operator's terminal."""

import click

from server.modules.dossiers.rules.demo import DOSSIERS


@click.command("demo-dossiers")
def demo_dossiers() -> None:
    """Print the dossiers of a demonstration and the digits that open them."""
    click.echo("  Dossiers are followed below /dossiers, with the last four digits given at the desk:")
    for dossier in DOSSIERS:
        click.echo(f"    {dossier.code}   {dossier.phone[-4:]}")
