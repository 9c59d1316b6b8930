"""Results sources: what each says is checked, kept as its own, and told like any other result.

A source goes through the desk's door: it is journalled as who said it, what contradicts other
figures waits for somebody to insist, and what is hard to believe is shown to the desk. No source
ends what people, or another source, have said: the highest standing is what is used.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.back_off import jittered
from bot.bulletin_memory import SOURCE, BulletinRows, BulletinTaken
from bot.bulletins import (
    LONGEST_WORDS,
    contest_of,
    decide,
    in_short,
    moment,
    on_record,
    paper_of,
    standing_of,
)
from bot.chat.ask import Ask, Author, Channel
from bot.chat.events import BulletinDoubted
from bot.controls import Deed
from bot.desk_notes import DeskNotes
from bot.election.bulletin import Bulletin, BulletinKind, Heard, is_news, newest
from bot.election.checking import Known
from bot.election.contest import Contest
from bot.election.figure import Source
from bot.election.standings import StateOfParties
from bot.errors import SourceError
from bot.memory import Announcement
from bot.pacing import pause
from bot.ports import Clock, EntryState, JournalEntry, Newsroom, NewsroomAt
from bot.remarks import Remarks, of_no_contest, too_early
from bot.results_sources import ResultsSource

log = structlog.get_logger()

# So many looks in a row that fail are more than a hiccup.
FAILURES_TOLD = 5
# Of a folder full of results, the first are told before the last are read.
TOLD_AT_ONCE = 20
LONGEST_JITTER = 1.1

Work = Callable[[ResultsSource, Bulletin], Awaitable[object]]


class Results:
    """Takes what results sources say. `changed` is told of the contests that it changes."""

    def __init__(
        self,
        *,
        sources: Sequence[ResultsSource],
        rows: BulletinRows,
        remarks: Remarks,
        newsroom_at: NewsroomAt,
        notes: DeskNotes,
        clock: Clock,
        changed: Callable[[frozenset[str]], Awaitable[None]],
    ) -> None:
        self._sources = sources
        self._rows = rows
        self._remarks = remarks
        self._newsroom_at = newsroom_at
        self._notes = notes
        self._clock = clock
        self._changed = changed
        self._waiting: defaultdict[str, dict[tuple[str, ...], tuple[Bulletin, Work]]] = defaultdict(
            dict
        )
        self._untold: set[str] = set()
        self._records: dict[tuple[int, bool], Known] = {}

    async def run(self) -> None:
        """Look at every source until cancelled; one that fails never holds up another."""
        await self._rows.look_at({source.key: source.name for source in self._sources})
        async with asyncio.TaskGroup() as tasks:
            for source in self._sources:
                tasks.create_task(self._follow(source))

    async def look(self, source: ResultsSource) -> float:
        """Look at a source once, and take what it has; the seconds until the next look.

        Raises `SourceError` where it cannot be read.
        """
        await self._work_off(source)
        now = self._clock.now()
        look = await source.look(self._newsroom_at(now).contests, now)
        waiting = self._waiting[source.key]
        for bulletin in (*look.papers, *newest(look.bulletins)):
            work = self.fill_in if bulletin in look.papers else self.take
            key = (bulletin.contest_id or bulletin.constituency, work.__name__, bulletin.kind)
            if key not in waiting or waiting[key][0].revision <= bulletin.revision:
                waiting[key] = (bulletin, work)
        await self._keep_states(source, look.states)
        for remark in look.remarks:
            await self._remarks.tell(source, remark)
        await self._work_off(source)
        return look.wait

    async def fill_in(self, source: ResultsSource, bulletin: Bulletin) -> None:
        """Take who stands in a contest, where the night file does not say; until its polls close.

        After that nobody stands down, and what was said of candidates is by their names.
        """
        now = self._clock.now()
        newsroom = self._newsroom_at(now)
        contest = contest_of(bulletin, await newsroom.contests(), await newsroom.names())
        paper = paper_of(bulletin, newsroom.past)
        if contest is None or not paper or (contest.candidacies and now > contest.close_of_poll):
            return
        if await self._rows.fill_in(contest.id, paper, source.key, now):
            log.info("results.ballot_paper", contest=contest.id, source=source.key)
            self._untold.add(contest.id)

    async def take(self, source: ResultsSource, bulletin: Bulletin) -> JournalEntry | None:
        """Take a bulletin, or tell the desk why not; what is kept, None where nothing is."""
        now = self._clock.now()
        newsroom = self._newsroom_at(now)
        contests = [one for one in await newsroom.contests() if one.is_tonight(now)]
        contest = contest_of(bulletin, contests, await newsroom.names())
        if contest is None:
            log.debug("results.of_another_seat", source=source.key, seat=bulletin.constituency)
            if remark := of_no_contest(bulletin, contests, await newsroom.names()):
                await self._remarks.tell(source, remark)
            return None
        if now < contest.close_of_poll:
            await self._remarks.tell(source, too_early(bulletin, contest))
            return None
        heard = await self._rows.heard(source.key, contest.id)
        if not is_news(bulletin, heard):
            log.debug("results.heard_before", contest=contest.id, source=source.key)
            return None
        if not contest.candidacies and (paper := paper_of(bulletin, newsroom.past)):
            await self._rows.fill_in(contest.id, paper, source.key, now)
            contest = replace(contest, candidacies=paper)
        if bulletin.kind is BulletinKind.RETRACTION:
            entry = await self._take_back(source, bulletin, contest, newsroom)
        else:
            entry = await self._take(source, bulletin, contest, newsroom)
        if entry is not None:
            log.info(
                "results.taken",
                contest=contest.id,
                source=source.key,
                action=entry.action,
                state=entry.state,
            )
        self._untold.add(contest.id)
        return entry

    async def _keep_states(self, source: ResultsSource, states: Sequence[StateOfParties]) -> None:
        """Keep how the parties stand, of the night's own polling days, the newest last."""
        if not states:
            return
        now = self._clock.now()
        days = {one.polling_day for one in await self._newsroom_at(now).contests()}
        for state in sorted(states, key=lambda one: one.revision):
            if state.polling_day in days:
                await self._rows.keep_state(state, _author(source), source.standing, now)

    async def _take(
        self, source: ResultsSource, bulletin: Bulletin, contest: Contest, newsroom: Newsroom
    ) -> JournalEntry:
        standing = standing_of(bulletin, counted=source.standing)
        verdict = decide(
            bulletin,
            contest,
            await newsroom.turnout(contest),
            standing=standing,
            record=await self._on_record(contest, newsroom),
        )
        state = EntryState.STANDS
        if not verdict.taken:
            state = EntryState.QUESTIONED if verdict.claims else EntryState.REJECTED
        deed = Deed(
            action=verdict.action,
            contest_id=contest.id,
            claims=verdict.claims,
            standing=standing,
            before=in_short(await newsroom.declaration(contest)),
            after=verdict.after,
            said_at=moment(bulletin, contest, newsroom.now),
        )
        channel = await self._notes.hearing(newsroom, contest) if verdict.doubts else None

        def announcing(entry: JournalEntry) -> list[Announcement]:
            if not verdict.doubts:
                return []
            event = BulletinDoubted(
                contest=contest,
                source=Source(name=source.name, url=bulletin.url),
                said=verdict.after,
                doubts=verdict.doubts,
                at=newsroom.now,
                taken=verdict.taken,
                number=entry.id if state is EntryState.QUESTIONED else None,
            )
            return [self._notes.note(event, f"bulletin:{entry.id}", contest, channel)]

        taken = _taken(source, bulletin, deed, state)
        return await self._rows.keep(taken, announcing, newsroom.now)

    async def _on_record(self, contest: Contest, newsroom: Newsroom) -> Known:
        """The largest on record of a contest's kind; found once for all of them."""
        key = (newsroom.past.reach, contest.by_election)
        if key not in self._records:
            self._records = {key: await asyncio.to_thread(on_record, newsroom.past, contest)}
        return self._records[key]

    async def _take_back(
        self, source: ResultsSource, bulletin: Bulletin, contest: Contest, newsroom: Newsroom
    ) -> JournalEntry | None:
        deed = Deed(
            action="retract result",
            contest_id=contest.id,
            claims=(),
            standing=source.standing,
            before=in_short(await newsroom.declaration(contest)),
            after="taken back",
        )
        taken = _taken(source, bulletin, deed, EntryState.STANDS)
        return await self._rows.retract(taken, newsroom.now)

    async def _work_off(self, source: ResultsSource) -> None:
        """Take what waits: what a look has found, and what could not be kept before.

        Each is tried until it is kept, for the source need not say it again.
        """
        waiting = self._waiting[source.key]
        for key, (bulletin, work) in list(waiting.items()):
            try:
                await work(source, bulletin)
            except Exception:
                log.exception("results.broke", source=source.key, seat=bulletin.constituency)
            else:
                del waiting[key]
            if len(self._untold) >= TOLD_AT_ONCE:
                await self._tell()
        await self._tell()

    async def _tell(self) -> None:
        """Have others told of what changed; where that breaks, again at the next look."""
        touched = frozenset(self._untold)
        if not touched:
            return
        try:
            await self._changed(touched)
        except Exception:
            log.exception("results.telling_broke")
        else:
            self._untold -= touched

    async def _follow(self, source: ResultsSource) -> None:
        failures, healthy = 0, False
        while True:
            why: str | None = None
            try:
                wait = await self.look(source)
                if not healthy:
                    await self._remarks.well(source)
                failures, healthy = 0, True
            except Exception as error:
                # A fault of ours in one source must not silence the others.
                failures, healthy = failures + 1, False
                why = "I stumbled over it; the log says where."
                if isinstance(error, SourceError):
                    why = str(error)
                    log.warning("results.source_failed", source=source.key, why=why)
                else:
                    log.exception("results.broke", source=source.key)
                wait = pause(source.poll, None, self._clock.now(), failures, 0.0)
                await self._mark(source, failures, why)
            # Never sooner: what a source allows in a minute is not exceeded by chance.
            wait = jittered(wait, 1.0, LONGEST_JITTER)
            await self._keep(source, wait, why)
            await self._clock.sleep(wait)

    async def _keep(self, source: ResultsSource, wait: float, trouble: str | None) -> None:
        """Keep how a look went, for who asks; whatever breaks, the next look comes."""
        now = self._clock.now()
        try:
            await self._rows.looked(source.key, now, now + timedelta(seconds=wait), trouble)
        except Exception:
            log.exception("results.look_not_kept", source=source.key)

    async def _mark(self, source: ResultsSource, failures: int, why: str) -> None:
        """Have it told that a source fails, where that is more than a hiccup."""
        if failures < FAILURES_TOLD:
            return
        try:
            await self._remarks.out(source, why)
        except Exception:
            log.exception("results.mark_not_kept", source=source.key)


def _author(source: ResultsSource) -> Author:
    return Author(platform=SOURCE, id=source.key, name=source.name)


def _taken(
    source: ResultsSource, bulletin: Bulletin, deed: Deed, state: EntryState
) -> BulletinTaken:
    return BulletinTaken(
        ask=Ask(
            text=bulletin.words[:LONGEST_WORDS],
            author=_author(source),
            channel=Channel(platform=SOURCE, id=source.key),
        ),
        kind=bulletin.kind,
        heard=Heard(revision=bulletin.revision, digest=bulletin.digest),
        deed=deed,
        state=state,
        url=bulletin.url,
    )
