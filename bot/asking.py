"""One question from the command line, answered as of a moment."""

import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from bot import nights
from bot.app import Rooms, open_rooms, read_catalogue
from bot.chat.ask import Ask, Author, Channel
from bot.chat.reply import Origin, Reply
from bot.clocks import StoppedClock
from bot.desk import Desk
from bot.election.clock import UK, read_time
from bot.liveblog.changes import ABSENCES_THAT_WITHDRAW
from bot.night import Night, load_night
from bot.ports import Clock, Fetched, Validators
from bot.settings import Settings
from bot.sources import jsonld
from bot.store import Store, missing

_ADDRESS = "https://night.example/live"


class ScriptReader:
    """Reads the bundled night's blog as it stood at the clock's moment, without a server."""

    def __init__(self, script: nights.Script, clock: Clock) -> None:
        self._script = script
        self._clock = clock

    async def read(
        self,
        url: str,
        *,
        format: str,
        polling_day: date,
        validators: Validators,
        guarded: bool = False,
    ) -> Fetched:
        """The page of this moment, parsed."""
        page = self._script.page(self._clock.now(), url)
        reading = jsonld.parse(page, url=url, polling_day=polling_day)
        return Fetched(reading=reading, validators=validators)


async def answer_once(question: str, *, settings: Settings, at: str | None) -> Reply:
    """The answer to one question as of a moment.

    Without a night file the bundled night is what is known; with one, what `teller run` has
    gathered of it in the database, in which nothing is changed. Raises `TimeUnclearError` for an
    `at` that names no moment.
    """
    night = load_night(settings.night_file) if settings.night_file else nights.bundled_night()
    moment = datetime.now(UTC)
    if at is not None:
        moment = read_time(at, polling_day=night.polling_day).at
    clock = StoppedClock(moment)
    ask = Ask(
        text=question,
        author=Author(platform="shell", id="shell", name="shell"),
        channel=Channel(platform="shell", id="shell"),
    )
    if settings.night_file and not missing(settings.database_url):
        store = Store(settings.database_url, record=settings.record())
        reply = await _from_memory(ask, store, night, clock)
        if reply is not None:
            return reply
    reader = ScriptReader(nights.bundled_script(), clock)
    with tempfile.TemporaryDirectory() as folder:
        async with open_rooms(
            night=night,
            database_url=f"sqlite:///{folder}/ask.db",
            clock=clock,
            reader=reader,
            record=settings.record(),
        ) as rooms:
            if not settings.night_file:
                await play_to(moment, rooms, clock)
            # A desk of its own, where nothing can be set: the database is gone in a moment.
            return await _desk(rooms.store, clock).answer(ask)


async def _from_memory(ask: Ask, store: Store, night: Night, clock: Clock) -> Reply | None:
    """The answer from a database that a night was gathered in; None where it holds another."""
    await store.open()
    try:
        known = {contest.id for contest in await store.newsroom(clock.now()).contests()}
        if known.isdisjoint(planned.contest.id for planned in night.contests):
            return None
        return await _desk(store, clock).answer(ask)
    finally:
        await store.close()


def _desk(store: Store, clock: Clock) -> Desk:
    return Desk(catalogue=read_catalogue(), newsroom_at=store.newsroom, clock=clock)


async def play_to(moment: datetime, rooms: Rooms, clock: StoppedClock) -> None:
    """Let the relay read the bundled night's blog as it grew, up to a moment.

    It goes on where the blog was last read: a page that shows less than what is known would
    take entries back.
    """
    blog = replace(rooms.night.blogs[0], url=_ADDRESS)
    sources = await rooms.store.newsroom(moment).sources()
    read = [source.last_read for source in sources if source.last_read is not None]
    begin = max(read, default=nights.begins())
    for step in nights.bundled_script().steps:
        if not begin <= step.at <= moment:
            continue
        clock.moment = step.at
        for _ in range(ABSENCES_THAT_WITHDRAW if step.heading is None else 1):
            await rooms.relay.look(blog, rooms.night.polling_day)
    clock.moment = moment


def as_data(reply: Reply) -> dict[str, Any]:
    """An answer as data, for `--json`: instants as ISO 8601 in UTC."""
    origin = reply.origin
    table = reply.table
    return {
        "command": reply.command,
        "contest": reply.contest,
        "value": reply.value,
        "standing": None if origin is None else origin.standing.value,
        "source": None if origin is None else origin.source.name,
        "source_url": None if origin is None else origin.source.url,
        "stated_at": None if origin is None else _stated(origin),
        "as_of": None if reply.as_of is None else reply.as_of.isoformat(),
        "title": reply.title,
        "lines": list(reply.lines),
        "table": None if table is None else [list(row) for row in table.rows],
        "choices": [choice.ask for choice in reply.choices],
        "error": reply.error,
        **reply.details,
    }


def _stated(origin: Origin) -> str:
    """When a figure was stated: an instant, or the UK day where no more is known of it."""
    if origin.day_only:
        return origin.at.astimezone(UK).date().isoformat()
    return origin.at.isoformat()
