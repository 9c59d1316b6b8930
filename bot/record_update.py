"""`teller record-update`: newer tables of results, read into the record."""

from datetime import date
from pathlib import Path

import click

from bot.election.clock import uk_day
from bot.election.contest import close_of_poll
from bot.record.updating import Updated, update
from bot.settings import read_settings

_MOST_FAULTS = 30


@click.command("record-update")
@click.argument(
    "tables",
    nargs=-1,
    required=True,
    metavar="FILES…",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
def record_update(tables: tuple[Path, ...]) -> None:
    """Take newer results into the record: contests.csv, candidacies.csv, and what goes with them.

    Every row is checked. A table that cannot be read changes nothing; what a table contradicts
    itself in is listed here, and said with every answer about that contest. The record is kept in
    RECORD_FOLDER, and every command reads it from there.
    """
    folder = read_settings().record_folder
    for line in told(update(list(tables), folder), folder):
        click.echo(line)


def told(done: Updated, folder: Path) -> list[str]:
    """What an update did, in lines."""
    contests = f"{len(done.after.contests):,} contests"
    lines = [
        f"{done.changed:,} of {contests} are new or other than before; the record reaches to "
        f"{_day(done.after.edition)}. It is kept in {folder}."
    ]
    if done.faults:
        places = "1 place" if len(done.faults) == 1 else f"{len(done.faults):,} places"
        lines.append(f"The source contradicts itself in {places}:")
        lines += [
            f"· {name}, {_day(fault.polling_day)}: {fault.sentence}"
            for name, fault in done.faults[:_MOST_FAULTS]
        ]
        if len(done.faults) > _MOST_FAULTS:
            lines.append(f"and {len(done.faults) - _MOST_FAULTS:,} more, all in faults.tsv there.")
    return lines


def _day(iso: str) -> str:
    return uk_day(close_of_poll(date.fromisoformat(iso)))
