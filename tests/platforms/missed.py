"""A round-up and a notice as they are worded on a night, for every platform to show."""

from datetime import UTC, datetime, timedelta

from bot.app import read_catalogue
from bot.chat.ask import Channel
from bot.chat.events import ChannelSuspended, Missed
from bot.chat.post import Post, PostKind
from bot.election.figure import Source

NOW = datetime(2023, 10, 19, 23, 55, tzinfo=UTC)
_WORD = read_catalogue().word
_LONG = "The returning officer of a very long constituency name says that the count goes on"


def _entry(number: int, url: str) -> Post:
    return Post(
        kind=PostKind.ENTRY,
        heading=f"{number:03} {_LONG}",
        at=NOW - timedelta(minutes=103 - number),
        source=Source(name="The Telegraph live blog", url=url),
        edited=NOW,
        withdrawn="Gone." if number == 99 else None,
    )


def entries(number: int, *, page: str = "https://news.example/live") -> tuple[Post, ...]:
    """The last of a hundred entries, so many, each with an address of its own; one is withdrawn."""
    return tuple(_entry(n, f"{page}#{n}") for n in range(100 - number, 100))


ROUND_UP = _WORD(Missed(posts=entries(3), at=NOW))
# The most that is ever worded, at its longest, with addresses as newspapers have them.
LONG_ROUND_UP = _WORD(
    Missed(posts=entries(63, page="https://news.example/live/" + "x" * 120), at=NOW)
)
NOTICE = _WORD(
    ChannelSuspended(
        channel=Channel(platform="slack", id="C0123"),
        why="Teller is not in that channel: invite it with /invite @Teller.",
        at=NOW,
    )
)
