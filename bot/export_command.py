"""`teller export`: what can be said to it in a shell."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from bot import log
from bot.running import run_until_stopped
from bot.settings import read_settings

FOLDER = Path("teller-export")
FAILED = 1


@click.command()
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help=f"The folder to write into, which is made where need be; without it {FOLDER}.",
)
@click.option("--force", is_flag=True, help="Write over files that are there.")
@click.option(
    "--ics", "calendar_alone", is_flag=True, help="Print the calendar instead, and write nothing."
)
def export(folder: Path | None, force: bool, calendar_alone: bool) -> None:
    """Write the night as files: CSV and JSON, and the timetable as a calendar."""
    from bot import exporting

    if calendar_alone and (folder is not None or force):
        raise click.BadParameter("it prints, and writes no file", param_hint="--ics")
    settings = read_settings()
    log.configure("WARNING")
    found = run_until_stopped(
        exporting.gather(settings.database_url, datetime.now(UTC), record=settings.record())
    )
    if found is None:
        sys.exit(FAILED)
    if calendar_alone:
        # Bytes, for a text stream may turn its line ends into others.
        click.echo(found.calendar.encode(), nl=False)
        return
    place = folder or FOLDER
    exporting.write(found.files(), place, force=force)
    click.echo(found.summary(place))
