"""Hand-written stand-ins for the sockets of `bot.ports`, facts passed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.chat.ask import Ask, Author, Channel, Follow
from bot.chat.manner import PLAIN, Manner
from bot.chat.quiet import Quiet
from bot.chat.roles import NamedRole
from bot.controls import Asked, BlogFound, Deed
from bot.election.contest import Contest, Stage
from bot.election.figure import Figure
from bot.election.names import NameIndex
from bot.election.result import Declaration
from bot.election.standings import StateOfParties
from bot.election.turnout import Turnout
from bot.errors import AskError, SourceError
from bot.ports import (
    Blog,
    BlogFollowed,
    ChannelOnRecord,
    EntryOnRecord,
    EntryState,
    Expected,
    JournalEntry,
    ResultsSourceHealth,
    SourceHealth,
)
from bot.record.past import Past
from bot.record.record import open_record
from tests.nights.facts import CONTESTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a night; each mapping is by contest id."""

    contests: tuple[Contest, ...] = CONTESTS
    turnouts: Mapping[str, Figure[Turnout]] = field(default_factory=dict)
    declarations: Mapping[str, Figure[Declaration]] = field(default_factory=dict)
    majorities: Mapping[str, Figure[int]] = field(default_factory=dict)
    stages: Mapping[str, Figure[Stage]] = field(default_factory=dict)
    expected: tuple[Expected, ...] = ()
    entries: tuple[EntryOnRecord, ...] = ()
    sources: tuple[SourceHealth, ...] = ()
    results_sources: tuple[ResultsSourceHealth, ...] = ()
    channels: tuple[ChannelOnRecord, ...] = ()
    journal: tuple[JournalEntry, ...] = ()
    state_of_parties: Figure[StateOfParties] | None = None
    offsets: tuple[int, ...] = (60, 15, 0)


class FakeNewsroom:
    """A night of which exactly the facts are known, and what `channels` were given since."""

    def __init__(self, facts: Facts, now: datetime, channels: "FakeChannels | None" = None) -> None:
        self._facts = facts
        self._channels = channels
        self.now = now
        self.past = Past(open_record(), now)

    async def names(self) -> NameIndex:
        return self.past.names(self._facts.contests)

    async def contests(self) -> Sequence[Contest]:
        return self._facts.contests

    async def offsets(self, contest: Contest) -> Sequence[int]:
        return self._facts.offsets

    async def turnout(self, contest: Contest) -> Figure[Turnout] | None:
        past = self.past.contest(contest.id)
        known = None if past is None else past.figure_of_turnout()
        return self._facts.turnouts.get(contest.id, known)

    async def declaration(self, contest: Contest) -> Figure[Declaration] | None:
        past = self.past.contest(contest.id)
        known = None if past is None else past.figure_of_declaration()
        return self._facts.declarations.get(contest.id, known)

    async def majority_defended(self, contest: Contest) -> Figure[int] | None:
        return self._facts.majorities.get(contest.id)

    async def stage(self, contest: Contest) -> Figure[Stage] | None:
        return self._facts.stages.get(contest.id)

    async def timetable(self, contest: Contest) -> Sequence[Expected]:
        return [one for one in self._facts.expected if one.contest.id == contest.id]

    async def state_of_parties(self) -> Figure[StateOfParties] | None:
        return self._facts.state_of_parties

    async def latest(self, count: int, contest: Contest | None = None) -> Sequence[EntryOnRecord]:
        entries = self._facts.entries
        if contest is not None:
            entries = tuple(e for e in entries if contest.id in e.contests)
        newest = sorted(entries, key=lambda e: e.entry.published, reverse=True)
        return newest[:count]

    async def sources(self) -> Sequence[SourceHealth]:
        return self._facts.sources

    async def results_sources(self) -> Sequence[ResultsSourceHealth]:
        return self._facts.results_sources

    async def channels(self) -> Sequence[ChannelOnRecord]:
        given = () if self._channels is None else self._channels.places.values()
        return [*self._facts.channels, *given]

    async def journal(self, contest: Contest | None = None) -> Sequence[JournalEntry]:
        return [
            one for one in self._facts.journal if contest is None or one.contest_id == contest.id
        ]


class FakeCountDesk:
    """A desk that takes everything, and remembers nothing."""

    async def take(self, ask: Ask, deed: Deed) -> JournalEntry:
        return self._entry(ask, deed.action, deed.contest_id, EntryState.STANDS)

    async def propose(self, ask: Ask, deed: Deed, *, questioned: bool) -> JournalEntry:
        state = EntryState.QUESTIONED if questioned else EntryState.WAITING
        return self._entry(ask, deed.action, deed.contest_id, state)

    async def insist(self, ask: Ask, number: int) -> JournalEntry:
        return self._entry(ask, "insist", None, EntryState.STANDS)

    async def confirm(self, ask: Ask, number: int) -> JournalEntry:
        return self._entry(ask, "confirm", None, EntryState.STANDS)

    async def reject(self, ask: Ask, number: int) -> JournalEntry:
        return self._entry(ask, "reject", None, EntryState.STANDS)

    async def retract(self, ask: Ask, contest_id: str, action: str, before: str) -> JournalEntry:
        return self._entry(ask, action, contest_id, EntryState.STANDS)

    async def undo(self, ask: Ask) -> JournalEntry:
        return self._entry(ask, "undo", None, EntryState.STANDS)

    def _entry(
        self, ask: Ask, action: str, contest_id: str | None, state: EntryState
    ) -> JournalEntry:
        return JournalEntry(
            id=1,
            at=datetime(2023, 10, 20, tzinfo=UTC),
            author=ask.author,
            channel=ask.channel,
            action=action,
            words=ask.text,
            state=state,
            contest_id=contest_id,
        )


class FakeBoards:
    """What stands where, and nothing drawn."""

    def __init__(self) -> None:
        self.standing: set[Channel] = set()
        self.pinned: set[Channel] = set()
        self.round_ups: dict[Channel, int] = {}

    async def post(self, channel: Channel) -> bool:
        stood = channel in self.standing
        self.standing.add(channel)
        return stood

    async def pin(self, channel: Channel) -> None:
        self.pinned.add(channel)

    async def stop(self, channel: Channel) -> bool:
        stood = channel in self.standing
        self.standing.discard(channel)
        return stood

    async def round_up(self, channel: Channel, minutes: int) -> datetime:
        self.round_ups[channel] = minutes
        return datetime(2023, 10, 20, tzinfo=UTC) + timedelta(minutes=minutes)

    async def stop_round_up(self, channel: Channel) -> bool:
        return self.round_ups.pop(channel, None) is not None


class FakeRoles:
    """Who was given a role, in memory; the last operator may go."""

    def __init__(self, *named: NamedRole) -> None:
        self.given = list(named)

    async def named(self) -> Sequence[NamedRole]:
        return tuple(self.given)

    async def known(self, author: Author) -> Author:
        return author

    async def allow(self, whom: NamedRole, by: Author) -> NamedRole | None:
        before = self._theirs(whom)
        self.given = [one for one in self.given if one is not before]
        self.given.append(replace(whom, by=f"{by.platform}:{by.id}"))
        return before

    async def disallow(self, whom: NamedRole) -> NamedRole:
        before = self._theirs(whom)
        if before is None:
            raise AskError(f"Nobody gave {whom.called} a role.")
        self.given.remove(before)
        return before

    def _theirs(self, whom: NamedRole) -> NamedRole | None:
        same = (o for o in self.given if (o.platform, o.who) == (whom.platform, whom.who))
        return next(same, None)


class FakeChannels:
    """What channels get, in memory. `titles` are those of the blogs that can be read, by address.

    `changes` counts what was changed, whatever it was.
    """

    def __init__(self, *places: ChannelOnRecord, titles: Mapping[str, str] | None = None) -> None:
        self.places = {place.channel: place for place in places}
        self.titles = {} if titles is None else titles
        self.asked: list[Asked] = []
        self.changes = 0

    def at(self, channel: Channel) -> ChannelOnRecord:
        return self.places.get(channel, ChannelOnRecord(channel=channel))

    async def follow_blog(
        self, channel: Channel, url: str, only: frozenset[str], manner: Manner = PLAIN
    ) -> BlogFound:
        if url not in self.titles:
            raise SourceError(f"{url} is no live blog that I can read.")
        here = self.at(channel)
        before = next((one for one in here.blogs if one.blog.url == url), None)
        blog = Blog(url=url, from_chat=True)
        followed = BlogFollowed(blog=blog, title=self.titles[url], only=only, manner=manner)
        others = [one for one in here.blogs if one.blog.url != url]
        self._keep(replace(here, blogs=(*others, followed)))
        return BlogFound(followed=followed, entries=0, last_entry=None, posted=0, before=before)

    async def unfollow_blog(self, channel: Channel, blog: Blog) -> None:
        here = self.at(channel)
        blogs = tuple(one for one in here.blogs if one.blog.key != blog.key)
        if not blog.from_chat:
            blogs += (BlogFollowed(blog=blog, title=None, wanted=False),)
        self._keep(replace(here, blogs=blogs))

    async def follow(
        self,
        channel: Channel,
        kinds: frozenset[Follow],
        only: frozenset[str],
        manner: Manner = PLAIN,
    ) -> None:
        here = self.at(channel)
        both = {kind: here.kinds.get(kind, only) | only if only else only for kind in kinds}
        manner = manner if Follow.ENTRIES in kinds else here.manner
        self._keep(replace(here, kinds={**here.kinds, **both}, manner=manner))

    async def unfollow(self, channel: Channel, kinds: frozenset[Follow]) -> None:
        here = self.at(channel)
        self._keep(replace(here, kinds={k: o for k, o in here.kinds.items() if k not in kinds}))

    async def listen(self, channel: Channel, on: bool) -> None:
        self._keep(replace(self.at(channel), listens=on))

    async def quieten(self, channel: Channel, quiet: Quiet | None) -> None:
        self._keep(replace(self.at(channel), quiet=quiet))

    async def listens(self, channel: Channel) -> bool:
        return self.at(channel).listens

    async def direct(self, author: Author) -> Channel:
        return Channel(platform=author.platform, id=f"alone with {author.id}")

    async def remind(self, wanted: Asked) -> Asked:
        self.changes += 1
        kept = replace(wanted, id=len(self.asked) + 1)
        self.asked.append(kept)
        return kept

    async def reminders(self, channel: Channel) -> Sequence[Asked]:
        return sorted((a for a in self.asked if a.channel == channel), key=lambda a: a.due)

    async def forget(self, channel: Channel, reminder_id: int) -> Asked | None:
        for one in await self.reminders(channel):
            if one.id == reminder_id:
                self.changes += 1
                self.asked.remove(one)
                return one
        return None

    def _keep(self, place: ChannelOnRecord) -> None:
        self.changes += 1
        self.places[place.channel] = place
