"""`teller lanes`: how delivery to each channel stands, and how a suspended one goes on."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.chat.ask import Channel
from bot.election.clock import UK
from bot.errors import AskError
from bot.lanes import LaneOnRecord, LaneRows
from bot.platforms.terminal.characters import safe
from bot.store import Store, missing
from handlers import voice

EMPTY = "No channel has a lane yet: nothing was set for one, or sent to one, in this database."
MOST_HINTS = 5
_COLUMNS = ("channel", "waiting", "oldest", "last sent", "set aside", "state", "last trouble")
_RIGHT = {1, 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Revival:
    """Which lanes are to go on: those of `channels` (“slack:C0123”), and where `every`, all."""

    channels: tuple[str, ...] = ()
    every: bool = False


async def look(
    database_url: str, revival: Revival, now: datetime
) -> tuple[tuple[Channel, ...], list[LaneOnRecord]]:
    """Revive what is to be revived: those channels, and how every lane stands then.

    Raises `AskError` for a channel that is none or has no lane; then nothing has changed. Raises
    `StoreError` where the database cannot be used.
    """
    async with _lanes(database_url) as rows:
        if rows is None:
            if revival.channels:
                raise _unknown(revival.channels[0])
            return (), []
        standing = await rows.on_record()
        revived = _chosen(standing, revival, now)
        for channel in revived:
            await rows.revive(channel)
        return revived, list(await rows.on_record()) if revived else list(standing)


def listing(lanes: Sequence[LaneOnRecord], now: datetime) -> list[str]:
    """How lanes stand at an instant (UTC), a line each under a heading; fit for grep."""
    if not lanes:
        return [EMPTY]
    suspended = [lane for lane in lanes if lane.suspended_at is not None]
    waiting = sum(lane.waiting for lane in lanes)
    title = f"{voice.count(len(lanes), 'channel')}, {voice.count(waiting, 'message')} waiting"
    if suspended:
        title += f", {voice.number(len(suspended))} suspended"
    return [
        title,
        "",
        *_aligned([_COLUMNS, *(_row(lane, now) for lane in lanes)]),
        *_hint(suspended),
    ]


def state(lane: LaneOnRecord, now: datetime) -> str:
    """Going, waiting until an instant, or suspended since one; on UK clocks."""
    if lane.suspended_at is not None:
        return f"suspended since {_second(lane.suspended_at)}"
    if lane.retry_at is not None and lane.retry_at > now:
        return f"waits until {_second(lane.retry_at)}"
    return "going"


def as_data(lanes: Sequence[LaneOnRecord], now: datetime) -> list[dict[str, Any]]:
    """Lanes as data, for `--json`: instants as ISO 8601 in UTC."""
    return [
        {
            "channel": str(lane.channel),
            "waiting": lane.waiting,
            "oldest": _iso(lane.oldest),
            "last_sent": _iso(lane.last_sent),
            "set_aside": lane.set_aside,
            "state": state(lane, now).partition(" ")[0],
            "retry_at": _iso(lane.retry_at),
            "suspended_at": _iso(lane.suspended_at),
            "trouble": lane.trouble,
        }
        for lane in lanes
    ]


def _row(lane: LaneOnRecord, now: datetime) -> tuple[str, ...]:
    return (
        str(lane.channel),
        voice.number(lane.waiting),
        "–" if lane.oldest is None else voice.span(now - lane.oldest),
        "–" if lane.last_sent is None else f"{voice.span(now - lane.last_sent)} ago",
        voice.number(lane.set_aside),
        state(lane, now),
        lane.trouble or "–",
    )


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    # Names and troubles come from outside: none may start a line or a sequence of its own.
    told = [[safe(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*told, strict=True)]
    for row in told:
        cells = (
            cell.rjust(width) if number in _RIGHT else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()


def _hint(suspended: Sequence[LaneOnRecord]) -> Iterator[str]:
    if not suspended:
        return
    yield ""
    yield "Put right what is wrong, then let it go on:"
    for lane in suspended[:MOST_HINTS]:
        yield f"  {voice.reviving(lane.channel)}"
    if len(suspended) > 1:
        yield "  teller lanes --revive-all"


@asynccontextmanager
async def _lanes(database_url: str) -> AsyncIterator[LaneRows | None]:
    """The rows of a database; None for a file that is not there, which is not made."""
    if missing(database_url):
        yield None
        return
    store = Store(database_url)
    await store.open()
    try:
        yield store.lanes
    finally:
        await store.close()


def _chosen(
    standing: Sequence[LaneOnRecord], revival: Revival, now: datetime
) -> tuple[Channel, ...]:
    by_name = {str(lane.channel): lane.channel for lane in standing}
    for name in revival.channels:
        if name not in by_name:
            raise _unknown(name)
    chosen = [by_name[name] for name in revival.channels]
    if revival.every:
        chosen += [lane.channel for lane in standing if state(lane, now) != "going"]
    return tuple(dict.fromkeys(chosen))


def _unknown(name: str) -> AskError:
    platform, _, channel = name.partition(":")
    if not platform or not channel:
        return AskError(
            f"“{name}” is no channel; write it with its platform, such as slack:C0123456789. "
            "`teller lanes` lists every channel."
        )
    return AskError(
        f"{name} has no lane: nothing was ever set for it or sent to it. `teller lanes` lists "
        "every channel."
    )


def _second(instant: datetime) -> str:
    return f"{instant.astimezone(UK):%H:%M:%S}"


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
