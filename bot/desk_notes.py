"""What the desk alone is told: in the channels that follow checks, else where operators hear it."""

from bot.chat.ask import Channel, Follow
from bot.chat.events import Event
from bot.chat.post import DeliveryKey
from bot.election.contest import Contest
from bot.memory import Announcement
from bot.ports import Newsroom, Word


class DeskNotes:
    """Words a note, and finds who is to hear it; `operator` where nobody follows checks of it."""

    def __init__(self, *, word: Word, operator: Channel | None = None) -> None:
        self._word = word
        self._operator = operator

    async def hearing(self, newsroom: Newsroom, contest: Contest | None) -> Channel | None:
        """The one channel that is to hear of a contest (None: of all); None for all that check."""
        if self._operator is None:
            return None
        for one in await newsroom.channels():
            only = one.kinds.get(Follow.CHECKS)
            if only is not None and (not only or contest is None or contest.id in only):
                return None
        return self._operator

    def note(
        self,
        event: Event,
        subject: str,
        contest: Contest | None,
        channel: Channel | None,
        *,
        version: int = 1,
        news: bool = True,
    ) -> Announcement:
        """A note as it is queued; one that is no `news` goes only to who has it already."""
        return Announcement(
            kind=Follow.CHECKS,
            contests=frozenset() if contest is None else frozenset({contest.id}),
            key=DeliveryKey(subject=subject, version=version),
            post=self._word(event),
            channel=channel if news else None,
            news=news,
        )
