"""`teller follows`: what can be said to it in a shell."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from bot import log
from bot.chat.ask import Channel
from bot.running import run_until_stopped
from bot.settings import read_settings
from bot.shell import ChannelType

FAILED = 1


@click.group()
def follows() -> None:
    """The live blogs that channels follow, as a list that feed readers know (OPML)."""


@follows.command("export")
@click.argument("path", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--channel",
    type=ChannelType(),
    help="Only of this channel, say slack:C0123456789, with the seats and the way it has them in.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def export(path: Path, channel: Channel | None, force: bool) -> None:
    """Write what is followed into FILE."""
    from bot import follows as doing

    if path.exists() and not force:
        raise click.BadParameter(f"{path} is there already; --force writes over it.")
    settings = read_settings()
    log.configure("WARNING")
    found = run_until_stopped(doing.export(settings, channel, datetime.now(UTC)))
    if found is None:
        sys.exit(FAILED)
    text, number = found
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        click.echo(f"{path} cannot be written: {error.strerror}.", err=True)
        sys.exit(FAILED)
    click.echo(f"Wrote {number} {'blog' if number == 1 else 'blogs'} into {path}.")


@follows.command("import")
@click.argument("path", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--channel", required=True, type=ChannelType(), help="The channel, say slack:C0123456789."
)
def import_(path: Path, channel: Channel) -> None:
    """Let a channel follow what FILE lists, and say what was taken and what was not.

    Each blog is looked at first; one that cannot be read is not taken. A Teller that runs on
    PostgreSQL reads them from now on, one on SQLite from its next start.
    """
    from bot import follows as doing

    settings = read_settings()
    log.configure("WARNING")
    try:
        data = path.read_bytes()
    except OSError as error:
        click.echo(f"{path} cannot be read: {error.strerror}.", err=True)
        sys.exit(FAILED)
    report = run_until_stopped(doing.take(settings, data, channel))
    if report is None:
        sys.exit(FAILED)
    for line in report.lines:
        click.echo(line)
    taken = len(report.lines) - report.refused
    click.echo(f"{taken} of {len(report.lines)} are followed in {channel}.")
    sys.exit(FAILED if report.refused else 0)
