"""Reminders that went out, and are not true any more: each is changed where it stands."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.chat.ask import Follow
from bot.chat.events import Meanwhile, MilestoneDue
from bot.chat.post import DeliveryKey
from bot.election.contest import MANY_SEATS, Contest
from bot.memory import Announcement, Reminder, ReminderRows, SentReminder
from bot.milestones import expected_at, is_over
from bot.ports import Newsroom, Word

log = structlog.get_logger()

LATE_FROM = timedelta(minutes=2)


def told_as(message: int) -> str:
    """The subject of a message of reminders, by the id of the first of them."""
    return f"reminder:{message}"


def as_told(
    reminders: Sequence[Reminder], contests: Sequence[Contest], sent_at: datetime
) -> MilestoneDue:
    """What reminders that are alike say of their contests in one message."""
    reminder = reminders[0]
    late = sent_at - reminder.due
    return MilestoneDue(
        contests=tuple(contests),
        kind=reminder.kind,
        expected=reminder.expected,
        minutes=reminder.minutes,
        due=reminder.due,
        late=late if late >= LATE_FROM else None,
    )


class SentReminders:
    """Compares what reminders said with what is known now."""

    def __init__(self, *, rows: ReminderRows, word: Word) -> None:
        self._rows = rows
        self._word = word

    async def look(self, newsroom: Newsroom, touched: Collection[str]) -> bool:
        """Change what is not true any more of contests, by their ids; whether anything was.

        On a night of very many seats nothing is: each that moves would change messages in hundreds
        of channels, and what is new would wait behind that.
        """
        contests = {contest.id: contest for contest in await newsroom.contests()}
        if sum(one.is_tonight(newsroom.now) for one in contests.values()) > MANY_SEATS:
            return False
        changed = False
        for sent in await self._rows.sent(touched):
            if all(reminder.contest_id in contests for reminder in sent.reminders):
                about = [contests[reminder.contest_id] for reminder in sent.reminders]
                changed |= await self._put_right(newsroom, sent, about)
        return changed

    async def _put_right(
        self, newsroom: Newsroom, sent: SentReminder, contests: Sequence[Contest]
    ) -> bool:
        """Change one message, where it says something else now; whether it does."""
        pairs = zip(sent.reminders, contests, strict=True)
        meanwhile = [await _meanwhile(newsroom, *pair) for pair in pairs]
        event = replace(
            as_told(sent.reminders, contests, sent.sent_at),
            meanwhile=tuple(one for one in meanwhile if one is not None),
        )
        # One that was never changed says what it said when it went out.
        if not event.meanwhile and sent.version == 1:
            return False
        digest = self._word(event).digest
        if digest == sent.digest:
            return False
        announcement = Announcement(
            kind=Follow.REMINDERS,
            contests=frozenset(contest.id for contest in contests),
            key=DeliveryKey(subject=told_as(sent.message), version=sent.version + 1),
            post=self._word(replace(event, changed=newsroom.now)),
            news=False,
        )
        await self._rows.change(sent, digest, announcement, newsroom.now)
        log.info("reminder.changed", reminder=sent.message, kind=event.kind)
        return True


async def _meanwhile(newsroom: Newsroom, reminder: Reminder, contest: Contest) -> Meanwhile | None:
    """What is otherwise than a reminder told of its contest; None where nothing is.

    What has come is news only to who was asked whether it has.
    """
    overdue = reminder.minutes < 0
    if overdue and await is_over(newsroom, contest, reminder.kind):
        declaration = await newsroom.declaration(contest)
        return Meanwhile(contest=contest, over=True, declaration=declaration)
    expected = await expected_at(newsroom, contest, reminder.kind)
    if expected is not None and expected.says(reminder.expected):
        return None
    return Meanwhile(contest=contest, expected=expected)
