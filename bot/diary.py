"""Times in, reminders out; the only user of APScheduler.

A row in the store is the reminder. APScheduler is only an alarm clock that carries the row's id:
what it forgets at a restart is set again from the rows, and what fell due in between is sent
then, or left out where it is of no use any more.
"""

import asyncio
from collections.abc import Callable, Collection, Hashable, Sequence
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.chat.ask import Follow
from bot.chat.post import DeliveryKey
from bot.controls import Asked
from bot.desk_memory import AskedRows
from bot.election.clock import say
from bot.election.contest import Contest, MilestoneKind
from bot.memory import Announcement, ArmedReminder, Reminder, ReminderRows
from bot.milestones import expected_at, has_come, is_over
from bot.ports import Clock, Expected, Newsroom, NewsroomAt, Word
from bot.sent_asked import SentAskedFor, asked_as, waited_for
from bot.sent_reminders import SentReminders, as_told, told_as

log = structlog.get_logger()

OVERDUE = -30
OF_USE_FOR = timedelta(hours=2)
RING_AGAIN = timedelta(seconds=30)
TOO_EARLY = timedelta(seconds=5)
NEAR = timedelta(milliseconds=100)


class Diary:
    """Keeps the night's reminders. `queued` is called when one went into the outbox."""

    def __init__(
        self,
        *,
        rows: ReminderRows,
        asked: AskedRows,
        newsroom_at: NewsroomAt,
        word: Word,
        clock: Clock,
        queued: Callable[[], None],
    ) -> None:
        self._rows = rows
        self._sent = SentReminders(rows=rows, word=word)
        self._sent_asked = SentAskedFor(rows=asked, word=word)
        self._asked = asked
        self._newsroom_at = newsroom_at
        self._word = word
        self._clock = clock
        self._queued = queued
        # What is armed must not change between the reading of the rows and the post.
        self._turn = asyncio.Lock()
        self._ringing = False
        # Lateness is decided here, row by row: a reminder that the scheduler finds late must
        # still come (its own default drops it without a word after one second).
        self._alarms = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True}
        )

    def start(self) -> None:
        """Let alarms ring. Needs a running event loop."""
        self._ringing = True
        self._alarms.start()

    def stop(self) -> None:
        """Let no more alarms ring."""
        # The scheduler itself ends a moment later, and must not be told to twice.
        if self._ringing:
            self._ringing = False
            self._alarms.shutdown(wait=False)

    async def look(self, touched: frozenset[str] | None = None) -> None:
        """Arm what the timetable of these contests (None for all) asks for, and set the alarms."""
        async with self._turn:
            now = self._clock.now()
            newsroom = self._newsroom_at(now)
            wanted = {
                contest.id: await _wanted(newsroom, contest)
                for contest in await newsroom.contests()
                if touched is None or contest.id in touched
            }
            await self._rows.arm(wanted, now)
            over = await self._move_asked(newsroom)
            await self._deliver_due(now, over)
            asked = {one.due for one in await self._asked.waiting() if one.stage is None}
            self._set_alarms(await self._rows.dues() | asked)
            # Last of all: what breaks over a message that stands keeps no reminder from coming.
            if await self._sent.look(newsroom, wanted) | await self._sent_asked.look(newsroom):
                self._queued()

    async def deliver_due(self, at: datetime) -> None:
        """Send every reminder that is due at `at`, or by now, one post for those that are alike.

        `at` is the instant an alarm was set for: a clock that is a hair behind it loses nothing.
        """
        async with self._turn:
            await self._deliver_due(at)

    def _set_alarms(self, dues: Collection[datetime]) -> None:
        """Let an alarm ring at each of these instants, and at no other."""
        wanted = {due.isoformat(): due for due in dues}
        for job in self._alarms.get_jobs():
            if job.id not in wanted:
                job.remove()
            # On a replay that has waited the same instant comes later.
            elif abs(job.trigger.run_date - self._clock.wall(wanted[job.id])) < NEAR:
                del wanted[job.id]
        for due in wanted.values():
            self._set_alarm(due, due)

    def _set_alarm(self, due: datetime, rings_at: datetime) -> None:
        self._alarms.add_job(
            self._ring,
            "date",
            run_date=self._clock.wall(rings_at),
            args=[due],
            id=due.isoformat(),
            replace_existing=True,
        )

    async def _ring(self, due: datetime) -> None:
        if due - self._clock.now() > TOO_EARLY:
            # A replay waits where its machine is busy; its alarms must wait with it.
            self._set_alarm(due, due)
            return
        try:
            await self.deliver_due(due)
        except Exception:
            # The row is armed still, and no other alarm may ring for it.
            log.exception("reminder.broke")
            self._set_alarm(due, max(due, self._clock.now()) + RING_AGAIN)

    async def _deliver_due(self, at: datetime, over: Collection[int] = ()) -> None:
        now = max(at, self._clock.now())
        newsroom = self._newsroom_at(now)
        for wanted in await self._asked.waiting():
            if wanted.due <= now or wanted.id in over:
                await self._deliver_asked(wanted, newsroom, over=wanted.id in over)
        contests = {contest.id: contest for contest in await newsroom.contests()}
        due = await self._rows.armed(now)
        last = {(one.reminder.contest_id, one.reminder.kind): one for one in due}
        alike: dict[Hashable, list[ArmedReminder]] = {}
        for one in due:
            reminder = one.reminder
            reason = _of_no_use(reminder, now)
            if reminder.contest_id not in contests:
                reason = "its contest is no longer in the night file"
            elif last[reminder.contest_id, reminder.kind] is not one:
                reason = "a later reminder of the same milestone is due too"
            if reason is not None:
                log.info("reminder.left_out", reminder=one.id, why=reason)
                await self._rows.leave_out(one.id, reason, now)
                continue
            same = (reminder.kind, reminder.minutes, reminder.due, say(reminder.expected))
            alike.setdefault(same, []).append(one)
        for group in alike.values():
            await self._deliver(group, [contests[one.reminder.contest_id] for one in group], now)

    async def _deliver(
        self, group: list[ArmedReminder], contests: list[Contest], now: datetime
    ) -> None:
        event = as_told([one.reminder for one in group], contests, now)
        announcement = Announcement(
            kind=Follow.REMINDERS,
            contests=frozenset(contest.id for contest in contests),
            key=DeliveryKey(subject=told_as(group[0].id), version=1),
            post=self._word(event),
        )
        if await self._rows.deliver([one.id for one in group], announcement, now):
            log.info("reminder.queued", kind=event.kind, contests=len(contests))
            self._queued()

    async def _move_asked(self, newsroom: Newsroom) -> set[int]:
        """Let reminders that people asked for move with what they wait for.

        Returns those with nothing left to wait for, and those whose stage has come.
        """
        over = set()
        contests = {contest.id: contest for contest in await newsroom.contests()}
        for wanted in await self._asked.waiting():
            if wanted.contest_id not in contests:
                continue
            contest = contests[wanted.contest_id]
            if wanted.stage is not None and await has_come(newsroom, contest, wanted.stage):
                over.add(wanted.id)
            if wanted.kind is None:
                continue
            if await is_over(newsroom, contest, wanted.kind):
                over.add(wanted.id)
                continue
            expected = await expected_at(newsroom, contest, wanted.kind)
            if expected is None:
                continue
            due = expected.at - timedelta(minutes=wanted.minutes)
            if due != wanted.due:
                await self._asked.move(wanted.id, due, newsroom.now)
        return over

    async def _deliver_asked(self, wanted: Asked, newsroom: Newsroom, *, over: bool) -> None:
        contests = {contest.id: contest for contest in await newsroom.contests()}
        contest = contests.get(wanted.contest_id or "")
        event = await waited_for(newsroom, wanted, contest, over=over)
        announcement = Announcement(
            kind=Follow.REMINDERS,
            contests=frozenset() if contest is None else frozenset({contest.id}),
            key=DeliveryKey(subject=asked_as(wanted.id), version=1),
            post=self._word(event),
            channel=wanted.channel,
        )
        # Words alone never change, nor does that there was nothing to wait for.
        for_good = contest is None or (over and wanted.kind is not None)
        digest = "" if for_good else announcement.post.digest
        if await self._asked.deliver(wanted.id, announcement, newsroom.now, digest):
            log.info("reminder.queued", asked=wanted.id)
            self._queued()


async def _wanted(newsroom: Newsroom, contest: Contest) -> list[Reminder]:
    """Every reminder of a contest that is still waited for."""
    offsets = await newsroom.offsets(contest)
    wanted: list[Reminder] = []
    for expected in await newsroom.timetable(contest):
        if not await is_over(newsroom, contest, expected.kind):
            wanted += _reminders(expected, offsets)
    return wanted


def _reminders(expected: Expected, offsets: Sequence[int]) -> list[Reminder]:
    time = expected.time.value
    due = {minutes: time.at - timedelta(minutes=minutes) for minutes in offsets}
    if expected.kind is MilestoneKind.DECLARATION:
        due[OVERDUE] = (time.until or time.at) - timedelta(minutes=OVERDUE)
    return [
        Reminder(
            contest_id=expected.contest.id,
            kind=expected.kind,
            minutes=minutes,
            expected=time,
            due=at,
        )
        for minutes, at in due.items()
    ]


def _of_no_use(reminder: Reminder, now: datetime) -> str | None:
    """Why a reminder that is due is not sent; None where it still helps."""
    end = reminder.expected.until or reminder.expected.at
    if reminder.minutes > 0 and now >= end:
        return "its milestone has passed"
    if reminder.minutes == 0 and now - end > OF_USE_FOR:
        return "its milestone passed hours ago"
    return None
