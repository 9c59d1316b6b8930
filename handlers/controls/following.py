"""What a channel gets, and taking it back."""

from collections.abc import Collection, Sequence

from bot.chat.ask import Ask, Channel, Follow
from bot.chat.command import command
from bot.chat.manner import PLAIN, Manner
from bot.chat.reply import Choice, Reply
from bot.chat.wishes import behind, read_wish
from bot.controls import Channels
from bot.election.contest import Contest
from bot.election.names import fold
from bot.errors import AskError
from bot.ports import BlogFollowed, ChannelOnRecord, Newsroom
from handlers import voice

MOST_BUTTONS = 8


@command(
    "following",
    also=("what do we follow", "what is followed", "what does this channel get", "subscriptions"),
    examples=("following", "what do we follow?"),
)
async def following(newsroom: Newsroom, ask: Ask) -> Reply:
    """What this channel gets, in which way and when; and whether it listens."""
    here = await on_record(newsroom, ask.channel)
    listens = "plain words are answered here" if here.listens else "I answer when I am mentioned"
    if not here.gets_anything:
        return Reply(
            title="This channel follows nothing",
            lines=("“follow” and the address of a live blog changes that.", f"Besides, {listens}."),
            choices=(Choice(label="Follow a live blog …", ask="follow", form="follow"),),
            value=[],
        )
    contests = await newsroom.contests()
    return Reply(
        title="This channel gets",
        lines=(*(f"· {line}" for line in lines_of(here, contests)), f"Besides, {listens}."),
        choices=_taking_back(here),
        value=[str(kind) for kind in here.kinds] + [b.blog.url for b in here.blogs if b.wanted],
    )


@command(
    "unfollow",
    also=(
        "unsubscribe",
        "unsubscribe from",
        "stop following",
        "mute",
        "not follow",
        "never follow",
        "no longer follow",
    ),
    examples=("unfollow https://news.example/live", "unfollow reminders", "unfollow everything"),
    control=True,
)
async def unfollow(newsroom: Newsroom, channels: Channels, ask: Ask) -> Reply:
    """Stop bringing a live blog, or a kind of message, to this channel."""
    words = behind(
        ask.text, "unsubscribe from", "unsubscribe", "stop following", "unfollow", "follow", "mute"
    )
    wish = read_wish(words)
    here = await on_record(newsroom, ask.channel)
    if not here.follows_anything:
        raise AskError("This channel follows nothing; there is nothing to take back.")
    if wish.address is None and not wish.kinds and not wish.rest:
        return Reply(
            title="What shall this channel do without?", choices=_taking_back(here), error=True
        )
    everything = wish.everything and not wish.rest
    kinds = frozenset(here.kinds) if everything else wish.kinds & frozenset(here.kinds)
    blogs = await _named(newsroom, here, words, wish.address, everything=everything)
    if not kinds and not blogs:
        said = wish.address or wish.rest or voice.follows(wish.kinds)
        raise AskError(f"This channel does not follow {said[:80]}. “following” lists what it gets.")
    await channels.unfollow(ask.channel, kinds)
    for one in blogs:
        await channels.unfollow_blog(ask.channel, one.blog)
    gone = [*([voice.follows(kinds)] if kinds else []), *(one.called for one in blogs)]
    return Reply(
        title=f"This channel no longer gets {voice.row(gone)}",
        lines=("What was posted stays, and is corrected as long as anybody follows it.",),
        value=sorted(kinds) + [one.blog.url for one in blogs],
    )


async def on_record(newsroom: Newsroom, channel: Channel) -> ChannelOnRecord:
    """A channel as it is on record; with nothing, where nothing was ever set for it."""
    for one in await newsroom.channels():
        if one.channel == channel:
            return one
    return ChannelOnRecord(channel=channel)


def lines_of(here: ChannelOnRecord, contests: Sequence[Contest]) -> list[str]:
    """What a channel gets, a line each."""
    lines = []
    for kind in Follow:
        if kind in here.kinds:
            way = here.manner if kind is Follow.ENTRIES else PLAIN
            lines.append(f"{_kind(kind)}{_how(way, here.kinds[kind], contests)}")
    for one in here.blogs:
        if one.wanted:
            lines.append(f"{one.called}{_how(one.manner, one.only, contests)}")
        elif Follow.ENTRIES in here.kinds:
            lines.append(f"but not {one.called}")
    if here.board:
        lines.append("a board that stays true")
    if here.state_every is not None:
        lines.append(f"the state of the night every {here.state_every} minutes")
    if here.quiet is not None:
        lines.append(f"quiet from {here.quiet}: entries wait till then")
    if here.gathered and here.next_round_up is not None:
        waits = "waits" if here.gathered == 1 else "wait"
        when = voice.clock(here.next_round_up)
        lines.append(f"{voice.entries(here.gathered)} {waits} for the round-up at {when}")
    return lines


def _kind(kind: Follow) -> str:
    return "entries of the night’s blogs" if kind is Follow.ENTRIES else voice.follows({kind})


def _how(manner: Manner, only: Collection[str], contests: Sequence[Contest]) -> str:
    named = [contest for contest in contests if contest.id in only]
    said = voice.manner(manner, voice.seats(named) if named else None)
    return f", {said}" if said else ""


def _taking_back(here: ChannelOnRecord) -> tuple[Choice, ...]:
    kinds = [Choice(label=f"Unfollow {k}", ask=f"unfollow {k}") for k in here.kinds]
    blogs = [
        Choice(label=f"Unfollow {one.called}", ask=f"unfollow {one.blog.url}")
        for one in here.blogs
        if one.wanted
    ]
    return tuple([*blogs, *kinds][:MOST_BUTTONS])


async def _named(
    newsroom: Newsroom, here: ChannelOnRecord, words: str, address: str | None, *, everything: bool
) -> list[BlogFollowed]:
    """The blogs that a channel follows and that words name, by address or by name."""
    followed = {one.blog.key: one for one in here.blogs}
    if Follow.ENTRIES in here.kinds:
        for source in await newsroom.sources():
            if not source.blog.from_chat:
                one = BlogFollowed(blog=source.blog, title=source.title)
                followed.setdefault(one.blog.key, one)
    wanted = [one for one in followed.values() if one.wanted]
    if everything:
        return [one for one in wanted if one.blog.from_chat]
    if address is not None:
        bare = address.partition("#")[0].rstrip("/")
        return [one for one in wanted if one.blog.url.partition("#")[0].rstrip("/") == bare]
    said = fold(words)
    return [one for one in wanted if said and fold(one.called) == said]
