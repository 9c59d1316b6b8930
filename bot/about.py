"""`teller about`: which Teller this is, what it knows of the past, and whose work that is."""

from importlib.metadata import version

import click

from bot.record.record import ATTRIBUTION, LIBRARY
from bot.settings import read_settings


@click.command()
def about() -> None:
    """Say which version this is, how far its record reaches, and whose the figures are."""
    rows = read_settings().record().rows
    click.echo(f"Teller {version('teller')}, a newsroom bot for count nights (MIT licence).")
    click.echo(
        f"The record: {len(rows.contests):,} contests for the House of Commons, the last on "
        f"{rows.edition}, from the {LIBRARY.name} ({LIBRARY.url})."
    )
    click.echo(ATTRIBUTION)
