"""`teller record` and `teller replay`: a blog kept as it changes, and played to practise on."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot import log
from bot.chat.ask import Channel
from bot.clocks import WallClock
from bot.election.clock import UK, uk_clock
from bot.running import run_until_stopped
from bot.settings import read_settings
from bot.shell import ChannelType

if TYPE_CHECKING:
    from bot.recording import Change

FASTEST = 2000.0


class _Day(click.ParamType[date]):
    """A day as ISO 8601."""

    name = "day"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"“{value}” is no day; write it as 2023-10-19", param, ctx)


@click.command()
@click.argument("url")
@click.option(
    "--to",
    "path",
    required=True,
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="The file to write; a recording of the same blog is gone on with.",
)
@click.option(
    "--every",
    type=click.FloatRange(1, 3600),
    default=10.0,
    show_default=True,
    help="Seconds between two looks.",
)
@click.option("--format", "form", default="auto", show_default=True, help="As in the night file.")
@click.option(
    "--polling-day", type=_Day(), help="The night's polling day, as 2023-10-19; default today."
)
def record(url: str, path: Path, every: float, form: str, polling_day: date | None) -> None:
    """Keep a live blog as it changes, every version with its time, until Ctrl-C.

    What was recorded is played with “teller replay FILE”.
    """
    from bot.opening import guardian_api
    from bot.recording import Recorder, read_recording
    from bot.sources.fetch import Fetcher
    from bot.sources.reader import BlogReader

    log.configure("WARNING")
    settings = read_settings()
    clock = WallClock()
    day = polling_day or datetime.now(UK).date()

    def told(change: "Change") -> None:
        gone = f", {len(change.gone)} gone" if change.gone else ""
        click.echo(f"{uk_clock(change.at)}  {len(change.entries)} new or changed{gone}")

    async def keep() -> None:
        async with Fetcher(
            seconds=settings.fetch_seconds,
            bytes_limit=int(settings.fetch_megabytes * 1_000_000),
            allow=settings.fetch_allow,
        ) as fetcher:
            recorder = Recorder(
                reader=BlogReader(fetcher, guardian_api=guardian_api(settings)),
                clock=clock,
                url=url,
                format=form,
                polling_day=day,
                path=path,
                told=told,
            )
            await recorder.record(every)

    run_until_stopped(keep())
    if path.exists():
        kept = read_recording(path)
        click.echo(f"{path}: {len(kept.changes)} changes of “{kept.title}”.")


@click.command()
@click.argument(
    "path",
    metavar="[FILE]",
    required=False,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--speed",
    type=click.FloatRange(1, FASTEST, clamp=True),
    default=10.0,
    show_default=True,
    help="How many times as fast as it was.",
)
@click.option(
    "--channel",
    "channels",
    type=ChannelType(),
    multiple=True,
    help="Where to, say slack:C0123456789; may stand repeatedly. Default: this terminal.",
)
@click.option(
    "--night",
    "night_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The night file whose contests it is about; without it NIGHT_FILE, else the bundled one.",
)
@click.option("--no-colour", is_flag=True, help="No colours; NO_COLOR=1 does the same.")
def replay(
    path: Path | None,
    speed: float,
    channels: tuple[Channel, ...],
    night_file: Path | None,
    no_colour: bool,
) -> None:
    """Play a recorded night into channels, marked “Rehearsal”, so that a desk can practise.

    Without FILE it is the bundled night. The database of the real night is not touched.
    """
    from bot.platforms.terminal import screen
    from bot.recording import read_recording
    from bot.rehearsal import bundled_recording, rehearse

    log.configure("WARNING")
    settings = read_settings(**({} if night_file is None else {"night_file": night_file}))
    recording = bundled_recording() if path is None else read_recording(path)
    here = Channel(platform="terminal", id="rehearsal")
    line = run_until_stopped(
        rehearse(
            recording,
            settings=settings,
            channels=channels or (here,),
            speed=speed,
            console=screen.make_console(no_colour=no_colour),
            told=lambda words: click.echo(words, err=True),
        )
    )
    click.echo("Stopped." if line is None else line)
