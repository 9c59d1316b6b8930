"""The composition root: builds the rooms and joins them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry

from bot.announcer import Announcer
from bot.boards import Boards
from bot.channels import Channels
from bot.chat.ask import Channel, Following
from bot.chat.catalogue import Catalogue, scan
from bot.chat.events import Event
from bot.chat.post import Post
from bot.chat.roles import NamedRole
from bot.checks import Checks
from bot.count_desk import CountDesk, Eyes
from bot.courier import Courier, Dispatcher
from bot.courier.counts import Counts
from bot.desk import Desk
from bot.desk_notes import DeskNotes
from bot.diary import Diary
from bot.differences import Differences
from bot.election.contest import Contest
from bot.gathering import Gathering
from bot.lanes import Limits
from bot.night import Night
from bot.outages import Outages
from bot.platforms.pictures import Pictures
from bot.ports import Clock, Draw, HasGroups, HasNames, HasPins, Platform, Reader, Word
from bot.pushes import HubOffice
from bot.record.record import Record
from bot.relay import Relay
from bot.remarks import Remarks
from bot.results import Results
from bot.results_sources import ResultsSource
from bot.roles import Roles
from bot.rooms import Rooms as Rooms
from bot.rooms import redraw
from bot.store import Store

if TYPE_CHECKING:
    from bot.courier.scaled import ScaledDispatcher


@dataclass(frozen=True, slots=True, kw_only=True)
class PostOffice:
    """How messages go out: backlogs as one message, to `at_once` lanes of each platform at a time.

    Without `at_once`, to as many as is right for each.
    `operator` is the channel that hears of trouble, `registry` where things are counted.
    """

    operator: Channel | None = None
    limits: Limits = field(default_factory=Limits)
    at_once: int | None = None
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)


@asynccontextmanager
async def open_rooms(
    *,
    night: Night,
    database_url: str,
    clock: Clock,
    reader: Reader,
    platforms: Sequence[Platform] = (),
    following: Sequence[Following] | None = None,
    post_office: PostOffice | None = None,
    record: Record | None = None,
    mark: str = "",
    eyes: Eyes | None = None,
    named: Sequence[NamedRole] = (),
    hub_office: HubOffice | None = None,
    results: Sequence[ResultsSource] = (),
) -> AsyncIterator[Rooms]:
    """Build the rooms around a store that is brought up to date, with the night in it.

    `following` are the channels to serve from now on; None leaves those that the store has,
    for somebody who only asks. `record` is what was known before; None for the bundled one. `mark`
    stands before every heading, as of a rehearsal. `eyes` is how many people a result needs;
    `named` have their roles by the settings; `results` are where results come from. Without a
    `hub_office` no hub is asked to push.

    Raises `StoreError` where the database cannot be used.
    """
    catalogue = read_catalogue()
    word = partial(_marked, mark, catalogue.word) if mark else catalogue.word
    post_office = post_office or PostOffice()
    store = Store(database_url, post_office.limits, record=record)
    pictures = Pictures()
    await store.open()
    try:
        await store.night.install(night.contests, following, clock.now())
        courier = open_courier(store, platforms, clock, word, post_office, draw=pictures.draw)
        dispatcher = dispatching(store, courier, post_office)
        notes = DeskNotes(word=word, operator=post_office.operator)
        announcer = Announcer(
            rows=store.telling, newsroom_at=store.night_at, word=word, clock=clock, notes=notes
        )
        diary = Diary(
            rows=store.reminders,
            asked=store.asked,
            newsroom_at=store.night_at,
            word=word,
            clock=clock,
            queued=dispatcher.wake,
        )

        gathering = Gathering(rows=store.gathering, word=word, clock=clock, queued=dispatcher.wake)

        async def changed(touched: frozenset[str] | None) -> None:
            await rooms.changed(touched)

        hubs = None if hub_office is None else hub_office.hubs(store.hubs, clock)

        def set_in_chat() -> None:
            gathering.wake()
            redraw(platforms)

        relay = Relay(
            reader=reader,
            blogs=store.blogs,
            newsroom_at=store.newsroom,
            word=word,
            clock=clock,
            changed=changed,
            notes=Checks(newsroom_at=store.newsroom, word=word).notes,
            outages=Outages(rows=store.telling, word=word),
            pushes=hubs,
        )
        channels = Channels(
            rows=store.subscriptions,
            lanes=store.lanes,
            asked=store.asked,
            blogs=store.blogs,
            relay=relay,
            diary=diary,
            newsroom_at=store.newsroom,
            platforms={platform.name: platform for platform in platforms},
            clock=clock,
            polling_day=night.polling_day,
            queued=dispatcher.wake,
            changed=set_in_chat,
        )
        boards = Boards(
            rows=store.boards,
            newsroom_at=store.night_at,
            word=word,
            clock=clock,
            here=channels.is_here,
            queued=dispatcher.wake,
            pins={one.name: one for one in platforms if isinstance(one, HasPins)},
        )
        rooms = Rooms(
            night=night,
            store=store,
            desk=Desk(
                catalogue=catalogue,
                newsroom_at=store.newsroom,
                clock=clock,
                channels=channels,
                boards=boards,
                count_desk=CountDesk(rows=store.journal, clock=clock, changed=changed, eyes=eyes),
                roles=Roles(
                    rows=store.roles,
                    settings=named,
                    clock=clock,
                    groups={one.name: one for one in platforms if isinstance(one, HasGroups)},
                ),
                names={one.name: one for one in platforms if isinstance(one, HasNames)},
            ),
            channels=channels,
            relay=relay,
            diary=diary,
            announcer=announcer,
            differences=Differences(
                rows=store.telling,
                newsroom_at=store.night_at,
                notes=notes,
                clock=clock,
                names=frozenset(source.name for source in results),
            ),
            results=Results(
                sources=results,
                rows=store.bulletins,
                remarks=Remarks(
                    rows=store.telling, newsroom_at=store.night_at, notes=notes, clock=clock
                ),
                newsroom_at=store.night_at,
                notes=notes,
                clock=clock,
                changed=changed,
            ),
            boards=boards,
            gathering=gathering,
            courier=courier,
            dispatcher=dispatcher,
            platforms=tuple(platforms),
            pictures=pictures,
            hubs=hubs,
            pushes=None
            if hub_office is None or hubs is None
            else hub_office.pushes(store.hubs, hubs, relay, clock, night.polling_day),
        )
        yield rooms
    finally:
        pictures.close()
        await store.close()


def _marked(mark: str, word: Word, event: Event) -> Post:
    """A post with a mark before its heading, and before that of its picture."""
    post = word(event)
    chart = None if post.chart is None else replace(post.chart, title=f"{mark}: {post.chart.title}")
    heading = f"{mark}: {post.heading}" if post.heading else mark
    return replace(post, heading=heading, chart=chart)


def open_courier(
    store: Store,
    platforms: Sequence[Platform],
    clock: Clock,
    word: Word,
    post_office: PostOffice,
    *,
    draw: Draw,
) -> Courier:
    """What it takes to deliver what a store has, with its pictures."""
    return Courier(
        outbox=store.outbox,
        platforms={platform.name: platform for platform in platforms},
        clock=clock,
        word=word,
        counts=Counts(post_office.registry),
        operator=post_office.operator,
        draw=draw,
    )


def dispatching(
    store: Store, courier: Courier, post_office: PostOffice
) -> "Dispatcher | ScaledDispatcher":
    """Who delivers: in this process alone on SQLite, together with others on PostgreSQL."""
    if not store.leadership.contested:
        return Dispatcher(courier, at_once=post_office.at_once)
    # Imported here: a newsroom with one process need not have procrastinate at all.
    from bot.courier.scaled import ScaledDispatcher

    return ScaledDispatcher(courier, store.jobs, at_once=post_office.at_once)


def read_catalogue() -> Catalogue:
    """Every command and alert that `handlers` holds."""
    import handlers

    return scan(handlers)


def phrases(catalogue: Catalogue, night: Night) -> list[str]:
    """What can be typed: every command, and every command about a seat with every seat."""
    words = [command.name for command in catalogue.commands]
    about = [c.name for c in catalogue.commands if any(p.kind is Contest for p in c.parameters)]
    seats = [planned.contest.name for planned in night.contests]
    return words + [f"{name} {seat}" for name in about for seat in seats]
