"""`teller follows`: the blogs that channels follow, written into a list, and taken from one."""

from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime

from bot import nights
from bot.app import open_rooms
from bot.channels import Channels
from bot.chat.ask import Channel, Follow
from bot.clocks import WallClock
from bot.errors import AskError, ExportError, TellerError
from bot.night import load_night
from bot.opening import fetcher_of, guardian_api
from bot.opml import Outline, read_opml, write_opml
from bot.platforms.terminal.characters import safe
from bot.ports import ChannelOnRecord, Newsroom
from bot.settings import Settings
from bot.sources.reader import BlogReader
from bot.store import Store, missing

_TITLE = "Live blogs that Teller follows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What became of a list: a line for each blog of it, and how many were not taken."""

    lines: tuple[str, ...]
    refused: int


async def export(settings: Settings, channel: Channel | None, now: datetime) -> tuple[str, int]:
    """The blogs that a channel follows, or (None) any, as OPML; and how many.

    Of one channel it has the seats and the manner, too. Raises `ExportError` where there are none,
    `StoreError` where the database cannot be used; a file that is not there is not made.
    """
    if missing(settings.database_url):
        raise ExportError("There is no database yet: nothing is followed. `teller run` makes it.")
    store = Store(settings.database_url, record=settings.record())
    await store.open()
    try:
        outlines = await _outlines(store.newsroom(now), channel)
    finally:
        await store.close()
    if not outlines:
        who = "No channel follows a" if channel is None else f"{channel} follows no"
        raise ExportError(f"{who} live blog.")
    title = _TITLE if channel is None else f"{_TITLE} in {channel}"
    return write_opml(outlines, title, now), len(outlines)


async def take(settings: Settings, data: bytes, channel: Channel) -> Report:
    """Let a channel follow what a file lists: each blog is looked at first, as from chat.

    None of their older entries is posted. Raises `AskError` where it is no list, `StoreError` where
    the database cannot be used.
    """
    listed = read_opml(data)
    night = (
        load_night(settings.night_file)
        if settings.night_file is not None
        else replace(nights.bundled_night(), blogs=())
    )
    async with AsyncExitStack() as stack:
        fetcher = await stack.enter_async_context(fetcher_of(settings))
        rooms = await stack.enter_async_context(
            open_rooms(
                night=night,
                database_url=settings.database_url,
                clock=WallClock(),
                reader=BlogReader(fetcher, guardian_api=guardian_api(settings)),
                record=settings.record(),
            )
        )
        known = frozenset(planned.contest.id for planned in night.contests)
        return await _taken(rooms.channels, channel, listed.outlines, listed.faults, known)


async def _taken(
    channels: Channels,
    channel: Channel,
    outlines: Iterable[Outline],
    faults: tuple[str, ...],
    contests: frozenset[str],
) -> Report:
    lines = [f"✗ {safe(fault)}" for fault in faults]
    refused = len(faults)
    for one in outlines:
        try:
            if unknown := one.only - contests:
                raise AskError(
                    f"it is narrowed to {', '.join(sorted(unknown))}, where nobody votes tonight."
                )
            found = await channels.follow_blog(channel, one.url, one.only, one.manner, newest=0)
        except TellerError as error:
            refused += 1
            lines.append(f"✗ {safe(one.title)} ({safe(one.url)}): {safe(str(error))}")
        else:
            before = found.before
            same = before is not None and (before.only, before.manner) == (one.only, one.manner)
            again = " was followed already" if same else ""
            lines.append(f"✓ {safe(found.followed.called)} ({safe(one.url)}){again}")
    return Report(lines=tuple(lines), refused=refused)


async def _outlines(newsroom: Newsroom, channel: Channel | None) -> list[Outline]:
    places = [one for one in await newsroom.channels() if channel in (None, one.channel)]
    if channel is not None and not places:
        raise ExportError(
            f"Nothing was ever set for {channel}. `teller lanes` lists every channel."
        )
    found: dict[str, Outline] = {}
    for place in places:
        for one in await _followed(newsroom, place):
            # Of several channels no one's seats and manner are those of all.
            kept = one if channel is not None else Outline(url=one.url, title=one.title)
            found.setdefault(one.url, kept)
    return list(found.values())


async def _followed(newsroom: Newsroom, place: ChannelOnRecord) -> list[Outline]:
    """What a channel follows: the night file's blogs, if it has their entries, and its own."""
    own = {one.blog.key for one in place.blogs}
    followed = [
        Outline(url=one.blog.url, title=one.called, only=one.only, manner=one.manner)
        for one in place.blogs
        if one.wanted
    ]
    if Follow.ENTRIES not in place.kinds:
        return followed
    nights_own = [
        Outline(
            url=source.blog.url,
            title=source.blog.name or source.title or source.blog.url,
            only=place.kinds[Follow.ENTRIES],
            manner=place.manner,
        )
        for source in await newsroom.sources()
        if not source.blog.from_chat and source.blog.key not in own
    ]
    return [*nights_own, *followed]
