"""Reminders that somebody asked for, that went out, and are not true any more."""

from dataclasses import replace
from datetime import timedelta

import structlog

from bot.chat.ask import Follow
from bot.chat.events import AskedFor
from bot.chat.post import DeliveryKey
from bot.controls import Asked
from bot.desk_memory import AskedRows, SentAsked
from bot.election.contest import Contest, Stage
from bot.memory import Announcement
from bot.milestones import expected_at, is_over
from bot.ports import Newsroom, Word
from bot.sent_reminders import LATE_FROM

log = structlog.get_logger()


def asked_as(asked_id: int) -> str:
    """The subject of a reminder that somebody asked for."""
    return f"asked:{asked_id}"


async def waited_for(
    newsroom: Newsroom, wanted: Asked, contest: Contest | None, *, over: bool
) -> AskedFor:
    """What a reminder says as it goes out; `over`: there is nothing left to wait for."""
    expected = stage = declaration = None
    if contest is not None and wanted.kind is not None:
        expected = await expected_at(newsroom, contest, wanted.kind)
    if contest is not None and wanted.stage is not None:
        stage = await newsroom.stage(contest)
        declaration = await newsroom.declaration(contest)
    late = newsroom.now - wanted.due
    return AskedFor(
        author=wanted.author,
        due=newsroom.now if over else wanted.due,
        words=wanted.words,
        contest=contest,
        kind=wanted.kind,
        expected=expected,
        wanted=wanted.stage,
        stage=stage,
        declaration=declaration,
        over=over,
        late=late if late >= LATE_FROM and not over else None,
    )


class SentAskedFor:
    """Compares what reminders said, in the channels that asked for them, with what is known now."""

    def __init__(self, *, rows: AskedRows, word: Word) -> None:
        self._rows = rows
        self._word = word

    async def look(self, newsroom: Newsroom) -> bool:
        """Change what is not true any more where it stands; whether anything was."""
        contests = {contest.id: contest for contest in await newsroom.contests()}
        changed = False
        for sent in await self._rows.sent():
            contest = contests.get(sent.asked.contest_id or "")
            event = None if contest is None else await _by_now(newsroom, sent, contest)
            if event is None or (digest := self._word(event).digest) == sent.digest:
                continue
            announcement = Announcement(
                kind=Follow.REMINDERS,
                contests=frozenset({sent.asked.contest_id or ""}),
                key=DeliveryKey(subject=asked_as(sent.asked.id), version=sent.version + 1),
                post=self._word(replace(event, changed=newsroom.now)),
                news=False,
            )
            await self._rows.change(sent, digest, announcement, newsroom.now)
            log.info("reminder.changed", asked=sent.asked.id)
            changed = True
        return changed


async def _by_now(newsroom: Newsroom, sent: SentAsked, contest: Contest) -> AskedFor | None:
    """What a reminder that went out has to say by now; None where it stays as it is.

    Of those that waited for a stage only a declaration may be another: any other stage was reached.
    """
    wanted = sent.asked
    event = await waited_for(newsroom, wanted, contest, over=False)
    if wanted.stage is Stage.DECLARED:
        return replace(event, due=sent.sent_at, late=None)
    if wanted.kind is None or await is_over(newsroom, contest, wanted.kind):
        return None
    late = sent.sent_at - wanted.due
    told = wanted.due + timedelta(minutes=wanted.minutes)
    moved = event.expected is None or event.expected.at != told
    return replace(event, late=late if late >= LATE_FROM else None, told=told if moved else None)
