"""The command line. Exit status: 0 done, 1 failed, 2 wrong use."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from bot import log
from bot.about import about
from bot.election.clock import read_time
from bot.errors import SettingsError, TellerError, TimeUnclearError
from bot.export_command import export
from bot.follows_command import follows
from bot.platforms.terminal.screen import TerminalGoneError
from bot.record_update import record_update
from bot.rehearsing import record, replay
from bot.running import run_until_stopped
from bot.settings import Settings, read_settings, reveal

FAILED, WRONG_USE = 1, 2
# Faster than this a blog that is read every ten seconds of the night is no longer read in time.
FASTEST = 2000.0


def _in_a_folder(
    _context: click.Context, _parameter: click.Parameter, path: Path | None
) -> Path | None:
    """A file that can be made: told now, and not at the end of the night."""
    if path is not None and not path.absolute().parent.is_dir():
        raise click.BadParameter(f"there is no folder {path.absolute().parent}.")
    return path


night_option = click.option(
    "--night",
    "night_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The night file (TOML); without it NIGHT_FILE, else the bundled night.",
)
colour_option = click.option(
    "--no-colour", is_flag=True, help="No colours; NO_COLOR=1 does the same."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="teller", prog_name="teller")
def cli() -> None:
    """Teller, a newsroom bot for count nights: reminders, live-blog relay, answers."""


@cli.command()
@click.option(
    "--speed",
    type=click.FloatRange(1, FASTEST, clamp=True),
    default=240.0,
    show_default=True,
    help=f"How many times as fast as the real night; {FASTEST:.0f} at most.",
)
@click.option("--from", "start", metavar="TIME", help="Begin at this time of the night, say 00:30.")
@click.option("--until", metavar="TIME", help="End at this time of the night, say 01:00.")
@click.option(
    "--keep",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=_in_a_folder,
    help="Remember the night in this file, and go on there where it was cut off.",
)
@click.option(
    "--picture",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=_in_a_folder,
    help="Draw what the terminal showed into this SVG file.",
)
@colour_option
def demo(
    speed: float,
    start: str | None,
    until: str | None,
    keep: Path | None,
    picture: Path | None,
    no_colour: bool,
) -> None:
    """Replay the count night of 19-20 October 2023 in this terminal.

    Type a question at any time, such as “turnout Tamworth”. Where standard input is not a
    terminal it asks a few by itself and ends with a line of totals.
    """
    from bot import nights
    from bot.demo import play
    from bot.platforms.terminal import screen

    log.configure("WARNING")
    begin, end = (
        None if words is None else read_time(words, polling_day=nights.POLLING_DAY).at
        for words in (start, until)
    )
    if end is not None and end <= (begin or nights.begins()):
        raise click.BadParameter("the night would end before it begins", param_hint="--until")
    interactive = sys.stdin.isatty() and sys.stdout.isatty() and picture is None
    console = screen.make_console(
        no_colour=no_colour,
        record=picture is not None,
        width=96 if picture is not None else None,
    )
    line = run_until_stopped(
        play(speed=speed, start=begin, end=end, keep=keep, console=console, interactive=interactive)
    )
    if line is not None:
        click.echo(line)
    if picture is not None:
        picture.write_text(screen.picture(console), encoding="utf-8")


@cli.command()
@night_option
@colour_option
def run(night_file: Path | None, no_colour: bool) -> None:
    """Follow a night: relay its blogs, remind, answer, until Ctrl-C."""
    from bot.service import serve

    settings = read_settings(**({"night_file": night_file} if night_file else {}))
    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    quiet = interactive and settings.log_level in ("DEBUG", "INFO")
    log.configure("WARNING" if quiet else settings.log_level)
    run_until_stopped(serve(settings, no_colour=no_colour))


@cli.command()
def work() -> None:
    """Deliver beside other processes on a PostgreSQL database, and nothing else, until Ctrl-C."""
    from bot.work import work as deliver

    settings = read_settings()
    log.configure(settings.log_level)
    run_until_stopped(deliver(settings))


@cli.command()
def migrate() -> None:
    """Bring the database's tables to this version's form; `teller run` does so by itself."""
    from bot.work import migrate as bring_up_to_date

    settings = read_settings()
    log.configure(settings.log_level)
    done = run_until_stopped(bring_up_to_date(settings))
    for sentence in done or ["The tables were up to date."]:
        click.echo(sentence)
    if settings.database_url.startswith("sqlite"):
        click.echo("That is all: a SQLite file needs nothing else.")


@cli.command()
@click.argument("question", nargs=-1, required=True)
@click.option(
    "--at", metavar="INSTANT", help="Answer as of then, say 2023-10-20T00:45+01:00; default now."
)
@night_option
@click.option("--json", "as_json", is_flag=True, help="The answer as JSON.")
@colour_option
def ask(
    question: tuple[str, ...],
    at: str | None,
    night_file: Path | None,
    as_json: bool,
    no_colour: bool,
) -> None:
    """Answer one question, such as: teller ask "turnout Tamworth"."""
    from bot.asking import answer_once, as_data
    from bot.platforms.terminal import render, screen

    settings = read_settings(**({"night_file": night_file} if night_file else {}))
    log.configure("WARNING")
    console = screen.make_console(no_colour=no_colour)
    reply = run_until_stopped(answer_once(" ".join(question), settings=settings, at=at))
    if reply is None:
        sys.exit(FAILED)
    if as_json:
        click.echo(json.dumps(as_data(reply), ensure_ascii=False, indent=2))
    else:
        console.print(render.reply(reply, plain=not console.is_terminal))
    sys.exit(FAILED if reply.error else 0)


@cli.command()
@night_option
def doctor(night_file: Path | None) -> None:
    """Look at everything that a night needs, and say what to do about each fault."""
    from bot.doctor import examine

    settings = read_settings(**({"night_file": night_file} if night_file else {}))
    log.configure("ERROR")

    async def look() -> int:
        faults = 0
        async for finding in examine(settings):
            faults += finding.trouble is not None
            sign = "✓" if finding.trouble is None else "✗"
            trouble = "" if finding.trouble is None else f": {finding.trouble}"
            click.echo(f"{sign} {finding.what}{trouble}")
        return faults

    faults = run_until_stopped(look())
    if faults is None or faults > 0:
        sys.exit(FAILED)
    click.echo("All is well.")


@cli.command()
@click.option(
    "--revive",
    "channels",
    metavar="CHANNEL",
    multiple=True,
    help="Let this channel go on, say slack:C0123456789; can be given again.",
)
@click.option("--revive-all", "every", is_flag=True, help="Let every channel go on that waits.")
@click.option("--json", "as_json", is_flag=True, help="The lanes as JSON.")
def lanes(channels: tuple[str, ...], every: bool, as_json: bool) -> None:
    """How delivery to each channel stands; lets a suspended channel go on."""
    from bot import lane_listing

    settings = read_settings()
    log.configure("WARNING")
    now = datetime.now(UTC)
    revival = lane_listing.Revival(channels=channels, every=every)
    found = run_until_stopped(lane_listing.look(settings.database_url, revival, now))
    if found is None:
        sys.exit(FAILED)
    revived, standing = found
    if as_json:
        data = lane_listing.as_data(standing, now)
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return
    if every and not revived:
        click.echo("No channel is suspended or waits for another try.")
    for channel in revived:
        click.echo(f"{channel} goes on.")
    for line in lane_listing.listing(standing, now):
        click.echo(line)


@cli.command()
@click.option("--url", metavar="URL", help="Your public https address, for HTTP mode.")
@click.option(
    "--install",
    metavar="URL",
    help="Your public https address (PUBLIC_URL), for several workspaces that install Teller.",
)
def manifest(url: str | None, install: str | None) -> None:
    """Print the Slack app manifest: api.slack.com/apps › Create New App › From a manifest."""
    from bot.platforms.slack.manifest import manifest as written

    if url is not None and not url.startswith("https://"):
        raise click.BadParameter("Slack posts to https addresses only", param_hint="--url")
    if install is not None and not install.startswith("https://"):
        raise click.BadParameter("Slack sends people to https only", param_hint="--install")
    click.echo(json.dumps(written(url, install_url=install), indent=2, ensure_ascii=False))


@cli.command()
@click.option("--id", "application_id", metavar="ID", help="The application id, without a token.")
def invite(application_id: str | None) -> None:
    """Print the address that brings Teller into a Discord server, with the least permissions."""
    from bot.platforms.discord.invite import invite_url

    if application_id is None:
        application_id = run_until_stopped(_application_id(read_settings()))
    if application_id is not None:
        if not application_id.isdecimal():
            raise click.BadParameter("an application id is a number", param_hint="--id")
        click.echo(invite_url(application_id))


cli.add_command(export)
cli.add_command(follows)
cli.add_command(record_update)
cli.add_command(about)
cli.add_command(record)
cli.add_command(replay)


async def _application_id(settings: Settings) -> str:
    """What Discord calls the app whose token is set."""
    from bot.platforms.discord import application_id

    token = reveal(settings.discord_token)
    if token is None:
        raise SettingsError(
            "Discord's application id is not known: set DISCORD_TOKEN, or give --id (“General "
            "Information › Application ID” of your app)."
        )
    return await application_id(token, settings.discord_api_url)


def main() -> None:
    """Run the command line; a `TellerError` is its sentence, never a stack trace."""
    try:
        cli()
    except (SettingsError, TimeUnclearError) as error:
        click.echo(str(error), err=True)
        sys.exit(WRONG_USE)
    except TerminalGoneError:
        # `| head` has seen enough.
        sys.exit(0)
    except TellerError as error:
        click.echo(str(error), err=True)
        sys.exit(FAILED)
