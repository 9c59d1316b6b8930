"""Entries in, notes out: what an entry says that is known to be otherwise."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import structlog

from bot.chat.ask import Follow
from bot.chat.events import Checked
from bot.chat.post import DeliveryKey
from bot.election.contest import Contest
from bot.liveblog.checks.read import check
from bot.liveblog.checks.slip import Facts, Slip
from bot.liveblog.entry import Entry
from bot.memory import Announcement, EntryVersion
from bot.ports import Blog, Newsroom, NewsroomAt, Word

log = structlog.get_logger()

WITHDRAWN, PUT_RIGHT = "the entry was withdrawn", "the entry has been put right"


class Checks:
    """Reads what the relay is about to keep; the notes are kept with the entries, or neither is.

    A fault of ours in it is in the log, and holds up no entry.
    """

    def __init__(self, *, newsroom_at: NewsroomAt, word: Word) -> None:
        self._newsroom_at = newsroom_at
        self._word = word

    async def notes(
        self, blog: Blog, entries: Sequence[EntryVersion], contests: Sequence[Contest], at: datetime
    ) -> list[Announcement]:
        """Notes on entries of a blog, for channels that follow checks."""
        notes = []
        for kept in entries:
            try:
                known = await _before(kept.entry, self._newsroom_at(at), contests)
                # In a thread, as the reading of claims is: a long text takes a while.
                read = kept.claims if list(known.tonight) == list(contests) else None
                slips = await asyncio.to_thread(check, kept.entry, known, read)
            except Exception:
                log.exception("checks.broke", blog=blog.key)
                continue
            if slips or kept.version > 1:
                about = tuple(c for c in contests if c.id in kept.contests)
                notes.append(self._note(blog, kept, slips, about, at))
        return notes

    def _note(
        self,
        blog: Blog,
        kept: EntryVersion,
        slips: tuple[Slip, ...],
        about: tuple[Contest, ...],
        at: datetime,
    ) -> Announcement:
        cleared = WITHDRAWN if kept.withdrawn else None if slips else PUT_RIGHT
        event = Checked(
            entry=kept.entry,
            source=kept.source,
            slips=() if cleared else slips,
            contests=about,
            edited=None if kept.version == 1 or cleared else kept.entry.modified or at,
            cleared=cleared,
        )
        return Announcement(
            kind=Follow.CHECKS,
            contests=kept.contests,
            key=DeliveryKey(subject=f"check:{blog.key}:{kept.entry.id}", version=kept.version),
            post=self._word(event),
            blog=blog,
            # That a slip is gone is told only where it had been told.
            news=cleared is None,
        )


async def _before(entry: Entry, newsroom: Newsroom, contests: Sequence[Contest]) -> Facts:
    """What is known as an entry is read, without what the entry itself has said before."""
    tonight = [contest for contest in contests if contest.is_tonight(newsroom.now)]
    turnouts, declarations = {}, {}
    for contest in tonight:
        turnout, declaration = await newsroom.turnout(contest), await newsroom.declaration(contest)
        if turnout is not None and turnout.at < entry.published:
            turnouts[contest.id] = turnout
        if declaration is not None and declaration.at < entry.published:
            declarations[contest.id] = declaration
    return Facts(past=newsroom.past, tonight=tonight, turnouts=turnouts, declarations=declarations)
