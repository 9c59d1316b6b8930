"""A recorded night played into real channels, every message marked as a rehearsal."""

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot import nights
from bot.app import Rooms, open_rooms
from bot.chat.ask import Channel, Follow, Following
from bot.clocks import ReplayClock
from bot.election.clock import uk_clock
from bot.errors import SettingsError
from bot.liveblog.entry import Entry
from bot.night import Night, load_night
from bot.opening import eyes, open_platforms, post_office
from bot.platforms.terminal.log import MessageLog
from bot.platforms.terminal.platform import TerminalPlatform
from bot.platforms.terminal.screen import Screen
from bot.ports import Blog, Platform
from bot.recording import Change, RecordedReader, Recording
from bot.replaying import caught_up, totals
from bot.settings import Settings
from bot.sources import jsonld
from bot.whereabouts import Whereabouts

MARK = "Rehearsal"
# The blog is looked at so often, in seconds of the night.
EVERY = 10.0
LONGEST_STEP = timedelta(seconds=20)
FOLLOWED = frozenset(Follow)
_BEFORE, _AFTER = timedelta(minutes=1), timedelta(minutes=1)


async def rehearse(
    recording: Recording,
    *,
    settings: Settings,
    channels: Sequence[Channel],
    speed: float,
    console: Screen,
    told: Callable[[str], None],
) -> str:
    """Play a recording into channels at so many times its pace; a line that says what it came to.

    Nothing of it is kept, and nothing of the real night's database is touched. Contests are those
    of the night file that is set, else the bundled night's where it is that night. Raises
    `SettingsError` for a channel whose platform is not set up.
    """
    night = _night(recording, settings, channels)
    clock = ReplayClock(recording.begins - _BEFORE, speed, longest_step=LONGEST_STEP)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        platforms: list[Platform] = []
        wanted = {channel.platform for channel in channels}
        if wanted - {TerminalPlatform.name}:
            opened = open_platforms(settings, Whereabouts(forget=False))
            platforms += [p for p in await stack.enter_async_context(opened) if p.name in wanted]
        if TerminalPlatform.name in wanted:
            log = stack.enter_context(closing(MessageLog(Path(folder) / "messages")))
            platforms.append(
                TerminalPlatform(
                    console=console,
                    log=log,
                    clock=clock,
                    completions=list,
                    interactive=False,
                    channel=next(c.id for c in channels if c.platform == TerminalPlatform.name),
                )
            )
        if missing := wanted - {platform.name for platform in platforms}:
            raise SettingsError(
                f"{' and '.join(sorted(missing))} is not set up: its token is missing, see "
                ".env.example."
            )
        rooms = await stack.enter_async_context(
            open_rooms(
                night=night,
                database_url=f"sqlite:///{folder}/rehearsal.db",
                clock=clock,
                reader=RecordedReader(recording, clock),
                platforms=platforms,
                following=night.following,
                eyes=eyes(settings),
                post_office=post_office(settings),
                record=settings.record(),
                mark=MARK,
                named=settings.named,
            )
        )
        minutes = (recording.ends - recording.begins).total_seconds() / 60
        told(
            f"“{recording.title}” from {uk_clock(recording.begins)} to {uk_clock(recording.ends)}, "
            f"{minutes:.0f} minutes in {max(1, round(minutes / speed))}; Ctrl-C ends it."
        )
        clock.begin()
        await rooms.run(_evening(rooms, clock, recording, told))
        return await totals(rooms)


async def _evening(
    rooms: Rooms, clock: ReplayClock, recording: Recording, told: Callable[[str], None]
) -> None:
    """The night to its end, while questions are answered."""
    talking = asyncio.create_task(rooms.talk())
    try:
        for change in _milestones(recording):
            await caught_up(rooms, clock, change.at)
            told(f"{uk_clock(change.at)} of {uk_clock(recording.ends)}")
        await caught_up(rooms, clock, recording.ends + _AFTER)
    finally:
        talking.cancel()
        await asyncio.gather(talking, return_exceptions=True)


def _milestones(recording: Recording) -> Sequence[Change]:
    """Ten changes, evenly over the night, to tell how far it is."""
    step = max(1, len(recording.changes) // 10)
    return recording.changes[step - 1 :: step]


def _night(recording: Recording, settings: Settings, channels: Sequence[Channel]) -> Night:
    if settings.night_file is not None:
        night = load_night(settings.night_file)
    else:
        night = nights.bundled_night()
    if night.polling_day != recording.polling_day:
        night = replace(night, contests=(), polling_day=recording.polling_day)
    return replace(
        night,
        blogs=(Blog(url=recording.url, name=recording.title, poll=EVERY),),
        following=tuple(Following(channel=one, follows=FOLLOWED) for one in channels),
    )


def bundled_recording() -> Recording:
    """The bundled night as a recording: its blog at each moment at which something changed."""
    script, url = nights.bundled_script(), "https://night.example/live"
    changes: list[Change] = []
    known: dict[str, Entry] = {}
    for at in sorted({step.at for step in script.steps}):
        page = script.page(at, url)
        reading = jsonld.parse(page, url=url, polling_day=nights.POLLING_DAY)
        now = {entry.id: entry for entry in reading.entries}
        changes.append(
            Change(
                at=at,
                entries=tuple(e for e in reading.entries if known.get(e.id) != e),
                gone=tuple(entry_id for entry_id in known if entry_id not in now),
            )
        )
        known = now
    return Recording(
        url=url, title=script.title, polling_day=nights.POLLING_DAY, changes=tuple(changes)
    )
